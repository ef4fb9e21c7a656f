"""The cells that a clerk fills: what may be typed, and how they show that they are filled or wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from workbook_tool.model.cells import address
from workbook_tool.model.form.form import Block, Item
from workbook_tool.model.form.layout import Layout
from workbook_tool.model.form.live import Area, rectangles
from workbook_tool.model.workbook.book import BookSheet, Condition, Validation
from workbook_tool.steps.form.issue import Issue


def watch_inputs(sheet: BookSheet, issue: Issue, layout: Layout) -> None:
    """Prompts and limits; a filled cell turns white, a wrong one red."""
    kinds: dict[tuple[Block, bool], list[Item]] = defaultdict(list)
    for item in issue.inputs(layout.table):
        kinds[item.block, item.total].append(item)
    for (block, total), items in kinds.items():
        for first, last in covered(items, issue, layout):
            cell = address(*first)
            sheet.validations.append(number_validation(block, total, first, last))
            sheet.conditions.append(Condition(first, last, wrong_number(cell, block.decimals), "bad", stop=True))
            sheet.conditions.append(Condition(first, last, f'={cell}<>""', "done_total" if total else "done"))


def covered(items: Iterable[Item], issue: Issue, layout: Layout) -> list[Area]:
    """The rectangles of these numbers, merged cells whole."""
    wide: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for item in items:
        wide[layout.slots[item.index].span[1]].append(issue.places[item.index][1:])
    return [
        (first, (last[0], last[1] + width - 1)) for width, cells in wide.items() for first, last in rectangles(cells)
    ]


def wrong_number(cell: str, decimals: int) -> str:
    """True where the cell is filled with anything but a number of the permitted kind."""
    exact = f"ROUND({cell},{decimals})" if decimals else f"INT({cell})"
    return f'=AND({cell}<>"",IF(ISNUMBER({cell}),OR({cell}<0,{cell}<>{exact}),TRUE))'


def number_validation(block: Block, total: bool, first: tuple[int, int], last: tuple[int, int]) -> Validation:
    """What may be typed where a number is asked for, with prompt and error in words."""
    unit = f"（{block.unit}）" if block.unit else ""
    kind = f"数{unit}，最多 {block.decimals} 位小数" if block.decimals else f"整数{unit}"
    prompt = f"请填大于或等于 0 的{kind}。没有发生的填 0，不要留空。"
    if total:
        prompt += "总计也要填写；核对格会显示它与各部分之和的差。"
    return Validation(
        first,
        last,
        "decimal" if block.decimals else "whole",
        prompt_title="填报提示",
        prompt=prompt,
        error_title="填写有误",
        error=f"这里只能填大于或等于 0 的{kind}，不带单位、文字和空格。请更正后继续。",
    )
