"""Results of runs that never ran, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.follow_up import OnFile
from workbook_tool.model.season.agency import AgencyRecord, Timeliness
from workbook_tool.model.season.filing import AnyFile, Filing
from workbook_tool.model.workbook.result import Consolidation, Judged, Region, Run, Weeks
from workbook_tool.steps.season.consolidate import consolidate
from workbook_tool.steps.season.turnouts import turnouts

NOTHING_SAID = OnFile("", "")


def nothing_decided(agency: Agency, filing: Filing | None) -> OnFile:
    """No reviewer has said anything of any file."""
    return NOTHING_SAID


def missing(agency: Agency, timeliness: Timeliness = Timeliness.MISSING, **more: Any) -> AgencyRecord:
    """An agency that has not filed."""
    return AgencyRecord(agency, timeliness, None, NOTHING_SAID, **more)


def consolidated(
    run: Run, agencies: Sequence[AgencyRecord], files: Sequence[AnyFile] | None = None, region: Region | None = None
) -> Consolidation:
    """What a run comes to in which the agencies stand so; ``files`` are theirs where no others are given."""
    own = [record.file for record in agencies if record.file]
    region = region or Region(run.settings.region)
    judged = Judged(run, tuple(own if files is None else files), tuple(agencies), region, (), ())
    judged = replace(judged, turnouts=turnouts(judged))
    return Consolidation.of(judged, consolidate(judged), Weeks(), None)


def of_run(result: Consolidation, **changes: Any) -> Consolidation:
    """The same result of a run that differs in this."""
    return replace(result, run=replace(result.run, **changes))
