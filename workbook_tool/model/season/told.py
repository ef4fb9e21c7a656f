"""Findings as people are told them: blanks of one table in one line, since one answer holds for all of them.

What is judged, kept and exported stays one finding for each block of blanks.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from msgspec.structs import replace

from workbook_tool.model.cells import address, areas, within
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.judging.finding import Blank, Finding
from workbook_tool.model.judging.follow_up import FollowUp
from workbook_tool.model.judging.rulebook import ON_TRIAL
from workbook_tool.model.text import shortened

LINES = "\n"
"""What stands between the keys of a line that tells of several findings."""
LONG = 15
"""Cells that take more characters than this are not listed a second time."""


def as_told(findings: Iterable[Finding], submission: Submission) -> tuple[Finding, ...]:
    """The findings in their order, the blanks of a table as one line where the first of them stands. Those that reviewers
    answered differently stay apart."""
    groups: dict[Hashable, list[Finding]] = {}
    for number, finding in enumerate(findings):
        alike = number if finding.blank is None else alike_blanks(finding, finding.blank, submission)
        groups.setdefault(alike, []).append(finding)
    return tuple(own[0] if len(own) == 1 else one_line(own, submission) for own in groups.values())


def alike_blanks(finding: Finding, blank: Blank, submission: Submission) -> Hashable:
    """What blanks have in common that are told in one line: where they are, what they weigh, and what was answered."""
    given = finding.follow_up
    decision = given.decision if given else None
    corrected = {(one.number, one.why) for i in blank.items if (one := submission.corrected.get(i))}
    return (
        finding.rule,
        finding.table,
        finding.sheet,
        finding.severity,
        finding.corrected,
        blank.words,
        given and given.explanation,
        decision and (decision.opinion, decision.remark),
        frozenset(corrected),
    )


def one_line(own: Sequence[Finding], submission: Submission) -> Finding:
    """One finding that tells of several."""
    first, blanks = own[0], [finding.blank for finding in own if finding.blank]
    count = sum(len(blank.items) for blank in blanks)
    shown = list(dict.fromkeys(text for blank in blanks for text in blank.shown))
    cells = areas(place for finding in own if finding.cell for place in within(finding.cell))
    listed = cells.replace(",", "、")
    due = [f"{cell_of(item, submission)} 应为 {number:f}" for blank in blanks for item, number in blank.due]
    trial = ON_TRIAL if first.message.startswith(ON_TRIAL) else ""
    hint = f"按已填各格推算，{'、'.join(due)}。" if due else ""
    said = f"{trial}{first.table}共 {count} 格{filled(shown)}（工作表「{first.sheet}」{listed}）"
    which, advice = listed, blanks[0].advice
    if len(listed) > LONG:
        which, advice = f"这 {count} 格", advice.replace(" {", "{")
    return replace(
        first,
        message=f"{said}{blanks[0].words}{hint}",
        brief=f"{said}。{hint}",
        suggestion=advice.format(cell=which, parts=which),
        row="",
        column="",
        cell=cells,
        item=None,
        expected=None,
        difference=None,
        follow_up=followed(own),
        parts=tuple(own),
    )


def filled(shown: Sequence[str]) -> str:
    """``空白``, or the marks that stand there in the place of a number."""
    return f"填“{'”“'.join(map(shortened, shown))}”" if shown else "空白"


def cell_of(item: int, submission: Submission) -> str:
    """Where a number stands in the agency's own file."""
    place = submission.readings[item].place
    return address(*place) if place else ""


def followed(own: Sequence[Finding]) -> FollowUp | None:
    """What became of several problems that are told as one: they are as old as the oldest, and known by all their keys."""
    known = [finding.follow_up for finding in own if finding.follow_up]
    if not known:
        return None
    oldest = min(known, key=lambda one: one.since)
    reopened = next((one.reopened for one in known if one.reopened), None)
    keys, grounds = (LINES.join(texts) for texts in ([k.key for k in known], [k.grounds for k in known]))
    return replace(oldest, key=keys, grounds=grounds, reopened=reopened)


def see(finding: Finding, submission: Submission) -> str:
    """``见 D11``: where the number is that is surely wrong, for a finding that only follows from it; else empty."""
    if not finding.located or finding.item in finding.located:
        return ""
    readings = [submission.readings[item] for item in finding.located]
    cells = areas(reading.place for reading in readings if reading.place and reading.sheet == readings[0].sheet)
    return f"见 {cells}" if readings[0].sheet == finding.sheet else f"见 {readings[0].sheet}!{cells}"
