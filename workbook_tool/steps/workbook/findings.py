"""问题清单, the reviewer's desk: every finding with what is needed to act on it, and where a decision is typed."""

from __future__ import annotations

from collections import Counter

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import FollowUp, Opinion
from workbook_tool.model.returns.returned import RETURNS
from workbook_tool.model.workbook.book import Book, BookSheet, Condition, Print, Validation, Value
from workbook_tool.model.workbook.result import Owner
from workbook_tool.steps.workbook.detail import MARKS
from workbook_tool.steps.workbook.lists import ListCell, add_list, fitted
from workbook_tool.steps.workbook.plan import FINDINGS, LIST_TOP, RED, Plan, heading

COLUMNS = {
    "序号": ("small", 6, 6),
    "程度": ("small", 8, 8),
    "代码": ("small", 7, 22),
    "单位": ("small_wrap", 14, 22),
    "表": ("small", 6, 8),
    "行": ("small_wrap", 12, 20),
    "列": ("small", 9, 11),
    "规则": ("small", 9, 12),
    "填报值": ("small_number", 8.5, 14),
    "应为": ("small_number", 8, 14),
    "差额": ("small_number", 8, 14),
    "说明": ("small_wrap", 56, 56),
    "建议": ("small_wrap", 32, 32),
    "定位": ("small_link", 9, 9),
    "退改件": ("small_link", 9, 9),
    "文件": ("small_wrap", 12, 24),
    "工作表": ("small", 8, 12),
    "单元格": ("small", 9, 16),
    "定位程度": ("small", 10, 10),
    "组": ("small", 8, 24),
    "状态": ("small", 9, 13),
    "单位说明": ("small_wrap", 14, 30),
    "处理意见": ("small_choice", 14, 14),
    "备注": ("small_input", 24, 24),
    "键": ("small", 8, 8),
    "据": ("small", 8, 8),
    "原意见": ("small", 8, 8),
}
"""Role and limits of width of each column. What a run reads back is found by these headers."""
HIDDEN = ("键", "据", "原意见")
PLACE = {header: number for number, header in enumerate(COLUMNS)}
SIZE = 9.5
HOW = "“处理意见”点下拉选择，或直接填写；和“备注”一起，保存后放入 decisions 文件夹，下次运行读回（见“说明”）。"


def findings_range(plan: Plan, header: str) -> str:
    """A column of 问题清单, as an absolute reference."""
    first, last = (absolute(row, PLACE[header]) for row in (LIST_TOP + 1, last_row(plan)))
    return f"'{FINDINGS}'!{first}:{last}"


def last_row(plan: Plan) -> int:
    return LIST_TOP + max(1, len(plan.findings))


def add_findings(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    found = plan.findings
    groups = group_names(plan)
    rows = [finding_row(plan, number, groups.get(number, ""), *pair) for number, pair in enumerate(found, 1)]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
    widths = {n: fitted(columns[n], *limits) for n, (_, *limits) in enumerate(COLUMNS.values())}
    sheet = book.sheet(FINDINGS, tab=RED, widths=widths, hidden_columns={PLACE[header] for header in HIDDEN})
    told = f"共 {len(found)} 条，按单位排列，重的在前；同一原因的几条在一起（“组”相同），先看其中第一条，其余为灰底。"
    none = "没有问题：所有计入的报表都通过了审核。" if plan.result.filed else "还没有计入的报表。"
    heading(sheet, "问题清单", told + HOW if found else none, PLACE["建议"] + 1)
    add_list(sheet, "tblFindings", tuple(COLUMNS), rows, [role for role, *_ in COLUMNS.values()], SIZE)
    sheet.freeze = (LIST_TOP + 1, PLACE["表"])
    # 说明 names sheet and cell too, so the columns behind it need no paper.
    area = ((0, 0), (last_row(plan), PLACE["建议"]))
    sheet.print = Print(landscape=True, wide=1, tall=0, area=area, repeat_rows=(LIST_TOP, LIST_TOP))
    if found:
        show_groups(sheet, plan)
        offer_opinions(sheet, plan)


def group_names(plan: Plan) -> dict[int, str]:
    """By the number of a finding: ``003-1（2/3）``, the second of three of one cause; none where it stands alone."""
    told = {number: (record.agency.code, f.story) for number, (record, f) in enumerate(plan.findings, 1)}
    sizes, seen = Counter(told.values()), Counter[tuple[str, int | None]]()
    names: dict[int, str] = {}
    for number, (code, story) in told.items():
        seen[code, story] += 1
        if story is not None and sizes[code, story] > 1:
            names[number] = f"{code}-{story}（{seen[code, story]}/{sizes[code, story]}）"
    return names


def finding_row(plan: Plan, number: int, group: str, record: Owner, finding: Finding) -> list[Value | ListCell]:
    line, copy = LIST_TOP + number, plan.returns.get(record.agency.code, "")
    filed, expected = (address(line, PLACE[header]) for header in ("填报值", "应为"))
    gap = f"=ROUND({filed}-{expected},6)" if finding.difference is not None else ""
    page = plan.page_link(record, finding.item) if record.file else ""
    return [
        number,
        ListCell(finding.severity.label, MARKS[finding.severity]),
        record.agency.code,
        ListCell(record.agency.name, "small_link_left" if page else "", link=page),
        finding.table,
        finding.row,
        finding.column,
        finding.rule,
        finding.filed,
        finding.expected,
        ListCell(finding.difference, formula=gap),
        finding.message,
        finding.suggestion,
        ListCell("看明细" if record.file else "看汇总", link=plan.figure_link(record, finding)),
        ListCell("退改件", file=f"{RETURNS}/{copy}") if copy else ListCell(None, "small"),
        record.file.source.path if record.file else "",
        finding.sheet,
        finding.cell.replace(",", ", "),
        finding.certainty.label if finding.certainty else "",
        group,
        *follow_up_cells(finding.follow_up),
    ]


def follow_up_cells(follow_up: FollowUp | None) -> tuple[str, ...]:
    """What became of the finding and what was decided, and what a later run needs to tell what is typed here."""
    if follow_up is None:
        return ("",) * 7
    opinion = follow_up.decision.opinion.value if follow_up.decision else ""
    remark = follow_up.decision.remark if follow_up.decision else ""
    return (
        follow_up.words,
        follow_up.explanation,
        opinion,
        remark,
        follow_up.key,
        follow_up.grounds,
        f"{opinion}\n{remark}",
    )


def show_groups(sheet: BookSheet, plan: Plan) -> None:
    """A line over every group, and the rows after its first in grey with └ before their number: as conditions, so
    that they follow the rows when these are sorted."""
    first, last = LIST_TOP + 1, last_row(plan)
    here, above = (f"${address(row, PLACE['组'])}" for row in (first, first - 1))
    same = f'AND({here}<>"",{name_of(here)}={name_of(above)})'
    end = PLACE["备注"]
    number = (first, PLACE["序号"]), (last, PLACE["序号"])
    sheet.conditions.append(Condition(*number, f"={same}", "follow_number"))
    for start, stop in ((PLACE["代码"], PLACE["差额"]), (PLACE["建议"], PLACE["单位说明"])):
        sheet.conditions.append(Condition((first, start), (last, stop), f"={same}", "follow"))
    sheet.conditions.append(Condition((first, 0), (last, end), f'=AND({here}<>"",NOT({same}))', "lead"))


def name_of(cell: str) -> str:
    """The group's name without the place in it."""
    return f'LEFT({cell},FIND("（",{cell}&"（"))'


def offer_opinions(sheet: BookSheet, plan: Plan) -> None:
    column = PLACE["处理意见"]
    sheet.validations.append(
        Validation(
            (LIST_TOP + 1, column),
            (last_row(plan), column),
            "list",
            tuple(opinion.value for opinion in Opinion),
            prompt_title="处理意见",
            prompt="待核、已通知：不改变结果。已说明，同意：只用于“需说明”。退回：退回单位。不计入：整份不汇总。可以留空。",
            error_title="没有这种处理意见",
            error="请从下拉中选择，或清空。",
        )
    )
