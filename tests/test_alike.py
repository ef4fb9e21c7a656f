"""Tables are found by what sheets of one layout share, and on the second of them at once: as on the sheet itself."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.effort import effort
from tests.grids import DEFAULT, annual_report, distinct, filled, zeros
from tests.layouts import APART, MUTATIONS
from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import Content, Sheet, Uncomputed
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.steps.intake.parse import Parsed, alike, parse
from workbook_tool.steps.intake.parse.alike import FIGURE, OWN, Stencil, layout_of, tables_on

FORM = annual_report()
RULEBOOK = Rulebook(FORM, DEFAULT)
LABELS = sorted(
    {line.label for table in FORM.tables for block in table.blocks for line in (*block.rows, *block.columns)}
)
OWNS = ("填报单位：示例004县市场监督管理局（004）", "校验码 123-456", "联系电话：0530-8765432 转 8001 或 8002")
SAID = (
    "小计",
    "单位：元",
    "以万元计",
    "（元）",
    "总",
    "计",
    "（一）",
    "规",
    "章",
    "件数",
    "甲",
    "/",
    "1",
    "12",
    "003",
    "0530-8765432",
    "示例县",
    "",
)
CONTENTS = st.one_of(
    st.sampled_from(OWNS),
    st.sampled_from(SAID),
    st.sampled_from((0.0, 1.0, 2.0, 3.0, 7.5, True, Uncomputed("A1"))),
    st.sampled_from(LABELS),
    st.builds(lambda label, own: f"{label}{own}", st.sampled_from(LABELS), st.sampled_from((*SAID, *OWNS))),
    st.builds(lambda own, said: f"{own}{said}", st.sampled_from(OWNS), st.sampled_from(SAID)),
)
PLACES = st.tuples(st.integers(0, 2), st.integers(0, 14), st.integers(0, 12))


def as_it_is(sheet: Sheet, form: Form) -> Stencil:
    """A layout with no stand-ins."""
    return Stencil(tuple(sheet.cells.items()), tuple(sheet.reaches.items()), tuple(sheet.notes.items()), sheet.covered)


def without_stand_ins(sheets: list[Sheet]) -> Parsed:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "layout_of", as_it_is)
        patch.setattr(alike, "LARGEST", -1)
        return parse(sheets, RULEBOOK)


@example([], [((2, 3, 11), 1.0), ((2, 3, 12), 2.0), ((2, 3, 13), 3.0)])
@example(["a label split over cells"], [((0, 3, 0), OWNS[0]), ((0, 3, 1), OWNS[1])])
@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(MUTATIONS.keys() - APART)), max_size=2, unique=True),
    st.lists(st.tuples(PLACES, CONTENTS), max_size=5),
)
def test_what_stands_for_others_changes_nothing(
    names: list[str], typed: list[tuple[tuple[int, int, int], Content]]
) -> None:
    try:
        sheets = filled(FORM, distinct(FORM))
        for name in names:
            sheets = MUTATIONS[name](sheets)
    except (KeyError, StopIteration, ValueError, IndexError):
        return  # the second change needs what the first took away
    for (number, row, column), content in typed:
        if content != "" and number < len(sheets):
            there = sheets[number]
            sheets[number] = replace(there, cells={**there.cells, (row, column): content})
    assert parse(sheets, RULEBOOK) == without_stand_ins(sheets)


def test_filings_of_one_layout_are_one() -> None:
    layouts = set()
    for contents, own in ((distinct(FORM), OWNS[0]), (zeros(FORM), "填报单位：示例县人民政府（020）")):
        code, telephone = ("020", "0530-8765432") if own == OWNS[0] else ("114", "0532-1234567")
        typed = {(2, 0): own, (2, 1): code, (2, 2): telephone}
        sheets = [replace(sheet, cells={**sheet.cells, **typed}) for sheet in filled(FORM, contents)]
        layouts.add(tuple(layout_of(sheet, FORM) for sheet in sheets))
    ((first, *_),) = layouts
    assert {((2, 0), OWN), ((2, 1), "999"), ((2, 2), "9999-9999999")} <= set(first.cells)


@pytest.mark.parametrize(
    ("contents", "counts"),
    [
        ((1.0, 2.0, 3.0), True),
        (("01", 2.0, "3.0", "004"), True),
        ((0.0, 1.0, 0.0, 2.0, 3.0), True),
        ((3.0, 2.0, 1.0, 2.0), False),
    ],
)
def test_only_a_row_that_may_count_its_columns_keeps_its_figures(contents: tuple[Content, ...], counts: bool) -> None:
    cells = {(0, column): content for column, content in enumerate(contents)}
    kept = [*contents] if counts else [FIGURE] * len(contents)
    assert [content for _, content in layout_of(Sheet("表四", cells), FORM).cells] == kept


def test_what_several_filings_hold_in_one_place_is_one() -> None:
    """So it travels once with all that a worker sends back."""
    first, second = (parse(filled(FORM, zeros(FORM)), RULEBOOK).readings for _ in range(2))
    assert all(one is other for one, other in zip(first, second, strict=True))


def test_the_second_of_a_layout_costs_little_more_than_its_cells() -> None:
    tables_on.cache_clear()
    first, second = (effort(lambda: parse(filled(FORM, distinct(FORM)), RULEBOOK)) for _ in range(2))
    assert second < 0.6 * first


@pytest.mark.parametrize(
    "text",
    ["规章", "总计（示例县市场监督管理局）", "单位：万元", "以元计", "12件", "/", "收费金额为万元", "政府信息公开"],
)
def test_what_may_be_meant_for_the_form_stays(text: str) -> None:
    sheet = Sheet("表二", {(0, 0): text})
    assert layout_of(sheet, FORM).cells == (((0, 0), text),)
