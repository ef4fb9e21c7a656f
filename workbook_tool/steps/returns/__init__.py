"""Give back: what each agency gets back to put right or explain, and in which words."""

from __future__ import annotations

from workbook_tool.model.intake.inbox import State
from workbook_tool.model.office.settings import Settings
from workbook_tool.model.returns.returned import Return, has_to_answer
from workbook_tool.model.season.agency import AgencyRecord, FiledAgency
from workbook_tool.model.workbook.result import Consolidation


def returns_of(result: Consolidation) -> list[Return]:
    """The return copies that are due, in roster order."""
    return [
        given_back(result, result.run.settings, record) for record in result.filed if has_to_answer(record, result.form)
    ]


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
