"""Each command as it was typed, carried out: the work is done by a function of ``commands.py`` or a module beside it, and what
it comes to is printed."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from workbook_tool.terminal import (
    DONE,
    FINDINGS,
    Unheard,
    agreed,
    answer,
    picked,
    progress_bar,
    say,
    settle_future,
    silent,
)

if TYPE_CHECKING:
    from workbook_tool.batch import Outcome


def run_command(options: argparse.Namespace) -> int:
    """``run``: from the inbox to a new run folder."""
    from workbook_tool import commands

    outcomes: list[Outcome] = []
    if options.as_of and not options.dry_run:  # what is not written locks nobody out
        settle_future(options.as_of)
    with progress_bar("读取审核", "汇总写出", options.quiet) as progress:
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

    if options.as_of:
        settle_future(options.as_of)
    day = options.as_of or date.today()
    by, anyway = " ".join(options.by.split()), options.anyway
    answer(commands.sign(options.config, options.run, day, by, anyway, options.period, options.form, picked))
    return DONE


def undo_command(options: argparse.Namespace) -> int:
    """``undo``: the newest run or signing is withdrawn."""
    from workbook_tool import commands

    answer(commands.undo(options.config, (lambda question: True) if options.yes else agreed))
    return DONE


def check_command(options: argparse.Namespace) -> int:
    """``check``: files judged on their own."""
    from workbook_tool.checking import check

    text, wrong = check(options.files, options.config, options.json)
    answer(text)
    return FINDINGS if wrong else DONE


def template_command(options: argparse.Namespace) -> int:
    """``template``: blank workbooks, their paths on standard output."""
    from workbook_tool.issuing import MISSING, issue

    whom = MISSING if options.missing else options.agency
    told = (options.period, options.out, options.total_formulas, options.form, options.prefill)
    made, there = issue(options.config, whom, *told, silent if options.quiet else say)
    if there and not options.quiet:
        say(f"已有 {len(there)} 份没有动（可能已经填过）：{'、'.join(path.name for path in there)}")
    answer("".join(f"{path}\n" for path in made))
    return DONE


def fetch_command(options: argparse.Namespace) -> int:
    """``mail fetch``: new messages into the inbox."""
    from workbook_tool.fetching import fetch_mails

    with progress_bar("收邮件", quiet=options.quiet) as progress:
        words = fetch_mails(options.config, progress)
    answer(words)
    return DONE


def send_command(options: argparse.Namespace) -> int:
    """``mail send``: the drafts of a run, shown and sent."""
    from workbook_tool.model.mail.posting import Choice
    from workbook_tool.sending import send_mails

    agree = (lambda question: True) if options.yes else agreed
    choice = Choice(options.only, options.sent, options.resend)
    answer(send_mails(options.config, options.run, choice, agree, answer, options.dry_run, options.anyway))
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

    answer(commands.show(options.config, options.agency, options.period, options.form))
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
