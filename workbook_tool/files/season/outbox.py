"""The outbox: a run folder appears whole or not at all, and only one run works at a time."""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from workbook_tool.model.errors import Busy, OutboxError, why
from workbook_tool.model.season.history import UNDONE

Written = TypeVar("Written")
PARTIAL = ".partial-"
PATIENCE, PAUSE = 10, 0.5
"""For so many seconds a folder in use is tried again, with a pause between."""
IN_USE = (5, 32)
"""What Windows says of a folder that a scanner or another program has open: access denied, sharing violation."""


@contextmanager
def one_run_at_a_time(outbox: Path) -> Iterator[None]:
    """Hold the outbox. Raises Busy where another run does; a dead holder's lock does not block."""
    try:
        outbox.mkdir(parents=True, exist_ok=True)
        lock = FileLock(outbox / ".lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(f"另一次运行正在使用 {outbox}；请等它结束后再运行。") from None
    except OSError as error:
        raise OutboxError(f"无法写入发件夹 {outbox}：{why(error)}。请检查文件夹权限和磁盘空间。") from error
    try:
        clear(outbox)
        yield
    finally:
        lock.release()


def clear(outbox: Path) -> None:
    """Take away what a killed run left half-written. Raises OutboxError where the outbox cannot be listed, or something
    in it not be removed: then nobody knows what else there is."""
    place = outbox
    try:
        for place in sorted(path for path in outbox.iterdir() if path.name.startswith(PARTIAL)):
            shutil.rmtree(place) if place.is_dir() else place.unlink()
    except OSError as error:
        what = "上次没写完的" if place is not outbox else "发件夹"
        raise OutboxError(
            f"{what} {place} {'删不掉' if place is not outbox else '打不开'}：{why(error)}，没有运行。"
            "请检查权限，关掉打开着它的程序（资源管理器、WPS、杀毒软件），或手工删除后再运行。"
        ) from error


def is_held(outbox: Path) -> bool:
    """Whether a run is at work here."""
    if not (outbox / ".lock").exists():
        return False
    lock = FileLock(outbox / ".lock")
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return True
    lock.release()
    return False


def next_name(outbox: Path, as_of: date, known: Iterable[str] = ()) -> str:
    """The name of the next run folder of a day: ``2024-02-05-1``, ``2024-02-05-2``, … ``known`` are the names of runs
    whose folders may have been deleted since; none of them is given again."""
    pattern = re.compile(rf"{as_of.isoformat()}-(\d+)")
    folders = (path for place in (outbox, outbox / UNDONE) for path in place.glob(f"{as_of.isoformat()}-*"))
    names = [*known, *(path.name for path in folders)]
    taken = [int(m[1]) for name in names if (m := pattern.fullmatch(name))]
    return f"{as_of.isoformat()}-{max(taken, default=0) + 1}"


def publish(outbox: Path, name: str, write: Callable[[Path], Written]) -> tuple[Path, Written]:
    """Let ``write`` fill a folder, make it and all in it durable, and give it its name in one step. Returns the folder
    and what ``write`` returned.

    Raises OutboxError where that fails; then nothing half-written remains and earlier runs are as they were. Once the
    folder has its name it stays, and nothing that fails after that says otherwise.
    """
    partial, folder = outbox / f"{PARTIAL}{name}", outbox / name
    try:
        partial.mkdir()
        written = write(partial)
        for path in partial.rglob("*"):
            flush(path)
        flush(partial)
        give_name(partial, folder)
    except OSError as error:
        raise OutboxError(
            f"结果没有写成：{why(error)}。请检查发件夹 {outbox} 的权限和磁盘空间；以前的结果没有变动。{discard(partial)}"
        ) from error
    except OutboxError as error:
        raise OutboxError(f"{error}{discard(partial)}") from error
    except BaseException:  # interrupted, or a bug: here too nothing half-written may remain
        discard(partial)
        raise
    return folder, written


def give_name(partial: Path, folder: Path) -> None:
    """Rename a folder in one step; where it is in use, again and again for a while. Raises OutboxError where that does not
    end, with what is mostly the cause."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            partial.rename(folder)
            return
        except OSError as error:
            if not in_use(error):
                raise
            if time.monotonic() >= end:
                raise OutboxError(
                    f"结果没有写成：{partial} 正被占用（{error.strerror}），等了 {PATIENCE} 秒仍不能改名为 {folder.name}。"
                    "多半是杀毒软件正在扫描，或者资源管理器、WPS 打开着这个文件夹；请关闭后再运行。以前的结果没有变动。"
                ) from error
        time.sleep(PAUSE)


def in_use(error: OSError) -> bool:
    """Whether the system says that somebody has a file or folder open: on Windows as "access denied", too."""
    return error.errno == errno.EBUSY or getattr(error, "winerror", None) in IN_USE


def make_durable(outbox: Path) -> str:
    """Make the name of a new folder durable. What is to be said where the disk does not confirm it; the folder is there
    all the same. It is not asked again: a second answer of such a disk would be worth nothing."""
    try:
        flush(outbox)
    except OSError as error:
        return f"结果文件夹已经写出，但磁盘没有确认：{why(error)}。断电后它可能不在；请检查磁盘，并把它另存一份。"
    return ""


def discard(partial: Path) -> str:
    """Take away what is half-written. What is to be said where it cannot be."""
    shutil.rmtree(partial, ignore_errors=True)
    return f"没写完的 {partial} 删不掉，请手工删除。" if partial.exists() else ""


def free_place(folder: Path, name: str) -> Path:
    """A path in a folder under this name, or one like it where that is taken."""
    return next(p for n in count(1) if not (p := folder / (name if n == 1 else f"{name}（{n}）")).exists())


def set_aside(path: Path, name: str) -> Path:
    """Move a run folder, or a mark, to what was undone, in one step; under this name, or one like it where that is taken.
    Returns where it is now. Raises OutboxError where it cannot be moved; then it is where it was."""
    undone = path.parent / UNDONE
    try:
        undone.mkdir(exist_ok=True)
        free = free_place(undone, name)
        path.rename(free)
        flush(undone)
        flush(path.parent)
    except OSError as error:
        raise OutboxError(
            f"移不动 {path}：{why(error)}。没有撤销。请关闭正打开着其中文件的程序，检查权限，再试一次。"
        ) from error
    return free


def flush(path: Path) -> None:
    """Make a file or folder durable; Windows cannot open folders, and needs it less."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
