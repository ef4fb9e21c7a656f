"""Reads the drop-downs of an Excel workbook: what they offer, by sheet and column."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbook_tool.files.opc import sizes

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LISTED = re.compile(r'"([^"]*)"')
RANGE = re.compile(r"(?:'([^']+)'|([^'!]+))?!?(\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+)")
MOST = 200
"""Longer lists are no choices of a form but a table of their own."""


def offered_in(content: bytes) -> dict[str, dict[int, tuple[str, ...]]]:
    """What the drop-downs of each sheet offer, by column from 0; nothing where it is no workbook of today's Excel."""
    if not content.startswith(b"PK") or "xl/workbook.xml" not in sizes(content):
        return {}
    import openpyxl  # late: only whoever begins a declaration needs it

    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return {sheet.title: dict(columns_of(book, sheet)) for sheet in book.worksheets}


def formats_in(content: bytes) -> dict[str, dict[int, str]]:
    """The number formats of the blank cells of each sheet, by column from 0, where they are set; nothing where it is no
    workbook of today's Excel."""
    if not content.startswith(b"PK") or "xl/workbook.xml" not in sizes(content):
        return {}
    import openpyxl

    book, found = openpyxl.load_workbook(io.BytesIO(content), data_only=True), dict[str, dict[int, str]]()
    for sheet in book.worksheets:
        cells = (cell for row in sheet.iter_rows(max_row=MOST) for cell in row if cell.value is None)
        told = [(cell.column, cell.number_format) for cell in cells if cell.number_format != "General"]
        found[sheet.title] = {column - 1: format for column, format in told if column}
    return found


def columns_of(book: Workbook, sheet: Worksheet) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The columns of a sheet that have a drop-down, and what it offers."""
    for rule in sheet.data_validations.dataValidation:
        options = options_of(book, sheet, rule.formula1 or "") if rule.type == "list" else ()
        if 0 < len(options) <= MOST:
            for area in rule.sqref.ranges:
                yield from ((column - 1, options) for column in range(area.min_col, area.max_col + 1))


def options_of(book: Workbook, sheet: Worksheet, formula: str) -> tuple[str, ...]:
    """What a drop-down offers: written in it, or in cells."""
    if listed := LISTED.fullmatch(formula):
        return tuple(part.strip() for part in listed[1].split(",") if part.strip())
    if not (area := RANGE.fullmatch(formula)):
        return ()
    name = area[1] or area[2]
    if name and name not in book.sheetnames:
        return ()
    cells = (book[name] if name else sheet)[area[3].replace("$", "")]
    return tuple(str(cell.value).strip() for row in cells for cell in row if cell.value is not None)
