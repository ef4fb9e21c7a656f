"""Runs as rows of the ledger: written as prepared, read as entries."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from workbook_tool.files.intake.opening import digest
from workbook_tool.model.season.work import Work
from workbook_tool.model.workbook.manifest import Manifest
from workbook_tool.model.workbook.result import Consolidation

RUN_JSON = "run.json"


class RunEntry(Struct, frozen=True):
    """A run as the ledger has it: the number of its first row, a digest of all that it depended on, what was said at its
    end, its folder's files by path with their sha256, and the paths of its return copies by what each was made of."""

    number: int
    name: str
    as_of: date
    fingerprint: str
    summary: str
    files: Mapping[str, str]
    copies: Mapping[str, str]

    def lies_in(self, outbox: Path) -> bool:
        """Whether this outbox has the run's folder, and no other one of its name."""
        there = digest(outbox / self.name / RUN_JSON)
        return bool(there) and there == self.files.get(RUN_JSON)

    def intact(self, outbox: Path) -> bool:
        """Whether the run's folder is as it was published; what was put there since does not matter."""
        return bool(self.files) and all(digest(outbox / self.name / path) == told for path, told in self.files.items())

    def copy(self, outbox: Path, made_of: str) -> tuple[str, bytes] | None:
        """The path and the bytes of a return copy that was made of the same; None where there is none, or not as it was."""
        path = self.copies.get(made_of, "")
        try:
            content = (outbox / self.name / path).read_bytes() if path else b""
        except OSError:
            return None
        return (path, content) if path and hashlib.sha256(content).hexdigest() == self.files.get(path) else None


def load_entries(connection: sqlite3.Connection, where: str, *values: object) -> list[RunEntry]:
    """The runs of which a condition in SQL holds, each by its first row."""
    first = "id IN (SELECT min(id) FROM runs GROUP BY name)"
    query = f"SELECT id, name, as_of, basis, summary, files, copies FROM runs WHERE {first} AND {where}"
    return [
        RunEntry(number, f"{name}", date.fromisoformat(day), fingerprint, f"{summary}", *map(read_text, texts))
        for number, name, day, fingerprint, summary, *texts in connection.execute(query, values)
    ]


def rows_of_run(
    results: Sequence[Consolidation],
    manifest: Manifest,
    fingerprint: str,
    summary: str,
    asked: Sequence[Sequence[Work]],
    files: Mapping[str, str],
    copies: Mapping[str, str],
) -> Iterator[dict[str, object]]:
    """A row for each result of a run; what is told of the run as a whole stands in its first."""
    workbooks = {(told["form"], told["period"]): told["workbook"] for told in manifest["reports"]}
    texts = {"inputs": manifest["inputs"], "files": files, "copies": copies}
    whole = {"basis": fingerprint, "summary": summary} | {name: as_text(told) for name, told in texts.items()}
    for number, (result, works) in enumerate(zip(results, asked, strict=True)):
        workbook = workbooks.get((result.form.id, str(result.period)), "")
        row = row_of(result, works) | {"workbook": workbook, "sha256": files.get(workbook, "")}
        yield row if number else row | whole


def row_of(result: Consolidation, asked: Sequence[Work]) -> dict[str, object]:
    """A result as a row, but for what is told of the run as a whole."""
    return {
        "name": result.run.name,
        "form": result.form.id,
        "year": result.period.year,
        "period": str(result.period),
        "region": result.region.name,
        "as_of": result.as_of.isoformat(),
        "basis": "",
        "inputs": "{}",
        "summary": "",
        "files": "{}",
        "copies": "{}",
        "due": result.due,
        "states": as_text({state.value: count for state, count in result.states.items()}),
        "findings": as_text(Counter(finding.severity.value for _, finding in result.told)),
        "asked": msgspec.json.encode(asked).decode(),
    }


def insert_prepared(connection: sqlite3.Connection, row: Mapping[str, object]) -> int:
    """Put down a run as prepared; its number."""
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    query = f"INSERT INTO runs (stage, {columns}) VALUES ('prepared', {marks})"
    return int(connection.execute(query, tuple(row.values())).lastrowid or 0)


def files_of_folder(folder: Path) -> dict[str, str]:
    """The sha256 of every file in a run folder, by its path there."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest(path) for path in found}


def read_text(text: str) -> dict[str, str]:
    """What ``as_text`` wrote."""
    return dict(json.loads(text))


def as_text(value: Mapping[str, Any]) -> str:
    """JSON whose keys are sorted: the same facts give the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
