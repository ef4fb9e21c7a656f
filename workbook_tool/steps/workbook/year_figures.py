"""The figures that 各期 follows through a year, and what each comes to over any filings: what may be added is added, a ratio
is computed again from its parts, and of anything else nothing is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from workbook_tool.model.form.conditions import Derivation
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.ratios import again, parts_of
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.last_year import Values
from workbook_tool.model.workbook.book import Value

NOTHING, MOST_LINES = "—", 6


@dataclass(frozen=True)
class YearFigure:
    """A figure of the form: what it is called, and the items that it adds up, or the one that is never added."""

    form: Form
    label: str
    items: tuple[Item, ...]

    @cached_property
    def added(self) -> bool:
        """Whether it adds up over agencies."""
        return all(item.added for item in self.items)

    @cached_property
    def ratio(self) -> Derivation | None:
        """How it is computed again from totals, where it is a ratio."""
        return None if self.added else self.form.ratios.get(self.items[0].index)

    @cached_property
    def needed(self) -> tuple[Item, ...]:
        """The items whose sums it is made of."""
        return tuple(self.form.items[index] for index in sorted(parts_of(self.ratio))) if self.ratio else self.items

    def sums(self, filings: Sequence[Values]) -> Values:
        """What it is made of, over these filings; what none of them has is no 0."""
        had = {item.index: [n[item.index] for n in filings if item.index in n] for item in self.needed if item.added}
        return {index: sum(numbers) for index, numbers in had.items() if numbers}

    def so_far(self, periods: Sequence[Values]) -> Values:
        """What it is made of, over periods: what happened is added up, the rest stands in the last one that has it."""
        stands = {item.index for item in self.needed if self.stands(item)}
        had = {index: [one[index] for one in periods if index in one] for one in periods for index in one}
        return {index: numbers[-1] if index in stands else sum(numbers) for index, numbers in had.items()}

    def stands(self, item: Item) -> bool:
        """Whether a number is counted on, or counts what there is, and so is never added over periods."""
        return item.index in self.form.cumulatives or item.adds == "last"

    def total(self, sums: Mapping[int, int]) -> int | None:
        """What it comes to, exact, of these sums; None where that is nothing."""
        if self.added:
            return sum(sums.values()) if sums else None
        return again(self.ratio, self.form, sums.get) if self.ratio else None

    def known(self, numbers: Values) -> bool:
        """Whether a filing has all that it is made of."""
        return all(item.index in numbers for item in self.needed)

    def shown(self, exact: int | None) -> Value:
        """An exact number as it is written."""
        return NOTHING if exact is None else as_decimal(exact, self.items[0])

    @property
    def role(self) -> str:
        """How its numbers look."""
        return "amount" if any(item.decimals for item in self.items) else "number"


def figures_of(form: Form) -> list[YearFigure]:
    """The key figures of the form; where it names none, its rows of totals and those that stand alone, of these the grand
    totals where they are many, else its first numbers, of what comes to anything over several agencies."""
    named = [
        YearFigure(form, f"{f.label}（{f.unit}）" if f.unit else f.label, tuple(form.by_code[c] for c in f.items))
        for f in form.figures
    ]
    meant = [item for item in form.items if item.adds != "never"]
    grand = [item for item in meant if item.row.total or len(item.table.rows) == 1] or meant
    if len(grand) > MOST_LINES:
        grand = [item for item in grand if item.column.total] or grand
    return named or [YearFigure(form, item.label, (item,)) for item in grand[:MOST_LINES]]
