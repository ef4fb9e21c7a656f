"""One function for each command: opens the office, has the work done, and returns what is to be printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from loguru import logger

from workbook_tool import batch
from workbook_tool.checking import terms_and_last_year
from workbook_tool.files.intake.engine import Progress
from workbook_tool.files.office import log
from workbook_tool.files.season.last_year import newest_run, run_periods
from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.files.season.outbox import one_run_at_a_time
from workbook_tool.files.season.run_folders import named_run, read_manifest
from workbook_tool.files.season.signatures import Signature
from workbook_tool.files.season.signing import doubt_of
from workbook_tool.files.season.signing import sign as sign_run
from workbook_tool.files.workbook.results import as_json as manifest_text
from workbook_tool.model.errors import OfficeError, unwritten
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.rules import Rule, Severity
from workbook_tool.model.text import nearest
from workbook_tool.model.workbook.manifest import Manifest, Published, run_order
from workbook_tool.office import Office, Report, open_office, settings_of
from workbook_tool.publication import draft_name
from workbook_tool.showing import compare_runs, show_agency
from workbook_tool.status import inbox_of, standings_of, waiting
from workbook_tool.steps.tell import outcomes as tell
from workbook_tool.steps.tell import season as tell_season
from workbook_tool.steps.tell.told_rules import all_rules, rule_text
from workbook_tool.undo import undo as undo_newest


def run_office(
    config: Path,
    as_of: date,
    *,
    period: Period | None = None,
    form: str | None = None,
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
    office = open_office(config, as_of, period, form)
    log.start(office.settings.logs)
    once = cache(say)
    batch.tell_all(office.notes, once)
    stands = None
    if not (again or dry_run):
        stands = batch.unchanged(office, as_of, say=once, same_office=same_office)
    outcome = stands or batch.run(office, as_of, dry_run=dry_run, progress=progress, say=once, same_office=same_office)
    if told:
        told(outcome)
    must = outcome.manifest["counts"]["findings"][Severity.MUST.value]
    if as_json:
        return manifest_text(outcome.manifest), must
    where = [str(outcome.folder / name) for name in workbooks_of(outcome.manifest)] if outcome.folder else []
    return outcome.summary + tell.closing(where), must


def draft(config: Path, as_of: date, out: Path, period: Period | None = None, form: str | None = None) -> Path:
    """Draft the region's own report from what has passed by now; nothing else is written. Returns its path.

    Raises OfficeError where the form does not say how, where nothing has passed, or where the file is there: somebody may
    have written in it by now. Raises OutboxError where it cannot be written.
    """
    from workbook_tool.files.workbook.draft_docx import write_draft
    from workbook_tool.steps.form.own_report import draft_report

    office = open_office(config, as_of, period, form)
    settings = office.settings
    asked = office.reports[0].form
    if asked.drafting is None:
        raise OfficeError(f"《{asked.title}》没有声明怎样起草本地区的报告（templates/{asked.id}/draft.toml）。")
    path = out / draft_name(settings)
    if path.exists():
        raise OfficeError(f"{path} 已经存在，没有写出；请换一个文件夹，或先把原有的移走。")
    outcome = batch.run(office, as_of, dry_run=True)
    result = outcome.results[0]
    if not result.totals.passed.agencies:
        raise OfficeError("还没有一家单位的报表通过，没有数可写。")
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_draft(draft_report(result, asked.drafting), as_of, path)
    except OSError as error:
        raise unwritten(path, error) from error
    return path


def workbooks_of(manifest: Manifest) -> list[str]:
    """The names of a run's workbooks; a run of an older program has one and does not list it."""
    return [told["workbook"] for told in manifest.get("reports", [manifest]) if told["workbook"]]


def status(
    config: Path, today: date, as_json: bool = False, period: Period | None = None, form: str | None = None
) -> str:
    """Where the office stands: the last run, what was signed, what waits for the next one, and what needs a person; in
    words or as JSON. Writes nothing."""
    office = open_office(config, today, period, form)
    log.off()
    standings = standings_of(office, today)
    return manifest_text(tell_season.statuses_facts(standings)) if as_json else tell_season.statuses(standings)


def undo(config: Path, agree: Callable[[str], bool]) -> str:
    """Withdraw the newest run or signing if people ``agree``. Returns what was done."""
    office = open_office(config)
    log.start(office.settings.logs)
    done = undo_newest(office, agree)
    logger.info("undo: {}", done)
    return done


def sign(
    config: Path,
    name: str | None,
    day: date,
    by: str = "",
    anyway: bool = False,
    period: Period | None = None,
    form: str | None = None,
    pick: Pick = lambda question, choices: None,
) -> str:
    """Sign a run, the newest of the configured period where none is named, as the signed result of its form and period;
    ``by`` whom. Returns what to know about it.

    Raises OfficeError where there is no such run, it is not as it was published, or files wait in the inbox that no run
    has read, unless it is to be signed ``anyway``; and where there are several reports, none is named and nobody ``pick``s one.
    """
    office = open_office(config, day, period, form)
    report, settings = only_report(office, pick), office.settings
    with one_run_at_a_time(settings.outbox), open_ledger(settings.ledger) as ledger:
        ledger.settle(settings, office.forms)
        folder, manifest = run_to_sign(report, name, period)
        if folder.name in ledger.withdrawn():
            raise OfficeError(f"“{folder.name}”已撤销，不能定稿。请重新运行一次，再对新的结果定稿。")
        history = ledger.history(report.form.id, manifest.of, date.max)
        last = history.last_run.name if history.last_run else ""
        if name is None and run_order(last) > run_order(folder.name):
            raise OfficeError(newer_run(last, folder.name, report, (settings.outbox / last).is_dir()))
        unread = tuple(waiting(inbox_of(office), history, ledger.asked(last, manifest.form, manifest.of)))
        if unread and not anyway:
            raise OfficeError(tell_season.unread_files("不能定稿", unread))
        before = sign_run(folder, manifest, day, by, ledger.signings, settings.several)
        works = ledger.asked(folder.name, manifest.form, manifest.of)
        left = (*unread, *(work for work in works if work.kind != "excluded"))
    return tell_season.signed(manifest, former_words(before), doubt_of(folder / manifest.workbook, manifest), by, left)


def former_words(before: Signature | None) -> str:
    """``2024-02-05-1（张三，2024-03-01）``: the signature that another took the place of; empty without one."""
    return f"{before.run or before.path.name}（{'，'.join(filter(None, (before.by, before.day)))}）" if before else ""


def newer_run(last: str, found: str, report: Report, there: bool) -> str:
    """Why the newest result of a report that has a workbook is not to be signed without being named: a newer run judged the
    same period."""
    of, form = report.settings.period, report.form.id
    named = f"确要对较早的一次定稿，请写明：workbook-tool sign {found}。"
    if there:
        return (
            f"最新的一次运行 {last} 也审核了 {of.spaced}的报表，但它汇总的是另一期，没有这一期的汇总工作簿，没有定稿。"
            f"请先运行 workbook-tool run --form {form} --period {of}，再定稿；{named}"
        )
    return f"最新的一次运行 {last} 的文件夹不在发件夹里，没有定稿。请从备份移回，或重新运行一次；{named}"


def newest_workbooks(config: Path) -> list[Path]:
    """The regional workbooks of the newest run, one a report; none where there is no run."""
    settings = settings_of(config)
    with open_ledger(settings.ledger, keep=False) as ledger:
        folder = settings.outbox / ledger.newest_name if ledger.newest_name else None
    manifest = read_manifest(folder) if folder else None
    return [folder / told.workbook for told in manifest.each if told.workbook] if folder and manifest else []


Pick = Callable[[str, Sequence[str]], int | None]
"""Asks which of some choices is meant, from 0; None where nobody can be asked."""


def only_report(office: Office, pick: Pick) -> Report:
    """The one report of an office; of several the one that people ``pick``. Raises OfficeError where nobody does: then one
    must be named."""
    titles = [f"《{report.form.title}》{report.settings.period.said}" for report in office.reports]
    number = pick("这里收几种表，定哪一种的稿？", titles) if len(titles) > 1 else 0
    if number is None:
        named = "；".join(f"--form {r.form.id}（{title}）" for r, title in zip(office.reports, titles, strict=True))
        raise OfficeError(f"这里收几种表，请用 --form 写明是哪一种：{named}。")
    return office.reports[number]


def run_to_sign(report: Report, name: str | None, period: Period | None) -> tuple[Path, Published]:
    """The folder of this run, or of the newest, and what it tells of the report. Raises OfficeError where there is none."""
    settings, form = report.settings, report.form
    newest = newest_run(settings.outbox, settings.period, form)
    name = name or (newest.name if newest else "")
    if not name:
        last = next((one for one in run_periods(settings.outbox, form) if one < settings.period), None)
        other = (
            f"；最新的是 {last.spaced}的，要给它定稿的，加 --form {form.id} --period {last}"
            if last
            else "；请先运行一次"
        )
        raise OfficeError(f"发件夹 {settings.outbox} 里还没有 {settings.period.spaced}的运行结果{other}。")
    folder, manifest = named_run(settings.outbox, name)
    told = [one for one in manifest.each if (one.form, one.region) == (form.id, settings.region)]
    if not told:
        raise OfficeError(f"“{folder.name}”是另一种表或另一个地区的结果，不能在这里定稿。")
    if period and told[0].of != period:
        raise OfficeError(f"“{folder.name}”是 {told[0].of.spaced}的结果，不是 {period.spaced}的。")
    return folder, told[0]


def show(config: Path, word: str, period: Period | None = None, form: str | None = None) -> str:
    """All that is known of one agency. Writes nothing."""
    office = open_office(config, None, period, form)
    log.off()
    return show_agency(office, word)


def compare(config: Path, before: str, after: str) -> str:
    """What changed between two runs. Writes nothing."""
    return compare_runs(settings_of(config).outbox, before, after)


def init(folder: Path) -> str:
    """Make a new office folder and say what to do with it."""
    from workbook_tool.files.office.folder import make_office

    made = make_office(folder)
    listing = "".join(f"  {path}\n" for path in made)
    return f"已建好办公文件夹：\n{listing}{tell.FIRST_STEPS}"


def explain(rule_id: str, config: Path) -> str:
    """What a rule means, in every form that has it; of none in particular, all of them by topic. Raises OfficeError, with the nearest id, where there is no such rule."""
    terms, _ = terms_and_last_year(config)
    if not rule_id:
        return "\n".join(all_rules(each.rulebook) for each in terms.each)
    found = {each.form.id: (rule, each) for each in terms.each for rule in each.form.rules if is_called(rule, rule_id)}
    if not found:
        known = dict.fromkeys(rule.id for each in terms.each for rule in each.form.rules)
        hint = nearest(rule_id.upper(), list(known))
        tip = f"，是否指 {hint}" if hint else ""
        raise OfficeError(f"没有规则 {rule_id}{tip}。全部规则见 workbook-tool explain。")
    told = dict.fromkeys(rule_text(rule, each.rulebook) for rule, each in found.values())
    return "\n".join(told)


def is_called(rule: Rule, word: str) -> bool:
    """Whether a rule is known by this id, in letters of either size, or by this title."""
    return rule.id.upper() == word.upper() or rule.title == word
