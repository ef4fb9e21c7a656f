"""What can be typed on the command line: every command and its options, in Chinese."""

from __future__ import annotations

import argparse
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook_tool import __version__
from workbook_tool.parser import ChineseParser

if TYPE_CHECKING:
    from workbook_tool.model.form.period import Period

CONFIG = Path("config.toml")

SHELLS = ("bash", "zsh", "tcsh")


class Completion(argparse.Action):
    """Prints what makes a shell complete our commands."""

    def __call__(self, parser: argparse.ArgumentParser, space: object, value: object, option: object = None) -> None:
        """Print it and end."""
        import shtab

        print(shtab.complete(parser, str(value)))
        parser.exit()


def a_date(text: str) -> date:
    """A date of the command line. Raises ArgumentTypeError where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，应写作 2024-02-05") from None


def a_period(text: str) -> Period:
    """A period of the command line. Raises ArgumentTypeError where it is none."""
    from workbook_tool.model.form.period import Period

    try:
        return Period.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def some_codes(text: str) -> tuple[str, ...]:
    """The codes of agencies, with any kind of comma between them."""
    return tuple(filter(None, re.split(r"[,，、;；\s]+", text)))


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


def arguments_parser() -> ChineseParser:
    """The commands and their options."""
    parser = ChineseParser(prog="workbook-tool", description="把各单位填报的表格审核、汇总成一个工作簿。")
    parser.add_argument("--version", action="version", version=f"workbook-tool {__version__}", help="显示版本")
    parser.add_argument(
        "--completion", choices=SHELLS, action=Completion, metavar="壳", help="打印命令补全的脚本：bash、zsh、tcsh"
    )
    commands = parser.add_subparsers(required=True, metavar="命令", parser_class=ChineseParser)

    def command(name: str, does: str, among: Any = commands, config: bool = True) -> ChineseParser:
        made: ChineseParser = among.add_parser(name.split()[-1], help=does, description=does)
        made.set_defaults(command=name, parser=made)
        if config:
            made.add_argument(
                "--config",
                type=Path,
                default=CONFIG,
                metavar="文件",
                help="配置文件（默认为此处或上层文件夹的 config.toml）",
            )
        made.add_argument(
            "-q", "--quiet", action="store_true", help="只显示结果和错误，不显示进度和提醒（提醒仍在日志里）"
        )
        made.add_argument("-v", "--verbose", action="store_true", help="日志也显示在屏幕上")
        return made

    run = command("run", "读取收件夹，审核汇总，在发件夹写出一个新的结果文件夹；同一天没有变化的不再写")
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
    status = command("status", "上次运行、定稿、等待读取的文件、需要人处理的事；不写出")
    add_form(status)
    add_period(status)
    status.add_argument("--json", action="store_true", help="打印为 JSON")
    undo = command("undo", "撤销最新的一次运行或定稿（哪个新撤哪个）；再用一次，再往前撤一次")
    undo.add_argument("--yes", action="store_true", help="不询问（无人值守时须写）")
    sign = command("sign", "把一次运行定为本期的定稿")
    sign.add_argument("run", nargs="?", metavar="运行", help="结果文件夹的名字，如 2024-02-19-1（默认为最新的一次）")
    add_form(sign)
    add_period(sign)
    sign.add_argument("--as-of", type=a_date, default=None, metavar="日期", help="定稿的日期（默认今天）")
    sign.add_argument("--by", default="", metavar="姓名", help="谁定的稿，写入定稿标记、台账和总览")
    sign.add_argument("--anyway", action="store_true", help="收件夹里还有没读过的文件也定稿")
    check = command("check", "单独审核若干文件，只显示问题，不写出")
    check.add_argument(
        "files", nargs="+", metavar="文件", help="文件、文件夹、通配符（如 *.xlsx），或 -（从标准输入读一份）"
    )
    check.add_argument("--json", action="store_true", help="打印为 JSON")
    template = command("template", "生成空白填报表")
    add_form(template)
    add_period(template)
    who = template.add_mutually_exclusive_group(required=True)
    who.add_argument("--agency", nargs="+", action="extend", metavar="单位", help="单位的代码或名称，可写多个")
    who.add_argument("--all", action="store_true", help="名录中的全部单位")
    who.add_argument("--missing", action="store_true", help="还没有报的单位（按最新一次运行；还没有运行过的，全部）")
    template.add_argument("--out", type=Path, default=Path(), metavar="文件夹", help="写到哪里（默认此处）")
    template.add_argument(
        "--total-formulas", action="store_true", help="总计用公式自动计算，不由单位填写（不推荐：难以定位错在哪一格）"
    )
    template.add_argument(
        "--prefill", action="store_true", help="把已经知道的数（如台账的统计数）先填上，标明待确认；不写就只列在旁边"
    )
    draft = command("draft", "按已通过的数起草本地区的年度报告（Word 文档）")
    add_form(draft)
    add_period(draft)
    draft.add_argument("--as-of", type=a_date, default=None, metavar="日期", help="按哪一天的情况（默认今天）")
    draft.add_argument("--out", type=Path, default=Path(), metavar="文件夹", help="写到哪里（默认此处）")
    mail = commands.add_parser("mail", help="收发邮件：mail fetch 收，mail send 发", description="收发邮件。")
    ways = mail.add_subparsers(required=True, metavar="收发", parser_class=ChineseParser)
    command("mail fetch", "把邮箱里的新邮件收进收件夹，每封一次；邮箱里的不删", ways)
    send = command("mail send", "列出一次运行的退改、催报等信，问过再发，每封一次", ways)
    send.add_argument("run", nargs="?", metavar="运行", help="结果文件夹的名字（默认为最新的一次）")

    def codes(option: str, help: str) -> None:
        send.add_argument(option, type=some_codes, action="extend", default=[], metavar="代码", help=help)

    codes("--only", "只发给这些单位，用逗号隔开")
    send.add_argument("--dry-run", action="store_true", help="只列出，不发")
    send.add_argument("--yes", action="store_true", help="不询问（无人值守时须写）")
    send.add_argument("--anyway", action="store_true", help="收件夹里还有没读过的文件也发")
    codes("--sent", "上次断在半路、查明已经发出的，记为已发")
    codes("--resend", "上次断在半路、查明没有发出的，再发")
    init = command("init", "新建一个空的办公文件夹", config=False)
    init.add_argument("folder", type=Path, metavar="文件夹")
    add_form_commands(command("form", "检查表式，或由空白表起草", config=False))
    explain = command("explain", "说明一条审核规则：含义、来源、例子")
    explain.add_argument("rule", nargs="?", default="", metavar="规则", help="规则的编号或名称（不写就按主题列出全部）")
    show = command("show", "一个单位的各版报表、状态、问题、处理意见和往来邮件；不写出")
    show.add_argument("agency", metavar="单位", help="单位的代码或名称")
    add_form(show)
    add_period(show)
    compare = command("compare", "两次运行之间变了什么：状态、问题、数；不写出")
    compare.add_argument("before", metavar="前一次", help="结果文件夹的名字，如 2024-02-05-1")
    compare.add_argument("after", metavar="后一次")
    return parser
