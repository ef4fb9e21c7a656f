"""An office ready to run: what it collects, from whom, and by when; opened from its config.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.form.compiled import compiled
from workbook_tool.files.form.periods import period_kind
from workbook_tool.files.intake.engine import Engine, Workers
from workbook_tool.files.office.config import check_policy, check_roster, find_templates, load_settings
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.office.toml import readable
from workbook_tool.files.season.last_year import load_last_year
from workbook_tool.files.workbook.parquet import parquet_there
from workbook_tool.intake import Terms
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import NEW_REGION, Limits, Roster, Settings
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.steps.season.last_year import lay_beside

if TYPE_CHECKING:
    from workbook_tool.files.season.ledger import Ledger
    from workbook_tool.model.office.spread import Spread


def cage(work: Callable[[Any, Any], Any], setup: Any, limits: Limits) -> AbstractContextManager[Workers]:
    """The engine of an office without a cluster, loaded when files are given to it: a check has one of its own."""
    from workbook_tool.files.intake.cage import Cage

    return Cage(work, setup, limits)


def engine_of(spread: Spread | None) -> Engine:
    """The engine of an office: that of a cluster where it has one, else the cage."""
    if spread is None:
        return cage
    from workbook_tool.files.intake.cluster import Cluster

    return partial(Cluster, spread=spread)


class Report(Struct, frozen=True):
    """What an office collects: a form, for the period and by the deadline of its settings, beside what was filed a year
    ago."""

    settings: Settings
    form: Form
    last: LastYear = NO_LAST_YEAR


class Office(Struct, frozen=True):
    """An office ready to run: what it collects, the roster, and the engine by which files are opened. ``known`` are the
    other forms of its files: a run may be of some of its reports only."""

    reports: tuple[Report, ...]
    roster: Roster
    engine: Engine = cage
    known: tuple[Report, ...] = ()

    @property
    def settings(self) -> Settings:
        """What holds for all its reports: the folders, the region, the limits."""
        return self.reports[0].settings

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know of how it is set up, before they rely on what comes of it."""
        new = f"config.toml 里的地区名称还是“{NEW_REGION}”：请改成自己的，汇总工作簿、文件名和信里都用它"
        return (new, *self.roster.notes) if self.settings.region == NEW_REGION else self.roster.notes

    @property
    def terms(self) -> Terms:
        """What a file that came to this office is judged by."""
        of, region = self.settings, Agency(self.settings.region_code, self.settings.region)
        all_of = ((r.form, r.settings.period, r.settings.policy) for r in (*self.reports, *self.known))
        (form, period, policy), *others = all_of
        return Terms(form, self.roster, period, policy, of.limits, of.passwords, region, tuple(others))

    @property
    def periods(self) -> dict[str, Period]:
        """The periods that are reported, by form."""
        return {report.form.id: report.settings.period for report in self.reports}

    @property
    def forms(self) -> dict[str, Form]:
        """All forms of its files, by id."""
        return {report.form.id: report.form for report in (*self.reports, *self.known)}

    def only(self, form: str) -> Office:
        """The office with one of its reports to be run, the others only known. Raises OfficeError where it has no such
        form."""
        chosen = tuple(report for report in self.reports if report.form.id == form)
        if not chosen:
            known = "、".join(report.form.id for report in self.reports)
            raise OfficeError(f"config.toml 里没有表式 {form}；现有：{known}。")
        return replace(self, reports=chosen, known=tuple(r for r in (*self.reports, *self.known) if r not in chosen))


def report_on(settings: Settings, form: Form, roster: Roster) -> Report:
    """A report with its deadline, and what was filed a year ago laid beside its roster. Raises OfficeError where a named
    source of last year's numbers cannot be what it should."""
    settings = replace(settings, deadline=due_day(settings, form))
    return Report(settings, form, lay_beside(load_last_year(settings, form), form, roster.agencies))


def due_day(settings: Settings, form: Form) -> date | None:
    """The day by which all report: the one that is set, where it can be this period's; else by the form's own count of
    working days. None where neither says, or those days are not known."""
    own, period = settings.deadline, settings.period
    if own and (period.kind is PeriodKind.YEAR or period.first < own <= period.next.last):
        return own
    return settings.policy.calendar.after(period.last, form.due) if form.due is not None else None


def at_period(office: Office, form: str, period: Period) -> Report:
    """A report of the office for a period that is not the reported one: it gets no workbook of its own."""
    report = next(report for report in office.reports if report.form.id == form)
    settings = replace(report.settings, period=period, last_year=None, aside=True)
    return report_on(settings, report.form, office.roster)


def earlier_reports(office: Office, report: Report, ledger: Ledger) -> Iterator[Report]:
    """The same report for the periods before its own that the newest run judged, the newest first: what it asked of people
    is not over with the week."""
    form, period = report.form.id, report.settings.period
    earlier = {of for known, of in ledger.judged(ledger.newest_name) if known == form and of < period}
    yield from (at_period(office, form, of) for of in sorted(earlier, reverse=True))


def open_office(
    config: Path, as_of: date | None = None, period: Period | None = None, form: str | None = None
) -> Office:
    """The office of a config.toml: what it collects, its roster and last year's numbers, everything checked. ``form`` is the
    one report that is asked for; ``period`` another one than the configured. Where none is configured it is the last that
    has ended by ``as_of``, today where that is None.

    Raises OfficeError where anything of ours is wrong.
    """
    with readable():
        found = load_settings(config, as_of or date.today(), period_kind)
        settings = [replace(one, templates=find_templates(one.templates, one.form)) for one in found]
        forms = compiled([(one.templates, one.form) for one in settings])
        for one in settings:
            check_policy(one, forms)
        parquet_there(settings[0].parquet)
        roster = load_roster(settings[0].roster)
        check_roster(roster, forms, found[0].templates)
        pairs = zip(at_that_period(settings, forms, period, form), forms, strict=True)
        reports = tuple(report_on(one, declared, roster) for one, declared in pairs)
        office = Office(reports, roster, engine_of(settings[0].spread))
        return office.only(form) if form else office


def settings_of(config: Path) -> Settings:
    """What holds for all reports of an office, whatever is wrong with its forms or its roster."""
    with readable():
        return load_settings(config, date.today(), period_kind)[0]


def at_that_period(
    settings: Sequence[Settings], forms: Sequence[Form], period: Period | None, asked: str | None
) -> list[Settings]:
    """The settings, those of the form that is asked for, else those whose forms are filed so often, for this period. Raises
    OfficeError where there is none such."""
    if period is None:
        return list(settings)
    fits = [form.period is period.kind and asked in (None, form.id) for form in forms]
    if not any(fits):
        form = next((one for one in forms if one.id == asked), forms[0])
        raise OfficeError(f"{period.spaced}不是{form.period.label}；《{form.title}》是{form.period.report}。")
    return [replace(one, period=period) if fit else one for one, fit in zip(settings, fits, strict=True)]
