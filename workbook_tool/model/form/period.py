"""Periods: the week, month, quarter, half or whole year that a filing is about.

Weeks are those of ISO 8601 (GB/T 7408): they begin on Monday, and the first of a year is the one with its 4 January, so
that a week belongs to one year only and the first days of January may lie in the last week of the year before.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from workbook_tool.model.regex import regex


class PeriodKind(StrEnum):
    """How long a form's period is; the value is the word of the declaration."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"

    @property
    def label(self) -> str:
        """The word that clerks know, as in 报告年度, 报告月份."""
        return {"week": "周次", "month": "月份", "quarter": "季度", "half": "半年度", "year": "年度"}[self.value]

    @property
    def report(self) -> str:
        """What a form is called that is filed for each of them."""
        return {"week": "周报", "month": "月报", "quarter": "季报", "half": "半年报", "year": "年报"}[self.value]

    @property
    def this(self) -> str:
        """What a sentence calls the period that a filing is about."""
        return {"week": "本周", "month": "本月", "quarter": "本季度", "half": "本半年", "year": "本年"}[self.value]

    @property
    def before(self) -> str:
        """What a sentence calls the period before."""
        return {"week": "上周", "month": "上月", "quarter": "上季度", "half": "上半年度", "year": "上年"}[self.value]

    @property
    def year_ago(self) -> str:
        """What a sentence calls the period a year ago."""
        return "上年" if self is PeriodKind.YEAR else "上年同期"

    @property
    def both(self) -> str:
        """What a sentence says of numbers that are known of a period and of the one a year ago."""
        return "两年都有" if self is PeriodKind.YEAR else "两期都有"

    def most(self, year: int) -> int:
        """How many of them a year has: 52 or 53 weeks."""
        if self is PeriodKind.WEEK:
            return date(year, 12, 28).isocalendar().week
        return {"month": 12, "quarter": 4, "half": 2, "year": 1}[self.value]


MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
"""How many months each takes; a week takes none."""
LETTERS = {PeriodKind.WEEK: "W", PeriodKind.MONTH: "", PeriodKind.QUARTER: "Q", PeriodKind.HALF: "H"}
WRITTEN = regex(r"(\d{4})(?:-([WQH]?)(\d{1,2}))?")


class Period(Struct, frozen=True, order=True):
    """One period of its ``kind``: the ``number``-th of the year, from 1; of a whole year there is only the first.

    Periods of one kind sort as they follow each other. Raises ValueError for a period that the year does not have.
    """

    kind: PeriodKind
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 9998 and 1 <= self.number <= self.kind.most(self.year)):
            raise ValueError(f"{self.year} 年没有第 {self.number} 个{self.kind.label}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period of its short name, the inverse of ``str``: ``2024``, ``2024-H1``, ``2024-Q1``, ``2024-03``,
        ``2024-W05``. Raises ValueError for anything else."""
        written = WRITTEN.fullmatch(text.strip().upper())
        if not written:
            raise ValueError(f"“{text}”不是一个期，应写成 2024、2024-H1、2024-Q1、2024-03 或 2024-W05")
        year, letter, number = int(written[1]), written[2], written[3]
        if number is None:
            return cls(PeriodKind.YEAR, year)
        return cls(next(kind for kind, known in LETTERS.items() if known == letter), year, int(number))

    @classmethod
    def of_kind(cls, kind: PeriodKind, text: str) -> Period:
        """The period of this short name, of a form that is filed so often. Raises ValueError, in words, for others."""
        period = cls.parse(text)
        if period.kind is not kind:
            raise ValueError(
                f"“{text}”不是{kind.label}，这张表是{kind.report}，应写成 {cls.of(kind, period.first)} 这样"
            )
        return period

    @classmethod
    def of(cls, kind: PeriodKind, day: date) -> Period:
        """The period in which a day lies."""
        if kind is PeriodKind.WEEK:
            year, week, _ = day.isocalendar()
            return cls(kind, year, week)
        return cls(kind, day.year, (day.month - 1) // MONTHS[kind] + 1)

    @classmethod
    def ended(cls, kind: PeriodKind, day: date) -> Period:
        """The last period that is over on this day: its last day lies before."""
        return cls.of(kind, day).previous

    def __str__(self) -> str:
        """Its short name, as in file names and on the command line: ``2024``, ``2024-03``, ``2024-W05``."""
        if self.kind is PeriodKind.YEAR:
            return str(self.year)
        digits = 1 if self.kind in (PeriodKind.QUARTER, PeriodKind.HALF) else 2
        return f"{self.year}-{LETTERS[self.kind]}{self.number:0{digits}}"

    @property
    def name(self) -> str:
        """Its name, as before a form's title: ``2024年``, ``2024年上半年``, ``2024年第1季度``, ``2024年3月``,
        ``2024年第5周``."""
        return f"{self.year}年{self.within}"

    @property
    def full(self) -> str:
        """Its name where nothing follows that says what it is: of a year ``2024年度``."""
        return f"{self.name}度" if self.kind is PeriodKind.YEAR else self.name

    @property
    def within(self) -> str:
        """Its name within its year: ``上半年``, ``第1季度``, ``3月``, ``第5周``; of a whole year nothing."""
        return {
            PeriodKind.WEEK: f"第{self.number}周",
            PeriodKind.MONTH: f"{self.number}月",
            PeriodKind.QUARTER: f"第{self.number}季度",
            PeriodKind.HALF: "上半年" if self.number == 1 else "下半年",
            PeriodKind.YEAR: "",
        }[self.kind]

    @property
    def spaced(self) -> str:
        """Its name in a sentence: ``2024 年``, ``2024 年第 5 周``."""
        return spaced(self.name)

    @property
    def said(self) -> str:
        """Its full name in a sentence: ``2024 年度``, ``2024 年第 5 周``."""
        return spaced(self.full)

    @property
    def first(self) -> date:
        """Its first day."""
        if self.kind is PeriodKind.WEEK:
            return date.fromisocalendar(self.year, self.number, 1)
        return date(self.year, (self.number - 1) * MONTHS[self.kind] + 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def days(self) -> str:
        """From when to when: ``2024年1月29日—2024年2月4日``."""
        return "—".join(f"{day.year}年{day.month}月{day.day}日" for day in (self.first, self.last))

    @property
    def marks(self) -> dict[str, int | str]:
        """What a hidden sheet says of it; of a year what it has always said."""
        return {"year": self.year} if self.kind is PeriodKind.YEAR else {"year": self.year, "period": str(self)}

    @property
    def previous(self) -> Period:
        """The period directly before."""
        if self.number > 1:
            return Period(self.kind, self.year, self.number - 1)
        return Period(self.kind, self.year - 1, self.kind.most(self.year - 1))

    @property
    def next(self) -> Period:
        """The period directly after."""
        if self.number < self.kind.most(self.year):
            return Period(self.kind, self.year, self.number + 1)
        return Period(self.kind, self.year + 1)

    @property
    def year_ago(self) -> Period | None:
        """The same period of the year before; None for a 53rd week, which hardly any year has."""
        if self.number > self.kind.most(self.year - 1):
            return None
        return Period(self.kind, self.year - 1, self.number)

    @property
    def opens_year(self) -> bool:
        """Whether it is the first of its year, in which what is counted from the beginning of the year starts at 0."""
        return self.number == 1

    def of_year(self) -> list[Period]:
        """All periods of its kind in its year, in order."""
        return [Period(self.kind, self.year, number) for number in range(1, self.kind.most(self.year) + 1)]


def between(first: Period, last: Period) -> list[Period]:
    """The periods that lie between two of a kind, in order."""
    found, one = [], first.next
    while one < last:
        found.append(one)
        one = one.next
    return found


def spaced(text: str) -> str:
    """A text with blanks around its numbers, as sentences have them."""
    return re.sub(r"\d+", lambda digits: f" {digits[0]} ", text).strip()


def named(text: str) -> str:
    """A period in a sentence by its short name; whatever is none as it stands."""
    period = as_period(text)
    return period.spaced if period else f"“{text}”"


def as_period(text: str) -> Period | None:
    """The period of this short name; None where it is none."""
    try:
        return Period.parse(text)
    except ValueError:
        return None
