"""A table of a form as it was found in a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from workbook_tool.model.form.items import Block, Table
from workbook_tool.model.form.line import Line
from workbook_tool.model.intake.submission import Place, Sheet
from workbook_tool.steps.intake.parse.labels import Label

HEAD_ROWS = 8
"""How many rows the heads of a table may take: from a label over a column to its numbers."""


class Statement(Struct, frozen=True):
    """A unit that a text states, and the cell of the text; ``noted`` where that is a comment on the cell."""

    unit: str
    place: Place
    noted: bool = False


class Grid(Struct):
    """Where the lines of a block stand in a sheet: rows and columns by the id of the line. ``alone`` are the columns that
    speak of a single answer of a card, whose row holds other questions too; None for a table."""

    block: Block
    rows: dict[str, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    alone: range | None = None


class Ambiguity(Struct, frozen=True):
    """Why nothing of a card was read: the ``cells`` that nobody can understand in one way, and what they could be."""

    why: str
    cells: Sequence[Place]


class FoundTable(Struct):
    """A table in a sheet: the place of each number by item index, of texts and dates in ``remarks``, and what is unusual.

    ``missing`` lines could not be placed, ``moved`` ones stand out of their order, ``shifted`` rows stand beside their
    columns; ``respelt`` labels were taken for another. ``stated`` are the units in the labels of a number, ``units`` is the one that it is read in, where that is
    known; ``unitless`` items are amounts whose unit nothing states. ``twice`` says that its rows or columns are there a second time in the same sheet. ``rows`` and
    ``columns`` of each block are in ``grids``. Of a card in ``doubt`` nothing is placed.
    """

    table: Table
    sheet: Sheet
    places: dict[int, Place] = field(default_factory=dict)
    remarks: dict[int, Place] = field(default_factory=dict)
    grids: list[Grid] = field(default_factory=list)
    stated: dict[int, list[Statement]] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    missing: list[Line] = field(default_factory=list)
    moved: list[Line] = field(default_factory=list)
    shifted: list[Line] = field(default_factory=list)
    respelt: list[Label] = field(default_factory=list)
    unitless: set[int] = field(default_factory=set)
    stray: list[Place] = field(default_factory=list)
    twice: bool = False
    doubt: Ambiguity | None = None
    score: float = 0.0

    @property
    def every_place(self) -> dict[int, Place]:
        """The places of its numbers, and of what is asked beside them."""
        return self.places | self.remarks

    @property
    def tables(self) -> list[Grid]:
        """The blocks of rows and columns that were found, without single answers."""
        return [grid for grid in self.grids if grid.rows and grid.columns and grid.alone is None]
