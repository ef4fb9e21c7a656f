"""READ FIRST. The conductor: inbox → identify → read → check → locate → settle → consolidate → compose → write.

The only place where steps and files meet. A problem in an agency's file becomes a state or a finding and never stops
the batch; a problem of ours stops it before the first file is opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from loguru import logger

from workbook_tool.files.inbox import is_ignored, list_inbox, source_file
from workbook_tool.files.inputs import input_hashes
from workbook_tool.files.outbox import next_name, one_run_at_a_time, publish
from workbook_tool.files.reading import read_sheets
from workbook_tool.files.results import manifest_of, write_results
from workbook_tool.model.errors import OfficeError, OutboxError, Unreadable
from workbook_tool.model.form import Form
from workbook_tool.model.result import Checked, Consolidation, FileRecord, Run, State
from workbook_tool.model.settings import Limits, Policy, Roster, Settings
from workbook_tool.model.submission import Agency, SourceFile, Submission
from workbook_tool.model.text import safe_name
from workbook_tool.steps.check import check
from workbook_tool.steps.consolidate import consolidate
from workbook_tool.steps.identify import identify, named_in
from workbook_tool.steps.locate import locate
from workbook_tool.steps.parse import parse
from workbook_tool.steps.settle import agency_records, duplicates, settle

Progress = Callable[[int, int], None]
"""Called with (files done, files in all)."""


@dataclass(frozen=True)
class Terms:
    """What a file is judged by. ``year`` None accepts every year."""

    form: Form
    roster: Roster
    year: int | None = None
    policy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Office:
    """An office ready to run: its settings, the declared form and the roster."""

    settings: Settings
    form: Form
    roster: Roster

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
    settings = office.settings
    with one_run_at_a_time(settings.outbox):
        name = next_name(settings.outbox, as_of)
        clock = Clock()
        sources = list_inbox(settings.inbox)
        with clock("read"):
            twice = duplicates([s for s in sources if s.sha256 and not is_ignored(s.path)])
            read = [read_or_record(s, office.terms, twice) for s in watched(sources, progress)]
        with clock("check"):
            files = settle(judged(read, office.terms), settings.policy)
            agencies = agency_records(files, office.roster, settings, as_of)
        with clock("consolidate"):
            result = consolidate(office.form, settings, office.roster, Run(name, as_of), files, agencies)
        workbook = safe_name(f"汇总_{settings.region}_{settings.year}_{name}.xlsx")
        inputs = input_hashes(settings, office.form, office.roster, sources)
        if dry_run:
            return Outcome(result, manifest_of(result, "", inputs, clock.seconds), None)
        folder, manifest = write_run(result, settings, workbook, inputs, clock)
        logger.info("run {} published: {}", name, manifest["counts"])
        return Outcome(result, manifest, folder)


def check_files(paths: Sequence[Path], terms: Terms) -> list[FileRecord]:
    """Judge files on their own, as ``check`` does: nothing is written."""
    return judged([read_one(source_file(path, path.name), terms) for path in paths], terms)


def watched(sources: Sequence[SourceFile], progress: Progress | None) -> Iterator[SourceFile]:
    """The sources one by one, telling progress before each and at the end."""
    for number, source in enumerate(sources):
        if progress:
            progress(number, len(sources))
        yield source
    if progress:
        progress(len(sources), len(sources))


def read_or_record(source: SourceFile, terms: Terms, twice: dict[str, str]) -> Submission | FileRecord:
    """A file of the inbox as a submission, or the record of why it is none."""
    if is_ignored(source.path):
        return FileRecord(source, State.IGNORED, "临时文件或系统文件")
    if source.path in twice:
        return FileRecord(source, State.DUPLICATE, f"与“{twice[source.path]}”内容完全相同")
    return read_one(source, terms)


def read_one(source: SourceFile, terms: Terms) -> Submission | FileRecord:
    """Identify and parse one file. Whatever goes wrong in here concerns this file alone."""
    form, roster, policy = terms.form, terms.roster, terms.policy
    try:
        sheets = read_sheets(source.location, terms.limits)
        identity = identify(sheets, source.path, form, roster, terms.year, policy)
        if identity.foreign:
            return FileRecord(source, State.FOREIGN, identity.foreign, identity.agency, identity.year)
        parsed = parse(sheets, form, policy, identity.nil)
        if not parsed.tables:
            reason = f"没有找到《{form.title}》的任何一张表{outdated(sheets, form)}"
            return FileRecord(source, State.FOREIGN, reason, identity.agency, identity.year)
        findings = (*identity.findings, *parsed.findings)
        return Submission(source, form, identity, parsed.readings, findings)
    except Unreadable as error:
        return FileRecord(source, State.UNREADABLE, str(error), named_in(source.path, roster))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # calamine's panics are no Exception; one file must never stop the batch
        logger.opt(exception=error).error("cannot read {}", source.path)
        reason = f"读取时程序出错（{type(error).__name__}），详见 logs 中的日志"
        return FileRecord(source, State.UNREADABLE, reason, named_in(source.path, roster))


def outdated(sheets: Sequence[Any], form: Form) -> str:
    """The name of the older layout whose mark a file carries, in brackets."""
    texts = [text for sheet in sheets for text in sheet.cells.values() if isinstance(text, str)]
    return next((f"，像是{name}" for mark, name in form.outdated if any(mark in text for text in texts)), "")


def judged(read: Sequence[Submission | FileRecord], terms: Terms) -> list[FileRecord]:
    """All submissions checked at once, what is broken located, each in its place among the records."""
    found = check([s for s in read if isinstance(s, Submission)], terms.form, terms.policy)
    checked = iter(locate(found, terms.form, terms.policy))
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
            render(blank_book(office.form, year, made, agency, total_formulas=total_formulas), path)
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
