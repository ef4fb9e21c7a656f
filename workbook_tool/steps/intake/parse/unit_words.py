"""Units as words: what they count, and what the words before them multiply it by."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache

SCALES = {"百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000), "亿": Decimal(10**8)}
"""What the word before a unit multiplies it by; they may follow each other (百万)."""
ORGANISATION = re.compile(r".[局委办府院厅部校乡镇村县市区站所处室]")
"""What a ``单位：`` of two characters may be besides a unit: whose report it is."""
NUMERAL = re.compile(r"[一二三四五六七八九十零〇\d]+")


@lru_cache(1000)
def scaled(unit: str) -> tuple[Decimal, str]:
    """A unit without its scale words, and what they multiply it by: 万元 is 10,000 元."""
    base = unit.lstrip("".join(SCALES))
    factors = (SCALES[word] for word in unit[: len(unit) - len(base)])
    return math.prod(factors, start=Decimal(1)), base


def is_measure(word: str, units: Collection[str]) -> bool:
    """Whether a word that stands alone, as in the brackets behind a label, is a unit: one of the form's, money, a share,
    a scale word with anything behind it, or a single character."""
    word = word.removeprefix("单位:").removeprefix("单位")
    factor, base = scaled(word)
    known = word in units or base in {scaled(unit)[1] for unit in units} or base in ("元", "%")
    if known or (factor != 1 and not base):
        return True
    return len(base) == 1 and not NUMERAL.fullmatch(base)


def is_stated(word: str, units: Collection[str]) -> bool:
    """Whether a word behind ``单位：`` is a unit, and not the name of an agency."""
    base = scaled(word)[1]
    return is_measure(word, units) or (len(base) == 2 and not ORGANISATION.fullmatch(base))
