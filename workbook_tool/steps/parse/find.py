"""Finds the tables of a form in sheets by their labels, never by address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from workbook_tool.model.form import Block, Form, Line, Table
from workbook_tool.model.submission import Place, Sheet
from workbook_tool.model.text import label_key

LONGEST_LABEL = 80
HEAD_ROWS = 8
"""How far above the first row of numbers a column label may stand."""
MARGIN = {False: 3, True: 1}
"""How many rows, or columns, beside a table a second label of its lines is still taken for a rival."""


@dataclass(frozen=True)
class Label:
    """A text of a sheet that may be a label: its key and place."""

    key: str
    row: int
    column: int


@dataclass
class Found:
    """A table in a sheet: the place of each number by item index, and the lines that could not be placed."""

    table: Table
    sheet: Sheet
    places: dict[int, Place] = field(default_factory=dict)
    missing: list[Line] = field(default_factory=list)
    moved: list[Line] = field(default_factory=list)
    score: float = 0.0


def labels_of(sheet: Sheet) -> list[Label]:
    """Every short text of the sheet, top to bottom, left to right."""
    texts = (
        (place, text) for place, text in sheet.cells.items() if isinstance(text, str) and len(text) <= LONGEST_LABEL
    )
    return sorted((Label(label_key(text), *place) for place, text in texts), key=lambda lab: (lab.row, lab.column))


def find_tables(form: Form, table: Table, sheets: Sequence[tuple[Sheet, list[Label]]]) -> list[Found]:
    """Every place where this table stands, the best first, in sheets given with their labels. More than one means
    that nobody can tell which counts."""
    found = []
    for sheet, labels in sheets:
        while may_hold(table, labels):
            one = find_side(form, table, sheet, labels) if table.side_by_side else find_rows(form, table, sheet, labels)
            if one is None:
                break
            candidate, used = one
            found.append(candidate)
            labels = [label for label in labels if label not in used]
    return sorted(found, key=lambda f: -f.score)


def may_hold(table: Table, labels: Sequence[Label]) -> bool:
    """Whether more than half of the table's rows are named at all: a quick look before the close one."""
    lines = [row for block in table.blocks for row in block.rows]
    keys = {label.key for label in labels}
    return 2 * sum(not keys.isdisjoint(line.keys) for line in lines) > len(lines)


def chain(lines: Sequence[Line], labels: Sequence[Label], across: bool = False) -> dict[int, Label]:
    """The longest run of lines found in their declared order: line number to label.

    Labels that look alike (其他, 总计) are told apart by that order. ``across`` runs left to right instead of down.
    Of runs equally long the one with the closest neighbours is taken.
    """
    spots = sorted({label.column if across else label.row for label in labels})
    at: dict[int, dict[str, Label]] = {spot: {} for spot in spots}
    for label in labels:
        at[label.column if across else label.row].setdefault(label.key, label)
    best: list[tuple[int, int, list[tuple[int, Label]]]] = [(0, 0, [])]  # length, minus the breadth, the run
    ends: dict[int, tuple[int, int, list[tuple[int, Label]]]] = {}
    for number, line in enumerate(lines):
        fresh = {}
        for spot in spots:
            hit = next((at[spot][key] for key in line.keys if key in at[spot]), None)
            if hit is None:
                continue
            before = max(
                ((length, tight - (spot - end), run) for end, (length, tight, run) in ends.items() if end < spot),
                key=lambda option: option[:2],
                default=(0, 0, []),
            )
            fresh[spot] = (before[0] + 1, before[1], [*before[2], (number, hit)])
        for spot, option in fresh.items():
            if spot not in ends or option[:2] > ends[spot][:2]:
                ends[spot] = option
    return dict(max([*best, *ends.values()], key=lambda option: option[:2])[2])


def find_rows(form: Form, table: Table, sheet: Sheet, labels: list[Label]) -> tuple[Found, list[Label]] | None:
    """A table whose rows stand below each other; None where too few of its rows or no columns are there."""
    lines = [row for block in table.blocks for row in block.rows]
    by_row = chain(lines, labels)
    if 2 * len(by_row) <= len(lines):
        return None
    found = Found(table, sheet, score=len(by_row) / len(lines))
    rightmost = max(label.column for label in by_row.values())
    refuse_rivals(lines, by_row, labels)
    place_moved(lines, by_row, [lab for lab in labels if lab.column <= rightmost], found)
    used = list(by_row.values())
    start = above = 0
    for block in table.blocks:
        rows = {n: by_row[start + n] for n in range(len(block.rows)) if start + n in by_row}
        if rows:
            first = min(label.row for label in rows.values())
            band = [
                lab for lab in labels if max(above, first - HEAD_ROWS) <= lab.row < first and lab.column > rightmost
            ]
            by_column = chain(block.columns, band, across=True)
            refuse_rivals(block.columns, by_column, band, across=True)
            place_moved(block.columns, by_column, band, found)
            used += by_column.values()
            above = max(label.row for label in rows.values()) + 1
            set_places(form, table, block, rows, by_column, found)
        start += len(block.rows)
    return (found, used) if found.places else None


def refuse_rivals(
    lines: Sequence[Line], placed: dict[int, Label], labels: Sequence[Label], across: bool = False
) -> None:
    """Take back lines whose label stands there twice, under any of its spellings and in line with each other, within
    the table or just beside it: nobody can tell which one counts."""
    if not placed:
        return
    along = [label.column if across else label.row for label in placed.values()]
    near = range(min(along) - MARGIN[across], max(along) + MARGIN[across] + 1)
    taken = set(placed.values())
    spare = [lab for lab in labels if lab not in taken and (lab.column if across else lab.row) in near]
    for number, label in list(placed.items()):
        if any(
            r.key in lines[number].keys and (r.row == label.row if across else r.column == label.column) for r in spare
        ):
            del placed[number]


def place_moved(lines: Sequence[Line], placed: dict[int, Label], labels: Sequence[Label], found: Found) -> None:
    """Lines out of their order are placed too, where exactly one label is left that can be meant."""
    for number, line in enumerate(lines):
        if number in placed:
            continue
        left = [lab for lab in labels if lab.key in line.keys and lab not in placed.values()]
        if len(left) == 1:
            placed[number] = left[0]
            found.moved.append(line)
        else:
            found.missing.append(line)


def set_places(
    form: Form, table: Table, block: Block, rows: dict[int, Label], columns: dict[int, Label], found: Found
) -> None:
    row_at = {block.rows[n].id: label.row for n, label in rows.items()}
    column_at = {block.columns[n].id: label.column for n, label in columns.items()}
    for item in form.by_table[table.id]:
        if item.block is block and item.row.id in row_at and item.column.id in column_at:
            found.places[item.index] = (row_at[item.row.id], column_at[item.column.id])


def find_side(form: Form, table: Table, sheet: Sheet, labels: list[Label]) -> tuple[Found, list[Label]] | None:
    """A table whose rows stand side by side: group captions, the column labels below each, one line of numbers."""
    (block,) = table.blocks
    groups = chain(block.rows, groups_first(block, labels), across=True)
    if len(groups) < len(block.rows):
        return None
    top = min(label.row for label in groups.values())
    band = [lab for lab in labels if top < lab.row <= top + HEAD_ROWS]
    wanted = [column for _ in block.rows for column in block.columns]
    placed = chain(wanted, band, across=True)
    if 2 * len(placed) <= len(wanted):
        return None
    found = Found(table, sheet, score=len(placed) / len(wanted))
    line = max(label.row for label in placed.values()) + 1
    items = [item for row in block.rows for item in form.by_table[table.id] if item.row.id == row.id]
    starts = [groups[n].column for n in range(len(groups))]
    for group in range(len(starts)):
        here = [lab for lab in band if owner(starts, lab.column) == group]
        own = {n: lab for n, lab in placed.items() if n // len(block.columns) == group}
        kept = dict(own)
        refuse_rivals(wanted, kept, here, across=True)
        placed = {n: lab for n, lab in placed.items() if n not in own or n in kept}
    for number, label in placed.items():
        if owner(starts, label.column) == number // len(block.columns):
            found.places[items[number].index] = (line, label.column)
    found.missing += [wanted[n] for n in range(len(wanted)) if items[n].index not in found.places]
    return found, [*groups.values(), *placed.values()]


def groups_first(block: Block, labels: list[Label]) -> list[Label]:
    """The labels near the topmost group caption: captions of one table stand within a few rows of each other."""
    keys = frozenset().union(*(row.keys for row in block.rows))
    tops = [label.row for label in labels if label.key in keys]
    return [lab for lab in labels if tops and lab.row <= tops[0] + HEAD_ROWS]


def owner(starts: list[int], column: int) -> int:
    """Which group a column belongs to: the last one that starts at or before it."""
    return next((n for n, (a, b) in enumerate(pairwise(starts)) if a <= column < b), len(starts) - 1)
