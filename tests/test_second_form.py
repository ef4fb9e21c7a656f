"""The engine knows no form: a census of school buildings runs through the same code, from its declaration alone."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tests.tables import put
from workbook_tool import batch, commands
from workbook_tool.issuing import issue

CONFIG = """
[region]
name = "某学区"

[report]
form = "shushe"
year = 2025

[roster]
file = "roster.csv"
"""
GOOD = {
    "H.teach.own": 1200.5,
    "H.teach.rent": 0,
    "H.teach.all": 1200.5,
    "H.live.own": 300.25,
    "H.live.rent": 100,
    "H.live.all": 400.25,
    "H.sum.own": 1500.75,
    "H.sum.rent": 100,
    "H.sum.all": 1600.75,
    "B.boys.used": 60,
    "B.boys.free": 4,
    "B.boys.all": 64,
    "B.girls.used": 50,
    "B.girls.free": 6,
    "B.girls.all": 56,
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An office of two schools for the second form."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "templates").mkdir()
    shutil.copy(Path(__file__).parent / "forms" / "shushe.toml", tmp_path / "templates")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("代码,名称,类别\n01,第一中学,中学\n02,第二小学,小学\n", encoding="utf-8")
    return tmp_path / "config.toml"


def file_report(config: Path, code: str, changes: dict[str, object]) -> None:
    """Issue a blank workbook, fill it, and put it into the inbox."""
    ((path,), _) = issue(config, [code], None, config.parent / "issued", total_formulas=False)
    book = openpyxl.load_workbook(path)
    for item, value in (GOOD | changes).items():
        put(book, item.replace(".", "_"), value)
    book.save(config.parent / "inbox" / path.name)


def test_another_form_runs_through_the_same_code(config: Path) -> None:
    file_report(config, "01", {})
    file_report(config, "02", {"H.live.all": 340.25, "H.sum.all": 1540.75, "B.girls.used": None})
    outcome = batch.run(commands.open_office(config), date(2026, 1, 10))
    assert [a.state for a in outcome.result.agencies] == ["counted", "returned"]
    assert outcome.folder is not None
    with (outcome.folder / "findings.csv").open(encoding="utf-8-sig", newline="") as stream:
        found = [
            tuple(r[name] for name in ("rule", "severity", "row", "column", "filed", "expected", "certainty", "story"))
            for r in csv.DictReader(stream)
        ]
    assert found == [
        ("V-BLANK", "must", "女生", "已用", "", "", "", ""),
        ("H-ROW", "must", "2.住宿", "小计", "340.25", "400.25", "tied", "1"),
        ("H-ROW", "must", "合计", "小计", "1540.75", "1600.75", "tied", "1"),
        ("B-ROOM", "explain", "2.住宿", "小计", "340.25", "360", "", ""),
    ]
    assert outcome.result.totals.passed.sums[outcome.result.form.by_code["H.sum.all"].index] == 160_075
    book = CalamineWorkbook.from_path(str(outcome.folder / outcome.manifest["workbook"]))
    assert {"汇总校舍", "汇总床位"} <= set(book.sheet_names)
    shown = [cell for row in book.get_sheet_by_name("汇总校舍").to_python() for cell in row]
    assert 1600.75 in shown
    assert 3141.5 in shown
    pivot = book.get_sheet_by_name("透视 学校类别 × 用途").to_python()
    assert ["总计", 1200.5, 400.25, 1600.75] in [row[:4] for row in pivot]
