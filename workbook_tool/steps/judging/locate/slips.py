"""Numbers that stand one place off: few slips, but more wrong cells than the search for one or two cells looks at.

A number typed one place off is one slip and leaves two wrong cells, 0 where it belongs and itself beside that. So one of
these and a wrong cell are two slips, as two wrong cells are; two neighbours typed one place off are one slip, as a number
that moved is; and a small number filed twice by mistake is hardly more than one that is missing. What explains as much with as few slips is told as
well: a claim that leaves it out would not be true.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workbook_tool.steps.judging.locate.likely import TELLING, Places
from workbook_tool.steps.judging.locate.search import Fix, pairs
from workbook_tool.steps.judging.locate.system import System, bits, holds, union


class OneOff(Struct, frozen=True):
    """A number that may belong in ``right``, where 0 is filed, and stands in ``wrong`` beside it, alone or added to what
    belongs there. ``effect`` is what each equation gains with every unit that goes back."""

    right: int
    wrong: int
    most: int
    effect: tuple[tuple[int, int], ...]

    def back(self, amount: int) -> tuple[tuple[int, int], ...]:
        """The changes of both cells when this much goes back."""
        return (self.wrong, -amount), (self.right, amount)


def one_offs(system: System, places: Places, part: int) -> list[OneOff]:
    """The numbers that may stand one place off, those that have to do with what fails in ``part``."""
    found = []
    for right in system.touch:
        if system.numbers[right] or not system.free(right, part):
            continue
        for wrong in places.near[right]:
            number = system.numbers.get(wrong, 0)
            if number <= 0 or wrong not in system.touch or not system.free(wrong, part):
                continue
            if (right in places.totals) != (wrong in places.totals):
                continue
            effect = moving(system, wrong, right)
            if any(part >> bit & 1 for bit, _ in effect):
                found.append(OneOff(right, wrong, number, effect))
    return found


def moving(system: System, wrong: int, right: int) -> tuple[tuple[int, int], ...]:
    """What each equation gains when 1 goes from one cell to the other."""
    here, there = system.factors[wrong], system.factors[right]
    concerned = bits(system.signature(wrong) | system.signature(right))
    changes = ((bit, there.get(bit, 0) - here.get(bit, 0)) for bit in concerned)
    return tuple((bit, change) for bit, change in changes if change)


def beside_one(system: System, places: Places, part: int) -> Iterator[Fix]:
    """A number one place off and one wrong cell, that together explain ``part``."""
    by_signature: dict[int, list[int]] = {}
    for cell in system.touch:
        by_signature.setdefault(system.signature(cell), []).append(cell)
    for off in one_offs(system, places, part):
        amounts = {
            -system.values[bit] // by for bit, by in off.effect if part >> bit & 1 and not system.values[bit] % by
        }
        for amount in sorted(amounts):
            if not 1 <= amount <= off.most:
                continue
            left = part & system.equations
            for bit, by in off.effect:
                left = left & ~(1 << bit) if system.values[bit] + by * amount == 0 else left | 1 << bit
            for cell in by_signature.get(left, ()) if left else ():
                if cell in (off.right, off.wrong) or not system.free(cell, part):
                    continue
                first = next(bits(left))
                gained = sum(by * amount for bit, by in off.effect if bit == first)
                delta, rest = divmod(-system.values[first] - gained, system.factors[cell][first])
                fix = Fix((*off.back(amount), (cell, delta)))
                if not rest and works(system, part, fix):
                    yield fix


def neighbours(system: System, places: Places, part: int) -> Iterator[Fix]:
    """Two neighbouring numbers one place off the same way, that together explain ``part``."""
    offs = {(off.right, off.wrong): off for off in one_offs(system, places, part)}
    for off in offs.values():
        for right in places.near[off.right]:
            other = offs.get((right, places.same_way(off.right, off.wrong, right)))
            if other is None or other.right < off.right:
                continue
            for first, second in shares(system, off, other):
                exact = off.effect != other.effect or off.most + other.most == first + second
                fix = Fix((*off.back(first), *other.back(second)), exact)
                if works(system, part, fix):
                    yield fix


def shares(system: System, off: OneOff, other: OneOff) -> Iterator[tuple[int, int]]:
    """How much of each goes back: what an equation of its own says, else as much of the first as can be."""
    mine, yours = dict(off.effect), dict(other.effect)
    if mine == yours:
        bit, by = off.effect[0]
        total = -system.values[bit] // by
        first = min(off.most, total - 1)
        if first >= 1 and 1 <= total - first <= other.most:
            yield first, total - first
        return
    own = next((bit for bit in mine if bit not in yours), None)
    their = next((bit for bit in yours if bit not in mine), None)
    if own is not None and their is not None:
        first, second = -system.values[own] // mine[own], -system.values[their] // yours[their]
        if 1 <= first <= off.most and 1 <= second <= other.most:
            yield first, second


def works(system: System, part: int, fix: Fix) -> bool:
    """Whether all that fails in ``part`` holds then, nothing else fails, and every number is one."""
    if any(not delta or system.numbers[cell] + delta < 0 for cell, delta in fix.deltas):
        return False
    touched = union(system.touch[cell] for cell, _ in fix.deltas)
    if part & ~touched:
        return False
    for bit in bits(touched):
        gained = sum(delta * system.factors[cell].get(bit, 0) for cell, delta in fix.deltas)
        if not holds(system.constraints[bit].operator, system.values[bit] + gained):
            return False
    return True


def twice(system: System, _: Places, part: int) -> Iterator[Fix]:
    """A small number that stands in two cells where nothing was due: that both are the same means little then."""
    for fix in pairs(system, part):
        (one, first), (other, second) = fix.deltas
        if -TELLING < first == second == -system.numbers[one] == -system.numbers[other]:
            yield fix
