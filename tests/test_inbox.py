"""Whatever a file system allows as a name or a kind of file: listed exactly once, safely, and nothing crashes."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import socket
import sys
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests.grids import year
from tests.offices import CASES, CONFIG
from tests.packing import terms, workbook
from workbook_tool import batch, commands
from workbook_tool.files.intake.arriving import zero_tail
from workbook_tool.files.intake.engine import InProcess
from workbook_tool.files.intake.ignored import is_ignored
from workbook_tool.files.intake.inbox import below, list_files, list_inbox
from workbook_tool.files.intake.opening import digest
from workbook_tool.files.intake.reading import read_bytes
from workbook_tool.files.season.decisions import read_decisions
from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.intake import take_in
from workbook_tool.model.errors import OfficeError, Unreadable
from workbook_tool.model.intake.inbox import FileRecord
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.office.settings import Limits, Settings
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.manifest import Manifest
from workbook_tool.status import standings_of

LONG_AGO = 1_700_000_000
NAMES = [
    "报表.xlsx",
    "报表.XLSX",
    "Café.xlsx",
    unicodedata.normalize("NFD", "Café.xlsx"),
    "A.xlsx",
    "a.xlsx",
    "new\nline.xlsx",
    "new line.xlsx",
    "tab\tcr\r.xlsx",
    "😀表.xlsx",
    "表" * 80 + ".xlsx",
    "a" * 255,
    "-rf",
    "$(reboot).xlsx",
    "=1+1.xlsx",
    "=1+1.zip",
    "\u202exslx.exe.xlsx",
    "xslx.exe.xlsx",
    "x .xlsx",
    "x.xlsx ",
    "x.xlsx.",
    "CON.xlsx",
    "..xlsx",
    ".hidden.xlsx",
    "\x01\x1f.xlsx",
    "a!b.xlsx",
    "{0}%s.xlsx",
]
RAW = ["统计表.xlsx".encode("gb18030"), b"\xff\xfe.xlsx", b"\xff\xfd.xlsx"]
"""Names that are no UTF-8: one from an old archive, two that no encoding explains."""


def refused(what: str, error: OSError) -> None:
    warnings.warn(f"the file system refuses {what!r}: {error}; NOT CHECKED", stacklevel=2)


def kinds(inbox: Path) -> dict[str, Callable[[], object]]:
    """Entries that are no ordinary files."""

    def listening() -> None:
        before = Path.cwd()
        os.chdir(inbox)  # an address of a socket may not be long
        try:
            socket.socket(socket.AF_UNIX).bind("socket.xlsx")
        finally:
            os.chdir(before)

    def closed() -> None:
        (inbox / "closed").mkdir()
        (inbox / "closed" / "a.xlsx").write_bytes(b"x")
        (inbox / "closed").chmod(0)

    def forbidden() -> None:
        (inbox / "forbidden.xlsx").write_bytes(b"x")
        (inbox / "forbidden.xlsx").chmod(0)

    return {
        "fifo.xlsx": lambda: os.mkfifo(inbox / "fifo.xlsx"),
        "socket.xlsx": listening,
        "device.xlsx": lambda: os.mknod(inbox / "device.xlsx", 0o020644, os.makedev(1, 5)),
        "link.xlsx": lambda: (inbox / "link.xlsx").symlink_to("/etc/passwd"),
        "dangling.xlsx": lambda: (inbox / "dangling.xlsx").symlink_to("/nonexistent"),
        "loop.xlsx": lambda: (inbox / "loop.xlsx").symlink_to("loop.xlsx"),
        "folder link": lambda: (inbox / "folder link").symlink_to(inbox.parent),
        "closed": closed,
        "forbidden.xlsx": forbidden,
    }


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder of all that, as far as this file system allows it."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number, name in enumerate([*NAMES, *map(os.fsdecode, RAW)]):
        try:
            (inbox / name).write_bytes(b"PK broken %d" % number)
            os.utime(inbox / name, (LONG_AGO, LONG_AGO))
        except OSError as error:
            refused(name, error)
    for name, make in kinds(inbox).items():
        try:
            make()
        except (OSError, AttributeError) as error:
            refused(name, OSError(str(error)))
    (inbox / "folder.xlsx").mkdir()
    (inbox / "folder.xlsx" / "好.xlsx").write_bytes(workbook())
    os.utime(inbox / "folder.xlsx" / "好.xlsx", (LONG_AGO, LONG_AGO))
    return inbox


def entries(inbox: Path) -> int:
    """How many entries are there that are no folders, counted another way; a closed folder is one."""
    count = 0
    for entry in os.scandir(inbox):
        try:
            count += entries(Path(entry.path)) if entry.is_dir(follow_symlinks=False) else 1
        except PermissionError:
            count += 1
    return count


def close(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Folders of these names cannot be listed and files not opened, whoever runs the tests: root is let in
    everywhere."""

    def refusing(call: Callable[..., object]) -> Callable[..., object]:
        def made(path: str | int = ".", *rest: object, **named: object) -> object:
            if not isinstance(path, int) and Path(path).name in names:
                raise PermissionError(13, "Permission denied", str(path))
            return call(path, *rest, **named)

        return made

    monkeypatch.setattr(os, "scandir", refusing(os.scandir))
    monkeypatch.setattr(os, "open", refusing(os.open))


def test_every_entry_is_in_the_manifest_once_and_the_outputs_can_be_read(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox / "locked.xlsx").write_bytes(workbook())
    close(monkeypatch, "closed", "locked.xlsx")
    office = inbox.parent
    (office / "config.toml").write_text(CONFIG, encoding="utf-8")
    shutil.copy(CASES / "roster.csv", office / "roster.csv")
    outcome = batch.run(commands.open_office(office / "config.toml"), date(2024, 2, 5))
    assert outcome.folder is not None
    manifest = json.loads((outcome.folder / "run.json").read_text(encoding="utf-8"))
    paths = [file["path"] for file in manifest["files"]]
    assert len(paths) == len(set(paths)) == entries(inbox)
    assert all(path == safe_text(path) and path.splitlines() == [path] for path in paths)
    assert all(file["state"] and (file["reason"] or file["state"] == "counted") for file in manifest["files"])
    if sys.platform == "linux":
        assert {"统计表.xlsx", "new line.xlsx", "new line (2).xlsx", "xslx.exe.xlsx", "xslx.exe (2).xlsx"} <= set(paths)
    book = openpyxl.load_workbook(outcome.folder / manifest["workbook"])
    told = {row[0] for row in book["收件清单"].iter_rows(min_row=5, values_only=True)}
    assert set(paths) <= told | {None}
    nobody_is_called_missing(outcome, manifest, book)
    for name in ("findings.csv", "values.csv"):
        with (outcome.folder / name).open(encoding="utf-8-sig", newline="") as stream:
            assert list(csv.reader(stream))


def nobody_is_called_missing(outcome: batch.Outcome, manifest: Manifest, book: openpyxl.Workbook) -> None:
    """While a folder or file could not be looked into: it is told everywhere, and nobody is reminded."""
    states = {(agency["state"], agency["timeliness"]) for agency in manifest["agencies"] if not agency["file"]}
    assert states == {("unknown", "unknown")}
    for told in [file["reason"] for file in manifest["files"] if file["path"] in ("closed", "locked.xlsx")]:
        assert "没有权限" in told and "再运行一次" in told
    assert outcome.folder is not None and not (outcome.folder / "reminders").exists()
    assert "2 处打不开：closed、locked.xlsx。没有报表的单位是否已报无法确定，没有催报" in outcome.summary
    assert "无法确定" in outcome.summary.splitlines()[0]
    shown = {name: " ".join(str(c.value) for row in book[name].iter_rows() for c in row if c.value) for name in SHOWN}
    assert "2 处打不开" in shown["总览"] and "打不开 2 处" in shown["总览"]
    assert "无法确定" in shown["报送情况"] and "未报" not in shown["报送情况"].replace("未报单位", "")
    assert "打不开的文件夹或文件" in shown["催报名单"]


def test_a_folder_of_decisions_that_cannot_be_listed_stops_the_run_and_one_in_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions = tmp_path / "decisions"
    (decisions / "closed").mkdir(parents=True)
    here = dict.fromkeys(("inbox", "outbox", "templates"), tmp_path / "outbox")
    settings = Settings("示例县", "zfxxgk-2021", year(2023), None, tmp_path, roster=None, decisions=decisions, **here)
    close(monkeypatch, "closed")
    with open_ledger(tmp_path / "ledger.sqlite", keep=False) as ledger:
        (told,) = read_decisions(settings, ledger.reviews(), InProcess)
        assert "“decisions/closed”打不开：没有权限" in told.warnings[0] and "没有读到" in told.warnings[0]
        close(monkeypatch, "decisions")
        with pytest.raises(OfficeError, match=r"处理意见的文件夹 .* 打不开.*没有运行"):
            read_decisions(settings, ledger.reviews(), InProcess)


def test_what_no_run_can_read_waits_for_one_run_and_no_more(tmp_path: Path) -> None:
    """A link had been new for good: no run reads it, so status, sign and mail send asked for a run each time."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    shutil.copy(CASES / "roster.csv", tmp_path / "roster.csv")
    (tmp_path / "inbox/链接.xlsx").symlink_to("020.xlsx")
    opened = replace(commands.open_office(tmp_path / "config.toml"), engine=InProcess)
    batch.run(opened, date(2024, 2, 5))
    (standing,) = standings_of(opened, date(2024, 2, 5))
    assert standing.waiting == () and "链接.xlsx" in {name for work in standing.for_people for name in work.names}
    (tmp_path / "inbox/又一个.xlsx").symlink_to("020.xlsx")
    (standing,) = standings_of(opened, date(2024, 2, 5))
    assert [(work.kind, work.names) for work in standing.waiting] == [("new_files", ("又一个.xlsx",))]


SHOWN = ("总览", "报送情况", "催报名单")


def test_a_closed_folder_is_told_and_whoever_did_not_file_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.xlsx").write_bytes(b"x")
    (tmp_path / "locked.xlsx").write_bytes(b"x")
    (tmp_path / "x.xlsx").symlink_to("a.xlsx")
    close(monkeypatch, "closed", "locked.xlsx")
    assert [(s.path, s.unlisted) for s in list_inbox(tmp_path)] == [
        ("a.xlsx", ""),
        ("closed", "文件夹打不开：没有权限（Permission denied），里面有没有报表不清楚"),
        ("locked.xlsx", "打不开：没有权限（Permission denied），里面是什么不清楚"),
        ("x.xlsx", ""),
    ]


def test_check_tells_of_a_closed_folder_and_judges_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("局里/closed/a.xlsx", "局里/b.xlsx", "shut/c.xlsx", "d.xlsx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    close(monkeypatch, "closed", "shut")
    kept = "文件夹打不开：没有权限（Permission denied），里面有没有报表不清楚"
    assert [(s.path, s.unlisted) for s in list_files([tmp_path / name for name in ("局里", "shut", "d.xlsx")])] == [
        ("局里/b.xlsx", ""),
        ("局里/closed", kept),
        ("shut", kept),
        ("d.xlsx", ""),
    ]


def test_an_inbox_that_cannot_be_listed_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close(monkeypatch, tmp_path.name)
    with pytest.raises(OfficeError, match=r"打不开：没有权限.*没有运行；请检查"):
        list_inbox(tmp_path)


@pytest.fixture
def ends() -> Iterator[None]:
    """What never ends fails; no measure of time."""
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it does not end"))
        signal.alarm(20)
    yield
    if hasattr(signal, "alarm"):
        signal.alarm(0)


def test_what_is_too_large_is_told_by_its_size_and_not_read(tmp_path: Path, ends: None) -> None:
    with (tmp_path / "huge.xlsx").open("wb") as stream:
        stream.truncate(200 << 30)  # takes no room; whoever reads it reads for an hour
    (source,) = list_inbox(tmp_path)
    assert (source.sha256, source.size) == ("", 200 << 30)
    record = take_in(source, terms())
    assert isinstance(record, FileRecord) and "204800 MiB，超过" in record.reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes among files")
def test_a_pipe_put_in_the_place_of_a_file_while_we_look_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: None
) -> None:
    path, lstat = tmp_path / "a.xlsx", Path.lstat

    def swapped(self: Path) -> os.stat_result:
        """What was there a moment ago."""
        if self != path:
            return lstat(self)
        path.unlink(missing_ok=True)
        path.write_bytes(b"x")
        status = lstat(self)
        path.unlink()
        os.mkfifo(path)
        return status

    monkeypatch.setattr(Path, "lstat", swapped)
    assert digest(path) == ""
    with pytest.raises(Unreadable, match="不是普通文件"):
        read_bytes(path, Limits())
    assert not zero_tail(SourceFile("a.xlsx", path, "0" * 64, 1))


IGNORED = [
    *(
        "._001_年报.xlsx",
        "a/._x",
        "~$年报.xlsx",
        ".~lock.年报.xlsx#",
        ".年报.xlsx.swp",
        "smime.p7s",
        "Thumbs.db",
        "a/Desktop.ini",
    ),
    *("@eaDir/年报.xlsx@SynoEAStream", "$RECYCLE.BIN/S-1/$R1.xlsx", "System Volume Information", ".sync/a.xlsx"),
    *("导出.mbox/table_of_contents", "Inbox.msf", "年报.xlsx.tmp", "1A2B3C4D.tmp", "~WRL0001.tmp"),
    *("__MACOSX/a/._b.xlsx", "a/__MACOSX/b.xlsx", ".stfolder", "Icon\r", "Icon ", ".Trash-1000/files/a.xlsx"),
]
FILED = [
    "年报.xlsx",
    ".hidden.xlsx",
    "_x.xlsx",
    "icons.xlsx",
    "sync/a.xlsx",
    "a.xlsx.crdownload",
    "swp.xlsx",
    "a._b.xlsx",
]


@pytest.mark.parametrize("path", [*IGNORED, *FILED])
def test_what_systems_leave_is_ignored_wherever_it_lies(path: str) -> None:
    assert is_ignored(path) == (path in IGNORED)


@pytest.mark.parametrize("path", ["._001_年报.xlsx", "a/~$年报.xlsx", "年报.xlsx.tmp", ".~年报.xls"])
def test_a_workbook_under_the_name_of_a_lock_is_a_filing(path: str) -> None:
    assert not is_ignored(path, b"PK\x03\x04rest") and not is_ignored(path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert is_ignored(path, b"\0\x05\x16\x07\0\x02") and is_ignored(path, b"\x07Zhang San")
    for unsaved in ("1A2B3C4D.tmp", "__MACOSX/._a.xlsx", ".~lock.tmp/$RECYCLE.BIN/~$a.xlsx"):
        assert is_ignored(unsaved, b"PK\x03\x04rest")


def test_a_copy_that_a_program_left_beside_the_file_is_nobody_s(tmp_path: Path) -> None:
    for name in (".~a.xlsx", "._a.xlsx", "a.xlsx.tmp", "~$b.xlsx"):
        (tmp_path / name).write_bytes(workbook())
    (tmp_path / "a.xlsx").write_bytes(workbook())
    assert [path.name for path in below(tmp_path)[0]] == ["a.xlsx", "~$b.xlsx"]
