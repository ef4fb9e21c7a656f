"""The second reader of an .xls, for what xlrd does not open: values by python-calamine, the rest by the records.

It tells what the first one does but for colours and the pieces of a text: what is hidden, merged, in error, struck out,
and how numbers are formatted.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from msgspec import Struct, field

from workbook_tool.files.intake.formats.laid_out import LaidOut
from workbook_tool.files.intake.formats.looks import BUILT_IN, LEAST_HEIGHT, LEAST_WIDTH, Style, look_of
from workbook_tool.files.intake.formats.xls_formulas import FORMULA, Formulas
from workbook_tool.files.intake.formats.xls_looks import TWIPS, WIDTH_UNITS
from workbook_tool.files.intake.formats.xlsx import Cells, calamine_cells
from workbook_tool.model.intake.look import GENERAL
from workbook_tool.model.intake.submission import ErrorValue, Place, Sheet, Uncomputed

FONT, COLUMNS, FORMAT, STYLE, MERGED, MANY, ROW, STRINGS = 0x31, 0x7D, 0x41E, 0xE0, 0xE5, 0xBD, 0x208, 0xFC
LEAST_STRING = 3
"""So many bytes take the shortest of them."""
CELLS = (FORMULA, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xFD, 0xD6)
TRUTH_OR_ERROR = 0x205
FILLED = (0x203, 0x204, 0x27E, 0xFD, 0xD6)
"""Cells that hold a number or a text; others may hold nothing."""
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
Records = list[tuple[int, bytes]]


class XlsStyles(Struct):
    """The styles of a workbook, by the number that cells name them by, and how many ``strings`` it says it has."""

    formats: dict[int, str] = field(default_factory=dict)
    struck: list[bool] = field(default_factory=list)
    cells: list[tuple[int, int]] = field(default_factory=list)
    strings: int = 0

    def take(self, kind: int, data: bytes) -> None:
        """What a record before the first sheet says of them."""
        if kind == FORMAT:
            number, length, wide = struct.unpack_from("<HHB", data)
            self.formats[number] = data[5 : 5 + length * (1 + (wide & 1))].decode(
                "utf-16-le" if wide & 1 else "latin-1"
            )
        elif kind == FONT:
            self.struck.append(bool(data[2] & 0x08))
        elif kind == STYLE:
            self.cells.append(struct.unpack_from("<HH", data))
        elif kind == STRINGS:
            self.strings = struct.unpack_from("<I", data, 4)[0]

    def style(self, number: int) -> Style:
        """A style by its number. The fifth font of a workbook is not there, and those behind it count on."""
        font, code = self.cells[number] if number < len(self.cells) else (0, 0)
        at = font - (font > 4)
        struck = at < len(self.struck) and self.struck[at]
        return Style(self.formats.get(code) or BUILT_IN.get(code, GENERAL), struck)


class Recorded(Struct):
    """What the records of a worksheet tell: the number of each cell's style, which cells are filled, and
    which show errors."""

    found: LaidOut
    styles: dict[Place, int] = field(default_factory=dict)
    filled: set[Place] = field(default_factory=set)
    errors: dict[Place, ErrorValue] = field(default_factory=dict)

    def take(self, kind: int, data: bytes) -> None:
        """What one record says. Raises Unreadable where a cell lies too far out."""
        if kind in CELLS:
            row, column, number = struct.unpack_from("<HHH", data)
            self.cell((row, column), number, kind in FILLED)
            if error := error_in(kind, data):
                self.errors[row, column] = ErrorValue(error)
        elif kind == MANY:
            row, first = struct.unpack_from("<HH", data)
            several = struct.iter_unpack("<HI", data[4 : 4 + (len(data) - 6) // 6 * 6])
            for at, (number, _) in enumerate(several):
                self.cell((row, first + at), number, filled=True)
        elif kind == ROW:
            row, height, flags = struct.unpack_from("<H4xH4xH", data)
            if flags & 0x20 or height & 0x7FFF < LEAST_HEIGHT * TWIPS:
                self.found.hidden_rows.append((row, row + 1))
        elif kind == COLUMNS:
            first, last, width, flags = struct.unpack_from("<HHH2xH", data)
            if flags & 1 or width < LEAST_WIDTH * WIDTH_UNITS:
                self.found.hidden_columns.append((first, last + 1))
        elif kind == MERGED:
            areas = struct.iter_unpack("<HHHH", data[2 : 2 + 8 * struct.unpack_from("<H", data)[0]])
            self.found.merged.update({(top, left): (bottom, right) for top, bottom, left, right in areas})

    def cell(self, place: Place, style: int, filled: bool) -> None:
        """A cell that is there."""
        self.found.reach(place[0] + 1, place[1] + 1)
        self.styles[place] = style
        if filled:
            self.filled.add(place)

    def complete(self, values: Cells, formulas: Formulas, texts: dict[Place, str], styles: XlsStyles) -> LaidOut:
        """The sheet with these values. Raises ValueError where one is missing among them: what two ways of reading do
        not agree on is never counted."""
        if not self.filled <= values.keys():
            raise ValueError("a value is missing")
        told = {**values, **self.errors, **{place: Uncomputed(texts[place]) for place in formulas.left}}
        for place, content in told.items():
            self.found.put(place, content, look_of(styles.style(self.styles.get(place, 0))))
        self.found.formulas.update(texts)
        return self.found


def read_again(
    content: bytes,
    styles: XlsStyles,
    sheets: Sequence[tuple[str, bool, Records]],
    formulas: Sequence[Formulas],
    references: Sequence[str] | None,
) -> tuple[Sheet, ...]:
    """The worksheets: of each its name, whether it is hidden, and its records. Raises ValueError where calamine does not
    read them either, Unreadable where it must not be asked, since it makes room for whatever a file says it holds."""
    recorded = [Recorded(LaidOut(name)) for name, _, _ in sheets]
    for one, (_, _, records) in zip(recorded, sheets, strict=True):
        for kind, data in records:
            one.take(kind, data)
    if not sheets or styles.strings * LEAST_STRING > len(content):
        raise ValueError("no such workbook")
    values = calamine_cells(content)
    if values is None or any(name not in values for name, _, _ in sheets):
        raise ValueError("no reader opens it")
    whole = zip(recorded, sheets, formulas, strict=True)
    return tuple(
        one.complete(values[name], own, own.texts(references), styles).sheet(hidden)
        for one, (name, hidden, _), own in whole
    )


def error_in(kind: int, data: bytes) -> str:
    """The error that a cell shows; empty where it shows none."""
    if kind == TRUTH_OR_ERROR and data[7]:
        return ERRORS.get(data[6], "#ERR")
    result = data[6:14]
    return ERRORS.get(result[2], "#ERR") if kind == FORMULA and result[6:] == b"\xff\xff" and result[0] == 2 else ""
