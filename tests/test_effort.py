"""Twice the agencies are twice the work: what once went over all pairs of them. Ten thousand are not waited for here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.effort import effort
from tests.grids import ROOT, annual_report, year
from tests.results import NOTHING_SAID, missing
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.relay import Relay
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Identity, Reading, ReadingState, Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.agency import AgencyRecord, FiledAgency, Timeliness
from workbook_tool.model.season.filing import Because, Behind, Checked, Filing
from workbook_tool.model.season.last_year import NO_LAST_YEAR
from workbook_tool.model.season.versions import Chain
from workbook_tool.model.workbook.result import Consolidation, Region, Run, Weeks
from workbook_tool.model.workbook.sums import Layer, Totals
from workbook_tool.steps.intake.duplicates import mark_duplicates
from workbook_tool.steps.intake.identify.clues import sender_clue
from workbook_tool.steps.intake.identify.spellings import Spellings
from workbook_tool.steps.judging.compare.over_documents import compare_documents
from workbook_tool.steps.judging.compare.over_results import compare_results
from workbook_tool.steps.judging.stated import judge_texts
from workbook_tool.steps.returns import returns_of
from workbook_tool.steps.returns.remind import remind
from workbook_tool.steps.season.asked import asked

FORM, HERE, AS_OF = annual_report(), Path(), date(2024, 2, 5)
SETTINGS = Settings("示例县", FORM.id, year(2023), date(2024, 1, 31), HERE, HERE, HERE, ROOT / "templates", None)
RULEBOOK = Rulebook(FORM, Policy())
Step = Callable[[], object]


def named(number: int) -> list[Agency]:
    return [Agency(f"{n:04}", f"示例县第{n}局") for n in range(number)]


def source(path: str) -> SourceFile:
    return SourceFile(path, HERE, path, 1)


def record(path: str, state: State, agency: Agency) -> FileRecord:
    return FileRecord(source(path), state, "", agency, SETTINGS.period)


def submission(path: str, agency: Agency) -> Submission:
    return Submission(source(path), Identity(FORM.id, agency, agency.name, SETTINGS.period), ())


def filing(path: str, agency: Agency, *findings: Finding, behind: Behind | None = None) -> Filing:
    return Filing(Checked(submission(path, agency), findings, {}), behind=behind)


def result(agencies: list[AgencyRecord], files: list[FileRecord | Filing], chains: list[Chain]) -> Consolidation:
    run, layer = Run("2024-02-05-1", AS_OF, SETTINGS, FORM, Roster(), NO_LAST_YEAR), Layer(0, (), ())
    totals = Totals(layer, layer, layer, ())
    return Consolidation(run, tuple(files), tuple(agencies), Region("示例县"), tuple(chains), (), totals, Weeks(), None)


def documents(number: int) -> list[Filing]:
    first, *others = [filing(f"{one.code}.xlsx", one) for one in named(number)]
    behind = Behind(first.source.path, Because.DOCUMENT)
    return [first, *others, filing("0000.docx", first.agency, behind=behind)]


def compared(number: int) -> Step:
    filings = documents(number)
    return lambda: compare_documents(filings, RULEBOOK)


def stated(number: int) -> Step:
    filings = documents(number)
    return lambda: judge_texts(filings, RULEBOOK)


def attached(number: int) -> Step:
    known = named(number)
    read = [submission(f"{one.code}.xlsx", one) for one in known]
    read_beside = [record(f"{one.code}.pdf", State.ATTACHMENT, one) for one in known]
    return lambda: mark_duplicates([*read, *read_beside])


def chased(number: int) -> Step:
    known = named(number)
    unread = [record(f"{one.code}.xlsx", State.UNREADABLE, one) for one in known]
    found = result([missing(one, deadline=date(2024, 1, 31)) for one in known], [*unread], [])
    return lambda: remind(found)


def given_back(number: int) -> Step:
    known = named(number)
    wrong = Finding("T3-ROW", Severity.MUST, "不平。")
    filed = [FiledAgency(one, Timeliness.ON_TIME, filing(one.code, one, wrong), NOTHING_SAID) for one in known]
    found = result([*filed], [one.file for one in filed], [Chain(one, ()) for one in known])
    return lambda: returns_of(found)


def looked_at(number: int) -> Step:
    files = [replace(record(one.code, State.FOREIGN, one), period=year(2021)) for one in named(number)]
    found = result([], [*files], [])
    return lambda: asked(found)


def known_by_code(number: int) -> Step:
    """A code that lost its zero and one that is nobody's, once for each file."""
    names = Spellings(Roster(tuple(named(number))))
    return lambda: [(names.by_code(str(n)), names.by_code(str(10**6 + n))) for n in range(number)]


def sent_by(number: int) -> Step:
    """Files that came in no mail, of agencies that have an address."""
    roster = Roster(tuple(replace(one, mail=f"{one.code}@example.gov.cn") for one in named(number)))
    return lambda: [sender_clue(None, roster) for _ in range(number)]


def reported_by_regions(number: int) -> Step:
    relay = Relay("甲县", "2024-02-01-1", ("甲县",))
    filed = [filing(one.code, replace(one, name=f"甲县·{one.name}")) for one in named(number)]
    told = [replace(f, checked=replace(f.checked, submission=replace(f.submission, relay=relay))) for f in filed]
    blank = tuple(Reading(ReadingState.BLANK) for _ in FORM.items)
    told = [replace(f, checked=replace(f.checked, submission=replace(f.submission, readings=blank))) for f in told]
    return lambda: compare_results(told, frozenset(), RULEBOOK, Roster())


@pytest.mark.parametrize(
    "prepared",
    [compared, stated, attached, chased, given_back, looked_at, known_by_code, sent_by, reported_by_regions],
)
def test_twice_the_agencies_are_twice_the_work(prepared: Callable[[int], Step]) -> None:
    prepared(1)()  # what the form remembers from then on
    assert effort(prepared(200)) < 3 * effort(prepared(100))
