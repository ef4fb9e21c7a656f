"""Names of files that we make: safe on any system, never too long, never twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grids import ROOT, annual_report
from workbook_tool.files.form.periods import period_kind
from workbook_tool.files.office.config import load_settings
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.text import LONGEST_NAME, as_meant, file_name, no_formula, safe_text
from workbook_tool.office import Report
from workbook_tool.publication import issue_templates


@given(st.text(max_size=400))
def test_any_name_fits_and_keeps_its_ending(start: str) -> None:
    name = file_name(start, "_第2轮退改.xlsx")
    assert name.endswith("_第2轮退改.xlsx") and len(name.encode()) <= LONGEST_NAME
    assert "/" not in name and safe_text(name) == name and not name.startswith((".", " "))


@pytest.mark.parametrize(
    ("start", "name"), [("区" * 90, "区" * 63 + "_2024.xlsx"), ("甲. ", "甲_2024.xlsx"), ("", "__2024.xlsx")]
)
def test_what_is_too_long_is_cut_between_characters(start: str, name: str) -> None:
    assert LONGEST_NAME == 200
    assert file_name(start, "_2024.xlsx") == name


FORMULAS = ["=1+1.xlsx", "+1", "-2+3", "@SUM(1)", "\t=1", "\r1", " =1", "＝cmd", "－1", "'=1+1", "''=1", "-", "=0007"]
PLAIN = ["0007", "1E05", "-5", "-0.5", "12", "表三", "'单位'", "a=b", "a@b.cn", "", "（一）规章"]


@pytest.mark.parametrize("text", [*FORMULAS, *PLAIN])
def test_what_looks_like_a_formula_gets_an_apostrophe_and_loses_it_again(text: str) -> None:
    assert no_formula(text) == (f"'{text}" if text in FORMULAS else text)
    assert as_meant(no_formula(text)) == text


@given(st.text(st.sampled_from("'= -+@＝1.\tx"), max_size=6))
def test_any_text_comes_back_from_a_csv_as_it_was(text: str) -> None:
    assert as_meant(no_formula(text)) == text


def test_a_long_name_never_keeps_the_others_from_their_workbooks(tmp_path: Path) -> None:
    """One name of 83 characters ended template --all; two of one beginning must not overwrite each other."""
    long = [Agency("8" * 300 + end, "长" * 99) for end in "ab"]
    agencies = [*long, Agency("001", "东水务局")]
    settings = load_settings(ROOT / "config.toml", date(2024, 2, 5), period_kind)[0]
    paths, _ = issue_templates(Report(settings, annual_report()), agencies, tmp_path / "out", False)
    assert len({path.name for path in paths}) == 3 and all(path.is_file() for path in paths)
