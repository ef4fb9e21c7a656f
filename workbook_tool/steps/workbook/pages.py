"""单位页: what each agency filed, in the form's own layout, with its findings in words and marked on the numbers.

They are for paper, previews and telephones, which know no drop-downs: plain values, as 单位明细 holds them.
"""

from __future__ import annotations

from itertools import pairwise

from workbook_tool.model.form.items import Table
from workbook_tool.model.form.layout import Heading
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.season.agency import AgencyRecord, FiledAgency
from workbook_tool.model.workbook.book import Book, BookSheet, Print, Value
from workbook_tool.model.workbook.measure import text_height, width_of
from workbook_tool.steps.workbook.detail_list import DETAIL
from workbook_tool.steps.workbook.number_roles import (
    CORRECTED,
    MARKS,
    STATE_ROLES,
    Marked,
    in_decimals,
    mark_of,
    marks,
    state_role,
)
from workbook_tool.steps.workbook.places import HEAD_ROWS, INDEX_TOP, STACKED
from workbook_tool.steps.workbook.plan import AGENCIES, FINDINGS, HEATMAP, NAVY, OVERVIEW, Plan, heading, row_link
from workbook_tool.steps.workbook.totals import stub_role

BREADTH, WIDEST, SCALE = 668.0, 16.0, 72
"""The grid is so broad, in points, that it fills the paper at this scale (per cent)."""
PAPER, SMALL, ROW, TIGHT, HIGHEST = 1030.0, 9.5, 14.5, 4.0, 400.0
"""The height of the paper at that scale, in points; a text size; the height of a row, and what it spares above and
below its text so that a page with a few findings is still one sheet of paper; the greatest height of a row."""


def add_pages(book: Book, plan: Plan) -> None:
    """Add a sheet for each agency that filed, or one for all of them; none where they are too many."""
    pages = plan.pages
    filed = [record for record in plan.result.filed if record.agency.code in pages.tops]
    if not filed:
        return
    if pages.stacked:
        sheet, breaks = new_sheet(book, plan, STACKED), list[int]()
        add_index(sheet, plan)
        for record in filed:
            breaks += [pages.tops[record.agency.code], *add_page(sheet, plan, record)]
        set_print(sheet, plan, breaks)
        return
    for record in filed:
        sheet = new_sheet(book, plan, pages.sheets[record.agency.code])
        set_print(sheet, plan, add_page(sheet, plan, record))


def set_print(sheet: BookSheet, plan: Plan, breaks: list[int]) -> None:
    """Print the grid to its edge, each agency on paper of its own."""
    area = ((0, 0), (max(cell.row for cell in sheet.cells), plan.pages.width - 1))
    sheet.print = Print(area=area, scale=SCALE, breaks=tuple(breaks))


def new_sheet(book: Book, plan: Plan, name: str) -> BookSheet:
    """A sheet on the grid that all pages share."""
    return book.sheet(name, tab=NAVY, widths=dict.fromkeys(range(plan.pages.width), unit(plan)))


def unit(plan: Plan) -> float:
    """The width of a column of the grid."""
    return min(WIDEST, width_of(BREADTH / plan.pages.width))


def columns(plan: Plan, *shares: int) -> list[tuple[int, int]]:
    """Start and breadth of neighbouring parts of the grid; the first takes what is left of it."""
    rest = max(1, plan.pages.width - sum(shares[1:]))
    found, start = [], 0
    for share in (rest, *shares[1:]):
        found.append((start, share))
        start += share
    return found


def add_index(sheet: BookSheet, plan: Plan) -> None:
    """A line for each agency, linked to its page."""
    heading(
        sheet,
        STACKED,
        "每个单位一页，按名录顺序排列；点单位名称到它的那一页。打印时每个单位另起一页。",
        plan.pages.width,
    )
    parts = columns(plan, 0, 2, 2, 2, 2, 2)
    for (start, width), text in zip(parts, ("单位", "代码", "状态", *(s.label for s in Severity)), strict=True):
        sheet.put(INDEX_TOP, start, text, "list_head", span=(1, width))
    sheet.heights[INDEX_TOP] = 24
    for number, record in enumerate(plan.result.filed, INDEX_TOP + 1):
        state = record.state.label
        counts = [(record.count(severity), "cell_count") for severity in Severity]
        cells: list[tuple[Value, str]] = [
            (record.agency.code, "cell_center"),
            (state, state_role(state)),
            *counts,
        ]
        (start, width), *others = parts
        sheet.put(number, start, record.agency.name, "cell_link_left", span=(1, width), link=plan.page_link(record))
        for (start, width), (value, role) in zip(others, cells, strict=True):
            sheet.put(number, start, value, role, span=(1, width))
        sheet.heights[number] = max(ROW, text_height(record.agency.name, unit(plan) * parts[0][1]))


def add_page(sheet: BookSheet, plan: Plan, record: FiledAgency) -> list[int]:
    """Draw one agency's page; returns the rows before which the paper is turned."""
    top = plan.pages.tops[record.agency.code]
    add_head(sheet, plan, record, top)
    add_found(sheet, plan, record, top + HEAD_ROWS)
    marked, starts = marks(record.findings), [top]
    for table in plan.form.tables:
        starts.append(plan.pages.frame_top(record.agency.code, table) - 2)
        last = add_table(sheet, plan, table, plan.pages.frame_top(record.agency.code, table))
        for index in plan.layouts[table.id].slots:
            add_number(sheet, plan, record, record.file.submission, index, marked.get(index))
        for index in plan.layouts[table.id].remarks:
            add_remark(sheet, plan, record, index)
    return turns(sheet, [*starts, last + 1])


def turns(sheet: BookSheet, starts: list[int]) -> list[int]:
    """Where the paper is turned so that no part is torn that fits on one."""
    found, used = [], 0.0
    for start, end in pairwise(starts):
        high = sum(sheet.heights.get(row, ROW) for row in range(start, end))
        if used and used + high > PAPER:
            found.append(start)
            used = 0.0
        used += high
    return found


def add_head(sheet: BookSheet, plan: Plan, record: FiledAgency, top: int) -> None:
    """Who, how it stands, where it came from, and the ways back."""
    agency, width = record.agency, plan.pages.width
    sheet.put(top, 0, agency.name, "sheet_title", span=(1, width - 4))
    sheet.put(top, width - 4, "代码", "text_right")
    sheet.put(top, width - 3, agency.code, "text", span=(1, 3))
    sheet.heights[top] = max(25.0, text_height(agency.name, unit(plan) * (width - 4), 15))
    sheet.put(top + 1, 0, record.state.label, STATE_ROLES.get(record.state.label, "info"), span=(1, 2))
    origin = f"{record.timeliness.label}；文件：{record.file.source.path}"
    origin += f"；{record.remark}" if record.remark else ""
    sheet.put(top + 1, 2, origin, "text_wrap", span=(1, width - 2))
    sheet.heights[top + 1] = max(20.0, text_height(origin, unit(plan) * (width - 2)))
    for number, (text, link) in enumerate(ways_back(plan, record)):
        sheet.put(top + 2, 2 * number, text, "link", span=(1, 2), link=link)
    sheet.heights[top + 2] = 18


def ways_back(plan: Plan, record: AgencyRecord) -> list[tuple[str, str]]:
    """The links to where else this agency stands."""
    code = record.agency.code
    found = [(OVERVIEW, f"{OVERVIEW}!A1"), (AGENCIES, plan.agency_link(code))]
    if code in plan.first_finding:
        found.append((FINDINGS, row_link(FINDINGS, plan.first_finding[code])))
        found.append((HEATMAP, f"{HEATMAP}!A1"))
    found.append((DETAIL, row_link(DETAIL, plan.detail_row[code])))
    return [*found, ("目录", f"{STACKED}!A1")] if plan.pages.stacked else found


def add_found(sheet: BookSheet, plan: Plan, record: AgencyRecord, first: int) -> None:
    """The findings in words, each linked to its number below."""
    found = sorted(record.told, key=lambda f: f.severity.rank)
    width = plan.pages.width
    if not found:
        sheet.put(first, 0, "没有问题。", "ok", span=(1, width))
        sheet.heights |= {first - 1: 4, first: 18}
        return
    shares = (1, 2, 1, width - 8, 4)
    starts = [sum(shares[:number]) for number in range(len(shares))]
    for start, share, text in zip(starts, shares, ("程度", "规则", "定位", "说明", "建议"), strict=True):
        sheet.put(first - 1, start, text, "head", span=(1, share))
    sheet.heights[first - 1] = 20
    for row, finding in enumerate(found, first):
        link = plan.page_link(record, finding.item) if finding.item is not None else ""
        role = CORRECTED if finding.corrected else MARKS[finding.severity]
        sheet.put(row, starts[0], Status.CORRECTED.label if finding.corrected else finding.severity.label, role)
        sheet.put(row, starts[1], finding.rule, "small", span=(1, shares[1]))
        sheet.put(row, starts[2], "看数" if link else None, "cell_link" if link else "cell", link=link)
        sheet.put(row, starts[3], finding.message, "small_wrap", span=(1, shares[3]))
        sheet.put(row, starts[4], finding.suggestion, "small_wrap", span=(1, shares[4]))
        words = ((finding.message, shares[3]), (finding.suggestion, shares[4]))
        high = max(text_height(text, unit(plan) * share, SMALL) for text, share in words)
        sheet.heights[row] = min(max(20.0, high - TIGHT), HIGHEST)


def add_table(sheet: BookSheet, plan: Plan, table: Table, top: int) -> int:
    """The frame of one table, its own corner in the row ``top``; returns its last row."""
    pages, layout = plan.pages, plan.layouts[table.id]
    edges = pages.edges[table.id]
    units = "、".join(dict.fromkeys(i.unit for i in plan.form.by_table[table.id] if i.unit))
    sheet.put(top - 1, 0, f"{table.title}（单位：{units}）" if units else table.title, "section", span=(1, pages.width))
    sheet.heights |= {top - 2: 6.0, top - 1: 19.0}
    for row in range(layout.height):
        sheet.heights[top + row] = ROW
    for shown in sorted(layout.headings, key=lambda h: h.span[0]):
        start, end = edges[shown.column], edges[shown.column + shown.span[1]]
        role = stub_role(plan, layout, shown)
        sheet.put(top + shown.row, start, shown.text, role, span=(shown.span[0], end - start))
        stretch(sheet, shown, top, unit(plan) * (end - start))
    return top + layout.height - 1


def stretch(sheet: BookSheet, shown: Heading, top: int, width: float) -> None:
    """Make the rows of a heading tall enough for its text."""
    rows = range(top + shown.row, top + shown.row + shown.span[0])
    lacking = text_height(shown.text, width) - TIGHT - sum(sheet.heights[row] for row in rows)
    for row in rows:
        sheet.heights[row] += max(0.0, lacking) / len(rows)


def add_remark(sheet: BookSheet, plan: Plan, record: FiledAgency, index: int) -> None:
    """A text or date beside the numbers, as it was filed."""
    item, pages = plan.form.cells[index], plan.pages
    _, row, column = pages.place(record.agency.code, index)
    slot, edges = plan.layouts[item.table.id].remarks[index], pages.edges[item.table.id]
    span = (slot.span[0], edges[slot.column + slot.span[1]] - edges[slot.column])
    text = record.file.submission.remark(item).shown
    sheet.put(row, column, text, "cell_wrap", span=span)
    make_room(sheet, row, text, unit(plan) * span[1])


def make_room(sheet: BookSheet, row: int, text: str, breadth: float) -> None:
    """Make a row high enough for a text of this breadth, within limits."""
    sheet.heights[row] = max(sheet.heights[row], min(text_height(text, breadth), HIGHEST))


def add_number(
    sheet: BookSheet,
    plan: Plan,
    record: AgencyRecord,
    submission: Submission,
    index: int,
    marked: Marked | None,
) -> None:
    """One number; a blank stays blank."""
    item, pages = plan.form.items[index], plan.pages
    _, row, column = pages.place(record.agency.code, index)
    slot, edges = plan.layouts[item.table.id].slots[index], pages.edges[item.table.id]
    span = (slot.span[0], edges[slot.column + slot.span[1]] - edges[slot.column])
    role, note = mark_of(submission, item, marked)
    sheet.put(row, column, submission.number(item), in_decimals(role, item), span=span, note=note)
