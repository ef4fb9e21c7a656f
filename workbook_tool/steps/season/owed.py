"""Owed: the earlier periods that were reported and not signed yet, of which an agency has filed nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbook_tool.model.season.periods import Owed, PastPeriod
from workbook_tool.model.workbook.result import Consolidation


def owed_by(result: Consolidation, earlier: Sequence[PastPeriod]) -> dict[str, tuple[Owed, ...]]:
    """By agency's code, the oldest first. ``earlier`` are the open periods before this one as earlier runs knew them; what
    came since is in the result's others. Nobody owes anything of a time before the office reported for the first time."""
    if not earlier or not result.run.roster.given:
        return {}
    first, owing = min(one.period for one in earlier), dict[str, tuple[Owed, ...]]()
    came = {other.period: other for other in result.others if first < other.period < result.period}
    known = {one.period: one.deadline for one in earlier}
    known |= {period: other.run.settings.deadline for period, other in came.items()}
    filed = {(one.period, code) for one in earlier for code in one.filed}
    filed |= {(other.period, record.agency.code) for other in result.others for record in other.agencies if record.file}
    for record in result.agencies:
        owed = []
        for period, deadline in sorted(known.items()):
            settings = replace(result.run.settings, period=period, deadline=deadline)
            due = settings.deadline_of(record.agency)
            asked = record.agency.due(period, result.form.id) and not record.from_below
            if asked and (period, record.agency.code) not in filed and (due is None or result.as_of > due):
                owed.append(Owed(period, due))
        if owed:
            owing[record.agency.code] = tuple(owed)
    return owing
