"""交叉汇总: the summaries that the form declares, 已通过 beside 含退回, with live sums and a check against the totals."""

from __future__ import annotations

from decimal import Decimal

from workbook_tool.model.book import Book, Print, Sheet
from workbook_tool.model.cells import address, area
from workbook_tool.model.form import CrossTable
from workbook_tool.model.live import references
from workbook_tool.model.measure import text_height
from workbook_tool.model.result import Cross
from workbook_tool.steps.compose.plan import CROSSES, GREEN, Plan, heading
from workbook_tool.steps.compose.verdict import MATCH, color

LABEL_WIDTH, WIDTH, GAP = 20.0, 11.0, 2.0


def add_crosses(book: Book, plan: Plan) -> None:
    """Add the sheet, where the form declares any."""
    if not plan.result.crosses:
        return
    sheet = book.sheet(CROSSES, tab=GREEN)
    broadest = max(len(passed.columns) for passed, _ in plan.result.crosses)
    starts = {"passed": 0, "all": broadest + 3}
    for start in starts.values():
        sheet.widths[start] = LABEL_WIDTH
        sheet.widths |= {start + 1 + column: WIDTH for column in range(broadest + 1)}
    sheet.widths[broadest + 2] = GAP
    heading(sheet, "交叉汇总", "只累加最细的格，不含任何总计，所以不会重复计数；末行与汇总表核对。", 2 * broadest + 5)
    top = 3
    for declared, (passed, all_filed) in zip(plan.form.crosses, plan.result.crosses, strict=True):
        sheet.put(top, 0, declared.title, "section", span=(1, 2 * broadest + 5))
        sheet.heights[top] = 24
        add_cross(sheet, plan, declared, passed, "passed", top + 1, starts["passed"])
        top = add_cross(sheet, plan, declared, all_filed, "all", top + 1, starts["all"]) + 2
    sheet.print = Print(landscape=True, wide=1, tall=0)


def add_cross(sheet: Sheet, plan: Plan, declared: CrossTable, cross: Cross, layer: str, top: int, left: int) -> int:
    """One summary for one layer; returns its last row."""
    sheet.put(top, left, band(plan, declared, layer), "band", span=(1, len(cross.columns) + 2))
    head, body = top + 1, top + 2
    for column, text in enumerate((cross.corner, *cross.columns, "合计")):
        sheet.put(head, left + column, text, "head")
    sheet.heights[head] = max(text_height(text, WIDTH) for text in cross.columns)
    last = body + len(cross.rows) - 1
    for number, (label, cells) in enumerate(zip(cross.rows, cross.cells, strict=True)):
        sheet.put(body + number, left, label, "stub")
        for column, value in enumerate(cells):
            sheet.put(body + number, left + 1 + column, value, "number")
        whole = area((body + number, left + 1), (body + number, left + len(cells)))
        sheet.put(
            body + number, left + 1 + len(cells), sum(cells, Decimal(0)), "number_total", formula=f"=SUM({whole})"
        )
    foot = last + 1
    sheet.put(foot, left, "合计", "stub_total")
    for column in range(len(cross.columns) + 1):
        value = sum((row[column] if column < len(row) else sum(row, Decimal(0)) for row in cross.cells), Decimal(0))
        place = area((body, left + 1 + column), (last, left + 1 + column)) if cross.rows else ""
        sheet.put(foot, left + 1 + column, value, "number_total", formula=f"=SUM({place})" if place else "")
    add_check(sheet, plan, declared, layer, foot, left, len(cross.columns))
    return foot + 1


def band(plan: Plan, declared: CrossTable, layer: str) -> str:
    """The name of the layer, and whether numbers are missing below it."""
    missing = plan.layer(layer).missing
    lacking = any(missing[item.index] for item in plan.form.by_table[declared.table])
    return ("已通过" if layer == "passed" else "含退回") + ("（有缺数，见汇总表）" if lacking else "")


def add_check(sheet: Sheet, plan: Plan, declared: CrossTable, layer: str, foot: int, left: int, columns: int) -> None:
    """The grand total against the same leaf cells in the sheet of totals."""
    rows = {row for one in declared.sets for row in one.rows}
    leaves = [i.index for i in plan.form.by_table[declared.table] if i.row.id in rows and not i.total]
    cells = references(leaves, plan.totals_places(layer), sheet.name)
    grand = address(foot, left + 1 + columns)
    sheet.put(foot + 1, left, "与汇总表核对", "check_label", span=(1, columns + 1))
    gap = f"ROUND({grand}-SUM({cells}),6)"
    formula = f'=IF({gap}=0,"{MATCH}","✘ 差 "&{gap})'
    sheet.put(foot + 1, left + 1 + columns, MATCH, "check", formula=formula)
    color(sheet, foot + 1, left + 1 + columns)
