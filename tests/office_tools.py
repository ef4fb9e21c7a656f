"""LibreOffice as the real spreadsheet client of the tests."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

SOFFICE = shutil.which("soffice")
if SOFFICE is None:
    warnings.warn("LibreOffice (soffice) is not installed: live formulas are NOT CHECKED", stacklevel=1)
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")


def recalculated(path: Path, kind: str = "xlsx") -> Path:
    """The workbook with every formula computed afresh and saved by LibreOffice, in a folder beside it."""
    out = path.parent / "recalculated"
    profile = (path.parent / "profile").as_uri()
    command = [
        str(SOFFICE),
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        out,
        path,
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=180, check=False)
    saved = out / path.with_suffix(f".{kind}").name
    assert done.returncode == 0 and saved.is_file(), done.stderr
    return saved


def without_results(path: Path) -> Path:
    """A copy whose formulas hold no results, so that a client has to compute every one. Its PivotTables are only the
    figures that stand there: LibreOffice would put words of its own into them (see test_pivots.py)."""
    bare = path.with_name(f"bare_{path.name}")
    book = load_workbook(path)
    for sheet in book.worksheets:
        sheet._pivots = []
    book.save(bare)
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


def saved_as(path: Path, kind: str, out: Path, *options: str) -> Path:
    """The file as LibreOffice saves it in another format, in a folder below ``out``."""
    profile = f"-env:UserInstallation={(out / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", *options, "--convert-to", kind, "--outdir", out / "saved", path]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=180, check=False)
    saved = out / "saved" / f"{path.stem}.{kind.partition(':')[0]}"
    assert done.returncode == 0 and saved.is_file(), done.stderr
    return saved
