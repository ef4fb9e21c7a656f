"""上年对比: this year beside last, for the region and for each agency. Like is laid beside like: 两年都有 are the accepted
filings of agencies that are in last year's numbers too."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from msgspec import Struct

from workbook_tool.model.cells import absolute
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.live import quote
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.agency import ACCEPTED, FiledAgency
from workbook_tool.model.workbook.book import Book, BookSheet, Chart, Print, Series, Value
from workbook_tool.model.workbook.decimals import figure_role, most_decimals
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.by_agency import HEADS, LAST_LINE, add_agencies, flags
from workbook_tool.steps.workbook.detail_list import DETAIL, last_detail, name_width, state_now
from workbook_tool.steps.workbook.plan import GREEN, Plan, heading
from workbook_tool.steps.workbook.sections import NUMERALS
from workbook_tool.steps.workbook.verdict import UNDECIDED

WIDTHS = {0: 7.0, 1: 26.0, 2: 9.0}
LONG_NAME = 32.0
"""The names of agencies have so much room at most."""
FIRST, WIDTH = LAST_LINE + 1, 7.3
NOW, BEFORE, GAP, SHARE, LACKING = range(FIRST, FIRST + 5)
NO_NUMBER = "—"
TOP, CHART_ROWS, CHART = 3, 14, (570, 262)


class Figure(Struct, frozen=True):
    """A figure of the region: what it is called, and the items that it adds up."""

    labels: tuple[str, ...]
    items: tuple[Item, ...]
    total: bool = False


def years_sheet(form: Form) -> str:
    """The name of the sheet."""
    return f"{form.period.year_ago}对比"


def add_years(book: Book, plan: Plan) -> None:
    """Add the sheet, where last year is known and somebody has filed."""
    if not plan.compares_years:
        return
    form, this, ago = plan.form, plan.form.period.this, plan.form.period.year_ago
    sheet = book.sheet(years_sheet(form), tab=GREEN, hidden_columns={LAST_LINE})
    names = name_width((record.agency.name for record in plan.result.filed), WIDTHS[1], LONG_NAME)
    sheet.widths = (
        WIDTHS | {1: names} | dict.fromkeys(range(FIRST, max(LACKING, FIRST + 3 * len(form.figures)) + 1), WIDTH)
    )
    meaning = (
        f"{plan.result.run.last_year.words}只比{form.period.both}的单位：{this}已通过、{ago}也有数。"
        f"两边有缺数的记为“{UNDECIDED}”。各数为“{DETAIL}”“{last_detail(form)}”的活公式。"
    )
    heading(sheet, years_sheet(form), meaning, max(sheet.widths) + 1)
    order = {table.id: number for number, table in enumerate(form.tables)}
    shown = [
        Figure((f"{f.label}（{f.unit}）" if f.unit else f.label,), tuple(form.by_code[c] for c in f.items))
        for f in form.figures
        if all(form.by_code[code].added for code in f.items)
    ]
    shown.sort(key=lambda line: order[line.items[0].table.id])
    every = [Figure((i.table.name, i.row_name, i.column_name), (i,), i.total) for i in form.items if i.added]
    agencies_top = TOP + (len(shown) + 4 + CHART_ROWS if shown else 0)
    flag, numerals = flags(plan, agencies_top), iter(NUMERALS)
    if shown:
        add_lines(sheet, plan, TOP, f"{next(numerals)}、主要数字", shown, flag)
        add_charts(sheet, form, TOP + 3, shown)
    figures = [(line.labels[0], line.items) for line in shown]
    bottom = add_agencies(sheet, plan, agencies_top, next(numerals), figures)
    add_lines(sheet, plan, bottom + 2, f"{next(numerals)}、各项合计（不打印）", every, flag)
    # What is repeated on paper is repeated on every page behind it: the agencies are the last that is printed.
    heads = (agencies_top + 1, agencies_top + HEADS - 1)
    sheet.print = Print(landscape=True, area=((0, 0), (bottom, max(sheet.widths))), repeat_rows=heads)


def add_lines(sheet: BookSheet, plan: Plan, top: int, title: str, lines: Sequence[Figure], flag: str) -> None:
    """A part of the sheet: a row for each figure."""
    sheet.put(top, 0, title, "section", span=(1, LACKING + 1))
    passed = [r for r in plan.last_rows if r.record and r.record.state in ACCEPTED]
    sheet.put(top + 1, 0, "指标", "head", span=(2, FIRST))
    accepted, known = plan.result.totals.passed.agencies, len(plan.last_rows)
    kind = plan.form.period
    both = f"{kind.both}（{len(passed)} 家；{kind.this}已通过 {accepted} 家，{kind.year_ago} {known} 家）"
    sheet.put(top + 1, NOW, both, "band", span=(1, LACKING + 1 - NOW))
    sheet.heights |= {top: 24, top + 1: text_height(both, 5 * WIDTH), top + 2: 22}
    for column, text in enumerate((kind.this, kind.year_ago, "差额", "增减", "缺数"), FIRST):
        sheet.put(top + 2, column, text, "head")
    for row, line in enumerate(lines, top + 3):
        add_line(sheet, plan, row, line, flag)


def add_line(sheet: BookSheet, plan: Plan, row: int, line: Figure, flag: str) -> None:
    """The row of a figure."""
    for column, text in enumerate(line.labels):
        reach = FIRST - column if column == len(line.labels) - 1 else 1
        sheet.put(row, column, text, "stub_total" if line.total else "stub", span=(1, reach))
    room = [sheet.widths[column] for column in WIDTHS]
    widths = [sum(room)] if len(line.labels) == 1 else room
    sheet.heights[row] = max(20.0, *(text_height(t, w) for t, w in zip(line.labels, widths, strict=True)))
    decimals = most_decimals(line.items)
    number = figure_role(decimals, "number", "amount")
    figures, formulas = compared(plan, line), formulas_of(plan, line, row, flag)
    roles = {
        SHARE: "growth",
        LACKING: "missing",
        GAP: figure_role(decimals, "gap", "gap_amount"),
        NOW: figure_role(decimals, "number_total", "amount_total"),
    }
    for column, (value, formula) in zip(range(FIRST, LACKING + 1), zip(figures, formulas, strict=True), strict=True):
        sheet.put(row, column, value, roles.get(column, number), formula=formula)


def compared(plan: Plan, line: Figure) -> list[Value]:
    """What the formulas of a line come to. A sum of which no part is known is none, and not 0."""
    own: list[Decimal | None] = []
    last: list[Decimal | None] = []
    for item in line.items:
        for one in plan.last_rows:
            if isinstance(one.record, FiledAgency) and one.record.state in ACCEPTED:
                told = one.values.get(item.index)
                own.append(one.record.file.submission.number(item))
                last.append(None if told is None else as_decimal(told, item))
    now, before = (sum((n for n in numbers if n is not None), as_decimal(0, line.items[0])) for numbers in (own, last))
    lacking = [*own, *last].count(None)
    gap: Value = UNDECIDED if lacking else now - before
    share: Value = "—" if lacking or not before else float(now - before) / float(before)
    shown = [NO_NUMBER if unknown(numbers) else total for numbers, total in ((own, now), (last, before))]
    return [*shown, gap, share, lacking]


def unknown(numbers: Sequence[Decimal | None]) -> bool:
    """Whether none of the numbers there should be is known."""
    return bool(numbers) and not any(number is not None for number in numbers)


def formulas_of(plan: Plan, line: Figure, row: int, flag: str) -> list[str]:
    """The formulas of a line, in the order of the columns."""
    sums, blanks = {NOW: "", BEFORE: ""}, {NOW: "", BEFORE: ""}
    states = plan.last_detail(state_now(plan.form))
    for item in line.items:
        own, last = plan.detail(item.code), plan.last_detail(item.code)
        sums[NOW] += f"+SUMIFS({own},{flag},1)"
        blanks[NOW] += f'+COUNTIFS({flag},1,{own},"")'
        for state in map(quote, (state.label for state in ACCEPTED)):
            sums[BEFORE] += f"+SUMIFS({last},{states},{state})"
            blanks[BEFORE] += f'+COUNTIFS({states},{state},{last},"")'
    a, b, c = (absolute(row, column) for column in (NOW, BEFORE, LACKING))
    due = f"{len(line.items)}*COUNTIFS({flag},1)"
    return [
        *(f'=IF(AND({due}>0,{blanks[side][1:]}={due}),"{NO_NUMBER}",{sums[side][1:]})' for side in (NOW, BEFORE)),
        f"=IF({c}>0,{quote(UNDECIDED)},ROUND({a}-{b},6))",
        f'=IF({c}>0,"—",IF({b}=0,"—",({a}-{b})/{b}))',
        f"={blanks[NOW][1:]}{blanks[BEFORE]}",
    ]


def add_charts(sheet: BookSheet, form: Form, first: int, shown: Sequence[Figure]) -> None:
    """A chart for the figures of each table: they are of one size."""
    row, kind = first, form.period
    for number, (_, group) in enumerate(groupby(shown, key=lambda line: line.items[0].table.id)):
        lines = list(group)
        table, last = lines[0].items[0].table, row + len(lines) - 1
        series = tuple(
            Series(name, years_sheet(form), ((row, 0), (last, 0)), ((row, column), (last, column)), color)
            for name, column, color in ((kind.year_ago, BEFORE, "#7A869A"), (kind.this, NOW, "#2F5D8C"))
        )
        alt = f"柱形图：{table.name}的主要数字，{kind.year_ago}与{kind.this}并列，只含{kind.both}的单位，数字同上表"
        title = f"{table.name}主要数字：{kind.year_ago}与{kind.this}（{kind.both}的单位）"
        sheet.charts.append(
            Chart(first + len(shown) + 1, 0 if not number else LACKING, "column", title, alt, series, CHART)
        )
        row = last + 1
