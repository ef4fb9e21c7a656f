"""When a mail came: what our own server says, never the sender's clock where the two disagree."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.grids import year
from workbook_tool.files.intake.eml import read_letter
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.source import Mail, SourceFile
from workbook_tool.steps.intake.trusted_dates import trust_dates

RECEIVED = "Received: from a by b; {}\r\n"
LETTER = "From: a@example.org\r\nTo: b@example.org\r\n{date}Subject: x\r\nMIME-Version: 1.0\r\n"
FILE = 'Content-Type: application/octet-stream; name="a.xlsx"\r\n\r\nabc\r\n'
RIGHT, LATER, AHEAD = "10 Jan 2026 09:00:00 +0800", "12 Jan 2026 09:00:00 +0800", "10 Jan 2027 09:00:00 +0800"


def letter(date: str, *received: str) -> str:
    return "".join(map(RECEIVED.format, received)) + LETTER.format(date=f"Date: {date}\r\n" if date else "")


def came(text: str) -> Mail:
    (attachment,) = read_letter(text.encode()).attachments
    return attachment.mail


@pytest.mark.parametrize(
    ("date", "received", "day", "doubt"),
    [
        (RIGHT, [RIGHT], "2026-01-10", ""),
        (AHEAD, [RIGHT], "2026-01-10", "邮件自称 2027-01-10 发出，与收到的时间不符，按收到的 2026-01-10 算"),
        ("1 Jan 2001 00:00:00 +0800", [RIGHT], "2026-01-10", "邮件自称 2001-01-01 发出，与收到的时间不符，按收到的 2026-01-10 算"),
        (RIGHT, [LATER, RIGHT], "2026-01-12", ""),  # the topmost is our own server's, two days are a queue
        (RIGHT, [], "2026-01-10", ""),
        ("", [RIGHT], "2026-01-10", ""),
        (RIGHT, ["no date at all"], "2026-01-10", ""),
    ],
)  # fmt: skip
def test_the_topmost_received_decides(date: str, received: list[str], day: str, doubt: str) -> None:
    mail = came(letter(date, *received) + FILE)
    assert f"{mail.sent:%Y-%m-%d}" == day and mail.doubt == doubt


@pytest.mark.parametrize(
    ("inner", "outer", "day"),
    [
        (letter(RIGHT, RIGHT), letter(LATER, LATER), "2026-01-10"),  # the message that carries the file
        (letter(RIGHT), letter(LATER, LATER), "2026-01-10"),
        (letter(AHEAD), letter(LATER, LATER), "2026-01-12"),  # it cannot have come after what it came in
        (letter(""), letter(LATER, LATER), "2026-01-12"),
    ],
)
def test_of_a_forwarded_mail_its_own_date_counts(inner: str, outer: str, day: str) -> None:
    mail = came(outer + "Content-Type: message/rfc822\r\n\r\n" + inner + FILE)
    assert f"{mail.sent:%Y-%m-%d}" == day


@pytest.mark.parametrize(("date", "kept"), [(RIGHT, True), (AHEAD, False), ("31 Dec 2024 09:00:00 +0800", False)])
def test_a_date_that_cannot_be_is_not_followed(date: str, kept: bool) -> None:
    mail = came(letter(date) + FILE)
    record = FileRecord(SourceFile("a", Path("a"), "0", 1, mail=mail), State.FOREIGN)
    (record,) = trust_dates([record], DAY, [year(2025)])  # type: ignore[assignment]
    assert record.source.mail is not None
    assert (record.source.mail.sent is not None) is kept
    assert bool(record.source.mail.doubt) is not kept


DAY = date(2026, 1, 12)
