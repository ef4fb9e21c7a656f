"""上报表: the region's own result as a filled form, ready for a level above that may not run this tool.

It is the issued workbook with the accepted totals typed in, so that it looks, prints, checks and reads like any other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from workbook_tool.model.form.check_code import Weighing, shown, shown_formula
from workbook_tool.model.form.form import Table
from workbook_tool.model.form.live import UNDECIDED, on_sheet
from workbook_tool.model.form.rules import Constraint
from workbook_tool.model.intake.submission import REGION_REPORT, Agency, as_decimal
from workbook_tool.model.season.agency import ACCEPTED
from workbook_tool.model.workbook.book import Book, BookSheet, Cell, Value
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.form.checks import Strip, line_name, strips
from workbook_tool.steps.form.cover import LAST, WIDTHS
from workbook_tool.steps.form.issue import CODE_CELL, STATUS_ROW, Issue, cover_name
from workbook_tool.steps.form.status_line import NAMED_AT_MOST

NOTE_ROW = 2
"""The thin line of the cover below its title."""
ROUNDS = 999
NAMED = 3

Place = tuple[int, int]


def region_report(result: Consolidation) -> Book:
    """The form filled with 已通过, and the region on its cover. A number that an accepted filing lacks stays blank."""
    form, region = (
        result.form,
        Agency(result.run.settings.region_code, result.region.name, scope=result.form.whole_scope),
    )
    issue = Issue(form, result.period, region)
    # Counted in days, so that of two reports the one of the later run counts, by whatever way they came.
    round_ = min(max((result.as_of - result.period.last).days, 1), ROUNDS)
    book = blank_book(form, result.period, result.as_of, region, round_, kind=REGION_REPORT)
    numbers = {i: n for i, n in enumerate(result.totals.passed.sums) if not result.totals.passed.missing[i]}
    named: dict[str, Value] = {form.items[i].cell_name: as_decimal(n, form.items[i]) for i, n in numbers.items()}
    named |= {cover_name(field): result.as_of for field in form.cover if field.kind == "date"}
    code = Weighing(form).code({i: as_decimal(n, form.items[i]) for i, n in numbers.items()})
    statuses: dict[str, Value] = {shown_formula(CODE_CELL): f"校验码 {shown(code)}"} if code else {}
    for table in form.tables:
        checks, status = stored_checks(issue, table, numbers)
        statuses[f"={on_sheet(table.name)}$A${STATUS_ROW + 1}"] = status
        sheet = next(s for s in book.sheets if s.name == table.name)
        fill(sheet, {**checks, (STATUS_ROW, 0): status}, named, statuses)
    fill(book.sheets[0], {}, named, statuses)
    add_note(book.sheets[0], result)
    fill(book.sheets[-1], {}, {CODE_CELL: code}, {})
    return book


def fill(sheet: BookSheet, placed: dict[Place, Value], named: dict[str, Value], formulas: dict[str, Value]) -> None:
    """Give cells their content or stored result: by place, by name, by formula."""

    def filled(cell: Cell) -> Cell:
        if (cell.row, cell.column) in placed:
            return replace(cell, value=placed[cell.row, cell.column])
        if cell.name in named:
            return replace(cell, value=named[cell.name])
        return replace(cell, value=formulas[cell.formula]) if cell.formula in formulas else cell

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
    blank = sum(item.index not in numbers for item in issue.needed(table))
    if said:
        return found, "请更正：" + "；".join(said) + (f"；另有 {blank} 格未填" if blank else "")
    if blank:
        return found, f"还有 {blank} 格未填（没有发生的填 0）"
    return found, "✔ 本表已填全" + ("，勾稽相符" if found else "")


def named_lines(issue: Issue, strip: Strip, off: list[int]) -> str:
    """The lines that do not add up, by name or counted."""
    if len(off) > NAMED_AT_MOST:
        return f"{len(off)} 处"
    return "、".join(line_name(issue.form, strip.checks[position]) for position in strip.checks if position in off)


def off_by(issue: Issue, constraint: Constraint, numbers: dict[int, int]) -> Value:
    """By how much a line does not add up; 无法判定 where a number of it is missing."""
    if any(index not in numbers for index, _ in constraint.terms):
        return UNDECIDED
    difference = numbers[constraint.at] - constraint.closing(numbers)
    return as_decimal(int(difference), issue.form.items[constraint.at])


def add_note(cover: BookSheet, result: Consolidation) -> None:
    """Whom the numbers cover, and what they lack, below the cover's title: read by people, by no reader."""
    text = coverage(result) + lacking(result)
    cover.put(NOTE_ROW, 0, text, "note", span=(1, LAST + 1))
    cover.heights[NOTE_ROW] = text_height(text, sum(WIDTHS), 9.5) + 4


def coverage(result: Consolidation) -> str:
    """Whose numbers are in it, and whose are not."""
    held = f"，其中待核 {result.totals.held.agencies} 家" if result.totals.held.agencies else ""
    due = f"应报 {len(result.agencies)} 家中" if result.run.roster.given else ""
    outside = Counter(a.state.label for a in result.agencies if a.state not in ACCEPTED)
    rest = "、".join(f"{label} {count} 家" for label, count in sorted(outside.items()))
    missing = f"；{rest}，未计入" if rest else ""
    closed = "收件夹里有打不开的文件夹或文件，可能没有收全。" if result.unlisted else ""
    return f"本表由各单位报表汇总而成：{due}已通过 {result.totals.passed.agencies} 家{held}{missing}（运行 {result.run.name}）。{closed}"


def lacking(result: Consolidation) -> str:
    """The numbers left blank because an accepted filing lacks them."""
    items = [(i, n) for i, n in zip(result.form.items, result.totals.passed.missing, strict=True) if n]
    if not items:
        return ""
    named = "；".join(f"{item.label}（缺 {count} 家）" for item, count in items[:NAMED])
    more = "等" if len(items) > NAMED else ""
    return f"有 {len(items)} 个数因已通过的报表中有缺，留空未填：{named}{more}。"
