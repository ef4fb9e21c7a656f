"""The terminal: what is printed and said, what is asked of whoever sits there, and the exit codes."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import TYPE_CHECKING

from workbook_tool.model.errors import OfficeError, why

if TYPE_CHECKING:
    from workbook_tool.files.intake.engine import Progress

DONE, FINDINGS, USAGE, MAIL, BUSY, OUTBOX, BUG, INTERRUPTED = 0, 1, 2, 3, 4, 5, 70, 130
"""How a command ends."""


def silent(words: str) -> None:
    """What people do not want to be told; the log has it."""
    from loguru import logger

    logger.warning(words)


def say(words: str) -> None:
    """What people should know besides the result. Where nobody listens the log and the exit code say it alone."""
    if sys.stderr:
        with suppress(OSError):
            print(words, file=sys.stderr, flush=True)


def asked(question: str) -> str:
    """What somebody at the terminal answers, without spaces around it. Raises EOFError where it was closed."""
    print(question, file=sys.stderr, end="", flush=True)
    if not (answer := sys.stdin.readline()):
        raise EOFError
    return answer.strip()


YES = ("是", "y", "yes")


def agreed(question: str) -> bool:
    """Whether somebody at the terminal says yes. Raises OfficeError where nobody is there to be asked."""
    if not (sys.stdin and sys.stdin.isatty()):
        raise OfficeError(f"{question}没有终端可以询问，什么都没有动；确实要的，加 --yes。")
    print(f"{question}确定请键入 是 或 y，回车：", file=sys.stderr, end=" ", flush=True)
    return sys.stdin.readline().strip().lower() in YES


def picked(question: str, choices: Sequence[str]) -> int | None:
    """Which of these somebody at the terminal picks, from 0; None where nobody is there to be asked. Raises OfficeError
    where it is none of them."""
    if not (sys.stdin and sys.stdin.isatty()):
        return None
    lines = (f"  {number}  {choice}" for number, choice in enumerate(choices, 1))
    answer = asked("\n".join([question, *lines, "请选（键入数字，回车）："]))
    if not (answer.isdecimal() and 1 <= int(answer) <= len(choices)):
        raise OfficeError(f"没有“{answer}”这一项，什么都没有动。")
    return int(answer) - 1


def settle_future(day: date) -> None:
    """Ask about a date that lies ahead of the clock; Beijing's counts where the computer's is behind it. Raises
    OfficeError where nobody is there to be asked, or the date is not meant."""
    from workbook_tool.model.intake.source import BEIJING

    today = max(date.today(), datetime.now(BEIJING).date())
    if day <= today:
        return
    said = f"日期 {day} 在今天（{today}）之后"
    if not (sys.stdin and sys.stdin.isatty()):
        raise OfficeError(
            f"{said}，什么都没有做。请改正 --as-of；是电脑的日期不对的，先校正时钟。"
            "确要用以后的日期，请在终端里运行，按提示回答；只想看那一天的情形，用 run --dry-run。"
        )
    print(
        f"{said}。照办的话，以后更早的日期就不能再运行（除非撤销）。确定请把这个日期再键入一遍：",
        file=sys.stderr,
        end=" ",
        flush=True,
    )
    if sys.stdin.readline().strip() != day.isoformat():
        raise OfficeError("什么都没有做。请改正 --as-of。")


class Unheard(Exception):
    """What a command came to could not be written to standard output."""


def answer(text: str) -> None:
    """Print what a command came to. Raises Unheard where standard output is closed, or cannot take it all."""
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "closed")
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        if sys.stdout is not None:  # what is left in it would fail once more at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Unheard(f"标准输出写不出去：{why(error)}。") from error


@contextmanager
def progress_bar(doing: str, then: str = "", quiet: bool = False) -> Iterator[Progress | None]:
    """A bar on a terminal that says how many are done and what time is left; ``then`` is what takes its time behind the last
    of them. Nothing elsewhere, or where people want it ``quiet``."""
    if quiet or not (sys.stderr and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    left = TextColumn("已用"), TimeElapsedColumn(), TextColumn("还需"), TimeRemainingColumn()
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *left
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)

        def show(done: int, total: int) -> None:
            if then and done == total:
                bar.reset(task, description=then, completed=done, total=None)
            else:
                bar.update(task, description=doing, completed=done, total=total)

        yield show
