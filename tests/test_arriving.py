"""Files that are still on their way: told, not read, and read the next time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packing import AGENCY, terms, workbook
from workbook_tool.files.intake import arriving
from workbook_tool.files.intake.inbox import list_inbox
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Submission
from workbook_tool.reception import take_in_all

LONG_AGO = 1_700_000_000
APPENDING = """
import sys, time
with open(sys.argv[1], "ab", buffering=0) as stream:
    print(flush=True)
    for _ in range(1200):
        stream.write(b"x" * 512)
        time.sleep(0.05)
"""


def put(folder: Path, name: str, content: bytes, modified: float = LONG_AGO) -> Path:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (modified, modified))
    return path


@pytest.fixture
def appended(tmp_path: Path) -> Iterator[Path]:
    """A file to which another process appends every 50 ms."""
    path = put(tmp_path, "示例县教育局.xlsx", workbook()[:2000])
    with subprocess.Popen([sys.executable, "-c", APPENDING, path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        yield path
        writer.kill()


def read(inbox: Path) -> dict[str, str]:
    return {
        r.source.path: "read" if isinstance(r, Submission) else r.state.value
        for r in take_in_all(list_inbox(inbox), terms())
    }


def test_a_file_that_is_being_written_is_told_and_read_next_time(appended: Path, tmp_path: Path) -> None:
    put(tmp_path, "whole.xlsx", workbook())
    (growing, whole) = sorted(take_in_all(list_inbox(tmp_path), terms()), key=lambda r: r.source.path == "whole.xlsx")
    assert isinstance(growing, FileRecord) and isinstance(whole, Submission)
    assert (growing.state, growing.agency) == (State.ARRIVING, AGENCY)
    assert "再运行一次" in growing.reason


def test_once_the_writer_is_done_the_file_is_read(tmp_path: Path) -> None:
    path = put(tmp_path, "a.xlsx", workbook()[:-1000] + bytes(1000))
    assert read(tmp_path) == {"a.xlsx": "unreadable"}
    put(tmp_path, path.name, workbook())
    assert read(tmp_path) == {"a.xlsx": "read"}


def test_a_tail_of_zeros_is_room_set_aside_only_while_it_is_young(tmp_path: Path) -> None:
    content = workbook()[:9000] + bytes(9000)
    put(tmp_path, "young.xlsx", content, time.time() - 300)
    put(tmp_path, "nothing.xlsx", bytes(4000), time.time() - 300)
    put(tmp_path, "old.xlsx", content)
    put(tmp_path, "whole.xlsx", workbook(), time.time() - 300)
    assert read(tmp_path) == {
        "young.xlsx": "arriving",
        "nothing.xlsx": "arriving",
        "old.xlsx": "unreadable",
        "whole.xlsx": "read",
    }


def test_a_tar_always_ends_in_zeros_and_is_no_file_on_its_way(tmp_path: Path) -> None:
    put(tmp_path, "打包.tar", bytes(257) + b"ustar" + bytes(20_000), time.time() - 60)
    assert read(tmp_path) == {"打包.tar": "unreadable"}


@pytest.mark.parametrize(
    "name", ["a.xlsx.crdownload", "未确认 123.crdownload", "a.xlsx.baiduyun.downloading", "a.PART"]
)
def test_a_download_is_known_by_its_name(name: str, tmp_path: Path) -> None:
    put(tmp_path, name, workbook())
    assert read(tmp_path) == {name: "arriving"}


def test_the_empty_file_beside_a_download_of_firefox_is_no_damaged_one(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", b"")
    put(tmp_path, "a.xlsx.part", workbook()[:100])
    assert read(tmp_path) == {"a.xlsx": "arriving", "a.xlsx.part": "arriving"}


def test_a_file_that_was_replaced_after_it_was_listed_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", workbook())
    put(tmp_path, "gone.xlsx", workbook())
    listed = list_inbox(tmp_path)
    put(tmp_path, "a.xlsx", workbook() + b"\0")  # the same time, another content
    (tmp_path / "gone.xlsx").unlink()
    states = [r.state if isinstance(r, FileRecord) else None for r in take_in_all(listed, terms())]
    assert states == [State.ARRIVING, State.ARRIVING]


def test_only_fresh_files_cost_a_pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(arriving.time, "sleep", pauses.append)
    put(tmp_path, "old.xlsx", b"x")
    assert arriving.changed(list_inbox(tmp_path)) == set()
    assert pauses == []
    put(tmp_path, "fresh.xlsx", b"x", time.time())
    assert arriving.changed(list_inbox(tmp_path)) == set()
    assert pauses == [arriving.PAUSE] and arriving.PAUSE <= 0.5


def test_nothing_is_read_from_what_cannot_be_read(tmp_path: Path) -> None:
    gone = SourceFile("a.xlsx", tmp_path / "a.xlsx", "0" * 64, 10, time.time())
    assert arriving.unfinished(gone, {"a.xlsx"}, time.time()) == ""
