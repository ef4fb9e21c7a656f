"""Status: how an office stands between two runs, told from the ledger, the roster and what lies in the inbox now."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from workbook_tool.files.intake.arriving import unfinished
from workbook_tool.files.intake.inbox import is_idle, list_inbox
from workbook_tool.files.season.decisions import typed_since
from workbook_tool.files.season.ledger import Ledger, open_ledger
from workbook_tool.files.season.outbox import is_held
from workbook_tool.files.season.signed import load_signed
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.relay import JOINT
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.judging.correction import TypedNumber
from workbook_tool.model.season.agency import Timeliness, timeliness_of_missing
from workbook_tool.model.season.history import History
from workbook_tool.model.season.work import AGENCIES, OPINIONS, OVERDUE, Work
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.standing import Standing
from workbook_tool.office import Office, Report, earlier_reports
from workbook_tool.steps.season.asked import OF_FILES, about
from workbook_tool.steps.season.decide import decide

UNDONE = (State.RETURNED.value, State.HELD.value, OVERDUE)
"""The work of a period that an agency has still to do."""
NOT_FILED = {
    Timeliness.MISSING: "逾期未报（按今天 {today}），请催报",
    Timeliness.UNKNOWN: "期满未报，截止日期算不出，是否逾期无法确定（按今天 {today}），请催报",
}
"""What is said of the agencies from which nothing came, by how that stands; of those not yet due nothing is."""
TYPED = "typed"
"""What waits because reviewers typed it since the last run."""


def standings_of(office: Office, today: date) -> list[Standing]:
    """How each report stands: the last run, what was signed, what waits for the next run, and what needs a person; no file
    is opened as a form. What concerns the office as a whole is told once."""
    settings, sources = office.settings, inbox_of(office)
    with open_ledger(settings.ledger, keep=False) as ledger:
        held = is_held(settings.outbox)
        settled = [] if held else ledger.settle(settings, office.forms)
        doubts = [] if held else ledger.doubts(settings, office.forms)
        standings = list(standings_told(office, ledger, sources, today))
    running = [Work("running", "另一次运行正在进行")] if held else []
    repaired = [Work("repair", words) for words in settled]
    first = standings[0]
    first = replace(
        first,
        waiting=(*running, *repaired, *first.waiting),
        for_people=(*(Work("ledger", words) for words in doubts), *first.for_people),
    )
    others = [
        replace(
            one, waiting=told_once(one.waiting, first.waiting), for_people=told_once(one.for_people, first.for_people)
        )
        for one in standings[1:]
    ]
    return [first, *others]


def standings_told(office: Office, ledger: Ledger, sources: Sequence[SourceFile], today: date) -> Iterator[Standing]:
    """How each report stands; beside it the earlier periods in which somebody has something to do, as long as they are not
    signed, and the one before where its own has not been run yet."""
    for report in office.reports:
        now = standing_of(office, report, ledger, sources, today)
        yield now
        for number, earlier in enumerate(earlier_reports(office, report, ledger)):
            before = standing_of(office, earlier, ledger, sources, today)
            undone = any(work.kind in (*UNDONE, TYPED) for work in (*before.waiting, *before.for_people))
            if (undone and not before.signed) or (number == 0 and not now.last):
                yield before


def told_once(works: Sequence[Work], told: Sequence[Work]) -> tuple[Work, ...]:
    """What waits, or needs a person, but for what the first report has told already of the office as a whole. What an
    agency owes it owes for each report."""
    return tuple(work for work in works if work.unit == AGENCIES or work not in told)


def standing_of(office: Office, report: Report, ledger: Ledger, sources: Sequence[SourceFile], today: date) -> Standing:
    """How one report stands."""
    settings, form = report.settings, report.form
    history = ledger.history(form.id, settings.period, date.max)
    people: list[Work] = []
    told: Sequence[str] = ()
    asked: Sequence[Work] = ()
    if last := history.last_run:
        asked = ledger.asked(last.name, form.id, settings.period)
        told = [words for work in asked if work.kind == OPINIONS for words in work.names]
        people = [*for_people(office, report, sources, history, today), *still(asked, sources)]
        if settings.aside and settings.period not in ledger.reported(form.id):  # nobody was ever asked for it
            people = [work for work in people if work.kind != OVERDUE]
    return Standing(
        settings.region,
        form.id,
        settings.period,
        history.last_run,
        load_signed(settings, form),
        (*waiting(sources, history, asked), *typed(office, report, ledger, told)),
        tuple(people),
        form.title if settings.several else "",
    )


def inbox_of(office: Office) -> list[SourceFile]:
    """What lies in the inbox now, but for temporary and system files."""
    return [
        source
        for source in list_inbox(office.settings.inbox, office.settings.limits)
        if not is_idle(source.path, source.location)
    ]


def waiting(sources: Sequence[SourceFile], history: History, asked: Sequence[Work]) -> Iterator[Work]:
    """Files that no run has read, not counting those that were withdrawn, and those that are still arriving. What no run
    can read, a link or a pipe, waits until the last one has ``asked`` people about it."""
    now, paths = time.time(), {source.path for source in sources}
    told = {name for work in asked if work.kind in OF_FILES for name in work.names}
    read = {sha256 for sha256, seen in history.sightings.items() if seen.stands}
    arriving = tuple(s.path for s in sources if unfinished(s, paths, now))
    new = (s for s in sources if (s.sha256 not in read if s.sha256 else safe_text(s.path) not in told))
    fresh = tuple(s.path for s in new if s.path not in arriving and not s.unlisted)
    if fresh:
        yield Work("new_files", "新到或有变化的文件", "份", fresh)
    if arriving:
        yield Work("arriving", "正在到达的文件", "份", arriving)


def is_refused(one: TypedNumber, told: Sequence[str]) -> bool:
    """Whether the last run told why it does not follow this number."""
    own = [words for words in told if words.startswith(one.place)]
    return any(f"“{said}”" in words for words in own for said in (one.number, one.cell) if said)


def typed(office: Office, report: Report, ledger: Ledger, told: Sequence[str]) -> Iterator[Work]:
    """Opinions and numbers that reviewers typed into workbooks since a run last read these; not the numbers of which it
    ``told`` why they are not followed."""
    settings, form = report.settings, report.form.id
    reviewed = typed_since(settings, ledger.reviews(), office.engine, tuple(office.forms))
    if not reviewed:
        return
    opinions, numbers = ledger.decisions(form, settings.period), ledger.corrections(form, settings.period)
    decided = decide(reviewed, opinions, ledger.ages, numbers)
    heard = {(one.key, one.opinion, one.remark) for one in opinions} | {(*n.spot, n.number, n.why) for n in numbers}
    said: list[tuple[str, tuple[str, ...]]] = [
        (one.key, (one.key, one.opinion, one.remark)) for one in decided.decisions.values()
    ]
    said += [(one.key, (*one.spot, one.number, one.why)) for one in decided.numbers if not is_refused(one, told)]
    names = {agency.code: agency.name for agency in office.roster.agencies}
    if fresh := tuple(about(key, names) for key, words in said if words not in heard):
        yield Work(TYPED, "新填的处理意见、代改，待下次运行生效", "条", fresh)


def still(asked: Sequence[Work], sources: Sequence[SourceFile]) -> Iterator[Work]:
    """What the last run asked and is still to be done: a file that is gone is nobody's work."""
    paths = {safe_text(source.path) for source in sources}
    for work in asked:
        if work.kind in OF_FILES:
            work = replace(work, names=tuple(name for name in work.names if paths & set(outer(name))))
        if work.names or not work.unit:
            yield work


def for_people(
    office: Office, report: Report, sources: Sequence[SourceFile], history: History, today: date
) -> Iterator[Work]:
    """What only people can do about agencies, as of the last run."""
    assert history.last_run is not None
    day, roster, settings = history.last_run.as_of, office.roster, report.settings
    names = {agency.code: agency.name for agency in roster.agencies}
    filed = {code: v for code, versions in history.versions.items() for v in versions if v.last == day}
    for what, state in (("退回，还没有重报", State.RETURNED), ("待核，请看说明", State.HELD)):
        own = ((code, v) for code, v in sorted(filed.items()) if JOINT not in code)  # others file with a region below
        if codes := [code for code, version in own if version.state is state]:
            yield Work(state.value, what, AGENCIES, tuple(names.get(code, code) for code in codes))
    if closed := tuple(s.path for s in sources if s.unlisted):
        said = "收件夹里打不开的文件夹或文件（没有报表的单位是否已报无法确定，不催报）"
        yield Work("unlisted", said, "处", closed)
    due = [a for a in roster.agencies if a.due(settings.period, report.form.id) and a.code not in filed]
    late: dict[Timeliness, list[str]] = {}
    for agency in due:
        timely = timeliness_of_missing(settings.deadline_of(agency), report.form, settings.period, today)
        late.setdefault(timely, []).append(agency.name)
    for timely, said in NOT_FILED.items():
        if (absent := late.get(timely)) and not closed:
            yield Work(OVERDUE, said.format(today=today), AGENCIES, tuple(absent))
    paths = {source.path.removesuffix("/run.json") for source in sources}  # a result may lie there as a folder
    if gone := tuple(v.path for v in filed.values() if not paths & set(outer(v.path))):
        yield Work("gone", "上次计入的文件已不在收件夹", "份", gone)


def outer(path: str) -> list[str]:
    """The path, and those of the archives and mails that it may be in."""
    return [path, *(path[:place] for place, sign in enumerate(path) if sign == "!")]
