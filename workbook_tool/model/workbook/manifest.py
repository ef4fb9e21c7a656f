"""run.json: what a run tells to other programs, and what is read of it again by later runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NotRequired, TypedDict

from workbook_tool.model.form.period import Period


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
    """Where an agency stands, and how many findings it has of each severity."""

    code: str
    name: str
    state: str
    timeliness: str
    source: str
    file: str
    must: int
    explain: int
    note: int


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


class Manifest(TypedDict):
    """run.json, schema 1. The digests are those of the files beside it, which are written first."""

    schema: int
    form: str
    region: str
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
    corrections: list[CorrectionEntry]
    files: list[FileEntry]
    seconds: dict[str, float]
    workbook_sha256: NotRequired[str]
    values_sha256: NotRequired[str]


@dataclass(frozen=True)
class PublishedAgency:
    """An agency of a published run, and where it stood."""

    code: str
    name: str
    state: str


@dataclass(frozen=True)
class Published:
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

    @property
    def of(self) -> Period:
        """The period that it is about; older programs only told its year. Raises ValueError where it tells none."""
        return Period.parse(self.period or str(self.year))

    def about(self, form: str, period: Period) -> bool:
        """Whether it is a run of this form and period."""
        return (self.form, self.period or str(self.year)) == (form, str(period))
