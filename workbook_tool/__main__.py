"""The command line: exit codes, and what is said where a command fails. What can be typed is declared in ``arguments.py``, and
carried out in ``orders.py``."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
from collections.abc import Sequence

from workbook_tool.arguments import CONFIG, arguments_parser
from workbook_tool.orders import COMMANDS
from workbook_tool.terminal import BUG, BUSY, DONE, INTERRUPTED, MAIL, OUTBOX, USAGE, Unheard, say

STANDARD = 2
"""The last of the three files that every program is started with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    fill_gaps()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without some character must not fail a finished run
    gc.set_threshold(
        100_000, 50, 1000
    )  # nearly all that is made stays to the end: looking for what does not is in vain
    atexit.register(gc.freeze)  # and at the end all of it goes with the process
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start a thread for each processor
    words = sys.argv[1:] if arguments is None else list(arguments)
    if not words and is_terminal():
        return offer_menu()
    return carry_out(words)


def is_terminal() -> bool:
    """Whether somebody sits there who can be asked."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty())


def offer_menu() -> int:
    """The menu, of the office in this folder."""
    from workbook_tool import commands
    from workbook_tool.files.office.nearest_config import nearest_config
    from workbook_tool.menu import menu

    try:
        return menu(carry_out, lambda: commands.newest_workbooks(nearest_config(CONFIG)))
    except KeyboardInterrupt:
        return INTERRUPTED


def carry_out(words: Sequence[str]) -> int:
    """Carry out the command that these words make, say why where it fails, and give back its exit code."""
    try:
        options, rest = arguments_parser().parse_known_args(words)
        if rest:
            options.parser.unknown(rest)
    except SystemExit as error:  # argparse has said what there is to say
        return int(error.code or DONE)
    from workbook_tool.files.office import log
    from workbook_tool.files.office.nearest_config import nearest_config
    from workbook_tool.model.errors import Busy, MailError, OfficeError, OutboxError

    log.shown(options.verbose)
    try:
        if getattr(options, "config", None) == CONFIG:
            options.config = nearest_config(CONFIG)
        return COMMANDS[options.command](options)
    except OfficeError as error:
        return refuse(f"{error}{written(error)}", USAGE)
    except MailError as error:
        return refuse(f"{error}{written(error)}", MAIL)
    except Busy as error:
        return refuse(f"{error}{written(error)}", BUSY)
    except (OutboxError, Unheard) as error:
        return refuse(f"{error}{written(error)}", OUTBOX)
    except MemoryError as error:  # of ours: what agencies sent is read by workers with a cap of their own
        what = f"内存不够。{written(error) or NOTHING}请关掉一些别的程序，并检查名录、配置、往年结果这些文件是不是大得不正常"
        return refuse(f"{what}，再运行一次。", USAGE)
    except KeyboardInterrupt as error:
        return refuse(f"已中断。{written(error) or NOTHING}", INTERRUPTED)
    except Exception as error:
        from loguru import logger

        logger.opt(exception=error).error("unforeseen")
        what = f"程序出错（{type(error).__name__}: {error}）。{written(error) or NOTHING}"
        return refuse(f"{what}请把 logs 中的日志发给维护人员。", BUG)


def fill_gaps() -> None:
    """Give whoever starts us without standard streams none of our files in their place: what a library writes to its
    standard error must not end up in them."""
    while (gap := os.open(os.devnull, os.O_RDWR)) <= STANDARD:
        os.set_inheritable(gap, True)
    os.close(gap)


NOTHING = "没有写出任何结果。"


def written(error: BaseException) -> str:
    """What was written before it happened, if anything."""
    return "".join(getattr(error, "__notes__", ()))


def refuse(message: str, code: int) -> int:
    """Say on standard error why nothing was done, and give back the exit code."""
    say(message)
    return code


if __name__ == "__main__":
    sys.exit(main())
