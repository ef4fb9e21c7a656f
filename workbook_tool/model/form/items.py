"""The numbers of a form: tables of rows and columns in blocks, and an item where a row and a column cross."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.line import PERCENT, Adds, Kind, Line, labels_apart

ANSWER = Line("value", "填报内容")
"""The only column of a block that declares none: questions with an answer each, as a card has them."""


class Block(Struct, frozen=True):
    """Rows by columns. A table has one block or several, one below the other.

    ``caption`` stands over the whole block, ``corner`` over the row labels, ``heading`` over all columns. ``decimals``
    is how many decimal places a number may have (0: whole numbers); ``unit`` is what is counted, ``counted_in`` are other
    words that clerks write behind a number for it.
    """

    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    caption: str = ""
    corner: str = ""
    heading: str = ""
    decimals: int = 0
    unit: str = ""
    counted_in: tuple[str, ...] = ()


class Table(Struct, frozen=True, dict=True):
    """One table of the form. ``layout`` is ``rows`` (a line a row) or ``side`` (the rows stand side by side on one
    line, each with its own set of columns). ``page`` is ``portrait`` or ``landscape``. ``subtotals`` are labels of extra
    lines that local copies put in: checked, never added."""

    id: str
    name: str
    title: str
    blocks: tuple[Block, ...]
    layout: Literal["rows", "side"] = "rows"
    page: Literal["portrait", "landscape"] = "portrait"
    note: str = ""
    subtotals: tuple[str, ...] = ()

    @property
    def side_by_side(self) -> bool:
        """Whether the blocks stand beside each other instead of below."""
        return self.layout == "side"

    @property
    def is_card(self) -> bool:
        """Whether it is nothing but questions with an answer each, which an office may have drawn in any way."""
        return all([c.label for c in block.columns] == [ANSWER.label] for block in self.blocks)

    @cached_property
    def rows(self) -> tuple[Line, ...]:
        """The rows of all blocks, from the top."""
        return tuple(row for block in self.blocks for row in block.rows)

    @cached_property
    def line_keys(self) -> frozenset[str]:
        """Every spelling of its rows and columns."""
        return frozenset(key for block in self.blocks for line in (*block.rows, *block.columns) for key in line.keys)

    @cached_property
    def row_labels(self) -> dict[Line, str]:
        """What each row is called, told apart from the others."""
        return labels_apart(self.rows)

    @cached_property
    def column_labels(self) -> dict[Line, str]:
        """What each column is called, told apart from the others of its block."""
        return {line: label for block in self.blocks for line, label in labels_apart(block.columns).items()}

    @cached_property
    def heads(self) -> tuple[Line, ...]:
        """The columns of a table whose rows stand side by side, from left to right, each with its row as a caption."""
        return tuple(
            replace(column, under=(*row.under, row.label))
            for block in self.blocks
            for row in block.rows
            for column in block.columns
        )


WEIGHTIER: tuple[Adds, ...] = ("sum", "last", "ratio", "never")
"""Where the row and the column of a number differ in how it is added, the later of these counts."""


class Item(Struct, frozen=True, dict=True):
    """One number of the form: where a row and a column of a block cross; or a text or date beside the numbers.

    ``code`` (``T3.r24.c7``) names it in rules and files, ``index`` is its place among all numbers of the form; texts and
    dates come after these.
    """

    index: int
    table: Table
    block: Block
    row: Line
    column: Line

    @property
    def code(self) -> str:
        """Its name in formulas and files: ``table.row.column``."""
        return f"{self.table.id}.{self.row.id}.{self.column.id}"

    @property
    def cell_name(self) -> str:
        """The defined name of its cell in the issued workbook (Excel refuses names that look like addresses)."""
        return self.code.replace(".", "_")

    @cached_property
    def unit(self) -> str:
        """What it is counted in: its own line's unit, or that of its block."""
        return self.column.unit or self.row.unit or self.block.unit

    @cached_property
    def decimals(self) -> int:
        """How many decimals it is counted to."""
        own = [line.decimals for line in (self.column, self.row) if line.decimals is not None]
        return own[0] if own else self.block.decimals

    @property
    def asked(self) -> Line:
        """The line that says what stands there: its row, if that asks for anything but a number, or else its column."""
        return self.column if self.row.kind == "number" else self.row

    @property
    def kind(self) -> Kind:
        """What stands there: a number, a text, a date …"""
        return self.asked.kind

    @property
    def total(self) -> bool:
        """Whether it follows from others, as a sum does, and so is never added beside them."""
        return self.row.total or self.column.total

    @cached_property
    def adds(self) -> Adds:
        """How it comes together over agencies and periods: the weightier of what its row and its column say. What is
        counted in percent is never added."""
        ways: list[Adds] = [self.row.adds, self.column.adds]
        ways += ["last"] if self.row.stock or self.column.stock else []
        ways += ["never"] if self.unit in PERCENT and "ratio" not in ways else []
        return max(ways, key=WEIGHTIER.index)

    @property
    def added(self) -> bool:
        """Whether it may be added over agencies."""
        return self.adds in ("sum", "last")

    @property
    def negative(self) -> bool:
        """Whether it may be below 0."""
        return self.row.negative or self.column.negative

    @property
    def spare(self) -> bool:
        """Whether it may be left blank alone: a ratio of nothing, or the total of what cannot be added."""
        return self.adds == "ratio" or (self.adds == "never" and self.total)

    @property
    def optional(self) -> bool:
        """Whether it may be left blank, alone or with all of its row or column."""
        return self.row.optional or self.column.optional or self.spare

    @property
    def flow(self) -> bool:
        """Whether it counts what happened in the period, by itself: it follows from no others and is no stock."""
        return not self.total and self.adds == "sum"

    @property
    def label(self) -> str:
        """``校舍「合计」×「租用」``; a block with one column needs no column."""
        if len(self.block.columns) == 1:
            return f"{self.table.name}「{self.row_label}」"
        return f"{self.table.name}「{self.row_label}」×「{self.column_label}」"

    @cached_property
    def row_label(self) -> str:
        """The label of its row, told apart from the other rows of its table."""
        return self.table.row_labels[self.row]

    @cached_property
    def column_label(self) -> str:
        """The label of its column, told apart from the other columns of its block."""
        return self.table.column_labels[self.column]

    @property
    def row_name(self) -> str:
        """The same of its row for tight places."""
        return self.row.name if self.row_label == self.row.label else self.row_label

    @property
    def column_name(self) -> str:
        """The same of its column for tight places."""
        return self.column.name if self.column_label == self.column.label else self.column_label
