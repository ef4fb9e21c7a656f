"""Turnouts: who filed, with the office itself and with each region below it, level by level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.intake.turnout import Turnout
from workbook_tool.model.season.agency import ACCEPTED, AgencyRecord, AgencyState, Timeliness
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.workbook.result import Judged

PASSED = (*ACCEPTED, AgencyState.COMPARED)
"""A region whose parts count has filed as much as one that counts itself."""


def turnouts(judged: Judged) -> tuple[Turnout, ...]:
    """The office's own, then in roster order those of the agencies that others stand below. Where a region sent a result,
    it knows best: what it tells stands there, of itself and of all below it, and nothing that we could count."""
    settings, roster = judged.run.settings, judged.run.roster
    groups: dict[str, list[AgencyRecord]] = {}
    for record in judged.filed if judged.aside else judged.agencies:  # for another period nobody is missing
        if not record.from_below:
            above = roster.above(record.agency)
            groups.setdefault(above[0].code if above else "", []).append(record)
    told: dict[str, Turnout] = {}
    for one in told_below(judged):
        if (
            one.code not in told or one.sender == one.code
        ):  # what a region sent here itself, before what others tell of it
            told[one.code] = one
    sent: dict[str, dict[str, Turnout]] = {}
    for one in told.values():
        sent.setdefault(one.sender, {})[one.code] = one
    own = counted(judged, Agency(settings.region_code, settings.region), 0, groups.get("", ()))
    found = {"": replace(own, again=len(judged.again))}
    for agency in roster.agencies:
        if agency.code in groups and agency.code not in told:
            found[agency.code] = counted(judged, agency, len(roster.above(agency)) + 1, groups[agency.code])
        found |= sent.get(agency.code or agency.name, {})
    return tuple(found.values())


def told_below(judged: Judged) -> Iterator[Turnout]:
    """What the regions tell whose results count here, also where they filed a sum of their own beside it."""
    for file in judged.files:
        if isinstance(file, Filing) and file.submission.relay and (file.behind is None or file.is_beside):
            yield from file.submission.relay.turnouts


def counted(judged: Judged, region: Agency, level: int, records: Sequence[AgencyRecord]) -> Turnout:
    """Who of these filed."""
    still = [r.file.checked for r in records if r.file]
    must, explain, note = (sum(one.count(severity) for one in still) for severity in Severity)
    return Turnout(
        *(region.code, region.name, judged.form.id, str(judged.period), level),
        run=judged.run.name,
        due=len(records),
        passed=sum(r.state in PASSED for r in records),
        late=sum(r.timeliness is Timeliness.LATE for r in records),
        returned=tuple(r.agency.name for r in records if r.state is AgencyState.RETURNED),
        missing=tuple(r.agency.name for r in records if r.file is None),
        must=must,
        explain=explain,
        note=note,
    )
