"""Sheets of one layout: what their tables are found by is the same for all of them, so it is found once.

Filings of one layout differ by their figures and by what each agency writes of itself. Tables are looked for in a copy of
the sheet that has stand-ins for both: finding sees nothing else, and the copies of many filings are equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.regex import regex
from workbook_tool.model.text import label_key, squash
from workbook_tool.steps.intake.parse.card_heads import HEADS
from workbook_tool.steps.intake.parse.find import find_tables
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.labels import LONGEST_LABEL, asks, label_at, labels_of, means
from workbook_tool.steps.intake.parse.subtotal import Extra, subtotals
from workbook_tool.steps.intake.parse.unit_words import is_currency, is_unit
from workbook_tool.steps.intake.parse.units import Odd, set_units, statements, units_of
from workbook_tool.steps.intake.parse.value import is_figure

FIGURE, OWN = 0.5, "\ue000"
"""Stand for a figure and for a text of an agency's own: with neither do cells count the columns, name a line or state a
unit."""
LONG = OWN * (LONGEST_LABEL + 1)
CODE, ANY_DIGIT = regex(r"\d(?:-?\d){2,}", re.ASCII), "9"
"""A code or a telephone number, and what its digits are: all that tells one from another."""
COUNTS = (1, 2, 3)
COUNTED: dict[object, int] = {
    spelling: n
    for n in COUNTS
    for spelling in (n, *(f"{'0' * before}{n}{end}" for before in range(8) for end in ("", ".0")))
}
"""How a row that counts the columns begins, by the ways in which it may be written."""
NUMERALS = "0123456789一二三四五六七八九十百千万亿单位"
"""With what the numbering and the unit of a label are written, besides UNIT_LETTERS letters: before labels are compared,
they go."""
UNIT_LETTERS = 3
KEPT, LARGEST = 64, 2000
"""So many layouts are kept, the sheets of ten forms; and none of more cells."""


class Located(Struct, frozen=True):
    """A table where it was found, and what follows from that: units that are not the form's, and lines of subtotals."""

    found: FoundTable
    odd: Sequence[Odd]
    extras: Sequence[Extra]


class Stencil(Struct, frozen=True):
    """All of a sheet that tables are found by."""

    cells: tuple[tuple[Place, Content], ...]
    reaches: tuple[tuple[Place, Place], ...]
    notes: tuple[tuple[Place, str], ...]
    covered: frozenset[Place]


def locate(form: Form, sheets: Sequence[Sheet]) -> dict[str, list[Located]]:
    """Every place where a table stands, by the table's id, the best first. More than one means that nobody can tell which
    counts."""
    places: dict[str, list[Located]] = {table.id: [] for table in form.typed}
    for sheet in sheets:
        tables = tables_on if len(sheet.cells) <= LARGEST else tables_on.__wrapped__
        for one in tables(layout_of(sheet, form), form):
            places[one.found.table.id].append(replace(one, found=replace(one.found, sheet=sheet)))
    return {table: sorted(several, key=lambda one: -one.found.score) for table, several in places.items()}


@lru_cache(KEPT)
def tables_on(layout: Stencil, form: Form) -> tuple[Located, ...]:
    """The tables on a sheet of this layout. Nobody changes them any more."""
    notes, reaches = dict(layout.notes), dict(layout.reaches)
    sheet = Sheet("", dict(layout.cells), reaches=reaches, notes=notes, covered=layout.covered)
    labels = labels_of(sheet, form)
    every = [found for table in form.typed for found in find_tables(form, table, sheet, labels)]
    return tuple(Located(found, set_units(form, found, labels), subtotals(found, labels)) for found in every)


def layout_of(sheet: Sheet, form: Form) -> Stencil:
    """The layout of a sheet, with a stand-in for all by which filings of it may differ."""
    cells: dict[Place, Content] = dict.fromkeys(sheet.cells, FIGURE)
    stand_in = stand_ins(form)
    for place, text in sheet.texts.items():
        cells[place] = stand_in(text)
    if counting := counting_rows(sheet, any(table.is_card for table in form.typed)):
        cells |= {
            at: c for at, c in sheet.cells.items() if at[0] in counting and (not isinstance(c, str) or is_figure(c))
        }
    return Stencil(tuple(cells.items()), tuple(sheet.reaches.items()), tuple(sheet.notes.items()), sheet.covered)


def counting_rows(sheet: Sheet, card: bool) -> set[int]:
    """The rows that may count the columns: 1, 2 and 3 stand there in this order. A card may count its questions down or
    across its lines: where they stand so anywhere, all rows."""
    counted: dict[int, int] = {}
    numbers = [
        (place, COUNTED[c]) for place, c in sheet.cells.items() if isinstance(c, (str, float, int)) and c in COUNTED
    ]
    for (row, _), number in sorted(numbers):
        line = 0 if card else row
        if number == counted.get(line, 0) + 1:
            counted[line] = number
    counting = {row for row, last in counted.items() if last == COUNTS[-1]}
    return {row for row, _ in sheet.cells} if card and counting else counting


@lru_cache
def stand_ins(form: Form) -> Callable[[str], str]:
    """As ``stood_for`` says it of a form: the same texts stand in every file."""
    return lru_cache(1 << 13)(partial(stood_for, form=form))


def stood_for(text: str, form: Form) -> str:
    """What a text is to a form: itself, or a stand-in for any where it is no figure, asks nothing, states no unit, and is
    no label, be it misspelt, nor a piece of one; of a code, one for its digits."""
    if CODE.fullmatch(text) and not counts_in_labels(form):
        return re.sub(r"\d", ANY_DIGIT, text)
    if is_figure(text) or asks(text):
        return text
    if len(text) > LONGEST_LABEL:
        return LONG
    label = label_at((0, 0), text, form)
    is_label = (
        label.key in keys_of(form) or squash(text) in HEADS or label.key.endswith(tuple(words_of_subtotals(form)))
    )
    if is_label or not is_apart(label.key, written(form)) or means(label.key, form.vocabulary):
        return text
    says_unit = (
        is_currency(text)
        or is_unit(text, form.units)
        or [*units_of(form.units, label), *statements(form.units, [label], True)]
    )
    return text if says_unit else OWN


def is_apart(key: str, labels: str) -> bool:
    """Whether no label can be made of a text and its neighbours: that part of it which no numbering and no unit takes
    with it is in none."""
    core = key.strip(NUMERALS)
    for _ in range(UNIT_LETTERS):
        core = core[:-1].rstrip(NUMERALS)
    return bool(core) and core not in labels


@lru_cache
def keys_of(form: Form) -> frozenset[str]:
    """Every label of the form as it is compared."""
    return form.line_keys.union(key for key, _ in form.vocabulary)


@lru_cache
def written(form: Form) -> str:
    """The same in one text, a line for each."""
    return "\n".join(keys_of(form))


@lru_cache
def counts_in_labels(form: Form) -> bool:
    """Whether a label holds two digits or more, so that a code may be meant for it or for a piece of it."""
    return any(sum(map(str.isdigit, key)) > 1 for key in keys_of(form))


@lru_cache
def words_of_subtotals(form: Form) -> frozenset[str]:
    """What a line of subtotals is called, alone or behind its caption."""
    return frozenset(label_key(word) for table in form.tables for word in table.subtotals)
