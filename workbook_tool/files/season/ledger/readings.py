"""What was read of a file, kept so that an unchanged file is not read again.

A reading is found again only for the same bytes under the same path and mail, read on the same terms by the same
program; one that was altered since, or does not decode, is none.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.intake.program import program
from workbook_tool.files.season.run_folders import MANIFEST
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.model.intake.source import BEIJING, SourceFile
from workbook_tool.model.intake.submission import Submission

KEPT = 5
"""Readings of files that none of so many newest runs saw are dropped."""
PIECE = 500
"""After so many new readings they are written down: what is stopped in the middle of a long inbox goes on from there."""
RUNS = "SELECT coalesce(max(id), 0) + 1 FROM runs"


class PackedMember(Struct, frozen=True):
    """A member of an archive or mail: a file, or the record of one."""

    source: SourceFile | None = None
    record: FileRecord | None = None


class Packed(Struct, frozen=True):
    """A reading as it is kept: one of the three."""

    submission: Submission | None = None
    record: FileRecord | None = None
    members: tuple[PackedMember, ...] | None = None


class Readings:
    """The readings of one set of terms; ``lasting`` is what stays of these from week to week, and all that the reading of a
    file hangs on that says itself for which period it was issued. ``whole`` says whether all that was put here was fit to be
    kept: a file that was still changing, or killed its worker, may be read otherwise next time."""

    def __init__(self, connection: sqlite3.Connection, terms: object, lasting: object = None) -> None:
        self.connection = connection
        self.terms, self.lasting = (
            hashlib.sha256(pack(one) + program().encode()).hexdigest() for one in (terms, lasting or terms)
        )
        self.whole = True
        self.fresh: list[tuple[str, str, str, bytes]] = []

    def get(self, source: SourceFile) -> Submission | FileRecord | Opened | None:
        """What was read of this file, in its present place."""
        keys = (self.key(source, terms) for terms in (self.lasting, self.terms))
        found = (self.connection.execute("SELECT value, key FROM readings WHERE key = ?", (key,)) for key in keys)
        row = next((row for one in found if (row := one.fetchone())), None)
        if not source.sha256 or hangs_on_more(source) or row is None or not isinstance(row[0], bytes):
            return None
        key = row[1]
        seal, value = row[0][:32], row[0][32:]
        if seal != sealed(key, value):
            return None
        try:
            packed = DECODER.decode(zlib.decompress(value))
        except (msgspec.MsgspecError, zlib.error):
            return None
        return unpacked(packed, source)

    def put(self, source: SourceFile, outcome: object) -> None:
        """Keep what was read of a file, where it would be read so again."""
        if isinstance(outcome, FileRecord) and outcome.state is State.ARRIVING:
            self.whole = False
        elif isinstance(outcome, Opened) and any(isinstance(one, Submission) for one in outcome.members):
            return  # a lower level's result: it is quick to read
        elif hangs_on_more(source):
            return
        elif isinstance(outcome, Submission | FileRecord | Opened) and source.sha256:
            try:
                value = zlib.compress(pack(packed(outcome)), 1)
            except (UnicodeEncodeError, OverflowError):  # half a character, or a number beyond all bounds
                return
            terms = self.lasting if lasts(outcome) else self.terms
            key = self.key(source, terms)
            self.fresh.append((key, terms, source.sha256, sealed(key, value) + value))
            if len(self.fresh) == PIECE:
                self.write()
        else:
            self.whole &= not source.sha256

    def save(self) -> None:
        """Write what was put here and is not written yet, and drop what no recent run saw."""
        self.write()
        # A run has a row for each period that it judged: it is runs that are counted here, not rows.
        recent = "SELECT name FROM runs GROUP BY name ORDER BY max(id) DESC LIMIT ?"
        oldest = f"SELECT coalesce(min(id), 0) FROM runs WHERE name IN ({recent})"
        self.connection.execute(
            f"DELETE FROM readings WHERE run < ({oldest}) AND (terms NOT IN (?, ?) OR sha256 NOT IN"
            f" (SELECT sha256 FROM sightings WHERE run >= ({oldest})))",
            (KEPT, self.terms, self.lasting, KEPT),
        )

    def write(self) -> None:
        """Write what was put here since."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(f"INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ({RUNS}), ?)", self.fresh)
        self.connection.execute("COMMIT")
        self.fresh.clear()

    @staticmethod
    def key(source: SourceFile, terms: str) -> str:
        """What a reading is kept under: the bytes, the path, the mail, and all that they were read by."""
        facts = (terms, source.sha256, source.path, source.mail)
        return hashlib.sha256(pack(facts)).hexdigest()


def hangs_on_more(source: SourceFile) -> bool:
    """Whether what is read of a file is not in its bytes alone: a run.json is nothing without the values.csv beside it,
    which may come later, or once more as it was published."""
    return not source.member and source.path.rpartition("/")[2] == MANIFEST


def lasts(outcome: Submission | FileRecord | Opened) -> bool:
    """Whether the reading is the same whatever week is reported now."""
    if isinstance(outcome, Submission):
        period = outcome.identity.period
        return period is not None and (period.kind is PeriodKind.YEAR or outcome.identity.issued)
    return isinstance(outcome, Opened)


def packed(outcome: Submission | FileRecord | Opened) -> Packed:
    """An outcome in a shape that is written down and read back by its type."""
    if isinstance(outcome, Submission):
        return Packed(submission=outcome)
    if isinstance(outcome, FileRecord):
        return Packed(record=outcome)
    members = [
        PackedMember(m) if isinstance(m, SourceFile) else PackedMember(record=m)
        for m in outcome.members
        if not isinstance(m, Submission)
    ]
    return Packed(record=outcome.record, members=tuple(members))


def unpacked(packed: Packed, source: SourceFile) -> Submission | FileRecord | Opened | None:
    """The reading of a file that stands where ``source`` says; None where members' dates hang on its own, and that is
    another now."""
    if packed.submission:
        return replace(packed.submission, source=source)
    if packed.record is None:
        return None
    if packed.members is None:
        return replace(packed.record, source=source)
    if packed.record.source.modified != source.modified:
        return None
    members: list[SourceFile | FileRecord] = []
    for member in packed.members:
        if member.source:
            members.append(placed(member.source, source))
        elif member.record:
            members.append(replace(member.record, source=placed(member.record.source, source)))
    return Opened(replace(packed.record, source=placed(packed.record.source, source)), tuple(members))


def placed(kept: SourceFile, source: SourceFile) -> SourceFile:
    """A kept file or member where the inbox is now; its mail's date in the time of every office again."""
    mail = kept.mail
    if mail:
        mail = replace(mail, sent=in_beijing(mail.sent), claimed=in_beijing(mail.claimed))
    return replace(kept, location=source.location, mail=mail)


def in_beijing(moment: datetime | None) -> datetime | None:
    """A moment in the time of every office."""
    return moment.astimezone(BEIJING) if moment and moment.tzinfo else moment


def sealed(key: str, value: bytes) -> bytes:
    """What tells a reading that was altered since."""
    return hashlib.sha256(key.encode() + value).digest()


def pack(value: Any) -> bytes:
    """Plain bytes; the same value gives the same bytes."""
    return msgspec.msgpack.encode(value, order="deterministic", enc_hook=str)


def restored(kind: type, value: Any) -> Any:
    """Paths travel as texts."""
    if kind is Path or issubclass(kind, Path):
        return Path(value)
    raise msgspec.ValidationError(f"cannot be a {kind.__name__}")


DECODER = msgspec.msgpack.Decoder(Packed, dec_hook=restored)
