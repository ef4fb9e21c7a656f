"""First declarations of empty workbooks: what is made out, as it should be declared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tables import sheet_of, split
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.form.declared import declaration_in
from workbook_tool.steps.form.first_draft import draft_form

DRAFTS = (Path(__file__).parent / "cases" / "drafts.md").read_text(encoding="utf-8").split("\n## ")[1:]


@pytest.mark.parametrize("case", DRAFTS, ids=lambda case: case.splitlines()[0])
def test_an_empty_workbook_is_made_out(case: str) -> None:
    sheets = [
        sheet_of(part.splitlines()[0], [split(line) for line in part.splitlines() if line.startswith("|")])
        for part in case.split("\n### ")[1:]
    ]
    (wanted,) = re.findall("```toml\n(.*?)```", case, re.DOTALL)
    drafted = draft_form("表", sheets)
    assert drafted.partition('id = "表式编号"')[2].partition("\n")[2] == wanted
    assert read_form(declaration_in(drafted, Path("表.toml"))).title in wanted
