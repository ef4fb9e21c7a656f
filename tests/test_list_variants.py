"""One list as many offices send it: whatever was done to its workbook, the same numbers come out, or words that say which
rows are not counted."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.test_registers import LISTS, declared, judged
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.form.period import Period
from workbook_tool.model.office.settings import Limits

FORM = declared((LISTS / "ht-dc.toml").read_text(encoding="utf-8"))
HEAD = ["合同编号", "合同名称", "签订日期", "金额（万元）", "状态", "备注"]
STATES = ["履行中", "已完成"]
Row = list[Any]
ROWS: list[Row] = [
    [
        f"33010619900{n:07d}" if n % 2 else f"{n:05d}",
        f"供水 管网{n}",
        date(2024, 1, 2) + timedelta(days=7 * n),
        round(10 + n * 17.35, 2),
        STATES[n % 2],
        None if n % 3 else "甲,乙",
    ]
    for n in range(12)
]
TOTAL = round(sum(row[3] for row in ROWS), 2)
BY_STATE = sorted(ROWS, key=lambda row: row[4])


def lines(*rows: Row, name: str = "合同", below: int = 2) -> Worksheet:
    """A sheet under its title, of which these rows are the rest."""
    sheet: Worksheet = openpyxl.Workbook().active  # type: ignore[assignment]
    sheet.title = name
    for row in [["合同台账"], ["填报单位：示例县水利局"]][:below] + list(rows):
        sheet.append(row)
    return sheet


def changed(column: int, change: Callable[[Any], Any]) -> Worksheet:
    return lines(HEAD, *([*row[:column], change(row[column]), *row[column + 1 :]] for row in ROWS))


def by_month(totals: bool) -> Worksheet:
    first, so_far = None, 0.0
    for month in (1, 2, 3):
        rows = [row for row in ROWS if row[2].month == month]
        so_far += sum(row[3] for row in rows)
        sheet = first.parent.create_sheet(f"{month}月") if first else lines(name=f"{month}月", below=0)  # type: ignore[union-attr]
        first = first or sheet
        sums = [["本月合计", None, None, sum(row[3] for row in rows)], ["累计", None, None, round(so_far, 2)]]
        for row in ([f"2024年{month}月合同台账"], HEAD, *rows, *(sums if totals else [])):
            sheet.append(row)
    assert first
    return first


def in_pages() -> Worksheet:
    pages = [[[f"合同台账（续{n}）"], HEAD, *ROWS[4 * n : 4 * n + 4], [f"第 {n + 1} 页 共 3 页"]] for n in range(3)]
    return lines(*(row for page in pages for row in page), below=0)


def merged(*areas: str, rows: list[Row]) -> Worksheet:
    sheet = lines(*rows)
    for area in areas:
        sheet.merge_cells(area)
    return sheet


def hidden(rows: tuple[int, ...] = (), columns: str = "") -> Worksheet:
    sheet = lines(HEAD, *ROWS)
    sheet.auto_filter.ref, sheet.freeze_panes = f"A3:F{sheet.max_row}", "B4"
    for row in rows:
        sheet.row_dimensions[row].hidden = True
    for column in columns:
        sheet.column_dimensions[column].hidden = True
    return sheet


def with_subtotals() -> list[Row]:
    rows: list[Row] = []
    for number, state in zip("一二", STATES, strict=True):
        group = [row for row in ROWS if row[4] == state]
        rows += [[f"{number}、{state}"], *group, ["小计", None, None, sum(row[3] for row in group)]]
    return [HEAD, *rows, ["合计", None, None, TOTAL]]


def copied(hide: bool) -> Worksheet:
    sheet = lines(HEAD, *ROWS)
    again = sheet.parent.copy_worksheet(sheet)  # type: ignore[union-attr]
    again.title, again.sheet_state = "备份", "hidden" if hide else "visible"
    return sheet


SAME: dict[str, Callable[[], Worksheet]] = {
    "as it was issued": lambda: lines(HEAD, *ROWS),
    "filtered, nothing hidden": hidden,
    "heads on each page": in_pages,
    "a sheet a month": lambda: by_month(totals=False),
    "a sheet a month with sums": lambda: by_month(totals=True),
    "a total": lambda: lines(HEAD, *ROWS, ["合计", None, None, TOTAL]),
    "a total in another unit": lambda: lines(HEAD, *ROWS, ["合计（元）", None, None, TOTAL * 10_000]),
    "a total as a formula": lambda: lines(HEAD, *ROWS, ["合计", None, None, "=SUM(D4:D15)"]),
    "subtotals and headings": lambda: lines(*with_subtotals()),
    "blank rows": lambda: lines(HEAD, *(line for n, row in enumerate(ROWS) for line in ([[]] if n % 4 == 3 else []) + [row])),
    "numbered": lambda: lines(["序号", *HEAD], *([n, *row] for n, row in enumerate(ROWS, 1)), *([n] for n in range(13, 30))),
    "signed": lambda: lines(HEAD, *ROWS, ["注：金额按合同价。"], ["填表人：张三", None, None, "审核人：李四"]),
    "side by side": lambda: lines([*HEAD, None, *HEAD], *([*a, None, *b] for a, b in zip(ROWS[:6], ROWS[6:], strict=True))),
    "one state for many rows": lambda: merged("E4:E9", "E10:E15", rows=[HEAD, *([*row[:4], row[4] if n in (0, 6) else None, row[5]] for n, row in enumerate(BY_STATE))]),
    "days with hours": lambda: changed(2, lambda day: datetime(day.year, day.month, day.day, 9, 30)),
    "codes with a space": lambda: changed(0, lambda code: f"{code[:4]} {code[4:]}"),
    "choices with a number": lambda: changed(4, lambda state: f"{STATES.index(state) + 1}.{state}"),
    "names with spaces": lambda: changed(1, " ".join),
}  # fmt: skip
TOLD: dict[str, tuple[Callable[[], Worksheet], str]] = {
    "days as texts": (lambda: changed(2, lambda day: f"{day:%Y年%m月%d日}"), "note L-TEXT"),
    "days without a year": (lambda: changed(2, lambda day: f"{day:%m月%d日}"), "must L-TYPE"),
    "numbers as texts": (lambda: changed(3, str), "note L-TEXT"),
    "numbers in their unit": (lambda: changed(3, lambda number: f"{round(number * 10_000)}元"), "explain L-TEXT"),
    "rows left hidden by a filter": (lambda: hidden(rows=(5, 6)), "explain P-HIDDEN"),
    "a hidden column": (lambda: hidden(columns="D"), "explain P-HIDDEN"),
    "a copy": (lambda: copied(hide=False), "must L-SAME"),
    "a hidden copy": (lambda: copied(hide=True), "explain P-HIDDEN, must L-SAME"),
    "counts below": (lambda: lines(HEAD, *ROWS, [], ["状态", "件数"], ["履行中", 6], ["已完成", 6]), "explain P-LABEL"),
    "codes as numbers": (lambda: changed(0, int), "must L-TYPE, note L-TEXT"),
}


def outcome(sheet: Worksheet) -> tuple[dict[str, object], str]:
    stream = io.BytesIO()
    sheet.parent.save(stream)  # type: ignore[union-attr]
    _, findings, numbers = judged(FORM, list(read_sheets(stream.getvalue(), Limits())), Period.parse("2024-Q1"))
    return dict(numbers), ", ".join(sorted({f"{f.severity.value} {f.rule}" for f in findings}))


@pytest.mark.parametrize("way", SAME)
def test_a_list_comes_to_the_same_however_it_is_laid_out(way: str) -> None:
    numbers, told = outcome(SAME[way]())
    assert (numbers["N.sum.n"], float(numbers["S.all.n"] or 0), told) == (12, TOTAL, "")  # type: ignore[arg-type]


@pytest.mark.parametrize("way", TOLD)
def test_what_is_unusual_in_a_list_is_told(way: str) -> None:
    make, told = TOLD[way]
    assert outcome(make())[1] == told
