"""Sections: several short lists below each other on one sheet, all on the same narrow columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Generic, TypeVar

from msgspec import Struct

from workbook_tool.model.workbook.book import BookSheet, Value
from workbook_tool.model.workbook.measure import text_height

R = TypeVar("R")
WIDTHS = (9, 29, 11, 13.5, *(11.5,) * 3, *(12,) * 4, *(11.5,) * 3)
"""Narrow columns, so that a table of figures looks well too; places and words take several."""
WIDTH = len(WIDTHS)
NUMERALS = (*"一二三四五六七八九十", *(f"十{n}" for n in "一二三四五六七八九"))
"""Of the sections, in their order."""
SIZE, LOWEST = 9.5, 20.0
SHORT = (0, 2, 3)
"""Narrow columns at the left: what stands there is short and never wraps."""


class SectionColumn(Struct, Generic[R], frozen=True):
    """A column of a section: its header, the narrow column at which it begins, and the ``value`` of a line. It reaches to
    where the next one begins, the last one to the edge. ``leads``: it is what the line's link stands on."""

    header: str
    start: int
    value: Callable[[R], Value]
    leads: bool = False


class Section(Struct, Generic[R], frozen=True):
    """A title, the columns, and what the lines are about; ``link`` says where a line leads to (empty: nowhere)."""

    title: str
    columns: Sequence[SectionColumn[R]]
    lines: Sequence[R]
    link: Callable[[R], str]


def some(
    title: str, columns: Sequence[SectionColumn[R]], lines: Iterable[R], link: Callable[[R], str]
) -> Iterator[Section[R]]:
    """The section, where there is anything in it."""
    if found := list(lines):
        yield Section(f"{title}（{len(found)}）", columns, found, link)


def put_section(sheet: BookSheet, top: int, number: int, section: Section[R]) -> int:
    """Put a section, the ``number``-th on its sheet; returns the row below."""
    sheet.put(top, 0, f"{NUMERALS[number - 1]}、{section.title}", "section", span=(1, WIDTH))
    sheet.heights[top] = 24
    if not section.lines:
        sheet.put(top + 1, 0, "没有。", "ok", span=(1, WIDTH))
        return top + 3
    head, shown = top + 1, shown_of(section)
    for column, span in shown:
        sheet.put(head, column.start, column.header, "list_head", span=(1, span))
    sheet.heights[head] = 21
    for row, line in enumerate(section.lines, head + 1):
        put_line(sheet, row, shown, line, section.link(line))
    below = head + 1 + len(section.lines)
    return below + 1


def shown_of(section: Section[R]) -> list[tuple[SectionColumn[R], int]]:
    """The columns and how many narrow ones each takes, without the last ones where nothing stands in them."""
    starts = [*(column.start for column in section.columns), WIDTH]
    shown = [(column, end - start) for column, (start, end) in zip(section.columns, pairwise(starts), strict=True)]
    while all(shown[-1][0].value(line) in (None, "") for line in section.lines):
        shown.pop()
    return shown


def put_line(sheet: BookSheet, row: int, shown: Sequence[tuple[SectionColumn[R], int]], line: R, leads_to: str) -> None:
    """A line, as high as its longest text needs."""
    height = LOWEST
    for column, span in shown:
        value, link = column.value(line), leads_to if column.leads else ""
        sheet.put(row, column.start, value, role_of(column, value, link), span=(1, span), link=link)
        breadth = sum(WIDTHS[column.start : column.start + span])
        height = max(height, text_height(str(value or ""), breadth, SIZE))
    sheet.heights[row] = height


def role_of(column: SectionColumn[R], value: Value, link: str) -> str:
    """How a value looks where it stands."""
    if link:
        return "small_link_left"
    if isinstance(value, (int, Decimal)):
        return "small_number"
    return "small" if column.start in SHORT else "small_wrap"
