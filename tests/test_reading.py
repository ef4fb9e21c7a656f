"""Files that no honest agency sends, and what each is called; honest ones beside them are read in full."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.grids import annual_report, distinct, submission
from tests.office_tools import SOFFICE, needs_office
from tests.tables import put
from workbook_tool.files.inbox import list_inbox
from workbook_tool.files.reading import read_bytes, read_sheets
from workbook_tool.files.render import render
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.settings import Limits
from workbook_tool.model.submission import ErrorValue, Sheet, Uncomputed
from workbook_tool.steps.blank import blank_book

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A blank workbook in which every number is another."""
    import openpyxl

    form, path = annual_report(), tmp_path_factory.mktemp("issued") / "a.xlsx"
    render(blank_book(form, 2023, date(2024, 1, 1)), path)
    book = openpyxl.load_workbook(path)
    for code, number in distinct(form).items():
        put(book, code.replace(".", "_"), number)
    book.save(path)
    return path


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one part of its package changed."""
    copy = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return copy


def read_file(path: Path) -> tuple[Sheet, ...]:
    return read_sheets(read_bytes(path, Limits()), Limits())


def sheet(path: Path) -> Sheet:
    return read_file(path)[0]


def with_cells(cells: str) -> Callable[[bytes], bytes]:
    data = f'<sheetData><row r="1">{cells}</row></sheetData>'.encode()
    return lambda xml: xml[: xml.index(b"<sheetData")] + data + xml[xml.index(b"</sheetData>") + len(b"</sheetData>") :]


def test_error_cells_and_uncomputed_formulas_are_told_from_blanks(issued: Path) -> None:
    cells = '<c r="A1" t="e"><v>#REF!</v></c><c r="B1"><f>SUM(C1:D1)</f></c><c r="C1"><f>D1</f><v></v></c><c r="D1"/>'
    read = sheet(changed(issued, SHEET, with_cells(cells))).cells
    assert read == {(0, 0): ErrorValue("#REF!"), (0, 1): Uncomputed("SUM(C1:D1)"), (0, 2): Uncomputed("D1")}


BOMBS = {
    "a cell at the far corner": (
        SHEET,
        with_cells('<c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c>'),
        "远到第 1048576 行",
    ),
    "a cell beyond the grid": (SHEET, with_cells('<c r="A1"><v>1</v></c><c r="AAAA1"><v>1</v></c>'), "已损坏"),
    "four billion texts announced": (
        "xl/sharedStrings.xml",
        lambda xml: xml.replace(b'uniqueCount="', b'uniqueCount="4294967295" old="', 1),
        "文字数量与实际不符",
    ),
    "a document type": (SHEET, lambda xml: xml.replace(b"<sheetData", b"<!DOCTYPE x><sheetData", 1), "DOCTYPE"),
    "broken markup": (SHEET, lambda xml: xml[:-20], "已损坏"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_package_is_refused_before_it_is_parsed(name: str, tmp_path: Path) -> None:
    part, change, said = BOMBS[name]
    issued = tmp_path / "a.xlsx"
    render(blank_book(annual_report(), 2023, date(2024, 1, 1)), issued)
    with pytest.raises(Unreadable, match=said):
        sheet(changed(issued, part, change))


def test_a_truncated_or_flipped_file_is_refused_or_reads_the_same(issued: Path, tmp_path: Path) -> None:
    whole, form = issued.read_bytes(), annual_report()
    right = [r.number for r in submission(form, list(read_file(issued))).readings]
    assert None not in right
    for number in range(40):
        place = len(whole) * number // 40
        flipped = whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :]
        for content in (whole[:place], flipped):
            path = tmp_path / "x.xlsx"
            path.write_bytes(content)
            try:
                read = [r.number for r in submission(form, list(read_file(path))).readings]
            except Unreadable:
                continue
            assert read == right


@needs_office
@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_what_libreoffice_saves_reads_the_same(kind: str, issued: Path, tmp_path: Path) -> None:
    shutil.copy(issued, tmp_path / "a.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        str(SOFFICE),
        profile,
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        tmp_path / "out",
        tmp_path / "a.xlsx",
    ]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    form, path = annual_report(), tmp_path / "out" / f"a.{kind}"
    expected = [r.number for r in submission(form, list(read_file(issued))).readings]
    assert [r.number for r in submission(form, list(read_file(path))).readings] == expected
    if kind == "xls":  # half-copied: the right length, a tail of zeros; this once asked for 23 GB
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2] + bytes(len(content) - len(content) // 2))
        with pytest.raises(Unreadable):
            read_file(path)


def test_whatever_lies_in_the_inbox_is_listed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.xlsx").write_text("x", encoding="utf-8")
    try:
        (tmp_path / "link").symlink_to(tmp_path / "sub")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    (tmp_path / "nowhere.xlsx").symlink_to(tmp_path / "gone")
    assert [(s.path, bool(s.sha256)) for s in list_inbox(tmp_path)] == [
        ("link", False),
        ("nowhere.xlsx", False),
        ("sub/a.xlsx", True),
    ]
