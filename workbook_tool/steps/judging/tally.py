"""Counts the records of a list into the numbers of the form: from here on nothing knows that there was a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import product

from msgspec import Struct

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.register import Register, Tally
from workbook_tool.model.form.row_formula import Given, Row, compiled
from workbook_tool.model.intake.records import Held, Record, RecordList, worth_of
from workbook_tool.model.intake.submission import Reading, ReadingState

TOTAL = "sum"
"""The line of a tally that adds up the others."""
UNKNOWN = "?"
"""Where a record cannot be told to belong anywhere, since a cell of it is blank or could not be read."""


def count(
    lists: Sequence[RecordList], form: Form, period: Period | None, readings: Sequence[Reading]
) -> tuple[Reading, ...]:
    """The readings with the numbers that are counted from lists. A list that was not found leaves them missing, one without
    records makes them 0; a record of which nobody can tell where it belongs leaves open every number that it may be in."""
    found = list(readings)
    known = {one.register: one for one in lists if one.found}
    registers = {register.id: register for register in form.registers}
    for tally in form.tallies:
        if tally.register not in known:
            continue
        register, records = registers[tally.register], known[tally.register].records
        sheet = records[0].sheet if records else register.name
        amounts, unsure = Counter[Cell](), Counter[Cell]()
        items = {(item.row.id, item.column.id): item for item in form.by_table[tally.table]}
        place_of = placing(tally, register, period)
        for record in records:
            if place := place_of(record):
                take(place, amount_of(tally, register, record), items, amounts, unsure)
        for cell, item in items.items():
            reading = Reading(ReadingState.NUMBER, amounts[cell], sheet=sheet)
            if unsure[cell]:
                reading = Reading(ReadingState.UNUSABLE, None, f"有 {unsure[cell]} 行无法归类", sheet)
            found[item.index] = reading
    return tuple(found)


Cell = tuple[str, str]
"""A row and a column of a tally."""


class Belongs(Struct, frozen=True):
    """The lines of a tally that a record belongs to, ``UNKNOWN`` where nobody can tell which; ``surely`` says whether it
    counts at all."""

    lines: tuple[str, ...]
    surely: bool = True


def take(
    place: Belongs, amount: int | None, items: Collection[Cell], amounts: Counter[Cell], unsure: Counter[Cell]
) -> None:
    """Take a record into every number that it belongs to, or leave open all that it may belong to."""
    row, column = (*place.lines, *(("all", "n")[len(place.lines) :]))
    if place.surely and amount is not None and UNKNOWN not in place.lines:
        for cell in product({row, TOTAL}, {column, TOTAL}):
            if cell in items:
                amounts[cell] += amount
        return
    for cell in items:
        if all(line in (TOTAL, mine) or mine == UNKNOWN for mine, line in zip((row, column), cell, strict=True)):
            unsure[cell] += 1


def amount_of(tally: Tally, register: Register, record: Record) -> int | None:
    """What a record adds: 1, or what stands in the column that is added up; None where that is not known."""
    if not tally.sum:
        return 1
    at = register.places[tally.sum]
    added = record.values[at]
    if added is None and not open_at(register, record, tally.sum):
        return 0
    return added if isinstance(added, int) else None


def open_at(register: Register, record: Record, id: str) -> bool:
    """Whether something should be known of a column that is not: its cell could not be read, or is blank and may not be."""
    at = register.places[id]
    return record.values[at] is None and (register.by_id[id].needed or any(at == n for n, _ in record.refused))


def placing(tally: Tally, register: Register, period: Period | None) -> Callable[[Record], Belongs | None]:
    """What tells where in the tally a record belongs; None where it does not count. What may be blank, and is, counts
    nowhere; what may not leaves it open where the record belongs."""
    given = Given(period.first, period.last) if period else Given()
    counts = tally.where and compiled(tally.where.expression, given)
    by = [(id, register.places[id], lines_of(register, id)) for id in tally.by]
    day_at = register.places[tally.date] if tally.date else -1
    asked = tally.where.columns if tally.where else ()
    inside = range(period.first.toordinal(), period.last.toordinal() + 1) if period else None

    def place(record: Record) -> Belongs | None:
        open_ids = [id for id in (tally.date, *tally.by) if id and open_at(register, record, id)]
        day = record.values[day_at] if day_at >= 0 else None
        if day_at >= 0 and (tally.date not in open_ids) and (day is None or (inside and day not in inside)):
            return None
        answer = counts(worths(register, record)) if counts else True
        if answer is False:
            return None
        if answer is None and not any(open_at(register, record, id) for id in asked):
            return None
        lines = [lines.get(record.values[at], UNKNOWN) for _, at, lines in by]
        if any(line == UNKNOWN and id not in open_ids for line, (id, _, _) in zip(lines, by, strict=True)):
            return None
        return Belongs(tuple(lines), tally.date not in open_ids and answer is True)

    return place


def worths(register: Register, record: Record) -> Row:
    """What the columns of a record say."""
    return {c.id: worth_of(c, held) for c, held in zip(register.columns, record.values, strict=True)}


def lines_of(register: Register, id: str) -> dict[Held, str]:
    """The line of a tally for whatever can be chosen in a column."""
    column = register.by_id[id]
    return {True: "yes", False: "no"} if column.kind == "yesno" else {c.label: c.id for c in column.choices.lines}
