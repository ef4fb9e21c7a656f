"""Work on files of unknown origin, each in a process that may die without harm: a few of them, with a cap on memory and time
(``caps.py``), so that only the file that kills its worker is lost."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from math import ceil, inf
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from workbook_tool.files.intake.caps import OUT_OF_TIME, confine, no_workers, why_lost, work_through
from workbook_tool.files.intake.engine import BATCH, Lost, Progress, Setup
from workbook_tool.model.office.settings import Limits

Item = TypeVar("Item")
START = 60
"""Within so many seconds one worker at least must be there, or nothing will be read at all."""
AFTER_US = 10
"""So much workers stand back on a busy machine: what the run does itself meanwhile, nobody else can do."""
NOBODY = (OSError, EOFError, RuntimeError, ImportError, ProcessExpired)
"""What is raised where a worker cannot start: there is no process, no thread, no lock, no Python."""


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
            self.pool = ProcessPool(number, context=self.nursery(), initializer=settle_in, initargs=self.task)
            self.hired = number
            self.muster(self.pool)
        return self.pool

    def nursery(self) -> BaseContext:
        """Where workers come from: copies of one process that knows the work already and has seen no file, so that it is
        imported once and not by each of them. Windows has nothing like it; there each starts anew."""
        if "forkserver" not in get_all_start_methods():
            return get_context("spawn")
        context = get_context("forkserver")
        context.set_forkserver_preload([self.task[0].__module__, __name__])
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
            code = OUT_OF_TIME
        except ProcessExpired as error:
            code = error.exitcode
        except (BrokenProcessPool, CancelledError):  # a worker died between two batches, and took the pool with it
            code = None
        except (OSError, RuntimeError) as error:  # the system gives a worker no thread or no room: no fault of a file
            raise no_workers(str(error)) from error
        if len(batch) == 1:
            return [Lost(why_lost(code, self.limits))]
        return [result for item in batch for result in self.collect([item], self.schedule([item]))]


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


def settle_in(work: Callable[[Any, Any], Any], setup: Any, limits: Limits) -> None:
    """In a new worker: let the run itself go first, and take the caps on."""
    if hasattr(os, "nice"):
        os.nice(AFTER_US)
    confine(work, setup, limits)


def present() -> None:
    """In a worker: it is there."""
