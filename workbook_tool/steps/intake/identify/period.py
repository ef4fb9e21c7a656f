"""For which period a file is: what it says itself, in the titles of its sheets, and at last in its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.form.register import Register
from workbook_tool.model.intake.stated_period import SUBJECT, Stated
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Content, Place, Sheet
from workbook_tool.model.judging.finding import NOWHERE, Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.model.regex import regex
from workbook_tool.model.text import label_key, squash, unglossed, without_unit
from workbook_tool.model.times import part_of_year
from workbook_tool.steps.intake.identify.written_periods import periods_in

DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
CHINESE_YEAR = regex(r"[一二][〇○零一二三四五六七八九]{3}(?=年|$)")
YEAR = regex(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
SHORT_YEAR = regex(r"(?<!\d)([1-4]\d)(?=年)")
ONLY_YEAR = regex(r"[(]?((?:19|20)\d{2})年度?[)]?")
WHOLE_YEAR = regex(r"(?<!\d)(\d{4})[年./-]0?1[月./-]0?1日?\D{0,4}(?:\1[年./-])?12[月./-]31(?!\d)")
TWELVE_MONTHS = regex(r"(?<!\d)(\d{4})年0?1月?[-—–~至到]{1,2}(?:\1年)?12月(?!\d)")
DATED = regex(r"(?<!\d)(?:19|20)\d{2}(?:年\d{1,2}月|([-._/])\d{1,2}\1\d{1,2}(?!\d)|[-._]0\d(?!\d))")
NAMED_YEAR = regex(r"(?<!\d)((?:19|20)\d{2})(?!\d)(年度|年)?")
CLOSED = regex(r"\d年?度?[)）\]〕】]")
YEAR_IN_NAME = regex(r"[(]?(?:19|20)?\d{2}年?度?[)]?")
NOTICE = regex(r"关于|通知|印发")
"""A text about reports, such as the letter that asks for them, is no report's title."""
PLAN = regex(r"(?:计划|安排|打算)$")
"""A sheet of what is to come says nothing of the period that is reported."""
WHEN_FILED = regex(r"(?:填[报表写]|报送|上报|制表|编[制报])(?:日期|时间)\s*[：:]?")
"""What stands behind such a label is no period that is reported: ``填报时间：2024年2月`` of January's report."""
CITED = regex(r"[〔\[](?:19|20)\d{2}[〕\]]")
"""The year in the number of a document, such as ``〔2021〕30号``."""
TOP_ROWS, LONGEST_TITLE, LONGEST_PERIOD = 8, 80, 30


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


def titles(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, tuple[int, int], str]]:
    """The texts near the top of every sheet, among which titles are."""
    for sheet in sheets:
        if sheet.name != IDENTITY_SHEET:
            top = sorted((p, t) for p, t in sheet.texts.items() if p[0] < TOP_ROWS)
            for place, text in [*top, *(over_lines(top) if sheet.document else ())]:
                if len(text) <= LONGEST_TITLE and not NOTICE.search(text):
                    yield sheet, place, text


def over_lines(top: Sequence[tuple[tuple[int, int], str]]) -> Iterator[tuple[tuple[int, int], str]]:
    """The first lines of a document put together by twos and threes: the title of a report mostly stands on several."""
    for count in (2, 3):
        for start in range(len(top) - count + 1):
            yield top[start][0], "".join(text for _, text in top[start : start + count])


def title_periods(sheets: Sequence[Sheet], form: Form, near: Period | None) -> list[Stated]:
    """The periods of titles; a cell with nothing but a year is less sure."""
    found, told = [], titles_of(form, near)
    for sheet, place, text in titles(sheets):
        period, sure = told(WHEN_FILED.split(text)[0])
        if period and not WHEN_FILED.fullmatch(left_of(place, sheet)):
            found.append(Stated(period, "表头", sheet.name, cells_in(sheet.name, [place]), sure))
    return sorted([*found, *table_periods(sheets, form, near)], key=lambda said: not said.sure)


def left_of(place: Place, sheet: Sheet) -> str:
    """The nearest text left of a place; empty where there is none."""
    before = [(column, text) for (row, column), text in sheet.texts.items() if row == place[0] and column < place[1]]
    return max(before, default=(0, ""))[1].strip()


@lru_cache
def titles_of(form: Form, near: Period | None) -> Callable[[str], tuple[Period | None, bool]]:
    """As ``told_by`` says it of a form: the same texts stand in every file."""
    return lru_cache(1 << 13)(partial(told_by, form=form, near=near))


def told_by(text: str, form: Form, near: Period | None) -> tuple[Period | None, bool]:
    """The period of a title, and whether that is sure; a label of the form tells none."""
    if is_frame(text, form):
        return None, False
    titled = squash(form.title) in squash(text)
    return (title_year if form.period is PeriodKind.YEAR else title_period)(plain(text), titled, form, near)


def is_frame(text: str, form: Form) -> bool:
    """Whether a text is a label of the form's own, with its unit behind it or not."""
    return label_key(text) in form.frame_keys or label_key(without_unit(text, form.units)) in form.frame_keys


def title_year(bare: str, titled: bool, form: Form, near: Period | None) -> tuple[Period | None, bool]:
    """The year of a title, and whether that is sure."""
    if match := WHOLE_YEAR.search(bare) or TWELVE_MONTHS.search(bare):
        return of_year(int(match[1])), True
    if titled and (match := YEAR.search(bare)):
        return of_year(int(match[0])), True
    if titled and (match := SHORT_YEAR.search(bare)):
        return of_year(2000 + int(match[1])), True
    match = ONLY_YEAR.fullmatch(bare)
    return (of_year(int(match[1])) if match else None), False


def title_period(bare: str, titled: bool, form: Form, near: Period | None) -> tuple[Period | None, bool]:
    """The one week, month, quarter or half of a title, or of a cell that holds little else."""
    found = periods_in(CITED.sub("", bare), form.period, near) if titled or len(bare) <= LONGEST_PERIOD else []
    return (found[0] if len(found) == 1 else None), True


def table_periods(sheets: Sequence[Sheet], form: Form, near: Period | None) -> list[Stated]:
    """The periods that the titles of the tables carry."""
    named = ((sheet, place, only_period(text, form.period, near)) for sheet, place, text in table_titles(sheets, form))
    return [stated(period, sheet, place) for sheet, place, period in named if period]


def table_titles(sheets: Sequence[Sheet], form: Form) -> Iterator[tuple[Sheet, Place | None, str]]:
    """The titles of the tables, wherever they stand, and the labels with a year behind them; without a place the names of
    the sheets that are called like a table (``表二（2023年）``)."""
    named: tuple[Table | Register, ...] = (*form.tables, *form.registers)
    titled, names = tuple(label_key(one.title) for one in named), {label_key(one.name) for one in named}
    for sheet in sheets:
        if sheet.name == IDENTITY_SHEET:
            continue
        bare = YEAR_IN_NAME.sub("", plain(sheet.name))
        if {label_key(bare), label_key(bare.replace(part_of_year(bare), ""))} & names:
            yield sheet, None, sheet.name
        told = ((p, t) for p, t in sheet.texts.items() if names_one(t, titled) or is_dated(t, form.line_keys))
        for place, text in sorted(told):
            if not is_frame(text, form) and not NOTICE.search(text):
                yield sheet, place, text


def stated(period: Period, sheet: Sheet, place: Place | None) -> Stated:
    """A period that a title of a sheet carries, or without a place its name."""
    if place is None:
        return Stated(period, "工作表名", sheet.name)
    return Stated(period, "表头", sheet.name, cells_in(sheet.name, [place]))


@lru_cache(1 << 13)  # the same texts stand in every file
def names_one(text: str, titles: tuple[str, ...]) -> bool:
    """Whether a text bears one of these titles of tables."""
    return len(text) <= LONGEST_TITLE and any(title in label_key(text) for title in titles)


@lru_cache(1 << 13)
def is_dated(text: str, labels: frozenset[str]) -> bool:
    """Whether a text is one of these labels with nothing but a year in brackets behind it."""
    if not CLOSED.search(text):
        return False
    bare, gloss = unglossed(text)
    return label_key(bare) in labels and YEAR_IN_NAME.fullmatch(plain(gloss)) is not None


def only_period(text: str, kind: PeriodKind, near: Period | None) -> Period | None:
    """The one period that a title names; the number of a document has none."""
    if kind is PeriodKind.YEAR:
        year = only_year(text)
        return of_year(year) if year else None
    found = periods_in(CITED.sub("", plain(text)), kind, near)
    return found[0] if len(found) == 1 else None


def only_year(text: str) -> int | None:
    """The one year that a title names; the number of a document has none."""
    bare = CITED.sub("", plain(text))
    years = {int(year) for year in YEAR.findall(bare)} or {2000 + int(year) for year in SHORT_YEAR.findall(bare)}
    return years.pop() if len(years) == 1 else None


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
