"""Checks of the regional workbook: their word, and how they look."""

from __future__ import annotations

from workbook_tool.model.cells import address
from workbook_tool.model.form.live import quote
from workbook_tool.model.workbook.book import BookSheet, Condition

MATCH, UNDECIDED = "✔", "无法判定"


def color(sheet: BookSheet, row: int, column: int) -> None:
    """Green where a check holds, red where it does not; the word says the same."""
    cell, place = address(row, column), (row, column)
    holds = f"=OR({cell}={quote(MATCH)},AND(ISNUMBER({cell}),N({cell})=0))"
    sheet.conditions.append(Condition(place, place, holds, "ok", stop=True))
    sheet.conditions.append(Condition(place, place, f'=AND({cell}<>{quote(UNDECIDED)},{cell}<>"")', "bad", stop=True))
