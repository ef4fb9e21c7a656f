"""Changes: what is different from the last run of an earlier date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.season.agency import AgencyRecord
from workbook_tool.model.season.changes import Changes
from workbook_tool.model.season.history import History, PastProblem, PastRun
from workbook_tool.model.workbook.result import Judged, known_as


def compare_runs(judged: Judged, history: History) -> Changes | None:
    """What changed; None where there is no earlier run."""
    if history.last_run is None:
        return None
    roster = judged.run.roster
    fixed = tuple(gone_problems(judged, history, history.last_run))
    told = fixed_as_told(fixed, judged.form.rule_of_kind("blank").id)
    names = {record.agency.name: roster.known_as(record.agency) for record in judged.agencies}
    filed_before = {code for code, versions in history.versions.items() if versions}
    counts = Counter(finding.follow_up.status for _, finding in judged.told if finding.follow_up)

    def known(record: AgencyRecord) -> bool:
        return any(code in filed_before for code in names[record.agency.name])

    still = {code for codes in names.values() for code in codes}
    return Changes(
        since=history.last_run,
        filed=agencies(r for r in judged.agencies if r.file and not known(r)),
        gone=agencies(r for r in judged.agencies if not r.file and not r.unsure and known(r)),
        left=tuple(sorted(filed_before - still)),
        fixed=fixed,
        fixed_told=told,
        counts=counts | Counter({Status.FIXED: len(told)}),
        trend=trend(history, this_run(judged)),
    )


def agencies(records: Iterator[AgencyRecord]) -> tuple[Agency, ...]:
    """The agencies of these records, in their order."""
    return tuple(record.agency for record in records)


def gone_problems(judged: Judged, history: History, last_run: PastRun) -> Iterator[PastProblem]:
    """The problems of the last run that are there no more although their agency has a file: without one nothing was
    put right. What was said of corrections was never a problem of the agency's."""
    said = {rule.id for rule in judged.form.rules if rule.kind == "corrected"}
    roster = judged.run.roster
    filed = {name for record in judged.agencies if record.file for name in roster.known_as(record.agency)} | {""}
    there = set()
    for owner, finding in judged.findings:
        if finding.follow_up:
            first, *former = known_as(owner, roster)
            tail = finding.follow_up.key.removeprefix(f"{first}|")
            there |= {f"{name}|{tail}" for name in (first, *former)}
    for key, problem in sorted(history.problems.items()):
        name = key.partition("|")[0]
        if problem.rule not in said and problem.last >= last_run.as_of and key not in there and name in filed:
            yield problem


def fixed_as_told(fixed: Sequence[PastProblem], blank: str) -> tuple[PastProblem, ...]:
    """What is fixed as people are told it: the blanks of a table that were filled in one line. ``blank`` is their rule."""
    groups: dict[object, list[PastProblem]] = {}
    for problem in fixed:
        alike = (problem.code, problem.table) if problem.rule == blank else problem.key
        groups.setdefault(alike, []).append(problem)
    return tuple(own[0] if len(own) == 1 else filled(own) for own in groups.values())


def filled(own: Sequence[PastProblem]) -> PastProblem:
    """Several blanks of one table that are blank no more, as one."""
    where = "、".join(f"「{problem.row}」×「{problem.column}」" for problem in own)
    words = f"{own[0].table}的 {len(own)} 处空白已补：{where}。"
    return replace(own[0], row="", column="", message=words, expected=None)


def this_run(judged: Judged) -> PastRun:
    """This run as later ones will see it."""
    severities = Counter(finding.severity for _, finding in judged.told)
    return PastRun(judged.run.name, judged.as_of, judged.due, judged.states, severities)


def trend(history: History, now: PastRun) -> tuple[PastRun, ...]:
    """The newest run of each day, this one last."""
    by_day = {run.as_of: run for run in history.runs}
    return (*by_day.values(), now)
