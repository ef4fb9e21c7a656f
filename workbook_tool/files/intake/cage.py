"""Work on files of unknown origin, each in a process that may die without harm.

A damaged or hostile spreadsheet can make any parser ask for all the memory there is, abort the process or never come
back; no ``except`` survives that. So the work is done by a few processes with a cap on memory and time, and only the
file that kills its worker is lost.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from math import ceil, inf
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from workbook_tool.files.intake.engine import Lost, Progress, Setup, attempt
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.office.settings import Limits

Item = TypeVar("Item")
BATCH = 16
"""So many files travel to a worker at once, since handing over costs about as much as reading one; and for so many it is
worth to start one more, which costs as much as reading dozens."""
START = 60
"""Within so many seconds one worker at least must be there, or nothing will be read at all."""
NOBODY = (OSError, EOFError, RuntimeError, ImportError, ProcessExpired)
"""What is raised where a worker cannot start: there is no process, no thread, no lock, no Python."""
OUT_OF_CPU = -getattr(signal, "SIGPROF", 0)
OUT_OF_TIME = -getattr(signal, "SIGALRM", -1)
"""How a worker ends whose item took too much of the processor's time, or of everybody's."""


class Cage(Generic[Setup]):
    """The engine for files of unknown origin: workers that do ``work(item, setup)``. Function and setup travel to each
    worker once, so both must pickle.

    ``limits`` gives the most workers, and the memory and the seconds that one item may take: of a processor's time, which
    a busy machine does not use up, and of a clock's.
    """

    def __init__(self, work: Callable[[Any, Setup], Any], setup: Setup, limits: Limits) -> None:
        self.limits, self.most = limits, limits.workers or os.cpu_count() or 1
        self.task = (work, setup, limits)
        self.pool: ProcessPool | None = None
        self.hired = 0

    def __enter__(self) -> Cage[Setup]:
        return self

    def __exit__(self, *failure: object) -> None:
        self.dismiss()

    def hire(self, items: int) -> ProcessPool:
        """A worker for each batch, up to the most there may be, or those that are there already. All start at once."""
        number = max(1, min(ceil(items / BATCH), self.most))
        if self.pool is None or number > self.hired or not self.pool.active:
            self.dismiss()
            self.pool = ProcessPool(number, context=self.nursery(), initializer=confine, initargs=self.task)
            self.hired = number
            self.muster(self.pool)
        return self.pool

    def nursery(self) -> BaseContext:
        """Where workers come from: copies of one process that knows the work already and has seen no file, so that it is
        imported once and not by each of them. Windows has nothing like it; there each starts anew."""
        if "forkserver" not in get_all_start_methods():
            return get_context("spawn")
        context = get_context("forkserver")
        context.set_forkserver_preload([self.task[0].__module__])
        return context

    def muster(self, pool: ProcessPool) -> None:
        """Wait for the first worker. Raises OfficeError where none can start: that is no fault of any file."""
        try:
            outcome(pool, pool.schedule(present), START)
        except TimeoutError:
            raise no_workers(f"{START} 秒内没有启动起来") from None
        except NOBODY as error:
            raise no_workers(f"{error.__cause__ or error}") from error

    def dismiss(self) -> None:
        """Stop the workers at once, whatever they are at."""
        if self.pool is not None:
            pool, self.pool = self.pool, None
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()

    def map(self, items: Sequence[Item], progress: Progress | None = None) -> Iterator[Any]:
        """What the work gives for each item, in their order; a Lost for one that failed. One map is used up before the
        next one begins."""
        size = max(1, min(BATCH, len(items) // (2 * self.most)))
        batches = [items[start : start + size] for start in range(0, len(items), size)]
        waiting = deque((batch, self.schedule(batch, len(items))) for batch in batches)
        done = 0
        while waiting:
            batch, future = waiting.popleft()  # not kept: it holds what came back
            if progress:
                progress(done, len(items))
            yield from self.collect(batch, future)
            done += len(batch)
        if progress:
            progress(done, len(items))

    def schedule(self, batch: Sequence[Item], items: int = 1) -> Any:
        """Hand a batch to a worker; what comes back is a future. The workers end by themselves where an item takes too
        long; should one not even do that, it is stopped."""
        return self.hire(items).schedule(work_through, args=(batch,), timeout=(len(batch) + 1) * self.limits.wall)

    def collect(self, batch: Sequence[Item], future: Any) -> list[Any]:
        """The results of a batch. One that was lost is done again item by item, so that only the guilty one stays
        lost."""
        try:
            return list(outcome(self.pool, future))
        except TimeoutError:
            reason = self.too_slow(OUT_OF_TIME)
        except ProcessExpired as error:
            reason = self.too_slow(error.exitcode)
        except (BrokenProcessPool, CancelledError):  # a worker died between two batches, and took the pool with it
            reason = self.too_slow(None)
        except (OSError, RuntimeError) as error:  # the system gives a worker no thread or no room: no fault of a file
            raise no_workers(str(error)) from error
        if len(batch) == 1:
            return [Lost(reason)]
        return [result for item in batch for result in self.collect([item], self.schedule([item]))]

    def too_slow(self, code: int | None) -> str:
        """Why a file was lost, by the code with which its worker ended."""
        if code == OUT_OF_CPU:
            reason = f"读取超过 {self.limits.seconds} 秒（处理器时间），文件可能已损坏或过大"
        elif code == OUT_OF_TIME:
            reason = f"读取超过 {self.limits.wall} 秒，文件可能已损坏"
        else:
            reason = "文件已损坏，读取时占用内存过多或程序中断"
        return f"{reason}；请用 Excel 或 WPS 另存为 .xlsx 后再报"


class Offshoots(Cage[Setup]):
    """The same with copies of this very process, which a short command has no time to import once more. Only for one that
    holds nothing open which they would keep from others, and has seen no file itself."""

    def nursery(self) -> BaseContext:
        """This process, as long as it does one thing at a time: what a thread holds nobody gives back in a copy."""
        alone = sys.platform == "linux" and threading.active_count() == 1
        return get_context("fork") if alone else super().nursery()


def outcome(pool: ProcessPool | None, future: Any, within: float = inf) -> Any:
    """What a worker brought back; raises what went wrong. A pool that breaks down forgets what it was just given, so it is
    asked how it is while we wait."""
    end = time.monotonic() + within
    while not future.done():
        if pool is None or not pool.active:
            raise BrokenProcessPool("一启动就退出了")
        wait([future], timeout=0.2)
        if time.monotonic() > end:
            raise TimeoutError
    return future.result()


def no_workers(reason: str) -> OfficeError:
    """The error for a machine on which nothing can be read, with what is mostly the cause."""
    return OfficeError(
        f"读取文件的工作进程启动不了：{reason}。没有读取任何文件，没有写出任何结果。请关掉一些别的程序后再运行一次；"
        "仍然不行的，请检查安全软件是否拦截了 python、本用户的进程数和内存限制，或把 config.toml 的 [limits] workers 改小。"
    )


def present() -> None:
    """In a worker: it is there."""


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
