"""The rows of a roster as they were typed: its columns, and what in it is no agency."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from workbook_tool.model.errors import OfficeError
from workbook_tool.model.regex import regex
from workbook_tool.model.text import nearest, pointed, shortened, squash, visible

DATE = regex(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class Field(Struct, frozen=True):
    """A column of the roster: its heading, its width and number format in the workbook, and what
    it is for."""

    heading: str
    width: float
    meaning: str
    format: str = "@"


FIELDS = (
    Field("代码", 12, "必填，不能重复。按文本填写，保留前面的 0：0071 与 71 是两个代码。"),
    Field("名称", 28, "必填，不能重复。单位全称，与填报表封面的填报单位一致。"),
    Field("别名", 32, "单位的其他叫法，用顿号“、”隔开；不能与别的单位的名称或别名相同。"),
    Field("类别", 14, "单位的种类，数据透视表按它分组。"),
    Field("上级", 14, "上级单位的名称或代码。"),
    Field("报告口径", 14, "与填报表封面“报告口径”的选项一致。"),
    Field("截止日期", 14, "这个单位自己的截止日期，如 2024-01-31；空白的按 config.toml 的 deadline。", "yyyy-mm-dd"),
    Field("规章制定权", 12, "是否有权制定规章：有、无；空白表示不清楚。"),
    Field("应报起", 10, "从哪一年的报告起应报，如 2021；空白表示一直应报。"),
    Field("应报止", 10, "到哪一年的报告为止应报；空白表示仍然应报。"),
    Field("邮箱", 26, "联系邮箱。"),
    Field("联系人", 12, "单位的填报人，写在催报名单里。"),
    Field("联系电话", 18, "填报人的电话，写在催报名单里。"),
    Field("表式", 16, "这个单位报哪些表：config.toml 里 form 的编号，用“、”隔开；空白表示都报。"),
    Field("原代码", 16, "改名、合并的单位上年用的代码；由几个单位合并的都写上，用“、”隔开，上年的数相加。"),
)
HEADINGS = [field.heading for field in FIELDS]
REQUIRED = HEADINGS[:2]
YES, NO = "有", "无"
UNDERSTOOD = {
    True: (YES, "是", "√", "✓", "✔", "☑", "y", "yes"),
    False: (NO, "否", "没有", "×", "✗", "✘", "☒", "n", "no"),
}
ALSO_CALLED = {"电话": "联系电话", "手机": "联系电话", "手机号": "联系电话", "联系方式": "联系电话", "经办人": "联系人"}
"""What other lists call a column, where it has not its own name too."""
OWN = ("序号", "备注", "说明", "传真", "地址", "邮编", "邮政编码", "职务", "科室", "座机")
"""Columns of an office's own that are like one of ours and are none of its misspellings."""
TOTAL = regex(r"(?:合|总|小|共)计")
REMARK = regex(r"(?:注|备注|说明|制表|填表|审核|联系人?|单位负责人)[:：]?")


class Row(Struct, frozen=True):
    """One row of a roster being read; every objection names the file, the row and the column."""

    file: str
    number: int
    values: dict[str, Any]

    def fail(self, heading: str, problem: str) -> OfficeError:
        """The error that names file, row and column of the roster, and shows the row with a mark below the cell."""
        shown, place = "", 0
        for other, value in self.values.items():
            place = len(shown) if other == heading else place
            shown += f"{as_text(value)} | "
        return OfficeError(
            f"{self.file} 第 {self.number} 行「{heading}」：{problem}\n{pointed(f'| {shown}', place + 2)}"
        )

    def text(self, heading: str) -> str:
        """A value as text; empty where there is none."""
        return as_text(self.values.get(heading))

    def need(self, heading: str) -> str:
        """A value that must be there. Raises OfficeError where it is blank."""
        text = self.text(heading)
        if not text:
            raise self.fail(heading, "不能空白")
        return text

    def date(self, heading: str) -> date | None:
        """A day, typed or stored; None where it is blank. Raises OfficeError where it is none."""
        value = self.values.get(heading)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date) or not as_text(value):
            return value or None
        match = DATE.fullmatch(as_text(value))
        try:
            return date(*map(int, match.groups())) if match else date.fromisoformat(as_text(value))
        except ValueError:
            raise self.fail(heading, f"“{as_text(value)}” 不是日期，请写成 2024-01-31 的样子") from None

    def yes_or_no(self, heading: str) -> bool | None:
        """有 or 无; None (unknown) where it is blank. Raises OfficeError for anything else."""
        text = self.text(heading)
        found = next((meaning for meaning, words in UNDERSTOOD.items() if text.lower() in words), None)
        if text and found is None:
            raise self.fail(heading, f"“{text}” 看不懂，请填“{YES}”或“{NO}”，不清楚的空白")
        return found

    def year(self, heading: str) -> int | None:
        """A year; None where it is blank. Raises OfficeError where it is none."""
        text = self.text(heading)
        if text and not re.fullmatch(r"20\d\d年?", text):
            raise self.fail(heading, f"“{text}” 不是年份，请写成 2023 的样子")
        return int(text[:4]) if text else None


def read_grid(path: Path) -> list[list[Any]]:
    """The cells of the file's first sheet."""
    if not path.is_file():
        raise OfficeError(f"找不到名录 {path}。请改正 config.toml 的 [roster] file；暂时没有名录的，删去这一行。")
    if path.suffix.lower() == ".csv":
        return read_csv(path)
    if path.suffix.lower() != ".xlsx":
        raise OfficeError(f"名录 {path.name} 的格式不能读取，请另存为 .xlsx 或 .csv。")
    from python_calamine import CalamineError, load_workbook

    try:
        with load_workbook(path) as book:
            return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise OfficeError(f"无法打开名录 {path}：{error}。请用 Excel 或 WPS 打开检查后重新保存。") from None


def read_csv(path: Path) -> list[list[Any]]:
    """The rows of a .csv in UTF-8, or else in GB 18030."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel and WPS on a Chinese Windows write as CSV.
        text = content.decode("gb18030", errors="replace")
    return list(csv.reader(io.StringIO(text, newline="")))


def rows_of(file: str, grid: list[list[Any]], notes: list[str]) -> Iterator[Row]:
    """The rows below the heading row, without blank ones, titles, totals and remarks; what was passed over is noted."""
    filled = [(n, values) for n, values in enumerate(grid, 1) if any(as_text(value) for value in values)]
    if not filled:
        raise OfficeError(f"名录 {file} 是空的：第 1 行应为列名 {'、'.join(HEADINGS)}。")
    top = next((n for n, (_, values) in enumerate(filled) if {*REQUIRED} <= {*map(as_heading, values)}), 0)
    notes += [f"第 {number} 行“{first_text(values)}”当作标题，没有当单位" for number, values in filled[:top]]
    headings = [as_heading(value) for value in filled[top][1]]
    headings = [ALSO_CALLED[h] if h in ALSO_CALLED and ALSO_CALLED[h] not in headings else h for h in headings]
    check_headings(file, headings, notes)
    for number, values in filled[top + 1 :]:
        row = Row(file, number, {h: v for h, v in zip(headings, values, strict=False) if h})
        if is_aside(row, values):
            notes.append(f"第 {number} 行“{first_text(values)}”当作合计或说明，没有当单位")
        else:
            yield row


def as_heading(value: Any) -> str:
    """A heading as text: 代 码 is spread out for looks."""
    text = as_text(value)
    return close if (close := re.sub(r"\s", "", text)) in HEADINGS else text


def first_text(values: list[Any]) -> str:
    """What a row begins with."""
    return shortened(next(text for value in values if (text := as_text(value))))


def is_aside(row: Row, values: list[Any]) -> bool:
    """Whether a row is a total, or a remark below the list: it names no agency."""
    code, name = (squash(row.text(heading)) for heading in REQUIRED)
    if TOTAL.match(code) or (TOTAL.match(name) and not code):
        return True
    alone = sum(bool(as_text(value)) for value in values) == 1
    return alone and not (code and name) and bool(REMARK.match(first_text(values)))


def check_headings(file: str, headings: list[str], notes: list[str]) -> None:
    """Refuse a heading that is a misspelling of one of the roster's, or is there twice. An office's own columns are noted."""
    named = [heading for heading in headings if heading]
    own = [heading for heading in named if heading not in HEADINGS]
    for heading in own:
        hint = meant_by(heading)
        if hint and hint not in named:
            raise OfficeError(f"名录 {file}：没有「{heading}」这一列，是否指「{hint}」；请改列名")
    if own:
        notes.append(f"自己加的列 {'、'.join(own)} 照留，程序不用")
    for heading in named:
        if named.count(heading) > 1:
            raise OfficeError(f"名录 {file}：「{heading}」一列出现了两次")
    for heading in REQUIRED:
        if heading not in named:
            raise OfficeError(f"名录 {file}：缺少「{heading}」一列")


def meant_by(heading: str) -> str | None:
    """The heading of the roster that another one is a misspelling of, or holds (``单位代码``)."""
    if heading in OWN:
        return None
    return next((known for known in REQUIRED if known in heading), None) or nearest(heading, HEADINGS)


def as_text(value: Any) -> str:
    """A cell as text: a whole number without decimals, so that the code 71 is not 71.0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return visible(str(value)).strip()
