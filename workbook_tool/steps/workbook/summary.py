"""二、主要数字 of 总览: the form's key figures, with last year's where they are known."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from workbook_tool.model.cells import address
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.live import references
from workbook_tool.model.form.summaries import KeyFigure
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.workbook.book import BookSheet
from workbook_tool.model.workbook.decimals import figure_role, most_decimals
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.overview_grid import COLUMNS, FULL, UNIT, section
from workbook_tool.steps.workbook.plan import OVERVIEW, Plan

LAYERS = {"已通过": "passed", "其中待核": "held", "含退回": "all"}
NARROW = 3
"""Columns of a figure beside last year's; without it there is room for one more."""


class BesideLastYear(Struct, frozen=True):
    """A key figure of the accepted agencies whose last year is known: how many, last year's and this year's."""

    agencies: int
    last: Decimal
    now: Decimal


def add_figures(sheet: BookSheet, plan: Plan, top: int) -> int:
    """Draw it, where the form declares any; returns the row below."""
    if not plan.form.figures:
        return top
    section(sheet, top, "二、主要数字")
    known = plan.result.run.last_year.known
    width, head = NARROW if known else NARROW + 1, top + 1
    label = COLUMNS - width * (6 if known else 4)
    texts = (*LAYERS, "缺数家数", *((plan.form.period.year_ago, "增减") if known else ()))
    sheet.put(head, 0, "指标", "head", span=(1, label))
    for number, text in enumerate(texts):
        sheet.put(head, label + number * width, text, "head", span=(1, width))
    lines = len(plan.form.figures)
    sheet.heights |= dict.fromkeys(range(head, head + 1 + lines), 22)
    for number, figure in enumerate(plan.form.figures):
        put_figure(sheet, plan, head + 1 + number, figure, label, width)
    below = head + 1 + lines
    if not known:
        return below
    this, ago, past = plan.form.period.this, plan.form.period.year_ago, plan.result.run.last_year.period
    which = f" {past.spaced}" if past else ""
    meaning = (
        f"{ago}：{plan.form.period.both}的单位（已通过、并且有{which}数）{ago}之和；增减是同一批单位{this}减{ago}。"
    )
    sheet.put(below, 0, meaning, "note", span=FULL)
    sheet.heights[below] = 18
    return below + 1


def put_figure(sheet: BookSheet, plan: Plan, row: int, figure: KeyFigure, label: int, width: int) -> None:
    """A key figure in every layer, and beside last year where that is known."""
    items = [plan.form.by_code[code] for code in figure.items]
    indexes = [item.index for item in items]
    decimals = most_decimals(items)
    text = f"{figure.label}（{figure.unit}）" if figure.unit else figure.label
    sheet.put(row, 0, text, "stub", span=(1, label))
    sheet.heights[row] = max(22.0, text_height(text, label * UNIT))
    for number, layer in enumerate(LAYERS.values()):
        found = [plan.layer(layer).sums[item.index] for item in items]
        value = (
            sum(as_decimal(n, i) for n, i in zip(found, items, strict=True) if n is not None)
            if any(n is not None for n in found)
            else None
        )
        formula = ""
        if layer != "held" or plan.shows_held:
            cells = references(indexes, plan.totals_places(layer), OVERVIEW)
            formula = f"=SUM({cells})" if items[0].added else f"={cells}"
        ending = "_total" if layer == "passed" else ""
        role = figure_role(decimals, f"count{ending}", f"amount{ending}")
        sheet.put(row, label + number * width, value, role, formula=formula, span=(1, width))
    cells = references(indexes, plan.totals_places("missing"), OVERVIEW)
    missing = max(plan.result.totals.all_filed.missing[index] for index in indexes)
    sheet.put(row, label + 3 * width, missing, "missing", formula=f"=MAX({cells})", span=(1, width))
    if plan.result.run.last_year.known:
        put_last_year(sheet, plan, row, compared(plan, items), (label, width), decimals)


def put_last_year(
    sheet: BookSheet, plan: Plan, row: int, found: BesideLastYear, place: tuple[int, int], decimals: int
) -> None:
    """Last year's sum and the difference, live where every accepted agency is in it; unknown is a dash, not 0."""
    label, width = place
    passed, last, gain = (label + number * width for number in (0, 4, 5))
    if not found.agencies:
        for column in (last, gain):
            sheet.put(row, column, "—", "cell_center", span=(1, width))
        return
    complete = found.agencies == plan.result.totals.passed.agencies
    formula = f"={address(row, passed)}-{address(row, last)}" if complete else ""
    sheet.put(row, last, found.last, figure_role(decimals, "count", "amount"), span=(1, width))
    role = figure_role(decimals, "gain", "gain_amount")
    sheet.put(row, gain, found.now - found.last, role, formula=formula, span=(1, width))


def compared(plan: Plan, items: list[Item]) -> BesideLastYear:
    """A key figure over the accepted agencies that have all of it in both years: only like is laid beside like."""
    agencies, last, now = 0, Decimal(0), Decimal(0)
    for record in plan.result.accepted if all(item.added for item in items) else ():
        before, numbers = plan.result.run.last_year.of(record.agency), record.file.submission.numbers()
        if all(item.index in before and item.index in numbers for item in items):
            agencies += 1
            last += sum(as_decimal(before[item.index], item) for item in items)
            now += sum(as_decimal(numbers[item.index], item) for item in items)
    return BesideLastYear(agencies, last, now)
