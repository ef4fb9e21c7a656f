"""First declarations of empty workbooks: what is made out, as it should be declared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.tables import sheet_of, split
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.form.declared import declaration_in
from workbook_tool.model.form.prepared import Prepared
from workbook_tool.model.intake.submission import Sheet, Uncomputed
from workbook_tool.steps.form.first_draft import draft_form, tables_in
from workbook_tool.steps.form.left_out import left_out

DRAFTS = (Path(__file__).parent / "cases" / "drafts.md").read_text(encoding="utf-8").split("\n## ")[1:]


def drawn_sheets(case: str) -> list[Sheet]:
    """The sheets of a case; what begins with = is a formula."""
    sheets = []
    for part in case.split("\n### ")[1:]:
        name, *lines = part.splitlines()
        drawn = sheet_of(name, [split(line) for line in lines if line.startswith("|") and "---" not in line])
        formulas = {place: str(text)[1:] for place, text in drawn.cells.items() if str(text).startswith("=")}
        cells = {at: Uncomputed(formulas[at]) if at in formulas else cell for at, cell in drawn.cells.items()}
        sheets.append(replace(drawn, cells=cells, formulas=formulas))
    return sheets


def test_formulas_that_say_nothing_of_a_line_are_told() -> None:
    sheets = drawn_sheets(next(case for case in DRAFTS if case.startswith("公式")))
    told = left_out(sheets, tables_in(sheets), Prepared())
    assert told == ["业务季报 A2：一、基本情况", "业务季报 B13：公式 =VLOOKUP(A13,B1:C9,2)"]


@pytest.mark.parametrize("case", DRAFTS, ids=lambda case: case.splitlines()[0])
def test_an_empty_workbook_is_made_out(case: str) -> None:
    sheets = drawn_sheets(case)
    (wanted,) = re.findall("```toml\n(.*?)```", case, re.DOTALL)
    drafted = draft_form("表", sheets)
    assert drafted.partition('id = "表式编号"')[2].partition("\n")[2] == wanted
    assert read_form(declaration_in(drafted, Path("表.toml"))).title in wanted
