"""Drift: what passed now beside the signed result of the year."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.season.changes import Drift, Signed
from workbook_tool.model.season.last_year import Values
from workbook_tool.model.workbook.result import Judged
from workbook_tool.model.workbook.sums import Totals


def compare_signed(judged: Judged, totals: Totals, signed: Signed | None) -> Drift | None:
    """The differences to the signed result; None where nothing was signed."""
    if signed is None or signed.problem:
        return Drift(signed) if signed else None
    now = judged.accepted
    signed_as = {record.agency.name: signed_code(record.agency, judged.run.roster, signed) for record in now}
    changed = []
    for record in now:
        code = signed_as[record.agency.name]
        if code is not None and (differences := differing(signed.values[code], accepted(record))):
            changed.append((record.agency, differences))
    kept = set(signed_as.values())
    return Drift(
        signed,
        tuple(different(totals, signed, [item.added for item in judged.form.items])),
        tuple(changed),
        tuple(record.agency for record in now if signed_as[record.agency.name] is None),
        tuple((code, signed.names.get(code, "")) for code in sorted(signed.values) if code not in kept),
    )


def signed_code(agency: Agency, roster: Roster, signed: Signed) -> str | None:
    """The code under which an agency stands in the signed result; None where it does not."""
    codes = (agency.code, *roster.known_as(agency))
    return next((code for code in codes if code in signed.values), None)


def accepted(record: FiledAgency) -> Values:
    """The agency's numbers as values.csv holds them."""
    readings = record.file.submission.readings
    return {i: r.number for i, r in enumerate(readings) if r.number is not None}


def differing(before: Values, now: Values) -> tuple[tuple[int, int | None, int | None], ...]:
    """The items whose numbers differ."""
    items = sorted(before.keys() | now.keys())
    return tuple((i, before.get(i), now.get(i)) for i in items if before.get(i) != now.get(i))


def different(totals: Totals, signed: Signed, added: Sequence[bool]) -> list[tuple[int, int, int]]:
    """The totals that differ, of what may be added."""
    changed = []
    for item, now in enumerate(totals.passed.sums):
        before = sum(values.get(item, 0) for values in signed.values.values())
        changed += [(item, before, now)] if added[item] and now is not None and now != before else []
    return changed
