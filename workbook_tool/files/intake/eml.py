"""Mails (RFC 5322): who sent them and when, and their attachments by index, however the names are encoded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import errors, message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import cast

from workbook_tool.files.intake.unique_names import from_bytes
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import BEIJING, Mail
from workbook_tool.model.text import safe_text

HEAD = 1 << 16
CLOCKS_DIFFER = timedelta(days=2)
"""A mail may lie in a queue for so long; a date further off is a wrong clock."""
FIRST_LINE = re.compile(rb"(?:From [^\n]*\n)?[!-9;-~]+:")
FIELD = re.compile(rb"(?m)^([A-Za-z-]+):")
SENT = {b"to", b"cc", b"received", b"message-id", b"return-path", b"delivered-to"}
"""One of these tells a mail from a web page that was saved as one (.mht)."""
GBK_LABEL = re.compile(r"(?i)(\*\s*=\s*\"?)(?:gb2312|gbk|x-gbk)(?=')")
CUT_SHORT = (
    errors.NoBoundaryInMultipartDefect,
    errors.StartBoundaryNotFoundDefect,
    errors.CloseBoundaryNotFoundDefect,
)


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail, and the mail it first came with: a forwarded one has its own."""

    name: str
    part: Message
    mail: Mail

    @property
    def content(self) -> bytes:
        """Its bytes, decoded; none where the part holds other parts."""
        payload = self.part.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else b""


@dataclass(frozen=True)
class ReceivedMail:
    """A mail with its attachments; ``whole`` is False where it looks cut short."""

    mail: Mail
    attachments: tuple[Attachment, ...]
    whole: bool


def is_letter(content: bytes) -> bool:
    """Whether this begins as a mail does: header lines, with a sender and a trace of having been sent."""
    start = content[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not FIRST_LINE.match(start):
        return False
    header = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    fields = {name.lower() for name in FIELD.findall(header)}
    return b"from" in fields and bool(fields & SENT)


def read_letter(content: bytes) -> ReceivedMail:
    """The mail, its parts not yet decoded. Raises Unreadable where it is nested beyond sense."""
    try:
        message = message_from_bytes(content.removeprefix(b"\xef\xbb\xbf").lstrip())
        mail = facts(message)
        found = [
            Attachment(file_name(part) or f"附件{number}", part, by)
            for number, (part, by) in enumerate(attached(message, mail), 1)
        ]
        whole = not any(isinstance(defect, CUT_SHORT) for part in message.walk() for defect in part.defects)
    except RecursionError as error:
        raise Unreadable("邮件层层嵌套，不是正常的邮件；请把附件另存后放入收件夹") from error
    return ReceivedMail(mail, tuple(found), whole)


def attached(message: Message, mail: Mail) -> Iterator[tuple[Message, Mail]]:
    """The parts that are files, also those of forwarded mails."""
    forwarded = message.get_content_type() == "message/rfc822"
    for part in cast(list[Message], message.get_payload()) if message.is_multipart() else []:
        if forwarded:
            part = unwrapped(message, part)
        yield from attached(part, facts(part, mail) if forwarded else mail)
    if not message.is_multipart() and is_file(message):
        yield message, mail


def unwrapped(message: Message, inner: Message) -> Message:
    """The forwarded mail; some programs wrap it in base64, against the rules."""
    if str(message.get("content-transfer-encoding", "")).strip().lower() != "base64":
        return inner
    try:
        return message_from_bytes(base64.b64decode(str(inner.get_payload())))
    except (binascii.Error, ValueError):
        return inner


def is_file(part: Message) -> bool:
    """Whether a person sees this part as a file: it has a name, is marked so, or is nothing that a mail shows."""
    shown = part.get_content_maintype() in ("text", "multipart", "message", "image")
    return bool(file_name(part)) or part.get_content_disposition() == "attachment" or not shown


def file_name(part: Message) -> str:
    """The file name by RFC 2231, RFC 2047 or in raw bytes; empty where there is none."""
    for field in ("content-disposition", "content-type"):
        raw = raw_header(part, field)
        if raw:
            part.replace_header(field, GBK_LABEL.sub(r"\1gb18030", raw))
    return decoded(part.get_filename() or "").strip()


def facts(message: Message, outer: Mail | None = None) -> Mail:
    """Sender, subject and date of a mail; ``outer`` is the one that it was forwarded in.

    The topmost Received is our own server's and decides; Date is whatever the sender's clock says. What was forwarded
    without any Received cannot have come after the mail that it came in.
    """
    name, sender = parseaddr(raw_header(message, "from"))
    received, dated = moment(raw_header(message, "received").rpartition(";")[2]), moment(raw_header(message, "date"))
    if received is None and outer and outer.sent and (dated is None or dated > outer.sent + CLOCKS_DIFFER):
        received = outer.sent
    off = received and dated and abs(dated - received) > CLOCKS_DIFFER
    return Mail(
        decoded(sender),
        decoded(name),
        decoded(raw_header(message, "subject")),
        received or dated,
        dated if off else None,
    )


def moment(text: str) -> datetime | None:
    """A date of a header in the time of the office; None where there is none."""
    try:
        told = parsedate_to_datetime(text)
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(BEIJING)
    except (TypeError, ValueError, OverflowError):
        return None


def raw_header(message: Message, field: str) -> str:
    """A header on one line, its raw bytes read as text, its encoded words as they stand."""
    raw = next((str(value) for name, value in message.raw_items() if name.lower() == field), "")
    return re.sub(r"[\r\n]+", "", from_bytes(raw.encode("utf-8", "surrogateescape")))


def decoded(text: str) -> str:
    """The text with its encoded words read, on one line whatever they hide."""
    try:
        pieces = decode_header(text)
    except (errors.HeaderParseError, ValueError):
        return text
    read = "".join(piece if isinstance(piece, str) else word(piece, charset) for piece, charset in pieces)
    return safe_text(" ".join(read.split()))


def word(piece: bytes, charset: str | None) -> str:
    """A piece of a header as text; a charset that is wrong or unknown is guessed from the bytes."""
    if charset is None:  # this is how decode_header hands on what was no encoded word
        return piece.decode("raw-unicode-escape", "replace")
    try:
        return piece.decode("gb18030" if charset.lower() in ("gb2312", "gbk", "x-gbk") else charset)
    except (LookupError, UnicodeError):
        return from_bytes(piece)
