"""What a process takes on that reads a file of unknown origin: caps on its memory and time, and why a file was lost that
went past them.

A damaged or hostile spreadsheet can make any parser ask for all the memory there is, abort the process or never come
back; no ``except`` survives that, so whoever has files read gives them to processes that may die.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbook_tool.files.intake.engine import attempt
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.office.settings import Limits

OUT_OF_CPU = -getattr(signal, "SIGPROF", 0)
OUT_OF_TIME = -getattr(signal, "SIGALRM", -1)
"""How a worker ends whose item took too much of the processor's time, or of everybody's."""


def why_lost(code: int | None, limits: Limits) -> str:
    """Why a file was lost, by the code with which its worker ended."""
    if code == OUT_OF_CPU:
        reason = f"读取超过 {limits.seconds} 秒（处理器时间），文件可能已损坏或过大"
    elif code == OUT_OF_TIME:
        reason = f"读取超过 {limits.wall} 秒，文件可能已损坏"
    else:
        reason = "文件已损坏，读取时占用内存过多或程序中断"
    return f"{reason}；请用 Excel 或 WPS 另存为 .xlsx 后再报"


def no_workers(reason: str) -> OfficeError:
    """The error for a machine on which nothing can be read, with what is mostly the cause."""
    return OfficeError(
        f"读取文件的工作进程启动不了：{reason}。没有读取任何文件，没有写出任何结果。请关掉一些别的程序后再运行一次；"
        "仍然不行的，请检查安全软件是否拦截了 python、本用户的进程数和内存限制，或把 config.toml 的 [limits] workers 改小。"
    )


def confine(work: Callable[[Any, Any], Any], setup: Any, limits: Limits) -> None:
    """In a new worker: take the caps on, and keep what it is there for. What it was born with is no file's."""
    global do
    cap_memory((held() or 0) + (limits.memory_mib << 20))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a parser's own traces say nothing to a clerk
    gc.freeze()  # what is there by now stays: nobody has to look through it for garbage

    def do(item: Any) -> Any:
        set_clocks(limits.seconds, limits.wall)
        try:
            return attempt(work, item, setup)
        finally:
            stop_clocks()


do: Callable[[Any], Any]


def set_clocks(seconds: int, wall: int) -> None:
    """End this process where the next item takes more than these seconds of the processor, or of the wall clock. Both
    work while a parser holds on to everything else. Windows has no such clocks; there a thread looks at the wall's."""
    global running
    running = (seconds, wall)
    if OUT_OF_CPU:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, wall)
    else:
        faulthandler.dump_traceback_later(wall, exit=True, file=2)


running: tuple[int, int] | None = None
"""What the clocks were set to, while they run."""


def begin_anew() -> None:
    """What is read piece by piece has as much time for each piece as a file has: the clocks begin anew, where they run."""
    if running:
        set_clocks(*running)


def stop_clocks() -> None:
    """The item is done."""
    global running
    running = None
    if OUT_OF_CPU:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    else:
        faulthandler.cancel_dump_traceback_later()


def work_through(batch: Sequence[Any]) -> list[Any]:
    """In a worker: the result of each item, or what went wrong with it."""
    return [do(item) for item in batch]


@contextmanager
def memory_capped(more: int) -> Iterator[None]:
    """As long as this lasts, the process gets no more than so many bytes beside those it has. Where the system does not
    tell how many these are, there only the time limit holds."""
    if (there := held()) is None:
        yield
        return
    import resource

    before, most = resource.getrlimit(resource.RLIMIT_AS)
    cap_memory(there + more, most)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))


def held() -> int | None:
    """The bytes that this process has in its address space; None where the system does not tell."""
    try:
        import resource

        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        return None


def cap_memory(memory: int, hard: int | None = None) -> None:
    """This process gets no more than so many bytes, for good unless it may be raised again up to ``hard``. Windows has no
    such limit; there only the time limit holds."""
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:  # no process may raise what it was given
        memory = min(memory, most)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory if hard is None else hard))
