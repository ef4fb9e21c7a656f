"""Copies of the ledger: one from before each run, so that a ledger that was lost or spoilt costs a week and no season."""

from __future__ import annotations

import sqlite3
from glob import escape
from pathlib import Path

COPIES, KEPT_COPIES = "台账备份", 10
"""The folder beside the ledger, and how many of the newest copies it keeps."""


def copy_before(connection: sqlite3.Connection, path: Path, run: str) -> list[str]:
    """Copy an open ledger as it is before this run, whole or not at all, and drop the oldest copies. A run that is tried
    again replaces its own copy, so that a bad day does not push out the good ones.

    Returns why there is no copy, in words; nothing where all is well. It never stops a run.
    """
    folder = path.parent / COPIES
    kept, partial = folder / f"{path.stem}_{run}之前.sqlite", folder / f".partial-{path.stem}"
    try:
        folder.mkdir(exist_ok=True)
        partial.unlink(missing_ok=True)
        copy = sqlite3.connect(partial)
        try:
            connection.backup(copy)
        finally:
            copy.close()
        partial.replace(kept)
        own = folder.glob(f"{escape(path.stem)}_????-??-??-*之前.sqlite")
        copies = sorted(own, key=lambda one: (one.stat().st_mtime_ns, one.name))
        for old in copies[:-KEPT_COPIES]:
            old.unlink()
    except (OSError, sqlite3.Error) as error:
        return [f"台账没有备份成（{folder}：{error}），照常运行。请检查磁盘空间和文件夹权限。"]
    return []
