"""What a form declares to be summed up for readers: key figures, PivotTables, and the groups that these are made of."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct


class Facet(Struct, frozen=True, dict=True):
    """A way to group numbers, a column of what PivotTables are made from: by ``label`` of each group the codes of its
    numbers, totals left out. ``adds`` says whether the groups may be added up."""

    label: str
    groups: dict[str, tuple[str, ...]]
    adds: bool = True

    @cached_property
    def by_code(self) -> dict[str, str]:
        """The group of each number that has one."""
        return {code: label for label, codes in self.groups.items() for code in codes}


class DeclaredPivot(Struct, frozen=True):
    """A PivotTable of the workbook: ``down`` against ``across``, two fields of what it is made from, over the facts of
    one table or, where ``table`` is empty, of all. ``adds`` says whether its lines and columns may be added up."""

    title: str
    down: str
    across: str
    table: str = ""
    adds: bool = True


class KeyFigure(Struct, frozen=True):
    """A figure for the front page: the sum of items over all agencies."""

    label: str
    items: tuple[str, ...]
    unit: str = ""
