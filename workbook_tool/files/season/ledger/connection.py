"""Connections to the file of a ledger, or to a copy of it in memory."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def connect(path: Path) -> sqlite3.Connection:
    """A connection without transactions of its own: what belongs together says so."""
    return sqlite3.connect(path, isolation_level=None, timeout=2)


def in_memory(path: Path) -> sqlite3.Connection:
    """The ledger in memory, so that a dry run may write without a trace."""
    memory = connect(Path(":memory:"))
    if path.is_file() and path.stat().st_size:
        original = connect(path)
        try:
            original.backup(memory)
        finally:
            original.close()
    return memory
