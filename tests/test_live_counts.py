"""Live counts of a blank list that rest on what follows from other columns: two spreadsheet programs say what we count."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import tomli

from tests.gnumeric import SSCONVERT, needs_gnumeric
from tests.office_tools import needs_office, recalculated, seen
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.files.office.toml import Keys
from workbook_tool.files.workbook.render import render
from workbook_tool.model.cells import address
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.row_formula import Given
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Limits
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.form.issue import Issue
from workbook_tool.steps.intake.parse import parse
from workbook_tool.steps.judging.rows import judge_rows
from workbook_tool.steps.judging.tally import count

FORM = """id = "x"
title = "信访"
[[table]]
name = "信访"
list = true
group = "类别"
sign = ["填表人", "审核人"]
note = "只登记来访。"
columns = [
  "序号",
  "事项",
  { label = "件数", kind = "number", optional = true },
  { label = "登记日期", kind = "date" },
  { label = "办结日期", kind = "date", optional = true },
  { label = "延期", kind = "yesno" },
  { label = "类别", choices = ["甲类", "乙类"] },
  { label = "办结", kind = "yesno", is = "filled(办结日期)" },
  { label = "加倍", kind = "number", is = "件数 * 2" },
  { label = "用时", kind = "number", is = "days(登记日期, 办结日期)" },
  { label = "超期", kind = "yesno", is = "用时 > 15 + 15 * 延期" },
  { label = "均时", kind = "number", is = "用时 / 件数" },
  { label = "工作日", kind = "number", is = "workdays(登记日期, 办结日期)" },
  { label = "合件", kind = "number", is = "件数 + 件数" },
]
"""
LIVE = (
    'by = ["办结"]',
    'sum = "加倍"',
    'sum = "用时"',
    'by = ["超期", "类别"]\ndate = "登记日期"',
    'where = "非 filled(办结日期) 且 类别 != 甲类"',
    'where = "超期 == 否 或 件数 > 6"',
    'where = "登记日期 >= 期初 且 办结日期 <= “2023-12-31” 且 用时 / 件数 > 9"',
)
LATER = ('sum = "均时"', 'where = "均时 > 9"', 'sum = "工作日"', 'where = "month(登记日期) == 3"')
"""What no spreadsheet says of every row, or not all of them in one way."""
ROWS: tuple[tuple[object, ...], ...] = (
    ("一", 3, date(2023, 3, 1), date(2023, 3, 20), "否", "甲类"),
    ("二", 2, date(2023, 3, 1), date(2023, 3, 20), "是", "乙类"),
    ("三", 1, date(2023, 3, 1), None, "否", "甲类"),
    ("四", 1, date(2022, 3, 1), date(2023, 3, 20), "否", "甲类", "否", 7, None, "否"),
    ("五", 7, date(2023, 5, 1), date(2023, 5, 20), "否", "乙类"),
    ("六", 0, date(2023, 5, 1), date(2023, 5, 20), "否", "乙类"),
    ("七", None, date(2023, 5, 1), None, "否", "乙类"),
)
YEAR = Period.parse("2023")


def counted(*tallies: str) -> Form:
    told = [f'[[tally]]\nid = "N{n}"\ntitle = "统计{n}"\n{told}\n' for n, told in enumerate(tallies)]
    return read_form(Keys(tomli.loads("".join([FORM, *told])), "x"))


def typed(form: Form, path: Path) -> Path:
    render(blank_book(form, YEAR, date(2024, 1, 1)), path)
    book = openpyxl.load_workbook(path)
    sheet = book["信访"]
    (head,) = [cell for line in sheet.iter_rows() for cell in line if cell.value == "事项"]
    for row, values in enumerate(ROWS, head.row + 1):
        for column, value in enumerate(values, head.column):
            sheet.cell(row, column).value = value
    (signed,) = [cell for line in sheet.iter_rows() for cell in line if cell.value == "填表人："]
    signed.value = "填表人：某某"
    book.save(path)
    return path


def shown(form: Form, path: Path) -> dict[str, object]:
    cells, places = seen(path), Issue(form, YEAR).places
    return {i.code: cells.get((sheet, address(row, c))) for i in form.items for sheet, row, c in [places[i.index]]}


@needs_office
@needs_gnumeric
def test_what_follows_in_a_row_is_counted_live_as_we_count_it(tmp_path: Path) -> None:
    form = counted(*LIVE)
    path = typed(form, tmp_path / "x.xlsx")
    rulebook = Rulebook(form)
    parsed = parse(read_sheets(path.read_bytes(), Limits()), rulebook)
    lists, _ = judge_rows(parsed.lists, parsed.notes, rulebook, Given(YEAR.first, YEAR.last))
    assert [record.values[0] for record in parsed.lists[0].records] == [values[0] for values in ROWS]
    assert [f.rule.id for f in parsed.findings if f.sheet == "信访"] == []
    ours = {item.code: count(lists, form, YEAR, parsed.readings)[item.index].number for item in form.items}
    assert ours["N1.all.n"] == 33 and None not in ours.values()
    assert shown(form, recalculated(path)) == ours
    subprocess.run([str(SSCONVERT), "--recalc", path, tmp_path / "gnumeric.xlsx"], check=True, capture_output=True)
    assert shown(form, tmp_path / "gnumeric.xlsx") == ours
    for cells in (seen(recalculated(path)), seen(tmp_path / "gnumeric.xlsx")):
        assert [[cells.get(("信访", f"{c}{row}")) for c in "ACN"] for row in (6, 8, 9, 10)] == [
            ["只登记来访。", None, None],
            ["甲类小计", 5, 10],
            ["乙类小计", 9, 18],
            ["合计", 14, 28],
        ]


@pytest.mark.parametrize("told", LATER)
def test_what_a_spreadsheet_cannot_say_of_each_row_is_counted_later_and_has_no_sheet(told: str) -> None:
    sheets = [sheet.name for sheet in blank_book(counted(told, LIVE[0]), YEAR, date(2024, 1, 1)).sheets]
    assert ("统计0" in sheets, "统计1" in sheets) == (False, True)


@needs_office
def test_a_blank_list_says_where_to_write_that_there_is_nothing_and_takes_it(tmp_path: Path) -> None:
    """A week without anything was asked about each week, as nobody knew that 无 is enough."""
    form = counted('by = ["类别"]')
    path = tmp_path / "x.xlsx"
    render(blank_book(form, YEAR, date(2024, 1, 1)), path)
    book = openpyxl.load_workbook(path)
    sheet = book["信访"]
    (asked,) = [c for line in sheet.iter_rows() for c in line if isinstance(c.value, str) and "写“无”" in c.value]
    told = [c.value for line in openpyxl.load_workbook(path, data_only=True)["封面"].iter_rows() for c in line]
    assert any(isinstance(one, str) and "在第一行“事项”一格写“无”" in one for one in told)  # as it is on the sheet
    assert "在第一行“事项”一格写“无”" in str(asked.value)
    (head,) = [c for line in sheet.iter_rows() for c in line if c.value == "事项"]
    sheet.cell(head.row + 1, head.column).value = "无"
    book.save(path)
    assert seen(recalculated(path))["信访", asked.coordinate] == "✔ 已写明没有"
    rulebook = Rulebook(form)
    parsed = parse(read_sheets(path.read_bytes(), Limits()), rulebook)
    lists, told = judge_rows(parsed.lists, parsed.notes, rulebook, Given(YEAR.first, YEAR.last))
    assert (lists[0].records, told) == ((), [])
