"""Agencies' pages, the heat map, whose filings cause a difference, and this year beside last; of the form of test_compose."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import tomli
from msgspec.structs import replace

from tests.grids import year
from tests.office_tools import needs_office, recalculated, recalculation_changes
from tests.results import of_run
from tests.test_compose import (
    EVIL,
    FULL,
    cell_at,
    filing,
    finding,
    form,
    mixed,
    result,
    sheet_of,
    written,
)
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Agency, Reading, ReadingState, as_decimal
from workbook_tool.model.judging.diagnosis import Certainty
from workbook_tool.model.judging.finding import Blank, Finding
from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.workbook.book import Book, Cell, Value
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.workbook import compose
from workbook_tool.steps.workbook.causes import main_items
from workbook_tool.steps.workbook.number_roles import marks
from workbook_tool.steps.workbook.plan import Plan

__all__ = ["form", "mixed"]  # the fixtures that this module shares


def years(consolidation: Consolidation, **changes: int | None) -> Consolidation:
    """The result beside a year in which 001, 003 and a body that is gone filed the same, but for these of 001."""
    index = {item.code: item.index for item in consolidation.form.items}
    full = {index[code]: number for code, number in FULL.items()}
    own = {index[code.replace("_", ".")]: number for code, number in changes.items()}
    first = {i: n for i, n in {**full, **own}.items() if n is not None}
    last = LastYear(year(2022), "values.csv", {"001": first, "003": full, "099": full})
    return of_run(consolidation, last_year=last)


@pytest.fixture
def crowded(form: Form, mixed: Consolidation, tmp_path: Path) -> Consolidation:
    """So many agencies that their pages share a sheet, beside last year."""
    more = [filing(form, Agency(f"1{n:02d}", f"园{n}"), FULL) for n in range(30)]
    return years(result(form, tmp_path, *mixed.agencies, *more), A_red_all=5)


@needs_office
def test_recalculation_changes_nothing_with_many_agencies_and_last_year(crowded: Consolidation, tmp_path: Path) -> None:
    assert recalculation_changes(written(crowded, tmp_path)) == {}


def test_a_page_shows_what_was_filed_and_marks_what_is_wrong(mixed: Consolidation) -> None:
    book, plan = compose(mixed), Plan(mixed)
    record = mixed.agencies[2]
    name, _, _ = plan.pages.place("003")
    page = sheet_of(book, name)

    def shown(code: str) -> Cell:
        return cell_at(page, *plan.pages.place("003", plan.form.by_code[code].index)[1:])

    assert [(shown(code).value, shown(code).role) for code in ("A.red.big", "A.green.all", "A.green.big")] == [
        (None, "bad"),
        (5, "bad"),
        (1, "number"),
    ]
    assert shown("A.green.all").note == f"必须改 A-ROW：{EVIL}"
    assert shown("B.fragrant.all").value == Decimal("3.3")
    told = [cell.value for cell in page.every_cell]
    assert record.file is not None
    assert {"退回", "必须改", "A-ROW", "丙园", "003", f"按时；文件：{record.file.source.path}"} <= set(told)
    links = {cell.value: cell.link for cell in page.every_cell if cell.link}
    assert links["看数"] == plan.page_link(record, plan.form.by_code["A.green.all"].index)
    assert {"总览", "报送情况", "问题清单", "问题热图", "单位明细"} <= links.keys()


def test_a_comment_stands_where_something_is_to_be_said_that_is_not_told_beside_it() -> None:
    """A blank is seen to be one, and a sum that is off because of a located number follows from that."""
    sum_off = Finding("A-ROW", Severity.MUST, "填 5，应为 4", item=3)
    followed = replace(sum_off, located=(1,), likely=(1,), certainty=Certainty.UNIQUE)
    blank = replace(sum_off, item=2, blank=Blank((2,), ("",), (), "", ""))
    told = {item: one.note for item, one in marks([followed, blank]).items()}
    assert told == {1: "必须改 A-ROW：填 5，应为 4", 2: "", 3: ""}
    assert marks([sum_off])[3].note == told[1]
    caused = replace(followed, message="先看 B2：填 3，应为 2。不符的是：合计填 5，应为 4。")
    assert marks([caused])[1].note == "必须改 A-ROW：先看 B2：填 3，应为 2。", "what is off stands in 问题清单"


def test_who_has_not_filed_has_no_page(mixed: Consolidation) -> None:
    assert Plan(mixed).page_link(mixed.agencies[3]) == ""


def test_names_of_pages_are_safe_and_unique(form: Form, tmp_path: Path) -> None:
    names = ["甲/乙:丙[1]", "甲_乙_丙_1_", "'" + "长" * 40, "'" + "长" * 41, "Ab", "aB"]
    records = [filing(form, Agency("c" if n < 2 else "C", name), FULL) for n, name in enumerate(names)]
    # Codes are unique in a roster; here they are not, so that only the names can tell the sheets apart.
    pages = [Plan(result(form, tmp_path, *records[n : n + 2])).pages.sheets for n in (0, 2, 4)]
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'!") for page in pages for name in page.values())
    several = [filing(form, Agency(f"{n}", "长" * 40), FULL) for n in range(3)]
    sheets = Plan(result(form, tmp_path, *several)).pages.sheets.values()
    assert len({name.lower() for name in sheets}) == 3


def test_many_pages_are_stacked_with_an_index_and_a_page_each(crowded: Consolidation) -> None:
    book, plan = compose(crowded), Plan(crowded)
    sheet = sheet_of(book, "单位页")
    tops = [plan.pages.tops[record.agency.code] for record in crowded.filed]
    assert [cell_at(sheet, top, 0).value for top in tops] == [record.agency.name for record in crowded.filed]
    index = [cell for cell in sheet.every_cell if 2 < cell.row < tops[0] and cell.link]
    assert [cell.link for cell in index] == [plan.page_link(record) for record in crowded.filed]
    assert set(tops) <= set(sheet.print.breaks)


def test_more_agencies_than_anybody_leafs_through_have_no_pages(form: Form, tmp_path: Path) -> None:
    """The links to a page lead to the agency's row in 单位明细 then."""
    many = result(form, tmp_path, *(filing(form, Agency(f"{n:03d}", f"园{n}"), FULL) for n in range(101)))
    book, plan = compose(many), Plan(many)
    assert "单位页" not in [sheet.name for sheet in book.sheets]
    item = plan.form.by_code["A.green.all"]
    cell = address(plan.detail_row["007"], plan.column(item.index))
    assert plan.page_link(many.agencies[7], item.index) == f"单位明细!{cell}"
    assert not [cell for cell in sheet_of(book, "单位明细").every_cell if cell.link.startswith("单位明细")]


def numbers_shown(book: Book, plan: Plan) -> dict[str, Value]:
    """What 单位查询 shows, by the codes that stand hidden beside the numbers."""
    sheet, shift = sheet_of(book, "单位查询"), plan.pages.width + 1
    at = {(cell.row, cell.column): cell for cell in sheet.every_cell}
    codes = {
        str(cell.value).strip("|"): cell for cell in sheet.every_cell if str(cell.value).strip("|") in plan.form.by_code
    }
    return {code: at[cell.row, cell.column - shift].value for code, cell in codes.items()}


def test_one_agency_is_looked_up(mixed: Consolidation) -> None:
    """First somebody of whom there is something to see: 乙园 has a problem."""
    book, plan = compose(mixed), Plan(mixed)
    sheet = sheet_of(book, "单位查询")
    numbers = {code: as_decimal(number, plan.form.by_code[code]) for code, number in FULL.items()}
    assert numbers_shown(book, plan) == numbers
    assert "002 乙园" in [cell.value for cell in sheet.every_cell if cell.role == "input_choice"]
    (offer,) = sheet.validations
    assert offer.source == f"={absolute(10, 2 * plan.pages.width + 2)}:{absolute(12, 2 * plan.pages.width + 2)}"
    assert {rule.role for rule in sheet.conditions} == {"located", "corrected", "bad", "warn", "info"}
    texts = [cell.value for cell in sheet.every_cell]
    assert "|A.red.big|" in texts, "what marks 乙园's number"
    assert "共 1 条，都在“问题清单”。" in texts


def test_texts_of_a_table_and_long_problems_are_seen_whole(tmp_path: Path) -> None:
    """单位明细 has numbers alone, so that the words of a card were looked up nowhere; and a problem of four lines was cut
    after two."""
    told = 'id = "x"\ntitle = "卡"\n[[table]]\nname = "卡"\nrows = [{ label = "负责人", kind = "text" }, "人数"]'
    form = read_form(Keys(tomli.loads(told), "x"))
    said = {"1": "张三", "2": "李四" * 60}
    problem = Finding("V-TYPE", Severity.MUST, "错" * 200, "改", item=0)

    def filed(code: str) -> FiledAgency:
        one = filing(form, Agency(code, f"园{code}"), {form.items[0].code: 1}, problem)
        remarks = (Reading(ReadingState.TEXT, shown=said[code]),)
        checked = replace(one.file.checked, submission=replace(one.file.submission, remarks=remarks))
        return replace(one, file=replace(one.file, checked=checked))

    sheet = sheet_of(compose(result(form, tmp_path, *map(filed, said))), "单位查询")
    hidden, shown = [cell for cell in sheet.every_cell if cell.value == "张三"]
    assert shown.formula.startswith("=IFERROR(INDEX(") and hidden.column in sheet.hidden_columns
    assert sheet.heights[shown.row] >= 30  # for the other agency's
    (line,) = {cell.row for cell in sheet.every_cell if cell.value == "错" * 200}
    assert sheet.heights[line] > 50


@needs_office
def test_who_is_chosen_is_shown_by_another_program(mixed: Consolidation, tmp_path: Path) -> None:
    plan, path = Plan(mixed), written(mixed, tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book["单位查询"]
    sheet["C3"] = "003 丙园"
    book.save(path)
    shown = openpyxl.load_workbook(recalculated(path), data_only=True)["单位查询"]
    cells = {str(c.value).strip("|"): c for row in shown for c in row if str(c.value).strip("|") in plan.form.by_code}
    seen = {code: shown.cell(c.row, c.column - plan.pages.width - 1).value for code, c in cells.items()}
    assert seen["A.green.all"] == 5 and seen["A.red.big"] in (None, "") and seen["B.fragrant.all"] == 3.3
    texts = [c.value for row in shown for c in row]
    assert {"退回", "山下", "必须改", EVIL, "|A.red.big|A.green.all|", "共 1 条，都在“问题清单”。"} <= set(texts)


def test_the_heat_map_counts_by_agency_and_rule(form: Form, tmp_path: Path) -> None:
    """The codes 010 and 10 are two agencies."""
    must, explain = (finding(form, "A.red.all", s, 1, 2) for s in (Severity.MUST, Severity.EXPLAIN))
    consolidation = result(
        form,
        tmp_path,
        filing(form, Agency("010", "甲园"), FULL, must, must, explain),
        filing(form, Agency("10", "乙园"), FULL, explain),
        filing(form, Agency("11", "丙园"), FULL),
    )
    sheet = sheet_of(compose(consolidation), "问题热图")
    rows = {cell.value: cell.row for cell in sheet.every_cell if cell.column == 0 and cell.row > 7}
    assert "11" not in rows
    counts = [[cell_at(sheet, rows[code], column).value for column in (3, 4, 5)] for code in ("010", "10")]
    assert counts == [[3, 2, 1], [1, 0, 1]]
    assert [cell_at(sheet, 3, column).value for column in (4, 5)] == ["必须改", "需说明"]
    assert [cell_at(sheet, 6, column).value for column in (3, 4, 5)] == [4, 2, 2]


def test_without_findings_the_heat_map_says_so(form: Form, tmp_path: Path) -> None:
    sheet = sheet_of(compose(result(form, tmp_path, filing(form, Agency("1", "甲园"), FULL))), "问题热图")
    assert "没有问题：所有计入的报表都通过了审核。" in [cell.value for cell in sheet.every_cell]


def test_below_the_totals_stands_who_causes_the_difference(mixed: Consolidation) -> None:
    book, plan = compose(mixed), Plan(mixed)
    sheet = sheet_of(book, "汇总甲")
    told = [cell.value for cell in sorted(sheet.every_cell, key=lambda c: (c.row, c.column))]
    start = told.index("差额和缺数由这些单位造成")
    line = told.index("丙园", start)
    assert told[line : line + 10] == ["丙园", "003", "退回", 1, None, 4, 7, 1, 0, 5]
    assert told[line + 10 : line + 17] == ["未通过的合计", 0, 4, 7, 1, 0, 5]
    assert told[line + 17 : line + 24] == ["与差额核对", *["✔"] * 6]
    item = plan.form.by_code["A.green.all"]
    assert cell_at(sheet, *plan.totals_cell("diff", item.index)).value == 5
    assert sheet.print.area is not None
    assert sheet.print.area[1][0] < next(c.row for c in sheet.every_cell if c.value == "丙园")


WEEKLY = """
id = "zb"
title = "隐患周报"
period = "week"
[[table]]
name = "隐患"
unit = "处"
rows = ["道路", "消防", "燃气", "水库", "校舍", "工地", "合计 ="]
columns = [
  { label = "上周", is = "prev.本周" },
  "本周",
  { label = "本年累计", is = "prev.本年累计 + 本周" },
]
"""


def test_of_a_large_weekly_table_the_difference_is_shown_of_this_week() -> None:
    """It was shown of 上周 and 本年累计, which only follow, and not of what the agencies filed."""
    form = read_form(Keys(tomli.loads(WEEKLY), "zb.toml"))
    shown = [(item.row.label, item.column.label) for item in main_items(form, form.tables[0])]
    assert shown == [(row, "本周") for row in ("道路", "消防", "燃气", "水库", "校舍", "工地", "合计")]


def line_of(consolidation: Consolidation, label: str) -> list[object]:
    """A line of the key figures of 上年对比."""
    sheet = sheet_of(compose(consolidation), "上年对比")
    row = next(cell.row for cell in sheet.every_cell if cell.value == label)
    return [cell_at(sheet, row, column).value for column in range(4, 9)]


def test_like_is_compared_with_like(mixed: Consolidation) -> None:
    """Of 001, 002 (both accepted) and 003 (returned) only 001 is in both years; 099 is gone."""
    assert line_of(years(mixed, A_red_all=5), "苹果（个）") == [7, 5, 2, 0.4, 0]


def test_where_a_number_lacks_the_comparison_is_undecided(mixed: Consolidation) -> None:
    assert line_of(years(mixed, A_red_all=None), "苹果（个）") == [7, "—", "无法判定", "—", 1]


def test_each_agency_stands_beside_its_last_year(mixed: Consolidation) -> None:
    sheet = sheet_of(compose(years(mixed, A_red_all=5)), "上年对比")
    rows = [
        next(c.row for c in sheet.every_cell if c.column == 0 and c.value == code) for code in ("001", "002", "003")
    ]
    shown = [[cell_at(sheet, row, column).value for column in (2, 3, 4, 5, 6, 7)] for row in rows]
    assert shown == [["已汇总", 1, 1, 7, 5, 2], ["待核", 0, 0, 7, None, None], ["退回", 2, 0, 7, 7, 0]]
    assert sheet.hidden_columns == {3}  # which line of 上年明细: formulas need it, people do not
    assert sheet.print.repeat_rows == (rows[0] - 2, rows[0] - 1)
    assert sheet.print.area == ((0, 0), (rows[-1], max(sheet.widths)))


def test_last_year_s_numbers_stand_in_the_workbook(mixed: Consolidation) -> None:
    book = compose(years(mixed, A_red_all=5))
    sheet = sheet_of(book, "上年明细")
    assert [[cell_at(sheet, row, column).value for column in (0, 3)] for row in (6, 7, 8)] == [
        ["001", "已汇总"],
        ["003", "退回"],
        ["099", "不在其中"],
    ]
    assert [table.name for table in sheet.lists] == ["tblLastYear"]


def test_without_last_year_there_is_nothing_beside_it(mixed: Consolidation) -> None:
    assert not {"上年对比", "上年明细"} & {sheet.name for sheet in compose(mixed).sheets}


def test_alt_text_of_every_chart_says_what_it_shows(crowded: Consolidation) -> None:
    charts = [chart for sheet in compose(crowded).sheets for chart in sheet.charts]
    assert all(len(chart.alt_text) > 10 for chart in charts)
    assert any("上年与本年" in chart.alt_text for chart in charts)
