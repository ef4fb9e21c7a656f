"""What is said of a declaration and by it: formulas in the words of people, rules of lists without their list, and what
``equals`` means."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tests.tables import sheet_of
from tests.test_language import COUNT, LIST, TOP, read
from workbook_tool.declaring import begin_declaration
from workbook_tool.files.form.declaration import load_form
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.form.prepared import Prepared
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.form.first_draft import tables_in
from workbook_tool.steps.form.left_out import left_out
from workbook_tool.steps.form.units_made_out import units_over
from workbook_tool.steps.tell.told_form import told_form

ENTERPRISE = """[[table]]
name = "r1"
rows = ["一、营业收入", "二、成本", { label = "规模（m³/d）", unit = "m³/d" }]
repeat = ["本年", "上年"]
columns = ["一季度", { label = "全年累计", is = "prev.全年累计 + 一季度" }]
[[rule]]
id = "R"
formula = "FORMULA"
"""
CASES = """[[table]]
name = "月报"
rows = ["期初", "本月立案", "  一般程序", "  小计 =", "本月结案", "  一般程序", "  简易程序", "  小计 ="]
columns = ["公安", "交通"]
[[table]]
name = "案件"
list = true
columns = [
  { label = "立案日期", kind = "date" },
  { label = "结案日期", kind = "date", optional = true },
  { label = "类别", choices = ["公安", "交通"] },
  { label = "交通", kind = "yesno" },
]
[[rule]]
id = "A"
formula = "RULE"
[[tally]]
id = "N"
title = "结案"
by = ["类别"]
equals = "月报.LINE"
"""


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (
            "一、营业收入.本年_全年累计 - 二、成本.本年.全年累计 >= prev.二、成本.上年.全年累计",
            "一、营业收入「本年·全年累计」－二、成本「本年·全年累计」 ≥ 上月二、成本「上年·全年累计」",
        ),
        ("规模（m³/d） <= 一、营业收入/二、成本 * 2", "规模（m³/d） ≤ 一、营业收入÷二、成本×2"),
        (
            "each(一、营业收入:二、成本) <= sum(一、营业收入:二、成本) - 5",
            "一、营业收入至二、成本各项 ≤ 一、营业收入至二、成本之和－5",
        ),
        ("非 filled(二、成本) 或 (二、成本 != 0)", "二、成本 未填 或 （二、成本 ≠ 0）"),
        ("本年.一季度 = last.上年.一季度", "本年·一季度 ＝ 上年同期上年·一季度"),
    ],
)
def test_a_rule_without_words_is_told_by_labels(formula: str, words: str, tmp_path: Path) -> None:
    rule = read(TOP + ENTERPRISE.replace("FORMULA", formula), tmp_path).rule("R")
    assert (rule.title, rule.words) == (words, f"应有：{words}。")


def test_a_number_elsewhere_is_told_by_its_labels(tmp_path: Path) -> None:
    text = '[[table]]\nname = "表二"\nrows = ["甲", { label = "乙", is = "r1.二、成本.本年.一季度 - 甲" }]\n'
    form = read(TOP + ENTERPRISE.replace("FORMULA", "二、成本 >= 1").replace("[[rule]]", text + "[[rule]]"), tmp_path)
    assert form.rule("表二-乙").title == "乙＝r1：二、成本「本年·一季度」－甲"


def declared(folder: Path, rule: str = "结案日期 >= 立案日期", equals: str = "本月结案.小计") -> Form:
    (folder / "x.toml").write_text(TOP + CASES.replace("RULE", rule).replace("LINE", equals), encoding="utf-8")
    return load_form(folder, "x")


def test_a_rule_of_a_list_is_found_by_its_columns(tmp_path: Path) -> None:
    form = declared(tmp_path)
    assert form.registers[0].rules[0].rule == form.rule("A").id
    assert "规则 A（必须改）：结案日期 ≥ 立案日期（每一行）" in told_form(form)
    own = told_form(form).partition("\n\n规则 ")[2]
    assert "G-TWICE" not in own and "L-OTHERS" not in own, "every list has them"
    assert not declared(tmp_path, "期初 <= 100").registers[0].rules, "the first day is no column"


@pytest.mark.parametrize(
    ("rule", "equals", "said"),
    [
        ("结案曰期 >= 立案日期", "本月结案.小计", "结案曰期 没有声明，是否指 结案日期"),
        ("交通 >= 1", "本月结案.小计", "“交通 >= 1” 的名称在清单 案件 和别的表里都有，请写 table"),
        (
            "结案日期 >= 立案日期",
            "本月结案",
            "本月结案 是分组标题，没有数；请写它下面的一项：本月结案.一般程序、本月结案.简易程序、本月结案.小计",
        ),
        (
            "结案日期 >= 立案日期",
            "小计",
            "小计 有几处，请写明是哪一处：本月立案.小计、本月结案.小计",
        ),
        ("结案日期 >= 立案日期", "本月立案.简易程序", "本月立案 下面没有 简易程序"),
        ("结案日期 >= 立案日期", "本月结按.小计", "equals 中的 本月结按 没有声明"),
    ],
)
def test_what_may_be_meant_otherwise_is_said(rule: str, equals: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(OfficeError, match=re.escape(said)):
        declared(tmp_path, rule, equals)


def test_a_tally_equals_the_line_under_its_caption(tmp_path: Path) -> None:
    (tally,) = declared(tmp_path, equals="本月立案.小计").tallies
    form = declared(tmp_path, equals="本月结案.小计")
    rows = [{form.by_code[there].row.under for _, there in one.equals} for one in (tally, *form.tallies)]
    assert rows == [{("本月立案",)}, {("本月结案",)}]


def test_lines_beside_blocks_are_one_mistake_with_a_right_example(tmp_path: Path) -> None:
    text = '[[table]]\nname = "表"\nrows = ["甲"]\ncolumns = ["丙"]\n[[table.block]]\nrows = ["丁"]\n'
    with pytest.raises(OfficeError) as caught:
        read(TOP + text, tmp_path)
    assert "有 1 处要改" in str(caught.value)
    assert "block 不能与 rows、columns 同时写" in str(caught.value) and "例如：block = [" in str(caught.value)


def test_what_a_table_may_say_is_told_once_and_not_what_it_says(tmp_path: Path) -> None:
    with pytest.raises(OfficeError) as caught:
        read(TOP + LIST + COUNT.replace("title", "titel") + 'sorted = true\nseverity = "must"\n', tmp_path)
    assert "titel 不是可用的键，是否指 title" in str(caught.value)
    assert "severity 只用于写了 equals 的统计" in str(caught.value), "nothing is compared"
    (words,) = re.findall("sorted 不是可用的键，可用的还有 (.*)", str(caught.value))
    assert words.startswith("name、table、by、date") and "titel" not in words and words.count("title") == 0


@pytest.mark.parametrize(
    ("columns", "ids"),
    [
        ('["一季度", "二季度", { label = "1—2季度累计", is = "一季度 + 二季度" }]', ["表-1—2季度累计"]),
        ('["本年", "  甲", "  乙", { label = "  2024年（合计）", is = "甲 + 乙" }]', ["表-本年·2024年合计"]),
        ('["甲", "乙", { id = "_1", label = "1月", is = "甲 + 乙" }, "合计 ="]', ["表-_1", "表-合计"]),
    ],
)
def test_the_id_of_a_made_up_rule_can_be_read(columns: str, ids: list[str], tmp_path: Path) -> None:
    form = read(f'{TOP}[[table]]\nname = "表"\nrows = ["丙"]\ncolumns = {columns}\n', tmp_path)
    assert [rule.id for rule in form.rules if rule.table] == ids


WEEK = """id = "x"
title = "周报"
period = "week"
[[table]]
name = "周报"
rows = ["交通", "消防"]
columns = [
  "排查", { label = "  上周", is = "prev.排查.本周" }, "  本周",
  "整改", { label = "  上周", is = "prev.整改.本周" }, "  本周", { label = "率", unit = "%", is = "整改.本周 / 排查.本周" },
]
"""


def test_what_follows_is_told_by_its_captions_where_a_label_says_two_things(tmp_path: Path) -> None:
    """率＝本周÷本周, and 上周＝上周本周, stood in titles, letters and beside the cells of the blank form."""
    form = read(WEEK, tmp_path)
    titles = [rule.title for rule in form.rules if rule.table]
    assert titles == ["排查·上周＝上周的排查·本周", "整改·上周＝上周的整改·本周", "率＝整改·本周÷排查·本周"]
    columns = '["本周", { label = "上周", is = "prev.本周" }]'
    alone = read(f"{WEEK.partition('columns')[0]}columns = {columns}\n", tmp_path)
    assert next(rule for rule in alone.rules if rule.table).title == "上周＝上周的本周"


def test_a_question_with_its_unit_is_printed_on_two_lines(tmp_path: Path) -> None:
    """A blank line had stood between them."""
    rows = '{ label = "开放时长", unit = "小时" }, { label = "厕位总数（男）", unit = "个" }'
    form = read(f'{TOP}[[table]]\nname = "卡"\nrows = [{rows}]\n', tmp_path)
    sheet = next(
        one
        for one in blank_book(form, Period(PeriodKind.MONTH, 2026, 10), date(2026, 11, 1)).sheets
        if one.name == "卡"
    )
    said = {cell.value for cell in sheet.cells if isinstance(cell.value, str) and "单位：" in cell.value}
    assert {"开放时长\n（单位：小时）", "厕位总数\n（男）\n（单位：个）"} <= said


BEGUN = """list = true  # 行数不定
unit = "人"
sign = ["单位负责人", "填表人"]
note = "注：金额保留四位小数。"
columns = [
  "户主姓名",
  { label = "救助类型", choices = ["急难型", "支出型"] },
  { label = "困难情形", depends = "救助类型", choices = { "急难型" = ["火灾", "疾病"], "支出型" = ["医疗"] } },
  { label = "家庭人口数", kind = "number" },
  { label = "救助金额", unit = "万元", decimals = 4 },
]
"""
BESIDE = """没有写进草稿的，请看要不要补（填表说明写 guide，表末的话写 note）：
  工作表“选项”：是下拉列表的选项，不作一张表
已写入 """


def test_a_blank_list_is_begun_with_its_choices_and_what_is_left_out_is_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("台账", 0)
    for row in (
        ["附件2"],
        ["填报单位（盖章）：", None, "年第  季度", None, "单位：人、万元"],
        ["户主姓名", "救助类型", "困难情形", "家庭人口数", "救助金额"],
        [],
        ["注：金额保留四位小数。"],
        ["单位负责人：   填表人：   联系电话："],
    ):
        sheet.append(row)
    sheet["E4"].number_format = "0.0000"
    options = book.create_sheet("选项")
    for row in (["急难型", "支出型"], ["火灾", "医疗"], ["疾病"]):
        options.append(row)
    for name, cells in (("急难型", "选项!$A$2:$A$3"), ("支出型", "选项!$B$2")):
        book.defined_names[name] = DefinedName(name, attr_text=cells)
    for cells, formula in (("B4:B99", "=选项!$A$1:$B$1"), ("C4:C99", "INDIRECT($B4)")):
        drop = DataValidation("list", formula1=formula)
        drop.add(cells)
        sheet.add_data_validation(drop)
    book.save(tmp_path / "救助台账.xlsx")
    words = begin_declaration(tmp_path / "救助台账.xlsx", None)
    assert BEGUN in words and BESIDE in words
    assert 'title = "救助台账"\nperiod = "quarter"' in words


def test_a_unit_that_was_not_used_is_left_out_in_the_open() -> None:
    """It had been taken for one of the lines that every form has."""
    grid = [["领域", "件数", "罚款"], ["市场", "", ""], ["交通", "", ""], [""], ["单位：件、元"], ["填报单位："]]
    for unit, told in ((3, ["表1 A5：单位：件、元"]), (4, [])):  # behind a gap, and right below
        sheets = [sheet_of("表1", [*grid[:3], *grid[unit:]])]
        assert left_out(sheets, tables_in(sheets), Prepared()) == told


@pytest.mark.parametrize(
    ("text", "units"),
    [("单位：件、万元", ["件", "万元"]), ("计量单位：件", ["件"]), ("填报单位：水利局", []), ("主管单位：住建局", [])],
)
def test_an_agency_over_an_empty_table_is_no_unit(text: str, units: list[str]) -> None:
    assert units_over([text]) == units
