"""What a run comes to: what was judged, beside its totals (``sums.py``) and what is different from before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cached_property

from msgspec import Struct, field

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.intake.turnout import Turnout, of_all_levels
from workbook_tool.model.judging.correction import Correction, Life
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.agency import ACCEPTED, AgencyRecord, AgencyState, FiledAgency
from workbook_tool.model.season.changes import Changes, Drift
from workbook_tool.model.season.filing import AnyFile, Filing, unlisted
from workbook_tool.model.season.history import NOTHING_DECIDED, Decided
from workbook_tool.model.season.last_year import LastYear, Passages
from workbook_tool.model.season.periods import FiledOnce, Owed, PastPeriod
from workbook_tool.model.season.score import Scorecard
from workbook_tool.model.season.versions import Chain
from workbook_tool.model.workbook.sums import RuleCount, Totals


class Run(Struct, frozen=True):
    """A run: its name (``2024-02-05-1``), the date that deadlines are measured against, and what it is made on. ``periods``
    are the other periods of the same year that earlier runs judged, of a form that is filed more than once a year."""

    name: str
    as_of: date
    settings: Settings
    form: Form
    roster: Roster
    last_year: LastYear
    periods: tuple[PastPeriod, ...] = ()


class Region(Struct, frozen=True):
    """The region as a whole: findings about its totals, of no single agency, and how the rules about it went."""

    name: str
    findings: tuple[Finding, ...] = ()
    rules: Mapping[str, RuleCount] = field(default_factory=dict)

    @property
    def agency(self) -> Agency:
        """The region where an agency's code and name would stand."""
        return Agency("", self.name)

    @property
    def file(self) -> None:
        """It has none of its own."""
        return None

    @property
    def told(self) -> tuple[Finding, ...]:
        """What was found as people are told it."""
        return self.findings


Owner = AgencyRecord | Region
"""Whose a finding is."""


def known_as(owner: Owner, roster: Roster) -> tuple[str, ...]:
    """What the owner of a finding goes by in keys."""
    return roster.known_as(owner.agency) if isinstance(owner, AgencyRecord) else ("",)


class Judged(Struct, frozen=True, dict=True):
    """Every file and agency in its state, and what was found. ``chains`` tell of the agencies with more than one
    version, those first that changed what had been passed; ``turnouts`` who filed, here and with the regions below."""

    run: Run
    files: tuple[AnyFile, ...]
    agencies: tuple[AgencyRecord, ...]
    region: Region
    chains: tuple[Chain, ...]
    turnouts: tuple[Turnout, ...]

    @property
    def form(self) -> Form:
        """The form that was filed."""
        return self.run.form

    @property
    def period(self) -> Period:
        """The period that it is about."""
        return self.run.settings.period

    @property
    def aside(self) -> bool:
        """Whether it is about early or late files only: no workbook is made of it."""
        return self.run.settings.aside

    @property
    def as_of(self) -> date:
        """The date of the run."""
        return self.run.as_of

    @property
    def as_period(self) -> PastPeriod:
        """The period as its agencies filed."""
        filed = {
            record.agency.code: FiledOnce(record.state, record.filed_on, record.file.submission.numbers())
            for record in self.filed
        }
        return PastPeriod(self.period, self.run.settings.deadline, filed)

    @cached_property
    def told_below(self) -> dict[str, tuple[Turnout, ...]]:
        """What each region that sent a result tells of who filed there and below it, its own first, by its code."""
        found: dict[str, tuple[Turnout, ...]] = {}
        for one in self.turnouts:
            if one.sender:
                found[one.sender] = (*found.get(one.sender, ()), one)
        return found

    @property
    def by_levels(self) -> bool:
        """Whether regions below tell whom they wait for, so that who is due is more than this office's own roster."""
        return bool(self.told_below) and self.run.roster.given

    @cached_property
    def everywhere(self) -> Turnout:
        """Who filed of all agencies, here and with the regions below."""
        return of_all_levels(self.turnouts)

    @cached_property
    def again(self) -> tuple[AgencyRecord, ...]:
        """The agencies that another region reports too, whose numbers stand there: the same agency once more."""
        return tuple(r for r in self.agencies if r.file and r.file.covered and r.file.covered.again)

    @cached_property
    def lacking(self) -> tuple[AgencyRecord, ...]:
        """The regions to be asked for agencies below them that have not filed, as their own results say; none while there
        are folders that could not be looked into."""
        told = {} if self.unlisted else self.told_below
        due = (record for record in self.agencies if record.is_near(self.as_of))
        return tuple(r for r in due if any(one.missing for one in told.get(r.agency.code or r.agency.name, ())))

    @cached_property
    def came_from(self) -> dict[Agency, list[AnyFile]]:
        """What came from each agency, whatever became of it."""
        found: dict[Agency, list[AnyFile]] = {}
        for file in self.files:
            if file.agency:
                found.setdefault(file.agency, []).append(file)
        return found

    @property
    def due(self) -> int:
        """How many agencies are to file, or where there is no roster, did."""
        return self.everywhere.due if self.by_levels else len(self.agencies)

    @cached_property
    def states(self) -> Mapping[AgencyState, int]:
        """How many agencies stand in each state, those of regions below as these tell it: a region that sent a result is no
        agency then."""
        found = Counter(record.state for record in self.agencies)
        if self.by_levels:
            one = self.everywhere
            told = {AgencyState.RETURNED: len(one.returned), AgencyState.MISSING: len(one.missing)}
            found = Counter({state: found[state] for state in ACCEPTED} | told)
            found[AgencyState.EXCLUDED] = max(0, one.due - found.total())
        return +found

    @property
    def of_other_years(self) -> tuple[FileRecord, ...]:
        """Files of another period, such as last year's that were left in the inbox: they report it, or could not be read
        even then. What came after the signing of its period is none of them: somebody should look at it."""
        states = (State.FOREIGN, State.UNREADABLE)
        unused = (f for f in self.files if isinstance(f, FileRecord) and f.state in states)
        own = (f for f in unused if f.form in ("", self.form.id))
        return tuple(f for f in own if f.period not in (None, self.period) and not f.after_signing)

    @cached_property
    def of_other_forms(self) -> tuple[FileRecord, ...]:
        """Files of another form of the office, of which this run makes no report: nobody has to do anything about them."""
        foreign = (f for f in self.files if isinstance(f, FileRecord) and f.state is State.FOREIGN)
        return tuple(f for f in foreign if f.form not in ("", self.form.id))

    @cached_property
    def unlisted(self) -> tuple[FileRecord, ...]:
        """The folders of the inbox whose content could not be told: while there are any, nobody is said to be missing."""
        return unlisted(self.files)

    @cached_property
    def filed(self) -> tuple[FiledAgency, ...]:
        """The agencies with a filing, in roster order, but for those that a reviewer excluded."""
        filed = (a for a in self.agencies if isinstance(a, FiledAgency))
        return tuple(a for a in filed if a.state is not AgencyState.EXCLUDED)

    @cached_property
    def accepted(self) -> tuple[FiledAgency, ...]:
        """Those of them whose numbers may be passed on: counted or held."""
        return tuple(a for a in self.filed if a.state in ACCEPTED)

    @cached_property
    def added(self) -> tuple[FiledAgency, ...]:
        """Those of them whose numbers may stand in a total: never a whole and its parts."""
        return tuple(a for a in self.filed if a.added)

    @cached_property
    def said(self) -> dict[str, Passages]:
        """What the reports say of what is gathered, by the agencies' codes: the file that counts, or the documents that
        came beside it."""
        whose = {record.file.source.path: record.agency.code for record in self.filed}
        found: dict[str, dict[str, str]] = {}
        for file in self.files:
            if isinstance(file, Filing) and (file.behind is None or file.is_document_beside):
                path = file.behind.newest if file.behind else file.source.path
                for said in file.submission.said if path in whose else ():
                    found.setdefault(whose[path], {}).setdefault(said.id, said.text)
        return dict(found)

    @cached_property
    def findings(self) -> tuple[tuple[Owner, Finding], ...]:
        """Every finding with its owner, in roster order, the weightiest of an agency first, those of one story
        together; the region's own last."""
        found: list[tuple[Owner, Finding]] = [(a, f) for a in self.agencies for f in by_weight(a.findings)]
        return (*found, *((self.region, f) for f in self.region.findings))

    @cached_property
    def told(self) -> tuple[tuple[Owner, Finding], ...]:
        """The same as people are told it: several findings may be one line."""
        told: list[tuple[Owner, Finding]] = [(a, f) for a in self.agencies for f in by_weight(a.told)]
        return (*told, *((self.region, f) for f in self.region.findings))

    def agencies_in(self, *states: AgencyState) -> tuple[AgencyRecord, ...]:
        """The agencies that stand in one of these states, in roster order."""
        return tuple(a for a in self.agencies if a.state in states)


class Weeks(Struct, frozen=True):
    """What was judged, beside earlier runs: what reviewers decided and should look at. ``changes`` is None where there
    is no earlier run, ``drift`` where no result of the year was signed. ``corrections`` are the reviewers' (代改), as they
    stand now, also those that were taken back."""

    decided: Decided = NOTHING_DECIDED
    changes: Changes | None = None
    drift: Drift | None = None
    corrections: tuple[Correction, ...] = ()


class Consolidation(Judged, frozen=True, dict=True):
    """The region's result: what was judged, added up, compared with the weeks before, and scored. ``scorecard`` is
    there where the office assesses its agencies; ``others`` are the results of the form's other periods, of which files came
    early or late; ``owed`` are the earlier periods that an agency still owes, by its code, ``skipped`` those that no run knows
    of and nobody filed for."""

    totals: Totals
    weeks: Weeks
    scorecard: Scorecard | None
    others: tuple[Consolidation, ...] = ()
    owed: Mapping[str, tuple[Owed, ...]] = field(default_factory=dict)
    skipped: tuple[Period, ...] = ()

    @classmethod
    def of(cls, judged: Judged, totals: Totals, weeks: Weeks, scorecard: Scorecard | None) -> Consolidation:
        """These together."""
        j = judged
        return cls(j.run, j.files, j.agencies, j.region, j.chains, j.turnouts, totals, weeks, scorecard)

    @cached_property
    def corrections(self) -> tuple[tuple[AgencyRecord, Correction], ...]:
        """The corrections that reviewers made and did not take back, each with its agency, in the agencies' order."""
        at = {record.agency.code or record.agency.name: n for n, record in enumerate(self.agencies)}
        kept = [one for one in self.weeks.corrections if one.life is not Life.WITHDRAWN and one.code in at]
        return tuple((self.agencies[at[one.code]], one) for one in sorted(kept, key=lambda o: (at[o.code], o.item)))

    @property
    def followed(self) -> tuple[tuple[AgencyRecord, Correction], ...]:
        """Those of them that count now, and wait for the agency."""
        return tuple((record, one) for record, one in self.corrections if record.file and one in record.file.followed)

    @property
    def rules(self) -> tuple[RuleCount, ...]:
        """How often each rule spoke; where it looks at the region as a whole, what it said of that."""
        return tuple(self.region.rules.get(count.rule_id, count) for count in self.totals.rules)


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
