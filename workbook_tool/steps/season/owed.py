"""Owed: the earlier periods that were reported and not signed yet, of which an agency has filed nothing."""

from __future__ import annotations

from msgspec.structs import replace

from workbook_tool.model.season.agency import Timeliness, timeliness_of_missing
from workbook_tool.model.season.periods import OpenPeriods, Owed
from workbook_tool.model.workbook.result import Consolidation


def owed_by(result: Consolidation, earlier: OpenPeriods) -> dict[str, tuple[Owed, ...]]:
    """By agency's code, the oldest first. What came since the run that knew ``earlier`` is in the result's others. Nobody
    owes anything of a time before the office reported for the first time."""
    if earlier.since is None or not result.run.roster.given:
        return {}
    owing = dict[str, tuple[Owed, ...]]()
    came = {other.period: other for other in result.others if earlier.since <= other.period < result.period}
    known = {one.period: one.deadline for one in earlier.periods}
    known |= {period: other.run.settings.deadline for period, other in came.items()}
    filed = {(one.period, code) for one in earlier.periods for code in one.filed}
    filed |= {(other.period, record.agency.code) for other in result.others for record in other.agencies if record.file}
    for record in result.agencies:
        owed = []
        for period, deadline in sorted(known.items()):
            settings = replace(result.run.settings, period=period, deadline=deadline)
            due = settings.deadline_of(record.agency)
            asked = record.agency.due(period, result.form.id) and not record.from_below
            timely = timeliness_of_missing(due, result.form, period, result.as_of)
            if asked and (period, record.agency.code) not in filed and timely is not Timeliness.NOT_DUE:
                owed.append(Owed(period, due))
        if owed:
            owing[record.agency.code] = tuple(owed)
    return owing
