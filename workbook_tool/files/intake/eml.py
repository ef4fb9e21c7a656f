"""Mails (RFC 5322): who sent them and when, and their attachments by index, however the names are encoded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import errors, message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.intake.letter_heads import letter_in
from workbook_tool.files.intake.linked_files import links_to_files
from workbook_tool.files.intake.smime import signed_content
from workbook_tool.files.intake.unique_names import from_bytes
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.source import BEIJING, Mail
from workbook_tool.model.mail.thread import codes_in
from workbook_tool.model.regex import regex
from workbook_tool.model.text import safe_text

CLOCKS_DIFFER = timedelta(days=2)
"""A mail may lie in a queue for so long; a date further off is a wrong clock."""
SIGNED_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
UUENCODED = regex(rb"(?ms)^begin(-base64)? [0-7]{3,4} ([^\r\n]+)\r?\n([!-z].*?)(?:^(end|====)\s*?$|\Z)")
"""How a file is written, its name, its lines, and the line behind them, which a mail that was cut lacks."""
GBK_LABEL = regex(r"(?i)(\*\s*=\s*\"?)(?:gb2312|gbk|x-gbk)(?=')")
CUT_SHORT = (
    errors.NoBoundaryInMultipartDefect,
    errors.StartBoundaryNotFoundDefect,
    errors.CloseBoundaryNotFoundDefect,
)


class Attachment(Struct, frozen=True):
    """A file that came with a mail, and the mail it first came with: a forwarded one has its own. ``written`` are the bytes
    of one that is no part of the mail; ``whole`` is False where it looks cut short."""

    name: str
    part: Message
    mail: Mail
    written: bytes | None = None
    whole: bool = True

    @property
    def content(self) -> bytes:
        """Its bytes, decoded; none where the part holds other parts."""
        return bytes_of(self.part) if self.written is None else self.written


class ReceivedMail(Struct, frozen=True):
    """A mail with its attachments; ``whole`` is False where it looks cut short. ``links`` lead to files that were left with
    the sender's mail service, and did not come."""

    mail: Mail
    attachments: tuple[Attachment, ...]
    whole: bool
    links: tuple[str, ...] = ()


def read_letter(content: bytes) -> ReceivedMail:
    """The mail, its parts not yet decoded. Raises Unreadable where it is nested beyond sense."""
    try:
        message = message_from_bytes(letter_in(content))
        mail = facts(message)
        found = [
            replace(one, name=one.name or f"附件{number}") for number, one in enumerate(attached(message, mail), 1)
        ]
        whole = not cut_short(message) and all(one.whole for one in found)
    except RecursionError as error:
        raise Unreadable("邮件层层嵌套，不是正常的邮件；请把附件另存后放入收件夹") from error
    return ReceivedMail(mail, tuple(found), whole, links_to_files(map(shown_text, message.walk())))


def shown_text(part: Message) -> str:
    """What people read in a part; nothing of a file."""
    if part.get_content_maintype() != "text" or is_file(part):
        return ""
    return word(bytes_of(part), part.get_content_charset("utf-8"))


def attached(message: Message, mail: Mail) -> Iterator[Attachment]:
    """The parts that are files, also those of forwarded and of signed mails, and what old programs wrote into the text."""
    forwarded = message.get_content_type() == "message/rfc822"
    for part in cast(list[Message], message.get_payload()) if message.is_multipart() else []:
        if forwarded:
            part = unwrapped(message, part)
        yield from attached(part, facts(part, mail) if forwarded else mail)
    if message.is_multipart():
        return
    if message.get_content_type() in SIGNED_TYPES and (inside := signed_content(bytes_of(message))) is not None:
        yield from signed(message, inside, mail)
    elif is_file(message):
        yield Attachment(file_name(message), message, mail)
    elif message.get_content_type() == "text/plain":
        yield from in_the_text(message, mail)


def signed(part: Message, inside: bytes, mail: Mail) -> Iterator[Attachment]:
    """The files in what was signed as a whole: a mail, as nearly always, or a single file."""
    message = message_from_bytes(inside)
    if message.get("content-type") is None:
        yield Attachment(file_name(part).removesuffix(".p7m"), part, mail, inside)
        return
    by = facts(message, mail) if message.get("from") else mail
    yield from (replace(one, whole=one.whole and not cut_short(message)) for one in attached(message, by))


def in_the_text(part: Message, mail: Mail) -> Iterator[Attachment]:
    """The files that programs of the time before MIME wrote into the text (uuencode)."""
    for kind, name, lines, end in UUENCODED.findall(bytes_of(part)):
        try:
            written = base64.b64decode(lines) if kind else b"".join(map(from_uu, lines.splitlines()))
        except binascii.Error:
            written, end = b"", b""
        yield Attachment(safe_text(from_bytes(name).strip()), part, mail, written, bool(end))


def from_uu(line: bytes) -> bytes:
    """A line of uuencode; some programs write more characters than it says, which mean nothing."""
    length = ((line[0] - 32 & 63) * 4 + 5) // 3 if line else 0
    return binascii.a2b_uu(line[: length + 1])


def bytes_of(part: Message) -> bytes:
    """The bytes of a part, decoded; none where it holds other parts."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def cut_short(message: Message) -> bool:
    """Whether something is missing at the end of a mail or of a part of it."""
    return any(isinstance(defect, CUT_SHORT) for part in message.walk() for defect in part.defects)


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
        codes_in(raw_header(message, "in-reply-to") + raw_header(message, "references")),
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
