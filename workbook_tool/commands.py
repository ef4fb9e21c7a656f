"""One function for each command: opens the office, has the work done, and returns what is to be printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from loguru import logger

from workbook_tool import batch
from workbook_tool.files.form.declaration import load_form, period_kind
from workbook_tool.files.intake.engine import Progress
from workbook_tool.files.intake.typed_paths import typed_paths
from workbook_tool.files.office import log
from workbook_tool.files.office.config import (
    bundled_templates,
    check_policy,
    check_roster,
    find_templates,
    load_settings,
)
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.office.toml import readable
from workbook_tool.files.season.last_year import load_last_year, newest_run
from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.files.season.outbox import one_run_at_a_time
from workbook_tool.files.season.run_folders import read_manifest, run_order
from workbook_tool.files.season.signing import altered
from workbook_tool.files.season.signing import sign as sign_run
from workbook_tool.files.workbook.results import as_json as manifest_text
from workbook_tool.files.workbook.results import checked_facts
from workbook_tool.intake import Terms
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.mail.posting import Choice
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.model.text import nearest
from workbook_tool.model.workbook.manifest import Published
from workbook_tool.publication import issue_templates
from workbook_tool.showing import agency_of, compare_runs, show_agency
from workbook_tool.status import inbox_of, status_of, waiting
from workbook_tool.steps import tell
from workbook_tool.steps.season.last_year import lay_beside
from workbook_tool.steps.tell import season as tell_season
from workbook_tool.undo import undo as undo_newest

DEFAULT_FORM = "zfxxgk-2021"


def open_office(config: Path, as_of: date | None = None, period: Period | None = None) -> batch.Office:
    """The office of a config.toml: settings, form, roster and last year, everything checked. ``period`` is another one
    than the configured; where none is configured it is the last that has ended by ``as_of``, today where that is None.

    Raises OfficeError where anything of ours is wrong.
    """
    with readable():
        settings = load_settings(config, as_of or date.today(), period_kind)
        settings = replace(settings, templates=find_templates(settings.templates, settings.form))
        form = load_form(settings.templates, settings.form)
        if period and period.kind is not form.period:
            raise OfficeError(f"{period.spaced}不是{form.period.label}；《{form.title}》按{form.period.label}报。")
        settings = replace(settings, period=period or settings.period)
        check_policy(settings, form)
        roster = load_roster(settings.roster)
        check_roster(roster, form)
        last = lay_beside(load_last_year(settings, form), form, roster.agencies)
        return batch.Office(settings, form, roster, last)


def run_office(
    config: Path,
    as_of: date,
    *,
    period: Period | None = None,
    dry_run: bool = False,
    again: bool = False,
    as_json: bool = False,
    same_office: bool = False,
    progress: Progress | None = None,
    say: batch.Say = logger.warning,
    told: Callable[[batch.Outcome], object] | None = None,
) -> tuple[str, int]:
    """Run the main job, unless the newest run stands as it is; ``again`` runs anyway. What people should know besides is
    said to ``say``, once; ``told`` gets what it came to. Returns the summary (or run.json) and the number of
    must-findings."""
    office = open_office(config, as_of, period)
    log.start(office.settings.logs)
    once = cache(say)
    stands = None
    if not (again or dry_run):
        stands = batch.unchanged(office, as_of, say=once, same_office=same_office)
    outcome = stands or batch.run(office, as_of, dry_run=dry_run, progress=progress, say=once, same_office=same_office)
    if told:
        told(outcome)
    must = outcome.manifest["counts"]["findings"][Severity.MUST.value]
    if as_json:
        return manifest_text(outcome.manifest), must
    where = str(outcome.folder / outcome.manifest["workbook"]) if outcome.folder else ""
    return outcome.summary + tell.closing(where), must


def status(config: Path, today: date, as_json: bool = False) -> str:
    """Where the office stands: the last run, what was signed, what waits for the next one, and what needs a person; in
    words or as JSON. Writes nothing."""
    office = open_office(config, today)
    log.off()
    now = status_of(office, today)
    return manifest_text(tell_season.status_facts(now)) if as_json else tell_season.status(now)


def undo(config: Path, agree: Callable[[str], bool]) -> str:
    """Withdraw the newest run or signing if people ``agree``. Returns what was done."""
    office = open_office(config)
    log.start(office.settings.logs)
    done = undo_newest(office, agree)
    logger.info("undo: {}", done)
    return done


def sign(config: Path, name: str | None, day: date, by: str = "", anyway: bool = False) -> str:
    """Sign a run, the newest of the configured period where none is named, as the signed result of its period; ``by`` whom.
    Returns what to know about it.

    Raises OfficeError where there is no such run, it is not as it was published, or files wait in the inbox that no run
    has read, unless it is to be signed ``anyway``.
    """
    office = open_office(config, day)
    settings = office.settings
    with one_run_at_a_time(settings.outbox), open_ledger(settings.ledger) as ledger:
        ledger.settle(settings)
        folder, manifest = run_to_sign(office, name)
        if folder.name in ledger.withdrawn():
            raise OfficeError(f"“{folder.name}”已撤销，不能定稿。请重新运行一次，再对新的结果定稿。")
        history = ledger.history(office.form.id, settings.period, date.max)
        last = history.last_run.name if history.last_run else ""
        if name is None and run_order(last) > run_order(folder.name):
            raise OfficeError(
                f"最新的一次运行 {last} 的文件夹不在发件夹里，没有定稿。请从备份移回，或重新运行一次；"
                f"确要对较早的一次定稿，请写明：workbook-tool sign {folder.name}。"
            )
        unread = tuple(waiting(inbox_of(office), history))
        if unread and not anyway:
            raise OfficeError(tell_season.unread_files("不能定稿", unread))
        before = sign_run(folder, manifest, day, by, ledger.signings)
        left = (*unread, *(work for work in ledger.asked(folder.name) if work.kind != "excluded"))
    return tell_season.signed(manifest, before.run if before else "", altered(folder, manifest), by, left)


def newest_workbook(config: Path) -> Path | None:
    """The regional workbook of the newest run; None where there is none."""
    with readable():
        settings = load_settings(config, date.today(), period_kind)
    with open_ledger(settings.ledger, keep=False) as ledger:
        folder = settings.outbox / ledger.newest_name if ledger.newest_name else None
    manifest = read_manifest(folder) if folder else None
    return folder / manifest.workbook if folder and manifest else None


def run_to_sign(office: batch.Office, name: str | None) -> tuple[Path, Published]:
    """The folder of this run, or of the newest, and what it tells. Raises OfficeError where there is none."""
    settings, form = office.settings, office.form
    folder = settings.outbox / name if name else newest_run(settings.outbox, settings.period, form)
    if folder is None:
        raise OfficeError(f"发件夹 {settings.outbox} 里还没有 {settings.period.spaced}的运行结果；请先运行一次。")
    manifest = read_manifest(folder) if folder.parent == settings.outbox else None
    if manifest is None:
        raise OfficeError(f"发件夹 {settings.outbox} 里没有“{name}”这次运行，或其中的 run.json 读不出来。")
    if (manifest.form, manifest.region) != (form.id, settings.region):
        raise OfficeError(f"“{folder.name}”是另一种表或另一个地区的结果，不能在这里定稿。")
    return folder, manifest


def check(files: Sequence[str], config: Path, as_json: bool = False) -> tuple[str, bool]:
    """Judge files on their own, also those of folders, those that a pattern means, and one from standard input (``-``).
    Returns what was found, in words or as JSON, and whether anything must be changed."""
    terms, last = terms_and_last_year(config)
    log.off()
    with TemporaryDirectory() as aside:
        records = batch.check_files(typed_paths(files, Path(aside)), terms, last)
    wrong = any(r.state in (State.RETURNED, State.UNREADABLE, State.FOREIGN, State.ARRIVING) for r in records)
    return manifest_text(checked_facts(records)) if as_json else "".join(map(tell.file_report, records)), wrong


def terms_and_last_year(config: Path) -> tuple[Terms, LastYear]:
    """What to judge by: the office's own terms where there is one here, else the form that came with the program."""
    with readable():
        there = config.is_file()
    if there:
        office = open_office(config)
        return office.terms, office.last
    if config != Path("config.toml"):
        raise OfficeError(f"找不到配置文件 {config}。")
    return Terms(load_form(bundled_templates(), DEFAULT_FORM), Roster((), given=False)), NO_LAST_YEAR


MISSING = "missing"
"""Stands for the agencies that have not filed."""


def issue(
    config: Path, whom: Sequence[str] | str | None, period: Period | None, out: Path, total_formulas: bool
) -> tuple[list[Path], list[Path]]:
    """Write blank workbooks for these agencies (by code or name), for those that are MISSING, or for all of the roster.
    Returns the paths of those written, and of those that were there and stay as they are."""
    office = open_office(config, period=period)
    agencies = office.roster.agencies
    if not agencies:
        raise OfficeError("名录中没有单位；请先在名录中登记，再生成填报表。")
    if whom == MISSING:
        agencies = without_filing(office)
    elif whom is not None:
        agencies = tuple(dict.fromkeys(agency_of(office.roster, word) for word in whom))
    return issue_templates(office.form, office.settings.period, agencies, office.last, out, total_formulas)


def without_filing(office: batch.Office) -> tuple[Agency, ...]:
    """The agencies of the roster from which the newest run had nothing; all, where there was no run yet."""
    settings = office.settings
    folder = newest_run(settings.outbox, settings.period, office.form)
    manifest = read_manifest(folder) if folder else None
    if manifest is None:
        return office.roster.agencies
    absent = (AgencyState.MISSING.value, AgencyState.UNKNOWN.value)
    filed = {agency.code for agency in manifest.agencies if agency.state not in absent}
    return tuple(agency for agency in office.roster.agencies if agency.code not in filed)


def show(config: Path, word: str) -> str:
    """All that is known of one agency. Writes nothing."""
    office = open_office(config)
    log.off()
    return show_agency(office, word)


def compare(config: Path, before: str, after: str) -> str:
    """What changed between two runs. Writes nothing."""
    with readable():
        settings = load_settings(config, date.today(), period_kind)
    return compare_runs(settings.outbox, before, after)


def mail_fetch(config: Path, progress: Progress | None = None) -> str:
    """New messages of the mailbox into the inbox. Returns what came. Mails come in whatever is wrong with a form or the
    roster."""
    from workbook_tool.fetching import fetch

    with readable():
        settings = load_settings(config, date.today(), period_kind)
    log.start(settings.logs)
    return fetch(settings, progress)


def mail_send(
    config: Path,
    run: str | None,
    choice: Choice,
    agree: Callable[[str], bool],
    show: Callable[[str], object],
    dry_run: bool = False,
    anyway: bool = False,
) -> str:
    """Send the drafts of a run, of the newest where none is named. Returns what became of them.

    Raises OfficeError while files wait that no run has read, unless they are to be sent ``anyway``: one of them may be
    what an agency is about to be reminded of.
    """
    from workbook_tool.sending import send

    office = open_office(config)
    if dry_run:
        log.off()
    else:
        log.start(office.settings.logs)
        with open_ledger(office.settings.ledger, keep=False) as ledger:
            history = ledger.history(office.form.id, office.settings.period, date.max)
        if not anyway and (unread := tuple(waiting(inbox_of(office), history))):
            raise OfficeError(tell_season.unread_files("没有发信", unread))
    return send(office.settings, run, choice, agree, show, dry_run=dry_run)


def init(folder: Path) -> str:
    """Make a new office folder and say what to do with it."""
    from workbook_tool.files.office.folder import make_office

    made = make_office(folder)
    listing = "".join(f"  {path}\n" for path in made)
    return f"已建好办公文件夹：\n{listing}{tell.FIRST_STEPS}"


def explain(rule_id: str, config: Path) -> str:
    """What a rule means; of none in particular, all of them by topic. Raises OfficeError, with the nearest id, where there
    is no such rule."""
    terms, _ = terms_and_last_year(config)
    form = terms.form
    if not rule_id:
        return tell.all_rules(terms.rulebook)
    known = {rule.id.upper(): rule for rule in form.rules}
    rule = known.get(rule_id.upper()) or next((rule for rule in form.rules if rule.title == rule_id), None)
    if rule is None:
        hint = nearest(rule_id.upper(), list(known))
        tip = f"，是否指 {hint}" if hint else ""
        raise OfficeError(f"没有规则 {rule_id}{tip}。全部规则见 workbook-tool explain。")
    return tell.rule_text(rule, terms.rulebook)
