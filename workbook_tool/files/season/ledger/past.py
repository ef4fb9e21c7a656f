"""Loads what the ledger knows of a form and period."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from workbook_tool.model.form.period import Period
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.judging.correction import Life, PastCorrection, known_again
from workbook_tool.model.season.agency import AgencyState, DatedBy
from workbook_tool.model.season.history import History, PastProblem, PastRun, PastVersion, Sighting

Kind = TypeVar("Kind", AgencyState, Severity)
COUNTING = """
    SELECT max(id) FROM runs WHERE stage = 'done' AND form = :form AND period = :period AND as_of < :as_of GROUP BY as_of
"""
"""Of each earlier date only the newest run counts."""


def load_history(connection: sqlite3.Connection, form: str, period: Period, as_of: date) -> History:
    """What a run of this date may know."""
    known: dict[str, object] = {"form": form, "period": str(period), "as_of": as_of.isoformat()}
    days = run_days(connection, as_of)
    sightings = load_sightings(connection, days)
    return History(
        load_runs(connection, known),
        load_problems(connection, known),
        load_versions(connection, known, sightings),
        sightings,
        max((day for *_, day in days if day < as_of), default=None),
        load_paths(connection, days),
        load_corrections(connection, known),
        load_given_up(connection, known),
    )


MADE = "SELECT id, name, as_of, stage FROM runs WHERE stage IN ('done', 'withdrawn') ORDER BY id"
"""A run that was withdrawn saw what it saw all the same."""


def run_days(connection: sqlite3.Connection, as_of: date = date.max) -> list[tuple[int, str, date]]:
    """Number, name and day of every run that was made, in their order. The day of one that was withdrawn may have been
    mistyped: it is no later than that of any run made since, nor than this date."""
    days: list[tuple[int, str, date]] = []
    for number, name, told, stage in connection.execute(MADE).fetchall()[::-1]:
        day = date.fromisoformat(told)
        days.append((number, name, min(day, as_of) if stage == "withdrawn" else day))
        as_of = min(day, as_of)
    return days[::-1]


def load_sightings(connection: sqlite3.Connection, days: list[tuple[int, str, date]]) -> dict[str, Sighting]:
    """By sha256: the first run that saw these bytes, and whether any run that stands saw them, and knew them as an older
    version."""
    earlier = [max((d for *_, d in days[:n] if d < day), default=None) for n, (*_, day) in enumerate(days)]
    runs = {number: (name, day, after) for (number, name, day), after in zip(days, earlier, strict=True)}
    rows = connection.execute(
        "SELECT s.sha256, min(s.run), max(r.stage = 'done' AND s.older), max(r.stage = 'done') FROM sightings s"
        " JOIN runs r ON r.id = s.run WHERE r.stage IN ('done', 'withdrawn') GROUP BY s.sha256"
    )
    return {
        sha256: Sighting(*runs[run][:2], bool(older), runs[run][2], run, bool(stands))
        for sha256, run, older, stands in rows
    }


def load_paths(connection: sqlite3.Connection, days: list[tuple[int, str, date]]) -> dict[tuple[str, str], date]:
    """By sha256 and path, the day of the first run that saw the one under the other."""
    by_run = {number: day for number, _, day in days}
    rows = connection.execute(
        "SELECT s.sha256, s.path, min(s.run) FROM sightings s JOIN runs r ON r.id = s.run"
        " WHERE r.stage IN ('done', 'withdrawn') GROUP BY s.sha256, s.path"
    )
    return {(sha256, path): by_run[run] for sha256, path, run in rows}


def load_given_up(connection: sqlite3.Connection, known: dict[str, object]) -> dict[str, Period]:
    """By sha256 of the files that could not be read when an earlier period was reported, that period."""
    query = """
        SELECT s.sha256, min(r.period) FROM sightings s JOIN runs r ON r.id = s.run WHERE s.state = 'unreadable'
        AND r.stage = 'done' AND r.form = :form AND r.period < :period GROUP BY s.sha256
    """
    return {sha256: Period.parse(period) for sha256, period in connection.execute(query, known)}


def load_corrections(connection: sqlite3.Connection, known: dict[str, object]) -> dict[str, PastCorrection]:
    """The corrections of the newest run of an earlier date, by what makes them the same in a later one."""
    newest = f"SELECT id FROM runs WHERE id IN ({COUNTING}) ORDER BY as_of DESC LIMIT 1"
    query = f"SELECT key, item, number, source, since, life FROM corrections WHERE run = ({newest})"
    return {
        known_again(*told): PastCorrection(date.fromisoformat(since), Life(life))
        for *told, since, life in connection.execute(query, known)
    }


def load_runs(connection: sqlite3.Connection, known: dict[str, object]) -> tuple[PastRun, ...]:
    """The finished runs that count, by date."""
    query = f"SELECT name, as_of, due, states, findings FROM runs WHERE id IN ({COUNTING}) ORDER BY as_of"
    return tuple(
        PastRun(name, date.fromisoformat(day), due, counted(AgencyState, states), counted(Severity, findings))
        for name, day, due, states, findings in connection.execute(query, known)
    )


def counted(kind: type[Kind], told: str) -> dict[Kind, int]:
    """How many of each kind there were."""
    return {kind(word): number for word, number in json.loads(told).items()}


def load_problems(connection: sqlite3.Connection, known: dict[str, object]) -> dict[str, PastProblem]:
    """By key; a problem has come to an end where a run with a file of the agency did not have it."""
    days = [date.fromisoformat(day) for (day,) in connection.execute(f"SELECT as_of {OF_COUNTING}", known)]
    by_agency = filed_days(connection, known)
    found: dict[str, PastProblem] = {}
    for day_text, *row in connection.execute(
        "SELECT r.as_of, p.key, code, agency, rule, severity, form_table, form_row, form_column, message, filed, expected"
        f" FROM problems p JOIN runs r ON r.id = p.run WHERE p.run IN ({COUNTING}) ORDER BY r.as_of, p.key",
        known,
    ):
        key, code, agency, rule, severity, table, line, column, message, filed, expected = row
        day = date.fromisoformat(day_text)
        earlier = found.get(key)
        first = earlier.first if earlier else day
        before = max((d for d in (by_agency.get(code, days) if code else days) if d < day), default=None)
        since = earlier.since if earlier and earlier.last == before else day
        who = (key, code, agency, rule, Severity(severity))
        found[key] = PastProblem(
            *who, table, line, column, nameless(message, agency), decimal(filed), decimal(expected), first, since, day
        )
    return found


def nameless(message: str, agency: str) -> str:
    """The message of a problem. The first ledgers kept it with the agency's name in front; it is read without, as
    every message is now."""
    return message.removeprefix(f"{agency}：")


def passed_days(connection: sqlite3.Connection, known: dict[str, object]) -> dict[tuple[str, str], date]:
    """By agency's code and sha256, the last day on which the file passed."""
    query = f"""
        SELECT v.code, v.sha256, max(r.as_of) FROM versions v JOIN runs r ON r.id = v.run
        WHERE v.run IN ({COUNTING}) AND v.state = 'counted' GROUP BY v.code, v.sha256
    """
    return {(code, sha256): date.fromisoformat(day) for code, sha256, day in connection.execute(query, known)}


def filed_days(connection: sqlite3.Connection, known: dict[str, object]) -> dict[str, list[date]]:
    """By agency's code, the days on which a file counted for it: only these can end a problem."""
    query = f"SELECT v.code, r.as_of FROM versions v JOIN runs r ON r.id = v.run WHERE v.run IN ({COUNTING})"
    found: dict[str, list[date]] = defaultdict(list)
    for code, day in connection.execute(query, known):
        found[code].append(date.fromisoformat(day))
    return found


def decimal(text: str | None) -> Decimal | None:
    """An exact number from its text."""
    return None if text is None else Decimal(text)


OF_COUNTING = f"FROM runs WHERE id IN ({COUNTING}) ORDER BY as_of"


def load_versions(
    connection: sqlite3.Connection, known: dict[str, object], sightings: dict[str, Sighting]
) -> dict[str, tuple[PastVersion, ...]]:
    """By agency's code, each file once, as it stood when it counted last."""
    query = f"""
        SELECT v.code, v.sha256, v.path, v.state, n.numbers, v.musts, v.explains, v.filed_on, v.filed_by, max(r.as_of)
        FROM versions v JOIN runs r ON r.id = v.run JOIN numbers n ON n.digest = v.numbers
        WHERE v.run IN ({COUNTING}) GROUP BY v.code, v.sha256
    """
    passed = passed_days(connection, known)
    found: dict[str, list[PastVersion]] = defaultdict(list)
    for code, sha256, path, state, numbers, musts, explains, filed_on, filed_by, last in connection.execute(
        query, known
    ):
        seen, exact = sightings[sha256], msgspec.msgpack.decode(numbers, type=dict[str, int])
        found[code].append(
            PastVersion(
                *(code, sha256, path, seen.run, seen.day, State(state), exact),
                musts=frozenset(json.loads(musts)),
                explains=frozenset(json.loads(explains)),
                last=date.fromisoformat(last),
                passed=passed.get((code, sha256)),
                filed_on=date.fromisoformat(filed_on) if filed_on else None,
                filed_by=DatedBy(filed_by) if filed_by else None,
            )
        )
    return {
        code: tuple(sorted(versions, key=lambda v: (sightings[v.sha256].order, v.last or v.day, v.path)))
        for code, versions in sorted(found.items())
    }
