"""Signing: a small file of its own in the outbox says which run is the signed result of a year.

It stands beside the run folders, so that people see it and it outlives a lost ledger; no run folder is written to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from workbook_tool.files.intake.inbox import digest
from workbook_tool.files.season.outbox import flush
from workbook_tool.model.errors import OfficeError, OutboxError

SCHEMA = 1
VALUES, MANIFEST = "values.csv", "run.json"


@dataclass(frozen=True)
class Signature:
    """The signature of a year as it stands in the outbox; ``problem`` where it cannot be read."""

    path: Path
    told: dict[str, Any]
    sha256: str
    problem: str = ""

    @property
    def run(self) -> str:
        """The run that was signed; empty where the file does not say."""
        return str(self.told.get("run", ""))


def mark_path(outbox: Path, year: int) -> Path:
    """Where the signature of a year stands."""
    return outbox / f"定稿_{year}.json"


def read_mark(outbox: Path, year: int, form: str) -> Signature | None:
    """The signature of this year; None where nothing was signed. One that cannot be read is told, never passed over."""
    path = mark_path(outbox, year)
    if not path.exists():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or Path(str(told.get("run"))).name != told.get("run"):
        return Signature(path, {}, digest(path), f"“{path.name}”读不出来")
    if told.get("form") != form:
        return None
    return Signature(path, told, digest(path), wrong(outbox / told["run"], str(told.get("values_sha256"))))


def wrong(folder: Path, values_sha256: str) -> str:
    """Why the numbers of a run are not those that it was published or signed with; empty where they are."""
    if not (folder / MANIFEST).is_file() or not (folder / VALUES).is_file():
        return f"结果文件夹“{folder.name}”或其中的 {VALUES}、{MANIFEST} 不在了"
    return "" if digest(folder / VALUES) == values_sha256 else f"“{folder.name}”的 {VALUES} 被改动过"


def sign(folder: Path, manifest: dict[str, Any], day: date) -> Signature | None:
    """Signature this run as the signed result of its year. Returns the signature that it takes the place of.

    Raises OfficeError where the run is not as it was published or a newer one is signed, and OutboxError where the mark
    cannot be written.
    """
    if "values_sha256" not in manifest:
        raise OfficeError(f"不能定稿：“{folder.name}”是旧版本的程序写的。请重新运行一次，再对新的结果定稿。")
    if problem := wrong(folder, str(manifest["values_sha256"])):
        raise OfficeError(f"不能定稿：{problem}。请重新运行一次，再对新的结果定稿。")
    if not any(agency["state"] in ("counted", "held") for agency in manifest["agencies"]):
        raise OfficeError(f"不能定稿：“{folder.name}”里还没有已通过的报表。")
    outbox, year, form = folder.parent, int(manifest["year"]), str(manifest["form"])
    before = read_mark(outbox, year, form)
    if before and order(before.run) > order(folder.name):
        raise OfficeError(
            f"{year} 年已定稿的是较新的一次运行（{before.run}）；确要改回 {folder.name}，请先移走 {before.path}。"
        )
    if before is None and mark_path(outbox, year).exists():
        raise OfficeError(f"{mark_path(outbox, year)} 是另一种表的定稿；不同的表请用不同的发件夹。")
    workbook = folder / str(manifest["workbook"])
    told = {
        "schema": SCHEMA,
        "form": form,
        "region": manifest["region"],
        "year": year,
        "run": folder.name,
        "as_of": manifest["as_of"],
        "workbook": workbook.name,
        "workbook_sha256": digest(workbook),
        "values_sha256": manifest["values_sha256"],
        "signed_on": day.isoformat(),
    }
    write_whole(mark_path(outbox, year), json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    return before


def altered(folder: Path, manifest: dict[str, Any]) -> bool:
    """Whether somebody saved the workbook of a run since it was published."""
    workbook = folder / str(manifest["workbook"])
    return workbook.is_file() and digest(workbook) != manifest.get("workbook_sha256")


def order(run: str) -> tuple[str, int]:
    """Runs by age: ``2024-02-05-10`` is newer than ``2024-02-05-9``."""
    day, _, number = run.rpartition("-")
    return day, int(number) if number.isdecimal() else 0


def write_whole(path: Path, text: str) -> None:
    """The file appears whole or stays as it was."""
    partial = path.with_name(f".partial-{path.name}")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        flush(partial)
        partial.replace(path)
        flush(path.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutboxError(f"无法写入 {path}：{error.strerror}。没有定稿。") from error
