"""Loads what agencies filed for periods of a form, by the codes that they have now."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.agency import ACCEPTED, AgencyState
from workbook_tool.model.season.last_year import Previous
from workbook_tool.model.season.periods import FiledOnce


def load_periods(
    connection: sqlite3.Connection, form: Form, periods: Sequence[Period], roster: Roster
) -> dict[Period, dict[str, FiledOnce]]:
    """What the agencies of this roster filed for each of these periods; of each the newest run that had a file of it."""
    wanted = {str(period): period for period in periods}
    query = f"""
        SELECT r.period, v.code, v.state, v.filed_on, n.numbers, max(v.run) FROM versions v
        JOIN numbers n ON n.digest = v.numbers JOIN runs r ON r.id = v.run
        WHERE r.stage = 'done' AND r.form = ? AND r.period IN ({", ".join("?" * len(wanted))}) GROUP BY r.period, v.code
    """
    found: dict[Period, dict[str, FiledOnce]] = defaultdict(dict)
    for text, code, state, filed_on, numbers, _ in connection.execute(query, (form.id, *wanted)):
        exact = msgspec.msgpack.decode(numbers, type=dict[str, int])
        known = {form.by_code[c].index: n for c, n in exact.items() if c in form.by_code}
        day = date.fromisoformat(filed_on) if filed_on else None
        found[wanted[text]][code] = FiledOnce(AgencyState(state), day, known)
    return {period: under_present_codes(filed, roster) for period, filed in found.items()}


def load_previous(connection: sqlite3.Connection, form: Form, period: Period, roster: Roster) -> Previous | None:
    """What the agencies of this roster had filed last for the period before this one; None of a yearly form, of which that
    is last year."""
    if period.kind is PeriodKind.YEAR:
        return None
    filed = load_periods(connection, form, [period.previous], roster).get(period.previous, {})
    return Previous(
        period.previous,
        {code: one.numbers for code, one in filed.items()},
        frozenset(code for code, one in filed.items() if one.state not in ACCEPTED),
        form.cumulatives if period.opens_year else frozenset(),
    )


def load_reported(connection: sqlite3.Connection, form: str) -> list[Period]:
    """The periods of a form that runs judged, from the first that was reported, of which there is a workbook."""
    query = "SELECT period, max(workbook != '') FROM runs WHERE stage = 'done' AND form = ? GROUP BY period"
    judged = {Period.parse(text): made for text, made in connection.execute(query, (form,))}
    first = min((period for period, made in judged.items() if made), default=None)
    return sorted(period for period in judged if first and period >= first)


def load_begun(connection: sqlite3.Connection, form: str) -> dict[Period, date]:
    """The periods of a form that were reported themselves, each with the day of the first run that did."""
    query = "SELECT period, min(as_of) FROM runs WHERE stage = 'done' AND form = ? AND workbook != '' GROUP BY period"
    return {Period.parse(text): date.fromisoformat(day) for text, day in connection.execute(query, (form,))}


def load_first_places(connection: sqlite3.Connection, form: str) -> dict[tuple[str, str], Period]:
    """By sha256 and path, the period of the first run that counted a file there for a form."""
    query = """
        SELECT s.sha256, s.path, r.period, min(s.run) FROM sightings s JOIN runs r ON r.id = s.run
        WHERE r.stage = 'done' AND r.form = ? AND r.workbook != '' AND s.state NOT IN ('foreign', 'unreadable')
        GROUP BY s.sha256, s.path
    """
    return {(sha256, path): Period.parse(period) for sha256, path, period, _ in connection.execute(query, (form,))}


def under_present_codes(filed: Mapping[str, FiledOnce], roster: Roster) -> dict[str, FiledOnce]:
    """What was filed by the present codes of a roster's agencies; without a roster as it is."""
    if not roster.given:
        return dict(filed)
    known = ((a.code, code) for a in roster.agencies for code in roster.known_as(a)[::-1])
    return {own: filed[code] for own, code in known if code in filed}
