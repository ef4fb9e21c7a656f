"""The machine-readable side of a run: findings.csv and values.csv, as ``interface.md`` fixes them, and where run.json is
written and read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path

from msgspec.structs import replace

from workbook_tool.files.intake.opening import digest
from workbook_tool.files.workbook.parquet import write_parquet
from workbook_tool.files.workbook.records_csv import ABOUT_RECORDS, RECORDS, record_heads, record_lines
from workbook_tool.files.workbook.texts_csv import TEXT_COLUMNS, TEXTS, text_rows
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.relay import JOINT
from workbook_tool.model.intake.submission import Place, plain_decimal
from workbook_tool.model.judging.diagnosis import Certainty
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.locations import cells_in
from workbook_tool.model.season.filing import AnyFile, Filing
from workbook_tool.model.text import no_formula, safe_text
from workbook_tool.model.workbook.manifest import Manifest
from workbook_tool.model.workbook.result import Consolidation

VALUES = "values.csv"
RowsOf = Callable[[Consolidation], Iterator[tuple[str, ...]]]
"""What gives the rows that a table has of a result."""
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
    "form",
    "period",
    *("severity_words", "status_words", "certainty_words"),
]
VALUE_COLUMNS = [
    *("agency_code", "agency", "year", "table", "row", "column", "value", "file", "sheet", "cell", "stored"),
    *("form", "period", "level", "region"),
]


def write_results(folder: Path, results: Sequence[Consolidation], manifest: Manifest) -> None:
    """The files of a run beside its workbooks. The manifest comes last and gets their digests, which tell later
    whether a workbook was typed into, and the values altered."""
    write_csv(
        folder / "findings.csv",
        FINDING_COLUMNS,
        (with_words(row) for result in results for row in finding_rows(result)),
    )
    write_values(folder / VALUES, results)
    tables: dict[str, tuple[list[str], RowsOf]] = {}
    if heads := record_heads([result.form for result in results]):
        tables[RECORDS] = ([*ABOUT_RECORDS, *heads], partial(record_lines, heads=heads))
    if any(result.said for result in results):
        tables[TEXTS] = (TEXT_COLUMNS, text_rows)
    for name, (columns, rows_of) in tables.items():
        write_csv(folder / name, columns, chain.from_iterable(map(rows_of, results)))
    if results[0].run.settings.parquet:
        for name, (columns, rows_of) in {VALUES: (VALUE_COLUMNS, value_rows), **tables}.items():
            rows, path = chain.from_iterable(map(rows_of, results)), (folder / name).with_suffix(".parquet")
            write_parquet(path, columns, rows, figures=name == VALUES)
    for report in manifest["reports"]:
        if report["workbook"]:
            report["workbook_sha256"] = digest(folder / report["workbook"])
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
        writer.writerows(map(as_cell, row) for row in rows)


def write_values(path: Path, results: Sequence[Consolidation]) -> None:
    """values.csv. It has a row for each number: what stands in many of them is put into words once."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerow(VALUE_COLUMNS)
        for result in results:
            stream.writelines(",".join(map(as_cells, parts)) + "\r\n" for parts in value_parts(result))


@lru_cache(1 << 14)
def as_cells(texts: tuple[str, ...]) -> str:
    """Neighbouring cells of a row, not all of them empty, as they stand in a CSV."""
    line = io.StringIO(newline="")
    csv.writer(line).writerow(map(as_cell, texts))
    return line.getvalue().removesuffix("\r\n")


@lru_cache(1 << 14)
def as_cell(text: str) -> str:
    """A text as it stands in a CSV. The same ones come again in every row."""
    return no_formula(safe_text(text))


def number(value: Decimal | None) -> str:
    """A figure without exponent; empty where there is none."""
    return "" if value is None else f"{value:f}"


def finding_rows(result: Consolidation) -> Iterator[tuple[str, ...]]:
    """A row per finding, or per record that it is about, and behind them those that were fixed since the last run of an
    earlier date."""
    found = ((record, one) for record, whole in result.findings for one in by_record(whole))
    for record, finding in found:
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
            *about(result),
        )
    for past in result.weeks.changes.fixed if result.weeks.changes else ():
        told = (past.rule, past.severity.value, Status.FIXED.value, past.code, past.agency, str(result.period.year))
        figures = (number(past.filed), number(past.expected), "", past.message, "", "", "")
        yield (*told, past.table, past.row, past.column, "", "", "", *figures, *about(result))


WORDS = {
    "severity": {severity.value: severity.label for severity in Severity},
    "status": {status.value: status.label for status in Status},
    "certainty": {certainty.value: certainty.label for certainty in Certainty},
}
"""What people call the codes of a finding, by column."""


def with_words(row: tuple[str, ...]) -> tuple[str, ...]:
    """A finding's row with the words for its codes behind it."""
    return (*row, *(labels.get(row[FINDING_COLUMNS.index(column)], "") for column, labels in WORDS.items()))


def about(result: Consolidation) -> tuple[str, str]:
    """The form and the period of a row."""
    return result.form.id, str(result.period)


def by_record(finding: Finding) -> Iterator[Finding]:
    """A finding about many records as one for each; any other as it is."""
    if len(finding.records) <= 1:
        yield finding
        return
    for spot in finding.records:
        said = f"{finding.table}「{spot.name}」{spot.said}。"
        yield replace(finding, row=spot.name, sheet=spot.sheet, cell=spot.cell, message=said)


def value_rows(result: Consolidation) -> Iterator[tuple[str, ...]]:
    """A row per number of the files that are counted or held, with the cell it came from (what is counted from a list has
    none), and what that holds where it is another number."""
    return (tuple(chain.from_iterable(parts)) for parts in value_parts(result))


def value_parts(result: Consolidation) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The same rows, each in pieces of which most stand in many of them."""
    labels = [(item, (item.table.name, item.row_label, item.column_label)) for item in result.form.items]
    year = str(result.period.year)
    for record in result.accepted:
        submission, path = record.file.submission, record.file.source.path
        agency = (record.agency.code, record.agency.name, year)
        regions = submission.relay.regions if submission.relay else ()
        told = (*about(result), str(len(regions)), JOINT.join(regions))
        for (item, label), reading in zip(labels, submission.readings, strict=True):
            if reading.number is not None:
                stands = (cell_in(reading.sheet, reading.place), reading.stored)
                yield agency, label, (figure(reading.number, item.decimals),), (path, reading.sheet), stands, told


@lru_cache(1 << 14)
def figure(exact: int, decimals: int) -> str:
    """A count of the smallest units as a figure without exponent."""
    return f"{plain_decimal(exact, decimals):f}"


@lru_cache(1 << 14)
def cell_in(sheet: str, place: Place | None) -> str:
    """One cell of a sheet; empty where a number has none. Most files have the same ones."""
    return cells_in(sheet, [place]) if place else ""


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
