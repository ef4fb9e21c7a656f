"""Finds the tables of a form in sheets by their labels, never by address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Block, Table
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.steps.intake.parse.cards import find_card
from workbook_tool.steps.intake.parse.found_table import HEAD_ROWS, FoundTable, Grid, Statement
from workbook_tool.steps.intake.parse.labels import Label
from workbook_tool.steps.intake.parse.lines import place_lines, place_moved, refuse_rivals, repeated
from workbook_tool.steps.intake.parse.shifted import align
from workbook_tool.steps.intake.parse.side import find_side
from workbook_tool.steps.intake.parse.value import is_figure


def find_tables(form: Form, table: Table, sheet: Sheet, labels: Sequence[Label]) -> list[FoundTable]:
    """Every place where this table stands in a sheet with these labels."""
    found = []
    while may_hold(table, labels):
        one = find_side(form, table, sheet, labels) if table.side_by_side else None
        one = one or find_rows(form, table, sheet, labels)
        if table.is_card and (one is None or one[0].missing):
            one = fuller(one, find_card(form, table, sheet, labels))
        if one is None:
            break
        candidate, used = one
        found.append(candidate)
        if candidate.doubt:
            break
        taken = set(used)
        labels = [label for label in labels if label not in taken]
    return found


def fuller(
    one: tuple[FoundTable, list[Label]] | None, other: tuple[FoundTable, list[Label]] | None
) -> tuple[FoundTable, list[Label]] | None:
    """The one of two readings of a card with more answers, the first of two alike."""
    return max((way for way in (one, other) if way), key=lambda way: len(way[0].every_place), default=None)


def may_hold(table: Table, labels: Sequence[Label]) -> bool:
    """Whether more than half of the table's rows are named at all: a quick look before the close one."""
    keys = frozenset(label.key for label in labels)
    ways = (table.rows, table.heads) if table.side_by_side else (table.rows,)
    return any(2 * sum(not keys.isdisjoint(line.keys) for line in lines) > len(lines) for lines in ways)


def find_rows(form: Form, table: Table, sheet: Sheet, labels: Sequence[Label]) -> tuple[FoundTable, list[Label]] | None:
    """A table whose rows stand below each other, with the labels it uses; None where too few of its rows or no columns
    are there."""
    by_row, labels = place_lines(table.rows, labels, form)
    if 2 * len(by_row) <= len(table.rows):
        return None
    found = FoundTable(table, sheet, score=len(by_row) / len(table.rows))
    rightmost = label_edge(by_row)
    found.twice = repeated(table.rows, by_row, labels)
    refuse_rivals(table.rows, by_row, labels)
    place_moved(table.rows, by_row, [lab for lab in labels if lab.column <= rightmost], found)
    if not by_row:
        return None
    used = list(by_row.values())
    start = above = 0
    for block in table.blocks:
        rows = {n: by_row[start + n] for n in range(len(block.rows)) if start + n in by_row}
        start += len(block.rows)
        if not rows:
            continue
        first = min(label.row for label in rows.values())
        band: Sequence[Label] = [
            lab for lab in labels if max(above, first - HEAD_ROWS) <= lab.row < first and lab.column > rightmost
        ]
        by_column, band = place_columns(form, block, band, found)
        used += by_column.values()
        above = max(label.row for label in rows.values()) + 1
        grid = set_places(form, block, rows, by_column, found)
        align(form, found, grid, {block.rows[n].id: label.column for n, label in rows.items()}, band)
    found.respelt += [label for label in used if label.meant]
    return (found, used) if found.every_place else None


def label_edge(by_row: dict[int, Label]) -> int:
    """The last column that holds labels of rows; one alone that was pushed to the right does not count."""
    columns = Counter(label.column for label in by_row.values())
    return max((column for column, count in columns.items() if count > 1), default=max(columns))


def place_columns(
    form: Form, block: Block, band: Sequence[Label], found: FoundTable
) -> tuple[dict[int, Label], Sequence[Label]]:
    """Where the columns of a block are headed, and the labels above it; none where half of them or more are missing."""
    by_column, band = place_lines(block.columns, band, form, across=True)
    if 2 * len(by_column) <= len(block.columns):
        by_column = {}  # heads in any other order: what stands above could as well be those of another table
        found.missing += block.columns
        return by_column, band
    found.twice |= repeated(block.columns, by_column, band, across=True)
    refuse_rivals(block.columns, by_column, band, across=True)
    place_moved(block.columns, by_column, band, found, across=True)
    return by_column, band


def set_places(form: Form, block: Block, rows: dict[int, Label], columns: dict[int, Label], found: FoundTable) -> Grid:
    """Where every number of a block stands, and the units that its labels state."""
    column_at = {block.columns[n].id: label.column for n, label in columns.items()}
    row_at = {block.rows[n].id: own_row(label, found.sheet, column_at.values()) for n, label in rows.items()}
    grid = Grid(block, {name: row for name, row in row_at.items() if row is not None}, column_at)
    found.missing += [block.rows[n] for n in rows if row_at[block.rows[n].id] is None]
    stated = {
        line.id: [Statement(placed.unit, (placed.row, placed.column))] if placed.unit else []
        for lines, at in ((block.rows, rows), (block.columns, columns))
        for n, placed in at.items()
        if (line := lines[n])
    }
    for item in form.by_table[found.table.id]:
        if item.block is block and item.row.id in grid.rows and item.column.id in grid.columns:
            found.places[item.index] = (grid.rows[item.row.id], grid.columns[item.column.id])
            found.stated[item.index] = stated[item.row.id] or stated[item.column.id]
    for item in form.remarks:
        if item.block is block and item.row.id in grid.rows and item.column.id in grid.columns:
            found.remarks[item.index] = (grid.rows[item.row.id], grid.columns[item.column.id])
    found.grids.append(grid)
    return grid


def own_row(label: Label, sheet: Sheet, columns: Iterable[int]) -> int | None:
    """The row that holds the numbers of a label; one split over several rows has them in one of these. None where
    several hold some."""
    held = [row for row in label.rows if any(is_figure(sheet.cells.get((row, column))) for column in columns)]
    if not held:
        return label.row
    return held[0] if len(held) == 1 else None
