"""Where a slip stands in a file that people type, shown with its line and a mark below it, and what it mostly is."""

from __future__ import annotations

import re

import tomli
from msgspec import Struct

from workbook_tool.model.regex import regex
from workbook_tool.model.text import pointed

HEADER = regex(r"^\s*\[\[?\s*([^\[\]]+?)\s*\]\]?")
DATE = regex(r"=\s*\d{4}(?:年\d{1,2}|[/.]\d{1,2}[/.]\d|-\d-|-\d\d-\d(?!\d))")
BARE = regex(r"=\s*([^\s\"'\[{0-9tf+#-])")
NUMBER = regex(r"=\s*([0-9０-９]+\s*[年月日０-９])")
SEVERAL = ("report", "table", "rule", "tally")
"""Sections that may stand several times, each in two pairs of brackets."""
WIDE = {"＝": "=", "：": "=", "，": ",", "。": "", "＃": "#", "［": "[", "］": "]", "【": "[", "】": "]", "、": ","}
USUAL = '文字要用英文半角引号括起来（"示例县"），日期写作 2024-01-31，不加引号，# 后面是注释。'


class TypedText(Struct, frozen=True):
    """The text of a TOML file, in which keys are found again."""

    text: str

    def line_of(self, section: str, number: int, key: str) -> tuple[int, str] | None:
        """The line, from 1, and its text, where a key stands in a section; of a section that stands there several times
        (``[[report]]``) in the one of this ``number``. None where it is not found: it may stand within a line."""
        here, seen, wanted = "", 0, re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=|\s*\[+\s*{re.escape(key)}\s*\]")
        for place, line in enumerate(self.text.splitlines(), 1):
            if not section and wanted.match(line):
                return place, line
            if header := HEADER.match(line):
                here = header[1]
                seen += here == section
            elif here == section and seen == number and wanted.match(line):
                return place, line
        return None


def slip(text: str, error: tomli.TOMLDecodeError) -> str:
    """Where the text is no TOML, and what was mostly meant."""
    place, column, lines = error.lineno, error.colno, text.splitlines()
    if "(at end of document)" in str(error) or place > len(lines):
        return f"末尾不完整，多半是引号或方括号没有成对。{USUAL}"
    line = lines[place - 1]
    column, cause = cause_of(line, column - 1, error.msg, text)
    return f"第 {place} 行写法不对：{cause}\n{pointed(line, column)}"


def cause_of(line: str, column: int, said: str, text: str) -> tuple[int, str]:
    """Where in a line the slip is, from 0, and what it is."""
    bare = line.partition("#")[0]
    if quote := re.search("[“”‘’]", bare):
        return quote.start(), f'用了中文引号 {quote[0]}，请改成英文半角引号 "。'
    if bare.lstrip().startswith("[") and said.startswith(("Cannot declare", "Cannot overwrite")):
        return 0, twice(re.sub(r"[\s\[\]]", "", bare), text)
    if bare.lstrip().startswith("[") and bare.count("[") != bare.count("]") and not {"=", *WIDE} & set(bare):
        return len(bare.rstrip()), f"方括号没有成对，应写作 {paired(bare)}。"
    if said.startswith("Cannot overwrite"):
        return 0, "这一项在前面已经写过，请只留一个。"
    if date := DATE.search(bare):
        return date.start() + 1, "日期要写作 2024-01-31（月、日各两位），不加引号。"
    if "\\" in bare:
        return bare.index(
            "\\"
        ), r"路径里的 \ 在这里有别的意思，请改成 /，如 D:/年报；或用英文单引号括起来，如 'D:\年报'。"
    if wide := next(
        (mark for mark in WIDE if mark in re.sub(r"\"[^\"]*\"|'[^']*'", lambda m: " " * len(m[0]), bare)), ""
    ):
        return bare.index(
            wide
        ), f"用了中文标点 {wide}，请改成英文半角{f'的 {WIDE[wide]}' if WIDE[wide] else '，或去掉'}。"
    if said.startswith(("Illegal character", "Unterminated", "Expected")) and bare.count('"') % 2:
        return bare.rindex('"'), '引号没有成对，请在文字的末尾补上 "。'
    if number := NUMBER.search(bare):
        return number.start(1), "数只写半角数字，不带单位，如 year = 2024。"
    if unquoted := BARE.search(bare):
        return unquoted.start(1), '文字要用英文半角引号括起来，如 "示例县"。'
    if re.search(r"=\s*$", bare):
        return max(column, 0), "= 后面没有写。不用的，把这一行删去，或在前面加 #。"
    return max(column, 0), USUAL


def paired(header: str) -> str:
    """The name of a section in as many brackets as the wider side has."""
    name = header.strip().strip("[]").strip()
    count = max(header.count("["), header.count("]"))
    return f"{'[' * count}{name}{']' * count}"


def twice(name: str, text: str) -> str:
    """What to do with a section that stands there twice."""
    bares = [
        re.sub(r"[\s\[\]]", "", line.partition("#")[0]) if HEADER.match(line) else "" for line in text.splitlines()
    ]
    first = bares.index(name) + 1
    if name in SEVERAL:
        return f"第 {first} 行已经有一节：有几种的，每一种都写两层方括号 [[{name}]]，第 {first} 行的也要。"
    return f"[{name}] 这一节在第 {first} 行已经有了，请合并成一节。"
