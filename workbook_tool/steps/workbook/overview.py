"""总览: what a leader needs on one printed page: the answer first, then the figures, what to do next, and where to look."""

from __future__ import annotations

from collections.abc import Collection

from workbook_tool.model.cells import address
from workbook_tool.model.form.live import quote
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.season.agency import ACCEPTED, WITHOUT_FILE, AgencyState, Timeliness
from workbook_tool.model.workbook.book import Book, BookSheet, Cell, Print, Value
from workbook_tool.model.workbook.headers import STATE
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.workbook.agencies import agencies_range
from workbook_tool.steps.workbook.completeness import STANDS, add_completeness
from workbook_tool.steps.workbook.contents import add_contents
from workbook_tool.steps.workbook.findings import TURN, findings_range
from workbook_tool.steps.workbook.levels_sheet import level_sum
from workbook_tool.steps.workbook.overview_grid import BREADTH, UNIT, WIDE
from workbook_tool.steps.workbook.plan import NAVY, OVERVIEW, Plan
from workbook_tool.steps.workbook.summary import add_figures
from workbook_tool.steps.workbook.todo import add_todo
from workbook_tool.steps.workbook.turns import Turn

ANSWER_ROW, CARDS_ROW = 2, 4
CARD = 4
"""Columns of a card."""
SIGNS = ("汇总人：", "审核人：", "签发人：", "日期：")


def add_overview(book: Book, plan: Plan) -> BookSheet:
    """Add the sheet; ``close_overview`` ends it when all the others are there."""
    sheet = book.sheet(OVERVIEW, tab=NAVY, widths=dict.fromkeys(range(BREADTH), UNIT))
    result = plan.result
    sheet.put(0, 0, f"{result.region.name} {result.period.said}{plan.form.title}汇总", "title", span=WIDE)
    due = "" if result.run.roster.given else " · 未提供名录，未核对是否报全"
    day = f"{result.as_of.year} 年 {result.as_of.month} 月 {result.as_of.day} 日"
    sheet.put(1, 0, f"截至 {day}{days_left(result)} · 运行 {result.run.name}{due}", "subtitle", span=WIDE)
    cards = add_cards(sheet, plan)
    add_answer(sheet, plan, cards)
    add_signed(sheet, plan)
    row = add_completeness(sheet, plan, CARDS_ROW + 5)
    row = add_figures(sheet, plan, row)
    add_todo(sheet, plan, CARDS_ROW, row)
    return sheet


def add_cards(sheet: BookSheet, plan: Plan) -> dict[str, Cell]:
    """Six figures, counted live from 报送情况; returns their cells by label."""
    result, states = plan.result, agencies_range(plan, STATE)
    counts = dict.fromkeys(STANDS, 0) | {state.label: count for state, count in result.states.items()}
    live = {label: f'COUNTIF({states},"{label}")' for label in counts}
    due, missing = result.due, counts["未报"]
    unsure, word = len(result.agencies_in(AgencyState.UNKNOWN)), AgencyState.UNKNOWN.label
    absent = live["未报"] + (f'-COUNTIF({states},"{word}")' if unsure else "")
    everybody = f'SUMPRODUCT(--({states}<>""))'
    if result.by_levels:  # the agencies of all levels, as 各级报送 counts them
        unsure = 0
        everybody, live["退回"], absent = (level_sum(plan, header) for header in ("应报", "退回", "未报"))
        live["未报"] = absent
    names = "应报" if result.run.roster.given else "报来单位"
    cards = (
        (names, due, f"={everybody}", "navy", deadline_words(result)),
        ("已报", due - missing - unsure, f"={everybody}-{absent}", "navy", ""),
        ("已通过", counts["已汇总"] + counts["待核"], f"={live['已汇总']}+{live['待核']}", "green", "已汇总＋待核"),
        ("其中待核", counts["待核"], f"={live['待核']}", "amber", ""),
        ("退回", counts["退回"], f"={live['退回']}", "red", ""),
        ("未报", missing, f"={live['未报']}", "grey", "") if result.run.roster.given else ("未报", "—", "", "grey", ""),
    )
    placed = {}
    for number, (label, value, formula, stripe, note) in enumerate(cards):
        column = number * CARD
        sheet.put(CARDS_ROW, column, None, f"bar_{stripe}", span=(1, CARD))
        sheet.put(CARDS_ROW + 1, column, label, "kpi_label", span=(1, CARD))
        placed[label] = sheet.put(CARDS_ROW + 2, column, value, "kpi_value", formula=formula, span=(1, CARD))
        if note:
            sheet.put(CARDS_ROW + 3, column, note, "kpi_note", span=(1, CARD))
    add_card_notes(sheet, plan, list(placed.values()))
    sheet.heights |= {CARDS_ROW: 5, CARDS_ROW + 1: 22, CARDS_ROW + 2: 36, CARDS_ROW + 3: 19, CARDS_ROW + 4: 8}
    add_since(sheet, result)
    return placed


def add_card_notes(sheet: BookSheet, plan: Plan, cells: list[Cell]) -> None:
    """The live lines below the cards: the share that has filed, the points still to explain and to change, who is overdue."""
    result, grades = plan.result, findings_range(plan, "程度")
    due, filed = (address(cell.row, cell.column) for cell in cells[:2])
    agencies, absent = result.due, result.agencies_in(AgencyState.MISSING)
    came = agencies - sum(result.states.get(state, 0) for state in WITHOUT_FILE)
    share = (200 * came + agencies) // (2 * agencies) if agencies else 0  # rounded as Excel does
    filed_words = f"报送率 {share}%" if agencies else "尚无单位"
    live = f'=IF({due}=0,"尚无单位","报送率 "&ROUND({filed}/{due}*100,0)&"%")'
    overdue = f'({agencies_range(plan, STATE)}="未报")*({agencies_range(plan, "迟报天数")}>0)'
    late = sum(bool(record.days_late) for record in absent)
    notes = {1: (filed_words, live), 5: (f"已逾期 {late} 家", f'="已逾期 "&SUMPRODUCT({overdue})&" 家"')}
    if not result.run.roster.given:
        notes = dict.fromkeys(notes, ("没有名录，未核对", ""))
    for number, severity in ((3, Severity.EXPLAIN), (4, Severity.MUST)):
        # All lines of 问题清单, as 问题热图, 说明 and the trend count them, and how many of them are done with.
        mine = [turn for (_, f), turn in zip(plan.findings, plan.turns, strict=True) if f.severity is severity]
        done = mine.count(Turn.DONE)
        ended = f"COUNTIFS({grades},{quote(severity.label)},{findings_range(plan, TURN)},{quote(Turn.DONE.value)})"
        all_of_them = f"COUNTIF({grades},{quote(severity.label)})"
        shown = f"{severity.label} {len(mine)} 条" + (f"，办结 {done}" if done else "")
        notes[number] = shown, f'="{severity.label} "&{all_of_them}&" 条"&IF({ended}>0,"，办结 "&{ended},"")'
    for number, (text, formula) in notes.items():
        sheet.put(CARDS_ROW + 3, number * CARD, text, "kpi_note", formula=formula, span=(1, CARD))


def add_since(sheet: BookSheet, result: Consolidation) -> None:
    """How each figure differs from the last run of an earlier date."""
    if (changes := result.weeks.changes) is None:
        return
    was = changes.since
    both = ((result.due, result.states), (was.due, was.states))
    absent = [AgencyState.MISSING, AgencyState.UNKNOWN] if result.run.roster.given else []
    came = [due - sum(states.get(state, 0) for state in absent) for due, states in both]
    counted: tuple[Collection[AgencyState], ...]
    counted = ACCEPTED, {AgencyState.HELD}, {AgencyState.RETURNED}, {AgencyState.MISSING}
    stands = [[sum(states.get(state, 0) for state in kind) for _, states in both] for kind in counted]
    for number, (figure, before) in enumerate(([due for due, _ in both], came, *stands)):
        gap = f"{figure - before:+d}" if figure != before else "不变"
        words = f"比 {was.as_of.month} 月 {was.as_of.day} 日 {gap}"
        sheet.put(CARDS_ROW + 4, number * CARD, words, "kpi_note", span=(1, CARD))
    sheet.heights[CARDS_ROW + 4] = 18


def days_left(result: Consolidation) -> str:
    """How long there is until the deadline, or how long it has passed, where all have the same; why it is not known."""
    days = {record.deadline for record in result.agencies if record.deadline}
    if not days and result.form.due is not None:
        return f" · 截止日期算不出（{result.period.next.last.year} 年节假日未公布）"
    if len(days) != 1:
        return ""
    left = (days.pop() - result.as_of).days
    return f" · 距截止还有 {left} 天" if left > 0 else f" · 截止已过 {-left} 天" if left else " · 今天截止"


def deadline_words(result: Consolidation) -> str:
    """The deadline of most agencies; other ones are told in 报送情况."""
    days = sorted({record.deadline for record in result.agencies if record.deadline})
    if not days:
        return "未设截止日期" if result.form.due is None else "截止日期算不出"
    return f"截止 {days[0].month} 月 {days[0].day} 日" if len(days) == 1 else f"截止日期 {len(days)} 种"


def add_answer(sheet: BookSheet, plan: Plan, cards: dict[str, Cell]) -> None:
    """The one sentence to remember: its figures live, its judgement of the totals as the run found it."""
    due, filed, passed, held, returned, missing = ((c.value, address(c.row, c.column)) for c in cards.values())
    late = sum(record.timeliness is Timeliness.LATE for record in plan.result.agencies)
    rostered = plan.result.run.roster.given
    late_live = f'COUNTIF({agencies_range(plan, "时效")},"{Timeliness.LATE.label}")'
    stands = {state.label: count for state, count in plan.result.states.items()}
    others: list[tuple[str, Value, str]] = [
        (f" 家，{label} ", stands[label], f'COUNTIF({agencies_range(plan, STATE)},"{label}")')
        for label in sorted(set(stands) - set(STANDS))
    ]
    if plan.result.by_levels:  # told by the regions, and on no sheet
        others = [(f"{words}{count}", "", "") for words, count, _ in others]
    parts = [
        *([("应报 ", *due), (" 家，已报 ", *filed)] if rostered else [("没有名录，未核对是否报全；报来 ", *filed)]),
        *([(" 家（迟报 ", late, late_live), (" 家）", "", "")] if late else [(" 家", "", "")]),
        ("；已通过 ", *passed),
        *([(" 家（其中待核 ", *held), (" 家）", "", "")] if held[0] else [(" 家", "", "")]),
        ("，退回 ", *returned),
        *others,
        *([(" 家，未报 ", *missing)] if rostered else []),
        (f" 家。{unlisted_words(plan)}{judgement(plan)}", "", ""),
    ]
    text = "".join(f"{words}{value}" for words, value, _ in parts)
    formula = "=" + "&".join(quote(words) + (f"&{live}" if live else "") for words, _, live in parts)
    sheet.put(ANSWER_ROW, 0, text, "answer", formula=formula, span=WIDE)
    height = text_height(text, BREADTH * UNIT, 13) + 8
    sheet.heights |= {0: 34, 1: 24, ANSWER_ROW: max(34, height), ANSWER_ROW + 1: 10}


def add_signed(sheet: BookSheet, plan: Plan) -> None:
    """Where a result of this year was signed: how this one differs from it."""
    if drift := plan.result.weeks.drift:
        sheet.put(ANSWER_ROW + 1, 0, drift.words, "ok" if drift.same else "warn", span=WIDE)
        sheet.heights[ANSWER_ROW + 1] = 26


def unlisted_words(plan: Plan) -> str:
    """That there are folders in the inbox which could not be looked into, where there are any."""
    count = len(plan.result.unlisted)
    return f"收件夹里有 {count} 处打不开，没有报表的单位是否已报无法确定，没有催报。" if count else ""


def judgement(plan: Plan) -> str:
    """Whether the form's equations hold over the accepted totals."""
    result = plan.result
    if not result.totals.passed.agencies:
        return "还没有已通过的报表。"
    equations = [c for table in plan.form.tables for c in plan.equations(table)]
    sums = {index: total for index, total in enumerate(result.totals.passed.sums) if total is not None}
    missing = result.totals.passed.missing
    decided = [c for c in equations if not any(missing[index] for index, _ in c.terms)]
    broken = sum(c.closing(sums) != sums[c.at] for c in decided)
    open_ones = len(equations) - len(decided)
    also = f"，另有 {open_ones} 项因缺数无法判定" if open_ones else ""
    if broken:
        return f"已通过的数中有 {broken} 项勾稽关系不成立{also}，见各汇总表。"
    if not decided:
        return f"勾稽关系{also[2:]}。" if equations else ""
    return f"在已通过的数中，{'其余' if open_ones else '全部'} {len(decided)} 项勾稽关系成立{also}。"


def close_overview(sheet: BookSheet, book: Book, plan: Plan) -> None:
    """The line to sign on, where the printed page ends, and the contents, with a link to every sheet there is."""
    # Rows with a height of their own are taken: a chart reaches over those that hold no cell.
    row = max(*sheet.heights, *(cell.row + cell.span[0] - 1 for cell in sheet.cells)) + 1
    sheet.put(row, 0, f"空白的处理：{plan.result.run.settings.policy.words}", "note", span=WIDE)
    width = BREADTH // len(SIGNS)
    for number, words in enumerate(SIGNS):
        sheet.put(row + 1, number * width, words, "sign", span=(1, 2))
        sheet.put(row + 1, number * width + 2, None, "signed", span=(1, width - 3))
    sheet.heights |= {row: 20, row + 1: 34}
    sheet.print = Print(landscape=True, wide=1, tall=1, area=((0, 0), (row + 1, BREADTH - 1)))
    add_contents(sheet, [s.name for s in book.sheets if s is not sheet and s.in_view], row + 2)
