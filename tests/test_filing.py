"""A filing's state and the reason for it follow from what was found, what reviewers decided, and what counts instead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.grids import year
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Identity, Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Decision, FollowUp, Opinion, Status
from workbook_tool.model.season.filing import Because, Behind, Checked, Filing

CASES = """
found            | on its problem | on the file  | behind | state      | reason
                 |                |              |        | counted    |
提示             |                |              |        | counted    |
需说明 提示      |                |              |        | held       | 需说明 1 条
必须改 需说明    |                |              |        | returned   | 必须改 1 条，需说明 1 条
需说明           | 已说明，同意   |              |        | counted    | 审核人已同意 1 条说明
需说明           | 已通知         |              |        | held       | 需说明 1 条
需说明           | 退回           |              |        | returned   | 审核人退回：话；需说明 1 条
                 |                | 退回         |        | returned   | 审核人退回：话
必须改           | 不计入         |              |        | excluded   | 审核人决定不计入：话；必须改 1 条
必须改           | 不计入         | 退回         |        | excluded   | 审核人退回：话；审核人决定不计入：话；必须改 1 条
必须改           | 退回           | 不计入       |        | excluded   | 审核人退回：话；审核人决定不计入：话；必须改 1 条
必须改           |                |              | 轮次   | superseded | 已由“新.xlsx”取代（早）
                 |                |              | 空白表，未作为新的一版 | superseded | 空白表，未作为新的一版；以“新.xlsx”为准
"""


def rows() -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in CASES.strip().splitlines()[1:]]


@pytest.mark.parametrize(("found", "on_problem", "on_file", "behind", "state", "reason"), rows())
def test_state_and_reason(found: str, on_problem: str, on_file: str, behind: str, state: str, reason: str) -> None:
    severities = [next(s for s in Severity if s.label == word) for word in found.split()]
    findings = [Finding("R", severity, "", follow_up=follow_up("")) for severity in severities]
    if on_problem:
        findings[0] = Finding("R", severities[0], "", follow_up=follow_up(on_problem))
    source = SourceFile("旧.xlsx", Path("x"), "0", 1)
    submission = Submission(source, Identity(agency=Agency("1", "甲局"), period=year(2023)), ())
    because = Behind("新.xlsx", Because(behind), "早") if behind else None
    filing = Filing(Checked(submission, tuple(findings), {}), decision(on_file), because)
    assert (filing.state.value, filing.reason) == (state, reason)


def decision(opinion: str) -> Decision | None:
    return Decision("key", "grounds", Opinion(opinion), "话") if opinion else None


def follow_up(opinion: str) -> FollowUp:
    status = Status.WAIVED if opinion == Opinion.ACCEPTED else Status.NEW
    return FollowUp("key", "grounds", status, date(2024, 2, 5), decision=decision(opinion))


def test_an_older_version_says_what_it_was_worth() -> None:
    same = Behind("新.xlsx", Because.TIME, "较早", same_numbers=True, undone=True)
    assert same.words == "已由“新.xlsx”取代（较早）；数字完全相同；上一版曾通过"


def test_a_file_of_nobody_is_no_filing() -> None:
    submission = Submission(SourceFile("a.xlsx", Path("x"), "0", 1), Identity(), ())
    with pytest.raises(ValueError, match="nobody"):
        _ = Filing(Checked(submission, (), {})).agency
