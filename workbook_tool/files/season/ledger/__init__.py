"""The ledger: what every run saw, found and decided, in one SQLite file beside config.toml.

It adds to the inbox and never stands in for it: without it history is lost, and no number of this year. A run is written
here as prepared before its folder gets its name, and as done after; what was interrupted between the two is settled at
the next start, so that ledger and outbox never disagree.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from loguru import logger
from msgspec import MsgspecError

from workbook_tool.files.intake.inbox import digest
from workbook_tool.files.season.ledger.past import load_filed, load_history
from workbook_tool.files.season.ledger.readings import Readings
from workbook_tool.files.season.ledger.record import record_result
from workbook_tool.files.season.ledger.reviews import Reviews
from workbook_tool.files.season.ledger.schema import damaged, migrate, spoken
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.judging.follow_up import Decision, Opinion
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.history import History
from workbook_tool.model.season.last_year import Previous
from workbook_tool.model.workbook.manifest import Manifest
from workbook_tool.model.workbook.result import Consolidation

PREPARED, DONE = "prepared", "done"
RUN_JSON = "run.json"
NEWEST = "SELECT id FROM runs WHERE stage = 'done' AND form = ? AND period = ? ORDER BY as_of DESC, id DESC LIMIT 1"


@dataclass(frozen=True)
class RunEntry:
    """A run as the ledger has it: a digest of all that it depended on, what was said at its end, and its folder's files
    by path with their sha256."""

    number: int
    name: str
    as_of: date
    fingerprint: str
    summary: str
    files: Mapping[str, str]

    def intact(self, outbox: Path) -> bool:
        """Whether the run's folder is as it was published; what was put there since does not matter."""
        return bool(self.files) and all(digest(outbox / self.name / path) == told for path, told in self.files.items())


class Ledger:
    """An open ledger. ``open_ledger`` makes them."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection, self.path = connection, path

    def repair(self, outbox: Path) -> list[str]:
        """Settle what was interrupted: a prepared run whose folder is there is done, any other never was. Returns what
        was settled, in words."""
        settled = []
        with self.transaction():
            for entry in self.entries("stage = 'prepared'"):
                there = digest(outbox / entry.name / RUN_JSON)
                if there and there == entry.files.get(RUN_JSON):
                    self.connection.execute("UPDATE runs SET stage = 'done' WHERE id = ?", (entry.number,))
                    settled.append(f"{entry.name}：上次在写出之后中断，结果完整，补记入台账")
                else:
                    self.connection.execute("DELETE FROM runs WHERE id = ?", (entry.number,))
                    settled.append(f"{entry.name}：上次在写出之前中断，没有结果，台账中撤销")
        for words in settled:
            logger.warning("run {}", words)
        return settled

    def history(self, form: str, period: Period, as_of: date) -> History:
        """What is known of a form and period to a run of this date. Raises OfficeError where it makes no sense."""
        with self.sound():
            return load_history(self.connection, form, period, as_of)

    def decisions(self, form: str, period: Period) -> list[Decision]:
        """What reviewers had decided by the newest run of this form and period. Raises OfficeError as ``history`` does."""
        query = f"SELECT key, basis, opinion, remark, source, file FROM decisions WHERE run = ({NEWEST}) ORDER BY key"
        with self.sound():
            rows = self.connection.execute(query, (form, str(period))).fetchall()
            return [Decision(key, grounds, Opinion(opinion), *told) for key, grounds, opinion, *told in rows]

    def previous(self, form: Form, period: Period, roster: Roster) -> Previous | None:
        """What the agencies of this roster had filed last for the period before this one; None of a yearly form, of which
        that is last year. Raises OfficeError as ``history`` does."""
        if period.kind is PeriodKind.YEAR:
            return None
        with self.sound():
            (row,) = [*self.connection.execute(NEWEST, (form.id, str(period.previous))), None][:1]
            filed = load_filed(self.connection, row[0], form) if row else {}
        known = {a.code: filed[code] for a in roster.agencies for code in roster.known_as(a)[::-1] if code in filed}
        known = known if roster.given else filed
        return Previous(
            period.previous,
            {code: values for code, (_, values) in known.items()},
            frozenset(code for code, (state, _) in known.items() if state not in (State.COUNTED, State.HELD)),
            form.cumulatives if period.opens_year else frozenset(),
        )

    def readings(self, terms: object) -> Readings:
        """What was read of files on these terms."""
        return Readings(self.connection, terms)

    def reviews(self) -> Reviews:
        """What was read of reviewers' workbooks."""
        return Reviews(self.connection)

    @property
    def names(self) -> list[str]:
        """The names of all runs, also of those whose folders were deleted."""
        return [name for (name,) in self.connection.execute("SELECT name FROM runs ORDER BY id")]

    @property
    def newest(self) -> RunEntry | None:
        """The newest finished run."""
        return next(iter(self.entries("stage = 'done' ORDER BY as_of DESC, id DESC LIMIT 1")), None)

    def refuse_earlier(self, as_of: date) -> None:
        """Raises OfficeError where a run of a later date is known: what a run knows must lie before it."""
        newest = self.newest
        if newest and as_of < newest.as_of:
            raise OfficeError(
                f"日期 {as_of} 早于台账中最新的一次运行 {newest.name}，没有运行。请改用 {newest.as_of} 或以后的日期；"
                "只想看那一天的情形，加 --dry-run；如果那次运行只是试用，或者日期写错了，请用备份恢复台账，"
                f"没有备份的把 {self.path.name} 移走（只丢历次记录，不丢今年的数）。"
            )

    def prepare(self, result: Consolidation, manifest: Manifest, fingerprint: str, summary: str, folder: Path) -> None:
        """Write down a run whose folder is filled and is now to get its name."""
        files = files_of(folder)
        row = {
            "name": result.run.name,
            "form": result.form.id,
            "year": result.period.year,
            "period": str(result.period),
            "region": result.region.name,
            "as_of": result.as_of.isoformat(),
            "basis": fingerprint,
            "inputs": as_text(manifest["inputs"]),
            "summary": summary,
            "workbook": manifest["workbook"],
            "sha256": files[manifest["workbook"]],
            "files": as_text(files),
            "due": len(result.agencies),
            "states": as_text(Counter(record.state.value for record in result.agencies)),
            "findings": as_text(Counter(finding.severity.value for _, finding in result.findings)),
        }
        with self.transaction():
            record_result(self.connection, self.insert(row), result)

    def done(self, name: str) -> None:
        """Write down that a prepared run has its folder. Where that fails the next start finds out by itself."""
        try:
            with self.transaction():
                self.connection.execute("UPDATE runs SET stage = 'done' WHERE name = ?", (name,))
        except sqlite3.Error as error:
            logger.warning("run {} is published, but not yet noted as done: {}", name, error)

    def insert(self, row: Mapping[str, object]) -> int:
        """Put down a run as prepared; its number."""
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        query = f"INSERT INTO runs (stage, {columns}) VALUES ('{PREPARED}', {marks})"
        return int(self.connection.execute(query, tuple(row.values())).lastrowid or 0)

    def entries(self, where: str, *values: object) -> list[RunEntry]:
        """The runs of which a condition in SQL holds."""
        query = f"SELECT id, name, as_of, basis, summary, files FROM runs WHERE {where}"
        return [
            RunEntry(number, name, date.fromisoformat(day), fingerprint, summary, json.loads(files))
            for number, name, day, fingerprint, summary, files in self.connection.execute(query, values)
        ]

    @contextmanager
    def sound(self) -> Iterator[None]:
        """Raises OfficeError where what stands in the ledger makes no sense."""
        try:
            yield
        except (ValueError, TypeError, KeyError, ArithmeticError, MsgspecError) as error:
            raise damaged(self.path) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


@contextmanager
def open_ledger(path: Path, *, keep: bool = True) -> Iterator[Ledger]:
    """The ledger of an office, a new one where there is none. Unless it is to ``keep`` what is written, it is a copy in
    memory, and the file stays as it is.

    Raises OfficeError where it is damaged, a newer program's or none at all, Busy where it is in use, and OutboxError
    where it cannot be written.
    """
    with spoken(path):
        connection = connect(path) if keep else copy(path)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            migrate(connection, path)
            yield Ledger(connection, path)
        finally:
            connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """A connection without transactions of its own: what belongs together says so."""
    return sqlite3.connect(path, isolation_level=None, timeout=2)


def copy(path: Path) -> sqlite3.Connection:
    """The ledger in memory, so that a dry run may write without a trace."""
    memory = connect(Path(":memory:"))
    if path.is_file() and path.stat().st_size:
        original = connect(path)
        try:
            original.backup(memory)
        finally:
            original.close()
    return memory


def files_of(folder: Path) -> dict[str, str]:
    """The sha256 of every file in a run folder, by its path there."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest(path) for path in found}


def as_text(value: Mapping[str, Any]) -> str:
    """JSON whose keys are sorted: the same facts give the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
