"""Reads .xlsx and its kin (.xlsm, .xltx, Strict): values by python-calamine, or else by openpyxl; markup by ourselves."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from lxml import etree

from workbook_tool.files.intake.formats.markup import BROKEN, Markup, scan_sheets
from workbook_tool.files.intake.formats.package import Package
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Content, Place, Sheet

Cells = dict[Place, Content]


def read_xlsx(content: bytes, parts: Package, book: str, root: etree._Element) -> tuple[Sheet, ...]:
    """The worksheets of a package whose guard has passed; ``book`` is its workbook part and ``root`` what stands in it.

    Raises Unreadable where neither reader opens it, or where values and markup disagree.
    """
    markups = scan_sheets(parts, book, root)
    found = calamine_cells(content)
    if found is None or not markups.keys() <= found.keys():
        found = openpyxl_cells(content, markups)
    if any(cells for name, cells in found.items() if name not in markups):  # a sheet must not be lost in silence
        raise Unreadable(BROKEN)
    return tuple(markup.complete(name, found[name]) for name, markup in markups.items())


def calamine_cells(content: bytes) -> dict[str, Cells] | None:
    """The values by sheet name; None where calamine does not read the file."""
    try:
        return {name: values(rows) for name, rows in sheet_rows(content)}
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # its panics are no Exception
        return None


def sheet_rows(content: bytes) -> list[tuple[str, Sequence[Sequence[Content]]]]:
    """Names and rows of the worksheets; charts and macro sheets have none."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [
        (sheet.name, workbook.get_sheet_by_index(index).to_python(skip_empty_area=False))
        for index, sheet in enumerate(workbook.sheets_metadata)
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]


def values(rows: Sequence[Sequence[Content]]) -> Cells:
    """The cells that are not empty, by place."""
    return {(r, c): value for r, row in enumerate(rows) for c, value in enumerate(row) if value != ""}


def openpyxl_cells(content: bytes, markups: Mapping[str, Markup]) -> dict[str, Cells]:
    """The values by sheet name, as calamine would give them. Raises Unreadable where openpyxl does not read the file
    either."""
    import openpyxl

    covered = any(markup.covered for markup in markups.values())  # which only streaming gives
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=covered)
            return {name: cells_of(book[name], markup, covered) for name, markup in markups.items()}
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable(BROKEN) from error


def cells_of(sheet: Any, markup: Markup, streamed: bool) -> dict[Place, Content]:
    """What stands in the cells that hold anything. A sheet that says where it ends is not believed."""
    if streamed:
        sheet.reset_dimensions()
        cells = (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)
        found = {(cell.row - 1, cell.column - 1): cell.value for cell in cells}
    else:
        found = {(row, column): sheet.cell(row + 1, column + 1).value for row, column in markup.filled}
    return {place: as_calamine(value) for place, value in found.items() if value not in (None, "")}


def as_calamine(value: Content) -> Content:
    """Numbers are floats, and a moment at midnight is a day."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value
