"""The same workbook in every format is shown the same: as LibreOffice shows it, and saves it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.cell.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Color, Font, PatternFill

from tests.office_tools import needs_office, saved_as
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.intake.look import GENERAL, RAISED, ROUNDING, STRUCK, TINY, UNSEEN, Look, TextRun
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.office.settings import Limits
from workbook_tool.steps.intake.parse.display import show, show_text

KINDS = ["xlsx", "xls", "ods", "fods"]
NUMBERS = (0, 5, 12, 0.3, 12.5, 999, 251000, 1234567, 0.1488)
FORMATS = [
    *("General", "0", "0.00", "#,##0", "#,##0.00", "0_ ", "0_);[Red]\\(0\\)", "@", "00000", "#", "#,###", "?", "0.0?"),
    *('_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ', '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', ".00"),
    *('0"."0000', "0.00,", "#,##0,", "0.0,,", '0"."0,"万元"', '#,##0.00"元"', '0"万"', '"¥"#,##0.00', "0\\.0", "0.0,"),
    *("[$¥-804]#,##0.00", "[$￥-804]#,##0.00", '0.0"亿元"', '"约"0', ";;;", '"0"', '0"5"', "0%", "0.00%", '0.0%"左右"'),
    *("# ?/?", "# ??/??", "0.00E+00", "##0.0E+0", "0;0", "0;-0;;@", '"第"0"件"', '0"余"', '"无"', "-0", "(0)", '0" "0'),
    *('[>100]0"大";[<10]0"小";0"中"', '[=0]"";0', '[<>0]0"件";0', '[>=10000]0"."0000"万";0', 'General"元"', '@"元"'),
    *(
        '0"万"0"千"',
        "000-0000",
        "0,000",
        "# ##0",
        "0元",
        '0"%"',
        "0‰",
        '0;0;0;"x"@',
        '"abc"@',
        "* 0",
        "0* ",
        "[White]0",
    ),
]
"""Formats that every one of its filters keeps."""


def marked(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
    """One cell of each look in the first column."""
    white, yellow = Font(color="FFFFFFFF"), PatternFill("solid", fgColor="FFFFFF00")
    looks = [
        (1234, Font(strike=True), None),
        (6, white, None),
        (7, Font(color=Color(theme=0)), None),
        (8, Font(color="FFFFFF00"), yellow),
        (9, white, PatternFill("solid", fgColor="FF1F4E78")),
        (10, Font(color=Color(theme=1, tint=0.99)), None),
        (11, Font(color=Color(indexed=9)), None),
        (12, Font(color="FFFF0000", b=True), yellow),
        (CellRichText(TextBlock(InlineFont(strike=True), "12"), "15"), None, None),
        (CellRichText("12", TextBlock(InlineFont(vertAlign="superscript"), "1")), None, None),
        (CellRichText("12", TextBlock(InlineFont(color="FFFFFFFF"), "5")), None, None),
        (CellRichText("12", TextBlock(InlineFont(b=True), "5")), None, None),
        (13, Font(sz=1), None),
        (CellRichText("12", TextBlock(InlineFont(sz=1), "5")), None, None),
    ]
    for line, (content, font, fill) in enumerate(looks, 1):
        cell = sheet.cell(line, 1, content)
        if font:
            cell.font = font
        if fill:
            cell.fill = fill


LOOKS = {
    0: Look(GENERAL, (STRUCK,)),
    1: Look(GENERAL, (UNSEEN,)),
    2: Look(GENERAL, (UNSEEN,)),
    3: Look(GENERAL, (UNSEEN,), "FFFF00"),
    5: Look(GENERAL, (UNSEEN,)),
    6: Look(GENERAL, (UNSEEN,)),
    8: Look(runs=(TextRun("12", (STRUCK,)), TextRun("15"))),
    9: Look(runs=(TextRun("12"), TextRun("1", (RAISED,)))),
    10: Look(runs=(TextRun("12"), TextRun("5", (UNSEEN,)))),
    12: Look(GENERAL, (TINY,)),
    13: Look(runs=(TextRun("12"), TextRun("5", (TINY,)))),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("looks") / "a.xlsx"
    book = openpyxl.Workbook()
    formats, looks, merged, sizes = book.worksheets[0], *map(book.create_sheet, "字并小")
    formats.title = "式"
    for line, code in enumerate(FORMATS, 1):
        for column, content in enumerate((*NUMBERS, "12"), 1):
            formats.cell(line, column, content).number_format = code
    marked(looks)
    merged["B2"] = 1
    merged.merge_cells("B2:C3")
    for line, column in ((2, 3), (3, 2)):  # openpyxl itself would not write them
        merged._cells[line, column] = Cell(merged, line, column, value=4)
    for line in range(1, 6):
        for column in range(1, 6):
            sizes.cell(line, column, 10 * line + column)
    sizes.row_dimensions[2].height, sizes.row_dimensions[3].hidden, sizes.row_dimensions[4].height = 1.5, True, 12
    columns = sizes.column_dimensions
    columns["B"].width, columns["C"].hidden, columns["D"].width = 0.2, True, 3
    book.save(path)
    return path


@pytest.fixture(scope="module", params=["as it is", *KINDS])
def sheets(request: pytest.FixtureRequest, source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Sheet, ...]:
    path = source
    if request.param != "as it is":
        path = saved_as(source, request.param, tmp_path_factory.mktemp(request.param))
    return read_sheets(path.read_bytes(), Limits())


def code_at(sheet: Sheet, line: int, column: int) -> str:
    look = sheet.looks.get((line, column))
    return look.format if look else GENERAL


@needs_office
def test_a_format_shows_the_same_whatever_the_file_calls_it(sheets: tuple[Sheet, ...]) -> None:
    for line, code in enumerate(FORMATS):
        for column, number in enumerate(NUMBERS):
            assert sheets[0].cells[line, column] == number
            told, expected = (show(c, Decimal(str(number))) for c in (code_at(sheets[0], line, column), code))
            assert told and expected
            if code_at(sheets[0], line, column) == GENERAL:  # nothing to speak of
                assert expected.faithful and (expected.exact or code not in ROUNDING), code
            else:
                assert (squeezed(told.seen), told.colour) == (squeezed(expected.seen), expected.colour), code
        text = show_text(code_at(sheets[0], line, len(NUMBERS)), "12")
        assert text.strip() == show_text(code, "12").strip()


@needs_office
def test_looks_merges_and_sizes_are_the_same(sheets: tuple[Sheet, ...]) -> None:
    _, looks, merged, sizes = sheets
    assert {line: look for (line, _), look in looks.looks.items()} == LOOKS
    assert (merged.covered, merged.cells[2, 1]) == ({(1, 2), (2, 1)}, 4.0)
    assert (sizes.hidden_rows, sizes.hidden_columns) == ({1, 2}, {1, 2})


def squeezed(text: str) -> str:
    """Without what differs from program to program: the width of spaces, and a point without decimals behind it."""
    return re.sub(r"(?<=\d)\.(?!\d)|\s", "", text)


@needs_office
def test_what_we_say_is_shown_is_what_libreoffice_shows(source: Path, tmp_path: Path) -> None:
    tree = etree.parse(saved_as(source, "fods", tmp_path))
    space = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
    table = next(tree.iter(space % "table" + "table"))
    lines = list(table.iter(space % "table" + "table-row"))
    for line, code in zip(lines, FORMATS, strict=False):
        cells = [cell for cell in line if cell.get(space % "office" + "value") is not None]
        assert len(cells) == len(NUMBERS)
        for cell, number in zip(cells, NUMBERS, strict=True):
            shown = show(code, Decimal(str(number)))
            assert shown and squeezed(shown.seen) == squeezed("".join(cell.itertext())), (code, number)
