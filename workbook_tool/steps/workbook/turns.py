"""要办: whose turn it is with a problem, which is what a reviewer's day is sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Opinion, Status
from workbook_tool.model.returns.returned import is_private, status_of
from workbook_tool.model.season.agency import AgencyRecord, AgencyState
from workbook_tool.model.workbook.result import Owner


class Turn(StrEnum):
    """Whose turn it is, in the order in which a list is worked through. The value is what people read."""

    YOURS = "请您决定"
    CHANGE = "等单位改"
    EXPLAIN = "等单位说明"
    DONE = "已办结"

    @property
    def rank(self) -> int:
        """0 for what waits for the reviewer."""
        return list(Turn).index(self)


def turn_of(owner: Owner, finding: Finding, form: Form) -> Turn:
    """Whose turn it is. What nobody but the office is told of, and what the agency has explained, is the reviewer's."""
    if is_settled(owner, finding):
        return Turn.DONE
    given = finding.follow_up
    if not isinstance(owner, AgencyRecord) or is_private(finding, form) or form.rule(finding.rule).kind == "agency":
        return Turn.YOURS
    if finding.severity is Severity.MUST or (given and given.decision and given.decision.opinion is Opinion.RETURN):
        return Turn.CHANGE
    waits = given is not None and (given.status is Status.EXPLAINED or given.reopened is not None)
    return Turn.YOURS if waits else Turn.EXPLAIN


def is_settled(owner: Owner, finding: Finding) -> bool:
    """Whether nothing is left to be done: a note asks nothing, what was accepted or corrected no more, and what does not
    count need not be right."""
    excluded = isinstance(owner, AgencyRecord) and owner.state is AgencyState.EXCLUDED
    done = status_of(finding) in (Status.WAIVED, Status.CORRECTED) or finding.corrected
    return excluded or done or finding.severity is Severity.NOTE


def in_turn(told: Sequence[tuple[Owner, Finding]], form: Form) -> list[tuple[Owner, Finding]]:
    """What a reviewer reads, by whose turn it is, else in the order given. Findings of one cause stay together."""
    ranks: dict[object, int] = {}
    causes = [
        (owner.agency.code, n) if f.story is None else (owner.agency.code, "story", f.story)
        for n, (owner, f) in enumerate(told)
    ]
    for cause, (owner, finding) in zip(causes, told, strict=True):
        ranks[cause] = min(ranks.get(cause, len(Turn)), turn_of(owner, finding, form).rank)
    order = sorted(range(len(told)), key=lambda n: (ranks[causes[n]], n))
    return [told[n] for n in order]
