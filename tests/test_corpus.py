"""Odd files of other projects, where they are at hand: what is read is what another reader sees, cell by cell."""

from __future__ import annotations

import io
import warnings
from datetime import date, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from tests.workbooks import packed, unpacked
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Content, ErrorValue, Place, Sheet, Uncomputed
from workbook_tool.model.office.settings import Limits

ROOT = Path(__file__).parents[1]
CORPUS = next(
    (place for place in (ROOT.parent / "shared/corpus", ROOT.parents[1] / "shared/corpus") if place.is_dir()), None
)
if CORPUS is None:
    warnings.warn("../shared/corpus is not there: reading odd files is NOT CHECKED", stacklevel=1)
FILES = sorted(path for path in CORPUS.iterdir() if path.suffix != ".tsv") if CORPUS else []
needs_corpus = pytest.mark.skipif(not FILES, reason="../shared/corpus is not there")
STRICT = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"http://purl.oclc.org/ooxml/drawingml/": b"http://schemas.openxmlformats.org/drawingml/2006/",
}
BEYOND_THE_CALENDAR = {"6630da66bd_issue139.xlsx", "f99ff5fa5a_Test_git_issue_14_InvalidOADate.xlsx"}
"""A date format on a number that is no day: to us it is the number, openpyxl makes #VALUE! of it."""


def named(start: str) -> bytes:
    (path,) = [path for path in FILES if path.name.startswith(start)]
    return path.read_bytes()


def read(content: bytes) -> tuple[Sheet, ...]:
    return read_sheets(content, Limits())


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_odd_file_is_read_or_refused_in_words(path: Path) -> None:
    try:
        assert isinstance(read(path.read_bytes()), tuple)
    except Unreadable as refused:
        assert any(word in str(refused) for word in ("请", "空文件"))


@needs_corpus
def test_openpyxl_sees_the_same() -> None:
    compared = cells = 0
    for path in FILES:
        content = path.read_bytes()
        if content[:2] != b"PK" or path.suffix not in (".xlsx", ".xlsm", ".xltm") or path.name in BEYOND_THE_CALENDAR:
            continue
        try:
            ours, (theirs, formulas) = read(content), by_openpyxl(content)
        except Exception:  # what either refuses is another test's
            continue
        compared += 1
        for sheet in ours:
            cells += len(sheet.cells)
            uncomputed = {place for place, value in sheet.cells.items() if isinstance(value, Uncomputed)}
            told = {place: plain(value) for place, value in sheet.cells.items() if place not in uncomputed}
            assert told == theirs[sheet.name], path.name
            assert uncomputed <= formulas[sheet.name] <= sheet.formulas.keys(), path.name
    assert compared >= 60 and cells >= 5000


def by_openpyxl(content: bytes) -> tuple[dict[str, dict[Place, Content]], dict[str, set[Place]]]:
    """Values in the words of ``plain``, and the places of formulas, by sheet name."""
    parts = unpacked(content)
    for old, new in STRICT.items():
        parts = {name: data.replace(old, new) for name, data in parts.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values, formulas = (openpyxl.load_workbook(io.BytesIO(packed(parts)), data_only=only) for only in (True, False))
    cells: dict[str, dict[Place, Content]] = {}
    for sheet in values.worksheets:
        cells[sheet.title] = {}
        for (row, column), cell in sheet._cells.items():  # those that are there: some sheets are a million rows long
            if cell.value is not None and cell.value != "":
                cells[sheet.title][row - 1, column - 1] = "error" if cell.data_type == "e" else plain(cell.value)
    places = {
        sheet.title: {(row - 1, column - 1) for (row, column), cell in sheet._cells.items() if cell.data_type == "f"}
        for sheet in formulas.worksheets
    }
    return cells, places


def plain(value: Content) -> Content:
    """A value whose kind two readers can agree about."""
    if isinstance(value, ErrorValue):
        return "error"
    if isinstance(value, date):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value) if isinstance(value, (time, timedelta)) else value


@needs_corpus
def test_the_files_of_wps() -> None:
    assert read(named("107d5dbde1"))[0].cells[1, 2] == 2.0
    assert sum(isinstance(value, ErrorValue) for value in read(named("107d5dbde1"))[0].cells.values()) == 1
    assert len(read(named("9aa3af23a8"))[0].cells) == 12


@needs_corpus
def test_the_oldest_format_that_is_read() -> None:
    assert len(read(named("1d5070ec7f"))[0].cells) == 6  # BIFF5


@needs_corpus
def test_binary_workbooks() -> None:
    visible, hidden, very = read(named("ad64557147"))
    assert (visible.hidden, hidden.hidden, very.hidden) == (False, True, True)
    assert [visible.cells[place] for place in ((0, 0), (0, 1), (1, 0), (1, 1))] == [1.0, 2.0, 3.0, 4.0]


@needs_corpus
def test_a_locked_workbook_of_excel() -> None:
    with pytest.raises(Unreadable, match="打开密码"):
        read(named("fb3f91b8da"))
    assert read_sheets(named("fb3f91b8da"), Limits(), ["password"])[0].cells == {(0, 0): "Password: password"}


@needs_corpus
@pytest.mark.parametrize("start", ["4ceb1c5dc2", "6fc31142a3", "dba0127cc3"])
def test_what_only_openpyxl_reads(start: str) -> None:
    assert read(named(start))
