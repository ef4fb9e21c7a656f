"""What was typed into the workbooks that reviewers saved, kept so that an unchanged one is not read again.

What was read of a workbook is found again only for the same bytes under the same name, read for the same region, year
and form by the same program; what was altered since, or does not decode, is none. A workbook that is gone is forgotten.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib

import msgspec

from workbook_tool.files.intake.program import program
from workbook_tool.files.season.ledger.readings import pack, sealed
from workbook_tool.model.season.history import Reviewed


class Reviews:
    """The reviewed workbooks that the ledger knows. ``save`` keeps those that were asked for or put here, no others."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.known: dict[str, object] = dict(connection.execute("SELECT key, value FROM reviews"))
        self.now: dict[str, object] = {}

    def get(self, facts: object) -> Reviewed | None:
        """What was read under these facts: all that a reading depends on."""
        key = key_of(facts)
        value = self.known.get(key)
        if not isinstance(value, bytes) or value[:32] != sealed(key, value[32:]):
            return None
        try:
            reviewed = DECODER.decode(zlib.decompress(value[32:]))
        except (msgspec.MsgspecError, zlib.error):
            return None
        self.now[key] = value
        return reviewed

    def put(self, facts: object, reviewed: Reviewed) -> None:
        """Keep what was read under these facts."""
        key = key_of(facts)
        try:
            value = zlib.compress(pack(reviewed), 1)
        except UnicodeEncodeError:  # half a character
            return
        self.now[key] = sealed(key, value) + value

    def save(self) -> None:
        """Write down what is kept from now on."""
        if self.now == self.known:
            return
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("DELETE FROM reviews")
        self.connection.executemany("INSERT INTO reviews VALUES (?, ?)", self.now.items())
        self.connection.execute("COMMIT")


def key_of(facts: object) -> str:
    """What a reviewed workbook is kept under, of this version of the program."""
    return hashlib.sha256(pack((program(), facts))).hexdigest()


DECODER = msgspec.msgpack.Decoder(Reviewed)
