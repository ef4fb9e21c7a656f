"""The linear constraints that rules come down to, and whether they can be kept together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import lcm

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.expression import Exact

PREVIOUS = 1 << 20
"""Added to an item's index it means the number of the period directly before."""


class Constraint(Struct, frozen=True, dict=True):
    """One linear relation between numbers of the form: ``sum(coefficient * number) + constant  <operator>  0``.

    ``last_terms`` are the same for numbers of earlier periods: an index is that of a year ago, one from ``PREVIOUS`` on that
    of the period directly before. Where there is a ``guard``, the relation is only asked for where
    the guard is decided and true. An equation may be off by ``slack``, in the unit of the whole relation.

    ``terms`` holds item indexes with whole coefficients; the numbers are counted in the smallest unit of their item
    (10 to the minus ``decimals``), and coefficients are scaled so that the whole relation is exact in integers.
    ``at`` is the item that a finding points to. ``line`` is the row or column that a rule runs over (``c:c1``).
    """

    rule_id: str
    terms: tuple[tuple[int, int], ...]
    constant: int
    operator: str
    at: int
    line: str = ""
    fallback: tuple[str, ...] = ()
    last_terms: tuple[tuple[int, int], ...] = ()
    guard: Constraint | None = None
    slack: int = 0

    @property
    def this_year(self) -> bool:
        """Whether it holds of every filing by itself: what live checks and totals use."""
        return not self.last_terms and self.guard is None

    @property
    def carried(self) -> int | None:
        """The earlier number that ``at`` should simply repeat, such as what was left open; None where it is no such
        rule."""
        same = self.operator == "==" and not self.constant and len(self.terms) == len(self.last_terms) == 1
        return self.last_terms[0][0] if same and self.terms[0][1] == -self.last_terms[0][1] else None

    @property
    def cumulative(self) -> bool:
        """Whether ``at`` is counted on from its own number of the period before."""
        return self.operator == "==" and any(index == PREVIOUS + self.at for index, _ in self.last_terms)

    @property
    def counted_on(self) -> int | None:
        """The earlier number that ``at`` repeats or is counted on from; None where it is no such rule."""
        return PREVIOUS + self.at if self.cumulative else self.carried

    @property
    def counts_on(self) -> bool:
        """Whether it holds of a filing as soon as that of the period before is known."""
        return self.guard is None and all(index >= PREVIOUS for index, _ in self.last_terms)

    def counted_from(self, before: Mapping[int, int]) -> Constraint | None:
        """The same of this filing alone, earlier numbers being what was filed; None where one of them is not known."""
        if not self.last_terms:
            return self
        if any(index not in before for index, _ in self.last_terms):
            return None
        earlier = sum(factor * before[index] for index, factor in self.last_terms)
        return replace(self, constant=self.constant + earlier, last_terms=())

    @property
    def coefficients(self) -> dict[int, int]:
        """The factor of each number of this year."""
        return dict(self.terms)

    @cached_property
    def parts(self) -> tuple[int, ...]:
        """The items other than ``at``."""
        return tuple(index for index, _ in self.terms if index != self.at)

    @cached_property
    def is_sum(self) -> bool:
        """Whether ``at`` is the plain sum of the other items."""
        own = self.coefficients[self.at]
        return (
            self.this_year
            and not self.constant
            and len(self.terms) > 2
            and all(k == -own for i, k in self.terms if i != self.at)
        )

    def holds(self, numbers: Sequence[int | None], earlier: Mapping[int, int | None]) -> bool | None:
        """Whether it holds of these numbers, by item, and of earlier ones, its guard not asked; None where one of them is
        not known."""
        total = self.constant
        for index, factor in self.terms:
            if (number := numbers[index]) is None:
                return None
            total += factor * number
        for index, factor in self.last_terms:
            if (number := earlier.get(index)) is None:
                return None
            total += factor * number
        if self.operator == "==":
            return abs(total) <= self.slack
        return total <= 0 if self.operator == "<=" else total >= 0

    def closing(self, numbers: dict[int, int], last: Mapping[int, int] | None = None) -> Fraction:
        """The value of ``at`` that makes both sides equal, given the other numbers and last year's (for an inequality:
        the bound)."""
        rest = self.constant + sum(k * numbers[i] for i, k in self.terms if i != self.at)
        rest += sum(k * (last or {})[i] for i, k in self.last_terms)
        return Fraction(-rest, self.coefficients[self.at])

    @property
    def unknowns(self) -> tuple[tuple[int, int], ...]:
        """All terms, last year's numbers as unknowns of their own below the constant's -1."""
        return (*self.terms, *((-2 - i, k) for i, k in self.last_terms))

    def key(self) -> tuple[tuple[tuple[int, Fraction], ...], Fraction, str]:
        """The same for two constraints that say the same, however they are written."""
        first = Fraction(self.terms[0][1])
        flipped = self.operator if first > 0 else {"==": "==", "<=": ">=", ">=": "<="}[self.operator]
        return tuple((i, k / first) for i, k in self.unknowns), self.constant / first, flipped


CONSTANT = -1


class Consistency:
    """The relations declared so far, to tell whether another rule adds something and can be kept at all."""

    def __init__(self) -> None:
        self.equations: dict[int, dict[int, Exact]] = {}  # by pivot, in echelon form
        self.inequalities: set[object] = set()

    def add(self, constraints: list[Constraint]) -> str:
        """Take in the relations of one rule. Returns ``contradictory`` where no numbers at all could keep its
        equations beside the earlier ones, ``redundant`` where every one of them already follows, else empty. What
        stands under a guard does not always hold, and says nothing here."""
        free = [c for c in constraints if c.guard is None]
        outcomes = [self.add_equation(c) if c.operator == "==" else self.add_inequality(c) for c in free]
        if "contradictory" in outcomes:
            return "contradictory"
        return "redundant" if outcomes and "" not in outcomes else ""

    def add_inequality(self, constraint: Constraint) -> str:
        """Add an inequality; ``redundant`` where it is there already, else empty."""
        known = len(self.inequalities)
        self.inequalities.add(constraint.key())
        return "" if len(self.inequalities) > known else "redundant"

    def add_equation(self, constraint: Constraint) -> str:
        """Add an equation; ``redundant`` or ``contradictory`` where it follows from the others or cannot hold with them."""
        row = self.reduce({i: k for i, k in (*constraint.unknowns, (CONSTANT, constraint.constant)) if k})
        pivot = min((i for i in row if i != CONSTANT), default=None)
        if pivot is None:
            return "contradictory" if row else "redundant"
        self.equations[pivot] = {i: divided(k, row[pivot]) for i, k in row.items()}
        return ""

    def reduce(self, row: dict[int, Exact]) -> dict[int, Exact]:
        """What is left of an equation after the earlier ones are taken out (Gaussian elimination)."""
        while (pivot := min((i for i in row if i in self.equations), default=None)) is not None:
            factor = row[pivot]
            for i, k in self.equations[pivot].items():
                row[i] = row.get(i, 0) - factor * k
            row = {i: k for i, k in row.items() if k}
        return row


def divided(number: Exact, by: Exact) -> Exact:
    """A quotient, whole where it is."""
    return Fraction(number) / by if number % by else number // by


def common_scale(decimals: list[int]) -> list[int]:
    """Factors that bring numbers counted in different smallest units to one unit."""
    unit = lcm(*(10**d for d in decimals))
    return [unit // 10**d for d in decimals]
