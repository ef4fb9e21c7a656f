"""What a workbook of ours looks like on paper: large enough to read, no row of the form torn between pages."""

from __future__ import annotations

from itertools import groupby, pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.grids import ROOT, year, zeros
from tests.results import of_run
from tests.test_compose import declared, filing, result, sheet_of
from tests.test_score import FORM, STORY, office
from workbook_tool.files.form.declaration import load_form
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.season.score import Weights
from workbook_tool.model.workbook.book import BookSheet
from workbook_tool.model.workbook.measure import points_wide, text_width
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.season.score import score
from workbook_tool.steps.workbook import compose
from workbook_tool.steps.workbook.detail_list import detail_list
from workbook_tool.steps.workbook.lists import pages_across
from workbook_tool.steps.workbook.plan import Plan

PAPER = {(False, False): 523.0, (True, False): 770.0, (True, True): 1118.0}
"""How many points there are between the margins, by ``landscape`` and ``large``."""
READABLE = 0.72
"""The scale at which a text of 10.5 points still has 7.5."""


@pytest.fixture(scope="module")
def annual() -> Consolidation:
    """An office with all sheets, whose agencies have names as they are."""
    result = office(STORY)
    named = [
        replace(r, agency=replace(r.agency, name=f"示例{r.agency.code}县自然资源和规划局", category="市直部门"))
        for r in result.agencies
    ]
    result = replace(result, agencies=tuple(named))
    last = LastYear(year(2022), "values.csv", {record.agency.code: zeros(FORM) for record in named})
    return replace(of_run(result, last_year=last), scorecard=score(result, Weights()))


def broad(sheet: BookSheet, first: int, last: int) -> float:
    unseen = sheet.hidden_columns | sheet.folded_columns
    return sum(points_wide(sheet.widths.get(n, 8.43)) for n in range(first, last + 1) if n not in unseen)


def scale(sheet: BookSheet) -> float:
    setup = sheet.print
    if setup.scale:
        return setup.scale / 100
    last = setup.area[1][1] if setup.area else max(sheet.widths)
    return min(1.0, setup.wide * PAPER[setup.landscape, setup.large] / broad(sheet, 0, last))


def test_what_is_read_on_paper_is_large_enough(annual: Consolidation) -> None:
    sheets = {sheet.name: scale(sheet) for sheet in compose(annual).sheets if sheet.in_view}
    assert {"报送情况", "上年对比", "考核", "单位明细", "汇总表三", "汇总表四"} <= sheets.keys()
    small = {name: round(own, 2) for name, own in sheets.items() if own < READABLE and not name.startswith("透视")}
    assert small == {}


def test_no_row_of_the_form_is_torn_between_pages(annual: Consolidation) -> None:
    plan, sheet = Plan(annual), sheet_of(compose(annual), "单位明细")
    starts = {next(group).code for _, group in groupby(plan.form.items, lambda item: (item.table.id, item.row.id))}
    assert {plan.detail_list.headers[turn] for turn in sheet.print.turns} <= starts
    names = plan.detail_list.at("单位")
    edges = (names + 1, *sheet.print.turns, plan.detail_list.last_column + 1)
    room = PAPER[True, True] * 100 / sheet.print.scale - broad(sheet, 0, names)
    for first, end in pairwise(edges):
        assert broad(sheet, first, end - 1) <= room * 0.96, "LibreOffice makes columns broader than Excel"
    assert sheet.print.repeat_columns == (0, names)


BROAD = """
id = "fruit"
title = "果品"
[[table]]
id = "A"
name = "甲"
unit = "件"
rows = ["办结", "未结"]
columns = [{}]
"""


def test_a_row_that_no_page_holds_begins_beside_the_names(tmp_path: Path) -> None:
    """The paper was turned before it, and the first page had names and states alone."""
    form = declared(tmp_path, BROAD.format(", ".join(f'"第{n}类"' for n in range(60))), {})
    wide = result(form, tmp_path, filing(form, Agency("1", "甲局"), {item.code: 1 for item in form.items}))
    turns = sheet_of(compose(wide), "单位明细").print.turns
    assert [Plan(wide).detail_list.headers[turn] for turn in turns] == [form.items[60].code]


def test_each_page_of_numbers_says_which_table_it_is_of(annual: Consolidation) -> None:
    plan, sheet = Plan(annual), sheet_of(compose(annual), "单位明细")
    titles = {cell.column: cell.value for cell in sheet.cells if cell.row == 2 and cell.value}
    of = {plan.column(item.index): item.table.title for item in plan.form.items}
    assert {turn: titles.get(turn) for turn in sheet.print.turns} == {turn: of[turn] for turn in sheet.print.turns}


def test_a_year_of_weeks_goes_over_several_pages_with_the_names_on_each() -> None:
    names, weeks = [9.0, 28.0], [8.8] * 56
    assert pages_across([*names, *weeks[:6]], 2) == 1
    wide = pages_across([*names, *weeks], 2)
    assert 770 * wide / (sum(map(points_wide, weeks)) + wide * sum(map(points_wide, names))) >= 0.6


@pytest.mark.parametrize("name", ["zfxxgk-2021", "gfxwj-ml", "ysq-tz", "zdgk-zb"])
def test_the_title_of_a_table_has_room_over_its_numbers(name: str) -> None:
    form = load_form(ROOT / "templates", name)
    listing = detail_list(form)
    for table in form.tables:
        room = sum(listing.columns[listing.at(item.code)].limits[0] for item in form.by_table[table.id])
        assert room >= text_width(table.title), table.title
