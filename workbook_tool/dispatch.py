"""Dispatch: every agency that has something to put right gets its own file back, marked, with a draft mail.

Whatever goes wrong with one file concerns this file alone: then its agency gets a workbook of ours that says the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from loguru import logger

from workbook_tool.files.intake.containers import content_of
from workbook_tool.files.intake.formats.docx import KIND as DOCX
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.files.intake.unique_names import UniqueNames
from workbook_tool.files.returns.copy import ending_of, marked_copy
from workbook_tool.files.returns.draft import draft_mail
from workbook_tool.files.returns.word_comments import commented
from workbook_tool.files.workbook.render import rendered
from workbook_tool.model.errors import Unmarkable, Unreadable
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.office.settings import Settings
from workbook_tool.model.returns.returned import Return, return_name
from workbook_tool.model.text import file_name
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.form.typed_in import prefilled_book
from workbook_tool.steps.returns import returns_of
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


def write_returns(folder: Path, results: Sequence[Consolidation], settings: Settings) -> list[dict[str, str]]:
    """Write all return copies and their mails; of each result their names by the agency's code. No folder where there are
    none.

    Raises OSError or OutboxError where the folder cannot be written.
    """
    names = UniqueNames()
    return [
        {given.agency.code: write_return(folder, given, settings, names) for given in returns_of(result)}
        for result in results
    ]


def write_return(folder: Path, given: Return, settings: Settings, names: UniqueNames) -> str:
    """Write one return copy and its mail. Returns the name of the copy."""
    content, own_file = copy_for(given, settings)
    name = names.once(return_name(given, ending_of(content), own_file=own_file))
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    enclosed = [(name, content)]
    if (remarked := document_with_comments(given, settings)) is not None:
        beside = names.once(file_name(f"{given.agency.code}_{given.agency.name}", f"_第{given.round}轮批注.docx"))
        (folder / beside).write_bytes(remarked)
        enclosed.append((beside, remarked))
    mail = draft_mail(letter_of(given, own_file), given.as_of, f"return/{name}", enclosed)
    (folder / name).with_suffix(".eml").write_bytes(mail)
    return name


def copy_for(given: Return, settings: Settings) -> tuple[bytes, bool]:
    """The agency's own file with marks, or else a workbook of ours; and which of the two it is."""
    content = filed_bytes(given, settings)
    reason = ADDED_UP if given.submission.added_up else GONE
    if given.submission.document:
        return form_for(given), True
    if content is not None:
        try:
            notice = notice_book(given, with_identity=True)
            return marked_copy(content, marks_of(given), notice, given.round), True
        except (Unmarkable, Unreadable) as error:
            reason = str(error)
        except Exception:  # whatever an odd file leads to must not stop the others
            logger.exception("cannot mark {}", given.file.source.path)
            reason = UNKNOWN
        logger.warning("{}：{}，改为另附退改说明", given.file.source.path, reason)
    return own_workbook(given, sheets_of(given, content, settings), reason), False


def form_for(given: Return) -> bytes:
    """The form filled in with the numbers of the agency's document, with the marks that the document would bear."""
    numbers = given.submission.numbers()
    book, issue = prefilled_book(given.form, given.period, given.as_of, given.agency, given.round, numbers)
    moved = onto_form(given, issue.places)
    return marked_copy(rendered(book), marks_of(moved), notice_book(moved), given.round)


def document_with_comments(given: Return, settings: Settings) -> bytes | None:
    """The agency's own .docx with comments where something is to be said; None for whatever else it filed."""
    notes = document_notes(given) if given.submission.document == DOCX else {}
    content = filed_bytes(given, settings) if notes else None
    if content is None:
        return None
    try:
        return commented(content, notes, given.as_of)
    except (Unmarkable, Unreadable) as error:
        logger.warning("{}：{}，没有加批注", given.file.source.path, error)
    except Exception:  # whatever an odd file leads to must not stop the others
        logger.exception("cannot comment on {}", given.file.source.path)
    return None


def filed_bytes(given: Return, settings: Settings) -> bytes | None:
    """The file as it was read; None where it has vanished or changed since."""
    source = given.file.source
    try:
        content = content_of(source, settings.limits, settings.passwords)
    except Exception:  # an archive that was replaced fails in any way
        return None
    return content if hashlib.sha256(content).hexdigest() == source.sha256 else None


def sheets_of(given: Return, content: bytes | None, settings: Settings) -> Sequence[Sheet]:
    """The sheets as they are in the file, or else what was read of them."""
    if not content or len(content) > MOST_COPIED:
        return as_read(given)
    try:
        return read_sheets(content, settings.limits, settings.passwords)
    except Exception:  # an odd file must not stop the copies of the others; what was read of it is still there
        logger.exception("cannot copy {}", given.file.source.path)
        return as_read(given)


def own_workbook(given: Return, sheets: Sequence[Sheet], reason: str) -> bytes:
    """退改说明 with a marked copy of the tables, in a workbook of ours."""
    book = notice_book(given, with_identity=True, reason=reason)
    add_tables(book, given, sheets, marks_of(given))
    return rendered(book)
