"""A run folder appears whole or not at all; one run at a time; what cannot be written is said and undone."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
from datetime import date
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
from loguru import logger
from xlsxwriter.exceptions import FileCreateError

from workbook_tool import commands
from workbook_tool.__main__ import main
from workbook_tool.files.office import log
from workbook_tool.files.office.log_file import LogFile
from workbook_tool.files.season import outbox
from workbook_tool.files.season.outbox import make_durable, next_name, one_run_at_a_time, publish
from workbook_tool.model.errors import Busy, OutboxError, unwritten
from workbook_tool.publication import noting
from workbook_tool.terminal import progress_bar, say

DAY = date(2024, 2, 5)
HOLDER = """
import sys, time
from pathlib import Path
from workbook_tool.files.season.outbox import one_run_at_a_time
with one_run_at_a_time(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""
WRITER = """
import sys, time
from pathlib import Path
from workbook_tool.files.season.outbox import publish
from workbook_tool.terminal import say
def write(folder):
    (folder / "a.csv").write_text("half")
    print("writing", flush=True)
    time.sleep(600)
publish(Path(sys.argv[1]), "2024-02-05-2", write)
"""


def write(folder: Path) -> None:
    (folder / "a.csv").write_text("whole", encoding="utf-8")


def start(script: str, outbox: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", script, str(outbox)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_runs_of_a_day_are_numbered(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        publish(tmp_path, f"2024-02-05-{number}", write)
    assert next_name(tmp_path, DAY) == "2024-02-05-11"
    assert next_name(tmp_path, date(2024, 2, 6)) == "2024-02-06-1"


def test_a_failing_write_leaves_nothing_and_earlier_runs_alone(tmp_path: Path) -> None:
    publish(tmp_path, "2024-02-05-1", write)

    def fail(folder: Path) -> None:
        write(folder)
        raise OSError(28, "No space left on device")

    with pytest.raises(OutboxError, match="以前的结果没有变动"):
        publish(tmp_path, "2024-02-05-2", fail)
    assert [p.name for p in tmp_path.iterdir()] == ["2024-02-05-1"]


def test_a_killed_writer_leaves_no_run_and_the_next_run_clears_its_remains(tmp_path: Path) -> None:
    kill(start(WRITER, tmp_path))
    assert not list(tmp_path.glob("2024*"))
    with one_run_at_a_time(tmp_path):
        assert not list(tmp_path.glob(".partial*"))
        publish(tmp_path, next_name(tmp_path, DAY), write)
    assert (tmp_path / "2024-02-05-1" / "a.csv").read_text(encoding="utf-8") == "whole"


def test_a_second_run_is_turned_away_at_once_and_a_dead_one_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waiting(seconds: float) -> None:
        pytest.fail(f"it waits {seconds} seconds")

    holder = start(HOLDER, tmp_path)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("time.sleep", waiting)
        with pytest.raises(Busy, match="另一次运行"), one_run_at_a_time(tmp_path):
            pass
    kill(holder)
    with one_run_at_a_time(tmp_path):
        pass


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs root, to act as another user")
def test_an_outbox_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    for folder in (tmp_path, *list(tmp_path.parents)[:-1]):
        if folder.stat().st_uid == os.geteuid() and "pytest" in str(folder):
            folder.chmod(0o755)
    outbox.chmod(0o555)
    os.seteuid(65534)
    try:
        with pytest.raises(OutboxError, match="权限"), one_run_at_a_time(outbox):
            pass
    finally:
        os.seteuid(0)


def traced(monkeypatch: pytest.MonkeyPatch, fails: str = "") -> list[str]:
    """What is made durable, and when the folder gets its name, in their order; an fsync of what is called so fails."""
    order: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def note(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink().name
        order.append(name)
        if name == fails:
            raise OSError(5, "Input/output error")
        fsync(handle)

    def named(self: Path, target: Path) -> Path:
        order.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(Path, "rename", named)
    return order


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system which file a handle is of")
def test_all_is_made_durable_before_the_folder_has_its_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(folder: Path) -> None:
        write(folder)
        (folder / "returns").mkdir()
        (folder / "returns" / "b.xlsx").write_bytes(b"x")

    order = traced(monkeypatch)
    publish(tmp_path, "2024-02-05-1", fill)
    assert make_durable(tmp_path) == ""
    assert sorted(order[:-2]) == [".partial-2024-02-05-1", "a.csv", "b.xlsx", "returns"]
    assert order[-3:] == [".partial-2024-02-05-1", "rename", tmp_path.name]


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system which file a handle is of")
@pytest.mark.parametrize("fails", ["a.csv", ".partial-2024-02-05-1"])
def test_a_failed_fsync_is_not_tried_again_and_leaves_nothing(
    fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = traced(monkeypatch, fails)
    with pytest.raises(OutboxError, match="磁盘读写出错"):
        publish(tmp_path, "2024-02-05-1", write)
    assert order.count(fails) == 1 and "rename" not in order
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system which file a handle is of")
def test_where_the_disk_does_not_confirm_the_name_the_folder_is_there_and_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = traced(monkeypatch, tmp_path.name)
    folder, _ = publish(tmp_path, "2024-02-05-1", write)
    assert folder.is_dir()
    assert "已经写出，但磁盘没有确认：磁盘读写出错" in make_durable(tmp_path)
    assert order.count(tmp_path.name) == 1


@pytest.mark.parametrize("times", [3, 99])
def test_a_folder_in_use_is_tried_again_for_a_while(
    times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, tried, clock = Path.rename, [], [0.0]

    def busy(self: Path, target: Path) -> Path:
        tried.append(target)
        if len(tried) < times:
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", busy)
    monkeypatch.setattr(outbox.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(outbox.time, "sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    if times == 3:
        publish(tmp_path, "2024-02-05-1", write)
    else:
        with pytest.raises(OutboxError, match=r"正被占用.*等了 10 秒.*杀毒软件.*资源管理器、WPS"):
            publish(tmp_path, "2024-02-05-1", write)
    assert [path.name for path in tmp_path.iterdir()] == (["2024-02-05-1"] if times == 3 else [])
    assert len(tried) == (3 if times == 3 else 21)


def test_what_cannot_be_cleared_away_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / ".partial-2024-02-05-1").mkdir()
    monkeypatch.setattr(outbox.shutil, "rmtree", refuse)
    said = r"没写完的 .*partial-2024-02-05-1 删不掉：没有权限.*手工删除"
    with pytest.raises(OutboxError, match=said), one_run_at_a_time(tmp_path):
        pytest.fail("it runs")
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(OutboxError, match=r"发件夹 .* 打不开"), one_run_at_a_time(tmp_path):
        pytest.fail("it runs")


def test_what_fails_after_the_folder_is_there_carries_a_note_of_it(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt) as told, noting() as written:
        written.append(tmp_path / "2024-02-05-1")
        raise KeyboardInterrupt
    assert told.value.__notes__ == [f"结果文件夹 {tmp_path / '2024-02-05-1'} 已经写出，是完整的。"]


def test_a_log_that_cannot_be_written_is_told_once_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    log.start(tmp_path / "logs")
    monkeypatch.setattr(LogFile, "shouldRollover", full)
    logger.warning("one")
    logger.warning("two")
    monkeypatch.setattr(RotatingFileHandler, "close", full)
    log.off()
    said = capsys.readouterr().err
    assert said.count("写不进去：磁盘已满") == 1 and "结果不受影响" in said


def test_whoever_starts_us_without_standard_streams_gets_a_run_and_no_file_of_ours_in_their_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = "import os; [os.close(n) for n in range(3)]; from workbook_tool.__main__ import fill_gaps; fill_gaps()"
    inherited = "; raise SystemExit(not (os.open(os.devnull, os.O_RDONLY) > 2 and os.get_inheritable(2)))"
    assert subprocess.run([sys.executable, "-c", script + inherited]).returncode == 0
    monkeypatch.setattr(sys, "stderr", None)
    say("not among the results")
    with progress_bar("审核", "写出") as progress:
        assert progress is None
    assert capsys.readouterr().out == ""


def test_an_office_that_needs_more_memory_than_there_is_hears_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def hungry(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(commands, "run_office", hungry)
    assert main(["run"]) == 2
    assert re.search("内存不够。没有写出任何结果。.*名录.*大得不正常", capsys.readouterr().err)


def test_what_cannot_be_written_is_told_with_what_to_do(tmp_path: Path) -> None:
    """XlsxWriter hands on the system's error in one of its own: a full disk had been told in English."""
    full = OSError(errno.ENOSPC, "No space left on device")
    for error in (full, FileCreateError(full)):
        said = "汇总.xlsx 写不出去：磁盘已满（No space left on device）。请检查磁盘空间和文件夹的权限，再试一次。"
        assert str(unwritten("汇总.xlsx", error)) == said
