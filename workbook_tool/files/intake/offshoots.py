"""Work on files of unknown origin in copies of this very process, which a short command has no time to import once more."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, Generic

from workbook_tool.files.intake.caps import OUT_OF_TIME, confine, no_workers, why_lost, work_through
from workbook_tool.files.intake.engine import BATCH, Lost, Progress, Setup
from workbook_tool.model.office.settings import Limits

if TYPE_CHECKING:
    from workbook_tool.files.intake.cage import Cage


def offshoots(work: Callable[[Any, Setup], Any], setup: Setup, limits: Limits) -> Offshoots[Setup] | Cage[Setup]:
    """The engine of a short command: copies of it, as long as it does one thing at a time, since what a thread holds nobody
    gives back in a copy. Else, and where the system cannot copy, the workers of a run."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return Offshoots(work, setup, limits)
    from workbook_tool.files.intake.cage import Cage

    return Cage(work, setup, limits)


class Offshoots(Generic[Setup]):
    """The same as a ``Cage``, with a copy of this process for each batch, which ends with it. Only for one that runs no
    thread, holds nothing open which a copy would keep from others, and has seen no file itself."""

    def __init__(self, work: Callable[[Any, Setup], Any], setup: Setup, limits: Limits) -> None:
        self.task, self.limits, self.most = (work, setup, limits), limits, limits.workers or os.cpu_count() or 1
        self.growing: deque[tuple[Sequence[Any], BaseProcess, Connection]] = deque()

    def __enter__(self) -> Offshoots[Setup]:
        return self

    def __exit__(self, *failure: object) -> None:
        for _, process, _ in self.growing:
            process.kill()

    def map(self, items: Sequence[Any], progress: Progress | None = None) -> Iterator[Any]:
        """What the work gives for each item, in their order; a Lost for one that failed. One map is used up before the
        next one begins."""
        waiting, done = deque(items[start : start + BATCH] for start in range(0, len(items), BATCH)), 0
        while waiting or self.growing:
            while waiting and len(self.growing) < self.most:
                self.grow(waiting.popleft())
            if progress:
                progress(done, len(items))
            results = self.gather()
            yield from results
            done += len(results)
        if progress:
            progress(done, len(items))

    def grow(self, batch: Sequence[Any]) -> None:
        """Copy this process; the copy does the batch. Raises OfficeError where the system has no room for one more."""
        here, there = Pipe(duplex=False)
        process = get_context("fork").Process(target=bring_back, args=(here, there, self.task, batch), daemon=True)
        try:
            process.start()
        except OSError as error:
            raise no_workers(str(error)) from error
        finally:
            there.close()
        self.growing.append((batch, process, here))

    def gather(self) -> list[Any]:
        """The results of the batch that was begun first. One that was lost is done again item by item, so that only the
        guilty one stays lost. A copy ends by itself where an item takes too long; should it not even do that, it is
        stopped."""
        batch, process, pipe = self.growing[0]
        code: int | None = OUT_OF_TIME
        try:
            if pipe.poll((len(batch) + 1) * self.limits.wall):
                return pipe.recv()  # type: ignore[no-any-return]
        except (EOFError, OSError):  # it died, before or while it told
            process.join()
            code = process.exitcode
        finally:
            self.growing.popleft()
            process.kill()
            process.join()
            pipe.close()
        if len(batch) == 1:
            return [Lost(why_lost(code, self.limits))]
        return [result for item in batch for result in self.alone(item)]

    def alone(self, item: Any) -> list[Any]:
        """The result of one item, before all that waits."""
        self.grow([item])
        self.growing.rotate(1)
        return self.gather()


def bring_back(here: Connection, there: Connection, task: tuple[Any, Any, Limits], batch: Sequence[Any]) -> None:
    """In a copy: do a batch under the caps and hand over what came of it."""
    here.close()  # else nobody notices where the one that waits for it is gone
    confine(*task)
    there.send(work_through(batch))
