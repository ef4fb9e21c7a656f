"""Writes down what a run saw, counted, found and heard of decisions."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.season.agency import AgencyRecord, FiledAgency
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.result import Consolidation, Owner


def record_result(connection: sqlite3.Connection, run: int, result: Consolidation) -> None:
    """All rows of a run, within the transaction that is open."""
    for table, rows in (
        ("sightings", sightings(result)),
        ("problems", problems(result)),
        ("decisions", decisions(result)),
        ("corrections", corrections(result)),
    ):
        for row in rows:
            connection.execute(f"INSERT OR IGNORE INTO {table} VALUES (?{', ?' * len(row)})", (run, *row))
    for record in (r for r in result.agencies if isinstance(r, FiledAgency)):
        numbers = numbers_of(record, result.form)
        digest = hashlib.sha256(numbers).hexdigest()
        connection.execute("INSERT OR IGNORE INTO numbers VALUES (?, ?)", (digest, numbers))
        row = version(record, digest)
        connection.execute(f"INSERT OR IGNORE INTO versions VALUES (?{', ?' * len(row)})", (run, *row))


def sightings(result: Consolidation) -> Iterator[tuple[object, ...]]:
    """Every file with bytes that this run saw, and what became of it."""
    for file in result.files:
        if file.source.sha256 and file.state is not State.ARRIVING:  # what is to come has not been seen
            code, name = (file.agency.code, file.agency.name) if file.agency else ("", "")
            path, older = safe_text(file.source.path), int(isinstance(file, Filing) and file.is_older)
            reason = safe_text(file.reason)
            yield (
                path,
                file.source.sha256,
                file.state.value,
                code,
                name,
                file.period.year if file.period else None,
                reason,
                older,
            )


def numbers_of(record: FiledAgency, form: Form) -> bytes:
    """The numbers of the file that counts, by item code."""
    exact = record.file.submission.numbers()
    return msgspec.msgpack.encode({form.items[i].code: n for i, n in sorted(exact.items())})


def version(record: FiledAgency, numbers: str) -> tuple[object, ...]:
    """The file that counts for an agency."""
    source = record.file.source
    spots = [spots_of(record, severity) for severity in (Severity.MUST, Severity.EXPLAIN)]
    filed_on = record.filed_on.isoformat() if record.filed_on else None
    path, dated_by = safe_text(source.path), record.source.value if record.source else ""
    return record.agency.code, source.sha256, path, record.state.value, numbers, *spots, filed_on, dated_by


def spots_of(record: AgencyRecord, severity: Severity) -> str:
    """Where the findings of a severity are, so that the next version can be held against them."""
    spots = sorted({safe_text(f.spot) for f in record.findings if f.severity is severity})
    return json.dumps(spots, ensure_ascii=False)


def problems(result: Consolidation) -> Iterator[tuple[object, ...]]:
    """Every finding whose follow-up is known."""
    for record, finding in result.findings:
        if finding.follow_up:
            yield problem(
                record, finding, finding.follow_up.key, finding.follow_up.grounds, finding.follow_up.status.value
            )


def problem(owner: Owner, finding: Finding, key: str, grounds: str, status: str) -> tuple[object, ...]:
    """A finding as a row of the ledger."""
    who = (owner.agency.code, owner.agency.name, finding.rule, finding.severity.value)
    where = (finding.table, finding.row, finding.column, safe_text(finding.message))
    return key, grounds, *who, *where, number(finding.filed), number(finding.expected), status


def number(value: Decimal | None) -> str | None:
    """An exact number as text."""
    return None if value is None else f"{value:f}"


def decisions(result: Consolidation) -> Iterator[tuple[object, ...]]:
    """Every decision that was known to this run, whether it still holds or not."""
    for key, made in result.weeks.decided.decisions.items():
        yield key, made.grounds, made.opinion.value, safe_text(made.remark), made.run, made.file


def corrections(result: Consolidation) -> Iterator[tuple[object, ...]]:
    """The newest word on every number that reviewers corrected, also what they took back."""
    for one in result.weeks.corrections:
        typed, item = one.typed, result.form.items[one.item].code
        words = (typed.cell, typed.number, typed.why, typed.was, typed.filed, typed.run, typed.file, typed.place)
        yield typed.key, item, *map(safe_text, words), one.since.isoformat(), one.life.value
