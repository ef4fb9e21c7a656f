"""How a form says the region's own report is drafted: its chapters, and the sentences that its numbers make."""

from __future__ import annotations

from msgspec import Struct


class DraftSentence(Struct, frozen=True):
    """A sentence with slots for numbers, each the sum of some items; ``{name_change}`` is how it was a year ago,
    ``{name_parts}`` what it is made of, but for what is 0. ``shares`` are one slot in per cent of another. Where one of
    ``only`` is 0, ``none`` is said in its place."""

    says: str
    slots: tuple[tuple[str, tuple[int, ...]], ...] = ()
    shares: tuple[tuple[str, str, str], ...] = ()
    only: tuple[str, ...] = ()
    none: str = ""


class Chapter(Struct, frozen=True):
    """A part of the report: its heading, on which level, what it says, the table that it shows, and whether a person has
    something ``todo`` there. ``each`` is what it says of an agency, by what is gathered from its report (``last_`` before
    it: from that of a year ago): the first of these all of which is known. Where that is none of any, the part is left
    out."""

    head: str
    level: int = 1
    sentences: tuple[DraftSentence, ...] = ()
    table: str = ""
    each: tuple[str, ...] = ()
    todo: bool = False


class Drafting(Struct, frozen=True):
    """The whole of it. ``more``, ``less`` and ``same`` are what is said beside a number of how it was a year ago."""

    title: str
    opening: str
    todo: str
    more: str
    less: str
    same: str
    chapters: tuple[Chapter, ...] = ()
