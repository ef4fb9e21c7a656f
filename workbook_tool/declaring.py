"""What is done about a declaration alone, with no office around it: checked and drawn, begun from a workbook, or written anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from workbook_tool.files.form.declaration import form_of, load_form
from workbook_tool.files.form.declared import declaration_in
from workbook_tool.files.form.offered import prepared_in
from workbook_tool.files.form.questions import STANDING
from workbook_tool.files.form.rules import USUAL
from workbook_tool.files.intake.reading import read_bytes, read_sheets
from workbook_tool.files.office.toml import load_own, parsed, read_text
from workbook_tool.files.workbook.render import render
from workbook_tool.model.errors import OfficeError, Unreadable, why
from workbook_tool.model.form.period import Period
from workbook_tool.model.office.settings import Limits
from workbook_tool.model.text import file_name
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.form.first_draft import draft_form, tables_in
from workbook_tool.steps.form.left_out import left_out
from workbook_tool.steps.form.rewrite import rewrite
from workbook_tool.steps.tell.told_form import meaning_changes, told_form, word_changes


def check_declaration(path: Path, out: Path | None) -> str:
    """Say what a declaration comes to, and draw its blank workbook beside it. Raises OfficeError with all its mistakes."""
    form, today = load_form(path.parent, declared(path).stem), date.today()
    blank = (out or path.parent) / file_name(f"空白_{form.title}", ".xlsx")
    try:
        render(blank_book(form, Period.of(form.period, today), today), blank)
    except OSError as error:
        raise OfficeError(f"{blank} 写不出去：{why(error)}。") from None
    return f"{told_form(form)}\n\n表式没有问题。空白表：{blank}\n"


def declared(path: Path) -> Path:
    """The path of a declaration. Raises OfficeError where there is none."""
    if path.suffix != ".toml" or not path.is_file():
        raise OfficeError(f"{path} 不是表式：请写表式文件的路径，如 templates/cz-yb.toml。")
    return path


def begin_declaration(path: Path, out: Path | None) -> str:
    """Write a first declaration from an empty workbook. Raises OfficeError where the workbook cannot be read, or where a
    declaration is there already, which somebody may have worked on."""
    limits = Limits()
    try:
        content = read_bytes(path, limits)
        sheets = read_sheets(content, limits)
    except (Unreadable, OSError) as error:
        raise OfficeError(f"{path} 打不开：{error}。") from None
    prepared = prepared_in(content)
    text = draft_form(path.stem, sheets, prepared)
    if not text:
        raise OfficeError(f"{path} 里没有找到表：要有一行列名，左边有行名（行数不定的可以没有）。")
    target = (out or path.parent) / file_name(path.stem, ".toml")
    write_new(target, text)
    beside = left_out(sheets, tables_in(sheets, prepared), prepared)
    more = (
        "\n  ".join(["没有写进草稿的，请看要不要补（填表说明写 guide，表末的话写 note）：", *beside, ""])
        if beside
        else ""
    )
    return f"{text}\n{more.rstrip(' ')}已写入 {target}。请改好 id 和文件名，逐行核对，再用 workbook-tool form check 检查。\n"


def update_declaration(path: Path, out: Path | None) -> str:
    """Write an early declaration anew, in the words of today, and say what is different. Raises OfficeError where it is
    wrong, or where it would come to mean something else."""
    before, document = load_form(path.parent, declared(path).stem), parsed(read_text(path), path)
    usual = [[keys.values for keys in load_own(known).tables("rule")] for known in (STANDING, USUAL)]
    standing, kinds = ({rule[key]: rule for rule in rules} for rules, key in zip(usual, ("id", "kind"), strict=True))
    for sums in (True, False):
        text = rewrite(document, standing, kinds, sums)
        after = form_of(declaration_in(text, path), path.parent, path.stem)
        if not (changes := meaning_changes(before, after)):
            break
    else:
        raise OfficeError(f"{path} 改写后{'、'.join(changes)}会有不同，没有写出；请照《手册》自己改。")
    target = (out or path.parent) / file_name(path.stem, ".新.toml")
    write_new(target, text)
    lines = [
        f"已写入 {target}：原 {line_count(path)} 行，现 {len(text.splitlines())} 行。表、行、列、编号、规则、汇总都没有变。"
    ]
    lines += ["原来的注释没有带过来。核对后用它换下原来的文件。", *word_changes(before, after)]
    return "\n".join(lines) + "\n"


def line_count(path: Path) -> int:
    """How many lines a file has."""
    return len(read_text(path).splitlines())


def write_new(target: Path, text: str) -> None:
    """Write a file that is not there yet. Raises OfficeError where it is, since somebody may have worked on it."""
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OfficeError(f"{target} 已经有了，没有改动它；请先移开，或用 --out 写到别处。") from None
    except OSError as error:
        raise OfficeError(f"{target} 写不出去：{why(error)}。") from None


COMMANDS: dict[str, Callable[[Path, Path | None], str]] = {
    "check": check_declaration,
    "new": begin_declaration,
    "update": update_declaration,
}
"""By the word of the command line."""
