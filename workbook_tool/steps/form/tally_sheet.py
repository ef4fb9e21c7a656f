"""What is counted from a list, in the blank workbook: live, and not to be typed."""

from __future__ import annotations

from workbook_tool.model.cells import area
from workbook_tool.model.form.expression import BOTH, Expression, Name, Operation, Words
from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.form.live import UNDECIDED, quote
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.register import Register, Tally
from workbook_tool.model.form.row_live import LiveRows, NotLiveError
from workbook_tool.model.workbook.book import Book, Print
from workbook_tool.model.workbook.decimals import figure_role
from workbook_tool.steps.form.issue import STATUS_ROW, TOP, Issue
from workbook_tool.steps.form.list_places import RECKONED, column_of, literal
from workbook_tool.steps.form.list_sheet import TAB
from workbook_tool.steps.form.room import set_room
from workbook_tool.steps.form.sheet import add_foot, add_frame, number_role, put_agency, unit_columns, unit_line

LONGEST_FORMULA = 8000
"""In Excel, with a little to spare."""
COUNTED_LIVE = "由“{name}”统计，不用填写"
COUNTED_LATER = "由“{name}”统计，汇总时由程序计算，不用填写"


def add_tally(book: Book, issue: Issue, table: Table) -> None:
    """Add the sheet of what is counted from a list; none where no formula can say it, and no other table is held against
    it: a sheet of dashes tells nobody anything."""
    tally = next(t for t in issue.form.tallies if t.table == table.id)
    register = next(r for r in issue.form.registers if r.id == tally.register)
    items = issue.form.by_table[table.id]
    counted = {item.index: count_formula(item, tally, register, issue) for item in items}
    live, compared = all(counted.values()), bool(tally.equals) and not tally.form
    if not live and not compared:
        return
    sheet, layout = book.sheet(table.name, protected=True, tab=TAB), issue.layouts[table.id]
    set_room(sheet, layout)
    width = layout.width
    sheet.put(0, 0, table.title, "title", span=(1, width))
    sheet.put(1, 0, f"（{issue.period.days}）", "subtitle", span=(1, width))
    right = unit_columns(sheet, table, width)
    put_agency(sheet, issue, (1, width - right))
    if right:
        sheet.put(2, width - right, unit_line(table), "text_right", span=(1, right))
    words = (COUNTED_LIVE if live else COUNTED_LATER).format(name=register.name)
    sheet.put(STATUS_ROW, 0, words, "status", span=(1, width))
    add_frame(sheet, issue, layout)
    for index, slot in layout.slots.items():
        item = issue.form.items[index]
        formula = counted[index] if live else ""
        role = number_role(item, computed=True) if item.total or not live else plain_role(item)
        sheet.put(TOP + slot.row, slot.column, 0 if live else "—", role, formula=formula, span=slot.span)
    last = add_foot(sheet, issue, layout, [])
    sheet.freeze = (TOP + layout.first_row, layout.stub)
    sheet.print = Print(table.page == "landscape", 1, 1, ((0, 0), (last, width - 1)), footer=issue.footer)


def plain_role(item: Item) -> str:
    """How a number looks that nobody types."""
    return figure_role(item.decimals, "number", "amount")


def conditions_of(tally: Tally, register: Register) -> list[tuple[str, str]] | None:
    """What a record must hold to count, as columns and texts; None where that follows from other columns, whose cells may
    be left blank, or is no plain equality."""
    if any(register.by_id[id].of for id in (*tally.by, tally.date, tally.sum) if id):
        return None
    return equalities(tally.where.expression, register) if tally.where else []


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
    """The live count of one number: a total adds up its parts, all others look through the list. Empty where no formula
    can say it."""
    conditions = conditions_of(tally, register)
    if item.total:
        return total_formula(item, issue, sure=conditions is not None)
    if conditions is None:
        return reckoned_formula(item, tally, register, issue.period)
    wanted = [(id, line.label) for id, line in zip(tally.by, (item.row, item.column), strict=False)]
    pairs = [f"{column_of(register, id)},{quote(literal(text))}" for id, text in (*wanted, *conditions)]
    pairs += days_within(tally, register, issue.period)
    if tally.sum:
        added = column_of(register, tally.sum)
        return f"=SUMIFS({added},{','.join(pairs)})" if pairs else f"=SUM({added})"
    first = column_of(register, register.columns[0].id)
    return f"=COUNTIFS({','.join(pairs)})" if pairs else f"=COUNTA({first})"


def reckoned_formula(item: Item, tally: Tally, register: Register, period: Period) -> str:
    """The live count of what follows from other columns, of a list that is not too long for that."""
    rows = LiveRows(register, period, lambda id: column_of(register, id, RECKONED))
    try:
        counted = rows.counted(item, tally)
    except NotLiveError:
        return ""
    first = register.columns[0].id
    too_long = f"COUNTA({column_of(register, first)})>COUNTA({column_of(register, first, RECKONED)})"
    formula = f"=IF({too_long},{quote(UNDECIDED)},{counted})"
    return formula if len(formula) <= LONGEST_FORMULA else ""


def total_formula(item: Item, issue: Issue, sure: bool) -> str:
    """A total that adds up its parts, where they are not ``sure`` to be known as soon as all of them are."""
    layout, table = issue.layouts[item.table.id], issue.form.by_table[item.table.id]
    places = [
        (TOP + slot.row, slot.column) for one in table if is_part(one, item) for slot in [layout.slots[one.index]]
    ]
    cells = area(places[0], places[-1])
    return f"=SUM({cells})" if sure else f"=IF(COUNT({cells})<{len(places)},{quote(UNDECIDED)},SUM({cells}))"


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
