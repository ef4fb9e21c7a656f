"""The machine-readable side of a run: findings.csv, values.csv and run.json, as ``interface.md`` fixes them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from workbook_tool import __version__
from workbook_tool.files.intake.opening import digest
from workbook_tool.model.cells import address
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.judging.correction import Correction
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.season.agency import AgencyRecord, AgencyState
from workbook_tool.model.season.filing import AnyFile, Filing
from workbook_tool.model.text import no_formula, safe_text
from workbook_tool.model.workbook.manifest import AgencyEntry, ChangesLine, CorrectionEntry, Counts, DriftLine, Manifest
from workbook_tool.model.workbook.result import Consolidation

VALUES = "values.csv"
FINDING_COLUMNS = [
    "rule",
    "severity",
    "status",
    "agency_code",
    "agency",
    "year",
    "table",
    "row",
    "column",
    "file",
    "sheet",
    "cell",
    "filed",
    "expected",
    "difference",
    "message",
    "suggestion",
    "certainty",
    "story",
]
VALUE_COLUMNS = ["agency_code", "agency", "year", "table", "row", "column", "value", "file", "sheet", "cell", "stored"]


def write_results(folder: Path, result: Consolidation, manifest: Manifest) -> None:
    """The three files of a run beside its workbook. The manifest comes last and gets their digests, which tell later
    whether the workbook was typed into, and the values altered."""
    write_csv(folder / "findings.csv", FINDING_COLUMNS, finding_rows(result))
    write_csv(folder / VALUES, VALUE_COLUMNS, value_rows(result))
    manifest["workbook_sha256"] = digest(folder / manifest["workbook"])
    manifest["values_sha256"] = digest(folder / VALUES)
    (folder / "run.json").write_text(as_json(manifest), encoding="utf-8")


def read_whole(folder: Path) -> Manifest:
    """run.json of a run folder that is as it was published."""
    manifest: Manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return manifest


def as_json(facts: Mapping[str, object]) -> str:
    """run.json as it is written, and what else is told to programs."""
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def write_csv(path: Path, columns: list[str], rows: Iterable[tuple[str, ...]]) -> None:
    """A table with headings, in UTF-8 with a mark by which Excel knows it. No text of a file becomes a formula there."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(tuple(no_formula(safe_text(cell)) for cell in row) for row in rows)


def number(value: Decimal | None) -> str:
    """A figure without exponent; empty where there is none."""
    return "" if value is None else f"{value:f}"


def finding_rows(result: Consolidation) -> Iterator[tuple[str, ...]]:
    """A row per finding, and behind them those that were fixed since the last run of an earlier date."""
    for record, finding in result.findings:
        yield (
            finding.rule,
            finding.severity.value,
            finding.follow_up.status.value if finding.follow_up else "",
            record.agency.code,
            record.agency.name,
            str(result.period.year),
            finding.table,
            finding.row,
            finding.column,
            record.file.source.path if record.file else "",
            finding.sheet,
            finding.cell,
            number(finding.filed),
            number(finding.expected),
            number(finding.difference),
            finding.message,
            finding.suggestion,
            finding.certainty.value if finding.certainty else "",
            "" if finding.story is None else str(finding.story),
        )
    for past in result.weeks.changes.fixed if result.weeks.changes else ():
        told = (past.rule, past.severity.value, Status.FIXED.value, past.code, past.agency, str(result.period.year))
        figures = (number(past.filed), number(past.expected), "", past.message, "", "", "")
        yield (*told, past.table, past.row, past.column, "", "", "", *figures)


def value_rows(result: Consolidation) -> Iterator[tuple[str, ...]]:
    """A row per number of the files that are counted or held, with the cell it came from, and what that holds where it is
    another number."""
    for record in result.accepted:
        submission = record.file.submission
        for item, reading in zip(result.form.items, submission.readings, strict=True):
            if reading.number is not None and reading.place is not None:
                yield (
                    record.agency.code,
                    record.agency.name,
                    str(result.period.year),
                    item.table.name,
                    item.row.label,
                    item.column.label,
                    number(submission.number(item)),
                    record.file.source.path,
                    reading.sheet,
                    address(*reading.place),
                    reading.stored,
                )


def checked_facts(files: Sequence[AnyFile]) -> dict[str, object]:
    """What ``check`` tells to programs: each file, and what was found in it under the names of findings.csv."""
    return {
        "schema": 1,
        "files": [
            {
                "path": safe_text(file.source.path),
                "state": file.state.value,
                "agency_code": file.agency.code if file.agency else "",
                "agency": file.agency.name if file.agency else "",
                "year": file.period.year if file.period else None,
                "reason": safe_text(file.reason),
                "findings": [finding_facts(f) for f in (file.checked.findings if isinstance(file, Filing) else ())],
            }
            for file in files
        ],
    }


def finding_facts(finding: Finding) -> dict[str, object]:
    """A finding of a file; a figure is text, exact, and None where there is none."""
    figures = ("filed", "expected", "difference")
    texts = ("rule", "severity", "table", "row", "column", "sheet", "cell", "message", "suggestion")
    told: dict[str, object] = {name: safe_text(str(getattr(finding, name))) for name in texts}
    told |= {name: number(getattr(finding, name)) or None for name in figures}
    return told | {"certainty": finding.certainty.value if finding.certainty else "", "story": finding.story}


def manifest_of(
    result: Consolidation, workbook: str, inputs: dict[str, str | None], seconds: dict[str, float]
) -> Manifest:
    """run.json, schema 1."""
    return {
        "schema": 1,
        "form": result.form.id,
        "region": result.region.name,
        "year": result.period.year,
        "period": str(result.period),
        "as_of": result.as_of.isoformat(),
        "run": result.run.name,
        "tool": {"name": "workbook-tool", "version": __version__},
        "workbook": workbook,
        "inputs": inputs,
        "counts": counts(result),
        "changes": changes_line(result),
        "signed": drift_line(result),
        "agencies": [agency_line(record) for record in result.agencies],
        "corrections": [correction_line(record, one, result.form) for record, one in result.corrections],
        "files": [
            {
                "path": safe_text(record.source.path),
                "sha256": record.source.sha256,
                "size": record.source.size,
                "state": record.state.value,
                "agency_code": record.agency.code if record.agency else "",
                "year": record.period.year if record.period else None,
                "period": str(record.period or ""),
                "reason": safe_text(record.reason),
            }
            for record in result.files
        ],
        "seconds": seconds,
    }


def correction_line(record: AgencyRecord, one: Correction, form: Form) -> CorrectionEntry:
    """A number that a reviewer corrected, and what became of that."""
    item = form.items[one.item]
    filed, typed = (None if n is None else float(as_decimal(n, item)) for n in (one.then, one.number))
    return {
        "code": record.agency.code,
        "item": item.code,
        "table": item.table.name,
        "row": item.row.label,
        "column": item.column.label,
        "filed": filed,
        "number": typed,
        "why": safe_text(one.why),
        "since": one.since.isoformat(),
        "life": one.life.value,
    }


def counts(result: Consolidation) -> Counts:
    """How many files ended in each state, findings of each severity, and lines that each rule could not decide."""
    states = Counter(record.state.value for record in result.files)
    severities = Counter(finding.severity.value for _, finding in result.findings)
    return {
        "files": {state.value: states[state.value] for state in State if states[state.value]},
        "findings": {severity.value: severities[severity.value] for severity in Severity},
        "undecided": {count.rule_id: count.undecided for count in result.rules if count.undecided},
    }


def agency_line(record: AgencyRecord) -> AgencyEntry:
    """Where an agency stands, and how many findings it has of each severity."""
    severities = Counter(finding.severity for finding in record.findings)
    return {
        "code": record.agency.code,
        "name": record.agency.name,
        "state": record.state.value,
        "timeliness": record.timeliness.value,
        "source": record.source.value if record.source else "",
        "file": safe_text(record.file.source.path) if record.file else "",
        "must": severities[Severity.MUST],
        "explain": severities[Severity.EXPLAIN],
        "note": severities[Severity.NOTE],
    }


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
