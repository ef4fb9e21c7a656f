"""READ FIRST. The conductor: inbox → read → check → locate → choose versions → follow up → consolidate → publish.

The only place where steps and files meet. A problem in an agency's file becomes a state or a finding and never stops
the batch; a problem of ours stops it before the first file is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from loguru import logger
from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.agenda import Assignment, assigned, assigned_again, fingerprint_of, inputs_of
from workbook_tool.files.intake.arriving import changed
from workbook_tool.files.intake.engine import Progress
from workbook_tool.files.intake.inbox import list_inbox
from workbook_tool.files.season.fingerprints import together
from workbook_tool.files.season.ledger import Ledger, open_ledger
from workbook_tool.files.season.outbox import next_name, one_run_at_a_time
from workbook_tool.files.season.signatures import Signature, read_marks
from workbook_tool.files.workbook.results import read_whole
from workbook_tool.files.workbook.run_json import manifest_of
from workbook_tool.judgement import judge
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.changes import Past
from workbook_tool.model.season.periods import FiledYear, OpenPeriods
from workbook_tool.model.workbook.manifest import Manifest
from workbook_tool.model.workbook.result import Consolidation, Judged, Run, Weeks
from workbook_tool.office import Office
from workbook_tool.publication import Clock, noting, publish_run
from workbook_tool.reception import Read, take_in_all
from workbook_tool.steps.intake.duplicates import mark_duplicates
from workbook_tool.steps.intake.given_up import date_back
from workbook_tool.steps.intake.names_around import weigh_names
from workbook_tool.steps.intake.newest_results import newest_results
from workbook_tool.steps.intake.reports import put_aside
from workbook_tool.steps.intake.trusted_dates import trust_dates
from workbook_tool.steps.intake.undated import dated_by_arrival
from workbook_tool.steps.judging.compare.over_agencies import compare_agencies
from workbook_tool.steps.judging.compare.over_documents import compare_documents
from workbook_tool.steps.judging.compare.over_forms import OtherFilings, compare_forms
from workbook_tool.steps.judging.compare.over_region import compare_region
from workbook_tool.steps.judging.compare.over_results import compare_results
from workbook_tool.steps.judging.compare.over_year import compare_year
from workbook_tool.steps.judging.stated import judge_texts
from workbook_tool.steps.season.changes import compare_runs
from workbook_tool.steps.season.consolidate import consolidate
from workbook_tool.steps.season.correct import correct, lives, understand
from workbook_tool.steps.season.drift import compare_signed
from workbook_tool.steps.season.filed_before import filed_in
from workbook_tool.steps.season.follow_up import Memory, excluded, follow_up, follow_up_region, heard
from workbook_tool.steps.season.levels import choose_levels, with_relayed
from workbook_tool.steps.season.misnamed import (
    NO_OTHER_PERIODS,
    OtherPeriods,
    doubt_revised,
    named_for,
    tell_misnamed,
    without_dated,
)
from workbook_tool.steps.season.once import count_once
from workbook_tool.steps.season.owed import owed_by
from workbook_tool.steps.season.reorganised import reorganised
from workbook_tool.steps.season.resubmit import resubmit
from workbook_tool.steps.season.score import score
from workbook_tool.steps.season.turnouts import turnouts
from workbook_tool.steps.season.versions import agency_records, choose_versions
from workbook_tool.steps.tell import outcomes as tell


class Outcome(Struct, frozen=True):
    """What a run came to, in words and as run.json. ``folder`` is None after a dry run, ``results`` are empty where an
    earlier run stands."""

    summary: str
    manifest: Manifest
    folder: Path | None
    results: tuple[Consolidation, ...] = ()

    @property
    def result(self) -> Consolidation | None:
        """That of the first report; None where an earlier run stands."""
        return self.results[0] if self.results else None


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
    settings = office.settings
    tell_all(
        (report.last.words for report in office.reports if report.last.problem or report.last.doubts), logger.warning
    )
    tell_all((words for report in office.reports if (words := tell.due_unknown(report.settings, report.form))), say)
    with (
        noting() as written,
        one_run_at_a_time(settings.outbox),
        open_ledger(settings.ledger, keep=not dry_run) as ledger,
    ):
        tell_all([*ledger.settle(settings, office.forms, same_office), *ledger.doubts(settings, office.forms)], say)
        tell_all(tell.compared_with(ledger.just_withdrawn, ledger.newest_name), say)
        name, clock = next_name(settings.outbox, as_of, ledger.names), Clock()
        if not dry_run:
            ledger.refuse_earlier(as_of)
            tell_all(ledger.copy_before(name), say)
        with clock("read"):
            terms, sources = office.terms, list_inbox(settings.inbox, settings.limits)
            known = ledger.readings(terms, terms.lasting)
            read = received(office, ledger, take_in_all(sources, terms, progress, known, office.engine), as_of)
            known.save()
        agenda = list(assigned(office, ledger, read, as_of))
        results = results_of(office, name, as_of, agenda, clock)
        inputs = together([inputs_of(office, result, part) for result, part in zip(results, agenda, strict=True)])
        if dry_run:
            told = manifest_of(results, {}, inputs, clock.seconds)
            return Outcome(tell.outcomes(results, written=False), told, None, results)
        fingerprint = fingerprint_of(office, agenda, sources, as_of) if known.whole and is_settled(results) else ""
        folder, manifest, doubt = publish_run(results, settings, ledger, inputs, fingerprint, clock, office.engine)
        written.append(folder)
        tell_all([doubt] if doubt else [], say)
        logger.info("run {} published: {}", name, manifest["counts"])
        return Outcome(tell.outcomes(results), manifest, folder, results)


def received(office: Office, ledger: Ledger, taken: Sequence[Read], as_of: date) -> list[Read]:
    """What was taken in, but for filings that nothing is to be done about, documents and twins in their state."""
    signed = {form: seen_when_signed(read_marks(office.settings.outbox, form), ledger) for form in office.forms}
    undated = {one.identity.form for one in taken if isinstance(one, Submission) and one.identity.period is None}
    dated = dated_by_arrival(taken, office.periods, {form: ledger.first_places(form) for form in undated})
    judged = newest_results(put_aside(weigh_names(dated), office.periods, office.forms, signed))
    return mark_duplicates(trust_dates(judged, as_of, list(office.periods.values())))


def seen_when_signed(marks: Sequence[Signature], ledger: Ledger) -> dict[Period, frozenset[str] | None]:
    """The signed periods of a form with the digests of the files that had come by then, where the ledger knows it."""
    noted = {mark.period: ledger.signings.by_mark(mark.sha256) for mark in marks}
    return {period: ledger.seen_by(one.after) if one else None for period, one in noted.items()}


def results_of(
    office: Office, name: str, as_of: date, agenda: Sequence[Assignment], clock: Clock
) -> tuple[Consolidation, ...]:
    """What each comes to, in the order in which they were asked. An earlier period is judged first: the next goes on from
    what was filed for it. A report knows the results of its form's other open periods."""
    judged: dict[tuple[str, Period], Consolidation] = {}
    # What another form is held against is judged before it.
    for one in sorted(agenda, key=lambda one: (bool(one.report.form.compared_with), *one.about)):
        form, period = one.about
        before = judged.get((form, period.previous))
        last = one.report.last.after(filed_in(before)) if before else one.report.last
        roster, last = reorganised(with_relayed(office.roster, one.read), last)
        run = Run(name, as_of, one.report.settings, one.report.form, roster, last, one.periods)
        there = [judged[other, period] for other in one.report.form.compared_with if (other, period) in judged]
        years = [with_this_run(year, judged.values()) for year in one.years]
        beside = [filed_of(result) for result in there]
        elsewhere = OtherPeriods(one.elsewhere, as_of, one.past.history)
        judged[form, period] = result_of(run, one.read, one.past, clock, beside, years, elsewhere)
    aside = [result for result in judged.values() if result.aside]
    return tuple(
        judged[one.about] if one.report.settings.aside else with_others(judged[one.about], aside, one.earlier)
        for one in agenda
    )


def with_others(result: Consolidation, aside: Sequence[Consolidation], earlier: OpenPeriods) -> Consolidation:
    """The result of a report, with those of its form's other periods, and what is still owed of the earlier ones."""
    full = replace(result, others=tuple(other for other in aside if other.form.id == result.form.id))
    came = {other.period for other in full.others}
    skipped = tuple(period for period in earlier.skipped if period not in came and anybody_due(result, period))
    return replace(full, owed=owed_by(full, earlier), skipped=skipped)


def anybody_due(result: Consolidation, period: Period) -> bool:
    """Whether any agency was to file for a period; without a roster nobody knows of one that was not."""
    roster = result.run.roster
    return not roster.given or any(agency.due(period, result.form.id) for agency in roster.agencies)


def result_of(
    run: Run,
    read: Sequence[Read],
    past: Past,
    clock: Clock,
    others: Sequence[OtherFilings] = (),
    years: Sequence[FiledYear] = (),
    elsewhere: OtherPeriods = NO_OTHER_PERIODS,
) -> Consolidation:
    """What was read, judged, held against earlier weeks, and added up: the pure part of a run. ``others`` are the filings
    of other forms that what is counted from lists should agree with, ``years`` those of the periods of the year,
    ``elsewhere`` what came of the form for other periods."""
    settings, form, roster, last, as_of = run.settings, run.form, run.roster, run.last_year, run.as_of
    rulebook = Rulebook(form, settings.policy)
    memory = Memory(form, settings.period, as_of, roster, last, past.history, past.decided)
    with clock("check"):
        corrected = understand(past.decided.numbers, read, form, roster, as_of, past.history.corrections)
        received = judge(correct(date_back(read, past.history.given_up), corrected, rulebook), rulebook, last)
        filings = without_dated(received.filings, elsewhere)
        filings = choose_versions(filings, rulebook, as_of, past.history)
        filings = tell_misnamed(filings, elsewhere, rulebook)
        filings = judge_texts(compare_documents(filings, rulebook), rulebook)
        filings, chains = resubmit(filings, received.hashes, rulebook, as_of, past.history)
        # Who is excluded is asked before agencies are compared, so that nobody is measured by such a file.
        left_out = excluded(filings, memory)
        filings = compare_agencies(filings, left_out, rulebook, last, roster)
        filings = compare_results(filings, left_out, rulebook, roster)
        for other in others:
            filings = compare_forms(filings, rulebook, other)
        for year in years:
            filings = compare_year(filings, rulebook, year)
        filings = doubt_revised(follow_up(filings, memory), elsewhere, rulebook)
        filings = count_once(choose_levels(filings, form, roster, settings.period), form)
        files = received.renewed(filings).files
    with clock("consolidate"):
        named = named_for(settings.period, elsewhere)
        agencies = agency_records(files, form, roster, settings, as_of, memory.on_file, past.history, named)
        region = follow_up_region(compare_region(settings.region, agencies, rulebook, last, roster), memory)
        judged = Judged(run, files, tuple(agencies), region, chains, turnouts=())
        judged = replace(judged, turnouts=turnouts(judged))
        totals = consolidate(judged)
        weeks = Weeks(
            heard(judged, memory, corrected.refused),
            compare_runs(judged, past.history),
            compare_signed(judged, totals, past.signed),
            lives(corrected, agencies),
        )
        scorecard = score(judged, settings.scorecard, past.history) if settings.scorecard else None
        return Consolidation.of(judged, totals, weeks, scorecard)


def with_this_run(year: FiledYear, judged: Iterable[Consolidation]) -> FiledYear:
    """What was filed in the periods of a year, those of this run as they are now."""
    for result in judged:
        if result.form.id == year.form.id:
            year = year.with_period(result.as_period)
    return year


def filed_of(result: Consolidation) -> OtherFilings:
    """What the agencies filed of a form, for the lists that should agree with it."""
    return OtherFilings(result.form, {record.agency.code: record.file.submission for record in result.filed})


def tell_all(sentences: Iterable[str], say: Say) -> None:
    """Say each of them."""
    for words in sentences:
        say(words)


def is_settled(results: Sequence[Consolidation]) -> bool:
    """Whether everything was there to be read: what is still arriving, or closed, may be different at once."""
    return not any(r.unlisted or any(f.state is State.ARRIVING for f in r.files) for r in results)


def unchanged(office: Office, as_of: date, *, say: Say = logger.warning, same_office: bool = False) -> Outcome | None:
    """The newest run, where it is of this date and nothing that it depended on has changed since: another would come to
    the same, so it stands. None where that cannot be said. Nothing is published.

    Raises OfficeError, Busy or OutboxError as ``run`` does.
    """
    settings = office.settings
    with one_run_at_a_time(settings.outbox), open_ledger(settings.ledger) as ledger:
        tell_all(ledger.settle(settings, office.forms, same_office), say)
        ledger.refuse_earlier(as_of)
        if (newest := ledger.newest) is None or newest.as_of != as_of:
            return None
        sources = list_inbox(settings.inbox, settings.limits)
        agenda = list(assigned_again(office, ledger, newest.name, as_of))
        fingerprint = fingerprint_of(office, agenda, sources, as_of)
        if fingerprint != newest.fingerprint or not newest.intact(settings.outbox) or changed(sources):
            return None
        folder = settings.outbox / newest.name
        logger.info("run {} stands: nothing has changed since", newest.name)
        return Outcome(tell.unchanged(newest.name) + newest.summary, read_whole(folder), folder)
