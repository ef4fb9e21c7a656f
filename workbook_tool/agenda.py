"""What a run has to judge: each report with the files that are its, and all that is known from before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.season.decisions import read_decisions
from workbook_tool.files.season.fingerprints import Inputs, fingerprint, input_hashes, whole
from workbook_tool.files.season.ledger import Ledger
from workbook_tool.files.season.ledger.reviews import Reviews
from workbook_tool.files.season.signatures import read_marks
from workbook_tool.files.season.signed import load_signed
from workbook_tool.model.form.period import Period, PeriodKind, between
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.season.changes import Past
from workbook_tool.model.season.periods import NONE_OPEN, FiledYear, OpenPeriods, PastPeriod
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.office import Office, Report, at_period, due_day
from workbook_tool.reception import Read
from workbook_tool.steps.intake.reports import elsewhere, of_period, of_report, other_periods
from workbook_tool.steps.season.decide import decide


class Assignment(Struct, frozen=True):
    """What a run has to judge: a report, the files that are its, and what is known from before: the ``periods`` of its year,
    the ``years`` of other forms, and the ``earlier`` periods that are not signed yet. ``elsewhere`` are the files of its form
    that are about other periods."""

    report: Report
    read: Sequence[Read]
    past: Past
    periods: tuple[PastPeriod, ...] = ()
    years: tuple[FiledYear, ...] = ()
    earlier: OpenPeriods = NONE_OPEN
    elsewhere: Sequence[Read] = ()

    @property
    def about(self) -> tuple[str, Period]:
        """The form and the period."""
        return self.report.form.id, self.report.settings.period


def assigned(office: Office, ledger: Ledger, read: Sequence[Read], as_of: date) -> Iterator[Assignment]:
    """Every report for the period that is reported now, then those for others whose filings came early or late."""
    reviews = ledger.reviews()
    for report in office.reports:
        own = assignment(report, of_report(read, report.form.id, office.periods), office, ledger, reviews, as_of)
        yield replace(own, elsewhere=elsewhere(read, *own.about))
    for form, period in other_periods(read, office.periods):
        report = at_period(office, form, period)
        own = assignment(report, of_period(read, form, period), office, ledger, reviews, as_of)
        yield replace(own, elsewhere=elsewhere(read, form, period))


def assignment(
    report: Report, read: Sequence[Read], office: Office, ledger: Ledger, reviews: Reviews, as_of: date
) -> Assignment:
    """A report with its files, and what a run of this date knows from before: what the agencies filed for the period
    before too."""
    settings, form = report.settings, report.form
    report = going_on(report, office, ledger)
    reviewed = read_decisions(settings, reviews, office.engine, tuple(office.forms))
    known, corrected = ledger.decisions(form.id, settings.period), ledger.corrections(form.id, settings.period)
    decided = decide(reviewed, known, ledger.ages, corrected)
    names = {agency.code: office.roster.known_as(agency) for agency in office.roster.agencies}
    history = ledger.history(form.id, settings.period, as_of).known_under(names)
    past = Past(history, decided, load_signed(settings, form))
    return Assignment(
        report,
        read,
        past,
        periods_of(report, office, ledger),
        years_of(report, office, ledger),
        earlier_of(report, office, ledger, as_of),
    )


def going_on(report: Report, office: Office, ledger: Ledger) -> Report:
    """A report with what the agencies filed for the period before, which its own goes on from."""
    before = ledger.previous(report.form, report.settings.period, office.roster)
    return replace(report, last=replace(report.last, previous=before))


def periods_of(report: Report, office: Office, ledger: Ledger) -> tuple[PastPeriod, ...]:
    """The other periods of the report's year, as earlier runs judged them, in their order; none of a yearly form."""
    own = report.settings.period
    others = [period for period in own.of_year() if period != own] if not report.settings.aside else []
    return tuple(one for one in past_periods(report, others, office, ledger) if one.filed)


def earlier_of(report: Report, office: Office, ledger: Ledger, as_of: date) -> OpenPeriods:
    """The periods before the reported one that were reported too and are not signed: for these agencies are still asked to
    file. None of a yearly form, whose years are asked for one by one."""
    own = report.settings.period
    if report.settings.aside or own.kind is PeriodKind.YEAR:
        return NONE_OPEN
    signed = {mark.period for mark in read_marks(office.settings.outbox, report.form.id)}
    reported = ledger.reported(report.form.id)
    found = [period for period in reported if period < own and period not in signed]
    skipped = tuple(
        period
        for period in skipped_before(own, ledger.begun(report.form.id), as_of)
        if period not in (*signed, *reported)
    )
    return OpenPeriods(min(reported, default=None), past_periods(report, found, office, ledger), skipped)


def skipped_before(own: Period, begun: Mapping[Period, date], as_of: date) -> list[Period]:
    """The periods between this one and the last that was reported before it; none where a run of an earlier day has said so."""
    last = max((period for period in begun if period < own), default=None)
    told = own in begun and begun[own] < as_of
    return between(last, own) if last and not told else []


def past_periods(report: Report, periods: Sequence[Period], office: Office, ledger: Ledger) -> tuple[PastPeriod, ...]:
    """These periods of a report, in their order, with their deadlines and what was filed by the newest runs."""
    found = ledger.periods(report.form, periods, office.roster) if periods else {}
    days = {period: due_day(replace(report.settings, period=period), report.form) for period in periods}
    return tuple(PastPeriod(period, days[period], found.get(period, {})) for period in sorted(periods))


def years_of(report: Report, office: Office, ledger: Ledger) -> tuple[FiledYear, ...]:
    """What was filed of the other forms whose periods make up the report's year."""
    year = report.settings.period.year
    named = dict.fromkeys(one.form for one in report.form.year_sums)
    years = [FiledYear(office.forms[form], year) for form in named if form in office.forms]
    return tuple(replace(one, filed=ledger.periods(one.form, one.periods, office.roster)) for one in years)


def assigned_again(office: Office, ledger: Ledger, name: str, as_of: date) -> Iterator[Assignment]:
    """What a run judged, as it would be asked now, without its files."""
    reviews, told = ledger.reviews(), ledger.judged(name)
    reports = {(report.form.id, report.settings.period): report for report in office.reports}
    for form, period in told:
        if form in office.periods:
            report = reports.get((form, period)) or at_period(office, form, period)
            yield assignment(report, (), office, ledger, reviews, as_of)


def fingerprint_of(office: Office, agenda: Sequence[Assignment], sources: Sequence[SourceFile], as_of: date) -> str:
    """A hash of all that a run depends on, before anything is read."""
    each = [
        fingerprint(a.report.settings, a.report.form, office.roster, a.report.last, a.past, sources, as_of)
        for a in agenda
    ]
    signed = [mark.sha256 for form in office.forms for mark in read_marks(office.settings.outbox, form)]
    return whole([*each, *signed]) or ""


def inputs_of(office: Office, result: Consolidation, one: Assignment) -> Inputs:
    """A hash of each thing that a result depends on."""
    report = one.report
    return input_hashes(report.settings, report.form, office.roster, result.files, report.last, one.past, result.as_of)
