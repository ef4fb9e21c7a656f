"""What goes back for a document: its problems, told of the cells of the form that was filled in from it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from workbook_tool.model.cells import areas
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.locations import places_of
from workbook_tool.model.returns.returned import Return

Places = Mapping[int, tuple[str, int, int]]
"""By item, the sheet, row and column of its number in the form."""


def onto_form(given: Return, places: Places) -> Return:
    """The same, every number and every problem in its place on the form; the words still say where in the document."""
    submission = given.submission
    items = {(r.sheet, r.place): index for index, r in enumerate(submission.readings) if r.place is not None}
    moved = replace(
        submission,
        readings=tuple(
            replace(r, sheet=places[n][0], place=places[n][1:]) if n in places else r
            for n, r in enumerate(submission.readings)
        ),
    )
    findings = tuple(placed(finding, items, places) for finding in given.checked.findings)
    file = replace(given.file, checked=replace(given.checked, submission=moved, findings=findings))
    return replace(given, record=replace(given.record, file=file))


def placed(finding: Finding, items: Mapping[tuple[str, Place], int], places: Places) -> Finding:
    """A finding where its numbers stand on the form; one about anything else has no cell there."""
    there = places_of(finding.sheet, finding.cell) if finding.cell else []
    found = [places[items[finding.sheet, place]] for place in there if (finding.sheet, place) in items]
    if not found:
        return replace(finding, sheet="", cell="", records=())
    own = [(row, column) for sheet, row, column in found if sheet == found[0][0]]
    return replace(finding, sheet=found[0][0], cell=areas(own), records=())
