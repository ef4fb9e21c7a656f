"""Counts the records of a list into the numbers of the form: from here on nothing knows that there was a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.condition import Facts, worth
from workbook_tool.model.form.register import Register, Tally
from workbook_tool.model.intake.records import Held, Record, RecordList, worth_of
from workbook_tool.model.intake.submission import Reading, ReadingState

UNKNOWN = "?"
"""Where a record cannot be told to belong anywhere, since a cell of it is blank or could not be read."""


def count(lists: Sequence[RecordList], form: Form, period: Period | None, readings: Sequence[Reading]) -> tuple[Reading, ...]:
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
    facts = Facts(period.first, period.last) if period else Facts()
    for record in records:
        place = place_of_record(tally, register, record, facts)
        if place is None or UNKNOWN in place:
            continue
        number = 1
        if tally.sum:
            added = record.values[register.places[tally.sum]]
            number = added if isinstance(added, int) else 0
        row, *column = place or ("all",)
        for one in {row, "sum"} if tally.by else {row}:
            for other in {*column, "sum"} if column else {"n"}:
                amounts[one, other] += number
    return amounts


def place_of_record(tally: Tally, register: Register, record: Record, facts: Facts) -> tuple[str, ...] | None:
    """The lines of the tally that a record belongs to; None where it does not count, ``UNKNOWN`` where nobody can tell."""

    def held(id: str) -> Held:
        return record.values[register.places[id]]

    if tally.date:
        day = held(tally.date)
        if day is None:
            return (UNKNOWN,) if register.places[tally.date] in record.unread else None
        if facts.first and facts.last and not facts.first.toordinal() <= int(day) <= facts.last.toordinal():
            return None
    if tally.where:
        answer = worth(tally.where.tree, lambda id: worth_of(register.by_id[id], held(id)), facts)
        if answer is not True:
            return None if answer is False else (UNKNOWN,)
    return tuple(line_of(register, id, held(id)) for id in tally.by)


def line_of(register: Register, id: str, held: Held) -> str:
    """The line of a tally for what was chosen in a column."""
    if isinstance(held, bool):
        return "yes" if held else "no"
    lines = register.by_id[id].choices.lines
    return next((line.id for line in lines if line.label == held), UNKNOWN)


def unplaced(tally: Tally, register: Register, records: Sequence[Record], period: Period | None) -> int:
    """How many records may or may not count, since a cell of them is blank or could not be read."""
    facts = Facts(period.first, period.last) if period else Facts()
    places = (place_of_record(tally, register, record, facts) for record in records)
    return sum(place is not None and UNKNOWN in place for place in places)
