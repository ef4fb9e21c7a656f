"""The part of 上年对比 that has a row for each agency. A row follows the same row of 单位明细, whatever agency stands there
after that was sorted."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.live import on_sheet, quote
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.agency import ACCEPTED, AgencyRecord, FiledAgency
from workbook_tool.model.season.last_year import Values
from workbook_tool.model.workbook.book import BookSheet, Condition, Value
from workbook_tool.model.workbook.decimals import figure_role, most_decimals
from workbook_tool.model.workbook.headers import CODE, NAME, STATE
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.detail_list import DETAIL, last_detail
from workbook_tool.steps.workbook.number_roles import state_role
from workbook_tool.steps.workbook.plan import Plan

LAST_LINE, BOTH, FIRST = 3, 4, 5
"""Columns: the line in 上年明细, which formulas need and nobody sees, whether the agency is in both years, and the first
figure."""
HEADS = 3
LARGE, HALF = 10, "0.5"
"""A change of at least so much, and of so much of last year's number, stands out."""
Figure = tuple[str, tuple[Item, ...]]


def flags(plan: Plan, top: int) -> str:
    """The cells that say of each row of 单位明细 whether its agency is in both years."""
    first = top + HEADS
    return f"{absolute(first, BOTH)}:{absolute(first + len(plan.result.filed) - 1, BOTH)}"


def add_agencies(sheet: BookSheet, plan: Plan, top: int, numeral: str, figures: Sequence[Figure]) -> int:
    """Add the part; returns its last row."""
    last = max(FIRST + 3 * len(figures) - 1, FIRST + 5)
    kind = plan.form.period
    this, ago = kind.this, kind.year_ago
    title = f"{numeral}、各单位（差额达到 {LARGE}、又达到{ago}一半的，底色突出）"
    sheet.put(top, 0, title, "section", span=(1, last + 1))
    heads = {0: "代码", 1: "单位", 2: "状态", LAST_LINE: f"{last_detail(plan.form)}第几行", BOTH: kind.both}
    for column, text in heads.items():
        sheet.put(top + 1, column, text, "head", span=(2, 1))
    for number, (label, _) in enumerate(figures):
        start = FIRST + 3 * number
        sheet.put(top + 1, start, label, "band", span=(1, 3))
        for column, text in enumerate((this, ago, "差额"), start):
            sheet.put(top + 2, column, text, "head")
    labels = [text_height(label, 3 * sheet.widths[FIRST]) for label, _ in figures]
    sheet.heights |= {top: 24, top + 1: max([20.0, *labels]), top + 2: 22}
    lines = {row.agency.code: (number, row.values) for number, row in enumerate(plan.last_rows, 1) if row.record}
    for row, record in enumerate(plan.result.filed, top + HEADS):
        line, values = lines.get(record.agency.code, (0, {}))
        add_agency(sheet, plan, row, record, line)
        for number, (_, items) in enumerate(figures):
            add_figure(sheet, plan, row, FIRST + 3 * number, record, items, values)
    bottom = top + HEADS + len(plan.result.filed) - 1
    for number in range(len(figures)):
        stand_out(sheet, (top + HEADS, FIRST + 3 * number + 2), bottom)
    return bottom


def add_agency(sheet: BookSheet, plan: Plan, row: int, record: AgencyRecord, line: int) -> None:
    """Who it is, as 单位明细 has it in the same row, and where it stands in 上年明细."""
    detail = plan.detail_row[record.agency.code]
    source = {header: f"={on_sheet(DETAIL)}{plan.detail_list.cell(detail, header)}" for header in (CODE, NAME, STATE)}
    state = record.state.label
    sheet.put(row, 0, record.agency.code, "cell_center", formula=source[CODE])
    sheet.put(row, 1, record.agency.name, "cell_wrap", formula=source[NAME])
    sheet.put(row, 2, state, state_role(state), formula=source[STATE])
    found = f"=IFERROR(MATCH({absolute(row, 0)},{plan.last_detail(CODE)},0),0)"
    sheet.put(row, LAST_LINE, line, "missing", formula=found)
    stands = ",".join(f"{absolute(row, 2)}={quote(one.label)}" for one in ACCEPTED)
    both = f"=IF(AND({absolute(row, LAST_LINE)}>0,OR({stands})),1,0)"
    sheet.put(row, BOTH, int(line > 0 and record.state in ACCEPTED), "flag", formula=both)
    sheet.heights[row] = max(19.0, text_height(record.agency.name, sheet.widths[1]))


def add_figure(
    sheet: BookSheet, plan: Plan, row: int, start: int, record: FiledAgency, items: tuple[Item, ...], last: Values
) -> None:
    """This year's number, last year's, and the difference; blank where one is not known."""
    own = record.file.submission.numbers()
    now, before = summed(own, items), summed(last, items)
    decimals = most_decimals(items)
    number = figure_role(decimals, "number", "amount")
    detail = plan.detail_row[record.agency.code]
    cells = [f"{on_sheet(DETAIL)}{plan.detail_list.cell(detail, item.code)}" for item in items]
    formula = f'=IF(COUNT({",".join(cells)})<{len(items)},"",SUM({",".join(cells)}))'
    sheet.put(row, start, now, number, formula=formula)
    line = absolute(row, LAST_LINE)
    found = [f"INDEX({plan.last_detail(item.code)},{line})" for item in items]
    blank = ",".join(f'{cell}=""' for cell in found)
    formula = f'=IF({line}=0,"",IF(OR({blank}),"",{"+".join(found)}))'
    sheet.put(row, start + 1, before, number, formula=formula)
    a, b = address(row, start), address(row, start + 1)
    gap: Value = None if now is None or before is None else now - before
    role = figure_role(decimals, "gap", "gap_amount")
    sheet.put(row, start + 2, gap, role, formula=f'=IF(OR({a}="",{b}=""),"",ROUND({a}-{b},6))')


def summed(numbers: Values, items: tuple[Item, ...]) -> Decimal | None:
    """The sum of these items; None where one is not known."""
    found = [as_decimal(numbers[item.index], item) for item in items if item.index in numbers]
    return sum(found, Decimal(0)) if len(found) == len(items) else None


def stand_out(sheet: BookSheet, first: tuple[int, int], bottom: int) -> None:
    """Large changes have a colour; their number says the same."""
    gap, before = address(*first), address(first[0], first[1] - 1)
    formula = f"=IF(ISNUMBER({gap}),AND(ABS({gap})>={LARGE},ABS({gap})>={HALF}*{before}),FALSE)"
    sheet.conditions.append(Condition(first, (bottom, first[1]), formula, "warn"))
