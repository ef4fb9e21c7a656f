"""Whole reports pasted from a web page, text and tables on one sheet, as agencies without the template send them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.grids import annual_report, distinct, year
from tests.office_tools import needs_office, saved_as
from tests.offices import CASES
from workbook_tool.files.intake.inbox import source_file
from workbook_tool.files.office.roster import load_roster
from workbook_tool.intake import Terms, take_in
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.layout import lay_out
from workbook_tool.model.intake.submission import Content, Submission

FORM = annual_report()
AS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97", "ods": "ods:calc8"}


def page(form: Form, contents: Mapping[str, Content]) -> str:
    """The published report: its title, paragraphs, and the tables in statutory layout with their merged cells."""
    parts = [f"<p>示例县教育局2023年{form.title}</p>", "<p>一、总体情况</p>", "<p>2023年，我局认真贯彻落实条例。</p>"]
    for table in form.tables:
        parts += [f"<p>{table.title}</p>", html_table(form, table, contents)]
    parts += ["<p>五、存在的主要问题及改进情况</p>", "<p>六、其他需要报告的事项</p>", "<p>本机关未收取信息处理费。</p>"]
    return f'<html><meta charset="utf-8"><body>{"".join(parts)}</body></html>'


def html_table(form: Form, table: Table, contents: Mapping[str, Content]) -> str:
    layout = lay_out(form, table)
    cells = {(h.row, h.column): (h.text, h.span) for h in layout.headings}
    cells |= {(s.row, s.column): (f"{contents[form.items[i].code]:.0f}", s.span) for i, s in layout.slots.items()}
    rows = []
    for row in range(layout.height):
        own = sorted((column, *cell) for (r, column), cell in cells.items() if r == row)
        rows.append("".join(f'<td rowspan="{down}" colspan="{right}">{text}</td>' for _, text, (down, right) in own))
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_web_page_itself_is_read_in_full_under_the_name_of_an_xls(encoding: str, tmp_path: Path) -> None:
    text = page(FORM, distinct(FORM)).replace("utf-8", "gb2312" if encoding == "gb18030" else encoding)
    (tmp_path / "年报.xls").write_text(text, encoding=encoding)
    in_full(tmp_path / "年报.xls")


@needs_office
@pytest.mark.parametrize("kind", AS)
def test_a_report_pasted_from_its_web_page_is_read_in_full(kind: str, tmp_path: Path) -> None:
    (tmp_path / "年报.html").write_text(page(FORM, distinct(FORM)), encoding="utf-8")
    saved = saved_as(tmp_path / "年报.html", AS[kind], tmp_path, "--infilter=HTML (StarCalc)")
    in_full(saved)


def in_full(path: Path) -> None:
    read = take_in(source_file(path, path.name), Terms(FORM, load_roster(CASES / "roster.csv"), year(2023)))
    assert isinstance(read, Submission)
    assert (read.identity.name, read.identity.period, read.findings) == ("示例县教育局", year(2023), ())
    numbers = [int(float(str(distinct(FORM)[item.code]))) * 10**item.decimals for item in FORM.items]
    assert [reading.number for reading in read.readings] == numbers
