"""A run folder once more under another name, where nothing that it depends on has changed since.

All that tells two such runs apart is the name of the run, so it is changed where it stands, and everything else is
taken over as it is: no number is touched.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbook_tool.files.intake.inbox import digest
from workbook_tool.files.workbook.results import as_json

MANIFEST, PACKAGE = "run.json", ".xlsx"
OWN = ("run", "workbook", "workbook_sha256", "seconds")
"""What of run.json is the run's own."""


def repeatable(folder: Path, name: str, new: str) -> bool:
    """Whether the name of the run stands nowhere in the folder but as its own name: not in a file's name or an agency's
    words. Names of another length are not changed either: columns may be as wide as what stands in them."""
    if len(name) != len(new):
        return False
    manifest = {key: value for key, value in read_manifest(folder).items() if key not in OWN}
    texts = [as_json(manifest), *(path.read_text(encoding="utf-8-sig") for path in folder.glob("*.csv"))]
    return not any(name in text for text in texts)


def read_manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def republish(folder: Path, files: Iterable[str], new: Path, name: str, seconds: dict[str, float]) -> dict[str, Any]:
    """Fill ``new`` with these files of a run folder, the run now called ``name``. Returns the new run.json."""
    old, manifest = folder.name, read_manifest(folder)
    for path in files:
        target = new / path.replace(old, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(PACKAGE) and "/" not in path:
            renamed(folder / path, target, old.encode(), name.encode())
        else:
            shutil.copyfile(folder / path, target)
    workbook = manifest["workbook"].replace(old, name)
    own = {"run": name, "workbook": workbook, "workbook_sha256": digest(new / workbook), "seconds": seconds}
    manifest |= own
    (new / MANIFEST).write_text(as_json(manifest), encoding="utf-8")
    return manifest


def renamed(package: Path, target: Path, old: bytes, new: bytes) -> None:
    """A copy of a workbook of ours in which one word became another."""
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(target, "w") as copy:
        for part in source.infolist():
            copy.writestr(part, source.read(part).replace(old, new))
