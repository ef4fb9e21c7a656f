"""本周变化: the season so far at a glance, then what is different from the last run of an earlier date, the numbers that
had passed and changed first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.changes import Changes
from workbook_tool.model.season.versions import Chain, Version
from workbook_tool.model.workbook.book import Book, Print
from workbook_tool.model.workbook.headers import CODE
from workbook_tool.model.workbook.result import Owner
from workbook_tool.steps.workbook.opinions import of_decisions
from workbook_tool.steps.workbook.plan import AMBER, CHANGES, FINDINGS, Plan, heading, row_link
from workbook_tool.steps.workbook.season_lines import (
    STANDING,
    NumberLine,
    StandingLine,
    figure,
    number_columns,
    standing_line,
)
from workbook_tool.steps.workbook.sections import WIDTH, WIDTHS, Section, SectionColumn, put_section, some
from workbook_tool.steps.workbook.trend import add_trend

SHOWN = (Status.FIXED, Status.NEW, Status.BACK, Status.STILL, Status.EXPLAINED, Status.WAIVED, Status.CORRECTED)


class ProblemsLine(Struct, frozen=True):
    """What became of an agency's problems: how many of each status, and how many weeks the oldest has been there."""

    agency: Agency
    counts: Counter[Status]
    weeks: int
    link: str

    @property
    def words(self) -> str:
        """How long the oldest has been there."""
        return f"最久的已 {self.weeks} 周" if self.weeks else ""


def counted_column(start: int, status: Status) -> SectionColumn[ProblemsLine]:
    """The column of a status; empty where there is none."""
    return SectionColumn(status.label, start, lambda line: line.counts[status] or None)


PROBLEMS: tuple[SectionColumn[ProblemsLine], ...] = (
    SectionColumn(CODE, 0, lambda line: line.agency.code),
    SectionColumn("单位", 1, lambda line: line.agency.name, leads=True),
    *(counted_column(start, status) for start, status in enumerate(SHOWN, 2)),
    SectionColumn("说明", 2 + len(SHOWN), lambda line: line.words),
)


class AgainLine(Struct, frozen=True):
    """A filing that came again, and what is to be said of it."""

    agency: Agency
    version: Version
    words: str
    link: str


AGAIN: tuple[SectionColumn[AgainLine], ...] = (
    SectionColumn(CODE, 0, lambda line: line.agency.code),
    SectionColumn("单位", 1, lambda line: line.agency.name, leads=True),
    SectionColumn("文件", 4, lambda line: line.version.path),
    SectionColumn("说明", 7, lambda line: line.words),
)


def add_changes(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    sheet = book.sheet(CHANGES, tab=AMBER, widths=dict(enumerate(WIDTHS)))
    changes = plan.result.weeks.changes
    since = f"与 {changes.since.as_of} 的运行（{changes.since.name}）比较。" if changes else "没有更早的运行可以比较。"
    heading(sheet, CHANGES, since + counted(changes), WIDTH)
    sections = [*(of_changes(plan, changes) if changes else ()), *of_decisions(plan)]
    row = add_trend(sheet, 3, changes.trend) if changes else 3
    for number, section in enumerate(sections, 2 if changes else 1):
        row = put_section(sheet, row, number, section)
    sheet.freeze = (2, 0)
    sheet.print = Print(landscape=True, wide=1, tall=0)


def counted(changes: Changes | None) -> str:
    """``问题：已改 3 条，新增 2 条。``"""
    counts = [f"{s.label} {changes.counts[s]} 条" for s in SHOWN if changes.counts.get(s)] if changes else []
    return f"问题：{'，'.join(counts)}。" if counts else ""


def of_changes(plan: Plan, changes: Changes) -> Iterator[Section[Any]]:
    """What to read first stands first; what did not happen is left out, but for that question."""
    numbers = [line for chain in plan.result.chains for line in number_lines(plan, chain)]
    yield Section(f"通过后又改动的数（{len(numbers)}）", number_columns("上次"), numbers, lambda line: line.link)
    missing = (r.agency for r in plan.result.agencies_in(AgencyState.MISSING) if r.agency not in changes.gone)
    left = [StandingLine(code, remark="名录中已没有这个代码，它的数不再计入") for code in changes.left]
    yield from standing("新报的单位", agency_lines(plan, changes.filed))
    yield from standing("仍未报的单位", agency_lines(plan, missing))
    yield from standing("以前报过、这次没有报表的单位", [*agency_lines(plan, changes.gone), *left])
    lines = list(problems_lines(plan, changes))
    yield from some("各单位问题的变化", PROBLEMS, lines, lambda line: line.link)
    yield from again(plan, changes)


def standing(title: str, lines: Iterable[StandingLine]) -> Iterator[Section[StandingLine]]:
    """A section of agencies."""
    return some(title, STANDING, lines, lambda line: line.link)


def again(plan: Plan, changes: Changes) -> Iterator[Section[AgainLine]]:
    """Filings that came again since then and were no better."""
    newest = [(chain.agency, chain.versions[-1]) for chain in plan.result.chains]
    came = [(agency, version) for agency, version in newest if version.seen > changes.since.as_of]
    same = [(a, v, "各数和问题与退回的上一版完全相同") for a, v in came if v.unaltered]
    worse = [(a, v, fixed_and_broken(v)) for a, v in came if v.swapped]
    for title, found in (("未改动重报", same), ("改甲坏乙", worse)):
        lines = [AgainLine(a, v, words, agency_page(plan, a.code)) for a, v, words in found]
        yield from some(title, AGAIN, lines, lambda line: line.link)


def fixed_and_broken(v: Version) -> str:
    """How many problems went and came, and of which rules."""
    return f"改好 {len(v.fixed)} 处（{rules(v.fixed)}），改坏 {len(v.broken)} 处（{rules(v.broken)}）"


def rules(spots: Iterable[str]) -> str:
    """The rules of these problems."""
    return "、".join(dict.fromkeys(spot.partition("|")[0] for spot in spots))


def number_lines(plan: Plan, chain: Chain) -> Iterator[NumberLine]:
    """Numbers that had passed and are others now: they may stand in somebody's report already."""
    agency, path = chain.agency, chain.versions[-1].path
    state = plan.by_code[agency.code].state.label if agency.code in plan.by_code else ""
    for change in chain.revised:
        item = plan.form.items[change.item]
        before, now = figure(change.before, item), figure(change.after, item)
        yield NumberLine(agency, state, item.label, path, before, now, agency_page(plan, agency.code))


def agency_lines(plan: Plan, agencies: Iterable[Agency]) -> Iterator[StandingLine]:
    """How these agencies stand."""
    records = {record.agency.name: record for record in plan.result.agencies}
    for agency in agencies:
        yield standing_line(records[agency.name], agency_page(plan, agency.code))


def agency_page(plan: Plan, code: str) -> str:
    """The way to the agency's page; empty where it has filed nothing."""
    return plan.page_link(plan.by_code[code]) if code in plan.by_code else ""


def problems_lines(plan: Plan, changes: Changes) -> Iterator[ProblemsLine]:
    """The agencies with problems now or at the last run, in roster order; the region itself last. The problems one by one
    are in 问题清单, those that are fixed in findings.csv."""
    fixed = Counter(problem.code for problem in changes.fixed_told)
    owners: tuple[Owner, ...] = (*plan.result.agencies, plan.result.region)
    for owner in owners:
        code = owner.agency.code
        known = [f.follow_up for f in owner.told if f.follow_up]
        counts = Counter({Status.FIXED: fixed[code], **Counter(one.status for one in known)})
        if counts.total():
            row = plan.first_finding.get(code)
            link = agency_page(plan, code) if row is None else row_link(FINDINGS, row)
            yield ProblemsLine(owner.agency, counts, max((one.weeks for one in known), default=0), link)
