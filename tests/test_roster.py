"""The roster: codes stay text, columns come in any order, and a wrong row is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.grids import ROOT
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.office.bundled import bundled_templates
from workbook_tool.files.office.config import check_roster
from workbook_tool.files.office.new_roster import write_roster
from workbook_tool.files.office.roster import load_roster
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Roster

FULL = Agency(
    "0071",
    "甲县应急管理局",
    ("甲县应急局", "应急局"),
    "县级部门",
    "甲县",
    "本单位",
    date(2024, 1, 26),
    2021,
    2025,
    "a@b.cn",
    ("0070", "0069"),
    True,
    contact="张三",
    phone="0537-1234567",
)


def sheet(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_no_roster_accepts_everybody() -> None:
    roster = load_roster(None)
    assert roster.agencies == () and not roster.given


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "名录.xlsx"
    write_roster(path, [FULL, Agency("002", "乙镇人民政府")])
    roster = load_roster(path)
    assert roster.given and roster.agencies == (FULL, Agency("002", "乙镇人民政府"))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["名录", "填写说明"]
    assert book["名录"]["A2"].number_format == book["名录"].column_dimensions["A"].number_format == "@"


def test_an_empty_roster_is_as_none(tmp_path: Path) -> None:
    write_roster(tmp_path / "名录.xlsx", [])
    assert not load_roster(tmp_path / "名录.xlsx").given


def test_columns_in_any_order_numbers_as_codes_blank_rows(tmp_path: Path) -> None:
    day = date(2024, 1, 26)
    head = ["名称", "截止日期", "规章制定权", "代码", "应报起"]
    path = sheet(
        tmp_path / "n.xlsx", head, ["甲局", day, "无", 71, 2020], [], ["乙局", "2024/1/5", None, "071", "2021年"]
    )
    first, second = load_roster(path).agencies
    assert (first.code, first.deadline, first.due_from) == ("71", day, 2020)
    assert (second.code, second.deadline, second.due_from) == ("071", date(2024, 1, 5), 2021)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_that_offices_have(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "名录.csv"
    path.write_text("代码,名称,别名,截止日期\n0071,甲局,甲、小甲,2024-01-31\n", encoding=encoding)
    assert load_roster(path).agencies == (Agency("0071", "甲局", ("甲", "小甲"), deadline=date(2024, 1, 31)),)


@pytest.mark.parametrize(
    ("rows", "place", "hint"),
    [
        ([["代码", "单位名称"], ["1", "甲"]], "「单位名称」", "是否指「名称」"),
        ([["代码", "别名"], ["1", "甲"]], "名录.xlsx", "缺少「名称」"),
        ([["代码", "名称", "名称"]], "「名称」", "两次"),
        ([[]], "名录.xlsx", "第 1 行应为列名"),
        ([["代码", "名称"], ["1", "甲"], [None, "乙"]], "第 3 行「代码」", "不能空白"),
        ([["代码", "名称"], ["1", None]], "第 2 行「名称」", "不能空白"),
        ([["代码", "名称"], ["1", "甲"], [1, "乙"]], "第 3 行「代码」", "“1” 与第 2 行重复"),
        ([["代码", "名称"], ["a1", "甲"], ["A1", "乙"]], "第 3 行「代码」", "“A1” 与第 2 行重复"),
        ([["代码", "名称"], ["1?", "甲"]], "第 2 行「代码」", "“1?”里不能有 *、?、~"),
        ([["代码", "名称"], ["1", "甲 局"], [], ["2", "甲局"]], "第 4 行「名称」", "与第 2 行重复"),
        ([["代码", "名称", "别名"], ["1", "甲"], ["2", "乙", "丙、甲"]], "第 3 行「别名」", "“甲” 与第 2 行重复"),
        ([["代码", "名称", "别名"], ["1", "甲", "乙"], ["2", "乙"]], "第 3 行「名称」", "“乙” 与第 2 行重复"),
        ([["代码", "名称", "截止日期"], ["1", "甲", "下周"]], "第 2 行「截止日期」", "2024-01-31"),
        ([["代码", "名称", "截止日期"], ["1", "甲", "2024-02-30"]], "第 2 行「截止日期」", "不是日期"),
        ([["代码", "名称", "截止日期"], ["1", "甲", 45000]], "第 2 行「截止日期」", "不是日期"),
        ([["代码", "名称"], ["1.23E+17", "甲"]], "第 2 行「代码」", "设为文本"),
        ([["代码", "名称"], ["1.23E17", "甲"]], "第 2 行「代码」", "设为文本"),
        ([["代码", "名称"], ["1E+05", "甲"]], "第 2 行「代码」", "设为文本"),
        ([["代码", "名称"], [370000000000000000, "甲"]], "第 2 行「代码」", "设为文本"),
        ([["单位代码", "名称"], ["1", "甲"]], "「单位代码」", "是否指「代码」"),
        ([["代码", "名称", "截至日期"], ["1", "甲", ""]], "「截至日期」", "是否指「截止日期」"),
        ([["代码", "名称", "截止日期"], ["1", "甲", "下周"]], "\n    | 1 | 甲 | 下周 |\n          　   ^", ""),
        ([["代码", "名称", "规章制定权"], ["1", "甲", "也许"]], "第 2 行「规章制定权」", "请填“有”或“无”"),
        ([["代码", "名称", "原代码"], ["1", "甲", "8、9"], ["2", "乙", "9"]], "第 3 行「原代码」", "“9” 与第 2 行重复"),
        ([["代码", "名称", "应报止"], ["1", "甲", "去年"]], "第 2 行「应报止」", "“去年” 不是年份"),
    ],
)
def test_a_wrong_row_is_told_with_place_and_hint(tmp_path: Path, rows: list[list[Any]], place: str, hint: str) -> None:
    with pytest.raises(OfficeError) as error:
        load_roster(sheet(tmp_path / "名录.xlsx", *rows))
    assert "名录.xlsx" in str(error.value) and place in str(error.value) and hint in str(error.value)


def test_a_code_with_an_e_in_it_is_one(tmp_path: Path) -> None:
    """No program shortens a number to 1E05: Excel writes 1E+05, and Java 1.0E5."""
    roster = load_roster(sheet(tmp_path / "名录.xlsx", ["代码", "名称"], ["1E05", "甲"], ["2e3", "乙"]))
    assert [agency.code for agency in roster.agencies] == ["1E05", "2e3"]


def test_what_offices_add_to_their_lists_is_passed_over_and_named(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "名录.xlsx",
        ["××县应报单位名单"],
        [],
        ["序号", "代 码", "名　称", "规章制定权", "邮箱", "电话", "备注"],
        [1, "1", "甲局", "√", "a@b.cn", "0537-1", "老张"],
        [2, "2", "乙局", "否", "b＠b.cn、c@b.cn"],
        ["", "合计", "2 家"],
        ["填表人：李四"],
    )
    roster = load_roster(path)
    assert [(a.code, a.empowered, a.phone) for a in roster.agencies] == [("1", True, "0537-1"), ("2", False, "")]
    assert roster.notes == (
        "名录 名录.xlsx：第 1 行“××县应报单位名单”当作标题，没有当单位",
        "名录 名录.xlsx：自己加的列 序号、备注 照留，程序不用",
        "名录 名录.xlsx：第 6 行“合计”当作合计或说明，没有当单位",
        "名录 名录.xlsx：第 7 行“填表人：李四”当作合计或说明，没有当单位",
        "名录 名录.xlsx：第 5 行的邮箱“b＠b.cn”不像邮箱地址，信发不到那里，请改正",
    )


def test_an_alias_may_repeat_its_own_name(tmp_path: Path) -> None:
    assert load_roster(sheet(tmp_path / "n.xlsx", ["代码", "名称", "别名"], ["1", "甲", "甲"])).agencies


def test_a_file_that_is_no_roster(tmp_path: Path) -> None:
    with pytest.raises(OfficeError, match=r"找不到名录.*\[roster\] file"):
        load_roster(tmp_path / "名录.xlsx")
    (tmp_path / "名录.docx").touch()
    with pytest.raises(OfficeError, match=r"另存为 .xlsx 或 .csv"):
        load_roster(tmp_path / "名录.docx")
    (tmp_path / "坏.xlsx").write_bytes(b"PK not a workbook")
    with pytest.raises(OfficeError, match="无法打开名录"):
        load_roster(tmp_path / "坏.xlsx")


def test_a_misspelt_scope_is_refused_before_a_whole_is_added_to_its_parts() -> None:
    form = load_form(bundled_templates(), "zfxxgk-2021")
    check_roster(Roster((Agency("1", "甲县", scope="全域汇总"),)), [form], ROOT / "templates")
    with pytest.raises(OfficeError, match="名录中 1 甲县 的报告口径“全域”不在表式之内，是否指 全域汇总"):
        check_roster(Roster((Agency("1", "甲县", scope="全域"),)), [form], ROOT / "templates")
