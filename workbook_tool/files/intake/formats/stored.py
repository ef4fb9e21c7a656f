"""Numbers, days and times as XML stores them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from math import isfinite

from workbook_tool.model.intake.look import Look
from workbook_tool.model.regex import regex

NUMBER = regex(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:E[-+]?\d+)?", re.ASCII | re.IGNORECASE)
"""A number as programs store it. ``float`` takes more, such as blanks around it and digits of other scripts."""


def stored_number(text: str) -> float:
    """The number. Raises ValueError where the text is no finite number, or none that every program reads."""
    if not NUMBER.fullmatch(text) or not isfinite(number := float(text)):
        raise ValueError("not a number")
    return number


def moment(text: str) -> date:
    """A day, or a day with its time. Python's own reading of ISO 8601 knows at most six digits of a second. Raises
    ValueError where the text is no day."""
    if "T" not in text:
        return date.fromisoformat(text)
    found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    return found.date() if found.time() == time() else found


WORDS = regex(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].|General|Standard|G/通用格式', re.IGNORECASE)
"""What letters of a number format stand for no part of a day."""
FIRST, LAST = 61, 2_958_465
"""The numbers of 1 March 1900, before which programs disagree, and of the last day that they know."""


def day_or_number(number: float, code: str) -> date | float:
    """The day that a number stands for under a format that shows one; else the number."""
    if not re.search("[yd]", WORDS.sub("", code), re.IGNORECASE) or not FIRST <= number <= LAST:
        return number
    found = datetime(1899, 12, 30) + timedelta(days=round(number * 86_400) / 86_400)
    return found.date() if found.time() == time() else found


MOST_DIGITS = 15
"""So many a spreadsheet keeps of a number."""
TYPED = regex(r"-?(0|[1-9]\d*|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?")


def typed(text: str) -> str | float:
    """What a spreadsheet makes of a text that is typed into a cell: a number, or the text. What has more digits than it
    keeps stays a text: the number of a citizen is none that anybody counts with."""
    plain = text.replace(",", "") if TYPED.fullmatch(text) else ""
    kept = plain and len(plain.lstrip("-0.").replace(".", "")) <= MOST_DIGITS
    return float(plain) if kept else text


def typed_look(text: str, content: object) -> Look | None:
    """How a typed number shows the text that it was, where it would look otherwise: 0.50 is more than 0.5 where it names a
    paragraph."""
    decimals = len(text.partition(".")[2])
    padded = isinstance(content, float) and text.endswith("0") and decimals and typed(text) == content
    return Look(f"{'#,##' * (',' in text)}0.{'0' * decimals}") if padded else None
