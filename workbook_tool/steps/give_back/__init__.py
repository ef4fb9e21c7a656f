"""Give back: what each agency gets back to put right or explain, and in which words."""

from __future__ import annotations

from workbook_tool.model.finding import Finding
from workbook_tool.model.history import Status
from workbook_tool.model.result import AgencyRecord, Consolidation, State
from workbook_tool.model.returned import Return, status_of
from workbook_tool.model.rules import Severity
from workbook_tool.model.settings import Settings


def returns_of(result: Consolidation, settings: Settings) -> list[Return]:
    """The return copies that are due, in roster order."""
    return [given_back(result, settings, record) for record in result.agencies if has_to_answer(record)]


def has_to_answer(record: AgencyRecord) -> bool:
    """Whether the agency has something left to do: what it has explained is now the reviewer's affair."""
    returned = record.state == State.RETURNED
    return returned or (record.state == State.HELD and any(map(is_open, record.findings)))


def is_open(finding: Finding) -> bool:
    return finding.severity is not Severity.NOTE and status_of(finding) not in (Status.WAIVED, Status.EXPLAINED)


def given_back(result: Consolidation, settings: Settings, record: AgencyRecord) -> Return:
    assert record.file is not None
    assert record.file.checked is not None
    deadline = record.agency.deadline or settings.deadline
    return Return(
        record,
        record.file,
        record.file.checked,
        result.region,
        result.form,
        result.year,
        result.as_of,
        deadline if deadline and deadline >= result.as_of else None,
        settings.contact,
    )
