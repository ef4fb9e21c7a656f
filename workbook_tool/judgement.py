"""Judgement: what was read is checked, held beside last year, and what is broken in it is located."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.filing import Checked, Filing, Received
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.reception import Read
from workbook_tool.steps.judging.check import check
from workbook_tool.steps.judging.compare import compare_years
from workbook_tool.steps.judging.locate import locate
from workbook_tool.steps.judging.settle import settle


def judge(read: Sequence[Read], rulebook: Rulebook, last: LastYear) -> Received:
    """All submissions checked at once, beside last year too, what is broken located, each in its place among the
    files; where reviewers corrected a number, with what that settles. What a lower level judged is not judged again."""
    submissions = [s for s in read if isinstance(s, Submission) and not s.relay]
    as_filed = [s.before for s in submissions if s.before]
    checked = iter(settle(judged_alone(submissions, rulebook, last), judged_alone(as_filed, rulebook, last)))
    return Received(
        tuple(
            Filing(Checked(r, r.findings, {}) if r.relay else next(checked)) if isinstance(r, Submission) else r
            for r in read
        )
    )


def judged_alone(submissions: Sequence[Submission], rulebook: Rulebook, last: LastYear) -> list[Checked]:
    """Submissions checked, beside last year too, and what is broken located."""
    if not submissions:
        return []
    return locate(compare_years(check(submissions, rulebook, last), rulebook, last), rulebook, last)
