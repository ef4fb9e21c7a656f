"""The frame of a sheet as issued, for the hidden identity: a reader tells from it what was changed."""

from __future__ import annotations

from workbook_tool.model.intake.skeleton import Frame, plain_text
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.workbook.book import BookSheet, Cell
from workbook_tool.steps.form.issue import Issue

HEADS = {"title", "subtitle", "text_right", "caption", "corner", "head", "check_head"}
LABELS = {"group", "stub", "stub_head", "stub_total", "check_label", "note"}
FRAME = HEADS | LABELS
"""Roles of texts that are part of the form; a hint or an agency's own line is not."""
LIVE = {"text", "code_line"}
"""Roles of formulas that say something anew for each filing, and are missed by nobody."""


def frame_of(sheet: BookSheet, issue: Issue) -> Frame:
    """The texts, live formulas and numbers of a sheet."""
    names = {item.cell_name for item in issue.form.cells}
    return Frame(
        sheet.name,
        {
            place(c): plain_text(c.value)
            for c in sheet.cells
            if c.role in FRAME and isinstance(c.value, str) and c.value
        },
        frozenset(place(c) for c in sheet.cells if c.formula and c.role not in LIVE),
        frozenset(p for c in sheet.cells if c.name in names for p in covered(c)),
    )


def place(cell: Cell) -> Place:
    """Where a cell stands."""
    return cell.row, cell.column


def covered(cell: Cell) -> list[Place]:
    """All places that a cell spans."""
    return [(cell.row + down, cell.column + right) for down in range(cell.span[0]) for right in range(cell.span[1])]
