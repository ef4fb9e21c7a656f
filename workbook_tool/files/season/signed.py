"""Reads the signed result of a period back, for later runs to be compared with."""

from __future__ import annotations

from workbook_tool.files.season.last_year import WrongSourceError, read_source
from workbook_tool.files.season.run_folders import read_manifest
from workbook_tool.files.season.signatures import read_mark
from workbook_tool.model.form.form import Form
from workbook_tool.model.office.settings import Settings
from workbook_tool.model.season.changes import Signed


def load_signed(settings: Settings, form: Form) -> Signed | None:
    """The signed result of the report's period, None where nothing was signed. Where its values are not there any more, or
    not as signed, that is its problem: then nothing is compared, and it is said."""
    mark = read_mark(settings.outbox, settings.period, form.id)
    if mark is None:
        return None
    folder, day = settings.outbox / mark.run, mark.day
    if mark.problem:
        return Signed(mark.run or mark.path.name, day, mark.sha256, problem=mark.problem, by=mark.by)
    try:
        values = read_source(folder, settings.period, form).values
    except WrongSourceError as error:
        return Signed(mark.run, day, mark.sha256, problem=f"“{folder.name}”{error}", by=mark.by)
    told = read_manifest(folder)
    reports = [one for one in told.each if one.about(form.id, settings.period)] if told else []
    names = {agency.code: agency.name for report in reports for agency in report.agencies}
    return Signed(mark.run, day, mark.sha256, values, names, by=mark.by)
