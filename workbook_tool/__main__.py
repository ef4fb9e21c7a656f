"""The command line: arguments, progress, exit codes; nothing else."""

from __future__ import annotations

import argparse
import errno
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from workbook_tool import __version__
from workbook_tool.model.form.period import Period

if TYPE_CHECKING:
    from workbook_tool.batch import Outcome
    from workbook_tool.files.intake.engine import Progress

STANDARD = 2
"""The last of the three files that every program is started with."""
DONE, FINDINGS, USAGE, BUSY, OUTBOX, BUG, INTERRUPTED = 0, 1, 2, 4, 5, 70, 130


class Unheard(Exception):
    """What a command came to could not be written to standard output."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    fill_gaps()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without some character must not fail a finished run
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start a thread for each processor, in every worker
    options = arguments_parser().parse_args(arguments)
    from workbook_tool.model.errors import Busy, OfficeError, OutboxError

    try:
        return int(options.command(options))
    except OfficeError as error:
        return refuse(f"{error}{written(error)}", USAGE)
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


COMPLAINTS = {
    r"the following arguments are required: (.*)": r"缺少 \1",
    r"unrecognized arguments: (.*)": r"没有 \1 这个选项",
    r"one of the arguments (.*) is required": r"须写明 \1 中的一个",
    r"invalid choice: '?([^']*)'? \(choose from (.*)\)": r"没有“\1”，可用的有 \2",
    r"expected (one|at least one) argument": "后面要写明内容",
    r"not allowed with argument (.*)": r"不能与 \1 同时用",
    r"argument (\S+): ": r"\1 ",
}
"""What argparse says, and how we say it."""


class ChineseParser(argparse.ArgumentParser):
    """argparse, speaking Chinese."""

    def error(self, message: str) -> NoReturn:
        """What argparse complains of, in Chinese, with where the usage stands."""
        for english, chinese in COMPLAINTS.items():
            message = re.sub(english, chinese, message)
        self.exit(USAGE, f"参数有误：{message}\n用法见：{self.prog} --help\n")

    def format_help(self) -> str:
        """The help with argparse's own headings in Chinese."""
        text = super().format_help()
        for english, chinese in (("usage:", "用法："), ("positional arguments:", "参数："), ("options:", "选项：")):
            text = text.replace(english, chinese, 1)
        return text.replace("show this help message and exit", "显示本说明")


def a_date(text: str) -> date:
    """A date of the command line. Raises ArgumentTypeError where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，应写作 2024-02-05") from None


def a_period(text: str) -> Period:
    """A period of the command line. Raises ArgumentTypeError where it is none."""
    try:
        return Period.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_period(parser: ChineseParser) -> None:
    """The option that names another period than the configured one; of a yearly form it is also called ``--year``."""
    parser.add_argument(
        "--period",
        "--year",
        type=a_period,
        metavar="期",
        help="报告的期：2024、2024-H1、2024-Q1、2024-03、2024-W05（默认按配置）",
    )


def add_form(parser: ChineseParser) -> None:
    """The option that picks one of several forms."""
    parser.add_argument("--form", metavar="表式", help="收几种表时，只办这一种（config.toml 里 form 的编号）")


def arguments_parser() -> ChineseParser:
    """The commands and their options, each with the function that carries it out."""
    parser = ChineseParser(prog="workbook-tool", description="把各单位填报的表格审核、汇总成一个工作簿。")
    parser.add_argument("--version", action="version", version=__version__, help="显示版本")
    commands = parser.add_subparsers(required=True, metavar="命令", parser_class=ChineseParser)

    def command(name: str, does: str, function: Any, config: bool = True) -> ChineseParser:
        made: ChineseParser = commands.add_parser(name, help=does, description=does)
        made.set_defaults(command=function)
        if config:
            made.add_argument(
                "--config",
                type=Path,
                default=Path("config.toml"),
                metavar="文件",
                help="配置文件（默认为此处的 config.toml）",
            )
        return made

    run = command("run", "读取收件夹，审核汇总，在发件夹写出一个新的结果文件夹；同一天没有变化的不再写", run_command)
    run.add_argument(
        "--as-of", type=a_date, default=None, metavar="日期", help="本次运行的日期，截止日期以它衡量（默认今天）"
    )
    add_form(run)
    add_period(run)
    run.add_argument("--dry-run", action="store_true", help="只审核，不写出")
    run.add_argument("--again", action="store_true", help="没有变化也重新运行，另写一个结果文件夹")
    run.add_argument("--strict", action="store_true", help="有“必须改”时退出码为 1")
    run.add_argument("--json", action="store_true", help="在标准输出打印 run.json")
    run.add_argument(
        "--same-office", action="store_true", help="台账是本办公文件夹的，只是地区改了名、换了表式或挪了地方（用一次）"
    )
    status = command("status", "上次运行、定稿、等待读取的文件、需要人处理的事；不写出", status_command)
    add_form(status)
    add_period(status)
    status.add_argument("--json", action="store_true", help="打印为 JSON")
    undo = command("undo", "撤销最新的一次运行或定稿（哪个新撤哪个）；再用一次，再往前撤一次", undo_command)
    undo.add_argument("--yes", action="store_true", help="不询问（无人值守时须写）")
    sign = command("sign", "把一次运行定为本期的定稿", sign_command)
    sign.add_argument("run", nargs="?", metavar="运行", help="结果文件夹的名字，如 2024-02-19-1（默认为最新的一次）")
    add_form(sign)
    add_period(sign)
    sign.add_argument("--as-of", type=a_date, default=None, metavar="日期", help="定稿的日期（默认今天）")
    sign.add_argument("--by", default="", metavar="姓名", help="谁定的稿，写入定稿标记、台账和总览")
    sign.add_argument("--anyway", action="store_true", help="收件夹里还有没读过的文件也定稿")
    check = command("check", "单独审核若干文件，只显示问题，不写出", check_command)
    check.add_argument("files", nargs="+", type=Path, metavar="文件")
    check.add_argument("--json", action="store_true", help="打印为 JSON")
    template = command("template", "生成空白填报表", template_command)
    add_form(template)
    add_period(template)
    who = template.add_mutually_exclusive_group(required=True)
    who.add_argument("--agency", nargs="+", metavar="代码", help="单位代码，可写多个")
    who.add_argument("--all", action="store_true", help="名录中的全部单位")
    template.add_argument("--out", type=Path, default=Path(), metavar="文件夹", help="写到哪里（默认此处）")
    template.add_argument(
        "--total-formulas", action="store_true", help="总计用公式自动计算，不由单位填写（不推荐：难以定位错在哪一格）"
    )
    template.add_argument(
        "--prefill", action="store_true", help="把已经知道的数（如台账的统计数）先填上，标明待确认；不写就只列在旁边"
    )
    draft = command("draft", "按已通过的数起草本地区的年度报告（Word 文档）", draft_command)
    add_form(draft)
    add_period(draft)
    draft.add_argument("--as-of", type=a_date, default=None, metavar="日期", help="按哪一天的情况（默认今天）")
    draft.add_argument("--out", type=Path, default=Path(), metavar="文件夹", help="写到哪里（默认此处）")
    init = command("init", "新建一个空的办公文件夹", init_command, config=False)
    init.add_argument("folder", type=Path, metavar="文件夹")
    add_form_commands(command("form", "检查表式，或由空白表起草", form_command, config=False))
    explain = command("explain", "说明一条审核规则：含义、来源、例子", explain_command)
    explain.add_argument("rule", metavar="规则")
    return parser


def add_form_commands(parser: ChineseParser) -> None:
    """What can be done about a declaration alone."""
    does = {
        "check": "检查一份表式，说出它的意思，画出空白表",
        "new": "由一个空白的工作簿起草表式",
        "update": "把早先的表式改写成新的写法，说明有什么不同",
    }
    commands = parser.add_subparsers(required=True, metavar="做什么", parser_class=ChineseParser, dest="does")
    for name, words in does.items():
        made = commands.add_parser(name, help=words, description=words)
        made.add_argument("file", type=Path, metavar="文件")
        made.add_argument("--out", type=Path, default=None, metavar="文件夹", help="写到哪里（默认在原处旁边）")


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A bar on a terminal, nothing elsewhere."""
    if not (sys.stderr and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("审核", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def run_command(options: argparse.Namespace) -> int:
    """``run``: from the inbox to a new run folder."""
    from workbook_tool import commands
    from workbook_tool.terminal import say, settle_future

    outcomes: list[Outcome] = []
    if options.as_of and not options.dry_run:  # what is not written locks nobody out
        settle_future(options.as_of)
    with progress_bar() as progress:
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
            say=say,
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

    codes = None if options.all else options.agency
    given = (options.period, options.out, options.total_formulas, options.form, options.prefill)
    made = commands.issue(options.config, codes, *given)
    for path in made:
        answer(f"{path}\n")
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


def explain_command(options: argparse.Namespace) -> int:
    """``explain``: what a rule means."""
    from workbook_tool import commands

    answer(commands.explain(options.rule, options.config))
    return DONE


if __name__ == "__main__":
    sys.exit(main())
