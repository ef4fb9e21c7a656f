"""One mistake that puts a whole line or block wrong: each is undone in turn, and the rules say whether that was it.

To be named it accounts for every cell that it speaks of: a number that it moves stands in the file, one that it lets fall
is a 0 or a blank (the gap that such a mistake leaves), and one that was lost follows from the others. Every decided
relation then holds, more than two cells change (else it is nothing but a pair of cells), and two numbers at least are
told by the file itself. It is certain where two relations speak for it with every number that it had to make up, and
where no other such mistake, be it one that nobody could name by itself, gives other numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.judging.diagnosis import Change, Whole, WholeFault
from workbook_tool.steps.judging.locate.hypotheses import Grid, Hypotheses, Hypothesis, both_ways
from workbook_tool.steps.judging.locate.system import Numbers, System, bits, holds, left_side, union

SCALE = 10**4
"""元 for 万元, whatever the unit is called."""
MOST = 2
"""Where more mistakes than this can be named, none of them is worth naming."""
FEWEST = 3
"""Fewer cells than this are cells, and found one by one."""
Failing = Mapping[int, int]
"""Failing relations of the form, each with what its left side comes to."""


class Undone(Struct, frozen=True):
    """What a mistake comes to, undone: the numbers that change, the cells that are blank then, how many of ``failing``
    hold (the others cannot be decided), and how many numbers had to be made up for that: worked out and not 0, or still
    open."""

    changes: tuple[Change, ...]
    emptied: tuple[int, ...] = ()
    mended: int = 0
    made_up: int = 0
    complete: bool = True

    @property
    def plausible(self) -> bool:
        """Whether more relations speak for it than it had to make up numbers: then it is a rival of any other."""
        return self.mended > self.made_up

    @property
    def confirmed(self) -> bool:
        """Whether two relations speak for it with each number made up: the one that gave the number, and another."""
        return self.mended >= 2 * self.made_up

    @property
    def outcome(self) -> tuple[tuple[Change, ...], tuple[int, ...]]:
        """What the file would say then: two mistakes with the same outcome are one."""
        return self.changes, self.emptied


def whole_fault(hypotheses: Hypotheses, system: System, part: int) -> tuple[WholeFault | None, int]:
    """The mistake that explains all of ``part`` with the fewest changes, None where none is worth naming, and how many
    could be named."""
    if totals := only_totals(system, part):
        return totals, 1
    numbers = system.numbers
    failing = {system.numbers_of[bit]: system.values[bit] for bit in bits(part)}
    named: dict[object, tuple[Undone, WholeFault]] = {}
    unnamed: list[Hypothesis] = []
    for hypothesis in hypotheses.possible(failing, numbers):
        if not worth_naming(hypothesis, hypotheses, numbers, failing):
            unnamed.append(hypothesis)
        elif undone := undo(hypothesis, hypotheses, numbers, failing):
            if undone.complete:
                fault = WholeFault(hypothesis.kind, hypothesis.lines, undone.changes, hypothesis.direction)
                named.setdefault(undone.outcome, (undone, fault))
            else:
                unnamed.append(hypothesis)
    for grid in hypotheses.scaled:
        for undone, fault in scalings(grid, hypotheses, numbers, failing):
            named.setdefault(undone.outcome, (undone, fault))
    if not 1 <= len(named) <= MOST:
        return None, len(named)
    likeliest, fault = min(named.values(), key=lambda found: len(found[1].changes))
    undone_too = (undo(hypothesis, hypotheses, numbers, failing) for hypothesis in unnamed)
    others = named.keys() | {undone.outcome for undone in undone_too if undone and undone.plausible}
    rivals = len(others - {likeliest.outcome})
    return replace(fault, rivals=rivals, confirmed=likeliest.confirmed), len(named)


def worth_naming(hypothesis: Hypothesis, hypotheses: Hypotheses, numbers: Numbers, failing: Failing) -> bool:
    """Whether two of the numbers that it restores stand in the file, and two failing relations hold by what stands
    there alone."""
    lost = hypotheses.lost(hypothesis)
    if sum(not lost >> number & 1 for number in failing) < 2:
        return False
    told = 0
    for cell, source in hypothesis.sources:
        number = None if source is None else numbers.get(source)
        if number and number != numbers.get(cell):
            told += 1
            if told == 2:
                return True
    return False


def undo(hypothesis: Hypothesis, hypotheses: Hypotheses, numbers: Numbers, failing: Failing) -> Undone | None:
    """A hypothesis undone, or None where a relation fails then, a number is dropped that nothing accounts for, or too few
    cells change."""
    if any(numbers.get(cell) for cell in hypothesis.left):
        return None
    restored: dict[int, int] = {}
    emptied = []
    for cell, source in hypothesis.sources:
        if source is None:
            continue
        number = numbers.get(source)
        if number is None:
            if cell in numbers:
                emptied.append(cell)
        elif number != numbers.get(cell):
            restored[cell] = number
    if len(restored) + len(emptied) + len(hypothesis.lost) < FEWEST:
        return None
    undone = verified(restored, hypothesis.lost, emptied, hypotheses, numbers, failing)
    return undone if undone and len(undone.changes) + len(undone.emptied) >= FEWEST else None


def verified(
    restored: Numbers,
    lost: Iterable[int],
    emptied: Iterable[int],
    hypotheses: Hypotheses,
    numbers: Numbers,
    failing: Failing,
) -> Undone | None:
    """What the numbers come to with these restored, those lost worked out and these blank; None where a relation fails."""
    after = {**numbers, **restored}
    for cell in (*lost, *emptied):
        after.pop(cell, None)
    changed = [*restored, *lost, *emptied]
    concerned = list(bits(union(hypotheses.masks.get(cell, 0) for cell in changed)))
    left = work_out(lost, concerned, hypotheses, after)
    if left is None or not failing.keys() <= set(concerned):
        return None
    mended = 0
    for number in concerned:
        constraint = hypotheses.relations.constraints[number]
        value = left_side(constraint, after)
        if value is None:
            continue
        if not holds(constraint.operator, value):
            return None
        mended += number in failing
    made_up = len(left) + sum(bool(after.get(cell)) for cell in lost)
    known = sorted(cell for cell in changed if cell in after and numbers.get(cell) != after[cell])
    changes = tuple(Change(cell, numbers.get(cell), after[cell]) for cell in known)
    blank = tuple(sorted(emptied))
    return Undone(changes, blank, mended, made_up, not blank and not left and mended == len(failing))


def work_out(
    lost: Iterable[int], concerned: list[int], hypotheses: Hypotheses, after: dict[int, int]
) -> set[int] | None:
    """Fill the lost numbers in from the equations that leave only one of them open. Those that stay open; None where
    one would be no whole number or less than 0."""
    relations = hypotheses.relations.constraints
    unknown = set(lost)
    before = -1
    while unknown and len(unknown) != before:
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
                return None
            after[gaps[0]] = number_lost
            unknown.discard(gaps[0])
    return unknown


def scalings(
    grid: Grid, hypotheses: Hypotheses, numbers: Numbers, failing: Failing
) -> Iterator[tuple[Undone, WholeFault]]:
    """The amounts of a block, of one of its rows or of one of its columns in another unit."""
    whole = tuple(cell for row in grid for cell in row)
    lines = [(whole, ""), *((line, way) for way, lines in both_ways(grid) for line in lines)]
    for line, way in lines:
        filed = {cell: numbers[cell] for cell in line if numbers.get(cell)}
        for direction in ("large", "small"):
            if direction == "large" and any(number % SCALE for number in filed.values()):
                continue
            restored = {c: n // SCALE if direction == "large" else n * SCALE for c, n in filed.items()}
            undone = verified(restored, (), (), hypotheses, numbers, failing)
            if undone and undone.complete and len(undone.changes) >= FEWEST:
                shape = grid if not way else (line,)
                yield undone, WholeFault(Whole.SCALED, shape, undone.changes, direction)


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
