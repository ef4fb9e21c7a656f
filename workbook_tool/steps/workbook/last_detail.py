"""上年明细: last year's accepted numbers, a row per agency, in the columns of 单位明细."""

from __future__ import annotations

from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.headers import CODE, STATE
from workbook_tool.model.workbook.listing import ListCell
from workbook_tool.steps.workbook.detail import add_figures
from workbook_tool.steps.workbook.detail_list import LastLine
from workbook_tool.steps.workbook.last_rows import LastRow
from workbook_tool.steps.workbook.plan import Plan

GONE, UNFILED = "不在其中", "未报"


def add_last_detail(book: Book, plan: Plan) -> None:
    """Add the sheet, where last year is known and somebody has filed."""
    if not plan.compares_years:
        return
    kind = plan.form.period
    meaning = f"{plan.result.run.last_year.words}每个单位一行，空格是{kind.year_ago}没有这个数。代码是{kind.this}的；合并的单位已相加。"
    rows = [last_line(plan, number, last) for number, last in enumerate(plan.last_rows)]
    add_figures(book, plan, plan.last_list, rows, meaning, (last.agency.name for last in plan.last_rows))


def last_line(plan: Plan, number: int, last: LastRow) -> LastLine:
    """A row, its state looked up in 单位明细 where the agency stands there."""
    formula = ""
    if last.record and last.record.agency.code in plan.detail_row:  # what is left out of the totals is not there
        own = plan.last_list.cell(plan.last_list.row(number), CODE)
        formula = f"=INDEX({plan.detail(STATE)},MATCH({own},{plan.detail(CODE)},0))"
    page = plan.page_link(last.record) if last.record else ""
    return LastLine(last, page, ListCell(state_words(last), formula=formula))


def state_words(last: LastRow) -> str:
    """How the agency stands this year."""
    if last.record is None:
        return GONE
    return last.record.state.label if last.record.file else UNFILED
