"""Decisions read back from real workbooks, by whom they are believed, and what is said of those that cannot be."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace
from openxml_audit import OpenXmlValidator

from tests.grids import ROOT, year
from tests.office_tools import needs_office, saved_as
from tests.offices import CASES
from tests.seasons import Season, begun, declared, form, published, season
from workbook_tool.files.intake.cage import Cage
from workbook_tool.files.intake.engine import InProcess
from workbook_tool.files.season import decisions
from workbook_tool.files.season.decisions import read_decisions
from workbook_tool.files.season.last_year import load_last_year
from workbook_tool.files.season.ledger import open_ledger, reviews
from workbook_tool.files.season.ledger.schema import APPLICATION, MIGRATIONS
from workbook_tool.files.season.signed import load_signed
from workbook_tool.files.season.signing import sign
from workbook_tool.files.season.typed_opinions import decision
from workbook_tool.model.errors import OfficeError, Unreadable
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.follow_up import Decision, Opinion
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.season.history import (
    NO_HISTORY,
    NOTHING_DECIDED,
    Decided,
    DeskRow,
    PastVersion,
    Reviewed,
    Typed,
)
from workbook_tool.model.season.last_year import NO_LAST_YEAR
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.season.decide import decide
from workbook_tool.steps.season.follow_up import Memory, excluded, same_file, tails
from workbook_tool.steps.season.resubmit import last_approved

__all__ = ["form", "season"]
FIRST, SECOND = date(2024, 2, 5), date(2024, 2, 12)
KEY = "001|2023|SUM|A.red.all"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("已说明，同意", Opinion.ACCEPTED),
        (" 同 意。", Opinion.ACCEPTED),
        ("退回修改", Opinion.RETURN),
        ("不同意", "没有采用；可填"),
        ("同意/退回", "没有采用；可填"),
        ("同意（电话核实）", "没有采用，是否指“已说明，同意”"),
        ("不计", "没有采用，是否指“不计入”"),
        ("再说", "没有采用；可填"),
    ],
)
def test_an_opinion_in_other_words_is_taken_where_it_can_mean_no_other(typed: str, meant: Opinion | str) -> None:
    found = decision(DeskRow("第 5 行", KEY, "x", "", typed, "电话", "001", "SUM"), "2024-02-05-1", "a.xlsx")
    if isinstance(meant, Opinion):
        assert isinstance(found, Typed) and found.decision.opinion is meant
    else:
        assert isinstance(found, str) and f"“{typed}”不认识，{meant}" in found


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Season:
    """The season after one run: 001 must change a total, 002 is in order."""
    folder = tmp_path_factory.mktemp("week")
    with pytest.MonkeyPatch.context() as patch:
        season = begun(declared(folder), folder, patch)
        season.happen("001 报：A.red.all=8")
        season.happen("002 报")
        season.run(FIRST)
    return season


@pytest.fixture
def week(season: Season, lived: Season) -> Season:
    """That season once more, to be lived on."""
    assert lived.outcome and lived.outcome.folder
    shutil.copytree(lived.settings.outbox, season.settings.outbox)
    shutil.copy2(lived.settings.ledger, season.settings.ledger)
    season.filed |= lived.filed
    season.outcome = replace(lived.outcome, folder=season.settings.outbox / lived.outcome.folder.name)
    return season


def read(season: Season) -> list[Reviewed]:
    with open_ledger(season.settings.ledger) as ledger:
        return read_decisions(season.settings, ledger.reviews(), season.engine)


def typed(season: Season) -> dict[str, tuple[str, str]]:
    """Everything that reviewers typed: opinion and remark by key."""
    found = [one.decision for workbook in read(season) for one in workbook.typed]
    return {decision.key: (decision.opinion, decision.remark) for decision in found}


def warnings(season: Season) -> Iterator[str]:
    return (warning for workbook in read(season) for warning in workbook.warnings)


def test_broken_foreign_and_locked_workbooks_are_told_and_the_others_read(week: Season) -> None:
    week.engine = Cage
    week.happen("在 2024-02-05-1 另存为 好的 填 001 SUM：已通知 / 电话")
    folder, original = week.settings.decisions, week.workbook("2024-02-05-1")
    (folder / "断电.xlsx").write_bytes(original.read_bytes()[:5000])
    (folder / "说明.txt").write_text("没有表", encoding="utf-8")
    (folder / ".~lock.好的.xlsx#").write_bytes(b"")
    openpyxl.Workbook().save(folder / "别的.xlsx")
    other = openpyxl.load_workbook(original)
    other["_identity"]["B4"] = "2022"
    other.save(folder / "去年.xlsx")
    assert typed(week) == {KEY: ("已通知", "电话")}
    assert [warning.partition("，")[0] for warning in warnings(week)] == [
        "“decisions/别的.xlsx”里的处理意见没有读到：不是本程序写出的汇总工作簿",
        "“decisions/好的.xlsx”正开着",
        "“decisions/断电.xlsx”里的处理意见没有读到：文件不完整或已损坏；可能没有传完",
    ]


def test_a_workbook_that_nobody_saved_is_not_read_again(week: Season) -> None:
    week.engine = None  # type: ignore[assignment]
    assert [(one.run, one.typed) for one in read(week)] == [("2024-02-05-1", ())]


@needs_office
def test_a_workbook_saved_in_another_format_says_the_same(week: Season, tmp_path: Path) -> None:
    week.happen("在 2024-02-05-1 填 001 SUM：退回 / =SUM(A1)")
    week.settings.decisions.mkdir()
    saved = saved_as(week.workbook("2024-02-05-1"), "ods", tmp_path)
    shutil.copy(saved, week.settings.decisions / "意见.ods")
    here, aside = read(week)
    assert aside.run == here.run == "2024-02-05-1"
    assert [one.decision.opinion for one in aside.typed] == [one.decision.opinion for one in here.typed] == ["退回"]


def test_a_workbook_of_another_form_of_the_office_alarms_nobody(week: Season) -> None:
    week.settings.decisions.mkdir()
    shutil.copy(week.workbook("2024-02-05-1"), week.settings.decisions / "张三.xlsx")
    weekly = replace(week.settings, form="zb")

    def told(*forms: str) -> list[str]:
        with open_ledger(week.settings.ledger) as ledger:
            return [w for one in read_decisions(weekly, ledger.reviews(), week.engine, forms) for w in one.warnings]

    assert told("zb", week.settings.form) == []
    (said,) = told("zb")
    assert "没有读到" in said, "of a form that the office does not collect"


def test_a_row_that_was_sorted_away_from_its_hidden_key_is_not_believed(week: Season) -> None:
    path = week.workbook("2024-02-05-1")
    book = openpyxl.load_workbook(path)
    sheet = book["问题清单"]
    columns = {cell.value: cell.column for cell in sheet[4]}
    sheet.cell(5, columns["代码"]).value, sheet.cell(5, columns["处理意见"]).value = "002", "不计入"
    book.save(path)
    assert typed(week) == {}
    assert "与本行隐藏的键不符" in next(warnings(week))


def test_two_problems_at_one_place_are_told_apart_in_whatever_order_they_are_found(week: Season) -> None:
    memory = Memory(week.form, year(2023), FIRST, week.roster, NO_LAST_YEAR, NO_HISTORY, NOTHING_DECIDED)
    one, other = (Finding("V-label", Severity.MUST, text, table="甲") for text in ("没有「红」", "没有「青」"))
    keys = dict(zip(("one", "other"), tails([one, other], memory), strict=True))
    assert keys == dict(zip(("other", "one"), tails([other, one], memory), strict=True))
    assert sorted(keys.values()) == ["2023|V-label|甲//", "2023|V-label|甲//#2"]


def test_a_file_is_out_by_a_decision_on_it_or_on_a_problem_of_it_that_still_holds(week: Season) -> None:
    """The must of 001 decides for its file while the numbers under it stay the same."""
    (returned,) = (record.file for record in latest(week).agencies if record.state is AgencyState.RETURNED)
    (finding,) = returned.checked.findings
    whole, problem = latest(week).agencies[0].on_file, finding.follow_up
    for key, grounds, out in (
        (whole.key, whole.grounds, True),
        (problem.key, problem.grounds, True),
        (problem.key, "other numbers", False),
    ):
        decided = Decided({key: Decision(key, grounds, Opinion.EXCLUDE)})
        memory = Memory(week.form, year(2023), FIRST, week.roster, NO_LAST_YEAR, NO_HISTORY, decided)
        assert excluded([Filing(returned.checked)], memory) == ({returned.source.path} if out else frozenset())


def latest(week: Season) -> Consolidation:
    assert week.outcome and week.outcome.result
    return week.outcome.result


@pytest.mark.parametrize("version", [1, 4])
def test_what_a_released_version_wrote_into_a_ledger_is_still_known(season: Season, version: int) -> None:
    """The first one's as it was written, and as the one that knew periods, but one form only, had brought it up."""
    ledger = sqlite3.connect(season.settings.ledger)
    ledger.executescript(f"{MIGRATIONS[0]} PRAGMA application_id = {APPLICATION};")
    ledger.executescript((CASES / "ledger_of_the_first_version.sql").read_text(encoding="utf-8"))
    ledger.executescript(f"{' '.join(MIGRATIONS[1:version])} PRAGMA user_version = {version};")
    ledger.close()
    book = Rulebook(season.form)
    hidden = book.finding(book.of_kind("hidden"), "甲（工作表「甲」）B2 被隐藏。", Where("甲", sheet="甲", cells="B2"))
    season.happen("001 报")
    season.filed["甲园"] = replace(season.filed["甲园"], findings=(hidden,))
    season.happen("002 报")
    season.run(date(2024, 2, 19))
    assert season.outcome and season.outcome.result and season.outcome.result.weeks.changes
    ((record, still),) = season.outcome.result.findings
    assert still.follow_up and still.follow_up.decision
    assert (record.agency.code, still.follow_up.words) == ("001", "仍存（2 周）")
    assert still.follow_up.decision.remark == "打印件看不到", "a digest holds although the message has no name any more"
    (fixed,) = season.outcome.result.weeks.changes.fixed
    assert (fixed.agency, fixed.message) == ("乙园", "甲（工作表「甲」）B2 被隐藏。应当相符。")


def a_decision(opinion: Opinion, run: str, file: str, basis: str = "b", remark: str = "") -> Decision:
    return Decision(KEY, basis, opinion, remark, run, file)


def reviewed(*told: tuple[Decision, str], aside: bool = False, modified: str = "") -> Reviewed:
    first = told[0][0]
    return Reviewed(first.file, first.run, aside, modified, tuple(Typed(*one) for one in told))


NOTIFIED, RETURN, EXCLUDE = Opinion.NOTIFIED, Opinion.RETURN, Opinion.EXCLUDE


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        pytest.param(
            reviewed((a_decision(RETURN, "2024-02-05-9", "z"), "")),
            reviewed((a_decision(NOTIFIED, "2024-02-05-10", "a"), "")),
            id="the newer run",
        ),
        pytest.param(
            reviewed((a_decision(RETURN, "2024-02-05-1", "z"), ""), modified="2024-03-01"),
            reviewed((a_decision(NOTIFIED, "2024-02-05-1", "a"), ""), aside=True),
            id="the one put aside",
        ),
        pytest.param(
            reviewed((a_decision(RETURN, "2024-02-05-1", "z"), ""), modified="2024-02-06T09:00:00Z"),
            reviewed((a_decision(NOTIFIED, "2024-02-05-1", "a"), ""), modified="2024-02-06T10:00:00Z"),
            id="the one saved later",
        ),
    ],
)
def test_of_two_workbooks_the_newer_is_followed_and_the_conflict_told(older: Reviewed, newer: Reviewed) -> None:
    for order in ((older, newer), (newer, older)):
        decided = decide(order)
        assert decided.decisions[KEY].opinion is NOTIFIED
        assert [(c.followed.opinion, c.other.opinion) for c in decided.conflicts] == [(NOTIFIED, RETURN)]


def test_who_changes_words_that_stood_there_does_not_disagree() -> None:
    first = reviewed((a_decision(RETURN, "2024-02-05-1", "a", remark="缺页"), ""))
    second = reviewed((a_decision(EXCLUDE, "2024-02-12-1", "b"), "退回\n缺页"))
    assert decide([first, second]).conflicts == ()
    assert decide([first, second]).decisions[KEY].opinion is EXCLUDE
    on_other_numbers = reviewed((a_decision(EXCLUDE, "2024-02-12-1", "b", basis="c"), ""))
    assert decide([first, on_other_numbers]).conflicts == ()


def test_a_remembered_decision_lives_on_where_its_row_is_gone() -> None:
    remembered = [a_decision(RETURN, "2024-02-05-1", "a.xlsx")]
    assert decide([], remembered).decisions[KEY].opinion is RETURN
    taken_back = Reviewed("a.xlsx", "2024-02-05-1", keys=frozenset({KEY}))
    assert decide([taken_back], remembered).decisions == {}
    for other in (
        Reviewed("a.xlsx", warnings=("unreadable",)),
        Reviewed("a.xlsx", "2024-02-12-1", keys=frozenset({KEY})),  # the next run's, saved under the same name
        Reviewed("a.xlsx", "2024-02-05-1", keys=frozenset({"another row"})),
    ):
        assert decide([other], remembered).decisions[KEY].opinion is RETURN


def test_a_remembered_decision_is_as_old_as_its_run() -> None:
    """The newer workbook is gone, the older one is still there: what is remembered of the newer one is followed."""
    older = reviewed((a_decision(EXCLUDE, "2024-02-05-1", "a.xlsx"), ""))
    remembered = [a_decision(Opinion.PENDING, "2024-02-12-1", "b.xlsx")]
    assert decide([older], remembered).decisions[KEY].opinion is Opinion.PENDING


def test_what_is_excluded_is_in_no_total_but_stays_to_be_seen(week: Season) -> None:
    week.happen("在 2024-02-05-1 填 002 整份：不计入 / =已并入政府办")
    week.run(SECOND)
    assert week.outcome and week.outcome.folder
    result, manifest = week.outcome.result, week.outcome.manifest
    assert (result.totals.passed.agencies, result.totals.all_filed.agencies) == (0, 1)
    assert manifest["counts"]["files"] == {"returned": 1, "excluded": 1}
    assert "002" not in (week.outcome.folder / "values.csv").read_text(encoding="utf-8")
    (file,) = (f for f in result.files if f.state is State.EXCLUDED)
    assert file.reason == "审核人决定不计入：=已并入政府办"
    cells = [c for row in openpyxl.load_workbook(week.workbook("2024-02-12-1"))["报送情况"] for c in row]
    assert [c.data_type for c in cells if c.value == "=已并入政府办"] == ["s"], "typed words are text for ever"
    assert len(manifest["inputs"]["decisions"]) == 64


def test_the_status_of_problems_stands_in_the_lists_of_a_run(week: Season) -> None:
    week.happen("001 报：A.green.all=5")
    week.run(SECOND)
    assert week.outcome and week.outcome.folder
    rows = (week.outcome.folder / "findings.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [tuple(row.split(",")[:4]) for row in rows[1:]] == [
        ("SUM", "must", "new", "001"),
        ("SUM", "must", "fixed", "001"),
    ]
    changes = week.outcome.manifest["changes"]
    assert (changes["since"], changes["counts"]["fixed"], changes["problems"]["fixed"]) == ("2024-02-05-1", 1, [KEY])
    assert week.outcome.manifest["counts"]["findings"]["must"] == 1, "what is fixed is no finding of this run"


def test_the_new_sheets_are_sound_and_their_links_lead_somewhere(week: Season) -> None:
    for line in ("定稿", "在 2024-02-05-1 填 002 整份：不计入 / 并入甲园", "003 报：A.red.all=8", "001 报"):
        week.happen(line)
    week.run(SECOND)
    path = week.workbook("2024-02-12-1")
    assert not list(OpenXmlValidator().validate(str(path)).errors)
    book = openpyxl.load_workbook(path)
    assert {"本周变化", "定稿差异"} <= set(book.sheetnames) and len(book["本周变化"]._charts) == 2
    links = [cell.hyperlink for sheet in book for row in sheet for cell in row if cell.hyperlink]
    for place in (link.location for link in links if not link.target):
        sheet, _, cell = str(place).rpartition("!")
        assert book[sheet.strip("'")][cell].value is not None


def test_an_altered_or_missing_result_is_not_signed(week: Season) -> None:
    assert week.outcome and week.outcome.folder
    folder, manifest = week.outcome.folder, published(week.outcome.folder)
    with pytest.raises(OfficeError, match="是旧版本的程序写的"):
        sign(folder, replace(manifest, values_sha256=""), FIRST)
    values = folder / "values.csv"
    values.write_text(values.read_text(encoding="utf-8-sig").replace("7", "8", 1), encoding="utf-8-sig")
    with pytest.raises(OfficeError, match=r"“2024-02-05-1”的 values\.csv 被改动过"):
        sign(folder, manifest, FIRST)
    values.unlink()
    with pytest.raises(OfficeError, match="不在了"):
        sign(folder, manifest, FIRST)
    assert load_signed(week.settings, week.form) is None


def test_next_year_starts_from_the_signed_run_and_not_from_the_newest(week: Season) -> None:
    week.happen("定稿")
    week.happen("002 报：A.red.big=9 A.red.all=13")
    week.run(SECOND)
    next_year = replace(week.settings, period=year(2024))
    last = load_last_year(next_year, week.form)
    assert (last.source, last.values["002"][0]) == ("2024-02-05-1", 3)
    shutil.rmtree(week.settings.outbox / "2024-02-05-1")
    lost = load_last_year(next_year, week.form)
    assert not lost.known and "2023 年的定稿用不上" in lost.words
    signed = load_signed(week.settings, week.form)
    assert signed and "不在了" in signed.problem


def test_a_newer_run_may_be_signed_instead_and_no_older_one(week: Season) -> None:
    assert week.outcome and week.outcome.folder
    first = (week.outcome.folder, published(week.outcome.folder))
    assert sign(*first, FIRST) is None
    week.run(SECOND)
    replaced = sign(week.outcome.folder, published(week.outcome.folder), SECOND)
    assert replaced and replaced.run == "2024-02-05-1"
    with pytest.raises(OfficeError, match="已定稿的是较新的一次运行"):
        sign(*first, SECOND)


CONFIG = """
[region]
name = "某乡"
[report]
form = "fruit"
year = 2023
"""


def test_sign_on_the_command_line(week: Season) -> None:
    root = week.settings.root
    (root / "config.toml").write_text(CONFIG, encoding="utf-8")

    def tool(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "workbook_tool", "sign", "--config", str(root / "config.toml"), *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)

    wrong = tool("2024-02-05-2")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "没有“2024-02-05-2”这次运行" in wrong.stderr
    done = tool("--as-of", "2024-03-01")
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("已定稿：某乡 2023 年，2024-02-05-1", "还有未报 1 家：丙园", "还有退回 1 家：甲园"):
        assert part in done.stdout
    mark = json.loads((root / "outbox" / "定稿_2023.json").read_text(encoding="utf-8"))
    assert (mark["run"], mark["signed_on"], len(mark["values_sha256"])) == ("2024-02-05-1", "2024-03-01", 64)


def test_a_decision_outlives_its_workbook_in_the_ledger(week: Season) -> None:
    week.happen("在 2024-02-05-1 另存为 意见 填 001 整份：退回 / 缺页")
    week.run(SECOND)
    (week.settings.decisions / "意见.xlsx").unlink()
    week.run(date(2024, 2, 19))
    assert week.outcome and week.outcome.result
    assert "审核人退回：缺页" in week.outcome.result.agencies[0].remark


def test_who_is_sent_back_by_the_reviewer_alone_is_told_why(week: Season) -> None:
    week.happen("在 2024-02-05-1 另存为 意见 填 002 整份：退回 / 领导要求再核")
    week.run(SECOND)
    assert week.outcome and week.outcome.folder
    (mail,) = (week.outcome.folder / "returns").glob("002_*.eml")
    letter = message_from_bytes(mail.read_bytes(), policy=policy.default).get_body().get_content()  # type: ignore[attr-defined]
    assert "收到了。审核后退回：领导要求再核。请核对后发回。" in letter and "主要是" not in letter


def test_what_an_agency_explains_besides_is_not_lost(week: Season) -> None:
    week.happen("001 说明 T9-X：复议属实")
    week.run(SECOND)
    assert week.outcome and week.outcome.result
    assert "单位另有说明：T9-X 复议属实" in week.outcome.result.agencies[0].remark


# ── What is kept of a workbook ───────────────────────────────────────────────


@pytest.fixture
def noted(week: Season) -> tuple[Season, list[str]]:
    """The season with one workbook put aside, and the names of the workbooks that are read from now on."""
    week.happen("在 2024-02-05-1 另存为 意见 填 001 SUM：已通知 / 电话")
    names: list[str] = []

    class Noting(InProcess[Any]):
        def map(self, items: Any, progress: Any = None) -> Iterator[Any]:
            names.extend(one.path.stem for one in items)
            return super().map(items)

    week.engine = Noting
    return week, names


def test_an_unchanged_workbook_is_read_once_and_said_to_be_open_whenever_it_is(noted: tuple[Season, list[str]]) -> None:
    season, names = noted
    first = read(season)
    assert (names, read(season), names) == (["意见"], first, ["意见"])
    mark = season.settings.decisions / ".~lock.意见.xlsx#"
    mark.write_bytes(b"")
    assert ["正开着" in warning for warning in warnings(season)] == [True]
    mark.unlink()
    assert read(season) == first
    assert names == ["意见"]


def test_whatever_a_reading_depends_on_makes_a_new_one(
    noted: tuple[Season, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    season, names = noted
    told = {"first": typed(season)}
    season.happen("在 2024-02-05-1 另存为 意见 填 001 SUM：退回 / 缺页")
    told["other bytes"] = typed(season)
    path = season.settings.decisions / "意见.xlsx"
    path = path.rename(path.with_stem("更名"))
    told["another name"] = typed(season)
    whole = season.settings
    for what in ({"region": "他乡"}, {"period": year(2024)}, {"form": "veg"}):
        season.settings = replace(whole, **what)
        told[str(what)] = typed(season)
        told_so = any("没有读到：是某乡 2023 年的" in warning for warning in warnings(season))
        assert told_so is ("period" not in what), "those of another period may lie there for ever"
    season.settings = whole
    monkeypatch.setattr(reviews, "program", lambda: "another")
    told["another program"] = typed(season)
    right = {KEY: ("退回", "缺页")}
    assert list(told.values()) == [{KEY: ("已通知", "电话")}, right, right, {}, {}, {}, right]
    assert names == ["意见", "意见", *["更名"] * 5]


@pytest.mark.parametrize("spoilt", [b"", b"x" * 50, "text", 7])
def test_a_kept_workbook_that_was_altered_is_read_again(noted: tuple[Season, list[str]], spoilt: object) -> None:
    season, names = noted
    first = read(season)
    with open_ledger(season.settings.ledger) as ledger:
        ((key, value),) = ledger.connection.execute("SELECT * FROM reviews").fetchall()
        for wrong in (spoilt, value[:-1], bytes([value[0] ^ 1]) + value[1:], reviews.sealed(key, b"x") + b"x"):
            ledger.connection.execute("UPDATE reviews SET value = ?", (wrong,))
            assert read_decisions(season.settings, ledger.reviews(), season.engine) == first
            assert ledger.connection.execute("SELECT * FROM reviews").fetchall() == [(key, value)]
    assert names == ["意见"] * 5


def test_what_may_be_read_otherwise_next_time_is_not_kept(
    noted: tuple[Season, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    season, _ = noted
    untouched = season.workbook("2024-02-05-1").read_bytes()

    def locked(*_: object) -> bytes:
        raise Unreadable("无法读取：另一个程序正在使用此文件")

    for reading in (lambda *_: untouched, locked):  # saved between the digest and the reading; locked for a moment
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(decisions, "read_bytes", reading)
            assert typed(season) == {}
        with open_ledger(season.settings.ledger) as ledger:
            assert ledger.connection.execute("SELECT * FROM reviews").fetchall() == []
    assert typed(season) == {KEY: ("已通知", "电话")}


def test_a_workbook_that_is_gone_is_forgotten(noted: tuple[Season, list[str]]) -> None:
    season, _ = noted
    read(season)
    (season.settings.decisions / "意见.xlsx").unlink()
    read(season)
    with open_ledger(season.settings.ledger) as ledger:
        assert ledger.connection.execute("SELECT * FROM reviews").fetchall() == []


def test_what_was_decided_on_a_file_holds_until_its_numbers_change(week: Season) -> None:
    """The same numbers in other bytes, a new cover, say, are no answer; another number is."""
    week.happen("003 报")
    week.run(FIRST)
    week.happen("在 2024-02-05-2 另存为 意见 填 002 整份：退回 / 封面没有负责人")
    week.happen("在 2024-02-05-2 另存为 意见 填 003 整份：不计入 / 已并入甲园")
    week.run(SECOND)
    assert states(week) == ["returned", "returned", "excluded"]
    for code in ("002", "003"):
        week.happen(f"{code} 报：A.red.big=3")
    week.run(date(2024, 2, 19))
    assert states(week) == ["returned", "returned", "excluded"]
    for code in ("002", "003"):
        week.happen(f"{code} 报：A.red.big=4 A.red.all=8")
    week.run(date(2024, 2, 26))
    assert "returned" not in states(week)[1:] and "excluded" not in states(week)


def states(week: Season) -> list[str]:
    assert week.outcome and week.outcome.result
    return [record.state for record in week.outcome.result.agencies]


def test_a_file_that_was_away_for_a_week_puts_nothing_right_and_nothing_wrong(week: Season) -> None:
    week.happen("001 撤回")
    week.run(SECOND)
    week.happen("001 报：A.red.all=8")
    week.run(date(2024, 2, 19))
    assert week.outcome and week.outcome.result
    (finding,) = week.outcome.result.agencies[0].findings
    assert finding.follow_up and finding.follow_up.words == "仍存（2 周）"


def test_every_copy_has_a_round_of_its_own(week: Season) -> None:
    """Another faulty original after the first copy: the second copy must beat the first one, should that come back."""
    week.happen("001 报：A.red.all=9")
    week.run(SECOND)
    names = [path.name[:10] for path in sorted(week.settings.outbox.glob("*/returns/001_*.eml"))]
    assert names == ["001_甲园_第2轮", "001_甲园_第3轮"]


def test_the_next_week_s_workbook_under_the_same_name_takes_nothing_back(week: Season) -> None:
    week.happen("在 2024-02-05-1 另存为 审核 填 002 整份：不计入 / 并入甲园")
    week.run(SECOND)
    (week.settings.decisions / "审核.xlsx").unlink()
    week.happen("在 2024-02-12-1 另存为 审核 填 001 整份：退回 / 缺页")
    week.run(date(2024, 2, 19))
    assert states(week)[:2] == ["returned", "excluded"]


def test_a_run_without_an_accepted_filing_is_not_signed(season: Season) -> None:
    season.happen("001 报：A.red.all=8")
    season.run(FIRST)
    with pytest.raises(OfficeError, match="还没有已通过的报表"):
        season.happen("定稿")


def test_what_passed_once_is_what_a_later_version_is_measured_by() -> None:
    """Held in the meantime, because another agency copied it, say."""
    seen = date(2024, 1, 22)
    passed = PastVersion("001", "a", "a.xlsx", "r", seen, State.HELD, {}, last=SECOND, passed=FIRST)
    never = PastVersion("001", "b", "b.xlsx", "r", seen, State.HELD, {}, last=SECOND)
    assert last_approved([passed, never]) is passed
    assert last_approved([never]) is None


def test_what_was_sent_back_stays_so_until_its_numbers_change() -> None:
    """The same numbers saved again are other bytes, and no answer; a decision on an absent file holds while it is."""
    for opinion in (Opinion.RETURN, Opinion.EXCLUDE):
        decision = Decision("k", "numbers-bytes", opinion)
        assert same_file(decision, "numbers-saved again") and not same_file(decision, "others-bytes")
    absent = Decision("k", "", Opinion.NOTIFIED)
    assert same_file(absent, "") and not same_file(absent, "numbers-bytes")


def test_a_version_that_was_excluded_since_was_passed_by_mistake() -> None:
    seen = date(2024, 1, 8)
    passed = PastVersion("001", "a", "a.xlsx", "r", seen, State.COUNTED, {}, last=SECOND, passed=FIRST)
    assert last_approved([passed]) is passed
    assert last_approved([replace(passed, state=State.EXCLUDED)]) is None
