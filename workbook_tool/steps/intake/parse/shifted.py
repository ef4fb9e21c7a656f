"""Rows of a found table whose numbers stand beside their columns: read where there is one way only, else refused."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.line import Line
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.steps.intake.parse.found_table import FoundTable, Grid
from workbook_tool.steps.intake.parse.labels import Label, asks
from workbook_tool.steps.intake.parse.value import BLANK_MARKS, is_figure

REACH = 3
"""How many columns beside the table a pushed row may reach."""


def align(form: Form, found: FoundTable, grid: Grid, labels: dict[str, int], band: Sequence[Label]) -> None:
    """Correct the places of rows that were pushed to the left or right, as pasting from a text document does.

    ``labels`` is the column of each row's label, ``band`` the labels above. A row counts as pushed where exactly as
    many figures as there are columns stand side by side, all by the same step off, where other rows have none. A row
    with figures outside its columns that cannot be told is not read at all.
    """
    columns = sorted(grid.columns.values())
    if not columns:
        return
    whole = len(columns) == len(grid.block.columns) > 1 and not set(found.moved) & set(grid.block.columns)
    foot = max((label.row for label in band if label.column in columns), default=-1)
    named = {label.column for label in band if label.row <= foot}  # below stand parts of the labels of rows
    figures = {row: figures_near(found.sheet, grid.rows[row], columns, labels[row]) for row in grid.rows}
    common = {
        c for c in set().union(*figures.values()) if 2 * sum(c in near for near in figures.values()) > len(figures)
    }
    for row, near in figures.items():
        outside = near - set(columns) - common - named
        if not outside:
            continue
        step = next((s for s in range(-REACH, REACH + 1) if s and near == {c + s for c in columns}), 0)
        if step and whole:
            push(form, found, grid, row, step)
        elif columns[-1] + 1 in outside or min(outside) < columns[-1] or not near >= set(columns):
            leave_out(form, found, grid, row)
            found.stray += [(grid.rows[row], c) for c in sorted(outside)]


def figures_near(sheet: Sheet, row: int, columns: Sequence[int], label: int) -> set[int]:
    """The columns of a row that hold a figure, from its label to a little beyond the table, where a mere mark is no
    figure but may be that of a check, and what follows a name with a colon answers that."""
    first, last = max(label + 1, columns[0] - REACH), columns[-1]
    inside = {c for c in range(first, last + 1) if is_figure(sheet.cells.get((row, c)))}
    beyond = ((c, sheet.cells.get((row, c))) for c in range(last + 1, last + REACH + 1))
    own = takewhile(lambda cell: not asks(cell[1]), beyond)
    return inside | {c for c, content in own if is_figure(content) and content not in BLANK_MARKS}


def push(form: Form, found: FoundTable, grid: Grid, row: str, step: int) -> None:
    """Read the numbers of a row as many columns further right as ``step`` says (left below 0)."""
    for item in form.by_table[found.table.id]:
        if item.block is grid.block and item.row.id == row:
            at, column = found.places[item.index]
            found.places[item.index] = (at, column + step)
    found.shifted.append(line_of(grid, row))


def leave_out(form: Form, found: FoundTable, grid: Grid, row: str) -> None:
    """Read nothing of a row: it counts as missing, and a finding names it."""
    for item in form.by_table[found.table.id]:
        if item.block is grid.block and item.row.id == row:
            found.places.pop(item.index, None)
    found.missing.append(line_of(grid, row))


def line_of(grid: Grid, row: str) -> Line:
    """The declared row of this id."""
    return next(line for line in grid.block.rows if line.id == row)
