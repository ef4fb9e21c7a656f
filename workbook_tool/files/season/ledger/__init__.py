"""The ledger: what every run saw, found and decided, in one SQLite file beside config.toml.

It adds to the inbox and never stands in for it: without it history is lost, and no number of this year. A run is written
here as prepared before its folder gets its name, and as done after; what was interrupted between the two is settled at
the next start, so that ledger and outbox never disagree.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec
from loguru import logger
from msgspec import MsgspecError

from workbook_tool.files.season.ledger.backup import copy_before
from workbook_tool.files.season.ledger.connection import connect, in_memory
from workbook_tool.files.season.ledger.decided import load_corrections, load_decisions
from workbook_tool.files.season.ledger.filed import (
    load_begun,
    load_first_places,
    load_periods,
    load_previous,
    load_reported,
)
from workbook_tool.files.season.ledger.owner import settle_owner, strangers
from workbook_tool.files.season.ledger.past import load_history, run_days
from workbook_tool.files.season.ledger.readings import Readings
from workbook_tool.files.season.ledger.record import record_result
from workbook_tool.files.season.ledger.reviews import Reviews
from workbook_tool.files.season.ledger.runs import RunEntry, files_of_folder, insert_prepared, load_entries, rows_of_run
from workbook_tool.files.season.ledger.schema import damaged, migrate, spoken
from workbook_tool.files.season.ledger.signings import Signings
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.judging.correction import TypedNumber
from workbook_tool.model.judging.follow_up import Decision
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.history import UNDONE, History
from workbook_tool.model.season.last_year import Previous
from workbook_tool.model.season.periods import FiledOnce
from workbook_tool.model.season.work import Work
from workbook_tool.model.workbook.manifest import Manifest
from workbook_tool.model.workbook.result import Consolidation


class Ledger:
    """An open ledger. ``open_ledger`` makes them."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection, self.path = connection, path

    def settle(self, settings: Settings, forms: Collection[str], same_office: bool = False) -> list[str]:
        """See that the ledger is that of this office and its forms, and settle what was interrupted. Returns what was
        settled, in words.

        Raises OfficeError where this is another office's ledger, unless it is the ``same_office`` under a new name.
        """
        here = self.newest_in(settings.outbox)
        with self.transaction():
            settle_owner(self.connection, self.path, settings, forms, same_office, here)
        return self.settle_runs(settings.outbox)

    def settle_runs(self, outbox: Path) -> list[str]:
        """Settle what was interrupted. Returns what was settled, in words."""
        settled = self.repair(outbox)
        for name in self.half_withdrawn(outbox):
            self.withdraw(name)
            settled.append(f"{name}：上次撤销中断，结果文件夹已移走，现在补记入台账")
        return settled

    def newest_in(self, outbox: Path) -> str:
        """The name of the newest run, where its folder lies in this outbox; else empty."""
        newest = self.newest
        return newest.name if newest and newest.lies_in(outbox) else ""

    def doubts(self, settings: Settings, forms: Collection[str]) -> list[str]:
        """Why ledger and outbox may not belong together, in words; nothing where they do."""
        put_back = [name for name in self.withdrawn() if (settings.outbox / name).is_dir()]
        words = (
            f"{'、'.join(put_back)} 已撤销，文件夹却在发件夹里：请移回 {UNDONE}，不要当作结果用；要用的，重新运行一次。"
        )
        gone = self.newest_name if not (settings.outbox / self.newest_name).is_dir() else ""
        missing = f"最新的一次运行 {gone} 的文件夹不在发件夹里：请从备份移回；不要它了的，用 workbook-tool undo 撤销，或重新运行一次。"
        return [*([words] if put_back else []), *([missing] if gone else []), *strangers(settings, forms, self.names)]

    def half_withdrawn(self, outbox: Path) -> list[str]:
        """The runs whose folders were put among those undone, and that are not noted as withdrawn yet."""
        names = dict.fromkeys(entry.name for entry in self.entries("stage = 'done'"))
        return [name for name in names if (outbox / UNDONE / name).is_dir() and not (outbox / name).is_dir()]

    def repair(self, outbox: Path) -> list[str]:
        """Settle what was interrupted: a prepared run whose folder is there is done, any other never was. Returns what
        was settled, in words."""
        settled: dict[str, str] = {}
        with self.transaction():
            for entry in self.entries("stage = 'prepared'"):
                if entry.lies_in(outbox):
                    self.connection.execute("UPDATE runs SET stage = 'done' WHERE name = ?", (entry.name,))
                    settled[entry.name] = "上次在写出之后中断，结果完整，补记入台账"
                else:
                    self.connection.execute("DELETE FROM runs WHERE name = ?", (entry.name,))
                    settled[entry.name] = "上次在写出之前中断，没有结果，台账中撤销"
        return [f"{name}：{words}" for name, words in settled.items()]

    def history(self, form: str, period: Period, as_of: date) -> History:
        """What is known of a form and period to a run of this date. Raises OfficeError where it makes no sense."""
        with self.sound():
            return load_history(self.connection, form, period, as_of)

    def decisions(self, form: str, period: Period) -> list[Decision]:
        """What reviewers had decided by the newest run of this form and period. Raises OfficeError as ``history`` does."""
        with self.sound():
            return load_decisions(self.connection, form, period)

    def corrections(self, form: str, period: Period) -> list[TypedNumber]:
        """What reviewers had corrected by the newest run of this form and period. Raises OfficeError as ``history`` does."""
        with self.sound():
            return load_corrections(self.connection, form, period)

    def previous(self, form: Form, period: Period, roster: Roster) -> Previous | None:
        """What the agencies of this roster had filed last for the period before this one; None of a yearly form, of which
        that is last year. Raises OfficeError as ``history`` does."""
        with self.sound():
            return load_previous(self.connection, form, period, roster)

    def periods(self, form: Form, periods: Sequence[Period], roster: Roster) -> dict[Period, dict[str, FiledOnce]]:
        """What the agencies of this roster filed for each of these periods, by their present codes. Raises OfficeError as
        ``history`` does."""
        with self.sound():
            return load_periods(self.connection, form, periods, roster)

    def reported(self, form: str) -> list[Period]:
        """The periods of a form that runs judged, from the first that was reported, of which there is a workbook. Raises
        OfficeError as ``history`` does."""
        with self.sound():
            return load_reported(self.connection, form)

    def begun(self, form: str) -> dict[Period, date]:
        """The periods of a form that were reported themselves, each with the day of the first run that did. Raises
        OfficeError as ``history`` does."""
        with self.sound():
            return load_begun(self.connection, form)

    def first_places(self, form: str) -> dict[tuple[str, str], Period]:
        """By sha256 and path, the period that was reported when a file was first counted there. Raises OfficeError as
        ``history`` does."""
        with self.sound():
            return load_first_places(self.connection, form)

    def seen_by(self, run: int) -> frozenset[str]:
        """The digests of all files that the runs up to this row saw."""
        rows = self.connection.execute("SELECT DISTINCT sha256 FROM sightings WHERE run <= ?", (run,))
        return frozenset(sha256 for (sha256,) in rows)

    @property
    def ages(self) -> dict[str, tuple[str, int]]:
        """What sorts runs by age: by name the day, and the number that counts the runs as they were made."""
        return {name: (day.isoformat(), number) for number, name, day in run_days(self.connection)}

    @property
    def signings(self) -> Signings:
        """Who signed what."""
        return Signings(self.connection)

    def copy_before(self, run: str) -> list[str]:
        """Keep a copy of the ledger as it is before this run. Returns why there is none, in words."""
        return copy_before(self.connection, self.path, run)

    def readings(self, terms: object, lasting: object = None) -> Readings:
        """What was read of files on these terms; ``lasting`` is what stays of them from week to week."""
        return Readings(self.connection, terms, lasting)

    def reviews(self) -> Reviews:
        """What was read of reviewers' workbooks."""
        return Reviews(self.connection)

    @property
    def names(self) -> list[str]:
        """The names of all runs, also of those whose folders were deleted."""
        return list(dict.fromkeys(name for (name,) in self.connection.execute("SELECT name FROM runs ORDER BY id")))

    @property
    def newest(self) -> RunEntry | None:
        """The newest finished run."""
        return next(iter(self.entries("stage = 'done' ORDER BY as_of DESC, id DESC LIMIT 1")), None)

    @property
    def just_withdrawn(self) -> list[str]:
        """The runs that were withdrawn since the newest that stands was made."""
        return self.withdrawn(self.newest.number if self.newest else 0)

    def withdrawn(self, after: int = 0) -> list[str]:
        """The runs that were withdrawn, of those made after the one of this number."""
        query = "SELECT name FROM runs WHERE stage = 'withdrawn' AND id > ? ORDER BY id"
        return list(dict.fromkeys(name for (name,) in self.connection.execute(query, (after,))))

    def withdraw(self, name: str) -> None:
        """Mark a run as withdrawn: its name stays taken, and what it saw and heard stays known."""
        self.connection.execute("UPDATE runs SET stage = 'withdrawn' WHERE name = ?", (name,))

    def judged(self, name: str) -> list[tuple[str, Period]]:
        """The forms and periods that this run judged, those of its reports first."""
        query = "SELECT form, period FROM runs WHERE name = ? ORDER BY id"
        with self.sound():
            return [(form, Period.parse(period)) for form, period in self.connection.execute(query, (name,))]

    def asked(self, name: str, form: str, period: Period) -> tuple[Work, ...]:
        """What this run asked of people about a form and period; nothing of a run that the ledger does not know."""
        query = "SELECT asked FROM runs WHERE name = ? AND form = ? AND period = ?"
        row = self.connection.execute(query, (name, form, str(period))).fetchone()
        with self.sound():
            return msgspec.json.decode(row[0], type=tuple[Work, ...]) if row else ()

    @property
    def newest_name(self) -> str:
        """The name of the newest run that stands; empty where there is none."""
        return self.newest.name if self.newest else ""

    def refuse_earlier(self, as_of: date) -> None:
        """Raises OfficeError where a run of a later date is known: what a run knows must lie before it."""
        newest = self.newest
        if newest and as_of < newest.as_of:
            raise OfficeError(
                f"日期 {as_of} 早于台账中最新的一次运行 {newest.name}，没有运行。请改用 {newest.as_of} 或以后的日期；"
                "只想看那一天的情形，加 --dry-run；如果那次运行只是试用，或者日期写错了，"
                "先用 workbook-tool undo 撤销它，再运行。"
            )

    def prepare(
        self,
        results: Sequence[Consolidation],
        manifest: Manifest,
        fingerprint: str,
        summary: str,
        asked: Sequence[Sequence[Work]],
        folder: Path,
        copies: Mapping[str, str],
    ) -> None:
        """Write down a run whose folder is filled and is now to get its name; ``asked`` is what each of its results asks of
        people, ``copies`` are the paths of its return copies by what each was made of."""
        rows = rows_of_run(results, manifest, fingerprint, summary, asked, files_of_folder(folder), copies)
        with self.transaction():
            for result, row in zip(results, rows, strict=True):
                record_result(self.connection, insert_prepared(self.connection, row), result)

    def done(self, name: str) -> None:
        """Write down that a prepared run has its folder. Where that fails the next start finds out by itself."""
        try:
            with self.transaction():
                self.connection.execute("UPDATE runs SET stage = 'done' WHERE name = ?", (name,))
        except sqlite3.Error as error:
            logger.warning("run {} is published, but not yet noted as done: {}", name, error)

    def entries(self, where: str, *values: object) -> list[RunEntry]:
        """The runs of which a condition in SQL holds, each by its first row."""
        with self.sound():
            return load_entries(self.connection, where, *values)

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
        connection = connect(path) if keep else in_memory(path)
        try:
            migrate(connection, path)
            yield Ledger(connection, path)
        finally:
            connection.close()
