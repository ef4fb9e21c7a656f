"""A cluster reads what the cage reads. The scheduler and its two workers are real ones, processes of their own; some files
kill the worker that opens them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.grids import ROOT
from tests.test_cage import EVIL
from workbook_tool.files.intake import cluster
from workbook_tool.files.intake.cage import Cage
from workbook_tool.files.intake.cluster import Cluster
from workbook_tool.files.intake.engine import Lost
from workbook_tool.files.intake.inbox import list_inbox
from workbook_tool.files.intake.reading import read_bytes
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.office.settings import Limits
from workbook_tool.model.office.spread import Spread

pytest.importorskip("distributed", reason="without distributed there is no cluster: NOT CHECKED")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the kills are those of POSIX")
LIMITS = Limits(seconds=1, wall_seconds=60, workers=1)
Start = Callable[..., subprocess.Popen[bytes]]


def work(source: SourceFile, setup: int) -> object:
    """Does what the file says: a number, or one of the evil kinds."""
    text = read_bytes(source.location, LIMITS).decode()
    return int(text) * setup if text.isdigit() else EVIL[text][0]()


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Starts ``dask`` commands; all are ended with the module."""
    started: list[subprocess.Popen[bytes]] = []
    settings = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0", "PYTHONPATH": str(ROOT)}

    def begin(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:], "--no-dashboard"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(command, env={**os.environ, **settings}, start_new_session=True, **quiet))  # type: ignore[call-overload]
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def scheduler(start: Start, folder: Path) -> tuple[subprocess.Popen[bytes], str, list[str]]:
    """A scheduler, its address, and the words by which a worker finds it."""
    import json

    told = folder / "scheduler.json"
    process = start(
        "scheduler", "--port", "0", "--host", "127.0.0.1", "--scheduler-file", str(told), "--idle-timeout", "300"
    )
    end = time.monotonic() + 300
    while not (told.exists() and told.stat().st_size) and time.monotonic() < end:  # there, and written
        time.sleep(0.1)
    return (
        process,
        json.loads(told.read_text())["address"],
        ["--scheduler-file", str(told), "--local-directory", str(folder), "--death-timeout", "300"],
    )


@pytest.fixture(scope="module")
def address(start: Start, tmp_path_factory: pytest.TempPathFactory) -> str:
    _, address, words = scheduler(start, tmp_path_factory.mktemp("cluster"))
    for _ in range(2):
        start("worker", *words, "--nthreads", "1", "--nworkers", "1")
    return address


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes long over starting a worker."""
    monkeypatch.setattr(cluster, "PATIENCE", 300)


def inbox(folder: Path, *texts: str) -> list[SourceFile]:
    for number, text in enumerate(texts):
        (folder / f"{number:03}.txt").write_text(text)
    return sorted(list_inbox(folder, LIMITS), key=lambda source: source.path)


def done(sources: list[SourceFile], spread: Spread, limits: Limits = LIMITS) -> list[object]:
    with Cluster(work, 3, limits, spread) as workers:
        return list(workers.map(sources))


@pytest.mark.parametrize("shared", [False, True], ids=["sent along", "shared"])
def test_the_cluster_gives_what_the_cage_gives(address: str, tmp_path: Path, shared: bool) -> None:
    sources = inbox(tmp_path, *map(str, range(130)))
    with Cage(work, 3, LIMITS) as cage:
        assert done(sources, Spread(address, shared)) == list(cage.map(sources)) == [3 * n for n in range(130)]


def test_files_that_are_sent_need_not_lie_there(address: str, tmp_path: Path) -> None:
    sources = [replace(source, location=source.location) for source in inbox(tmp_path, "1", "2")]
    with Cluster(work, 3, LIMITS, Spread(address)) as workers:
        batches = list(workers.batches(sources))
        workers.connect()
        future = workers.submit(batches[0])
        assert future.result() == [3, 6]
        for source in sources:
            source.location.unlink()
        again = workers.submit(batches[0])
        assert again.result() == [3, 6], "what lies here is not looked at"


@pytest.mark.parametrize("name", ["aborts", "hangs", "eats", "panics"])
def test_only_the_guilty_file_is_lost(address: str, tmp_path: Path, name: str) -> None:
    limits = replace(LIMITS, wall_seconds=2 if name == "hangs" else 60)
    results = done(inbox(tmp_path, "1", "2", name, *map(str, range(3, 12))), Spread(address), limits)
    lost = results.pop(2)
    assert results == [3 * n for n in range(1, 12)]
    assert isinstance(lost, Lost) and EVIL[name][1] in lost.reason, "in the words of the cage"


def test_another_program_is_refused(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "program", lambda: "another")
    with pytest.raises(OfficeError, match=r"不是同一个版本.*没有写出任何结果"):
        done(inbox(tmp_path, "1"), Spread(address))


def test_a_worker_that_sees_no_shared_folder_is_refused(address: str, tmp_path: Path) -> None:
    (source,) = inbox(tmp_path, "1")
    elsewhere = replace(source, location=tmp_path / "elsewhere" / "1.txt")
    with pytest.raises(OfficeError, match=r"工作进程看不到 .*elsewhere"):
        done([elsewhere], Spread(address, shared=True))


def test_what_cannot_be_sent_is_looked_at_at_home(address: str, tmp_path: Path) -> None:
    (source,) = inbox(tmp_path, "1")
    source.location.unlink()
    (lost,) = done([source], Spread(address))
    assert isinstance(lost, Lost) and "Unreadable" in lost.reason


def test_only_what_cannot_be_sent_stays_at_home(tmp_path: Path) -> None:
    sources = inbox(tmp_path, *"12345")
    sources[2].location.unlink()
    batches = list(Cluster(work, 3, LIMITS, Spread("tcp://127.0.0.1:1")).batches(sources))
    assert [[sources.index(each) for each in batch] for batch in batches] == [[0, 1], [2], [3, 4]]
    assert [None in batch.values() for batch in batches] == [False, True, False]


def test_without_scheduler_or_workers_it_is_said(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    monkeypatch.setattr(cluster, "LOOK", 0.2)
    sources = inbox(tmp_path, *["1"] * cluster.BATCH, "spins")
    with pytest.raises(OfficeError, match=r"集群 tcp://127.0.0.1:9：连不上"):
        done(sources, Spread("tcp://127.0.0.1:9"))
    process, address, words = scheduler(start, tmp_path.parent)
    with pytest.raises(OfficeError, match=r"没有一个工作进程"):
        done(sources, Spread(address))
    monkeypatch.setattr(cluster, "PATIENCE", 300)
    start("worker", *words, "--nthreads", "1", "--nworkers", "1")
    with Cluster(work, 3, replace(LIMITS, seconds=30), Spread(address)) as workers:
        workers.connect()
        monkeypatch.setattr(cluster, "PATIENCE", 1)
        results = workers.map(sources)
        begun = next(results)  # what is there of the first batch comes at once, and the second is being worked on
        os.killpg(process.pid, signal.SIGKILL)
        with pytest.raises(OfficeError, match=r"没有写出任何结果"):
            list(results)
        assert begun == 3


def test_a_scheduler_that_is_gone_hides_nothing_by_not_taking_leave() -> None:
    class Gone:
        def close(self, timeout: float) -> None:
            raise TimeoutError

    with (
        pytest.raises(OfficeError, match=r"没有一个工作进程"),
        Cluster(work, 3, LIMITS, Spread("tcp://127.0.0.1:1")) as workers,
    ):
        workers.client = Gone()
        raise workers.unreachable("没有一个工作进程")
