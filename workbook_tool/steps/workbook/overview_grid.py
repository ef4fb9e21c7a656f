"""The grid of 总览: narrow columns of one width, so that what stands below each other need not share columns; the figures at
the left, and beside them what is to be done."""

from __future__ import annotations

from workbook_tool.model.workbook.book import BookSheet

COLUMNS, UNIT = 24, 4.0
"""Of the figures."""
PANEL, PANEL_WIDTH = COLUMNS + 1, 14
"""Where the panel beside them begins, and its breadth."""
BREADTH = PANEL + PANEL_WIDTH
FULL, WIDE = (1, COLUMNS), (1, BREADTH)
"""The span of a whole line of figures, and of the whole page."""


def section(sheet: BookSheet, row: int, text: str, span: tuple[int, int] = FULL) -> None:
    """The heading of a part."""
    sheet.put(row, 0, text, "section", span=span)
    sheet.heights[row] = 30
