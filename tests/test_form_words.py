"""What is said of a declaration and by it: formulas in the words of people, rules of lists without their list, and what
``equals`` means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.test_language import COUNT, LIST, TOP, read
from workbook_tool.files.form.declaration import load_form
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import Form
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
        read(TOP + LIST + COUNT.replace("title", "titel") + "sorted = true\n", tmp_path)
    assert "titel 不是可用的键，是否指 title" in str(caught.value)
    (words,) = re.findall("sorted 不是可用的键，可用的还有 (.*)", str(caught.value))
    assert words.startswith("name、table、by、date") and "titel" not in words and words.count("title") == 0
