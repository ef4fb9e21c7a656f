"""The statutory layout of a table: where its headings, labels and numbers stand, from its declaration alone.

Used alike for the blank workbook and for the region's totals. Rows and columns count from 0 at the table's own corner.
"""

from __future__ import annotations

from msgspec import Struct, field

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Block, Item, Table
from workbook_tool.model.form.line import Line
from workbook_tool.model.text import label_unit, with_unit

Span = tuple[int, int]


class Heading(Struct, frozen=True):
    """A text of the frame. ``part``: ``caption``, ``corner``, ``head`` (over columns), ``group`` (captions of rows, or
    rows outside any group) or ``stub`` (a row's own label)."""

    row: int
    column: int
    text: str
    part: str
    span: Span = (1, 1)


class Slot(Struct, frozen=True):
    """The cell of one number."""

    row: int
    column: int
    span: Span = (1, 1)


class Layout(Struct, frozen=True):
    """A laid-out table: ``stub`` columns of labels, ``width`` columns and ``height`` rows in all; ``slots`` by item
    index, those of texts and dates in ``remarks``; ``first_row`` is the first row of numbers."""

    table: Table
    headings: tuple[Heading, ...]
    slots: dict[int, Slot]
    stub: int
    width: int
    height: int
    first_row: int
    remarks: dict[int, Slot] = field(default_factory=dict)


def lay_out(form: Form, table: Table) -> Layout:
    """The statutory layout of one table of the form."""
    return side_by_side(form, table) if table.side_by_side else stacked(form, table)


def stacked(form: Form, table: Table) -> Layout:
    """Blocks one below the other; a row of the form is a row of the sheet."""
    stub = max(len(row.under) + 1 for block in table.blocks for row in block.rows)
    breadth = max(len(block.columns) for block in table.blocks)
    headings: list[Heading] = []
    slots: dict[int, Slot] = {}
    top, first_row = 0, -1
    for block in table.blocks:
        body = top + head_height(block)
        first_row = body if first_row < 0 else first_row
        headings += block_head(block, top, stub, breadth, units_told(table, block))
        headings += block_stub(block, body, stub)
        for item in items_of(form, table, block):
            column = block.columns.index(item.column)
            spare = breadth - len(block.columns) if column == len(block.columns) - 1 else 0
            slots[item.index] = Slot(body + block.rows.index(item.row), stub + column, (1, 1 + spare))
        top = body + len(block.rows)
    numbers, remarks = parted(form, slots)
    return Layout(table, tuple(headings), numbers, stub, stub + breadth, top, first_row, remarks)


def parted(form: Form, slots: dict[int, Slot]) -> tuple[dict[int, Slot], dict[int, Slot]]:
    """The places of numbers, and those of texts and dates."""
    numbers = {index: slot for index, slot in slots.items() if index < len(form.items)}
    return numbers, {index: slot for index, slot in slots.items() if index not in numbers}


def items_of(form: Form, table: Table, block: Block) -> list[Item]:
    """The numbers, texts and dates of one block."""
    return [item for item in form.cells if item.table is table and item.block is block]


def head_height(block: Block) -> int:
    """How many rows the headings of a block take."""
    return bool(block.caption) + bool(block.heading) + 1 + max(len(c.under) for c in block.columns)


def units_told(table: Table, block: Block) -> str:
    """The unit that the heads of a block must tell, since the line above the table tells another; empty where it need
    not."""
    first = next((one.unit for one in table.blocks if one.unit), "")
    return block.unit if block.unit != first else ""


def head_text(line: Line, unit: str) -> str:
    """The label of a column as printed, with the unit of its block where it has to be told and does not stand there."""
    return line.printed if line.unit or label_unit(line.label) else with_unit(line.printed, unit)


def block_head(block: Block, top: int, stub: int, breadth: int, unit: str) -> list[Heading]:
    """The headings over the columns of a block, with the rows and columns that each spans; ``unit`` stands in each."""
    found = []
    if block.caption:
        found.append(Heading(top, 0, block.caption, "caption", (1, stub + breadth)))
        top += 1
    levels = 1 + max(len(c.under) for c in block.columns)
    if block.corner:
        found.append(Heading(top, 0, block.corner, "corner", (levels + bool(block.heading), stub)))
    if block.heading:
        found.append(Heading(top, stub, block.heading, "head", (1, breadth)))
        top += 1
    for level, start, count, text in runs(block.columns):
        found.append(Heading(top + level, stub + start, text, "head", (1, count)))
    for number, column in enumerate(block.columns):
        spare = breadth - len(block.columns) if number == len(block.columns) - 1 else 0
        depth = len(column.under)
        text = head_text(column, unit)
        found.append(Heading(top + depth, stub + number, text, "head", (levels - depth, 1 + spare)))
    return found


def block_stub(block: Block, body: int, stub: int) -> list[Heading]:
    """The labels left of the rows of a block, those of groups over all their rows."""
    found = [Heading(body + start, level, text, "group", (count, 1)) for level, start, count, text in runs(block.rows)]
    for number, row in enumerate(block.rows):
        depth = len(row.under)
        part = "stub" if depth or stub == 1 else "group"
        found.append(Heading(body + number, depth, row.printed, part, (1, stub - depth)))
    return found


def runs(lines: tuple[Line, ...]) -> list[tuple[int, int, int, str]]:
    """Neighbouring lines that share a caption: (level, first line, number of lines, text)."""
    found = []
    for level in range(max(len(line.under) for line in lines)):
        start = 0
        while start < len(lines):
            path = lines[start].under[: level + 1]
            end = start + 1
            while end < len(lines) and lines[end].under[: level + 1] == path:
                end += 1
            if len(path) == level + 1:
                found.append((level, start, end - start, path[level]))
            start = end
    return found


def side_by_side(form: Form, table: Table) -> Layout:
    """The rows of the form stand side by side on one line of the sheet, each with its own set of columns."""
    (block,) = table.blocks
    each = len(block.columns)
    levels = 2 + max(len(row.under) for row in block.rows)
    headings = [
        Heading(level, start * each, text, "head", (1, count * each)) for level, start, count, text in runs(block.rows)
    ]
    slots: dict[int, Slot] = {}
    for number, row in enumerate(block.rows):
        depth = len(row.under)
        headings.append(Heading(depth, number * each, row.printed, "head", (1, each)))
        for place, column in enumerate(block.columns):
            headings.append(Heading(depth + 1, number * each + place, column.printed, "head", (levels - depth - 1, 1)))
    for item in items_of(form, table, block):
        place = block.rows.index(item.row) * each + block.columns.index(item.column)
        slots[item.index] = Slot(levels, place)
    numbers, remarks = parted(form, slots)
    return Layout(table, tuple(headings), numbers, 0, each * len(block.rows), levels + 1, levels, remarks)
