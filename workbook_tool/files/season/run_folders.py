"""The run folders of an outbox, as what their own run.json tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from workbook_tool.model.errors import OfficeError
from workbook_tool.model.workbook.manifest import Published, run_order

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


def named_run(outbox: Path, name: str) -> tuple[Path, Published]:
    """The folder of the run of this name, and what it tells. Raises OfficeError, naming the newest, where there is none."""
    folder = outbox / name
    manifest = read_manifest(folder) if folder.parent == outbox else None
    if manifest is None:
        newest = sorted({found.name for found, _ in run_folders(outbox)}, key=run_order)[-3:]
        hint = f"最近的几次：{'、'.join(newest)}。" if newest else ""
        raise OfficeError(f"发件夹 {outbox} 里没有“{name}”这次运行，或其中的 run.json 读不出来。{hint}")
    return folder, manifest
