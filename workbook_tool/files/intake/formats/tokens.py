"""The text of formulas that .xls ([MS-XLS] 2.5.198) and .xlsb ([MS-XLSB] 2.5.97) keep as tokens.

Only what adds, takes away and names cells is told as it was typed, with a few functions; the rest by its number, so
that nobody takes it for something else.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from decimal import Decimal

from msgspec import Struct, field

from workbook_tool.model.cells import area
from workbook_tool.model.intake.submission import Place

OPERATORS = dict(
    zip(range(0x03, 0x12), ["+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":"], strict=True)
)
FUNCTIONS = {
    0: "COUNT",
    1: "IF",
    4: "SUM",
    63: "RAND",
    74: "NOW",
    78: "OFFSET",
    125: "CELL",
    148: "INDIRECT",
    221: "TODAY",
    464: "RANDBETWEEN",
}
WITHOUT_ARGUMENTS = (63, 74, 221)
ROW_RELATIVE, COLUMN_RELATIVE, SUM_OF_TOP, CHOOSE = 0x8000, 0x4000, 0x10, 0x04
ELSEWHERE = "[1]!"
"""A sheet of another workbook."""


class TokenLayout(Struct, frozen=True):
    """How a format writes the parts of a token: a row, and what a column wraps at in a shared formula."""

    row: str
    rows: int
    columns: int
    name: int
    name_elsewhere: int


XLS = TokenLayout("H", 1 << 16, 1 << 8, 4, 6)
XLSB = TokenLayout("I", 1 << 20, 1 << 14, 4, 6)


class Tokens(Struct):
    """A formula while it is read. ``home`` is the cell it stands in, ``sheets`` what each reference to a sheet is written
    as."""

    layout: TokenLayout
    data: bytes
    home: Place
    sheets: Sequence[str]
    at: int = 0
    stack: list[str] = field(default_factory=list)

    def take(self, form: str) -> tuple[int, ...]:
        """The next values of this struct format. Raises struct.error at the end of the formula."""
        found = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return found

    def text(self) -> str:
        """The formula without ``=``, empty where it has tokens that are not read here."""
        try:
            while self.at < len(self.data):
                (kind,) = self.take("B")
                self.read(kind if kind < 0x20 else kind & 0x1F | 0x20)
        except (struct.error, IndexError, KeyError):
            return f"({','.join(self.stack)})" if any(ELSEWHERE in part for part in self.stack) else ""
        return self.stack[0] if len(self.stack) == 1 else ""

    def read(self, kind: int) -> None:
        """Carry out one token: what it stands for is put on the stack."""
        if kind in OPERATORS:
            right, left = self.stack.pop(), self.stack.pop()
            self.stack.append(f"{left}{OPERATORS[kind]}{right}")
        else:
            READERS[kind](self)

    def around(self, before: str, after: str = "") -> None:
        """Put texts before and behind what is on top of the stack."""
        self.stack.append(f"{before}{self.stack.pop()}{after}")

    def attribute(self) -> None:
        """An attribute of the formula: the quick SUM, and choices, which are passed over."""
        flags, size = self.take("BH")
        if flags == SUM_OF_TOP:
            self.around("SUM(", ")")
        elif flags == CHOOSE:
            self.at += 2 * (size + 1)

    def string(self) -> None:
        """A text: what it says adds nothing up."""
        if self.layout is XLSB:
            (count,) = self.take("H")
            self.at += 2 * count
        else:
            count, wide = self.take("BB")
            self.at += count * (1 + (wide & 1))
        self.stack.append('""')

    def number(self, form: str) -> None:
        """A number as it is written in a formula."""
        self.stack.append(f"{Decimal(repr(self.take(form)[0])):f}")

    def function(self) -> None:
        """A function without arguments. Raises KeyError for one that takes some."""
        (number,) = self.take("H")
        if number not in WITHOUT_ARGUMENTS:
            raise KeyError(number)
        self.stack.append(f"{FUNCTIONS[number]}()")

    def function_of_any(self) -> None:
        """A function that takes as many arguments from the stack as it says. Raises IndexError where there are fewer."""
        count, number = self.take("BH")
        count, number = count & 0x7F, number & 0x7FFF
        if len(self.stack) < count:
            raise IndexError("too few arguments")
        parts = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        self.stack.append(f"{FUNCTIONS.get(number, f'F{number}')}({','.join(parts)})")

    def reference(self, corners: int, relative: bool = False, sheet: bool = False) -> None:
        """A cell or an area, of this sheet or of another of the workbook."""
        prefix = self.sheets[self.take("H")[0]] if sheet else ""
        numbers = self.take(self.layout.row * corners + "H" * corners)
        rows, columns = numbers[:corners], numbers[corners:]
        places = [self.place(row, column, relative) for row, column in zip(rows, columns, strict=True)]
        self.stack.append(
            prefix
            + (
                f"{area(places[0], places[0])}:{area(places[1], places[1])}"
                if corners == 2
                else area(places[0], places[0])
            )
        )

    def place(self, row: int, column: int, relative: bool) -> Place:
        """A cell; in a shared formula counted from the one that shares it, as far as it is relative."""
        at = column & (self.layout.columns - 1)
        if relative and column & ROW_RELATIVE:
            row = (self.home[0] + row) % self.layout.rows
        if relative and column & COLUMN_RELATIVE:
            at = (self.home[1] + at) % self.layout.columns
        return row, at

    def skip(self, size: int, said: str) -> None:
        """Pass over so many bytes and let this text stand for them."""
        self.at += size
        self.stack.append(said)


READERS: dict[int, Callable[[Tokens], None]] = {
    0x12: lambda t: t.around("+"),
    0x13: lambda t: t.around("-"),
    0x14: lambda t: t.around("", "%"),
    0x15: lambda t: t.around("(", ")"),
    0x16: lambda t: t.stack.append(""),
    0x17: Tokens.string,
    0x19: Tokens.attribute,
    0x1C: lambda t: t.skip(1, "#REF!"),
    0x1D: lambda t: t.skip(1, "TRUE"),
    0x1E: lambda t: t.number("H"),
    0x1F: lambda t: t.number("d"),
    0x21: Tokens.function,
    0x22: Tokens.function_of_any,
    0x23: lambda t: t.skip(t.layout.name, "_name_"),
    0x24: lambda t: t.reference(1),
    0x25: lambda t: t.reference(2),
    0x2C: lambda t: t.reference(1, relative=True),
    0x2D: lambda t: t.reference(2, relative=True),
    0x39: lambda t: t.skip(t.layout.name_elsewhere, "_name_"),
    0x3A: lambda t: t.reference(1, sheet=True),
    0x3B: lambda t: t.reference(2, sheet=True),
}
"""What each token says; one that is not here makes the formula unknown."""


def written(first: int, last: int, inside: bool, names: Sequence[str]) -> str:
    """How a reference to these sheets starts: ``'表三'!``."""
    if not inside:
        return ELSEWHERE
    if not (0 <= first < len(names) and 0 <= last < len(names)):
        return "#REF!"
    named = names[first] if first == last else f"{names[first]}:{names[last]}"
    return "'" + named.replace("'", "''") + "'!"
