"""The terminal: what is said beside the results, and what is asked of whoever sits there."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import date, datetime

from loguru import logger

from workbook_tool.model.errors import OfficeError
from workbook_tool.model.intake.submission import BEIJING


def silent(words: str) -> None:
    """What people do not want to be told; the log has it."""
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


def settle_future(day: date) -> None:
    """Ask about a date that lies ahead of the clock; Beijing's counts where the computer's is behind it. Raises
    OfficeError where nobody is there to be asked, or the date is not meant."""
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
