"""Writes a roster 名录 for an office to fill in: the list, and a sheet that says what each column is for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbook_tool.files.office.roster_rows import FIELDS, NO, YES
from workbook_tool.model.intake.submission import Agency

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MADE = datetime(2024, 1, 1)
"""A fixed date of creation: the same roster gives the same bytes."""
LOOK = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
LINES = {"border": 1, "border_color": "#BFBFBF"}
HEAD_LOOK = {**LOOK, **LINES, "font_name": "黑体", "bg_color": "#DCE6F1", "align": "center"}


def write_roster(path: Path, agencies: Iterable[Agency]) -> None:
    """Write a roster to go on with: codes as text, a frozen heading, and a second sheet that explains the columns."""
    from xlsxwriter import Workbook

    book = Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "名录", "created": MADE})
    write_list(book, agencies)
    write_guide(book)
    book.close()


def write_list(book: Workbook, agencies: Iterable[Agency]) -> None:
    """The sheet of agencies, every cell as text so that codes keep their zeros."""
    sheet = book.add_worksheet("名录")
    sheet.freeze_panes(1, 2)
    lay_on_a4(sheet)
    head = book.add_format(HEAD_LOOK)
    for column, field in enumerate(FIELDS):
        sheet.set_column(column, column, field.width, book.add_format({**LOOK, "num_format": field.format}))
        sheet.write_string(0, column, field.heading, head)
    last = 0
    for last, agency in enumerate(agencies, 1):
        write_agency(book, sheet, last, agency)
    sheet.autofilter(0, 0, last, len(FIELDS) - 1)


def write_agency(book: Workbook, sheet: Worksheet, row: int, agency: Agency) -> None:
    """One agency as a row."""
    for column, (field, value) in enumerate(zip(FIELDS, as_cells(agency), strict=True)):
        look = book.add_format({**LOOK, **LINES, "num_format": field.format})
        if isinstance(value, date):
            sheet.write_datetime(row, column, value, look)
        elif value:
            sheet.write_string(row, column, value, look)
        else:
            sheet.write_blank(row, column, None, look)


def write_guide(book: Workbook) -> None:
    """The sheet that says what each column is for."""
    guide = book.add_worksheet("填写说明")
    lay_on_a4(guide)
    guide.set_column(0, 0, 14)
    guide.set_column(1, 1, 76)
    guide.write_row(0, 0, ["列名", "怎样填"], book.add_format(HEAD_LOOK))
    look = book.add_format({**LOOK, **LINES, "text_wrap": True})
    for number, field in enumerate(FIELDS, 1):
        guide.write_row(number, 0, [field.heading, field.meaning], look)
    note = "一行一个单位。只有代码和名称必须填写；其余的列可以空白，也可以整列删去。"
    guide.write_string(len(FIELDS) + 2, 0, note, book.add_format(LOOK))


def lay_on_a4(sheet: Worksheet) -> None:
    """One page wide, the heading repeated on each page."""
    sheet.set_default_row(20)
    sheet.set_row(0, 26)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def as_cells(agency: Agency) -> list[str | date]:
    """An agency in the order of FIELDS."""
    years = [str(year) if year else "" for year in (agency.due_from, agency.due_to)]
    return [
        agency.code,
        agency.name,
        "、".join(agency.aliases),
        agency.category,
        agency.parent,
        agency.scope,
        agency.deadline or "",
        {True: YES, False: NO, None: ""}[agency.empowered],
        *years,
        agency.mail,
        agency.contact,
        agency.phone,
        "、".join(agency.forms),
        "、".join(agency.former),
    ]
