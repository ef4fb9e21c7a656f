"""出错说明: what an agency explains is read back by rule and cell, never counts as a figure, and survives every program."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl.comments import Comment

from tests import offices
from tests.grids import annual_report, filled, submission, year, zeros
from tests.office_tools import needs_office, recalculated, saved_as
from workbook_tool.files.intake.inbox import list_files
from workbook_tool.files.office.roster import load_roster
from workbook_tool.intake import Terms, take_in
from workbook_tool.model.cells import address
from workbook_tool.model.intake.explanation import EXPLANATIONS_SHEET, Explanation
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Content, ErrorValue, Sheet, Submission, Uncomputed
from workbook_tool.model.office.settings import Roster
from workbook_tool.steps.form.explain import HEAD_ROW
from workbook_tool.steps.intake.explanations import explanations, put_aside

FORM = annual_report()
AGENCY = load_roster(offices.CASES / "roster.csv").agencies[0]
HEADS = ["序号", "规则", "工作表", "单元格", "问题", "情况说明"]
STOCK = "T2.B.x3"
IN_D9 = FORM.by_table["T3"][0].index
CELL_TEXTS = st.text("ABCDXFZ0123456789$:：,，!表三 -至", max_size=14)


def told(*rows: tuple[str, str, str, str], name: str = EXPLANATIONS_SHEET) -> Sheet:
    """A sheet of explanations: rule, sheet, cell and words in each row, below a title."""
    table = [
        ["出错说明"],
        HEADS,
        *([n, rule, sheet, cell, "略", words] for n, (rule, sheet, cell, words) in enumerate(rows, 1)),
    ]
    return Sheet(name, {(r, c): v for r, row in enumerate(table) for c, v in enumerate(row) if v != ""})


def read_back(*rows: tuple[str, str, str, str]) -> list[tuple[str, str, str]]:
    """The explanations of a filing with these rows: rule, the number's code, words."""
    sheets, said = put_aside([*filled(FORM, zeros(FORM)), told(*rows)], FORM)
    found = explanations(said, FORM, submission(FORM, sheets).readings)
    return [(e.rule, FORM.items[e.item].code if e.item is not None else "", e.text) for e in found]


def cell_of(code: str) -> str:
    """Where the number stands in these sheets."""
    reading = submission(FORM, filled(FORM, zeros(FORM))).readings[FORM.by_code[code].index]
    assert reading.place is not None
    return address(*reading.place)


@pytest.mark.parametrize(
    "sheet", ["表二", "（表二）", " 工作表「表二」", "二、主动公开政府信息情况", "表二 主动公开", ""]
)
def test_the_cell_is_found_however_the_sheet_is_written(sheet: str) -> None:
    assert read_back(("T2-STK", sheet, cell_of(STOCK), "清理")) == [("T2-STK", STOCK, "清理")]


@pytest.mark.parametrize("cell", ["{0},{1}", "{0}、${1}", "{0}:{1}", "{0} — {1}", "表三!{0}：{1}"])
def test_several_cells_are_one_explanation_each(cell: str) -> None:
    one, other = "T3.r2.c1", "T3.r2.c2"
    typed = cell.format(cell_of(one).lower(), cell_of(other))
    sheet = "" if "!" in typed else "表三"
    assert read_back(("y-carry", sheet, typed, "更正")) == [("Y-CARRY", one, "更正"), ("Y-CARRY", other, "更正")]


def test_what_is_not_known_is_told_with_the_words() -> None:
    assert read_back(
        ("Y-SAME", "", "", "确实相同"),
        ("", "表二", cell_of(STOCK), "清理"),
        ("存量要对得上", "表九", "ZZ99", "不知"),
        ("T2-STK、Y-SPIKE", "表二", cell_of(STOCK), "两条"),
        ("T2-STK", "表二", "", ""),
    ) == [
        ("Y-SAME", "", "确实相同"),
        ("", STOCK, "清理"),
        ("", "", "（规则 存量要对得上，表九 ZZ99）不知"),
        ("T2-STK", STOCK, "两条"),
        ("Y-SPIKE", STOCK, "两条"),
    ]


def test_a_problem_finds_the_words_about_it() -> None:
    item, other = FORM.by_code[STOCK].index, FORM.by_code["T2.A.x1"].index
    said = (Explanation("T2-STK", item, "甲"), Explanation("", item, "乙"), Explanation("Y-SAME", None, "丙"))
    filing = replace(submission(FORM, filled(FORM, zeros(FORM))), explanations=said)
    assert filing.explained("T2-STK", item) == "甲；乙"
    assert filing.explained("T2-STK", None) == "甲"
    assert filing.explained("Y-SAME", item) == "乙；丙"
    assert filing.explained("T2-STK", other) == filing.explained("Y-SPIKE", None) == ""


def test_figures_beside_explanations_are_not_those_of_the_form() -> None:
    """A returned copy lists what was filed and what it should be, under the very names of the form."""
    plain = filled(FORM, zeros(FORM))
    notes = told(("T3-COL", "表三", "D32", "已改"), name="退改说明")
    notes.cells.update({(0, 1): "规章", (5, 0): "填报单位", (5, 1): "别的单位", (2, 6): 12.0, (2, 7): 10.0})
    sheets, said = put_aside([*plain, notes], FORM)
    assert sheets == plain
    assert [line.text for line in said] == ["已改"]


def test_a_table_above_explanations_is_read() -> None:
    """Whoever explains below the table itself loses neither."""
    plain = filled(FORM, zeros(FORM))
    below = {(100 + row, column): value for (row, column), value in told(("T4-SUM", "", "", "如此")).cells.items()}
    mixed = replace(plain[2], cells=plain[2].cells | below)
    sheets, said = put_aside([*plain[:2], mixed], FORM)
    assert len(said) == 1
    assert submission(FORM, sheets).readings == submission(FORM, plain).readings


@needs_office
def test_an_issued_workbook_survives_every_program(tmp_path: Path) -> None:
    """Through .xls, .ods and back: the same numbers, identity, explanations and prompts, and checks that still live."""
    path = tmp_path / "020.xlsx"
    offices.issue(path, {"单位": "020", "轮次": "2"})
    book = openpyxl.load_workbook(path)
    for column, words in enumerate(("T2-STK", "表二", "D9", "", "清理后宣布失效 7 件"), 2):
        book[EXPLANATIONS_SHEET].cell(HEAD_ROW + 2, column).value = words
    book["表三"]["D9"].comment = Comment("其中 3 件补录", "张三")
    book["表三"]["D10"].comment = Comment("【退改】必须改（T3-ROW）：上一轮我们写的", "")
    book.save(path)
    first = taken_in(path)
    assert [(e.rule, e.item) for e in first.explanations] == [("T2-STK", FORM.by_code[STOCK].index), ("", IN_D9)]
    assert first.explanations[1].text == "批注：其中 3 件补录"
    for kind in ("xls", "ods", "xlsx"):
        path = saved_as(path, kind, tmp_path / kind)
        again = taken_in(path)
        assert [r.number for r in again.readings] == [r.number for r in first.readings]
        assert again.code == first.code != "", "and what the program works out is our own code"
        assert (again.identity.agency, again.identity.round, again.identity.source) == (AGENCY, 2, "隐藏标识")
        assert (again.findings, again.explanations) == ((), first.explanations)
    book = openpyxl.load_workbook(path)
    kinds = [v.type for sheet in book for v in sheet.data_validations.dataValidation]
    assert (kinds.count("whole"), kinds.count("decimal"), kinds.count("list")) == (5, 1, 5)
    book["表三"]["D9"] = 1
    book.save(tmp_path / "edited.xlsx")
    status = openpyxl.load_workbook(recalculated(tmp_path / "edited.xlsx"), data_only=True)
    assert str(status["表三"]["A4"].value).startswith("请更正：")
    covers = [cell.value for cell in status["封面"]["B"]]
    assert "已填 1 条" in covers and status["表三"]["A4"].value in covers


def taken_in(path: Path) -> Submission:
    roster = Roster((AGENCY,))
    (source,) = list_files([path])
    assert isinstance(source, SourceFile)
    read = take_in(source, Terms(FORM, roster, year(2023)))
    assert isinstance(read, Submission)
    return read


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=8), CELL_TEXTS, st.text(max_size=20)), max_size=4))
@settings(max_examples=40, deadline=None)
def test_nothing_that_is_typed_stops_the_reading(rows: list[tuple[str, str, str, str]]) -> None:
    told = [text for _, _, text in read_back(*rows)]
    assert all(any(said.endswith(text.strip()) for said in told) for *_, text in rows if text.strip())


@pytest.mark.parametrize(
    "content", [ErrorValue("#REF!"), Uncomputed("A1"), float("nan"), True, date(2024, 1, 1), 10**30]
)
def test_any_content_may_stand_in_any_column(content: Content) -> None:
    sheet = told(("T2-STK", "表二", "D9", "清理"))
    for column in range(1, 6):
        odd = replace(sheet, cells=sheet.cells | {(2, column): content})
        sheets, said = put_aside([*filled(FORM, zeros(FORM)), odd], FORM)
        assert len(explanations(said, FORM, submission(FORM, sheets).readings)) <= 1
