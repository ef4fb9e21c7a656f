"""Faults of the system injected into a run, one at a time: is anything lost?

A run of a small office is traced once, to count its calls. Then it is made again for each call to be struck: the system
kills the run there, or answers with an error. What must hold afterwards is in ``wrong``; a clean rerun must come to what
the untouched run came to. Needs strace.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from tests.grids import ROOT
from tests.offices import CASES, make_office

EARLIER, DAY = "2024-01-29", "2024-02-05"
CALLS = ("write", "pwrite64", "openat", "fsync", "fdatasync", "rename", "mkdir", "unlink")
FAULTS = ("KILL", "ENOSPC", "EIO", "EACCES", "EMFILE")
Bytes = dict[str, str]


class Point(Struct, frozen=True):
    """One call of a run, and what the system does there."""

    call: str
    number: int
    fault: str

    @property
    def inject(self) -> str:
        """As strace is told."""
        what = "signal=KILL" if self.fault == "KILL" else f"error={self.fault}"
        return f"inject={self.call}:{what}:when={self.number}"


class Struck(Struct, frozen=True):
    """What came of a point: whether it was reached at all, and what is wrong with what was left."""

    point: Point
    reached: str
    code: int
    said: str
    wrong: tuple[str, ...]


class Trial:
    """An office with an earlier run (unless there is to be none), and the golden result of the next one. ``filings`` is
    how many files there are."""

    def __init__(self, folder: Path, filings: int = 2, earlier: bool = True) -> None:
        self.folder, self.office = folder, folder / "office"
        self.before, self.golden = folder / "before", folder / "golden"
        make_office(self.office, CASES / "ten_wrong_ways")
        for path in sorted((self.office / "inbox").iterdir())[filings:]:
            path.unlink()
        if earlier:
            self.run(EARLIER).check_returncode()
        shutil.copytree(self.office, self.before)
        self.counts = self.traced()
        shutil.copytree(self.office, self.golden)

    def run(self, day: str, *under: str) -> subprocess.CompletedProcess[str]:
        """The command line itself, under a tracer or not."""
        words = [*under, sys.executable, "-m", "workbook_tool", "run", "--as-of", day]
        return subprocess.run(words, cwd=self.office, env=environment(), capture_output=True, text=True, timeout=1800)

    def traced(self) -> dict[str, int]:
        """How often each call is made by whichever process makes it most. Nothing of the run may reach for a network."""
        trace = self.folder / "trace"
        under = ("strace", "-f", "-o", str(trace), "-e", f"trace={','.join((*CALLS, 'socket'))}")
        self.run(DAY, *under).check_returncode()
        lines = trace.read_text(errors="replace").splitlines()
        reached = [line for line in lines if re.search(r"socket\(AF_INET6?", line)]
        assert not reached, f"the run reaches for a network: {reached[0]}"
        made = Counter(m.groups() for line in lines if (m := re.match(r"(\d+) +(\w+)\(", line)))
        return {call: max([n for (_, name), n in made.items() if name == call], default=0) for call in CALLS}

    def strike(self, point: Point, rerun: bool = True) -> Struck:
        """Make the run with this fault in it, then a clean one (unless that is left out)."""
        shutil.rmtree(self.office)
        shutil.copytree(self.before, self.office)
        trace = self.folder / "trace"
        under = ("strace", "-f", "-o", str(trace), "-e", f"trace={point.call}", "-e", point.inject)
        done = self.run(DAY, *under)
        lines = trace.read_text(errors="replace").splitlines()
        killed = point.fault == "KILL"
        hits = [line for line in lines if "INJECTED" in line or (killed and "killed by SIGKILL" in line)]
        wrong = list(self.wrong(point, done, hits)) if hits else []
        wrong += self.wrong_after_rerun() if hits and rerun else []
        return Struck(point, (hits or [""])[0][:120], done.returncode, done.stderr.strip()[:160], tuple(wrong))

    def wrong(self, point: Point, done: subprocess.CompletedProcess[str], hits: Sequence[str]) -> Iterator[str]:
        """Which promises the run that was struck has broken."""
        outbox, inbox = self.office / "outbox", self.office / "inbox"
        if whole(outbox / f"{EARLIER}-1") != whole(self.before / "outbox" / f"{EARLIER}-1"):
            yield "the earlier run is another"
        if whole(inbox) != whole(self.before / "inbox"):
            yield "the inbox is another"
        folder = outbox / f"{DAY}-1"
        if (
            folder.exists()
            and str(inbox) not in hits[0]
            and result(folder) != result(self.golden / "outbox" / folder.name)
        ):
            yield "the folder is not the golden one"
        if point.fault == "KILL":
            return
        if list(outbox.glob(".partial*")):
            yield "half-written remains"
        if done.returncode == 0 and not folder.exists():
            yield "exit 0 without a folder"
        if done.returncode == 5 and folder.exists():
            yield "exit 5 with a folder"
        if done.returncode and not done.stderr.strip():
            yield "silence"

    def wrong_after_rerun(self) -> Iterator[str]:
        """Which promises the next run breaks, with nothing in its way."""
        again, outbox = self.run(DAY), self.office / "outbox"
        if again.returncode:
            yield f"the rerun ends with {again.returncode}: {again.stderr.strip()[:100]}"
            return
        folder = sorted(outbox.glob(f"{DAY}-*"))[-1]
        if result(folder) != result(self.golden / "outbox" / f"{DAY}-1"):
            yield "the rerun comes to another result"
        left = [p.name for p in self.office.rglob("*") if p.name.startswith(".partial") or p.name.endswith("-journal")]
        if left:
            yield f"left behind: {left}"


def environment() -> dict[str, str]:
    """The same for every run."""
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }


def whole(folder: Path) -> Bytes:
    """Every file of a folder, by its digest."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def result(folder: Path) -> Bytes:
    """A run folder without what no two runs share: its number, and how long each stage took."""
    found, name = {}, folder.name.encode()
    for path in (path for path in sorted(folder.rglob("*")) if path.is_file()):
        content = path.read_bytes()
        if path.name == "run.json":
            told = json.loads(content)
            content = json.dumps({k: v for k, v in told.items() if k not in ("seconds", "workbook_sha256")}).encode()
        elif path.suffix == ".xlsx" and path.parent == folder:
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                content = b"".join(one.filename.encode() + book.read(one) for one in book.infolist())
        key = str(path.relative_to(folder)).replace(folder.name, "@")
        found[key] = hashlib.sha256(content.replace(name, b"@")).hexdigest()
    return found
