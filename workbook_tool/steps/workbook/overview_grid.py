"""The grid of 总览: narrow columns of one width, so that what stands below each other need not share columns."""

from __future__ import annotations

from workbook_tool.model.workbook.book import BookSheet

COLUMNS, UNIT = 24, 4.0
FULL = (1, COLUMNS)
"""The span of a whole line."""


def section(sheet: BookSheet, row: int, text: str) -> None:
    """The heading of a part."""
    sheet.put(row, 0, text, "section", span=FULL)
    sheet.heights[row] = 30
