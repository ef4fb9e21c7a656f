"""Engines: every one gives an outcome for each item, in order; in the cage work may even kill, hang or eat memory."""

from __future__ import annotations

import multiprocessing.forkserver
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from workbook_tool.files.intake.cage import Cage
from workbook_tool.files.intake.engine import Engine, InProcess, Lost
from workbook_tool.files.intake.offshoots import Offshoots, offshoots
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.office.settings import Limits

LIMITS = Limits(seconds=1, wall_seconds=60, workers=2)
every_engine = pytest.mark.parametrize("engine", [Cage, InProcess])


class Panic(BaseException):
    """What a parser written in another language may raise."""


def panic() -> int:
    raise Panic


def hunger() -> int:
    raise MemoryError


def eat() -> int:
    return len(bytearray(4 << 30))


def hang() -> int:
    time.sleep(60)
    return 0


def spin(seconds: float = 60) -> int:
    """Work of so many seconds of a processor."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return 0


EVIL: dict[str, tuple[Callable[[], object], str]] = {
    "aborts": (os.abort, "程序中断"),
    "exits": (lambda: os._exit(3), "程序中断"),
    "hangs": (hang, "超过 2 秒，"),
    "spins": (spin, "超过 1 秒（处理器时间）"),
    "panics": (panic, "程序出错（Panic）"),
    "eats": (eat, "占用内存过多"),
    "hungers": (hunger, "占用内存过多"),
}


def work(item: int | str, setup: int) -> object:
    return EVIL[item][0]() if isinstance(item, str) else item * setup


@pytest.mark.parametrize("name", EVIL)
def test_only_the_guilty_item_is_lost(name: str) -> None:
    if name == "eats" and sys.platform == "win32":
        pytest.skip("Windows has no cap on memory")
    items: list[int | str] = [*range(40), name, *range(40, 80)]
    with Cage(work, 3, replace(LIMITS, wall_seconds=2 if name == "hangs" else 60)) as cage:
        results = list(cage.map(items))
    lost = results.pop(40)
    assert results == [number * 3 for number in range(80)]
    assert isinstance(lost, Lost)
    assert EVIL[name][1] in lost.reason


def take_time(item: float, _: int) -> float:
    """Some wait, as on a busy machine, and some work."""
    time.sleep(item) if item > 1 else spin(item)
    return item


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no clock for the processor")
def test_the_seconds_are_a_processors_and_those_of_one_item() -> None:
    items = [1.5, *(0.3,) * 5, *(0.0,) * 26]
    with Cage(take_time, 0, Limits(seconds=1, workers=1)) as cage:
        assert list(cage.map(items)) == items, "16 travel together; none takes a second of work"


BROKEN = ["multiprocessing.forkserver.connect_to_new_process", "threading.Thread.start", "_multiprocessing.SemLock"]


@pytest.mark.parametrize("error", [BlockingIOError(11, "Resource temporarily unavailable"), EOFError("unexpected EOF")])
@pytest.mark.parametrize("broken", BROKEN)
def test_where_no_worker_can_start_it_is_said_at_once(
    broken: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(broken, fail)
    with pytest.raises(OfficeError, match=r"工作进程启动不了：.*没有写出任何结果"), Cage(work, 1, LIMITS) as cage:
        list(cage.map([1, 2]))


def test_without_python_no_worker_starts_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    none_yet = multiprocessing.forkserver.ForkServer()
    monkeypatch.setattr("multiprocessing.forkserver.connect_to_new_process", none_yet.connect_to_new_process)
    monkeypatch.setattr("multiprocessing.spawn._python_exe", b"/nonexistent/python")
    with pytest.raises(OfficeError, match="工作进程启动不了"), Cage(work, 1, LIMITS) as cage:
        list(cage.map([1, 2]))


@every_engine
@pytest.mark.parametrize("name", ["panics", "hungers"])
def test_an_item_that_fails_is_lost_with_its_reason_and_the_others_are_done(engine: Engine, name: str) -> None:
    with engine(work, 3, LIMITS) as workers:
        one, lost, other = workers.map([1, name, 2])
        assert list(workers.map([4])) == [12], "workers may be asked more than once"
    assert (one, other) == (3, 6)
    assert isinstance(lost, Lost) and EVIL[name][1] in lost.reason
    assert ("panic" in lost.detail) is (name == "panics"), "what a mistake of ours was, stands in the log"


@every_engine
def test_progress_is_told_to_the_end(engine: Engine) -> None:
    told: list[tuple[int, int]] = []
    with engine(work, 1, LIMITS) as workers:
        assert list(workers.map(list(range(50)), lambda done, total: told.append((done, total)))) == list(range(50))
    assert told[0] == (0, 50)
    assert told[-1] == (50, 50)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_few_items_have_few_workers() -> None:
    with Cage(work, 1, Limits(seconds=60, workers=3)) as cage:
        for items, workers in ((0, 0), (1, 1), (16, 1), (17, 2), (99, 3), (1, 3)):
            assert list(cage.map(list(range(items)))) == list(range(items))
            assert len(multiprocessing.active_children()) == workers
    assert not multiprocessing.active_children()


CONFINED = """
import multiprocessing, threading
from tests.test_cage import LIMITS, work
from workbook_tool.files.intake.offshoots import offshoots
with offshoots(work, 3, LIMITS) as workers:
    for result in workers.map([*range(17), "aborts", "eats", "spins", 2]):
        print(getattr(result, "reason", result))
    assert threading.active_count() == 1, "who copies himself runs no thread"
assert not multiprocessing.active_children()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they are workers like any other")
def test_copies_of_a_command_are_confined_as_others_are() -> None:
    told = subprocess.run([sys.executable, "-c", CONFINED], capture_output=True, text=True, check=True).stdout
    *done, aborted, ate, spun, other = told.splitlines()
    assert (done, other) == ([str(number * 3) for number in range(17)], "6")
    for name, said in (("aborts", aborted), ("eats", ate), ("spins", spun)):
        assert EVIL[name][1] in said


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they are workers like any other")
def test_a_copy_that_does_not_even_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faulthandler.dump_traceback_later", lambda *_, **__: None)
    with Offshoots(work, 3, replace(LIMITS, seconds=1, wall_seconds=1)) as workers:
        (lost,) = workers.map(["hangs"])
    assert isinstance(lost, Lost) and "超过 1 秒，" in lost.reason


@pytest.mark.skipif(sys.platform == "win32", reason="Windows copies nothing")
def test_where_no_copy_can_start_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.popen_fork.Popen", fail)
    with (
        pytest.raises(OfficeError, match=r"工作进程启动不了：.*没有写出任何结果"),
        Offshoots(work, 1, LIMITS) as workers,
    ):
        list(workers.map([1, 2]))


def test_beside_a_thread_nothing_is_copied() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    with offshoots(work, 1, LIMITS) as workers:
        assert isinstance(workers, Cage), "nothing has started yet"
    done.set()
    thread.join()


ORPHANS = """
import multiprocessing, time
from tests.test_cage import take_time
from workbook_tool.files.intake.{module} import {engine}
from workbook_tool.model.office.settings import Limits
if __name__ == "__main__":
    with {engine}(take_time, 1, Limits(seconds=60, workers=2)) as workers:
        results = workers.map([*[0.0] * 16, 1.5])
        next(results)
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="looks at processes as POSIX does")
@pytest.mark.parametrize("engine", [Cage, Offshoots])
def test_no_worker_outlives_a_killed_run(engine: type) -> None:
    script = ORPHANS.format(module=engine.__module__.rpartition(".")[2], engine=engine.__name__)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert len(children) == (2 if engine is Cage else 1), "a copy ends with its batch"
    deadline = time.monotonic() + 300  # no measure: so that what never ends fails
    while any(map(alive, children)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, children))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_where_the_system_gives_less_memory_that_is_the_cap() -> None:
    """A worker that asked for more than it was given would not start."""
    pytest.importorskip("resource")
    script = "import resource as r; r.setrlimit(r.RLIMIT_AS, (1 << 30, 1 << 30)); "
    told = "from workbook_tool.files.intake.caps import cap_memory; cap_memory(2 << 30); print(r.getrlimit(r.RLIMIT_AS)[0])"
    assert (
        subprocess.run([sys.executable, "-c", script + told], capture_output=True, text=True).stdout == f"{1 << 30}\n"
    )
