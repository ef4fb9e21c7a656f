"""The run folders of an outbox, as what their own run.json tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from workbook_tool.model.workbook.manifest import Published

MANIFEST = "run.json"


def run_folders(outbox: Path) -> Iterator[tuple[Path, Published]]:
    """Every run folder here with what it tells of each of its reports, by name; what cannot be read is none."""
    for folder in sorted(outbox.glob("????-??-??-*")) if outbox.is_dir() else ():
        if manifest := read_manifest(folder):
            yield from ((folder, report) for report in manifest.each)


def read_manifest(folder: Path) -> Published | None:
    """What run.json of a folder tells; None where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Published)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
        return None


def run_order(run: str) -> tuple[str, int]:
    """Runs by their names: ``2024-02-05-10`` is newer than ``2024-02-05-9``."""
    day, _, number = run.rpartition("-")
    return day, int(number) if number.isdecimal() else 0
