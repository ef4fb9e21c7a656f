"""READ FIRST. The conductor: inbox → read → sift → check → locate → settle → live → consolidate → compose → write.

The only place where steps and files meet. A problem in an agency's file becomes a state or a finding and never stops
the batch; a problem of ours stops it before the first file is opened.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from loguru import logger

from workbook_tool.files.cage import Progress
from workbook_tool.files.decisions import read_decisions
from workbook_tool.files.inbox import list_files, list_inbox
from workbook_tool.files.inputs import input_hashes
from workbook_tool.files.outbox import next_name, one_run_at_a_time, publish
from workbook_tool.files.results import manifest_of, write_results
from workbook_tool.files.signed import load_signed
from workbook_tool.intake import Terms
from workbook_tool.model.errors import OfficeError, OutboxError
from workbook_tool.model.form import Form
from workbook_tool.model.history import NO_HISTORY, History
from workbook_tool.model.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.model.result import Checked, Consolidation, FileRecord, Run
from workbook_tool.model.settings import Roster, Settings
from workbook_tool.model.submission import Agency, Submission
from workbook_tool.model.text import safe_name
from workbook_tool.reception import take_in_all
from workbook_tool.steps.changes import compare_runs
from workbook_tool.steps.check import check
from workbook_tool.steps.compare import compare_agencies, compare_region, compare_years
from workbook_tool.steps.consolidate import consolidate
from workbook_tool.steps.decide import decide
from workbook_tool.steps.drift import compare_signed
from workbook_tool.steps.life import Memory, live, live_agencies, live_region
from workbook_tool.steps.locate import locate
from workbook_tool.steps.settle import agency_records, settle
from workbook_tool.steps.sift import sift


@dataclass(frozen=True)
class Office:
    """An office ready to run: its settings, the declared form, the roster and last year's values."""

    settings: Settings
    form: Form
    roster: Roster
    last: LastYear = NO_LAST_YEAR

    @property
    def terms(self) -> Terms:
        settings = self.settings
        return Terms(self.form, self.roster, settings.year, settings.policy, settings.limits, settings.passwords)


@dataclass(frozen=True)
class Outcome:
    """What a run came to. ``folder`` is None after a dry run."""

    result: Consolidation
    manifest: dict[str, Any]
    folder: Path | None


def run(
    office: Office,
    as_of: date,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    history: History = NO_HISTORY,
) -> Outcome:
    """Read the inbox, check every file, and publish one run folder.

    Raises OfficeError, Busy or OutboxError; then nothing was written.
    """
    settings, form, last = office.settings, office.form, office.last
    if last.problem:
        logger.warning(last.words)
    with one_run_at_a_time(settings.outbox):
        name = next_name(settings.outbox, as_of)
        clock = Clock()
        with clock("read"):
            read = sift(take_in_all(list_inbox(settings.inbox), office.terms, progress))
            decided, signed = decide(read_decisions(settings)), load_signed(settings, form)
        with clock("check"):
            files = settle(judged(read, office.terms, last), form, settings.policy)
            files = compare_agencies(files, form, settings.policy, last, office.roster)
            memory = Memory(form, settings.year, as_of, office.roster, last, history, decided)
            files = live(files, memory)
            agencies = live_agencies(agency_records(files, office.roster, settings, as_of), memory)
        with clock("consolidate"):
            result = consolidate(form, settings, office.roster, Run(name, as_of), files, agencies)
            result = live_region(compare_region(result, last), memory)
            result = compare_signed(compare_runs(result, office.roster, history), office.roster, signed)
        workbook = safe_name(f"汇总_{settings.region}_{settings.year}_{name}.xlsx")
        inputs = input_hashes(settings, form, office.roster, files, last, decided, signed)
        if dry_run:
            return Outcome(result, manifest_of(result, "", inputs, clock.seconds), None)
        folder, manifest = write_run(result, settings, workbook, inputs, clock)
        logger.info("run {} published: {}", name, manifest["counts"])
        return Outcome(result, manifest, folder)


def check_files(paths: Sequence[Path], terms: Terms, last: LastYear = NO_LAST_YEAR) -> list[FileRecord]:
    """Judge files on their own, as ``check`` does: nothing is written."""
    return judged(sift(take_in_all(list_files(paths), terms)), terms, last)


def judged(read: Sequence[Submission | FileRecord], terms: Terms, last: LastYear) -> list[FileRecord]:
    """All submissions checked at once, beside last year too, what is broken located, each in its place among the
    records."""
    found = check([s for s in read if isinstance(s, Submission)], terms.form, terms.policy, last)
    found = compare_years(found, terms.form, terms.policy, last)
    checked = iter(locate(found, terms.form, terms.policy, last))
    return [settled(next(checked)) if isinstance(r, Submission) else r for r in read]


def settled(checked: Checked) -> FileRecord:
    submission = checked.submission
    return FileRecord(
        submission.source, checked.state, checked.reason, submission.identity.agency, submission.identity.year, checked
    )


def write_run(
    result: Consolidation, settings: Settings, workbook: str, inputs: dict[str, str | None], clock: Clock
) -> tuple[Path, dict[str, Any]]:
    from workbook_tool.files.render import render
    from workbook_tool.steps.compose import compose

    manifest: dict[str, Any] = {}

    def write(folder: Path) -> None:
        with clock("write"):
            render(compose(result), folder / workbook)
        manifest.update(manifest_of(result, workbook, inputs, clock.seconds))
        write_results(folder, result, manifest)

    return publish(settings.outbox, result.run, write), manifest


def issue_templates(office: Office, agencies: Sequence[Agency], out: Path, total_formulas: bool) -> list[Path]:
    """Write a blank workbook for each agency; never over a file that is there, which may be filled in by now.

    Raises OfficeError where one is there, and OutboxError where the folder cannot be written.
    """
    from workbook_tool.files.render import render
    from workbook_tool.steps.blank import blank_book

    year, made = office.settings.year, date(office.settings.year + 1, 1, 1)
    paths = [out / safe_name(f"{agency.code}_{agency.name}_{year}.xlsx") for agency in agencies]
    if there := [path for path in paths if path.exists()]:
        raise OfficeError(f"{there[0]} 已经存在，没有写出任何文件；请换一个文件夹，或先把原有的移走。")
    for agency, path in zip(agencies, paths, strict=True):
        try:
            out.mkdir(parents=True, exist_ok=True)
            last = office.last.of(agency)
            render(blank_book(office.form, year, made, agency, total_formulas=total_formulas, last=last), path)
        except OSError as error:
            raise OutboxError(f"无法写出 {path}：{error.strerror}。") from error
    return paths


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
