"""The seam through which files go to workers: an engine does one piece of work for each of many items.

Four engines are there. ``Cage`` (``cage.py``) works in processes that may die; whatever comes from outside is opened
there. ``Offshoots`` (``offshoots.py``) does the same for a short command, ``Cluster`` (``cluster.py``) on other
machines. ``InProcess`` works here and now: for files that are our own, and for tests. Another engine is another class
that is called alike; nothing else has to know it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from workbook_tool.model.office.settings import Limits

Setup = TypeVar("Setup")
Progress = Callable[[int, int], None]
"""Called with (items done, items in all)."""
BATCH = 16
"""So many files travel to a worker at once, since handing over costs about as much as reading one; and for so many it is
worth to start one more, which costs as much as reading dozens."""


class Lost(Struct, frozen=True):
    """An item that brought nothing back: the reason for people, and the detail for the log."""

    reason: str
    detail: str = ""


class Workers(Protocol):
    """What an engine gives while its ``with`` lasts."""

    def map(self, items: Sequence[Any], progress: Progress | None = None) -> Iterator[Any]:
        """What the work gives for each item, in their order; a Lost for one that failed. May be asked more than
        once."""


class Engine(Protocol):
    """Something that does ``work(item, setup)``, which must be a function of a module; the setup must pickle."""

    def __call__(
        self, work: Callable[[Any, Any], Any], setup: Any, limits: Limits
    ) -> AbstractContextManager[Workers]: ...


class InProcess(Generic[Setup]):
    """The engine without workers: nothing is confined, so a hang or a crash takes the whole program with it."""

    def __init__(self, work: Callable[[Any, Setup], Any], setup: Setup, limits: Limits) -> None:
        self.work, self.setup = work, setup

    def __enter__(self) -> InProcess[Setup]:
        return self

    def __exit__(self, *failure: object) -> None:
        """There is nothing to stop."""

    def map(self, items: Sequence[Any], progress: Progress | None = None) -> Iterator[Any]:
        """What the work gives for each item, in their order; a Lost for one that failed."""
        for number, item in enumerate(items):
            if progress:
                progress(number, len(items))
            yield attempt(self.work, item, self.setup)
        if progress:
            progress(len(items), len(items))


def attempt(work: Callable[[Any, Any], Any], item: Any, setup: Any) -> Any:
    """What the work gives for an item, or what went wrong with it."""
    try:
        return work(item, setup)
    except MemoryError:
        return Lost("读取时占用内存过多，不是正常的填报表；请用下发的填报表重新填报")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # calamine's panics are no Exception
        return Lost(
            f"读取时程序出错（{type(error).__name__}），详情在 logs 的日志里（check 的加 -v 显示）",
            traceback.format_exc(),
        )
