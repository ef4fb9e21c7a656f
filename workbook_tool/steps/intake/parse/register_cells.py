"""One cell of a list to what its column holds, or to a word for why it holds nothing."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.items import Block, Item, Table
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.register import PATTERNED, RegisterColumn
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.look import Look
from workbook_tool.model.intake.records import Held
from workbook_tool.model.intake.submission import Content, ErrorValue, Uncomputed, plain_decimal
from workbook_tool.model.regex import regex
from workbook_tool.model.text import nearest, unspaced
from workbook_tool.steps.intake.parse.display import show
from workbook_tool.steps.intake.parse.patterns import PATTERNS
from workbook_tool.steps.intake.parse.seen import DISFIGURED, read_cell
from workbook_tool.steps.intake.parse.value import BLANK_MARKS, SIGNIFICANT_DIGITS, as_stored, weight

WRITTEN_DAY = regex(
    r"(?P<y>\d{4})(?:年|[-–—./·、。])(?P<m>\d{1,2})(?:月|[-–—./·、。])(?P<d>\d{1,2})[日号.。]?"
    r"(?: ?\(?(?:星期|周)[一二三四五六日天]\)?)?(?:(?:T| |(?<!\d))\d{1,2}:\d{2}(?::\d{2}(?:\.0*)?)?)?"
    r"|(?P<y8>(?:19|20)\d{2})(?P<m8>\d{2})(?P<d8>\d{2})"
)
"""A day in any of the ways in which only one can be meant."""
CHINESE_DAY = regex(
    r"([一二][〇零○一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
IN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
GAP = regex(r"(?<=\d)\s+(?=\d)")
"""What parts two numbers: of ``2024-1-1 2:30`` the 1 is the day, and no 12."""
EARLIEST, LATEST = 1949, 2100
YES = frozenset({"是", "有", "√", "✓", "✔", "y", "yes", "true"})
NO = frozenset({"否", "无", "×", "✗", "✘", "x", "n", "no", "false"})
DASHES = BLANK_MARKS - {"无", "N/A", "NA", "n/a"}
"""Marks that are blanks in a column of texts too."""
DITTO = regex(r"[(（]?(?:同上[行列]?|同前|上同|[接承]?上?[行页]?续|[〃″＂]|\"|'')[)）]?")
"""What says in a cell that it is as the one above."""
LONGEST_DITTO = 6
SCIENTIFIC = regex(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)


ON_EXPORT = {
    regex(r"\d(?:\.\d+)?[Ee]\+\d{2,3}"): "是科学计数法，原来的号码可能已经丢失",
    regex(r"[1-9]\d{14}0{2,}"): "第 16 位起全是 0，可能是导出前存成了数、末几位已经丢失",
    regex(r"[\u4e00-\u9fff·]{0,3}\?+[\u4e00-\u9fff·]{0,3}"): "有“?”，可能是导出时丢了生僻字",
}
"""What a text looks like that lost something when it was written, and how that is said."""


class Told(Struct, frozen=True):
    """What a cell of a list says: ``held``, and what is to be said of it by a rule of the kind ``problem`` (empty:
    nothing), in full (``why``) and of many cells at once (``brief``). ``seen`` is what the cell shows where that is not
    what it holds, ``usually`` the weight where it is not the rule's."""

    held: Held = None
    problem: str = ""
    why: str = ""
    brief: str = ""
    seen: str = ""
    usually: Severity | None = None


BLANK = Told()


def read_row_cell(content: Content | None, look: Look | None, column: RegisterColumn, unit: str = "") -> Told:
    """What a cell says for a column of a list. Nothing is ever guessed: what could be two things is none."""
    if content is None or (isinstance(content, str) and unspaced(content) in DASHES):
        return BLANK
    if isinstance(content, ErrorValue):
        return Told(None, "row_type", f"是错误值 {content.text}", "是错误值")
    if isinstance(content, str) and len(content) <= LONGEST_DITTO and DITTO.fullmatch(content.strip()):
        held, weight_of = (content.strip(), Severity.EXPLAIN) if column.kind == "text" else (None, None)
        return Told(held, "row_type", "请照上面一行写全，没有代为填写", "写的是“同上”或“续”，请写全", usually=weight_of)
    if column.kind == "number":
        return read_amount(content, look, column, unit)
    if isinstance(content, Uncomputed):
        return Told(None, "formula", "公式没有保存结果")
    if look and isinstance(content, str) and any(run.marks for run in look.runs):
        left = "".join(run.text for run in look.runs if not run.marks)
        struck = "、".join(f"“{run.text.strip()}”{'、'.join(run.marks)}" for run in look.runs if run.marks)
        return Told(None, "struck", f"其中{struck}，余下“{left.strip()}”")
    if look and any(mark in DISFIGURED for mark in look.marks):
        return Told(None, "struck", f"整格{'、'.join(look.marks)}")
    if column.kind == "date":
        return read_day(content)
    if column.kind == "yesno":
        return read_yes_or_no(content)
    if column.kind == "code" or column.kind in PATTERNED:
        return matched(read_code(content, look), column)
    text = as_shown(content, look)
    return chosen(text, column) if column.kind == "choice" else matched(Told(text), column)


def read_amount(content: Content, look: Look | None, column: RegisterColumn, unit: str) -> Told:
    """A number, as numbers of any table are read; one below 0 where the column allows it."""
    value = read_cell(content, look, item_of(column.line, column.unit, column.decimals, column.negative), unit)
    kind = {"text": "row_text", "type": "row_type", "approx": "row_type"}.get(value.problem, value.problem)
    if value.problem == "blank":
        return BLANK
    why = value.why or {"approx": "是约数", "formula": "公式没有保存结果", "text": "是文字"}.get(value.problem, "")
    brief = {"type": "不是可用的数", "approx": "是约数", "text": "数写成了文字", "shown": "显示的不是所存的数"}.get(
        value.problem, why
    )
    if value.number is None:
        return Told(None, kind, why, brief, value.seen, weight(value))
    number = int(value.number.scaleb(column.decimals))
    for limit, words, off in ((column.least, "小于", -1), (column.most, "大于", 1)):
        if limit is not None and (number - limit) * off > 0:
            bound = plain_decimal(limit, column.decimals)
            return Told(None, "row_type", f"{words} {bound:f}，不可能", f"{words} {bound:f}")
    if kind in ("row_text", "shown"):
        why = f"{why}，读作 {plain_decimal(number, column.decimals):f}"
    return Told(number, kind, why, brief, value.seen, weight(value))


@lru_cache(maxsize=256)
def item_of(line: Line, unit: str, decimals: int, negative: bool) -> Item:
    """A column as a place for one number, as the reader of numbers wants it."""
    own = replace(line, negative=negative)
    block = Block((own,), (own,), decimals=decimals, unit=unit)
    return Item(-1, Table("", "", "", (block,)), block, own, own)


def read_day(content: Content) -> Told:
    """A day, stored as one or written so that only one can be meant."""
    if isinstance(content, datetime):
        content = content.date()
    if isinstance(content, date):
        return Told(content.toordinal()) if EARLIEST <= content.year <= LATEST else impossible(content.isoformat())
    if isinstance(content, (bool, time, timedelta)):
        return Told(None, "row_type", "不是日期", "不是日期")
    bare = unspaced(as_words(content))
    if bare in BLANK_MARKS:
        return BLANK
    written = " ".join(map(unspaced, GAP.split(as_words(content))))
    if chinese := CHINESE_DAY.fullmatch(written):
        written = "-".join(map(in_digits, chinese.groups()))
    if not (match := WRITTEN_DAY.fullmatch(written)):
        number = "（如是日期，请把单元格格式改为日期）" if isinstance(content, (int, float)) else ""
        return Told(None, "row_type", f"不是日期{number}", "不是日期")
    parts = (match["y"] or match["y8"], match["m"] or match["m8"], match["d"] or match["d8"])
    try:
        day = date(*map(int, parts))
    except ValueError:
        return Told(None, "row_type", "没有这一天", "没有这一天")
    if not EARLIEST <= day.year <= LATEST:
        return impossible(day.isoformat())
    return Told(day.toordinal(), "row_text", f"不是日期格式，读作 {day}", "日期写成了文字或数")


def in_digits(number: str) -> str:
    """A number up to 99 in Chinese, or a year digit by digit, in ours: 二十一 is 21."""
    if "十" in number:
        tens, _, ones = number.partition("十")
        number = f"{tens or '一'}{ones or '〇'}"
    return number.translate(IN_DIGITS)


def impossible(day: str) -> Told:
    """What to say of a day that no form is about."""
    return Told(None, "row_type", f"年份不可能：{day}", "年份不可能")


def read_yes_or_no(content: Content) -> Told:
    """Yes or no; a 1 or a 0 could be a count."""
    if isinstance(content, bool):
        return Told(content)
    bare = unspaced(as_words(content)).casefold()
    if bare in YES | NO:
        return Told(bare in YES)
    return Told(None, "row_type", "只能填“是”或“否”", "不是“是”或“否”")


def read_code(content: Content, look: Look | None) -> Told:
    """A code as the text that it is. A number has lost its leading zeros unless its format shows them, and of more than
    15 digits the rest."""
    if isinstance(content, bool) or not isinstance(content, (int, float)):
        text = unspaced(as_words(content))
        if SCIENTIFIC.fullmatch(text):
            return Told(None, "row_type", "是科学计数法，原来的号码已经丢失", "是科学计数法")
        return Told(text)
    number = as_stored(content)
    if number.is_nan() or len(number.as_tuple().digits) + max(0, int(number.as_tuple().exponent)) > SIGNIFICANT_DIGITS:
        return Told(
            None, "row_type", "存成了数，15 位以后的数字已经丢失；请设为文本格式重填", "存成了数，末几位已经丢失"
        )
    shown = show(look.format, number) if look else None
    plain = f"{number.normalize():f}"
    text = unspaced(shown.text) if shown and shown.text.replace(".", "", 1).isdigit() and shown.exact else plain
    return Told(text, "row_text", f"存成了数，读作 {text}；前面若有 0，已经丢失", "存成了数，前面若有 0 已经丢失")


def as_written(told: Told, column: RegisterColumn) -> Told:
    """What is said of a cell of a file that holds nothing but texts, which a day or a code is none less for. A spreadsheet
    program that wrote them may have lost digits, and letters that its encoding does not know."""
    if told.problem == "row_text" and column.kind != "number":
        return Told(told.held)
    if told.problem or not isinstance(told.held, str):
        return told
    text = unspaced(told.held)
    for pattern, why in ON_EXPORT.items():
        if pattern.fullmatch(text):
            return Told(told.held, "row_type", why, why, usually=Severity.EXPLAIN)
    return told


def matched(told: Told, column: RegisterColumn) -> Told:
    """The same where a text looks as its column demands, else what is wrong with it."""
    if not isinstance(told.held, str):
        return told
    problem = ""
    if column.kind in PATTERNED:
        label, check = PATTERNS[column.kind]
        problem = check(told.held) and f"不是{label}：{check(told.held)}"
    if not problem and column.pattern and not re.fullmatch(column.pattern, told.held):
        problem = "不是规定的写法"
    return Told(None, "row_type", problem, problem.partition("：")[0]) if problem else told


def chosen(text: str, column: RegisterColumn) -> Told:
    """The choice that a text names."""
    if not column.choices.lines:  # those of an agency are known when it is
        return Told(text)
    if label := column.choices.meant(text):
        return Told(label)
    labels = [line.label for line in column.choices.lines]
    hint = nearest(text, labels)
    offered = f"，是否指“{hint}”" if hint else f"，可选：{'、'.join(labels)}" if len(labels) <= 8 else ""
    return Told(None, "row_type", f"不在选项中{offered}", "不在选项中")


def as_words(content: Content | None) -> str:
    """A cell as the text that people see: a whole number without decimals, a day without a time of 0:00."""
    if content is None:
        return ""
    if isinstance(content, Uncomputed | ErrorValue):
        return content.text
    if isinstance(content, bool):
        return str(content).upper()
    if isinstance(content, (int, float)):
        return f"{as_stored(content).normalize():f}"
    if isinstance(content, datetime) and content.time() == time():
        return content.date().isoformat()
    return unicodedata.normalize("NFC", str(content)).strip()


def as_shown(content: Content, look: Look | None) -> str:
    """The same where a number format adds to it: 0.50 is more than 0.5, and 3号楼 more than 3."""
    number = isinstance(content, (int, float)) and not isinstance(content, bool)
    shown = show(look.format, as_stored(content)) if number and look else None
    return shown.seen if shown and shown.exact and shown.seen else as_words(content)


def is_whole(content: Content | None) -> bool:
    """Whether a cell holds a whole number, typed as one or as a text."""
    return isinstance(content, (int, float, str)) and bool(re.fullmatch(r"\(?\d{1,5}\)?", unspaced(as_words(content))))


def amount_in(content: Content | None) -> Decimal | None:
    """The number in a cell, with words around it or without (``17件``); None where there is none or several."""
    if isinstance(content, (int, float)) and not isinstance(content, bool):
        return as_stored(content)
    found = re.findall(r"-?\d[\d,]*(?:\.\d+)?", unspaced(content)) if isinstance(content, str) else []
    return Decimal(found[0].replace(",", "")) if len(found) == 1 else None
