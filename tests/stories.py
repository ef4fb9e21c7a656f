"""Offices that were run once, for everybody who wants to know something of the run: the sample, an empty one, and each
story of ``tests/cases``. Whoever asks only reads.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from msgspec import Struct

from tests.grids import ROOT, year
from tests.offices import CASES, make_office
from workbook_tool import batch, commands
from workbook_tool.batch import Outcome

AS_OF = date(2024, 2, 5)
SAMPLE, EMPTY = "sample", "empty"
STORIES = sorted(path.parent.name for path in CASES.glob("*/inbox.md"))
OFFICES = [SAMPLE, EMPTY, *STORIES]
"""As a parameter of a test it says whose run is asked for; workers share the tests by it."""
Snapshot = dict[str, tuple[str, float, int]]
"""By path, of every file: digest, time and mode."""


class Told(Struct, frozen=True):
    """A finished run: what came of it, and the inbox before and after."""

    outcome: Outcome
    before: Snapshot
    after: Snapshot

    @property
    def path(self) -> Path:
        """The regional workbook."""
        assert self.outcome.folder is not None
        return self.outcome.folder / str(self.outcome.manifest["workbook"])


Tell = Callable[[str], Told]


def told(name: str, folder: Path) -> Told:
    """Makes the office in this folder and runs it, after its run of the year before if the story has one."""
    config = made(name, folder / "office")
    if (CASES / name / "last_year").is_dir():
        run_last_year(config.parent, CASES / name / "last_year")
    before = snapshot(config.parent / "inbox")
    outcome = batch.run(commands.open_office(config), AS_OF)
    return Told(outcome, before, snapshot(config.parent / "inbox"))


def made(name: str, folder: Path) -> Path:
    if name == SAMPLE:
        for part in ("inbox", "templates"):
            shutil.copytree(ROOT / part, folder / part)
        return Path(shutil.copy(ROOT / "config.toml", folder))
    config = make_office(folder, CASES / (STORIES[0] if name == EMPTY else name))
    if name == EMPTY:
        shutil.rmtree(folder / "inbox")
        (folder / "inbox").mkdir()
    return config


def run_last_year(folder: Path, story: Path) -> None:
    """The run of the year before, left in the outbox of this office."""
    earlier = make_office(folder.parent / "earlier", story)
    batch.run(commands.open_office(earlier, period=year(AS_OF.year - 2)), AS_OF.replace(year=AS_OF.year - 1))
    (earlier.parent / "outbox").rename(folder / "outbox")


def snapshot(folder: Path) -> Snapshot:
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime, path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }
