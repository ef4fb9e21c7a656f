"""An .xlsx tells how its cells are shown, where that bears on their numbers: formats, colours, strikes, what is hidden."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.workbooks import MAIN, Parts, cell, override, packed, parts_of, relations, row, workbook
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.intake.look import GENERAL, RAISED, STRUCK, TINY, UNSEEN, Look, TextRun
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.office.settings import Limits
from workbook_tool.steps.intake.parse.hidden import why_hidden

THEME = (
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:clrScheme name="x">'
    '<a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1><a:lt1><a:sysClr val="window" lastClr="FFFFFF"/></a:lt1>'
    '<a:dk2><a:srgbClr val="1F497D"/></a:dk2><a:lt2><a:srgbClr val="EEECE1"/></a:lt2></a:clrScheme></a:themeElements></a:theme>'
)


def styled(
    cells: str,
    xfs: str,
    fonts: str = "<font/>",
    fills: str = "<fill><patternFill/></fill>",
    formats: str = "",
    more: str = "",
    texts: str = "",
    after: str = "",
) -> bytes:
    """A workbook whose cells have these styles."""
    parts: Parts = parts_of(cells, after=after)
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><fonts>{fonts}</fonts><fills>{fills}</fills>'
        f"<cellXfs>{xfs}</cellXfs>{more}</styleSheet>"
    ).encode()
    parts["xl/theme/theme1.xml"] = THEME.encode()
    targets = [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("theme", "theme/theme1.xml")]
    if texts:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{texts}</sst>'.encode()
        targets.append(("sharedStrings", "sharedStrings.xml"))
    parts["xl/_rels/workbook.xml.rels"] = relations(*targets)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", override("/xl/styles.xml", "styles").encode() + b"</Types>"
    )
    return packed(parts)


def sheet(content: bytes) -> Sheet:
    (only,) = read_sheets(content, Limits())
    return only


def in_a_row(looks: Mapping[tuple[int, int], Look], count: int) -> list[Look | None]:
    return [looks.get((0, column)) for column in range(count)]


def test_number_formats_are_told_by_their_code_and_plain_ones_not_at_all() -> None:
    formats = '<numFmt numFmtId="164" formatCode="0&quot;元&quot;"/><numFmt numFmtId="44" formatCode="&quot;¥&quot;0"/>'
    numbers = (0, 1, 4, 9, 14, 31, 41, 44, 49, 164, 165)
    xfs = "".join(f'<xf numFmtId="{number}"/>' for number in numbers)
    cells = row(*(cell(f"{chr(65 + n)}1", 12, f' s="{n}"') for n in range(len(numbers))))
    codes = [look and look.format for look in in_a_row(sheet(styled(cells, xfs, formats=formats)).looks, len(numbers))]
    date, accounting = "yyyy-mm-dd", '#,##0_);(#,##0);"-"_)'
    assert codes == [None, None, None, "0%", date, date, accounting, '"¥"0', None, '0"元"', None]


COLOURS = {
    "white": '<color rgb="FFFFFFFF"/>',
    "nearly white": '<color rgb="FFF8F8F8"/>',
    "grey": '<color rgb="FFC0C0C0"/>',
    "white of the theme": '<color theme="0"/>',
    "black of the theme, all but white": '<color theme="1" tint="0.99"/>',
    "dark blue of the theme": '<color theme="3"/>',
    "white by number": '<color indexed="9"/>',
    "the ground of the system": '<color indexed="65"/>',
    "as the system has it": '<color auto="1"/>',
    "none": "",
    "beyond the theme": '<color theme="40"/>',
    "nonsense": '<color rgb="FFxyzxyz"/>',
}
UNSEEN_ON_WHITE = {
    "white",
    "nearly white",
    "white of the theme",
    "black of the theme, all but white",
    "white by number",
    "the ground of the system",
}


def test_what_has_the_colour_of_its_ground_is_not_seen() -> None:
    fonts = "".join(f"<font>{colour}</font>" for colour in COLOURS.values())
    xfs = "".join(f'<xf fontId="{n}"/>' for n in range(len(COLOURS)))
    cells = row(*(cell(f"{chr(65 + n)}1", 12, f' s="{n}"') for n in range(len(COLOURS))))
    looks = in_a_row(sheet(styled(cells, xfs, fonts)).looks, len(COLOURS))
    assert {name for name, look in zip(COLOURS, looks, strict=True) if look} == UNSEEN_ON_WHITE
    assert {look.marks for look in looks if look} == {(UNSEEN,)}


def test_the_ground_is_that_of_the_cell() -> None:
    yellow, blue = '<color rgb="FFFFFF00"/>', '<color rgb="FF1F4E78"/>'
    fonts = f'<font>{yellow}</font><font><color rgb="FFFFFFFF"/></font>'
    fills = "".join(
        f"<fill>{fill}</fill>"
        for fill in (
            "<patternFill/>",
            f'<patternFill patternType="solid">{yellow.replace("color", "fgColor")}</patternFill>',
            f'<patternFill patternType="solid">{blue.replace("color", "fgColor")}</patternFill>',
            f'<patternFill patternType="gray125">{yellow.replace("color", "fgColor")}</patternFill>',
            "<gradientFill/>",
        )
    )
    pairs = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 2), (1, 0), (1, 3), (1, 4)]
    xfs = "".join(f'<xf fontId="{font}" fillId="{fill}"/>' for font, fill in pairs)
    cells = row(*(cell(f"{chr(65 + n)}1", 12, f' s="{n}"') for n in range(len(pairs))))
    looks = in_a_row(sheet(styled(cells, xfs, fonts, fills)).looks, len(pairs))
    assert [bool(look) for look in looks] == [False, True, False, False, False, True, False, False]


def test_a_workbook_may_bring_its_own_palette() -> None:
    own = "<colors><indexedColors>" + '<rgbColor rgb="00FFFFFF"/>' * 3 + "</indexedColors></colors>"
    content = styled(row(cell("A1", 5, ' s="0"')), '<xf fontId="0"/>', '<font><color indexed="2"/></font>', more=own)
    assert sheet(content).looks == {(0, 0): Look(GENERAL, (UNSEEN,))}


def test_a_cell_may_be_struck_through_or_raised_as_a_whole() -> None:
    fonts = '<font><strike/></font><font><strike val="0"/></font><font><vertAlign val="superscript"/></font>'
    cells = row(*(cell(f"{name}1", 5, f' s="{n}"') for n, name in enumerate("ABC")))
    read = sheet(styled(cells, "".join(f'<xf fontId="{n}"/>' for n in range(3)), fonts))
    assert read.looks == {(0, 0): Look(GENERAL, (STRUCK,)), (0, 2): Look(GENERAL, (RAISED,))}


PIECES = (
    "<r><rPr><strike/></rPr><t>12</t></r><r><t>15</t></r>",
    '<r><t>12</t></r><r><rPr><vertAlign val="subscript"/></rPr><t>1</t></r>',
    '<r><t>12</t></r><r><rPr><color theme="0"/></rPr><t>5</t></r>',
    "<r><t>12</t></r><r><rPr><b/></rPr><t>5</t></r>",
    "<t>125</t>",
)
AS_RUNS = [
    (TextRun("12", (STRUCK,)), TextRun("15")),
    (TextRun("12"), TextRun("1", (RAISED,))),
    (TextRun("12"), TextRun("5", (UNSEEN,))),
    None,
    None,
]


@pytest.mark.parametrize("shared", [True, False])
def test_a_text_is_told_piece_by_piece(shared: bool) -> None:
    if shared:
        cells = "".join(cell(f"{name}1", n, ' t="s"') for n, name in enumerate("ABCDE"))
        content = styled(row(cells), "<xf/>", texts="".join(f"<si>{pieces}</si>" for pieces in PIECES))
    else:
        cells = "".join(
            f'<c r="{name}1" t="inlineStr"><is>{pieces}</is></c>' for name, pieces in zip("ABCDE", PIECES, strict=True)
        )
        content = styled(row(cells), "<xf/>")
    looks = in_a_row(sheet(content).looks, 5)
    assert [look and look.runs for look in looks] == AS_RUNS


def test_a_piece_without_a_look_of_its_own_has_that_of_the_cell() -> None:
    pieces = '<r><t>12</t></r><r><rPr><vertAlign val="baseline"/></rPr><t>15</t></r>'
    text = f'<c r="A1" t="inlineStr" s="0"><is>{pieces}</is></c>'
    read = sheet(styled(row(text), '<xf fontId="0"/>', "<font><strike/></font>"))
    assert read.looks[0, 0].runs == (TextRun("12", (STRUCK,)), TextRun("15"))


CONDITIONS = {
    '<cfRule type="expression" dxfId="0"><formula>TRUE</formula></cfRule>': "sure",
    '<cfRule type="expression" dxfId="0"><formula>FALSE</formula></cfRule>': "no",
    '<cfRule type="expression" dxfId="0"><formula>B$1&gt;10</formula></cfRule>': "sure",
    '<cfRule type="expression" dxfId="0"><formula>C1=0</formula></cfRule>': "no",
    '<cfRule type="expression" dxfId="0"><formula>MOD(ROW(),2)=0</formula></cfRule>': "perhaps",
    '<cfRule type="cellIs" operator="greaterThan" dxfId="0"><formula>100</formula></cfRule>': "no",
    '<cfRule type="cellIs" operator="between" dxfId="0"><formula>1</formula><formula>20</formula></cfRule>': "sure",
    '<cfRule type="cellIs" operator="equal" dxfId="0"><formula>$Z$9</formula></cfRule>': "perhaps",
    '<cfRule type="notContainsBlanks" dxfId="0"/>': "sure",
    '<cfRule type="duplicateValues" dxfId="0"/>': "perhaps",
    '<cfRule type="expression" dxfId="1"><formula>TRUE</formula></cfRule>': "no",
    '<cfRule type="expression" priority="2" dxfId="0"><formula>TRUE</formula></cfRule>'
    '<cfRule type="expression" priority="1" dxfId="2"><formula>TRUE</formula></cfRule>': "first",
}
DXFS = (
    '<dxfs><dxf><numFmt numFmtId="200" formatCode="&quot;999&quot;"/></dxf><dxf><font><b/></font></dxf>'
    '<dxf><numFmt numFmtId="201" formatCode="0&quot;元&quot;"/></dxf></dxfs>'
)


@pytest.mark.parametrize("rules", CONDITIONS)
def test_a_conditional_format_counts_where_it_holds(rules: str) -> None:
    after = f'<conditionalFormatting sqref="A3:D3 B1:C1">{rules}</conditionalFormatting>'.replace("A3:D3 ", "")
    content = styled(row(cell("A1", 1), cell("B1", 12), cell("C1", 12)), "<xf/>", more=DXFS, after=after)
    look = sheet(content).looks.get((0, 1))
    expected = {
        "sure": Look('"999"'),
        "no": None,
        "perhaps": Look(perhaps=Look('"999"')),
        "first": Look('0"元"'),
    }
    assert look == expected[CONDITIONS[rules]]
    assert (0, 0) not in sheet(content).looks


def test_a_condition_can_hide_a_number_or_strike_it_through() -> None:
    dxfs = '<dxfs><dxf><font><color rgb="FFFFFFFF"/></font></dxf><dxf><font><strike/></font></dxf></dxfs>'
    rule = '<conditionalFormatting sqref="{0}"><cfRule type="expression" dxfId="{1}"><formula>TRUE</formula></cfRule></conditionalFormatting>'
    content = styled(
        row(cell("A1", 5), cell("B1", 6)), "<xf/>", more=dxfs, after=rule.format("A1", 0) + rule.format("B1", 1)
    )
    assert sheet(content).looks == {(0, 0): Look(GENERAL, (UNSEEN,)), (0, 1): Look(GENERAL, (STRUCK,))}


def test_a_condition_changes_the_ground_that_a_text_is_seen_on() -> None:
    """As in our own form, where a cell that is filled in turns from yellow to white."""
    white = '<color rgb="FFFFFFFF"/>'
    fonts = f'<font/><font>{white}</font><font><sz val="1"/></font>'
    fills = '<fill><patternFill/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFFFF9DB"/></patternFill></fill>'
    xfs = "".join(f'<xf fontId="{n}" fillId="1"/>' for n in (0, 1, 2)) + '<xf numFmtId="164" fillId="1"/>'
    dxfs = '<dxfs><dxf><fill><patternFill><bgColor rgb="FFFFFFFF"/></patternFill></fill></dxf></dxfs>'
    after = (
        '<conditionalFormatting sqref="A1:F1"><cfRule type="expression" dxfId="0" priority="1">'
        '<formula>A1&lt;&gt;""</formula></cfRule></conditionalFormatting>'
    )
    text = f"<is><r><t>11</t></r><r><rPr>{white}</rPr><t>2</t></r></is>"
    small = '<is><r><t>11</t></r><r><rPr><sz val="1"/></rPr><t>2</t></r></is>'
    plain = "".join(cell(f"{name}1", 12, f' s="{n}"') for n, name in enumerate("ABCD"))
    inline = [f'<c r="{at}1" s="0" t="inlineStr">{said}</c>' for at, said in (("E", text), ("F", small))]
    formats = '<numFmt numFmtId="164" formatCode="[White]0"/>'
    for cells in (plain, *inline):
        looks = sheet(styled(row(cells), xfs, fonts, fills, formats, dxfs, after=after)).looks
        if cells == plain:
            hidden = [why_hidden(Sheet("表", {(0, n): 12.0}, looks={(0, n): looks[0, n]}), (0, n)) for n in (1, 2, 3)]
            assert ((0, 0) in looks, hidden) == (False, ["的字与底色同色", "的字小得看不见", "的字与底色同色"])
        else:
            ((_, look),) = looks.items()
            assert look.runs == (TextRun("11"), TextRun("2", (UNSEEN if cells == inline[0] else TINY,)))


MERGE = '<mergeCells count="2"><mergeCell ref="A1:B2"/><mergeCell ref="D1"/></mergeCells>'


def test_what_lies_under_a_merged_cell_is_told() -> None:
    rows = row(cell("A1", 1), cell("B1", 2), cell("C1", 3), cell("D1", 4)) + row(cell("B2", 5), number=2)
    read = sheet(workbook(rows, after=MERGE))
    assert (read.covered, read.cells[0, 1]) == ({(0, 1), (1, 1)}, 2.0)


def test_the_second_reader_sees_what_lies_under_a_merged_cell_too(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(row(cell("A1", 1), cell("B1", 2), cell("C1", "约17", ' t="str"')), after=MERGE)
    first = sheet(content)
    monkeypatch.setattr("workbook_tool.files.intake.formats.xlsx.calamine_cells", lambda content: None)
    assert sheet(content) == first
    assert first.cells == {(0, 0): 1.0, (0, 1): 2.0, (0, 2): "约17"}


def test_a_merged_area_of_the_whole_grid_takes_no_time() -> None:
    after = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert sheet(workbook(row(cell("A1", 1), cell("B1", 2)), after=after)).covered == {(0, 1)}


def test_what_is_next_to_nothing_high_or_wide_is_hidden() -> None:
    columns = '<cols><col min="1" max="1" width="0.3"/><col min="2" max="2" width="2"/></cols>'
    rows = '<row r="1" ht="1.5"/><row r="2" ht="9"/><row r="3" customHeight="1"/><row r="4" ht="0"/><row r="5"/>'
    read = sheet(workbook(rows, before=columns))
    assert (read.hidden_rows, read.hidden_columns) == ({0, 2, 3}, {0})


@pytest.mark.parametrize("usual", ['zeroHeight="1"', 'defaultRowHeight="0"'])
def test_where_rows_are_hidden_by_default_only_those_are_seen_of_which_something_is_said(usual: str) -> None:
    rows = '<row r="1"/><row r="2" spans="1:2"/><row r="3" ht="15"/><row><c><v>1</v></c></row>'
    assert sheet(workbook(rows, before=f"<sheetFormatPr {usual}/>")).hidden_rows == {0, 3}
    assert not sheet(workbook(rows, before='<sheetFormatPr defaultRowHeight="15"/>')).hidden_rows


def test_columns_may_be_hidden_by_default() -> None:
    before = '<sheetFormatPr defaultColWidth="0"/><cols><col min="1" max="2" width="9"/></cols>'
    assert sheet(workbook(row(cell("A1", 1), cell("C1", 1)), before=before)).hidden_columns >= {2, 3}


@pytest.mark.parametrize(
    ("content", "look", "why"),
    [
        (5.0, Look(";;;"), "的数字格式“;;;”什么也不显示"),
        (0.0, Look(";;;"), "的数字格式“;;;”什么也不显示"),
        ("5", Look(";;;"), "的数字格式“;;;”什么也不显示"),
        ("5", Look('0;0;0;"x"@'), ""),
        (5.0, Look("0"), ""),
        (5.0, Look("[White]0"), "的字与底色同色"),
        (5.0, Look("[白色]0;0", ground="FF0000"), ""),
        (5.0, Look("[Red]0", (UNSEEN,)), ""),
        (5.0, Look(GENERAL, (UNSEEN,)), "的字与底色同色"),
        ("5", Look(runs=(TextRun("5", (UNSEEN,)), TextRun(" "))), "的字与底色同色"),
        ("56", Look(runs=(TextRun("5", (UNSEEN,)), TextRun("6"))), ""),
        (5.0, Look("yyyy-mm-dd"), ""),
    ],
)
def test_why_nobody_sees_a_number(content: object, look: Look, why: str) -> None:
    assert why_hidden(Sheet("表", {(0, 0): content}, looks={(0, 0): look}), (0, 0)) == why
