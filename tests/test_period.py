"""Periods: what they are called, which days they take, which come before and after, and how people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from tests.tables import sheet_of
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.layout import lay_out
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.steps.intake.identify.titles import title_periods
from workbook_tool.steps.intake.identify.written_periods import periods_in

NAMES = {
    "2024": ("2024年", "2024 年度", "2024年1月1日—2024年12月31日", "2023", "2023"),
    "2024-H1": ("2024年上半年", "2024 年上半年", "2024年1月1日—2024年6月30日", "2023-H2", "2023-H1"),
    "2024-Q3": ("2024年第3季度", "2024 年第 3 季度", "2024年7月1日—2024年9月30日", "2024-Q2", "2023-Q3"),
    "2024-01": ("2024年1月", "2024 年 1 月", "2024年1月1日—2024年1月31日", "2023-12", "2023-01"),
    "2024-W05": ("2024年第5周", "2024 年第 5 周", "2024年1月29日—2024年2月4日", "2024-W04", "2023-W05"),
    "2025-W01": ("2025年第1周", "2025 年第 1 周", "2024年12月30日—2025年1月5日", "2024-W52", "2024-W01"),
    "2021-W01": ("2021年第1周", "2021 年第 1 周", "2021年1月4日—2021年1月10日", "2020-W53", "2020-W01"),
    "2020-W53": ("2020年第53周", "2020 年第 53 周", "2020年12月28日—2021年1月3日", "2020-W52", ""),
}


@pytest.mark.parametrize("short", NAMES)
def test_a_period_knows_its_name_its_days_and_its_neighbours(short: str) -> None:
    period = Period.parse(short)
    told = (period.name, period.said, period.days, str(period.previous), str(period.year_ago or ""))
    assert (told, str(period)) == (NAMES[short], short)


@pytest.mark.parametrize(
    "text", ["", "24", "2024-W54", "2023-W53", "2024-Q5", "2024-13", "2024-H0", "2024-5周", "1899"]
)
def test_what_is_no_period_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"不是一个期|年没有第"):
        Period.parse(text)


@given(st.sampled_from(list(PeriodKind)), st.dates(date(1901, 1, 1), date(2100, 12, 31)))
def test_periods_follow_each_other_without_a_gap(kind: PeriodKind, day: date) -> None:
    period = Period.of(kind, day)
    assert period.first <= day <= period.last
    assert (period.next.previous, period.previous.next, Period.parse(str(period))) == (period, period, period)
    assert period.previous.last + timedelta(days=1) == period.first
    assert period in period.of_year() and period.opens_year == (period == period.of_year()[0])
    assert Period.ended(kind, day).last < day


WRITTEN = {
    ("week", "2024年第5周"): ["2024-W05"],
    ("week", "2024年第五周主动公开周报"): ["2024-W05"],
    ("week", "2024-W05"): ["2024-W05"],
    ("week", "第五十二周"): ["2023-W52"],
    ("week", "第5周"): ["2024-W05"],
    ("week", "第十周"): ["2024-W10"],
    ("week", "2024年第二十周"): ["2024-W20"],
    ("week", "第十一、二周"): [],
    ("month", "十月"): ["2023-10"],
    ("month", "十二月"): ["2023-12"],
    ("quarter", "一二季度"): [],
    ("quarter", "四季青街道第一季度"): ["2024-Q1"],
    ("quarter", "四季青镇"): [],
    ("month", "十月田镇"): [],
    ("week", "2024年1月29日—2024年2月4日"): ["2024-W05"],
    ("week", "1月29日至2月4日"): ["2024-W05"],
    ("week", "12月30日-1月5日"): ["2025-W01"],
    ("week", "(2024.1.29-2.4)"): ["2024-W05"],
    ("week", "2024年第60周"): [],
    ("week", "周报5份"): [],
    ("week", "2月第1周"): [],
    ("week", "周报new2"): [],
    ("week", "县第5周转站"): [],
    ("week", "建局第10周年"): [],
    ("quarter", "qq1"): [],
    ("week", "2024年2月份第2周"): [],
    ("month", "2024年3月"): ["2024-03"],
    ("month", "3月份"): ["2024-03"],
    ("month", "2024年3月5日"): [],
    ("month", "1-3月"): [],
    ("month", "202403"): ["2024-03"],
    ("month", "2024-03-05"): [],
    ("quarter", "2024年第一季度"): ["2024-Q1"],
    ("quarter", "2024-2季度"): ["2024-Q2"],
    ("quarter", "2024年1-3月"): ["2024-Q1"],
    ("quarter", "2024年4月—6月"): ["2024-Q2"],
    ("quarter", "2-4月"): [],
    ("quarter", "1-6月"): [],
    ("quarter", "一至二季度"): [],
    ("quarter", "第一、二季度"): [],
    ("quarter", "前三季度"): [],
    ("half", "2024年1-6月"): ["2024-H1"],
    ("half", "7月至12月"): ["2023-H2"],
    ("half", "1-12月"): [],
    ("quarter", "2024年三季度"): ["2024-Q3"],
    ("quarter", "2024Q2"): ["2024-Q2"],
    ("quarter", "2024年4月1日-6月30日"): ["2024-Q2"],
    ("half", "2024年上半年"): ["2024-H1"],
    ("half", "下半年"): ["2023-H2"],
    ("week", "第5周和第6周"): ["2024-W05", "2024-W06"],
}


@pytest.mark.parametrize(("kind", "text"), WRITTEN)
def test_periods_are_read_as_people_write_them(kind: str, text: str) -> None:
    """Without a year it is the one in which the period lies nearest to the last one that is over."""
    near = Period.ended(PeriodKind(kind), date(2024, 2, 12))
    assert [str(period) for period in periods_in(text, PeriodKind(kind), near)] == WRITTEN[kind, text]


HALVES = """id = "x"
title = "供水登记表"
period = "half"
[[table]]
name = "供水量"
unit = "万m³"
rows = ["地表水", "下半年新增"]
columns = ["下半年", { label = "下半年水价", unit = "元/m³" }]
repeat = ["上年", "本年"]
[[table]]
name = "供水清单"
list = true
columns = ["工程", { label = "下半年检测日期", kind = "date" }]
"""


def test_a_label_of_the_form_is_no_period() -> None:
    form, near = read_form(Keys(tomli.loads(HALVES), "x")), Period(PeriodKind.HALF, 2026, 1)
    frame = [heading.text for table in form.tables for heading in lay_out(form, table).headings]
    frame += [column.label for register in form.registers for column in register.columns]
    sheet = sheet_of("供水量", [[text] for text in frame[:4]]), sheet_of("清单", [[text] for text in frame[4:]])
    assert sum("下半年" in text for text in frame) == 6
    assert title_periods(sheet, form, near) == []
    stated = title_periods([sheet_of("供水量", [["供水量（下半年）"]])], form, near)
    assert {str(one.period) for one in stated} == {"2026-H2"}
