"""The status line of a table counts the words, days and choices that a check will ask for, in every program."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import tomli
from openpyxl import load_workbook

from tests.gnumeric import SSCONVERT, needs_gnumeric
from tests.grids import year
from tests.office_tools import converted, fill, needs_office
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.office.toml import Keys
from workbook_tool.files.workbook.render import render
from workbook_tool.model.intake.submission import Agency
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.form.issue import Issue
from workbook_tool.steps.form.unanswered import unanswered, unanswered_live

FORM = read_form(
    Keys(
        tomli.loads("""
id = "x"
title = "季报"
[[table]]
id = "A"
name = "基本情况"
rows = [
  { id = "a", label = "站所名称", kind = "text" },
  { id = "b", label = "站所类型", choices = ["司法所", "派出所"] },
  { id = "c", label = "联系电话", kind = "phone" },
  { id = "d", label = "成立日期", kind = "date" },
  { id = "e", label = "是否独立办公", kind = "yesno" },
  { id = "f", label = "编制人数", unit = "人" },
  { id = "g", label = "备注", kind = "text", optional = true },
]
[[table]]
id = "B"
name = "业务"
unit = "件"
rows = [{ id = "a", label = "许可" }, { id = "b", label = "处罚" }]
columns = [
  { id = "n", label = "受理" },
  { id = "d", label = "办结" },
  { id = "w", label = "情况", kind = "text" },
]
"""),
        "x",
    )
)
WORDS = {"a": "东所", "b": "司法所", "c": "13800000000", "d": date(2020, 5, 1), "e": "是"}
ANSWERS: dict[str, object] = {f"A_{row}_value": word for row, word in WORDS.items()}
NUMBERS: dict[str, object] = {"A_f_value": 5, "B_a_n": 1, "B_a_d": 1}
STATUS = {
    "blank": ({}, "还有 6 格未填（没有发生的填 0）", "还有 4 格未填（没有发生的填 0）"),
    "numbers": (NUMBERS, "还有 5 格未填（没有发生的填 0）", "还有 3 格未填（没有发生的填 0）"),
    "all": (NUMBERS | ANSWERS | {"B_a_w": "无", "B_b_n": 0, "B_b_d": 0, "B_b_w": "无"}, "✔ 本表已填全", "✔ 本表已填全"),
}


def filled(folder: Path) -> list[Path]:
    render(
        blank_book(FORM, year(2023), date(2024, 1, 1), Agency("020", "示例县教育局")), path := folder / "issued.xlsx"
    )
    return [fill(path, values, f"{name}.xlsx") for name, (values, *_) in STATUS.items()]


def statuses(path: Path) -> list[object]:
    book = load_workbook(path, data_only=True)
    return [book[table.name]["A4"].value for table in FORM.tables]


@needs_office
def test_whatever_must_be_filled_in_is_counted(tmp_path: Path) -> None:
    found = converted(filled(tmp_path), "xlsx", tmp_path / "computed")
    assert [statuses(path) for path in found] == [said for _, *said in STATUS.values()]


@needs_gnumeric
def test_another_program_counts_the_same(tmp_path: Path) -> None:
    book = load_workbook(filled(tmp_path)[1])
    for table in FORM.tables:
        for number, formula in enumerate(unanswered_live(Issue(FORM, year(2023)), table)):
            book[table.name].cell(50 + number, 1, f"={formula}")
    book.save(path := tmp_path / "counted.xlsx")
    subprocess.run(
        [str(SSCONVERT), "--recalc", path, tmp_path / "g.xlsx"], capture_output=True, timeout=600, check=True
    )
    computed = load_workbook(tmp_path / "g.xlsx", data_only=True)
    assert [computed[table.name].cell(50, 1).value for table in FORM.tables] == [5, 1]


def test_an_issued_workbook_and_a_filled_in_one_say_it_at_once(tmp_path: Path) -> None:
    issue = Issue(FORM, year(2023))
    card, table = FORM.tables
    typed = [FORM.by_code[code].index for code in ("B.a.n",)]
    assert (unanswered(issue, card, ()), unanswered(issue, table, ()), unanswered(issue, table, typed)) == (5, 0, 1)
    book = blank_book(FORM, year(2023), date(2024, 1, 1))
    said = {cell.value for sheet in book.sheets for cell in sheet.cells if cell.role == "status"}
    assert {STATUS["blank"][1], STATUS["blank"][2]} <= said
