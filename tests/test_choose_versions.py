"""Which of an agency's files counts, what decided, and whether it was in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.effort import effort
from tests.grids import ROOT, annual_report, year
from tests.results import nothing_decided
from workbook_tool.files.season.fingerprints import input_hashes
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.source import BEIJING, Mail, SourceFile
from workbook_tool.model.intake.submission import Agency, Identity, Reading, ReadingState, Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.agency import AgencyRecord, DatedBy, Timeliness
from workbook_tool.model.season.filing import AnyFile, Checked, Filing
from workbook_tool.model.season.history import NO_HISTORY, History, Sighting
from workbook_tool.model.season.last_year import NO_LAST_YEAR
from workbook_tool.steps.season.versions import agency_records, choose_versions

FORM, AGENCY = annual_report(), Agency("020", "示例县教育局")
HERE = Path()
TODAY = date(2024, 2, 5)
SETTINGS = Settings("示例县", FORM.id, year(2023), date(2024, 1, 31), HERE, HERE, HERE, ROOT / "templates", None)


def filing(path: str, *, round: int = 1, sent: str = "", modified: float = 0, cover: str = "") -> Filing:
    """A counted filing of the agency; ``sent`` and ``cover`` as ``2024-01-20 09:00`` and ``2024-01-20``."""
    mail = (
        Mail("a@example.gov.cn", "甲", "年报", datetime.fromisoformat(sent).replace(tzinfo=BEIJING)) if sent else None
    )
    source = SourceFile(path, Path(path), path, 1, modified, mail=mail)
    filed_on = date.fromisoformat(cover) if cover else None
    identity = Identity(FORM.id, AGENCY, AGENCY.name, year(2023), round, filed_on=filed_on)
    submission = Submission(source, identity, readings(ord(path[0])))
    return Filing(Checked(submission, (), {}))


def readings(first: int | None) -> tuple[Reading, ...]:
    """The first number of the form, all others blank."""
    blank = Reading(ReadingState.BLANK)
    return tuple(
        Reading(ReadingState.NUMBER, first) if not item.index and first is not None else blank for item in FORM.items
    )


def with_numbers(filing: Filing, numbers: tuple[Reading, ...], *findings: Finding, **known: Any) -> Filing:
    identity = replace(filing.submission.identity, **known)
    return Filing(Checked(replace(filing.submission, identity=identity, readings=numbers), findings, {}))


def from_source(filing: Filing, **changes: Any) -> Filing:
    """The same in a file that differs in this."""
    submission = replace(filing.submission, source=replace(filing.source, **changes))
    return replace(filing, checked=replace(filing.checked, submission=submission))


def settled(*filings: Filing) -> tuple[str, str, bool]:
    """The path that counts, why the first of the others does not, and whether people are asked."""
    records = choose_versions(filings, Rulebook(FORM), TODAY)
    (newest,) = [r for r in records if r.state is not State.SUPERSEDED]
    older = next(r for r in records if r.state is State.SUPERSEDED)
    return newest.source.path, older.reason.partition("（")[2].rstrip("）"), newest.state is State.HELD


VERSIONS = {
    "the round before everything": (
        filing("a", round=2, sent="2024-01-09 08:00"),
        filing("b", sent="2024-01-01 08:00", modified=9),
        ("a", "轮次 1，早于 2", False),
    ),
    "the round before a later mail, which is asked about": (
        filing("a", round=2, sent="2024-01-01 08:00"),
        filing("b", sent="2024-01-09 08:00", modified=9),
        ("a", "轮次 1，早于 2", True),
    ),
    "the mail before the modification time": (
        filing("a", sent="2024-01-02 08:00"),
        filing("b", sent="2024-01-01 08:00", modified=9),
        ("a", "轮次相同，邮件日期较早：2024-01-01 08:00", False),
    ),
    "a minute is enough": (
        filing("b", sent="2024-01-01 08:01"),
        filing("c", sent="2024-01-01 08:00"),
        ("b", "轮次相同，邮件日期较早：2024-01-01 08:00", False),
    ),
    "only one came by mail": (
        filing("a", modified=datetime(2024, 1, 3, tzinfo=BEIJING).timestamp()),
        filing("b", sent="2024-01-02 08:00"),
        ("a", "轮次相同，文件修改时间较早", True),
    ),
    "two files of one mail": (
        filing("a", sent="2024-01-01 08:00", modified=2),
        filing("b", sent="2024-01-01 08:00", modified=1),
        ("a", "轮次和邮件日期都相同，文件修改时间较早", True),
    ),
    "nothing but the names": (filing("a"), filing("b"), ("b", "轮次和文件修改时间都相同，按文件名排列", True)),
    "the cover says otherwise than the mail": (
        filing("a", sent="2024-01-02 08:00", cover="2024-01-01"),
        filing("b", sent="2024-01-01 08:00", cover="2024-01-02"),
        ("a", "轮次相同，邮件日期较早：2024-01-01 08:00", True),
    ),
    "the cover says otherwise than the round": (
        filing("a", round=2, cover="2024-01-01"),
        filing("b", cover="2024-01-02"),
        ("a", "轮次 1，早于 2", True),
    ),
    "a cover without a date says nothing": (
        filing("a", round=2),
        filing("b", cover="2024-01-02"),
        ("a", "轮次 1，早于 2", False),
    ),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_the_newest_counts_and_the_reason_names_what_decided(name: str) -> None:
    one, other, expected = VERSIONS[name]
    assert settled(one, other) == expected
    assert settled(other, one) == expected


def test_ten_orders_of_arrival_give_the_same_version() -> None:
    versions = [
        filing("a", round=2, sent="2024-01-03 08:00"),
        filing("b", round=2, sent="2024-01-09 08:00"),
        filing("c", round=1, sent="2024-01-20 08:00"),
        filing("d", round=1),
    ]
    for order in list(permutations(versions))[:: 24 // 10]:
        assert after_weeks(order) == "b"
    # Where nothing else tells, what came later is newer, and an old one that comes again stays old.
    assert after_weeks((versions[3], filing("e"))) == "e"
    assert after_weeks((filing("e"), versions[3])) == "d"


def after_weeks(order: Sequence[Filing]) -> str:
    """The path that counts when one file came each week, and the first is forwarded once more at the end."""
    history, days = NO_HISTORY, [date(2024, 1, 1 + 7 * week) for week in range(4)]
    for week, _ in enumerate(order):
        records = choose_versions(order[: week + 1], Rulebook(FORM), TODAY, history)
        name, day = f"{days[week]}-1", days[week]
        seen = {r.source.sha256: history.sightings.get(r.source.sha256, Sighting(name, day)) for r in records}
        old = {r.source.sha256 for r in records if r.is_older}
        history = History(sightings={sha: replace(s, superseded=s.superseded or sha in old) for sha, s in seen.items()})
    forwarded = from_source(order[0], modified=9e9)
    (path,) = [
        r.source.path
        for r in choose_versions([forwarded, *order[1:]], Rulebook(FORM), TODAY, history)
        if not r.is_older
    ]
    return path


def outcome(*filings: Filing) -> list[tuple[str, State, str]]:
    return [(r.source.path, r.state, r.reason) for r in choose_versions(filings, Rulebook(FORM), TODAY)]


def total_of_nothing() -> tuple[Reading, ...]:
    """An empty form of a clerk's own, whose sums are formulas."""
    return tuple(Reading(ReadingState.NUMBER, 0) if item.total else Reading(ReadingState.BLANK) for item in FORM.items)


ZEROED = tuple(Reading(ReadingState.NUMBER, 0, signed_nil=True) for _ in FORM.items)


@pytest.mark.parametrize("empty", [readings(None), ZEROED, total_of_nothing()])
def test_an_empty_form_is_no_version(empty: tuple[Reading, ...]) -> None:
    newer = with_numbers(filing("b", round=2, modified=9), empty)
    assert outcome(filing("a", modified=1), newer) == [
        ("a", State.COUNTED, ""),
        ("b", State.SUPERSEDED, "空白表，未作为新的一版；以“a”为准"),
    ]
    assert outcome(newer)[0][1] is State.COUNTED


def test_a_nil_answer_and_plain_zeros_are_figures() -> None:
    for newer in (
        with_numbers(filing("b", round=2), ZEROED, nil=("T2", "T3", "T4")),
        with_numbers(filing("b", round=2), readings(0)),
    ):
        assert [state for _, state, _ in outcome(filing("a"), newer)] == [State.SUPERSEDED, State.COUNTED]


def test_a_file_that_may_be_anothers_replaces_none_that_is_certain() -> None:
    whose = Finding(FORM.rule_of_kind("agency").id, Severity.EXPLAIN, "单位不一致。", "")
    newer = with_numbers(filing("b", round=2, modified=9), readings(7), whose)
    assert outcome(filing("a", modified=1), newer) == [
        ("a", State.COUNTED, ""),
        ("b", State.SUPERSEDED, "单位存疑，不取代单位明确的一份；以“a”为准"),
    ]
    (agency,) = agencies(choose_versions([filing("a"), newer], Rulebook(FORM), TODAY))
    assert "“b”单位存疑" in agency.remark
    noted = with_numbers(filing("b", round=2), readings(7), replace(whose, severity=Severity.NOTE))
    assert outcome(filing("a"), noted)[1][1] is State.COUNTED
    # Beside an empty form the doubtful one is all there is.
    empty = with_numbers(filing("a"), readings(None))
    assert [state for _, state, _ in outcome(empty, newer)] == [State.SUPERSEDED, State.HELD]


def test_the_same_numbers_twice_ask_nobody() -> None:
    one, again = filing("a", cover="2024-01-02"), with_numbers(filing("b"), readings(ord("a")))
    assert outcome(one, again) == [
        ("a", State.SUPERSEDED, "已由“b”取代（轮次和文件修改时间都相同，按文件名排列）；数字完全相同"),
        ("b", State.COUNTED, ""),
    ]
    other = with_numbers(filing("b"), readings(ord("a")), scope="全域汇总")
    assert outcome(one, other)[1][1] is State.HELD


def test_the_question_names_both_files_and_the_rule() -> None:
    (newest, _) = choose_versions(
        [filing("a", sent="2024-01-02 08:00", cover="2024-01-01"), VERSIONS["nothing but the names"][1]],
        Rulebook(FORM),
        TODAY,
    )
    (finding,) = newest.checked.findings
    assert finding.message.startswith("按文件修改时间以“a”为准，“b”作旧版。")


def test_the_question_of_a_rule_on_trial_is_marked_and_holds_nothing() -> None:
    on_trial = Rulebook(FORM, Policy(trial=("P-VERSION",)))
    newest, *_ = choose_versions([filing("a", modified=2.0), filing("b", modified=1.0)], on_trial, TODAY)
    (finding,) = newest.checked.findings
    assert (finding.severity, newest.state) == (Severity.NOTE, State.COUNTED)
    assert finding.message.startswith("（试行）按文件修改时间以“a”为准")


def agencies(files: Sequence[AnyFile], as_of: date = date(2024, 2, 5)) -> list[AgencyRecord]:
    return agency_records(files, FORM, Roster((AGENCY,)), SETTINGS, as_of, nothing_decided)


def test_twice_the_agencies_are_twice_the_work() -> None:
    def over(number: int) -> None:
        known = [Agency(f"{n:04}", f"示例县第{n}局", former=(f"x{n}",)) for n in range(number)]
        base = filing("a")
        files = [from_agency(base, agency) for agency in known]
        roster = Roster(tuple(known))
        assert len(agency_records(files, FORM, roster, SETTINGS, TODAY, nothing_decided)) == number
        assert {roster.known_as(agency) for agency in known if roster.by_code(agency.code)}

    assert effort(lambda: over(400)) < 3 * effort(lambda: over(200))


def from_agency(filing: Filing, agency: Agency) -> Filing:
    """The same filing, of another agency."""
    submission = filing.submission
    told = replace(submission.identity, agency=agency, name=agency.name)
    return Filing(Checked(replace(submission, identity=told), (), {}))


def in_time(filing: Filing) -> tuple[Timeliness, DatedBy | None]:
    (agency,) = agencies([filing])
    return agency.timeliness, agency.source


def test_the_mail_says_whether_it_was_in_time_before_the_cover_does() -> None:
    assert in_time(filing("a", sent="2024-01-31 23:59", cover="2024-02-02")) == (Timeliness.ON_TIME, DatedBy.MAIL)
    assert in_time(filing("a", sent="2024-02-01 00:01", cover="2024-01-02")) == (Timeliness.LATE, DatedBy.MAIL)
    assert in_time(filing("a", cover="2024-01-31")) == (Timeliness.ON_TIME, DatedBy.COVER)
    assert in_time(filing("a", modified=9e9)) == (Timeliness.UNKNOWN, None)


def inbox_hash(*filings: Filing) -> str | None:
    return hash_of(choose_versions(filings, Rulebook(FORM), TODAY))


def hash_of(files: Sequence[AnyFile]) -> str | None:
    return input_hashes(SETTINGS, FORM, Roster(), files, NO_LAST_YEAR)["inbox"]


def test_days_are_counted_from_the_deadline() -> None:
    def days(*files: Filing, as_of: date = date(2024, 2, 5)) -> tuple[object, ...]:
        (record,) = agencies(files, as_of)
        return record.deadline, record.filed_on, record.days_late

    due = date(2024, 1, 31)
    assert days(filing("a", sent="2024-02-03 08:00")) == (due, date(2024, 2, 3), 3)
    assert days(filing("a", cover="2024-01-20")) == (due, date(2024, 1, 20), 0)
    assert days(filing("a")) == (due, None, None)
    assert days() == (due, None, 5)
    assert days(as_of=due) == (due, None, 0)


def test_the_hash_of_the_inbox_knows_times_only_where_they_decide() -> None:
    one, other = filing("a", modified=1), filing("b", modified=2)
    later = [from_source(r, modified=r.source.modified + 1000) for r in (one, other)]
    turned = [from_source(r, modified=-r.source.modified) for r in (one, other)]
    assert inbox_hash(one) == inbox_hash(later[0])
    assert inbox_hash(one, other) == inbox_hash(*later)
    assert inbox_hash(one, other) != inbox_hash(*turned)
    assert inbox_hash(one) != inbox_hash(from_source(one, sha256="other"))
    arriving = FileRecord(one.source, State.ARRIVING, "还在变化", AGENCY)
    assert inbox_hash(one) != hash_of([arriving])


def copies(first: Filing, *others: tuple[str, str]) -> Filing:
    """The filing with other files of the same bytes: path and, where a mail brought it, when."""
    made = (first.source, *(filing(path, sent=sent).source for path, sent in others))
    return from_source(first, repeats=tuple(replace(one, sha256=first.source.sha256) for one in made))


def test_going_back_to_an_older_version_is_asked_about_and_never_followed() -> None:
    """X, Y, X: what was accepted stays; both dates are named."""
    x, y = filing("x", sent="2024-01-10 09:00"), filing("y", sent="2024-01-12 09:00")
    newest, older = choose_versions([y, copies(x, ("z", "2024-01-14 09:00"))], Rulebook(FORM), TODAY)
    assert (newest.source.path, newest.state, older.state) == ("y", State.HELD, State.SUPERSEDED)
    (finding,) = newest.checked.findings
    assert "“z”（邮件 2024-01-14）又发来与旧版完全相同的内容，晚于“y”（邮件 2024-01-12）" in finding.message
    before = choose_versions([y, copies(x, ("z", "2024-01-11 09:00"))], Rulebook(FORM), TODAY)
    assert before[0].state is State.COUNTED and not before[0].checked.findings


def test_an_old_version_saved_anew_is_asked_about_too_and_not_followed() -> None:
    """X, Y, and the numbers of X in new bytes: clerks nearly always save anew."""
    days = {"x": "10", "y": "12", "z": "14", "w": "15"}
    x, y, z, w = (filing(path, sent=f"2024-01-{day} 09:00") for path, day in days.items())
    z, w = (with_numbers(one, x.submission.readings) for one in (z, w))
    for versions in ([x, y, z], [z, y, x], [w, z, y, x]):
        (counts,) = [r for r in choose_versions(versions, Rulebook(FORM), TODAY) if r.behind is None]
        assert (counts.source.path, counts.state) == ("y", State.HELD)
        (finding,) = counts.checked.findings
        assert "又报来与旧版相同的数字，晚于“y”（邮件 2024-01-12）" in finding.message
    runs = zip("xyz", (8, 15, 22), (True, False, True), strict=True)
    seen = {path: Sighting(f"2024-01-{day:02}-1", date(2024, 1, day), superseded=old) for path, day, old in runs}
    by_run = [from_source(one, mail=None) for one in (x, y, z)]
    _, counts, _ = choose_versions(by_run, Rulebook(FORM), TODAY, History(sightings=seen))
    assert "“z”（首见 2024-01-22）又报来" in counts.checked.findings[0].message, "in every later run too"
    answer = filing("z", round=2, sent="2024-01-14 09:00")
    for versions in ([y, z], [x, z], [x, y, with_numbers(answer, x.submission.readings, round=2)]):
        (counts,) = [r for r in choose_versions(versions, Rulebook(FORM), TODAY) if r.behind is None]
        assert (counts.source.path, counts.checked.findings) == ("z", ())


def test_without_mails_the_ledger_tells_that_an_older_version_came_again() -> None:
    x, y = copies(filing("x"), ("z", "")), filing("y")
    first, second = date(2024, 1, 8), date(2024, 1, 15)
    seen = {"x": Sighting("2024-01-08-1", first, superseded=True), "y": Sighting("2024-01-15-1", second)}
    history = History(sightings=seen, paths={("x", "x"): first})
    newest, _ = choose_versions([y, x], Rulebook(FORM), TODAY, history)
    (finding,) = newest.checked.findings
    assert "“z”（首见 2024-02-05）又发来与旧版完全相同的内容，晚于“y”（首见 2024-01-15）" in finding.message
    known = replace(history, paths={("x", "x"): first, ("x", "z"): first})
    assert not choose_versions([y, x], Rulebook(FORM), TODAY, known)[0].checked.findings


def test_no_date_is_shown_that_nobody_lives_to_see() -> None:
    known = History(sightings={"n": Sighting("2024-01-08-1", date(2024, 1, 8))})
    newest, _ = choose_versions([filing("n", round=2), filing("o")], Rulebook(FORM), TODAY, known)
    assert "“o”收到得更晚（2024-02-05）" in newest.checked.findings[0].message


def test_what_a_file_is_called_decides_no_remark() -> None:
    """A reason names files; a remark was once decided by looking for these words in it."""
    newest = from_source(filing("a", round=2), path="上一版曾通过.xlsx")
    (agency,) = agencies(choose_versions([newest, filing("b")], Rulebook(FORM), TODAY))
    assert agency.remark == "另有旧版 1 份"
    wrong = with_numbers(newest, readings(7), Finding("T3-ROW", Severity.MUST, "不平。"))
    (agency,) = agencies(choose_versions([wrong, filing("b")], Rulebook(FORM), TODAY))
    assert agency.remark == "上一版曾通过"
