"""Under a sheet of totals: whose filings make 含退回 differ from 已通过, and whose lack numbers."""

from __future__ import annotations

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Block, Item, Table
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.live import quote
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.agency import ACCEPTED, FiledAgency
from workbook_tool.model.workbook.book import BookSheet, Value
from workbook_tool.model.workbook.decimals import figure_role
from workbook_tool.model.workbook.headers import CODE, STATE
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.number_roles import plain_role, state_role
from workbook_tool.steps.workbook.plan import Plan
from workbook_tool.steps.workbook.verdict import MATCH, color

MOST_ITEMS = 15
"""A table with no more numbers than this is shown whole."""


def add_causes(sheet: BookSheet, plan: Plan, table: Table, top: int) -> None:
    """Add the list: a row for each agency with its main numbers, and a check that they make up the difference."""
    records = [record for record in plan.result.added if is_cause(plan, record, table)]
    name, code, places = columns(plan, table)
    last = max(code + 2, *places.values())
    sheet.put(top, 0, "差额和缺数由这些单位造成", "section", span=(1, last + 1))
    sheet.heights[top] = 24
    if not records:
        none = "没有差额，也没有缺数。" if plan.result.filed else "还没有收到报表。"
        sheet.put(top + 1, 0, none, "note", span=(1, last + 1))
        return
    head = top + 1
    titles = {0: "单位", code: "代码", code + 1: "状态", code + 2: "本表缺数"}
    titles |= {column: head_of(plan.form, plan.form.items[index]) for index, column in places.items()}
    for column, text in titles.items():
        sheet.put(head, column, text, "head", span=(1, name) if column == 0 else (1, 1))
    sheet.heights[head] = max(text_height(text, sheet.widths.get(c, 9)) for c, text in titles.items() if c)
    for row, record in enumerate(records, head + 1):
        add_cause(sheet, plan, table, record, row)
    add_sums(sheet, plan, table, records, head + 1)


def is_cause(plan: Plan, record: FiledAgency, table: Table) -> bool:
    """Whether this filing makes a difference to the table, or lacks numbers of it."""
    return record.state not in ACCEPTED or bool(lacking(plan, record, table))


def lacking(plan: Plan, record: FiledAgency, table: Table) -> int:
    """How many numbers of the table this filing lacks."""
    readings = record.file.submission.readings
    return sum(readings[item.index].number is None for item in plan.form.by_table[table.id])


def columns(plan: Plan, table: Table) -> tuple[int, int, dict[int, int]]:
    """How many columns the name spans, the column of the code, and that of each number shown. Where rows stand side by
    side every number stands below its own head."""
    layout = plan.layouts[table.id]
    if table.side_by_side:
        added = {index: slot for index, slot in layout.slots.items() if plan.form.items[index].added}
        return 1, 1 + layout.width, {index: 1 + slot.column for index, slot in added.items()}
    items = main_items(plan.form, table)
    return layout.stub, layout.stub, {item.index: layout.stub + 3 + n for n, item in enumerate(items)}


def main_items(form: Form, table: Table) -> list[Item]:
    """All numbers of a small table; of a large one the key figures and what stands in its main columns, without what is
    only a part of something."""
    items = [item for item in form.by_table[table.id] if item.added]
    if len(items) <= MOST_ITEMS:
        return items
    figures = {code for figure in form.figures for code in figure.items}
    main = {(id(block), column.id) for block in table.blocks for column in main_columns(block)}
    own = [i for i in items if (id(i.block), i.column.id) in main and (i.row.total or not i.row.under)]
    own = own if len(own) <= MOST_ITEMS or any(item.column.total for item in own) else [i for i in own if i.row.total]
    shown = {item.index for item in own}
    chosen = [item for item in items if item.code in figures or item.index in shown]
    return chosen or [i for i in items if i.total][:MOST_ITEMS] or items[:MOST_ITEMS]


def main_columns(block: Block) -> list[Line]:
    """The columns of totals; of a block without any, but with columns that go on from the period before (上周, 累计), those
    of this period: the others only follow."""
    totals = [column for column in block.columns if column.total and column.adds == "sum"]
    now = [column for column in block.columns if column.adds != "last"]
    return totals or (now if len(now) < len(block.columns) else [])


def head_of(form: Form, item: Item) -> str:
    """The head of a column: of what sums its row up, the row says enough."""
    if item.table.side_by_side:
        return item.column_name
    sums_up = any(c.at == item.index and c.is_sum and c.line.startswith("r:") for c in form.constraints)
    return item.row_name if sums_up or len(item.block.columns) == 1 else f"{item.row_name} {item.column_name}"


def add_cause(sheet: BookSheet, plan: Plan, table: Table, record: FiledAgency, row: int) -> None:
    """The row of an agency, everything looked up in 单位明细 by its code."""
    name, code, places = columns(plan, table)
    sheet.put(row, 0, record.agency.name, "cell_link_left", span=(1, name), link=plan.page_link(record))
    sheet.put(row, code, record.agency.code, "cell_center")
    line = f"MATCH({absolute(row, code)},{plan.detail(CODE)},0)"
    state = record.state.label
    formula = f"=INDEX({plan.detail(STATE)},{line})"
    sheet.put(row, code + 1, state, state_role(state), formula=formula)
    items = plan.form.by_table[table.id]
    # From its first cell to its last: not every program has INDEX of a whole row.
    first, last = (f"INDEX({plan.detail(item.code)},{line})" for item in (items[0], items[-1]))
    blanks = f"=COUNTBLANK({first}:{last})"
    sheet.put(row, code + 2, lacking(plan, record, table), "missing", formula=blanks)
    for index, column in places.items():
        item, submission = plan.form.items[index], record.file.submission
        figure = f"INDEX({plan.detail(item.code)},{line})"
        role = plain_role(submission, item)
        sheet.put(row, column, submission.number(item), role, formula=f'=IF({figure}="","",{figure})')
    breadth = sum(sheet.widths.get(column, 9) for column in range(name))
    sheet.heights[row] = max(19.0, text_height(record.agency.name, breadth))


def add_sums(sheet: BookSheet, plan: Plan, table: Table, records: list[FiledAgency], first: int) -> None:
    """What the filings that have not passed add up to, and whether that is the difference shown above."""
    name, code, places = columns(plan, table)
    foot = first + len(records)
    returned = [record.file.submission for record in records if record.state not in ACCEPTED]
    sheet.put(foot, 0, "未通过的合计", "stub_total", span=(1, name))
    sheet.put(foot + 1, 0, "与差额核对", "check_label", span=(1, name))
    states = f"{absolute(first, code + 1)}:{absolute(foot - 1, code + 1)}"
    outside = "".join(f",{states},{quote('<>' + state.label)}" for state in ACCEPTED)
    sheet.heights |= {foot: 20, foot + 1: 20}
    for index, column in places.items():
        item = plan.form.items[index]
        value: Value = as_decimal(sum(s.readings[index].number or 0 for s in returned), item)
        cells = f"{address(first, column)}:{address(foot - 1, column)}"
        role = figure_role(item.decimals, "number_total", "amount_total")
        sheet.put(foot, column, value, role, formula=f"=SUMIFS({cells}{outside})")
        gap = f"ROUND({address(foot, column)}-{address(*plan.totals_cell('diff', index))},6)"
        sheet.put(foot + 1, column, MATCH, "check", formula=f'=IF({gap}=0,{quote(MATCH)},"✘ 差 "&{gap})')
        color(sheet, foot + 1, column)
