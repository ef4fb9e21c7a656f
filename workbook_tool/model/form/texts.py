"""What the running text of a report says of the form's numbers, as the form declares it: patterns, and what they mean.

A pattern is a regular expression over a text whose widths, spaces and line breaks are evened out. ``{year}``,
``{last_year}`` and ``{next_year}`` in it stand for the period that is reported, and ``n`` is the number that is said.
"""

from __future__ import annotations

from msgspec import Struct


class Saying(Struct, frozen=True):
    """A kind of sentence that states a number. ``means`` are the items whose sum that is, by index, in each way that it
    may be meant. ``value`` is the number of a sentence that says it without a digit (nothing was received). ``topic``
    must stand in the sentence, or in the heading over it, and what is in ``unless`` must not stand in the sentence."""

    rule: str
    patterns: tuple[str, ...]
    means: tuple[tuple[int, ...], ...]
    value: int | None = None
    topic: str = ""
    unless: str = ""


class Citation(Struct, frozen=True):
    """What a report cites word by word: the groups of a pattern, put together by ``-``, must be one of ``right``;
    ``{name}`` there stands for the agency. ``meant`` says in words what is right."""

    rule: str
    patterns: tuple[str, ...]
    right: tuple[str, ...]
    meant: str = ""


class ReportPart(Struct, frozen=True):
    """A part of the report that must say something: so many letters at ``least``, and, where there is a ``must``, that."""

    rule: str
    head: str
    least: int = 0
    must: str = ""
    lacks: str = ""


class Gathered(Struct, frozen=True):
    """What is gathered from the reports of all agencies. A passage of the part under ``head`` goes from where it
    ``begins`` to where another one does; the one that ``opens`` the part needs no beginning. Of what is ``promised`` next
    year's reports are laid beside. With ``patterns`` it is a figure in a ``unit``: ``n``, or 0 where a pattern has none."""

    id: str
    title: str
    head: str
    begins: str = ""
    opens: bool = False
    promised: bool = False
    unit: str = ""
    patterns: tuple[str, ...] = ()


NEVER = "(?!)"
"""A pattern that nothing has: what earlier declarations do not say."""


class Guards(Struct, frozen=True):
    """What keeps a number from being the form's: ``about`` right before or behind it (not exact), ``elsewhere`` within
    ``reach`` letters before it (of something else), ``earlier`` at the end of what stands before it (of another
    year). Of the times that a sentence names before it the last one counts, ``this_time`` or ``other_time``."""

    about: str
    elsewhere: str
    earlier: str
    this_time: str = NEVER
    other_time: str = NEVER
    reach: int = 12


class Breakdown(Struct, frozen=True):
    """How a sentence divides a whole into parts: where the ``whole`` stands (``n``, and its unit ``u``), what begins the
    ``parts`` and what ``ends`` them, and how it tells the ``share`` of one (``n``, ``u``, and ``q`` per cent)."""

    whole: str
    parts: str
    share: str
    ends: str = NEVER


class Texts(Struct, frozen=True):
    """All that a form declares of the text of its reports."""

    sayings: tuple[Saying, ...]
    citations: tuple[Citation, ...]
    sections: tuple[ReportPart, ...]
    guards: Guards
    breakdown: Breakdown
    hints: tuple[str, ...] = ()
    gathered: tuple[Gathered, ...] = ()
