"""Reads for what the blank cells of an Excel workbook are prepared: the drop-downs and number formats of each column."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbook_tool.files.opc import sizes
from workbook_tool.model.form.prepared import DropDown, Prepared
from workbook_tool.model.regex import regex

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

LISTED = regex(r'"([^"]*)"')
RANGE = regex(r"(?:'([^']+)'|([^'!]+))?!?(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)")
INDIRECT = regex(r"INDIRECT\(\s*\$?([A-Z]{1,3})\$?\d+\s*\)", re.IGNORECASE)
MOST = 200
"""Longer lists are no choices of a form but a table of their own."""


def prepared_in(content: bytes) -> Prepared:
    """For what its blank cells are prepared; nothing where it is no workbook of today's Excel."""
    if not content.startswith(b"PK") or "xl/workbook.xml" not in sizes(content):
        return Prepared()
    import openpyxl  # late: only whoever begins a declaration needs it

    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    formulas = [offered(rule) for sheet in book.worksheets for rule in sheet.data_validations.dataValidation]
    named = [name.attr_text or "" for name in book.defined_names.values()]
    areas = [area for text in (*formulas, *named) if (area := RANGE.fullmatch(text))]
    return Prepared(
        {sheet.title: dict(drop_downs_of(book, sheet)) for sheet in book.worksheets},
        {sheet.title: dict(answers_of(book, sheet)) for sheet in book.worksheets},
        {sheet.title: formats_of(sheet) for sheet in book.worksheets},
        frozenset(area[1] or area[2] for area in areas if area[1] or area[2]),
    )


def formats_of(sheet: Worksheet) -> dict[int, str]:
    """The number formats of the blank cells of a sheet, by column, where they are set."""
    cells = (cell for row in sheet.iter_rows(max_row=MOST) for cell in row if cell.value is None)
    told = [(cell.column, cell.number_format) for cell in cells if cell.number_format != "General"]
    return {column - 1: format for column, format in told if column}


def drop_downs_of(book: Workbook, sheet: Worksheet) -> Iterator[tuple[int, DropDown]]:
    """The columns of a sheet that have a drop-down, and what it offers; those that depend on another one last."""
    found, later = dict[int, DropDown](), list[tuple[int, int]]()
    for rule in sheet.data_validations.dataValidation:
        columns = [c - 1 for area in rule.sqref.ranges for c in range(area.min_col, area.max_col + 1)]
        options = options_of(book, sheet, offered(rule)) if rule.type == "list" else ()
        if 0 < len(options) <= MOST:
            found |= {column: DropDown(options) for column in columns}
        elif depends := INDIRECT.fullmatch(offered(rule)):
            later += [(column, column_number(depends[1])) for column in columns]
    yield from found.items()
    for column, on in later:
        choices = found[on].options if on in found else ()
        after = {choice: named_options(book, sheet, choice) for choice in choices}
        if after and all(after.values()):
            yield column, DropDown(on=on, after=after)


def answers_of(book: Workbook, sheet: Worksheet) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    """The first cells of what has a drop-down, and what it offers."""
    for rule in sheet.data_validations.dataValidation:
        options = options_of(book, sheet, offered(rule)) if rule.type == "list" else ()
        if 0 < len(options) <= MOST:
            yield from (((area.min_row - 1, area.min_col - 1), options) for area in rule.sqref.ranges)


def offered(rule: DataValidation) -> str:
    """From where a drop-down has what it offers, without the sign that some programs write before it."""
    return (rule.formula1 or "").removeprefix("=")


def column_number(letters: str) -> int:
    """The number, from 0, of a column that a formula names."""
    from openpyxl.utils import column_index_from_string

    return column_index_from_string(letters.upper()) - 1


def named_options(book: Workbook, sheet: Worksheet, name: str) -> tuple[str, ...]:
    """What the cells hold that are named like a choice."""
    named = book.defined_names.get(name)
    return options_of(book, sheet, named.attr_text or "") if named else ()


def options_of(book: Workbook, sheet: Worksheet, formula: str) -> tuple[str, ...]:
    """What a drop-down offers: written in it, in cells, or in cells that have a name."""
    if listed := LISTED.fullmatch(formula):
        return tuple(part.strip() for part in listed[1].split(",") if part.strip())
    if (named := book.defined_names.get(formula)) is not None:
        formula = named.attr_text or ""
    if not (area := RANGE.fullmatch(formula)):
        return ()
    name = area[1] or area[2]
    if name and name not in book.sheetnames:
        return ()
    cells = (book[name] if name else sheet)[area[3].replace("$", "")]
    rows = cells if isinstance(cells, tuple) else ((cells,),)
    return tuple(str(cell.value).strip() for row in rows for cell in row if cell.value is not None)
