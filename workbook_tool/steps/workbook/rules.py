"""七、审核规则 of 说明: what was checked, how often each rule held, failed, or could not be decided; what never spoke stands back."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.cells import address
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.workbook.book import Book, Condition, Print
from workbook_tool.model.workbook.headers import RULE
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.model.workbook.sums import RuleCount
from workbook_tool.steps.workbook.findings import FINDING_LIST, findings_range
from workbook_tool.steps.workbook.lists import finish, put_head, put_rows
from workbook_tool.steps.workbook.notes import add_notes
from workbook_tool.steps.workbook.number_roles import MARKS
from workbook_tool.steps.workbook.plan import NOTES, Plan

SPOKE, HELD, UNDECIDED, SILENT = "有问题", "全部相符", "无法判定", "未触发"
PASSED, FAILED = "相符", "不符"


class RuleLine(Struct, frozen=True):
    """A row of the list, in this row of the sheet: a rule, how often it was decided, and the codes of the agencies in
    which it found something, once for each finding."""

    plan: Plan
    row: int
    rule: Rule
    count: RuleCount
    fired: tuple[str, ...]

    @property
    def title(self) -> str:
        """What it is called; that it is on trial, where it is."""
        return self.rule.title + ("（试行）" if self.plan.result.run.settings.policy.on_trial(self.rule) else "")

    @property
    def severity(self) -> ListCell:
        """How this office weighs it, in its colour where it found something."""
        severity = self.plan.result.run.settings.policy.weigh(self.rule)
        return ListCell(severity.label, MARKS[severity] if self.fired else "")

    @property
    def spoke(self) -> bool:
        """Whether figures say something of the rule: it was asked at all, and if it is a fallback, it was needed."""
        asked = self.count.passed + self.count.failed + (0 if self.rule.fallback else self.count.undecided)
        return self.rule.counted and asked > 0

    @property
    def state(self) -> ListCell:
        """What came of it in a word, by the figures beside it."""
        found, passed, undecided = (RULE_LIST.cell(self.row, header) for header in ("问题条数", PASSED, UNDECIDED))
        otherwise = f'IF(SUM({passed})>0,"{HELD}",IF(SUM({undecided})>0,"{UNDECIDED}","{SILENT}"))'
        return ListCell(self.state_words, formula=f'=IF({found}>0,"{SPOKE}",{otherwise})')

    @property
    def state_words(self) -> str:
        """What that formula comes to."""
        if self.fired:
            return SPOKE
        if self.spoke and self.count.passed:
            return HELD
        return UNDECIDED if self.spoke and self.count.undecided else SILENT

    @property
    def findings(self) -> ListCell:
        """How many findings it made, counted live."""
        formula = f"=COUNTIF({findings_range(self.plan, RULE)},{RULE_LIST.cell(self.row, RULE)})"
        return ListCell(len(self.fired), formula=formula)

    @property
    def look_up(self) -> ListCell:
        """The way to its first finding."""
        if not self.fired:
            return ListCell(None, "cell")
        return ListCell("看问题", link=FINDING_LIST.link(self.plan.first_of_rule[self.rule.id]))

    def decided(self, number: int) -> int | None:
        """A figure of how often it was decided, where figures say something."""
        return number if self.spoke else None


RULE_LIST = Listing[RuleLine](
    NOTES,
    "tblRules",
    (
        Column(RULE, "cell_center", (12, 16), lambda line: line.rule.id),
        Column("名称", "cell_wrap", (20, 28), lambda line: line.title),
        Column("程度", "cell_center", 9, lambda line: line.severity),
        Column("情况", "cell_center", 10, lambda line: line.state),
        Column("问题条数", "cell_count", 7, lambda line: line.findings),
        Column("单位数", "cell_count", 7, lambda line: len(set(line.fired))),
        Column("查看", "cell_link", 9, lambda line: line.look_up),
        Column(PASSED, "cell_number", 7.5, lambda line: line.decided(line.count.passed)),
        Column(FAILED, "cell_count", 7, lambda line: line.decided(line.count.failed)),
        Column(UNDECIDED, "cell_count", 7.5, lambda line: line.decided(line.count.undecided)),
        Column("内容", "cell_wrap", 58, lambda line: line.rule.words),
        Column("来源", "cell_wrap", 20, lambda line: line.rule.source),
    ),
    frozen="名称",
)


WIDTHS = [
    column.limits[1] if number == 1 else max(column.limits[0], 18.0 if number == 0 else 0.0)
    for number, column in enumerate(RULE_LIST.columns)
]
"""Of the columns, which the words above the list share: names of rules and words for states fit in the first."""


def rule_list(plan: Plan) -> Listing[RuleLine]:
    """The list where it stands, below the words of 说明."""
    words = add_notes(Book("", plan.result.as_of), plan, WIDTHS)
    return replace(RULE_LIST, top=max(cell.row for cell in words.cells) + 4)


def add_rules(book: Book, plan: Plan) -> None:
    """Add 说明 with the list."""
    sheet, listing = add_notes(book, plan, WIDTHS), rule_list(plan)
    rows = [rule_line(plan, listing.row(number), rule) for number, rule in enumerate(plan.form.rules)]
    meaning = "相符、不符、无法判定是逐行逐列核对的次数，含已汇总、待核、退回的报表；未触发的为灰字。“查看”到该规则的第一条问题。"
    policy, last_year = plan.result.run.settings.policy.words, plan.result.run.last_year.words
    sheet.put(listing.top - 2, 0, "七、审核规则", "section", span=(1, len(WIDTHS)))
    sheet.put(listing.top - 1, 0, f"{meaning}{policy}{last_year}", "note", span=(1, len(WIDTHS)))
    put_head(sheet, listing)
    put_rows(sheet, listing, rows)
    finish(sheet, listing, len(rows))
    sheet.heights |= {
        listing.top - 2: 24,
        listing.top - 1: text_height(f"{meaning}{policy}{last_year}", sum(WIDTHS), 9.5),
    }
    sheet.freeze = (2, 0)
    sheet.print = Print(landscape=True, wide=1, tall=0, repeat_rows=(listing.top, listing.top))
    first, last = listing.row(0), listing.last_row(len(rows))
    quiet = f'=${address(first, listing.at("情况"))}="{SILENT}"'
    sheet.conditions.append(Condition((first, 0), (last, listing.last_column), quiet, "quiet"))


def rule_line(plan: Plan, row: int, rule: Rule) -> RuleLine:
    """The row of a rule."""
    count = next(c for c in plan.result.rules if c.rule_id == rule.id)
    fired = tuple(record.agency.code for record, finding in plan.findings if finding.rule == rule.id)
    return RuleLine(plan, row, rule, count, fired)
