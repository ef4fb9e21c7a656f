"""Return copies: the agency's own file with marks and nothing else, which comes back clean once it is corrected."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.grids import ROOT, annual_report
from tests.offices import CASES
from tests.returns import complaints, differences, looks_alike, notes_of
from tests.tables import fill, read_tables
from tests.test_corpus import FILES, needs_corpus
from tests.workbooks import packed, unpacked
from workbook_tool.files.reading import read_sheets
from workbook_tool.files.render import render
from workbook_tool.files.returns.copy import marked_copy
from workbook_tool.model.book import Book, Print
from workbook_tool.model.cells import within
from workbook_tool.model.errors import Unmarkable, Unreadable
from workbook_tool.model.returned import MARKER, Mark
from workbook_tool.model.rules import Severity
from workbook_tool.model.settings import Limits
from workbook_tool.model.submission import RETURN_SHEET, Agency, Place
from workbook_tool.steps.blank import blank_book

FORM = annual_report()
AGENCY = Agency("020", "示例县教育局", scope="本单位", mail="jyj@example.gov.cn")
Marked = dict[str, dict[Place, Mark]]


def notice() -> Book:
    """A sheet as it is put behind an agency's own, as small as can be."""
    book = Book(RETURN_SHEET, date(2024, 2, 5))
    sheet = book.sheet(RETURN_SHEET, print=Print(repeat_rows=(1, 1)))
    sheet.put(0, 0, "关于退改", "sheet_title")
    sheet.put(1, 0, "必须改", "mark_must")
    sheet.put(2, 0, "D9", "cell_link", link="表三!D9")
    return book


def marks(sheet: str, **cells: str) -> Marked:
    """``must="D9:E9"``: each area in one severity, its first cell with a note."""
    found: dict[Place, Mark] = {}
    for severity, references in cells.items():
        for n, place in enumerate(within(references)):
            found[place] = Mark(Severity(severity), "" if n else f"{MARKER}{references} 有问题")
    return {sheet: found}


def copied(content: bytes, wanted: Marked, round: int = 2) -> bytes:
    return marked_copy(content, wanted, notice(), round, Limits())


def proven(content: bytes, wanted: Marked) -> bytes:
    """The copy, once it is the file with nothing but marks, in three readers' eyes."""
    copy = copied(content, wanted)
    assert differences(content, copy, wanted) == []
    assert looks_alike(content, copy, wanted) == []
    assert complaints(copy) <= complaints(content)
    assert CalamineWorkbook.from_filelike(io.BytesIO(copy)).sheet_names[-1] == RETURN_SHEET
    return copy


def issued(path: Path) -> bytes:
    render(blank_book(FORM, 2023, date(2024, 1, 1), AGENCY), path)
    fill(path, FORM, read_tables((CASES / "good.md").read_text(encoding="utf-8")))
    return path.read_bytes()


# ── Part by part ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "inbox").glob("*.xlsx")))
def test_a_sample_file_is_only_marked(name: str) -> None:
    proven((ROOT / "inbox" / name).read_bytes(), marks("表三", must="D9:J12", explain="D20", note="J33"))


def test_an_issued_workbook_is_only_marked(tmp_path: Path) -> None:
    content = issued(tmp_path / "a.xlsx")
    copy = proven(content, marks("表三", must="D9:E9", explain="J33"))
    assert notes_of(copy, "表三") == {"D9": f"{MARKER}D9:E9 有问题", "J33": f"{MARKER}J33 有问题"}
    identity = {row[0].value: row[1].value for row in openpyxl.load_workbook(io.BytesIO(copy))["_identity"]["A1:B7"]}
    assert (identity["agency"], identity["round"]) == ("020", 2)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert (book.active.title, book["表三"].protection.sheet) == ("封面", True)  # type: ignore[union-attr]


def test_a_fill_is_seen_although_a_conditional_format_would_hide_it(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(copied(issued(tmp_path / "a.xlsx"), marks("表三", must="D9"))))["表三"]
    rules = [
        (rule.priority, rule.dxf.fill.bgColor.rgb)
        for area in sheet.conditional_formatting
        for rule in area.rules
        if "D9" in area.sqref
    ]
    assert min(rules) == (1, "FFFFC7CE")


def rich(path: Path) -> bytes:
    """A workbook with about everything that Excel can hold."""
    book = xlsxwriter.Workbook(str(path))
    sheet, other, hidden = (book.add_worksheet(name) for name in ("表三", "其他 '表", "藏"))
    red = book.add_format({"bold": True, "bg_color": "#00FF00", "border": 2, "num_format": "0.00", "locked": False})
    sheet.set_column(3, 3, 30, red)
    sheet.set_row(8, 40, red)
    sheet.write_row(4, 0, ["甲", 1, 2.5, "=1+1"], red)
    sheet.write_formula("D9", "=SUM(B5:C5)", red, 3.5)
    sheet.write_array_formula("E9:F9", "{=B5:C5*2}", red, 2)
    sheet.write_datetime("G9", date(2024, 1, 1), red)
    sheet.merge_range("A1:F1", "并格", red)
    sheet.write_comment("B5", "单位自己的批注", {"author": "王五", "visible": True})
    sheet.insert_image("H1", "x.png", {"image_data": io.BytesIO(PIXEL)})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=表三!$B$5:$C$5"})
    sheet.insert_chart("H5", chart)
    sheet.insert_textbox("H20", "文字框")
    sheet.insert_button("K1", {"macro": "go", "caption": "跑"})
    sheet.data_validation("B5:C5", {"validate": "integer", "criteria": ">=", "value": 0})
    sheet.conditional_format("B5:C5", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("B5:D9", {"type": "cell", "criteria": ">", "value": 1, "format": red})
    sheet.autofilter("A4:C8")
    sheet.protect("geheim", {"autofilter": True})
    sheet.set_header("&L&G", {"image_left": "x.png", "image_data_left": io.BytesIO(PIXEL)})
    sheet.add_sparkline("L5", {"range": "表三!B5:C5"})
    other.write_url("A1", "https://example.gov.cn", string="网址")
    other.add_table("A3:B5", {"name": "tbl", "columns": [{"header": "甲"}, {"header": "乙"}]})
    other.activate()
    hidden.hide()
    book.define_name("总数", "=表三!$D$9")
    book.define_name("藏!局部", "=藏!$A$1")
    sheet.print_area("A1:F20")
    book.add_vba_project(io.BytesIO(b"any bytes"), True)
    book.set_custom_property("编号", "7", "text")
    book.close()
    parts = unpacked(path.read_bytes())
    parts["customXml/item1.xml"] = "<甲 xmlns='urn:甲'/>".encode()
    parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    return packed(parts)


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000"
    "000049454e44ae426082"
)


def test_whatever_a_workbook_holds_is_kept(tmp_path: Path) -> None:
    content = rich(tmp_path / "a.xlsm")
    copy = proven(content, marks("表三", must="B5:D5,D9", explain="K40", note="A1"))
    assert unpacked(copy)["xl/vbaProject.bin"] == b"any bytes"
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert book.sheetnames == ["表三", "其他 '表", "藏", RETURN_SHEET]
    assert book.active.title == "其他 '表"  # type: ignore[union-attr]
    assert book["表三"]["B5"].comment.text.startswith("单位自己的批注")  # type: ignore[union-attr]


@needs_corpus
def test_odd_files_are_only_marked_or_left_alone() -> None:
    kept = 0
    for path in FILES:
        content = path.read_bytes()
        try:
            sheets = [sheet for sheet in read_sheets(content, Limits()) if sheet.name != RETURN_SHEET]
            wanted: Mapping[str, Mapping[Place, Mark]] = {
                sheet.name: {p: Mark(Severity.MUST, f"{MARKER}甲") for p in [*sorted(sheet.cells)[:3], (39, 7)]}
                for sheet in sheets[:2]
            }
            copy = marked_copy(content, wanted, notice(), 2, Limits())
        except (Unmarkable, Unreadable):
            continue
        assert differences(content, copy, wanted) == [], path.name
        kept += 1
    assert kept >= 50
