"""Copying: an agency's own file with marks, and the mail with which it goes back; nothing is written here.

Whatever goes wrong with one file concerns this file alone: then its agency gets a workbook of ours that says the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from traceback import format_exc

from msgspec import Struct

from workbook_tool.files.intake.containers import content_of
from workbook_tool.files.intake.engine import Lost
from workbook_tool.files.intake.formats.delimited import read_exported
from workbook_tool.files.intake.formats.docx import KIND as DOCX
from workbook_tool.files.intake.program import program
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.files.returns.copy import marked_copy
from workbook_tool.files.returns.draft import draft_mail
from workbook_tool.files.returns.word_comments import commented
from workbook_tool.files.season.ledger.runs import RunEntry
from workbook_tool.files.workbook.render import rendered
from workbook_tool.model.errors import Unmarkable, Unreadable
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.office.settings import Settings
from workbook_tool.model.returns.returned import Marks, Return, return_name
from workbook_tool.model.text import file_name
from workbook_tool.model.workbook.book import Book
from workbook_tool.steps.form.typed_in import prefilled_book
from workbook_tool.steps.intake.parse.registers import head_rows
from workbook_tool.steps.returns.letter import letter_of
from workbook_tool.steps.returns.marks import marks_of
from workbook_tool.steps.returns.notice import notice_book
from workbook_tool.steps.returns.onto_form import onto_form
from workbook_tool.steps.returns.remarks_in_text import document_notes
from workbook_tool.steps.returns.tables import add_tables, as_read

GONE = "收件夹里的原文件已经不在，或者又有变动"
ADDED_UP = "报来的是汇总结果，没有填报表可以标注；请更正后重新汇总，再报结果文件夹"
UNKNOWN = "文件内部结构不常见"
MOST_COPIED = 4 << 20
"""In bytes. No form is as large; what is larger is not read again outside of the cage."""


class Means(Struct, frozen=True):
    """What copies are made with: the settings, and the run ``before``, whose copy is taken again where all that it was made
    of is the same, since another would be it byte by byte."""

    settings: Settings
    before: RunEntry | None = None


class Copy(Struct, frozen=True):
    """What goes back: the agency's own file with marks, or else a workbook of ours; the ending of its name, and a digest of
    all that it was ``made_of``, empty where that hangs on the day."""

    content: bytes
    ending: str = "xlsx"
    own_file: bool = True
    made_of: str = ""


class Made(Struct, frozen=True):
    """What was made for one agency: its copy and what else goes with it, by the names that they should have, and the mail.
    ``told`` is for the log."""

    copy: Copy
    enclosed: tuple[tuple[str, bytes], ...]
    mail: bytes
    told: tuple[str, ...] = ()


def make_return(given: Return, means: Means) -> Made:
    """Make one return copy and its mail; nothing is written."""
    told: list[str] = []
    copy = copy_for(given, means, told)
    enclosed = [(return_name(given, copy.ending, own_file=copy.own_file), copy.content)]
    if (remarked := document_with_comments(given, means.settings, told)) is not None:
        beside = file_name(f"{given.agency.code}_{given.agency.name}", f"_第{given.round}轮批注.docx")
        enclosed.append((beside, remarked))
    return Made(copy, tuple(enclosed), mail_of(given, copy.own_file, enclosed), tuple(told))


def in_its_place(given: Return, lost: Lost) -> Made:
    """The workbook of ours that an agency gets whose file took its worker along."""
    told = f"{given.file.source.path}：{lost.reason}，改为另附退改说明\n{lost.detail}"
    copy = Copy(own_workbook(given, as_read(given), UNKNOWN), own_file=False)
    enclosed = ((return_name(given, copy.ending, own_file=False), copy.content),)
    return Made(copy, enclosed, mail_of(given, False, enclosed), (told,))


def mail_of(given: Return, own_file: bool, enclosed: Sequence[tuple[str, bytes]]) -> bytes:
    """The mail with which the copy goes back."""
    return draft_mail(letter_of(given, own_file), given.as_of, f"return/{enclosed[0][0]}", enclosed)


def copy_for(given: Return, means: Means, told: list[str]) -> Copy:
    """The agency's own file with marks, or else a workbook of ours. What is to be known of it is ``told``."""
    if given.submission.document:
        return form_for(given)
    reason = ADDED_UP if given.submission.added_up else GONE
    content = None
    try:
        notice, marks = notice_book(given, with_identity=True), marks_of(given)
        made_of = digest_of(given, marks, notice)
        if means.before and (kept := means.before.copy(means.settings.outbox, made_of)):
            return Copy(kept[1], kept[0].rpartition(".")[2], made_of=made_of)
        if (content := filed_bytes(given, means.settings)) is not None:
            copied, ending = marked_copy(content, marks, notice, given.round)
            return Copy(copied, ending, made_of=made_of)
    except (Unmarkable, Unreadable) as error:
        reason = str(error)
    except Exception:  # whatever an odd file leads to must not stop the others
        told.append(f"cannot mark {given.file.source.path}\n{format_exc()}")
        reason = UNKNOWN
    if content is not None:
        told.append(f"{given.file.source.path}：{reason}，改为另附退改说明")
    return Copy(own_workbook(given, sheets_of(given, content, means.settings, told), reason), own_file=False)


def digest_of(given: Return, marks: Marks, notice: Book) -> str:
    """A digest of all that a marked file comes from, which begins with that of the program: the day is none of it, but for
    what 退改说明 says of the deadline."""
    told = (program(), given.file.source.sha256, marks, notice.sheets, given.round)
    return maker() + hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def maker() -> str:
    """How the digests of whatever this program makes begin."""
    return f"{program()[:16]} "


def standing(means: Means) -> int:
    """How many copies of the run before may be taken again: what another program made never is."""
    return sum(made_of.startswith(maker()) for made_of in means.before.copies) if means.before else 0


def form_for(given: Return) -> Copy:
    """The form filled in with the numbers of the agency's document, with the marks that the document would bear."""
    numbers = given.submission.numbers()
    book, issue = prefilled_book(given.form, given.period, given.as_of, given.agency, given.round, numbers)
    moved = onto_form(given, issue.places)
    return Copy(*marked_copy(rendered(book), marks_of(moved), notice_book(moved), given.round))


def document_with_comments(given: Return, settings: Settings, told: list[str]) -> bytes | None:
    """The agency's own .docx with comments where something is to be said; None for whatever else it filed."""
    notes = document_notes(given) if given.submission.document == DOCX else {}
    content = filed_bytes(given, settings) if notes else None
    if content is None:
        return None
    try:
        return commented(content, notes, given.as_of)
    except (Unmarkable, Unreadable) as error:
        told.append(f"{given.file.source.path}：{error}，没有加批注")
    except Exception:  # whatever an odd file leads to must not stop the others
        told.append(f"cannot comment on {given.file.source.path}\n{format_exc()}")
    return None


def filed_bytes(given: Return, settings: Settings) -> bytes | None:
    """The file as it was read; None where it has vanished or changed since."""
    source = given.file.source
    try:
        content = content_of(source, settings.limits, settings.passwords)
    except Exception:  # an archive that was replaced fails in any way
        return None
    return content if hashlib.sha256(content).hexdigest() == source.sha256 else None


def sheets_of(given: Return, content: bytes | None, settings: Settings, told: list[str]) -> Sequence[Sheet]:
    """The sheets as they are in the file, or else what was read of them."""
    if not content or len(content) > MOST_COPIED:
        return as_read(given)
    try:
        if given.form.registers and (exported := read_exported(content, partial(head_rows, given.form.registers))):
            return [exported]
        return read_sheets(content, settings.limits, settings.passwords)
    except Exception:  # an odd file must not stop the copies of the others; what was read of it is still there
        told.append(f"cannot copy {given.file.source.path}\n{format_exc()}")
        return as_read(given)


def own_workbook(given: Return, sheets: Sequence[Sheet], reason: str) -> bytes:
    """退改说明 with a marked copy of the tables, in a workbook of ours."""
    book = notice_book(given, with_identity=True, reason=reason)
    add_tables(book, given, sheets, marks_of(given))
    return rendered(book)
