"""What is counted from a list, in the blank workbook: live, and not to be typed."""

from __future__ import annotations

from workbook_tool.model.cells import area
from workbook_tool.model.form.expression import BOTH, Expression, Name, Operation, Words
from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.form.live import quote
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.register import Register, Tally
from workbook_tool.model.workbook.book import Book, Print
from workbook_tool.steps.form.issue import STATUS_ROW, TOP, Issue
from workbook_tool.steps.form.list_sheet import TAB, column_of
from workbook_tool.steps.form.room import set_room
from workbook_tool.steps.form.sheet import add_foot, add_frame, number_role, put_agency, unit_columns, unit_line

COUNTED_LIVE = "由“{name}”统计，不用填写"
COUNTED_LATER = "由“{name}”统计，汇总时由程序计算，不用填写"


def add_tally(book: Book, issue: Issue, table: Table) -> None:
    """Add the sheet of what is counted from a list."""
    tally = next(t for t in issue.form.tallies if t.table == table.id)
    register = next(r for r in issue.form.registers if r.id == tally.register)
    sheet, layout = book.sheet(table.name, protected=True, tab=TAB), issue.layouts[table.id]
    set_room(sheet, layout)
    width = layout.width
    sheet.put(0, 0, table.title, "title", span=(1, width))
    sheet.put(1, 0, f"（{issue.period.days}）", "subtitle", span=(1, width))
    right = unit_columns(sheet, table, width)
    put_agency(sheet, issue, (1, width - right))
    if right:
        sheet.put(2, width - right, unit_line(table), "text_right", span=(1, right))
    live = conditions_of(tally, register) is not None
    words = (COUNTED_LIVE if live else COUNTED_LATER).format(name=register.name)
    sheet.put(STATUS_ROW, 0, words, "status", span=(1, width))
    add_frame(sheet, issue, layout)
    for index, slot in layout.slots.items():
        item = issue.form.items[index]
        formula = count_formula(item, tally, register, issue) if live else ""
        role = number_role(item, computed=True) if item.total or not live else plain_role(item)
        sheet.put(TOP + slot.row, slot.column, 0 if live else "—", role, formula=formula, span=slot.span)
    last = add_foot(sheet, issue, layout, [])
    sheet.freeze = (TOP + layout.first_row, layout.stub)
    sheet.print = Print(table.page == "landscape", 1, 1, ((0, 0), (last, width - 1)), footer=issue.footer)


def plain_role(item: Item) -> str:
    """How a number looks that nobody types."""
    return "amount" if item.decimals else "number"


def conditions_of(tally: Tally, register: Register) -> list[tuple[str, str]] | None:
    """What a record must hold to count, as columns and texts; None where a workbook cannot tell, since that follows from
    other columns, whose cells may be left blank, or is no plain equality."""
    if any(register.by_id[id].of for id in (*tally.by, tally.date, tally.sum) if id):
        return None
    if tally.where is None:
        return []
    return equalities(tally.where.expression, register)


def equalities(condition: Expression, register: Register) -> list[tuple[str, str]] | None:
    """The columns that a condition wants equal to a word, and those words."""
    if isinstance(condition, Operation) and condition.sign == BOTH:
        one, other = (equalities(side, register) for side in (condition.left, condition.right))
        return None if one is None or other is None else one + other
    match condition:
        case Operation("==", Name(id), Words(text)) if id in register.by_id and not register.by_id[id].of:
            return [(id, text)]
    return None


def count_formula(item: Item, tally: Tally, register: Register, issue: Issue) -> str:
    """The live count of one number: a total adds up its parts, all others look through the list."""
    layout = issue.layouts[item.table.id]
    if item.total:
        parts = [one for one in issue.form.by_table[item.table.id] if is_part(one, item)]
        places = [(TOP + layout.slots[one.index].row, layout.slots[one.index].column) for one in parts]
        return f"=SUM({area(places[0], places[-1])})"
    wanted = [(id, line.label) for id, line in zip(tally.by, (item.row, item.column), strict=False)]
    wanted += conditions_of(tally, register) or []
    pairs = [f"{column_of(register, id)},{quote(literal(text))}" for id, text in wanted]
    pairs += days_within(tally, register, issue.period)
    if tally.sum:
        added = column_of(register, tally.sum)
        return f"=SUMIFS({added},{','.join(pairs)})" if pairs else f"=SUM({added})"
    first = column_of(register, register.columns[0].id)
    return f"=COUNTIFS({','.join(pairs)})" if pairs else f"=COUNTA({first})"


def is_part(one: Item, total: Item) -> bool:
    """Whether a number is one of those that a total adds up: along its column where the row is a total, else its row."""
    if total.row.total:
        return one.column is total.column and not one.row.total
    return one.row is total.row and not one.column.total


def days_within(tally: Tally, register: Register, period: Period) -> list[str]:
    """The criteria that a day lies in the period."""
    if not tally.date:
        return []
    cells = column_of(register, tally.date)
    return [
        f'{cells},"{sign}"&DATE({day.year},{day.month},{day.day})'
        for sign, day in ((">=", period.first), ("<=", period.last))
    ]


def literal(text: str) -> str:
    """A text that a count takes as it stands: ``*`` and ``?`` stand for themselves, and a sign at its start for none."""
    escaped = "".join(f"~{c}" if c in "*?~" else c for c in text)
    return f"={escaped}" if escaped[:1] in "=<>" else escaped
