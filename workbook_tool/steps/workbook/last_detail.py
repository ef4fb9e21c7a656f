"""上年明细: last year's accepted numbers, a row per agency, in the columns of 单位明细."""

from __future__ import annotations

from workbook_tool.model.cells import address
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.workbook.book import Book, BookSheet, ListTable, Print
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.detail import CODE_ROW, PAGES_WIDE, TABLE_ROW, add_head, name_width
from workbook_tool.steps.workbook.last_rows import LastRow
from workbook_tool.steps.workbook.plan import (
    CATEGORY,
    CODE,
    DETAIL_TOP,
    FIRST_ITEM,
    GREY,
    LAST_DETAIL,
    NAME,
    STATE,
    Plan,
    heading,
)

# Not 状态: what reads last year's values out of a workbook must find them in 单位明细 alone.
LABELS = {CODE: "代码", NAME: "单位", CATEGORY: "类别", STATE: "本年状态"}
GONE, UNFILED = "不在其中", "未报"


def add_last_detail(book: Book, plan: Plan) -> None:
    """Add the sheet, where last year is known and somebody has filed."""
    if not plan.compares_years:
        return
    widths = {CODE: 9.0, NAME: name_width(row.agency.name for row in plan.last_rows), CATEGORY: 11.0, STATE: 11.0}
    sheet = book.sheet(LAST_DETAIL, tab=GREY, widths=widths)
    told = f"{plan.result.run.last_year.words}每个单位一行，空格是上年没有这个数。代码是本年的；合并的单位已相加。"
    heading(sheet, LAST_DETAIL, told, 12)
    add_head(sheet, plan, LABELS)
    for row, one in enumerate(plan.last_rows, DETAIL_TOP):
        add_row(sheet, plan, row, one)
    last = (DETAIL_TOP + len(plan.last_rows) - 1, FIRST_ITEM + len(plan.form.items) - 1)
    headers = (*LABELS.values(), *(item.code for item in plan.form.items))
    sheet.lists.append(ListTable((CODE_ROW, 0), last, "tblLastYear", headers))
    sheet.freeze = (DETAIL_TOP, FIRST_ITEM)
    sheet.print = Print(
        landscape=True, wide=PAGES_WIDE, tall=0, repeat_rows=(TABLE_ROW, CODE_ROW), repeat_columns=(CODE, STATE)
    )


def add_row(sheet: BookSheet, plan: Plan, row: int, one: LastRow) -> None:
    agency = one.agency
    sheet.put(row, CODE, agency.code, "cell_center")
    page = plan.page_link(one.record) if one.record else ""
    sheet.put(row, NAME, agency.name, "cell_link_left" if page else "cell_wrap", link=page)
    sheet.put(row, CATEGORY, agency.category, "cell_center")
    formula = ""
    if one.record and one.record.file:
        line = f"MATCH({address(row, CODE)},{plan.detail(CODE)},0)"
        formula = f"=INDEX({plan.detail(STATE)},{line})"
    sheet.put(row, STATE, state_words(one), "cell_center", formula=formula)
    sheet.heights[row] = max(19.0, text_height(agency.name, sheet.widths[NAME]))
    for item in plan.form.items:
        number = one.values.get(item.index)
        role = ("amount" if item.decimals else "number") + ("_total" if item.total else "")
        value = None if number is None else as_decimal(number, item)
        sheet.put(row, plan.column(item.index), value, role)


def state_words(one: LastRow) -> str:
    """How the agency stands this year."""
    if one.record is None:
        return GONE
    return one.record.state.label if one.record.file else UNFILED
