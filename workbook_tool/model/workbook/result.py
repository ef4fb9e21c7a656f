"""What a run comes to: a state for every file and agency, and the totals of the region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity, Verdict
from workbook_tool.model.intake.submission import Agency, SourceFile, Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Decision
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.model.season.changes import Changes, Drift
from workbook_tool.model.season.history import NOTHING_DECIDED, Decided
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.model.season.score import Scorecard
from workbook_tool.model.season.versions import Chain


class State(StrEnum):
    """The one state in which every file of the inbox ends."""

    COUNTED = "counted"
    HELD = "held"
    RETURNED = "returned"
    EXCLUDED = "excluded"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    FOREIGN = "foreign"
    ATTACHMENT = "attachment"
    CONTAINER = "container"
    ARRIVING = "arriving"
    UNREADABLE = "unreadable"
    IGNORED = "ignored"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    State.COUNTED: "已汇总",
    State.HELD: "待核",
    State.RETURNED: "退回",
    State.EXCLUDED: "不计入",
    State.SUPERSEDED: "旧版",
    State.DUPLICATE: "重复",
    State.FOREIGN: "非本表",
    State.ATTACHMENT: "附件",
    State.CONTAINER: "压缩包/邮件",
    State.ARRIVING: "到达中",
    State.UNREADABLE: "无法读取",
    State.IGNORED: "忽略",
}
MISSING = "missing"
MISSING_LABEL = "未报"
TIMELINESS_LABELS = {
    "on_time": "按时",
    "late": "迟报",
    "not_due": "未到期",
    "missing": "未报",
    "unknown": "无日期",
}


@dataclass(frozen=True)
class Run:
    """The labels of a run: its name (``2024-02-05-1``) and the date that deadlines are measured against."""

    name: str
    as_of: date


@dataclass(frozen=True)
class Checked:
    """A filing with everything that was found in it, and the verdict of every rule: ``verdicts[rule]`` counts
    passes, fails and undecided over the lines of the rule."""

    submission: Submission
    findings: tuple[Finding, ...]
    verdicts: dict[str, dict[Verdict, int]]

    @property
    def state(self) -> State:
        """``returned`` with a must-finding, ``held`` with a point to explain that no reviewer accepted, else
        ``counted``."""
        worst = min((f.severity.rank for f in self.findings if not f.waived), default=Severity.NOTE.rank)
        return {Severity.MUST.rank: State.RETURNED, Severity.EXPLAIN.rank: State.HELD}.get(worst, State.COUNTED)

    @property
    def reason(self) -> str:
        """Why the filing is in its state; empty where there is nothing to be said."""
        weighty = (Severity.MUST, Severity.EXPLAIN)
        told = [f"{s.label} {self.count(s)} 条" for s in weighty if self.count(s)]
        waived = sum(f.waived for f in self.findings)
        return "，".join([*told, f"审核人已同意 {waived} 条说明"] if waived else told)

    def count(self, severity: Severity) -> int:
        """How many findings of this severity still stand; what a reviewer accepted does not."""
        return sum(f.severity is severity and not f.waived for f in self.findings)


@dataclass(frozen=True)
class FileRecord:
    """The line of a file in the manifest. ``checked`` is there for files that were read as the form, ``replaced_by`` for
    an older version: the path of the file that took its place. ``unsure``: set aside, as it may be another agency's."""

    source: SourceFile
    state: State
    reason: str = ""
    agency: Agency | None = None
    year: int | None = None
    checked: Checked | None = None
    replaced_by: str = ""
    unsure: bool = False


@dataclass(frozen=True)
class Opened:
    """An archive or mail: its own line, and what it holds, each as a file to be read or as the line of one that is
    not, in their order."""

    record: FileRecord
    members: tuple[SourceFile | FileRecord, ...]


@dataclass(frozen=True)
class AgencyRecord:
    """Where an agency stands: the file that counts for it, or none (``missing``).

    ``filed_on`` is the day of its first filing for the year, by what ``source`` says. ``days_late`` is how many days after
    the ``deadline`` that was (0: in time), and of a missing filing how many have gone by since; None where unknown.
    ``key`` and ``grounds`` are those of a reviewer's ``decision`` on the whole file; ``reopened`` is one that no longer
    holds.
    """

    agency: Agency
    state: str
    timeliness: str
    source: str
    file: FileRecord | None = None
    remark: str = ""
    deadline: date | None = None
    filed_on: date | None = None
    days_late: int | None = None
    key: str = ""
    grounds: str = ""
    decision: Decision | None = None
    reopened: Decision | None = None

    @property
    def state_label(self) -> str:
        return MISSING_LABEL if self.state == MISSING else State(self.state).label

    @property
    def timeliness_label(self) -> str:
        return TIMELINESS_LABELS[self.timeliness]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.file.checked.findings if self.file and self.file.checked else ()

    def count(self, severity: Severity) -> int:
        return sum(f.severity is severity for f in self.findings)


@dataclass(frozen=True)
class Layer:
    """Totals over some filings: per item the exact sum and how many of these agencies lack the number."""

    agencies: int
    sums: tuple[int, ...]
    missing: tuple[int, ...]


@dataclass(frozen=True)
class RuleCount:
    """How often a rule passed, failed and could not be decided, over all filings that count or were returned."""

    rule_id: str
    passed: int
    failed: int
    undecided: int


@dataclass(frozen=True)
class Consolidation:
    """The region's result. ``passed`` is counted plus held, ``held`` its part still to be explained, ``all_filed``
    adds the returned filings. ``filed`` lists the agencies with a filing, in roster order, but for those that a reviewer
    excluded. ``region_findings`` are about the totals of the region, of no single agency. ``contact`` is whom agencies
    call or write to. ``region_code`` is what the level above calls the region. ``scorecard`` is there where the office
    assesses its agencies. ``returns`` are the names of the return copies in ``returns/``, by the agency's code; they are
    known once these are written. ``chains`` tell of the agencies with more than one version, those first that changed
    what had been passed. ``changes`` is None where there is no earlier run, ``drift`` where no result of the year was
    signed."""

    form: Form
    region: str
    year: int
    as_of: date
    run: str
    policy: Policy
    roster_given: bool
    files: tuple[FileRecord, ...]
    agencies: tuple[AgencyRecord, ...]
    passed: Layer
    held: Layer
    all_filed: Layer
    rules: tuple[RuleCount, ...]
    last_year: LastYear = NO_LAST_YEAR
    region_findings: tuple[Finding, ...] = ()
    chains: tuple[Chain, ...] = ()
    decided: Decided = NOTHING_DECIDED
    changes: Changes | None = None
    drift: Drift | None = None
    contact: str = ""
    region_code: str = ""
    scorecard: Scorecard | None = None
    returns: Mapping[str, str] = field(default_factory=dict)

    @property
    def rulebook(self) -> Rulebook:
        """What the filings were judged by."""
        return Rulebook(self.form, self.policy)

    @property
    def of_other_years(self) -> tuple[FileRecord, ...]:
        """Files of the form that report another year, such as last year's that were left in the inbox."""
        return tuple(f for f in self.files if f.state is State.FOREIGN and f.year not in (None, self.year))

    @cached_property
    def filed(self) -> tuple[AgencyRecord, ...]:
        return tuple(a for a in self.agencies if a.file is not None and a.state != State.EXCLUDED)

    @cached_property
    def findings(self) -> tuple[tuple[AgencyRecord, Finding], ...]:
        """Every finding with its agency, in roster order, the weightiest of an agency first, those of one story
        together; the region's own last, under its name and without a code."""
        found = [(a, f) for a in self.agencies for f in by_weight(a.findings)]
        region = AgencyRecord(Agency("", self.region), "", "", "")
        return (*found, *((region, f) for f in self.region_findings))

    def agencies_in(self, *states: str) -> tuple[AgencyRecord, ...]:
        return tuple(a for a in self.agencies if a.state in states)


def by_weight(findings: tuple[Finding, ...]) -> list[Finding]:
    """The weightiest first. The findings of a story stay together, where the weightiest of them stands, in their own
    order: the first is the one to read."""
    heads: dict[int | None, tuple[int, int]] = {}
    for number, finding in enumerate(findings):
        if finding.story is not None:
            heads[finding.story] = min(heads.get(finding.story, (9, number)), (finding.severity.rank, number))
    alone = [(f.severity.rank, number) for number, f in enumerate(findings)]
    places = [alone[number] if f.story is None else heads[f.story] for number, f in enumerate(findings)]
    return [findings[number] for number in sorted(range(len(findings)), key=lambda n: (places[n], n))]
