"""An issued workbook with numbers typed in, as a program may write it: what its live checks come to is stored too, so that
it shows the same before anybody has it computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import islice

from workbook_tool.model.form.check_code import Weighing, shown, shown_formula
from workbook_tool.model.form.conditions import Derivation
from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.live import UNDECIDED, on_sheet
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.workbook.book import Book, BookSheet, Cell, Value
from workbook_tool.model.workbook.decimals import figure_role
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.form.checks import Strip, lacks, line_name, strips
from workbook_tool.steps.form.issue import CODE_CELL, STATUS_ROW, Issue, sum_cell
from workbook_tool.steps.form.status_line import NAMED_AT_MOST, nothing_is_0
from workbook_tool.steps.form.unanswered import unanswered

Place = tuple[int, int]
NUMBERS = frozenset({"input", "input_amount", "total_input", "total_amount_input"})
"""The roles of cells for numbers, which have a twin for a number that a program typed."""


def prefilled_book(
    form: Form, period: Period, made: date, agency: Agency, round: int, numbers: Mapping[int, int]
) -> tuple[Book, Issue]:
    """The workbook issued to an agency with these numbers in it, to be looked through and sent back."""
    book, issue = blank_book(form, period, made, agency, round), Issue(form, period, agency)
    type_in(book, issue, dict(numbers), {})
    return book, issue


def type_in(book: Book, issue: Issue, numbers: dict[int, int], cover: Mapping[str, Value]) -> None:
    """Put numbers, by item, and answers of the cover, by the name of their cell, into an issued workbook."""
    items = issue.form.items
    named: dict[str, Value] = {items[i].cell_name: as_decimal(n, items[i]) for i, n in numbers.items()}
    decimals = {items[i].cell_name: items[i].decimals for i in numbers}
    named |= cover
    weighing, exact = Weighing(issue.form), {i: as_decimal(n, items[i]) for i, n in numbers.items()}
    code, parts = weighing.code(exact), iter(weighing.parts(exact))
    sums = {sum_cell(n): sum(islice(parts, count)) for n, count in enumerate(issue.sums.values(), 1)}
    statuses: dict[str, Value] = {shown_formula(CODE_CELL): f"校验码 {shown(code)}"} if code else {}
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for table in (table for table in issue.form.tables if table.name in sheets):  # not all that is counted has one
        checks, status = stored_checks(issue, table, numbers)
        statuses[f"={on_sheet(table.name)}$A${STATUS_ROW + 1}"] = status
        fill(sheets[table.name], {**checks, (STATUS_ROW, 0): status}, named, decimals, statuses)
    fill(book.sheets[0], {}, named, {}, statuses)
    fill(book.sheets[-1], {}, {CODE_CELL: code, **sums}, {}, {})


def fill(
    sheet: BookSheet,
    placed: dict[Place, Value],
    named: dict[str, Value],
    decimals: dict[str, int],
    formulas: dict[str, Value],
) -> None:
    """Give cells their content or stored result: by place, by name (with so many ``decimals``), by formula."""

    def filled(cell: Cell) -> Cell:
        if (cell.row, cell.column) in placed:
            return cell._replace(value=placed[cell.row, cell.column])
        if cell.name in named:
            shown = f"{cell.role}_shown"
            role = figure_role(decimals.get(cell.name, 0), shown, shown) if cell.role in NUMBERS else cell.role
            return cell._replace(value=named[cell.name], role=role)
        return cell._replace(value=formulas[cell.formula]) if cell.formula in formulas else cell

    sheet.cells = [filled(cell) for cell in sheet.cells]


def stored_checks(issue: Issue, table: Table, numbers: dict[int, int]) -> tuple[dict[Place, Value], str]:
    """What the live checks of a table and its status line come to: what a preview shows."""
    found: dict[Place, Value] = {}
    said = []
    for strip in strips(issue, table):
        values = {position: off_by(issue, check, numbers) for position, check in strip.checks.items()}
        found |= {strip.place(position): value for position, value in values.items()}
        if off := [position for position, value in values.items() if value not in (0, UNDECIDED)]:
            said.append(f"“{strip.rule.title}”不平：{named_lines(issue, strip, off)}")
    blank = sum(item.index not in numbers for item in issue.needed(table) if item.added)
    blank += unanswered(issue, table, numbers)
    if said:
        return found, "请更正：" + "；".join(said) + (f"；另有 {blank} 格未填" if blank else "")
    if blank:
        return found, f"还有 {blank} 格未填{nothing_is_0(issue, table)}"
    return found, "✔ 本表已填全" + ("，勾稽相符" if found else "")


def named_lines(issue: Issue, strip: Strip, off: list[int]) -> str:
    """The lines that do not add up, by name or counted."""
    if len(off) > NAMED_AT_MOST:
        return f"{len(off)} 处"
    return "、".join(line_name(issue.form, strip.checks[position]) for position in strip.checks if position in off)


def off_by(issue: Issue, check: Constraint | Derivation, numbers: dict[int, int]) -> Value:
    """By how much a line does not add up; 无法判定 where a number of it is missing that must be there. A ratio was computed
    here."""
    if lacks(issue, check, numbers):
        return UNDECIDED
    if isinstance(check, Derivation):
        return 0
    there = defaultdict(int, numbers)  # what may be blank counts as 0
    difference = there[check.at] - check.closing(there)
    within = abs(difference * check.coefficients[check.at]) <= check.slack
    return 0 if within else as_decimal(int(difference), issue.form.items[check.at])
