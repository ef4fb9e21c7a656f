"""The mailbox on its server (IMAP): listed, looked at and fetched. Nothing there is ever deleted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from imap_tools.errors import MailboxFetchError, MailboxFlagError, MailboxMoveError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls
from imap_tools.utils import check_command_status, encode_folder

from workbook_tool.files.intake.eml import facts, raw_header
from workbook_tool.files.mail.trouble import PATIENCE, spoken, trusted
from workbook_tool.model.errors import MailError
from workbook_tool.model.intake.source import BEIJING
from workbook_tool.model.mail.envelope import Envelope
from workbook_tool.model.mail.mailbox import Mailbox, Server

AT_ONCE = 100
"""So many headers are asked for in one breath."""
WHO = '("name" "workbook-tool" "version" "1.0" "vendor" "workbook-tool")'
"""163 lets nobody in who has not said this (RFC 2971)."""
ASKED = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER])"


class OpenMailbox:
    """A mailbox that we are logged in to. ``open_mailbox`` makes them; every method raises MailError where the server
    fails."""

    def __init__(self, box: BaseMailBox, server: Server) -> None:
        self.box, self.server = box, server

    def enter(self, folder: str, changing: bool) -> int:
        """Go to a folder, only to look where nothing is to be marked or moved there. Returns its UIDVALIDITY."""
        with spoken(f"收件服务器（文件夹“{folder}”）", self.server):
            self.box.folder.set(folder, readonly=not changing)
            _, told = self.box.client.response("UIDVALIDITY")
            return int(told[0]) if told and told[0] else 0

    def uids(self, since: date | None) -> list[int]:
        """The numbers of the messages here, the oldest first; ``since`` leaves out what is surely older."""
        day = f"SINCE {since.day}-{MONTHS[since.month - 1]}-{since.year}" if since else "ALL"
        with spoken(SERVED, self.server):
            return sorted(map(int, self.box.uids(day, charset=None)))

    def envelopes(self, uids: Sequence[int]) -> Iterator[list[tuple[int, Envelope]]]:
        """What the server says of these messages, by number, some at a time; those that are gone by now are left out."""
        for start in range(0, len(uids), AT_ONCE):
            wanted = ",".join(map(str, uids[start : start + AT_ONCE]))
            with spoken(SERVED, self.server):
                answer = self.box.client.uid("FETCH", wanted, ASKED)
                check_command_status(answer, MailboxFetchError)
                found = [*envelopes_in(answer[1])]
            yield found

    def message(self, uid: int) -> bytes | None:
        """A whole message; None where it is gone."""
        with spoken(SERVED, self.server):
            answer = self.box.client.uid("FETCH", str(uid), "(BODY.PEEK[])")
            check_command_status(answer, MailboxFetchError)
            return next((part[1] for part in answer[1] if isinstance(part, tuple)), None)

    def mark_read(self, uid: int) -> None:
        """Mark a message as read."""
        with spoken(SERVED, self.server):  # imap-tools' own would also expunge what people have marked as deleted
            check_command_status(self.box.client.uid("STORE", str(uid), "+FLAGS", r"(\Seen)"), MailboxFlagError)

    def move(self, uid: int, folder: str) -> None:
        """Move a message to another folder, made where it is not there yet; only where the server can do so without
        deleting anything else."""
        with spoken(f"收件服务器（移到“{folder}”）", self.server):
            if not self.box.folder.exists(folder):
                self.box.folder.create(folder)
            capabilities, target = self.box.client.capabilities, encode_folder(folder).decode()
            if "MOVE" in capabilities:
                check_command_status(self.box.client.uid("MOVE", str(uid), target), MailboxMoveError)
                return
            if "UIDPLUS" not in capabilities:
                raise MailError("收件服务器不能移动邮件。请去掉 [mail] move_to，可改用 mark_read = true。")
            check_command_status(self.box.client.uid("COPY", str(uid), target), MailboxMoveError)
            check_command_status(self.box.client.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)"), MailboxMoveError)
            check_command_status(self.box.client.uid("EXPUNGE", str(uid)), MailboxMoveError)


SERVED = "收件服务器"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@contextmanager
def open_mailbox(mailbox: Mailbox, server: Server, password: str) -> Iterator[OpenMailbox]:
    """Log in, and out again at the end. Raises MailError where the server does not let us."""
    context = trusted(mailbox.ca)
    with spoken(SERVED, server):
        kind = MailBoxStartTls if server.upgraded else MailBox
        box = kind(server.host, server.port, timeout=PATIENCE, ssl_context=context)
    try:
        with spoken(SERVED, server):
            plain = (mailbox.user + password).isascii()
            (box.login if plain else box.login_utf8)(mailbox.user, password, initial_folder=None)
            _, told = box.client.capability()  # more than before the login
            box.client.capabilities = tuple(told[-1].decode("ascii", "replace").upper().split())
            if "ID" in box.client.capabilities:
                box.client.xatom("ID", WHO)
        yield OpenMailbox(box, server)
    finally:
        with suppress(Exception):  # whatever was asked has been answered, or has been told to have failed
            box.logout()


def envelopes_in(answer: Sequence[object]) -> Iterator[tuple[int, Envelope]]:
    """The numbers and envelopes in a server's answer: pairs of words and a header, with words behind some of them."""
    for place, part in enumerate(answer):
        if not isinstance(part, tuple):
            continue
        behind = answer[place + 1] if place + 1 < len(answer) else b""
        told = part[0] + (behind if isinstance(behind, bytes) else b"")
        uid, size = (re.search(rb"\b%s (\d+)" % word, told) for word in (b"UID", rb"RFC822\.SIZE"))
        received = re.search(rb'INTERNALDATE "([^"]*)"', told)
        if uid and size and received:
            day = parsedate_to_datetime(received[1].decode("ascii", "replace").strip().replace("-", " ", 2))
            yield int(uid[1]), envelope(part[1], int(size[1]), day.astimezone(BEIJING).date())


def envelope(header: bytes, size: int, day: date) -> Envelope:
    """A message by its header. Its identity is made of what travels with it: a server that stores it anew may add lines
    above, but changes none of these, nor the length of the body."""
    message = message_from_bytes(header)
    told = facts(message)
    same = (*(raw_header(message, field) for field in ("message-id", "date", "from", "subject")), size - len(header))
    return Envelope(
        hashlib.sha256(repr(same).encode("utf-8", "surrogatepass")).hexdigest(),
        told.sender,
        told.name,
        told.subject,
        day,
        size,
        is_bounce(message),
    )


def is_bounce(message: Message) -> bool:
    """Whether a message only reports that a letter was not delivered. The letter that it brings back is our own, and
    would be taken for a filing."""
    report = (message.get_param("report-type") or "") if message.get_content_type() == "multipart/report" else ""
    return str(report).lower() == "delivery-status"
