"""An .xlsx is read cell by cell as its markup says, or refused; never with another number."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from tests.grids import annual_report, submission
from tests.workbooks import MAIN, RELATIONS, SHEET, cell, changed, packed, parts_of, relations, row, unpacked, workbook
from workbook_tool.files.intake.formats.markup import Markup
from workbook_tool.files.intake.formats.xlsx import calamine_cells
from workbook_tool.files.intake.inbox import list_inbox
from workbook_tool.files.intake.reading import read_bytes, read_sheets
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import ErrorValue, Sheet, Uncomputed
from workbook_tool.model.office.settings import Limits


def sheet(content: bytes) -> Sheet:
    (only,) = read_sheets(content, Limits())
    return only


def test_error_cells_and_uncomputed_formulas_are_told_from_blanks() -> None:
    cells = (
        '<c r="A1" t="e"><v>#REF!</v></c><c r="B1"><f>SUM(C1:D1)</f></c><c r="C1"><f>D1</f><v></v></c><c r="D1"/>'
        '<c r="E1" t="str"><f>""</f><v></v></c><c r="F1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="G1"><f>1+1</f><v>2</v></c>'
        '<c r="H1"><f t="shared" si="0"/></c><c r="I1" t="str"><f>A1</f></c>'
    )
    read = sheet(workbook(row(cells)))
    assert read.cells == {
        (0, 0): ErrorValue("#REF!"),
        (0, 1): Uncomputed("SUM(C1:D1)"),
        (0, 2): Uncomputed("D1"),
        (0, 5): ErrorValue("#DIV/0!"),
        (0, 6): 2.0,
        (0, 7): Uncomputed(""),
        (0, 8): Uncomputed("A1"),
    }
    assert read.formulas.keys() == {(0, column) for column in (1, 2, 4, 5, 6, 7, 8)}


def test_an_array_formula_counts_for_all_its_cells() -> None:
    array = '<c r="A1"><f t="array" ref="A1:B2">C1:D2</f><v>1</v></c>'
    read = sheet(workbook(row(array, cell("B1", 2)) + row(cell("A2", 3), cell("B2", 4), cell("C2", 5), number=2)))
    assert read.formulas.keys() == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_every_kind_of_content_reads_as_what_it_is() -> None:
    texts = f'<sst xmlns="{MAIN}" uniqueCount="1"><si><r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r></si></sst>'
    cells = (
        cell("A1", 0, ' t="s"'),
        '<c r="B1" t="inlineStr"><is><t>丙</t></is></c>',
        cell("C1", 1, ' t="b"'),
        cell("D1", "-1.5E3"),
        cell("E1", "约17", ' t="str"'),
        cell("F1", "0071", ' t="str"'),
        '<c r="G1" t="n"><v><![CDATA[]]></v></c>',
        '<c r="H1" t="s"/>',
        cell("I1", "１７", ' t="str"'),
    )
    parts = parts_of(row(*cells))
    parts["xl/sharedStrings.xml"] = texts.encode()
    parts["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
    )
    assert list(sheet(packed(parts)).cells.values()) == ["甲 乙", "丙", True, -1500.0, "约17", "0071", "１７"]


def test_hidden_rows_columns_and_sheets() -> None:
    columns = '<cols><col min="1" max="1" hidden="1"/><col min="3" max="4" width="0"/><col min="5" max="16384" width="9"/></cols>'
    rows = '<row r="1" hidden="true"/><row r="2" ht="0"/><row r="3" ht="12" hidden="0"/><row hidden="1"><c><v>4</v></c></row>'
    parts = parts_of(rows, before=columns)
    read = sheet(packed(parts))
    assert (read.hidden_rows, read.hidden_columns, read.hidden) == ({0, 1, 3}, {0, 2, 3}, False)
    assert read.cells == {(3, 0): 4.0}
    for state in (b"hidden", b"veryHidden"):
        parts["xl/workbook.xml"] = parts_of()["xl/workbook.xml"].replace(b"sheetId", b'state="%s" sheetId' % state)
        assert sheet(packed(parts)).hidden


def test_cells_without_an_address_follow_the_one_before() -> None:
    rows = '<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><f>1</f></c></row><row r="4"><c/><c t="e"><v>#N/A</v></c></row><row><c><v>5</v></c></row>'
    expected = {(0, 0): 1.0, (0, 3): 2.0, (0, 4): Uncomputed("1"), (3, 1): ErrorValue("#N/A"), (4, 0): 5.0}
    assert sheet(workbook(rows)).cells == expected


DOUBTFUL = {
    "a cell there twice": row(cell("A1", 1), cell("A1", 2)),
    "a cell of another row": row(cell("A2", 1)),
    "a cell beyond the grid": row(cell("XFE1", 1)),
    "a row beyond the grid": row(cell("A1048577", 1), number=1048577),
    "two values": '<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>',
    "a kind that nobody knows": row(cell("A1", 1, ' t="zz"')),
    "no number": row(cell("A1", "NaN")),
    "no end": row(cell("A1", "1e999")),
    "what calamine reads otherwise": '<row r="1"><c r="A1"><v><![CDATA[5]]></v></c></row>',
    "a dollar sign": row(cell("$A$1", 1)),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_can_be_read_in_two_ways_is_refused(name: str) -> None:
    with pytest.raises(Unreadable, match=r"\.xlsx"):
        sheet(workbook(DOUBTFUL[name]))


def test_a_value_where_the_markup_holds_none_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"单元格 B1 .*两种读法"):
        Markup(filled={(0, 0): ("n", "1")}, numbers={(0, 0): 1.0}).complete("表", {(0, 0): 1.0, (0, 1): 2.0})


def test_the_same_cell_twice_with_the_same_value_is_no_doubt() -> None:
    assert sheet(workbook(row(cell("A1", 1), cell("A1", 1)))).cells == {(0, 0): 1.0}


def test_a_comment_within_a_number_never_cuts_it() -> None:
    with pytest.raises(Unreadable, match="两种读法"):
        sheet(workbook('<row r="1"><c r="A1"><v>1<!-- -->2</v></c></row>'))


def test_parts_are_found_by_relation_and_not_by_name() -> None:
    parts = parts_of(row(cell("B2", 7), number=2).replace('r="2"', 'r="2" hidden="1"'))
    parts["xl/worksheets/other.xml"] = parts.pop(SHEET)
    parts[SHEET] = b"<worksheet/>"
    targets = (
        "worksheets/other.xml",
        "/xl/worksheets/other.xml",
        "./worksheets/../worksheets/other.xml",
        "worksheets/OTHER.xml",
    )
    for target in targets:
        parts["xl/_rels/workbook.xml.rels"] = relations(("worksheet", target))
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"sheet1.xml", b"other.xml")
        read = sheet(packed(parts))
        assert (read.cells, read.hidden_rows) == ({(1, 1): 7.0}, {1})


def test_the_workbook_is_found_by_relation_and_not_by_name() -> None:
    parts = {name.replace("xl/", "book/"): data.replace(b"xl/", b"book/") for name, data in parts_of().items()}
    assert sheet(packed({**parts, "xl/workbook.xml": b"<workbook/>"})).cells == {(0, 0): 1.0}


def test_a_sheet_is_never_lost_in_silence() -> None:
    parts = parts_of()
    parts["xl/_rels/workbook.xml.rels"] = relations(("sheet", "worksheets/sheet1.xml"))
    with pytest.raises(Unreadable, match="已损坏"):
        read_sheets(packed(parts), Limits())


def test_a_chart_sheet_is_no_worksheet() -> None:
    parts = parts_of()
    chart = '<sheet name="图" sheetId="2" r:id="rId2"/></sheets>'.encode()
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</sheets>", chart)
    parts["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"), ("chartsheet", "chartsheets/sheet1.xml")
    )
    parts["xl/chartsheets/sheet1.xml"] = f'<chartsheet xmlns="{MAIN}"/>'.encode()
    assert [read.name for read in read_sheets(packed(parts), Limits())] == ["表"]


def test_a_worksheet_whose_part_is_gone_is_never_a_missing_table() -> None:
    parts = parts_of()
    del parts[SHEET]
    with pytest.raises(Unreadable, match="已损坏"):
        read_sheets(packed(parts), Limits())


def strict(content: bytes) -> bytes:
    """The workbook as Excel saves it under Strict Open XML."""
    spaces = {
        MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
        RELATIONS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
    parts = unpacked(content)
    for old, new in spaces.items():
        parts = {name: data.replace(old.encode(), new.encode()) for name, data in parts.items()}
    return packed(parts)


def prefixed(content: bytes) -> bytes:
    """The workbook with a prefix on every name of its sheet."""
    import re

    return changed(content, SHEET, lambda xml: re.sub(rb"<(/?)(?=\w)", rb"<\1x:", xml).replace(b"xmlns=", b"xmlns:x="))


def windows(content: bytes) -> bytes:
    """The workbook with the other slash in its entry names."""
    return packed({name.replace("/", "\\"): data for name, data in unpacked(content).items()})


@pytest.mark.parametrize("dress", [strict, prefixed, windows])
def test_dress_does_not_matter(dress) -> None:  # type: ignore[no-untyped-def]
    content = workbook(
        row(cell("A1", 5), cell("B1", "#N/A", ' t="e"'), '<c r="C1"><f>A1</f></c>'),
        before='<cols><col min="2" max="2" hidden="1"/></cols>',
    )
    assert sheet(dress(content)) == sheet(content)
    assert sheet(content).hidden_columns == {1}


def utf16(content: bytes) -> bytes:
    """The workbook with its sheet in UTF-16, which calamine does not read and openpyxl does."""
    return changed(content, SHEET, lambda xml: xml.decode().encode("utf-16"))


def test_where_calamine_refuses_openpyxl_reads_the_same() -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    cells = (cell("A1", 5), cell("B1", "#N/A", ' t="e"'), '<c r="C1"><f>A1</f></c>', cell("D1", 45000, ' s="1"'))
    parts = parts_of(row(*cells, cell("E1", 1, ' t="b"'), cell("F1", "约17", ' t="str"'), cell("G1", 1.5)))
    parts["xl/styles.xml"] = styles.encode()
    parts["xl/_rels/workbook.xml.rels"] = relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"))
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.styles+xml"/></Types>',
    )
    content = packed(parts)
    assert calamine_cells(utf16(content)) is None
    expected = [5.0, ErrorValue("#N/A"), Uncomputed("A1"), date(2023, 3, 15), True, "约17", 1.5]
    for read in (sheet(content), sheet(utf16(content))):
        assert [read.cells[0, column] for column in range(7)] == expected
        assert [type(read.cells[0, column]) for column in range(7)] == list(map(type, expected))
    assert sheet(utf16(content)) == sheet(content)


def test_where_both_readers_refuse_so_do_we() -> None:
    with pytest.raises(Unreadable, match="已损坏"):
        sheet(workbook(row(cell("A1", 99, ' t="s"'))))


def test_a_truncated_or_flipped_file_is_refused_or_reads_the_same(issued: Path) -> None:
    whole, form = issued.read_bytes(), annual_report()
    right = [r.number for r in submission(form, list(read_sheets(whole, Limits()))).readings]
    assert None not in right
    for number in range(60):
        place = len(whole) * number // 60
        flipped = whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :]
        for content in (whole[:place], flipped, whole[:place] + bytes(len(whole) - place)):
            try:
                read = [r.number for r in submission(form, list(read_sheets(content, Limits()))).readings]
            except Unreadable:
                continue
            assert read == right


def test_only_regular_files_of_honest_size_are_opened(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x" * (1 << 20))
    assert read_bytes(tmp_path / "a.xlsx", Limits(file_mib=1)) == b"x" * (1 << 20)
    (tmp_path / "b.xlsx").write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(Unreadable, match="超过 1 MiB 的上限"):
        read_bytes(tmp_path / "b.xlsx", Limits(file_mib=1))
    with pytest.raises(Unreadable, match="不是普通文件"):
        read_bytes(tmp_path, Limits())
    with pytest.raises(Unreadable, match="无法读取"):
        read_bytes(tmp_path / "gone.xlsx", Limits())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_links_and_pipes_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "a.xlsx")
    os.mkfifo(tmp_path / "pipe.xlsx")
    for name in ("link.xlsx", "pipe.xlsx"):
        with pytest.raises(Unreadable, match="不是普通文件"):
            read_bytes(tmp_path / name, Limits())


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
