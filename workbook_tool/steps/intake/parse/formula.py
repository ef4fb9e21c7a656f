"""Computes the formulas that a program wrote without their result: ``+``, ``-`` and ``SUM`` over cells with numbers."""

from __future__ import annotations

import re
from decimal import Decimal

from workbook_tool.model.cells import position
from workbook_tool.model.intake.submission import Content, Place

TERM = re.compile(r"([+-]?)(?:SUM\(([^()]*)\)|(\$?[A-Z]{1,3}\$?\d+)|(\d+(?:\.\d+)?))", re.IGNORECASE)
CELL = r"\$?[A-Z]{1,3}\$?\d{1,7}"
ARGUMENT = re.compile(rf"({CELL})(?::({CELL}))?", re.IGNORECASE)
LARGEST_AREA = 10_000
WHEN_FILLED = re.compile(r'IF\(COUNT\(([^()]*)\)<\d+,"",(.*)\)', re.IGNORECASE)
"""How the issued workbook computes a total once its parts are filled in."""


def compute(formula: str, cells: dict[Place, Content]) -> Decimal | None:
    """The result, or None where the formula holds anything else, or needs a cell that holds no plain number."""
    text = re.sub(r"\s+", "", formula).lstrip("=")
    if guarded := WHEN_FILLED.fullmatch(text):  # parts that are missing leave no result either way
        text = guarded[2]
    total, place = Decimal(0), 0
    while place < len(text):
        match = TERM.match(text, place)
        if not match or (place and not match[1]):
            return None
        amount = term(match, cells)
        if amount is None:
            return None
        total += -amount if match[1] == "-" else amount
        place = match.end()
    return total if text else None


def term(match: re.Match[str], cells: dict[Place, Content]) -> Decimal | None:
    """What one summand comes to, without its sign; None where a cell of it holds no plain number."""
    if match[4]:
        return Decimal(match[4])
    places = area_places(match[2] if match[2] is not None else match[3])
    if not places:
        return None
    amounts = [cells.get(place) for place in places]
    if any(isinstance(a, bool) or not isinstance(a, (int, float)) for a in amounts):
        return None
    return sum((Decimal(repr(a)) for a in amounts), Decimal(0))


def area_places(text: str) -> list[Place]:
    """The cells of ``A1:B3,D4``; empty where the text is not such a list."""
    found: list[Place] = []
    for part in text.upper().split(","):
        match = ARGUMENT.fullmatch(part)
        if not match:
            return []
        first, last = position(match[1]), position(match[2] or match[1])
        if (abs(last[0] - first[0]) + 1) * (abs(last[1] - first[1]) + 1) > LARGEST_AREA:
            return []
        rows = range(min(first[0], last[0]), max(first[0], last[0]) + 1)
        columns = range(min(first[1], last[1]), max(first[1], last[1]) + 1)
        found += [(row, column) for row in rows for column in columns]
    return found
