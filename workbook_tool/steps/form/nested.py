"""How deep the rows of an empty workbook stand below each other: by their numbering, by 其中, and by how far they are set
in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from workbook_tool.model.regex import regex
from workbook_tool.model.text import numbering_step
from workbook_tool.steps.form.drafted import DraftLine

OF_WHICH = regex(r"(?:其中|内含|#)\s*[:：]?")


def nest(rows: Sequence[DraftLine], texts: Mapping[int, str]) -> None:
    """Say of each row how deep it stands, and of one with others below it that it is their sum, or at least their sum;
    ``texts`` are the labels as they stand there, by row."""
    if any(len(row.path) > 1 for row in rows):
        return
    steps = [numbering_step(texts[row.at].strip()) for row in rows]
    above: list[tuple[int, int]] = []  # the numbering and the setting in of the rows that a row stands below
    for number, row in enumerate(rows):
        text, step = texts[row.at], steps[number]
        lead = led_in(text)
        if step:
            above = [one for one in above if 0 < one[0] < step]
        elif not OF_WHICH.match(text.strip()):
            above = still_above(above, lead, steps[number + 1 :])
        elif above and lead <= above[-1][1]:  # 其中, not set in below the row before
            above = [one for one in above if one[1] < lead or one[0]]
        row.depth = len(above)
        above.append((step, lead))
    for row, below in pairwise(rows):
        if below.depth > row.depth:
            row.sign = "≥" if OF_WHICH.match(texts[below.at].strip()) else "="


def led_in(text: str) -> int:
    """How far the words of a label are set in: behind 其中 they are further."""
    bare = text.lstrip(" \t\N{IDEOGRAPHIC SPACE}")
    start = text[: len(text) - len(bare)]
    return (
        len(start) + start.count("\N{IDEOGRAPHIC SPACE}") + (2 * found.end() if (found := OF_WHICH.match(bare)) else 0)
    )


def still_above(above: list[tuple[int, int]], lead: int, after: Sequence[int]) -> list[tuple[int, int]]:
    """Below which rows one without numbering stands: those that are less set in; of numbered ones those whose order goes on
    behind it."""
    going_on = [next((step for step in after if step), 0)]
    return [one for one in above if (one[1] < lead if lead or not one[0] else one[0] in going_on)]
