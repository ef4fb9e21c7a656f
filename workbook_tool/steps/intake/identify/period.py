"""For which period a file is: what it says itself, what the titles of its sheets say, and at last its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.stated_period import SUBJECT, Stated
from workbook_tool.model.intake.submission import Content
from workbook_tool.model.judging.finding import NOWHERE, Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.regex import regex
from workbook_tool.steps.intake.identify.written_periods import periods_in

DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
CHINESE_YEAR = regex(r"[一二][〇○零一二三四五六七八九]{3}(?=年|$)")
YEAR = regex(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
DATED = regex(r"(?<!\d)(?:19|20)\d{2}(?:年\d{1,2}月|([-._/])\d{1,2}\1\d{1,2}(?!\d)|[-._]0\d(?!\d))")
NAMED_YEAR = regex(r"(?<!\d)((?:19|20)\d{2})(?!\d)(年度|年)?")
PLAN = regex(r"(?:计划|安排|打算)$")
"""A sheet of what is to come says nothing of the period that is reported."""


def as_text(value: Content | None) -> str:
    """A content as text, whole numbers without their decimals; what shows no answer (an error, a formula without its
    result, a bare TRUE) is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


@lru_cache(maxsize=1 << 12)
def plain(text: str) -> str:
    """The text in NFKC without spaces, and with years in Chinese digits as numbers."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    return CHINESE_YEAR.sub(lambda match: match[0].translate(DIGITS), bare)


def as_year(value: Content) -> int | None:
    """The year that a labelled cell gives: 2023, 2023年度, 二〇二三年, 23."""
    if isinstance(value, date):
        return value.year
    text = plain(as_text(value))
    if match := YEAR.search(text):
        return int(match[0])
    short = re.fullmatch(r"([1-4]\d)年?度?", text)
    return 2000 + int(short[1]) if short else None


def as_period(value: Content, kind: PeriodKind, near: Period | None = None) -> Period | None:
    """The period that a labelled cell gives; ``near`` is one that completes what lacks its year."""
    if kind is PeriodKind.YEAR:
        year = as_year(value)
        return of_year(year) if year else None
    if isinstance(value, date):
        return Period.of(kind, value)
    found = periods_in(plain(as_text(value)), kind, near)
    return found[0] if len(found) == 1 else None


def issued_period(hidden: Mapping[str, str], kind: PeriodKind) -> Period | None:
    """The period for which a workbook was issued, as its hidden sheet says; older ones have only a year."""
    return as_period(hidden.get("period") or hidden.get("year", ""), kind)


def of_year(year: int) -> Period:
    """A whole year."""
    return Period(PeriodKind.YEAR, year)


def named_period(text: str, source: str, kind: PeriodKind, near: Period | None) -> Stated | None:
    """The one period that a name of a file or sheet carries; a date of filing is none."""
    if kind is not PeriodKind.YEAR:
        periods = periods_in(plain(text), kind, near)
        return Stated(periods[0], source) if len(periods) == 1 else None
    found = NAMED_YEAR.findall(DATED.sub(" ", plain(text)))
    for worded in ("年度", "年", ""):
        years = {int(year) for year, unit in found if unit == worded}
        if years:
            return Stated(of_year(years.pop()), source, sure=worded == "年度") if len(years) == 1 else None
    return None


def misnamed(named: Sequence[Stated], said: Period | None, source: str, reported: Period | None) -> tuple[Stated, ...]:
    """The names that say another period than the file itself, as this ``source`` in it does; none where any name agrees.

    The year in a name is that of filing as often as not: only the ``reported`` one tells anything, of a report of another.
    A mail's subject is mostly that of the mail it answers: one that lags behind tells nothing.
    """
    others = [one for one in named if one.source != source]
    if said is None or any(one.period == said for one in others):
        return ()
    if said.kind is PeriodKind.YEAR:
        return tuple(one for one in others if one.period == reported)
    return tuple(one for one in others if one.source != SUBJECT or one.period > said)


def filed_period(
    issued: Period | None,
    cover: Stated | None,
    titled: list[Stated],
    named: list[Stated],
    rulebook: Rulebook,
    default: Period | None,
) -> tuple[Period | None, str, list[Finding]]:
    """The period that the file says, what says so, and a finding where two places differ or none says it.

    Where the workbook was issued for the reported period ``default``, or all its titles say that one, a mistyped cover
    does not make it a file of another: it is kept and asked about, for nobody asks about what lies around of old years.
    Where cover and titles agree on another than it was issued for, an earlier workbook was used again with care: a note.
    """
    if issued and cover and issued != cover.period:
        counts = Stated(issued, "隐藏标识") if issued == default else cover
        said = f"隐藏标识是 {issued.spaced}，封面却写 {cover.period.spaced}，以{counts.source}为准。"
        seen = {title.period for title in titled if title.sure} | {counts.period}
        beside = any(title.sheet != cover.sheet for title in titled)
        again = beside and seen == {cover.period} and issued.kind is not PeriodKind.YEAR
        return counts.period, counts.source, [period_finding(said, rulebook, cover, noted=again)]
    # What holds a report of this period is kept and asked about, in whatever order the titles stand.
    title = next((said for said in titled if said.sure and said.period == default), next(iter(titled), None))
    first = Stated(issued, "隐藏标识") if issued else cover or title
    if first:
        other = next((said for said in titled if said.sure and said.period != first.period), None)
        if other is None:
            return first.period, first.source, []
        said = f"{first.source}是 {first.period.spaced}，{other.title}却写 {other.period.spaced}。"
        counts = other if all(said.period == default for said in titled if said.sure) else first
        return counts.period, counts.source, [period_finding(said, rulebook, other)]
    # A report is filed in the period after the one it is about: the next one in a name may be that.
    doubtful = [said for said in named if default is not None and said.period == default.next and not said.sure]
    if clear := next((said for said in named if said not in doubtful), None):
        return one_of_names(clear, named, rulebook, default)
    doubt = f"{doubtful[0].source}中的 {doubtful[0].period.spaced}可能是报送的时间，没有采用。" if doubtful else ""
    counted = f"暂按 {default.spaced}计入。" if default else ""
    return None, "", [period_finding(f"{rulebook.of_kind('period').words}{doubt}{counted}", rulebook)]


def one_of_names(
    clear: Stated, named: Sequence[Stated], rulebook: Rulebook, default: Period | None
) -> tuple[Period | None, str, list[Finding]]:
    """The period that names say, where nothing else does. Where several sheets are called by several, a finding; then it is
    the reported one, if that is among them."""
    periods = list(dict.fromkeys(said.period for said in named if said.source == clear.source))
    period = default if default in periods else clear.period
    if period is None or len(periods) == 1:
        return period, clear.source, []
    several = "、".join(one.spaced for one in periods)
    return period, clear.source, [period_finding(f"{clear.source}写了 {several}，按 {period.spaced}计入。", rulebook)]


def period_finding(said: str, rulebook: Rulebook, at: Stated | None = None, *, noted: bool = False) -> Finding:
    """The rule's own words are only right where nothing says the period: ``said`` is all there is to say. ``noted``: nothing
    is wrong."""
    rule, where = rulebook.of_kind("period"), Where(sheet=at.sheet, cells=at.cell) if at else NOWHERE
    return (rulebook.note if noted else rulebook.plain)(rule, said, rule.advice, where)
