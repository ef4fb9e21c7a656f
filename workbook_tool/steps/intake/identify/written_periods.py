"""How people write a week, month, quarter or half: ``2024年第5周``, ``2024-W05``, ``三季度``, ``1月29日—2月4日``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.regex import regex

ONES = ("", *"一二三四五六七八九")
CHINESE = {written: number for number, written in enumerate(ONES) if written} | {
    f"{tens}十{ones}": 10 * max(ten, 1) + one for ten, tens in enumerate(ONES) for one, ones in enumerate(ONES)
}
"""What two digits are in Chinese: 五, 十, 十二, 五十二."""
NUMBER = r"(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})"
YEAR = r"(?:(?<!\d)(?P<year>(?:19|20)\d{2})年?度?[-_./,]?)?"
ONE = r"(?<!前)(?<!(?<!\d\d\d)[一二三四1-4][-—–~至到、和及])"
"""Not the last of several: ``一至二季度``, ``前三季度``; the ``4-`` of ``2024-2季度`` is the year's."""
WRITINGS = {
    PeriodKind.WEEK: [
        rf"{YEAR}(?<!月)(?<!月份)(?<!月的)第{NUMBER}周(?![转边围岁年])",
        rf"{YEAR}(?<![A-Za-z])W{NUMBER}(?!\d)",
        rf"{YEAR}(?<=\d{{4}}年){NUMBER}周",
    ],
    PeriodKind.MONTH: [
        rf"{YEAR}(?<![-—~至到\d一二三四五六七八九十]){NUMBER}月(?![\d一二三四五六七八九十]+[日号]|[-—~至到]|田镇)",
        r"(?<!\d)(?P<year>20\d{2})[-_./]?(?P<number>0[1-9]|1[0-2])(?![-_./]?\d)",
    ],
    PeriodKind.QUARTER: [rf"{YEAR}{ONE}第?{NUMBER}季(?!青)度?", rf"{YEAR}(?<![A-Za-z])Q{NUMBER}(?!\d)"],
    PeriodKind.HALF: [rf"{YEAR}(?P<half>[上下])半年", rf"{YEAR}(?<![A-Za-z])H{NUMBER}(?!\d)"],
}
"""十月田镇 and 四季青 are places."""
PATTERNS = {kind: [regex(one, re.IGNORECASE) for one in written] for kind, written in WRITINGS.items()}
DAY = r"(?:(?P<{0}y>(?:19|20)\d{{2}})[年./-])?(?P<{0}m>\d{{1,2}})[月./-](?P<{0}d>\d{{1,2}})日?"
DAYS = regex(rf"(?<!\d){DAY.format('a')}[-—–~至到]+{DAY.format('b')}(?!\d)")
"""From a day to another."""
MONTHS = regex(
    rf"{YEAR}(?<!\d)(?P<a>\d{{1,2}})月?份?[-—–~至到]+(?:(?P<by>(?:19|20)\d{{2}})年)?(?P<b>\d{{1,2}})月(?!\d)"
)
"""From a month to another."""


def periods_in(text: str, kind: PeriodKind, near: Period | None) -> list[Period]:
    """The periods of this kind that a text names, each once. ``text`` is in NFKC without spaces. One without its year is
    of the year in which it lies nearest to ``near``; without that it names nothing."""
    found = [*numbered(text, kind, near), *between_days(text, kind, near), *between_months(text, kind, near)]
    return list(dict.fromkeys(found))


def numbered(text: str, kind: PeriodKind, near: Period | None) -> Iterator[Period]:
    """Those that are written by their number."""
    for pattern in PATTERNS[kind]:
        for match in pattern.finditer(text):
            said = match.groupdict()
            half = {"上": 1, "下": 2}.get(said.get("half") or "")
            yield from completed(kind, said["year"], half or counted(said["number"]), near)


def counted(written: str) -> int:
    """The number of one or two digits, also in Chinese; 0 where it is none, such as the 一二 of 一二季度."""
    return int(written) if written.isdecimal() else CHINESE.get(written, 0)


def completed(kind: PeriodKind, year: str | None, number: int, near: Period | None) -> Iterator[Period]:
    """The period of this number, where its year has one."""
    years = [int(year)] if year else near_years(near)
    found = [Period(kind, one, number) for one in years if 1 <= number <= kind.most(one)]
    if found:
        yield min(found, key=lambda period: abs((period.first - near.first).days) if near else 0)


def near_years(near: Period | None) -> list[int]:
    """The years in which a period that lacks its own may lie."""
    return [near.year + step for step in (-1, 0, 1)] if near else []


def between_days(text: str, kind: PeriodKind, near: Period | None) -> Iterator[Period]:
    """Those that are written from their first day to their last."""
    for match in DAYS.finditer(text):
        year = match["ay"] or match["by"]
        for one in [int(year)] if year else near_years(near):
            first = as_day(int(match["ay"] or one), match["am"], match["ad"])
            last = as_day(int(match["by"] or one), match["bm"], match["bd"])
            if first and last and last < first and not match["by"]:
                last = as_day(first.year + 1, match["bm"], match["bd"])
            period = Period.of(kind, first) if first else None
            if period and (period.first, period.last) == (first, last):
                yield period


def between_months(text: str, kind: PeriodKind, near: Period | None) -> Iterator[Period]:
    """Those that are written from their first month to their last: ``1-6月`` of a half."""
    if kind not in (PeriodKind.QUARTER, PeriodKind.HALF):
        return
    for match in MONTHS.finditer(text):
        first, last = int(match["a"]), int(match["b"])
        length = {PeriodKind.QUARTER: 3, PeriodKind.HALF: 6}[kind]
        if last - first == length - 1 and last % length == 0 and match["by"] in (None, match["year"]):
            yield from completed(kind, match["year"], last // length, near)


def as_day(year: int, month: str, day: str) -> date | None:
    """The day of this date; None where there is none."""
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None
