"""READ FIRST. The conductor: inbox → read → check → locate → choose versions → follow up → consolidate → publish.

The only place where steps and files meet. A problem in an agency's file becomes a state or a finding and never stops
the batch; a problem of ours stops it before the first file is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from loguru import logger

from workbook_tool.files.intake.arriving import changed
from workbook_tool.files.intake.cage import Cage
from workbook_tool.files.intake.engine import Engine, Progress
from workbook_tool.files.intake.inbox import list_files, list_inbox
from workbook_tool.files.season.decisions import read_decisions
from workbook_tool.files.season.fingerprints import fingerprint_of, input_hashes
from workbook_tool.files.season.ledger import Ledger, open_ledger
from workbook_tool.files.season.outbox import next_name, one_run_at_a_time
from workbook_tool.files.season.signed import load_signed
from workbook_tool.files.workbook.results import manifest_of, read_whole
from workbook_tool.intake import Terms
from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import Agency, Submission
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.changes import Past
from workbook_tool.model.season.filing import AnyFile, Checked, Filing, Received
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.model.workbook.manifest import Manifest
from workbook_tool.model.workbook.result import Consolidation, Judged, Run, Weeks
from workbook_tool.publication import Clock, noting, publish_run
from workbook_tool.reception import Read, take_in_all
from workbook_tool.steps import tell
from workbook_tool.steps.intake.duplicates import mark_duplicates
from workbook_tool.steps.intake.given_up import date_back
from workbook_tool.steps.intake.trusted_dates import trust_dates
from workbook_tool.steps.judging.check import check
from workbook_tool.steps.judging.compare import compare_agencies, compare_documents, compare_region, compare_years
from workbook_tool.steps.judging.locate import locate
from workbook_tool.steps.judging.settle import settle
from workbook_tool.steps.judging.stated import judge_texts
from workbook_tool.steps.season.changes import compare_runs
from workbook_tool.steps.season.consolidate import consolidate
from workbook_tool.steps.season.correct import correct, lives, understand
from workbook_tool.steps.season.decide import decide
from workbook_tool.steps.season.drift import compare_signed
from workbook_tool.steps.season.follow_up import Memory, excluded, follow_up, follow_up_region, heard
from workbook_tool.steps.season.levels import choose_levels
from workbook_tool.steps.season.resubmit import resubmit
from workbook_tool.steps.season.score import score
from workbook_tool.steps.season.versions import agency_records, choose_versions


@dataclass(frozen=True)
class Office:
    """An office ready to run: its settings, the declared form, the roster, last year's values, and the engine by which
    files are opened."""

    settings: Settings
    form: Form
    roster: Roster
    last: LastYear = NO_LAST_YEAR
    engine: Engine = Cage

    @property
    def terms(self) -> Terms:
        """What a file that came to this office is judged by."""
        of = self.settings
        region = Agency(of.region_code, of.region)
        return Terms(self.form, self.roster, of.period, of.policy, of.limits, of.passwords, region)


@dataclass(frozen=True)
class Outcome:
    """What a run came to, in words and as run.json. ``folder`` is None after a dry run, ``result`` where an earlier run
    stands."""

    summary: str
    manifest: Manifest
    folder: Path | None
    result: Consolidation | None = None


Say = Callable[[str], object]
"""What takes a sentence that people should read at once."""


def run(
    office: Office,
    as_of: date,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    say: Say = logger.warning,
    same_office: bool = False,
) -> Outcome:
    """Read the inbox, check every file, and publish one run folder. ``same_office``: the ledger is this office's, which
    has another name or place by now.

    Raises OfficeError, Busy or OutboxError; then nothing was written.
    """
    settings, form, roster, last = office.settings, office.form, office.roster, office.last
    if last.problem or last.doubts:
        logger.warning(last.words)
    with (
        noting() as written,
        one_run_at_a_time(settings.outbox),
        open_ledger(settings.ledger, keep=not dry_run) as ledger,
    ):
        tell_all([*ledger.settle(settings, same_office), *ledger.doubts(settings)], say)
        tell_all(tell.compared_with(ledger.just_withdrawn, ledger.newest_name), say)
        name, clock = next_name(settings.outbox, as_of, ledger.names), Clock()
        if not dry_run:
            ledger.refuse_earlier(as_of)
            tell_all(ledger.copy_before(name), say)
        last = replace(last, previous=ledger.previous(form, settings.period, roster))
        with clock("read"):
            past, known = past_of(office, ledger, as_of), ledger.readings(office.terms)
            sources = list_inbox(settings.inbox, settings.limits)
            taken = take_in_all(sources, office.terms, progress, known, office.engine)
            read = mark_duplicates(trust_dates(taken, as_of, settings.period))
            known.save()
        result = result_of(Run(name, as_of, settings, form, roster, last), read, past, clock)
        inputs = input_hashes(settings, form, roster, result.files, last, past, as_of)
        if dry_run:
            return Outcome(
                tell.outcome(result, written=False), manifest_of(result, "", inputs, clock.seconds), None, result
            )
        settled = known.whole and not result.unlisted and not any(f.state is State.ARRIVING for f in result.files)
        fingerprint = fingerprint_of(settings, form, roster, last, past, sources, as_of) if settled else ""
        folder, manifest, doubt = publish_run(result, settings, ledger, inputs, fingerprint, clock)
        written.append(folder)
        tell_all([doubt] if doubt else [], say)
        logger.info("run {} published: {}", name, manifest["counts"])
        return Outcome(tell.outcome(result), manifest, folder, result)


def result_of(run: Run, read: Sequence[Read], past: Past, clock: Clock) -> Consolidation:
    """What was read, judged, held against earlier weeks, and added up: the pure part of a run."""
    settings, form, roster, last, as_of = run.settings, run.form, run.roster, run.last_year, run.as_of
    rulebook = Rulebook(form, settings.policy)
    memory = Memory(form, settings.period, as_of, roster, last, past.history, past.decided)
    with clock("check"):
        corrected = understand(past.decided.numbers, read, form, roster, as_of, past.history.corrections)
        received = judge(correct(date_back(read, past.history.given_up), corrected, rulebook), rulebook, last)
        filings = choose_versions(received.filings, rulebook, as_of, past.history)
        filings = judge_texts(compare_documents(filings, rulebook), rulebook)
        filings, chains = resubmit(filings, received.hashes, rulebook, as_of, past.history)
        # Who is excluded is asked before agencies are compared, so that nobody is measured by such a file.
        filings = compare_agencies(filings, excluded(filings, memory), rulebook, last, roster)
        filings = choose_levels(follow_up(filings, memory), form, roster, settings.period)
        files = received.renewed(filings).files
    with clock("consolidate"):
        agencies = agency_records(files, form, roster, settings, as_of, memory.on_file, past.history)
        region = follow_up_region(compare_region(settings.region, agencies, rulebook, last), memory)
        judged = Judged(run, files, tuple(agencies), region, chains)
        totals = consolidate(judged)
        weeks = Weeks(
            heard(judged, memory, corrected.refused),
            compare_runs(judged, past.history),
            compare_signed(judged, totals, past.signed),
            lives(corrected, agencies),
        )
        scorecard = score(judged, settings.scorecard, past.history) if settings.scorecard else None
        return Consolidation.of(judged, totals, weeks, scorecard)


def tell_all(sentences: Iterable[str], say: Say) -> None:
    """Say each of them."""
    for words in sentences:
        say(words)


def unchanged(office: Office, as_of: date, *, say: Say = logger.warning, same_office: bool = False) -> Outcome | None:
    """The newest run, where it is of this date and nothing that it depended on has changed since: another would come to
    the same, so it stands. None where that cannot be said. Nothing is published.

    Raises OfficeError, Busy or OutboxError as ``run`` does.
    """
    settings, form = office.settings, office.form
    with one_run_at_a_time(settings.outbox), open_ledger(settings.ledger) as ledger:
        tell_all(ledger.settle(settings, same_office), say)
        ledger.refuse_earlier(as_of)
        if (newest := ledger.newest) is None or newest.as_of != as_of:
            return None
        sources, past = list_inbox(settings.inbox, settings.limits), past_of(office, ledger, as_of)
        last = replace(office.last, previous=ledger.previous(form, settings.period, office.roster))
        fingerprint = fingerprint_of(settings, form, office.roster, last, past, sources, as_of)
        if fingerprint != newest.fingerprint or not newest.intact(settings.outbox) or changed(sources):
            return None
        folder = settings.outbox / newest.name
        logger.info("run {} stands: nothing has changed since", newest.name)
        return Outcome(tell.unchanged(newest.name) + newest.summary, read_whole(folder), folder)


def past_of(office: Office, ledger: Ledger, as_of: date) -> Past:
    """What a run of this date knows from before."""
    settings, form = office.settings, office.form
    reviewed = read_decisions(settings, ledger.reviews(), office.engine)
    known, corrected = ledger.decisions(form.id, settings.period), ledger.corrections(form.id, settings.period)
    decided = decide(reviewed, known, ledger.ages, corrected)
    names = {agency.code: office.roster.known_as(agency) for agency in office.roster.agencies}
    history = ledger.history(form.id, settings.period, as_of).known_under(names)
    return Past(history, decided, load_signed(settings, form))


def check_files(
    paths: Sequence[Path], terms: Terms, last: LastYear = NO_LAST_YEAR, engine: Engine = Cage
) -> tuple[AnyFile, ...]:
    """Judge files on their own, as ``check`` does: nothing is written."""
    read = mark_duplicates(take_in_all(list_files(paths, terms.limits), terms, engine=engine))
    received = judge(read, terms.rulebook, last)
    return received.renewed(judge_texts(received.filings, terms.rulebook)).files


def judge(read: Sequence[Read], rulebook: Rulebook, last: LastYear) -> Received:
    """All submissions checked at once, beside last year too, what is broken located, each in its place among the
    files; where reviewers corrected a number, with what that settles."""
    submissions = [s for s in read if isinstance(s, Submission)]
    as_filed = [s.before for s in submissions if s.before]
    checked = iter(settle(judged_alone(submissions, rulebook, last), judged_alone(as_filed, rulebook, last)))
    return Received(tuple(Filing(next(checked)) if isinstance(r, Submission) else r for r in read))


def judged_alone(submissions: Sequence[Submission], rulebook: Rulebook, last: LastYear) -> list[Checked]:
    """Submissions checked, beside last year too, and what is broken located."""
    if not submissions:
        return []
    return locate(compare_years(check(submissions, rulebook, last), rulebook, last), rulebook, last)
