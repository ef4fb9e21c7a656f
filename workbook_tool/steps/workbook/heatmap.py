"""问题热图: agencies by rules, how many problems each has of each, the more the darker, the number always with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import ceil

from workbook_tool.model.cells import absolute, address, area
from workbook_tool.model.form.live import quote
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.workbook import headers
from workbook_tool.model.workbook.book import Book, BookSheet, Condition, Print
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.model.workbook.result import Owner
from workbook_tool.steps.workbook.findings import findings_range
from workbook_tool.steps.workbook.lists import is_broad
from workbook_tool.steps.workbook.number_roles import MARKS, state_role
from workbook_tool.steps.workbook.plan import HEATMAP, RED, Plan, heading
from workbook_tool.steps.workbook.rules import rule_list

CODE, NAME, STATE, ALL, FIRST = range(5)
BAND, RULE_ROW, TITLE_ROW, TOTAL_ROW, BODY = range(3, 8)
WIDTHS = {CODE: 8, NAME: 30, STATE: 8, ALL: 7.5}
WIDTH, TITLE_SIZE, LEAST = 9.5, 9.0, 95.0
"""Of a rule: its column, the size of its title; how broad the sheet is at least, which a page upright shows at full size."""
NO_CATEGORY = "（未分类）"
STEPS = ((10, "3"), (3, "2"), (1, "1"))
"""From so many problems on a cell is so dark."""
Column = tuple[Severity, str]


def add_heatmap(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    sheet = book.sheet(HEATMAP, tab=RED, widths=dict(WIDTHS))
    columns = fired(plan)
    if not columns:
        heading(sheet, HEATMAP, "行是单位，列是规则。", 8)
        if plan.result.filed:
            sheet.put(BAND, 0, "没有问题：所有计入的报表都通过了审核。", "ok", span=(1, 8))
        else:
            sheet.put(BAND, 0, "还没有计入的报表。", "note", span=(1, 8))
        return
    meaning = (
        "格里是条数，从“问题清单”实时数出；条数越多颜色越深（1、3、10 条起），红为必须改，黄为需说明，蓝为提示。"
        f"点单位到它{'的单位页' if plan.pages.tops else '在“单位明细”中的数'}，点规则到“说明”里的那一条。"
    )
    last = FIRST + len(columns) - 1
    sheet.widths |= {n: max(WIDTH, text_width(rule) + 2) for n, (_, rule) in enumerate(columns, FIRST)}
    # Of few rules the sheet is narrower than the words above it, which then reach further.
    reach = last + 1 + max(0, ceil((LEAST - sum(sheet.widths.values())) / WIDTH))
    sheet.widths |= dict.fromkeys(range(last + 1, reach), WIDTH)
    heading(sheet, HEATMAP, meaning, min(reach, 14))
    add_heads(sheet, plan, columns)
    bottom = add_rows(sheet, plan, columns)
    add_totals_row(sheet, plan, columns)
    shade(sheet, columns, bottom)
    sheet.freeze = (BODY, FIRST)
    sheet.print = Print(
        landscape=is_broad(sheet.widths.values()),
        repeat_rows=(BAND, TOTAL_ROW),
        area=((0, 0), (bottom, reach - 1)),
    )


def fired(plan: Plan) -> list[Column]:
    """The rules that spoke, once for each severity they spoke with: the weightiest first, then in the form's order."""
    order = {rule.id: number for number, rule in enumerate(plan.form.rules)}
    found = {(finding.severity, finding.rule) for _, finding in plan.findings}
    return sorted(found, key=lambda column: (column[0].rank, order[column[1]]))


def add_heads(sheet: BookSheet, plan: Plan, columns: Sequence[Column]) -> None:
    """The columns of agencies, and over each rule its severity and title."""
    for column, text in ((CODE, "代码"), (NAME, "单位"), (STATE, "状态"), (ALL, "合计")):
        sheet.put(BAND, column, text, "head", span=(TOTAL_ROW - BAND, 1))
    start = FIRST
    for severity, group in groupby(columns, key=lambda column: column[0]):
        count = len(list(group))
        sheet.put(BAND, start, severity.label, MARKS[severity], span=(1, count))
        start += count
    order = {rule.id: number for number, rule in enumerate(plan.form.rules)}
    rules = rule_list(plan)
    for column, (_, rule_id) in enumerate(columns, FIRST):
        link = rules.link(rules.row(order[rule_id]))
        sheet.put(RULE_ROW, column, rule_id, "cell_link", link=link)
        sheet.put(TITLE_ROW, column, plan.form.rule(rule_id).title, "check_head")
    titles = [plan.form.rule(rule_id).title for _, rule_id in columns]
    sheet.heights |= {BAND: 20, RULE_ROW: 20, TITLE_ROW: max(text_height(t, WIDTH, TITLE_SIZE) for t in titles)}


def by_category(plan: Plan) -> Iterator[tuple[str, Sequence[Owner]]]:
    """The agencies with findings by category, in roster order; the region itself last."""
    records = sorted((r for r in plan.result.agencies if r.findings), key=lambda r: r.agency.category)
    for name, alike in groupby(records, key=lambda record: record.agency.category):
        yield name or NO_CATEGORY, list(alike)
    if plan.result.region.findings:
        yield "全地区", [plan.result.region]


def add_rows(sheet: BookSheet, plan: Plan, columns: Sequence[Column]) -> int:
    """A row for each agency under a row for its category; returns the last one."""
    row = BODY
    counts = Counter((r.agency.code, f.severity, f.rule) for r, f in plan.findings)
    of_agency = Counter(record.agency.code for record, _ in plan.findings)
    codes, rules, grades = (findings_range(plan, header) for header in (headers.CODE, headers.RULE, "程度"))
    for category, records in by_category(plan):
        head = row
        sheet.heights[head] = 20
        sheet.put(head, CODE, f"{category}（{len(records)} 家）", "stub_total", span=(1, 3))
        for row, record in enumerate(records, head + 1):
            state, link = record.state.label if isinstance(record, FiledAgency) else "", plan.page_link(record)
            sheet.put(row, CODE, record.agency.code, "cell_center")
            sheet.put(row, NAME, record.agency.name, "cell_link_left" if link else "cell_wrap", link=link)
            sheet.put(row, STATE, state, state_role(state))
            for column, (severity, rule) in enumerate(columns, FIRST):
                # Not COUNTIFS: it would take the codes 010 and 10 for one.
                same = f"({codes}={absolute(row, CODE)})*({rules}={absolute(RULE_ROW, column)})"
                formula = f"=SUMPRODUCT({same}*({grades}={quote(severity.label)}))"
                sheet.put(row, column, counts[record.agency.code, severity, rule], "heat", formula=formula)
            cells = area((row, FIRST), (row, FIRST + len(columns) - 1))
            put_sum(sheet, row, ALL, cells, of_agency[record.agency.code], "heat_total")
            sheet.heights[row] = max(19.0, text_height(record.agency.name, WIDTHS[NAME]))
        for column in range(ALL, FIRST + len(columns)):
            chosen = columns[column - FIRST :][:1] if column >= FIRST else columns
            value = sum(counts[r.agency.code, *c] for r in records for c in chosen)
            put_sum(sheet, head, column, area((head + 1, column), (row, column)), value, "heat_total")
        row += 1
    return row - 1


def put_sum(sheet: BookSheet, row: int, column: int, cells: str, value: int, role: str) -> None:
    """A live sum."""
    sheet.put(row, column, value, role, formula=f"=SUM({cells})")


def add_totals_row(sheet: BookSheet, plan: Plan, columns: Sequence[Column]) -> None:
    """All agencies, counted straight from the list and not from the rows below: the two must agree."""
    rules, grades = (findings_range(plan, header) for header in (headers.RULE, "程度"))
    counts = Counter((f.severity, f.rule) for _, f in plan.findings)
    agencies = sum(bool(record.findings) for record in plan.result.agencies)
    sheet.put(TOTAL_ROW, CODE, f"合计（{agencies} 家）", "stub_total", span=(1, 3))
    for column, (severity, rule) in enumerate(columns, FIRST):
        formula = f"=COUNTIFS({rules},{absolute(RULE_ROW, column)},{grades},{quote(severity.label)})"
        sheet.put(TOTAL_ROW, column, counts[severity, rule], "heat_total", formula=formula)
    cells = area((TOTAL_ROW, FIRST), (TOTAL_ROW, FIRST + len(columns) - 1))
    put_sum(sheet, TOTAL_ROW, ALL, cells, sum(counts.values()), "heat_total")
    sheet.heights[TOTAL_ROW] = 22


def shade(sheet: BookSheet, columns: Sequence[Column], bottom: int) -> None:
    """The colours: by severity, in three steps. The number says the same."""
    start = FIRST
    for severity, group in groupby(columns, key=lambda column: column[0]):
        end = start + len(list(group)) - 1
        for least, step in STEPS:
            # Only the rows of agencies: their code stands in the first column, a category's row has none in the second.
            holds = f'=AND({address(BODY, start)}>={least},${address(BODY, NAME)}<>"")'
            role = f"{severity.value}_{step}"
            sheet.conditions.append(Condition((BODY, start), (bottom, end), holds, role, stop=True))
        start = end + 1
