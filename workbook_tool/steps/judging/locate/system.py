"""The relations of one filing that can be decided, as an exact linear system with a signature for every cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct, field

from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import LINEAR, Severity

Numbers = Mapping[int, int]


class Relations(Struct, frozen=True):
    """The must-relations of a form. ``stronger`` lists, for a fallback, the relations that it follows from; a fallback
    whose stronger relations are all decided says nothing of its own and is left out."""

    form: Form
    constraints: dict[int, Constraint]
    stronger: dict[int, tuple[int, ...]]

    @classmethod
    def of(cls, form: Form, severity: Callable[[str], Severity] | None = None) -> Relations:
        """Those that must hold; ``severity`` gives the weight of a rule id where the office weighs differently."""
        weigh = severity or (lambda rule_id: form.rule(rule_id).severity)
        must = {r.id for r in form.rules if r.kind == LINEAR and weigh(r.id) is Severity.MUST}
        exact = [n for n, c in enumerate(form.constraints) if (c.this_year or c.counts_on) and not c.slack]
        kept = {n: c for n in exact if (c := form.constraints[n]).rule_id in must and solvable(c, form)}
        lines: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, constraint in kept.items():
            lines[constraint.rule_id, constraint.line].append(number)
        stronger = {}
        for number, c in kept.items():
            above = [n for rule in c.fallback for n in lines.get((rule, c.line), [])]
            if {kept[n].rule_id for n in above} >= set(c.fallback) > set():
                stronger[number] = tuple(above)
        return cls(form, kept, stronger)


def solvable(constraint: Constraint, form: Form) -> bool:
    """Whether every number of a relation is filed by itself, and none below 0: a ratio is computed from others and solved
    for nothing, and what can be anything is told of no cell alone."""
    items = [form.items[index] for index, _ in constraint.terms]
    return all(item.added and not item.negative for item in items)


class System(Struct):
    """Decided relations, one bit each: bit ``b`` is ``constraints[b]``, ``numbers_of[b]`` its index in the form and
    ``values[b]`` what its left side comes to. ``touch`` is the signature of a cell: the relations that it is in."""

    numbers: Numbers
    constraints: list[Constraint]
    numbers_of: list[int]
    values: list[int]
    equations: int = 0
    failing: int = 0
    touch: dict[int, int] = field(default_factory=dict)
    factors: dict[int, dict[int, int]] = field(default_factory=dict)
    classes: dict[int, int] = field(default_factory=dict)

    def cells(self, bit: int) -> Iterator[int]:
        """The cells of one relation."""
        return (index for index, _ in self.constraints[bit].terms)

    def signature(self, cell: int) -> int:
        """The equations that a cell is in."""
        return self.touch[cell] & self.equations

    def alike(self, cell: int) -> int:
        """The first cell known to be in the same equations with the same factors."""
        if not self.classes:
            firsts: dict[tuple[tuple[int, int], ...], int] = {}
            for index, factors in self.factors.items():
                own = tuple((bit, k) for bit, k in factors.items() if self.equations >> bit & 1)
                self.classes[index] = firsts.setdefault(own, index)
        return self.classes[cell]

    def part(self, relations: Iterable[int]) -> int:
        """The bits of these relations of the form, those that are here."""
        wanted = set(relations)
        return union(1 << bit for bit, number in enumerate(self.numbers_of) if number in wanted)

    def free(self, cell: int, part: int) -> bool:
        """Whether a cell can be changed without touching what fails for another reason."""
        return not self.touch[cell] & self.failing & ~part


def bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def system_of(relations: Relations, numbers: Numbers, before: Numbers) -> System | None:
    """The decided relations of a filing, or None where every one of them holds. Those that count on from the period before
    take its numbers (``before``) as they were filed."""
    decided: set[int] = set()
    values: list[tuple[int, Constraint, int]] = []
    failed = False
    for number, declared in relations.constraints.items():
        if number in relations.stronger and decided.issuperset(relations.stronger[number]):
            decided.add(number)  # it follows from relations that are there themselves
            continue
        constraint = declared.counted_from(before)
        value = None if constraint is None else left_side(constraint, numbers)
        if constraint is not None and value is not None:
            decided.add(number)
            values.append((number, constraint, value))
            failed = failed or not holds(constraint.operator, value)
    return assemble(numbers, values) if failed else None


def assemble(numbers: Numbers, relations: list[tuple[int, Constraint, int]]) -> System:
    """The system of these relations: each with its index in the form and what its left side comes to."""
    system = System(numbers, [c for _, c, _ in relations], [n for n, _, _ in relations], [v for _, _, v in relations])
    for bit, constraint in enumerate(system.constraints):
        flag = 1 << bit
        system.equations |= flag if constraint.operator == "==" else 0
        system.failing |= 0 if holds(constraint.operator, system.values[bit]) else flag
        for index, factor in constraint.terms:
            system.touch[index] = system.touch.get(index, 0) | flag
            system.factors.setdefault(index, {})[bit] = factor
    return system


def left_side(constraint: Constraint, numbers: Numbers) -> int | None:
    """What the left side comes to, None where a number is missing: blank is not 0."""
    value = constraint.constant
    for index, factor in constraint.terms:
        number = numbers.get(index)
        if number is None:
            return None
        value += factor * number
    return value


def holds(operator: str, value: int) -> bool:
    """Whether ``value <operator> 0``."""
    return value == 0 if operator == "==" else value <= 0 if operator == "<=" else value >= 0


def regions(system: System) -> list[int]:
    """The failing relations in groups that no chain of decided relations connects: wholly separate questions."""
    found, left = [], system.failing
    while left:
        region, queue, seen = 0, [next(bits(left))], set[int]()
        while queue:
            bit = queue.pop()
            if region >> bit & 1:
                continue
            region |= 1 << bit
            for cell in system.cells(bit):
                if cell not in seen:
                    seen.add(cell)
                    queue += bits(system.touch[cell] & ~region)
        found.append(region & system.failing)
        left &= ~region
    return found


def groups(system: System, part: int) -> list[int]:
    """The failing relations of ``part`` in groups that share no cell with each other."""
    left, found = part, []
    while left:
        group = grown = left & -left
        while grown:
            touched = (system.touch[cell] for bit in bits(grown) for cell in system.cells(bit))
            grown = union(touched) & part & ~group
            group |= grown
        found.append(group)
        left &= ~group
    return found


def union(masks: Iterable[int]) -> int:
    """All bits of all masks."""
    total = 0
    for mask in masks:
        total |= mask
    return total
