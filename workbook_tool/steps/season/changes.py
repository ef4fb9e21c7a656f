"""Changes: what is different from the last run of an earlier date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.changes import Changes
from workbook_tool.model.season.history import History, PastProblem, PastRun
from workbook_tool.model.workbook.result import AgencyRecord, Consolidation


def compare_runs(result: Consolidation, roster: Roster, history: History) -> Consolidation:
    """The result with what changed; as it is where there is no earlier run."""
    if history.last_run is None:
        return result
    fixed = tuple(gone_problems(result, roster, history))
    names = {record.agency.name: roster.known_as(record.agency) for record in result.agencies}
    filed_before = {code for code, versions in history.versions.items() if versions}
    counts = Counter(finding.follow_up.status for _, finding in result.findings if finding.follow_up)

    def known(record: AgencyRecord) -> bool:
        return any(code in filed_before for code in names[record.agency.name])

    still = {code for codes in names.values() for code in codes}
    changes = Changes(
        since=history.last_run,
        filed=agencies(r for r in result.agencies if r.file and not known(r)),
        gone=agencies(r for r in result.agencies if not r.file and known(r)),
        left=tuple(sorted(filed_before - still)),
        fixed=fixed,
        counts=counts | Counter({Status.FIXED: len(fixed)}),
        trend=trend(history, this_run(result)),
    )
    return replace(result, changes=changes)


def agencies(records: Iterator[AgencyRecord]) -> tuple[Agency, ...]:
    return tuple(record.agency for record in records)


def gone_problems(result: Consolidation, roster: Roster, history: History) -> Iterator[PastProblem]:
    """The problems of the last run that are there no more although their agency has a file: without one nothing was
    put right."""
    assert history.last_run is not None
    filed = {name for record in result.agencies if record.file for name in roster.known_as(record.agency)} | {""}
    there = set()
    for record, finding in result.findings:
        if finding.follow_up:
            first, *former = roster.known_as(record.agency) if record.agency.code or record.file else ("",)
            tail = finding.follow_up.key.removeprefix(f"{first}|")
            there |= {f"{name}|{tail}" for name in (first, *former)}
    for key, problem in sorted(history.problems.items()):
        owner = key.partition("|")[0]
        if problem.last >= history.last_run.as_of and key not in there and owner in filed:
            yield problem


def this_run(result: Consolidation) -> PastRun:
    """This run as later ones will see it."""
    return PastRun(
        result.run,
        result.as_of,
        len(result.agencies),
        dict(Counter(record.state for record in result.agencies)),
        {s.value: sum(f.severity is s for _, f in result.findings) for s in Severity},
    )


def trend(history: History, now: PastRun) -> tuple[PastRun, ...]:
    """The newest run of each day, this one last."""
    by_day = {run.as_of: run for run in history.runs}
    return (*by_day.values(), now)
