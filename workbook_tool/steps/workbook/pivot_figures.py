"""What a PivotTable shows on its sheet before any refresh, and the live check above it."""

from __future__ import annotations

from decimal import Decimal

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.live import quote
from workbook_tool.model.workbook.book import BookSheet, Condition
from workbook_tool.model.workbook.listing import LIST_TOP
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.model.workbook.pivot import ALL, TOTAL, Pivot, Source
from workbook_tool.steps.workbook.facts import FACTS_TABLE
from workbook_tool.steps.workbook.verdict import MATCH

DATA, PROBLEMS = "透视数据", "透视问题"
CHECK_ROW, WIDTH, BREADTH = 2, 17.0, 8
FARTHEST = (9_999, 51)
"""As far as a PivotTable may grow: what its check adds up."""
CHANGED = "筛选已改，不核对"


def cells_of(source: Source, field: str) -> str:
    """A column of a source as every program can read it: names of columns in brackets only some know."""
    sheet, column = DATA if source.table == FACTS_TABLE else PROBLEMS, source.fields.index(field)
    first, last = (absolute(LIST_TOP + row, column) for row in (1, len(source.numbers)))
    return f"{sheet}!{first}:{last}"


def put_figures(sheet: BookSheet, pivot: Pivot) -> None:
    """What the PivotTable shows, cell by cell where it shows it."""
    (top, left), kind = pivot.place, "number" if pivot.whole else "amount"
    for number, (field, chosen) in enumerate(pivot.pages):
        sheet.put(pivot.first_page + number, left, field, "filter")
        sheet.put(pivot.first_page + number, left + 1, chosen or ALL, "filter")
    heads = (*pivot.heads, *([TOTAL] if pivot.total_column else []))
    for column in range(len(heads) + 1):
        sheet.put(top, left + column, {0: pivot.caption, 1: pivot.across}.get(column), "pivot_corner")
    sheet.put(top + 1, left, pivot.down, "pivot_corner")
    for column, head in enumerate(heads, left + 1):
        sheet.put(top + 1, column, head, "pivot_head")
    sheet.heights[top + 1] = max(text_height(head, WIDTH) for head in heads)
    for row, line in enumerate(pivot.lines, top + 2):
        sheet.put(row, left, line, "pivot_label")
        for column, head in enumerate(pivot.heads, left + 1):
            sheet.put(row, column, pivot.cells.get((line, head)), f"pivot_{kind}")
        if pivot.total_column:
            sheet.put(row, pivot.last[1], pivot.sum_of(line=line), f"pivot_{kind}")
    if pivot.total_row:
        role = "pivot_total" if pivot.whole else "pivot_total_amount"
        sheet.put(pivot.last[0], left, TOTAL, "pivot_foot")
        for column, head in enumerate(pivot.heads, left + 1):
            sheet.put(pivot.last[0], column, pivot.sum_of(head=head), role)
        if pivot.total_column:
            sheet.put(*pivot.last, pivot.sum_of(), role)


def put_check(sheet: BookSheet, pivot: Pivot, checked: str, value: Decimal, elsewhere: str) -> None:
    """Whether all that is shown comes to a figure from elsewhere, while the filters stand as they were set.

    Every figure is shown once, and once more in each total: so all cells come to twice or four times the sum.
    """
    times = (1 + pivot.total_column) * (1 + pivot.total_row)
    shown = f"{absolute(*pivot.first_figure)}:{absolute(*FARTHEST)}"
    gap = f"ROUND(SUM({shown}){f'/{times}' if times > 1 else ''}-{checked},6)"
    set_so = []
    for number, (field, chosen) in enumerate(pivot.pages):
        cell = address(pivot.first_page + number, pivot.place[1] + 1)
        anything = f"COUNTIF({cells_of(pivot.source, field)},{cell})=0"
        if len(pivot.source.items[field]) > 1:  # else all and the one item are the same, however a program calls it
            set_so.append(f"{cell}={quote(chosen)}" if chosen else anything)
    same = f'IF({gap}=0,"{MATCH}","✘ 差 "&{gap})'
    formula = f"=IF(AND({','.join(set_so)}),{same},{quote(CHANGED)})" if set_so else f"={same}"
    off = pivot.sum_of() - value
    sheet.put(CHECK_ROW, 0, f"核对：{'总计' if times == 4 else '表中各数'}", "check_label")
    sheet.put(CHECK_ROW, 1, MATCH if not off else f"✘ 差 {off}", "check", formula=formula)
    for words, role in ((MATCH, "ok"), (CHANGED, "info"), ("✘*", "bad")):
        shows = f"COUNTIF({address(CHECK_ROW, 1)},{quote(words)})>0"
        sheet.conditions.append(Condition((CHECK_ROW, 1), (CHECK_ROW, 1), f"={shows}", role, stop=True))
    after = f"← 应等于{elsewhere}；自己筛选或拖动字段以后，差额就是没有列出的部分。"
    sheet.put(CHECK_ROW, 2, after, "note", span=(1, BREADTH - 2))
    sheet.heights[CHECK_ROW] = 24
