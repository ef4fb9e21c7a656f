"""argparse, speaking Chinese: what is wrong with a command line, and help in columns of the screen."""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import Any, NoReturn

from workbook_tool.model.regex import regex
from workbook_tool.terminal import USAGE

COMPLAINTS = {
    r"the following arguments are required: (.*)": r"缺少 \1",
    r"one of the arguments (.*) is required": r"须写明 \1 中的一个",
    r"expected (one|at least one) argument": "后面要写明内容",
    r"not allowed with argument (.*)": r"不能与 \1 同时用",
    r"argument (\S+): ": r"\1 ",
}
"""What argparse says, and how we say it."""
HEADINGS = {
    "usage:": "用法：",
    "positional arguments:": "参数：",
    "options:": "选项：",
    "show this help message and exit": "显示本说明",
}
"""What it says over the parts of the help, and how we say it."""


SPOKEN = {
    "run": "运行 审核 汇总",
    "status": "状态 看状态",
    "undo": "撤销 撤回",
    "sign": "定稿",
    "check": "检查 检查文件",
    "template": "空表 下发 下发空表",
    "draft": "起草",
    "mail": "邮件",
    "mail fetch": "收邮件 收信 收 fetch",
    "mail send": "发邮件 发信 发 催报 退改 send",
    "init": "新建",
    "form": "表式",
    "explain": "规则 解释",
    "show": "单位 查看",
    "compare": "比较 对比",
    "--help": "帮助",
}
"""What else people type for a command: what the menu and the handbook call it."""


CHOICE = regex(r"invalid choice: '?([^']*)'? \(choose from (.*)\)")


def perhaps(word: str, known: Iterable[str]) -> str:
    """The known word that may have been meant; empty where nothing is like it."""
    from workbook_tool.model.text import nearest

    near = nearest(word, known)
    return f"，是否指 {near}" if near else ""


def perhaps_command(word: str, known: Sequence[str]) -> str:
    """The same of commands, by whatever they are called."""
    from workbook_tool.model.text import nearest

    there = {"--help", *known}
    called = {said: name for name, words in SPOKEN.items() if there & {*name.split()} for said in words.split()}
    near = nearest(word, [*known, *called])
    return f"，是否指 {called.get(near, near)}" if near else ""


class Once(argparse.Action):
    """Keeps what an option names. Of two different ones argparse would let the last win, and nobody would learn of it."""

    def __call__(self, parser: argparse.ArgumentParser, space: Any, value: Any, option: str | None = None) -> None:
        """Keep it. Refuses another one."""
        before = getattr(space, self.dest, self.default)
        if option and before != self.default and before != value:
            parser.error(f"{option} 只能写一个，写了两个")
        setattr(space, self.dest, value)


WORD = regex(r"[（“]*(?:[!-~]+|.)[，。；：、）”]*")
"""What a line of help is not broken within."""
BESIDE = "\0"
"""Stands behind a character that takes two columns while argparse, which counts characters, lays out what people read."""


def counted(text: str) -> str:
    """A text as many characters long as it takes columns."""
    wide = (unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return "".join(letter + BESIDE if two else letter for letter, two in zip(text, wide, strict=True))


class ChineseHelp(argparse.HelpFormatter):
    """Help whose columns are straight: a Chinese character takes two."""

    def _metavar_formatter(self, action: argparse.Action, default: str) -> Callable[[int], tuple[str, ...]]:
        told = super()._metavar_formatter(action, default)
        return lambda size: tuple(map(counted, told(size)))

    def _split_lines(self, text: str, width: int) -> list[str]:
        lines = [""]
        for word in WORD.findall(text):
            if lines[-1] and len(counted(lines[-1] + word)) > width:
                lines.append(word.lstrip())
            else:
                lines[-1] += word
        return lines

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in self._split_lines(text, width))

    def format_help(self) -> str:
        """The help, with argparse's own headings in Chinese."""
        text = super().format_help().replace(BESIDE, "")
        for english, chinese in HEADINGS.items():
            text = text.replace(english, chinese, 1)
        return text


class ChineseParser(argparse.ArgumentParser):
    """argparse, speaking Chinese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A parser whose options take one thing, unless they say otherwise."""
        super().__init__(*args, **kwargs | {"formatter_class": ChineseHelp})
        self.register("action", None, Once)

    def error(self, message: str) -> NoReturn:
        """What argparse complains of, in Chinese, with where the usage stands."""
        if choice := CHOICE.search(message):
            known = re.findall(r"[\w-]+", choice[2])
            message = f"没有“{choice[1]}”{perhaps_command(choice[1], known)}。可用的有 {'、'.join(known)}"
        for english, chinese in COMPLAINTS.items():
            message = re.sub(english, chinese, message)
        self.exit(USAGE, f"参数有误：{message}\n用法见：{self.prog} --help\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Refuse a misspelt option first: what else seems to be missing may be what it was meant to be."""
        known = [option for action in self._actions for option in action.option_strings]
        for word in takewhile(lambda word: word != "--", args or ()):
            typed = word.partition("=")[0]
            if self._subparsers is None and typed.startswith("--") and not any(o.startswith(typed) for o in known):
                self.unknown([typed])
        return super().parse_known_args(args, namespace)

    def unknown(self, words: Sequence[str]) -> NoReturn:
        """Refuse what is left over, with the option that may have been meant."""
        options = [option for action in self._actions for option in action.option_strings]
        wrong = next((word for word in words if word.startswith("-")), words[0])
        what = f"没有 {wrong} 这个选项{perhaps(wrong, options)}" if wrong[0] == "-" else f"多了“{wrong}”，不知道是什么"
        self.error(what)
