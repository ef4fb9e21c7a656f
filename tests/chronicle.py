"""What earlier runs knew, remembered from their results: the history that a story of several weeks is told by."""

from __future__ import annotations

from dataclasses import replace

from workbook_tool.model.history import History, PastProblem, PastVersion, Resubmission
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
        if version and (not known or known[-1].sha256 != version.sha256):
            versions[record.agency.code] = (*known, version)
    return replace(history, runs=(*history.runs, this_run(result)), problems=problems, versions=versions)


def version_of(record: AgencyRecord, result: Consolidation) -> PastVersion | None:
    if record.file is None or record.file.checked is None:
        return None
    numbers = {result.form.items[i].code: n for i, n in record.file.checked.submission.numbers().items()}
    musts = frozenset(f.life.key for f in record.findings if f.life and f.severity is Severity.MUST)
    source = record.file.source
    told = (record.agency.code, source.sha256, source.path, result.run, result.as_of, record.state)
    return PastVersion(*told, numbers, musts)


def resubmissions(history: History, result: Consolidation) -> tuple[Resubmission, ...]:
    """The filings that came again since the last run, each beside the version before it."""
    found = []
    for record in result.agencies:
        now, known = version_of(record, result), history.versions.get(record.agency.code, ())
        if now and known and known[-1].sha256 != now.sha256:
            before = known[-1]
            codes = sorted(before.numbers.keys() | now.numbers.keys())
            pairs = ((code, before.numbers.get(code), now.numbers.get(code)) for code in codes)
            differences = tuple(pair for pair in pairs if pair[1] != pair[2])
            keys = tuple(sorted(before.musts - now.musts)), tuple(sorted(now.musts - before.musts))
            approved = before.state in ("counted", "held")
            told = (record.agency.code, record.agency.name, before, now.path, differences, not differences, *keys)
            found.append(Resubmission(*told, approved))
    return tuple(found)
