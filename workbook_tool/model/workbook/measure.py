"""How much room printed text takes, in Excel's units: columns in characters of the default font, rows in points.

An estimate, on the generous side: nothing of a form may be cut off.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from math import ceil

from workbook_tool.model.regex import regex

SIZE = 10.5
"""The text size in points in which widths are counted."""


@lru_cache(maxsize=1 << 14)  # the same headings stand on the page of every agency
def text_width(text: str, size: float = SIZE) -> float:
    """The width of one line of text: two units for a Chinese character, one for a Latin one."""
    units = sum(2.05 if unicodedata.east_asian_width(letter) in "WFA" else 1.1 for letter in text)
    return units * size / SIZE


def points_wide(width: float) -> float:
    """How broad a column is on paper, in points at full size: characters are 7 pixels wide, with 5 around them."""
    return (7 * width + 5) * 0.75


def width_of(points: float) -> float:
    """The width of a column that is so broad on paper."""
    return round((points / 0.75 - 5) / 7, 1)


UNBROKEN = regex(r"([（「]?[!-~、]{10,})")
"""What some programs break only where a line begins with it: ``（J10、H13、H20``."""


@lru_cache(maxsize=1 << 14)
def line_count(text: str, width: float, size: float = SIZE) -> int:
    """How many lines the text takes in a column of this width."""
    room = max(width - 2.4, 1.0)
    return sum(broken(line, room, size) for line in text.split("\n"))


def broken(line: str, room: float, size: float) -> int:
    """Over how many lines of so much room a line of text is broken."""
    lines, used = 1, 0.0
    for number, piece in enumerate(UNBROKEN.split(line)):
        breadth = text_width(piece, size)
        if number % 2 and used > 0 and used + breadth > room:
            lines, used = lines + 1, 0.0
        more = max(0, ceil((used + breadth) / room) - 1)
        lines, used = lines + more, used + breadth - more * room
    return lines


def text_height(text: str, width: float, size: float = SIZE) -> float:
    """The height that a row needs to show the text whole."""
    return line_count(text, width, size) * size * 1.36 + 6
