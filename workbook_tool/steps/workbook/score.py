"""考核: the scorecard, every point a live formula over the facts beside it and the weights at the top."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from msgspec import Struct

from workbook_tool.model.cells import absolute
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.score import NOT_DUE, UNASSESSED, Score, Scorecard, Weights
from workbook_tool.model.workbook.book import Book, BookSheet, Value
from workbook_tool.model.workbook.headers import CODE, STATE
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.lists import finish, fitted, put_head, put_rows
from workbook_tool.steps.workbook.plan import GREY, Plan, heading

SCORES = "考核"
WEIGHT_ROW, HEAD_ROW = 3, 6
RANK, DEADLINE, FILED, LATE, BLANKS, MUSTS = "名次", "截止日期", "首次报送", "迟报天数", "缺数格", "必须改"
RETURNED, EXPLAINS, EXPLAINED, TOTAL = "退回次数", "需说明", "已说明", "总分"
TIMELY, COMPLETE, ACCURATE, EXPLAIN = "及时", "完整", "准确", "说明"
"""The facts and the points, which formulas refer to by these headers."""
FULL, PER_DAY, PER_MUST, PER_RETURN, CELLS = "满分", "迟报每天扣", "必须改每条扣", "退回每次扣", "全表格数"
"""The weights beside those of the four points."""
NOTE = (
    "及时＝及时分－迟报天数×每天扣分；完整＝完整分×有数格÷全表格数；准确＝准确分－必须改条数×每条扣分－退回次数×每次扣分；"
    "说明＝说明分×已说明÷需说明，没有需说明的得满分；各项扣完为止；不计入的单位不考核。缺数格和必须改按首次报送计，之后改正不补分，退回另计；缺数也是必须改的问题，两处都扣。"
    "分值在 config.toml 的 [scorecard] 中设定；在下面试改，分数和名次随之重算。"
)


class Weight(Struct, frozen=True):
    """A weight at the top: its head, the column of the list over which it stands, and what it is."""

    head: str
    over: str
    value: Callable[[Scorecard], Value]


WEIGHTS = (
    Weight(TIMELY, DEADLINE, lambda card: card.weights.timely),
    Weight(COMPLETE, FILED, lambda card: card.weights.complete),
    Weight(ACCURATE, LATE, lambda card: card.weights.accurate),
    Weight(EXPLAIN, BLANKS, lambda card: card.weights.explained),
    Weight(FULL, MUSTS, lambda card: card.weights.full),
    Weight(PER_DAY, RETURNED, lambda card: card.weights.late_per_day),
    Weight(PER_MUST, EXPLAINS, lambda card: card.weights.per_must),
    Weight(PER_RETURN, EXPLAINED, lambda card: card.weights.per_return),
    Weight(CELLS, TIMELY, lambda card: card.cells),
)


class ScoreLine(Struct, frozen=True):
    """A row of the list, in this row of the sheet, among so many agencies, with the way to the agency's page."""

    row: int
    score: Score
    count: int
    page: str
    weights: Weights

    def cell(self, header: str) -> str:
        """A cell of this row."""
        return SCORE_LIST.cell(self.row, header)

    @property
    def name(self) -> ListCell:
        """The agency, with the way to its page."""
        return ListCell(self.score.name, "cell_link_left" if self.page else "", link=self.page)

    @property
    def days_late(self) -> ListCell:
        """The days between the two dates beside it."""
        due, filed = self.cell(DEADLINE), self.cell(FILED)
        formula = f'=IF(OR({due}="",{filed}=""),"",MAX(0,{filed}-{due}))'
        return ListCell(self.score.days_late, formula=formula)

    def points(self, value: Decimal | None, formula: str) -> ListCell:
        """Points, which an agency that has not filed does not get, nor one that is not assessed."""
        state = self.cell(STATE)
        open_ = self.score.state.label if self.score.state in UNASSESSED else NOT_DUE
        return ListCell(
            value, formula=f'=IF({state}="{open_}","",IF({state}="{AgencyState.MISSING.label}",0,{formula}))'
        )

    @property
    def timely(self) -> ListCell:
        """What being late takes off."""
        formula = f"MAX(0,{weight(TIMELY)}-{weight(PER_DAY)}*SUM({self.cell(LATE)}))"
        return self.points(self.score.timely, formula)

    @property
    def complete(self) -> ListCell:
        """The share of numbers that were there."""
        cells = weight(CELLS)
        formula = f"ROUND({weight(COMPLETE)}*({cells}-{self.cell(BLANKS)})/{cells},1)"
        return self.points(self.score.complete, formula)

    @property
    def accurate(self) -> ListCell:
        """What must be changed, having it sent back, and what the office counts besides, take off."""
        must, returned = (f"{weight(PER_MUST)}*{self.cell(MUSTS)}", f"{weight(PER_RETURN)}*{self.cell(RETURNED)}")
        per, counted = self.weights.per_counted, self.score.counted_in_all
        also = f"-{per.normalize():f}*{counted.normalize():f}" if per and counted else ""
        return self.points(self.score.accurate, f"MAX(0,{weight(ACCURATE)}-{must}-{returned}{also})")

    @property
    def explain(self) -> ListCell:
        """The share of points to explain that were explained."""
        full, asked = weight(EXPLAIN), self.cell(EXPLAINS)
        formula = f"IF({asked}=0,{full},ROUND({full}*{self.cell(EXPLAINED)}/{asked},1))"
        return self.points(self.score.explain, formula)

    @property
    def total(self) -> ListCell:
        """All points together."""
        first, last = self.cell(TIMELY), self.cell(EXPLAIN)
        return ListCell(self.score.total, formula=f'=IF({first}="","",SUM({first}:{last}))')

    @property
    def rank(self) -> ListCell:
        """The place by points."""
        totals = SCORE_LIST.column(self.count, TOTAL)
        own = self.cell(TOTAL)
        return ListCell(self.score.rank, formula=f'=IF({own}="","",1+COUNTIF({totals},">"&{own}))')


SCORE_LIST = Listing[ScoreLine](
    SCORES,
    "tblScores",
    (
        Column(RANK, "cell_number", 6.5, lambda line: line.rank),
        Column(CODE, "cell_center", (7, 25), lambda line: line.score.code, wraps=False),
        Column("单位", "cell_wrap", (20, 32), lambda line: line.name),
        Column(STATE, "state", 9, lambda line: line.score.stands, wraps=False),
        Column(DEADLINE, "date", 11, lambda line: line.score.deadline),
        Column(FILED, "date", 11, lambda line: line.score.filed_on),
        Column(LATE, "cell_number", 7, lambda line: line.days_late),
        Column(BLANKS, "cell_number", 7, lambda line: line.score.blanks),
        Column(MUSTS, "cell_number", 7, lambda line: line.score.musts),
        Column(RETURNED, "cell_number", 7, lambda line: line.score.returned),
        Column(EXPLAINS, "cell_number", 7, lambda line: line.score.explains),
        Column(EXPLAINED, "cell_number", 7, lambda line: line.score.explained),
        Column(TIMELY, "cell_amount", 7, lambda line: line.timely),
        Column(COMPLETE, "cell_amount", 7, lambda line: line.complete),
        Column(ACCURATE, "cell_amount", 7, lambda line: line.accurate),
        Column(EXPLAIN, "cell_amount", 7, lambda line: line.explain),
        Column(TOTAL, "cell_total", 7.5, lambda line: line.total),
        Column("扣分原因", "cell_wrap", (18, 34), lambda line: line.score.reasons),
    ),
    frozen="单位",
    top=HEAD_ROW,
    lowest=22.0,
)


def weight(head: str) -> str:
    """The cell of a weight, as formulas refer to it."""
    over = next(one.over for one in WEIGHTS if one.head == head)
    return absolute(WEIGHT_ROW + 1, SCORE_LIST.at(over))


def add_scores(book: Book, plan: Plan) -> None:
    """The sheet, where the office assesses its agencies."""
    card = plan.result.scorecard
    if card is None or not card.scores:
        return
    pages = {record.agency.code: plan.page_link(record) for record in plan.result.filed}
    rows = [
        ScoreLine(SCORE_LIST.row(number), score, len(card.scores), pages.get(score.code, ""), card.weights)
        for number, score in enumerate(card.scores)
    ]
    widths = {number: fitted(column, rows) for number, column in enumerate(SCORE_LIST.columns)}
    sheet = book.sheet(SCORES, tab=GREY, widths=widths)
    heading(sheet, SCORES, f"截至 {plan.result.as_of:%Y-%m-%d}。{NOTE}", len(SCORE_LIST.columns))
    add_weights(sheet, card)
    put_head(sheet, SCORE_LIST)
    put_rows(sheet, SCORE_LIST, rows)
    finish(sheet, SCORE_LIST, len(rows))


def add_weights(sheet: BookSheet, card: Scorecard) -> None:
    """What the points are weighed by, as the formulas below read it."""
    sheet.put(WEIGHT_ROW, 0, "分值", "head", span=(2, SCORE_LIST.at(WEIGHTS[0].over)))
    parts = "+".join(weight(head) for head in (TIMELY, COMPLETE, ACCURATE, EXPLAIN))
    for one in WEIGHTS:
        column, total = SCORE_LIST.at(one.over), f"={parts}" if one.head == FULL else ""
        sheet.put(WEIGHT_ROW, column, one.head, "head")
        role = "amount_total" if total else "amount"
        sheet.put(WEIGHT_ROW + 1, column, one.value(card), role, formula=total)
    high = max(text_height(one.head, sheet.widths[SCORE_LIST.at(one.over)]) for one in WEIGHTS)
    sheet.heights |= {WEIGHT_ROW: high, WEIGHT_ROW + 1: 22, WEIGHT_ROW + 2: 8}
