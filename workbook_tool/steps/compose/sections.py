"""Sections: several short lists below each other on one sheet, all on the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_tool.model.book import Sheet, Value
from workbook_tool.model.measure import text_height
from workbook_tool.steps.compose.plan import FINDINGS

WIDTHS = (9, 24, 12, 13, 34, 44, 11, 11, 11)
WIDTH = len(WIDTHS)
Line = tuple[Sequence[Value], str]
"""What stands in the columns, and where the agency's name leads to (empty: nowhere)."""


@dataclass(frozen=True)
class Section:
    """A title, the headers of its columns (the last one reaches to the edge), and its lines."""

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


def add_sections(sheet: Sheet, top: int, sections: Iterable[Section]) -> int:
    """Put the sections one below the other; returns the row below."""
    for number, section in enumerate(sections, 1):
        sheet.put(top, 0, f"{number}. {section.title}", "section", span=(1, WIDTH))
        sheet.heights[top] = 24
        top = add_lines(sheet, top + 1, section) + 1
    return top


def add_lines(sheet: Sheet, top: int, section: Section) -> int:
    last = len(section.heads) - 1
    wide = (1, WIDTH - last)
    if not section.lines:
        sheet.put(top, 0, "没有。", "ok", span=(1, WIDTH))
        return top + 1
    for column, head in enumerate(section.heads):
        sheet.put(top, column, head, "head", span=wide if column == last else (1, 1))
    sheet.heights[top] = 21
    for row, (values, link) in enumerate(section.lines, top + 1):
        for column, value in enumerate(values):
            span = wide if column == last else (1, 1)
            sheet.put(row, column, value, role(column, value, link), span=span, link=link if column == 1 else "")
        room = [*WIDTHS[:last], sum(WIDTHS[last:])]
        sheet.heights[row] = max(20.0, *(text_height(str(v or ""), w, 10) for v, w in zip(values, room, strict=True)))
    below = top + 1 + len(section.lines)
    if section.more:
        sheet.put(below, 0, section.more, "note", span=(1, WIDTH))
        return below + 1
    return below


def role(column: int, value: Value, link: str) -> str:
    if column == 1 and link:
        return "cell_link_wrap"
    if isinstance(value, (int, Decimal)):
        return "amount"
    return "small_wrap" if column in (1, 4, 5) else "small"
