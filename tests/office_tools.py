"""LibreOffice as the real spreadsheet client of the tests."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from tests.workbooks import packed, unpacked
from workbook_tool.model.cells import address

SOFFICE = shutil.which("soffice")
if SOFFICE is None:
    warnings.warn("LibreOffice (soffice) is not installed: live formulas are NOT CHECKED", stacklevel=1)
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")


WAITING = 'soffice "$@" >/dev/null 2>&1 & read -r _; kill -9 0'
"""A LibreOffice that lives as long as somebody holds the other end of its standard input."""


@cache
def waiting() -> str:
    """Starts a LibreOffice that waits with a document open, and gives its user's settings: a later one with the same
    settings hands its files over to it and ends. To start takes longer than twenty files. Where it does not come up,
    each later one starts by itself."""
    folder = Path(tempfile.mkdtemp(prefix="soffice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    if shutil.which("sh"):
        Workbook().save(folder / "open.xlsx")
        words = ["sh", "-c", WAITING, "sh", profile, "--headless", "--norestore", str(folder / "open.xlsx")]
        held.append(subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True))
        end = time.monotonic() + 60
        while not (folder / ".~lock.open.xlsx#").exists() and time.monotonic() < end:
            time.sleep(0.05)
    return profile


held: list[subprocess.Popen[bytes]] = []
"""Its other end, which closes when this process ends in whatever way."""


@atexit.register
def end_held() -> None:
    """End what waits, asleep or not."""
    for process in held:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def awake() -> Iterator[None]:
    """The waiting LibreOffice runs in here and sleeps else: now and then one turns in circles while it waits, and takes a
    whole processor from the tests."""
    tell(signal.SIGCONT)
    try:
        yield
    finally:
        tell(signal.SIGSTOP)


def tell(what: signal.Signals) -> None:
    """Signal the waiting LibreOffice, but not the shell that ends it; where there is no /proc, nothing."""
    for process in held:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it may end while we look
                pid, group = int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[2])
                if group == process.pid != pid:
                    os.kill(pid, what)


def converted(paths: Iterable[Path], kind: str, out: Path, *options: str) -> list[Path]:
    """The files as LibreOffice saves them in another format into this folder, with every formula computed afresh that
    holds no result."""
    files = list(paths)
    command = ["--headless", "--norestore", *options, "--convert-to", kind, "--outdir", out, *files]
    done = handed_over(list(map(str, command)))
    saved = [out / f"{path.stem}.{kind.partition(':')[0]}" for path in files]
    assert done.returncode == 0 and all(path.is_file() for path in saved), done.stderr
    assert len(set(saved)) == len(saved), "two files of one name"
    return saved


PATIENCE = 20
"""In seconds. Now and then what was handed over is never done, while the one that waited turns in circles: then it is
ended, and another does it from the start."""


def handed_over(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Have the waiting LibreOffice do it, else one of its own."""
    settings = waiting()
    try:
        with awake():
            return soffice(settings, command, PATIENCE if held else 300)
    except subprocess.TimeoutExpired:
        if not held:
            raise
        end_held()
        held.clear()
        return soffice(settings, command, 300)


def soffice(settings: str, command: list[str], seconds: int) -> subprocess.CompletedProcess[str]:
    """Run it. Raises TimeoutExpired."""
    words = [str(SOFFICE), settings, *command]
    return subprocess.run(words, capture_output=True, text=True, timeout=seconds, check=False)


def saved_as(path: Path, kind: str, out: Path, *options: str) -> Path:
    """One file in another format, in a folder below ``out``."""
    return converted([path], kind, out / "saved", *options)[0]


def recalculated(path: Path, kind: str = "xlsx") -> Path:
    """The workbook as LibreOffice saves it, in a folder beside it."""
    return converted([path], kind, path.parent / "recalculated")[0]


RESULT = re.compile(rb"(</f>|<f [^>]*/>)<v>[^<]*</v>")
PIVOT = re.compile(rb'<Relationship [^>]*/relationships/pivotTable"[^>]*/>')


def without_results(path: Path) -> Path:
    """A copy whose formulas hold no results, so that a client has to compute every one. Its PivotTables are only the
    figures that stand there: LibreOffice would put words of its own into them (see test_pivots.py)."""
    parts = unpacked(path.read_bytes())
    for name, data in parts.items():
        if name.startswith("xl/worksheets/"):
            parts[name] = PIVOT.sub(b"", data) if name.endswith(".rels") else RESULT.sub(rb"\1", data)
    bare = path.with_name(f"bare_{path.name}")
    bare.write_bytes(packed(parts))
    return bare


Values = dict[tuple[str, str], object]
"""By sheet and cell; blanks are left out."""


def seen(path: Path) -> Values:
    """What the cells of a workbook show, by calamine, which is quick; it takes error cells for blank ones."""
    book, found = CalamineWorkbook.from_path(path), Values()
    for name in book.sheet_names:
        rows = enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        found |= {(name, address(r, c)): value for r, row in rows for c, value in enumerate(row) if value != ""}
    return found


def recalculation_changes(*paths: Path) -> dict[tuple[str, str, str], object]:
    """What other values, and which errors, stand in workbooks once LibreOffice has computed every formula: by file,
    sheet and cell, or part of the package."""
    found: dict[tuple[str, str, str], object] = {}
    computed = converted(map(without_results, paths), "xlsx", paths[0].parent / "recalculated")
    for path, other in zip(paths, computed, strict=True):
        before, after = seen(path), seen(other)
        pairs = {key: (before.get(key), after.get(key)) for key in before | after}
        found |= {(path.name, *key): pair for key, pair in pairs.items() if not same(*pair)}
        errors = {
            part: re.findall(rb'<c [^>]*t="e"[^>]*>', data) for part, data in unpacked(other.read_bytes()).items()
        }
        found |= {(path.name, part, "errors"): cells for part, cells in errors.items() if cells}
    return found


def same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-9
    return one == other


def place(book: Workbook, name: str) -> tuple[str, str]:
    """The sheet and the cell of a defined name."""
    ((sheet, cell),) = book.defined_names[name].destinations
    return sheet, cell.replace("$", "")


def fill(path: Path, values: dict[str, object], name: str) -> Path:
    """A copy of this name in which the cells with these names are filled in."""
    book = load_workbook(path)
    for code, value in values.items():
        sheet, cell = place(book, code)
        book[sheet][cell] = value
    book.save(filled := path.with_name(name))
    return filled
