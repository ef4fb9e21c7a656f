"""The outbox: a run folder appears whole or not at all, and only one run works at a time."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from workbook_tool.model.errors import Busy, OutboxError
from workbook_tool.model.season.history import UNDONE

Written = TypeVar("Written")
PARTIAL = ".partial-"


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
        raise OutboxError(f"无法写入发件夹 {outbox}：{error.strerror}。请检查文件夹权限和磁盘空间。") from error
    try:
        for left in outbox.glob(f"{PARTIAL}*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield
    finally:
        lock.release()


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

    Raises OutboxError where that fails; then nothing half-written remains and earlier runs are as they were.
    """
    partial, folder = outbox / f"{PARTIAL}{name}", outbox / name
    try:
        partial.mkdir()
        written = write(partial)
        for path in partial.rglob("*"):
            flush(path)
        flush(partial)
        partial.rename(folder)
        flush(outbox)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        reason = error.strerror or str(error)
        raise OutboxError(
            f"结果没有写成：{reason}。请检查发件夹 {outbox} 的权限和磁盘空间；以前的结果没有变动。"
        ) from error
    except BaseException:  # interrupted, or a bug: here too nothing half-written may remain
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return folder, written


def set_aside(path: Path, name: str) -> Path:
    """Move a run folder, or a mark, to what was undone, in one step; under this name, or one like it where that is taken.
    Returns where it is now. Raises OutboxError where it cannot be moved; then it is where it was."""
    undone = path.parent / UNDONE
    try:
        undone.mkdir(exist_ok=True)
        free = next(p for n in count(1) if not (p := undone / (name if n == 1 else f"{name}（{n}）")).exists())
        path.rename(free)
        flush(undone)
        flush(path.parent)
    except OSError as error:
        raise OutboxError(
            f"移不动 {path}：{error.strerror}。没有撤销。请关闭正打开着其中文件的程序，检查权限，再试一次。"
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
