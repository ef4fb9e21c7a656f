"""One mistake that puts a whole line or block wrong: each is undone in turn, and the rules say whether that was it.

The hypotheses come from the declaration alone: blocks, their rows and their columns. A hypothesis counts when every
decided relation holds after undoing it, when more than two cells change (else it is nothing but a pair of cells), and
when what it restores is told by numbers that stand in the file, not only by those that it had to work out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Constraint
from workbook_tool.model.judging.diagnosis import Correction, Whole, WholeFault
from workbook_tool.steps.judging.locate.system import Numbers, Relations, System, bits, holds, left_side, union

SCALE = 10**4
"""元 for 万元, whatever the unit is called."""
MOST = 2
"""Where more mistakes than this explain everything, none of them is worth naming."""
Grid = tuple[tuple[int, ...], ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Hypothesis:
    """Where each number should have come from: (cell, the cell that holds its number now, None where it is lost)."""

    kind: Whole
    lines: Grid
    sources: tuple[tuple[int, int | None], ...]
    direction: str = ""

    @cached_property
    def source_of(self) -> dict[int, int | None]:
        return dict(self.sources)

    @cached_property
    def lost(self) -> tuple[int, ...]:
        return tuple(cell for cell, source in self.sources if source is None)


class Hypotheses:
    """All hypotheses of a form, made when first asked for, with the relations that each could mend. ``masks`` holds the
    relations of each cell, a bit for each relation of the form."""

    def __init__(self, relations: Relations) -> None:
        self.relations = relations
        self.masks: dict[int, int] = {}
        for number, constraint in relations.constraints.items():
            for index, _ in constraint.terms:
                self.masks[index] = self.masks.get(index, 0) | 1 << number

    @cached_property
    def all(self) -> list[tuple[Hypothesis, int]]:
        return [
            (h, union(self.masks.get(cell, 0) for cell, _ in h.sources))
            for grid in grids(self.relations.form)
            for h in (*swaps(grid), *pushes(grid), *shifts(grid))
        ]

    @cached_property
    def scaled(self) -> list[Grid]:
        """Blocks of amounts that rules speak of: their unit can be mistaken."""
        found = grids(self.relations.form, amounts=True)
        return [grid for grid in found if any(cell in self.masks for row in grid for cell in row)]


def grids(form: Form, amounts: bool = False) -> list[Grid]:
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


def whole_fault(hypotheses: Hypotheses, system: System, part: int) -> WholeFault | None:
    """The mistake that explains all of ``part`` with the fewest changes, and how many others do; None without any."""
    if totals := only_totals(system, part):
        return totals
    numbers = system.numbers
    failing = union(1 << system.numbers_of[bit] for bit in bits(part))
    found: dict[tuple[Correction, ...], WholeFault] = {}
    first = sorted((system.constraints[bit] for bit in bits(part)), key=lambda constraint: len(constraint.terms))
    for hypothesis, touched in hypotheses.all:
        if failing & ~touched or not mends(hypothesis, system, first):
            continue
        if worth_trying(hypothesis, system, part):
            undone = undo(hypothesis, hypotheses, numbers, failing)
            if undone and undone not in found:
                found[undone] = WholeFault(hypothesis.kind, hypothesis.lines, undone, hypothesis.direction)
    for grid in hypotheses.scaled:
        for fault in scalings(grid, hypotheses, numbers, failing):
            found.setdefault(fault.changes, fault)
    if not 1 <= len(found) <= MOST:
        return None
    return replace(min(found.values(), key=lambda fault: len(fault.changes)), rivals=len(found) - 1)


def mends(hypothesis: Hypothesis, system: System, failing: list[Constraint]) -> bool:
    """Whether undoing the hypothesis would leave none of these failing: most hypotheses end at the first."""
    source_of, numbers = hypothesis.source_of, system.numbers
    for constraint in failing:
        value: int | None = constraint.constant
        for index, factor in constraint.terms:
            source = source_of.get(index, index)
            number = None if source is None else numbers.get(source)
            if number is None:
                value = None
                break
            value = (value or 0) + factor * number
        if value is not None and not holds(constraint.operator, value):
            return False
    return True


def worth_trying(hypothesis: Hypothesis, system: System, part: int) -> bool:
    """Whether at least three cells change, two of them to a number that stands in the file, and what can be told
    before any lost number is worked out then holds, two of the failing relations among it."""
    numbers = system.numbers
    unknown = union(system.touch.get(cell, 0) for cell in hypothesis.lost)
    known = part & ~unknown
    if known.bit_count() < 2:
        return False
    moved: list[tuple[int, int]] = []
    told = 0
    for cell, source in hypothesis.sources:
        now, then = numbers.get(cell), None if source is None else numbers.get(source)
        if source is not None and now != then:
            told += bool(then)
            if now is not None and then is not None:
                moved.append((cell, then - now))
    if told < 2 or len(moved) + (unknown > 0) < 2:
        return False
    change: dict[int, int] = {}
    for cell, delta in moved:
        for bit, factor in system.factors.get(cell, {}).items():
            change[bit] = change.get(bit, 0) + factor * delta
    if any(system.values[bit] and bit not in change for bit in bits(known)):
        return False
    return all(
        unknown >> bit & 1 or holds(system.constraints[bit].operator, system.values[bit] + by)
        for bit, by in change.items()
    )


def undo(
    hypothesis: Hypothesis, hypotheses: Hypotheses, numbers: Numbers, failing: int
) -> tuple[Correction, ...] | None:
    """The changes that undo a hypothesis, or None where that does not make every relation hold."""
    restored: dict[int, int] = {}
    lost = []
    for cell, source in hypothesis.sources:
        number = None if source is None else numbers.get(source)
        if number is not None:
            restored[cell] = number
        elif source is None:
            lost.append(cell)
        elif cell in numbers:
            return None  # a number would become a blank
    return verified(restored, lost, hypotheses, numbers, failing)


def verified(
    restored: dict[int, int], lost: list[int], hypotheses: Hypotheses, numbers: Numbers, failing: int
) -> tuple[Correction, ...] | None:
    """The changes, with the lost numbers worked out, where all relations hold then; else None."""
    after = {**numbers, **restored}
    for cell in lost:
        after.pop(cell, None)
    changed = [cell for cell, number in restored.items() if numbers.get(cell) != number] + lost
    mask = union(hypotheses.masks.get(cell, 0) for cell in changed)
    concerned = list(bits(mask))
    if failing & ~mask or not work_out(lost, concerned, hypotheses, after):
        return None
    for number in concerned:
        constraint = hypotheses.relations.constraints[number]
        value = left_side(constraint, after)
        if not holds(constraint.operator, value or 0) or (value is None and failing >> number & 1):
            return None
    changes = tuple(Correction(c, numbers.get(c), after[c]) for c in sorted(changed) if numbers.get(c) != after[c])
    return changes if len(changes) > 2 else None


def work_out(lost: list[int], concerned: list[int], hypotheses: Hypotheses, after: dict[int, int]) -> bool:
    """Fill the lost numbers in from the equations that leave only one of them open."""
    relations = hypotheses.relations.constraints
    unknown = set(lost)
    while unknown:
        before = len(unknown)
        for number in concerned:
            constraint = relations[number]
            gaps = [index for index, _ in constraint.terms if index not in after]
            if constraint.operator != "==" or len(gaps) != 1 or gaps[0] not in unknown:
                continue
            factor = constraint.coefficients[gaps[0]]
            rest = constraint.constant + sum(k * after[i] for i, k in constraint.terms if i != gaps[0])
            number_lost, remainder = divmod(-rest, factor)
            if remainder or number_lost < 0:
                return False
            after[gaps[0]] = number_lost
            unknown.discard(gaps[0])
        if len(unknown) == before:
            return False
    return True


def scalings(grid: Grid, hypotheses: Hypotheses, numbers: Numbers, failing: int) -> Iterator[WholeFault]:
    """The amounts of a block, of one of its rows or of one of its columns in another unit."""
    whole = tuple(cell for row in grid for cell in row)
    lines = [(whole, ""), *((line, way) for way, lines in both_ways(grid) for line in lines)]
    for line, way in lines:
        filed = {cell: numbers[cell] for cell in line if numbers.get(cell)}
        for direction in ("large", "small"):
            if direction == "large" and any(number % SCALE for number in filed.values()):
                continue
            restored = {c: n // SCALE if direction == "large" else n * SCALE for c, n in filed.items()}
            changes = verified(restored, [], hypotheses, numbers, failing)
            if changes:
                shape = grid if not way else (line,)
                yield WholeFault(Whole.SCALED, shape, changes, direction)


def only_totals(system: System, part: int) -> WholeFault | None:
    """Totals filled over parts that are all 0: nothing tells what the parts should be."""
    totals: list[int] = []
    parts: list[int] = []
    for bit in bits(part):
        constraint = system.constraints[bit]
        if constraint.operator != "==" or not constraint.is_sum or any(system.numbers[i] for i in constraint.parts):
            return None
        totals.append(constraint.at)
        parts += constraint.parts
    return WholeFault(Whole.ONLY_TOTALS, (tuple(totals), tuple(dict.fromkeys(parts)))) if len(totals) > 2 else None
