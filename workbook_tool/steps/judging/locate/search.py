"""The smallest sets of cells that explain what fails: one cell, else two. Exact, and in closed form.

The question is that of Fellegi & Holt (1976), A Systematic Approach to Automatic Edit and Imputation, J. Am. Stat.
Assoc. 71, 17-35: change as few numbers as possible so that every edit holds. Here it needs no solver: a cell that is
changed alone must stand in every failing equation and in no other, and two that are changed together must cover the
failing equations and share every other equation that they touch. So signatures (bit masks) name the few candidates, and
the equations give the numbers; what they leave open is a range of whole numbers that inequalities and 0 bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd

from msgspec import Struct

from workbook_tool.steps.judging.locate.ranges import Bound, nearest_point, plane_point, whole_range
from workbook_tool.steps.judging.locate.system import System, bits, union

Line = tuple[tuple[int, int], tuple[int, int]]
Lines = dict[tuple[int, int], Line | None]


class Fix(Struct, frozen=True):
    """Cells and by how much each changes; ``exact`` where no other amounts would do."""

    deltas: tuple[tuple[int, int], ...]
    exact: bool = True

    @property
    def cells(self) -> frozenset[int]:
        """The cells that change."""
        return frozenset(cell for cell, _ in self.deltas)


def singles(system: System, part: int) -> list[Fix]:
    """Every cell that, changed alone, makes what fails in ``part`` hold and breaks nothing."""
    first = next(bits(part & system.equations or part))
    found = []
    for cell in system.cells(first):
        if part & ~system.touch[cell] or not system.free(cell, part):
            continue
        if system.signature(cell) & ~part:
            continue
        fix = single(system, cell)
        if fix:
            found.append(fix)
    return found


def single(system: System, cell: int) -> Fix | None:
    """The change of one cell that closes all its relations."""
    factors = system.factors[cell]
    mask = system.signature(cell)
    bounds = bounds_of(system, (cell,))
    if mask:
        first = next(bits(mask))
        delta, rest = divmod(-system.values[first], factors[first])
        if rest or any(system.values[b] + factors[b] * delta for b in bits(mask)):
            return None
        return Fix(((cell, delta),)) if all(c + k[0] * delta >= 0 for c, k in bounds) else None
    line = whole_range((c, k[0]) for c, k in bounds)
    if line is None:
        return None
    return Fix(((cell, nearest_point(line, (0,))),), exact=line[0] == line[1])


def bounds_of(system: System, cells: tuple[int, ...]) -> list[Bound]:
    """What bounds the changes of these cells: ``constant + sum(factor * delta) >= 0``, one entry a bound."""
    touched = union(system.touch[cell] for cell in cells)
    units = ((1, 0), (0, 1)) if len(cells) == 2 else ((1,),)
    found: list[Bound] = [(system.numbers[cell], unit) for cell, unit in zip(cells, units, strict=True)]
    for bit in bits(touched & ~system.equations):
        sign = 1 if system.constraints[bit].operator == ">=" else -1
        found.append((sign * system.values[bit], tuple(sign * system.factors[c].get(bit, 0) for c in cells)))
    return found


def pairs(system: System, part: int) -> list[Fix]:
    """Every two cells that explain ``part`` together. Asked only where no single cell does."""
    found: dict[frozenset[int], Fix] = {}
    lines: Lines = {}
    for one, other in candidates(system, part):
        key = frozenset((one, other))
        if len(key) == 2 and key not in found:
            fix = pair(system, min(key), max(key), lines)
            if fix:
                found[key] = fix
    return list(found.values())


def candidates(system: System, part: int) -> Iterator[tuple[int, int]]:
    """Pairs whose signatures allow it: together they cover all that fails, and they share every other equation."""
    failing = part & system.equations
    first = min(bits(failing or part), key=lambda bit: len(system.constraints[bit].terms))
    for one in system.cells(first):
        if not system.free(one, part):
            continue
        mine = system.signature(one)
        for other in partners(system, part, one):
            if not system.free(other, part) or part & ~(system.touch[one] | system.touch[other]):
                continue
            if not (mine ^ system.signature(other)) & ~failing:
                yield one, other


def partners(system: System, part: int, one: int) -> Iterable[int]:
    """Cells that could complete ``one``: those of a failing equation it leaves, or of a holding one it would break,
    else those that a relation ties to what it changes."""
    mine, failing = system.signature(one), part & system.equations
    needed = failing & ~mine or mine & ~failing
    if needed:
        return system.cells(min(bits(needed), key=lambda bit: len(system.constraints[bit].terms)))
    tied = system.touch[one] | part
    return sorted({cell for bit in bits(tied) for cell in system.cells(bit)})


def pair(system: System, one: int, other: int, lines: Lines) -> Fix | None:
    """The changes of two cells that close all their relations, the smallest where several would. ``lines`` remembers
    what the equations say: the same of cells that stand in the same ones."""
    mask = system.signature(one) | system.signature(other)
    if not mask:
        return bounded_pair(one, other, bounds_of(system, (one, other)))
    alike = system.alike(one), system.alike(other)
    if alike not in lines:
        lines[alike] = equation_line(system, one, other, mask)
    line = lines[alike]
    if line is None:
        return None
    start, step = line
    if step == (0, 0):
        if not all(start) or system.numbers[one] + start[0] < 0 or system.numbers[other] + start[1] < 0:
            return None
        if (system.touch[one] | system.touch[other]) & ~system.equations:
            bounds = bounds_of(system, (one, other))
            if any(c + k[0] * start[0] + k[1] * start[1] < 0 for c, k in bounds):
                return None
        return Fix(((one, start[0]), (other, start[1])))
    bounds = bounds_of(system, (one, other))
    span = whole_range((c + k[0] * start[0] + k[1] * start[1], k[0] * step[0] + k[1] * step[1]) for c, k in bounds)
    if span is None:
        return None
    turns = [-start[p] // step[p] + extra for p in (0, 1) if step[p] for extra in (0, 1)]
    at = nearest_point(span, turns, lambda t: abs(start[0] + step[0] * t) + abs(start[1] + step[1] * t))
    deltas = ((one, start[0] + step[0] * at), (other, start[1] + step[1] * at))
    return Fix(deltas, exact=span[0] == span[1]) if all(d for _, d in deltas) else None


def bounded_pair(one: int, other: int, bounds: list[Bound]) -> Fix | None:
    """Two cells that no equation speaks of: only bounds do."""
    point = plane_point(bounds)
    if point is None or not all(point[0]):
        return None
    return Fix(((one, point[0][0]), (other, point[0][1])), exact=point[1])


def equation_line(system: System, one: int, other: int, mask: int) -> Line | None:
    """All whole changes of two cells that close every equation of ``mask``: a start and a step ((0, 0): one point)."""
    mine, yours = mask & ~system.touch[other], mask & ~system.touch[one]
    if mine and yours:
        return separate(system, one, other, (next(bits(mine)), next(bits(yours))), mask)
    rows = [(system.factors[one].get(b, 0), system.factors[other].get(b, 0), -system.values[b]) for b in bits(mask)]
    a, b, c = rows[0]
    for p, q, r in rows[1:]:
        if a * q - b * p:
            return solve(rows, (a, b, c), (p, q, r))
    # All rows are multiples of the first, or they contradict each other.
    if any(a * r != c * p or b * r != c * q for p, q, r in rows[1:]):
        return None
    divisor = gcd(a, b)
    if c % divisor:
        return None
    x, y = bezout(a, b)
    return (x * c // divisor, y * c // divisor), (b // divisor, -a // divisor)


def separate(system: System, one: int, other: int, own: tuple[int, int], mask: int) -> Line | None:
    """The common case: each cell has an equation to itself, ``own``, and that gives its change."""
    first, second = system.factors[one], system.factors[other]
    x, rest_x = divmod(-system.values[own[0]], first[own[0]])
    y, rest_y = divmod(-system.values[own[1]], second[own[1]])
    if rest_x or rest_y or any(system.values[b] + first.get(b, 0) * x + second.get(b, 0) * y for b in bits(mask)):
        return None
    return (x, y), (0, 0)


Row = tuple[int, int, int]


def solve(rows: list[Row], first: Row, second: Row) -> Line | None:
    """The one whole solution of two independent rows that all rows agree with (Cramer)."""
    (a, b, c), (p, q, r) = first, second
    determinant = a * q - b * p
    x, rest_x = divmod(c * q - b * r, determinant)
    y, rest_y = divmod(a * r - c * p, determinant)
    if rest_x or rest_y or any(p * x + q * y != r for p, q, r in rows):
        return None
    return (x, y), (0, 0)


def bezout(a: int, b: int) -> tuple[int, int]:
    """Whole ``x`` and ``y`` with ``a * x + b * y`` the greatest common divisor."""
    x, next_x, y, next_y = 1, 0, 0, 1
    while b:
        quotient, rest = divmod(a, b)
        a, b = b, rest
        x, next_x = next_x, x - quotient * next_x
        y, next_y = next_y, y - quotient * next_y
    return (x, y) if a > 0 else (-x, -y)
