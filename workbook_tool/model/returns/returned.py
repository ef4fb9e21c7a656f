"""What goes back to an agency: which file, in which round, and which of its cells are marked with what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from msgspec import Struct

from workbook_tool.model.form.comparisons import COMPARISONS
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.explanation import RETURN_SHEET
from workbook_tool.model.intake.submission import Agency, Place, Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Opinion, Status
from workbook_tool.model.season.agency import AgencyRecord, AgencyState, FiledAgency
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.model.text import file_name

RETURNS = "returns"
"""The folder of the copies, below the run folder."""
SETTLED = (Status.WAIVED, Status.EXPLAINED, Status.CORRECTED)
"""What asks nothing more of the agency."""


class Mark(Struct, frozen=True):
    """The fill of a cell, by severity, and what its note says; empty where it has none. ``located``: it is surely the one
    that is wrong, and stands out from those that only do not agree with it."""

    severity: Severity
    note: str = ""
    located: bool = False

    @property
    def fill(self) -> str:
        """The name of its fill."""
        return "located" if self.located else self.severity.value


Marks = Mapping[str, Mapping[Place, Mark]]
"""By sheet and place."""


class Point(Struct, frozen=True):
    """A line of 退改说明. ``number`` is that of its story; only the ``first`` line of a story has to be read."""

    number: int
    first: bool
    finding: Finding


class Return(Struct, frozen=True, dict=True):
    """One agency's return copy: its file with all that is to be put right or explained. ``round`` is that of the
    corrected file. ``returned_before`` counts the earlier versions that had a
    copy of their own. ``deadline`` is None where the day has passed or none is set. ``tag`` tells its files from those of
    other reports."""

    record: FiledAgency
    region: str
    form: Form
    period: Period
    as_of: date
    deadline: date | None
    contact: str
    returned_before: int = 0
    tag: str = ""

    @property
    def agency(self) -> Agency:
        """To whom it goes back."""
        return self.record.agency

    @property
    def file(self) -> Filing:
        """The file that counts for the agency: the one to be put right."""
        return self.record.file

    @property
    def checked(self) -> Checked:
        """That file with all that was found in it."""
        return self.file.checked

    @property
    def submission(self) -> Submission:
        """That file as it was read."""
        return self.file.submission

    @property
    def round(self) -> int:
        """The round of the corrected file: above every one that the agency has had, so that no copy of an earlier version
        ever stands beside it."""
        return max(self.submission.identity.round, 1 + self.returned_before) + 1

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """What is told, a story's findings together and the weightiest story first. What the office has waived or
        corrected is not told, nor what speaks of other agencies."""
        groups: dict[object, list[Finding]] = {}
        for n, finding in enumerate(self.checked.told):
            if status_of(finding) not in (Status.WAIVED, Status.CORRECTED) and not is_private(finding, self.form):
                groups.setdefault(("alone", n) if finding.story is None else finding.story, []).append(finding)
        ordered = sorted(groups.values(), key=lambda group: min(f.severity.rank for f in group))
        return tuple(
            Point(number, finding is group[0], finding) for number, group in enumerate(ordered, 1) for finding in group
        )

    def count(self, severity: Severity) -> int:
        """How many points of this severity the agency is told."""
        return sum(point.finding.severity is severity for point in self.points)

    @property
    def changes(self) -> int:
        """How many cells the agency has to change: every blank one; of findings with one cause those that are surely wrong,
        else one."""
        musts = [point for point in self.points if point.finding.severity is Severity.MUST]
        heads = {point.number: point.finding for point in reversed(musts)}.values()
        blanks = [sum(len(one.blank.items) for one in head.members if one.blank) for head in heads]
        return sum(count or len(head.located) or 1 for count, head in zip(blanks, heads, strict=True))

    def explanation(self, finding: Finding) -> str:
        """What the agency has explained already, so that it need not type it again."""
        if finding.follow_up and finding.follow_up.explanation:
            return finding.follow_up.explanation
        about = {item for one in finding.members for item in (one.blank.items if one.blank else (one.item,))}
        told = (e.text for e in self.submission.explanations if e.rule == finding.rule and e.item in about)
        return next(told, "")

    @property
    def ruling(self) -> str:
        """Why the reviewer sent the file back, in his words; empty where the problems speak for themselves."""
        given = [decision for decision in self.file.rulings if decision.opinion is Opinion.RETURN]
        if not given:
            return ""
        remarks = "；".join(dict.fromkeys(decision.remark for decision in given if decision.remark))
        return f"审核后退回：{remarks}" if remarks else "审核后退回，原因请与我们联系"

    @property
    def asks(self) -> str:
        """The first line that a clerk reads: ``退回：请改 11 处，不迟于 1 月 31 日发回``."""
        counts = {"请改": self.changes, "请说明": self.count(Severity.EXPLAIN)}
        asked = [f"{words} {count} 处" for words, count in counts.items() if count] or ["请核对"]
        by = f"不迟于 {self.deadline.month} 月 {self.deadline.day} 日发回" if self.deadline else "请尽快发回"
        word = "退回：" if self.record.state is AgencyState.RETURNED else ""
        return f"{word}{'，'.join((*asked, by))}"

    @property
    def subject(self) -> str:
        """What it is about, for the subject of a mail: whose, which period, which form."""
        return f"{self.agency.name}{self.period.full}{self.form.title}"


def is_private(finding: Finding, form: Form) -> bool:
    """Whether the finding speaks of other agencies: then it is the reviewer's affair alone."""
    kind = form.rule(finding.rule).kind
    return kind in COMPARISONS and COMPARISONS[kind].private


def status_of(finding: Finding) -> Status | None:
    """What became of a finding since the run before; None where it was not followed up."""
    return finding.follow_up.status if finding.follow_up else None


def has_to_answer(record: AgencyRecord, form: Form) -> bool:
    """Whether the agency has something left to do: what it has explained is now the reviewer's affair. Who files with a
    lower level is answered there."""
    if record.from_below or is_disputed(record, form):
        return False
    returned = record.state is AgencyState.RETURNED
    return returned or (
        record.state in (AgencyState.HELD, AgencyState.COMPARED)
        and any(is_open(f) and not is_private(f, form) for f in record.findings)
    )


def is_disputed(record: AgencyRecord, form: Form) -> bool:
    """Whether it is still open whose file this is: then nobody gets it, or the numbers of one agency would reach
    another."""
    rule = form.rule_of_kind("agency").id
    return any(f.rule == rule and is_open(f) for f in record.findings)


def is_open(finding: Finding) -> bool:
    """Whether the agency still has to act on a finding: a note asks nothing, nor does what it has explained; what was
    corrected it is asked to confirm, by a mail of its own."""
    return finding.severity is not Severity.NOTE and status_of(finding) not in SETTLED


def return_name(given: Return, ending: str, *, own_file: bool) -> str:
    """The name of a return copy without regard to twins: ``020_示例县教育局_第2轮退改.xlsx``, and 退改说明 for what is not
    the agency's own file."""
    told, tag = "退改" if own_file else RETURN_SHEET, f"_{given.tag}" if given.tag else ""
    return file_name(f"{given.agency.code}_{given.agency.name}", f"{tag}_第{given.round}轮{told}.{ending}")
