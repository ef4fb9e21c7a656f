"""For which year a file is: what it says itself, in the titles of its sheets, and at last in its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from workbook_tool.model.cells import address
from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Content, Sheet
from workbook_tool.model.judging.finding import NOWHERE, Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.text import label_key, squash

DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
CHINESE_YEAR = re.compile(r"[一二][〇○零一二三四五六七八九]{3}(?=年|$)")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
SHORT_YEAR = re.compile(r"(?<!\d)([1-4]\d)(?=年)")
ONLY_YEAR = re.compile(r"[(]?((?:19|20)\d{2})年度?[)]?")
WHOLE_YEAR = re.compile(r"(?<!\d)(\d{4})[年./-]0?1[月./-]0?1日?\D{0,4}(?:\1[年./-])?12[月./-]31(?!\d)")
DATED = re.compile(r"(?<!\d)(?:19|20)\d{2}(?:年\d{1,2}月|([-._/])\d{1,2}\1\d{1,2}(?!\d)|[-._]0\d(?!\d))")
NAMED_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)(年度|年)?")
YEAR_IN_NAME = re.compile(r"[(]?(?:19|20)?\d{2}年?度?[)]?")
NOTICE = re.compile(r"关于|通知|印发")
"""A text about reports, such as the letter that asks for them, is no report's title."""
CITED = re.compile(r"[〔\[](?:19|20)\d{2}[〕\]]")
"""The year in the number of a document, such as ``〔2021〕30号``."""
TOP_ROWS, LONGEST_TITLE = 8, 80


@dataclass(frozen=True)
class StatedYear:
    """A year, what says it and where. ``sure`` is False where it could be the year of filing instead."""

    year: int
    source: str
    sheet: str = ""
    cell: str = ""
    sure: bool = True


def as_text(value: Content | None) -> str:
    """A content as text, whole numbers without their decimals; what shows no answer (an error, a formula without its
    result, a bare TRUE) is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def plain(text: str) -> str:
    """The text in NFKC without spaces, and with years in Chinese digits as numbers."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
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


def titles(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, tuple[int, int], str]]:
    """The texts near the top of every sheet, among which titles are."""
    for sheet in sheets:
        if sheet.name != IDENTITY_SHEET:
            for place, text in sorted((p, t) for p, t in sheet.cells.items() if p[0] < TOP_ROWS and isinstance(t, str)):
                if len(text) <= LONGEST_TITLE and not NOTICE.search(text):
                    yield sheet, place, text


def title_years(sheets: Sequence[Sheet], form: Form) -> list[StatedYear]:
    """The years of titles and periods; a cell with nothing but a year is less sure."""
    found = []
    for sheet, place, text in titles(sheets):
        bare, where = plain(text), (sheet.name, address(*place))
        if match := WHOLE_YEAR.search(bare):
            found.append(StatedYear(int(match[1]), "表头", *where))
        elif squash(form.title) in squash(text) and (match := YEAR.search(bare)):
            found.append(StatedYear(int(match[0]), "表头", *where))
        elif squash(form.title) in squash(text) and (match := SHORT_YEAR.search(bare)):
            found.append(StatedYear(2000 + int(match[1]), "表头", *where))
        elif match := ONLY_YEAR.fullmatch(bare):
            found.append(StatedYear(int(match[1]), "表头", *where, sure=False))
    return sorted([*found, *table_years(sheets, form)], key=lambda said: not said.sure)


def table_years(sheets: Sequence[Sheet], form: Form) -> list[StatedYear]:
    """The years that the titles of the tables carry, wherever they stand, and the names of the sheets that are called
    like a table (``表二（2023年）``)."""
    titles_ = [label_key(table.title) for table in form.tables]
    names = {squash(table.name) for table in form.tables}
    found = []
    for sheet in sheets:
        if sheet.name == IDENTITY_SHEET:
            continue
        if squash(YEAR_IN_NAME.sub("", plain(sheet.name))) in names and (year := only_year(sheet.name)):
            found.append(StatedYear(year, "工作表名", sheet.name))
        for place, text in sorted((p, t) for p, t in sheet.cells.items() if isinstance(t, str)):
            titled = len(text) <= LONGEST_TITLE and any(title in label_key(text) for title in titles_)
            if titled and not NOTICE.search(text) and (year := only_year(text)):
                found.append(StatedYear(year, "表头", sheet.name, address(*place)))
    return found


def only_year(text: str) -> int | None:
    """The one year that a title names; the number of a document has none."""
    bare = CITED.sub("", plain(text))
    years = {int(year) for year in YEAR.findall(bare)} or {2000 + int(year) for year in SHORT_YEAR.findall(bare)}
    return years.pop() if len(years) == 1 else None


def named_year(text: str, source: str) -> StatedYear | None:
    """The one year that a name of a file or sheet carries; a date of filing is none."""
    found = NAMED_YEAR.findall(DATED.sub(" ", plain(text)))
    for worded in ("年度", "年", ""):
        years = {int(year) for year, unit in found if unit == worded}
        if years:
            return StatedYear(years.pop(), source, sure=worded == "年度") if len(years) == 1 else None
    return None


def filed_year(
    hidden: str,
    cover: StatedYear | None,
    titled: list[StatedYear],
    named: list[StatedYear],
    rulebook: Rulebook,
    default: int | None,
) -> tuple[int | None, str, list[Finding]]:
    """The year that the file says, what says so, and a finding where two places differ or none says it."""
    issued = as_year(hidden)
    if issued and cover and issued != cover.year:
        said = f"隐藏标识是 {issued} 年，封面却写 {cover.year} 年，以封面为准。"
        return cover.year, "封面", [period_finding(said, rulebook, cover)]
    first = StatedYear(issued, "隐藏标识") if issued else cover or next(iter(titled), None)
    if first:
        other = next((said for said in titled if said.sure and said.year != first.year), None)
        if other is None:
            return first.year, first.source, []
        where = f"工作表「{other.sheet}」的表头" if other.cell else f"工作表名「{other.sheet}」"
        said = f"{first.source}是 {first.year} 年，{where}却写 {other.year} 年。"
        return first.year, first.source, [period_finding(said, rulebook, other)]
    # A report is filed in the year after the one it is about: next year's number in a name may be that.
    doubtful = [said for said in named if default is not None and said.year == default + 1 and not said.sure]
    if clear := next((said for said in named if said not in doubtful), None):
        return clear.year, clear.source, []
    doubt = f"{doubtful[0].source}中的 {doubtful[0].year} 年可能是报送的时间，没有采用。" if doubtful else ""
    counted = f"暂按 {default} 年计入。" if default else ""
    return None, "", [period_finding(f"{rulebook.of_kind('period').words}{doubt}{counted}", rulebook)]


def period_finding(said: str, rulebook: Rulebook, at: StatedYear | None = None) -> Finding:
    """The rule's own words are only right where nothing says the year: ``said`` is all there is to say."""
    rule, where = rulebook.of_kind("period"), Where(sheet=at.sheet, cells=at.cell) if at else NOWHERE
    return rulebook.plain(rule, said, rule.advice, where)
