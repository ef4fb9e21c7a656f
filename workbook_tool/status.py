"""Status: how an office stands between two runs, told from the ledger, the roster and what lies in the inbox now."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date

from workbook_tool.batch import Office
from workbook_tool.files.intake.arriving import unfinished
from workbook_tool.files.intake.ignored import is_ignored
from workbook_tool.files.intake.inbox import list_inbox
from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.files.season.outbox import is_held
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import SourceFile
from workbook_tool.model.season.history import History
from workbook_tool.steps import tell


def status_of(office: Office, today: date) -> str:
    """The last run, what waits for the next one, and what needs a person; no file is opened as a form."""
    settings = office.settings
    with open_ledger(settings.ledger, keep=False) as ledger:
        held = is_held(settings.outbox)
        settled = [] if held else ledger.repair(settings.outbox)
        history = ledger.history(office.form.id, settings.period, date.max)
    sources = [source for source in list_inbox(settings.inbox) if not is_ignored(source.path)]
    running: list[tell.Work] = [("另一次运行正在进行", "", ())] if held else []
    repaired: list[tell.Work] = [(words, "", ()) for words in settled]
    return tell.status(
        f"{settings.region} {settings.period.said}",
        history.last_run,
        [*running, *repaired, *waiting(sources, history)],
        list(for_people(office, sources, history, today)) if history.last_run else [],
    )


def waiting(sources: Sequence[SourceFile], history: History) -> Iterator[tell.Work]:
    """Files that no run has read, and those that are still arriving."""
    now, paths = time.time(), {source.path for source in sources}
    arriving = [s.path for s in sources if unfinished(s, paths, now)]
    fresh = [s.path for s in sources if s.sha256 not in history.sightings and s.path not in arriving]
    if fresh:
        yield "新到或有变化的文件", "份", fresh
    if arriving:
        yield "正在到达的文件", "份", arriving


def for_people(office: Office, sources: Sequence[SourceFile], history: History, today: date) -> Iterator[tell.Work]:
    """What only people can do, as of the last run."""
    assert history.last_run is not None
    day, roster, settings = history.last_run.as_of, office.roster, office.settings
    names = {agency.code: agency.name for agency in roster.agencies}
    filed = {code: v for code, versions in history.versions.items() for v in versions if v.last == day}
    for what, state in (("退回，还没有重报", State.RETURNED), ("待核，请看说明", State.HELD)):
        if codes := [code for code, version in sorted(filed.items()) if version.state is state]:
            yield what, "家", [names.get(code, code) for code in codes]
    due = [agency for agency in roster.agencies if agency.due(settings.period) and agency.code not in filed]
    overdue = [agency for agency in due if (by := agency.deadline or settings.deadline) is None or today > by]
    if overdue:
        yield f"逾期未报（按今天 {today}），请催报", "家", [agency.name for agency in overdue]
    paths = {source.path for source in sources}
    if gone := [v.path for v in filed.values() if not paths & set(outer(v.path))]:
        yield "上次计入的文件已不在收件夹", "份", gone


def outer(path: str) -> list[str]:
    """The path, and those of the archives and mails that it may be in."""
    return [path, *(path[:place] for place, sign in enumerate(path) if sign == "!")]
