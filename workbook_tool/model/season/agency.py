"""Where an agency stands: the file that counts for it, and whether it came in time."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import OnFile
from workbook_tool.model.season.filing import Filing


class AgencyState(StrEnum):
    """Where an agency stands: in the state of the file that counts for it, or without one."""

    COUNTED = State.COUNTED.value
    HELD = State.HELD.value
    RETURNED = State.RETURNED.value
    EXCLUDED = State.EXCLUDED.value
    COMPARED = State.COMPARED.value
    MISSING = "missing"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The word that clerks and reviewers know."""
        return WITHOUT_FILE.get(self) or State(self.value).label


WITHOUT_FILE = {AgencyState.MISSING: "未报", AgencyState.UNKNOWN: "无法确定"}
"""Where no file counts: there is none, or there may be one where we could not look."""

NEAR = 7
"""So many days before its deadline an agency is reminded of it."""

ACCEPTED = (AgencyState.COUNTED, AgencyState.HELD)
"""Whose numbers are in the totals that may be passed on."""


class Timeliness(StrEnum):
    """Whether an agency filed in time; ``unknown`` where nothing tells the day, or no deadline is set."""

    ON_TIME = "on_time"
    LATE = "late"
    NOT_DUE = "not_due"
    MISSING = "missing"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The word that clerks and reviewers know."""
        return TIMELINESS_LABELS[self]


TIMELINESS_LABELS = {
    Timeliness.ON_TIME: "按时",
    Timeliness.LATE: "迟报",
    Timeliness.NOT_DUE: "未到期",
    Timeliness.MISSING: "未报",
    Timeliness.UNKNOWN: "无日期",
}

OVERDUE = "已逾期"
"""What is said of whom a deadline has passed without a filing."""


def timeliness_of_missing(deadline: date | None, form: Form, period: Period, day: date) -> Timeliness:
    """How what has not come by a day stands: without a deadline nothing is due while its period goes on. After that it is
    unknown where the form counts working days that nobody has announced yet."""
    if day <= (deadline or period.last):
        return Timeliness.NOT_DUE
    return Timeliness.UNKNOWN if deadline is None and form.due is not None else Timeliness.MISSING


class DatedBy(StrEnum):
    """What told the day on which an agency filed. The value is what people read."""

    MAIL = "邮件日期"
    SIGHT = "台账首见"
    COVER = "封面日期"


class AgencyRecord(Struct, frozen=True):
    """Where an agency stands; ``file`` is the one that counts for it, if any.

    ``on_file`` is what was decided on that file as a whole, or on its not being there. ``filed_on`` is the day of its
    first filing for the year, by what ``source`` says. ``claims`` are sentences about files that name it and count for others. ``days_late`` is how many days after the ``deadline`` that was
    (0: in time), and of a missing filing how many have gone by since; None where unknown. ``unsure`` says that there may
    be a file where we could not look.
    """

    agency: Agency
    timeliness: Timeliness
    file: Filing | None
    on_file: OnFile
    remark: str = ""
    deadline: date | None = None
    filed_on: date | None = None
    source: DatedBy | None = None
    days_late: int | None = None
    claims: tuple[str, ...] = ()
    unsure: bool = False

    @property
    def state(self) -> AgencyState:
        """That of the file that counts; missing where none does, or unknown."""
        if self.file is None:
            return AgencyState.UNKNOWN if self.unsure else AgencyState.MISSING
        return AgencyState(self.file.state.value)

    def is_near(self, day: date) -> bool:
        """Whether its deadline is past or near on this day, or, where it has none, the period is over: time to ask for
        what is missing."""
        if self.deadline is None:
            return self.timeliness is not Timeliness.NOT_DUE
        return (self.deadline - day).days <= NEAR

    @property
    def from_below(self) -> bool:
        """Whether it files with a lower level, which passed its numbers on."""
        return self.file is not None and self.file.submission.from_below

    @property
    def timely_label(self) -> str:
        """Whether it came in time, in the word that clerks and reviewers know."""
        if self.timeliness is Timeliness.MISSING and self.deadline:  # that it is missing says its state
            return OVERDUE
        unknown = self.file is None and self.timeliness is Timeliness.UNKNOWN
        return AgencyState.UNKNOWN.label if unknown else self.timeliness.label

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in the file that counts, also what a reviewer has accepted since."""
        return self.file.checked.findings if self.file else ()

    @property
    def told(self) -> tuple[Finding, ...]:
        """The same as people are told it: several findings may be one line."""
        return self.file.checked.told if self.file else ()

    def count(self, severity: Severity) -> int:
        """How many points of this severity, as people are told them; also those that a reviewer has accepted since."""
        return sum(f.severity is severity for f in self.told)


class FiledAgency(AgencyRecord, frozen=True):
    """An agency that has a file: only of these are there numbers."""

    file: Filing

    @property
    def added(self) -> bool:
        """Whether its numbers may stand in a total: it is no whole whose parts do, and no part of a whole that does."""
        return self.file.covered is None and self.state is not AgencyState.EXCLUDED

    @property
    def layer_state(self) -> AgencyState:
        """In which layer its numbers are: its state, but for what was returned and is covered, which is in none."""
        return self.state if self.file.covered is None else AgencyState.COMPARED
