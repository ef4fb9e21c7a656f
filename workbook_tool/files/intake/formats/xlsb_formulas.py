"""The formulas of an .xlsb as text: its records keep them as tokens."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from msgspec import Struct, field

from workbook_tool.files.intake.formats.tokens import XLSB, Tokens, written
from workbook_tool.files.intake.formats.xlsb_styles import records, wide_text
from workbook_tool.model.intake.submission import Place

TEXT_RESULT, NUMBER_RESULT, LAST_RESULT = 8, 9, 11
"""Kinds of cells with a formula: 8 to 11, by their result."""
SHEET, EXTERN_SHEETS, ARRAY, SHARED = 156, 362, 426, 427
OWN_BOOK, BOOKS = (357, 358), (355, 357, 358, 667)
"""The records of books that formulas refer to, and those of the workbook itself."""
POINTER = b"\x01"
"""The one token of a cell that shares its formula with others."""


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


class SheetFormulas(Struct):
    """The formulas of a worksheet while its records pass by: the tokens of each cell, and those that several cells share,
    under the first of them."""

    tokens: dict[Place, bytes] = field(default_factory=dict)
    shared: dict[Place, bytes] = field(default_factory=dict)

    def take(self, row: int, kind: int, record: bytes) -> None:
        """What a record tells of formulas, if it does."""
        if TEXT_RESULT <= kind <= LAST_RESULT:
            self.tokens[row, struct.unpack_from("<I", record)[0]] = tokens_of(kind, record)
        elif kind in (SHARED, ARRAY) and self.tokens:
            self.shared[next(reversed(self.tokens))] = counted(record, 16 + (kind == ARRAY))

    def texts(self, sheets: Sequence[str]) -> dict[Place, str]:
        """Every formula as text, empty where it cannot be told."""
        return {place: Tokens(XLSB, self.own(place), place, sheets).text() for place in self.tokens}

    def own(self, place: Place) -> bytes:
        """The tokens of a cell. One that shares a formula names the row of the first, which is the nearest there."""
        tokens = self.tokens[place]
        if tokens[:1] != POINTER or len(tokens) < 5:
            return tokens
        row = struct.unpack_from("<I", tokens, 1)[0]
        homes = [home for home in self.shared if home[0] == row and home <= place]
        return self.shared[max(homes)] if homes else b""


def tokens_of(kind: int, record: bytes) -> bytes:
    """The tokens of a formula, behind its result."""
    if kind == TEXT_RESULT:
        return counted(record, wide_text(record, 8)[1] + 2)
    return counted(record, 8 + (8 if kind == NUMBER_RESULT else 1) + 2)


def counted(record: bytes, at: int) -> bytes:
    """Tokens behind their number; none where the record ends before."""
    if at + 4 > len(record):
        return b""
    return record[at + 4 : at + 4 + struct.unpack_from("<I", record, at)[0]]
