"""LibreOffice as the real spreadsheet client of the tests."""

from __future__ import annotations

import atexit
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.workbooks import packed, unpacked

SOFFICE = shutil.which("soffice")
if SOFFICE is None:
    warnings.warn("LibreOffice (soffice) is not installed: live formulas are NOT CHECKED", stacklevel=1)
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")


@cache
def profile() -> str:
    """The settings of an imagined user, made once in a process and deleted with it."""
    folder = tempfile.TemporaryDirectory(prefix="soffice-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return f"-env:UserInstallation={Path(folder.name).as_uri()}"


def converted(paths: Iterable[Path], kind: str, out: Path, *options: str) -> list[Path]:
    """The files as LibreOffice saves them in another format into this folder, with every formula computed afresh that
    holds no result. All in one call: to start takes it longer than a file."""
    files = list(paths)
    command = [SOFFICE, profile(), "--headless", "--norestore", *options, "--convert-to", kind, "--outdir", out, *files]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300, check=False)
    saved = [out / f"{path.stem}.{kind.partition(':')[0]}" for path in files]
    assert done.returncode == 0 and all(path.is_file() for path in saved), done.stderr
    assert len(set(saved)) == len(saved), "two files of one name"
    return saved


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


def place(book: Workbook, name: str) -> tuple[str, str]:
    """The sheet and the cell of a defined name."""
    ((sheet, cell),) = book.defined_names[name].destinations
    return sheet, cell.replace("$", "")


def fill(path: Path, values: dict[str, object]) -> Path:
    """A copy in which the cells with these names are filled in."""
    book = load_workbook(path)
    for name, value in values.items():
        sheet, cell = place(book, name)
        book[sheet][cell] = value
    filled = path.with_name(f"filled_{path.name}")
    book.save(filled)
    return filled
