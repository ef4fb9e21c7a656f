"""Publication: what the tool writes: the run folder with all that is in it, and the blank workbooks.

A run folder is filled, written down in the ledger as prepared, given its name, and written down as done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType

from msgspec.structs import replace

from workbook_tool.copying import Means
from workbook_tool.dispatch import Dispatch
from workbook_tool.files.intake.engine import Engine, InProcess
from workbook_tool.files.intake.unique_names import UniqueNames
from workbook_tool.files.returns.blank_forms import blank_forms
from workbook_tool.files.returns.draft import write_drafts
from workbook_tool.files.returns.reminders import write_reminders
from workbook_tool.files.season.ledger import Ledger
from workbook_tool.files.season.outbox import make_durable, publish
from workbook_tool.files.workbook.results import about, write_results
from workbook_tool.files.workbook.run_json import manifest_of
from workbook_tool.model.errors import unwritten
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Settings
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.returns.returned import RETURNS
from workbook_tool.model.season.periods import Known
from workbook_tool.model.text import file_name
from workbook_tool.model.workbook.book import Book, FilePath
from workbook_tool.model.workbook.manifest import Manifest
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.office import Report
from workbook_tool.steps.returns.confirm import confirm
from workbook_tool.steps.returns.remind import remind
from workbook_tool.steps.season.asked import asked
from workbook_tool.steps.tell import outcomes as tell


class Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = round(time.perf_counter() - start, 3)


def publish_run(
    results: Sequence[Consolidation],
    settings: Settings,
    ledger: Ledger,
    inputs: dict[str, str | None],
    fingerprint: str,
    clock: Clock,
    engine: Engine = InProcess,
) -> tuple[Path, Manifest, str]:
    """A new run folder: for each report the workbook and 上报表; return copies, reminders and the machine-readable files of
    all together.

    Raises OutboxError where it cannot be written; then nothing half-written remains. The last of what is returned is what
    is to be said of a disk that does not confirm the folder; mostly nothing.
    """

    def write(folder: Path) -> Manifest:
        with Dispatch(folder, results, Means(settings, ledger.newest), engine) as returns:
            with clock("return"):
                returns.begin()
                reminders = write_letters(folder, results)
            with clock("write"):
                written = {
                    about(result): write_workbooks(folder, result, own, reminders[about(result)])
                    for result, own in zip(results, returns.links(), strict=True)
                    if not result.aside
                }
                returns.finish()
        manifest = manifest_of(results, written, inputs, clock.seconds)
        write_results(folder, results, manifest)
        works = [asked(result) for result in results]
        ledger.prepare(results, manifest, fingerprint, tell.outcomes(results), works, folder, returns.copies)
        return manifest

    name = results[0].run.name
    folder, manifest = publish(settings.outbox, name, write)
    with noting(folder):
        doubt = make_durable(settings.outbox)
        ledger.done(name)
    return folder, manifest, doubt


@contextmanager
def noting(*written: Path) -> Iterator[list[Path]]:
    """Whatever fails in here carries a note of the run folder that was ``written`` before: whoever tells of the failure
    must not say that there is none."""
    folders = list(written)
    try:
        yield folders
    except BaseException as error:
        for folder in folders:
            error.add_note(f"结果文件夹 {folder} 已经写出，是完整的。")
        raise


def write_letters(folder: Path, results: Sequence[Consolidation]) -> dict[tuple[str, str], dict[str, str]]:
    """The drafts of mails that ask agencies to confirm a correction, and of those that remind them; of each report the names
    of the latter by the agency's code."""
    as_of = results[0].as_of
    confirmed = [letter for result in results for letter in confirm(result)]
    write_drafts(folder / RETURNS, confirmed, as_of, "请确认代改", "confirm")
    chased = {letter: result for result in results if not result.aside for letter in remind(result)}
    enclosed = blanks_of(results)
    drafts = write_reminders(folder, list(chased), as_of, lambda one: enclosed(one, chased[one]))
    named: dict[tuple[str, str], dict[str, str]] = {about(result): {} for result in results}
    for letter, result in chased.items():
        named[about(result)][letter.agency.code] = drafts[letter]
    return named


def blanks_of(results: Sequence[Consolidation]) -> Callable[[Letter, Consolidation], list[tuple[str, bytes]]]:
    """What gives the blank forms that go with a letter about a result, under the names of those that were issued."""
    forms = {
        (about(one), period): blank_forms(partial(issued, one, period)) for one in results for period in asked_of(one)
    }

    def enclosed(letter: Letter, result: Consolidation) -> list[tuple[str, bytes]]:
        whose, settings = f"{letter.agency.code}_{letter.agency.name}", result.run.settings
        names = [file_name(whose, f"_{replace(settings, period=period).label}.xlsx") for period in letter.periods]
        forms_of = (forms[about(result), period](letter.agency) for period in letter.periods)
        return list(zip(names, forms_of, strict=True))

    return enclosed


def asked_of(result: Consolidation) -> set[Period]:
    """The periods of which agencies may be sent the blank form."""
    return {result.period, *(owed.period for each in result.owed.values() for owed in each)}


def issued(result: Consolidation, period: Period, agency: Agency) -> Book:
    """The blank workbook that an agency is sent once more, as it was issued."""
    from workbook_tool.steps.form import blank_book

    return blank_book(result.form, period, period.next.first, agency)


def write_workbooks(
    folder: Path, result: Consolidation, returns: Mapping[str, FilePath], reminders: Mapping[str, str]
) -> tuple[str, str]:
    """The workbook for reviewers, and where anything was accepted the region's own report, filled in and drafted; the
    names of the workbook and of 上报表."""
    from workbook_tool.files.workbook.draft_docx import write_draft
    from workbook_tool.files.workbook.render import render
    from workbook_tool.steps.form.own_report import draft_report
    from workbook_tool.steps.form.region_report import region_report
    from workbook_tool.steps.workbook import compose

    label = result.run.settings.label
    workbook = file_name(f"汇总_{result.region.name}", f"_{label}_{result.run.name}.xlsx")
    render(compose(result, returns, reminders), folder / workbook)
    if not result.totals.passed.agencies:
        return workbook, ""
    report = file_name(f"上报表_{result.region.name}", f"_{label}.xlsx")
    render(region_report(result), folder / report)
    if result.form.drafting:
        write_draft(draft_report(result, result.form.drafting), result.as_of, folder / draft_name(result.run.settings))
    return workbook, report


def draft_name(settings: Settings) -> str:
    """What the draft of the region's own report is called."""
    return file_name(f"年度报告_{settings.region}", f"_{settings.label}.docx")


def issue_templates(
    report: Report,
    agencies: Sequence[Agency],
    out: Path,
    total_formulas: bool,
    known: Mapping[str, Mapping[int, Known]] = MappingProxyType({}),
    prefilled: bool = False,
) -> tuple[list[Path], list[Path]]:
    """Write a blank workbook for each agency; never over a file that is there, which may be filled in by now. ``known`` is
    what the office knows of each agency's numbers, typed in where that is ``prefilled``. Returns those written, and those
    that were there.

    Raises OutboxError where the folder cannot be written.
    """
    from workbook_tool.files.workbook.render import render
    from workbook_tool.steps.form import blank_book

    form, period, last, names = report.form, report.settings.period, report.last, UniqueNames()
    made, ending = period.next.first, f"_{report.settings.label}.xlsx"
    paths = [out / names.once(file_name(f"{agency.code}_{agency.name}", ending)) for agency in agencies]
    there = [path for path in paths if path.exists()]
    for agency, path in zip(agencies, paths, strict=True):
        if path in there:
            continue
        try:
            out.mkdir(parents=True, exist_ok=True)
            told = known.get(agency.code, {})
            render(
                blank_book(form, period, made, agency, 1, total_formulas, last.of(agency), "", told, prefilled), path
            )
        except OSError as error:
            raise unwritten(path, error) from error
    return [path for path in paths if path not in there], there
