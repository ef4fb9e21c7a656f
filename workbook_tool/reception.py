"""Reception: every file of the inbox is taken in by an engine's workers, and so is all that came in archives and mails.

In rounds: the files, then the members of those that turned out to hold others, and of a mailbox also what came with each
mail. Each ends as a submission or as the record of why it is none, the members right behind what they came in.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from workbook_tool.files.intake.arriving import changed, unfinished
from workbook_tool.files.intake.engine import Engine, Lost, Progress, Workers
from workbook_tool.files.intake.ignored import REASON
from workbook_tool.files.intake.inbox import is_idle
from workbook_tool.files.intake.lower_results import BELONGS, parts_of_results
from workbook_tool.files.intake.offshoots import offshoots
from workbook_tool.files.intake.unique_names import UniqueNames
from workbook_tool.intake import CHANGING, Terms, take_in, under_its_name, unreadable
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Place, Reading, Submission

if TYPE_CHECKING:  # who only checks a file needs no ledger
    from workbook_tool.files.season.ledger.readings import Readings

Read = Submission | FileRecord


def take_in_all(
    sources: Sequence[SourceFile],
    terms: Terms,
    progress: Progress | None = None,
    known: Readings | None = None,
    engine: Engine = offshoots,
) -> list[Read]:
    """Every file and every member, in their order. The paths of ``sources`` differ. What is ``known`` of a file is not
    read again."""
    outcomes: dict[str, Read | Opened] = dict(set_aside(sources, terms))
    names, alike = UniqueNames(source.path for source in sources), Alike()
    with engine(take_in, terms, terms.limits) as workers:
        waiting = [source for source in sources if source.path not in outcomes]
        while waiting:
            round = brought_back(workers, waiting, terms, progress, known, alike)
            opened = {path: named(one, names, terms) for path, one in round.items() if isinstance(one, Opened)}
            outcomes |= round | opened
            waiting = [m for one in opened.values() for m in one.members if isinstance(m, SourceFile)]
    late = changed([s for s in sources if not is_idle(s.path, s.location)])
    return [record for source in sources for record in lines(source, outcomes, source.path in late, terms)]


def set_aside(sources: Sequence[SourceFile], terms: Terms) -> Iterator[tuple[str, FileRecord]]:
    """The records of files that are not opened at all, by path."""
    now, paths = time.time(), {source.path for source in sources}
    results = parts_of_results(paths)
    for source in sources:
        if is_idle(source.path, source.location):
            yield source.path, FileRecord(source, State.IGNORED, REASON)
        elif source.path in results:
            yield source.path, FileRecord(source, State.IGNORED, BELONGS)
        elif source.unlisted:
            yield source.path, under_its_name(FileRecord(source, State.UNREADABLE, unlisted_words(source)), terms)
        elif reason := unfinished(source, paths, now):
            yield source.path, under_its_name(FileRecord(source, State.ARRIVING, reason), terms)


def unlisted_words(source: SourceFile) -> str:
    """Why the content of a folder or file is unknown, and what to do about it."""
    return f"{source.unlisted}；请检查它的权限（或同步、网络盘的状态，是否正被别的程序占用），能打开后再运行一次"


def brought_back(
    workers: Workers,
    sources: Sequence[SourceFile],
    terms: Terms,
    progress: Progress | None,
    known: Readings | None,
    alike: Alike,
) -> dict[str, Read | Opened]:
    """What is known of these files, or what the workers made of them, by path."""
    outcomes = {s.path: alike.kept(reading) for s in sources if known and (reading := known.get(s))}
    fresh = [s for s in sources if s.path not in outcomes]
    for source, outcome in zip(fresh, workers.map(fresh, progress), strict=True):
        if known:
            known.put(source, outcome)
        outcomes[source.path] = alike.kept(found(source, outcome, terms))
    return outcomes


class Alike:
    """What is equal in many files, kept once: most cells hold the same as those in their place elsewhere, so that a filing
    weighs a tenth of what its worker sent."""

    def __init__(self) -> None:
        self.readings: dict[Reading, Reading] = {}
        self.parts: dict[str | Place, Any] = {}

    def kept(self, outcome: Read | Opened) -> Read | Opened:
        """The same, made of what others have too where there is any."""
        if isinstance(outcome, Opened):
            return Opened(outcome.record, tuple(map(self.member, outcome.members)))
        return self.submission(outcome) if isinstance(outcome, Submission) else outcome

    def member(self, one: SourceFile | FileRecord | Submission) -> SourceFile | FileRecord | Submission:
        """A member, by itself."""
        return self.submission(one) if isinstance(one, Submission) else one

    def submission(self, one: Submission) -> Submission:
        """A submission, its readings shared."""
        return replace(one, readings=tuple(self.readings.get(r) or self.fresh(r) for r in one.readings))

    def fresh(self, reading: Reading) -> Reading:
        """A reading that nobody had before; of its parts somebody may have had some."""
        once = self.parts.setdefault
        place = once(reading.place, reading.place) if reading.place else None
        shown, sheet = once(reading.shown, reading.shown), once(reading.sheet, reading.sheet)
        made = replace(reading, shown=shown, sheet=sheet, place=place)
        return self.readings.setdefault(made, made)


def found(source: SourceFile, outcome: Read | Opened | Lost, terms: Terms) -> Read | Opened:
    """What a worker brought back; a file that killed it, or tripped over a mistake of ours, is unreadable."""
    if not isinstance(outcome, Lost):
        return outcome
    if outcome.detail:
        from loguru import logger  # seldom, and a check has no log

        logger.error("cannot read {}\n{}", source.path, outcome.detail)
    return unreadable(source, outcome.reason, terms)


def named(opened: Opened, names: UniqueNames, terms: Terms) -> Opened:
    """The members under paths that nothing else has, those that cannot be read under their agency."""
    members: list[SourceFile | FileRecord | Submission] = []
    for member in opened.members:
        if isinstance(member, SourceFile):
            members.append(replace(member, path=names.once(member.path)))
        elif isinstance(member, Submission):
            members.append(replace(member, source=replace(member.source, path=names.once(member.source.path))))
        else:
            source = replace(member.source, path=names.once(member.source.path))
            members.append(under_its_name(replace(member, source=source), terms))
    return Opened(opened.record, tuple(members))


def lines(source: SourceFile, outcomes: dict[str, Read | Opened], late: bool, terms: Terms) -> Iterator[Read]:
    """The one record of a file, and behind it those of its members; nothing came in a file that is still arriving."""
    outcome = outcomes[source.path]
    if late:
        yield under_its_name(FileRecord(source, State.ARRIVING, CHANGING), terms)
    elif isinstance(outcome, Opened):
        yield outcome.record
        for member in outcome.members:
            if isinstance(member, FileRecord | Submission):
                yield member
            else:
                yield from lines(member, outcomes, late, terms)
    else:
        yield outcome
