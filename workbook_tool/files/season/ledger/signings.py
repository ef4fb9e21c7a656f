"""Who signed which run, with the very mark that was put into the outbox, so that a signing can be taken back.

The mark in the outbox says what is in force; what stands here says when it came, and what it took the place of.
"""

from __future__ import annotations

import sqlite3

from msgspec import Struct


class Signing(Struct, frozen=True):
    """A signing: the run, the day, who signed (empty where nobody said), after which run (by its number in the ledger) it
    was done, the text of its mark with its sha256, and the sha256 of the mark that it took the place of (empty: of
    none)."""

    run: str
    form: str
    period: str
    day: str
    signer: str
    sha256: str
    mark: str
    replaced: str = ""
    after: int = 0
    number: int = 0


COLUMNS = "run, form, period, day, signer, sha256, mark, replaced"


class Signings:
    """The signings that the ledger knows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def add(self, signing: Signing) -> None:
        """Write down a signing whose mark is now to be put into the outbox. The same once more is none."""
        if signing.sha256 == signing.replaced:
            return
        values = tuple(getattr(signing, name) for name in COLUMNS.split(", "))
        newest = "(SELECT coalesce(max(id), 0) FROM runs)"
        self.connection.execute(f"INSERT INTO signings ({COLUMNS}, after) VALUES (?{', ?' * 7}, {newest})", values)

    def by_mark(self, sha256: str) -> Signing | None:
        """The signing that put down this mark, the newest such; None where the ledger does not know it."""
        query = f"SELECT {COLUMNS}, after, id FROM signings WHERE sha256 = ? ORDER BY id DESC LIMIT 1"
        row = self.connection.execute(query, (sha256,)).fetchone()
        return Signing(*row) if row else None
