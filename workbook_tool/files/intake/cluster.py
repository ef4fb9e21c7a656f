"""Work on files of unknown origin on other machines: an engine whose workers are those of a Dask cluster.

The cluster is somebody's, and there already; nothing of it is started here. Files travel in batches, to workers that take
the caps of the cage on for each file and may die of it. A batch that was lost, whatever befell its worker, is done again at
home in the cage, file by file: so the results are the same wherever a file is read, and only the guilty one stays lost.
"""

from __future__ import annotations

import logging
import os
import pickle
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Generic

from workbook_tool.files.intake.cage import Cage
from workbook_tool.files.intake.caps import memory_capped, set_clocks, stop_clocks
from workbook_tool.files.intake.engine import Progress, Setup, attempt
from workbook_tool.files.intake.lower_results import MANIFEST
from workbook_tool.files.intake.program import program
from workbook_tool.files.intake.reading import BROUGHT, read_bytes
from workbook_tool.model.errors import OfficeError, Unreadable
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.office.settings import Limits
from workbook_tool.model.office.spread import Spread

BATCH = 50
"""So many files travel at once, since handing over a batch costs about 5 ms."""
HEAVY = 8 << 20
"""A batch of so many bytes is full, however few files they are."""
AHEAD = 2
"""So many batches wait for each worker: enough to keep it busy, and few enough for the scheduler to hold."""
PATIENCE = 20
"""After so many seconds without a scheduler, or without a single worker, nothing more is expected of them."""
LOOK = 2
"""Every so many seconds we look whether they are still there."""
ABSENT = (OSError, TimeoutError, CancelledError)
"""How a call to the scheduler fails where it is not there, or no longer."""


class Cluster(Generic[Setup]):
    """The engine on a Dask cluster: does ``work(item, setup)`` there for files, and at home for all else.

    Raises OfficeError where the scheduler or all of its workers cannot be reached, or run another program than this one.
    """

    def __init__(self, work: Callable[[Any, Setup], Any], setup: Setup, limits: Limits, spread: Spread) -> None:
        self.limits, self.spread = limits, spread
        self.home = Cage(work, setup, limits)
        self.task = pickle.dumps((work, setup, limits, program()))
        self.client: Any = None

    def __enter__(self) -> Cluster[Setup]:
        return self

    def __exit__(self, *failure: object) -> None:
        self.home.dismiss()
        if self.client is not None:
            with suppress(*ABSENT):  # one that is gone takes no leave, and what was found out about it is what counts
                self.client.close(timeout=LOOK)

    def map(self, items: Sequence[Any], progress: Progress | None = None) -> Iterator[Any]:
        """What the work gives for each item, in their order; a Lost for one that failed."""
        if not all(isinstance(item, SourceFile) for item in items) or not items:
            yield from self.home.map(items, progress)
            return
        workers = self.connect()
        batches, done = self.batches(items), 0
        waiting: deque[tuple[list[SourceFile], Any]] = deque()
        while True:
            while len(waiting) < AHEAD * workers and (batch := next(batches, None)):
                waiting.append((list(batch), self.submit(batch)))
            if progress:
                progress(done, len(items))
            if not waiting:
                return
            sources, future = waiting.popleft()
            yield from self.collect(sources, future)
            done += len(sources)

    def connect(self) -> int:
        """Find the scheduler and wait for a worker; how many there are."""
        try:
            from distributed import Client
        except ImportError:
            raise OfficeError("[run] executor = “dask” 要另装：pip install 'workbook-tool[cluster]'。") from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said by us, once
        try:
            if self.client is None:
                self.client = Client(self.spread.scheduler, timeout=PATIENCE, set_as_default=False)
                self.client.wait_for_workers(1, timeout=PATIENCE)
            return len(self.client.nthreads())
        except (ValueError, *ABSENT) as error:
            raise self.unreachable(f"连不上，或者没有一个工作进程（{error}）") from error

    def batches(self, items: Sequence[SourceFile]) -> Iterator[Mapping[SourceFile, bytes | None]]:
        """The files in batches, each with its content where it is sent along. One that cannot be sent has none, and is a batch
        of its own: it is looked at here, and all others there."""
        batch: dict[SourceFile, bytes | None] = {}
        brought: dict[Path, bytes | None] = {}
        for item in items:
            if item.location not in brought:
                brought[item.location] = None if self.spread.shared else self.content(item.location)
            stays = brought[item.location] is None and not self.spread.shared
            if stays and batch:
                yield batch
                batch = {}
            batch[item] = brought[item.location]
            if stays or len(batch) == BATCH or sum(len(content or b"") for content in brought.values()) >= HEAVY:
                yield batch
                batch, brought = {}, {}
        if batch:
            yield batch

    def content(self, location: Path) -> bytes | None:
        """The bytes of a file; None where it cannot be opened, is larger than anything that is, or stands for a folder that
        does not travel with it."""
        if location.name == MANIFEST:
            return None
        try:
            return read_bytes(location, self.limits.of_containers)
        except Unreadable:
            return None

    def submit(self, batch: Mapping[SourceFile, bytes | None]) -> Any:
        """Hand a batch to the cluster; what comes back is a future."""
        sources, shared = list(batch), self.spread.shared
        sent = {source.location: content for source, content in batch.items() if content is not None}
        if not shared and None in batch.values():
            return None
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")  # a batch is as large as it must be
            return self.client.submit(read_batch, sources, sent, self.task, key=f"read-{os.getpid()}-{next(NUMBER)}")

    def collect(self, sources: Sequence[SourceFile], future: Any) -> list[Any]:
        """The results of a batch; those of one that was lost are made at home."""
        told = None if future is None else self.result_of(future)
        if isinstance(told, str):
            raise self.unreachable(told)
        return list(self.home.map(sources)) if told is None else told

    def result_of(self, future: Any) -> list[Any] | str | None:
        """What a worker brought back; None where it died of it. Raises OfficeError where nobody is there any more."""
        from distributed import KilledWorker

        last_seen = time.monotonic()
        while time.monotonic() - last_seen < PATIENCE:
            try:
                told: list[Any] | str = future.result(timeout=LOOK)
                return told
            except KilledWorker:
                return None
            except TimeoutError:
                last_seen = time.monotonic() if self.present() else last_seen
            except CancelledError as error:
                raise self.unreachable("与调度程序的连接断了") from error
            except Exception as error:  # it cannot even take up our work: it is another program
                raise self.unreachable(f"{OTHER}（{type(error).__name__}：{error}）") from error
        raise self.unreachable(f"{PATIENCE} 秒没有一个工作进程")

    def present(self) -> bool:
        """Whether the scheduler answers, and has a worker."""
        try:
            return bool(self.client.nthreads())
        except ABSENT:
            return False

    def unreachable(self, reason: str) -> OfficeError:
        """The error for a cluster that cannot do the work, with the way on."""
        return OfficeError(
            f"集群 {self.spread.scheduler}：{reason}。没有写出任何结果。请检查调度程序和各工作进程后再运行；"
            "先要结果的，把 config.toml 的 [run] executor 改为 “local”，在本机运行。"
        )


NUMBER = count()
OTHER = "工作进程上的程序与本机的不是同一个版本，请在各台机器上安装同一个 workbook-tool 和同样的各个库"


def read_batch(sources: Sequence[SourceFile], sent: Mapping[Path, bytes], task: bytes) -> list[Any] | str:
    """In a worker of the cluster: the result of each file, or why none of them can be read here."""
    from distributed import get_worker

    work, setup, limits, theirs = unpacked(task)
    if theirs != program():
        return OTHER
    if get_worker().state.nthreads != 1:
        return "工作进程要以 --nthreads 1 启动：一个文件的时限和内存上限管着整个进程"
    if hidden := next((s.location for s in sources if s.location not in sent and not s.location.parent.is_dir()), None):
        return f"工作进程看不到 {hidden.parent}；没有共享文件夹的，请去掉 config.toml [run] 的 shared"
    BROUGHT.update(sent)
    try:
        with memory_capped(limits.memory_mib << 20):
            return [capped(work, source, setup, limits) for source in sources]
    finally:
        BROUGHT.clear()


@lru_cache(2)
def unpacked(task: bytes) -> tuple[Callable[[Any, Any], Any], Any, Limits, str]:
    """What is to be done, unpacked once in each worker."""
    told: tuple[Callable[[Any, Any], Any], Any, Limits, str] = pickle.loads(task)
    return told


def capped(work: Callable[[Any, Any], Any], source: SourceFile, setup: Any, limits: Limits) -> Any:
    """The result of a file, or what went wrong with it; the worker ends where it takes too long."""
    set_clocks(limits.seconds, limits.wall)
    try:
        return attempt(work, source, setup)
    finally:
        stop_clocks()
