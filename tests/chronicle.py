"""What earlier runs knew, remembered from their results: the history that a story of several weeks is told by."""

from __future__ import annotations

from dataclasses import replace

from workbook_tool.model.history import History, PastProblem, PastVersion
from workbook_tool.model.resubmission import Change, Resubmission, Version
from workbook_tool.model.result import AgencyRecord, Consolidation
from workbook_tool.model.rules import Severity
from workbook_tool.steps.changes import this_run


def remember(history: History, result: Consolidation) -> History:
    """The history with this run added."""
    problems = dict(history.problems)
    for record, f in result.findings:
        assert f.life is not None
        code, day = record.agency.code, result.as_of
        words = (f.rule, f.severity, f.table, f.row, f.column, f.message, f.filed, f.expected)
        past = PastProblem(f.life.key, code, record.agency.name, *words, day, f.life.since, day)
        problems[f.life.key] = replace(past, first=problems.get(f.life.key, past).first)
    versions = dict(history.versions)
    for record in result.agencies:
        version = version_of(record, result)
        known = versions.get(record.agency.code, ())
        if version:
            older = known[:-1] if known and known[-1].sha256 == version.sha256 else known
            versions[record.agency.code] = (*older, version)
    return replace(history, runs=(*history.runs, this_run(result)), problems=problems, versions=versions)


def version_of(record: AgencyRecord, result: Consolidation) -> PastVersion | None:
    if record.file is None or record.file.checked is None:
        return None
    numbers = {result.form.items[i].code: n for i, n in record.file.checked.submission.numbers().items()}
    musts = frozenset(f"{f.rule}|{f.table}|{f.row}|{f.column}" for f in record.findings if f.severity is Severity.MUST)
    source = record.file.source
    told = (record.agency.code, source.sha256, source.path, result.run, result.as_of, record.state)
    return PastVersion(*told, numbers, musts)


def resubmissions(history: History, result: Consolidation) -> tuple[Resubmission, ...]:
    """The filings that came again, each beside the version before it."""
    found = []
    for record in result.agencies:
        now, known = version_of(record, result), history.versions.get(record.agency.code, ())
        if now is None or not known or known[-1].sha256 == now.sha256:
            continue
        before, approved = known[-1], next((v for v in reversed(known) if v.state == "counted"), None)
        mended, broken = tuple(sorted(before.musts - now.musts)), tuple(sorted(now.musts - before.musts))
        again = before.state == "returned" and before.numbers == now.numbers
        first = Version(before.path, before.sha256, before.state, before.day, False, False)
        last = Version(now.path, now.sha256, now.state, now.day, True, True, "", (), again, mended, broken)
        revised = changes(approved, now, result) if approved else ()
        found.append(Resubmission(record.agency, (first, last), approved.path if approved and revised else "", revised))
    return tuple(found)


def changes(before: PastVersion, now: PastVersion, result: Consolidation) -> tuple[Change, ...]:
    pairs = ((i.index, before.numbers.get(i.code), now.numbers.get(i.code)) for i in result.form.items)
    return tuple(Change(*pair) for pair in pairs if pair[1] != pair[2])
