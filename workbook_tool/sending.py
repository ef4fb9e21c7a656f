"""Sending: the drafts of a run, each once.

A letter is noted as begun before a server may have it, and as sent when the server says so. What was begun and no more,
since the line broke or we were killed, is told and never sent again by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from loguru import logger
from msgspec import Struct, field

from workbook_tool.files.intake.engine import Progress
from workbook_tool.files.mail.drafts import drafts_of, write_together
from workbook_tool.files.mail.memory import MailMemory, now, open_memory
from workbook_tool.files.mail.password import password_of
from workbook_tool.files.mail.smtp import Outgoing, Refused, Unanswered, open_outgoing
from workbook_tool.files.office import log
from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.files.season.ledger.runs import RunEntry
from workbook_tool.model.errors import MailError, OfficeError
from workbook_tool.model.intake.source import BEIJING
from workbook_tool.model.mail.mailbox import Mailbox
from workbook_tool.model.mail.posting import Choice, DraftMail, Fate, Posted
from workbook_tool.model.office.settings import Settings
from workbook_tool.office import open_office
from workbook_tool.status import inbox_of, waiting
from workbook_tool.steps.mail.letter_out import letter_out
from workbook_tool.steps.tell import mails as tell
from workbook_tool.steps.tell import season as tell_season


class SortedDrafts(Struct):
    """The drafts of a run, sorted by what is to be done with them."""

    due: list[DraftMail] = field(default_factory=list)
    sent: list[DraftMail] = field(default_factory=list)
    unsure: list[DraftMail] = field(default_factory=list)
    nowhere: list[DraftMail] = field(default_factory=list)
    strange: list[DraftMail] = field(default_factory=list)


def sort(drafts: Sequence[DraftMail], memory: MailMemory, choice: Choice) -> SortedDrafts:
    """What is to be done with each draft."""
    found = SortedDrafts()
    for draft in drafts:
        if choice.only and draft.code not in choice.only:
            continue
        known = memory.letter(draft.message_id) if draft.message_id else None
        if not draft.message_id:
            found.strange.append(draft)
        elif known and known.fate is Fate.SENT:
            found.sent.append(draft)
        elif known and known.fate is Fate.BEGUN and draft.code not in choice.resend:
            found.unsure.append(draft)
        else:
            (found.due if draft.to else found.nowhere).append(draft)
    return found


def kind_of(draft: DraftMail) -> str:
    """What kind of letter it is, by the place where the run put it and the last word of its name."""
    return f"{draft.path.partition('/')[0]}/{draft.path.rpartition('_')[2]}"


class Sending(Struct):
    """Letters being sent: how many are out, which the server refused, and which did not reach everybody."""

    mailbox: Mailbox
    folder: Path
    memory: MailMemory
    sent: int = 0
    refused: list[tuple[DraftMail, str]] = field(default_factory=list)
    partly: list[tuple[DraftMail, str]] = field(default_factory=list)

    def send(self, out: Outgoing, draft: DraftMail) -> None:
        """Send one letter, and remember what became of it."""
        address = self.mailbox.address
        content = (self.folder / draft.path).read_bytes()
        letter = letter_out(content, address, self.mailbox.name, datetime.now(BEIJING))
        try:
            said = out.send(address, draft.to, letter, lambda: self.note(draft, Fate.BEGUN))
        except Refused as error:
            self.note(draft, Fate.REFUSED, str(error))
            self.refused.append((draft, str(error)))
            return
        except Unanswered as error:
            error.add_note(f"给 {draft.code} 的一封说到一半断了，不知道发出没有，以后也不会自动重发。")
            raise
        self.note(draft, Fate.SENT, said)
        self.sent += 1
        if said:
            self.partly.append((draft, said))

    def note(self, draft: DraftMail, fate: Fate, said: str = "") -> None:
        """Remember what becomes of a letter."""
        run, to = self.folder.name, "、".join(draft.to)
        told = (draft.message_id, draft.code, kind_of(draft), run, to, draft.subject)
        self.memory.put(Posted(*told, fate, now(), said))

    @property
    def words(self) -> str:
        """What came of it."""
        return tell.posted(self.sent, self.refused, self.partly)


Agree = Callable[[str], bool]


def send(
    settings: Settings,
    run: str | None,
    choice: Choice,
    agree: Agree,
    show: Callable[[str], object],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> str:
    """Send the drafts of a run, of the newest where none is named, once people ``agree`` to what is put before them
    (``show``). Returns what became of them. ``dry_run``: they are only shown.

    Raises OfficeError where there is no such run or nobody agreed, and MailError where a server fails or refuses a letter.
    """
    entry = run_of(settings, run)
    folder = settings.outbox / entry.name
    drafts = drafts_of(folder, entry.files)
    refuse_unknown(choice, drafts)
    with open_memory(settings.root, keep=not dry_run) as memory:
        sending = Sending(settings.mail or Mailbox(""), folder, memory)
        for draft in drafts:
            if draft.code in choice.sent and (known := memory.letter(draft.message_id)) and known.fate is Fate.BEGUN:
                sending.note(draft, Fate.SENT, "据报已发")
        found = sort(drafts, memory, choice)
        due = [(d, tell.note(memory.last_sent(d.code, kind_of(d)), d.altered)) for d in found.due]
        show(tell.outgoing(entry.name, due, len(found.sent), found.unsure, found.nowhere, found.strange))
        if dry_run or not found.due:
            return ""
        if settings.mail is None or settings.mail.smtp is None:
            return tell.together(str(write_together(folder, found.due)), len(found.due))
        password = password_of(settings.mail)
        if not agree(tell.question(len(found.due), settings.mail.address)):
            raise OfficeError("没有发，什么都没有动。")
        post_all(sending, found.due, settings.mail, password, progress)
    logger.info("sent {} letters of {}", sending.sent, entry.name)
    if sending.refused:
        raise MailError(sending.words.rstrip())
    return sending.words


def post_all(
    sending: Sending, due: Sequence[DraftMail], mailbox: Mailbox, password: str, progress: Progress | None
) -> None:
    """Send one letter after the other. Whatever stops it carries a note of how many are out."""
    assert mailbox.smtp is not None
    try:
        with open_outgoing(mailbox, mailbox.smtp, password) as out:
            for done, draft in enumerate(due, 1):
                sending.send(out, draft)
                if progress:
                    progress(done, len(due))
    except BaseException as error:
        error.add_note(
            f"停下以前已发出 {sending.sent} 封，都记下了，不会再发；再用一次 workbook-tool mail send 发其余的。"
        )
        raise


def run_of(settings: Settings, name: str | None) -> RunEntry:
    """The run whose letters are meant. Raises OfficeError where there is none, or it was withdrawn."""
    with open_ledger(settings.ledger, keep=False) as ledger:
        known = {entry.name: entry for entry in ledger.entries("stage = 'done'")}
        newest = ledger.newest
    entry = known.get(name) if name else newest
    if entry is None or not (settings.outbox / entry.name).is_dir():
        raise OfficeError(f"发件夹里没有“{name}”这次运行，或者它已撤销。" if name else "还没有运行结果；请先运行一次。")
    return entry


def refuse_unknown(choice: Choice, drafts: Sequence[DraftMail]) -> None:
    """Raises OfficeError where a code was named to which the run has no letter: a slip of the finger sends nothing."""
    codes = {draft.code for draft in drafts}
    for named in (choice.only, choice.sent, choice.resend):
        if unknown := [code for code in named if code not in codes]:
            told = "、".join(sorted(codes - {""})) or "无"
            raise OfficeError(f"这次运行没有给 {'、'.join(unknown)} 的信，什么都没有发。有信的：{told}。")


def send_mails(
    config: Path,
    run: str | None,
    choice: Choice,
    agree: Agree,
    show: Callable[[str], object],
    dry_run: bool = False,
    anyway: bool = False,
) -> str:
    """Send the drafts of a run, of the newest where none is named. Returns what became of them.

    Raises OfficeError while files wait that no run has read, unless they are to be sent ``anyway``: one of them may be
    what an agency is about to be reminded of.
    """
    office = open_office(config)
    if dry_run:
        log.off()
    else:
        log.start(office.settings.logs)
        with open_ledger(office.settings.ledger, keep=False) as ledger:
            form, period = office.reports[0].form.id, office.reports[0].settings.period
            history = ledger.history(form, period, date.max)
            asked = ledger.asked(ledger.newest_name, form, period)
        if not anyway and (unread := tuple(waiting(inbox_of(office), history, asked))):
            raise OfficeError(tell_season.unread_files("没有发信", unread))
    return send(office.settings, run, choice, agree, show, dry_run=dry_run)
