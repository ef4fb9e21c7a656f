"""The tables of a ledger, and how a ledger of an earlier version becomes one of this version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbook_tool.model.errors import Busy, OfficeError, OutboxError

APPLICATION = 0x57425431
"""What marks an SQLite file as a ledger of ours."""

MIGRATIONS = [
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, stage TEXT NOT NULL, form TEXT NOT NULL, year INTEGER NOT NULL,
        region TEXT NOT NULL, as_of TEXT NOT NULL, basis TEXT NOT NULL, inputs TEXT NOT NULL, summary TEXT NOT NULL,
        workbook TEXT NOT NULL, sha256 TEXT NOT NULL, files TEXT NOT NULL,
        due INTEGER NOT NULL, states TEXT NOT NULL, findings TEXT NOT NULL
    );
    CREATE TABLE sightings (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, path TEXT NOT NULL, sha256 TEXT NOT NULL,
        state TEXT NOT NULL, code TEXT NOT NULL, agency TEXT NOT NULL, year INTEGER, reason TEXT NOT NULL,
        older INTEGER NOT NULL, PRIMARY KEY (run, path)
    ) WITHOUT ROWID;
    CREATE INDEX sighted ON sightings (sha256, run, older);
    CREATE TABLE numbers (digest TEXT PRIMARY KEY, numbers BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE versions (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, code TEXT NOT NULL, sha256 TEXT NOT NULL,
        path TEXT NOT NULL, state TEXT NOT NULL, numbers TEXT NOT NULL REFERENCES numbers, musts TEXT NOT NULL,
        explains TEXT NOT NULL, filed_on TEXT, filed_by TEXT NOT NULL, PRIMARY KEY (run, code)
    ) WITHOUT ROWID;
    CREATE TABLE problems (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, key TEXT NOT NULL, basis TEXT NOT NULL,
        code TEXT NOT NULL, agency TEXT NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL, form_table TEXT NOT NULL,
        form_row TEXT NOT NULL, form_column TEXT NOT NULL, message TEXT NOT NULL, filed TEXT, expected TEXT,
        status TEXT NOT NULL, PRIMARY KEY (run, key)
    ) WITHOUT ROWID;
    CREATE TABLE decisions (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, key TEXT NOT NULL, basis TEXT NOT NULL,
        opinion TEXT NOT NULL, remark TEXT NOT NULL, source TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (run, key)
    ) WITHOUT ROWID;
    CREATE TABLE readings (
        key TEXT PRIMARY KEY, terms TEXT NOT NULL, sha256 TEXT NOT NULL, run INTEGER NOT NULL, value BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE reviews (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    """,
    """
    ALTER TABLE runs ADD COLUMN asked TEXT NOT NULL DEFAULT '[]';
    CREATE TABLE office (region TEXT NOT NULL, form TEXT NOT NULL, place TEXT NOT NULL);
    CREATE TABLE signings (
        id INTEGER PRIMARY KEY, run TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, day TEXT NOT NULL,
        signer TEXT NOT NULL, after INTEGER NOT NULL, sha256 TEXT NOT NULL, mark TEXT NOT NULL, replaced TEXT NOT NULL
    );
    """,
    """
    CREATE TABLE corrections (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, key TEXT NOT NULL, item TEXT NOT NULL,
        cell TEXT NOT NULL, number TEXT NOT NULL, why TEXT NOT NULL, was TEXT NOT NULL, filed TEXT NOT NULL,
        source TEXT NOT NULL, file TEXT NOT NULL, place TEXT NOT NULL, since TEXT NOT NULL, life TEXT NOT NULL,
        PRIMARY KEY (run, key, item)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE runs ADD COLUMN period TEXT NOT NULL DEFAULT '';
    UPDATE runs SET period = CAST(year AS TEXT);
    """,
    """
    CREATE TABLE judged (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, stage TEXT NOT NULL, form TEXT NOT NULL, year INTEGER NOT NULL,
        region TEXT NOT NULL, as_of TEXT NOT NULL, basis TEXT NOT NULL, inputs TEXT NOT NULL, summary TEXT NOT NULL,
        workbook TEXT NOT NULL, sha256 TEXT NOT NULL, files TEXT NOT NULL,
        due INTEGER NOT NULL, states TEXT NOT NULL, findings TEXT NOT NULL, asked TEXT NOT NULL DEFAULT '[]',
        period TEXT NOT NULL DEFAULT '', UNIQUE (name, form, period)
    );
    INSERT INTO judged SELECT id, name, stage, form, year, region, as_of, basis, inputs, summary, workbook, sha256, files,
        due, states, findings, asked, period FROM runs;
    DROP TABLE runs;
    ALTER TABLE judged RENAME TO runs;
    """,
    """
    ALTER TABLE runs ADD COLUMN copies TEXT NOT NULL DEFAULT '{}';
    """,
]
"""Step n leads from version n to version n + 1. A step that was ever released is never changed. A run has a row for each
form and period that it judged, those of the reports first."""


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a ledger up to this version. Raises OfficeError where it is a newer program's, damaged or none at all."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    if version > len(MIGRATIONS):
        raise OfficeError(
            f"台账 {path} 是更新版本的程序写的（版本 {version}，本程序只认到 {len(MIGRATIONS)}），没有运行。"
            "请改用较新的 workbook-tool；不要删除这个文件。"
        )
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if mark != APPLICATION and tables:
        raise OfficeError(
            f"{path} 不是本程序的台账，没有改动。请移走它，或在 config.toml 的 [folders] ledger 中另写一个文件名。"
        )
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise damaged(path)
    connection.execute("PRAGMA foreign_keys = OFF")  # a table that is made anew takes nothing along that points to it
    for number in range(version, len(MIGRATIONS)):
        steps = f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA application_id = {APPLICATION};"
        connection.executescript(f"{steps} PRAGMA user_version = {number + 1}; COMMIT;")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")  # a ledger that cannot be written says so here


KEPT_OUT = {
    "SQLITE_FULL": "磁盘已满",
    "SQLITE_READONLY": "是只读的",
    "SQLITE_IOERR": "磁盘读写出错",
    "SQLITE_CANTOPEN": "打不开，多半是没有权限",
    "SQLITE_PERM": "没有权限",
}
"""What the system keeps SQLite from, by how its name for the error begins."""


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """Whatever SQLite complains of, in words: damage is ours to settle (OfficeError), a ledger that cannot be written is
    as an outbox that cannot (OutboxError), and one that somebody else is writing is Busy."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise Busy(f"台账 {path} 正被另一个程序使用；请等它结束后再运行。") from error
        if said := next((words for start, words in KEPT_OUT.items() if name.startswith(start)), ""):
            raise OutboxError(
                f"台账 {path} 用不了：{said}（{error}），没有写出结果。请检查磁盘空间和文件、文件夹的权限；"
                "以前的结果没有变动。"
            ) from error
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise damaged(path) from error


def damaged(path: Path) -> OfficeError:
    """The error for a ledger that is no database any more, with the way out."""
    return OfficeError(
        f"台账 {path} 已损坏，没有运行。请用备份恢复这个文件；没有备份的，把它移到别处后再运行："
        "以往的记录（新旧版本、问题的来历、处理意见）会重新开始，今年的数字不受影响。"
    )
