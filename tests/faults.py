"""The ways in which filings go wrong, by kind, each with the truth beside it: what the localiser is measured against.

A fault takes an honest filing and gives one that is wrong, with the true numbers of the cells that it put wrong. Where a
filing does not lend itself to a kind (no number with two digits to swap, say), it gives None.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise

from msgspec import Struct

from tests.filings import LAYOUTS, Numbers
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import LINEAR, Severity

Wrong = dict[int, int | None]
"""What the clerk typed instead, by item; None is a blank."""


class Faulty(Struct, frozen=True):
    """A filing that went wrong: its numbers as they stand in the file, the truth of every cell put wrong, and the whole
    filing as it should have been."""

    numbers: Numbers
    truth: Numbers
    honest: Numbers


class Faults(Struct, frozen=True, dict=True):
    """Puts filings of one form wrong. ``layout`` says how totals are filled; where they are formulas they follow."""

    form: Form
    layout: str = "typed"

    @cached_property
    def covered(self) -> list[int]:
        must = {r.id for r in self.form.rules if r.kind == LINEAR and r.severity is Severity.MUST}
        return sorted({i for c in self.form.constraints if c.rule_id in must for i, _ in c.terms})

    @cached_property
    def totals(self) -> list[int]:
        return sorted({c.at for c in self.form.sums} & {*self.covered})

    @cached_property
    def details(self) -> list[int]:
        return [i for i in self.covered if i not in set(self.totals)]

    @cached_property
    def rows(self) -> list[list[int]]:
        return self.lines(lambda item: (id(item.block), item.row.id))

    @cached_property
    def columns(self) -> list[list[int]]:
        return self.lines(lambda item: (id(item.block), item.column.id))

    def lines(self, key: Callable[..., object]) -> list[list[int]]:
        found: dict[object, list[int]] = {}
        for index in self.covered:
            found.setdefault(key(self.form.items[index]), []).append(index)
        return [line for line in found.values() if len(line) > 2]

    def apply(self, kind: str, honest: Numbers, rng: random.Random) -> Faulty | None:
        """A fault of this kind, or None where this filing has no room for it."""
        filed = LAYOUTS[self.layout](self.form, honest)
        for _ in range(20):
            wrong = (KINDS | MIXED)[kind](self, filed, rng)
            if wrong and (wrong := {i: n for i, n in wrong.items() if filed.get(i) != n}):
                truth = {i: honest[i] for i in wrong}
                numbers: Numbers = {i: n for i, n in {**filed, **wrong}.items() if n is not None}
                if self.layout == "formulas":
                    numbers = LAYOUTS["formulas"](self.form, numbers)
                    truth = {i: n for i, n in truth.items() if i not in self.totals}
                return Faulty(numbers, truth, honest) if truth else None
        return None

    # ── Kinds ────────────────────────────────────────────────────────────────

    def one(self, filed: Numbers, rng: random.Random, among: list[int], slips: list[str]) -> Wrong | None:
        cells = [i for i in among if i in filed]
        if not cells:
            return None
        cell = rng.choice(cells)
        number = slip(rng.choice(slips), filed[cell], rng)
        return None if number is None else {cell: number}

    def several(self, filed: Numbers, rng: random.Random, count: int) -> Wrong | None:
        wrong: Wrong = {}
        pool = self.details if self.layout == "formulas" else self.covered
        for _ in range(count):
            wrong |= self.one(filed, rng, [i for i in pool if i not in wrong], SLIPS) or {}
        return wrong if len(wrong) == count else None

    def moved(self, filed: Numbers, rng: random.Random, lines: list[list[int]]) -> Wrong | None:
        line = [i for i in rng.choice(lines) if i in filed and i not in self.totals]
        full = [i for i in line if filed[i]]
        if not full or len(line) < 2:
            return None
        source = rng.choice(full)
        target = rng.choice([i for i in line if i != source])
        n = filed[source] if rng.random() < 0.7 else rng.randint(1, filed[source])
        return {source: filed[source] - n, target: filed[target] + n}

    def pushed(self, filed: Numbers, rng: random.Random, lines: list[list[int]]) -> Wrong | None:
        """A line's numbers one place further on from somewhere to its end; 0 stays behind, the last one is lost."""
        line = rng.choice(lines)[:: rng.choice((1, -1))]
        run = line[rng.randrange(len(line) - 2) :]
        return {run[0]: 0, **{b: filed.get(a) for a, b in pairwise(run)}}

    def shifted(self, filed: Numbers, rng: random.Random, lines: list[list[int]]) -> Wrong | None:
        """Whole rows (or columns) one place further on, from somewhere to the end of the table."""
        line = rng.choice(lines)
        block = self.form.items[line[0]].block
        cells = [i for i in self.covered if self.form.items[i].block is block]
        across = [[i for i in other if i in cells] for other in lines]
        start, step = rng.randrange(len(line) - 2), rng.choice((1, -1))
        wrong: Wrong = {}
        for other in filter(None, across):
            run = other[::step][start:]
            wrong |= {run[0]: 0, **{b: filed.get(a) for a, b in pairwise(run)}}
        return wrong

    def swapped(self, filed: Numbers, rng: random.Random, lines: list[list[int]], across: list[list[int]]) -> Wrong:
        """Two lines in each other's place; with a total among them where there is one, for no rule sees the rest."""
        line = rng.choice(across)
        special = [p for p, i in enumerate(line) if not self.interchangeable(i)]
        one = rng.choice(special or range(len(line)))
        other = rng.choice([p for p in range(len(line)) if p != one])
        first = next((group for group in lines if line[one] in group), [])
        second = next((group for group in lines if line[other] in group), [])
        if len(first) != len(second):
            return {}
        return {a: filed.get(b) for x, y in ((first, second), (second, first)) for a, b in zip(x, y, strict=True)}

    def interchangeable(self, index: int) -> bool:
        return index not in self.totals

    def unit(self, filed: Numbers, rng: random.Random) -> Wrong | None:
        """元 for 万元 in all amounts of a line of a block."""
        amounts = [line for line in self.rows + self.columns if self.form.items[line[0]].decimals]
        if not amounts:
            return None
        return {i: filed[i] * 10_000 for i in rng.choice(amounts) if i in filed}

    # ── Two mistakes that look like one with a whole line ────────────────────

    def beside(self, filed: Numbers, rng: random.Random, lines: list[list[int]]) -> tuple[int, int] | None:
        """Two neighbouring parts of a line, the first of them with a number: that belongs there, and stands in the other."""
        pairs = [pair for line in lines for pair in pairwise(line)]
        pairs = [pair for a, b in pairs for pair in ((a, b), (b, a))]
        pairs = [(a, b) for a, b in pairs if filed.get(a) and b in filed and not {a, b} & set(self.totals)]
        return rng.choice(pairs) if pairs else None

    def one_off(self, filed: Numbers, rng: random.Random, lines: list[list[int]], among: list[int]) -> Wrong | None:
        """A number one place off in its line, and one wrong cell of these."""
        pair = self.beside(filed, rng, lines)
        if pair is None:
            return None
        right, wrong = pair
        moved: Wrong = {right: 0, wrong: filed[wrong] + filed[right]}
        other = self.one(filed, rng, [i for i in among if i not in moved], SLIPS)
        return {**moved, **other} if other else None

    def pair_off(
        self, filed: Numbers, rng: random.Random, lines: list[list[int]], across: list[list[int]]
    ) -> Wrong | None:
        """Two neighbouring numbers one place off, each in its line: the same two places of two lines."""
        pair = self.beside(filed, rng, across)
        if pair is None:
            return None
        wrong: Wrong = {}
        step = rng.choice((1, -1))
        for cell in pair:
            line = next((line for line in lines if cell in line), [cell])[::step]
            place = line.index(cell) + 1
            if place == len(line) or line[place] not in filed or {cell, line[place]} & set(self.totals):
                return None
            wrong |= {cell: 0, line[place]: filed[line[place]] + filed[cell]}
        return wrong

    def slid(self, filed: Numbers, rng: random.Random, lines: list[list[int]]) -> Wrong | None:
        """Two neighbouring numbers of a line one place further on, into a place where 0 was due."""
        line = rng.choice(lines)[:: rng.choice((1, -1))]
        threes = [t for t in zip(line, line[1:], line[2:], strict=False) if filed.get(t[2]) == 0 and filed.get(t[0])]
        if not threes:
            return None
        a, b, c = rng.choice(threes)
        return {a: 0, b: filed[a], c: filed.get(b)}

    def with_one(self, wrong: Wrong | None, filed: Numbers, rng: random.Random) -> Wrong | None:
        """One wrong cell beside a mistake that puts three cells wrong or more."""
        if not wrong or sum(filed.get(i) != n for i, n in wrong.items()) < 3:
            return None
        free = [i for i in self.covered if i not in wrong]
        other = self.one(filed, rng, free, SLIPS)
        return {**wrong, **other} if other else None

    @cached_property
    def column_totals(self) -> list[int]:
        """Totals of columns and totals of rows, by the way their parts stand."""
        return self.sums_along("column")

    @cached_property
    def row_totals(self) -> list[int]:
        return self.sums_along("row")

    def sums_along(self, way: str) -> list[int]:
        """Totals whose parts stand in one line with them."""

        def line(index: int) -> object:
            item = self.form.items[index]
            return id(item.block), (item.column if way == "column" else item.row).id

        sums = [c for c in self.form.sums if c.at in set(self.totals)]
        return sorted({c.at for c in sums if len({line(i) for i, _ in c.terms}) == 1})

    def blanks(self, filed: Numbers, rng: random.Random) -> Wrong | None:
        zeros = [i for i in self.covered if filed.get(i) == 0]
        return dict.fromkeys(rng.sample(zeros, min(len(zeros), rng.randint(1, 30)))) if zeros else None

    def blanks_and_one(self, filed: Numbers, rng: random.Random) -> Wrong | None:
        blank = self.blanks(filed, rng) or {}
        left = {i: n for i, n in filed.items() if i not in blank}
        one = self.one(left, rng, self.details if self.layout == "formulas" else self.covered, SLIPS)
        return {**blank, **one} if one else None


SLIPS = ["near", "swap", "lost", "double", "power", "other"]


def slip(kind: str, number: int, rng: random.Random) -> int | None:
    """A number as a slip of the pen leaves it; None where this slip needs another number."""
    text = str(number)
    place = rng.randrange(len(text))
    if kind == "swap":
        pairs = [p for p in range(len(text) - 1) if text[p] != text[p + 1]]
        if not pairs:
            return None
        p = rng.choice(pairs)
        return int(text[:p] + text[p + 1] + text[p] + text[p + 2 :])
    if kind == "lost":
        return int(text[:place] + text[place + 1 :]) if len(text) > 1 else None
    if kind == "double":
        return int(text[: place + 1] + text[place:]) if number else None
    if kind == "power":
        return number * 10 if number else None
    if kind == "near":
        return max(0, number + rng.choice([-9, -5, -3, -2, -1, 1, 2, 3, 5, 9]))
    return rng.randint(1, 2 * number + 20)


Kind = Callable[[Faults, Numbers, random.Random], Wrong | None]
KINDS: dict[str, Kind] = {
    "one wrong detail cell": lambda f, n, r: f.one(n, r, f.details, SLIPS),
    "one wrong total": lambda f, n, r: f.one(n, r, f.totals, SLIPS),
    "two digits swapped": lambda f, n, r: f.one(n, r, f.covered, ["swap"]),
    "two wrong cells": lambda f, n, r: f.several(n, r, 2),
    "three wrong cells": lambda f, n, r: f.several(n, r, 3),
    "n moved within a row": lambda f, n, r: f.moved(n, r, f.rows),
    "n moved within a column": lambda f, n, r: f.moved(n, r, f.columns),
    "a row pushed sideways": lambda f, n, r: f.pushed(n, r, f.rows),
    "a column pushed down or up": lambda f, n, r: f.pushed(n, r, f.columns),
    "rows shifted by one": lambda f, n, r: f.shifted(n, r, f.columns),
    "columns shifted by one": lambda f, n, r: f.shifted(n, r, f.rows),
    "two columns swapped": lambda f, n, r: f.swapped(n, r, f.columns, f.rows),
    "two rows swapped": lambda f, n, r: f.swapped(n, r, f.rows, f.columns),
    "yuan for 10,000 yuan": lambda f, n, r: f.unit(n, r),
    "blank for 0": lambda f, n, r: f.blanks(n, r),
    "blanks for 0, one wrong cell": lambda f, n, r: f.blanks_and_one(n, r),
}
MIXED: dict[str, Kind] = {
    "a number one row off, a wrong column total": lambda f, n, r: f.one_off(n, r, f.columns, f.column_totals),
    "a number one column off, a wrong row total": lambda f, n, r: f.one_off(n, r, f.rows, f.row_totals),
    "a number one row off, a wrong cell": lambda f, n, r: f.one_off(n, r, f.columns, f.covered),
    "a number one column off, a wrong cell": lambda f, n, r: f.one_off(n, r, f.rows, f.covered),
    "two numbers one row off": lambda f, n, r: f.pair_off(n, r, f.columns, f.rows),
    "two numbers one column off": lambda f, n, r: f.pair_off(n, r, f.rows, f.columns),
    "two neighbours of a row one place on": lambda f, n, r: f.slid(n, r, f.rows),
    "two neighbours of a column one place on": lambda f, n, r: f.slid(n, r, f.columns),
    "two columns swapped, a wrong cell": lambda f, n, r: f.with_one(f.swapped(n, r, f.columns, f.rows), n, r),
    "two rows swapped, a wrong cell": lambda f, n, r: f.with_one(f.swapped(n, r, f.rows, f.columns), n, r),
    "a row pushed sideways, a wrong cell": lambda f, n, r: f.with_one(f.pushed(n, r, f.rows), n, r),
    "a column pushed, a wrong cell": lambda f, n, r: f.with_one(f.pushed(n, r, f.columns), n, r),
    "rows shifted by one, a wrong cell": lambda f, n, r: f.with_one(f.shifted(n, r, f.columns), n, r),
    "columns shifted by one, a wrong cell": lambda f, n, r: f.with_one(f.shifted(n, r, f.rows), n, r),
}
"""Few slips that leave several wrong cells: another mistake, with a whole line or with fewer cells, may be taken for them."""
WHOLE = (
    "a row pushed sideways",
    "a column pushed down or up",
    "rows shifted by one",
    "columns shifted by one",
    "two columns swapped",
    "two rows swapped",
)
DOUBLE = ("two wrong cells", "n moved within a row", "n moved within a column")
SINGLE = ("one wrong detail cell", "one wrong total", "two digits swapped", "blanks for 0, one wrong cell")
"""Kinds with one fault that the localiser can see: a claim of ``unique`` that is wrong would be a bug."""
