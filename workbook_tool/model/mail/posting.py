"""A letter of a run that is to go out, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from msgspec import Struct


class Fate(StrEnum):
    """What became of a letter. ``BEGUN`` stands there from the moment on at which the server may have it: where nothing
    better follows, nobody knows."""

    BEGUN = "begun"
    SENT = "sent"
    REFUSED = "refused"


class DraftMail(Struct, frozen=True):
    """A draft mail in a run folder: its path there, the agency's code and to whom it goes (nobody, where the roster has no
    address). ``message_id`` is the letter's own, by which it is known and by which its answers name it; empty where
    the file is none of our drafts any more. ``altered``: somebody changed it since the run."""

    path: str
    code: str
    to: tuple[str, ...]
    subject: str
    size: int
    message_id: str
    altered: bool = False


class Posted(Struct, frozen=True):
    """A letter that was given to a server, or was to be: when, and what the server said."""

    message_id: str
    code: str
    kind: str
    run: str
    to: str
    subject: str
    fate: Fate
    moment: str
    said: str = ""


class Choice(Struct, frozen=True):
    """Which letters of a run are meant: ``only`` those to these agencies (all, where there are none); of those that broke
    off, the ones that people know to have been ``sent``, and those to ``resend``."""

    only: Collection[str] = ()
    sent: Collection[str] = ()
    resend: Collection[str] = ()
