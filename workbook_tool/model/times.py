"""Words that say of which time numbers are: of the year, of the one before, or only of a part of it."""

from __future__ import annotations

import re
from functools import lru_cache

from workbook_tool.model.regex import regex

SPOKEN = regex(r"[本今当全上去下次明]一?年度?|[上下]半年|[前往历]年|同期|[本上下]一?(?:季|月|周|期)")
ALIKE = str.maketrans("今当全去次明", "本本本上下下", "一度")
"""The same time in other words: 今年 is 本年, 去年 and 上一年度 are 上年."""
SHORTER = regex(
    r"[上下]半年|(?:[前第][一二三四\d]个?|[一二三四])季度|前[\d一二三四五六七八九十]+个月|(?<![A-Za-z])Q[1-4](?!\d)"
)
SPAN = regex(
    r"(?:(?<!\d)(?P<first>\d{1,2})月?份?(?:(?P<day>\d{1,2})[日号])?[-—–~至到]+|截[至止]到?)(?:(?:19|20)\d{2}年)?"
    r"(?P<last>\d{1,2})月(?:份|[底末]|(?P<end>\d{1,2})[日号])?"
)
"""``1-11月``, ``1月1日至12月20日``, ``截至11月30日``."""
BEFORE = regex(r"(?<![与和及比较含附])(?:上一?年|去年)(?!度?结转|度?同期?[比相]|[底末])")
AROUND = regex(r"(?:19|20)\d{2}年度?|的?(?:实际)?(?:数[据量字]?|值)$|同期|[度、,，]")


@lru_cache(1 << 13)  # the same labels stand in every file
def times_in(text: str) -> frozenset[str]:
    """The times that a label speaks of, each in one word however it is written."""
    return frozenset(word.translate(ALIKE) for word in SPOKEN.findall(text))


def same_time(text: str, label: str, usual: str = "本年") -> bool:
    """Whether a text may mean a label as far as time goes: it speaks of the same one, or of none, or says what is usual
    where the label says nothing."""
    said, meant = times_in(text), times_in(label)
    return not said or said == meant or (not meant and said == {usual})


def part_of_year(text: str) -> str:
    """The words that say that only a part of a year is meant, or the year before; empty where there are none. ``text`` is
    in NFKC without spaces."""
    spans = (span[0] for span in SPAN.finditer(text) if not whole(span))
    shorter = (found[0] for pattern in (SHORTER, BEFORE) if (found := pattern.search(text)))
    return next(iter((*spans, *shorter)), "")


def whole(span: re.Match[str]) -> bool:
    """Whether this is from the first to the last day of a year, or up to its last day."""
    first, day, last, end = (int(number or 0) for number in span.group("first", "day", "last", "end"))
    return first in (0, 1) and day in (0, 1) and last == 12 and end in (0, 31)


def other_time(gloss: str) -> bool:
    """Whether what stands in brackets behind a label says nothing but another time: ``上年``, ``去年同期数``,
    ``2024年上半年``."""
    said = part_of_year(gloss)
    return bool(said) and not AROUND.sub("", gloss.replace(said, "", 1))
