"""run.json: what a run tells to other programs, as ``interface.md`` fixes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from workbook_tool import __version__
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.intake.turnout import Turnout
from workbook_tool.model.judging.correction import Correction
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.season.agency import AgencyRecord, AgencyState
from workbook_tool.model.season.filing import AnyFile, Filing
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.manifest import (
    AgencyEntry,
    ChangesLine,
    CorrectionEntry,
    Counts,
    DriftLine,
    FileEntry,
    Manifest,
    RegionEntry,
    ReportEntry,
)
from workbook_tool.model.workbook.result import Consolidation


def manifest_of(
    results: Sequence[Consolidation],
    written: Mapping[tuple[str, str], tuple[str, str]],
    inputs: dict[str, str | None],
    seconds: dict[str, float],
) -> Manifest:
    """run.json, schema 2. ``written`` are the names of the workbook and of 上报表 by form and period; none after a dry
    run."""
    reports = [report_line(result, *written.get((result.form.id, str(result.period)), ("", ""))) for result in results]
    first, told = results[0], reports[0]
    return {
        "schema": 2,
        "form": first.form.id,
        "region": first.region.name,
        "region_code": first.run.settings.region_code,
        "year": first.period.year,
        "period": str(first.period),
        "as_of": first.as_of.isoformat(),
        "run": first.run.name,
        "tool": {"name": "workbook-tool", "version": __version__},
        "workbook": told["workbook"],
        "inputs": inputs,
        "counts": counts(results),
        "changes": told["changes"],
        "signed": told["signed"],
        "agencies": [agency_line(record, result) for result in results for record in told_of(result)],
        "regions": [region_line(one) for result in results for one in result.turnouts],
        "corrections": [correction_line(record, one, r) for r in results for record, one in r.corrections],
        "files": [file_line(file, form) for file, form in files_of(results)],
        "reports": reports,
        "seconds": seconds,
    }


def told_of(result: Consolidation) -> Sequence[AgencyRecord]:
    """The agencies that are told of: who filed nothing for a period that is not reported now is not missing."""
    return result.filed if result.aside else result.agencies


def report_line(result: Consolidation, workbook: str, report: str) -> ReportEntry:
    """A form and period that the run judged."""
    return {
        "form": result.form.id,
        "title": result.form.title,
        "period": str(result.period),
        "workbook": workbook,
        "report": report,
        "counts": counts([result]),
        "changes": changes_line(result),
        "signed": drift_line(result),
    }


def files_of(results: Sequence[Consolidation]) -> list[tuple[AnyFile, str]]:
    """Every file of the inbox once, with the form that it is of; one that is nobody's stands with every report, the same
    each time."""
    found: dict[str, tuple[AnyFile, str]] = {}
    for result in results:
        for file in result.files:
            form = result.form.id if isinstance(file, Filing) else file.form
            found.setdefault(file.source.path, (file, form))
    return sorted(found.values(), key=lambda told: told[0].source.path) if len(results) > 1 else list(found.values())


def file_line(file: AnyFile, form: str) -> FileEntry:
    """A file of the inbox and where it ended."""
    return {
        "path": safe_text(file.source.path),
        "sha256": file.source.sha256,
        "size": file.source.size,
        "state": file.state.value,
        "agency_code": file.agency.code if file.agency else "",
        "year": file.period.year if file.period else None,
        "period": str(file.period or ""),
        "reason": safe_text(file.reason),
        "form": form,
    }


def correction_line(record: AgencyRecord, one: Correction, result: Consolidation) -> CorrectionEntry:
    """A number that a reviewer corrected, and what became of that."""
    item = result.form.items[one.item]
    filed, typed = (None if n is None else float(as_decimal(n, item)) for n in (one.then, one.number))
    return {
        "code": record.agency.code,
        "item": item.code,
        "table": item.table.name,
        "row": item.row_label,
        "column": item.column_label,
        "filed": filed,
        "number": typed,
        "why": safe_text(one.why),
        "since": one.since.isoformat(),
        "life": one.life.value,
        "form": result.form.id,
        "period": str(result.period),
    }


def counts(results: Sequence[Consolidation]) -> Counts:
    """How many files ended in each state, findings of each severity, and lines that each rule could not decide."""
    states = Counter(file.state.value for file, _ in files_of(results))
    severities = Counter(finding.severity.value for result in results for _, finding in result.findings)
    undecided: Counter[str] = Counter()
    for count in (count for result in results for count in result.rules):
        undecided[count.rule_id] += count.undecided
    return {
        "files": {state.value: states[state.value] for state in State if states[state.value]},
        "findings": {severity.value: severities[severity.value] for severity in Severity},
        "undecided": {rule: number for rule, number in undecided.items() if number},
    }


def agency_line(record: AgencyRecord, result: Consolidation) -> AgencyEntry:
    """Where an agency stands, and how many findings it has of each severity."""
    severities = Counter(finding.severity for finding in record.findings)
    line: AgencyEntry = {
        "code": record.agency.code,
        "name": record.agency.name,
        "category": record.agency.category,
        "state": record.state.value,
        "timeliness": record.timeliness.value,
        "source": record.source.value if record.source else "",
        "file": safe_text(record.file.source.path) if record.file else "",
        "must": severities[Severity.MUST],
        "explain": severities[Severity.EXPLAIN],
        "note": severities[Severity.NOTE],
        "form": result.form.id,
        "period": str(result.period),
    }
    if record.agency.former:
        line["former"] = list(record.agency.former)
    return line


def region_line(one: Turnout) -> RegionEntry:
    """Who filed with a region."""
    line: RegionEntry = {
        "code": one.code,
        "name": one.name,
        "form": one.form,
        "period": one.period,
        "level": one.level,
        "region": one.region,
        "run": one.run,
        "due": one.due,
        "passed": one.passed,
        "late": one.late,
        "returned": list(one.returned),
        "missing": list(one.missing),
        "must": one.must,
        "explain": one.explain,
        "note": one.note,
    }
    if one.again:
        line["again"] = one.again
    return line


def changes_line(result: Consolidation) -> ChangesLine | None:
    """What changed since the last run of an earlier date: problems by status and key, agencies by code."""
    changes = result.weeks.changes
    if changes is None:
        return None
    keys: dict[str, list[str]] = {status.value: [] for status in Status}
    for _, finding in result.findings:
        if finding.follow_up:
            keys[finding.follow_up.status.value].append(finding.follow_up.key)
    keys[Status.FIXED.value] = [problem.key for problem in changes.fixed]
    again = [(chain.agency.code, chain.versions[-1]) for chain in result.chains]
    return {
        "since": changes.since.name,
        "counts": {status.value: len(keys[status.value]) for status in Status},
        "problems": {status: keys[status] for status in ("new", "back", "fixed", "waived", "corrected")},
        "filed": [agency.code for agency in changes.filed],
        "missing": [record.agency.code for record in result.agencies_in(AgencyState.MISSING)],
        "gone": [*(agency.code for agency in changes.gone), *changes.left],
        "revised": [chain.agency.code for chain in result.chains if chain.revised],
        "unaltered": [code for code, newest in again if newest.unaltered and newest.seen > changes.since.as_of],
        "swapped": [code for code, newest in again if newest.swapped and newest.seen > changes.since.as_of],
        "conflicts": len(result.weeks.decided.conflicts),
    }


def drift_line(result: Consolidation) -> DriftLine | None:
    """How the run differs from the signed result."""
    drift = result.weeks.drift
    if drift is None:
        return None
    return {
        "run": drift.signed.run,
        "signed_on": drift.signed.day,
        "signed_by": drift.signed.by,
        "problem": drift.signed.problem,
        "items": len(drift.items),
        "changed": [agency.code for agency, _ in drift.changed],
        "new": [agency.code for agency in drift.new],
        "gone": [code for code, _ in drift.gone],
    }
