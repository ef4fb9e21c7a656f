"""Whole offices for the tests: an inbox described in words (``inbox.md``), filled into issued workbooks."""

from __future__ import annotations

import os
import re
import shutil
from datetime import date, datetime
from pathlib import Path

import openpyxl

from tests.grids import ROOT, annual_report
from tests.tables import fill, put, read_tables, typed
from workbook_tool.files.render import render
from workbook_tool.files.roster import load_roster
from workbook_tool.model.submission import IDENTITY_SHEET
from workbook_tool.steps.blank import blank_book

CASES = Path(__file__).parent / "cases"
CONFIG = """
[region]
name = "示例县"

[report]
form = "zfxxgk-2021"
year = 2023
deadline = 2024-01-31

[roster]
file = "roster.csv"

[rules.limits]
"G-SAME" = { cells = 1000 }  # the stories share one draft
"""


def make_office(folder: Path, story: Path) -> Path:
    """An office whose inbox is the one of this story. Returns its config.toml."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    shutil.copytree(ROOT / "templates", folder / "templates")
    shutil.copy(CASES / "roster.csv", folder / "roster.csv")
    for number, (name, given) in enumerate(inbox(story / "inbox.md")):
        path = folder / "inbox" / name
        path.parent.mkdir(exist_ok=True)
        make_file(path, given, folder / "inbox")
        os.utime(path, (1_700_000_000 + number,) * 2)
    return folder / "config.toml"


def inbox(path: Path) -> list[tuple[str, dict[str, str]]]:
    """The files of a story: name and what is said of each."""
    sections = re.split(r"(?m)^## ", path.read_text(encoding="utf-8"))[1:]
    return [
        (
            head.strip(),
            {key.strip(): value.strip() for key, value in re.findall(r"^([^=\n]+)=(.*)$", body, re.MULTILINE)},
        )
        for head, _, body in (section.partition("\n") for section in sections)
    ]


def make_file(path: Path, given: dict[str, str], inbox: Path) -> None:
    if "内容" in given:
        path.write_text(given["内容"], encoding="utf-8")
    elif "同" in given:
        shutil.copy(inbox / given["同"], path)
    else:
        issue(path, given)
    if "截到" in given:
        path.write_bytes(path.read_bytes()[: int(given["截到"])])


def issue(path: Path, given: dict[str, str]) -> None:
    """An issued workbook, filled with the common good numbers and then changed as said."""
    form, agency = annual_report(), load_roster(CASES / "roster.csv").by_code(given["单位"])
    year, round_ = int(given.get("年度", 2023)), int(given.get("轮次", 1))
    render(blank_book(form, year, date(year + 1, 1, 1), agency, round=round_), path)
    if given.get("底稿") != "空白":
        fill(path, form, read_tables((CASES / "good.md").read_text(encoding="utf-8")))
    book = openpyxl.load_workbook(path)
    for key, text in given.items():
        change(book, key, text)
    book.save(path)


def change(book: openpyxl.Workbook, key: str, text: str) -> None:
    if key == "删表":
        del book[text]
    elif key == "去标识":
        del book[IDENTITY_SHEET]
    elif key == "隐藏行":
        sheet, _, row = text.partition("!")
        book[sheet].row_dimensions[int(row)].hidden = True
    elif key == "封面.date":
        put(book, "COVER_date", datetime.fromisoformat(text))
    elif key.startswith("封面."):
        put(book, key.replace("封面.", "COVER_"), typed(text))
    elif "." in key:
        put(book, key.replace(".", "_"), typed(text))
