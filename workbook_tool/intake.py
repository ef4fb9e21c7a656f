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
from workbook_tool.steps.identify import identify, named_in
from workbook_tool.steps.parse import parse


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
    identity = identify(sheets, source.path, form, roster, terms.year, policy)
    if identity.foreign:
        return FileRecord(source, State.FOREIGN, identity.foreign, identity.agency, identity.year)
    parsed = parse(sheets, form, policy, identity.nil)
    if not parsed.tables:
        reason = f"没有找到《{form.title}》的任何一张表{outdated(sheets, form)}"
        return FileRecord(source, State.FOREIGN, reason, identity.agency, identity.year)
    return Submission(source, identity, parsed.readings, (*identity.findings, *parsed.findings))


def unreadable(source: SourceFile, reason: str, roster: Roster) -> FileRecord:
    """The record of a file that cannot be opened, under the agency that its name tells."""
    return FileRecord(source, State.UNREADABLE, reason, named_in(source.path, roster))


def outdated(sheets: Sequence[Sheet], form: Form) -> str:
    """The name of the older layout whose mark a file carries, in brackets."""
    texts = [text for sheet in sheets for text in sheet.cells.values() if isinstance(text, str)]
    return next((f"，像是{name}" for mark, name in form.outdated if any(mark in text for text in texts)), "")
