"""Reads .xlsb: values by python-calamine, and by the file's own records ([MS-XLSB] 2.4) what values do not tell."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from workbook_tool.files.intake.formats.cell_styles import CellStyles, Overlay
from workbook_tool.files.intake.formats.looks import LEAST_HEIGHT, LEAST_WIDTH
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
from workbook_tool.files.intake.formats.xlsb_formulas import SheetFormulas, sheet_references
from workbook_tool.files.intake.formats.xlsb_styles import pieces_of, records, styles_of, wide_text
from workbook_tool.files.intake.formats.xlsx import calamine_cells
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import ErrorValue, Sheet

ROW, BLANK, RK, ERROR, REAL, FORMULA_NUMBER, FORMULA_ERROR, LAST_CELL = 0, 1, 2, 3, 5, 9, 11, 11
SHARED_TEXT, FIRST_FORMULA, RICH_TEXT, COLUMNS, SHEET, MERGED = 7, 8, 62, 60, 156, 176
STYLE_NUMBER = 0xFFFFFF
TWIPS, WIDTH_UNITS = 20, 256
"""How many of its units make a point of height, and a digit of width."""
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
    styles, fonts = styles_of(parts, targets)
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
        found[name] = scan(parts[target], state != 0, styles, fonts, sheets)
    return found


def scan(data: bytes, hidden: bool, styles: CellStyles, fonts: list[Overlay], sheets: Sequence[str]) -> Markup:
    """One pass over a sheet's records."""
    markup, row = Markup(hidden), -1
    spans, merged, formulas = [], [], SheetFormulas()
    for kind, record in records(data):
        formulas.take(row, kind, record)
        if kind == ROW:
            row = struct.unpack_from("<I", record)[0]
            if row >= MOST_ROWS:
                raise Unreadable(BROKEN)
            if record[11] & ROW_HIDDEN or struct.unpack_from("<H", record, 8)[0] < LEAST_HEIGHT * TWIPS:
                markup.hidden_rows.add(row)
        elif BLANK < kind <= LAST_CELL or kind == RICH_TEXT:
            scan_cell(markup, row, kind, record)
            scan_look(markup, row, kind, record, styles, fonts)
        elif kind == COLUMNS:
            first, last, width = struct.unpack_from("<III", record)
            if struct.unpack_from("<H", record, 16)[0] & COLUMN_HIDDEN or width < LEAST_WIDTH * WIDTH_UNITS:
                spans.append((first, last))
        elif kind == MERGED:
            merged.append(struct.unpack_from("<IIII", record))
    end = max(markup.columns, HIDDEN_BEYOND)
    for first, last in spans:
        markup.hidden_columns.update(range(first, min(last + 1, end)))
    markup.formulas = formulas.texts(sheets)
    for top, bottom, left, right in merged:
        markup.merge((top, left), (bottom, right))
    return markup


def scan_look(markup: Markup, row: int, kind: int, record: bytes, styles: CellStyles, fonts: list[Overlay]) -> None:
    """How a cell is shown, where it is not shown plainly."""
    column, named = struct.unpack_from("<II", record)
    number, pieces = str(named & STYLE_NUMBER), None
    if kind == SHARED_TEXT and styles.rich:
        pieces = styles.rich.get(str(struct.unpack_from("<I", record, 8)[0]))
    elif kind == RICH_TEXT:
        pieces = pieces_of(record, fonts, 8)
    if number in styles.rounding:
        markup.rounding[row, column] = styles.rounding[number]
    if (pieces or number in styles.looks) and (look := styles.look(number, pieces)):
        markup.looks[row, column] = look


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
