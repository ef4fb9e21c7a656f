"""Work on files of unknown origin, each in a process that may die without harm.

A damaged or hostile spreadsheet can make any parser ask for all the memory there is, abort the process or never come
back; no ``except`` survives that. So the work is done by a few spawned workers with a cap on memory and time, and only
the file that kills its worker is lost.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, TimeoutError
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from workbook_tool.files.intake.engine import Lost, Progress, Setup, attempt
from workbook_tool.model.office.settings import Limits

Item = TypeVar("Item")
BATCH = 16
"""So many files travel to a worker at once: handing over costs about as much as reading one."""


class Cage(Generic[Setup]):
    """The engine for files of unknown origin: workers that do ``work(item, setup)``. Function and setup travel to each
    worker once, so both must pickle.

    ``limits`` gives the most workers, and the memory and seconds that one item may take.
    """

    def __init__(self, work: Callable[[Any, Setup], Any], setup: Setup, limits: Limits) -> None:
        self.limits, self.most = limits, limits.workers or os.cpu_count() or 1
        self.task = (work, setup, limits.memory_mib << 20)
        self.pool: ProcessPool | None = None
        self.hired = 0

    def __enter__(self) -> Cage[Setup]:
        return self

    def __exit__(self, *failure: object) -> None:
        self.dismiss()

    def hire(self, items: int) -> ProcessPool:
        """A worker for each item, up to the most there may be, or those that are there already. All start at once, and
        each costs as much as reading dozens of files."""
        number = max(1, min(items, self.most))
        if self.pool is None or number > self.hired:
            self.dismiss()
            self.pool = ProcessPool(number, context=get_context("spawn"), initializer=confine, initargs=self.task)
            self.hired = number
        return self.pool

    def dismiss(self) -> None:
        """Stop the workers at once, whatever they are at."""
        if self.pool is not None:
            self.pool.stop()  # type: ignore[no-untyped-call]
            self.pool.join()
            self.pool = None

    def map(self, items: Sequence[Item], progress: Progress | None = None) -> Iterator[Any]:
        """What the work gives for each item, in their order; a Lost for one that failed. One map is used up before the
        next one begins."""
        pool = self.hire(len(items))
        size = max(1, min(BATCH, len(items) // (2 * self.most)))
        batches = [items[start : start + size] for start in range(0, len(items), size)]
        waiting = [(batch, self.schedule(pool, batch)) for batch in batches]
        done = 0
        for batch, future in waiting:
            if progress:
                progress(done, len(items))
            yield from self.collect(pool, batch, future)
            done += len(batch)
        if progress:
            progress(done, len(items))

    def schedule(self, pool: ProcessPool, batch: Sequence[Item]) -> Any:
        """Hand a batch to a worker; what comes back is a future, which fails where the time runs out."""
        return pool.schedule(work_through, args=(batch,), timeout=self.limits.seconds)

    def collect(self, pool: ProcessPool, batch: Sequence[Item], future: Any) -> list[Any]:
        """The results of a batch. One that was lost is done again item by item, so that only the guilty one stays
        lost."""
        try:
            return list(future.result())
        except TimeoutError:
            reason = f"读取超过 {self.limits.seconds} 秒，文件可能已损坏；请用 Excel 或 WPS 另存为 .xlsx 后再报"
        except (ProcessExpired, CancelledError):
            reason = "文件已损坏，读取时占用内存过多或程序中断；请用 Excel 或 WPS 另存为 .xlsx 后再报"
        if len(batch) == 1:
            return [Lost(reason)]
        return [result for item in batch for result in self.collect(pool, [item], self.schedule(pool, [item]))]


def confine(work: Callable[[Any, Any], Any], setup: Any, memory: int) -> None:
    """In a new worker: take the caps on, and keep what it is there for."""
    global do
    cap_memory(memory)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a parser's own traces say nothing to a clerk
    do = lambda item: attempt(work, item, setup)  # noqa: E731


do: Callable[[Any], Any]


def work_through(batch: Sequence[Any]) -> list[Any]:
    """In a worker: the result of each item, or what went wrong with it."""
    return [do(item) for item in batch]


def cap_memory(memory: int) -> None:
    """Windows has no such limit; there only the time limit holds."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
