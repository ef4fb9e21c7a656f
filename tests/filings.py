"""Made-up filings for any form: what agencies file when they file well, and the ways in which they go wrong.

Seeded and deterministic. A filing is its numbers, item index to exact number; what is left out is blank. Every linear
rule of the form holds in an honest one. Most numbers are 0, few are large, and agencies differ in size by orders of
magnitude, as in published reports.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property
from math import lcm

from msgspec import Struct

from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import Content, as_decimal

Numbers = dict[int, int]
SIZES = ((3, 0), (4, 4), (4, 40), (2, 400), (1, 4000))
"""How many agencies of which size: of fourteen, three have nothing at all to report, one has thousands of cases."""
ATTEMPTS = 400


class Maker(Struct, frozen=True, dict=True):
    """Makes honest filings of one form. It keeps what it made: half of its tries come to nothing, and many ask."""

    form: Form

    @cached_property
    def made(self) -> dict[tuple[int, int], Numbers]:
        """Those made so far."""
        return {}

    @cached_property
    def solved(self) -> list[tuple[int, dict[int, int], int, int]]:
        """The equations solved for one number each: item, factors of the others, constant, and what all of it is to be
        divided by: whole numbers, which are ten times as quick as fractions."""
        rows: dict[int, tuple[dict[int, Fraction], Fraction]] = {}
        equations = [c for c in self.form.constraints if c.operator == "=="]
        for constraint in sorted(equations, key=lambda c: not c.is_sum):
            self.eliminate(constraint, rows)
        found = []
        for pivot, (factors, constant) in rows.items():
            by = lcm(constant.denominator, *(k.denominator for k in factors.values()))
            found.append((pivot, {i: int(k * by) for i, k in factors.items()}, int(constant * by), by))
        return found

    def eliminate(self, constraint: Constraint, rows: dict[int, tuple[dict[int, Fraction], Fraction]]) -> None:
        factors = {i: Fraction(k) for i, k in constraint.terms}
        constant = Fraction(constraint.constant)
        while pivot := next((i for i in factors if i in rows), None):
            times = factors.pop(pivot)
            own, shift = rows[pivot]
            constant += times * shift
            for i, k in own.items():
                factors[i] = factors.get(i, Fraction(0)) + times * k
            factors = {i: k for i, k in factors.items() if k}
        if not factors:
            return
        pivot = self.pivot(constraint, factors)
        times = factors.pop(pivot)
        row = ({i: -k / times for i, k in factors.items()}, -constant / times)
        for known, (own, shift) in rows.items():  # keep every row free of solved numbers
            if pivot in own:
                part = own.pop(pivot)
                for i, k in row[0].items():
                    own[i] = own.get(i, Fraction(0)) + part * k
                rows[known] = ({i: k for i, k in own.items() if k}, shift + part * row[1])
        rows[pivot] = row

    def pivot(self, constraint: Constraint, factors: dict[int, Fraction]) -> int:
        """The total; in an identity a number of the side with fewer numbers, which then rarely falls below 0."""
        if constraint.is_sum and constraint.at in factors:
            return constraint.at
        positive = [i for i, k in factors.items() if k > 0]
        negative = [i for i, k in factors.items() if k < 0]
        return min(min(positive, negative, key=lambda side: len(side) or len(factors) + 1))

    def filing(self, rng: random.Random) -> Numbers:
        """One honest filing: all numbers there, whole, not negative, and every linear rule kept."""
        weights, sizes = zip(*SIZES, strict=True)
        size = rng.choices(sizes, weights)[0]
        for attempt in range(ATTEMPTS):
            numbers = self.attempt(rng, size * (ATTEMPTS - attempt) // ATTEMPTS)
            if numbers is not None:
                return numbers
        raise ValueError(f"no honest filing of {self.form.id} found")

    def attempt(self, rng: random.Random, size: int) -> Numbers | None:
        numbers: Numbers = {}
        down = [rng.random() ** 4 for _ in range(self.places[-1][1] + 1)]
        across = [rng.random() ** 3 for _ in range(self.places[-1][2] + 1)]
        for index, row, column, decimals in self.places:
            numbers[index] = amount(rng, size * down[row] * across[column], decimals)
        for pivot, factors, constant, by in self.solved:
            number, rest = divmod(constant + sum(k * numbers[i] for i, k in factors.items()), by)
            if number < 0 or rest:
                return None
            numbers[pivot] = number
        return dict(sorted(numbers.items())) if honest(self.form, numbers) else None

    @cached_property
    def places(self) -> list[tuple[int, int, int, int]]:
        """The items that no equation gives: index, number of its row and of its column in the whole form, decimals."""
        solved = {pivot for pivot, *_ in self.solved}
        found = []
        row = column = index = 0
        for table in self.form.tables:
            for block in table.blocks:
                for r in range(len(block.rows)):
                    for c in range(len(block.columns)):
                        found.append((index, row + r, column + c, block.decimals))
                        index += 1
                row, column = row + len(block.rows), column + len(block.columns)
        return [place for place in found if place[0] not in solved]

    def filings(self, count: int, seed: int = 0) -> Iterator[Numbers]:
        """``count`` filings, always the same ones for a seed; each a copy, to be put wrong at will."""
        for number in range(count):
            if (seed, number) not in self.made:
                self.made[seed, number] = self.filing(random.Random(f"{seed}/{number}"))
            yield dict(self.made[seed, number])


def amount(rng: random.Random, mean: float, decimals: int) -> int:
    """A count around ``mean``; amounts of money mostly have two decimals."""
    number = int(rng.expovariate(1 / mean) + 0.5) if mean > 0 else 0
    if not decimals:
        return number
    return int(number * 100 + rng.randrange(100) * bool(number)) * 10**decimals // 100


def honest(form: Form, numbers: Numbers) -> bool:
    """Whether every linear rule that can be decided holds."""
    return not any(broken(constraint, numbers) for constraint in form.constraints)


def broken(constraint: Constraint, numbers: Numbers) -> bool:
    if any(index not in numbers for index, _ in constraint.terms):
        return False
    value = constraint.constant + sum(k * numbers[i] for i, k in constraint.terms)
    return value != 0 if constraint.operator == "==" else value > 0 if constraint.operator == "<=" else value < 0


def contents(form: Form, numbers: Numbers) -> dict[str, Content]:
    """The filing as cell contents by item code, as ``tests.grids`` takes them."""
    return {form.items[i].code: float(as_decimal(n, form.items[i])) for i, n in numbers.items()}


# ── How totals are filled ────────────────────────────────────────────────────


def typed(form: Form, numbers: Numbers) -> Numbers:
    """Every total typed by hand."""
    return dict(numbers)


def detail_totals_blank(form: Form, numbers: Numbers) -> Numbers:
    """Totals of detail rows are left blank: those in the total column that nothing but sums speaks of, twice."""
    equations = [c for c in form.constraints if c.operator == "=="]
    sums = Counter(i for c in equations if c.is_sum for i, _ in c.terms)
    identities = {i for c in equations if not c.is_sum for i, _ in c.terms}
    blank = {i.index for i in form.items if i.column.total and not i.row.total and sums[i.index] > 1} - identities
    return {i: n for i, n in numbers.items() if i not in blank}


def formulas(form: Form, numbers: Numbers) -> Numbers:
    """Every total computed from its parts, as SUM does it: blanks count nothing."""
    after = dict(numbers)
    for _ in form.sums:
        before = dict(after)
        for constraint in form.sums:
            after[constraint.at] = int(constraint.closing({i: after.get(i, 0) for i in constraint.parts}))
        if after == before:
            break
    return after


LAYOUTS: dict[str, Callable[[Form, Numbers], Numbers]] = {
    "typed": typed,
    "detail totals blank": detail_totals_blank,
    "formulas": formulas,
}
