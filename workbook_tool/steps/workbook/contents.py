"""四、目录 of 总览: every sheet with a link and a phrase, by what one goes there for."""

from __future__ import annotations

from collections.abc import Iterable

from workbook_tool.model.workbook.book import BookSheet
from workbook_tool.steps.workbook.overview_grid import BREADTH, WIDE, section
from workbook_tool.steps.workbook.plan import (
    AGENCIES,
    CHANGES,
    CORRECTIONS,
    DRIFT,
    FILES,
    FINDINGS,
    GATHERED,
    HEATMAP,
    NOTES,
    REMINDERS,
    TOTALS,
    VERSIONS,
)

LOOK, DO, CHECK = "看：结果和走势", "办：本次要做的", "查：每个数的来处"
NAME = 6
"""Columns of a name; the phrase takes the rest."""
WHERE: dict[str, tuple[str, str]] = {
    CHANGES: (LOOK, "与上次比，各单位多了少了什么"),
    DRIFT: (LOOK, "与定稿不同的数"),
    AGENCIES: (LOOK, "各单位到哪一步"),
    "各级报送": (LOOK, "各地区谁报了，逐级"),
    HEATMAP: (LOOK, "问题集中在哪些单位、规则"),
    GATHERED: (LOOK, "各单位报告里的问题和举措"),
    "考核": (LOOK, "各单位得分和名次"),
    FINDINGS: (DO, "逐条决定，填处理意见"),
    REMINDERS: (DO, "未报单位，邮件草稿"),
    CORRECTIONS: (DO, "电话核实后代改的数"),
    FILES: (CHECK, "每份来件的去处"),
    VERSIONS: (CHECK, "报过几版的，每版改了什么"),
    NOTES: (CHECK, "怎么用、口径和规则"),
    "分组小计": (LOOK, "按上级、类别，同法定格式"),
    "单位明细": (CHECK, "每个单位每个数"),
    "单位查询": (CHECK, "选一个单位看全部"),
    "单位页": (CHECK, "每个单位一页，可打印"),
}
BEGINS: dict[str, tuple[str, str]] = {
    TOTALS: (LOOK, "各项合计，附核对"),
    "上年对比": (LOOK, "同一批单位两年比"),
    "透视": (LOOK, "可拖动的交叉表"),
}
"""By how the name begins, where several sheets of a kind have names of their own."""


def place_of(name: str) -> tuple[str, str]:
    """The group of a sheet and the phrase about it."""
    begun = (told for begin, told in BEGINS.items() if name.startswith(begin))
    return WHERE.get(name) or next(begun, (CHECK, ""))


def add_contents(sheet: BookSheet, names: Iterable[str], top: int) -> None:
    """Draw it."""
    section(sheet, top, "目录（点击前往）", WIDE)
    groups: dict[str, list[str]] = {LOOK: [], DO: [], CHECK: []}
    for name in names:
        groups[place_of(name)[0]].append(name)
    breadth, below = BREADTH // len(groups), top
    for number, (group, own) in enumerate(groups.items()):
        left, row = number * breadth, top + 1
        sheet.put(row, left, group, "stub_head", span=(1, breadth))
        for row, name in enumerate(own, top + 2):
            sheet.put(row, left, name, "contents", span=(1, NAME), link=f"{name}!A1")
            sheet.put(row, left + NAME, place_of(name)[1], "note", span=(1, breadth - NAME))
        below = max(below, row)
    sheet.heights |= {top + 1: 20, **dict.fromkeys(range(top + 2, below + 1), 18)}
