"""Mailboxes in one file (.mbox): where each mail of it begins.

A line ``From …`` parts the mails, and bodies hold such lines too. One that bears a date, as every program writes it, and
has a header behind it always parts: what was no mail then has a line of its own that says so, and nothing is lost
without a word. Any other one parts only where what follows is a mail.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbook_tool.files.intake.letter_heads import HEAD, is_letter
from workbook_tool.model.regex import regex

MOST_MAILS = 2000
PARTING = regex(rb"From [^\r\n]*\r?\n(?=>?From |[!-9;-~]+:)")
DATED = regex(rb"From .*\d\d:\d\d(:\d\d)?.*\b\d{4}\s*$|From .*\b\d{4}\b.*\d\d:\d\d(:\d\d)?")
START = b"From "


def mails_in(content: bytes) -> list[bytes]:
    """Each mail as it was received; none where this does not begin as a mailbox does."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(START) or not is_letter(start):
        return []
    cuts = [at for at in beginnings(start) if parts(start, at)]
    return [start[at:end] for at, end in zip(cuts, [*cuts[1:], len(start)], strict=True)]


def beginnings(content: bytes) -> Iterator[int]:
    """Where a line begins that may part two mails; found this way, since a pattern would look at every character."""
    at = 0
    while at >= 0:
        yield at
        at = content.find(b"\n" + START, at) + 1 or -1


def parts(content: bytes, at: int) -> bool:
    """Whether a mail begins with the line that stands here."""
    match = PARTING.match(content, at)
    if match is None or DATED.match(match[0].rstrip()):
        return match is not None
    blank = content[max(0, at - 3) : at].endswith((b"\n\n", b"\n\r\n"))
    return not at or (blank and is_letter(content[at : at + HEAD]))
