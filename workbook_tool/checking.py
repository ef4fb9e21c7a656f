"""Checking: files judged on their own, before they are sent. Writes nothing, and needs nothing of what a run needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from workbook_tool.files.form.compiled import compiled
from workbook_tool.files.intake.engine import Engine
from workbook_tool.files.intake.inbox import list_files
from workbook_tool.files.intake.offshoots import offshoots
from workbook_tool.files.intake.typed_paths import typed_paths
from workbook_tool.files.office import log
from workbook_tool.files.office.bundled import bundled_templates
from workbook_tool.files.office.toml import readable
from workbook_tool.intake import Terms
from workbook_tool.judgement import judge
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import AnyFile
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.reception import take_in_all
from workbook_tool.steps.intake.duplicates import mark_duplicates
from workbook_tool.steps.judging.stated import judge_texts
from workbook_tool.steps.season.misnamed import OtherPeriods, tell_misnamed, without_dated
from workbook_tool.steps.tell.told_file import file_report

DEFAULT_FORM = "zfxxgk-2021"
NOTHING_IN_IT = (State.CONTAINER, State.IGNORED)
"""The states of what holds no filing itself."""
NOTHING_BEFORE: Mapping[str, LastYear] = {}
"""Where nothing of a year ago is known, of no form."""


def check(files: Sequence[str], config: Path, as_json: bool = False) -> tuple[str, bool]:
    """Judge files on their own, also those of folders, those that a pattern means, and one from standard input (``-``).
    Returns what was found, in words or as JSON, and whether anything must be changed."""
    terms, last = terms_and_last_year(config)
    log.off()
    with TemporaryDirectory() as aside:
        records = check_files(typed_paths(files, Path(aside)), terms, last)
    if all(record.state in NOTHING_IN_IT for record in records):
        raise OfficeError(
            f"{'、'.join(files)} 里没有可以审核的文件（临时文件和系统文件不算）。请检查要审核的是不是它。"
        )
    wrong = any(r.state in (State.RETURNED, State.UNREADABLE, State.FOREIGN, State.ARRIVING) for r in records)
    if as_json:
        from workbook_tool.files.workbook.results import as_json as manifest_text
        from workbook_tool.files.workbook.results import checked_facts

        return manifest_text(checked_facts(records)), wrong
    return "".join(map(file_report, records)), wrong


def terms_and_last_year(config: Path) -> tuple[Terms, dict[str, LastYear]]:
    """What to judge by: the office's own terms where there is one here, else the form that came with the program."""
    with readable():
        there = config.is_file()
    if there:
        from workbook_tool.office import open_office

        office = open_office(config)
        return office.terms, {report.form.id: report.last for report in office.reports}
    if config != Path("config.toml"):
        raise OfficeError(f"找不到配置文件 {config}。")
    (form,) = compiled([(bundled_templates(), DEFAULT_FORM)], proven=True)
    return Terms(form, Roster((), given=False)), {}


def check_files(
    paths: Sequence[Path], terms: Terms, last: Mapping[str, LastYear] = NOTHING_BEFORE, engine: Engine = offshoots
) -> tuple[AnyFile, ...]:
    """Judge files on their own, as ``check`` does: nothing is written. ``last`` is what was filed a year ago, by form."""
    read = mark_duplicates(take_in_all(list_files(paths, terms.limits), terms, engine=engine))
    judged: dict[str, AnyFile] = {}
    for each in terms.each:
        own = [one for one in read if isinstance(one, Submission) and one.identity.form == each.form.id]
        received = judge(own, each.rulebook, last.get(each.form.id, NO_LAST_YEAR))
        elsewhere = OtherPeriods(own, date.today())
        named = tell_misnamed(without_dated(received.filings, elsewhere), elsewhere, each.rulebook)
        judged |= {f.source.path: f for f in judge_texts(named, each.rulebook)}
    return tuple(one if isinstance(one, FileRecord) else judged[one.source.path] for one in read)
