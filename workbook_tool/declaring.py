"""What is done about a declaration alone, with no office around it: checked and drawn, or begun from a workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.intake.reading import read_bytes, read_sheets
from workbook_tool.files.workbook.render import render
from workbook_tool.model.errors import OfficeError, Unreadable, why
from workbook_tool.model.form.period import Period
from workbook_tool.model.office.settings import Limits
from workbook_tool.model.text import file_name
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.form.first_draft import draft_form
from workbook_tool.steps.tell.told_form import told_form


def check_declaration(path: Path, out: Path | None) -> str:
    """Say what a declaration comes to, and draw its blank workbook beside it. Raises OfficeError with all its mistakes."""
    form, today = load_form(path.parent, path.stem), date.today()
    blank = (out or path.parent) / file_name(f"空白_{form.title}", ".xlsx")
    try:
        render(blank_book(form, Period.of(form.period, today), today), blank)
    except OSError as error:
        raise OfficeError(f"{blank} 写不出去：{why(error)}。") from None
    return f"{told_form(form)}\n\n表式没有问题。空白表：{blank}\n"


def begin_declaration(path: Path, out: Path | None) -> str:
    """Write a first declaration from an empty workbook. Raises OfficeError where the workbook cannot be read, or where a
    declaration is there already, which somebody may have worked on."""
    limits = Limits()
    try:
        sheets = read_sheets(read_bytes(path, limits), limits)
    except (Unreadable, OSError) as error:
        raise OfficeError(f"{path} 打不开：{error}。") from None
    text = draft_form(path.stem, sheets)
    if not text:
        raise OfficeError(f"{path} 里没有找到表：要有一行列名，左边有行名（行数不定的可以没有）。")
    target = (out or path.parent) / file_name(path.stem, ".toml")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OfficeError(f"{target} 已经有了，没有改动它；请先移开，或用 --out 写到别处。") from None
    except OSError as error:
        raise OfficeError(f"{target} 写不出去：{why(error)}。") from None
    return f"{text}\n已写入 {target}。请改好 id 和文件名，逐行核对，再用 workbook-tool form check 检查。\n"


COMMANDS: dict[str, Callable[[Path, Path | None], str]] = {"check": check_declaration, "new": begin_declaration}
"""By the word of the command line."""
