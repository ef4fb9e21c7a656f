"""The formulas of an .xls as text: its records keep them as tokens, and xlrd gives results only."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from msgspec import Struct, field

from workbook_tool.files.intake.formats.tokens import XLS, Tokens, written
from workbook_tool.files.intake.formats.xls_records import BEGIN, BOUND_SHEET, END, book_records, records, sheet_name
from workbook_tool.model.intake.submission import Place

FORMULA, UNCALCULATED, EXTERN_SHEET, SUPPORTING_BOOK, SHARED, ARRAY = 0x06, 0x5E, 0x17, 0x1AE, 0x4BC, 0x221
"""Kinds of records about formulas, and about what they refer to."""
BIFF8 = b"\x00\x06"
OWN_BOOK = b"\x01\x04"
"""How a supporting book says that it is the workbook itself."""
POINTER = b"\x01"
"""The one token of a cell that shares its formula with others."""
CALCULATE_ON_LOAD = 0x02
"""The mark of programs that write a formula and leave its result, 0, to whoever opens the file."""


class Formulas(Struct):
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
