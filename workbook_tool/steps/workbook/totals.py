"""汇总表: a table of the form in statutory layout, its totals in layers: 已通过, 其中待核, 含退回, and who is missing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from workbook_tool.model.cells import address
from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.form.layout import Heading, Layout
from workbook_tool.model.form.live import difference, quote, references
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.workbook.book import Book, BookSheet, Print, Value
from workbook_tool.model.workbook.decimals import figure_role
from workbook_tool.model.workbook.headers import CODE, STATE
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.workbook.causes import add_causes
from workbook_tool.steps.workbook.number_roles import number_role
from workbook_tool.steps.workbook.plan import NAVY, TOTALS_TOP, Plan, heading
from workbook_tool.steps.workbook.verdict import MATCH, UNDECIDED, color

BAND_ROW = TOTALS_TOP - 1
WIDTH, NARROW, CHECK_WIDTH, STUB_WIDTHS = 8.0, 6.0, 8.0, {1: (30,), 3: (4.5, 9, 31)}
CHECK_SIZE, INDENT = 9.5, 2.0
"""Of the labels of checks."""
WIDEST, SINGLE, LEAST_PAGE, LEAST_BAND = 14.0, 36.0, 86.0, 27.0
LAYERS = {"passed": "已通过（已汇总＋待核）", "held": "其中待核", "all": "含退回"}
LAYERS |= {"diff": "差额（含退回－已通过）", "missing": "缺数家数（已收报表中）"}
CHECK = "勾稽核对"
SIDE_LABELS = {
    "passed": "已通过",
    "passed_check": CHECK,
    "held": "其中待核",
    "all": "含退回",
    "all_check": CHECK,
    "diff": "差额（含退回－已通过）",
    "missing": "缺数家数",
}


def add_totals(book: Book, plan: Plan, table: Table) -> None:
    """Add the sheet of one table."""
    sheet = book.sheet(plan.totals_sheet(table), tab=NAVY)
    layout = plan.layouts[table.id]
    width = add_side(sheet, plan, layout) if table.side_by_side else add_stacked(sheet, plan, layout)
    result = plan.result
    counts = f"已通过 {result.totals.passed.agencies} 家，其中待核 {result.totals.held.agencies} 家；含退回共 {result.totals.all_filed.agencies} 家。"
    subtitle = f"{counts}各数为“单位明细”的活公式；缺数的勾稽关系为“{UNDECIDED}”，不算对也不算错。"
    subtitle += "差额由哪些单位造成，见表下。" if table.side_by_side else "其他口径在右边，差额由哪些单位造成见表下。"
    subtitle += result.weeks.drift.words if result.weeks.drift else ""
    heading(sheet, f"{table.title}（{result.region.name}{result.period.full}汇总）", subtitle, width)
    units = "、".join(dict.fromkeys(block.unit for block in table.blocks if block.unit))
    made = f"编制单位：{result.region.name}　　编制日期：{result.as_of.year} 年 {result.as_of.month} 月 {result.as_of.day} 日"
    sheet.put(2, 0, made + (f"　　单位：{units}" if units else ""), "note", span=(1, width))
    bottom = max(cell.row + cell.span[0] for cell in sheet.cells) - 1
    # The page to be signed holds the form's own block; whatever explains it stands beside and below.
    page = table.page == "landscape" or table.side_by_side
    sheet.print = Print(landscape=page, wide=1, tall=1, area=((0, 0), (bottom, width - 1)))
    add_causes(sheet, plan, table, bottom + 2)


def put_total(sheet: BookSheet, plan: Plan, layer: str, item: Item, span: tuple[int, int]) -> None:
    """The figure of an item in a layer, live."""
    row, column = plan.totals_cell(layer, item.index)
    if not item.added and (layer in ("missing", "diff") or item.adds == "never"):
        sheet.put(row, column, None, "cell_center", span=span)
    elif layer == "missing":
        figures, codes = plan.detail(item.code), plan.detail(CODE)
        added = f"*({plan.detail(STATE)}<>{quote(AgencyState.COMPARED.label)})" if plan.adds else ""
        formula = f'=SUMPRODUCT(({codes}<>""){added}*({figures}=""))'
        sheet.put(row, column, plan.result.totals.all_filed.missing[item.index], "missing", formula=formula, span=span)
    elif layer == "diff":
        whole, passed = (address(*plan.totals_cell(of, item.index)) for of in ("all", "passed"))
        totals = plan.result.totals
        gap = (totals.all_filed.sums[item.index] or 0) - (totals.passed.sums[item.index] or 0)
        formula = f"=ROUND({whole}-{passed},{item.decimals})" if item.decimals else f"={whole}-{passed}"
        role = figure_role(item.decimals, "gap", "gap_amount")
        sheet.put(row, column, as_decimal(gap, item), role, formula=formula, span=span)
    else:
        formula, value = plan.total_formula(layer, item.index), plan.total(layer, item.index)
        sheet.put(row, column, value, number_role(item), formula=formula, span=span)


def layers_of(plan: Plan) -> list[str]:
    """The layers that are shown, in their order."""
    return ["passed", *(["held"] if plan.shows_held else []), "all", "diff", "missing"]


def add_stacked(sheet: BookSheet, plan: Plan, layout: Layout) -> int:
    """Layers side by side, each with the column headings of the form. Returns the number of columns of the first, with its
    checks."""
    table, breadth = layout.table, layout.width - layout.stub
    body_height = layout.height
    for column, width in enumerate(STUB_WIDTHS.get(layout.stub, (8,) * (layout.stub - 1) + (30,))):
        sheet.widths[column] = width
    # A narrow table has room for the title of its page, and for the names of its layers.
    width = min(WIDEST, max(WIDTH, (LEAST_PAGE - CHECK_WIDTH - sum(sheet.widths.values())) / breadth))
    first = max(width, SINGLE) if breadth == 1 else width
    narrow = max(NARROW, LEAST_BAND / breadth)
    for shown in layout.headings:
        if shown.column < layout.stub and shown.part != "caption":
            put_heading(sheet, shown, 0, stub_role(plan, layout, shown))
    for layer in layers_of(plan):
        shift = plan.shift(table, layer)
        sheet.put(BAND_ROW, layout.stub + shift, LAYERS[layer], "band", span=(1, breadth))
        room = breadth * (narrow if layer == "missing" else width)
        sheet.heights[BAND_ROW] = max(sheet.heights.get(BAND_ROW, 20.0), text_height(LAYERS[layer], room))
        add_block_heads(sheet, layout, shift, first=layer == "passed")
        for column in range(breadth):
            sheet.widths[layout.stub + shift + column] = (
                narrow if layer == "missing" else first if layer == "passed" else width
            )
        for index, slot in layout.slots.items():
            put_total(sheet, plan, layer, plan.form.items[index], slot.span)
    add_cross_checks(sheet, plan, layout)
    bottom = TOTALS_TOP + body_height
    for layer in ("passed", "all"):
        add_identities(sheet, plan, layout, layer, bottom)
    add_row_heights(sheet, layout)
    sheet.freeze = (TOTALS_TOP + (layout.first_row if len(table.blocks) == 1 else 0), layout.stub)
    return layout.width + 1 + plan.row_checks(table)


def put_heading(sheet: BookSheet, shown: Heading, shift: int, role: str = "") -> None:
    """A label of the frame, in its own role or another."""
    sheet.put(TOTALS_TOP + shown.row, shown.column + shift, shown.text, role or shown.part, span=shown.span)


def stub_role(plan: Plan, layout: Layout, shown: Heading) -> str:
    """A row's own label stands at the left; that of a total row looks like one."""
    if shown.part not in ("stub", "group") or shown.column + shown.span[1] != layout.stub or shown.span[0] > 1:
        return shown.part
    return (
        "stub_total"
        if shown.row in plan.total_rows[layout.table.id]
        else "stub_head"
        if shown.part == "group"
        else "stub"
    )


def add_block_heads(sheet: BookSheet, layout: Layout, shift: int, first: bool) -> None:
    """Column headings of one layer; a caption over a whole block stands with the first layer."""
    for shown in layout.headings:
        if shown.part == "caption" and first:
            put_heading(sheet, shown, 0)
        elif shown.part == "caption":
            span = (shown.span[0], shown.span[1] - layout.stub)
            sheet.put(TOTALS_TOP + shown.row, layout.stub + shift, shown.text, "caption", span=span)
        elif shown.column >= layout.stub:
            put_heading(sheet, shown, shift)


def add_row_heights(sheet: BookSheet, layout: Layout) -> None:
    """Make the rows of the frame tall enough for their labels."""
    for shown in layout.headings:
        row = TOTALS_TOP + shown.row
        lowest = 19.0 if shown.part != "head" else 20.0
        if shown.span[0] == 1:
            breadth = sum(sheet.widths.get(shown.column + c, 9) for c in range(shown.span[1]))
            sheet.heights[row] = max(sheet.heights.get(row, lowest), text_height(shown.text, breadth))


def rows_of(plan: Plan, table: Table) -> Iterator[list[Item]]:
    """The items of a table, row by row."""
    for block in table.blocks:
        for row in block.rows:
            yield [i for i in plan.form.by_table[table.id] if i.block is block and i.row is row]


def cross_check(plan: Plan, items: list[Item]) -> str:
    """An independent way to the same figure: all cells of the row in 单位明细 at once, weighed by the agencies' states; what
    is not added is left out."""
    states, places = plan.detail(STATE), plan.totals_places("passed")
    passed = f'(({states}="已汇总")+({states}="待核"))'
    runs = [list(run) for added, run in groupby(items, lambda item: item.added) if added]
    shown = references((item.index for run in runs for item in run), places, plan.totals_sheet(items[0].table))
    figures = "".join(f"-SUMPRODUCT({passed}*{plan.detail(run[0].code, run[-1].code)})" for run in runs)
    gap = f"ROUND(SUM({shown}){figures},6)"
    return f'=IF({gap}=0,{quote(MATCH)},"✘ 差 "&{gap})'


def add_cross_checks(sheet: BookSheet, plan: Plan, layout: Layout) -> None:
    """A column that checks every row of 已通过 against the detail."""
    table = layout.table
    column = layout.width + plan.shift(table, "passed")
    sheet.widths[column] = CHECK_WIDTH
    put_check_head(sheet, layout, column, "与明细核对")
    for items in rows_of(plan, table):
        if not any(item.added for item in items):
            continue
        row, _ = plan.totals_cell("passed", items[0].index)
        sheet.put(row, column, MATCH, "check", formula=cross_check(plan, items))
        color(sheet, row, column)


def identity(plan: Plan, constraint: Constraint, layer: str, home: str) -> tuple[str, Value]:
    """The live check of an equation over a layer's totals, and its value."""
    formula = difference(constraint, plan.form, plan.totals_places(layer), home)
    value: Value = identity_value(plan.result, constraint, layer)
    missing = plan.layer(layer).missing
    if layer == "passed":
        # Accepted filings lack a number only where it must still be explained; then nothing can be said of the sum.
        lacking = any(missing[index] for index, _ in constraint.terms)
        return ("", UNDECIDED) if lacking else (f"={formula}", value)
    cells = references((index for index, _ in constraint.terms), plan.totals_places("missing"), home)
    lacking = any(missing[index] for index, _ in constraint.terms)
    return f"=IF(SUM({cells})>0,{quote(UNDECIDED)},{formula})", UNDECIDED if lacking else value


def identity_value(result: Consolidation, constraint: Constraint, layer: str) -> Value:
    """What the check of an equation over a layer comes to."""
    sums = (result.totals.passed if layer == "passed" else result.totals.all_filed).sums
    numbers = {index: total for index, total in enumerate(sums) if total is not None}
    item = result.form.items[constraint.at]
    return as_decimal(int(numbers[constraint.at] - constraint.closing(numbers)), item)


def add_identities(sheet: BookSheet, plan: Plan, layout: Layout, layer: str, bottom: int) -> None:
    """The form's own equations over the totals of a layer: below the columns, and at the right of the rows."""
    table, shift = layout.table, plan.shift(layout.table, layer)
    below: list[tuple[str, str]] = []
    beside: list[tuple[str, str]] = []
    for constraint in plan.equations(table):
        along_rows = constraint.line.startswith("r:")
        checks, key = (beside if along_rows else below), plan.check_key(constraint)
        first = key not in checks
        if first:
            checks.append(key)
        number = checks.index(key)
        at_row, at_column = plan.totals_cell(layer, constraint.at)
        right = layout.width + shift + number + (1 if layer == "passed" else 0)
        row, column = (at_row, right) if along_rows else (bottom + number, at_column)
        formula, value = identity(plan, constraint, layer, sheet.name)
        sheet.put(
            row,
            column,
            value,
            check_role(plan, constraint),
            formula=formula,
            span=(1, 1) if along_rows else layout.slots[constraint.at].span,
        )
        color(sheet, row, column)
        title = plan.form.rule(constraint.rule_id).title
        if along_rows:
            sheet.widths[right] = CHECK_WIDTH
            if first:
                put_check_head(sheet, layout, right, "行内核对")
        else:
            label = f"核对：{title}"
            stub = sum(sheet.widths[n] for n in range(layout.stub)) - INDENT
            sheet.heights[row] = max(20, text_height(label, stub, CHECK_SIZE))
            if first and layer == "passed":
                sheet.put(row, 0, label, "check_label", span=(1, layout.stub))


def check_role(plan: Plan, constraint: Constraint) -> str:
    """How the difference of an equation looks, with its decimals where it has any."""
    return figure_role(plan.form.items[constraint.at].decimals, "check", "check_amount")


def put_check_head(sheet: BookSheet, layout: Layout, column: int, text: str) -> None:
    """The heading of a column of checks, as high as the heads beside it where the table has one head."""
    single = len(layout.table.blocks) == 1
    sheet.put(BAND_ROW, column, text, "band", span=(1 + layout.first_row, 1) if single else (1, 1))


def add_side(sheet: BookSheet, plan: Plan, layout: Layout) -> int:
    """Layers below each other, for a table whose rows stand side by side. Returns the number of columns."""
    table, top = layout.table, TOTALS_TOP + layout.first_row
    sheet.widths |= {0: 25, **{1 + column: WIDTH for column in range(layout.width)}, 1 + layout.width: CHECK_WIDTH}
    sheet.put(TOTALS_TOP, 0, "口径", "corner", span=(layout.first_row, 1))
    for shown in layout.headings:
        put_heading(sheet, shown, 1)
    for name, number in plan.side_rows.items():
        label = SIDE_LABELS[name]
        sheet.put(top + number, 0, label, "check_label" if label == CHECK else "stub")
        sheet.heights[top + number] = max(22.0, text_height(label, sheet.widths[0]))
    for layer in layers_of(plan):
        for index, slot in layout.slots.items():
            put_total(sheet, plan, layer, plan.form.items[index], slot.span)
    for layer in ("passed", "all"):
        for constraint in plan.equations(table):
            row, column = plan.totals_cell(layer, constraint.at)
            formula, value = identity(plan, constraint, layer, sheet.name)
            sheet.put(row + 1, column, value, check_role(plan, constraint), formula=formula)
            color(sheet, row + 1, column)
    sheet.put(TOTALS_TOP, 1 + layout.width, "与明细核对", "head", span=(layout.first_row, 1))
    items = list(plan.form.by_table[table.id])
    sheet.put(top, 1 + layout.width, MATCH, "check", formula=cross_check(plan, items))
    color(sheet, top, 1 + layout.width)
    for row in range(layout.first_row):
        sheet.heights[TOTALS_TOP + row] = 30
    return layout.width + 2
