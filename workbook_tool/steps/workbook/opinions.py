"""What the reviewers themselves should look at: decisions that fell away, disagreements, and what was not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Decision, Opinion
from workbook_tool.model.workbook.headers import CODE, RULE
from workbook_tool.model.workbook.result import Owner
from workbook_tool.steps.workbook.plan import Plan
from workbook_tool.steps.workbook.sections import Section, SectionColumn, some


class Subject(Struct, frozen=True):
    """What a decision is about: a finding, or the whole file (None), and where it can be decided anew."""

    owner: Owner
    finding: Finding | None
    link: str

    @property
    def place(self) -> str:
        """Where it is, by the labels of the form."""
        f = self.finding
        return f"{f.table}{f.row and f'「{f.row}」'}{f.column and f'「{f.column}」'}" if f else "整份报表"


class OpinionLine(Struct, frozen=True):
    """A decision, what it is about, and what is to be said of it."""

    subject: Subject
    decision: Decision
    words: str


def opinion_columns(opinion: str, words: str) -> tuple[SectionColumn[OpinionLine], ...]:
    """The columns, under these headers of the opinion and of what is said."""
    return (
        SectionColumn(CODE, 0, lambda line: line.subject.owner.agency.code),
        SectionColumn("单位", 1, lambda line: line.subject.owner.agency.name, leads=True),
        SectionColumn(opinion, 2, lambda line: line.decision.opinion.value),
        SectionColumn(RULE, 3, lambda line: line.subject.finding.rule if line.subject.finding else ""),
        SectionColumn("位置", 4, lambda line: line.subject.place),
        SectionColumn(words, 7, lambda line: line.words),
    )


WARNED = (SectionColumn[str]("说明", 0, lambda words: words),)


def of_decisions(plan: Plan) -> Iterator[Section[Any]]:
    """The sections, each only where there is something in it."""
    decided, subjects = plan.result.weeks.decided, dict(decidable(plan))
    again = [
        OpinionLine(subjects[key], decision, decision.words)
        for key, decision in reopened(plan)
        if decision.opinion is not Opinion.PENDING
    ]
    columns = opinion_columns("原意见", "备注")
    yield from some("数已改变，原处理意见不再有效", columns, again, lambda line: line.subject.link)
    differ = [
        OpinionLine(subjects[c.followed.key], c.followed, f"采用 {c.followed.words}；没有采用 {c.other.words}")
        for c in decided.conflicts
        if c.followed.key in subjects
    ]
    title, columns = "处理意见不一致（如不合适，请在本次的工作簿里改填）", opinion_columns("采用", "说明")
    yield from some(title, columns, differ, lambda line: line.subject.link)
    yield from some("没有采用或没有读到的处理意见", WARNED, decided.warnings, lambda _: "")


def decidable(plan: Plan) -> Iterator[tuple[str, Subject]]:
    """Everything that may be decided on, by key."""
    for record in plan.result.agencies:
        yield record.on_file.key, Subject(record, None, plan.agency_link(record.agency.code))
    for number, (owner, line) in enumerate(plan.findings):
        for finding in line.members:
            if finding.follow_up:
                yield finding.follow_up.key, Subject(owner, line, plan.finding_link(number))


def reopened(plan: Plan) -> Iterator[tuple[str, Decision]]:
    """The decisions that no longer hold, by the key of what they were about: on whole files first."""
    for record in plan.result.agencies:
        if record.on_file.reopened:
            yield record.on_file.key, record.on_file.reopened
    for _, line in plan.findings:
        if line.follow_up and line.follow_up.reopened and (first := line.members[0].follow_up):
            yield first.key, line.follow_up.reopened
