"""What is remembered of mails: what was fetched, and what was sent, in an SQLite file beside config.toml.

It is no part of the ledger: whoever puts back an older ledger, or begins a new one, must not send every letter once
more; and mails come and go while nobody holds the outbox.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from workbook_tool.model.errors import Busy, OfficeError, OutboxError, why
from workbook_tool.model.intake.source import BEIJING
from workbook_tool.model.mail.envelope import Envelope, Spot
from workbook_tool.model.mail.posting import Fate, Posted

FILE, VERSION = "mail.sqlite", 1
TABLES = """
    CREATE TABLE IF NOT EXISTS messages (
        identity TEXT PRIMARY KEY, sender TEXT NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL, day TEXT NOT NULL,
        size INTEGER NOT NULL, bounce INTEGER NOT NULL, path TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS spots (
        account TEXT NOT NULL, folder TEXT NOT NULL, validity INTEGER NOT NULL, uid INTEGER NOT NULL,
        identity TEXT NOT NULL REFERENCES messages, marked INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (account, folder, validity, uid)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS letters (
        message_id TEXT PRIMARY KEY, code TEXT NOT NULL, kind TEXT NOT NULL, run TEXT NOT NULL, recipients TEXT NOT NULL,
        subject TEXT NOT NULL, fate TEXT NOT NULL, moment TEXT NOT NULL, said TEXT NOT NULL
    ) WITHOUT ROWID;
"""
LETTER = "message_id, code, kind, run, recipients, subject, fate, moment, said"
NUMBER = "account = ? AND folder = ? AND validity = ? AND uid = ?"


class MailMemory:
    """What is remembered. ``open_memory`` makes them; every change is on the disk when its method returns, but for those in a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def known(self, spot: Spot) -> set[int]:
        """The numbers of the messages that were looked at in this folder, under its present numbering."""
        query = "SELECT uid FROM spots WHERE account = ? AND folder = ? AND validity = ?"
        return {uid for (uid,) in self.connection.execute(query, (spot.account, spot.folder, spot.validity))}

    def note(self, found: Iterable[tuple[Spot, Envelope]]) -> None:
        """Remember messages by their envelopes, and where they lie."""
        columns = "identity, sender, name, subject, day, size, bounce"
        with self.transaction():
            for spot, one in found:
                told = (one.identity, one.sender, one.name, one.subject, one.day.isoformat(), one.size, one.bounce)
                self.connection.execute(f"INSERT OR IGNORE INTO messages ({columns}) VALUES (?,?,?,?,?,?,?)", told)
                row = (*number(spot), one.identity)
                self.connection.execute("INSERT OR REPLACE INTO spots VALUES (?,?,?,?,?,0)", row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is noted in here is on the disk at its end, also where something stops us: each note tells of what has
        happened."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self.connection.execute("COMMIT")

    def envelope(self, spot: Spot) -> Envelope:
        """The message that lies here."""
        query = f"""
            SELECT m.identity, sender, name, subject, day, size, bounce FROM messages m JOIN spots s
            ON s.identity = m.identity WHERE {NUMBER}
        """
        identity, sender, name, subject, day, size, bounce = self.connection.execute(query, number(spot)).fetchone()
        return Envelope(identity, sender, name, subject, date.fromisoformat(day), size, bool(bounce))

    def path(self, identity: str) -> str:
        """Where a message was put in the inbox; empty where it was not fetched."""
        row = self.connection.execute("SELECT path FROM messages WHERE identity = ?", (identity,)).fetchone()
        return str(row[0]) if row else ""

    def fetched(self, identity: str, path: str) -> None:
        """Remember where a message was put."""
        self.connection.execute("UPDATE messages SET path = ? WHERE identity = ?", (path, identity))

    def is_marked(self, spot: Spot) -> bool:
        """Whether the message here was marked or moved on the server, as the office wants it."""
        return bool(self.connection.execute(f"SELECT marked FROM spots WHERE {NUMBER}", number(spot)).fetchone()[0])

    def marked(self, spot: Spot) -> None:
        """Remember that it was."""
        self.connection.execute(f"UPDATE spots SET marked = 1 WHERE {NUMBER}", number(spot))

    def letter(self, message_id: str) -> Posted | None:
        """What became of a letter; None where it was never to go out."""
        row = self.connection.execute(f"SELECT {LETTER} FROM letters WHERE message_id = ?", (message_id,)).fetchone()
        return posted(row) if row else None

    def last_sent(self, code: str, kind: str) -> str:
        """When a letter of this kind went out to the agency last; empty where none did."""
        query = "SELECT max(moment) FROM letters WHERE code = ? AND kind = ? AND fate = 'sent'"
        return str(self.connection.execute(query, (code, kind)).fetchone()[0] or "")

    def sent_to(self, code: str) -> list[Posted]:
        """The letters to an agency, the oldest first."""
        rows = self.connection.execute(f"SELECT {LETTER} FROM letters WHERE code = ? ORDER BY moment", (code,))
        return [posted(row) for row in rows]

    def put(self, letter: Posted) -> None:
        """Remember what becomes of a letter, in place of what was known of it."""
        values = (letter.message_id, letter.code, letter.kind, letter.run, letter.to, letter.subject)
        self.connection.execute(
            f"INSERT OR REPLACE INTO letters ({LETTER}) VALUES (?,?,?,?,?,?,?,?,?)",
            (*values, letter.fate.value, letter.moment, letter.said),
        )


def number(spot: Spot) -> tuple[str, str, int, int]:
    """A spot as the database looks for it."""
    return spot.account, spot.folder, spot.validity, spot.uid


def posted(row: tuple[str, ...]) -> Posted:
    """A letter from its row."""
    message_id, code, kind, run, to, subject, fate, moment, said = row
    return Posted(message_id, code, kind, run, to, subject, Fate(fate), moment, said)


def now() -> str:
    """This minute, as it is kept and shown."""
    return f"{datetime.now(BEIJING):%Y-%m-%d %H:%M}"


@contextmanager
def open_memory(root: Path, *, keep: bool = True) -> Iterator[MailMemory]:
    """The memory of an office, held alone; one that is only looked at (not to ``keep``) is a copy, and nothing is written.

    Raises Busy where somebody holds it, OfficeError where it is damaged and OutboxError where it cannot be written.
    """
    path = root / FILE
    with held(path) if keep else nullcontext(), in_words(path):
        connection = sqlite3.connect(path if keep else ":memory:", isolation_level=None, timeout=2)
        try:
            if not keep and path.is_file():
                original = sqlite3.connect(path, timeout=2)
                original.backup(connection)
                original.close()
            connection.execute("PRAGMA synchronous = FULL")
            if connection.execute("PRAGMA user_version").fetchone()[0] > VERSION:
                raise OfficeError(f"{path} 是更新版本的程序写的，没有动它。请改用较新的 workbook-tool。")
            connection.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
            yield MailMemory(connection)
        finally:
            connection.close()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the memory: two who send at once would send twice. Raises Busy where somebody does."""
    lock = FileLock(path.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy("另一个窗口正在收发邮件；请等它结束后再试。") from None
    except OSError as error:
        raise OutboxError(f"办公文件夹 {path.parent} 写不进去：{why(error)}。没有收发邮件。") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Whatever SQLite complains of, in words."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            raise OutboxError(f"邮件记录 {path} 写不进去（{error}），停下了。请检查磁盘空间和权限。") from error
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise Busy(f"邮件记录 {path} 正被另一个程序使用；请等它结束后再试。") from error
        raise OfficeError(
            f"邮件记录 {path} 已损坏（{error}），没有收发邮件。请用备份恢复；没有备份的把它移到别处：已收的邮件不会重复收，"
            "但已发的信会不记得，发之前请自己核对。"
        ) from error
