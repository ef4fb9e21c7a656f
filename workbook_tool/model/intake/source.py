"""Where a filing came from: a file of the inbox, and the letter that brought it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from msgspec import Struct

BEIJING = timezone(timedelta(hours=8))
"""The time of every office: a mail's day and an archive's dates mean the same wherever this runs."""


class Mail(Struct, frozen=True):
    """The letter that brought a file: the sender's address and name, its subject, and when it came (Beijing time).

    ``sent`` is when our side received it, or else what the sender's clock says; None where neither can be relied on.
    ``claimed`` is a date that the mail gives and that is not followed. ``answers``: the codes of the agencies to whom went
    the letters of ours that it answers.
    """

    sender: str
    name: str
    subject: str
    sent: datetime | None
    claimed: datetime | None = None
    answers: tuple[str, ...] = ()

    @property
    def doubt(self) -> str:
        """What is to be said of its date; empty where there is nothing."""
        if self.claimed is None:
            return ""
        day = f"{self.claimed:%Y-%m-%d}"
        if self.sent:
            return f"邮件自称 {day} 发出，与收到的时间不符，按收到的 {self.sent:%Y-%m-%d} 算"
        return f"邮件的日期 {day} 不可能，没有采用"


class SourceFile(Struct, frozen=True):
    """A file of the inbox, or of an archive or mail in it. ``modified`` is only a last resort.

    ``path`` is what people see: relative to the inbox, with ``/``, each one once, safe to show (``a.zip!x.xlsx``).
    ``location`` is what is opened; ``member`` leads from there to the file by index, empty for the opened file itself.
    ``repeats`` are other files of the agency with the same bytes. ``letter`` tells the mails of a mailbox apart, from 1.
    ``unlisted`` says why the system keeps a folder or a file from us: whose filing that is, is unknown.
    """

    path: str
    location: Path
    sha256: str
    size: int
    modified: float = 0.0
    member: tuple[int, ...] = ()
    mail: Mail | None = None
    repeats: tuple[SourceFile, ...] = ()
    letter: int = 0
    unlisted: str = ""

    @property
    def parcel(self) -> tuple[Path, int]:
        """What it came in: what is in one archive or mail belongs together."""
        return self.location, self.letter
