"""Totals that follow their parts: where all sums hold, a wrong part with its totals added up from it is one slip, not
four. A filing whose totals are formulas never shows another picture, and the file does not say that they are."""

from __future__ import annotations

from collections.abc import Mapping

from workbook_tool.model.form.constraints import Constraint
from workbook_tool.steps.judging.locate.system import Relations, System, assemble, bits

Parts = Mapping[int, Mapping[int, int]]
"""Totals, each as the parts that it comes down to, with their factors."""


def reduced(system: System, part: int) -> tuple[System, Parts] | None:
    """The system with every total replaced by its parts, and these; None where a sum of ``part`` fails itself."""
    sums = [bit for bit in bits(system.equations) if system.constraints[bit].is_sum]
    if any(part >> bit & 1 for bit in sums):
        return None
    defined = {system.constraints[b].at: b for b in reversed(sums) if not system.failing >> b & 1}
    parts: dict[int, dict[int, int]] = {}
    for total in defined:
        expand(total, system, defined, parts, set())
    used = {defined[total] for total in parts}
    kept = [bit for bit in range(len(system.constraints)) if bit not in used]
    rest = [(bit, substituted(system.constraints[bit], parts)) for bit in kept]
    left = [(system.numbers_of[bit], c, system.values[bit]) for bit, c in rest if c is not None]
    return assemble(system.numbers, left, system.below), parts


def expand(
    total: int, system: System, defined: Mapping[int, int], parts: dict[int, dict[int, int]], open_: set[int]
) -> dict[int, int] | None:
    """What a total comes down to, noted in ``parts``; None where sums run in a circle."""
    if total in parts or total in open_:
        return parts.get(total)
    found: dict[int, int] = {}
    for index in system.constraints[defined[total]].parts:
        below = expand(index, system, defined, parts, open_ | {total}) if index in defined else {index: 1}
        if below is None:
            return None
        for leaf, times in below.items():
            found[leaf] = found.get(leaf, 0) + times
    parts[total] = found
    return found


def substituted(constraint: Constraint, parts: Parts) -> Constraint | None:
    """A relation in terms of parts only; None where nothing is left of it."""
    factors: dict[int, int] = {}
    for index, factor in constraint.terms:
        for leaf, times in parts.get(index, {index: 1}).items():
            factors[leaf] = factors.get(leaf, 0) + factor * times
    terms = tuple(sorted((i, k) for i, k in factors.items() if k))
    if not terms:
        return None
    return Constraint(constraint.rule_id, terms, constraint.constant, constraint.operator, terms[0][0], constraint.line)


def following(parts: Parts, deltas: Mapping[int, int]) -> dict[int, int]:
    """By how much each total moves with these changes of parts."""
    moves = {t: sum(k * deltas.get(leaf, 0) for leaf, k in below.items()) for t, below in parts.items()}
    return {total: move for total, move in moves.items() if move}


def unseen_sums(relations: Relations, system: System, part: int) -> bool:
    """Whether a sum that blanks leave undecided gives a number of ``part``: it may follow a wrong one unseen."""
    decided = set(system.numbers_of)
    concerned = {cell for bit in bits(part) for cell in system.cells(bit)}
    sums = (c for n, c in relations.constraints.items() if c.operator == "==" and c.is_sum and n not in decided)
    return any(c.at in concerned and any(i in system.numbers for i in c.parts) for c in sums)
