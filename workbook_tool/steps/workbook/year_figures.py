"""The figures that 各期 follows through a year, and what each comes to over any filings: what may be added is added, a ratio
is computed again from its parts, and of anything else nothing is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import zip_longest

from msgspec import Struct

from workbook_tool.model.form.conditions import Derivation
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.form.ratios import again, parts_of
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.last_year import Values
from workbook_tool.model.workbook.book import Value
from workbook_tool.model.workbook.decimals import figure_role, most_decimals

NOTHING, MOST_LINES = "—", 6


class YearFigure(Struct, frozen=True, dict=True):
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
    def decimals(self) -> int:
        """How many its numbers show."""
        return most_decimals(self.items)

    def role(self, ending: str = "") -> str:
        """How its numbers look."""
        return figure_role(self.decimals, f"number{ending}", f"amount{ending}")


def figures_of(form: Form) -> list[YearFigure]:
    """The key figures of the form; where it names none, what each of its tables comes to, the first number of every one
    before the second of any; tables without totals only where there are no others."""
    if form.figures:
        return [
            YearFigure(form, f"{f.label}（{f.unit}）" if f.unit else f.label, tuple(form.by_code[c] for c in f.items))
            for f in form.figures
        ]
    grand = [list(grand_totals(form, table)) for table in form.tables]
    closed = [items for items in grand if len(items) == 1 or any(item.row.total for item in items)] or grand
    first = [item for rank in zip_longest(*closed) for item in rank if item][:MOST_LINES]
    return [YearFigure(form, item.label, (item,)) for item in sorted(first, key=lambda item: item.index)]


def grand_totals(form: Form, table: Table) -> Iterator[Item]:
    """What a table comes to over agencies: its last line of totals where it has one, and of its columns the last that sums up
    others, where there is one: no difference, and no ratio."""
    items = [item for item in form.by_table[table.id] if item.adds != "never"]
    others = (c for c in form.constraints if c.operator == "==" and not c.is_sum and c.line.startswith("r:"))
    computed = {c.at for c in others} | form.ratios.keys()
    rows = [item.row.id for item in items if item.row.total]
    columns = [item.column.id for item in items if item.column.total and item.index not in computed]
    for item in items:
        if item.row.id in (rows[-1:] or [item.row.id]) and item.column.id in (columns[-1:] or [item.column.id]):
            yield item
