"""The signatures of an outbox, read: which run is the signed result of a period (``signing.py`` writes them)."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from workbook_tool.files.intake.opening import digest
from workbook_tool.files.season.run_folders import MANIFEST
from workbook_tool.model.form.period import Period, as_period

VALUES = "values.csv"


class Signature(Struct, frozen=True):
    """The signature of a ``period`` as it stands in the outbox: the run that was signed (empty where the file does not say),
    on which day and by whom (empty where nobody said); ``problem`` where it cannot be read."""

    path: Path
    period: Period
    sha256: str
    run: str = ""
    day: str = ""
    problem: str = ""
    by: str = ""


class SignatureFile(Struct, frozen=True):
    """What the file of a signature holds."""

    schema: int
    form: str
    region: str
    year: int
    run: str
    as_of: str
    workbook: str
    workbook_sha256: str
    values_sha256: str
    signed_on: str
    signed_by: str = ""


MARK = "定稿_"


def mark_paths(outbox: Path, period: Period, form: str) -> tuple[Path, Path]:
    """Where the signature of a period may stand: named by its form where the office has several, else by the period
    alone."""
    return outbox / f"{MARK}{form}_{period}.json", outbox / f"{MARK}{period}.json"


def read_mark(outbox: Path, period: Period, form: str) -> Signature | None:
    """The signature of this period; None where nothing was signed. One that cannot be read is told, never passed over."""
    found = (read_mark_at(path, period, form) for path in mark_paths(outbox, period, form) if path.exists())
    return next((mark for mark in found if mark), None)


def read_mark_at(path: Path, period: Period, form: str) -> Signature | None:
    """The signature in this file; None where it is another form's."""
    try:
        mark = msgspec.json.decode(path.read_bytes(), type=SignatureFile)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
        mark = None
    if mark is None or Path(mark.run).name != mark.run:
        return Signature(path, period, digest(path), problem=f"“{path.name}”读不出来")
    if mark.form != form:
        return None
    problem = wrong(path.parent / mark.run, mark.values_sha256)
    return Signature(path, period, digest(path), mark.run, mark.signed_on, problem, mark.signed_by)


def read_marks(outbox: Path, form: str) -> list[Signature]:
    """The signatures of a form, of all periods."""
    named = (path.stem.rpartition("_")[2] for path in sorted(outbox.glob(f"{MARK}*.json")))
    periods = dict.fromkeys(period for name in named if (period := as_period(name)))
    marks = (read_mark(outbox, period, form) for period in periods)
    return [mark for mark in marks if mark]


def wrong(folder: Path, values_sha256: str) -> str:
    """Why the numbers of a run are not those that it was published or signed with; empty where they are."""
    if not (folder / MANIFEST).is_file() or not (folder / VALUES).is_file():
        return f"结果文件夹“{folder.name}”或其中的 {VALUES}、{MANIFEST} 不在了"
    return "" if digest(folder / VALUES) == values_sha256 else f"“{folder.name}”的 {VALUES} 被改动过"
