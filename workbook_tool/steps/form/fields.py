"""The cells that a clerk fills: what may be typed, and how they show that they are filled or wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.items import Block, Item
from workbook_tool.model.form.layout import Layout
from workbook_tool.model.form.live import Area, rectangles
from workbook_tool.model.form.register import as_column
from workbook_tool.model.workbook.book import BookSheet, Condition, Validation
from workbook_tool.steps.form.issue import TOP, Issue
from workbook_tool.steps.form.offers import answers_of, watch

EARLIEST = 1949
"""No date that an office asks for lies before that year."""


def watch_inputs(sheet: BookSheet, issue: Issue, layout: Layout) -> None:
    """Prompts and limits; a filled cell turns white, a wrong one red."""
    kinds: dict[tuple[Block, bool, Wanted], list[Item]] = defaultdict(list)
    for item in issue.inputs(layout.table):
        kinds[item.block, item.total, wanted(item)].append(item)
    for (_, total, kind), items in kinds.items():
        for first, last in covered(items, issue, layout):
            cell = address(*first)
            sheet.validations.append(number_validation(kind, total, first, last))
            sheet.conditions.append(Condition(first, last, wrong_number(cell, kind), "bad", stop=True))
            sheet.conditions.append(Condition(first, last, f'={cell}<>""', "done_total" if total else "done"))
    watch_remarks(sheet, issue, layout)


def watch_remarks(sheet: BookSheet, issue: Issue, layout: Layout) -> None:
    """Prompts for texts, dates and answers; an answer is chosen from as in a list."""
    register = answers_of(issue.form, layout.table)
    for index, slot in layout.remarks.items():
        item, first = issue.form.cells[index], (TOP + slot.row, slot.column)
        last = (first[0], first[1] + slot.span[1] - 1)
        if item.kind not in ("text", "date"):
            watch(sheet, register, as_column(item), (first, last), chosen_at(issue, layout, item))
            continue
        words = "没有的可以不填。" if item.optional else "不要留空。"
        if item.kind == "date":
            prompt = f"请填日期，如 {issue.period.last.year}-{issue.period.last.month}-{issue.period.last.day}。{words}"
            earliest, latest = date(EARLIEST, 1, 1), date(issue.period.last.year + 1, 12, 31)
            one = Validation(first, last, "date", (), earliest, latest, "填报提示", prompt, "填写有误", prompt)
        else:
            one = Validation(first, last, "any", prompt_title="填报提示", prompt=f"请填文字。{words}")
        sheet.validations.append(one)
        sheet.conditions.append(Condition(first, last, f'={absolute(*first)}<>""', "done"))


def chosen_at(issue: Issue, layout: Layout, item: Item) -> str:
    """The cell of the choice that an answer depends on; empty where it depends on none."""
    for index, slot in layout.remarks.items() if item.asked.depends else ():
        other = issue.form.cells[index]
        beside = other.row is item.row if item.asked is item.column else other.column is item.column
        if beside and other.block is item.block and other.asked.id == item.asked.depends:
            return absolute(TOP + slot.row, slot.column)
    return ""


class Wanted(Struct, frozen=True):
    """What may be typed: a number with so many decimals of a unit, below 0 too where it is ``negative``. A ``ratio`` may have
    any decimals, as it is computed."""

    decimals: int
    unit: str
    negative: bool
    optional: bool
    ratio: bool


def wanted(item: Item) -> Wanted:
    """What the place of this item takes."""
    return Wanted(item.decimals, item.unit, item.negative, item.spare, item.adds == "ratio")


def covered(items: Iterable[Item], issue: Issue, layout: Layout) -> list[Area]:
    """The rectangles of these numbers, merged cells whole."""
    wide: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for item in items:
        wide[layout.slots[item.index].span[1]].append(issue.places[item.index][1:])
    return [
        (first, (last[0], last[1] + width - 1)) for width, cells in wide.items() for first, last in rectangles(cells)
    ]


def wrong_number(cell: str, kind: Wanted) -> str:
    """True where the cell is filled with anything but a number of the permitted kind."""
    exact = f"ROUND({cell},{kind.decimals})" if kind.decimals or kind.negative else f"INT({cell})"
    wrong = [] if kind.negative else [f"{cell}<0"]
    wrong += [] if kind.ratio else [f"{cell}<>{exact}"]
    either = f"OR({','.join(wrong)})" if len(wrong) > 1 else (wrong or ["FALSE"])[0]
    return f'=AND({cell}<>"",IF(ISNUMBER({cell}),{either},TRUE))'


def number_validation(of: Wanted, total: bool, first: tuple[int, int], last: tuple[int, int]) -> Validation:
    """What may be typed where a number is asked for, with prompt and error in words."""
    unit = f"（{of.unit}）" if of.unit else ""
    kind = f"数{unit}，最多 {of.decimals} 位小数" if of.decimals else f"整数{unit}"
    sign = "可以为负的" if of.negative else "大于或等于 0 的"
    blank = "算不出的不填。" if of.ratio else "没有的可以不填。" if of.optional else "没有发生的填 0，不要留空。"
    prompt = f"请填{sign}{kind}。{blank}"
    if of.unit == "%":
        prompt += "80% 填 80。"
    if total and not of.ratio:
        prompt += "总计也要填写；核对格会显示它与各部分之和的差。"
    return Validation(
        first,
        last,
        "decimal" if of.decimals or of.ratio else "whole",
        negative=of.negative,
        prompt_title="填报提示",
        prompt=prompt,
        error_title="填写有误",
        error=f"这里只能填{sign}{kind}，不带单位、文字和空格。请更正后继续。",
    )
