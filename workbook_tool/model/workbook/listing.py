"""A list sheet, declared: each column is one object that says its header, its look, its width and what stands in it.

So a column is added, moved or taken away in one place, and whoever refers to it asks the list where it stands. A list is
declared over the rows it shows: ``R`` is what a row is about.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.workbook.book import FilePath, Value

R = TypeVar("R")
LIST_TOP = 3
"""The header row of a list that has its sheet for itself: below the title, what the sheet shows, and a gap."""


def list_row(number: int, top: int = LIST_TOP) -> int:
    """The sheet's row in which row ``number`` of a list stands, counted from 0."""
    return top + 1 + number


class ListCell(NamedTuple):
    """A cell of a list that is more than its text: a role of its own, a formula, a link, or a comment. See ``Cell``."""

    value: Value = None
    role: str = ""
    formula: str = ""
    link: str = ""
    file: FilePath = ""
    note: str = ""


class Offer(Struct, frozen=True):
    """What people may choose from in a column, and what they are told there: before (``prompt``) and after typing
    something else (``error``)."""

    choices: tuple[str, ...]
    error: str
    error_title: str = ""
    prompt: str = ""
    prompt_title: str = ""


class Column(Struct, Generic[R], frozen=True):
    """A column: its header, the role of its cells, how broad it may be, and the ``value`` of a row.

    ``width`` is one number, or the least and the most between which it fits its texts. The role ``state`` looks as the
    state in the cell does. ``hidden`` columns are for programs, ``folded`` ones open with a click on the
    mark above the column behind them, ``optional`` ones are out of sight where no row has anything in them. A column that
    ``wraps`` makes its row as high as its text needs. ``offer`` is what people may choose from. ``leads``: whether its
    cells may be links.
    """

    header: str
    role: str
    width: float | tuple[float, float]
    value: Callable[[R], Value | ListCell]
    hidden: bool = False
    folded: bool = False
    optional: bool = False
    wraps: bool = True
    offer: Offer | None = None
    leads: bool = True

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the most width."""
        return self.width if isinstance(self.width, tuple) else (self.width, self.width)


class Listing(Struct, Generic[R], frozen=True, dict=True):
    """A list: the name of its sheet, the ASCII name of its Excel Table, its columns, and where its header row stands.

    ``frozen`` is the header of the last column that stays in sight, ``paper`` that of the last one that is printed (empty:
    all). ``size`` is the text size that rows are measured by, ``lowest`` the least height of one.
    """

    sheet: str
    table: str
    columns: tuple[Column[R], ...]
    frozen: str
    top: int = LIST_TOP
    paper: str = ""
    size: float = 10.5
    lowest: float = 20.0

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """The texts of the header row."""
        return tuple(column.header for column in self.columns)

    @cached_property
    def places(self) -> dict[str, int]:
        """The column in which each header stands."""
        return {header: number for number, header in enumerate(self.headers)}

    @property
    def last_column(self) -> int:
        """The column at the right edge."""
        return len(self.columns) - 1

    @property
    def edge(self) -> int:
        """The last column that is printed."""
        return self.at(self.paper) if self.paper else self.last_column

    def at(self, header: str) -> int:
        """The column of this header."""
        return self.places[header]

    def row(self, number: int) -> int:
        """The sheet's row in which the list's row ``number`` stands, counted from 0."""
        return list_row(number, self.top)

    def last_row(self, count: int) -> int:
        """The last row of the list with so many rows: an Excel Table has at least one."""
        return self.top + max(1, count)

    def cell(self, row: int, header: str) -> str:
        """A cell in a row of the sheet, relative: it moves along when people sort the list."""
        return address(row, self.at(header))

    def column(self, count: int, header: str, last: str = "") -> str:
        """The cells of a column with so many rows (or of those up to the ``last`` one), for formulas of this sheet: two
        at least, since Gnumeric finds nothing by INDEX in a range of one cell."""
        below = max(self.last_row(count), self.row(1))
        first, end = absolute(self.row(0), self.at(header)), absolute(below, self.at(last or header))
        return f"{first}:{end}"

    def range(self, count: int, header: str, last: str = "") -> str:
        """The same for formulas on any sheet."""
        return f"'{self.sheet}'!{self.column(count, header, last)}"

    def link(self, row: int, header: str = "") -> str:
        """Where a link to this row leads: to its first cell, or to that of the header."""
        return f"{self.sheet}!{address(row, self.at(header) if header else 0)}"
