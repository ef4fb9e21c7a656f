"""Cell addresses as Excel writes them; rows and columns count from 0 inside the program."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from workbook_tool.model.regex import regex

REFERENCE = regex(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
IN_FORMULA = regex(
    r"""("[^"]*"|'[^']*')"""  # texts and names of sheets stay
    r"""|(?<![\w.$])(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(?![\w.(!])"""
    r"""|(?<![\w.$:])(\$?)([A-Z]{1,3}):(\$?)([A-Z]{1,3})(?![\w.(!$])"""
    r"""|(?<![\w.$:])(\$?)(\d{1,7}):(\$?)(\d{1,7})(?![\w.(!])""",
    re.IGNORECASE,
)
"""A cell, whole columns or whole rows in a formula, or what may look like one and is none."""


@cache
def column_name(column: int) -> str:
    """``0 -> A``, ``25 -> Z``, ``26 -> AA``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """``(0, 0) -> A1``."""
    return f"{column_name(column)}{row + 1}"


def absolute(row: int, column: int) -> str:
    """``(0, 0) -> $A$1``."""
    return f"${column_name(column)}${row + 1}"


def position(reference: str) -> tuple[int, int]:
    """``B3 -> (2, 1)``. Raises ValueError where the text is no cell address."""
    match = REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(f"not a cell address: {reference!r}")
    return int(match[2]) - 1, column_number(match[1])


def column_number(name: str) -> int:
    """``A -> 0``, ``aa -> 26``."""
    column = 0
    for letter in name.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def moved(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads in a cell so many rows below and columns to the right: ``SUM(A1:$A$3)`` one row further down is
    ``SUM(A2:$A$3)``. Empty where that would lead off the sheet."""

    def row(fixed: str, number: str) -> str:
        at = int(number) + (0 if fixed else rows)
        if at < 1:
            raise IndexError("above the first row")
        return f"{fixed}{at}"

    def column(fixed: str, name: str) -> str:
        at = column_number(name) + (0 if fixed else columns)
        if at < 0:
            raise IndexError("left of the first column")
        return fixed + column_name(at)

    def one(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        if match[3]:
            return column(match[2], match[3]) + row(match[4], match[5])
        if match[7]:
            return f"{column(match[6], match[7])}:{column(match[8], match[9])}"
        return f"{row(match[10], match[11])}:{row(match[12], match[13])}"

    try:
        return IN_FORMULA.sub(one, formula)
    except IndexError:
        return ""


def area(first: tuple[int, int], last: tuple[int, int]) -> str:
    """``((0, 0), (1, 1)) -> A1:B2``; a single cell is written as one address."""
    start, end = address(*first), address(*last)
    return start if start == end else f"{start}:{end}"


def areas(places: Iterable[tuple[int, int]]) -> str:
    """The fewest plain rectangles that cover exactly these cells, as ``B5:P5,D7``, top to bottom."""
    left = sorted(set(places))
    remaining = set(left)
    found = []
    for row, column in left:
        if (row, column) not in remaining:
            continue
        right = column
        while (row, right + 1) in remaining:
            right += 1
        bottom = row
        while all((bottom + 1, c) in remaining for c in range(column, right + 1)):
            bottom += 1
        remaining -= {(r, c) for r in range(row, bottom + 1) for c in range(column, right + 1)}
        found.append(area((row, column), (bottom, right)))
    return ",".join(found)


LARGEST = 100_000
"""No form has more cells in one area."""


def within(references: str) -> list[tuple[int, int]]:
    """Every place of areas such as ``B5:C7,D9``, in their order. Raises ValueError where the text is no such list."""
    places: dict[tuple[int, int], None] = {}
    for part in references.split(","):
        first, _, last = part.strip().partition(":")
        (top, left), (bottom, right) = position(first), position(last or first)
        if (bottom - top + 1) * (right - left + 1) > LARGEST:
            raise ValueError(f"too large: {part}")
        places |= dict.fromkeys((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
    return list(places)
