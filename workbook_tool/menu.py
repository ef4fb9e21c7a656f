"""The menu: what an office does, for whoever starts the program without a command. Each choice names the command it runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from workbook_tool.model.errors import OfficeError, why
from workbook_tool.terminal import asked, picked, say

Do = Callable[[list[str]], int]
"""What carries out a command, given its words, and gives back the exit code."""
LEAVE = ("0", "q", "退出")


class MenuLine(Struct, frozen=True):
    """A line of the menu: its words, the command that it runs, and what is asked first: the question, and the words in
    front of the answer. ``opens``: afterwards the newest workbook may be opened; a choice without a command only does
    that."""

    label: str
    command: tuple[str, ...] = ()
    question: str = ""
    before: tuple[str, ...] = ()
    opens: bool = False


MENU = (
    MenuLine("收邮件", ("mail", "fetch")),
    MenuLine("运行：审核、汇总", ("run",), opens=True),
    MenuLine("打开最新的汇总工作簿", opens=True),
    MenuLine("看状态：等什么、要做什么", ("status",)),
    MenuLine("发邮件：退改、催报", ("mail", "send")),
    MenuLine("下发空表（已有的不动）", ("template", "--missing", "--out", "下发")),
    MenuLine("检查文件", ("check",), "把文件拖进这个窗口（或键入路径），回车："),
    MenuLine("定稿", ("sign",), "谁定的稿（可以不写），回车：", ("--by",)),
    MenuLine("撤销最新的一次运行或定稿", ("undo",)),
)


def menu(do: Do, newest: Callable[[], Sequence[Path]]) -> int:
    """Offer the menu until people leave it. ``newest`` are the workbooks of the newest run. Returns 0."""
    try:
        while (chosen := asked("\n".join(["", *lines(), "  0  退出", "请选（键入数字，回车）："]))) not in LEAVE:
            if chosen.isdecimal() and 1 <= int(chosen) <= len(MENU):
                carry_out(MENU[int(chosen) - 1], do, newest)
            elif chosen:
                say(f"没有“{chosen}”这一项。")
    except EOFError:  # the window was closed
        pass
    return 0


def lines() -> list[str]:
    """The choices, one line each."""
    return [
        f"  {number}  {choice.label}" + (f"　　[workbook-tool {' '.join(choice.command)}]" if choice.command else "")
        for number, choice in enumerate(MENU, 1)
    ]


def carry_out(line: MenuLine, do: Do, newest: Callable[[], Sequence[Path]]) -> None:
    """Do what was chosen."""
    words = list(line.command)
    if line.question:
        answer = asked(line.question)
        if answer:
            # Behind an equals sign, or a dot, what begins with a stroke is no option.
            options = [f"{name}={answer}" for name in line.before]
            words += options or [f"./{path}" if path.startswith("-") else path for path in paths_in(answer)]
        elif not line.before:
            return
    if words and do(words):
        return
    if line.opens:
        offer(newest, bool(words))


def offer(newest: Callable[[], Sequence[Path]], ask: bool) -> None:
    """Open the newest workbook, of several the one that is picked; after a run only if people want it."""
    try:
        books = newest()
        if not books:
            say("还没有汇总工作簿；请先运行一次。")
        elif not ask or asked("现在打开汇总工作簿吗？回车打开，键入 n 不打开：").lower() not in ("n", "no", "不"):
            number = picked("打开哪一份？", [book.name for book in books]) if len(books) > 1 else 0
            open_with_system(books[number or 0])
    except OfficeError as error:
        say(str(error))


def open_with_system(path: Path) -> None:
    """Open a file as a double click does. Raises OfficeError where the system cannot."""
    try:
        if sys.platform == "win32":
            os.startfile(path)
        else:
            opener = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.run([opener, path], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise OfficeError(f"打不开 {path}：{why(error)}。请自己找到它，双击打开。") from error
    except subprocess.CalledProcessError as error:
        raise OfficeError(f"系统不知道用什么打开 {path}。请自己找到它，双击打开。") from error


def paths_in(answer: str) -> list[str]:
    """The paths that were typed, or dragged into the window, which puts quotes or strokes around odd ones."""
    whole = answer.strip().strip("\"'")
    if Path(whole).exists() or sys.platform == "win32":
        return [whole]
    try:
        return shlex.split(answer)
    except ValueError:
        return [whole]
