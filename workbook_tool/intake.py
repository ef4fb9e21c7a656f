"""Intake: one file of the inbox becomes a submission, the record of why it is none, or an opened archive or mail. Runs in a caged worker.

Whatever goes wrong in here concerns this file alone, so nothing heavy is imported and nothing is shared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from workbook_tool.files.intake.containers import content_of, open_container, refuse_content
from workbook_tool.files.intake.formats.excess import excess_words
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.errors import Document, Oversized, Unreadable
from workbook_tool.model.form.check_code import Weighing
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.model.intake.submission import Agency, Sheet, SourceFile, Submission
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.model.office.settings import Limits, Roster
from workbook_tool.model.text import label_key
from workbook_tool.steps.intake.codes import check_code
from workbook_tool.steps.intake.explanations import explanations, noted, put_aside
from workbook_tool.steps.intake.identify import identify, named_in
from workbook_tool.steps.intake.invisible import as_seen
from workbook_tool.steps.intake.parse import parse
from workbook_tool.steps.intake.tamper import tamper

ENOUGH_LABELS = 2
"""So many labels that only an older layout has make a file one of that layout."""
LONGEST_LABEL = 40


@dataclass(frozen=True)
class Terms:
    """What a file is judged by. ``period`` None accepts every period. ``region`` is the office's own region, whose reports
    are nobody's filing here."""

    form: Form
    roster: Roster
    period: Period | None = None
    policy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)
    passwords: tuple[str, ...] = ()
    region: Agency | None = None

    @cached_property
    def weighing(self) -> Weighing:
        """How often each number counts in the check code; worked out once by each worker."""
        return Weighing(self.form)

    @property
    def rulebook(self) -> Rulebook:
        """Made where it is needed: what travels to the workers are its parts."""
        return Rulebook(self.form, self.policy)


CHANGING = "还在变化，没有读；请等传完后再运行一次"


def take_in(source: SourceFile, terms: Terms) -> Submission | FileRecord | Opened:
    """Identify and parse one file, or open it where it holds others.

    A document is called an attachment here; whether there is something that it came with is seen later.
    """
    form, roster, rulebook = terms.form, terms.roster, terms.rulebook
    content = b""
    try:
        content = content_of(source, terms.limits, terms.passwords)
        if hashlib.sha256(content).hexdigest() != source.sha256:
            return under_its_name(FileRecord(source, State.ARRIVING, CHANGING), terms)
        if opened := open_container(source, content, terms.passwords):
            return opened
        refuse_content(content, terms.limits)
        sheets, said = put_aside(as_seen(read_sheets(content, terms.limits, terms.passwords)), form)
    except Oversized as error:
        return unreadable(source, f"{error}{excess_words(content)}", terms)
    except Document as error:
        return under_its_name(FileRecord(source, State.ATTACHMENT, str(error)), terms)
    except Unreadable as error:
        return unreadable(source, str(error), terms)
    identity = identify(sheets, source.path, rulebook, roster, terms.period, source.mail, terms.region)
    parsed = parse(sheets, rulebook, identity.nil)
    if reason := no_filing(sheets, form, parsed.tables) or identity.foreign:
        return FileRecord(source, State.FOREIGN, reason, identity.agency, identity.period)
    altered = tamper(sheets, rulebook, parsed.findings)
    code, misfit = check_code(sheets, parsed.readings, rulebook, terms.weighing, trusted=not altered)
    findings = (*identity.findings, *parsed.findings, *altered, *misfit)
    told = (*explanations(said, form, parsed.readings), *noted(sheets, parsed.readings))
    return Submission(source, identity, parsed.readings, findings, told, code=code)


def unreadable(source: SourceFile, reason: str, terms: Terms) -> FileRecord:
    """The record of a file that cannot be opened, under the agency that its name tells."""
    return under_its_name(FileRecord(source, State.UNREADABLE, reason), terms)


def under_its_name(record: FileRecord, terms: Terms) -> FileRecord:
    """The record of a file that was not read, under the agency that its name tells. Containers have none: what they
    hold speaks for itself."""
    told = record.state in (State.UNREADABLE, State.ATTACHMENT, State.ARRIVING)
    return replace(record, agency=named_in(record.source.path, terms.roster)) if told else record


def no_filing(sheets: Sequence[Sheet], form: Form, tables: int) -> str:
    """Why the sheets are no filing of this form: nothing of it is there, or it is an older layout; else empty."""
    texts = [text for sheet in sheets for text in sheet.cells.values() if isinstance(text, str)]
    keys = {label_key(text) for text in texts if len(text) <= LONGEST_LABEL}
    for older in form.outdated:
        if len(keys & older.keys) >= ENOUGH_LABELS or (not tables and any(older.mark in text for text in texts)):
            return f"是{older.name}，请改用下发的《{form.title}》填报表重新填报"
    return "" if tables else f"没有找到《{form.title}》的任何一张表；请改用下发的填报表重新填报"
