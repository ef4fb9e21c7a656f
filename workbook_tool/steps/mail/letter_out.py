"""A draft as it goes out: with a sender and the hour, and without the mark by which mail programs know a draft."""

from __future__ import annotations

import re
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

from workbook_tool.model.regex import regex

FIELD = regex(rb"(?m)^([!-9;-~]+):.*\r?\n(?:[ \t].*\r?\n)*")
REPLACED = (b"x-unsent", b"from", b"sender", b"date", b"bcc")


def letter_out(draft: bytes, address: str, name: str, moment: datetime) -> bytes:
    """The bytes to send. Everything but the header lines that are replaced stays as it stands in the draft."""
    end = re.search(rb"\r?\n(\r?\n)", draft)
    head, body = (draft[: end.start()], draft[end.end() :]) if end else (draft, b"")
    kept = b"".join(field[0] for field in FIELD.finditer(head + b"\n") if field[1].lower() not in REPLACED)
    shown = f"{Header(name, 'utf-8', maxlinelen=72).encode()} <{address}>" if name else address
    added = f"From: {shown}\nDate: {format_datetime(moment)}\n"
    return crlf(added.encode() + kept + b"\n" + body)


def crlf(content: bytes) -> bytes:
    """Every line ended as mail servers want it, whatever a mail program made of the draft."""
    return re.sub(rb"\r?\n|\r", b"\r\n", content)
