"""校验码: six digits over all numbers of a form, worked out by plain formulas in the workbook and here alike, so that the
paper that leaders sign and the file that was read can be compared at a glance.

A number counts as often as its place says, and that something is there counts too, so a blank is no 0. What remains on division
by a prime tells a changed number, and two that changed places, from what was signed. It proves nothing against whoever
means to deceive: the formulas are open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from workbook_tool.model.cells import absolute
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.layout import lay_out
from workbook_tool.model.form.live import Area, Places, on_sheet, rectangles

PRIME, THERE = 999_983, 7_919
"""What is divided by, and how much weighs that a number is there."""
LARGEST = 1 << 52
"""From here on spreadsheet programs no longer count exactly."""
MOST_CELLS, LONGEST = 250, 6_000
"""Of a patch, and of a formula in characters: Excel takes 8,192."""
NOTHING_FILLED = "000000"
"""The code of a form in which nothing is filled in, as it is issued."""
CODE, SUM = "check", "sum{}"
"""Keys in the hidden identity: of the code, and of the sums that it is made of."""


class Patch(Struct, frozen=True):
    """Neighbouring numbers of one sheet with the same decimals; ``weight`` is that of the first, the others follow row by
    row."""

    sheet: str
    area: Area
    decimals: int
    weight: int

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.area[1][1] - self.area[0][1] + 1

    @property
    def size(self) -> int:
        """How many cells it has."""
        return (self.area[1][0] - self.area[0][0] + 1) * self.width

    def weight_of(self, row: int, column: int) -> int:
        """How often the number in this cell counts."""
        return self.weight + (row - self.area[0][0]) * self.width + column - self.area[0][1]

    def formula(self) -> str:
        """What its numbers come to, as a formula."""
        first, last = (f"{absolute(*place)}" for place in self.area)
        home = on_sheet(self.sheet)
        cells, start = f"{home}{first}:{last}", f"{home}{first}"
        scale = f"*{10**self.decimals}" if self.decimals else ""
        if self.size == 1:
            return f'ROUND(SUM({start})*{self.weight}{scale},0)+{THERE * self.weight}*({start}<>"")'
        rows = range(self.weight, self.weight + self.size, self.width)
        weights = "{" + ";".join(",".join(map(str, range(row, row + self.width))) for row in rows) + "}"
        return f'ROUND(SUMPRODUCT({cells},{weights}){scale},0)+{THERE}*SUMPRODUCT(--({cells}<>""),{weights})'


def patches(form: Form, places: Places) -> Iterator[Patch]:
    """All numbers of the form in patches, in an order that only its layout decides."""
    weight = 1
    for decimals in sorted({item.decimals for item in form.items}):
        for table in form.tables:
            if table.id in form.counted:  # counted from lists: no number of its own is filled in
                continue
            own = [places[item.index] for item in form.by_table[table.id] if item.decimals == decimals]
            for area in rectangles((row, column) for _, row, column in own) if own else ():
                for part in parted(area):
                    patch = Patch(own[0][0], part, decimals, weight)
                    weight += patch.size
                    yield patch


def parted(area: Area) -> Iterator[Area]:
    """The area in pieces that a formula has room for."""
    (top, left), (bottom, right) = area
    rows = max(1, MOST_CELLS // (right - left + 1))
    for first in range(top, bottom + 1, rows):
        yield (first, left), (min(first + rows - 1, bottom), right)


def sums(form: Form, places: Places) -> dict[str, int]:
    """The formulas of the sums that the code is made of, each with as many patches as it has room for; of each how many
    those are."""
    found: list[list[str]] = []
    for part in (patch.formula() for patch in patches(form, places)):
        if found and len("+".join(found[-1])) + len(part) < LONGEST:
            found[-1].append(part)
        else:
            found.append([part])
    return {f"={'+'.join(parts)}": len(parts) for parts in found}


def code_formula(sums: list[str]) -> str:
    """The code over these cells. MOD would refuse such large numbers."""
    total = f"({'+'.join(sums)})"
    return f'=TEXT({total}-INT({total}/{PRIME})*{PRIME},"000000")'


def shown_formula(code: str) -> str:
    """The code in the cell of this name, as it is printed: ``校验码 123-456``."""
    return f'="校验码 "&LEFT({code},3)&"-"&RIGHT({code},3)'


def shown(code: str) -> str:
    """The same of a code that is known."""
    return f"{code[:3]}-{code[3:]}"


class Weighing:
    """How often each number of a form counts, worked out once for many filings."""

    def __init__(self, form: Form) -> None:
        layouts = {table.name: lay_out(form, table) for table in form.tables}
        places = {i: (sheet, slot.row, slot.column) for sheet, one in layouts.items() for i, slot in one.slots.items()}
        at = {place: index for index, place in places.items()}
        self.patches = [(patch.decimals, weights_in(patch, at)) for patch in patches(form, places)]

    def code(self, numbers: Mapping[int, Decimal], texts: Set[int] = frozenset()) -> str:
        """The code over these numbers, by item, in their own units, where texts stand in the places of some; empty where
        spreadsheet programs could not count so far."""
        parts = self.parts(numbers, texts)
        fits = max(map(abs, [*parts, sum(parts)])) < LARGEST
        return f"{sum(parts) % PRIME:06d}" if fits else ""

    def parts(self, numbers: Mapping[int, Decimal], texts: Set[int] = frozenset()) -> list[int]:
        """What each patch comes to."""
        return [weighed(numbers, texts, decimals, weights) for decimals, weights in self.patches]


def weighed(numbers: Mapping[int, Decimal], texts: Set[int], decimals: int, weights: Iterable[tuple[int, int]]) -> int:
    """What the numbers of a patch come to, each as often as it counts, and that it is there."""
    there = [(index, weight) for index, weight in weights if index in numbers or index in texts]
    exact = sum((numbers.get(index, Decimal(0)) * weight for index, weight in there), Decimal(0)).scaleb(decimals)
    return int(exact.to_integral_value(ROUND_HALF_UP)) + THERE * sum(weight for _, weight in there)


def weights_in(patch: Patch, at: Mapping[tuple[str, int, int], int]) -> list[tuple[int, int]]:
    """Item and weight of each number in a patch."""
    (top, left), (bottom, right) = patch.area
    cells = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
    return [(at[patch.sheet, *cell], patch.weight_of(*cell)) for cell in cells if (patch.sheet, *cell) in at]
