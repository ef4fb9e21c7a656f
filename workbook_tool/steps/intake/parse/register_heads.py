"""Finds where a list begins in a sheet: its head, in one row or several, by the labels of its columns, in any order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct, field

from workbook_tool.model.form.register import Register, RegisterColumn
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.text import SERIAL_HEAD, label_key, label_unit, squash, unglossed
from workbook_tool.steps.intake.parse.labels import means

LEVELS = 3
"""So many rows the head of a list may take."""
LONGEST_HEAD = 60
MUCH_ALIKE = 0.75
"""From this share of its columns on, a head that cannot be read is meant as that of the list."""
Rows = Mapping[int, Mapping[int, Content]]
"""The cells of a sheet by row and column."""


class RegisterHead(Struct):
    """The head of a list in a sheet: the rows it takes, the column of the sheet for each column of the list (by id), the
    texts over each column of the sheet (``paths``), the unit that its numbers are read in where that is not the form's, and what is unusual: columns that are ``missing``, ``twice`` or ``extra``, those ``respelt``,
    and whether they stand in another order. ``apart`` are the titles over blocks side by side that differ."""

    sheet: Sheet
    top: int
    bottom: int
    columns: dict[str, int] = field(default_factory=dict)
    paths: Mapping[int, Sequence[str]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    missing: list[RegisterColumn] = field(default_factory=list)
    twice: list[RegisterColumn] = field(default_factory=list)
    extra: dict[int, str] = field(default_factory=dict)
    serial: list[int] = field(default_factory=list)
    respelt: list[tuple[str, str]] = field(default_factory=list)
    moved: bool = False
    apart: list[str] = field(default_factory=list)

    @property
    def last_column(self) -> int:
        """The rightmost column under a head."""
        return max([*self.columns.values(), *self.extra, *self.serial])

    @property
    def readable(self) -> bool:
        """Whether it is certain what stands in every column that each record needs."""
        return not self.twice and not any(column.needed for column in self.missing)

    def goes_on_in(self, other: RegisterHead) -> bool:
        """Whether another head is the same one again, further right."""
        same = self.top == other.top and self.columns.keys() == other.columns.keys()
        return same and min(self.columns.values()) < min(other.columns.values())

    def share(self, register: Register) -> float:
        """How many of the columns of the list are there, be it several times."""
        return (len(self.columns) + len(self.twice)) / len(register.columns)


def rows_of(sheet: Sheet) -> Rows:
    """The cells of a sheet by row, but those that lie under a merged cell."""
    rows: dict[int, dict[int, Content]] = defaultdict(dict)
    for (row, column), content in sheet.cells.items():
        if (row, column) not in sheet.covered:
            rows[row][column] = content
    return rows


def find_heads(register: Register, sheet: Sheet, rows: Rows) -> list[RegisterHead]:
    """Every head of this list in a sheet, from the top: a list that runs over pages may repeat it."""
    keys = {key for column in register.columns for key in column.line.keys}
    hits = {row: found for row in sorted(rows) if (found := hits_in(rows[row], keys))}
    heads: list[RegisterHead] = []
    for row in hits:
        if heads and row <= heads[-1].bottom:
            continue
        bottom = last_level(row, hits, register)
        if bottom is not None:
            head = head_of(register, sheet, (row, bottom), dict(paths_of(sheet, rows, row, bottom)))
            heads += [head] if len(head.columns) + len(head.twice) >= enough(register) else []
    return heads


def enough(register: Register) -> int:
    """How many columns of a list make a head: half of them, and at least two."""
    return min(max(2, (len(register.columns) + 1) // 2), len(register.columns))


def hits_in(cells: Mapping[int, Content], keys: set[str]) -> set[str]:
    """The labels of the list that stand in a row."""
    texts = (text for text in cells.values() if isinstance(text, str) and len(text) <= LONGEST_HEAD)
    return {key for text in texts for key in keys_of(text) if key in keys}


@lru_cache(maxsize=1 << 14)
def keys_of(text: str) -> tuple[str, ...]:
    """What a head may be read as: as it stands, and without a star that asks for an answer or a remark in brackets."""
    bare = text.strip().strip("*＊★")
    return tuple(dict.fromkeys((label_key(text), label_key(bare), label_key(unglossed(bare)[0]))))


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
    return bottom if named >= enough(register) else None


def head_of(
    register: Register, sheet: Sheet, rows: tuple[int, int], paths: Mapping[int, tuple[str, ...]]
) -> RegisterHead:
    """What the head in the rows from one to another says of every column of the list."""
    head = RegisterHead(sheet, *rows, paths=paths)
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
    head.serial = [at for at, path in left.items() if SERIAL_HEAD.fullmatch(label_key(path[-1]))]
    head.extra = {at: path[-1] for at, path in left.items() if at not in head.serial}
    order = [head.columns[c.id] for c in register.columns if c.id in head.columns]
    head.moved = order != sorted(order)
    return head


def place(
    head: RegisterHead,
    column: RegisterColumn,
    at: int,
    paths: Mapping[int, Sequence[str]],
    left: dict[int, tuple[str, ...]],
) -> None:
    """Put a column of the list at a column of the sheet."""
    head.columns[column.id] = at
    left.pop(at, None)


def paths_of(sheet: Sheet, rows: Rows, top: int, bottom: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """For each column under the head its texts from above: captions, and last its own label. A caption that stands over
    several columns belongs to each of them; a label merged over several stands for the first."""
    over: dict[Place, tuple[str, int]] = {}
    levels = range(max(0, top - LEVELS + 1), bottom + 1)
    for row in levels:
        for column, content in rows.get(row, {}).items():
            if isinstance(content, str) and len(content) <= LONGEST_HEAD:
                _, right = sheet.reaches.get((row, column), (row, column))
                over |= {(row, c): (content, column) for c in range(column, right + 1)}
    for column in sorted({c for row, c in over if row >= top}):
        lowest = max(row for row in levels if (row, column) in over)
        if over[lowest, column][1] != column:
            continue
        above = [over.get((row, column)) or caption_left(over, row, column) for row in levels if row < lowest]
        yield column, (*(told[0] for told in above if told), over[lowest, column][0])


def caption_left(over: Mapping[Place, tuple[str, int]], row: int, column: int) -> tuple[str, int] | None:
    """The caption that stands over a column without being merged over it: the nearest to its left."""
    before = [c for r, c in over if r == row and c < column]
    return over[row, max(before)] if before else None


def best(column: RegisterColumn, paths: Mapping[int, tuple[str, ...]], register: Register) -> list[int]:
    """The columns of the sheet that may be meant: by label, then by the captions over it and by its unit, where others
    of the list, or of the sheet, have the same label."""
    own = {label_key(text) for text in (column.label, column.line.short, *column.line.also) if text}
    hits = [
        at
        for at, path in paths.items()
        if not own.isdisjoint(keys_of(path[-1])) or label_key("".join(path)) in column.line.keys
    ]
    hits = hits or [at for at, path in paths.items() if not column.line.keys.isdisjoint(keys_of(path[-1]))]
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


def fit(register: Register, head: RegisterHead) -> tuple[float, bool, int]:
    """How well a head is that of a list: the share of its columns that are there, whether the sheet is called like it, and
    how few columns are left over."""
    there = len(head.columns) / len(register.columns)
    return there, squash(register.name) in squash(head.sheet.name), -len(head.extra)
