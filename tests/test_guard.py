"""Packages that no honest agency sends are refused before anything is built from them; honest ones pass."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.workbooks import MAIN, SHEET, Parts, cell, packed, parts_of, relations, row, unpacked, workbook, worksheet
from workbook_tool.files.intake.formats import package
from workbook_tool.files.intake.formats.package import open_package
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.office.settings import Limits


def read(content: bytes) -> tuple[Sheet, ...]:
    return read_sheets(content, Limits())


def with_part(name: str, data: bytes) -> bytes:
    return packed({**parts_of(), name: data})


def with_strings(data: bytes) -> bytes:
    related = relations(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"))
    return packed({**parts_of(), "xl/sharedStrings.xml": data, "xl/_rels/workbook.xml.rels": related})


def announced(number: str) -> bytes:
    """Shared strings that announce so many."""
    return with_strings(f"<sst xmlns='{MAIN}'><!-- --></sst>".replace("'><", f"' {number}><").encode())


def twice(first: str, second: str) -> bytes:
    stream = io.BytesIO(packed(parts_of()))
    with zipfile.ZipFile(stream, "a") as package:
        for name in (first, second):
            if name not in package.namelist():
                package.writestr(name, worksheet(row(cell("A1", 999))))
    return stream.getvalue()


def many_sheets(number: int) -> bytes:
    parts = parts_of()
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, number + 1))
    book = parts["xl/workbook.xml"]
    cut = book.index(b"<sheet "), book.index(b"</sheets>")
    return packed({**parts, "xl/workbook.xml": book[: cut[0]] + sheets.encode() + book[cut[1] :]})


def renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    """The first header's name changed, so that it tells another name than the directory."""
    return content.replace(old, new, 1)


DOCTYPE = f'<!DOCTYPE worksheet [<!ENTITY a "1">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a cell at the far corner": (
        lambda: workbook(row(cell("A1", 1)) + row(cell("XFD1048576", 1), number=1048576)),
        "远到第 1048576 行第 16384 列",
    ),
    "four billion texts announced": (lambda: announced('uniqueCount="4294967295"'), "文字数量与实际不符"),
    "the same in other quotes": (lambda: announced("uniqueCount = '4294967295'"), "文字数量与实际不符"),
    "a document type": (lambda: packed({**parts_of(), SHEET: DOCTYPE.encode()}), "DOCTYPE"),
    "the same in UTF-16, small end first": (lambda: packed({**parts_of(), SHEET: DOCTYPE.encode("utf-16")}), "DOCTYPE"),
    "the same in UTF-16, big end first": (
        lambda: packed({**parts_of(), SHEET: b"\xfe\xff" + DOCTYPE.encode("utf-16-be")}),
        "DOCTYPE",
    ),
    "the same in UTF-16 without a mark": (
        lambda: packed({**parts_of(), SHEET: DOCTYPE.encode("utf-16-be")}),
        "DOCTYPE",
    ),
    "the same in UTF-32": (lambda: packed({**parts_of(), SHEET: DOCTYPE.encode("utf-32")}), "DOCTYPE|已损坏"),
    "the same in a part that nobody asks for": (lambda: with_part("docProps/app.xml", DOCTYPE.encode()), "DOCTYPE"),
    "broken markup": (lambda: packed({**parts_of(), SHEET: worksheet("")[:-20]}), "已损坏"),
    "a part there twice": (lambda: twice(SHEET, SHEET.upper()), "重复"),
    "a part there twice, with the other slash": (lambda: twice(SHEET, SHEET.replace("/", "\\")), "重复"),
    "many parts": (lambda: packed({**parts_of(), **{f"x{n}": b"" for n in range(2000)}}), "2000 个部分"),
    "many sheets": (lambda: many_sheets(257), "257 张工作表"),
    "deep nesting": (lambda: workbook("<row>" * 5000 + "</row>" * 5000), "已损坏"),
    "a name that is not the directory's": (lambda: renamed(workbook(), b"sheet1.xml", b"sheet2.xml"), "不完整或已损坏"),
    "spaces without end": (lambda: packed({**parts_of(), SHEET: b" " * (25 << 20)}), "解压后过大"),
    "a picture without end": (lambda: with_part("xl/media/image1.png", bytes(25 << 20)), "解压后过大"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_package_is_refused(name: str) -> None:
    make, said = HOSTILE[name]
    with pytest.raises(Unreadable, match=said):
        read(make())


def test_what_it_refuses_costs_no_memory() -> None:
    bomb = packed({**parts_of(), SHEET: bytes(400 << 20)})
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="解压后过大"):
            read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 60 << 20
    finally:
        tracemalloc.stop()


def test_all_parts_together_stay_within_the_limit() -> None:
    noise = random.Random(1).randbytes(1 << 20)
    parts = {**parts_of(), "xl/media/1.png": noise, "xl/media/2.png": noise}
    assert read(packed(parts))
    with pytest.raises(Unreadable, match="解压后过大"):
        read_sheets(packed(parts), Limits(unpacked_mib=2))
    with pytest.raises(Unreadable, match="解压后过大"):
        read_sheets(packed(parts, zipfile.ZIP_STORED), Limits(unpacked_mib=2))


@pytest.mark.parametrize("told", [1 << 30, 0])
def test_the_directory_is_believed_only_where_it_declares_too_much(told: int, monkeypatch: pytest.MonkeyPatch) -> None:
    content = packed({**parts_of(), SHEET: bytes(25 << 20)})
    size = struct.pack("<I", 25 << 20)
    directory = content.index(b"PK\1\2")
    lying = content[:directory] + content[directory:].replace(size, struct.pack("<I", told))
    assert lying != content
    if told:
        monkeypatch.setattr(package, "inflate", pytest.fail)
    with pytest.raises(Unreadable, match="解压后过大"):
        read(lying)


@pytest.mark.parametrize("part", [SHEET, "xl/media/image1.png"])
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_every_checksum_is_verified(part: str, method: int) -> None:
    data = worksheet(row(cell("A1", 1)))
    content = packed({**parts_of(), part: data}, method)
    wrong = content.replace(struct.pack("<I", zlib.crc32(data)), b"\1\2\3\4")
    assert wrong != content
    with pytest.raises(Unreadable, match="不完整或已损坏"):
        read(wrong)


def test_pictures_are_checked_but_not_kept() -> None:
    kept = open_package(with_part("xl/media/image1.png", b"x"), Limits())
    assert set(kept) == {name.lower() for name in parts_of()}


def test_tricks_in_entry_names_stay_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tricks = ("../../evil.xml", "/abs/evil.xml", "C:\\evil.xml", "..\\evil.xml", "a\nb.xml", "CON", "x:ads", "好.png")
    assert read(packed({**parts_of(), **dict.fromkeys(tricks, b"<a/>")}))[0].cells == {(0, 0): 1.0}
    assert not list(tmp_path.iterdir())


def test_nothing_outside_the_file_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    text = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><sst xmlns="{MAIN}"><si><t>&x;</t></si></sst>'
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(Unreadable) as refused:
            read(with_strings(text.encode(encoding)))
        assert "SECRET" not in str(refused.value)


def styled_columns(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["B2"] = 5
    for number in range(1, 20_000):
        sheet.cell(number, 7).number_format = "0.00"
    sheet.cell(1_048_576, 16_384).number_format = "0.00"
    book.save(path)


def with_a_chart_and_a_picture(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, chart = book.add_worksheet(), book.add_chart({"type": "line"})
        sheet.write_number(1, 1, 5)
        chart.add_series({"values": "=Sheet1!$B$2:$B$9"})
        sheet.insert_chart("D4", chart)
        book.add_chartsheet()
        sheet.set_column(0, 16_383, 9, book.add_format({"num_format": "0.00"}))


@pytest.mark.parametrize("make", [styled_columns, with_a_chart_and_a_picture])
def test_honest_workbooks_pass(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "a.xlsx")
    assert read((tmp_path / "a.xlsx").read_bytes())[0].cells == {(1, 1): 5.0}


def test_many_texts_and_a_long_sheet_are_honest(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        for number in range(20_000):
            sheet.write_row(number, 0, [f"单位{number}", number])
    (found,) = read((tmp_path / "a.xlsx").read_bytes())
    assert found.cells == {(n, c): (f"单位{n}", float(n))[c] for n in range(20_000) for c in (0, 1)}


def test_what_comes_after_the_cells_may_be_anything_well_formed() -> None:
    after = (
        '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells><extLst><ext><sheetData/></ext></extLst>'
    )
    assert read(workbook(after=after))[0].cells == {(0, 0): 1.0}
    hidden_end = workbook(row(cell("A1", 1)), after="<!-- </sheetData> -->")
    assert read(hidden_end)[0].cells == {(0, 0): 1.0}
    parts: Parts = unpacked(workbook())
    parts[SHEET] = parts[SHEET].replace(b"</worksheet>", b"<x></worksheet>")
    with pytest.raises(Unreadable):  # an end that does not fit is not taken for one
        read(packed({**parts, SHEET: parts[SHEET].replace(b"</sheetData>", b"")}))
