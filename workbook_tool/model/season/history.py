"""What earlier runs knew, as the ledger tells it, and what a reviewer decided: the nouns of the weekly cycle.

A problem is known over the weeks by its ``key``: agency, year, rule and the form's own coordinates, never a cell's
address, so that it stays the same problem in a new file with another layout.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import inf

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.model.form.period import Period
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.judging.correction import PastCorrection, TypedNumber
from workbook_tool.model.judging.follow_up import Decision
from workbook_tool.model.season.agency import AgencyState, DatedBy
from workbook_tool.model.season.told import LINES
from workbook_tool.model.text import unspaced


class DeskRow(Struct, frozen=True):
    """A row of a list in which decisions are typed, as it was saved: where it stands, the marks that we hid in it, and what
    stands where people type. ``code`` and ``rule`` are what they see of whom and what it is about; None where the list has
    no such column. What belongs to 代改 comes last; it is empty where the list knows nothing of that."""

    place: str
    key: str
    grounds: str
    was: str
    opinion: str
    remark: str
    code: str | None
    rule: str | None
    change: str = ""
    why: str = ""
    cell: str = ""
    changed: str = ""
    filed: str = ""

    def problems(self) -> Iterator[DeskRow]:
        """The row once for each problem that it tells of: what was typed holds for all. What names its cells itself is taken
        once."""
        keys, grounds, cells = (text.split(LINES) for text in (self.key, self.grounds, self.cell))
        if len(keys) == 1 or len(keys) != len(grounds):
            yield self
            return
        named = "=" in unicodedata.normalize("NFKC", self.change + self.changed)
        for number, (key, ground) in enumerate(zip(keys, grounds, strict=True)):
            cell = cells[number] if number < len(cells) else ""
            change, changed = (self.change, self.changed) if not (named and number) else ("", "")
            why = self.why if change or not number else ""
            yield replace(self, key=key, grounds=ground, cell=cell, change=change, why=why, changed=changed)

    @property
    def about(self) -> tuple[str, str]:
        """The code and the rule that the hidden key names."""
        code, _, rule, *_ = (*self.key.split("|"), "", "")
        return code, rule

    @property
    def sound(self) -> bool:
        """Whether what people see in the row is what its hidden key names."""
        code, rule = self.about
        return self.code in (code, "", None) and self.rule in (rule, None)

    @property
    def opined(self) -> bool:
        """Whether an opinion or a remark was typed into it, spaces not counted."""
        return unspaced(self.opinion + self.remark) != unspaced(self.was)

    @property
    def touched(self) -> bool:
        """Whether anything was typed into it."""
        return self.opined or unspaced(self.change + self.why) != unspaced(self.changed)


UNDONE = ".undone"
"""The folder in the outbox where what was withdrawn lies."""


class Typed(Struct, frozen=True):
    """What a reviewer typed beside a problem, and the words that stood there before (``was``)."""

    decision: Decision
    was: str = ""


class Reviewed(Struct, frozen=True):
    """A workbook of ours as reviewers saved it: the run it stems from (empty where it could not be read), what was
    typed into it, and what is to be said of it. ``aside``: it lies in the folder of decisions; ``modified`` is when its
    program last saved it, as the file says;
    ``keys`` are those of all its rows, ``numbers`` what was typed there for 代改.
    """

    file: str
    run: str = ""
    aside: bool = False
    modified: str = ""
    typed: tuple[Typed, ...] = ()
    warnings: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    numbers: tuple[TypedNumber, ...] = ()


class Conflict(Struct, frozen=True):
    """Two workbooks that decide one problem differently: what was followed, and what was not."""

    followed: Decision
    other: Decision


class Decided(Struct, frozen=True):
    """What the reviewers decided, all workbooks together: the decision on each key, and what they should look at.
    ``numbers`` are those that they typed for 代改, the weightiest workbook last."""

    decisions: dict[str, Decision] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    warnings: tuple[str, ...] = ()
    numbers: tuple[TypedNumber, ...] = ()

    @property
    def as_typed(self) -> Decided:
        """The same without what an earlier run understood by it: the words alone make a run what it is."""
        return replace(self, numbers=tuple(replace(one, item="") for one in self.numbers))


NOTHING_DECIDED = Decided()


class PastProblem(Struct, frozen=True):
    """A problem as the ledger has it: when it was first and last there, and since when it was there without a break.
    The words are those of its last run."""

    key: str
    code: str
    agency: str
    rule: str
    severity: Severity
    table: str
    row: str
    column: str
    message: str
    filed: Decimal | None
    expected: Decimal | None
    first: date
    since: date
    last: date


class PastVersion(Struct, frozen=True):
    """A file that once counted for an agency: in which state, with which numbers (smallest units, by item code) and
    which problems (``Finding.spot``). ``day`` and ``run`` are when it was first seen, ``last`` the last day on which it
    stood for the agency and ``passed`` the last one on which nothing was left to be asked; ``filed_on``
    is its day of filing, by what ``filed_by`` says."""

    code: str
    sha256: str
    path: str
    run: str
    day: date
    state: State
    numbers: dict[str, int]
    musts: frozenset[str] = frozenset()
    explains: frozenset[str] = frozenset()
    last: date | None = None
    passed: date | None = None
    filed_on: date | None = None
    filed_by: DatedBy | None = None


class PastRun(Struct, frozen=True):
    """A finished run: how many agencies stood how, and how many problems there were."""

    name: str
    as_of: date
    due: int
    states: Mapping[AgencyState, int]
    findings: Mapping[Severity, int]


class Sighting(Struct, frozen=True):
    """When the ledger first saw these bytes, and whether they ever were an agency's older version.

    ``after`` is the day of the run before, which had not seen them yet: they came between the two. None where there was
    no such run. ``run`` is empty where the run at hand is the first to see them; ``number`` counts the runs as they were
    made. ``stands``: a run that was not withdrawn saw them.
    """

    run: str
    day: date
    superseded: bool = False
    after: date | None = None
    number: int = 0
    stands: bool = True

    @property
    def words(self) -> str:
        """The run, or the day alone where that of a withdrawn run was mistyped."""
        return self.run if self.run.startswith(self.day.isoformat()) else self.day.isoformat()

    @property
    def order(self) -> tuple[date, float]:
        """What sorts sightings by their runs; the run at hand is the last."""
        return (self.day, self.number) if self.run else (date.max, inf)


class History(Struct, frozen=True):
    """What the ledger knows of this form and year.

    ``runs``, ``problems`` and ``versions`` look back to runs of an earlier date only, so that a rerun on the same day
    changes nothing; ``sightings`` (by sha256) to every finished run, withdrawn ones too, the newest one of an earlier
    date was on ``seen_until``; ``paths`` tell on which day bytes were first seen under a path; ``corrections`` are those of
    the newest run of an earlier date (``known_again``). Runs and an agency's versions (by code) stand oldest first.
    ``given_up`` has, by sha256 of a file that could not be read then, the earlier period.
    """

    runs: tuple[PastRun, ...] = ()
    problems: dict[str, PastProblem] = field(default_factory=dict)
    versions: dict[str, tuple[PastVersion, ...]] = field(default_factory=dict)
    sightings: dict[str, Sighting] = field(default_factory=dict)
    seen_until: date | None = None
    paths: dict[tuple[str, str], date] = field(default_factory=dict)
    corrections: dict[str, PastCorrection] = field(default_factory=dict)
    given_up: dict[str, Period] = field(default_factory=dict)

    @property
    def last_run(self) -> PastRun | None:
        """The newest run of an earlier date: what changed is measured against it."""
        return self.runs[-1] if self.runs else None

    def sighting(self, sha256: str, today: date) -> Sighting:
        """When these bytes were first seen: in an earlier run, or by the run of today."""
        return self.sightings.get(sha256) or Sighting("", today, after=self.seen_until)

    def known_under(self, names: Mapping[str, Sequence[str]]) -> History:
        """The same with each agency's versions under its present code; ``names`` are the codes it has gone by."""
        versions = dict(self.versions)
        for code, known in names.items():
            found = [version for name in known for version in self.versions.get(name, ())]
            if len(known) > 1 and found:
                versions[code] = tuple(sorted(found, key=lambda v: (v.day, v.last or v.day, v.path)))
        return replace(self, versions=versions)

    def last_filed(self, code: str) -> date | None:
        """The newest day on which a file counted for the agency."""
        return max((v.last or v.day for v in self.versions.get(code, ())), default=None)


NO_HISTORY = History()
