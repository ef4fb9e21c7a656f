"""How a file begins that is a mail. Every file is asked; what reads mails is loaded when one has come."""

from __future__ import annotations

import re

from workbook_tool.model.regex import regex

HEAD = 1 << 16
FIRST_LINE = regex(rb"(?:From [^\n]*\n)?[!-9;-~]+:")
QUOTED = regex(rb">From [^\n]*\n")
"""The line with which a mail began in its mailbox, which some programs quote and leave there."""
FIELD = regex(rb"(?m)^([A-Za-z-]+):")
SENT = {b"to", b"cc", b"received", b"message-id", b"return-path", b"delivered-to"}
"""One of these tells a mail from a web page that was saved as one (.mht)."""
BY_SOMEBODY = regex(rb"(?im)^from:[^\n]*(?:\n[ \t][^\n]*)*@")
"""So does a sender with an address, which drafts and old exports have and nothing else; a page was ``<Saved by …>``."""
LENGTH = regex(rb"(\d{1,10})[ \t]*\r?\n")


def is_letter(content: bytes) -> bool:
    """Whether this begins as a mail does: header lines, with a sender and a trace of having been sent, or the address of
    who wrote it."""
    start = letter_in(content[:HEAD])
    if not FIRST_LINE.match(start):
        return False
    header = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    fields = {name.lower() for name in FIELD.findall(header)}
    written = bool(fields & {b"date", b"subject"}) and BY_SOMEBODY.search(header) is not None
    return written or bool(fields & {b"from", b"mime-version"} and fields & SENT)


def letter_in(content: bytes) -> bytes:
    """The mail in a file: Apple Mail (.emlx) puts its length before it, and notes of its own behind."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if quoted := QUOTED.match(start):
        return start[quoted.end() :]
    length = LENGTH.match(start)
    return start[length.end() :][: int(length[1])] if length else start
