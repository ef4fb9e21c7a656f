"""What a run has to judge: each report with the files that are its, and all that is known from before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workbook_tool.files.season.decisions import read_decisions
from workbook_tool.files.season.fingerprints import Inputs, fingerprint, input_hashes, whole
from workbook_tool.files.season.ledger import Ledger
from workbook_tool.files.season.ledger.reviews import Reviews
from workbook_tool.files.season.signed import load_signed
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.submission import SourceFile
from workbook_tool.model.season.changes import Past
from workbook_tool.model.season.periods import FiledYear, PastPeriod
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.office import Office, Report, at_period, due_day
from workbook_tool.reception import Read
from workbook_tool.steps.intake.reports import of_period, of_report, other_periods
from workbook_tool.steps.season.decide import decide


@dataclass(frozen=True)
class Assignment:
    """What a run has to judge: a report, the files that are its, and what is known from before."""

    report: Report
    read: Sequence[Read]
    past: Past
    periods: tuple[PastPeriod, ...] = ()
    years: tuple[FiledYear, ...] = ()

    @property
    def about(self) -> tuple[str, Period]:
        """The form and the period."""
        return self.report.form.id, self.report.settings.period


def assigned(office: Office, ledger: Ledger, read: Sequence[Read], as_of: date) -> Iterator[Assignment]:
    """Every report for the period that is reported now, then those for others whose filings came early or late."""
    reviews = ledger.reviews()
    for report in office.reports:
        yield assignment(report, of_report(read, report.form.id, office.periods), office, ledger, reviews, as_of)
    for form, period in other_periods(read, office.periods):
        report = at_period(office, form, period)
        yield assignment(report, of_period(read, form, period), office, ledger, reviews, as_of)


def assignment(
    report: Report, read: Sequence[Read], office: Office, ledger: Ledger, reviews: Reviews, as_of: date
) -> Assignment:
    """A report with its files, and what a run of this date knows from before: what the agencies filed for the period
    before too."""
    settings, form = report.settings, report.form
    last = replace(report.last, previous=ledger.previous(form, settings.period, office.roster))
    reviewed = read_decisions(settings, reviews, office.engine, tuple(office.forms))
    known, corrected = ledger.decisions(form.id, settings.period), ledger.corrections(form.id, settings.period)
    decided = decide(reviewed, known, ledger.ages, corrected)
    names = {agency.code: office.roster.known_as(agency) for agency in office.roster.agencies}
    history = ledger.history(form.id, settings.period, as_of).known_under(names)
    past = Past(history, decided, load_signed(settings, form))
    return Assignment(
        replace(report, last=last), read, past, periods_of(report, office, ledger), years_of(report, office, ledger)
    )


def periods_of(report: Report, office: Office, ledger: Ledger) -> tuple[PastPeriod, ...]:
    """The other periods of the report's year, as earlier runs judged them, in their order; none of a yearly form."""
    own, form = report.settings.period, report.form
    others = [period for period in own.of_year() if period != own] if not report.settings.aside else []
    found = ledger.periods(form, others, office.roster) if others else {}
    days = {period: due_day(replace(report.settings, period=period), form) for period in found}
    return tuple(PastPeriod(period, days[period], filed) for period, filed in sorted(found.items()))


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
    return whole(each) or ""


def inputs_of(office: Office, result: Consolidation, one: Assignment) -> Inputs:
    """A hash of each thing that a result depends on."""
    report = one.report
    return input_hashes(report.settings, report.form, office.roster, result.files, report.last, one.past, result.as_of)
