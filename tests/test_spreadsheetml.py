"""The XML of Excel 2003, as systems write it under the name of an .xls."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from workbook_tool.files.intake.formats.spreadsheetml import in_a1
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.look import GENERAL, RAISED, STRUCK, TINY, UNSEEN, Look, TextRun
from workbook_tool.model.intake.submission import ErrorValue, Sheet, Uncomputed
from workbook_tool.model.office.settings import Limits

NAMESPACES = (
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:html="http://www.w3.org/TR/REC-html40"'
)
HEAD = '<?xml version="1.0"{}?>\r\n<?mso-application progid="Excel.Sheet"?>\r\n'


def book(table: str, styles: str = "", attributes: str = "", options: str = "") -> str:
    shown = f'<x:WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">{options}</x:WorksheetOptions>'
    sheet = f'<Worksheet ss:Name="表 三"><Table {attributes}>{table}</Table>{shown}</Worksheet>'
    return f"<Workbook {NAMESPACES}><Styles>{styles}</Styles>{sheet}</Workbook>"


def read(*told: str, encoding: str = "utf-8", said: str = "") -> Sheet:
    (sheet,) = read_sheets((HEAD.format(said) + book(*told)).encode(encoding), Limits())
    return sheet


def data(kind: str, text: str, attributes: str = "") -> str:
    return f'<Cell {attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


def row(*cells: str, attributes: str = "") -> str:
    return f"<Row {attributes}>{''.join(cells)}</Row>"


def test_every_type_is_read_as_what_it_is() -> None:
    cells = [
        *(data("String", "件数&#10;乙"), data("Number", "17"), data("Number", "-2.5E-1"), data("String", "0071")),
        *(data("DateTime", "2023-12-31T00:00:00.000"), data("DateTime", "2023-12-31T08:30:00.000")),
        *(data("Boolean", "1"), data("Error", "#N/A"), "<Cell/>", data("String", "")),
    ]
    sheet = read(row(*cells))
    assert (sheet.name, sheet.hidden) == ("表 三", False)
    told = [
        "件数\n乙",
        17.0,
        -0.25,
        "0071",
        date(2023, 12, 31),
        datetime(2023, 12, 31, 8, 30),
        True,
        ErrorValue("#N/A"),
    ]
    assert sheet.cells == {(0, column): content for column, content in enumerate(told)}


def test_places_are_counted_or_told_and_merged_cells_take_theirs() -> None:
    one = data("Number", "1")
    sheet = read(
        row(data("String", "甲", 'ss:MergeAcross="1" ss:MergeDown="1"'), one)
        + row(one, data("Number", "2", 'ss:Index="5"'), one)
        + row(data("Number", "3", 'ss:Index="2"'), attributes='ss:Index="5"')
    )
    assert sheet.cells == {(0, 0): "甲", (0, 2): 1.0, (1, 2): 1.0, (1, 4): 2.0, (1, 5): 1.0, (4, 1): 3.0}
    assert sheet.reaches == {(0, 0): (1, 1)} and not sheet.covered
    under = read(row(data("String", "甲", 'ss:MergeDown="1"')) + row(data("Number", "9", 'ss:Index="1"')))
    assert under.covered == {(1, 0)}


def test_what_nobody_sees_is_told() -> None:
    columns = '<Column ss:Width="60"/><Column ss:Index="3" ss:Hidden="1" ss:Span="1"/><Column ss:Width="1"/>'
    rows = row(attributes='ss:Hidden="1"') + row(attributes='ss:Height="0" ss:Span="1"') + row(data("Number", "1"))
    sheet = read(columns + rows, "", 'ss:DefaultRowHeight="14"', "<Visible>SheetHidden</Visible>")
    assert (sheet.hidden, sheet.hidden_rows, sheet.hidden_columns) == (True, {0, 1, 2}, {2, 3, 4})
    assert sheet.cells == {(3, 0): 1.0}


STYLES = """
<Style ss:ID="Default"><NumberFormat/></Style>
<Style ss:ID="wan"><NumberFormat ss:Format="0!.0000"/></Style>
<Style ss:ID="wan2" ss:Parent="wan"><Font ss:StrikeThrough="1"/></Style>
<Style ss:ID="fixed"><NumberFormat ss:Format="Fixed"/></Style><Style ss:ID="percent"><NumberFormat ss:Format="Percent"/></Style>
<Style ss:ID="white"><Font ss:Color="#FFFFFF"/></Style>
<Style ss:ID="whole"><NumberFormat ss:Format="0"/></Style>
<Style ss:ID="tiny"><Font ss:Size="1"/></Style>
<Style ss:ID="dark"><Font ss:Color="#FFFFFF"/><Interior ss:Color="#1F4E78" ss:Pattern="Solid"/></Style>
"""


def test_how_a_cell_is_shown_is_told_by_its_style_or_else_its_row_or_column() -> None:
    named = [data("Number", "12", f'ss:StyleID="{name}"') for name in ("wan2", "fixed", "percent", "white", "dark")]
    named += [data("Number", "12.6", f'ss:StyleID="{name}"') for name in ("whole", "tiny")]
    lined = row(data("Number", "5"), data("Number", "6", 'ss:StyleID="Default"'), attributes='ss:StyleID="wan"')
    sheet = read('<Column ss:StyleID="percent"/>' + row(*named) + lined + row(data("Number", "7")), STYLES)
    assert sheet.looks == {
        (0, 0): Look("0!.0000", (STRUCK,)),
        (0, 2): Look("0.00%"),
        (0, 3): Look(GENERAL, (UNSEEN,)),
        (0, 5): Look("0"),
        (0, 6): Look(GENERAL, (TINY,)),
        (1, 0): Look("0!.0000"),
        (2, 0): Look("0.00%"),
    }


def test_a_text_in_pieces_tells_how_each_is_shown() -> None:
    pieces = '12<html:Sup>1</html:Sup><html:S>5</html:S><html:Font html:Color="#FF0000">7</html:Font>'
    pieces += '<html:Font html:Size="1">8</html:Font>'
    cell = f'<Cell><ss:Data ss:Type="String">{pieces}</ss:Data></Cell>'
    sheet = read(row(cell))
    assert sheet.cells == {(0, 0): "121578"}
    runs = (TextRun("12"), TextRun("1", (RAISED,)), TextRun("5", (STRUCK,)), TextRun("7"), TextRun("8", (TINY,)))
    assert sheet.looks == {(0, 0): Look(runs=runs)}


FORMULAS = {
    "=SUM(RC[-2]:RC[-1])": "SUM(A2:B2)",
    "=R1C1+R[-1]C-R[1]C[2]": "$A$1+C1-E3",
    "='表 R1C1'!R2C3+RC": "'表 R1C1'!$C$2+C2",
    '=IF(RC[-1]="RC","R1C1",ROUND(RC[-1],2))': 'IF(B2="RC","R1C1",ROUND(B2,2))',
    "=SUM(C[-1])": "",
    "=SUM(R5)": "",
    "=RC[-9]": "",
    "of:=SUM([.A2:.B2])": "SUM(A2:B2)",
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_are_told_as_everywhere(formula: str) -> None:
    assert in_a1(formula, (1, 2)) == FORMULAS[formula]


def test_a_formula_keeps_its_result_or_has_none() -> None:
    cells = [data("Number", "3", 'ss:Formula="=RC[1]+1"'), '<Cell ss:Formula="=RC[1]"/>']
    sheet = read(row(*cells, data("String", "#DIV/0!", 'ss:Formula="=1/0"')))
    assert sheet.cells == {(0, 0): 3.0, (0, 1): Uncomputed("C1"), (0, 2): ErrorValue("#DIV/0!")}
    assert sheet.formulas == {(0, 0): "B1+1", (0, 1): "C1", (0, 2): "1/0"}


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8-sig", ""), ("gb18030", ' encoding="GBK"'), ("utf-16", ' encoding="UTF-16"')]
)
def test_any_encoding_of_our_desks_is_read(encoding: str, said: str) -> None:
    assert read(row(data("String", "总计")), encoding=encoding, said=said).cells == {(0, 0): "总计"}


BROKEN = {
    "a doctype": HEAD.format("") + '<!DOCTYPE a [<!ENTITY b "c">]>' + book(row(data("String", "&b;"))),
    "cut off": HEAD.format("") + book(row(data("String", "甲")))[:-40],
    "no number": HEAD.format("") + book(row(data("Number", "1,5"))),
    "blanks around a number": HEAD.format("") + book(row(data("Number", " 7 "))),
    "beyond all numbers": HEAD.format("") + book(row(data("Number", "INF"))),
    "off the sheet": HEAD.format("") + book(row(data("Number", "1", 'ss:Index="16385"'))),
    "before the sheet": HEAD.format("") + book(row(data("Number", "1", 'ss:Index="0"'))),
    "a far corner": HEAD.format("")
    + book(row(data("Number", "1", 'ss:Index="9999"'), attributes='ss:Index="1048576"')),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_or_not_honest_is_refused(name: str) -> None:
    with pytest.raises(Unreadable, match=r"\.xlsx"):
        read_sheets(BROKEN[name].encode(), Limits())
