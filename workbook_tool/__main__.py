"""The command line: each command carried out, with progress, exit codes and what is said where it fails; its arguments are
declared in ``arguments.py``."""

from __future__ import annotations

import argparse
import errno
import gc
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from workbook_tool.arguments import CONFIG, USAGE, arguments_parser

if TYPE_CHECKING:
    from workbook_tool.batch import Outcome
    from workbook_tool.files.intake.engine import Progress

STANDARD = 2
"""The last of the three files that every program is started with."""
DONE, FINDINGS, MAIL, BUSY, OUTBOX, BUG, INTERRUPTED = 0, 1, 3, 4, 5, 70, 130


class Unheard(Exception):
    """What a command came to could not be written to standard output."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    fill_gaps()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without some character must not fail a finished run
    gc.set_threshold(
        100_000, 50, 1000
    )  # nearly all that is made stays to the end: looking for what does not is in vain
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start a thread for each processor, in every worker
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
    from workbook_tool.menu import menu

    try:
        return menu(carry_out, lambda: commands.newest_workbook(CONFIG))
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
    from workbook_tool.terminal import say

    say(message)
    return code


def answer(text: str) -> None:
    """Print what a command came to. Raises Unheard where standard output is closed, or cannot take it all."""
    from workbook_tool.model.errors import why

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
def progress_bar(doing: str = "审核", quiet: bool = False) -> Iterator[Progress | None]:
    """A bar on a terminal, nothing elsewhere, or where people want it ``quiet``."""
    if quiet or not (sys.stderr and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def run_command(options: argparse.Namespace) -> int:
    """``run``: from the inbox to a new run folder."""
    from workbook_tool import commands
    from workbook_tool.terminal import say, settle_future, silent

    outcomes: list[Outcome] = []
    if options.as_of and not options.dry_run:  # what is not written locks nobody out
        settle_future(options.as_of)
    with progress_bar(quiet=options.quiet) as progress:
        text, must = commands.run_office(
            options.config,
            options.as_of or date.today(),
            period=options.period,
            form=options.form,
            dry_run=options.dry_run,
            again=options.again,
            as_json=options.json,
            same_office=options.same_office,
            progress=progress,
            say=silent if options.quiet else say,
            told=outcomes.append,
        )
    (outcome,) = outcomes
    try:
        answer(text)
    except Unheard as error:
        if outcome.folder is None:
            raise
        say(f"{error}结果文件夹 {outcome.folder} 已经写出，是完整的。")
    return FINDINGS if options.strict and must else DONE


def status_command(options: argparse.Namespace) -> int:
    """``status``: how the office stands."""
    from workbook_tool import commands

    answer(commands.status(options.config, date.today(), options.json, options.period, options.form))
    return DONE


def sign_command(options: argparse.Namespace) -> int:
    """``sign``: which run is the signed result."""
    from workbook_tool import commands
    from workbook_tool.terminal import settle_future

    if options.as_of:
        settle_future(options.as_of)
    day = options.as_of or date.today()
    by, anyway = options.by.strip(), options.anyway
    answer(commands.sign(options.config, options.run, day, by, anyway, options.period, options.form))
    return DONE


def undo_command(options: argparse.Namespace) -> int:
    """``undo``: the newest run or signing is withdrawn."""
    from workbook_tool import commands
    from workbook_tool.terminal import agreed

    answer(commands.undo(options.config, (lambda question: True) if options.yes else agreed))
    return DONE


def check_command(options: argparse.Namespace) -> int:
    """``check``: files judged on their own."""
    from workbook_tool import commands

    text, wrong = commands.check(options.files, options.config, options.json)
    answer(text)
    return FINDINGS if wrong else DONE


def template_command(options: argparse.Namespace) -> int:
    """``template``: blank workbooks, their paths on standard output."""
    from workbook_tool import commands
    from workbook_tool.terminal import say

    whom = commands.MISSING if options.missing else options.agency
    told = (options.period, options.out, options.total_formulas, options.form, options.prefill)
    made, there = commands.issue(options.config, whom, *told)
    if there and not options.quiet:
        say(f"已有 {len(there)} 份没有动（可能已经填过）：{'、'.join(path.name for path in there)}")
    answer("".join(f"{path}\n" for path in made))
    return DONE


def fetch_command(options: argparse.Namespace) -> int:
    """``mail fetch``: new messages into the inbox."""
    from workbook_tool import commands

    with progress_bar("收邮件", options.quiet) as progress:
        words = commands.mail_fetch(options.config, progress)
    answer(words)
    return DONE


def send_command(options: argparse.Namespace) -> int:
    """``mail send``: the drafts of a run, shown and sent."""
    from workbook_tool import commands
    from workbook_tool.model.mail.posting import Choice
    from workbook_tool.terminal import agreed

    agree = (lambda question: True) if options.yes else agreed
    choice = Choice(options.only, options.sent, options.resend)
    answer(commands.mail_send(options.config, options.run, choice, agree, answer, options.dry_run, options.anyway))
    return DONE


def draft_command(options: argparse.Namespace) -> int:
    """``draft``: the region's own report, its path on standard output."""
    from workbook_tool import commands

    day = options.as_of or date.today()
    answer(f"{commands.draft(options.config, day, options.out, options.period, options.form)}\n")
    return DONE


def form_command(options: argparse.Namespace) -> int:
    """``form``: a declaration checked, begun or rewritten."""
    from workbook_tool import declaring

    answer(declaring.COMMANDS[options.does](options.file, options.out))
    return DONE


def init_command(options: argparse.Namespace) -> int:
    """``init``: a new, empty office folder."""
    from workbook_tool import commands

    answer(commands.init(options.folder))
    return DONE


def show_command(options: argparse.Namespace) -> int:
    """``show``: all that is known of one agency."""
    from workbook_tool import commands

    answer(commands.show(options.config, options.agency))
    return DONE


def compare_command(options: argparse.Namespace) -> int:
    """``compare``: what changed between two runs."""
    from workbook_tool import commands

    answer(commands.compare(options.config, options.before, options.after))
    return DONE


def explain_command(options: argparse.Namespace) -> int:
    """``explain``: what a rule means."""
    from workbook_tool import commands

    answer(commands.explain(options.rule, options.config))
    return DONE


COMMANDS = {
    "run": run_command,
    "status": status_command,
    "sign": sign_command,
    "undo": undo_command,
    "check": check_command,
    "template": template_command,
    "mail fetch": fetch_command,
    "mail send": send_command,
    "draft": draft_command,
    "form": form_command,
    "init": init_command,
    "explain": explain_command,
    "show": show_command,
    "compare": compare_command,
}
"""By its name, what carries out a command."""


if __name__ == "__main__":
    sys.exit(main())
