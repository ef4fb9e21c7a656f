"""What the formulas of a workbook come to by our own arithmetic, held against the results that are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.model.intake.submission import Content, ErrorValue, Place, Sheet, Uncomputed
from workbook_tool.steps.intake.parse.display import rounded
from workbook_tool.steps.intake.parse.formula import Area, Sum, Term, is_linked, read_formula, volatile_in
from workbook_tool.steps.intake.parse.value import SIGNIFICANT_DIGITS, as_stored

MOST_ADDED = 500_000
"""So many cells are added up for one workbook; beyond that its formulas are those of no form and are left alone."""
NOISE, RELATIVE_NOISE = Decimal("5e-7"), Decimal("1e-13")
"""A difference below half of the smallest unit of any form (0.000001), or of what binary sums lose, is none."""
LARGE = 1000
"""An area of more cells, such as whole columns, is mostly empty."""
Cell = tuple[str, Place]
"""A sheet by its name in lower case, and a place in it."""


class Result(Struct, frozen=True):
    """What a cell comes to: None where nobody can tell. ``complete``: no blank and no text was passed over.
    ``linked`` says that some of it comes from another workbook, ``volatile`` names the functions that change it at every
    opening."""

    number: Decimal | None
    complete: bool = True
    linked: bool = False
    volatile: tuple[str, ...] = ()


UNDECIDED = Result(None, complete=False)


class Arithmetic(Struct):
    """The formulas of a workbook, computed as far as they are asked for. One cell may rest on others that are formulas
    themselves; a circle is undecided."""

    sheets: dict[str, Sheet]
    results: dict[Cell, Result] = field(default_factory=dict)
    added: int = 0

    @classmethod
    def of(cls, sheets: Sequence[Sheet]) -> Arithmetic:
        """The arithmetic over these sheets; their names are the same in any case."""
        return cls({sheet.name.casefold(): sheet for sheet in sheets})

    def result(self, sheet: Sheet, place: Place) -> Result | None:
        """What the formula at this place comes to; None where there is no formula."""
        return self.settled((sheet.name.casefold(), place)) if place in sheet.computed else None

    def replacing(self, sheet: Sheet, place: Place) -> Decimal | None:
        """The number that counts in place of what is stored, where a formula gives another one or left none."""
        found = self.result(sheet, place)
        if found is None or found.number is None:
            return None
        stored = sheet.cells.get(place)
        number = number_of(stored)
        if number is not None:
            return None if same(number, found.number) else as_shown(found.number)
        return as_shown(found.number) if found.complete and not isinstance(stored, ErrorValue) else None

    def text(self, sheet: Sheet, place: Place) -> str:
        """The formula at this place, empty where it is not known."""
        return self.formula((sheet.name.casefold(), place)) or ""

    def formula(self, cell: Cell) -> str | None:
        """The text of the formula in a cell, empty where it is not known; None where there is none."""
        sheet = self.sheets.get(cell[0])
        if sheet is None:
            return None
        content = sheet.cells.get(cell[1])
        stored = content.text if isinstance(content, Uncomputed) else None
        return sheet.formulas.get(cell[1]) or stored or ("" if cell[1] in sheet.formulas else None)

    def settled(self, start: Cell) -> Result:
        """Depth first and without recursion: a running total may lean on thousands of cells."""
        waiting, opened = [start], set[Cell]()
        while waiting:
            cell = waiting[-1]
            if cell in self.results:
                waiting.pop()
                continue
            text = self.formula(cell) or ""
            total = self.known(cell, text)
            if total is None:
                self.results[cell] = self.as_it_stands(cell, text)
            elif cell in opened:
                self.results[cell] = self.added_up(cell, total)
            else:
                opened.add(cell)
                needs = [need for need in self.cells(cell, total) if need not in self.results and self.is_formula(need)]
                if self.added > MOST_ADDED or any(need in opened for need in needs):
                    self.results[cell] = UNDECIDED
                waiting += needs
        return self.results[start]

    def is_formula(self, cell: Cell) -> bool:
        """Whether a formula that we can work out stands in the cell."""
        return self.formula(cell) is not None

    def known(self, cell: Cell, text: str) -> Sum | None:
        """What a formula adds up; None where it does anything else, or names a sheet that is not there."""
        total = read_formula(text)
        named = () if total is None else (area.sheet or cell[0] for area in total.areas)
        return None if any(name not in self.sheets for name in named) else total

    def as_it_stands(self, cell: Cell, text: str) -> Result:
        """The stored result of a formula that is not ours to compute."""
        stored = number_of(self.sheets[cell[0]].cells.get(cell[1]))
        return Result(stored, stored is not None, is_linked(text), volatile_in(text))

    def added_up(self, cell: Cell, total: Sum) -> Result:
        """What a sum over cells comes to, and what is missing or uncertain in it."""
        found = self.together(cell, total.terms)
        return UNDECIDED if total.guarded and not found.complete else found

    def together(self, cell: Cell, terms: Sequence[Term]) -> Result:
        """What terms come to together."""
        number, complete, linked, volatile = Decimal(0), True, False, dict[str, None]()
        for term in terms:
            complete &= term.area is None or term.area.size <= LARGE
            for one in self.parts(cell, term):
                if one.number is None:
                    return UNDECIDED
                number += term.factor * one.number
                complete, linked = complete & one.complete, linked | one.linked
                volatile |= dict.fromkeys(one.volatile)
        return Result(number, complete, linked, tuple(volatile))

    def parts(self, cell: Cell, term: Term) -> Iterator[Result]:
        """What a term adds, one by one."""
        if term.area is not None:
            yield from (self.amount(at, term) for at in self.places(cell, term.area))
        elif term.rounded:
            inner = self.together(cell, term.rounded)
            yield replace(inner, number=None if inner.number is None else round_off(inner.number, term.places))
        else:
            yield Result(term.number)

    def amount(self, cell: Cell, term: Term) -> Result:
        """What a cell adds. A blank adds nothing; so does a text to SUM, but not to ``+``. What a subtotal
        leaves out cannot be told of it."""
        sheet = self.sheets[cell[0]]
        if term.subtotal and (cell[1][0] in sheet.hidden_rows or "SUBTOTAL" in (self.formula(cell) or "").upper()):
            return UNDECIDED
        if cell in self.results:
            return self.results[cell]
        content = sheet.cells.get(cell[1])
        number = number_of(content)
        if number is not None:
            return Result(number)
        passed = content is None or (term.summed and isinstance(content, (str, bool)))
        return Result(Decimal(0), complete=False) if passed else UNDECIDED

    def cells(self, cell: Cell, total: Sum) -> Iterator[Cell]:
        """Every cell that a sum takes its numbers from."""
        for area in total.areas:
            yield from self.places(cell, area)

    def places(self, cell: Cell, area: Area) -> Iterator[Cell]:
        """The cells of an area; of a large one those that hold anything."""
        name = area.sheet or cell[0]
        sheet = self.sheets[name]
        held = sheet.cells.keys() | sheet.formulas.keys() if area.size > LARGE else ()
        across = range(area.left, area.right + 1)
        near = ((row, column) for row in range(area.top, area.bottom + 1) for column in across)
        for place in (p for p in held if area.holds(*p)) if area.size > LARGE else near:
            self.added += 1
            yield name, place


def number_of(content: Content | None) -> Decimal | None:
    """The number that a cell holds, as spreadsheets reckon with it; None for anything else."""
    if isinstance(content, bool) or not isinstance(content, (int, float)):
        return None
    number = as_stored(content)
    return None if number.is_nan() else number


def as_shown(number: Decimal) -> Decimal:
    """The number to the digits that spreadsheets reckon with, where a division left more."""
    return as_stored(float(number)) if len(number.as_tuple().digits) > SIGNIFICANT_DIGITS else number


def round_off(number: Decimal, places: int) -> Decimal | None:
    """The number rounded as spreadsheets do, halves away from 0; None where it is so near to a half that binary numbers
    may fall to either side."""
    least, near = Decimal(1).scaleb(-places), rounded(number, -places)
    return None if places > 0 and same(abs(number - near), least / 2) else near


def same(one: Decimal, other: Decimal) -> bool:
    """Whether two results differ by no more than floating point does."""
    return abs(one - other) < max(NOISE, abs(other) * RELATIVE_NOISE)
