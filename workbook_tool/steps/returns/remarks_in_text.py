"""What is noted at the cells and sentences of an agency's document."""

from __future__ import annotations

from collections import defaultdict

from workbook_tool.model.intake.submission import Place
from workbook_tool.model.locations import TEXT, in_document, places_of
from workbook_tool.model.regex import regex
from workbook_tool.model.returns.returned import Return

QUOTED = regex(rf"{TEXT}第 (\d+) 段")
"""A sentence that a problem speaks of, though it points to a cell."""


def document_notes(given: Return) -> dict[tuple[str, Place], str]:
    """The words of every problem, at the first cell that it points to and at the sentence that it quotes."""
    notes: dict[tuple[str, Place], list[str]] = defaultdict(list)
    for point in given.points:
        finding = point.finding
        words = f"{finding.severity.label}（{finding.rule}）：{finding.message}{finding.suggestion}"
        spots = [(finding.sheet, place) for place in places_of(finding.sheet, finding.cell)[:1]] if finding.cell else []
        spots += [(TEXT, (int(number) - 1, 0)) for number in QUOTED.findall(finding.message)]
        for spot in dict.fromkeys(spots):
            if in_document(spot[0]):
                notes[spot].append(words)
    return {spot: "\n".join(told) for spot, told in notes.items()}
