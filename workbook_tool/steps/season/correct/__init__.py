"""Correct: the numbers that reviewers corrected (代改), put in the place of the filed ones before anything is judged.

A correction is followed while the file holds what it held when it was made, there and around. It ends when the agency
files that number; another number of the agency's, or other numbers around it, count as filed, and are told.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.inbox import FileRecord
from workbook_tool.model.intake.submission import Reading, ReadingState, Submission, plain_decimal
from workbook_tool.model.judging.correction import Corrected, Correction, Life
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import places_of
from workbook_tool.model.season.agency import AgencyRecord
from workbook_tool.steps.season.correct.say import findings_of
from workbook_tool.steps.season.correct.understand import understand

__all__ = ["correct", "lives", "understand"]

OF_ONE_CELL = frozenset({"type", "text", "approx", "formula", "stale", "shown", "struck"})
"""Kinds of rules that speak of how a number stands in its cell: where another counts, there is nothing to be said of it."""
BLANK = "空白"


def correct(
    read: Sequence[Submission | FileRecord], corrected: Corrected, rulebook: Rulebook
) -> list[Submission | FileRecord]:
    """What was read, every file with the corrections that speak of its agency."""
    by_code: dict[str, list[Correction]] = {}
    for one in corrected.corrections:
        if one.life is not Life.WITHDRAWN:
            by_code.setdefault(one.code, []).append(one)
    return [put(r, by_code.get(code_of(r), ()), rulebook) if isinstance(r, Submission) else r for r in read]


def code_of(submission: Submission) -> str:
    """What a submission's agency goes by."""
    return submission.agency.code or submission.agency.name


def put(submission: Submission, asked: Sequence[Correction], rulebook: Rulebook) -> Submission:
    """A submission with its corrections, those that are followed in the place of what was filed, and what is to be said
    of each."""
    if not asked:
        return submission
    form = rulebook.form
    lived = tuple(stands(one, asked, submission, form) for one in asked)
    followed = {one.item: one for one in lived if one.life is Life.PENDING}
    told = findings_of(lived, submission, rulebook)
    if not followed:
        return replace(submission, corrections=lived, findings=(*submission.findings, *told))
    readings = tuple(
        counted(reading, followed[item.index], item) if item.index in followed else reading
        for item, reading in zip(form.items, submission.readings, strict=True)
    )
    left = [f for f in submission.findings if not replaced(f, followed, submission, form)]
    return replace(submission, readings=readings, corrections=lived, findings=(*left, *told), before=submission)


def stands(one: Correction, asked: Sequence[Correction], submission: Submission, form: Form) -> Correction:
    """What becomes of a correction on the numbers of this file."""
    reading = submission.readings[one.item]
    changed = tuple(
        index
        for index in around(form.items[one.item], form)
        if (number := submission.readings[index].number) != one.filed[index]
        and not any(other.item == index and other.number == number for other in asked)
    )
    one = replace(one, now=reading.number, changed=changed)
    if one.life is Life.CONFIRMED or reading.number == one.number:
        return replace(one, life=Life.CONFIRMED)
    if reading.number != one.then:
        return replace(one, life=Life.OTHER)
    return replace(one, life=Life.LAPSED if changed or reading.place is None else Life.PENDING)


def around(item: Item, form: Form) -> list[int]:
    """The numbers around one: those that share a relation with it, or its row where it is in none."""
    related = {index for c in form.constraints if item.index in c.coefficients for index, _ in c.terms}
    row = {other.index for other in form.by_table[item.table.id] if other.row is item.row}
    return sorted((related or row) - {item.index})


def counted(reading: Reading, one: Correction, item: Item) -> Reading:
    """The reading of a number that is corrected; it says what is stored there."""
    stored = reading.stored or reading.shown or BLANK
    if one.number is None:
        return replace(reading, state=ReadingState.BLANK, number=None, shown="", signed_nil=False, stored=stored)
    shown = f"{plain_decimal(one.number, item.decimals):f}"
    return replace(reading, state=ReadingState.NUMBER, number=one.number, shown=shown, signed_nil=False, stored=stored)


def replaced(finding: Finding, followed: dict[int, Correction], submission: Submission, form: Form) -> bool:
    """Whether a finding speaks of nothing but cells whose numbers are corrected."""
    if form.rule(finding.rule).kind not in OF_ONE_CELL or not finding.cell:
        return False
    cells = {(submission.readings[i].sheet, submission.readings[i].place) for i in followed}
    return all((finding.sheet, place) in cells for place in places_of(finding.sheet, finding.cell))


def lives(corrected: Corrected, agencies: Sequence[AgencyRecord]) -> tuple[Correction, ...]:
    """All corrections as they stand on the files that count for their agencies; as they were where there is none."""
    filed = (record.file.submission for record in agencies if record.file)
    now = {(one.code, one.item): one for submission in filed for one in submission.corrections}
    return tuple(now.get((one.code, one.item), one) for one in corrected.corrections)
