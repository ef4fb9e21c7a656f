"""How likely an explanation is: the slip of the pen that it would be. This orders ties and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec.structs import replace

from workbook_tool.model.form.constraints import PREVIOUS
from workbook_tool.model.form.form import Form
from workbook_tool.model.judging.diagnosis import Change, Repair, Slip
from workbook_tool.steps.judging.locate.follow import Parts, following
from workbook_tool.steps.judging.locate.search import Fix
from workbook_tool.steps.judging.locate.system import System

TELLING = 10
"""From this size on it means something that two numbers are equal."""


class Places:
    """Where the cells of a form stand: which are beside each other, in one line, totals; which go on from their own number
    of the period before, as one counted since January does: that it did not is telling, be it as small as it may."""

    def __init__(self, form: Form) -> None:
        self.totals = frozenset(c.at for c in form.sums)
        self.going_on = frozenset(c.at for c in form.constraints if PREVIOUS + c.at in dict(c.last_terms))
        self.lines: dict[int, tuple[tuple[int, int], tuple[int, int]]] = {}
        self.at = at = dict[tuple[int, int, int], int]()
        blocks = [block for table in form.tables for block in table.blocks]
        places = [
            (b, r, c)
            for b, block in enumerate(blocks)
            for r in range(len(block.rows))
            for c in range(len(block.columns))
        ]
        for index, (block, row, column) in enumerate(places):
            at[block, row, column] = index
            self.lines[index] = (block, row), (block, -1 - column)
        self.near = {
            index: tuple(at[b, r + y, c + x] for y, x in ((0, 1), (0, -1), (1, 0), (-1, 0)) if (b, r + y, c + x) in at)
            for (b, r, c), index in at.items()
        }

    def same_way(self, cell: int, beside: int, other: int) -> int:
        """The cell that is beside ``other`` as ``beside`` is beside ``cell``; -1 where there is none."""
        (block, row), (_, column) = self.lines[other]
        down = self.lines[beside][0][1] - self.lines[cell][0][1]
        right = self.lines[cell][1][1] - self.lines[beside][1][1]
        return self.at.get((block, row + down, -1 - column + right), -1)

    def in_line(self, one: int, other: int) -> bool:
        """Whether two cells stand in one row or one column."""
        return any(a == b for a, b in zip(self.lines[one], self.lines[other], strict=True))


def slip(system: System, places: Places, last_year: Mapping[int, int], item: int, due: int) -> Slip | None:
    """The likeliest slip that turns ``due`` into what was filed."""
    filed = system.numbers[item]
    if item in places.going_on and last_year.get(PREVIOUS + item) == filed:
        return Slip.BEFORE
    told = slip_of_pen(filed, due)
    if told and told is not Slip.DIGIT:
        return told
    for at, meant in ((PREVIOUS + item, Slip.BEFORE), (item, Slip.LAST_YEAR)):
        if filed >= TELLING and last_year.get(at) == filed:
            return meant
    if filed >= TELLING and any(system.numbers.get(other) == filed for other in places.near[item]):
        return Slip.NEIGHBOUR
    return told


@lru_cache(maxsize=4096)
def slip_of_pen(filed: int, due: int) -> Slip | None:
    """The slip that the two numbers themselves tell of."""
    if filed < 0 or due < 0:
        return Slip.SIGN if filed == -due else slip_of_pen(-filed, -due) if filed < 0 and due < 0 else None
    if digits := digit_slip(str(filed), str(due)):
        return digits
    if filed and due and is_power(max(filed, due), min(filed, due)):
        return Slip.POWER
    return Slip.DIGIT if one_digit(str(filed), str(due)) else None


def is_power(large: int, small: int) -> bool:
    """Whether one is the other times 10, 100 …"""
    factor, rest = divmod(large, small)
    return small > 0 and not rest and factor > 1 and str(factor).strip("0") == "1"


def digit_slip(filed: str, due: str) -> Slip | None:
    """Two digits swapped, one lost, or one too many. A zero at the end is a matter of powers."""
    if len(filed) == len(due):
        apart = [place for place, (a, b) in enumerate(zip(filed, due, strict=True)) if a != b]
        swapped = len(apart) == 2 and filed[apart[0]] == due[apart[1]] and filed[apart[1]] == due[apart[0]]
        return Slip.SWAPPED if swapped and apart[1] == apart[0] + 1 else None
    if filed.rstrip("0") == due.rstrip("0") or min(len(filed), len(due)) < 1 or "0" in (filed, due):
        return None
    if len(filed) + 1 == len(due) and shortens(due, filed):
        return Slip.LOST
    return Slip.EXTRA if len(due) + 1 == len(filed) and shortens(filed, due) else None


def shortens(long: str, short: str) -> bool:
    """Whether leaving out one digit of ``long`` gives ``short``."""
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def one_digit(filed: str, due: str) -> bool:
    """Whether two numbers of several digits differ in one of them."""
    return 2 <= len(filed) == len(due) and sum(a != b for a, b in zip(filed, due, strict=True)) == 1


def explained(system: System, places: Places, last_year: Mapping[int, int], fix: Fix) -> Repair:
    """A fix as people are told it, of two cells that one number moved between the one filled too high first."""
    numbers = system.numbers
    deltas = fix.deltas
    if moved := is_move(fix, places):
        deltas = tuple(sorted(deltas, key=lambda change: change[1]))
    changes = []
    for cell, delta in deltas:
        due = numbers[cell] + delta
        changes.append(Change(cell, numbers[cell], due, None if moved else slip(system, places, last_year, cell, due)))
    return Repair(tuple(changes), fix.exact, moved)


def with_totals(explanation: Repair, numbers: Mapping[int, int], parts: Parts) -> Repair:
    """The explanation with the totals that follow it."""
    moves = following(parts, {change.item: change.due - numbers[change.item] for change in explanation.changes})
    after = tuple(Change(cell, numbers[cell], numbers[cell] + move) for cell, move in sorted(moves.items()))
    return replace(explanation, following=after)


def is_move(fix: Fix, places: Places) -> bool:
    """Whether a number merely stands in the wrong one of two cells of a line."""
    if len(fix.deltas) != 2 or not fix.exact:
        return False
    (one, up), (other, down) = fix.deltas
    return up == -down and places.in_line(one, other) and (one in places.totals) == (other in places.totals)


def unlikelihood(explanation: Repair, places: Places) -> tuple[int, ...]:
    """Smaller is likelier: a number in the wrong cell, known slips, then totals (added up by hand) before parts; a
    number where 0 was filed comes last."""
    changes = explanation.changes
    if explanation.moved:
        from_cell, to_cell = changes
        whole = from_cell.due == 0 or to_cell.filed == 0
        apart = to_cell.item not in places.near[from_cell.item]
        return (0, 2 * apart + (not whole), from_cell.item, to_cell.item)
    ranks = sum([len(Slip) if c.slip is None else c.slip.rank for c in changes])
    from_nothing = len([c for c in changes if c.filed == 0 and c.slip is not Slip.BEFORE])
    size = sum(abs(c.difference) for c in changes)
    parts = len([c for c in changes if c.item not in places.totals])
    return (1, ranks + len(Slip) * from_nothing, parts, size, *(c.item for c in changes))
