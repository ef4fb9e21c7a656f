"""The labels of a sheet: which cells hold words of the form itself, how far each goes, and where the heads stand."""

from __future__ import annotations

import re
from itertools import pairwise

from workbook_tool.model.intake.submission import Place, Sheet
from workbook_tool.model.regex import regex

ABOUT = regex(
    r"(?!其中|内含|#|附件\s*\d*[:：].)[^（()）]{1,16}(?:[（(][^（()）]{0,6}章[)）])?[:：]|[注说][明：:]?\s*\d?[.、：:]|附[件表]\s*\d*$"
)
"""How a line begins that is about the table and no head or label: who fills it in, when, a note."""
COUNTING = regex(r"\d+(?:\.0)?|[甲乙丙丁戊]")
"""What stands in a row that only numbers the columns."""


class Labelled:
    """A sheet with its labels, all texts but those that are about the table, and how far each merged one reaches."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.shown = {place: content for place, content in sheet.cells.items() if place not in sheet.covered}
        texts = {place: " ".join(text.split()) for place, text in self.shown.items() if isinstance(text, str)}
        self.told = texts
        self.said = [(place[0], texts[place]) for place in sorted(texts)]
        self.texts = {p: text for p, text in texts.items() if is_label(sheet, p, text) and not ABOUT.match(text)}
        self.by_row: dict[int, list[int]] = {}
        for row, column in sorted(self.texts):
            self.by_row.setdefault(row, []).append(column)
        self.over = {
            (row, column): (top, left)
            for (top, left), (bottom, right) in sheet.reaches.items()
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        }

    def label(self, row: int, column: int) -> str:
        """The text of a cell, or of the merged one that covers it."""
        return self.texts.get(self.over.get((row, column), (row, column)), "")

    def end(self, row: int, column: int) -> Place:
        """How far a cell goes."""
        return self.sheet.reaches.get((row, column), (row, column))

    def width(self, row: int) -> int:
        """Over how many columns the labels of a row stretch."""
        return sum(self.end(row, column)[1] - column + 1 for column in self.by_row[row])

    def top(self) -> int | None:
        """The first row of heads: it has several labels, and they go over more than half of the widest such row."""
        wide = [row for row, columns in self.by_row.items() if len(columns) > 1]
        widest = max((self.width(row) for row in wide), default=0)
        return next((row for row in sorted(wide) if 2 * self.width(row) > widest), None)

    def bottom(self, top: int) -> int:
        """The last row of heads: as far down as merged ones reach, and the row below captions that has the heads under
        them."""
        bottom, row = top, top
        while row <= bottom:
            bottom = max([bottom, *(self.end(row, column)[0] for column in self.by_row.get(row, []))])
            if row == bottom and self.under_captions(row):
                bottom += 1
            row += 1
        return bottom

    def under_captions(self, row: int) -> bool:
        """Whether the labels of the next row all stand below labels that stretch over several columns."""
        below, here = self.by_row.get(row + 1, []), self.by_row.get(row, [])
        starts = [*here, 1 + max((self.end(row, column)[1] for column in here), default=0)]
        wide = [(start, following) for start, following in pairwise(starts) if following - start > 1]
        spread = {column for start, following in wide for column in range(start, following)}
        return bool(below and here) and min(below) > min(here) and {*below} <= spread

    def spread(self, top: int, bottom: int) -> range:
        """The columns of the table: from the first head to where two columns have none."""
        first = min(self.by_row[top])
        last = max(self.end(row, column)[1] for row in range(top, bottom + 1) for column in self.by_row.get(row, []))
        headed = [any(self.label(row, c) for row in range(top, bottom + 1)) for c in range(first, last + 1)]
        gap = next((n for n in range(len(headed) - 1) if not headed[n] and not headed[n + 1]), len(headed))
        return range(first, first + gap)

    def counts(self, row: int, spread: range) -> bool:
        """Whether a row only numbers the columns."""
        told = [str(self.shown[row, column]).strip() for column in spread if (row, column) in self.shown]
        numbers = [int(float(text)) for text in told if COUNTING.fullmatch(text) and text[0].isdigit()]
        letters = [text for text in told if COUNTING.fullmatch(text) and not text[0].isdigit()]
        steady = not numbers or numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        counted = steady and (len(numbers) > 1 or len(letters) > 1)
        return counted and all(COUNTING.fullmatch(text) or len(text) <= 2 for text in told)


def is_label(sheet: Sheet, place: Place, text: str) -> bool:
    """Whether a cell holds words of the form itself: no number, and nothing that a formula shows."""
    return bool(text.strip()) and place not in sheet.formulas and not is_figure(text)


def is_figure(text: str) -> bool:
    """Whether a text is only a number, or a mark for none."""
    return re.fullmatch(r"[-+\d.,%/—…\s]*", text) is not None
