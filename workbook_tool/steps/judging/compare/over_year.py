"""Numbers of a yearly form, held against the periods that the same agency filed of another form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.form.rules import Verdict
from workbook_tool.model.form.yearly import YEARLY, YearSum
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.model.season.last_year import NO_LAST_YEAR, Values
from workbook_tool.model.season.periods import FiledYear
from workbook_tool.steps.judging.compare.case import PASSED, UNDECIDED, Background, Case, Outcome

NAMED = 8
"""So many missing periods are named."""


def compare_year(filings: Sequence[Filing], rulebook: Rulebook, year: FiledYear) -> list[Filing]:
    """Every filing that counts beside what its agency filed of another form in the periods of the year. While one of them
    is missing nothing is decided, and that is said."""
    background = Background(rulebook, NO_LAST_YEAR, Roster((), given=False))
    return [f if f.behind else replace(f, checked=beside(f.checked, background, year)) for f in filings]


def beside(checked: Checked, background: Background, year: FiledYear) -> Checked:
    """One filing beside the periods of its agency."""
    verdicts, findings = dict(checked.verdicts), list(checked.findings)
    code = checked.submission.agency.code
    filed = {
        p: one.numbers
        for p in year.periods
        if (one := year.filed.get(p, {}).get(code)) and one.state is not AgencyState.EXCLUDED
    }
    for rule in (rule for rule in background.rulebook.form.rules if rule.kind == YEARLY):
        sums = [one for one in background.rulebook.form.year_sums if (one.rule, one.form) == (rule.id, year.form.id)]
        outcomes = list(judged(Case(rule, checked, background), sums, filed, year)) if sums else []
        findings += [finding for _, finding in outcomes if finding]
        counts = {v: sum(verdict is v for verdict, _ in outcomes) for v in Verdict}
        verdicts |= {rule.id: {verdict: number for verdict, number in counts.items() if number}} if outcomes else {}
    return replace(checked, findings=tuple(findings), verdicts=verdicts)


def judged(case: Case, sums: Sequence[YearSum], filed: dict[Period, Values], year: FiledYear) -> Iterator[Outcome]:
    """Every number of a rule against the sum of the periods. Who has filed none of them does not file that form."""
    missing = [period for period in year.periods if period not in filed]
    if missing:
        yield (Verdict.UNDECIDED, lacking(case, missing, year) if filed else None)
        yield from (UNDECIDED for _ in sums[1:])
        return
    for one in sums:
        yield compared(case, case.form.items[one.at], year.form.by_code[one.code], list(filed.values()), year)


def lacking(case: Case, missing: Sequence[Period], year: FiledYear) -> Finding:
    """The note that says which periods are missing."""
    named = "、".join(period.within for period in missing[:NAMED]) + (
        f" 等 {len(missing)} 期" if len(missing) > NAMED else ""
    )
    said = f"{year.year} 年的《{year.form.title}》还缺{named}，暂不能与全年的数核对。"
    table = case.form.table(case.rule.table).name if case.rule.table else ""
    return case.background.rulebook.note(case.rule, said, "补报后重新运行，会自动核对。", Where(table))


def compared(case: Case, item: Item, other: Item, numbers: Sequence[Values], year: FiledYear) -> Outcome:
    """One number against its sum. What may be left blank, and is, is nothing to report."""
    mine = case.submission.number(item)
    parts = [one.get(other.index, 0 if other.optional else None) for one in numbers]
    if mine is None or None in parts:
        return UNDECIDED
    total = as_decimal(sum(part for part in parts if part is not None), other)
    if mine == total:
        return PASSED
    off = f"{'多' if mine > total else '少'} {abs(mine - total):f}"
    unit = year.form.period.this[1:]
    said = f"{item.label}填 {mine:f}，{year.year} 年各{unit}《{year.form.title}》{other.label}之和为 {total:f}，{off}{weeks_words(year)}"
    return case.fails(said, [item], expected=total)


def weeks_words(year: FiledYear) -> str:
    """Which days the weeks of a year leave out of it, or add to it; empty for months, quarters and halves."""
    if year.form.period is not PeriodKind.WEEK:
        return ""
    first, last = year.periods[0].first, year.periods[-1].last
    begin, end = date(year.year, 1, 1), date(year.year, 12, 31)
    told = [
        *([f"多含上年 {span(first, begin - timedelta(1))}"] if first < begin else []),
        *([f"不含 {span(begin, first - timedelta(1))}"] if first > begin else []),
        *([f"不含 {span(last + timedelta(1), end)}"] if last < end else []),
        *([f"多含下年 {span(end + timedelta(1), last)}"] if last > end else []),
    ]
    return f"（按周加的{'，'.join(told)}）" if told else ""


def span(first: date, last: date) -> str:
    """``12 月 30 日至 31 日``, or a single day."""
    begin = f"{first.month} 月 {first.day} 日"
    return begin if first == last else f"{begin}至 {last.day} 日"
