"""Settle: what reviewers' corrections put right stays in the list of problems, since the agency's file still has it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.season.filing import Checked


def settle(checked: Sequence[Checked], as_filed: Sequence[Checked]) -> list[Checked]:
    """The filings, those with corrections followed by the problems that only the filed numbers have, marked as
    corrected. ``as_filed`` are these filings judged by what was filed, in their order."""
    before = iter(as_filed)
    return [with_settled(one, next(before)) if one.submission.before else one for one in checked]


def with_settled(checked: Checked, before: Checked) -> Checked:
    """A filing with the problems that its corrections settle behind its own, their stories numbered on."""
    still = {finding.spot for finding in checked.findings}
    told = max((finding.story or 0 for finding in checked.findings), default=0)
    settled = (
        replace(f, corrected=True, story=None if f.story is None else told + f.story)
        for f in before.findings
        if f.spot not in still
    )
    own = (replace(f, rest_of=block_of(f, before.findings)) for f in checked.findings)
    return replace(checked, findings=(*own, *settled))


def block_of(rest: Finding, before: Sequence[Finding]) -> Finding | None:
    """The block of blanks as it was filed of which some are still blank; None of whatever is no such rest."""
    left = frozenset(rest.blank.items if rest.blank else ())
    return next((f for f in before if left and f.blank and f.rule == rest.rule and left < {*f.blank.items}), None)
