"""Finds a table whose rows stand side by side: captions, the column labels below each, one line of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Block, Table
from workbook_tool.model.intake.submission import Content, Sheet
from workbook_tool.steps.intake.parse.found_table import HEAD_ROWS, Ambiguity, FoundTable, Grid, Statement
from workbook_tool.steps.intake.parse.labels import Label
from workbook_tool.steps.intake.parse.lines import chain, place_lines, refuse_rivals
from workbook_tool.steps.intake.parse.value import is_figure

SEVERAL = "开头的几行都有数，分不清哪一行是这张表的"
ONE_LINE = "请只留本期的一行数，上年、增减等其他各行移到别的工作表；也可以改用下发的填报表。"


def find_side(form: Form, table: Table, sheet: Sheet, labels: Sequence[Label]) -> tuple[FoundTable, list[Label]] | None:
    """The table with the labels it uses; None where its captions or most of its column labels are not there."""
    (block,) = table.blocks
    flat = flat_heads(table, labels)
    groups = {} if flat else chain(block.rows, groups_first(block, labels), across=True)
    if not flat and len(groups) < len(block.rows):
        return None
    top = min(label.row for label in (flat or groups).values())
    band: Sequence[Label] = [
        lab for lab in labels if (top <= lab.row if flat else top < lab.row) and lab.row <= top + HEAD_ROWS
    ]
    placed, band = place_lines(table.heads, band, form, across=True)
    if 2 * len(placed) <= len(table.heads):
        return None
    found = FoundTable(table, sheet, score=len(placed) / len(table.heads))
    starts = [groups[n].column for n in range(len(groups))]
    size = len(block.columns)
    for group in range(len(starts)):
        here = [lab for lab in band if owner(starts, lab.column) == group]
        own = {n: lab for n, lab in placed.items() if n // size == group}
        kept = dict(own)
        refuse_rivals(table.heads, kept, here, across=True)
        placed = {n: lab for n, lab in placed.items() if n not in own or n in kept}
    if starts:
        placed = {n: lab for n, lab in placed.items() if owner(starts, lab.column) == n // size}
    if not placed:  # no head stands below a caption of its own
        return None
    used = [*groups.values(), *placed.values()]
    lines = lines_of_numbers(sheet, placed)
    if len(lines) > 1:
        starts_of = [min((line, lab.column) for lab in placed.values()) for line in lines]
        return FoundTable(table, sheet, doubt=Ambiguity(SEVERAL, starts_of, ONE_LINE), score=found.score), used
    set_line(form, found, placed, next(iter(lines), None))
    found.respelt = [label for label in used if label.meant]
    return found, used


def flat_heads(table: Table, labels: Sequence[Label]) -> dict[int, Label]:
    """Heads whose caption stands in the same cell (its row and its column in one text), where all of them are written so."""
    plain = {column.id: column.keys for block in table.blocks for column in block.columns}
    found = {
        number: label
        for number, head in enumerate(table.heads)
        for label in labels
        if label.key in head.keys - plain[head.id]
    }
    return found if len(found) == len(table.heads) else {}


def groups_first(block: Block, labels: Sequence[Label]) -> list[Label]:
    """The labels near the topmost group caption: captions of one table stand within a few rows of each other."""
    keys = frozenset().union(*(row.keys for row in block.rows))
    tops = [label.row for label in labels if label.key in keys]
    return [lab for lab in labels if tops and lab.row <= tops[0] + HEAD_ROWS]


def owner(starts: Sequence[int], column: int) -> int:
    """Which group a column belongs to: the last one that starts at or before it."""
    return next((n for n, (a, b) in enumerate(pairwise(starts)) if a <= column < b), len(starts) - 1)


def set_line(form: Form, found: FoundTable, placed: dict[int, Label], line: int | None) -> None:
    """The places of the numbers, all in one line; none where there is no line."""
    table = found.table
    (block,) = table.blocks
    items = [item for row in block.rows for item in form.by_table[table.id] if item.row.id == row.id]
    if line is not None:
        for number, label in placed.items():
            found.places[items[number].index] = (line, label.column)
            found.stated[items[number].index] = [Statement(label.unit, (label.row, label.column))] if label.unit else []
    found.missing += [table.heads[n] for n in range(len(items)) if items[n].index not in found.places]
    columns = {items[n].code: label.column for n, label in placed.items()}
    found.grids.append(Grid(block, {} if line is None else {"": line}, columns))


def lines_of_numbers(sheet: Sheet, placed: dict[int, Label]) -> list[int]:
    """The row below the heads that holds the numbers, else the first; all of them where a second row could as well.

    A row that counts the columns (栏次) holds none, and neither does one further down with texts among its figures:
    it checks or explains the numbers above.
    """
    below = max(label.row for label in placed.values()) + 1
    columns = sorted(label.column for label in placed.values())
    rows = {row: [sheet.cells.get((row, column)) for column in columns] for row in range(below, below + HEAD_ROWS // 2)}
    rows = {row: cells for row, cells in rows.items() if not counts_columns(cells)}
    first = next(iter(rows), None)
    held = [row for row, cells in rows.items() if any(map(is_figure, cells))]
    pure = [row for row in held if not worded(sheet, range(row, row + 1), columns, 0)]
    if first is None:
        return []
    if not held or (held[0] != first and held[0] not in pure):
        return [first]
    if held[0] != first and worded(sheet, range(first, held[0] + 1), columns):
        return [first]  # what follows a blank line under a name of its own is something else, such as last year's
    return [held[0], *(row for row in held[1:] if row in pure)]


def worded(sheet: Sheet, rows: range, columns: Sequence[int], before: int = 2) -> bool:
    """Whether a text stands in these rows, within the table, be it under a head that was not known, or just ``before`` it."""
    texts = (sheet.cells.get((r, c)) for r in rows for c in range(columns[0] - before, columns[-1] + 1))
    return any(isinstance(text, str) and not is_figure(text) for text in texts)


def counts_columns(figures: Sequence[Content | None]) -> bool:
    """Whether the cells number the columns: 1, 2, 3 … or 01, 02, 03 …"""
    texts = [str(f).removesuffix(".0").lstrip("0") for f in figures]
    return len(texts) > 2 and texts == [str(n) for n in range(1, len(texts) + 1)]
