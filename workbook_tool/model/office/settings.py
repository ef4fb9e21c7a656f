"""What an office settles in its config.toml and roster."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.rulebook import Policy

if TYPE_CHECKING:  # who only checks a file has none of them
    from workbook_tool.model.mail.mailbox import Mailbox
    from workbook_tool.model.office.spread import Spread
    from workbook_tool.model.season.score import Weights

CONTAINER_MIB = 100
"""So large an archive or mail may be, and so much it may hold."""


class Limits(Struct, frozen=True):
    """What an honest file never exceeds, and how many workers read (0: one for each processor). ``seconds`` are those of
    a processor over one file; a busy machine needs more of the clock for them, at most ``wall_seconds``."""

    file_mib: int = 20
    unpacked_mib: int = 300
    seconds: int = 20
    wall_seconds: int = 120
    memory_mib: int = 1024
    workers: int = 0

    @property
    def wall(self) -> int:
        """The seconds of the clock that one file may take."""
        return max(self.wall_seconds, self.seconds)

    @property
    def of_containers(self) -> Limits:
        """The limits where an archive or mail may be opened: it may hold more than a file."""
        return replace(self, file_mib=max(self.file_mib, CONTAINER_MIB))

    @property
    def most_bytes(self) -> int:
        """More is not even opened: a container may hold more than a file, but not more than this."""
        return self.of_containers.file_mib << 20


NEW_REGION = "某某县"
"""The name of the region in a new office's configuration, until somebody writes their own."""


class Roster(Struct, frozen=True, dict=True):
    """Who must report. ``given`` is False where the office has no roster: then every agency found is accepted. ``tables``
    are the sheets that say what each agency may choose from in lists; ``notes`` say what of it was passed over, and what
    looks wrong."""

    agencies: tuple[Agency, ...] = ()
    given: bool = True
    tables: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def by_word(self) -> dict[str, Agency]:
        """The agencies by every word that may stand for one: its aliases, its code and its name."""
        return {word: a for a in self.agencies for word in (*a.aliases, a.code, a.name)}

    @cached_property
    def below(self) -> dict[str, tuple[Agency, ...]]:
        """The agencies right below each code (上级)."""
        found: dict[str, list[Agency]] = {}
        for agency in self.agencies:
            for above in self.above(agency)[:1]:
                found.setdefault(above.code, []).append(agency)
        return {code: tuple(below) for code, below in found.items()}

    def above(self, agency: Agency) -> list[Agency]:
        """The agencies above one, the nearest first; a roster that goes round in circles ends."""
        found: list[Agency] = []
        above = self.by_word.get(agency.parent)
        while above and above not in (agency, *found):
            found.append(above)
            above = self.by_word.get(above.parent)
        return found

    def by_code(self, code: str) -> Agency | None:
        """The agency of exactly this code; None where there is none."""
        return self.codes.get(code)

    def by_any_code(self, code: str) -> Agency | None:
        """The agency of exactly this code, or else the one that had it before; None where there is none."""
        return self.codes.get(code) or self.former_codes.get(code)

    @cached_property
    def former_codes(self) -> dict[str, Agency]:
        """The agencies by the codes that they had before."""
        return {code: a for a in reversed(self.agencies) for code in a.former}

    @cached_property
    def codes(self) -> dict[str, Agency]:
        """The agencies by code."""
        return {a.code: a for a in reversed(self.agencies)}

    def known_as(self, agency: Agency) -> tuple[str, ...]:
        """What an agency goes by over the weeks: its code (its name where it has none), then its former codes that are
        nobody else's now."""
        return (agency.code or agency.name, *(code for code in agency.former if code not in self.codes))


class Settings(Struct, frozen=True):
    """config.toml as it holds for one report, checked, with absolute paths: ``form`` and ``period`` are what is reported, by
    the ``deadline``. ``contact`` is whom an agency calls; ``scorecard`` is None where the office does not assess its
    agencies, ``mail`` where no mailbox is set up, ``spread`` where this machine
    reads alone; ``parquet``: the tables for programs are written as Parquet too; ``several`` says that it collects other forms too, ``aside``
    that the period is not the one that is reported now: files came early or late.
    """

    region: str
    form: str
    period: Period
    deadline: date | None
    root: Path
    inbox: Path
    outbox: Path
    templates: Path
    roster: Path | None
    policy: Policy = field(default_factory=Policy)
    limits: Limits = Limits()
    passwords: tuple[str, ...] = ()
    last_year: Path | None = None
    ledger: Path = Path("ledger.sqlite")
    decisions: Path = Path("decisions")
    region_code: str = ""
    contact: str = ""
    scorecard: Weights | None = None
    mail: Mailbox | None = None
    spread: Spread | None = None
    parquet: bool = False
    several: bool = False
    aside: bool = False

    @property
    def tag(self) -> str:
        """What tells the files of this report from those of others in one folder: the form where there are several, and the
        period where it is not the reported one; mostly nothing."""
        return "_".join(filter(None, (self.form if self.several else "", str(self.period) if self.aside else "")))

    @property
    def label(self) -> str:
        """What the names of files say of the report: its period, behind the form where there are several."""
        return f"{self.form}_{self.period}" if self.several else str(self.period)

    def deadline_of(self, agency: Agency) -> date | None:
        """By when this agency reports: by its own date where that is one for this period, else by that of all. A date in
        the roster is one day: of a form that is filed every week it can be meant for one week only."""
        own, period = agency.deadline, self.period
        if own and (period.kind is PeriodKind.YEAR or period.first < own <= period.next.last):
            return own
        return self.deadline

    @property
    def logs(self) -> Path:
        """The folder of the log, for whoever maintains the program."""
        return self.root / "logs"
