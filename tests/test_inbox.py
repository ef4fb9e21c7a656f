"""Whatever a file system allows as a name or a kind of file: listed exactly once, safely, and nothing crashes."""

from __future__ import annotations

import csv
import json
import os
import shutil
import socket
import sys
import unicodedata
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.offices import CASES, CONFIG
from tests.packing import workbook
from workbook_tool import batch, commands
from workbook_tool.files.intake.ignored import is_ignored
from workbook_tool.files.intake.inbox import list_inbox
from workbook_tool.model.text import safe_text

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


def test_every_entry_is_in_the_manifest_once_and_the_outputs_can_be_read(inbox: Path) -> None:
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
    for name in ("findings.csv", "values.csv"):
        with (outcome.folder / name).open(encoding="utf-8-sig", newline="") as stream:
            assert list(csv.reader(stream))


def test_a_closed_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(folder: Path, onerror: Callable[[OSError], None]) -> list[tuple[str, list[str], list[str]]]:
        onerror(PermissionError(13, "Permission denied", str(folder / "closed")))
        return []

    monkeypatch.setattr(os, "walk", closed)  # whoever runs the tests may be let in everywhere
    assert [(s.path, s.sha256) for s in list_inbox(tmp_path)] == [("closed", "")]


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
