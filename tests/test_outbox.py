"""A run folder appears whole or not at all; one run at a time; what cannot be written is said and undone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from workbook_tool.files.season.outbox import next_name, one_run_at_a_time, publish
from workbook_tool.model.errors import Busy, OutboxError

DAY = date(2024, 2, 5)
HOLDER = """
import sys, time
from pathlib import Path
from workbook_tool.files.season.outbox import one_run_at_a_time
with one_run_at_a_time(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
WRITER = """
import sys, time
from pathlib import Path
from workbook_tool.files.season.outbox import publish
def write(folder):
    (folder / "a.csv").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
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
