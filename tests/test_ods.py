"""An .ods is read from its own markup: every way to say a cell, a repetition or that something is hidden."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from tests.workbooks import packed
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.errors import Document, Unreadable
from workbook_tool.model.intake.submission import Content, ErrorValue, Sheet, Uncomputed
from workbook_tool.model.office.settings import Limits

SPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)
CALCEXT = ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
STYLES = """
<style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/></style:style>
<style:style style:name="flat" style:family="table-row"><style:table-row-properties style:row-height="0cm"/></style:style>
<style:style style:name="thin" style:family="table-column"><style:table-column-properties style:column-width="0.0in"/></style:style>
<style:style style:name="wide" style:family="table-column"><style:table-column-properties style:column-width="0.9in"/></style:style>
"""


def ods(body: str, doctype: str = "") -> bytes:
    content = (
        f"{doctype}<office:document-content{SPACES}{CALCEXT}><office:automatic-styles>{STYLES}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode()})


def sheet(rows: str, attributes: str = "") -> Sheet:
    table = f'<table:table table:name="表"{attributes}>{rows}</table:table>'
    (only,) = read_sheets(ods(table), Limits())
    return only


def cell(attributes: str = "", inside: str = "", tag: str = "table-cell") -> str:
    return f"<table:{tag} {attributes}>{inside}</table:{tag}>"


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def number(value: object, more: str = "") -> str:
    return cell(f'office:value-type="float" office:value="{value}" {more}', f"<text:p>{value}</text:p>")


ERROR_TYPE = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
NOTE = "<office:annotation><text:p>批注</text:p></office:annotation>"
ONE_CELL: dict[str, Content] = {
    number("1234.5"): 1234.5,
    cell('office:value-type="percentage" office:value="0.5"', "<text:p>50%</text:p>"): 0.5,
    cell('office:value-type="currency" office:value="-3"'): -3.0,
    cell('office:value-type="boolean" office:boolean-value="true"', "<text:p>真</text:p>"): True,
    cell('office:value-type="boolean" office:boolean-value="1"', "<text:p>1</text:p>"): True,
    cell('office:value-type="boolean" office:boolean-value="0"', "<text:p>0</text:p>"): False,
    cell('office:value-type="date" office:date-value="2023-12-31"'): date(2023, 12, 31),
    cell('office:value-type="date" office:date-value="2023-12-31T12:30:00.123456789"'): datetime(
        2023, 12, 31, 12, 30, 0, 123456
    ),
    cell('office:value-type="time" office:time-value="PT06H30M00S"'): time(6, 30),
    cell('office:value-type="time" office:time-value="PT36H00M00.5S"'): timedelta(hours=36, seconds=0.5),
    cell(
        'office:value-type="string"', "<text:p>甲<text:s text:c='2'/>乙<text:tab/>丙</text:p><text:p>丁</text:p>"
    ): "甲  乙\t丙\n丁",
    cell('office:value-type="string"', "<text:p><text:span>甲</text:span>乙<text:line-break/>丙</text:p>"): "甲乙\n丙",
    cell(
        'office:value-type="string"', "<office:annotation><text:p>批注</text:p></office:annotation><text:p>甲</text:p>"
    ): "甲",
    cell('office:value-type="string" office:string-value="甲"'): "甲",
    cell('office:value-type="string"', "<text:p>#REF!</text:p>"): "#REF!",
    cell(f'table:formula="of:=1/0" {ERROR_TYPE}', "<text:p>#DIV/0!</text:p>"): ErrorValue("#DIV/0!"),
    cell('table:formula="of:=A9" office:value-type="string"', "<text:p>#REF!</text:p>"): ErrorValue("#REF!"),
    cell('table:formula="of:=A9" office:value-type="float" office:value="0"', "<text:p>Err:502</text:p>"): ErrorValue(
        "Err:502"
    ),
    cell(f'table:formula="of:=A9" {ERROR_TYPE}', "<text:p>#SPILL!</text:p>"): ErrorValue("#SPILL!"),
    cell('office:value-type="string"', f"<text:p>乙{NOTE}丙</text:p>"): "乙丙",
    cell('table:formula="of:=SUM([.A1])"'): Uncomputed("SUM(A1)"),
    cell('table:formula="of:=B1" office:value-type="float"'): Uncomputed("B1"),
}


@pytest.mark.parametrize("markup", ONE_CELL, ids=map(repr, ONE_CELL.values()))
def test_every_kind_of_content_reads_as_what_it_is(markup: str) -> None:
    found = sheet(row(markup)).cells
    assert found == {(0, 0): ONE_CELL[markup]}
    assert type(found[0, 0]) is type(ONE_CELL[markup])


def test_an_empty_result_is_no_missing_one() -> None:
    found = sheet(row(cell('table:formula="of:=&quot;&quot;"', "<text:p/>"), cell()))
    assert (found.cells, found.formulas) == ({}, {(0, 0): '""'})


def test_repeated_and_covered_cells_stand_where_they_are() -> None:
    repeated = row(cell('table:number-columns-repeated="2"'), number(7, 'table:number-columns-repeated="2"'))
    rows = repeated.replace("<table:table-row ", '<table:table-row table:number-rows-repeated="2" ')
    covered = row(number(1, 'table:number-columns-spanned="2"'), cell(tag="covered-table-cell"), number(2))
    blank = row(cell('table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048000"')
    expected = {(0, 2): 7.0, (0, 3): 7.0, (1, 2): 7.0, (1, 3): 7.0, (2, 0): 1.0, (2, 2): 2.0}
    assert sheet(rows + covered + blank).cells == expected


def test_whatever_hides_a_row_or_a_column_is_told() -> None:
    columns = (
        '<table:table-column table:style-name="wide"/><table:table-column table:visibility="collapse"/>'
        '<table:table-column-group table:display="false"><table:table-column/></table:table-column-group>'
        '<table:table-column table:style-name="thin" table:number-columns-repeated="2"/>'
        '<table:table-column table:number-columns-repeated="16379"/>'
    )
    rows = (
        row(number(1))
        + row(number(2), attributes='table:visibility="filter"')
        + f"<table:table-header-rows>{row(number(3), attributes='table:visibility=' + chr(34) + 'collapse' + chr(34))}</table:table-header-rows>"
        + f'<table:table-row-group table:display="false"><table:table-row-group>{row(number(4))}</table:table-row-group></table:table-row-group>'
        + row(number(5), attributes='table:style-name="flat"')
        + row(cell(), attributes='table:visibility="collapse" table:number-rows-repeated="1048571"')
    )
    found = sheet(columns + rows)
    assert found.cells == {(line, 0): line + 1.0 for line in range(5)}
    assert found.hidden_columns == {1, 2, 3, 4}
    assert found.hidden_rows == set(range(1, 1024)) - {0} and 0 not in found.hidden_rows
    assert not found.hidden
    assert sheet(row(number(1)), ' table:style-name="gone"').hidden


def test_tables_that_are_no_sheets_are_not_read() -> None:
    inner = f"<office:annotation><table:table>{row(number(9))}</table:table></office:annotation>"
    assert sheet(f"<table:shapes>{inner}</table:shapes>" + row(number(1))).cells == {(0, 0): 1.0}


FAR = {
    "rows": row(number(1), attributes='table:number-rows-repeated="1048577"'),
    "columns": row(number(1, 'table:number-columns-repeated="16385"')),
    "an area": row(
        cell('table:number-columns-repeated="9999"'), number(1), attributes='table:number-rows-repeated="9999"'
    ),
    "two corners": row(number(1, 'table:number-columns-repeated="9999"'))
    + row(cell(), attributes='table:number-rows-repeated="9999"')
    + row(number(1)),
    "no count": row(number(1, 'table:number-columns-repeated="0"')),
    "no number": row(cell('office:value-type="float" office:value="NaN"')),
    "blanks beside it": row(cell('office:value-type="float" office:value=" 7 "')),
    "other digits": row(cell('office:value-type="float" office:value="１２"')),
    "no value": row(cell('office:value-type="float"')),
    "no date": row(cell('office:value-type="date" office:date-value="2023-13-01"')),
}


@pytest.mark.parametrize("name", FAR)
def test_what_no_honest_form_holds_is_refused(name: str) -> None:
    with pytest.raises(Unreadable, match=r"\.xlsx"):
        sheet(FAR[name])


def test_hostile_or_other_documents_are_refused() -> None:
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read_sheets(ods("", '<!DOCTYPE a [<!ENTITY x "1">]>'), Limits())
    with pytest.raises(Unreadable, match="257 张"):
        read_sheets(ods('<table:table table:name="a"/>' * 257), Limits())
    with pytest.raises(Unreadable, match="已损坏"):
        read_sheets(packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), Limits())
    with pytest.raises(Document, match="OpenDocument"):
        text = f"<office:document-content{SPACES}><office:body><office:text/></office:body></office:document-content>"
        read_sheets(packed({"content.xml": text.encode()}), Limits())
