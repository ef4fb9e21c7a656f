"""Fetching: the messages of the mailbox into the inbox.

Wherever it is killed, it loses and doubles nothing: a message is put into the inbox whole, and then noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loguru import logger
from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.files.intake.eml import read_letter
from workbook_tool.files.intake.engine import Progress
from workbook_tool.files.mail.arrivals import FOLDER, make_durable, put_into
from workbook_tool.files.mail.imap import OpenMailbox, open_mailbox
from workbook_tool.files.mail.memory import MailMemory, open_memory
from workbook_tool.files.mail.password import password_of
from workbook_tool.files.office import log
from workbook_tool.model.errors import OfficeError, Unreadable
from workbook_tool.model.mail.envelope import Envelope, Spot
from workbook_tool.model.mail.mailbox import Mailbox
from workbook_tool.model.office.settings import Settings
from workbook_tool.office import settings_of
from workbook_tool.steps.mail.choose import refusal
from workbook_tool.steps.tell import mails as tell

TOGETHER = 50
"""So many messages are noted in one go: a disk takes its time over each note."""
LARGE = 1 << 20
"""In bytes; what only brings a link is smaller."""
UNSET = "config.toml 里没有设置收件服务器：请写 [mail] 一节的 user 和 imap（办公手册里有样子），密码另放。"


class Fetch(Struct):
    """A fetch at work: what it took, by path, what of that only brings a link, and what it left, by reason."""

    settings: Settings
    mailbox: Mailbox
    memory: MailMemory
    taken: dict[str, Envelope] = field(default_factory=dict)
    linked: list[str] = field(default_factory=list)
    left: dict[str, list[Envelope]] = field(default_factory=dict)
    known: int = 0

    def folder(self, box: OpenMailbox, name: str, progress: Progress | None) -> None:
        """Everything in one folder of the mailbox."""
        changing = bool(self.mailbox.mark_read or self.mailbox.move_to)
        here = Spot(f"{self.mailbox.user}@{box.server.host}", name, box.enter(name, changing), 0)
        uids, known = box.uids(self.mailbox.since), self.memory.known(here)
        for some in box.envelopes([uid for uid in uids if uid not in known]):
            self.memory.note((replace(here, uid=uid), envelope) for uid, envelope in some)
        present = self.memory.known(here).intersection(uids)
        waiting = sorted(present)
        for start in range(0, len(waiting), TOGETHER):
            with self.together():
                for done, uid in enumerate(waiting[start : start + TOGETHER], start + 1):
                    spot = replace(here, uid=uid)
                    if self.message(box, spot):
                        self.settle(box, spot)
                    if progress:
                        progress(done, len(waiting))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Some messages, noted together once they are all on the disk; also where something stops us among them."""
        with self.memory.transaction():
            try:
                yield
            finally:
                make_durable(self.settings.inbox)

    def message(self, box: OpenMailbox, spot: Spot) -> bool:
        """See that a message is in the inbox, if it is to be; whether it is."""
        envelope = self.memory.envelope(spot)
        if self.memory.path(envelope.identity):
            self.known += 1
            return True
        if reason := refusal(envelope, self.mailbox):
            self.left.setdefault(reason, []).append(envelope)
            return False
        content = box.message(spot.uid)
        if content is None:  # somebody took it away while we looked
            return False
        path = put_into(self.settings.inbox, envelope, content)
        self.memory.fetched(envelope.identity, path)
        self.taken[path] = envelope
        if len(content) < LARGE and brings_only_a_link(content):
            self.linked.append(path)
        return True

    def settle(self, box: OpenMailbox, spot: Spot) -> None:
        """Mark or move on the server what is in the inbox, as the office wants it, once."""
        if not (self.mailbox.mark_read or self.mailbox.move_to) or self.memory.is_marked(spot):
            return
        if self.mailbox.mark_read:
            box.mark_read(spot.uid)
        if self.mailbox.move_to and self.mailbox.move_to != spot.folder:
            box.move(spot.uid, self.mailbox.move_to)
        self.memory.marked(spot)

    @property
    def words(self) -> str:
        """What came of it."""
        where = str(self.settings.inbox / FOLDER)
        return tell.fetched(self.taken, self.linked, self.left, self.known, where)


def brings_only_a_link(content: bytes) -> bool:
    """Whether a message has links to files, and no file."""
    try:
        read = read_letter(content)
    except Unreadable:
        return False
    return bool(read.links) and not read.attachments


def fetch(settings: Settings, progress: Progress | None = None) -> str:
    """Every new message of the mailbox into the inbox. Returns what came, in words.

    Raises OfficeError where no mailbox is set up, MailError where the server fails (what came until then is there, and
    noted), Busy and OutboxError.
    """
    mailbox = settings.mail
    if mailbox is None or mailbox.imap is None:
        raise OfficeError(UNSET)
    password = password_of(mailbox)
    with open_memory(settings.root) as memory:
        work = Fetch(settings, mailbox, memory)
        try:
            with open_mailbox(mailbox, mailbox.imap, password) as box:
                for name in mailbox.folders:
                    work.folder(box, name, progress)
        except BaseException as error:
            if work.taken:
                error.add_note(f"断开以前已收下 {len(work.taken)} 封，在 {settings.inbox / FOLDER}，不会再收一遍。")
            raise
    logger.info("fetched {} messages", len(work.taken))
    return work.words


def fetch_mails(config: Path, progress: Progress | None = None) -> str:
    """New messages of the mailbox into the inbox. Returns what came. Mails come in whatever is wrong with a form or the
    roster."""
    settings = settings_of(config)
    log.start(settings.logs)
    return fetch(settings, progress)
