"""Publication: what the tool writes: the run folder with all that is in it, and the blank workbooks.

A run folder is filled, written down in the ledger as prepared, given its name, and written down as done.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbook_tool.dispatch import write_returns
from workbook_tool.files.intake.unique_names import UniqueNames
from workbook_tool.files.returns.blank_forms import blank_forms
from workbook_tool.files.returns.draft import write_drafts
from workbook_tool.files.returns.reminders import write_reminders
from workbook_tool.files.season.ledger import Ledger
from workbook_tool.files.season.outbox import make_durable, publish
from workbook_tool.files.workbook.results import manifest_of, write_results
from workbook_tool.model.errors import OfficeError, OutboxError
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Settings
from workbook_tool.model.returns.returned import RETURNS
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.text import file_name
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.manifest import Manifest
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps import tell
from workbook_tool.steps.returns.confirm import confirm
from workbook_tool.steps.returns.remind import remind
from workbook_tool.steps.season.asked import asked


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
    result: Consolidation,
    settings: Settings,
    ledger: Ledger,
    inputs: dict[str, str | None],
    fingerprint: str,
    clock: Clock,
) -> tuple[Path, Manifest, str]:
    """A new run folder: the workbook, 上报表, return copies, reminders and the machine-readable files.

    Raises OutboxError where it cannot be written; then nothing half-written remains. The last of what is returned is what
    is to be said of a disk that does not confirm the folder; mostly nothing.
    """

    def write(folder: Path) -> Manifest:
        with clock("return"):
            returns = write_returns(folder / RETURNS, result, settings)
            write_drafts(folder / RETURNS, confirm(result), result.as_of, "请确认代改", "confirm")
            forms = blank_forms(lambda agency: issued(result, agency))
            reminders = write_reminders(folder, remind(result), result.as_of, result.period, forms)
        with clock("write"):
            workbook = write_workbooks(folder, result, returns, reminders)
        manifest = manifest_of(result, workbook, inputs, clock.seconds)
        write_results(folder, result, manifest)
        ledger.prepare(result, manifest, fingerprint, tell.outcome(result), asked(result), folder)
        return manifest

    folder, manifest = publish(settings.outbox, result.run.name, write)
    with noting(folder):
        doubt = make_durable(settings.outbox)
        ledger.done(result.run.name)
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


def issued(result: Consolidation, agency: Agency) -> Book:
    """The blank workbook that an agency is sent once more, as it was issued."""
    from workbook_tool.steps.form import blank_book

    return blank_book(result.form, result.period, result.period.next.first, agency)


def write_workbooks(
    folder: Path, result: Consolidation, returns: Mapping[str, str], reminders: Mapping[str, str]
) -> str:
    """The workbook for reviewers, whose name is returned, and the region's own report where anything was accepted."""
    from workbook_tool.files.workbook.render import render
    from workbook_tool.steps.form.region_report import region_report
    from workbook_tool.steps.workbook import compose

    workbook = file_name(f"汇总_{result.region.name}", f"_{result.period}_{result.run.name}.xlsx")
    render(compose(result, returns, reminders), folder / workbook)
    if result.totals.passed.agencies:
        report = file_name(f"上报表_{result.region.name}", f"_{result.period}.xlsx")
        render(region_report(result), folder / report)
    return workbook


def issue_templates(
    form: Form, period: Period, agencies: Sequence[Agency], last: LastYear, out: Path, total_formulas: bool
) -> list[Path]:
    """Write a blank workbook for each agency; never over a file that is there, which may be filled in by now.

    Raises OfficeError where one is there, and OutboxError where the folder cannot be written.
    """
    from workbook_tool.files.workbook.render import render
    from workbook_tool.steps.form import blank_book

    made, names = period.next.first, UniqueNames()
    paths = [out / names.once(file_name(f"{agency.code}_{agency.name}", f"_{period}.xlsx")) for agency in agencies]
    if there := [path for path in paths if path.exists()]:
        raise OfficeError(f"{there[0]} 已经存在，没有写出任何文件；请换一个文件夹，或先把原有的移走。")
    for agency, path in zip(agencies, paths, strict=True):
        try:
            out.mkdir(parents=True, exist_ok=True)
            render(blank_book(form, period, made, agency, total_formulas=total_formulas, last=last.of(agency)), path)
        except OSError as error:
            raise OutboxError(f"无法写出 {path}：{error.strerror}。") from error
    return paths
