"""Undo: five stories of runs and signings taken back, what an interruption leaves, and what keeps a ledger safe. Runs here
write no workbook, but for the one in which an opinion is typed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from tests.grids import year
from tests.seasons import Season, form, published, season
from tests.test_handbook import keys_told
from tests.weeks import named
from workbook_tool import __main__ as command_line
from workbook_tool import batch, commands
from workbook_tool.files.intake.engine import InProcess
from workbook_tool.files.season.decisions import read_decisions
from workbook_tool.files.season.ledger import Ledger, backup, open_ledger
from workbook_tool.files.season.signatures import read_mark
from workbook_tool.files.season.signing import sign
from workbook_tool.model.errors import OfficeError, OutboxError
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.judging.follow_up import Decision, Opinion
from workbook_tool.model.season.history import Reviewed, Typed
from workbook_tool.office import Office, Report
from workbook_tool.status import standings_of
from workbook_tool.steps.season.decide import decide
from workbook_tool.steps.tell import season as tell_season
from workbook_tool.undo import undo

__all__ = ["form", "season"]
FIRST, SECOND, THIRD, MISTYPED = date(2024, 2, 5), date(2024, 2, 12), date(2024, 2, 19), date(2062, 2, 12)


@pytest.fixture
def quick(season: Season, monkeypatch: pytest.MonkeyPatch) -> Season:
    monkeypatch.setattr("workbook_tool.dispatch.returns_of", lambda _: ())
    monkeypatch.setattr("workbook_tool.publication.write_workbooks", named)
    return season


def office(season: Season) -> Office:
    return Office((Report(season.settings, season.form),), season.roster, engine=season.engine)


def undone(season: Season) -> str:
    return undo(office(season), lambda _: True)


def said(season: Season, day: date, **options: bool) -> list[str]:
    """What a run says besides its result."""
    words: list[str] = []
    season.outcome = batch.run(office(season), day, say=words.append, **options)
    return words


def name(season: Season) -> str:
    assert season.outcome and season.outcome.folder
    return season.outcome.folder.name


def runs(season: Season) -> list[str]:
    return sorted(path.name for path in season.settings.outbox.glob("2*"))


def status(season: Season) -> str:
    return tell_season.statuses(standings_of(office(season), THIRD))


def signed(season: Season, by: str, day: date) -> None:
    assert season.outcome and season.outcome.folder
    folder = season.outcome.folder
    with open_ledger(season.settings.ledger) as ledger:
        sign(folder, published(folder), day, by, ledger.signings)


# ── Five stories ─────────────────────────────────────────────────────────────


def test_a_mistyped_date_locks_nobody_out(quick: Season) -> None:
    quick.happen("001 报：A.red.all=8")
    quick.run(FIRST)
    quick.happen("001 报")
    quick.run(MISTYPED)
    with pytest.raises(OfficeError, match=r"早于台账中最新的一次运行 2062-02-12-1.*workbook-tool undo"):
        quick.run(SECOND)
    assert "现在最新的是 2024-02-05-1" in undone(quick)
    assert (
        runs(quick) == ["2024-02-05-1"] and (quick.settings.outbox / ".undone" / "2062-02-12-1" / "run.json").exists()
    )
    assert said(quick, SECOND) == ["2062-02-12-1 已撤销，不算数：本次接着 2024-02-05-1 往下算。"]
    result = quick.outcome and quick.outcome.result
    assert result and result.weeks.changes
    assert result.weeks.changes.since.name == "2024-02-05-1"
    assert [past.rule for past in result.weeks.changes.fixed] == ["SUM"], "as if nobody had been told before"
    assert said(quick, THIRD) == [], "said once"
    shutil.move(quick.settings.outbox / ".undone" / "2062-02-12-1", quick.settings.outbox)
    assert "2062-02-12-1 已撤销，文件夹却在发件夹里" in status(quick)
    shutil.rmtree(quick.settings.outbox / "2062-02-12-1")
    quick.run(MISTYPED)
    assert name(quick) == "2062-02-12-2", "a name is never used again"


def test_what_only_a_withdrawn_run_saw_passed_was_never_passed(quick: Season) -> None:
    quick.happen("001 报：A.red.all=8")
    quick.run(FIRST)
    quick.happen("001 报")
    quick.run(SECOND)
    undone(quick)
    quick.happen("001 报：A.red.big=5 A.red.all=9")
    quick.run(SECOND)
    assert name(quick) == "2024-02-12-2"
    result = quick.outcome and quick.outcome.result
    assert result and not any(chain.revised for chain in result.chains)


def test_a_late_file_after_an_undo_is_as_old_as_it_is(quick: Season) -> None:
    """First seen by a run with a mistyped date: it was there before the next run, and counts for new until that one."""
    quick.run(FIRST)
    quick.happen("001 报")
    (quick.settings.inbox / "甲园.xlsx").write_bytes(b"x")
    quick.filed["甲园"] = replace(
        quick.filed["甲园"], source=replace(quick.filed["甲园"].source, sha256=sha_of(quick, "甲园.xlsx"))
    )
    quick.run(MISTYPED)
    assert "新到或有变化的文件" not in status(quick)
    undone(quick)
    assert "新到或有变化的文件 1 份：甲园.xlsx" in status(quick)
    quick.run(SECOND)
    with open_ledger(quick.settings.ledger) as ledger:
        (seen,) = ledger.history("fruit", year(2023), THIRD).sightings.values()
        assert (seen.run, seen.day, seen.after, seen.words) == ("2062-02-12-1", SECOND, FIRST, "2024-02-12")
        assert ledger.ages["2062-02-12-1"] < ledger.ages["2024-02-12-1"]


def sha_of(season: Season, path: str) -> str:
    return next(s.sha256 for s in batch.list_inbox(season.settings.inbox) if s.path == path)


def test_undo_goes_back_step_by_step_over_runs_and_signings(quick: Season) -> None:
    quick.happen("001 报")
    quick.run(FIRST)
    signed(quick, "张三", FIRST)
    quick.run(SECOND)
    signed(quick, "李四", SECOND)

    def in_force() -> str:
        mark = read_mark(quick.settings.outbox, year(2023), "fruit")
        return f"{mark.run} {mark.by}" if mark else ""

    assert "定稿：2024-02-12-1（李四，2024-02-12）" in status(quick)
    steps = []
    for _ in range(4):
        words = undone(quick)
        steps.append((words.partition("：")[0].partition("，标记")[0], in_force(), runs(quick)))
    both = ["2024-02-05-1", "2024-02-12-1"]
    assert steps == [
        ("已撤销定稿（《果品》2023 年度，2024-02-12-1，李四，2024-02-12）", "2024-02-05-1 张三", both),
        ("已撤销 2024-02-12-1", "2024-02-05-1 张三", both[:1]),
        ("已撤销定稿（《果品》2023 年度，2024-02-05-1，张三，2024-02-05）", "", both[:1]),
        ("已撤销 2024-02-05-1", "", []),
    ]
    with pytest.raises(OfficeError, match="没有可以撤销的"):
        undone(quick)
    quick.run(FIRST)
    quick.run(FIRST)
    undone(quick)
    stands = batch.unchanged(office(quick), FIRST)
    assert stands and stands.folder and stands.folder.name == "2024-02-05-2", "the newest that was not withdrawn"
    kept = {path.name for path in (quick.settings.outbox / ".undone").iterdir()}
    assert kept == {*both, "2024-02-05-3", "定稿_2023_2024-02-05-1.json", "定稿_2023_2024-02-12-1.json"}


def test_an_earlier_run_that_was_signed_last_is_unsigned_first(quick: Season) -> None:
    quick.happen("001 报")
    quick.run(FIRST)
    earlier = quick.outcome
    quick.run(SECOND)
    quick.outcome = earlier
    signed(quick, "", SECOND)
    assert undone(quick).startswith("已撤销定稿（《果品》2023 年度，2024-02-05-1，2024-02-12）")
    assert runs(quick) == ["2024-02-05-1", "2024-02-12-1"]


def test_opinions_typed_into_a_withdrawn_workbook_are_read_and_give_way_to_newer_ones(season: Season) -> None:
    season.happen("001 报")
    season.run(MISTYPED)
    assert "待下次运行生效" not in status(season)
    season.happen("在 2062-02-12-1 填 001 整份：退回 / 缺页")
    assert "等下一次运行：新填的处理意见、代改，待下次运行生效 1 条：甲园 整份报表" in status(season)
    undone(season)
    season.run(SECOND)
    assert "待下次运行生效" not in status(season)
    assert season.outcome and season.outcome.result
    assert "审核人退回：缺页" in season.outcome.result.agencies[0].remark
    with open_ledger(season.settings.ledger) as ledger:
        (there,) = (one for one in read_decisions(season.settings, ledger.reviews(), season.engine) if one.typed)
        remembered, ages = ledger.decisions("fruit", year(2023)), ledger.ages
    key, old = there.typed[0].decision.key, there.typed[0].decision
    newer = Decision(key, old.grounds, Opinion.NOTIFIED, "", "2024-02-12-1", "b.xlsx")
    later = Reviewed("b.xlsx", "2024-02-12-1", typed=(Typed(newer, "退回\n缺页"),))
    assert decide([there, later], remembered, ages).decisions[key].opinion is Opinion.NOTIFIED
    emptied = replace(there, typed=())
    assert decide([emptied], remembered, ages).decisions == {}, "taken back where it was typed"
    before = [replace(one, file=one.file.replace(".undone/", "")) for one in remembered]
    assert decide([emptied], before, ages).decisions == {}, "the same workbook, wherever it lies now"
    undone(season)
    with open_ledger(season.settings.ledger) as ledger:
        assert ledger.decisions("fruit", year(2023)) == remembered, "what a withdrawn run heard stays known"


# ── Not asked for, interrupted, or in the way ────────────────────────────────


def test_nothing_moves_unless_people_agree(quick: Season) -> None:
    quick.run(FIRST)
    asked: list[str] = []
    with pytest.raises(OfficeError, match="什么都没有动"):
        undo(office(quick), lambda question: bool(asked.append(question)))
    assert "2024-02-05-1" in asked[0] and runs(quick) == ["2024-02-05-1"]


class KilledError(BaseException):
    """As if the process had ended here."""


def die(*_: object) -> None:
    raise KilledError


@pytest.mark.parametrize("at", ["rename", "withdraw"])
def test_an_interrupted_undo_is_completed_and_goes_no_further(
    quick: Season, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    quick.run(FIRST)
    quick.run(SECOND)
    with monkeypatch.context() as meanwhile, pytest.raises(KilledError):
        meanwhile.setattr(*{"rename": (Path, "rename", die), "withdraw": (Ledger, "withdraw", die)}[at])
        undone(quick)
    moved = at == "withdraw"
    assert runs(quick) == ["2024-02-05-1", "2024-02-12-1"][: 1 if moved else 2]
    assert ("上次撤销中断" in status(quick)) is moved
    assert ("没有再撤销别的" in undone(quick)) is moved
    assert runs(quick) == ["2024-02-05-1"], "either way one run was withdrawn"
    assert quick.outcome
    quick.run(SECOND)
    assert name(quick) == "2024-02-12-2"


def test_a_folder_that_cannot_be_moved_is_said_and_nothing_is_withdrawn(
    quick: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick.run(FIRST)

    def in_use(*_: object) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as meanwhile, pytest.raises(OutboxError, match="没有撤销。请关闭正打开着"):
        meanwhile.setattr(Path, "rename", in_use)
        undone(quick)
    with open_ledger(quick.settings.ledger) as ledger:
        assert ledger.newest_name == "2024-02-05-1"


def test_a_run_whose_folder_was_deleted_can_be_withdrawn_too(quick: Season) -> None:
    quick.run(MISTYPED)
    shutil.rmtree(quick.settings.outbox / name(quick))
    assert "文件夹早已不在" in undone(quick)
    quick.run(FIRST)
    assert name(quick) == "2024-02-05-1"


def test_a_mark_that_an_earlier_version_wrote_is_newer_than_its_run(quick: Season) -> None:
    quick.happen("001 报")
    quick.run(FIRST)
    quick.happen("定稿")
    quick.run(SECOND)
    assert [undone(quick).partition("（")[0].partition("：")[0] for _ in range(3)] == [
        "已撤销 2024-02-12-1",
        "已撤销定稿",
        "已撤销 2024-02-05-1",
    ]


# ── The ledger: its copies, its office, its outbox ───────────────────────────


def test_the_ledger_is_copied_before_each_run_and_ten_copies_stay(
    quick: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "KEPT_COPIES", 2)
    for day in (FIRST, FIRST, SECOND):
        quick.run(day)
    folder = quick.settings.root / "台账备份"
    newest = folder / "ledger_2024-02-12-1之前.sqlite"
    assert sorted(path.name for path in folder.iterdir()) == ["ledger_2024-02-05-2之前.sqlite", newest.name]
    with open_ledger(newest) as copy:
        assert copy.names == ["2024-02-05-1", "2024-02-05-2"]
    shutil.rmtree(folder)
    folder.write_text("in the way", encoding="utf-8")
    (words,) = said(quick, THIRD)
    assert "台账没有备份成" in words and name(quick) == "2024-02-19-1"


def test_another_office_s_ledger_is_refused_with_the_way_on(quick: Season) -> None:
    quick.run(FIRST)
    own = quick.settings
    for change in ({"region": "他乡"}, {"root": own.root / "别处"}):
        quick.settings = replace(own, **change)  # type: ignore[arg-type]
        with pytest.raises(OfficeError, match=r"2024-02-05-1 只是试用.*workbook-tool undo .*--same-office"):
            quick.run(SECOND)
        quick.settings = replace(quick.settings, outbox=own.root / "别处的发件夹")
        for act in (lambda: quick.run(SECOND), lambda: status(quick), lambda: undone(quick)):
            with pytest.raises(OfficeError, match=r"另一个办公文件夹的.*--same-office"):
                act()
    quick.settings = replace(own, region="某镇")
    said(quick, SECOND, same_office=True)
    said(quick, THIRD)
    assert name(quick) == "2024-02-19-1"


def test_a_first_run_under_a_wrong_region_and_date_is_taken_back_by_undo_alone(quick: Season) -> None:
    """It had ended in a ring: run sent to --same-office, that to undo, and undo to --same-office."""
    own = quick.settings
    quick.settings = replace(own, region="某某县")
    quick.run(SECOND)
    quick.settings = own
    with pytest.raises(OfficeError, match=r"“某某县”.*用 workbook-tool undo 撤销它，再运行"):
        quick.run(FIRST)
    assert undone(quick).startswith("已撤销 2024-02-12-1")
    quick.run(FIRST)
    assert runs(quick) == ["2024-02-05-1"]


def test_an_office_that_moves_with_its_ledger_is_the_same(quick: Season) -> None:
    quick.run(FIRST)
    moved, own = quick.settings.root / "moved", quick.settings
    moved.mkdir()
    for path in (own.ledger, own.outbox, own.inbox):
        path.rename(moved / path.name)
    places = {"ledger": moved / "ledger.sqlite", "outbox": moved / "outbox", "inbox": moved / "inbox"}
    quick.settings = replace(own, root=moved, **places)
    assert said(quick, SECOND) == []


def test_a_ledger_that_is_older_than_its_outbox_is_told(quick: Season) -> None:
    quick.run(FIRST)
    old = quick.settings.ledger.read_bytes()
    quick.run(SECOND)
    quick.settings.ledger.write_bytes(old)
    assert "等人处理：发件夹里有台账 ledger.sqlite 不知道的运行：2024-02-12-1" in status(quick)
    with pytest.raises(OfficeError, match=r"没有撤销.*不知道的运行：2024-02-12-1"):
        undone(quick)  # the newest that it knows is not the newest
    assert runs(quick) == ["2024-02-05-1", "2024-02-12-1"]
    for day in (SECOND, THIRD):
        (words,) = said(quick, day)
        assert "不知道的运行：2024-02-12-1。" in words, "as long as it is so"
    quick.settings.ledger.unlink()
    (words,) = said(quick, THIRD)
    assert "本来就是另起台账的，不必处理" in words
    assert said(quick, THIRD) == [], "a ledger that was begun anew says so once"


def test_what_a_run_asked_is_repeated_until_it_is_done(quick: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    quick.happen("001 报")
    broken = quick.settings.inbox / "坏.xlsx"
    broken.write_bytes(b"PK broken")
    record = FileRecord(SourceFile("坏.xlsx", broken, sha_of(quick, "坏.xlsx"), 9), State.UNREADABLE, "打不开")
    monkeypatch.setattr(batch, "take_in_all", lambda *_: [*quick.filed.values(), record])
    quick.run(FIRST)
    assert "等人处理：无法读取的文件，请单位重发 1 份：坏.xlsx" in status(quick)
    quick.settings = replace(quick.settings, period=year(2024))
    quick.happen("001 报")  # still of 2023
    (words,) = [quick.outcome.summary for _ in [quick.run(SECOND)] if quick.outcome]
    assert "未能计入" not in words and "其他年度的文件 1 份（2023 年）" in words
    assert "坏.xlsx" not in status(quick), "of another year by now"
    quick.settings = replace(quick.settings, period=year(2023))
    broken.unlink()
    assert "坏.xlsx" not in status(quick), "what is gone is nobody's work"


def test_a_ledger_of_before_knows_nothing_of_this_and_works(quick: Season) -> None:
    quick.run(FIRST)
    old = sqlite3.connect(quick.settings.ledger)
    old.executescript(
        "CREATE TABLE old AS SELECT id, name, stage, form, year, region, as_of, basis, inputs, summary, workbook, sha256,"
        " files, due, states, findings FROM runs; DROP TABLE runs; ALTER TABLE old RENAME TO runs;"
        " DROP TABLE office; DROP TABLE signings; DROP TABLE corrections; PRAGMA user_version = 1;"
    )
    old.close()
    assert status(quick).startswith("某乡 2023 年度  上次运行 2024-02-05-1")
    undone(quick)
    quick.run(FIRST)
    assert name(quick) == "2024-02-05-2"


# ── The command line ─────────────────────────────────────────────────────────

CONFIG = """
[region]
name = "某乡"
[report]
form = "fruit"
year = 2023
"""


class Terminal(Struct):
    """Somebody at the keyboard, who types this; or nobody."""

    typed: str | None

    def isatty(self) -> bool:
        return self.typed is not None

    def readline(self) -> str:
        return f"{self.typed}\n"


Tool = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tool(quick: Season, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tool:
    """The command line over the season's office, in this process: exit code, standard output and standard error."""
    config = quick.settings.root / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    opened = commands.open_office
    monkeypatch.setattr(commands, "open_office", lambda *told: replace(opened(*told), engine=InProcess))

    def run(*words: str, typed: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", Terminal(typed))
        code = command_line.main([words[0], "--config", str(config), *words[1:]])
        return code, *capsys.readouterr()

    return run


def test_a_date_ahead_of_the_clock_is_asked_about_and_refused_where_nobody_is_there(quick: Season, tool: Tool) -> None:
    ahead = ("run", "--as-of", "2062-02-12")
    for command in (ahead, ("sign", *ahead[1:])):
        code, out, err = tool(*command)
        assert (code, out) == (2, "") and "日期 2062-02-12 在今天" in err and "时钟" in err
    assert tool(*ahead, typed="是")[0] == 2, "the date has to be typed"
    assert runs(quick) == []
    assert tool(*ahead, "--dry-run")[0] == 0, "what writes nothing locks nobody out"
    assert not (quick.settings.root / "台账备份").exists()
    assert tool(*ahead, typed="2062-02-12")[0] == 0
    assert runs(quick) == ["2062-02-12-1"]


def test_undo_on_the_command_line(quick: Season, tool: Tool) -> None:
    quick.run(FIRST)
    code, out, err = tool("undo")
    assert (code, out) == (2, "") and "--yes" in err
    assert tool("undo", typed="否")[0] == 2 and runs(quick) == ["2024-02-05-1"]
    code, out, err = tool("undo", typed="是")
    assert code == 0 and "要撤销最新的一次运行 2024-02-05-1 吗" in err and "已撤销 2024-02-05-1" in out
    quick.run(FIRST)
    assert tool("undo", "--yes")[0] == 0 and runs(quick) == []


def test_nothing_is_signed_over_unread_files_unless_it_is_meant(quick: Season, tool: Tool) -> None:
    quick.happen("001 报")
    quick.happen("002 报：A.red.all=8")
    quick.run(FIRST)
    (quick.settings.inbox / "新.xlsx").write_bytes(b"new")
    code, _, err = tool("sign", "--by", "张三")
    assert code == 2 and "新到或有变化的文件 1 份：新.xlsx" in err and "--anyway" in err
    assert read_mark(quick.settings.outbox, year(2023), "fruit") is None
    code, out, _ = tool("sign", "--by", " 张三 ", "--anyway", "--as-of", "2024-03-01")
    assert code == 0 and "张三 签" in out and "请注意：新到或有变化的文件 1 份：新.xlsx" in out
    assert "定稿：2024-02-05-1（张三，2024-03-01）" in tool("status")[1]
    with open_ledger(quick.settings.ledger) as ledger:
        assert ledger.connection.execute("SELECT run, signer FROM signings").fetchall() == [("2024-02-05-1", "张三")]
    quick.happen("001 报：A.red.big=5 A.red.all=9")
    quick.run(SECOND)
    assert "已定稿（2024-02-05-1，张三 2024-03-01 签）；本次已通过的数有 2 项" in tool("status")[1]
    assert "请注意：已定稿（2024-02-05-1" in tool("sign", "--anyway")[1], "what it differs in is repeated"


def test_who_signed_before_and_what_is_odd_is_told(quick: Season, tool: Tool) -> None:
    quick.happen("001 报")
    quick.run(FIRST)
    code, _, err = tool("sign", "--as-of", "2024-02-04")
    assert code == 2 and "定稿的日期 2024-02-04 早于这次运行的日期 2024-02-05" in err
    assert "，张三 李四 签" in tool("sign", "--by", "张三\n 李四", "--as-of", "2024-02-05")[1]
    (quick.settings.outbox / name(quick) / "汇总_2024-02-05-1.xlsx").unlink()
    out = tool("sign", "--as-of", "2024-03-01")[1]
    assert "取代原来的定稿 2024-02-05-1（张三 李四，2024-02-05）。" in out
    assert "汇总工作簿 汇总_2024-02-05-1.xlsx 不在了" in out


def test_a_mark_that_takes_its_place_back_leaves_those_undone_before(quick: Season, tool: Tool) -> None:
    quick.happen("001 报")
    quick.run(FIRST)
    for who in ("甲", "乙", "丙"):
        tool("sign", "--by", who)
    undone(quick)
    undone(quick)
    kept = sorted((quick.settings.outbox / ".undone").iterdir())
    assert [json.loads(path.read_text(encoding="utf-8"))["signed_by"] for path in kept] == ["丙", "乙"]
    shutil.rmtree(quick.settings.outbox / ".undone")
    (quick.settings.outbox / ".undone").write_text("", encoding="utf-8")  # a file in the way
    tool("sign", "--by", "丁")
    code, out, err = tool("undo", "--yes")
    assert (code, out) == (5, "") and "写不进去" in err and "定稿没有变动；请检查" in err
    assert "定稿：2024-02-05-1（丁" in tool("status")[1]


def test_where_the_newest_run_is_gone_no_earlier_one_is_signed_in_its_place(quick: Season, tool: Tool) -> None:
    quick.happen("001 报")
    for day in (FIRST, SECOND):
        quick.run(day)
    shutil.rmtree(quick.settings.outbox / name(quick))
    code, _, err = tool("sign", "--anyway")
    assert code == 2 and "最新的一次运行 2024-02-12-1 的文件夹不在发件夹里，没有定稿" in err
    assert "2024-02-12-1 的文件夹不在发件夹里：请从备份移回" in tool("status")[1]
    assert tool("sign", "2024-02-05-1", "--anyway")[0] == 0, "named, it is meant"


def test_programs_get_the_same_as_people(quick: Season, tool: Tool) -> None:
    quick.happen("001 报：A.red.all=8")
    quick.run(FIRST)
    facts = json.loads(tool("status", "--json")[1])
    assert (facts["last_run"]["run"], facts["signed"], facts["waiting"]) == ("2024-02-05-1", None, [])
    assert {"kind": "returned", "words": "退回，还没有重报", "unit": "家", "names": ["001"]} in facts["for_people"]
    told = [*facts, *facts["last_run"], *facts["for_people"][0]]
    assert set(told) <= keys_told("status --json")
