"""The ledger over the weeks: what came first, what changed, what was interrupted, and what need not be read twice."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.grids import ROOT, annual_report, year
from tests.offices import CASES, mailed, zipped
from tests.weeks import filing, lay, new_office, quick, run, told
from workbook_tool import batch, commands
from workbook_tool.files.intake.inbox import list_inbox
from workbook_tool.files.season.ledger import open_ledger, readings, schema
from workbook_tool.files.season.ledger.readings import KEPT, Readings
from workbook_tool.files.season.ledger.runs import insert_prepared
from workbook_tool.intake import Terms, take_in
from workbook_tool.model.errors import OfficeError, OutboxError
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Identity, Submission
from workbook_tool.model.judging.rulebook import Policy
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.history import PastRun
from workbook_tool.model.season.work import Work
from workbook_tool.model.workbook.standing import Standing
from workbook_tool.reception import Alike
from workbook_tool.steps.tell import season as tell_season

__all__ = ["quick"]

GOOD = {"单位": "020", "封面.date": "2024-01-20"}
DRAFTS = {
    "初稿": GOOD,
    "改稿": GOOD | {"T2.L.n": "327"},
    "二轮": GOOD | {"轮次": "2"},
    "旧稿": GOOD | {"封面.date": "2024-01-10", "T2.L.n": "300"},
    "无日期": {"单位": "020"},
    "迟更正": GOOD | {"封面.date": "2024-02-06"},
    "错甲": GOOD | {"T4.d.g5": "3"},
    "错甲重存": GOOD | {"T4.d.g5": "3", "封面.date": "2024-01-21"},
    "错乙": GOOD | {"T3.r24.c7": "9"},
}
WEEKS = sorted((CASES / "weeks").glob("*.txt"))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("story", WEEKS, ids=lambda path: path.stem)
def test_the_weeks_end_as_told(story: Path, tmp_path: Path, accept: bool) -> None:
    title, _, rest = story.read_text(encoding="utf-8").partition("\n")
    weeks, _, expected = rest.partition("\n\n")
    found = told(new_office(tmp_path / "office"), weeks, DRAFTS) + "\n"
    if accept:
        story.write_text(f"{title}\n{weeks}\n\n{found}", encoding="utf-8")
    assert found == expected


# ── Versions: whatever the order of arrival ──────────────────────────────────


def accepted(outcome: batch.Outcome) -> bytes:
    """The numbers of a run."""
    assert outcome.folder
    return (outcome.folder / "values.csv").read_bytes()


@pytest.mark.usefixtures("quick")
def test_the_order_of_arrival_changes_no_number_and_neither_does_a_deleted_ledger(tmp_path: Path) -> None:
    files, found = {"1.xlsx": DRAFTS["改稿"], "2.xlsx": DRAFTS["二轮"]}, set()
    for order in (sorted(files), sorted(files, reverse=True)):
        config = new_office(tmp_path / order[0])
        for day, count in (("2024-01-22", 1), ("2024-01-29", len(order))):
            lay(config, {name: files[name] for name in order[:count]})
            outcome = run(config, day)
        found.add(accepted(outcome))
    (config.parent / "ledger.sqlite").unlink()
    found.add(accepted(run(config, "2024-01-29")))
    assert len(found) == 1
    assert b"2.xlsx" in found.pop()


# ── Ledger and outbox never disagree ─────────────────────────────────────────


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from workbook_tool import batch, commands
from workbook_tool.files.season.ledger import Ledger
from workbook_tool import publication
def workbook(folder, *_):
    (folder / "a.xlsx").write_bytes(b"")
    return "a.xlsx", ""
publication.write_workbooks = workbook
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(*{"rename": (Path, "rename", die), "done": (Ledger, "done", die)}[sys.argv[2]])
batch.run(commands.open_office(Path(sys.argv[1])), date(2024, 2, 5))
"""


def killed(config: Path, at: str) -> None:
    """A run in a process of its own that is killed at this point."""
    done = subprocess.run([sys.executable, "-c", KILLED, config, at], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def stages(config: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(config.parent / "ledger.sqlite")
    try:
        return connection.execute("SELECT name, stage FROM runs ORDER BY id").fetchall()
    finally:
        connection.close()


@pytest.mark.usefixtures("quick")
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_run_that_was_killed_beside_the_rename_is_settled_at_the_next_start(tmp_path: Path) -> None:
    config = new_office(tmp_path / "office")
    killed(config, "rename")
    assert stages(config) == [("2024-02-05-1", "prepared")]
    assert "上次在写出之前中断" in commands.status(config, date(2024, 2, 5))
    assert run(config, "2024-02-05").result.run.name == "2024-02-05-1", "what never was gives its number back"
    assert stages(config) == [("2024-02-05-1", "done")]

    killed(config, "done")
    assert stages(config)[1:] == [("2024-02-05-2", "prepared")]
    assert (config.parent / "outbox" / "2024-02-05-2" / "run.json").is_file()
    assert "结果完整" in commands.status(config, date(2024, 2, 5))
    assert stages(config)[1:] == [("2024-02-05-2", "prepared")], "status writes nothing"
    run(config, "2024-02-05")
    assert stages(config) == [(f"2024-02-05-{n}", "done") for n in (1, 2, 3)]


@pytest.mark.usefixtures("quick")
def test_a_deleted_run_folder_keeps_its_history_and_its_number(tmp_path: Path) -> None:
    config = new_office(tmp_path / "office")
    lay(config, {"a.xlsx": GOOD})
    shutil.rmtree(run(config, "2024-01-29").folder or "")
    assert run(config, "2024-01-29").result.run.name == "2024-01-29-2"
    with open_ledger(config.parent / "ledger.sqlite") as ledger:
        history = ledger.history("zfxxgk-2021", year(2023), date(2024, 2, 5))
    assert [past.name for past in history.runs] == ["2024-01-29-2"], "of each date only the newest run counts"
    assert {seen.run for seen in history.sightings.values()} == {"2024-01-29-1"}
    assert history.versions["020"][0].numbers["T2.L.n"] == 326


@pytest.mark.usefixtures("quick")
def test_a_date_before_the_newest_run_is_refused_unless_nothing_is_written(tmp_path: Path) -> None:
    config = new_office(tmp_path / "office")
    run(config, "2024-02-05")
    with pytest.raises(OfficeError, match="2024-01-29 早于台账中最新的一次运行 2024-02-05-1"):
        run(config, "2024-01-29")
    before = (config.parent / "ledger.sqlite").read_bytes()
    assert run(config, "2024-01-29", dry_run=True).folder is None
    assert (config.parent / "ledger.sqlite").read_bytes() == before


@pytest.mark.usefixtures("quick")
def test_a_problem_is_known_since_it_came_back(tmp_path: Path) -> None:
    config = new_office(tmp_path / "office")
    weeks = {"2024-01-22": "错甲", "2024-01-29": "初稿", "2024-02-05": "错甲", "2024-02-12": "错甲重存"}
    for day, draft in weeks.items():
        lay(config, {"a.xlsx": DRAFTS[draft]})
        run(config, day)
    with open_ledger(config.parent / "ledger.sqlite") as ledger:
        earlier, later = (ledger.history("zfxxgk-2021", year(2023), date(2024, 2, day)).problems for day in (12, 19))
    (problem,) = [one for one in earlier.values() if one.rule == "T4-SUM"]
    days = [when.isoformat() for when in (problem.first, problem.since, problem.last, later[problem.key].last)]
    assert days == ["2024-01-22", "2024-02-05", "2024-02-05", "2024-02-12"]
    assert (problem.code, problem.filed, problem.expected) == ("020", 3, 2)


# ── The file itself ──────────────────────────────────────────────────────────


def refused(config: Path) -> str:
    with pytest.raises(OfficeError) as caught:
        run(config, "2024-02-05")
    assert not list((config.parent / "outbox").glob("2*"))
    return str(caught.value)


@pytest.mark.usefixtures("quick")
def test_a_ledger_that_cannot_be_trusted_is_refused_and_left_alone(tmp_path: Path) -> None:
    config = new_office(tmp_path / "office")
    path = config.parent / "ledger.sqlite"
    path.write_bytes(b"no database at all" * 300)
    assert "已损坏" in refused(config)
    assert path.read_bytes().startswith(b"no database")
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE somebody_elses (name TEXT)")
    other.close()
    assert "不是本程序的台账" in refused(config)
    path.unlink()
    with open_ledger(path) as ledger:
        ledger.connection.execute("PRAGMA user_version = 99")
    assert "更新版本的程序" in refused(config)


@pytest.mark.usefixtures("quick")
def test_a_torn_ledger_is_noticed_before_anything_is_read(tmp_path: Path) -> None:
    config = new_office(tmp_path / "office")
    lay(config, {"a.xlsx": GOOD})
    shutil.rmtree(run(config, "2024-02-05").folder or "")
    path = config.parent / "ledger.sqlite"
    content = bytearray(path.read_bytes())
    content[8192:20480] = bytes(12288)
    path.write_bytes(content)
    assert "已损坏" in refused(config)


def test_a_ledger_of_an_earlier_version_is_brought_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.sqlite"
    old = sqlite3.connect(path)
    old.executescript(
        f"{schema.MIGRATIONS[0]} PRAGMA application_id = {schema.APPLICATION}; PRAGMA user_version = 1;"
        "INSERT INTO runs VALUES (1, '2024-01-29-1', 'done', 'f', 2023, '示例县', '2024-01-29', '', '{}', '', 'w.xlsx', '',"
        " '{}', 3, '{\"counted\": 2}', '{}')"
    )
    old.close()
    steps = [*schema.MIGRATIONS, "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';"]
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    for _ in range(2):
        with open_ledger(path) as ledger:
            (past,) = ledger.history("f", year(2023), date(2024, 2, 5)).runs
            assert ledger.connection.execute("PRAGMA user_version").fetchone() == (len(steps),)
            assert ledger.connection.execute("SELECT name, note FROM runs").fetchall() == [("2024-01-29-1", "")]
        assert (past.name, past.due, past.states) == ("2024-01-29-1", 3, {"counted": 2})


@pytest.mark.usefixtures("quick")
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs root, to mount a small disk")
def test_a_full_disk_for_the_ledger_is_said_and_nothing_is_published(tmp_path: Path) -> None:
    config, disk = new_office(tmp_path / "office"), tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode:
        pytest.skip("may not mount a small disk here")
    try:
        with config.open("a", encoding="utf-8") as stream:
            stream.write(f'\n[folders]\nledger = "{disk}/ledger.sqlite"\n')
        lay(config, {"a.xlsx": GOOD})
        with pytest.raises(OutboxError, match=r"台账 .* 用不了：.*（.*），没有写出结果。请检查"):
            run(config, "2024-02-05")
        assert not list((config.parent / "outbox").glob("2*"))
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.usefixtures("quick")
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs root, to act as another user")
def test_a_ledger_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with open_ledger(path):
        pass
    path.chmod(0o444)
    for folder in (tmp_path, *list(tmp_path.parents)[:-1]):
        if folder.stat().st_uid == os.geteuid() and "pytest" in str(folder):
            folder.chmod(0o755)
    os.seteuid(65534)
    try:
        with pytest.raises(OutboxError, match="用不了："), open_ledger(path):
            pass
    finally:
        os.seteuid(0)


# ── Readings ─────────────────────────────────────────────────────────────────


def every_reading(config: Path) -> Iterator[tuple[Terms, SourceFile, Any]]:
    """What is read of each file, and of each member."""
    office = commands.open_office(config)
    for source in list_inbox(office.settings.inbox):
        outcome = take_in(source, office.terms)
        yield office.terms, source, outcome
        for member in outcome.members if isinstance(outcome, Opened) else ():
            if isinstance(member, SourceFile):
                yield office.terms, member, take_in(member, office.terms)


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with a mail, an archive, a document, and files that are damaged, foreign, empty and ignored."""
    config = new_office(tmp_path_factory.mktemp("mails") / "office")
    form, inbox = filing(tuple(GOOD.items())), config.parent / "inbox"
    letter = {"发件人": "甲 <a@example.gov.cn>", "主题": "年报", "日期": "2024-01-10 23:30"}
    for name, content in {
        "020.eml": mailed({"年报.xlsx": form, "盖章.pdf": b"%PDF-1.7 ..."}, letter),
        "021.zip": zipped({"021.xlsx": filing((("单位", "021"),)), "说明.txt": "请查收".encode()}, "GBK"),
        "020.xlsx": form,
        "half.xlsx": form[:3000],
        "other.csv": b"a,b\n1,2\n",
        "empty.xlsx": b"",
        "~$020.xlsx": b"x",
    }.items():
        (inbox / name).write_bytes(content)
        os.utime(inbox / name, (1_700_000_000,) * 2)
    return config


def test_what_is_kept_is_what_was_read_whatever_it_is(mails: Path, tmp_path: Path) -> None:
    read = list(every_reading(mails))
    assert {type(outcome) for *_, outcome in read} == {Submission, FileRecord, Opened}
    elsewhere = tmp_path / "moved"
    with open_ledger(tmp_path / "kept.sqlite") as ledger:
        kept = ledger.readings(read[0][0])
        for _, source, outcome in read:
            assert kept.get(source) is None
            kept.put(source, outcome)
        kept.save()
    with open_ledger(tmp_path / "kept.sqlite") as ledger:
        kept, others = ledger.readings(read[0][0]), ledger.readings(replace(read[0][0], period=year(2022)))
        for _, source, outcome in read:
            found = kept.get(source)
            assert found == outcome
            assert repr(found) == repr(outcome), "a mail's date is told in the same time"
            assert others.get(source) is None
            assert kept.get(replace(source, path=f"x{source.path}")) is None
            assert kept.get(replace(source, sha256=source.sha256[::-1])) is None
            moved = kept.get(replace(source, location=elsewhere))
            assert moved is not None and str(mails) not in repr(moved)


@settings(max_examples=25, deadline=None)
@given(
    st.text(), st.text(), st.sampled_from(list(State)), st.none() | st.integers(1900, 9998), st.floats(allow_nan=False)
)
def test_any_record_comes_back_as_it_was_or_not_at_all(
    path: str, reason: str, state: State, number: int | None, modified: float
) -> None:
    record = FileRecord(
        SourceFile(path, Path("x"), "0", 1, modified),
        state,
        reason,
        Agency(path, reason),
        None if number is None else year(number),
    )
    with sqlite3.connect(":memory:", isolation_level=None) as connection:
        connection.executescript(schema.MIGRATIONS[0])
        kept = Readings(connection, "terms")
        kept.put(record.source, record)
        kept.save()
        assert kept.get(record.source) in ((None,) if state is State.ARRIVING else (record, None))


def test_a_long_reading_is_written_as_it_goes(mails: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "PIECE", 2)
    read = list(every_reading(mails))
    with open_ledger(tmp_path / "kept.sqlite") as ledger:
        kept = ledger.readings(read[0][0])
        for _, source, outcome in read[:3]:
            kept.put(source, outcome)
        assert [kept.get(source) == outcome for _, source, outcome in read[:3]] == [True, True, False]


def test_what_is_equal_in_many_files_is_held_once(mails: Path) -> None:
    alike = Alike()
    for _, _, outcome in every_reading(mails):
        kept, again = alike.kept(outcome), alike.kept(pickle.loads(pickle.dumps(outcome)))
        assert kept == again == outcome and repr(kept) == repr(outcome)
        if isinstance(kept, Submission) and isinstance(again, Submission):
            assert all(one is other for one, other in zip(kept.readings, again.readings, strict=True))
    assert len({id(one.place) for one in alike.readings}) == len({one.place for one in alike.readings})


def test_a_reading_that_was_altered_is_none(mails: Path, tmp_path: Path) -> None:
    terms, source, outcome = next(read for read in every_reading(mails) if isinstance(read[2], Submission))
    with open_ledger(tmp_path / "kept.sqlite") as ledger:
        kept = ledger.readings(terms)
        kept.put(source, outcome)
        kept.save()
        ((whole,),) = ledger.connection.execute("SELECT value FROM readings").fetchall()
        for value in (
            b"",
            whole[:-1],
            whole[:40],
            whole[:32] + b"x" * 50,
            bytes([whole[0] ^ 1]) + whole[1:],
            "text",
            7,
        ):
            ledger.connection.execute("UPDATE readings SET value = ?", (value,))
            assert kept.get(source) is None
        ledger.connection.execute("UPDATE readings SET value = ?", (whole,))
        assert kept.get(source) == outcome


# ── Nothing changed ──────────────────────────────────────────────────────────


def folders(config: Path) -> dict[str, bytes]:
    """All that is published, by path."""
    outbox = config.parent / "outbox"
    return {f"{p.relative_to(outbox)}": p.read_bytes() for p in outbox.glob("2*/**/*") if p.is_file()}


def test_a_run_that_finds_nothing_changed_names_the_folder_that_stands(mails: Path) -> None:
    day = date(2024, 2, 5)
    assert batch.unchanged(commands.open_office(mails), day) is None, "nothing stands yet"
    first, must = commands.run_office(mails, day)
    before = folders(mails)
    second, again = commands.run_office(mails, day)
    assert folders(mails) == before and again == must
    assert "2024-02-05-1" in second.splitlines()[0] and "--again" in second.splitlines()[0]
    assert second.partition("\n")[2] == first, "what to do is said as it was"
    manifest, _ = commands.run_office(mails, day, as_json=True)
    assert manifest.encode() == before["2024-02-05-1/run.json"]
    with open_ledger(mails.parent / "ledger.sqlite") as ledger:
        assert ledger.names == ["2024-02-05-1"]


def test_a_run_that_is_wanted_again_comes_to_the_same(mails: Path) -> None:
    day = date(2024, 2, 6)
    commands.run_office(mails, day)
    commands.run_office(mails, day, again=True)
    one, two = (mails.parent / "outbox" / f"2024-02-06-{n}" for n in (1, 2))
    for name in ("findings.csv", "values.csv"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    first, second = (json.loads((folder / "run.json").read_text(encoding="utf-8")) for folder in (one, two))
    own = {"run": "", "workbook": "", "workbook_sha256": "", "seconds": {}}
    for (report,) in (first["reports"], second["reports"]):
        report |= {"workbook": "", "workbook_sha256": ""}
    for (region,) in (first["regions"], second["regions"]):
        region["run"] = ""
    assert first | own == second | own


def test_an_agency_s_words_stay_its_own_where_they_hold_the_run_s_name(tmp_path: Path) -> None:
    """A rerun once replaced the run's name all through the finished workbook, and so an agency's own words: 局发2024-02-05-1号函
    became 局发2024-02-05-2号函."""
    config = new_office(tmp_path / "office")
    said = {"改字 出错说明!B10": "T4-SUM", "改字 出错说明!F10": "见局发2024-02-05-1号函"}
    lay(config, {"a.xlsx": DRAFTS["错甲"] | said})
    for again in (False, False, True):
        commands.run_office(config, date(2024, 2, 5), again=again)
    workbooks = sorted((config.parent / "outbox").glob("2*/汇总_*.xlsx"))
    assert [path.parent.name for path in workbooks] == ["2024-02-05-1", "2024-02-05-2"]
    for path in workbooks:
        texts = [cell.value for row in openpyxl.load_workbook(path)["问题清单"] for cell in row]
        assert [text for text in texts if "号函" in str(text)] == ["见局发2024-02-05-1号函"], path.parent.name


@pytest.mark.usefixtures("quick")
def test_whatever_changed_makes_a_new_run(tmp_path: Path) -> None:
    config = new_office(tmp_path / "office")
    lay(config, {"a.xlsx": GOOD, "b.xlsx": GOOD | {"单位": "021"}})
    day, inbox = date(2024, 2, 5), config.parent / "inbox"

    def same() -> bool:
        return batch.unchanged(commands.open_office(config), day) is not None

    def changes() -> Iterator[str]:
        os.utime(inbox / "a.xlsx", (1, 1))
        yield "a time"
        (inbox / "b.xlsx").rename(inbox / "c.xlsx")
        yield "a name"
        (inbox / "c.xlsx").unlink()
        yield "a file that is gone"
        config.write_text(config.read_text(encoding="utf-8").replace("01-31", "01-30"), encoding="utf-8")
        yield "the configuration"
        roster = config.parent / "roster.csv"
        roster.write_text(roster.read_text(encoding="utf-8").replace("西山镇", "东山镇"), encoding="utf-8")
        yield "the roster"
        newest = max((config.parent / "outbox").glob("2*"), key=lambda path: int(path.name.rpartition("-")[2]))
        (newest / "values.csv").write_text("typed into", encoding="utf-8")
        yield "the folder itself"

    run(config, "2024-02-05")
    for what in changes():
        assert not same(), what
        run(config, "2024-02-05")
        if what != "the folder itself":
            assert same(), what


# ── Status ───────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("quick")
def test_status_says_what_waits_and_what_needs_a_person(tmp_path: Path) -> None:
    config = new_office(tmp_path / "office")
    assert commands.status(config, date(2024, 2, 5)) == "示例县 2023 年度  还没有运行过\n"
    lay(config, {"a.xlsx": DRAFTS["错甲"], "b.xlsx": GOOD | {"单位": "021"}})
    run(config, "2024-02-05")
    lay(config, {"a.xlsx": DRAFTS["错甲"], "c.xlsx": GOOD | {"单位": "022"}})
    (config.parent / "inbox" / "d.xlsx.crdownload").write_bytes(b"half")
    assert commands.status(config, date(2024, 2, 6)) == dedent("""\
        示例县 2023 年度  上次运行 2024-02-05-1：11 家，已汇总 1，待核 0，退回 1，未报 9
        等下一次运行：新到或有变化的文件 1 份：c.xlsx
        等下一次运行：正在到达的文件 1 份：d.xlsx.crdownload
        等人处理：退回，还没有重报 1 家：示例县教育局
        等人处理：逾期未报（按今天 2024-02-06），请催报 9 家：示例县财政局、示例县水利局、示例县民政局、示例县公安局、示例县司法局 等 9 家（全部见 workbook-tool status --json）
        等人处理：上次计入的文件已不在收件夹 1 份：b.xlsx
        """)


def test_files_that_no_run_has_read_are_of_no_report_yet() -> None:
    ran = PastRun("2024-02-05-1", date(2024, 2, 5), 1, {}, {})
    one = Standing(
        "示例县", "甲", year(2023), ran, None, (Work("new_files", "新到或有变化的文件", "份", ("c.xlsx",)),), ()
    )
    first, second = (one, replace(one, form="乙", waiting=(), title="乙表"))
    said = tell_season.statuses([first, second]).splitlines()[-1]
    assert said == "新到的文件见上（运行后才知道是哪份表的），没有等人处理的事。"
    assert tell_season.statuses([second]).endswith("没有新到的文件，也没有等人处理的事。\n")


@pytest.mark.usefixtures("quick")
def test_a_corrected_file_of_the_same_day_keeps_the_first_one_s_day(tmp_path: Path) -> None:
    """The cover says a day before the deadline; that an earlier run of the day did not see the second file proves nothing."""
    config = new_office(tmp_path / "office")
    lay(config, {"a.xlsx": DRAFTS["错甲"]})
    run(config, "2024-02-05")
    lay(config, {"a.xlsx": DRAFTS["初稿"]})
    result = run(config, "2024-02-05").result
    assert result
    record = next(r for r in result.agencies if r.agency.code == "020")
    assert (record.timeliness, record.filed_on) == ("on_time", date(2024, 1, 20))


def test_a_reading_is_kept_for_some_runs_however_many_weeks_each_judged(tmp_path: Path) -> None:
    """Rows had been counted for runs: an office with six open weeks read the files of the older ones again every time."""
    source = SourceFile("a.xlsx", tmp_path / "a.xlsx", "a" * 64, 1)
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        read = ledger.readings("terms")
        read.put(source, FileRecord(source, State.FOREIGN, "why"))
        read.save()
        for number in range(1, 8):
            for week in range(6):
                row = {"name": f"2024-02-0{number}-1", "form": "zb", "year": 2024, "period": f"2024-W0{week + 1}"}
                row |= dict.fromkeys(("region", "as_of", "basis", "inputs", "summary", "workbook", "sha256"), "")
                run = insert_prepared(
                    ledger.connection, row | dict.fromkeys(("files", "states", "findings"), "{}") | {"due": 0}
                )
                if not week and number == 1:
                    seen = (run, "a.xlsx", source.sha256, "foreign", "", "", None, "", 0)
                    ledger.connection.execute(f"INSERT INTO sightings VALUES (?{', ?' * 8})", seen)
            ledger.readings("terms").save()
            assert (ledger.readings("terms").get(source) is not None) == (number <= KEPT)


def test_what_was_issued_for_a_week_is_not_read_again_in_the_next(tmp_path: Path) -> None:
    """The reported week was part of what every reading hangs on, so each Monday the whole inbox was read again."""
    week, source = Period.parse("2024-W05"), SourceFile("a.xlsx", tmp_path / "a.xlsx", "a" * 64, 1)
    typed = Submission(replace(source, path="b.xlsx"), Identity("zb", period=week), ())
    issued = Submission(source, Identity("zb", period=week, issued=True), ())
    form = annual_report()
    monday, next_one = (Terms(form, Roster(()), None, others=((form, p, Policy()),)) for p in (week, week.next))
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        first = ledger.readings(monday, monday.lasting)
        for one in (typed, issued):
            first.put(one.source, one)
        first.save()
        again, later = (ledger.readings(terms, terms.lasting) for terms in (monday, next_one))
        assert (again.get(source), again.get(typed.source)) == (issued, typed)
        assert (later.get(source), later.get(typed.source)) == (issued, None), (
            "a cover may leave the year to the office"
        )
    years = [Terms(form, Roster(()), year(number)).lasting for number in (2022, 2023)]
    assert years[0] != years[1]
