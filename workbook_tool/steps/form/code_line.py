"""校验码 as it is printed: on the cover and on every table, since each of them is signed."""

from __future__ import annotations

from workbook_tool.model.form.check_code import NOTHING_FILLED, shown, shown_formula
from workbook_tool.model.workbook.book import BookSheet
from workbook_tool.steps.form.issue import CODE_CELL, Issue


def put_code(sheet: BookSheet, issue: Issue, row: int, width: int) -> None:
    """The code over all numbers, on every page that is signed."""
    if not issue.sums:
        return
    formula = shown_formula(CODE_CELL)
    sheet.put(row, 0, f"校验码 {shown(NOTHING_FILLED)}", "code_line", formula=formula, span=(1, width))
    sheet.heights[row] = 14.0
