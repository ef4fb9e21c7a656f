"""The versions that an agency sent one after the other, and what changed from each to the next."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import Agency


class ChangedNumber(Struct, frozen=True):
    """A number that differs from the version before, counted in smallest units; None where there was or is none."""

    item: int
    before: int | None
    after: int | None


class Version(Struct, frozen=True):
    """One version: its file, its state, why it does not count (empty for the one that does), and what differs from the
    version before it.

    ``seen`` is the day on which it was first seen. ``present`` says whether the file is still in the inbox.
    ``unaltered``: other bytes with the same numbers and problems, though the one before was returned. ``fixed`` and
    ``broken`` are the must-problems (``Finding.spot``) that went and that came.
    """

    path: str
    sha256: str
    state: State
    seen: date
    counts: bool
    present: bool
    reason: str = ""
    changes: tuple[ChangedNumber, ...] = ()
    unaltered: bool = False
    fixed: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def swapped(self) -> bool:
        """改甲坏乙: one must-problem was mended and another made."""
        return bool(self.fixed and self.broken)


class Chain(Struct, frozen=True):
    """All versions of an agency, oldest first, the one that counts last. ``revised`` is how it differs from the
    ``approved`` one, the last version that had been passed in an earlier run, for the last time on ``approved_on``; empty
    where nothing passed has changed."""

    agency: Agency
    versions: tuple[Version, ...]
    approved: str = ""
    approved_on: date | None = None
    revised: tuple[ChangedNumber, ...] = ()
