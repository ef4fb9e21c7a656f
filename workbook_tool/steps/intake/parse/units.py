"""In which unit the numbers of a table are: as its labels say, wherever they say it, and the texts around it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.explanation import MARKER
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.text import without_unit
from workbook_tool.steps.intake.parse.found_table import HEAD_ROWS, FoundTable, Grid, Statement
from workbook_tool.steps.intake.parse.labels import LONGEST_LABEL, Label
from workbook_tool.steps.intake.parse.unit_words import (
    ALONE,
    CURRENCIES,
    GAP,
    counted_in,
    currency_of,
    is_currency,
    is_known,
    is_stated,
    only_word,
    said_in,
    scaled,
    words_of,
)
from workbook_tool.steps.intake.parse.value import is_figure

REACH = 2
"""How many columns beside a table a unit may stand."""
LEFT = 4
"""How many columns before its numbers the labels of a table may take."""
BELOW = 3
"""How many rows under a table its unit may stand."""


class Odd(Struct, frozen=True):
    """A unit that is not the form's, and the numbers that it is said of. ``unit`` is what they are read in, empty where
    that is the form's for want of another."""

    statement: Statement
    own: str
    items: tuple[Item, ...]
    unit: str

    @property
    def converted(self) -> bool:
        """Whether the numbers were turned from some other unit into the form's."""
        return bool(self.unit) and scaled_as(self.unit, self.own)[0] != scaled(self.own)[0]

    @property
    def read(self) -> bool:
        """Whether it is what they were read in; otherwise something nearer states another one, or they cannot be
        converted."""
        return bool(self.unit) and scaled_as(self.unit, self.own) == scaled_as(self.statement.unit, self.own)

    @property
    def foreign(self) -> bool:
        """Whether it is money of another currency: nothing says how many of the form's unit that is."""
        return is_money(self.own) and currency_of(self.statement.unit) not in ("", currency_of(self.own))

    @property
    def contested(self) -> bool:
        """Whether it would make other numbers of them than the form's unit does, and nothing says which of the two holds."""
        if self.foreign:
            return True
        other = scaled(self.statement.unit)[0] != scaled(self.own)[0]
        return other and not self.converted and convertible(self.statement.unit, self.own)


def set_units(form: Form, found: FoundTable, labels: Sequence[Label]) -> list[Odd]:
    """Set the unit of every number, and which amounts have none; tells the units that are not the form's."""
    said: dict[tuple[Statement, str, str], list[Item]] = {}
    taken, labels = figure_rows(found), [*labels, *noted(found.sheet)]
    for grid, own in [(each, unit) for each in found.grids for unit in units_in(form, found, each)]:
        others = other_bases(form, found, own)
        texts = scopes(form, found, grid, labels, taken)
        around = [statements(form.units, scope, is_money(own), form.line_keys) for scope in texts]
        in_yuan = own == "元" and any(is_currency(label.text) for scope in texts for label in scope)
        for near, items in alike(form, found, grid, own, labels).items():
            scopes_of = [[for_period(form, own, one) for one in scope] for scope in (*near, *around)]
            meant = [[one for one in scope if concerns(form.units, one, scope, own, others)] for scope in scopes_of]
            decided = decide(own, meant)
            unit = decided.unit if decided and convertible(decided.unit, own) else ""
            found.units |= dict.fromkeys((item.index for item in items), unit)
            if decided is None and is_money(own) and not in_yuan:
                found.unitless |= {item.index for item in items}
            for one in dict.fromkeys(one for scope in meant for one in scope):
                if scaled_as(one.unit, own) != scaled(own) and not (decided and excepts(found, one, decided, own)):
                    said.setdefault((one, own, unit), []).extend(items)
    return [Odd(one, own, tuple(items), unit) for (one, own, unit), items in said.items()]


def for_period(form: Form, own: str, one: Statement) -> Statement:
    """A unit for as long as a filing of the form is about as the bare unit, in which its numbers are: 元/年 of a yearly form."""
    unit, _, period = one.unit.rpartition("/")
    whole = form.period.this.removeprefix("本")
    same = whole.startswith(period) or period.startswith(whole)
    return replace(one, unit=unit) if unit and same and "/" not in own else one


def alike(
    form: Form, found: FoundTable, grid: Grid, own: str, labels: Sequence[Label]
) -> dict[tuple[tuple[Statement, ...], ...], list[Item]]:
    """The numbers of a block in one unit by the units that are stated of each alone: in a comment on its cell, in its row,
    and with its column's labels. Mostly none is, and what is decided for one holds for all."""
    next_to = {row: tuple(beside(form, found, grid, row, labels)) for row in set(grid.rows.values())}
    comments = [label for label in labels if label.noted]
    groups: dict[tuple[tuple[Statement, ...], ...], list[Item]] = {}
    for item in form.by_table[found.table.id]:
        if item.row.id not in grid.rows and grid.alone:
            continue
        if item.block is grid.block and item.unit == own and item.index in found.places:
            place = found.places[item.index]
            own_words = tuple(one for lab in comments if lab.place == place for one in units_of(form.units, lab))
            near = own_words, next_to.get(place[0], ()), tuple(found.stated.get(item.index, ()))
            groups.setdefault(near, []).append(item)
    return groups


def noted(sheet: Sheet) -> list[Label]:
    """The comments on cells line by line, as texts that stand where their cells do; ours of an earlier round are none."""
    lines = ((place, line) for place, text in sheet.notes.items() for line in text.partition(MARKER)[0].splitlines())
    return [Label("", *place, line, noted=True) for place, line in lines if len(line) <= LONGEST_LABEL]


def is_money(unit: str) -> bool:
    """Whether a unit is one of money, at any scale."""
    return bool(currency_of(unit))


def base_of(unit: str, own: str) -> str:
    """What a stated unit counts: a scale word alone what the form does, one for each month what it counts in a month, unless
    the form's own is such a rate."""
    return (scaled(unit)[1] if "/" in own else counted_in(unit)) or scaled(own)[1]


def scaled_as(unit: str, own: str) -> tuple[object, str]:
    """A unit by scale and base; a scale word alone is that of what the form counts."""
    factor, base = scaled(unit)
    return factor, base or scaled(own)[1]


def kind_of(base: str) -> str:
    """What a unit counts, any money being money."""
    return "元" if is_money(base) else base


def convertible(unit: str, own: str) -> bool:
    """Whether numbers in this unit can be read in the form's own: what is counted may have another name, money not."""
    bases = {base_of(unit, own), scaled(own)[1]}
    return len(bases) == 1 or not (bases & ALONE or any(map(is_money, bases)))


def concerns(
    known: Collection[str], one: Statement, scope: Sequence[Statement], own: str, others: Collection[str]
) -> bool:
    """Whether a unit that is stated near a number may be meant for it: an amount is only ever in money; what another
    block of the table counts in is said of that; and where a text states the form's own unit among several, the rest is
    said of other numbers, unless it is the same at a scale that nothing in the form has (元/万元)."""
    stated, counts = scaled(one.unit)[1], scaled(own)[1]
    base = stated if stated in others else kind_of(base_of(one.unit, own))
    counts = counts if stated in others else kind_of(counts)
    same_text = [other for other in scope if (other.place, other.noted) == (one.place, one.noted)]
    if any(scaled_as(other.unit, own) == scaled(own) for other in same_text):
        return scaled_as(one.unit, own) == scaled(own) or (base == counts and one.unit not in known)
    return base == counts or (kind_of(counts) not in ALONE and base not in map(kind_of, others))


def excepts(found: FoundTable, one: Statement, decided: Statement, own: str) -> bool:
    """Whether a text states a unit ``另有注明的除外``, and the form's own is noted nearer to the numbers."""
    text = "" if one.noted else found.sheet.cells.get(one.place)
    return scaled_as(decided.unit, own) == scaled(own) and isinstance(text, str) and "另有注明" in text


def decide(own: str, meant: Sequence[Sequence[Statement]]) -> Statement | None:
    """The statement that counts: that of the nearest scope that has one, the form's own unit before others; None where
    none is, or several are."""
    for scope in meant:
        units = {scaled_as(one.unit, own): one for one in reversed(scope)}
        if scaled(own) in units:
            return units[scaled(own)]
        if units:
            return next(iter(units.values())) if len(units) == 1 else None
    return None


def units_in(form: Form, found: FoundTable, grid: Grid) -> list[str]:
    """What the numbers of a block are counted in."""
    if not grid.rows or not grid.columns:
        return []
    own = (item.unit for item in form.by_table[found.table.id] if item.block is grid.block)
    return [unit for unit in dict.fromkeys(own) if unit]


def other_bases(form: Form, found: FoundTable, own: str) -> set[str]:
    """What else the table counts in."""
    return {scaled(item.unit)[1] for item in form.by_table[found.table.id] if item.unit and item.unit != own}


def beside(form: Form, found: FoundTable, grid: Grid, row: int, labels: Sequence[Label]) -> list[Statement]:
    """The units that stand in a row of numbers: behind the table, or between its labels and its numbers."""
    columns = set(grid.columns.values())
    reach = grid.alone or range(min(columns) - REACH, right_end(found, [row]) + REACH + 1)
    near = [label for label in labels if label.row == row and label.column in reach and label.column not in columns]
    return [one for label in near if label.key not in form.line_keys for one in units_of(form.units, label)]


def right_end(found: FoundTable, rows: Iterable[int]) -> int:
    """The last column of a table as these rows show it: a merged number may take more than its heads do."""
    columns, merged = {column for each in found.grids for column in each.columns.values()}, found.sheet.reaches
    return max(merged.get((row, column), (row, column))[1] for row in rows for column in columns)


def units_of(known: Collection[str], label: Label) -> Iterator[Statement]:
    """The units of a text that is nothing but one, or states some behind ``单位：``; ``known`` are those of the form."""
    word = only_word(label.text)
    if is_known(word, known):
        yield Statement(word, label.place, label.noted)
    else:
        yield from statements(known, [label], False)


def scopes(
    form: Form, found: FoundTable, grid: Grid, labels: Sequence[Label], taken: Collection[int]
) -> list[list[Label]]:
    """The texts that may state a unit for a whole block, the nearest first: around its heads, above and below the table.
    ``taken`` are the rows that hold numbers of any table."""
    rows = {row for each in found.grids for row in each.rows.values()}
    columns = [column for each in found.grids for column in each.columns.values()]
    end = right_end(found, rows) + REACH
    near = [lab for lab in labels if min(columns) - LEFT <= lab.column <= end]
    first, top = min(grid.rows.values()), min(rows)
    before = max((row + 1 for row in rows if row < first), default=0)
    start = max((row + 1 for row in taken if row < top), default=0)
    # What the form labels with a unit in another table speaks of the numbers there.
    near = [lab for lab in near if lab.key in found.table.line_keys or lab.key not in form.line_keys]
    heads = [lab for lab in near if max(before, start, first - HEAD_ROWS) <= lab.row < first]
    above = [lab for lab in near if start <= lab.row < top]
    below = range(max(rows) + 1, end_of(form, near, max(rows)) + 1)
    return [heads, above, [lab for lab in near if lab.row in below]]


def figure_rows(found: FoundTable) -> set[int]:
    """The rows of the sheet with more than one number: those of a table."""
    counted: dict[int, int] = {}
    for (row, _), content in found.sheet.cells.items():
        if not isinstance(content, str) and is_figure(content):
            counted[row] = counted.get(row, 0) + 1
    return {row for row, count in counted.items() if count > 1}


def end_of(form: Form, labels: Iterable[Label], last: int) -> int:
    """The last row under a table that still belongs to it: before the next text that the form knows."""
    near = [lab for lab in labels if last < lab.row <= last + BELOW and lab.key]
    keys = {key for key, _ in form.vocabulary} if near else set()
    known_rows = [lab.row for lab in near if lab.key in keys]
    return min(known_rows, default=last + BELOW + 1) - 1


def statements(
    known: Collection[str], labels: Iterable[Label], money: bool, names: Collection[str] = ()
) -> list[Statement]:
    """Every unit that these texts state, as ``单位：元`` or ``以元计``; where ``money`` is looked for, also the one behind any
    label, and a text that is nothing but another currency and none of the ``names`` of the form's own lines."""
    found: dict[Statement, None] = {}
    shares = [unit for unit in known if "/" in unit]  # kg/亩 is one unit, and neither kg nor 亩
    for label in labels:
        stated = [*words_of(without_unit(label.text, shares))]
        if label.unit and (not label.key or (money and is_money(label.unit))):
            stated.append(label.unit)
        stated = [word for word in stated if is_stated(word, known)]
        behind = (word for part in GAP.split(label.text)[1:] for word in words_of(without_unit(part, shares)))
        stated += [word for word in behind if is_known(word, known)]
        stated += [word for word in said_in(label.text) if is_known(word, known)]
        alone = only_word(label.text) if money and label.key not in names else ""
        stated += [alone] * (currency_of(alone) in CURRENCIES)
        found |= {Statement(word, label.place, label.noted): None for word in stated}
    return list(found)
