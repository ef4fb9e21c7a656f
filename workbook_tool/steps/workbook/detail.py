"""单位明细: a row per agency, every number; the one place that all totals are summed from."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TypeVar

from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.workbook.book import Book, BookSheet, Print
from workbook_tool.model.workbook.headers import NAME
from workbook_tool.model.workbook.listing import Listing
from workbook_tool.model.workbook.measure import points_wide, text_height
from workbook_tool.steps.workbook.detail_list import CODE_ROW, DetailLine, name_width
from workbook_tool.steps.workbook.lists import finish, put_rows
from workbook_tool.steps.workbook.number_roles import marks
from workbook_tool.steps.workbook.plan import GREY, Plan, heading

R = TypeVar("R")
BREADTH, SCALE, ACROSS = 12, 76, 1060.0
"""Over how many columns the heading goes; the scale on paper (per cent), and how many points of A3 are filled from side
to side, so that no program, however it measures, has a column left over."""
FOOTER = "&L&8&A（空格是没有填报，不是 0）&C&8第 &P 页，共 &N 页"
TABLE_ROW, ROW_ROW, COLUMN_ROW = 2, 3, 4
CODE_SIZE = 8.0
"""The size of the codes over the numbers."""


def add_detail(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    meaning = "每个单位一行，每个数一列；空格是没有填报，不是 0。红、黄、蓝底为必须改、需说明、提示的数，批注写明原因；空白和只是跟着不符的没有批注。"
    rows = [detail_line(plan, record) for record in plan.result.filed]
    add_figures(book, plan, plan.detail_list, rows, meaning, (record.agency.name for record in plan.result.filed))


def detail_line(plan: Plan, record: FiledAgency) -> DetailLine:
    """The row of an agency."""
    page = plan.page_link(record) if record.agency.code in plan.pages.tops else ""
    above = next((agency.name for agency in plan.result.run.roster.above(record.agency)), "")
    return DetailLine(record, above, page, marks(record.findings))


def add_figures(book: Book, plan: Plan, listing: Listing[R], rows: list[R], meaning: str, names: Iterable[str]) -> None:
    """Add a sheet with a row for each of these agencies and a column for each number of the form."""
    widths = {number: float(column.limits[0]) for number, column in enumerate(listing.columns)}
    spare = {n for n, column in enumerate(listing.columns) if column.optional and not any(map(column.value, rows))}
    sheet = book.sheet(listing.sheet, tab=GREY, widths=widths, hidden_columns=spare)
    sheet.widths[listing.at(NAME)] = name_width(names, *listing.columns[listing.at(NAME)].limits)
    heading(sheet, listing.sheet, meaning, BREADTH)
    turns = turned(sheet, plan, listing)
    add_labels(sheet, plan, listing, turns)
    put_rows(sheet, listing, rows)
    finish(sheet, listing, len(rows))
    sheet.print = Print(
        landscape=True,
        large=True,
        area=((TABLE_ROW, 0), (listing.last_row(len(rows)), listing.last_column)),
        footer=FOOTER,
        scale=SCALE,
        turns=turns,
        repeat_rows=(TABLE_ROW, CODE_ROW),
        repeat_columns=(0, listing.at(NAME)),
    )


def turned(sheet: BookSheet, plan: Plan, listing: Listing[R]) -> tuple[int, ...]:
    """The columns before which the paper is turned, so that no row of the form is torn; each page has the names again."""
    breadths = [0 if n in sheet.hidden_columns else points_wide(width) for n, width in sorted(sheet.widths.items())]
    names, first = listing.at(NAME) + 1, listing.at(plan.form.items[0].code)
    room, used, found = ACROSS * 100 / SCALE - sum(breadths[:names]), sum(breadths[names:first]), list[int]()
    for _, group in groupby(plan.form.items, lambda item: (item.table.id, item.row.id)):
        places = [listing.at(item.code) for item in group]
        broad = sum(breadths[place] for place in places)
        if used + broad > room and (broad <= room or places[0] != first):  # else a page would hold no number at all
            found.append(places[0])
            used = 0.0
        used += broad
    return tuple(found)


def add_labels(sheet: BookSheet, plan: Plan, listing: Listing[R], turns: tuple[int, ...]) -> None:
    """Table, row and column over each number, and its code as the header that can be filtered and looked up."""
    for column in range(listing.at(listing.frozen) + 1):
        sheet.put(TABLE_ROW, column, None, "head", span=(CODE_ROW - TABLE_ROW, 1))
        sheet.put(CODE_ROW, column, listing.headers[column], "head")
    for _, group in groupby(plan.form.items, lambda item: item.table.id):
        items = list(group)
        for item in items:  # not merged: the printed pages break within it, and each has the title again
            column = listing.at(item.code)
            title = item.table.title if item is items[0] or column in turns else None
            sheet.put(TABLE_ROW, column, title, "caption_open")
    for _, group in groupby(plan.form.items, lambda item: (item.table.id, item.row.id)):
        items = list(group)
        sheet.put(ROW_ROW, listing.at(items[0].code), items[0].row.name, "group", span=(1, len(items)))
    for item in plan.form.items:
        sheet.put(COLUMN_ROW, listing.at(item.code), item.column.name, "head")
        sheet.put(CODE_ROW, listing.at(item.code), item.code, "code")
    breadths = {item.index: sheet.widths[listing.at(item.code)] for item in plan.form.items}
    columns = [text_height(i.column.name, breadths[i.index]) for i in plan.form.items]
    rows = [text_height(i.row.name, breadths[i.index] * len(i.block.columns)) for i in plan.form.items]
    codes = [text_height(i.code, breadths[i.index], CODE_SIZE) for i in plan.form.items]
    sheet.heights |= {TABLE_ROW: 20.0, ROW_ROW: max(rows), COLUMN_ROW: max(columns), CODE_ROW: max(20.0, *codes)}
