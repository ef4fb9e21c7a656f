"""本周变化: the season so far at a glance, then what is different from the last run of an earlier date, the numbers that
had passed and changed first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbook_tool.model.cells import address
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.changes import Changes
from workbook_tool.model.season.history import PastProblem
from workbook_tool.model.season.versions import Chain, Version
from workbook_tool.model.workbook.book import Book, Print
from workbook_tool.steps.workbook.opinions import of_decisions
from workbook_tool.steps.workbook.plan import AMBER, CHANGES, FINDINGS, LIST_TOP, Plan, heading
from workbook_tool.steps.workbook.sections import WIDTH, WIDTHS, Line, Section, add_sections, some
from workbook_tool.steps.workbook.trend import add_trend

AT_MOST = 30
"""So many lines of a section that 问题清单 shows in full anyway."""
STANDING = ("代码", "单位", "状态", "时效", "文件", "备注")
PROBLEM = ("代码", "单位", "程度", "规则", "位置", "说明", "填报值", "应为", "周数")
SHOWN = (Status.FIXED, Status.NEW, Status.BACK, Status.STILL, Status.EXPLAINED, Status.WAIVED)


def add_changes(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    sheet = book.sheet(CHANGES, tab=AMBER, widths=dict(enumerate(WIDTHS)))
    changes = plan.result.weeks.changes
    since = f"与 {changes.since.as_of} 的运行（{changes.since.name}）比较。" if changes else "没有更早的运行可以比较。"
    heading(sheet, CHANGES, since + counted(changes), WIDTH)
    sections = [*(of_changes(plan, changes) if changes else ()), *of_decisions(plan)]
    row = add_trend(sheet, 3, changes.trend) if changes else 3
    add_sections(sheet, row, sections, 2 if changes else 1)
    sheet.freeze = (2, 0)
    sheet.print = Print(landscape=True, wide=1, tall=0)


def counted(changes: Changes | None) -> str:
    """``问题：已改 3 条，新增 2 条。``"""
    told = [f"{s.label} {changes.counts[s]} 条" for s in SHOWN if changes.counts.get(s)] if changes else []
    return f"问题：{'，'.join(told)}。" if told else ""


def of_changes(plan: Plan, changes: Changes) -> Iterator[Section]:
    """What to read first stands first; what did not happen is left out, but for that question."""
    heads = ("代码", "单位", "状态", "", "位置", "文件", "上次", "本次", "差额")
    numbers = [line for chain in plan.result.chains for line in number_lines(plan, chain)]
    yield Section(f"通过后又改动的数（{len(numbers)}）", heads, numbers)
    missing = (r.agency for r in plan.result.agencies_in(AgencyState.MISSING) if r.agency not in changes.gone)
    left = [((code, "", "", "", "", "名录中已没有这个代码，它的数不再计入"), "") for code in changes.left]
    yield from some("新报的单位", STANDING, agency_lines(plan, changes.filed))
    yield from some("仍未报的单位", STANDING, agency_lines(plan, missing))
    yield from some("以前报过、这次没有报表的单位", STANDING, [*agency_lines(plan, changes.gone), *left])
    yield from some("已改的问题", PROBLEM[:-1], [fixed_line(plan, problem) for problem in changes.fixed])
    for status in (Status.NEW, Status.BACK, Status.STILL):
        yield from some(f"{status.label}的问题", PROBLEM, problem_lines(plan, status), AT_MOST)
    yield from again(plan, changes)


def again(plan: Plan, changes: Changes) -> Iterator[Section]:
    """Filings that came again since then and were no better."""
    newest = [(chain.agency, chain.versions[-1]) for chain in plan.result.chains]
    came = [(agency, version) for agency, version in newest if version.seen > changes.since.as_of]
    same = [(a, v, "各数和问题与退回的上一版完全相同") for a, v in came if v.unaltered]
    worse = [(a, v, fixed_and_broken(v)) for a, v in came if v.swapped]
    for title, found in (("未改动重报", same), ("改甲坏乙", worse)):
        lines = [((a.code, a.name, "", "", v.path, words), agency_link(plan, a.code)) for a, v, words in found]
        yield from some(title, ("代码", "单位", "", "", "文件", "说明"), lines)


def fixed_and_broken(v: Version) -> str:
    return f"改好 {len(v.fixed)} 处（{rules(v.fixed)}），改坏 {len(v.broken)} 处（{rules(v.broken)}）"


def rules(spots: Iterable[str]) -> str:
    """The rules of these problems."""
    return "、".join(dict.fromkeys(spot.partition("|")[0] for spot in spots))


def number_lines(plan: Plan, chain: Chain) -> Iterator[Line]:
    """Numbers that had passed and are others now: they may stand in somebody's report already."""
    agency, path = chain.agency, chain.versions[-1].path
    state = next((a.state.label for a in plan.result.agencies if a.agency.code == agency.code), "")
    for change in chain.revised:
        item = plan.form.items[change.item]
        before, now = (None if n is None else as_decimal(n, item) for n in (change.before, change.after))
        off = None if now is None or before is None else now - before
        yield (agency.code, agency.name, state, "", item.label, path, before, now, off), agency_link(plan, agency.code)


def agency_lines(plan: Plan, agencies: Iterable[Agency]) -> Iterator[Line]:
    records = {record.agency.name: record for record in plan.result.agencies}
    for agency in agencies:
        record = records[agency.name]
        path = record.file.source.path if record.file else ""
        told = (agency.code, agency.name, record.state.label, record.timeliness.label, path, record.remark)
        yield told, agency_link(plan, agency.code)


def agency_link(plan: Plan, code: str) -> str:
    """To the agency's page; empty where it has filed nothing."""
    return plan.page_link(plan.result.agencies[plan.agency_row[code] - LIST_TOP - 1]) if code in plan.agency_row else ""


def fixed_line(plan: Plan, p: PastProblem) -> Line:
    place = where(p.table, p.row, p.column)
    told = (p.code, p.agency, p.severity.label, p.rule, place, p.message, p.filed, p.expected)
    return told, agency_link(plan, p.code)


def problem_lines(plan: Plan, status: Status) -> Iterator[Line]:
    """The problems of a status, those that are there longest first, else in the order of 问题清单."""
    found = [
        (n, r, f, f.follow_up)
        for n, (r, f) in enumerate(plan.result.findings)
        if f.follow_up and f.follow_up.status is status
    ]
    for number, record, f, follow_up in sorted(found, key=lambda one: (-one[3].weeks, one[0])):
        told = (f.severity.label, f.rule, where(f.table, f.row, f.column), f.message, f.filed, f.expected)
        link = f"{FINDINGS}!{address(LIST_TOP + 1 + number, 0)}"
        yield (record.agency.code, record.agency.name, *told, follow_up.weeks or None), link


def where(table: str, row: str, column: str) -> str:
    """A place by the labels of table, row and column: ``甲「红」×「大」``."""
    return table + "×".join(f"「{label}」" for label in (row, column) if label)
