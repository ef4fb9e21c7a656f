"""重报: who filed more than once, and which numbers each version changed."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest

from tests.seasons import Season, begun, declared, form, season

__all__ = ["form", "season"]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    """甲园 files a wrong sum, puts it right and breaks another, then sends the same numbers again; 乙园 files once."""
    weeks = {
        "001 报：A.red.all=8": date(2024, 2, 5),
        "001 报：A.green.all=3": date(2024, 2, 12),
        "001 报：A.green.all=3 A.red.big=3": date(2024, 2, 19),
    }
    folder = tmp_path_factory.mktemp("versions")
    with pytest.MonkeyPatch.context() as patch:
        season = begun(declared(folder), folder, patch)
        season.happen("002 报")
        for line, day in weeks.items():
            season.happen(line)
            season.run(day)
    return openpyxl.load_workbook(season.workbook("2024-02-19-1"))


def rows(book: openpyxl.Workbook) -> list[dict[object, object]]:
    """The lines of the list, by their headers."""
    sheet = book["重报"]
    head, *lines = sheet[sheet.tables["tblVersions"].ref]
    return [{h.value: cell.value for h, cell in zip(head, line, strict=True)} for line in lines]


def test_every_version_has_its_line(book: openpyxl.Workbook) -> None:
    headers = ("代码", "第几版", "本版结果", "计入", "改动格数", "改好", "改坏", "说明")
    told = [tuple(row[header] for header in headers) for row in rows(book)]
    told = list(dict.fromkeys(told))  # a row for each number that a version changed
    assert told == [
        ("001", 1, "退回", None, 0, 0, 0, "已不在收件夹"),
        ("001", 2, "退回", None, 2, 1, 1, "改甲坏乙；已不在收件夹"),
        ("001", 3, "退回", "是", 0, 0, 0, "未改动重报"),
    ]


def test_every_changed_number_has_its_line(book: openpyxl.Workbook) -> None:
    told = [tuple(row[header] for header in ("改了的数", "前值", "后值")) for row in rows(book) if row["改了的数"]]
    assert told == [
        ("甲「红」×「共」", 8, 7),
        ("甲「青」×「共」", 1, 3),
    ]


def test_where_everybody_filed_once_there_is_no_such_list(season: Season) -> None:
    season.happen("001 报")
    season.run(date(2024, 2, 5))
    book = openpyxl.load_workbook(season.workbook("2024-02-05-1"))
    assert "重报" not in book.sheetnames


def test_the_head_of_the_list_stays_in_sight_and_comes_again_on_every_page(book: openpyxl.Workbook) -> None:
    """Below the files the list had their head over it: 大小（字节） over a date."""
    sheet = book["重报"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("C5", "$4:$4")
    assert sheet["A4"].value == "代码"
