"""A list in the blank workbook: heads, prepared rows that take only what their column holds, and live counts."""

from __future__ import annotations

from workbook_tool.model.cells import absolute, address, area
from workbook_tool.model.form.layout import runs
from workbook_tool.model.form.live import on_sheet, quote
from workbook_tool.model.form.register import Register, RegisterColumn
from workbook_tool.model.form.row_live import LiveRows
from workbook_tool.model.workbook.book import Book, BookSheet, Condition, ListTable, Print
from workbook_tool.model.workbook.decimals import figure_role
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.steps.form.issue import STATUS_ROW, TOP, Issue
from workbook_tool.steps.form.list_places import (
    COUNTED,
    PREPARED,
    RECKONED,
    column_at,
    column_of,
    columns_in,
    first_row,
    heads_row,
    levels,
    literal,
    sum_lines,
    sums_row,
)
from workbook_tool.steps.form.offers import watch, wrong_count
from workbook_tool.steps.form.room import TOP_HEIGHTS
from workbook_tool.steps.form.sheet import put_agency
from workbook_tool.steps.form.status_line import color_status

TAB = "#6B8E5A"
SERIAL_WIDTH = 6.0
LEAST_PRINTED, MORE_PRINTED = 20, 3
"""So many rows print even where none is filled, and so many behind the last one that is."""
NOTHING_YET, NOTHING = "还没有登记；一行登记一件，行数不限", "无"
ROLES = {"number": "row_number", "date": "row_date", "choice": "row_choice", "yesno": "row_choice", "text": "row_text"}
WIDTHS = {"number": (10.0, 14.0), "date": (12.0, 14.0), "yesno": (8.0, 10.0), "text": (16.0, 36.0)}
"""The least and the most width of a column, by its kind; all others are as broad as a choice."""


def add_register(book: Book, issue: Issue, register: Register) -> None:
    """Add the sheet of one list. It is not protected, so that rows can be pasted, sorted and filtered."""
    sheet = book.sheet(register.name, tab=TAB)
    width, first = len(register.columns) + bool(register.serial), first_row(register)
    sheet.widths[0] = SERIAL_WIDTH
    for number, column in columns_in(register):
        sheet.widths[number] = column_width(column)
    for row, height in enumerate(TOP_HEIGHTS):
        sheet.heights[row] = height
    sheet.put(0, 0, register.title, "title", span=(1, width))
    sheet.put(1, 0, f"（{issue.period.days}）", "subtitle", span=(1, width))
    put_agency(sheet, issue, (1, width))
    add_status(sheet, register, width)
    add_signs(sheet, register, width)
    add_sums(sheet, issue, register)
    add_heads(sheet, register)
    for row in range(first, first + PREPARED):
        if register.serial:
            sheet.put(row, 0, row - first + 1, "number")
        for number, column in columns_in(register):
            sheet.put(row, number, None, row_role(column))
    last = first + PREPARED - 1
    mark_duplicates(sheet, register, first, last)
    for number, column in columns_in(register):
        on = column.choices.on and f"${address(first, column_at(register, column.choices.on))}"
        watch(sheet, register, column, ((first, number), (last, number)), on)
    sheet.freeze, sheet.start = (first, 1), (first, int(bool(register.serial)))
    landscape, repeated = sum(sheet.widths.values()) > 98, (heads_row(register), first - 1)
    sheet.print = Print(landscape, 1, 0, filled=filled_area(register, width), repeat_rows=repeated, footer=issue.footer)


def filled_area(register: Register, width: int) -> str:
    """What prints: the rows that are filled and a few more, and not all that are prepared."""
    here, first = on_sheet(register.name), first_row(register)
    top, last = f"{here}{absolute(0, 0)}", absolute(first + COUNTED - 1, width - 1)
    cells = f"{here}{absolute(first, int(bool(register.serial)))}:{last}"
    rows = f'MAX({first + LEAST_PRINTED},SUMPRODUCT(MAX(({cells}<>"")*ROW({cells})))+{MORE_PRINTED})'
    return f"{top}:INDEX({top}:{last},{rows},{width})"


def column_width(column: RegisterColumn) -> float:
    """How broad a column is: as its head, its choices and its kind ask for."""
    least, most = WIDTHS.get(column.kind, (12.0, 30.0))
    head = text_width(head_text(column))
    head = head - 1 if column.unit and head <= most else text_width(column.label) / 2  # a unit stays behind its head
    longest = max([head, *(text_width(line.label) for line in column.choices.lines)])
    return round(min(max(least, longest + 3), most), 1)


def row_role(column: RegisterColumn) -> str:
    """How a cell of a column looks."""
    role = ROLES.get(column.kind, "row_code")
    return "row_amount" if role == "row_number" and column.decimals else role


def add_heads(sheet: BookSheet, register: Register) -> None:
    """The heads, captions over several columns merged; of a list with one row of heads an Excel Table, which grows with
    its rows."""
    depth, top = levels(register), heads_row(register)
    if register.serial:
        sheet.put(top, 0, register.serial, "head", span=(depth, 1))
    lines = tuple(column.line for column in register.columns)
    for level, start, count, text in runs(lines):
        sheet.put(top + level, start + bool(register.serial), text, "head", span=(1, count))
    for number, column in columns_in(register):
        under = len(column.line.under)
        sheet.put(top + under, number, head_text(column), "head", span=(depth - under, 1))
    heights = [text_height(head_text(column), sheet.widths[n]) + 6 for n, column in columns_in(register)]
    sheet.heights[top + depth - 1] = max(30.0, *heights)
    if depth == 1:
        headers = (*filter(None, [register.serial]), *(head_text(column) for column in register.columns))
        last = (first_row(register) + PREPARED - 1, len(headers) - 1)
        if len({header.casefold() for header in headers}) == len(headers):
            sheet.lists.append(ListTable((top, 0), last, f"Register_{register.plain_id}", headers))


def add_sums(sheet: BookSheet, issue: Issue, register: Register) -> None:
    """The live sums above the heads, of each choice of a column and of all: there no row that is put in moves them."""
    first = min((n for n, column in columns_in(register) if column in register.summed), default=1)
    for row, (label, choice) in enumerate(sum_lines(register), sums_row(register)):
        sheet.put(row, 0, label, "stub_total", span=(1, max(first, 1)))
        for number, column in columns_in(register):
            if column in register.summed and number:
                role = figure_role(column.decimals, "number_total", "amount_total")
                sheet.put(row, number, 0, role, formula=sum_formula(issue, register, column, choice))
            elif number >= max(first, 1):
                sheet.put(row, number, None, "stub_total")


def sum_formula(issue: Issue, register: Register, column: RegisterColumn, choice: str) -> str:
    """The live sum of a column, of the records of a ``choice`` or of all; where it follows from others, of what they come to
    in rows that leave it blank."""
    if column.of:
        rows = LiveRows(register, issue.period, lambda id: column_of(register, id, RECKONED).partition("!")[2])
        return rows.added(column.id, {register.group: choice} if choice else {})
    cells = column_of(register, column.id).partition("!")[2]
    by = column_of(register, register.group).partition("!")[2] if choice else ""
    return f"=SUMIF({by},{quote(literal(choice))},{cells})" if choice else f"=SUM({cells})"


def add_signs(sheet: BookSheet, register: Register, width: int) -> None:
    """What is said of the list, and what is to be signed, above the heads, where no row that is put in moves them."""
    if register.note:
        sheet.put(TOP, 0, register.note, "note", span=(1, width))
        sheet.heights[TOP] = text_height(register.note, sum(sheet.widths.values()), 9.5) + 4
    each = max(1, width // max(1, len(register.sign)))
    for number, label in enumerate(register.sign[:width]):
        sheet.put(TOP + bool(register.note), number * each, f"{label}：", "text", span=(1, each))


def head_text(column: RegisterColumn) -> str:
    """The head with its unit."""
    unit = f"（{column.unit}）" if column.unit and column.unit not in column.label else ""
    return f"{column.label}{unit}"


def mark_duplicates(sheet: BookSheet, register: Register, first: int, last: int) -> None:
    """Red ink where another row has the same key."""
    if not register.key:
        return
    pairs = [
        f"{absolute(first, n)}:{absolute(last, n)},${address(first, n)}"
        for n in (column_at(register, id) for id in register.key)
    ]
    there = f'${address(first, column_at(register, register.key[0]))}<>""'
    for n in (column_at(register, id) for id in register.key):
        formula = f"=AND({there},COUNTIFS({','.join(pairs)})>1)"
        sheet.conditions.append(Condition((first, n), (last, n), formula, "off", stop=True))


def add_status(sheet: BookSheet, register: Register, width: int) -> None:
    """The live status: how many rows there are, what is wrong in them, what is blank and what is there twice. Each is
    counted in a cell of its own in the thin line below, since a formula of a broad list would be too long."""
    rows, wrong, again, blank = (absolute(STATUS_ROW + 1, n) for n in range(4))
    for number, formula in enumerate(counts(register, rows)):
        sheet.put(STATUS_ROW + 1, number, 0, "counter", formula=f"={formula}")
    listed = f'"已登记 "&{rows}&" 行"'
    told = f'IF({wrong}>0,{wrong}&" 格填的不是这一列的内容（标红）；","")&IF({again}>0,{again}&" 行重复（红字）；","")'
    yet, none = nothing_yet(register), "FALSE"
    if column := open_to_words(register):
        needed, cells = sum(c.needed for c in register.columns), column_of(register, column.id)
        none = f"AND({rows}=1,{blank}>={needed - 1},COUNTIF({cells.partition('!')[2]},{quote(NOTHING)})=1)"
    formula = (
        f'=IF({rows}=0,{quote(yet)},IF({none},"✔ 已写明没有",IF({wrong}+{again}>0,"请更正："&{told}&{listed},'
        f'IF({blank}>0,"还有 "&{blank}&" 格必填的没有填；"&{listed},"✔ "&{listed}))))'
    )
    sheet.put(STATUS_ROW, 0, yet, "status", formula=formula, span=(1, width))
    color_status(sheet, (STATUS_ROW, 0), (STATUS_ROW, width - 1))


def open_to_words(register: Register) -> RegisterColumn | None:
    """The first column that takes any word, 无 too."""
    return next((c for c in register.columns if c.kind in ("text", "code") and not c.pattern), None)


def nothing_yet(register: Register) -> str:
    """The status of a list in which nothing stands: with where to write that there is nothing."""
    column = open_to_words(register)
    return f"{NOTHING_YET}；没有的，在第一行“{column.label}”一格写“{NOTHING}”" if column else NOTHING_YET


def counts(register: Register, rows: str) -> tuple[str, str, str, str]:
    """What counts the rows, the wrong cells, the rows that are there twice, and the blanks where something must stand
    (``rows`` is the cell with the first of these)."""
    first, last = first_row(register), first_row(register) + PREPARED - 1
    cells = {c.id: area((first, n), (last, n)) for n, c in columns_in(register)}
    used = f'SUMPRODUCT(--({"&".join(cells.values())}<>""))'
    wrong = "+".join(filter(None, (wrong_count(c, cells[c.id], register) for c in register.columns))) or "0"
    pairs = ",".join(f"{cells[id]},{cells[id]}" for id in register.key)
    again = f'SUMPRODUCT(({cells[register.key[0]]}<>"")*(COUNTIFS({pairs})>1))' if register.key else "0"
    needed = [cells[column.id] for column in register.columns if column.needed]
    blank = f"MAX(0,{len(needed)}*{rows}-{'-'.join(f'COUNTA({one})' for one in needed)})" if needed else "0"
    return used, wrong, again, blank
