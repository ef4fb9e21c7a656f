"""Undated: files that do not say their period, and the same bytes for two periods."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.test_misnamed import lay, office, told, weekly
from tests.weeks import quick
from workbook_tool import batch, commands
from workbook_tool.model.workbook.result import Consolidation

__all__ = ["office", "quick"]


def headless(config: Path, name: str) -> Path:
    """A filing that says nowhere which week it is about."""
    lay(config, f"2024-02-05 {name} W05 5", weekly())
    path = config.parent / "inbox" / name
    book = openpyxl.load_workbook(path)
    del book["_identity"]
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
        if isinstance(cell.value, str) and ("第5周" in cell.value or "1月29日" in cell.value):
            cell.value = None
    book.save(path)
    return path


def run(config: Path, day: str) -> Consolidation:
    at = date.fromisoformat(day)
    result = batch.run(commands.open_office(config, at), at).result
    assert result is not None
    return result


ASKED = "P-PERIOD explain 文件没有写明是哪一期的。暂按 2024 年第 5 周计入。"


def test_what_says_no_week_stays_with_the_one_in_which_it_came(office: Path) -> None:
    """It had been taken for this week's again every week, and was gone from its own."""
    path = headless(office, "县教育局.xlsx")
    assert told(run(office, "2024-02-05")) == ["W05 待核 县教育局.xlsx 5", ASKED]
    assert told(run(office, "2024-02-12")) == ["W06 未报", "W05 待核 县教育局.xlsx 5", ASKED]
    (office.parent / "inbox" / "新").mkdir()
    shutil.copy(path, office.parent / "inbox" / "新" / "县教育局.xlsx")
    assert told(run(office, "2024-02-13"))[0] == "W06 退回 新/县教育局.xlsx 5", "the same sent again is this week's"


@pytest.mark.parametrize("names", [("县教育局第5周.xlsx", "县教育局第6周.xlsx")])
def test_the_same_bytes_under_the_names_of_two_weeks_are_filed_for_both(office: Path, names: tuple[str, str]) -> None:
    first, second = (office.parent / "inbox" / name for name in names)
    headless(office, "县教育局.xlsx").rename(first)
    shutil.copy(first, second)
    assert [line for line in told(run(office, "2024-02-12")) if line.startswith("W0")] == [
        "W06 退回 县教育局第6周.xlsx 5",
        "W05 已汇总 县教育局第5周.xlsx 5",
    ]


def test_what_was_put_into_a_folder_since_stays_with_its_week(office: Path) -> None:
    """Tidying up the inbox had made it this week's."""
    path = headless(office, "县教育局.xlsx")
    run(office, "2024-02-05")
    (office.parent / "inbox" / "已办").mkdir()
    path.rename(office.parent / "inbox" / "已办" / "县教育局.xlsx")
    assert told(run(office, "2024-02-12")) == ["W06 未报", "W05 待核 已办/县教育局.xlsx 5", ASKED]
    assert told(run(office, "2024-02-19"))[:2] == ["W07 未报", "W05 待核 已办/县教育局.xlsx 5"]
