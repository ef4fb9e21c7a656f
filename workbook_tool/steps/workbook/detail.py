"""单位明细: a row per agency, every number; the one place that all totals are summed from."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TypeVar

from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.workbook.book import Book, BookSheet, Print
from workbook_tool.model.workbook.headers import NAME
from workbook_tool.model.workbook.listing import Listing
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.steps.workbook.detail_list import CODE_ROW, DetailLine
from workbook_tool.steps.workbook.lists import finish, put_rows
from workbook_tool.steps.workbook.number_roles import marks
from workbook_tool.steps.workbook.plan import GREY, Plan, heading

R = TypeVar("R")
PAGES_WIDE, BREADTH = 10, 12
"""How many pages of paper it takes beside each other; over how many columns the heading goes."""
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
    add_labels(sheet, plan, listing)
    put_rows(sheet, listing, rows)
    finish(sheet, listing, len(rows))
    who = listing.at(listing.frozen)
    sheet.print = Print(True, PAGES_WIDE, repeat_rows=(TABLE_ROW, CODE_ROW), repeat_columns=(0, who))


def name_width(names: Iterable[str], least: float, most: float) -> float:
    """So broad that most names take one line."""
    return min(max([least, *(text_width(name) + 3.5 for name in names)]), most)


def add_labels(sheet: BookSheet, plan: Plan, listing: Listing[R]) -> None:
    """Table, row and column over each number, and its code as the header that can be filtered and looked up."""
    for column in range(listing.at(listing.frozen) + 1):
        sheet.put(TABLE_ROW, column, None, "head", span=(CODE_ROW - TABLE_ROW, 1))
        sheet.put(CODE_ROW, column, listing.headers[column], "head")
    for _, group in groupby(plan.form.items, lambda item: item.table.id):
        items = list(group)
        for item in items:  # not merged: the printed pages break within it
            title = item.table.title if item is items[0] else None
            sheet.put(TABLE_ROW, listing.at(item.code), title, "caption_open")
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
    sheet.heights |= {ROW_ROW: max(rows), COLUMN_ROW: max(columns), CODE_ROW: max(20.0, *codes)}
