"""Drift: what passed now beside the signed result of the year."""

from __future__ import annotations

from dataclasses import replace

from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.changes import Drift, Signed
from workbook_tool.model.season.last_year import Values
from workbook_tool.model.workbook.result import AgencyRecord, Consolidation, State


def compare_signed(result: Consolidation, roster: Roster, signed: Signed | None) -> Consolidation:
    """The result with its differences to the signed one; as it is where nothing was signed."""
    if signed is None or signed.problem:
        return replace(result, drift=Drift(signed)) if signed else result
    now = result.agencies_in(State.COUNTED, State.HELD)
    signed_as = {record.agency.name: signed_code(record.agency, roster, signed) for record in now}
    changed = []
    for record in now:
        code = signed_as[record.agency.name]
        if code is not None and (differences := differing(signed.values[code], accepted(record))):
            changed.append((record.agency, differences))
    kept = set(signed_as.values())
    drift = Drift(
        signed,
        tuple(totals(result, signed)),
        tuple(changed),
        tuple(record.agency for record in now if signed_as[record.agency.name] is None),
        tuple((code, signed.names.get(code, "")) for code in sorted(signed.values) if code not in kept),
    )
    return replace(result, drift=drift)


def signed_code(agency: Agency, roster: Roster, signed: Signed) -> str | None:
    """The code under which an agency stands in the signed result; None where it does not."""
    codes = (agency.code, *roster.known_as(agency))
    return next((code for code in codes if code in signed.values), None)


def accepted(record: AgencyRecord) -> Values:
    """The agency's numbers as values.csv holds them: those that have a place in its file."""
    assert record.file is not None
    assert record.file.checked is not None
    readings = record.file.checked.submission.readings
    return {i: r.number for i, r in enumerate(readings) if r.number is not None and r.place is not None}


def differing(before: Values, now: Values) -> tuple[tuple[int, int | None, int | None], ...]:
    """The items whose numbers differ."""
    items = sorted(before.keys() | now.keys())
    return tuple((i, before.get(i), now.get(i)) for i in items if before.get(i) != now.get(i))


def totals(result: Consolidation, signed: Signed) -> list[tuple[int, int, int]]:
    """The totals that differ."""
    sums = [sum(values.get(item.index, 0) for values in signed.values.values()) for item in result.form.items]
    return [(i, was, now) for i, (was, now) in enumerate(zip(sums, result.passed.sums, strict=True)) if was != now]
