"""单位明细: a row per agency, every number; the one place that all totals are summed from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from workbook_tool.model.form.form import Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.workbook.book import Book, BookSheet, ListTable, Print
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.steps.workbook.plan import (
    CATEGORY,
    CODE,
    DETAIL,
    DETAIL_TOP,
    FIRST_ITEM,
    GREY,
    NAME,
    STATE,
    Plan,
    heading,
)

LABELS = {CODE: "代码", NAME: "单位", CATEGORY: "类别", STATE: "状态"}
MARKS = {Severity.MUST: "bad", Severity.EXPLAIN: "warn", Severity.NOTE: "info"}
PAGES_WIDE = 10
TABLE_ROW, ROW_ROW, COLUMN_ROW, CODE_ROW = 2, 3, 4, 5


def add_detail(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    sheet = book.sheet(
        DETAIL,
        tab=GREY,
        widths={CODE: 9, NAME: name_width(r.agency.name for r in plan.result.filed), CATEGORY: 11, STATE: 9},
    )
    heading(
        sheet,
        "单位明细",
        "每个单位一行，每个数一列；空格是没有填报，不是 0。红、黄、蓝底为必须改、需说明、提示的数，批注写明原因。",
        12,
    )
    last = FIRST_ITEM + len(plan.form.items) - 1
    add_head(sheet, plan)
    for record in plan.result.filed:
        add_agency(sheet, plan, record)
    headers = (*LABELS.values(), *(item.code for item in plan.form.items))
    sheet.lists.append(ListTable((CODE_ROW, 0), (plan.detail_last, last), "tblDetail", headers))
    sheet.freeze = (DETAIL_TOP, FIRST_ITEM)
    sheet.print = Print(
        landscape=True, wide=PAGES_WIDE, tall=0, repeat_rows=(TABLE_ROW, CODE_ROW), repeat_columns=(CODE, STATE)
    )


def name_width(names: Iterable[str]) -> float:
    """So broad that most names take one line."""
    return min(max([26.0, *(text_width(name) + 3.5 for name in names)]), 34.0)


def add_head(sheet: BookSheet, plan: Plan, labels: Mapping[int, str] = LABELS) -> None:
    """Table, row and column over each number, and its code as the header that can be filtered and looked up."""
    for column, label in labels.items():
        sheet.put(TABLE_ROW, column, None, "head", span=(CODE_ROW - TABLE_ROW, 1))
        sheet.put(CODE_ROW, column, label, "head")
    for key in (lambda i: (i.table.id,), lambda i: (i.table.id, i.row.id)):
        for _, group in groupby(plan.form.items, key):
            items = list(group)
            is_table = len(key(items[0])) == 1
            text = items[0].table.title if is_table else items[0].row.name
            row = TABLE_ROW if is_table else ROW_ROW
            if is_table:  # not merged: the printed pages break within it
                for item in items:
                    sheet.put(row, plan.column(item.index), text if item is items[0] else None, "caption_open")
            else:
                sheet.put(row, plan.column(items[0].index), text, "group", span=(1, len(items)))
    for item in plan.form.items:
        sheet.put(COLUMN_ROW, plan.column(item.index), item.column.name, "head")
        sheet.put(CODE_ROW, plan.column(item.index), item.code, "code")
        sheet.widths[plan.column(item.index)] = 11 if item.decimals else 9.5
    breadths = {column: sheet.widths[column] for column in range(FIRST_ITEM, FIRST_ITEM + len(plan.form.items))}
    columns = [text_height(i.column.name, breadths[plan.column(i.index)]) for i in plan.form.items]
    rows = [text_height(i.row.name, breadths[plan.column(i.index)] * len(i.block.columns)) for i in plan.form.items]
    sheet.heights |= {ROW_ROW: max(rows), COLUMN_ROW: max(columns)}


def add_agency(sheet: BookSheet, plan: Plan, record: FiledAgency) -> None:
    row = plan.detail_row[record.agency.code]
    sheet.put(row, CODE, record.agency.code, "cell_center")
    sheet.put(row, NAME, record.agency.name, "cell_link_left", link=plan.page_link(record))
    sheet.heights[row] = max(19.0, text_height(record.agency.name, sheet.widths[NAME]))
    sheet.put(row, CATEGORY, record.agency.category, "cell_center")
    sheet.put(row, STATE, record.state.label, "cell_center")
    submission = record.file.submission
    marked = marks(record.findings)
    for item in plan.form.items:
        finding = marked.get(item.index)
        role = MARKS[finding.severity] if finding else plain_role(submission, item)
        note = f"{finding.severity.label} {finding.rule}：{finding.message}" if finding else ""
        sheet.put(row, plan.column(item.index), submission.number(item), role, note=note)


def marks(findings: tuple[Finding, ...]) -> dict[int, Finding]:
    """The weightiest finding of each number that one points to."""
    found: dict[int, Finding] = {}
    for finding in sorted(findings, key=lambda f: -f.severity.rank):
        if finding.item is not None:
            found[finding.item] = finding
    return found


def plain_role(submission: Submission, item: Item) -> str:
    """Blank numbers look blank on purpose: what a blanket finding covers is marked without repeating its words."""
    if submission.readings[item.index].number is None:
        return "bad"
    if item.total:
        return "amount_total" if item.decimals else "number_total"
    return "amount" if item.decimals else "number"
