"""问题清单, the reviewer's desk: every finding with what is needed to act on it, and where a decision is typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from workbook_tool.model.cells import address
from workbook_tool.model.judging.correction import APART, Correction
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import FollowUp, Opinion
from workbook_tool.model.regex import regex
from workbook_tool.model.season.told import LINES, see
from workbook_tool.model.workbook.book import Book, BookSheet, Condition, Value
from workbook_tool.model.workbook.headers import (
    CELL,
    CHANGE,
    CHANGED,
    CODE,
    GROUNDS,
    KEY,
    OPINION,
    REMARK,
    RULE,
    STATE,
    WAS,
    WHY,
)
from workbook_tool.model.workbook.listing import Column, ListCell, Listing, Offer
from workbook_tool.model.workbook.result import Owner
from workbook_tool.steps.workbook.lists import add_list
from workbook_tool.steps.workbook.number_roles import CORRECTED, MARKS, amount
from workbook_tool.steps.workbook.plan import FINDINGS, RED, Plan
from workbook_tool.steps.workbook.turns import Turn

TURN = "要办"
HOW = (
    "“处理意见”点下拉选择，和“备注”一起，保存后下次运行读回（见“说明”）；电话核实要改数的，在“改为”填数、“依据”写谁何时说的。"
    "一条可以含几格，意见和改数对各格都算。代码、建议、单元格等在右边折叠的列里，点上方的“＋”展开。"
)
SINGLE = regex(r"[A-Z]+\d+")
"""The address of one cell, not of several."""
OPINIONS = Offer(
    tuple(opinion.value for opinion in Opinion),
    prompt_title=OPINION,
    prompt="已说明，同意：只用于“需说明”。退回：退回单位。不计入：整份不汇总。待核、已通知：不改变结果。可以留空。",
    error_title="没有这种处理意见",
    error="请从下拉中选择，或清空。",
)


class FindingLine(Struct, frozen=True):
    """A row of the list, its ``number`` counted from 1. ``group`` names it among the findings of one cause; empty where it
    stands alone."""

    plan: Plan
    number: int
    group: str
    owner: Owner
    finding: Finding

    @property
    def severity(self) -> ListCell:
        """How grave it is, in its colour; in that of 代改 where a correction settles it."""
        role = CORRECTED if self.finding.corrected else MARKS[self.finding.severity]
        return ListCell(self.finding.severity.label, role)

    @property
    def name(self) -> ListCell:
        """The agency, with the way to this number on its page."""
        page = self.plan.page_link(self.owner, self.finding.item) if self.owner.file else ""
        return ListCell(self.owner.agency.name, "small_link_left" if page else "", link=page)

    @property
    def words(self) -> str:
        """What is wrong, without the rule's own words, which stand beside the rules; nor is a sheet named that is called as
        its table."""
        finding = self.finding
        text = finding.brief or finding.message
        return text.replace(f"（工作表「{finding.sheet}」", "（") if finding.sheet == finding.table else text

    @property
    def turn(self) -> ListCell:
        """Whose turn it is."""
        turn = self.plan.turns[self.number - 1]
        return ListCell(turn.value, "warn" if turn is Turn.YOURS else "")

    @property
    def expected(self) -> Value:
        """What should stand there; of a total that is right once its located part is put right, where that is."""
        elsewhere = see(self.finding, self.owner.file.submission) if self.owner.file else ""
        return elsewhere or self.finding.expected

    @property
    def gap(self) -> ListCell:
        """What was filed less what it should be, as a formula where there are both."""
        row = FINDING_LIST.row(self.number - 1)
        filed, expected = (FINDING_LIST.cell(row, header) for header in ("填报值", "应为"))
        live = self.finding.difference is not None and not isinstance(self.expected, str)
        formula = f"=ROUND({filed}-{expected},6)" if live else ""
        return ListCell(self.finding.difference, formula=formula)

    @property
    def look_up(self) -> ListCell:
        """The way to the figure in this workbook."""
        words = "看明细" if self.owner.file else "看汇总"
        return ListCell(words, link=self.plan.figure_link(self.owner, self.finding))

    @property
    def copy(self) -> ListCell:
        """The way to the marked copy that goes back."""
        copy = self.plan.returns.get(self.owner.agency.code, "")
        return ListCell("退改件", file=copy) if copy else ListCell(None, "small")

    @property
    def path(self) -> str:
        """The file in which it was found; a finding about the whole region is in none."""
        return self.owner.file.source.path if self.owner.file else ""

    @property
    def certainty(self) -> str:
        """How sure it is where the fault lies, in a word."""
        return self.finding.certainty.label if self.finding.certainty else ""


def own_items(line: FindingLine) -> list[tuple[int, ...]]:
    """For each finding that the line tells of, the numbers that are meant by one under 改为: all of its blanks, or the one
    that it is about; none where it speaks of several cells, or of none."""
    return [
        finding.blank.items
        if finding.blank
        else (finding.item,)
        if finding.item is not None and SINGLE.fullmatch(finding.cell)
        else ()
        for finding in line.finding.members
    ]


def correction_of(line: FindingLine) -> Correction | None:
    """The correction that this row tells of, or that settled it, where it is about the corrected numbers: of blanks that
    were all corrected alike, the first."""
    items, file = [item for own in own_items(line) for item in own], line.owner.file
    tells = line.finding.corrected or line.plan.form.rule(line.finding.rule).kind == "corrected"
    if not (file and items and tells):
        return None
    found = [file.submission.corrected.get(item) for item in items]
    alike = {(one.number, one.why) if one else None for one in found}
    return found[0] if len(alike) == 1 else None


def change_of(line: FindingLine) -> str:
    """The number that counts in the place of the filed one, as a reviewer typed it."""
    one = correction_of(line)
    return amount(one, line.plan.form.items[one.item]) if one else ""


def why_of(line: FindingLine) -> str:
    """On whose word it counts."""
    one = correction_of(line)
    return one.why if one else ""


def changed_before(line: FindingLine) -> str:
    """Both, by which a later run can tell what was typed since."""
    return f"{change_of(line)}\n{why_of(line)}" if correction_of(line) else ""


def cell_of(line: FindingLine) -> str:
    """The codes of the numbers that 改为 speaks of here, a line for each finding."""
    items = line.plan.form.items
    return LINES.join(APART.join(items[index].code for index in own) for own in own_items(line))


def followed(words: Callable[[FollowUp], str]) -> Callable[[FindingLine], Value]:
    """What became of a finding, if anything is known of it."""
    return lambda line: words(line.finding.follow_up) if line.finding.follow_up else ""


def opinion_of(follow_up: FollowUp) -> str:
    """What was decided, as it stands in the drop-down."""
    return follow_up.decision.opinion.value if follow_up.decision else ""


def remark_of(follow_up: FollowUp) -> str:
    """What the reviewer wrote beside it."""
    return follow_up.decision.remark if follow_up.decision else ""


def typed_before(follow_up: FollowUp) -> str:
    """Both, by which a later run can tell what was typed since."""
    return f"{opinion_of(follow_up)}\n{remark_of(follow_up)}"


FINDING_LIST = Listing[FindingLine](
    FINDINGS,
    "tblFindings",
    (
        Column("序号", "small", 5, lambda line: line.number),
        Column("程度", "small", 8, lambda line: line.severity),
        Column(TURN, "small", 10.5, lambda line: line.turn),
        Column("单位", "small_wrap", (12, 28), lambda line: line.name),
        Column("说明", "small_wrap", 58, lambda line: line.words),
        Column("单位说明", "small_wrap", (9.5, 20), followed(lambda follow_up: follow_up.explanation), optional=True),
        Column(OPINION, "small_choice", 12.5, followed(opinion_of), offer=OPINIONS),
        Column(CHANGE, "small_input", 8, change_of),
        Column(WHY, "small_input", 12, why_of),
        Column(REMARK, "small_input", 13, followed(remark_of)),
        Column(STATE, "small", (9, 13), followed(lambda follow_up: follow_up.words)),
        Column("填报值", "small_number", (8.5, 14), lambda line: line.finding.filed),
        Column("应为", "small_number", (8, 14), lambda line: line.expected),
        Column("差额", "small_number", (8, 14), lambda line: line.gap),
        Column(CODE, "small", (7, 22), lambda line: line.owner.agency.code, folded=True),
        Column("表", "small", (6, 8), lambda line: line.finding.table, folded=True),
        Column("行", "small_wrap", (12, 20), lambda line: line.finding.row, folded=True),
        Column("列", "small", (9, 11), lambda line: line.finding.column, folded=True),
        Column(RULE, "small", (9, 12), lambda line: line.finding.rule, folded=True),
        Column("建议", "small_wrap", 40, lambda line: line.finding.suggestion, folded=True),
        Column("文件", "small_wrap", (12, 24), lambda line: line.path, folded=True),
        Column("工作表", "small", (8, 12), lambda line: line.finding.sheet, folded=True),
        Column("单元格", "small", (9, 16), lambda line: line.finding.cell.replace(",", ", "), folded=True),
        Column("定位程度", "small", 10, lambda line: line.certainty, folded=True),
        Column("组", "small", (8, 24), lambda line: line.group, folded=True),
        Column("定位", "small_link", 9, lambda line: line.look_up),
        Column("退改件", "small_link", 9, lambda line: line.copy),
        Column(KEY, "small", 8, followed(lambda follow_up: follow_up.key), hidden=True, wraps=False),
        Column(GROUNDS, "small", 8, followed(lambda follow_up: follow_up.grounds), hidden=True, wraps=False),
        Column(WAS, "small", 8, followed(typed_before), hidden=True, wraps=False),
        Column(CELL, "small", 8, cell_of, hidden=True, wraps=False),
        Column(CHANGED, "small", 8, changed_before, hidden=True, wraps=False),
    ),
    frozen="单位",
    paper=REMARK,
    size=9.5,
)


def findings_range(plan: Plan, header: str) -> str:
    """A column of 问题清单, as an absolute reference."""
    return FINDING_LIST.range(len(plan.findings), header)


def add_findings(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    found, groups = plan.findings, group_names(plan)
    rows = [FindingLine(plan, number, groups.get(number, ""), *pair) for number, pair in enumerate(found, 1)]
    whose = "，".join(f"{turn.value} {count}" for turn in Turn if (count := plan.turns.count(turn)))
    order = f"共 {len(found)} 条：{whose}。按要办、单位排列，同一原因的几条在一起（└），先看第一条。"
    none = "没有问题：所有计入的报表都通过了审核。" if plan.result.filed else "还没有计入的报表。"
    breadth = FINDING_LIST.at(FINDING_LIST.paper) + 1
    sheet = add_list(book, FINDING_LIST, rows, order + HOW if found else none, tab=RED, breadth=breadth)
    if found:
        show_groups(sheet, len(found))
        sheet.start = (FINDING_LIST.row(0), FINDING_LIST.at(OPINION))  # whoever opens it can type at once


def group_names(plan: Plan) -> dict[int, str]:
    """By the number of a finding: ``003-1（2/3）``, the second of three of one cause; none where it stands alone."""
    stories = {number: (record.agency.code, f.story) for number, (record, f) in enumerate(plan.findings, 1)}
    sizes, seen = Counter(stories.values()), Counter[tuple[str, int | None]]()
    names: dict[int, str] = {}
    for number, (code, story) in stories.items():
        seen[code, story] += 1
        if story is not None and sizes[code, story] > 1:
            names[number] = f"{code}-{story}（{seen[code, story]}/{sizes[code, story]}）"
    return names


def show_groups(sheet: BookSheet, count: int) -> None:
    """A line over every group, and the rows after its first in grey with └ before their number: as conditions, so
    that they follow the rows when these are sorted."""
    at, first, last = FINDING_LIST.at, FINDING_LIST.row(0), FINDING_LIST.last_row(count)
    here, above = (f"${address(row, at('组'))}" for row in (first, first - 1))
    same = f'AND({here}<>"",{name_of(here)}={name_of(above)})'
    areas = (("序号", "序号", "follow_number"), ("单位", "单位", "follow"), (STATE, "组", "follow"))
    for start, end, role in areas:
        sheet.conditions.append(Condition((first, at(start)), (last, at(end)), f"={same}", role))
    lead = f'=AND({here}<>"",NOT({same}))'
    sheet.conditions.append(Condition((first, 0), (last, at("退改件")), lead, "lead"))


def name_of(cell: str) -> str:
    """The group's name without the place in it."""
    return f'LEFT({cell},FIND("（",{cell}&"（"))'
