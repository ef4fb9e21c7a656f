"""What the reviewers themselves should look at: decisions that fell away, disagreements, and what was not read."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_tool.model.cells import address
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Decision, Opinion
from workbook_tool.model.workbook.result import Owner
from workbook_tool.steps.workbook.plan import AGENCIES, FINDINGS, LIST_TOP, Plan
from workbook_tool.steps.workbook.sections import Line, Section, some

Subject = tuple[Owner, Finding | None, str]
"""What a decision is about, and where it can be decided anew."""


def of_decisions(plan: Plan) -> Iterator[Section]:
    """The sections, each only where there is something in it."""
    result, subjects = plan.result, dict(decidable(plan))
    open_again = [(a.on_file.key, a.on_file.reopened) for a in result.agencies]
    open_again += [(f.follow_up.key, f.follow_up.reopened) for _, f in result.findings if f.follow_up]
    heads = ("代码", "单位", "原意见", "规则", "位置", "备注")
    weighty = [(key, d) for key, d in open_again if d and d.opinion is not Opinion.PENDING]
    lines = [line(subjects[key], d, said(d)) for key, d in weighty]
    yield from some("数已改变，原处理意见不再有效", heads, lines)
    differ = [
        line(subjects[c.followed.key], c.followed, f"采用 {said(c.followed)}；没有采用 {said(c.other)}")
        for c in result.weeks.decided.conflicts
        if c.followed.key in subjects
    ]
    yield from some(
        "处理意见不一致（如不合适，请在本次的工作簿里改填）", ("代码", "单位", "采用", "规则", "位置", "说明"), differ
    )
    warned = [((words,), "") for words in result.weeks.decided.warnings]
    yield from some("没有采用或没有读到的处理意见", ("说明",), warned)


def decidable(plan: Plan) -> Iterator[tuple[str, Subject]]:
    """Everything that may be decided on, by key."""
    for record in plan.result.agencies:
        yield record.on_file.key, (record, None, f"{AGENCIES}!{address(plan.agency_row[record.agency.code], 0)}")
    for number, (owner, finding) in enumerate(plan.result.findings):
        if finding.follow_up:
            yield finding.follow_up.key, (owner, finding, f"{FINDINGS}!{address(LIST_TOP + 1 + number, 0)}")


def line(subject: Subject, decision: Decision, words: str) -> Line:
    owner, f, link = subject
    place = f"{f.table}{f.row and f'「{f.row}」'}{f.column and f'「{f.column}」'}" if f else "整份报表"
    told = (owner.agency.code, owner.agency.name, decision.opinion.value, f.rule if f else "", place, words)
    return told, link


def said(decision: Decision) -> str:
    """``“退回”（附件缺页；2024-02-05-1，decisions/a.xlsx）``."""
    told = "；".join(filter(None, (decision.remark, "，".join(filter(None, (decision.run, decision.file))))))
    return f"“{decision.opinion}”（{told}）"
