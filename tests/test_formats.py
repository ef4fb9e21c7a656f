"""The same workbook in every format gives the same numbers, errors and hidden parts."""

from __future__ import annotations

import struct
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlrd

from tests.grids import annual_report, submission
from tests.office_tools import converted, needs_office
from tests.test_looks import THEME
from tests.workbooks import OLE, packed, relations
from workbook_tool.files.intake.formats import xls
from workbook_tool.files.intake.formats.xls_formulas import FORMULA
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.look import STRUCK, TINY, UNSEEN, Look, TextRun
from workbook_tool.model.intake.submission import ErrorValue, Sheet, Uncomputed
from workbook_tool.model.office.settings import Limits


def read(content: bytes) -> tuple[Sheet, ...]:
    return read_sheets(content, Limits())


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with one of each: error cells, results, a hidden row, column and sheet."""
    path = tmp_path_factory.mktemp("source") / "source.xlsx"
    book = openpyxl.Workbook()
    sheet, hidden = book.worksheets[0], book.create_sheet("隐藏")
    sheet.title = "表"
    for row in (
        ["件数", 17, -0.25, "0071", date(2023, 12, 31)],
        [],
        [None, 5, 6, 7],
        ["=1/0", "=B1+B3", "=NA()", '=""'],
    ):
        sheet.append(row)
    sheet["A6"] = "甲\n 乙  丙"
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    hidden["B2"] = 3
    hidden.sheet_state = "hidden"
    book.save(path)
    return path


Saved = dict[tuple[str, str], bytes]


@pytest.fixture(scope="module")
def saved(source: Path, issued: Path, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """That workbook and a filled form as LibreOffice saves them, by name and format."""
    folder, found = tmp_path_factory.mktemp("saved"), Saved()
    for kind in ("xlsx", "xls", "ods", "fods", "html"):
        found |= {(path.stem, kind): path.read_bytes() for path in converted([source, issued], kind, folder)}
    return found


CELLS = {
    (0, 0): "件数",
    (0, 1): 17.0,
    (0, 2): -0.25,
    (0, 3): "0071",
    (0, 4): date(2023, 12, 31),
    (2, 1): 5.0,
    (2, 2): 6.0,
    (2, 3): 7.0,
    (3, 0): ErrorValue("#DIV/0!"),
    (3, 1): 22.0,
    (3, 2): ErrorValue("#N/A"),
    (5, 0): "甲\n 乙  丙",
}


@needs_office
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "fods"])
def test_what_libreoffice_saves_reads_the_same(kind: str, saved: Saved) -> None:
    sheet, hidden = read(saved["source", kind])
    assert sheet.cells == CELLS
    assert {place: type(value) for place, value in sheet.cells.items()} == {p: type(v) for p, v in CELLS.items()}
    assert (sheet.hidden_rows, sheet.hidden_columns, sheet.hidden) == ({2}, {2}, False)
    assert (hidden.name, hidden.cells, hidden.hidden) == ("隐藏", {(1, 1): 3.0}, True)
    assert sheet.formulas.keys() == {(3, 0), (3, 1), (3, 2), (3, 3)}


@needs_office
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "html"])
def test_a_filled_form_gives_the_same_numbers(kind: str, issued: Path, saved: Saved) -> None:
    form = annual_report()
    expected = [r.number for r in submission(form, list(read(issued.read_bytes()))).readings]
    assert None not in expected
    assert [r.number for r in submission(form, list(read(saved["issued", kind]))).readings] == expected


@needs_office
@pytest.mark.parametrize("name", ["source", "issued"])
def test_the_second_reader_of_an_xls_tells_what_the_first_one_does(
    name: str, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = saved[name, "xls"]
    first = read(content)
    monkeypatch.setattr(xls, "first_reading", lambda *_: 1 / 0)
    for one, again in zip(first, read(content), strict=True):
        assert (one.name, one.hidden, one.hidden_rows, one.hidden_columns) == (
            *(again.name, again.hidden, again.hidden_rows, again.hidden_columns),
        )
        assert (one.cells, one.formulas, one.covered, one.reaches) == (
            *(again.cells, again.formulas, again.covered, again.reaches),
        )
        assert {p: look.format for p, look in one.looks.items()} == {p: look.format for p, look in again.looks.items()}


@needs_office
def test_an_xls_in_a_container_that_xlrd_dislikes_is_read(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    content, reading = saved["issued", "xls"], xlrd.open_workbook

    def picky(file_contents: bytes, **options: object) -> object:
        if file_contents[:8] == OLE:
            raise xlrd.compdoc.CompDocError("Workbook corruption: seen[2] == 4")
        return reading(file_contents=file_contents, **options)

    first = read(content)
    monkeypatch.setattr(xlrd, "open_workbook", picky)
    assert read(content) == first


@needs_office
def test_a_half_copied_xls_is_asked_for_as_xlsx(saved: Saved) -> None:
    content = saved["issued", "xls"]
    for percent in (10, 30, 50, 70, 90):  # the right length, a tail of zeros: this once asked for 23 GB
        cut = len(content) * percent // 100
        for broken in (content[:cut] + bytes(len(content) - cut), content[:cut]):
            with pytest.raises(Unreadable, match=r"\.xlsx"):
                read(broken)


@needs_office
def test_a_formula_that_an_xls_left_to_its_reader_is_not_0(saved: Saved) -> None:
    content = saved["source", "xls"]
    at = content.index(struct.pack("<H", FORMULA), content.index(struct.pack("<HH", 3, 1)) - 4)
    result = struct.pack("<d", 22.0)
    assert content[at + 10 : at + 18] == result
    zero = content[: at + 10] + bytes(8) + content[at + 18 :]
    assert read(zero)[0].cells[3, 1] == 0.0  # a 0 that was computed
    flags = struct.unpack_from("<H", zero, at + 18)[0] | 2
    assert read(zero[: at + 18] + struct.pack("<H", flags) + zero[at + 20 :])[0].cells[3, 1] == Uncomputed("B1+B3")


@needs_office
def test_a_locked_xls_says_so(saved: Saved) -> None:
    content = saved["source", "xls"]
    first = content.index(b"\x09\x08\x10\x00") + 20
    size = struct.unpack_from("<H", content, first + 2)[0]
    locked = (
        content[:first] + struct.pack("<HHHHH", 0x2F, size, 1, 1, 1)[: 4 + size] + content[first + 4 + min(size, 6) :]
    )
    with pytest.raises(Unreadable, match=r"打开密码.*\.xlsx"):
        read(locked)


def record(kind: int, data: bytes = b"") -> bytes:
    """A record of an .xlsb."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(data) & 0x7F | 0x80, len(data) >> 7]) + data


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(*records: bytes, state: int = 0, **others: bytes) -> bytes:
    """An .xlsb with one sheet, 表, which holds these records, and other parts: styles, sharedStrings, theme."""
    book = (
        record(131) + record(143) + record(156, struct.pack("<II", state, 1) + wide("rId1") + wide("表")) + record(144)
    )
    size = record(148, struct.pack("<IIII", 0, 9, 0, 9))
    sheet = record(129) + size + b"".join(records) + record(130)
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )
    parts = {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": book + record(132),
        "xl/_rels/workbook.bin.rels": relations(
            ("worksheet", "worksheets/sheet1.bin"), *((kind, f"{kind}.bin") for kind in others)
        ),
        "xl/worksheets/sheet1.bin": sheet,
    }
    return packed(parts | {f"xl/{kind}.bin": data for kind, data in others.items()})


def line(number: int, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0x10 if hidden else 0, 0, 0))


def cells(*contents: tuple[int, int, bytes], styles: dict[int, int] | None = None) -> bytes:
    """Cell records: kind, column and value; in the style of that number, by column."""
    numbers = styles or {}
    return b"".join(
        record(kind, struct.pack("<II", column, numbers.get(column, 0)) + value) for kind, column, value in contents
    )


REAL, RK, ERROR, TRUTH, TEXT, BLANK = 5, 2, 3, 4, 6, 1
BEGIN, END, FORMULA_RESULT = record(145), record(146), struct.pack("<HI", 0, 0)


def test_an_xlsb_tells_errors_and_hidden_parts() -> None:
    columns = record(390) + record(60, struct.pack("<IIIIH", 2, 3, 2304, 0, 1)) + record(391)
    first = cells((REAL, 0, struct.pack("<d", 2.5)), (ERROR, 1, b"\x17"), (RK, 2, struct.pack("<I", 17 << 2 | 2)))
    second = cells(
        (RK, 0, struct.pack("<I", (-150 & 0x3FFFFFFF) << 2 | 3)), (11, 1, b"\x2a" + FORMULA_RESULT), (BLANK, 2, b"")
    )
    third = cells((TEXT, 0, wide("约17")), (TRUTH, 1, b"\1"), (9, 2, struct.pack("<d", 8) + FORMULA_RESULT))
    content = xlsb(columns, BEGIN, line(0), first, line(1, hidden=True), second, line(4), third, END, state=2)
    (sheet,) = read(content)
    assert sheet.cells == {
        (0, 0): 2.5,
        (0, 1): ErrorValue("#REF!"),
        (0, 2): 17.0,
        (1, 0): -1.5,
        (1, 1): ErrorValue("#N/A"),
        (4, 0): "约17",
        (4, 1): True,
        (4, 2): 8.0,
    }
    assert (sheet.hidden, sheet.hidden_rows, sheet.hidden_columns) == (True, {1}, {2, 3})
    assert sheet.formulas == {(1, 1): "", (4, 2): ""}


AUTOMATIC, WHITE, YELLOW = bytes(8), b"\x05" + bytes(3) + b"\xff\xff\xff\xff", b"\x05" + bytes(3) + b"\xff\xff\0\xff"
SHARED, INLINE = 7, 62


def font(colour: bytes = AUTOMATIC, flags: int = 0, script: int = 0, height: int = 220) -> bytes:
    return record(43, struct.pack("<HHHHBBBB", height, flags, 400, script, 0, 2, 0, 0) + colour + b"\0" + wide("宋体"))


def fill(pattern: int, colour: bytes) -> bytes:
    return record(45, struct.pack("<I", pattern) + colour + AUTOMATIC + bytes(48))


def look(code: int = 0, font: int = 0, fill: int = 0) -> bytes:
    """A cell's format: the numbers of its number format, font and fill."""
    return record(47, struct.pack("<HHHHHBBBBHH", 0, code, font, fill, 0, 0, 0, 0, 0, 0, 0)[:16])


def counted(kind: int, count: int) -> bytes:
    return record(kind, struct.pack("<I", count))


def rich(text: str, *runs: tuple[int, int]) -> bytes:
    """A text with the fonts that begin in it."""
    return b"\x01" + wide(text) + struct.pack("<I", len(runs)) + b"".join(struct.pack("<HH", *run) for run in runs)


def test_an_xlsb_tells_how_its_cells_are_shown() -> None:
    styles = counted(615, 1) + record(44, struct.pack("<H", 164) + wide('0"."0,"万元"'))
    styles += (
        font()
        + font(flags=8)
        + font(WHITE)
        + font(YELLOW)
        + font(script=1)
        + font(b"\x07\0" + bytes(6))
        + font(height=20)
    )
    styles += fill(0, AUTOMATIC) + fill(1, YELLOW)
    styles += record(626) + look(font=1) + record(627)  # those of named styles are no cell's
    styles += (
        counted(617, 8) + look() + look(164) + look(font=1) + look(font=2) + look(font=2, fill=1) + look(font=3, fill=1)
    )
    styles += look(9) + look(font=5) + record(618)
    theme = THEME.encode()
    one = struct.pack("<d", 12)
    numbers = cells(*((REAL, column, one) for column in range(8)), styles={column: column for column in range(8)})
    texts = cells(
        (SHARED, 0, struct.pack("<I", 0)),
        (SHARED, 1, struct.pack("<I", 1)),
        (INLINE, 2, rich("12件5", (3, 2))),
        (INLINE, 3, rich("123", (2, 6))),
    )
    strings = (
        record(159, struct.pack("<II", 2, 2))
        + record(19, rich("1215", (0, 1), (2, 0)))
        + record(19, b"\0" + wide("12"))
    )
    merged = record(177) + record(176, struct.pack("<IIII", 0, 1, 6, 7)) + record(178)
    low = record(0, struct.pack("<IIHBBBI", 4, 0, 20, 0, 0, 0, 0))
    content = xlsb(
        BEGIN, line(0), numbers, line(1), texts, low, END, merged, styles=styles, sharedStrings=strings, theme=theme
    )
    (sheet,) = read(content)
    assert {column: look for (line, column), look in sheet.looks.items() if line == 0} == {
        1: Look('0"."0,"万元"'),
        2: Look(marks=(STRUCK,)),
        3: Look(marks=(UNSEEN,)),
        5: Look(marks=(UNSEEN,), ground="FFFF00"),
        6: Look("0%"),
        7: Look(marks=(UNSEEN,)),
    }
    assert sheet.looks[1, 0].runs == (TextRun("12", (STRUCK,)), TextRun("15"))
    assert sheet.looks[1, 2].runs == (TextRun("12件"), TextRun("5", (UNSEEN,)))
    assert sheet.looks[1, 3].runs == (TextRun("12"), TextRun("3", (TINY,)))
    assert (1, 1) not in sheet.looks
    assert (sheet.covered, sheet.hidden_rows) == ({(0, 7)}, {4})


@pytest.mark.parametrize(
    "records",
    [
        BEGIN + line(0) + cells((REAL, 16_384, struct.pack("<d", 1))) + END,
        BEGIN + line(1 << 20) + cells((REAL, 0, struct.pack("<d", 1))) + END,
        BEGIN + line(1_000_000) + cells((REAL, 16_000, struct.pack("<d", 1))) + END,
        BEGIN + line(0) + cells((REAL, 0, struct.pack("<d", 1)), (REAL, 0, struct.pack("<d", 2))) + END,
        BEGIN + line(0) + b"\x05\xff",
    ],
    ids=["beyond the columns", "beyond the rows", "far", "twice", "cut off"],
)
def test_a_doubtful_xlsb_is_refused(records: bytes) -> None:
    with pytest.raises(Unreadable, match=r"\.xlsx"):
        read(xlsb(records))


def test_an_xlsb_that_is_a_bare_zip_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"已损坏|压缩包"):
        read(packed({"xl/workbook.bin": b"\xff"}, zipfile.ZIP_STORED))
