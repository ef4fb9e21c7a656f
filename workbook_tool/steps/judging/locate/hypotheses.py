"""Mistakes with a whole line or block that a form lends itself to: two lines swapped, a line pushed on, lines shifted.

They follow from the declaration alone: blocks, their rows and their columns. What undoing one does to a relation does so
too, and is worked out once: most hypotheses leave what fails as it is, and are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from msgspec import Struct

from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.form import Form
from workbook_tool.model.judging.diagnosis import Whole
from workbook_tool.steps.judging.locate.system import Numbers, Relations, bits, holds, union

Grid = tuple[tuple[int, ...], ...]
Effect = tuple[tuple[int, int], ...] | None
"""By how much undoing changes the factor of each number in a relation; None where a lost number is in it."""
T = TypeVar("T")


class Hypothesis(Struct, frozen=True, dict=True):
    """Where each number should have come from: (cell, the cell that holds its number now, None where it is lost)."""

    kind: Whole
    lines: Grid
    sources: tuple[tuple[int, int | None], ...]
    direction: str = ""

    @cached_property
    def source_of(self) -> dict[int, int | None]:
        """By cell, the one that holds its number now; None where the number is lost."""
        return dict(self.sources)

    @cached_property
    def lost(self) -> tuple[int, ...]:
        """The cells whose numbers fell off the edge and stand nowhere in the file."""
        return tuple(cell for cell, source in self.sources if source is None)

    @cached_property
    def left(self) -> tuple[int, ...]:
        """Cells that such a mistake leaves empty: nobody takes up what stands in them."""
        taken = {source for _, source in self.sources}
        return tuple(cell for cell, _ in self.sources if cell not in taken)


class Hypotheses:
    """All hypotheses of a form, made when first asked for. ``masks`` holds the relations of each cell, a bit for each
    relation of the form."""

    def __init__(self, relations: Relations) -> None:
        self.relations = relations
        self.masks: dict[int, int] = {}
        for number, constraint in relations.constraints.items():
            for index, _ in constraint.terms:
                self.masks[index] = self.masks.get(index, 0) | 1 << number
        self.pairs: dict[tuple[int, int | None], int] = {}
        self.mended_by: dict[int, int] = {}

    @cached_property
    def all(self) -> list[Hypothesis]:
        """Every mistake that the blocks of the form allow; that of a wrong unit is in ``scaled``."""
        grids = grids_of(self.relations.form)
        return [h for grid in grids for h in (*swaps(grid), *pushes(grid), *shifts(grid))]

    @cached_property
    def changed(self) -> list[int]:
        """The relations that undoing each hypothesis can change, a bit for each of the form's."""
        return [union(self.apart(cell, source) for cell, source in one.sources) for one in self.all]

    def mending(self, number: int) -> int:
        """The hypotheses whose undoing can change what a relation comes to, a bit for each of ``all``; worked out for those
        that fail somewhere, since a form has hundreds."""
        if number not in self.mended_by:
            found = (1 << place for place, relations in enumerate(self.changed) if relations >> number & 1)
            self.mended_by[number] = union(found)
        return self.mended_by[number]

    @cached_property
    def scaled(self) -> list[Grid]:
        """Blocks of amounts that rules speak of: their unit can be mistaken."""
        found = grids_of(self.relations.form, amounts=True)
        return [grid for grid in found if any(cell in self.masks for row in grid for cell in row)]

    @cached_property
    def by_factor(self) -> dict[int, dict[int, int]]:
        """The relations of each cell by the factor that it has in them."""
        found: dict[int, dict[int, int]] = {}
        for number, constraint in self.relations.constraints.items():
            for index, factor in constraint.terms:
                own = found.setdefault(index, {})
                own[factor] = own.get(factor, 0) | 1 << number
        return found

    def apart(self, cell: int, source: int | None) -> int:
        """The relations in which it matters which of two cells a number stands in; all of a cell's where it is lost."""
        if (cell, source) not in self.pairs:
            here, there = self.by_factor.get(cell, {}), {} if source is None else self.by_factor.get(source, {})
            self.pairs[cell, source] = union(here.get(k, 0) ^ there.get(k, 0) for k in {*here, *there})
        return self.pairs[cell, source]

    def lost(self, hypothesis: Hypothesis) -> int:
        """The relations that a number lost leaves open."""
        return union(self.masks.get(cell, 0) for cell in hypothesis.lost)

    @cached_property
    def known(self) -> list[dict[int, Effect]]:
        """What undoing each hypothesis does to a relation, as far as that was asked before."""
        return [{} for _ in self.all]

    def possible(self, failing: Mapping[int, int], numbers: Numbers) -> Iterator[Hypothesis]:
        """Those whose undoing leaves none of these relations failing, as far as that can be told without what was lost.
        ``failing`` holds what their left sides come to."""
        places = -1
        for number in failing:
            places &= self.mending(number)
        asked = [(n, value, self.relations.constraints[n].operator) for n, value in failing.items()]
        for place in bits(places):
            effects = self.known[place]
            for number, value, operator in asked:
                if number not in effects:
                    effects[number] = effect_on(self.relations.constraints[number], self.all[place])
                if not mended(effects[number], value, operator, numbers):
                    break
            else:
                yield self.all[place]


def effect_on(constraint: Constraint, hypothesis: Hypothesis) -> Effect:
    """By how much undoing changes the factor of each number in this relation."""
    change: dict[int, int] = {}
    for index, factor in constraint.terms:
        if index in hypothesis.source_of:
            source = hypothesis.source_of[index]
            if source is None:
                return None
            change[index] = change.get(index, 0) - factor
            change[source] = change.get(source, 0) + factor
    return tuple((index, factor) for index, factor in change.items() if factor)


def mended(effect: Effect, value: int, operator: str, numbers: Numbers) -> bool:
    """Whether a relation holds after this, or cannot be decided."""
    if effect is None:
        return True
    for index, factor in effect:
        number = numbers.get(index)
        if number is None:
            return True
        value += factor * number
    return value == 0 if operator == "==" else holds(operator, value)


def grids_of(form: Form, amounts: bool = False) -> list[Grid]:
    """The items of every block, row by row; ``amounts`` for those with decimals only."""
    found, start = [], 0
    for table in form.tables:
        for block in table.blocks:
            width = len(block.columns)
            rows = tuple(tuple(range(start + r * width, start + (r + 1) * width)) for r in range(len(block.rows)))
            start += width * len(block.rows)
            if block.decimals or not amounts:
                found.append(rows)
    return found


def both_ways(grid: Grid) -> tuple[tuple[str, Grid], ...]:
    """The rows, then the columns of a grid."""
    return ("row", grid), ("column", tuple(zip(*grid, strict=True)))


def swaps(grid: Grid) -> Iterator[Hypothesis]:
    """Two rows or two columns in each other's place."""
    for way, lines in both_ways(grid):
        for number, one in enumerate(lines):
            for other in lines[number + 1 :]:
                sources = (*zip(one, other, strict=True), *zip(other, one, strict=True))
                yield Hypothesis(Whole.SWAPPED_LINES, (one, other), sources, way)


def pushes(grid: Grid) -> Iterator[Hypothesis]:
    """A row pushed to the right or left, a column pushed down or up, from somewhere to its end or from its start."""
    for way, lines in both_ways(grid):
        names = ("right", "left") if way == "row" else ("down", "up")
        for line in lines:
            for run in runs(line):
                yield Hypothesis(Whole.PUSHED_LINE, (run,), moved_on(run), names[0])
                yield Hypothesis(Whole.PUSHED_LINE, (run,), moved_on(run[::-1]), names[1])


def shifts(grid: Grid) -> Iterator[Hypothesis]:
    """Several whole rows one too low or too high, several whole columns one too far to the right or left."""
    for way, lines in both_ways(grid):
        names = ("down", "up") if way == "row" else ("right", "left")
        for run in runs(lines) if len(lines[0]) > 1 else ():
            across = tuple(zip(*run, strict=True))
            forward = tuple(pair for line in across for pair in moved_on(line))
            back = tuple(pair for line in across for pair in moved_on(line[::-1]))
            yield Hypothesis(Whole.SHIFTED_BLOCK, tuple(run), forward, names[0])
            yield Hypothesis(Whole.SHIFTED_BLOCK, tuple(run), back, names[1])


def runs(line: tuple[T, ...]) -> Iterator[tuple[T, ...]]:
    """The whole line, its ends and its beginnings, of two places and more."""
    yield line
    for cut in range(1, len(line) - 1):
        yield line[cut:]
        yield line[: len(line) - cut]


def moved_on(run: Sequence[int]) -> tuple[tuple[int, int | None], ...]:
    """Every number of the run stands one place further on: the last one fell off its end and is lost."""
    return (*pairwise(run), (run[-1], None))
