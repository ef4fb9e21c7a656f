"""What titles say: the texts over the tables of a filing, and the periods that they carry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.form.register import Register
from workbook_tool.model.intake.stated_period import Stated
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Place, Sheet
from workbook_tool.model.locations import cells_in
from workbook_tool.model.regex import regex
from workbook_tool.model.text import label_key, squash, unglossed, without_unit
from workbook_tool.model.times import part_of_year
from workbook_tool.steps.intake.identify.period import YEAR, of_year, plain
from workbook_tool.steps.intake.identify.written_periods import periods_in

SHORT_YEAR = regex(r"(?<!\d)([1-4]\d)(?=年)")
ONLY_YEAR = regex(r"[(]?((?:19|20)\d{2})年度?[)]?")
WHOLE_YEAR = regex(r"(?<!\d)(\d{4})[年./-]0?1[月./-]0?1日?\D{0,4}(?:\1[年./-])?12[月./-]31(?!\d)")
TWELVE_MONTHS = regex(r"(?<!\d)(\d{4})年0?1月?[-—–~至到]{1,2}(?:\1年)?12月(?!\d)")
CLOSED = regex(r"\d年?度?[)）\]〕】]")
YEAR_IN_NAME = regex(r"[(]?(?:19|20)?\d{2}年?度?[)]?")
NOTICE = regex(r"关于|通知|印发")
"""A text about reports, such as the letter that asks for them, is no report's title."""
WHEN_FILED = regex(r"(?:填[报表写]|报送|上报|制表|编[制报])(?:日期|时间)\s*[：:]?")
"""What stands behind such a label is no period that is reported: ``填报时间：2024年2月`` of January's report."""
CITED = regex(r"[〔\[](?:19|20)\d{2}[〕\]]")
"""The year in the number of a document, such as ``〔2021〕30号``."""
TOP_ROWS, LONGEST_TITLE, LONGEST_PERIOD = 8, 80, 30


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
