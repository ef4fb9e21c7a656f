"""Give back: what each agency gets back to put right or explain, and in which words."""

from __future__ import annotations

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.office.settings import Settings
from workbook_tool.model.returns.returned import Return, is_private, status_of
from workbook_tool.model.season.agency import AgencyRecord, AgencyState, FiledAgency
from workbook_tool.model.workbook.result import Consolidation

SETTLED = (Status.WAIVED, Status.EXPLAINED, Status.CORRECTED)


def returns_of(result: Consolidation) -> list[Return]:
    """The return copies that are due, in roster order."""
    return [
        given_back(result, result.run.settings, record) for record in result.filed if has_to_answer(record, result.form)
    ]


def has_to_answer(record: AgencyRecord, form: Form) -> bool:
    """Whether the agency has something left to do: what it has explained is now the reviewer's affair. Who files with a
    lower level is answered there."""
    if record.from_below or is_disputed(record, form):
        return False
    returned = record.state is AgencyState.RETURNED
    return returned or (
        record.state in (AgencyState.HELD, AgencyState.COMPARED)
        and any(is_open(f) and not is_private(f, form) for f in record.findings)
    )


def is_disputed(record: AgencyRecord, form: Form) -> bool:
    """Whether it is still open whose file this is: then nobody gets it, or the numbers of one agency would reach
    another."""
    rule = form.rule_of_kind("agency").id
    return any(f.rule == rule and is_open(f) for f in record.findings)


def is_open(finding: Finding) -> bool:
    """Whether the agency still has to act on a finding: a note asks nothing, nor does what it has explained; what was
    corrected it is asked to confirm, by a mail of its own."""
    return finding.severity is not Severity.NOTE and status_of(finding) not in SETTLED


def given_back(result: Consolidation, settings: Settings, record: FiledAgency) -> Return:
    """What goes back to one agency; a deadline that has passed is not told again."""
    deadline = settings.deadline_of(record.agency)
    return Return(
        record,
        result.region.name,
        result.form,
        result.period,
        result.as_of,
        deadline if deadline and deadline >= result.as_of else None,
        settings.contact,
        returned_before(result, record),
        settings.tag,
    )


def returned_before(result: Consolidation, record: AgencyRecord) -> int:
    """How many earlier versions of the agency were sent back."""
    versions = (v for chain in result.chains if chain.agency == record.agency for v in chain.versions)
    return sum(not v.counts and v.state in (State.RETURNED, State.HELD) for v in versions)
