"""Intake: one file of the inbox becomes a submission, or the record of why it is none. Runs in a caged worker.

Whatever goes wrong in here concerns this file alone, so nothing heavy is imported and nothing is shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workbook_tool.files.reading import read_sheets
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.form import Form
from workbook_tool.model.result import FileRecord, State
from workbook_tool.model.settings import Limits, Policy, Roster
from workbook_tool.model.submission import Sheet, SourceFile, Submission
from workbook_tool.model.text import label_key
from workbook_tool.steps.identify import identify, named_in
from workbook_tool.steps.parse import parse
from workbook_tool.steps.tamper import tamper

ENOUGH_LABELS = 2
"""So many labels that only an older layout has make a file one of that layout."""
LONGEST_LABEL = 40


@dataclass(frozen=True)
class Terms:
    """What a file is judged by. ``year`` None accepts every year."""

    form: Form
    roster: Roster
    year: int | None = None
    policy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)


def take_in(source: SourceFile, terms: Terms) -> Submission | FileRecord:
    """Identify and parse one file."""
    form, roster, policy = terms.form, terms.roster, terms.policy
    try:
        sheets = read_sheets(source.location, terms.limits)
    except Unreadable as error:
        return unreadable(source, str(error), roster)
    identity = identify(sheets, source.path, form, roster, terms.year, policy, source.mail)
    if identity.foreign:
        return FileRecord(source, State.FOREIGN, identity.foreign, identity.agency, identity.year)
    parsed = parse(sheets, form, policy, identity.nil)
    if reason := no_filing(sheets, form, parsed.tables):
        return FileRecord(source, State.FOREIGN, reason, identity.agency, identity.year)
    findings = (*identity.findings, *parsed.findings, *tamper(sheets, form, policy, parsed.findings))
    return Submission(source, identity, parsed.readings, findings)


def unreadable(source: SourceFile, reason: str, roster: Roster) -> FileRecord:
    """The record of a file that cannot be opened, under the agency that its name tells."""
    return FileRecord(source, State.UNREADABLE, reason, named_in(source.path, roster))


def no_filing(sheets: Sequence[Sheet], form: Form, tables: int) -> str:
    """Why the sheets are no filing of this form: nothing of it is there, or it is an older layout; else empty."""
    texts = [text for sheet in sheets for text in sheet.cells.values() if isinstance(text, str)]
    keys = {label_key(text) for text in texts if len(text) <= LONGEST_LABEL}
    for older in form.outdated:
        if len(keys & older.keys) >= ENOUGH_LABELS or (not tables and any(older.mark in text for text in texts)):
            return f"是{older.name}，请改用下发的《{form.title}》填报表重新填报"
    return "" if tables else f"没有找到《{form.title}》的任何一张表；请改用下发的填报表重新填报"
