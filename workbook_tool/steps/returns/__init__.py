"""Give back: what each agency gets back to put right or explain, and in which words."""

from __future__ import annotations

from workbook_tool.model.intake.inbox import State
from workbook_tool.model.office.settings import Settings
from workbook_tool.model.returns.returned import Return, has_to_answer
from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.season.versions import Chain
from workbook_tool.model.workbook.result import Consolidation


def returns_of(result: Consolidation) -> list[Return]:
    """The return copies that are due, in roster order."""
    chains = {chain.agency: chain for chain in result.chains}
    return [
        given_back(result, result.run.settings, record, returned_before(chains.get(record.agency)))
        for record in result.filed
        if has_to_answer(record, result.form)
    ]


def given_back(result: Consolidation, settings: Settings, record: FiledAgency, before: int) -> Return:
    """What goes back to one agency, of which so many versions were sent back ``before``; a deadline that has passed is not
    told again."""
    deadline = settings.deadline_of(record.agency)
    return Return(
        record,
        result.region.name,
        result.form,
        result.period,
        result.as_of,
        deadline if deadline and deadline >= result.as_of else None,
        settings.contact,
        before,
        settings.tag,
    )


def returned_before(chain: Chain | None) -> int:
    """How many earlier versions of an agency were sent back."""
    versions = chain.versions if chain else ()
    return sum(not v.counts and v.state in (State.RETURNED, State.HELD) for v in versions)
