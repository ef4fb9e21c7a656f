"""Formulas: read from every format, computed over the whole workbook, and held against what is stored."""

from __future__ import annotations

import struct
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests.grids import Stored, annual_report, distinct, filled, submission
from tests.office_tools import needs_office, saved_as
from tests.test_formats import BEGIN, END, cells, line, read, record, xlsb
from tests.workbooks import cell, row, workbook
from workbook_tool.files.intake.formats.ods import in_a1
from workbook_tool.files.intake.formats.tokens import XLSB, Tokens
from workbook_tool.files.intake.formats.xls_formulas import FORMULA
from workbook_tool.model.cells import moved, position
from workbook_tool.model.intake.submission import Content, Sheet
from workbook_tool.steps.intake.parse.arithmetic import Arithmetic
from workbook_tool.steps.intake.parse.formula import read_formula

FORM = annual_report()
BOOK = {"表": {"A1": 1.0, "A2": 2.0, "A4": "注", "B1": 0.1, "B2": 0.2}, "另 表": {"A1": 40.0}}
COMES_TO = {
    "SUM(A1:A2)": "3",
    "=sum( a1 , A2 )-1": "2",
    "A1+A2-'另 表'!$A$1": "-37",
    "-(A1-SUM(A1,SUM(A2,'另 表'!A1:A2)))": "42",
    "SUM(A:A)": "3",
    "SUM(A1:A4)+A3": "3",
    "B1+B2": "0.3",
    "+A1--A2": "3",
    "A1+A4": None,
    "A1*2": "2",
    "2*(A1+A2)/4-1": "0.5",
    "SUM(A1:A2)*1": "3",
    "251000/10000": "25.1",
    "A2/3": "0.666666666666667",
    "ROUND(SUM(A1:A2)/7,2)": "0.43",
    "=round( sum(A1:A4)*1.5 , 0 )+ROUND(1234,-2)": "1205",
    "ROUND(B1+0.025,2)": None,
    "ROUND(99999999999999*9999,15)": None,
    "SUBTOTAL(9,A1:A4)": "3",
    "SUBTOTAL(109,A1,A2)": "3",
    "SUBTOTAL(1,A1:A2)": None,
    "SUBTOTAL(9,D9:E9,A1:A2)": None,
    "A1*A2": None,
    "A1/A2": None,
    "A1/0": None,
    "A1/(1-1)": None,
    "A1^2": None,
    "ROUND(A1)": None,
    "ROUND(A1,A2)": None,
    "ROUND(A1,0.5)": None,
    "A1*": None,
    "A1*-1": None,
    "A1:A2": None,
    "SUM(A1:A2 A2)": None,
    "SUM(A1:A2": None,
    "没有!A1": None,
    "(" * 99 + "A1" + ")" * 99: None,
}


def sheets(formulas: dict[str, dict[str, str]], contents: dict[str, dict[str, Content]]) -> list[Sheet]:
    return [
        Sheet(
            name,
            {position(at): content for at, content in told.items()},
            formulas={position(at): text for at, text in formulas.get(name, {}).items()},
        )
        for name, told in contents.items()
    ]


@pytest.mark.parametrize("formula", COMES_TO)
def test_plus_minus_and_sum_are_ours(formula: str) -> None:
    first, *rest = sheets({"表": {"D9": formula}}, {**BOOK, "表": {**BOOK["表"], "D9": 7.0}})
    expected = COMES_TO[formula]
    assert Arithmetic.of([first, *rest]).replacing(first, (8, 3)) == (None if expected is None else Decimal(expected))


def test_what_a_subtotal_may_leave_out_is_not_guessed() -> None:
    numbers = {"A1": 1.0, "A2": 2.0, "A3": 3.0, "A4": 9.0}
    (sheet,) = sheets({"表": {"A3": "SUBTOTAL(9,A1:A2)", "A4": "SUBTOTAL(9,A1:A3)"}}, {"表": numbers})
    assert [Arithmetic.of([sheet]).result(sheet, (n, 0)).number for n in (2, 3)] == [3, None]
    filtered = replace(sheet, hidden_rows=frozenset({1}))
    assert Arithmetic.of([filtered]).result(filtered, (2, 0)).number is None


def test_a_chain_of_thousands_is_followed_and_a_circle_is_left_alone() -> None:
    chain = {f"A{n}": f"A{n - 1}+1" for n in range(2, 5001)}
    (sheet,) = sheets({"表": chain}, {"表": {"A1": 1.0, **dict.fromkeys(chain, 0.0)}})
    assert Arithmetic.of([sheet]).replacing(sheet, (4999, 0)) == 5000
    circle = {"A1": "A2", "A2": "SUM(A1,B1)", "A3": "A1+1"}
    (sheet,) = sheets({"表": circle}, {"表": {"A1": 1.0, "A2": 2.0, "A3": 9.0, "B1": 5.0}})
    assert [Arithmetic.of([sheet]).replacing(sheet, (n, 0)) for n in range(3)] == [None, None, None]


def test_a_shared_formula_moves_with_its_cell() -> None:
    assert moved("SUM(A1:B$2)+表1!C3-'A1 表'!$D4&\"A1\"", 1, 2) == "SUM(C2:D$2)+表1!E4-'A1 表'!$D5&\"A1\""
    assert moved("LOG10(A1)+SUM(A:A,$3:4)", 1, 1) == "LOG10(B2)+SUM(B:B,$3:5)"
    assert moved("A1+A2", -1, 0) == ""
    shared = '<f t="shared" si="0" ref="B1:B2">SUM(A1:A$2)</f>'
    (sheet,) = read(
        workbook(
            row(cell("A1", 1), f'<c r="B1">{shared}<v>3</v></c>')
            + row(cell("A2", 2), '<c r="B2"><f t="shared" si="0"/><v>9</v></c>', number=2)
        )
    )
    assert sheet.formulas == {(0, 1): "SUM(A1:A$2)", (1, 1): "SUM(A2:A$2)"}
    assert Arithmetic.of([sheet]).replacing(sheet, (1, 1)) == 2


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("of:=SUM([.D5:.I5];[$'表 三'.A1])-1", "SUM(D5:I5,'表 三'!A1)-1"),
        ("of:=[$表三.A1]+[.B$2]", "表三!A1+B$2"),
        ("of:=SUM([$甲.A1:$乙.A2])", "SUM(甲:乙!A1:A2)"),
        ("of:=['file:///c:/甲.ods'#$台账.B3]", "[1]台账!B3"),
        ('of:=IF([.A1]="a;b";1;2)', 'IF(A1="a;b",1,2)'),
        ("=A1+1", "A1+1"),
    ],
)
def test_an_openformula_is_told_as_excel_writes_it(formula: str, expected: str) -> None:
    assert in_a1(formula) == expected


FORMULAS = {
    (0, 3): "A1+C1",
    (1, 3): "A1+C2",
    (2, 3): "A1+C3",
    (3, 0): "SUM(A1,A2,SUM(A1:A2))-(A1+A2)",
    (4, 0): "SUM('表 三'!A1:A2)+另!B1-3.5",
    (5, 0): "NOW()",
    (6, 0): "OFFSET(A1,1,0)",
    (7, 0): 'IF(COUNT(A1:A2)<2,"",SUM(A1:A2))',
}


@needs_office
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_every_format_tells_the_text(kind: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet, other = book.worksheets[0], book.create_sheet("另")
    sheet.title, sheet["A1"], sheet["A2"], other["B1"] = "表 三", 1, 2, 5
    for at, text in FORMULAS.items():
        sheet.cell(at[0] + 1, at[1] + 1, f"={text}")
    for number in range(1, 4):
        sheet.cell(number, 3, number)
        sheet.cell(number, 4, f"=A$1+C{number}")
    book.save(tmp_path / "a.xlsx")
    first, _ = read(saved_as(tmp_path / "a.xlsx", kind, tmp_path).read_bytes())
    said = {at: text.replace("$", "").replace("'另'", "另") for at, text in first.formulas.items()}
    assert said == FORMULAS


@needs_office
def test_a_stale_result_in_an_xls(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append([56, 7, "=A1+B1"])
    book.save(tmp_path / "a.xlsx")
    content = saved_as(tmp_path / "a.xlsx", "xls", tmp_path).read_bytes()
    at = content.index(struct.pack("<d", 63.0), content.index(struct.pack("<H", FORMULA)))
    (sheet,) = read(content[:at] + struct.pack("<d", 12.0) + content[at + 8 :])
    assert (sheet.cells[0, 2], Arithmetic.of([sheet]).replacing(sheet, (0, 2))) == (12.0, 63)


def reference(row: int, column: int) -> bytes:
    """A cell as a token of an .xlsb."""
    return struct.pack("<BIH", 0x44, row, column | 0xC000)


def test_an_xlsb_tells_its_formulas() -> None:
    def result(value: float, tokens: bytes) -> bytes:
        return struct.pack("<dHI", value, 0, len(tokens)) + tokens + struct.pack("<I", 0)

    whole = struct.pack("<BIIHH", 0x25, 0, 1, 0xC000, 0xC000)
    added = reference(0, 0) + reference(1, 0) + b"\x03" + whole + b"\x19\x10\0\0" + b"\x15\x04"
    pointer = struct.pack("<BI", 1, 0)
    offset = struct.pack("<BIH", 0x4C, 0, 0xC000 | (1 << 14) - 1)  # the cell before, in this row
    shared = record(427, struct.pack("<IIIII", 0, 1, 2, 2, len(offset) + 4) + offset + b"\x1e\x05\0\x03")
    top = cells((5, 0, struct.pack("<d", 1)), (9, 1, result(9, added)), (9, 2, result(14, pointer))) + shared
    below = cells((5, 0, struct.pack("<d", 2)), (9, 2, result(5, pointer)))
    (sheet,) = read(xlsb(BEGIN, line(0), top, line(1), below, END))
    assert sheet.formulas == {(0, 1): "A1+A2-(SUM(A1:A2))", (0, 2): "B1+5", (1, 2): "B2+5"}
    arithmetic = Arithmetic.of([sheet])
    assert [arithmetic.replacing(sheet, at) for at in ((0, 1), (0, 2), (1, 2))] == [0, 5, None]


def test_tokens_that_are_not_read_are_not_guessed() -> None:
    sheets = ["'表三'!", "[1]!"]
    link = struct.pack("<BHIH", 0x5A, 1, 2, 1)
    assert Tokens(XLSB, link, (0, 0), sheets).text() == "[1]!B3"
    assert Tokens(XLSB, link[:1] + b"\0\0" + link[3:], (0, 0), sheets).text() == "'表三'!B3"
    assert Tokens(XLSB, reference(0, 0) + b"\x1e\x02\0\x05", (0, 0), sheets).text() == "A1*2"
    assert Tokens(XLSB, reference(0, 0) + b"\x20", (0, 0), sheets).text() == ""
    assert Tokens(XLSB, reference(0, 0)[:3], (0, 0), sheets).text() == ""
    assert read_formula("A1^2") is None


def test_the_recomputed_number_counts_and_the_stored_one_is_kept() -> None:
    parts = {f"T3.r1.c{n}": float(n) for n in range(1, 7)}
    found = submission(FORM, filled(FORM, distinct(FORM) | parts | {"T3.r1.c7": Stored("SUM(D8:I8)", 38.0)}))
    reading = found.readings[FORM.by_code["T3.r1.c7"].index]
    assert (reading.number, reading.stored, reading.shown) == (21, "38", "38")
    (finding,) = found.findings
    assert (finding.rule, finding.filed, finding.expected, finding.difference) == ("V-STALE", 38, 21, 17)
    assert "是公式（=SUM(D8:I8)），文件里存的结果是 38，按所引各格应为 21" in finding.message


def test_many_stale_formulas_are_one_finding_with_all_numbers() -> None:
    stale = {f"T3.r{n}.c7": Stored(f"SUM(D{n + 7}:I{n + 7})", 1.0) for n in range(1, 11)}
    (finding,) = submission(FORM, filled(FORM, distinct(FORM) | stale)).findings
    assert (finding.rule, finding.cell, finding.item) == ("V-STALE", "J8:J17", None)
    sums = [sum(1001 + FORM.by_code[f"T3.r{n}.c{c}"].index for c in range(1, 7)) for n in range(1, 11)]
    for n, total in enumerate(sums):
        assert f"J{8 + n} 存 1，应为 {total}" in finding.message
