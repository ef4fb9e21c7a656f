"""run.json: what a run tells to other programs, and what is read of it again by later runs."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.period import Period, as_period
from workbook_tool.model.intake.turnout import Turnout


class ToolLine(TypedDict):
    """The program that made the run."""

    name: str
    version: str


class Counts(TypedDict):
    """How many files ended in which state, how many findings there are by severity, and what each rule could not
    decide."""

    files: dict[str, int]
    findings: dict[str, int]
    undecided: dict[str, int]


class ChangesLine(TypedDict):
    """What changed since the last run of an earlier date: problems by status and key, agencies by code."""

    since: str
    counts: dict[str, int]
    problems: dict[str, list[str]]
    filed: list[str]
    missing: list[str]
    gone: list[str]
    revised: list[str]
    unaltered: list[str]
    swapped: list[str]
    conflicts: int


class CorrectionEntry(TypedDict):
    """A number that a reviewer corrected: whose, where on the form, what was filed and what was typed instead (null for a
    blank), on whose word, since when, and what became of it."""

    code: str
    item: str
    table: str
    row: str
    column: str
    filed: float | None
    number: float | None
    why: str
    since: str
    life: str
    form: str
    period: str


class DriftLine(TypedDict):
    """How the run differs from the signed result."""

    run: str
    signed_on: str
    signed_by: str
    problem: str
    items: int
    changed: list[str]
    new: list[str]
    gone: list[str]


class AgencyEntry(TypedDict):
    """Where an agency stands, how many findings it has of each severity, and its codes of last year where it had others."""

    code: str
    name: str
    category: str
    state: str
    timeliness: str
    source: str
    file: str
    must: int
    explain: int
    note: int
    form: str
    period: str
    former: NotRequired[list[str]]


class RegionEntry(TypedDict):
    """Who filed with the office itself, or with a region below it, as ``Turnout`` has it."""

    code: str
    name: str
    form: str
    period: str
    level: int
    region: str
    run: str
    due: int
    passed: int
    late: int
    returned: list[str]
    missing: list[str]
    must: int
    explain: int
    note: int
    again: NotRequired[int]


class FileEntry(TypedDict):
    """A file of the inbox and where it ended."""

    path: str
    sha256: str
    size: int
    state: str
    agency_code: str
    year: int | None
    period: str
    reason: str
    form: str


class ReportEntry(TypedDict):
    """A form and period that the run judged: its own workbook and 上报表 (the names of the files; empty for a period whose
    files only came early or late, and where nothing passed), and its own counts."""

    form: str
    title: str
    period: str
    workbook: str
    workbook_sha256: NotRequired[str]
    report: str
    counts: Counts
    changes: ChangesLine | None
    signed: DriftLine | None


class Manifest(TypedDict):
    """run.json, schema 2: the first report's form, period, workbook, changes and signed result, and ``reports`` with those
    of each; all other lists hold all reports together. The digests are those of the files beside it, which are written
    first."""

    schema: int
    form: str
    region: str
    region_code: str
    year: int
    period: str
    as_of: str
    run: str
    tool: ToolLine
    workbook: str
    inputs: dict[str, str | None]
    counts: Counts
    changes: ChangesLine | None
    signed: DriftLine | None
    agencies: list[AgencyEntry]
    regions: list[RegionEntry]
    corrections: list[CorrectionEntry]
    files: list[FileEntry]
    reports: list[ReportEntry]
    seconds: dict[str, float]
    workbook_sha256: NotRequired[str]
    values_sha256: NotRequired[str]


class PublishedAgency(Struct, frozen=True):
    """An agency of a published run, and where it stood."""

    code: str
    name: str
    state: str
    form: str = ""
    period: str = ""
    timeliness: str = ""
    category: str = ""
    former: tuple[str, ...] = ()


class PublishedReport(Struct, frozen=True):
    """A report of a published run: the form, its period, and the name and digest of its workbook."""

    form: str = ""
    period: str = ""
    workbook: str = ""
    workbook_sha256: str = ""


class Published(Struct, frozen=True):
    """What later runs need of a run.json. An older program's may lack the digests, and somebody else's anything."""

    form: str = ""
    region: str = ""
    year: int = 0
    period: str = ""
    as_of: str = ""
    run: str = ""
    workbook: str = ""
    agencies: tuple[PublishedAgency, ...] = ()
    workbook_sha256: str = ""
    values_sha256: str = ""
    reports: tuple[PublishedReport, ...] = ()
    region_code: str = ""
    regions: tuple[Turnout, ...] = ()

    @property
    def each(self) -> tuple[Published, ...]:
        """The same for each report that has a workbook, as if it were the only one; older programs knew only one."""
        return tuple(self.narrowed(report) for report in self.reports if report.workbook) or (self,)

    def narrowed(self, report: PublishedReport) -> Published:
        """What is told of one report."""
        mine = (("", ""), (report.form, report.period))
        agencies = tuple(agency for agency in self.agencies if (agency.form, agency.period) in mine)
        period = as_period(report.period)
        return replace(
            self,
            form=report.form,
            year=period.year if period else self.year,
            period=report.period,
            workbook=report.workbook,
            workbook_sha256=report.workbook_sha256,
            agencies=agencies,
        )

    @property
    def of(self) -> Period:
        """The period that it is about; older programs only told its year. Raises ValueError where it tells none."""
        return Period.parse(self.period or str(self.year))

    def about(self, form: str, period: Period) -> bool:
        """Whether it is a run of this form and period."""
        return (self.form, self.period or str(self.year)) == (form, str(period))


def run_order(run: str) -> tuple[str, int]:
    """Runs by their names: ``2024-02-05-10`` is newer than ``2024-02-05-9``."""
    day, _, number = run.rpartition("-")
    return day, int(number) if number.isdecimal() else 0
