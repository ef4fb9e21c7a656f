"""READ FIRST. The conductor: inbox → read → check → locate → choose versions → follow up → consolidate → publish.

The only place where steps and files meet. A problem in an agency's file becomes a state or a finding and never stops
the batch; a problem of ours stops it before the first file is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from loguru import logger

from workbook_tool.files.intake.arriving import changed
from workbook_tool.files.intake.cage import Progress
from workbook_tool.files.intake.inbox import list_files, list_inbox
from workbook_tool.files.season.decisions import read_decisions
from workbook_tool.files.season.fingerprints import fingerprint_of, input_hashes
from workbook_tool.files.season.ledger import Ledger, open_ledger
from workbook_tool.files.season.outbox import next_name, one_run_at_a_time
from workbook_tool.files.season.signed import load_signed
from workbook_tool.files.workbook.republish import repeatable
from workbook_tool.files.workbook.results import manifest_of
from workbook_tool.intake import Terms
from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import Agency, Submission
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.changes import Past
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.model.workbook.result import Checked, Consolidation, FileRecord, Run, State
from workbook_tool.publication import Clock, Manifest, publish_again, publish_run
from workbook_tool.reception import take_in_all
from workbook_tool.steps import tell
from workbook_tool.steps.intake.duplicates import mark_duplicates
from workbook_tool.steps.judging.check import check
from workbook_tool.steps.judging.compare import compare_agencies, compare_region, compare_years
from workbook_tool.steps.judging.locate import locate
from workbook_tool.steps.season.changes import compare_runs
from workbook_tool.steps.season.consolidate import consolidate
from workbook_tool.steps.season.decide import decide
from workbook_tool.steps.season.drift import compare_signed
from workbook_tool.steps.season.follow_up import Memory, follow_up, follow_up_agencies, follow_up_region
from workbook_tool.steps.season.resubmit import resubmit
from workbook_tool.steps.season.score import score
from workbook_tool.steps.season.versions import agency_records, choose_versions


@dataclass(frozen=True)
class Office:
    """An office ready to run: its settings, the declared form, the roster and last year's values."""

    settings: Settings
    form: Form
    roster: Roster
    last: LastYear = NO_LAST_YEAR

    @property
    def terms(self) -> Terms:
        of = self.settings
        region = Agency(of.region_code, of.region)
        return Terms(self.form, self.roster, of.year, of.policy, of.limits, of.passwords, region)


@dataclass(frozen=True)
class Outcome:
    """What a run came to, in words and as run.json. ``folder`` is None after a dry run, ``result`` where an earlier run
    was published again."""

    summary: str
    manifest: Manifest
    folder: Path | None
    result: Consolidation | None = None


def run(office: Office, as_of: date, *, dry_run: bool = False, progress: Progress | None = None) -> Outcome:
    """Read the inbox, check every file, and publish one run folder.

    Raises OfficeError, Busy or OutboxError; then nothing was written.
    """
    settings, form, roster, last = office.settings, office.form, office.roster, office.last
    rulebook = office.terms.rulebook
    if last.problem:
        logger.warning(last.words)
    with one_run_at_a_time(settings.outbox), open_ledger(settings.ledger, keep=not dry_run) as ledger:
        ledger.repair(settings.outbox)
        if not dry_run:
            ledger.refuse_earlier(as_of)
        name, clock = next_name(settings.outbox, as_of, ledger.names), Clock()
        with clock("read"):
            past, known = past_of(office, ledger, as_of), ledger.readings(office.terms)
            sources = list_inbox(settings.inbox)
            read = mark_duplicates(take_in_all(sources, office.terms, progress, known))
            known.save()
        with clock("check"):
            memory = Memory(form, settings.year, as_of, roster, last, past.history, past.decided)
            files = choose_versions(judged(read, rulebook, last), rulebook, past.history)
            files, chains = resubmit(files, rulebook, as_of, past.history)
            # Before agencies are compared, so that nobody is measured by a file that a reviewer excluded.
            files = compare_agencies(follow_up(files, memory), rulebook, last, roster)
            files = follow_up(files, memory)
        with clock("consolidate"):
            agencies = follow_up_agencies(agency_records(files, roster, settings, as_of, past.history), memory)
            result = consolidate(form, settings, roster, Run(name, as_of), files, agencies)
            result = follow_up_region(replace(compare_region(result, last), chains=chains), memory)
            result = compare_signed(compare_runs(result, roster, past.history), roster, past.signed)
            result = score(result, settings.scorecard, past.history) if settings.scorecard else result
        inputs = input_hashes(settings, form, roster, files, last, past, as_of)
        if dry_run:
            return Outcome(
                tell.outcome(result, written=False), manifest_of(result, "", inputs, clock.seconds), None, result
            )
        settled = known.whole and not any(file.state is State.ARRIVING for file in files)
        fingerprint = fingerprint_of(settings, form, roster, last, past, sources, as_of) if settled else ""
        folder, manifest = publish_run(result, settings, ledger, inputs, fingerprint, clock)
        logger.info("run {} published: {}", name, manifest["counts"])
        return Outcome(tell.outcome(result), manifest, folder, result)


def again(office: Office, as_of: date) -> Outcome | None:
    """Publish the newest run once more, where nothing that a run depends on has changed since: it would come to the
    same. None where that cannot be said; then nothing was written.

    Raises OfficeError, Busy or OutboxError as ``run`` does.
    """
    settings, form, clock = office.settings, office.form, Clock()
    with one_run_at_a_time(settings.outbox), open_ledger(settings.ledger) as ledger:
        ledger.repair(settings.outbox)
        ledger.refuse_earlier(as_of)
        if (newest := ledger.newest) is None or newest.as_of != as_of:
            return None
        name = next_name(settings.outbox, as_of, ledger.names)
        with clock("compare"):
            sources, past = list_inbox(settings.inbox), past_of(office, ledger, as_of)
            fingerprint = fingerprint_of(settings, form, office.roster, office.last, past, sources, as_of)
            unchanged = fingerprint == newest.fingerprint and newest.intact(settings.outbox) and not changed(sources)
        if not unchanged or not repeatable(settings.outbox / newest.name, newest.name, name):
            return None
        folder, manifest = publish_again(newest, name, settings, ledger, clock)
        logger.info("run {} published: the same as {}", name, newest.name)
        return Outcome(newest.summary, manifest, folder)


def past_of(office: Office, ledger: Ledger, as_of: date) -> Past:
    """What a run of this date knows from before."""
    settings, form = office.settings, office.form
    decided = decide(read_decisions(settings, ledger.reviews()), ledger.decisions(form.id, settings.year))
    names = {agency.code: office.roster.known_as(agency) for agency in office.roster.agencies}
    history = ledger.history(form.id, settings.year, as_of).known_under(names)
    return Past(history, decided, load_signed(settings, form))


def check_files(paths: Sequence[Path], terms: Terms, last: LastYear = NO_LAST_YEAR) -> list[FileRecord]:
    """Judge files on their own, as ``check`` does: nothing is written."""
    return judged(mark_duplicates(take_in_all(list_files(paths), terms)), terms.rulebook, last)


def judged(read: Sequence[Submission | FileRecord], rulebook: Rulebook, last: LastYear) -> list[FileRecord]:
    """All submissions checked at once, beside last year too, what is broken located, each in its place among the
    records."""
    found = check([s for s in read if isinstance(s, Submission)], rulebook, last)
    found = compare_years(found, rulebook, last)
    checked = iter(locate(found, rulebook, last))
    return [settled(next(checked)) if isinstance(r, Submission) else r for r in read]


def settled(checked: Checked) -> FileRecord:
    submission = checked.submission
    return FileRecord(
        submission.source, checked.state, checked.reason, submission.identity.agency, submission.identity.year, checked
    )
