"""Counts the records of a list into the numbers of the form: from here on nothing knows that there was a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.register import Register, Tally
from workbook_tool.model.form.row_formula import Given, compiled
from workbook_tool.model.intake.records import Held, Record, RecordList, worth_of
from workbook_tool.model.intake.submission import Reading, ReadingState

UNKNOWN = "?"
"""Where a record cannot be told to belong anywhere, since a cell of it is blank or could not be read."""


def count(
    lists: Sequence[RecordList], form: Form, period: Period | None, readings: Sequence[Reading]
) -> tuple[Reading, ...]:
    """The readings with the numbers that are counted from lists. A list that was not found leaves them missing; one
    without records makes them 0."""
    found = list(readings)
    known = {one.register: one for one in lists if one.found}
    registers = {register.id: register for register in form.registers}
    for tally in form.tallies:
        if tally.register not in known:
            continue
        register, records = registers[tally.register], known[tally.register].records
        sheet = records[0].sheet if records else register.name
        amounts = amounts_of(tally, register, records, period)
        for item in form.by_table[tally.table]:
            number = amounts[item.row.id, item.column.id]
            found[item.index] = Reading(ReadingState.NUMBER, number, sheet=sheet)
    return tuple(found)


def amounts_of(
    tally: Tally, register: Register, records: Sequence[Record], period: Period | None
) -> Counter[tuple[str, str]]:
    """How many records, or how much, there is for each row and column of a tally, and for their totals."""
    amounts: Counter[tuple[str, str]] = Counter()
    place_of = placing(tally, register, period)
    for record in records:
        place = place_of(record)
        if place is None or UNKNOWN in place:
            continue
        added = record.values[register.places[tally.sum]] if tally.sum else 1
        number = added if isinstance(added, int) else 0
        row, *column = place or ("all",)
        for one in {row, "sum"} if tally.by else {row}:
            for other in {*column, "sum"} if column else {"n"}:
                amounts[one, other] += number
    return amounts


def placing(tally: Tally, register: Register, period: Period | None) -> Callable[[Record], tuple[str, ...] | None]:
    """What tells the lines of the tally that a record belongs to: None where it does not count, ``UNKNOWN`` where nobody
    can tell."""
    given = Given(period.first, period.last) if period else Given()
    counts = tally.where and compiled(tally.where.tree, given)
    by = [(register.places[id], lines_of(register, id)) for id in tally.by]
    day_at = register.places[tally.date] if tally.date else -1

    def place(record: Record) -> tuple[str, ...] | None:
        if day_at >= 0:
            day = record.values[day_at]
            if day is None:
                return (UNKNOWN,) if day_at in record.unread else None
            if period and not period.first.toordinal() <= int(day) <= period.last.toordinal():
                return None
        if counts:
            pairs = zip(register.columns, record.values, strict=True)
            answer = counts({column.id: worth_of(column, held) for column, held in pairs})
            if answer is not True:
                return None if answer is False else (UNKNOWN,)
        return tuple(lines.get(record.values[at], UNKNOWN) for at, lines in by)

    return place


def lines_of(register: Register, id: str) -> dict[Held, str]:
    """The line of a tally for whatever can be chosen in a column."""
    column = register.by_id[id]
    return {True: "yes", False: "no"} if column.kind == "yesno" else {c.label: c.id for c in column.choices.lines}


def unplaced(tally: Tally, register: Register, records: Sequence[Record], period: Period | None) -> int:
    """How many records may or may not count, since a cell of them is blank or could not be read."""
    places = map(placing(tally, register, period), records)
    return sum(place is not None and UNKNOWN in place for place in places)
