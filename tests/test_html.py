"""Web pages with tables, as systems write them under the name of an .xls, and as Excel saves them."""

from __future__ import annotations

import tracemalloc
from datetime import date, datetime
from email.message import EmailMessage

import pytest

from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.look import GENERAL, RAISED, STRUCK, TINY, UNSEEN, Look, TextRun
from workbook_tool.model.intake.submission import ErrorValue, Sheet
from workbook_tool.model.office.settings import Limits


def read(text: str, encoding: str = "utf-8") -> Sheet:
    (sheet,) = read_sheets(text.encode(encoding), Limits())
    return sheet


def cells(text: str) -> dict[tuple[int, int], object]:
    return dict(read(text).cells)


def one(cell: str, head: str = "") -> Sheet:
    return read(f"<html>{head}<table><tr>{cell}</tr></table>")


def test_a_page_is_one_sheet_from_top_to_bottom() -> None:
    page = """<!DOCTYPE html><html><head><title>不算</title><script>x=1</script></head><body>
        <h1>示例县教育局</h1><p>单位：<b>万</b>元</p><div>一<br>二</div>
        <table><caption>表二</caption><tr><th>项目<th>数</tr><tr><td>甲</td><td>1</td></tr></table>
        <p>说明</p><table><tbody><tr><td>乙<td>2</table>尾</body></html>"""
    assert cells(page) == {
        **{(0, 0): "示例县教育局", (1, 0): "单位：万元", (2, 0): "一", (3, 0): "二", (4, 0): "表二"},
        **{
            (5, 0): "项目",
            (5, 1): "数",
            (6, 0): "甲",
            (6, 1): 1.0,
            (7, 0): "说明",
            (9, 0): "乙",
            (9, 1): 2.0,
            (10, 0): "尾",
        },
    }


def test_cells_that_reach_further_push_the_others_aside() -> None:
    sheet = read(
        "<table><tr><td rowspan=2 colspan=2>甲<td>1<tr><td>2<tr><td rowspan=99>乙<td colspan=0>3<td colspan=x>4"
        "<tr><td>5</table>"
    )
    assert sheet.cells == {(0, 0): "甲", (0, 2): 1.0, (1, 2): 2.0, (2, 0): "乙", (2, 1): 3.0, (2, 2): 4.0, (3, 1): 5.0}
    assert sheet.reaches == {(0, 0): (1, 1), (2, 0): (3, 0)} and not sheet.covered


def test_a_table_for_the_layout_is_none_of_the_report() -> None:
    assert cells("<table><tr><td>菜单<td><table><tr><td>甲<td>1</table>脚注</table>") == {
        **{(0, 0): "菜单", (1, 0): "甲", (1, 1): 1.0, (2, 0): "脚注"}
    }


NUMBERS = {
    "<td>12": 12.0,
    "<td>1,234,567.50": 1234567.5,
    "<td>-3": -3.0,
    "<td>&nbsp; 7 &nbsp;": 7.0,
    "<td>0071": "0071",
    "<td>1,23": "1,23",
    "<td>12件": "12件",
    "<td>１２": "１２",
    "<td x:str>12": "12",
    "<td style='mso-number-format:\"\\@\"'>12": "12",
    '<td x:num="12.4">12': 12.4,
    "<td x:num>5": 5.0,
    "<td x:num>标题": "标题",
    '<td sdval="3.5" sdnum="2052;0;0">4': 3.5,
    '<td sdval="45352" sdnum="1033;0;YYYY-MM-DD">2024-03-01': date(2024, 3, 1),
    '<td style=\'mso-number-format:"yyyy\\0022年\\0022m\\0022月\\0022"\' x:num="45352.5">2024年3月': datetime(
        2024, 3, 1, 12
    ),
    '<td sdval="45352" sdnum="1033;0;[RED]Standard">45352': 45352.0,
    '<td sdval="45352" sdnum="1033;0;0&quot;day&quot;">45352day': 45352.0,
    "<td x:err>#DIV/0!": ErrorValue("#DIV/0!"),
    "<td>#REF!": ErrorValue("#REF!"),
    "<td x:bool>TRUE": True,
    "<td>一<br>二 三<p>四</p>": "一\n二 三\n四",
    "<td>  多  个\n空 格 ": "多 个 空 格",
    '<td>看得见<span style="display:none">看不见</span>': "看得见",
    '<td>1<font style="font-size:0">2</font><i hidden>3</i>': 1.0,
}


@pytest.mark.parametrize("cell", NUMBERS)
def test_a_cell_holds_what_a_spreadsheet_makes_of_it(cell: str) -> None:
    assert one(cell).cells == {(0, 0): NUMBERS[cell]}


CSS = r"""<style><!-- table {mso-displayed-decimal-separator:"\.";} td {color:windowtext; vertical-align:bottom}
.wan {mso-number-format:"0\\\.0000";} td.fixed, .other {mso-number-format:Fixed;}
.yuan {mso-number-format:"\#\,\#\#0\.00\0022元\0022";}  .gone {text-decoration:line-through} /* .wan {color:red} */ --></style>"""
LOOKS = {
    "<td class=wan>12": Look(r"0\.0000"),
    "<td class='fixed x'>12": None,
    "<td class=yuan>12": Look('#,##0.00"元"'),
    "<td class=gone>12": Look(GENERAL, (STRUCK,)),
    "<td><s>12</s>": Look(GENERAL, (STRUCK,)),
    "<td>12<sup>1</sup>": Look(runs=(TextRun("12"), TextRun("1", (RAISED,)))),
    "<td>8<del>9</del> 5": Look(runs=(TextRun("8"), TextRun("9", (STRUCK,)), TextRun(" 5"))),
    "<td><font color=#FFFFFF>12</font>": Look(GENERAL, (UNSEEN,)),
    '<td style="color:white">12': Look(GENERAL, (UNSEEN,)),
    '<td bgcolor="#1F4E78"><font color="white">12</font>': None,
    '<td bgcolor="#1F4E78"><font color="#1F4E78">12</font>': Look(GENERAL, (UNSEEN,), "1F4E78"),
    '<td sdval="25" sdnum="2052;0;0,&quot;万&quot;">0万': Look('0,"万"'),
    '<td style=\'mso-number-format:"0%"\' x:num="0.5">50%': Look("0%"),
    '<td style=\'mso-number-format:"0"\' x:num="12.6">13': Look("0"),
    '<td style=\'mso-number-format:"0"\' x:num="12">12': None,
    '<td sdval="12.6" sdnum="2052;0;#,##0">13': Look("#,##0"),
    '<td>12<span style="font-size:1.0pt">5</span>': Look(runs=(TextRun("12"), TextRun("5", (TINY,)))),
}


@pytest.mark.parametrize("cell", LOOKS)
def test_how_a_cell_is_shown_is_told(cell: str) -> None:
    assert one(cell, CSS).looks.get((0, 0)) == LOOKS[cell]


def test_hidden_rows_and_columns_stay_and_are_told_as_hidden() -> None:
    sheet = read(
        "<table><col><colgroup span=2 style='display:none'></colgroup><colgroup hidden><col></colgroup><col width=0><tr><td>1<td>2<tr style='display:none'><td>3"
        "<tr height=0><td>4<tr><td>5</table><div style='visibility:hidden'><table><tr><td>6</table></div>"
    )
    assert sheet.cells == {(0, 0): 1.0, (0, 1): 2.0, (1, 0): 3.0, (2, 0): 4.0, (3, 0): 5.0}
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({1, 2}, {1, 2, 3, 4})


def test_formulas_and_the_name_of_the_sheet_are_excel_s() -> None:
    sheet = one(
        "<td x:num='3' x:fmla='=SUM(A1:B1)'>3", "<!--[if gte mso 9]><xml><x:Name>表&amp;三</x:Name></xml><![endif]-->"
    )
    assert (sheet.name, sheet.cells, sheet.formulas) == ("表&三", {(0, 0): 3.0}, {(0, 0): "SUM(A1:B1)"})


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("", "utf-8"),
        ("", "gb18030"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("gb2312", "gb18030"),
        ("GBK", "gbk"),
        ("gb2312", "utf-8"),
    ],
)
def test_any_encoding_of_our_desks_is_read(said: str, encoding: str) -> None:
    head = f'<meta http-equiv=Content-Type content="text/html; charset={said}">' if said else ""
    assert read(f"<html>{head}<table><tr><td>总计<td>镕</table>", encoding).cells == {(0, 0): "总计", (0, 1): "镕"}


@pytest.mark.parametrize(
    "page", ["<html><p>404 没有找到</p>", "<html>", "<table></table>", "<html><frameset></frameset>"]
)
def test_a_page_without_a_table_is_called_so(page: str) -> None:
    with pytest.raises(Unreadable, match=r"网页文件（\.html），里面没有表格；.*\.xlsx"):
        read(page)


BOMBS = {
    "spans": "<table><tr><td rowspan=99999999 colspan=99999999>1" + "<td rowspan=65534 colspan=1000>1" * 9,
    "rows that reach down": "<table>" + ("<tr>" + "<td rowspan=99>1" * 3) * 120,
    "nested": "<table><tr><td>1" + "<div>" * 50_000 + "2",
    "tables": "<table><tr><td>" * 3000 + "1",
    "entities": '<!DOCTYPE html [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><table><tr><td>&c;&c;',
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_page_takes_little_room(name: str) -> None:
    """62 bytes of it took 1.5 GB where every cell of a span was laid out."""
    tracemalloc.start()
    try:
        read(BOMBS[name])
    except Unreadable as error:
        assert "不是正常的填报表" in str(error) or "没有表格" in str(error)
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 50 << 20


def test_a_table_that_reaches_too_far_is_refused() -> None:
    with pytest.raises(Unreadable, match="不是正常的填报表"):
        read("<table><tr>" + "<td colspan=1000>1" * 20)


def test_a_workbook_that_excel_saved_as_a_web_archive_is_read(encoding: str = "gb2312") -> None:
    about = "".join(
        f'<x:ExcelWorksheet><x:Name>{name}</x:Name><x:WorksheetSource HRef=3D"x.files/{file}"/>{more}</x:ExcelWorksheet>'.replace(
            "=3D", "="
        )
        for name, file, more in (
            ("表二", "sheet001.htm", ""),
            ("藏", "sheet002.htm", "<x:Visible>SheetHidden</x:Visible>"),
        )
    )
    pages = {
        "x.htm": f"<html><head><!--[if gte mso 9]><xml>{about}</xml><![endif]--></head><frameset></frameset></html>",
        "x.files/sheet001.htm": "<html><table><tr><td>规章<td x:num>3</table>",
        "x.files/sheet002.htm": "<html><table><tr><td x:num>9</table>",
    }
    message = EmailMessage()
    message["X-Document-Type"] = "Workbook"
    message.make_related()
    for where, page in pages.items():
        part = EmailMessage()
        part.set_content(page.encode(encoding), maintype="text", subtype="html", cte="quoted-printable")
        part.replace_header("Content-Type", f'text/html; charset="{encoding}"')
        part["Content-Location"] = f"file:///C:/2A1B/{where}"
        message.attach(part)
    first, second = read_sheets(message.as_bytes(), Limits())
    assert (first.name, first.hidden, first.cells) == ("表二", False, {(0, 0): "规章", (0, 1): 3.0})
    assert (second.name, second.hidden, second.cells) == ("藏", True, {(0, 0): 9.0})
