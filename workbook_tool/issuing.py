"""Issuing: the blank workbooks that agencies fill in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from loguru import logger
from msgspec.structs import replace

from workbook_tool.agenda import going_on, years_of
from workbook_tool.batch import Say, tell_all
from workbook_tool.files.season.last_year import newest_run
from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.files.season.run_folders import read_manifest
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.period import Period
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.periods import Known
from workbook_tool.office import Office, Report, open_office
from workbook_tool.publication import issue_templates
from workbook_tool.showing import agency_of
from workbook_tool.steps.season.known import known_numbers, known_sums

MISSING = "missing"
"""Stands for the agencies that have not filed."""


def issue(
    config: Path,
    whom: Sequence[str] | str | None,
    period: Period | None,
    out: Path,
    total_formulas: bool,
    form: str | None = None,
    prefilled: bool = False,
    say: Say = logger.warning,
) -> tuple[list[Path], list[Path]]:
    """Write the blank workbooks of every report for these agencies (by code or name), for those that are MISSING, or for all
    of the roster, with what the office knows already beside its place, or ``prefilled``. Returns the paths of those
    written, and of those that were there and stay as they are. What people should know besides is said to ``say``."""
    whole = open_office(config, period=period)
    office = whole.only(form) if form else whole
    agencies = office.roster.agencies
    if not agencies:
        raise OfficeError("名录中没有单位；请先在名录中登记，再生成填报表。")
    tell_all(whole.notes, say)
    named = whom is not None and whom != MISSING
    if named:
        agencies = tuple(dict.fromkeys(agency_of(office.roster, word) for word in whom or ()))
    made: list[Path] = []
    there: list[Path] = []
    for report in map(partial(filed_before, whole), office.reports):
        filed = have_filed(report) if whom == MISSING else ()
        due = [a for a in agencies if named or (a.due(report.settings.period, report.form.id) and a.code not in filed)]
        new, old = issue_templates(report, due, out, total_formulas, known_of(whole, report), prefilled)
        made, there = made + new, there + old
    return made, there


def filed_before(office: Office, report: Report) -> Report:
    """A report with what was accepted of each agency for the period before, for what its own goes on from."""
    if not office.settings.ledger.is_file():
        return report
    with open_ledger(office.settings.ledger, keep=False) as ledger:
        report = going_on(report, office, ledger)
    if (before := report.last.previous) is None:
        return report
    values = {code: numbers for code, numbers in before.values.items() if code not in before.unaccepted}
    return replace(report, last=replace(report.last, previous=replace(before, values=values)))


def have_filed(report: Report) -> set[str]:
    """The codes of the agencies from which the newest run had something; of nobody, where there was no run yet."""
    settings, form = report.settings, report.form
    folder = newest_run(settings.outbox, settings.period, form)
    manifest = read_manifest(folder) if folder else None
    told = [one for one in manifest.each if one.about(form.id, settings.period)] if manifest else []
    absent = (AgencyState.MISSING.value, AgencyState.UNKNOWN.value)
    return {agency.code for one in told for agency in one.agencies if agency.state not in absent}


def known_of(office: Office, report: Report) -> dict[str, dict[int, Known]]:
    """What the lists of the office's other forms, as filed last for the same period, say of a report's numbers, and what
    the periods of its year come to."""
    form, period = report.form, report.settings.period
    telling = [
        one.form for one in office.reports if form.id in one.form.compared_with and one.form.period is form.period
    ]
    if not (telling or form.year_sums) or not office.settings.ledger.is_file():
        return {}
    with open_ledger(office.settings.ledger, keep=False) as ledger:
        filed = [(other, ledger.periods(other, [period], office.roster).get(period, {})) for other in telling]
        sums = known_sums(form, years_of(report, office, ledger))
    counted = known_numbers(form, filed)
    return {code: {**sums.get(code, {}), **counted.get(code, {})} for code in (*sums, *counted)}
