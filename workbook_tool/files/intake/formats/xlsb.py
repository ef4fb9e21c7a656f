"""Reads .xlsb: values by python-calamine, and by the file's own records ([MS-XLSB] 2.4) what values do not tell."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from workbook_tool.files.intake.formats.markup import (
    BROKEN,
    HIDDEN_BEYOND,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    Markup,
)
from workbook_tool.files.intake.formats.package import Package, related
from workbook_tool.files.intake.formats.tokens import XLSB, Tokens, written
from workbook_tool.files.intake.formats.xlsx import calamine_cells
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import ErrorValue, Place, Sheet

ROW, BLANK, RK, ERROR, REAL, FORMULA_NUMBER, FORMULA_ERROR, LAST_CELL = 0, 1, 2, 3, 5, 9, 11, 11
FIRST_FORMULA, RICH_TEXT, COLUMNS, SHEET = 8, 62, 60, 156
ARRAY, SHARED, EXTERN_SHEETS = 426, 427, 362
OWN_BOOK, BOOKS = (357, 358), (355, 357, 358, 667)
"""The records of books that formulas refer to, and those of the workbook itself."""
POINTER = b"\x01"
"""The one token of a cell that shares its formula with others."""
ROW_HIDDEN, COLUMN_HIDDEN = 0x10, 0x01
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


def read_xlsb(content: bytes, parts: Package, book: str) -> tuple[Sheet, ...]:
    """The worksheets of an .xlsb. Raises Unreadable where it is broken, or its values and records disagree."""
    try:
        markups = scan_sheets(parts, book)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise Unreadable(BROKEN) from error
    found = calamine_cells(content)
    if found is None or not markups.keys() <= found.keys():
        raise Unreadable("这份 .xlsb 不能读取；请用 Excel 或 WPS 另存为 .xlsx 后再报")
    return tuple(markup.complete(name, found[name]) for name, markup in markups.items())


def scan_sheets(parts: Package, book: str) -> dict[str, Markup]:
    """What the records of each worksheet tell, by its name."""
    targets = related(parts, book)
    found: dict[str, Markup] = {}
    sheets = sheet_references(parts[book])
    for kind, data in records(parts[book]):
        if kind != SHEET:
            continue
        state = struct.unpack_from("<I", data)[0]
        relation, end = wide_text(data, 8)
        name, _ = wide_text(data, end)
        kind_of_part, target = targets.get(relation, ("", ""))
        if kind_of_part != "worksheet":
            continue
        if name in found or target not in parts or len(found) >= MOST_SHEETS:
            raise Unreadable(BROKEN)
        found[name] = scan(parts[target], state != 0, sheets)
    return found


def sheet_references(book: bytes) -> list[str]:
    """How each reference of a formula to a sheet is written."""
    names, inside, triples = list[str](), list[bool](), list[tuple[int, int, int]]()
    for kind, data in records(book):
        if kind == SHEET:
            names.append(wide_text(data, wide_text(data, 8)[1])[0])
        elif kind in BOOKS:
            inside.append(kind in OWN_BOOK)
        elif kind == EXTERN_SHEETS:
            triples = list(struct.iter_unpack("<Iii", data[4 : 4 + 12 * struct.unpack_from("<I", data)[0]]))
    return [written(first, last, at < len(inside) and inside[at], names) for at, first, last in triples]


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record. Raises IndexError where the last one is cut off."""
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        size = 0
        for shift in (0, 7, 14, 21):
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if at + size > len(data):
            raise IndexError("a record is cut off")
        yield kind, data[at : at + size]
        at += size


def wide_text(data: bytes, at: int) -> tuple[str, int]:
    """A counted UTF-16 text and where it ends; a count of all ones is no text."""
    count = struct.unpack_from("<I", data, at)[0]
    if count == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * count
    if end > len(data):
        raise IndexError("a text is cut off")
    return data[at + 4 : end].decode("utf-16-le"), end


def scan(data: bytes, hidden: bool, sheets: Sequence[str]) -> Markup:
    """One pass over a sheet's records."""
    markup, row = Markup(hidden), -1
    spans = []
    tokens, shared = dict[Place, bytes](), dict[Place, bytes]()
    for kind, record in records(data):
        if kind == ROW:
            row = struct.unpack_from("<I", record)[0]
            if row >= MOST_ROWS:
                raise Unreadable(BROKEN)
            if record[11] & ROW_HIDDEN or struct.unpack_from("<H", record, 8)[0] == 0:
                markup.hidden_rows.add(row)
        elif BLANK < kind <= LAST_CELL or kind == RICH_TEXT:
            scan_cell(markup, row, kind, record)
            if FIRST_FORMULA <= kind <= LAST_CELL:
                tokens[row, struct.unpack_from("<I", record)[0]] = tokens_of(kind, record)
        elif kind in (SHARED, ARRAY) and tokens:
            start = 16 + (kind == ARRAY)
            shared[next(reversed(tokens))] = counted(record, start)
        elif kind == COLUMNS:
            first, last, width = struct.unpack_from("<III", record)
            if struct.unpack_from("<H", record, 16)[0] & COLUMN_HIDDEN or width == 0:
                spans.append((first, last))
    end = max(markup.columns, HIDDEN_BEYOND)
    for first, last in spans:
        markup.hidden_columns.update(range(first, min(last + 1, end)))
    markup.formulas = {place: formula_text(place, own, shared, sheets) for place, own in tokens.items()}
    return markup


def tokens_of(kind: int, record: bytes) -> bytes:
    """The tokens of a formula, behind its result."""
    if kind == FIRST_FORMULA:
        return counted(record, wide_text(record, 8)[1] + 2)
    return counted(record, 8 + (8 if kind == FORMULA_NUMBER else 1) + 2)


def counted(record: bytes, at: int) -> bytes:
    """Tokens behind their number; none where the record ends before."""
    if at + 4 > len(record):
        return b""
    return record[at + 4 : at + 4 + struct.unpack_from("<I", record, at)[0]]


def formula_text(place: Place, own: bytes, shared: dict[Place, bytes], sheets: Sequence[str]) -> str:
    """A formula as text; a cell that shares one names the row of the first, which is the nearest in that row."""
    if own[:1] == POINTER:
        row = struct.unpack_from("<I", own, 1)[0]
        homes = [home for home in shared if home[0] == row and home <= place]
        own = shared[max(homes)] if homes else b""
    return Tokens(XLSB, own, place, sheets).text()


def scan_cell(markup: Markup, row: int, kind: int, record: bytes) -> None:
    """A cell with something in it: its place, whether it is a formula or an error, and the number stored."""
    place = row, struct.unpack_from("<I", record)[0]
    if row < 0 or place[1] >= MOST_COLUMNS or place in markup.filled:
        raise Unreadable(BROKEN)
    markup.filled[place] = (str(kind), None)
    markup.rows, markup.columns = max(markup.rows, row + 1), max(markup.columns, place[1] + 1)
    if markup.rows * markup.columns > MOST_CELLS:
        raise Unreadable("内容所占的范围过大，不是正常的填报表；请删去多余的行和列后另存为 .xlsx")
    if kind in (ERROR, FORMULA_ERROR):
        markup.special[place] = ErrorValue(ERRORS.get(record[8], "#ERR"))
    elif kind in (REAL, FORMULA_NUMBER):
        markup.numbers[place] = struct.unpack_from("<d", record, 8)[0]
    elif kind == RK:
        markup.numbers[place] = packed_number(struct.unpack_from("<I", record, 8)[0])


def packed_number(packed: int) -> float:
    """An RkNumber: 30 bits of an integer or of a double, and two flags."""
    if packed & 2:
        whole = packed >> 2
        number = float(whole - (1 << 30) if whole & (1 << 29) else whole)
    else:
        number = struct.unpack("<d", bytes(4) + struct.pack("<I", packed & 0xFFFFFFFC))[0]
    return number / 100 if packed & 1 else number
