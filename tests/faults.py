"""The ways in which filings go wrong, by kind, each with the truth beside it: what the localiser is measured against.

A fault takes an honest filing and gives one that is wrong, with the true numbers of the cells that it put wrong. Where a
filing does not lend itself to a kind (no number with two digits to swap, say), it gives None.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from tests.filings import LAYOUTS, Numbers
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import LINEAR, Severity

Wrong = dict[int, int | None]
"""What the clerk typed instead, by item; None is a blank."""


@dataclass(frozen=True)
class Faulty:
    """A filing that went wrong: its numbers as they stand in the file, the truth of every cell put wrong, and the whole
    filing as it should have been."""

    numbers: Numbers
    truth: Numbers
    honest: Numbers


@dataclass(frozen=True)
class Faults:
    """Puts filings of one form wrong. ``layout`` says how totals are filled; where they are formulas they follow."""

    form: Form
    layout: str = "typed"
    covered: list[int] = field(init=False)
    totals: list[int] = field(init=False)

    def __post_init__(self) -> None:
        must = {r.id for r in self.form.rules if r.kind == LINEAR and r.severity is Severity.MUST}
        inside = {i for c in self.form.constraints if c.rule_id in must for i, _ in c.terms}
        object.__setattr__(self, "totals", sorted({c.at for c in self.form.sums()} & inside))
        object.__setattr__(self, "covered", sorted(inside))

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
            wrong = KINDS[kind](self, filed, rng)
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
SINGLE = ("one wrong detail cell", "one wrong total", "two digits swapped", "blanks for 0, one wrong cell")
"""Kinds with one fault that the localiser can see: a claim of ``unique`` that is wrong would be a bug."""
