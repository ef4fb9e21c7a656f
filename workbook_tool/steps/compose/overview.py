"""总览: what a leader needs on one printed page: who filed, what it adds up to, and who has to do what next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from workbook_tool import __version__
from workbook_tool.model.book import Book, Chart, Print, Series, Sheet
from workbook_tool.model.cells import absolute, address
from workbook_tool.model.live import references
from workbook_tool.model.measure import text_height
from workbook_tool.model.result import MISSING, AgencyRecord, State
from workbook_tool.model.rules import Severity
from workbook_tool.model.submission import as_decimal
from workbook_tool.steps.compose.plan import (
    AGENCIES,
    AMBER,
    FILES,
    FINDINGS,
    GREEN,
    GREY,
    LIST_TOP,
    NAVY,
    OVERVIEW,
    RED,
    Plan,
)

COLUMNS = 12
NO_CATEGORY = "（未分类）"
STANDS = {"已汇总": GREEN, "待核": AMBER, "退回": RED, "未报": GREY}
LISTED = 18
"""How many lines of the follow-up list fit the page."""


def add_overview(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    sheet = book.sheet(OVERVIEW, tab=NAVY, widths=dict.fromkeys(range(COLUMNS), 8.6))
    result = plan.result
    sheet.put(0, 0, f"{result.region} {result.year} 年度{plan.form.title}汇总", "title", span=(1, COLUMNS))
    due = "" if result.roster_given else "；未提供名录，未核对是否报全"
    day = f"{result.as_of.year} 年 {result.as_of.month} 月 {result.as_of.day} 日"
    aside = len(result.agencies_in(State.EXCLUDED))
    due += f"；不计入 {aside} 家" if aside else ""
    told = f"截至 {day} · 汇总批次 {result.run} · workbook-tool {__version__}{due}"
    sheet.put(1, 0, told, "subtitle", span=(1, COLUMNS))
    sheet.heights |= {0: 34, 1: 20, 2: 6}
    if result.drift:
        sheet.put(2, 0, result.drift.words, "ok" if result.drift.same else "warn", span=(1, COLUMNS))
        sheet.heights[2] = 22
    add_cards(sheet, plan)
    row = add_categories(sheet, plan, 6)
    row = add_figures(sheet, plan, row + 1)
    row = add_follow_up(sheet, plan, row + 1)
    sheet.put(row + 1, 0, f"空白的处理：{result.policy.words}", "note", span=(1, COLUMNS))
    sheet.heights[row + 1] = 20
    sheet.print = Print(wide=1, tall=1, footer="&L&8填报：        审核：        签发：&C&8第 &P 页，共 &N 页")


def agencies_range(plan: Plan, column: int) -> str:
    """A column of 报送情况."""
    last = LIST_TOP + max(1, len(plan.result.agencies))
    return f"'{AGENCIES}'!{absolute(LIST_TOP + 1, column)}:{absolute(last, column)}"


AGENCY_CATEGORY, AGENCY_STATE = 2, 4
"""Columns of 报送情况."""


def add_cards(sheet: Sheet, plan: Plan) -> None:
    """Six figures, each two columns wide, counted live from 报送情况."""
    result, states = plan.result, agencies_range(plan, AGENCY_STATE)
    cards = [("应报" if result.roster_given else "单位", len(result.agencies), f'=SUMPRODUCT(--({states}<>""))')]
    for label in STANDS:
        count = sum(record.state_label == label for record in result.agencies)
        cards.append((label, count, f'=COUNTIF({states},"{label}")'))
    musts = sum(f.severity is Severity.MUST for _, f in result.findings)
    last = LIST_TOP + max(1, len(result.findings))
    grades = f"'{FINDINGS}'!{absolute(LIST_TOP + 1, 1)}:{absolute(last, 1)}"
    cards.append(("必须改（条）", musts, f'=COUNTIF({grades},"{Severity.MUST.label}")'))
    for number, (label, value, formula) in enumerate(cards):
        sheet.put(3, 2 * number, value, "kpi_value", formula=formula, span=(1, 2))
        sheet.put(4, 2 * number, label, "kpi_label", span=(1, 2))
    sheet.heights |= {3: 38, 4: 20, 5: 8}


def add_categories(sheet: Sheet, plan: Plan, top: int) -> int:
    """Completeness by kind of agency, with a chart beside it; returns the row below."""
    section(sheet, top, "一、报送情况")
    names = sorted({record.agency.category or NO_CATEGORY for record in plan.result.agencies})
    head = top + 1
    sheet.heights |= dict.fromkeys(range(head, head + 9), 21)
    sheet.put(head, 0, "单位类别", "head", span=(1, 2))
    for column, label in enumerate(("应报", *STANDS)):
        sheet.put(head, 2 + column, label, "head")
    categories, states = (agencies_range(plan, c) for c in (AGENCY_CATEGORY, AGENCY_STATE))
    for number, name in enumerate(names):
        row = head + 1 + number
        wanted = "" if name == NO_CATEGORY else name
        here = [record for record in plan.result.agencies if record.agency.category == wanted]
        sheet.put(row, 0, name, "stub", span=(1, 2))
        match = f'({categories}="")' if name == NO_CATEGORY else f"({categories}={absolute(row, 0)})"
        sheet.put(row, 2, len(here), "number", formula=f'=SUMPRODUCT({match}*({states}<>""))')
        for column, label in enumerate(STANDS):
            formula = f"=SUMPRODUCT({match}*({states}={absolute(head, 3 + column)}))"
            sheet.put(row, 3 + column, sum(r.state_label == label for r in here), "number", formula=formula)
    foot = head + 1 + len(names)
    sheet.put(foot, 0, "合计", "stub_total", span=(1, 2))
    for column, label in enumerate(("应报", *STANDS)):
        value = sum(label in ("应报", record.state_label) for record in plan.result.agencies)
        above = f"{address(head + 1, 2 + column)}:{address(max(head + 1, foot - 1), 2 + column)}"
        sheet.put(foot, 2 + column, value, "number_total", formula=f"=SUM({above})" if names else "")
    add_chart(sheet, head, len(names))
    return max(foot, head + 8) + 1


def add_chart(sheet: Sheet, head: int, names: int) -> None:
    if not names:
        return
    series = tuple(
        Series(label, OVERVIEW, ((head + 1, 0), (head + names, 0)), ((head + 1, 3 + n), (head + names, 3 + n)), color)
        for n, (label, color) in enumerate(STANDS.items())
    )
    alt = "横条图：各类单位中已汇总、待核、退回、未报的家数，数字同左表"
    sheet.charts.append(Chart(head, 7, "stacked", "各类单位报送情况（家）", alt, series, (318, 236)))


def section(sheet: Sheet, row: int, text: str) -> None:
    sheet.put(row, 0, text, "section", span=(1, COLUMNS))
    sheet.heights[row] = 22


def add_figures(sheet: Sheet, plan: Plan, top: int) -> int:
    """The form's key figures, each a link by formula to its sheet of totals; returns the row below."""
    if not plan.form.figures:
        return top
    section(sheet, top, "二、主要数字")
    head = top + 1
    titles = (("指标", 4), ("已通过", 2), ("其中待核", 2), ("含退回", 2), ("缺数家数", 2))
    column = 0
    for text, width in titles:
        sheet.put(head, column, text, "head", span=(1, width))
        column += width
    sheet.heights |= dict.fromkeys(range(head, head + 1 + len(plan.form.figures)), 22)
    for number, figure in enumerate(plan.form.figures):
        row = head + 1 + number
        items = [plan.form.by_code[code] for code in figure.items]
        sheet.put(row, 0, f"{figure.label}（{figure.unit}）" if figure.unit else figure.label, "stub", span=(1, 4))
        for place, layer in ((4, "passed"), (6, "held"), (8, "all")):
            value = sum(as_decimal(plan.layer(layer).sums[item.index], item) for item in items)
            if layer == "held" and not plan.shows_held:
                formula = ""
            else:
                formula = f"=SUM({references((i.index for i in items), plan.totals_places(layer), OVERVIEW)})"
            sheet.put(
                row, place, value, "number_total" if layer == "passed" else "number", formula=formula, span=(1, 2)
            )
        missing = max(plan.result.all_filed.missing[item.index] for item in items)
        cells = references((i.index for i in items), plan.totals_places("missing"), OVERVIEW)
        sheet.put(row, 10, missing, "missing", formula=f"=MAX({cells})", span=(1, 2))
    return head + 1 + len(plan.form.figures)


@dataclass(frozen=True)
class Task:
    """A line of the follow-up list: who, how it stands, what to do, and where to look."""

    who: str
    state: str
    role: str
    todo: str
    link: str


def tasks(plan: Plan) -> Iterator[Task]:
    """What people have to do: who has filed nothing first, since no other list of the page names them."""
    result = plan.result
    for record in result.agencies_in(MISSING):
        late = "催报" if record.timeliness == "missing" else "未到期，届时催报"
        link = f"{AGENCIES}!{address(plan.agency_row[record.agency.code], 0)}"
        yield Task(record.agency.name, "未报", "bad", late + remark(record), link)
    for record in result.agencies_in(State.RETURNED):
        count, also = record.count(Severity.MUST), record.count(Severity.EXPLAIN)
        more = f"，另有需说明 {also} 条" if also else ""
        yield Task(
            record.agency.name,
            "退回",
            "bad",
            f"改正 {count} 条后重报{more}{remark(record)}" if count else f"{record.remark}{more}",
            finding_link(plan, record),
        )
    for record in result.agencies_in(State.EXCLUDED):
        link = f"{AGENCIES}!{address(plan.agency_row[record.agency.code], 0)}"
        yield Task(record.agency.name, State.EXCLUDED.label, "warn", record.remark, link)
    for record in result.agencies_in(State.HELD):
        todo = f"说明 {record.count(Severity.EXPLAIN)} 条，核实后可不改{remark(record)}"
        yield Task(record.agency.name, "待核", "warn", todo, finding_link(plan, record))
    for file in result.files:
        if file.state in (State.UNREADABLE, State.FOREIGN, State.ARRIVING) and not file.agency:
            yield Task(file.source.path, file.state.label, "warn", file.reason, f"{FILES}!A1")


def shortlist(todo: list[Task]) -> list[Task]:
    """As many as fit the page, every kind of work having its share."""
    seen: Counter[str] = Counter()
    turns = []
    for number, task in enumerate(todo):
        turns.append((seen[task.state], number))
        seen[task.state] += 1
    return [todo[number] for number in sorted(number for _, number in sorted(turns)[:LISTED])]


def remark(record: AgencyRecord) -> str:
    return f"（{record.remark}）" if record.remark else ""


def finding_link(plan: Plan, record: AgencyRecord) -> str:
    row = plan.first_finding.get(record.agency.code)
    if row is None:  # returned by a reviewer, not for a finding
        return f"{AGENCIES}!{address(plan.agency_row[record.agency.code], 0)}"
    return f"{FINDINGS}!{address(row, 0)}"


def add_follow_up(sheet: Sheet, plan: Plan, top: int) -> int:
    """The list of what to do next; returns the row below."""
    section(sheet, top, "三、需要处理")
    todo = list(tasks(plan))
    if not todo:
        sheet.put(top + 1, 0, "全部单位已报，没有需要处理的问题。", "ok", span=(1, COLUMNS))
        return top + 2
    head = top + 1
    for column, text, width in ((0, "单位或文件", 4), (4, "状态", 1), (5, "下一步", 6), (11, "定位", 1)):
        sheet.put(head, column, text, "head", span=(1, width))
    for number, task in enumerate(shortlist(todo)):
        row = head + 1 + number
        sheet.put(row, 0, task.who, "cell_wrap", span=(1, 4))
        sheet.put(row, 4, task.state, task.role)
        sheet.put(row, 5, task.todo, "cell_wrap", span=(1, 6))
        sheet.put(row, 11, "查看", "cell_link", link=task.link)
        sheet.heights[row] = max(23.0, text_height(task.who, 34), text_height(task.todo, 51))
    row = head + 1 + min(len(todo), LISTED)
    if len(todo) > LISTED:
        text = f"另有 {len(todo) - LISTED} 项，见“{AGENCIES}”和“{FILES}”"
        sheet.put(row, 0, text, "cell_link", span=(1, COLUMNS), link=f"{AGENCIES}!A1")
        row += 1
    return row
