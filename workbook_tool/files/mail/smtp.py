"""The server that sends (SMTP): one letter after the other, and for each whether it has it, has not, or may have it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from workbook_tool.files.mail.trouble import PATIENCE, spoken, trusted
from workbook_tool.model.errors import MailError
from workbook_tool.model.mail.mailbox import Mailbox, Server

ACCEPTED, CLOSING = (250, 251), 421
DELIVERED, DELIVERY = 250, 300
"""The answer to a letter that is taken, and the seconds that it may take."""
SERVED = "发件服务器"


class Refused(Exception):
    """The server does not take this letter, for sure; the message is what it says."""


class Unanswered(MailError):
    """The line broke while the server was given a letter: nobody knows whether it goes out."""


class Outgoing:
    """A connection over which letters are sent. ``open_outgoing`` makes them."""

    def __init__(self, connect: Callable[[], smtplib.SMTP], server: Server) -> None:
        self.connect, self.server = connect, server
        self.connection = connect()

    def send(self, sender: str, recipients: Sequence[str], letter: bytes, begin: Callable[[], object]) -> str:
        """Send a letter. ``begin`` is called when the server is about to get it: until it has answered, nobody knows
        whether the letter goes out. Returns the addresses that were refused, in words.

        Raises Refused where the letter does not go out, MailError where the line breaks before it, and Unanswered where
        nobody knows.
        """
        with spoken(SERVED, self.server):
            refused = self.address(sender, recipients)
        begin()
        try:
            with spoken(SERVED, self.server):
                code, said = self.deliver(letter)
        except MailError as error:
            raise Unanswered(str(error)) from error
        if code != DELIVERED:
            self.forget()
            raise Refused(words(code, said))
        return "；".join(refused)

    def deliver(self, letter: bytes) -> tuple[int, bytes]:
        """Hand over the letter; a server that looks for viruses first takes its time. Returns its answer."""
        assert self.connection.sock is not None
        self.connection.sock.settimeout(DELIVERY)
        try:
            return self.connection.data(letter)
        except smtplib.SMTPDataError as error:  # not even begun
            return error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
        finally:
            if self.connection.sock:
                self.connection.sock.settimeout(PATIENCE)

    def address(self, sender: str, recipients: Sequence[str]) -> list[str]:
        """Name sender and recipients. Returns those that were refused; Refused where that leaves nobody."""
        code, said = self.begun(sender)
        if code not in ACCEPTED:
            raise Refused(words(code, said))
        refused = [
            f"{each}：{words(*answer)}"
            for each in recipients
            if (answer := self.connection.rcpt(each))[0] not in ACCEPTED
        ]
        if len(refused) == len(recipients):
            self.forget()
            raise Refused("；".join(refused))
        return refused

    def begun(self, sender: str) -> tuple[int, bytes]:
        """Begin a letter, over a new connection where the server has closed the old one, as many do after some letters."""
        try:
            code, said = self.connection.mail(sender)
            if code != CLOSING:
                return code, said
        except smtplib.SMTPServerDisconnected:
            pass
        self.close()
        self.connection = self.connect()
        return self.connection.mail(sender)

    def forget(self) -> None:
        """Leave a letter that was not taken; a server that does not answer will be missed at the next."""
        with suppress(smtplib.SMTPException, OSError):
            self.connection.rset()

    def close(self) -> None:
        """Say goodbye; nothing depends on the answer."""
        with suppress(smtplib.SMTPException, OSError):
            self.connection.quit()
        self.connection.close()


@contextmanager
def open_outgoing(mailbox: Mailbox, server: Server, password: str) -> Iterator[Outgoing]:
    """Connect and log in. Raises MailError where the server does not let us."""
    context = trusted(mailbox.ca)

    def connect() -> smtplib.SMTP:
        if server.upgraded:
            made = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
            made.starttls(context=context)
        else:
            made = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
        made.ehlo_or_helo_if_needed()
        if made.has_extn("auth"):
            made.login(mailbox.user, password)
        return made

    with spoken(SERVED, server):
        outgoing = Outgoing(connect, server)
    try:
        yield outgoing
    finally:
        outgoing.close()


def words(code: int, said: bytes) -> str:
    """An answer of the server on one line."""
    return f"{code} {' '.join(said.decode('utf-8', 'replace').split())[:300]}"
