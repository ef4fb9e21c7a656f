"""A PivotTable as plain data: what it is made from, how it is laid out, and the figures that it shows unrefreshed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from operator import getitem
from typing import NamedTuple

from msgspec import Struct

from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.text import ILLEGAL
from workbook_tool.model.workbook.headers import CODE, STATE

AGENCY_FIELDS = (CODE, "单位", "类别", "上级", STATE)
NUMBER, SUMMED, VALUES = "数", "合计", "值"
PASSED, RETURNED = "已通过", "退回"
NO_GROUP = "（无此项）"
"""What stands in a facet for a number that is in none of its groups."""
BY_RULE = "类别 × 规则"
"""The title of the PivotTable of findings, which every form has."""
LONGEST_ITEM = 255
TOTAL, ALL = "总计", "(全部)"


def fact_fields(kind: PeriodKind) -> tuple[str, ...]:
    """The fields that stand before the form's facets in what PivotTables are made from; the number 数 comes last."""
    return (*AGENCY_FIELDS, "审核结论", kind.label, "可比", "表", "项目", "列")


def axes(kind: PeriodKind) -> tuple[str, ...]:
    """The fields that a declared PivotTable may lay out, besides facets."""
    return ("单位", "类别", "上级", "状态", kind.label, "表", "项目", "列")


class Fact(NamedTuple):
    """A row of a source: its texts, and the number that stands last."""

    texts: tuple[str, ...]
    number: Decimal


class Source(Struct, frozen=True, eq=False):
    """An Excel Table in long form that PivotTables are made from.

    ``table`` is its ASCII name, ``fields`` are its headers, the last one that of the number. ``items`` holds for every
    other field the texts that stand in it, in the order in which they are shown; ``columns`` tells for each of these fields
    which of its items stands in each row, and ``numbers`` the figure there: of a large region there are a million.
    ``merged``: they are not of one agency each, but of all that are alike. Excel takes two texts that differ in
    case only for one item and cuts items off after 255 characters, so both are refused with ValueError.
    """

    table: str
    fields: tuple[str, ...]
    items: Mapping[str, tuple[str, ...]]
    columns: tuple[Sequence[int], ...]
    numbers: Sequence[Decimal]
    merged: bool = False

    def __post_init__(self) -> None:
        for name, texts in (("headers", self.fields), *self.items.items()):
            if len({text.casefold() for text in texts}) < len(texts):
                raise ValueError(f"{self.table} {name}: two items are the same to Excel")
            if wrong := [t for t in texts if not 0 < len(t) <= LONGEST_ITEM or ILLEGAL.search(t) or t != t.strip()]:
                raise ValueError(f"{self.table} {name}: Excel does not hold {wrong[0]!r} as an item")
        if not self.numbers:
            raise ValueError(f"{self.table} has no rows")

    @property
    def number(self) -> str:
        """The header of the number."""
        return self.fields[-1]

    @property
    def facts(self) -> Iterator[Fact]:
        """The rows."""
        items = [self.items[name] for name in self.fields[:-1]]
        for *places, number in zip(*self.columns, self.numbers, strict=True):
            yield Fact(tuple(map(getitem, items, places)), number)


class Pivot(Struct, frozen=True, eq=False):
    """A PivotTable over ``source``: the field ``down`` against the field ``across``.

    ``place`` is the corner of its body; the filters ``pages`` (field and the item chosen, empty for all) stand above
    it, one a row, and a free row between. ``hidden`` are items of the two fields that it leaves out. ``caption`` names
    the figures. ``lines`` and ``heads`` are the items shown, ``cells`` the figures where there is one.
    ``total_column`` and ``total_row`` say whether it adds up to the right and downwards.
    """

    name: str
    source: Source
    down: str
    across: str
    pages: tuple[tuple[str, str], ...]
    caption: str
    place: tuple[int, int]
    lines: tuple[str, ...]
    heads: tuple[str, ...]
    cells: Mapping[tuple[str, str], Decimal]
    hidden: tuple[str, ...] = ()
    total_column: bool = True
    total_row: bool = True
    style: str = "PivotStyleLight16"

    @property
    def first_page(self) -> int:
        """The row of its first filter."""
        return self.place[0] - 1 - len(self.pages)

    @property
    def first_figure(self) -> tuple[int, int]:
        """The cell of its first figure."""
        return self.place[0] + 2, self.place[1] + 1

    @property
    def last(self) -> tuple[int, int]:
        """Its last cell."""
        row, column = self.place
        return row + 1 + len(self.lines) + self.total_row, column + len(self.heads) + self.total_column

    @property
    def whole(self) -> bool:
        """Whether every figure is a whole number."""
        return all(number == number.to_integral_value() for number in self.cells.values())

    def sum_of(self, line: str | None = None, head: str | None = None) -> Decimal:
        """The total of a line, of a column, or of all."""
        chosen = (n for (a, b), n in self.cells.items() if line in (None, a) and head in (None, b))
        return sum(chosen, Decimal(0))
