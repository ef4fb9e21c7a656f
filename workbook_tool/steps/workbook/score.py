"""考核: the scorecard, every point a live formula over the facts beside it and the weights at the top."""

from __future__ import annotations

from functools import partial

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.score import NOT_DUE, Score, Scorecard
from workbook_tool.model.workbook.book import Book, BookSheet, ListTable, Print, Value
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.lists import STATE_ROLES
from workbook_tool.steps.workbook.plan import GREY, Plan, heading

SCORES = "考核"
HEADS = (
    *(
        "名次",
        "代码",
        "单位",
        "状态",
        "截止日期",
        "首次报送",
        "迟报天数",
        "缺数格",
        "必须改",
        "退回次数",
        "需说明",
        "已说明",
    ),
    *("及时", "完整", "准确", "说明", "总分", "扣分原因"),
)
WIDTHS = (7, 9, 31, 9, 12, 12, 9, 8, 8, 9, 8, 8, 8, 8, 8, 8, 8, 50)
RANK, CODE, NAME, STATE, DEADLINE, FILED, LATE, BLANKS, MUSTS, RETURNED, EXPLAINS, EXPLAINED = range(12)
TIMELY, COMPLETE, ACCURATE, EXPLAIN, TOTAL, REASONS = range(12, 18)
WEIGHT_ROW, HEAD_ROW = 3, 6
WEIGHTS = {
    DEADLINE: "及时",
    FILED: "完整",
    LATE: "准确",
    BLANKS: "说明",
    MUSTS: "满分",
    RETURNED: "迟报每天扣",
    EXPLAINS: "必须改每条扣",
    EXPLAINED: "退回每次扣",
    TIMELY: "全表格数",
}
"""The columns over which the weights stand, with their heads."""
T, C, A, E, FULL, PER_DAY, PER_MUST, PER_RETURN, CELLS = (absolute(WEIGHT_ROW + 1, column) for column in WEIGHTS)
NOTE = (
    "及时＝及时分－迟报天数×每天扣分；完整＝完整分×有数格÷全表格数；准确＝准确分－必须改条数×每条扣分－退回次数×每次扣分；"
    "说明＝说明分×已说明÷需说明，没有需说明的得满分；各项扣完为止。缺数格和必须改按首次报送计，之后改正不补分，退回另计；缺数也是必须改的问题，两处都扣。"
    "分值在 config.toml 的 [scorecard] 中设定；在下面试改，分数和名次随之重算。"
)


def add_scores(book: Book, plan: Plan) -> None:
    """The sheet, where the office assesses its agencies."""
    card = plan.result.scorecard
    if card is None or not card.scores:
        return
    sheet = book.sheet(SCORES, tab=GREY, widths=dict(enumerate(map(float, WIDTHS))))
    heading(sheet, "考核", f"截至 {plan.result.as_of:%Y-%m-%d}。{NOTE}", len(HEADS))
    add_weights(sheet, card)
    for column, head in enumerate(HEADS):
        sheet.put(HEAD_ROW, column, head, "list_head")
    sheet.heights[HEAD_ROW] = 24
    last = HEAD_ROW + len(card.scores)
    pages = {record.agency.code: plan.page_link(record) for record in plan.result.filed}
    for row, score in enumerate(card.scores, HEAD_ROW + 1):
        add_score(sheet, row, score, last, pages.get(score.code, ""))
    sheet.lists.append(ListTable((HEAD_ROW, 0), (last, len(HEADS) - 1), "tblScores", HEADS))
    sheet.freeze = (HEAD_ROW + 1, NAME + 1)
    sheet.print = Print(landscape=True, wide=1, tall=0, repeat_rows=(HEAD_ROW, HEAD_ROW))


def add_weights(sheet: BookSheet, card: Scorecard) -> None:
    """What the points are weighed by, as the formulas below read it."""
    own = card.weights
    points = (own.timely, own.complete, own.accurate, own.explained, own.full)
    values: tuple[Value, ...] = (*points, own.late_per_day, own.per_must, own.per_return, card.cells)
    sheet.put(WEIGHT_ROW, 0, "分值", "head", span=(2, DEADLINE))
    for (column, head), value in zip(WEIGHTS.items(), values, strict=True):
        total = f"={T}+{C}+{A}+{E}" if head == WEIGHTS[MUSTS] else ""
        sheet.put(WEIGHT_ROW, column, head, "head")
        sheet.put(WEIGHT_ROW + 1, column, value, "amount_total" if total else "amount", formula=total)
    sheet.heights |= {WEIGHT_ROW: 34, WEIGHT_ROW + 1: 22, WEIGHT_ROW + 2: 8}


def add_score(sheet: BookSheet, row: int, score: Score, last: int, page: str) -> None:
    """The facts of an agency, its points over them, and the words."""
    cell = partial(address, row)
    facts: list[tuple[Value, str]] = [
        (score.code, "cell_center"),
        (score.name, "cell_link_left" if page else "cell_wrap"),
        (score.stands, STATE_ROLES.get(score.stands, "cell_center")),
        (score.deadline, "date"),
        (score.filed_on, "date"),
        (score.days_late, "cell_number"),
        (score.blanks, "cell_number"),
        (score.musts, "cell_number"),
        (score.returned, "cell_number"),
        (score.explains, "cell_number"),
        (score.explained, "cell_number"),
    ]
    late = f'=IF(OR({cell(DEADLINE)}="",{cell(FILED)}=""),"",MAX(0,{cell(FILED)}-{cell(DEADLINE)}))'
    for column, (value, role) in enumerate(facts, CODE):
        link = page if column == NAME else ""
        sheet.put(row, column, value, role, formula=late if column == LATE else "", link=link)
    parts = {
        TIMELY: (score.timely, f"MAX(0,{T}-{PER_DAY}*N({cell(LATE)}))"),
        COMPLETE: (score.complete, f"ROUND({C}*({CELLS}-{cell(BLANKS)})/{CELLS},1)"),
        ACCURATE: (score.accurate, f"MAX(0,{A}-{PER_MUST}*{cell(MUSTS)}-{PER_RETURN}*{cell(RETURNED)})"),
        EXPLAIN: (score.explain, f"IF({cell(EXPLAINS)}=0,{E},ROUND({E}*{cell(EXPLAINED)}/{cell(EXPLAINS)},1))"),
    }
    for column, (value, points) in parts.items():
        formula = f'=IF({cell(STATE)}="{NOT_DUE}","",IF({cell(STATE)}="{AgencyState.MISSING.label}",0,{points}))'
        sheet.put(row, column, value, "cell_amount", formula=formula)
    total = f'=IF({cell(TIMELY)}="","",SUM({cell(TIMELY)}:{cell(EXPLAIN)}))'
    sheet.put(row, TOTAL, score.total, "cell_total", formula=total)
    totals = f"{absolute(HEAD_ROW + 1, TOTAL)}:{absolute(last, TOTAL)}"
    rank = f'=IF({cell(TOTAL)}="","",RANK({cell(TOTAL)},{totals}))'
    sheet.put(row, RANK, score.rank, "cell_number", formula=rank)
    sheet.put(row, REASONS, score.reasons, "cell_wrap")
    sheet.heights[row] = max(
        22.0, *(text_height(str(t), w) for t, w in ((score.name, WIDTHS[NAME]), (score.reasons, WIDTHS[REASONS])))
    )
