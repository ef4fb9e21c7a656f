"""READ FIRST. The conductor: inbox → identify → read → check → settle → consolidate → compose → write.

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

from workbook_tool.files.cage import Cage, Lost, Progress
from workbook_tool.files.inbox import is_ignored, list_inbox, source_file
from workbook_tool.files.inputs import input_hashes
from workbook_tool.files.outbox import next_name, one_run_at_a_time, publish
from workbook_tool.files.results import manifest_of, write_results
from workbook_tool.intake import Terms, take_in, unreadable
from workbook_tool.model.errors import OfficeError, OutboxError
from workbook_tool.model.form import Form
from workbook_tool.model.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.model.result import Checked, Consolidation, FileRecord, Run, State
from workbook_tool.model.settings import Roster, Settings
from workbook_tool.model.submission import Agency, SourceFile, Submission
from workbook_tool.model.text import safe_name
from workbook_tool.steps.check import check
from workbook_tool.steps.compare import compare_agencies, compare_region, compare_years
from workbook_tool.steps.consolidate import consolidate
from workbook_tool.steps.settle import agency_records, duplicates, settle


@dataclass(frozen=True)
class Office:
    """An office ready to run: its settings, the declared form, the roster and last year's values."""

    settings: Settings
    form: Form
    roster: Roster
    last: LastYear = NO_LAST_YEAR

    @property
    def terms(self) -> Terms:
        return Terms(self.form, self.roster, self.settings.year, self.settings.policy, self.settings.limits)


@dataclass(frozen=True)
class Outcome:
    """What a run came to. ``folder`` is None after a dry run."""

    result: Consolidation
    manifest: dict[str, Any]
    folder: Path | None


def run(office: Office, as_of: date, *, dry_run: bool = False, progress: Progress | None = None) -> Outcome:
    """Read the inbox, check every file, and publish one run folder.

    Raises OfficeError, Busy or OutboxError; then nothing was written.
    """
    settings, form, last = office.settings, office.form, office.last
    if last.problem:
        logger.warning(last.words)
    with one_run_at_a_time(settings.outbox):
        name = next_name(settings.outbox, as_of)
        clock = Clock()
        sources = list_inbox(settings.inbox)
        with clock("read"):
            read = take_in_all(sources, office.terms, progress)
        with clock("check"):
            files = settle(judged(read, office.terms, last), form, settings.policy)
            files = compare_agencies(files, form, settings.policy, last, office.roster)
            agencies = agency_records(files, office.roster, settings, as_of)
        with clock("consolidate"):
            result = consolidate(form, settings, office.roster, Run(name, as_of), files, agencies)
            result = compare_region(result, last)
        workbook = safe_name(f"汇总_{settings.region}_{settings.year}_{name}.xlsx")
        inputs = input_hashes(settings, form, office.roster, sources, last)
        if dry_run:
            return Outcome(result, manifest_of(result, "", inputs, clock.seconds), None)
        folder, manifest = write_run(result, settings, workbook, inputs, clock)
        logger.info("run {} published: {}", name, manifest["counts"])
        return Outcome(result, manifest, folder)


def check_files(paths: Sequence[Path], terms: Terms, last: LastYear = NO_LAST_YEAR) -> list[FileRecord]:
    """Judge files on their own, as ``check`` does: nothing is written."""
    return judged(take_in_all([source_file(path, path.name) for path in paths], terms), terms, last)


def take_in_all(
    sources: Sequence[SourceFile], terms: Terms, progress: Progress | None = None
) -> list[Submission | FileRecord]:
    """Every file as a submission, or the record of why it is none, in their order."""
    records = {s.path: FileRecord(s, State.IGNORED, "临时文件或系统文件") for s in sources if is_ignored(s.path)}
    records |= {path: record for path, record in duplicate_records(sources).items() if path not in records}
    left = [s for s in sources if s.path not in records]
    with Cage(take_in, terms, terms.limits) as cage:
        read = {s.path: found(s, outcome, terms) for s, outcome in zip(left, cage.map(left, progress), strict=True)}
    return [records.get(s.path) or read[s.path] for s in sources]


def duplicate_records(sources: Sequence[SourceFile]) -> dict[str, FileRecord]:
    """The records of files with the same bytes as another one, by path."""
    twice = duplicates([s for s in sources if s.sha256 and not is_ignored(s.path)])
    return {
        s.path: FileRecord(s, State.DUPLICATE, f"与“{twice[s.path]}”内容完全相同") for s in sources if s.path in twice
    }


def found(source: SourceFile, outcome: Submission | FileRecord | Lost, terms: Terms) -> Submission | FileRecord:
    """What a worker brought back; a file that killed it, or tripped over a mistake of ours, is unreadable."""
    if isinstance(outcome, (Submission, FileRecord)):
        return outcome
    if outcome.detail:
        logger.error("cannot read {}\n{}", source.path, outcome.detail)
    return unreadable(source, outcome.reason, terms.roster)


def judged(read: Sequence[Submission | FileRecord], terms: Terms, last: LastYear) -> list[FileRecord]:
    """All submissions checked at once, beside last year too, each in its place among the records."""
    found = check([s for s in read if isinstance(s, Submission)], terms.form, terms.policy, last)
    checked = iter(compare_years(found, terms.form, terms.policy, last))
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
