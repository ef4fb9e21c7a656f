"""Whole offices for the tests: an inbox described in words (``inbox.md``), filled into issued workbooks."""

from __future__ import annotations

import io
import os
import re
import shutil
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import openpyxl

from tests.grids import ROOT, annual_report, year
from tests.tables import filled, named, put, read_tables, typed
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.workbook.render import rendered
from workbook_tool.model.intake.submission import IDENTITY_SHEET
from workbook_tool.model.workbook.book import Value
from workbook_tool.steps.form import blank_book

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
    told, done = dict(inbox(story / "inbox.md")), dict[str, bytes]()
    for number, name in enumerate(name for name in told if "!" not in name):
        path = folder / "inbox" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made(name, told, done))
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


def made(name: str, told: dict[str, dict[str, str]], done: dict[str, bytes]) -> bytes:
    """The bytes of a file. ``## a.zip!b.xlsx`` tells of a file in an archive or mail, ``## a.zip`` of these."""
    if name not in done:
        members = {n.removeprefix(f"{name}!"): made(n, told, done) for n in told if n.rpartition("!")[0] == name}
        done[name] = (
            made(told[name]["同"], told, done) if "同" in told[name] else packed_or_issued(name, told[name], members)
        )
    return done[name]


def packed_or_issued(name: str, given: dict[str, str], members: dict[str, bytes]) -> bytes:
    if name.endswith(".zip"):
        content = zipped(members, given.get("编码", "UTF-8"))
    elif name.endswith(".eml"):
        content = mailed(members, given)
    elif "内容" in given:
        content = given["内容"].encode()
    else:
        content = issued(given)
    return content[: int(given["截到"])] if "截到" in given else content


def zipped(members: dict[str, bytes], encoding: str = "UTF-8") -> bytes:
    """An archive; with names in GBK as the older Chinese programs pack it, which say nothing of the encoding."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            raw = name if encoding == "UTF-8" else name.encode(encoding).decode("cp437")
            archive.writestr(OldEntry(raw, (2024, 1, 15, 9, 0, 0)) if raw != name else raw, content)
    return packed.getvalue()


class OldEntry(zipfile.ZipInfo):
    """An entry that writes its name byte by byte and does not claim UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("cp437"), self.flag_bits


def mailed(members: dict[str, bytes], given: dict[str, str]) -> bytes:
    """A mail with these attachments."""
    message = EmailMessage()
    message["From"], message["To"] = given["发件人"], "办公室 <bgs@example.gov.cn>"
    message["Subject"] = given["主题"]
    if "日期" in given:
        message["Date"] = datetime.fromisoformat(given["日期"]).replace(tzinfo=timezone(timedelta(hours=8)))
    message.set_content("请查收。")
    for name, content in members.items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if members:
        message.set_boundary("=====part=====")
    return message.as_bytes()


def issue(path: Path, given: dict[str, str]) -> None:
    """An issued workbook, filled with the common good numbers and then changed as said."""
    path.write_bytes(issued(given))


def issued(given: dict[str, str]) -> bytes:
    """The bytes of such a workbook, made once: the same agencies file in many stories."""
    return filled_in(tuple(given.items()))


@cache
def filled_in(given: tuple[tuple[str, str], ...]) -> bytes:
    said, form = dict(given), annual_report()
    agency = load_roster(CASES / "roster.csv").by_code(said["单位"])
    period, round_ = year(int(said.get("年度", 2023))), int(said.get("轮次", 1))
    book, values = blank_book(form, period, period.next.first, agency, round=round_), dict[str, Value]()
    if said.get("底稿") != "空白":
        values |= named(form, read_tables((CASES / "good.md").read_text(encoding="utf-8")))
    plain = [(key, text) for key, text in given if "." in key and not REBUILDS.match(key) and text[:1] != "#"]
    content = rendered(filled(book, values | dict(typed_cell(*one) for one in plain)))
    return rebuilt(content, [one for one in given if one not in plain])


REBUILDS = re.compile("删表|去标识|插入行|隐藏行|改字 ")
"""What is done to an issued workbook besides typing into its named cells."""


def typed_cell(key: str, text: str) -> tuple[str, Value]:
    """The name of the cell that is meant, and what is typed into it."""
    if key.startswith("封面."):
        name = key.replace("封面.", "COVER_")
        return name, date.fromisoformat(text) if name == "COVER_date" else typed(text)
    return key.replace(".", "_"), typed(text)


def rebuilt(content: bytes, changes: Sequence[tuple[str, str]]) -> bytes:
    """The workbook with its sheets and rows changed as said, and error values in it."""
    if not any(REBUILDS.match(key) or "." in key for key, _ in changes):
        return content
    book, saved = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
    for key, text in changes:
        change(book, key, text)
    book.save(saved)
    return saved.getvalue()


def change(book: openpyxl.Workbook, key: str, text: str) -> None:
    if key == "删表":
        del book[text]
    elif key == "去标识":
        del book[IDENTITY_SHEET]
    elif key == "插入行":
        sheet, _, row = text.partition("!")
        insert(book, sheet, row=int(row))
    elif key.startswith("改字 "):
        sheet, cell = key.removeprefix("改字 ").split("!")
        book[sheet][cell].value = typed(text)
    elif key == "隐藏行":
        sheet, _, row = text.partition("!")
        book[sheet].row_dimensions[int(row)].hidden = True
    elif "." in key:
        put(book, key.replace(".", "_"), typed(text))


def insert(book: openpyxl.Workbook, sheet: str, row: int = 0, column: int = 0, count: int = 1) -> None:
    """Rows or columns, as a spreadsheet program inserts them: merged cells move along, which openpyxl leaves behind."""
    merged = list(book[sheet].merged_cells.ranges)
    for area in merged:
        book[sheet].unmerge_cells(area.coord)
    if row:
        book[sheet].insert_rows(row, count)
    else:
        book[sheet].insert_cols(column, count)
    for area in merged:
        down, right = count * (0 < row <= area.min_row), count * (0 < column <= area.min_col)
        low, wide = count * (0 < row <= area.max_row), count * (0 < column <= area.max_col)
        corners = (area.min_row + down, area.min_col + right, area.max_row + low, area.max_col + wide)
        book[sheet].merge_cells(None, *corners)
