"""Showing: all that is known of one agency, and what changed between two runs. Nothing is opened as a form, and nothing
written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.files.season.run_folders import named_run
from workbook_tool.files.workbook.read_results import read_rows
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.history import History
from workbook_tool.model.text import nearest
from workbook_tool.model.workbook.published import PublishedRun
from workbook_tool.office import Office, earlier_reports
from workbook_tool.steps.tell import agency as tell_agency
from workbook_tool.steps.tell import between as tell_between
from workbook_tool.steps.tell.agency import AgencyFile


def agency_of(roster: Roster, word: str, history: History | None = None) -> Agency:
    """The agency of this code, name or alias. Who is in no roster and has filed, perhaps with a region below, is known by the
    ``history``. Raises OfficeError, with the nearest word, where there is none."""
    known = {code: Agency(code, code) for code in history.versions} if history else {}
    known |= roster.by_word
    if found := roster.by_code(word) or known.get(word):
        return found
    if near := nearest(word, known):
        more = [word for word in dict.fromkeys((known[near].name, known[near].code)) if word != near]
        hint = f"，是否指 {near}" + (f"（{'，'.join(more)}）" if more else "")
    else:
        holding = dict.fromkeys(f"{agency.name}（{agency.code}）" for agency in roster.agencies if word in agency.name)
        hint = f"；名称里有的：{'、'.join(holding)}" if holding else ""
    raise OfficeError(f"名录中没有“{word}”这个代码或名称{hint}。")


def show_agency(office: Office, word: str) -> str:
    """What the ledger and the mails tell of an agency: of every form the newest period that was run in full, those before it
    that are still open in a line each. Raises OfficeError where the roster does not know it."""
    from workbook_tool.files.mail.memory import open_memory

    names = {agency.code: office.roster.known_as(agency) for agency in office.roster.agencies}
    told = ""
    with open_ledger(office.settings.ledger, keep=False) as ledger:
        for own in office.reports:
            files = []
            for report in (own, *earlier_reports(office, own, ledger)):
                form, period = report.form.id, report.settings.period
                history = ledger.history(form, period, date.max).known_under(names)
                agency = agency_of(office.roster, word, history)
                one = AgencyFile(agency, own.form, period, history, ledger.decisions(form, period))
                if report is own or one.versions or period in ledger.reported(form):  # else nobody was asked for it
                    files.append(one)
            told += tell_agency.shown(files, several=len(office.reports) > 1)
    with open_memory(office.settings.root, keep=False) as memory:
        letters = memory.sent_to(agency.code)
    return told + tell_agency.letters_to(agency, letters)


def compare_runs(outbox: Path, before: str, after: str) -> str:
    """What changed from one run to another: states, problems and numbers. Raises OfficeError where there is no such run."""
    return tell_between.between(published(outbox, before), published(outbox, after))


def published(outbox: Path, name: str) -> PublishedRun:
    """A run as its folder tells it. An older program knew one form and one period and did not repeat them."""
    folder, manifest = named_run(outbox, name)
    form, period = manifest.form, manifest.period or str(manifest.year)
    tables = (read_rows(folder / file) for file in ("values.csv", "findings.csv"))
    values, findings = ([{"form": form, "period": period, **row} for row in rows] for rows in tables)
    agencies = {(a.code, a.form or form, a.period or period): a for a in manifest.agencies}
    aside = frozenset((one.form, one.period) for one in manifest.reports if not one.workbook)
    return PublishedRun(name, agencies, values, findings, aside)
