"""Reads .xls and .et with xlrd, which tells error cells and what is hidden; the records of the file tell the formulas.

Nothing in such a file is checked by a checksum, so whatever is refused is asked for again as .xlsx.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import takewhile
from typing import Any

from workbook_tool.files.intake.formats.cell_notes import LONGEST
from workbook_tool.files.intake.formats.locked import DAMAGED
from workbook_tool.files.intake.formats.markup import HIDDEN_BEYOND
from workbook_tool.files.intake.formats.tokens import XLS, Tokens, written
from workbook_tool.files.intake.formats.xls_again import XlsStyles, read_again
from workbook_tool.files.intake.formats.xls_looks import covered, looks_of, reaches, unseen_columns, unseen_rows
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Content, ErrorValue, Place, Sheet, Uncomputed

FORMULA, END, LOCKED, UNCALCULATED, BOUND_SHEET, BEGIN = 0x06, 0x0A, 0x2F, 0x5E, 0x85, 0x809
EXTERN_SHEET, SUPPORTING_BOOK, SHARED, ARRAY = 0x17, 0x1AE, 0x4BC, 0x221
"""Record kinds of BIFF5 and BIFF8."""
BIFF8 = b"\x00\x06"
OWN_BOOK = b"\x01\x04"
"""How a supporting book says that it is the workbook itself."""
POINTER = b"\x01"
"""The one token of a cell that shares its formula with others."""
CALCULATE_ON_LOAD = 0x02
"""The mark of programs that write a formula and leave its result, 0, to whoever opens the file."""


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


def own_records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of the worksheet that begins here, without those of charts within it. Raises ValueError where it does
    not come to its end."""
    depth = 0
    for kind, data in records(stream, at):
        depth += (kind == BEGIN) - (kind == END)
        if depth == 0:
            return
        if depth == 1:
            yield kind, data
    raise ValueError("a sheet without an end")


def sheet_name(data: bytes) -> str:
    """The name that the list of sheets gives to one of them."""
    text = data[8 : 8 + data[6] * (1 + (data[7] & 1))]
    return text.decode("utf-16-le" if data[7] & 1 else "latin-1")


def is_locked(content: bytes) -> bool:
    """Whether an .xls has an opening password. Raises Unreadable where it is too damaged to tell."""
    try:
        return any(kind == LOCKED for kind, _ in book_records(stream_of(content)))
    except Exception as error:  # a damaged file leads anywhere
        raise Unreadable(DAMAGED) from error


def stream_of(content: bytes) -> bytes:
    """The records of the workbook, without the container around them."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        stream: bytes = ole.openstream("Workbook" if ole.exists("Workbook") else "Book").read()
    return stream


def book_records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """The records before the first sheet."""
    return takewhile(lambda record: record[0] != END, records(stream, 0))


@dataclass
class Formulas:
    """The formulas of a worksheet: the ``tokens`` that stand in each cell, those that several cells ``share`` under the
    first of them, and the cells whose result is ``left`` to whoever opens the file."""

    tokens: dict[Place, bytes] = field(default_factory=dict)
    shared: dict[Place, bytes] = field(default_factory=dict)
    left: set[Place] = field(default_factory=set)

    def texts(self, sheets: Sequence[str] | None) -> dict[Place, str]:
        """Every formula as text. ``sheets`` are the references to sheets; None in a format whose tokens are not read."""
        if sheets is None:
            return dict.fromkeys(self.tokens, "")
        return {place: Tokens(XLS, self.own(data), place, sheets).text() for place, data in self.tokens.items()}

    def own(self, data: bytes) -> bytes:
        """The tokens of a cell, or those that it only points to."""
        return self.shared.get(struct.unpack_from("<HH", data, 1), b"") if data[:1] == POINTER else data


def sheet_formulas(stream: bytes) -> list[Formulas]:
    """The formulas of each worksheet: xlrd gives results only."""
    bounds = (data for kind, data in book_records(stream) if kind == BOUND_SHEET)
    return [formulas_from(stream, struct.unpack_from("<I", data)[0]) for data in bounds if data[5] == 0]


def formulas_from(stream: bytes, at: int) -> Formulas:
    """The formulas of the worksheet that begins here; charts within it begin and end inside."""
    found, last = Formulas(), (0, 0)
    depth, uncalculated = 0, False
    for kind, data in records(stream, at):
        depth += (kind == BEGIN) - (kind == END)
        uncalculated |= kind == UNCALCULATED
        if kind == FORMULA and depth == 1:
            row, column, result, flags = struct.unpack_from("<HH2x8sH", data)
            last, size = (row, column), struct.unpack_from("<H", data, 20)[0]
            found.tokens[last] = data[22 : 22 + size]
            if not any(result) and (uncalculated or flags & CALCULATE_ON_LOAD):
                found.left.add(last)
        elif kind in (SHARED, ARRAY) and depth == 1:
            start = 10 if kind == SHARED else 14
            size = struct.unpack_from("<H", data, start - 2)[0]
            found.shared[last] = found.shared[struct.unpack_from("<H2xB", data)] = data[start : start + size]
        if depth == 0:
            break
    return found


def sheet_references(stream: bytes) -> list[str] | None:
    """How each reference of a formula to a sheet is written; None before Excel 97, whose tokens are others."""
    names, inside, found = list[str](), list[bool](), list[str]()
    for kind, data in book_records(stream):
        if kind == BEGIN and data[:2] != BIFF8:
            return None
        if kind == BOUND_SHEET:
            names.append(sheet_name(data))
        elif kind == SUPPORTING_BOOK:
            inside.append(data[2:4] == OWN_BOOK)
        elif kind == EXTERN_SHEET:
            triples = struct.iter_unpack("<Hhh", data[2 : 2 + 6 * struct.unpack_from("<H", data)[0]])
            found += [written(first, last, book < len(inside) and inside[book], names) for book, first, last in triples]
    return found


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


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
