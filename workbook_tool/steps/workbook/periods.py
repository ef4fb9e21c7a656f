"""各期: the periods of a year side by side: the figures of each and the year so far, beside the period before and the one a
year ago, and who filed for which in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.season.agency import ACCEPTED, AgencyState, Timeliness, timeliness_of_missing
from workbook_tool.model.season.last_year import Values
from workbook_tool.model.season.periods import PastPeriod
from workbook_tool.model.workbook.book import Book, BookSheet, Chart, Print, Series, Value
from workbook_tool.model.workbook.decimals import figure_role
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.workbook.lists import is_broad, pages_across
from workbook_tool.steps.workbook.number_roles import state_role
from workbook_tool.steps.workbook.plan import GREEN, Plan, heading
from workbook_tool.steps.workbook.year_figures import MOST_LINES, NOTHING, YearFigure, figures_of

PERIODS = "各期"
CODE, NAME, FIRST = 0, 1, 2
WIDTHS = {CODE: 9, NAME: 28}
WIDTH, CHART_ROWS, CHART = 8.8, 13, (640, 250)
LATE, SO_FAR = Timeliness.LATE.label, "累计"
COUNTED = (Timeliness.ON_TIME.label, LATE, Timeliness.MISSING.label)


def add_periods(book: Book, plan: Plan) -> None:
    """Add the sheet, where the form is filed more than once a year and another period is known."""
    columns = periods_in(plan.result)
    if plan.form.period is PeriodKind.YEAR or len(columns) < 2:
        return
    figures = figures_of(plan.form)
    last = FIRST + len(columns)
    sheet = book.sheet(PERIODS, tab=GREEN)
    sheet.widths = WIDTHS | dict.fromkeys(range(FIRST, max(last, FIRST + 7) + len(COUNTED)), WIDTH)
    meaning = (
        f"{columns[0].period.said}到{columns[-1].period.said}。各期的数是当时最后计入的已通过的数，本期的随“汇总”变动；"
        "别的期还可以更正，以最后一次运行为准。空格是还没有已通过的数，不是 0。"
    )
    heading(sheet, PERIODS, meaning, min(last + 1, 16))
    row = add_figures(sheet, plan, 3, columns, figures)
    row = add_chart(sheet, row + 1, 3, columns, figures)
    row = add_comparison(sheet, plan, row + 1, columns, figures)
    bottom, head = add_agencies(sheet, plan, row + 2, columns), row + 3
    sheet.freeze = (0, FIRST)
    right = max(FIRST + 5, *(cell.column + cell.span[1] - 1 for cell in sheet.cells))  # the chart reaches so far
    widths = [sheet.widths[column] for column in range(right + 1)]
    # What is repeated on paper is repeated on every page behind it: the agencies are the last that is printed.
    sheet.print = Print(
        landscape=is_broad(widths),
        wide=pages_across(widths, FIRST),
        area=((0, 0), (bottom, right)),
        repeat_rows=(head, head),
        repeat_columns=(CODE, NAME),
    )


def periods_in(result: Consolidation) -> list[PastPeriod]:
    """The periods of the year from the first that is known to the last, those of this run as they are now; of which
    nothing is known stand there too."""
    known = {one.period: one for one in result.run.periods}
    known |= {one.period: one.as_period for one in (*result.others, result) if one.period.year == result.period.year}
    first, last = min(known), max(known)
    every = [period for period in result.period.of_year() if first <= period <= last]
    return [known.get(period, PastPeriod(period)) for period in every]


def short(period: Period) -> str:
    """A period at the head of a column."""
    return period.within


def passed(column: PastPeriod) -> list[Values]:
    """The numbers of the filings that were accepted."""
    return [one.numbers for one in column.filed.values() if one.state in ACCEPTED]


def add_figures(
    sheet: BookSheet, plan: Plan, top: int, columns: Sequence[PastPeriod], figures: Sequence[YearFigure]
) -> int:
    """The figures of the region by period, and the year so far; returns the row below."""
    last = FIRST + len(columns)
    sheet.put(top, 0, "一、各期合计（已通过）", "section", span=(1, last + 1))
    sheet.put(top + 1, 0, "指标", "head", span=(1, FIRST))
    for number, column in enumerate(columns):
        sheet.put(top + 1, FIRST + number, short(column.period), "head")
    sheet.put(top + 1, last, SO_FAR, "head")
    for row, figure in enumerate(figures, top + 2):
        sheet.put(row, 0, figure.label, "stub", span=(1, FIRST))
        sums = [figure.sums(passed(column)) for column in columns]
        for number, (column, parts) in enumerate(zip(columns, sums, strict=True)):
            formula = live(plan, figure) if parts and column.period == plan.result.period else ""
            put_total(sheet, row, FIRST + number, figure, parts, formula)
        add_so_far(sheet, row, figure, sums)
    for row in range(top, top + 2 + len(figures)):
        sheet.heights[row] = 24 if row == top else 21
    return top + 2 + len(figures)


def put_total(
    sheet: BookSheet, row: int, column: int, figure: YearFigure, parts: Values, formula: str, ending: str = ""
) -> None:
    """What a figure comes to: a dash where that is nothing; blank, which a chart leaves out, where nobody has filed it."""
    exact, unfiled = figure.total(parts), not parts and (figure.added or figure.ratio)
    role = figure.role(ending) if exact is not None or unfiled else "cell_center"
    sheet.put(row, column, None if unfiled else figure.shown(exact), role, formula=formula)


def live(plan: Plan, figure: YearFigure) -> str:
    """The figure of this period, from the sheets of totals; those compute a ratio again."""
    places = plan.totals_places("passed")
    told = [f"{places[item.index][0]}!{address(*places[item.index][1:])}" for item in figure.items]
    if figure.added:
        return "=" + "+".join(told)
    return f'=IF({told[0]}="","{NOTHING}",{told[0]})' if figure.ratio else ""


def add_so_far(sheet: BookSheet, row: int, figure: YearFigure, sums: Sequence[Values]) -> None:
    """The year so far: what happened is added up; what is counted on, or counts what there is, stands in the last period
    that has it; a ratio is that of its parts so far."""
    last, stands = FIRST + len(sums), {figure.stands(item) for item in figure.needed}
    filed = [column for column, parts in enumerate(sums, FIRST) if parts]
    formula = ""
    if filed and stands == {True}:
        formula = f"={address(row, filed[-1])}"
    elif filed and stands == {False} and figure.added:
        formula = f"=SUM({address(row, FIRST)}:{address(row, last - 1)})"
    put_total(sheet, row, last, figure, figure.so_far(sums), formula, "_total")


def add_chart(
    sheet: BookSheet, top: int, head: int, columns: Sequence[PastPeriod], figures: Sequence[YearFigure]
) -> int:
    """A line for each figure that comes to something in every period that has it, as a dash would be drawn as 0; returns
    the row below."""
    first, last = FIRST, FIRST + len(columns) - 1
    names = ((head + 1, first), (head + 1, last))
    lines = tuple(
        Series(figure.label, PERIODS, names, ((row, first), (row, last)))
        for row, figure in enumerate(figures, head + 2)
        if drawn([figure.sums(passed(column)) for column in columns], figure)
    )[:MOST_LINES]
    if not lines:
        return top
    alt = f"折线图：{short(columns[0].period)}到{short(columns[-1].period)}的{'、'.join(f.name for f in lines)}，数字同上表"
    sheet.charts.append(Chart(top, 0, "line", "各期走势", alt, lines, CHART))
    sheet.heights |= dict.fromkeys(range(top, top + CHART_ROWS), 20)
    return top + CHART_ROWS


def drawn(sums: Sequence[Values], figure: YearFigure) -> bool:
    """Whether there is anything to draw of a figure, and no dash."""
    filed = [parts for parts in sums if parts]
    return bool(filed) and all(figure.total(parts) is not None for parts in filed)


def add_comparison(
    sheet: BookSheet, plan: Plan, top: int, columns: Sequence[PastPeriod], figures: Sequence[YearFigure]
) -> int:
    """The figures beside those of the period before, and of a year ago; returns the row below."""
    kind, last = plan.form.period, plan.result.run.last_year
    now = passed_by_code(next(column for column in columns if column.period == plan.result.period))
    before = passed_by_code(
        next((c for c in columns if c.period == plan.result.period.previous), PastPeriod(plan.result.period))
    )
    ago = {record.agency.code: last.year_ago(record.agency) for record in plan.result.filed} if last.known else {}
    beside = [(kind.before, before), *([(kind.year_ago, ago)] if ago else [])]
    width = FIRST + 4 * len(beside)
    sheet.put(
        top, 0, f"二、与{'、'.join(word for word, _ in beside)}比（只比两期都已通过的单位）", "section", span=(1, width)
    )
    sheet.put(top + 1, 0, "指标", "head", span=(1, FIRST))
    for number, (word, others) in enumerate(beside):
        both = len(now.keys() & others.keys())
        for n, text in enumerate((f"{kind.this}（{both} 家）", word, "增减", "增减率")):
            sheet.put(top + 1, FIRST + 4 * number + n, text, "head")
    for row, figure in enumerate(figures, top + 2):
        sheet.put(row, 0, figure.label, "stub", span=(1, FIRST))
        sheet.heights[row] = 21
        for number, (_, others) in enumerate(beside):
            add_pair(sheet, row, FIRST + 4 * number, figure, now, others)
    sheet.heights |= {top: 24, top + 1: 32}
    return top + 2 + len(figures)


def passed_by_code(column: PastPeriod) -> dict[str, Values]:
    """The numbers of the filings that were accepted, by agency's code."""
    return {code: one.numbers for code, one in column.filed.items() if one.state in ACCEPTED}


def add_pair(
    sheet: BookSheet, row: int, at: int, figure: YearFigure, now: Mapping[str, Values], others: Mapping[str, Values]
) -> None:
    """A figure now and then, over those who have both, and the difference."""
    both = [code for code in now if code in others and figure.known(now[code]) and figure.known(others[code])]
    this, that = (figure.total(figure.sums([filed[code] for code in both])) for filed in (now, others))
    if not both or this is None or that is None:
        for column in range(at, at + 4):
            sheet.put(row, column, NOTHING, "cell_center")
        return
    a, b = absolute(row, at), absolute(row, at + 1)
    sheet.put(row, at, figure.shown(this), figure.role("_total"))
    sheet.put(row, at + 1, figure.shown(that), figure.role())
    gap = figure_role(figure.decimals, "gap", "gap_amount")
    sheet.put(row, at + 2, figure.shown(this - that), gap, formula=f"={a}-{b}")
    if not figure.added:  # by how many percent a percentage grew misleads
        sheet.put(row, at + 3, NOTHING, "cell_center")
        return
    share: Value = (this - that) / that if that else NOTHING
    sheet.put(row, at + 3, share, "growth", formula=f'=IF({b}=0,"{NOTHING}",({a}-{b})/{b})')


def add_agencies(sheet: BookSheet, plan: Plan, top: int, columns: Sequence[PastPeriod]) -> int:
    """Who filed for which period, in time or late; returns the last row."""
    last, form = FIRST + len(columns), plan.form
    sheet.put(top, 0, "三、各单位报送", "section", span=(1, last + len(COUNTED)))
    sheet.put(top + 1, CODE, "代码", "list_head")
    sheet.put(top + 1, NAME, "单位", "list_head")
    for number, column in enumerate(columns):
        sheet.put(top + 1, FIRST + number, short(column.period), "list_head")
    for number, word in enumerate(COUNTED):
        sheet.put(top + 1, last + number, word, "list_head")
    sheet.heights |= {top: 24, top + 1: 22}
    for row, record in enumerate(plan.result.agencies, top + 2):
        sheet.put(row, CODE, record.agency.code, "small")
        sheet.put(row, NAME, record.agency.name, "small_link_left", link=plan.agency_link(record.agency.code))
        timely = [0] * len(COUNTED)
        for number, column in enumerate(columns):
            word, time = stands(record.agency, column, form, plan.result.as_of)
            sheet.put(row, FIRST + number, word, state_role(word) if word in SHOWN else "small")
            if time in COUNTED:
                timely[COUNTED.index(time)] += 1
        for number, count in enumerate(timely):
            sheet.put(row, last + number, count, "small_number")
        sheet.heights[row] = 18
    return top + 1 + len(plan.result.agencies)


SHOWN = (*(state.label for state in AgencyState if state is not AgencyState.COUNTED), LATE)
"""The words that catch the eye; a filing that counts and came in time does not."""


def stands(agency: Agency, column: PastPeriod, form: Form, as_of: date) -> tuple[str, str]:
    """How an agency stands for a period, in a word, and whether it was in time, where that is known."""
    one, due = column.filed.get(agency.code), column.deadline
    if one is None:
        waits = timeliness_of_missing(due, form, column.period, as_of) is Timeliness.NOT_DUE
        if not agency.due(column.period, form.id) or waits:
            return NOTHING, ""
        return AgencyState.MISSING.label, Timeliness.MISSING.label
    time = ""
    if due and one.filed_on:
        time = Timeliness.ON_TIME.label if one.filed_on <= due else LATE
    return LATE if time == LATE and one.state is AgencyState.COUNTED else one.state.label, time
