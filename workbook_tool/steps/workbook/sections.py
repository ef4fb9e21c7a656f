"""Sections: several short lists below each other on one sheet, all on the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_tool.model.workbook.book import BookSheet, Value
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.plan import FINDINGS

WIDTHS = (9, 29, 11, 13.5, *(11.5,) * 3, *(16,) * 4, *(11.5,) * 3)
"""Narrow columns, so that a table of figures looks well too; places and words take several."""
WIDTH = len(WIDTHS)
NUMERALS = (*"一二三四五六七八九十", *(f"十{n}" for n in "一二三四五六七八九"))
"""Of the sections, in their order."""
STARTS = (0, 1, 2, 3, 4, 7, 11, 12, 13)
"""Where the columns of a section begin."""
Line = tuple[Sequence[Value], str]
"""What stands in the columns, and where the agency's name leads to (empty: nowhere)."""


@dataclass(frozen=True)
class Section:
    """A title, the headers of its columns, and its lines. A column without a header belongs to the one before it, and the
    last one reaches to the edge."""

    title: str
    heads: Sequence[str]
    lines: Sequence[Line]
    more: str = ""


def some(title: str, heads: Sequence[str], lines: Iterable[Line], most: int | None = None) -> Iterator[Section]:
    """The section, where there is anything in it; with at most so many lines of what another sheet shows in full."""
    found = list(lines)
    more = f"另有 {len(found) - most} 条，见“{FINDINGS}”（按“状态”筛选）" if most and len(found) > most else ""
    if found:
        yield Section(f"{title}（{len(found)}）", heads, found[:most], more)


def add_sections(sheet: BookSheet, top: int, sections: Iterable[Section], first: int = 1) -> int:
    """Put the sections one below the other, numbered from ``first``; returns the row below."""
    for number, section in enumerate(sections, first):
        sheet.put(top, 0, f"{NUMERALS[number - 1]}、{section.title}", "section", span=(1, WIDTH))
        sheet.heights[top] = 24
        top = add_lines(sheet, top + 1, section) + 1
    return top


def add_lines(sheet: BookSheet, top: int, section: Section) -> int:
    if not section.lines:
        sheet.put(top, 0, "没有。", "ok", span=(1, WIDTH))
        return top + 1
    shown = [number for number, head in enumerate(section.heads) if head]
    ends = [*(STARTS[number] for number in shown[1:]), WIDTH]
    areas = [(number, STARTS[number], end) for number, end in zip(shown, ends, strict=True)]
    for number, start, end in areas:
        sheet.put(top, start, section.heads[number], "list_head", span=(1, end - start))
    sheet.heights[top] = 21
    linked = 1 if 1 in shown else 0
    for row, (values, link) in enumerate(section.lines, top + 1):
        height = 20.0
        for number, start, end in areas:
            value, leads = values[number], link if number == linked else ""
            sheet.put(row, start, value, role(number, value, leads), span=(1, end - start), link=leads)
            height = max(height, text_height(str(value or ""), sum(WIDTHS[start:end]), 9.5))
        sheet.heights[row] = height
    below = top + 1 + len(section.lines)
    if section.more:
        sheet.put(below, 0, section.more, "note", span=(1, WIDTH))
        return below + 1
    return below


def role(column: int, value: Value, link: str) -> str:
    if link:
        return "small_link_left"
    if isinstance(value, (int, Decimal)):
        return "small_number"
    return "small" if column in (0, 2, 3) else "small_wrap"
