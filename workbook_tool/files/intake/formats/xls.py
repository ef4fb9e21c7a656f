"""Reads .xls and .et with xlrd, which tells error cells and what is hidden; the records of the file tell the formulas
(``xls_formulas``).

Nothing in such a file is checked by a checksum, so whatever is refused is asked for again as .xlsx.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any

from workbook_tool.files.intake.formats.cell_notes import LONGEST
from workbook_tool.files.intake.formats.locked import DAMAGED
from workbook_tool.files.intake.formats.markup import HIDDEN_BEYOND
from workbook_tool.files.intake.formats.xls_again import XlsStyles, read_again
from workbook_tool.files.intake.formats.xls_formulas import Formulas, sheet_formulas, sheet_references
from workbook_tool.files.intake.formats.xls_looks import covered, looks_of, reaches, unseen_columns, unseen_rows
from workbook_tool.files.intake.formats.xls_records import (
    BOUND_SHEET,
    book_records,
    own_records,
    sheet_name,
    stream_of,
)
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Content, ErrorValue, Place, Sheet, Uncomputed

LOCKED = 0x2F
"""The record of a file that asks for a password."""


def read_xls(content: bytes) -> tuple[Sheet, ...]:
    """The worksheets of an .xls: by xlrd, or else, where Excel may still open it, by the second reader. Raises Unreadable
    where neither reads it."""
    try:
        stream = stream_of(content)
        formulas, references = sheet_formulas(stream), sheet_references(stream)
        try:
            return first_reading(content, stream, formulas, references)
        except MemoryError:
            raise
        except Exception:  # a damaged or odd file leads anywhere
            if references is None:  # before Excel 97 records are others
                raise
        return read_again(content, styles_in(stream), list(sheets_in(stream)), formulas, references)
    except MemoryError:
        raise
    except Exception as error:  # a damaged file leads anywhere
        raise Unreadable(DAMAGED) from error


def first_reading(
    content: bytes, stream: bytes, formulas: Sequence[Formulas], references: Sequence[str] | None
) -> tuple[Sheet, ...]:
    """The worksheets by xlrd, which is told nothing but the records where it does not like the container around them."""
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
    except xlrd.compdoc.CompDocError:
        book = xlrd.open_workbook(file_contents=stream, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
    return tuple(read_sheet(book, sheet, own, references) for sheet, own in zip(book.sheets(), formulas, strict=True))


def styles_in(stream: bytes) -> XlsStyles:
    """What the records before the first sheet say of styles."""
    styles = XlsStyles()
    for kind, data in book_records(stream):
        styles.take(kind, data)
    return styles


def sheets_in(stream: bytes) -> Iterator[tuple[str, bool, list[tuple[int, bytes]]]]:
    """Name, whether it is hidden, and records of each worksheet."""
    for kind, data in book_records(stream):
        if kind == BOUND_SHEET and data[5] == 0:
            at, name = struct.unpack_from("<I", data)[0], sheet_name(data)
            yield name, bool(data[4] & 3), list(own_records(stream, at))


def is_locked(content: bytes) -> bool:
    """Whether an .xls has an opening password. Raises Unreadable where it is too damaged to tell."""
    try:
        return any(kind == LOCKED for kind, _ in book_records(stream_of(content)))
    except Exception as error:  # a damaged file leads anywhere
        raise Unreadable(DAMAGED) from error


def read_sheet(book: Any, sheet: Any, formulas: Formulas, sheets: Sequence[str] | None) -> Sheet:
    """One worksheet; a formula that was stored without a result counts as uncomputed, not as the 0 stored."""
    texts = formulas.texts(sheets)
    cells: dict[Place, Content] = {}
    for row in range(sheet.nrows):
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
            content = content_of(kind, value, book.datemode)
            if content != "":
                cells[row, column] = content
    shown = looks_of(book, sheet, cells), covered(sheet, cells), reaches(sheet, cells)
    cells.update({place: Uncomputed(texts[place]) for place in formulas.left})
    last_row, last_column = max(sheet.nrows, HIDDEN_BEYOND), max(sheet.ncols, HIDDEN_BEYOND)
    hidden = sheet.visibility != 0, unseen_rows(sheet, last_row), unseen_columns(sheet, last_column)
    return Sheet(sheet.name, cells, *hidden, texts, *shown, notes=noted(sheet))


def noted(sheet: Any) -> dict[Place, str]:
    """The comments on cells, without the name that a program put in front."""
    told = {place: note.text.removeprefix(f"{note.author}:").strip() for place, note in sheet.cell_note_map.items()}
    return {place: text[:LONGEST] for place, text in told.items() if text}


def content_of(kind: int, value: Any, datemode: int) -> Content:
    """A cell's content in our own words; empty text where there is nothing."""
    import xlrd

    if kind == xlrd.XL_CELL_ERROR:
        return ErrorValue(xlrd.error_text_from_code.get(value, "#ERR"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_DATE:
        return moment(value, datemode)
    if kind == xlrd.XL_CELL_NUMBER:
        return float(value)
    return str(value)


def moment(serial: float, datemode: int) -> Content:
    """A serial number under a date format; the number itself where it is no date of the calendar."""
    import xlrd

    try:
        moment: datetime = xlrd.xldate.xldate_as_datetime(serial, datemode)
    except (ValueError, OverflowError):
        return float(serial)
    if 0 <= serial < 1:
        return moment.time()
    return moment.date() if moment.time() == time() else moment
