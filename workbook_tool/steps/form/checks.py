"""The live checks of a table: a cell for every equation, below the table or at its right."""

from __future__ import annotations

from collections.abc import Container

from msgspec import Struct, field

from workbook_tool.model.cells import absolute
from workbook_tool.model.form.conditions import Derivation
from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.expression import Leaf, leaves
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.layout import Layout
from workbook_tool.model.form.live import UNDECIDED, check_formula, ratio_check, rectangles
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.workbook.book import BookSheet, Condition
from workbook_tool.model.workbook.decimals import figure_role, most_decimals
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.form.issue import TOP, Issue

GAP_WIDTH, CHECK_WIDTH, CHECK_HEIGHT = 1.3, 14.0, 22.0
LABEL_SIZE = 9.5
HEADING = "核对"


class Strip(Struct):
    """The checks of one rule that stand in one row below the table, or in one column at its right."""

    rule: Rule
    upright: bool
    line: int
    checks: dict[int, Constraint | Derivation] = field(default_factory=dict)

    def place(self, position: int) -> tuple[int, int]:
        """The cell of a position along the strip."""
        return (position, self.line) if self.upright else (self.line, position)

    @property
    def cells(self) -> list[tuple[int, int]]:
        """Every check cell of the strip."""
        return [self.place(position) for position in self.checks]


def strips(issue: Issue, table: Table) -> list[Strip]:
    """Where the checks of a table go: sums along a row at its right, all others below the cell they point to."""
    layout = issue.layouts[table.id]
    below, right = TOP + layout.height, layout.width + 1
    found: list[Strip] = []
    for constraint in issue.checks(table):
        upright = constraint.line.startswith("r:") and not table.side_by_side
        _, row, column = issue.places[constraint.at]
        position = row if upright else column
        strip = next((s for s in found if fits(s, constraint, upright, position)), None)
        if strip is None:
            line = (right if upright else below) + sum(s.upright is upright for s in found)
            strip = Strip(issue.form.rule(constraint.rule_id), upright, line)
            found.append(strip)
        strip.checks[position] = constraint
    return found


def fits(strip: Strip, constraint: Constraint | Derivation, upright: bool, position: int) -> bool:
    """Whether a check belongs to this strip and has a place there."""
    return strip.rule.id == constraint.rule_id and strip.upright is upright and position not in strip.checks


def add_checks(sheet: BookSheet, issue: Issue, layout: Layout, found: list[Strip]) -> None:
    """Put the check cells, their labels and their colours."""
    for strip in found:
        for position, constraint in strip.checks.items():
            put_check(sheet, issue, strip.place(position), constraint, layout)
        if strip.upright:
            label_column(sheet, layout, strip)
        else:
            label_row(sheet, layout, strip)
        for first, last in rectangles(strip.cells):
            color_checks(sheet, first, last)


def put_check(
    sheet: BookSheet, issue: Issue, place: tuple[int, int], constraint: Constraint | Derivation, layout: Layout
) -> None:
    """A live check cell, which also colours the number that it speaks of."""
    row, column = place
    if isinstance(constraint, Derivation):
        decimals = issue.form.items[constraint.at].decimals
        formula = ratio_check(constraint, issue.form, issue.places, sheet.name)
    else:
        decimals = most_decimals(issue.form.items[index] for index, _ in constraint.terms)
        formula = check_formula(constraint, issue.form, issue.places, sheet.name)
    spread = layout.slots[constraint.at].span if row >= TOP + layout.height else (1, 1)
    value = UNDECIDED if lacks(issue, constraint, ()) else 0
    role = figure_role(decimals, "check", "check_amount")
    sheet.put(row, column, value, role, formula=formula, span=spread)
    _, at_row, at_column = issue.places[constraint.at]
    at = (at_row, at_column)
    sheet.conditions.append(Condition(at, at, f"=N({absolute(row, column)})<>0", "off"))


def lacks(issue: Issue, check: Constraint | Derivation, filled: Container[int]) -> bool:
    """Whether a number of a check is not filled in that must be, so that it is undecided."""
    if isinstance(check, Derivation):
        parts = [leaf.index for leaf in leaves(check.value) if isinstance(leaf, Leaf)]
    else:
        parts = [index for index, _ in check.terms]
    return any(index not in filled and not issue.form.items[index].optional for index in parts)


def label_row(sheet: BookSheet, layout: Layout, strip: Strip) -> None:
    """The rule's title left of its checks: in the label columns, or between the checks where there are none."""
    text = f"{HEADING}：{strip.rule.title}"
    sheet.heights[strip.line] = CHECK_HEIGHT
    start = 0
    for column in sorted(strip.checks):
        end = layout.stub if start == 0 and layout.stub else column
        if end > start:
            sheet.put(strip.line, start, text, "check_label", span=(1, end - start))
            needed = text_height(text, sum(sheet.widths[c] for c in range(start, end)), LABEL_SIZE)
            sheet.heights[strip.line] = max(sheet.heights[strip.line], needed)
        if layout.stub:
            return
        start = column + 1


def label_column(sheet: BookSheet, layout: Layout, strip: Strip) -> None:
    """The rule's title over its checks, outside the printed page."""
    sheet.widths[strip.line - 1] = min(GAP_WIDTH, sheet.widths.get(strip.line - 1, GAP_WIDTH))
    sheet.widths[strip.line] = CHECK_WIDTH
    span = (layout.first_row, 1)
    sheet.put(TOP, strip.line, f"{HEADING}\n{strip.rule.title}\n（不打印）", "check_head", span=span)


def color_checks(sheet: BookSheet, first: tuple[int, int], last: tuple[int, int]) -> None:
    """Green where a check is a 0, red where it is another number."""
    cell = absolute(*first).replace("$", "")
    sheet.conditions.append(Condition(first, last, f"=N({cell})<>0", "bad", stop=True))
    sheet.conditions.append(Condition(first, last, f"=ISNUMBER({cell})", "ok", stop=True))


def line_name(form: Form, constraint: Constraint | Derivation) -> str:
    """The row or column that a check is about, for tight places."""
    item = form.items[constraint.at]
    if constraint.line:
        return item.column_name if constraint.line.startswith("c:") else item.row_name
    return item.row_name if len(item.block.columns) == 1 else f"{item.row_name}×{item.column_name}"
