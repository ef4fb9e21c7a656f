"""Finds where a list begins in a sheet: its head, in one row or several, by the labels of its columns, in any order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workbook_tool.model.form.register import Register, RegisterColumn
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.text import label_key, label_unit
from workbook_tool.steps.intake.parse.labels import means

LEVELS = 3
"""So many rows the head of a list may take."""
LONGEST_HEAD = 60
SERIAL = re.compile(r".{0,2}(?:序号|行号|项次)|编号|no", re.IGNORECASE)
"""Heads of columns that only number the rows."""
Rows = Mapping[int, Mapping[int, Content]]
"""The cells of a sheet by row and column."""


@dataclass
class Head:
    """The head of a list in a sheet: the rows it takes, the column of the sheet for each column of the list (by id), the
    unit that stands there, and what is unusual: columns that are ``missing``, ``twice`` or ``extra``, those ``respelt``,
    and whether they stand in another order."""

    sheet: Sheet
    top: int
    bottom: int
    columns: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    missing: list[RegisterColumn] = field(default_factory=list)
    twice: list[RegisterColumn] = field(default_factory=list)
    extra: dict[int, str] = field(default_factory=dict)
    serial: list[int] = field(default_factory=list)
    respelt: list[tuple[str, str]] = field(default_factory=list)
    moved: bool = False

    @property
    def last_column(self) -> int:
        """The rightmost column under a head."""
        return max([*self.columns.values(), *self.extra, *self.serial])

    @property
    def readable(self) -> bool:
        """Whether it is certain what stands in every column that each record needs."""
        return not self.twice and not any(column.needed for column in self.missing)


def rows_of(sheet: Sheet) -> Rows:
    """The cells of a sheet by row, but those that lie under a merged cell."""
    rows: dict[int, dict[int, Content]] = defaultdict(dict)
    for (row, column), content in sheet.cells.items():
        if (row, column) not in sheet.covered:
            rows[row][column] = content
    return rows


def find_heads(register: Register, sheet: Sheet, rows: Rows) -> list[Head]:
    """Every head of this list in a sheet, from the top: a list that runs over pages may repeat it."""
    keys = {key for column in register.columns for key in column.line.keys}
    hits = {row: found for row in sorted(rows) if (found := hits_in(rows[row], keys))}
    heads: list[Head] = []
    for row in hits:
        if heads and row <= heads[-1].bottom:
            continue
        bottom = last_level(row, hits, register)
        if bottom is not None:
            heads.append(head_at(register, sheet, rows, row, bottom))
    return heads


def hits_in(cells: Mapping[int, Content], keys: set[str]) -> set[str]:
    """The labels of the list that stand in a row."""
    texts = (text for text in cells.values() if isinstance(text, str) and len(text) <= LONGEST_HEAD)
    return {key for text in texts if (key := label_key(text)) in keys}


def last_level(top: int, hits: Mapping[int, set[str]], register: Register) -> int | None:
    """The last row of a head that begins here; None where too few of the labels stand there for one."""
    seen: set[str] = set()
    bottom = top
    for row in range(top, top + LEVELS):
        fresh = hits.get(row, set()) - seen
        if not fresh or (row > top and 2 * len(seen) >= len(register.columns) and len(fresh) < 2 and seen & hits[row]):
            break
        seen |= fresh
        bottom = row
    named = sum(not seen.isdisjoint(column.line.keys) for column in register.columns)
    enough = max(2, (len(register.columns) + 1) // 2)
    return bottom if named >= min(enough, len(register.columns)) else None


def head_at(register: Register, sheet: Sheet, rows: Rows, top: int, bottom: int) -> Head:
    """What the head in these rows says of every column."""
    head = Head(sheet, top, bottom)
    paths = dict(paths_of(sheet, rows, top, bottom))
    left = dict(paths)
    for column in register.columns:
        hits = best(column, paths, register)
        if len(hits) == 1:
            place(head, column, hits[0], paths, left)
        elif hits:
            head.twice.append(column)
            left = {at: path for at, path in left.items() if at not in hits}
    absent = [c for c in register.columns if c.id not in head.columns and c not in head.twice]
    vocabulary = frozenset((label_key(t), c.label) for c in register.columns for t in (c.label, *c.line.also))
    for column in absent:
        near = [at for at, path in left.items() if means(label_key(path[-1]), vocabulary) == column.label]
        if len(near) == 1:
            head.respelt.append((paths[near[0]][-1], column.label))
            place(head, column, near[0], paths, left)
        else:
            head.missing.append(column)
    head.serial = [at for at, path in left.items() if SERIAL.fullmatch(label_key(path[-1]))]
    head.extra = {at: path[-1] for at, path in left.items() if at not in head.serial}
    order = [head.columns[c.id] for c in register.columns if c.id in head.columns]
    head.moved = order != sorted(order)
    return head


def place(
    head: Head, column: RegisterColumn, at: int, paths: Mapping[int, Sequence[str]], left: dict[int, tuple[str, ...]]
) -> None:
    """Put a column of the list at a column of the sheet."""
    head.columns[column.id] = at
    head.units[column.id] = next((unit for text in reversed(paths[at]) if (unit := label_unit(text))), "")
    left.pop(at, None)


def paths_of(sheet: Sheet, rows: Rows, top: int, bottom: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """For each column under the head its texts from above: captions, and last its own label. A caption that stands over
    several columns belongs to each of them."""
    over: dict[Place, str] = {}
    for row in range(max(0, top - LEVELS + 1), bottom + 1):
        for column, content in rows.get(row, {}).items():
            if isinstance(content, str) and len(content) <= LONGEST_HEAD:
                last = sheet.reaches.get((row, column), (row, column))
                for c in range(column, last[1] + 1):
                    over[row, c] = content
    own = {column for row, column in over if row >= top}
    wide = {row: [c for r, c in over if r == row] for row in range(max(0, top - LEVELS + 1), bottom + 1)}
    for column in sorted(own):
        texts = [over[row, column] for row, columns in wide.items() if column in columns]
        lowest = max(row for row in range(top, bottom + 1) if (row, column) in over)
        spread = [caption_left(over, wide, row, column) for row in wide if row < lowest and (row, column) not in over]
        yield column, (*filter(None, spread), *texts)


def caption_left(over: Mapping[Place, str], wide: Mapping[int, Sequence[int]], row: int, column: int) -> str:
    """The caption that stands over a column without being merged over it: the nearest to its left."""
    before = [c for c in wide[row] if c < column]
    return over[row, max(before)] if before else ""


def best(column: RegisterColumn, paths: Mapping[int, tuple[str, ...]], register: Register) -> list[int]:
    """The columns of the sheet that may be meant: by label, then by the captions over it and by its unit, where others
    of the list, or of the sheet, have the same label."""
    own = {label_key(text) for text in (column.label, column.line.short, *column.line.also) if text}
    hits = [
        at for at, path in paths.items() if label_key(path[-1]) in own or label_key("".join(path)) in column.line.keys
    ]
    hits = hits or [at for at, path in paths.items() if label_key(path[-1]) in column.line.keys]
    rivals = [c for c in register.columns if c is not column and label_key(c.label) == label_key(column.label)]
    if len(hits) <= 1 and not rivals:
        return hits
    under = {label_key(text) for text in column.line.under}
    matching = [at for at in hits if under <= {label_key(text) for text in paths[at]}] if under else hits
    unit = label_unit(column.label) or column.unit
    same = [at for at in matching if unit and unit in map(label_unit, paths[at])]
    if rivals or len(matching) > 1:
        matching = same or [at for at in matching if not any(map(label_unit, paths[at]))] or matching
    return matching
