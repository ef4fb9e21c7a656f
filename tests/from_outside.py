"""A run as anybody sees it: by the command line, in a process of its own, with what it cost."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.cost import Cost, cost_of
from tests.grids import ROOT

MEMORY_MIB = 1126
"""What a process of ours may take, which is 1.1 GiB."""
State = tuple[str, str, str]
"""A file, its state, and the reason up to the first semicolon: what was found, without what to do next."""


class Published(Struct, frozen=True):
    """A run from outside: its folder, what it printed, and what it and its workers cost."""

    office: Path
    folder: Path
    printed: str
    cost: Cost

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        return found

    @property
    def states(self) -> list[State]:
        return [(f["path"], f["state"], f["reason"].partition("；")[0]) for f in self.manifest["files"]]

    @property
    def workbook(self) -> Path:
        return self.folder / str(self.manifest["workbook"])

    def rows(self, name: str, agencies: Iterable[str]) -> list[dict[str, str]]:
        """The rows of these agencies in one of the tables."""
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as stream:
            return [row for row in csv.DictReader(stream) if row["agency_code"] in agencies]


def run(office: Path) -> Published:
    """The office's run, by the command line, in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "workbook_tool",
        "run",
        "--config",
        office / "config.toml",
        "--as-of",
        "2024-02-05",
    ]
    with (office / "printed.txt").open("w") as printed:
        _, cost = cost_of(command, cwd=ROOT, stdout=printed, stderr=subprocess.STDOUT)
    told = (office / "printed.txt").read_text(encoding="utf-8", errors="replace")
    (folder,) = [path for path in (office / "outbox").iterdir() if (path / "run.json").is_file()] or [None]
    assert folder is not None, told
    return Published(office, folder, told, cost)


def demand(states: Iterable[State], table: Path, accept: bool) -> None:
    """Demands exactly these states; an unexpected pass fails too. ``--accept`` rewrites the table."""
    found = sorted(states)
    if accept:
        with table.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([("file", "state", "reason"), *found])
    with table.open(encoding="utf-8", newline="") as stream:
        known = [(file, state, reason) for file, state, reason in csv.reader(stream)][1:]
    assert len({file for file, *_ in found}) == len(found), "a file has two lines"
    changed = [f"{'+' if state in found else '-'} {'  '.join(state)}" for state in sorted({*found} ^ {*known})]
    assert not changed, "\n".join(changed)
