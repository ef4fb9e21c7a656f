"""From findings to marks: which cells of the agency's own file get which fill and which note."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.explanation import MARKER
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.locations import cells_in, places_of, whole_place
from workbook_tool.model.returns.returned import Mark, Marks, Point, Return
from workbook_tool.model.season.told import see

Spot = tuple[str, Place]


def marks_of(given: Return) -> Marks:
    """Every cell concerned, with the weightiest of its severities; the first cell of each finding bears its note."""
    severities: dict[Spot, Severity] = {}
    located = {spot for point in given.points if point.first for spot in cells_of(given, point.finding.located)}
    notes: dict[Spot, list[str]] = defaultdict(list)
    for point in given.points:
        for spots, note in spots_of(given, point):
            for spot in spots:
                severities[spot] = min(
                    severities.get(spot, point.finding.severity), point.finding.severity, key=lambda s: s.rank
                )
            notes[spots[0]].append(note)
    marks: dict[str, dict[Place, Mark]] = defaultdict(dict)
    for (sheet, place), severity in severities.items():
        told = notes.get((sheet, place), [])
        marks[sheet][place] = Mark(severity, MARKER + "\n".join(told) if told else "", (sheet, place) in located)
    return marks


def spots_of(given: Return, point: Point) -> Iterator[tuple[list[Spot], str]]:
    """The cells that a finding points to, and those where its cause most likely lies, each with what is noted there."""
    finding, label = point.finding, point.finding.severity.label
    told = [(spot.sheet, spot.cell) for spot in finding.records] or [(finding.sheet, finding.cell)]
    own = [(sheet, place) for sheet, cells in told if cells for place in places_of(sheet, cells)]
    whole = f"{label}（{finding.rule}）：{finding.message}{finding.suggestion}"
    if point.first and (elsewhere := see(finding, given.submission)):
        yield cells_of(given, finding.located), whole
        yield own, f"{label}（{finding.rule}）：{elsewhere}，改好那里，这里随之相符。"
        return
    if own:
        yield own, whole
    for spot in cells_of(given, finding.likely):
        if spot not in own:
            pointed = whole_place(finding.sheet, cells_in(finding.sheet, [own[0][1]])) if own else ""
            yield [spot], f"{label}：请先核对这一格，可能错在这里（退改说明第 {point.number} 条，{pointed}）。"


def cells_of(given: Return, items: Iterable[int]) -> list[Spot]:
    """Where numbers stand in the agency's own file."""
    readings = (given.submission.readings[index] for index in items)
    return [(reading.sheet, reading.place) for reading in readings if reading.place is not None]
