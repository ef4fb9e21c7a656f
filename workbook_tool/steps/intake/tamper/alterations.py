"""What was changed in one sheet of an issued workbook, each change in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Set
from functools import lru_cache
from itertools import groupby

from msgspec import Struct

from workbook_tool.model.cells import address, areas, column_name
from workbook_tool.model.intake.skeleton import Frame, plain_text
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.regex import regex
from workbook_tool.steps.intake.tamper.align import Alignment, align, lines, unmoved

Key = Callable[[str], str]
"""The key under which two texts are the same label."""

UNIT = regex(r"单位:\(?([^\W\d_]+)")
GRAVE, LINES, WORDS, FORMULAS = range(4)
SHOWN = 24


class Alteration(Struct, frozen=True):
    """``weight``: the smallest is told first; GRAVE ones hide or shift the meaning of a number. ``labels`` are the
    issued texts that it concerns, ``line`` whether whole rows or columns came or went, ``cells`` in the filed sheet."""

    weight: int
    words: str
    labels: tuple[str, ...] = ()
    line: bool = False
    cells: tuple[Place, ...] = ()


class Comparison(Struct, frozen=True):
    """An issued frame beside the sheet that was filed, line by line; ``issued`` and ``filed`` are the texts of the frame in
    either, by their keys."""

    frame: Frame
    sheet: Sheet
    key: Key
    issued: dict[Place, str]
    filed: dict[Place, str]
    rows: Alignment
    columns: Alignment

    def place(self, issued: Place) -> Place | None:
        """Where an issued cell stands now."""
        row, column = self.rows.pairs.get(issued[0]), self.columns.pairs.get(issued[1])
        return None if row is None or column is None else (row, column)

    def places(self, issued: Collection[Place]) -> Set[Place]:
        """Where those of issued cells stand now that are still there."""
        if self.filed == self.issued:  # as nearly everywhere
            return frozenset(issued)
        return {place for place in map(self.place, issued) if place}


def compare(frame: Frame, sheet: Sheet, key: Key, with_formulas: bool) -> list[Alteration]:
    """All changes of a sheet, the weightiest first."""
    issued = {place: key(text) for place, text in frame.texts.items()}
    known = set(issued.values())
    filed = {p: k for p, text in sheet.texts.items() if (k := key(text)) in known}
    if not filed:
        return []
    rows, columns = (
        unmoved(issued, axis) if filed == issued else align(lines(issued, axis), lines(filed, axis)) for axis in (0, 1)
    )
    if rows is None or columns is None:
        return []
    both = Comparison(frame, sheet, key, issued, filed, rows, columns)
    changes = [*line_changes(both), *text_changes(both), *stray_numbers(both)]
    if with_formulas:
        changes += formula_changes(both)
    return sorted(changes, key=lambda change: change.weight)


def line_changes(both: Comparison) -> Iterator[Alteration]:
    """Rows and columns put in or taken out, neighbours told as one."""
    for axis, alignment in ((0, both.rows), (1, both.columns)):
        for first, count in runs(alignment.new):
            before = line_name(alignment.next_issued(first), axis)
            numbers = [p for p in body_numbers(both) if first <= p[axis] < first + count]
            said = f"，其中 {areas(numbers)} 有数，没有读取" if numbers else ""
            words = f"{before}前插入了 {count} {'行列'[axis]}{said}"
            yield Alteration(GRAVE if numbers else LINES, words, (), True, tuple(numbers))
        for first, count in runs(alignment.gone):
            texts = [t for p, t in sorted(both.frame.texts.items()) if first <= p[axis] < first + count]
            named = f"（{short(texts[0])}）" if texts else ""
            last = f"至{line_name(first + count - 1, axis)}" if count > 1 else ""
            yield Alteration(LINES, f"{line_name(first, axis)}{last}{named}被删去", tuple(texts), True)


def runs(numbers: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Neighbouring numbers as (first, how many)."""
    for _, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        yield run[0], len(run)


def line_name(number: int, axis: int) -> str:
    """What a person calls a row (``axis`` 0) or a column (1); numbers count from 0."""
    return f"{column_name(number)} 列" if axis else f"第 {number + 1} 行"


def text_changes(both: Comparison) -> Iterator[Alteration]:
    """Texts of the form that read otherwise now."""
    altered: dict[Place, tuple[str, Place, Content | None]] = {}
    for issued, text in sorted(both.frame.texts.items()):
        place = both.place(issued)
        if place is None:
            continue
        content = both.sheet.cells.get(place)
        same = both.filed.get(place) == both.issued[issued] and not other_unit(text, str(content))
        if not same and not slid(both, text, place):
            altered[issued] = (text, place, content)
    swapped = set()
    for issued, (text, place, content) in altered.items():
        partner = partner_of(both, issued, altered)
        if partner is None:
            yield text_change(both, text, place, content)
        elif (partner, issued) not in swapped:
            swapped.add((issued, partner))
            other = altered[partner]
            words = f"「{short(text)}」与「{short(other[0])}」互换了位置（{address(*place)}、{address(*other[1])}）"
            yield Alteration(GRAVE, words, (text, other[0]), cells=(place, other[1]))


def other_unit(issued: str, filed: str) -> bool:
    """Whether both state a unit, and another one."""
    before, after = unit_of(issued), unit_of(filed)
    return bool(before and after) and before != after


def slid(both: Comparison, text: str, place: Place) -> bool:
    """Whether a text only stands elsewhere in its row or column, as after merged cells were parted: its own cell is
    empty, and it reads the same."""
    if place in both.sheet.cells:
        return False
    return any(
        (p[0] == place[0] or p[1] == place[1]) and isinstance(content, str) and both.key(content) == both.key(text)
        for p, content in both.sheet.cells.items()
    )


def partner_of(
    both: Comparison, issued: Place, altered: dict[Place, tuple[str, Place, Content | None]]
) -> Place | None:
    """The issued place whose text stands here now, while the text from here stands there."""
    text, _, content = altered[issued]
    if not isinstance(content, str):
        return None
    here, meant = both.key(content), both.key(text)
    return next(
        (
            place
            for place, (other, _, there) in altered.items()
            if place != issued and isinstance(there, str) and (both.key(other), both.key(there)) == (here, meant)
        ),
        None,
    )


def text_change(both: Comparison, text: str, place: Place, content: Content | None) -> Alteration:
    """One text that was reworded, taken away, or written over with a number."""
    cell, cells = address(*place), (place,)
    if content is None:
        return Alteration(WORDS, f"{cell} 的「{short(text)}」被清除", (text,), cells=cells)
    if not isinstance(content, str):
        number = both.frame.inputs and isinstance(content, (int, float)) and not isinstance(content, bool)
        weight = GRAVE if number else WORDS
        return Alteration(weight, f"{cell} 的「{short(text)}」被改为“{shown(content)}”", (text,), cells=cells)
    before, after = unit_of(text), unit_of(content)
    if before and after and before != after:
        words = f"{cell} 的单位由“{before}”改成了“{after}”（原为「{short(text)}」，现为「{short(content)}」）"
        return Alteration(GRAVE, words, (text,), cells=cells)
    return Alteration(WORDS, f"{cell} 的「{short(text)}」改成了「{short(content)}」", (text,), cells=cells)


@lru_cache(maxsize=1 << 14)
def unit_of(text: str) -> str:
    """The unit that a text states for its table; empty where it states none."""
    match = UNIT.search(unicodedata.normalize("NFKC", plain_text(text)))
    return match[1] if match else ""


def body_numbers(both: Comparison) -> list[Place]:
    """Numbers inside the table's rectangle, from its first column of labels on."""
    return numbers_around(both.places(both.frame.inputs), both.sheet)


def numbers_around(places: Collection[Place], sheet: Sheet) -> list[Place]:
    """The same of a table with these places for numbers."""
    if not places:
        return []
    top, bottom = min(r for r, _ in places), max(r for r, _ in places)
    right = max(c for _, c in places)
    return sorted(
        p
        for p, content in sheet.cells.items()
        if top <= p[0] <= bottom
        and p[1] <= right
        and isinstance(content, (int, float))
        and not isinstance(content, bool)
    )


def stray_numbers(both: Comparison) -> Iterator[Alteration]:
    """Numbers in cells of the table that were blank and not to be filled."""
    inputs = both.places(both.frame.inputs)
    beside = [place for place in numbers_around(inputs, both.sheet) if place not in inputs]
    if not beside:
        return
    taken = both.places((*both.frame.texts, *both.frame.formulas))
    new_rows, new_columns = set(both.rows.new), set(both.columns.new)
    stray = [p for p in beside if p not in taken and p[0] not in new_rows and p[1] not in new_columns]
    if stray:
        yield Alteration(GRAVE, f"{areas(stray)} 不是填数的格，却填了数，没有读取", cells=tuple(stray))


def formula_changes(both: Comparison) -> Iterator[Alteration]:
    """Live checks that are gone, though their row and column are there."""
    if gone := both.places(both.frame.formulas) - both.sheet.formulas.keys():
        yield Alteration(FORMULAS, f"{areas(gone)} 的核对公式被清除", cells=tuple(sorted(gone)))


def short(text: str) -> str:
    """A text short enough to be quoted in a sentence."""
    bare = plain_text(text)
    return bare if len(bare) <= SHOWN else f"{bare[: SHOWN - 1]}…"


def shown(content: Content | None) -> str:
    """A content as a person sees it: whole numbers without a point."""
    if isinstance(content, float) and content.is_integer():
        return str(int(content))
    return str(getattr(content, "text", content))
