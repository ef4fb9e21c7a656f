"""重报: who filed more than once, and which numbers each version changed."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest

from tests.seasons import Season, form, season

__all__ = ["form", "season"]


@pytest.fixture
def book(season: Season) -> openpyxl.Workbook:
    """甲园 files a wrong sum, puts it right and breaks another, then sends the same numbers again; 乙园 files once."""
    weeks = {
        "001 报：A.red.all=8": date(2024, 2, 5),
        "001 报：A.green.all=3": date(2024, 2, 12),
        "001 报：A.green.all=3 A.red.big=3": date(2024, 2, 19),
    }
    season.happen("002 报")
    for line, day in weeks.items():
        season.happen(line)
        season.run(day)
    return openpyxl.load_workbook(season.workbook("2024-02-19-1"))


def rows(book: openpyxl.Workbook, sheet: str) -> list[tuple[object, ...]]:
    return list(book[sheet].iter_rows(min_row=5, values_only=True))


def test_every_version_has_its_line(book: openpyxl.Workbook) -> None:
    told = [(row[0], row[2], row[5], row[6], *row[7:11]) for row in rows(book, "重报")]
    told = list(dict.fromkeys(told))  # a row for each number that a version changed
    assert told == [
        ("001", 1, "退回", None, 0, 0, 0, "已不在收件夹"),
        ("001", 2, "退回", None, 2, 1, 1, "改甲坏乙；已不在收件夹"),
        ("001", 3, "退回", "是", 0, 0, 0, "未改动重报"),
    ]


def test_every_changed_number_has_its_line(book: openpyxl.Workbook) -> None:
    told = [row[11:] for row in rows(book, "重报") if row[11]]
    assert told == [
        ("甲「红」×「共」", 8, 7, "=ROUND(N6-M6,6)"),
        ("甲「青」×「共」", 1, 3, "=ROUND(N7-M7,6)"),
    ]


def test_where_everybody_filed_once_there_is_no_such_sheet(season: Season) -> None:
    season.happen("001 报")
    season.run(date(2024, 2, 5))
    names = openpyxl.load_workbook(season.workbook("2024-02-05-1")).sheetnames
    assert "重报" not in names
