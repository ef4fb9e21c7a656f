"""One table of the blank workbook: the statutory layout with inputs, live checks and a status line."""

from __future__ import annotations

from workbook_tool.model.cells import address
from workbook_tool.model.form.items import Block, Item, Table
from workbook_tool.model.form.layout import Layout
from workbook_tool.model.workbook.book import Book, BookSheet, Condition, Print
from workbook_tool.model.workbook.decimals import figure_role
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.steps.form.aside import add_asides
from workbook_tool.steps.form.checks import Strip, add_checks, strips
from workbook_tool.steps.form.code_line import put_code
from workbook_tool.steps.form.fields import watch_inputs
from workbook_tool.steps.form.issue import STATUS_ROW, TOP, Issue, cover_name
from workbook_tool.steps.form.room import broken, set_room
from workbook_tool.steps.form.status_line import color_status, opening_status, status_formula

TAB = "#2F5D8C"


def add_table(book: Book, issue: Issue, table: Table) -> None:
    """Add the sheet of one table."""
    sheet = book.sheet(table.name, protected=True, tab=TAB)
    layout = issue.layouts[table.id]
    found = strips(issue, table)
    set_room(sheet, layout)
    add_top(sheet, issue, layout, found)
    add_frame(sheet, issue, layout)
    add_numbers(sheet, issue, layout)
    # Checks first: LibreOffice gives way to the condition that was declared first, Excel shows both.
    add_checks(sheet, issue, layout, found)
    watch_inputs(sheet, issue, layout)
    last = add_foot(sheet, issue, layout, found)
    add_asides(sheet, issue, layout, found, last)
    single = len(table.blocks) == 1 and not table.side_by_side
    sheet.freeze = (TOP + layout.first_row, layout.stub) if single else (TOP, 0)
    sheet.start = min((issue.places[item.index][1:] for item in issue.inputs(table)), default=sheet.start)
    area = ((0, 0), (last, layout.width - 1))
    sheet.print = Print(table.page == "landscape", 1, 1, area, footer=issue.footer)


def add_top(sheet: BookSheet, issue: Issue, layout: Layout, found: list[Strip]) -> None:
    """Title, period, agency and unit, status."""
    table, width = layout.table, layout.width
    whole = (1, width)
    sheet.put(0, 0, table.title, "title", span=whole)
    sheet.put(1, 0, f"（{issue.period.days}）", "subtitle", span=whole)
    right = unit_columns(sheet, table, width)
    put_agency(sheet, issue, (1, width - right))
    if right:
        sheet.put(2, width - right, unit_line(table), "text_right", span=(1, right))
    formula = status_formula(issue, table, found)
    sheet.put(STATUS_ROW, 0, opening_status(issue, table), "status", formula=formula, span=whole)
    color_status(sheet, (STATUS_ROW, 0), (STATUS_ROW, width - 1))
    put_code(sheet, issue, STATUS_ROW + 1, width)


def put_agency(sheet: BookSheet, issue: Issue, span: tuple[int, int]) -> None:
    """Whose form this is: as issued, or as the cover says."""
    field = next(f for f in issue.form.cover if f.kind == "agency")
    label = f"{field.label}："
    if issue.agency:
        code = f"（{issue.agency.code}）" if issue.agency.code else ""
        sheet.put(2, 0, f"{label}{issue.agency.name}{code}", span=span)
    else:
        sheet.put(2, 0, label, formula=f'="{label}"&{cover_name(field)}', span=span)


def unit_columns(sheet: BookSheet, table: Table, width: int) -> int:
    """How many of the last columns the unit needs; none where the table has no unit."""
    needed = text_width(unit_line(table)) + 2
    wide = (n for n in range(1, width) if sum(sheet.widths[c] for c in range(width - n, width)) >= needed)
    return next(wide, width - 1) if unit_line(table) else 0


def unit_line(table: Table) -> str:
    """The unit in which most of a table is counted, where it declares one; never one that every line overrides."""
    if not any(block.unit for block in table.blocks):
        return ""
    units = list(dict.fromkeys(block.unit for block in table.blocks if block.unit and counts_in_own(block)))
    units += [line.unit for block in table.blocks for line in (*block.rows, *block.columns) if line.unit]
    units = list(dict.fromkeys(units))
    return f"单位：{units[0]}" + ("（另有注明的除外）" if len(units) > 1 else "") if units else ""


def counts_in_own(block: Block) -> bool:
    """Whether any number of a block is counted in the block's unit."""
    rows, columns = ([line for line in lines if line.kind == "number"] for lines in (block.rows, block.columns))
    return any(not row.unit and not column.unit for row in rows for column in columns)


def add_frame(sheet: BookSheet, issue: Issue, layout: Layout) -> None:
    """Headings and labels; the label of a total row looks like one."""
    totals = {slot.row for index, slot in layout.slots.items() if issue.form.items[index].row.total}
    for heading in layout.headings:
        own = heading.part in ("stub", "group") and heading.column + heading.span[1] == layout.stub
        role = "stub_total" if own and heading.row in totals else heading.part
        role = "stub_head" if own and role == "group" else role
        sheet.put(TOP + heading.row, heading.column, broken(heading, layout), role, span=heading.span)


def add_numbers(sheet: BookSheet, issue: Issue, layout: Layout) -> None:
    """The cells of the numbers, named; totals that are computed have their formula."""
    for index, slot in layout.slots.items():
        item = issue.form.items[index]
        formula = issue.formulas.get(index, "")
        known = issue.answers.get(index) if issue.prefilled and not formula else None
        value = known.number if known else "" if formula else None
        row = TOP + slot.row
        sheet.put(
            row,
            slot.column,
            value,
            number_role(item, bool(formula)),
            formula=formula,
            span=slot.span,
            name=item.cell_name,
            note=f"待确认：由{known.source}得 {known.number:f}，请核对；不对的请改。" if known and value else "",
        )
        if known:  # until it is another number, it waits to be looked at
            cell = (row, slot.column)
            sheet.conditions.append(Condition(cell, cell, f"={address(*cell)}={known.number:f}", "warn", stop=True))
    for index, slot in layout.remarks.items():
        item = issue.form.cells[index]
        role = (
            "input_date"
            if item.kind == "date"
            else "input_choice"
            if item.kind in ("choice", "yesno")
            else "input_text"
        )
        sheet.put(TOP + slot.row, slot.column, None, role, span=slot.span, name=item.cell_name)


def number_role(item: Item, computed: bool) -> str:
    """How the place for a number looks."""
    if computed:
        return figure_role(item.decimals, "number_total", "amount_total")
    amount = item.decimals > 0
    if item.total:
        return "total_amount_input" if amount else "total_input"
    return "input_amount" if amount else "input"


def add_foot(sheet: BookSheet, issue: Issue, layout: Layout, found: list[Strip]) -> int:
    """The closing note; returns its row."""
    below = [strip.line for strip in found if not strip.upright]
    row = max([TOP + layout.height - 1, *below]) + 1
    source = f"依据：{issue.form.legal_basis}。" if issue.form.legal_basis else ""
    guide = "填表说明见封面。" if issue.form.guide else ""
    text = f"{layout.table.note}{source}{guide}"
    sheet.put(row, 0, text, "note", span=(1, layout.width))
    sheet.heights[row] = text_height(text, sum(sheet.widths[c] for c in range(layout.width)), 9.5) + 2
    return row
