"""One cell to one exact number, or to a word for why it is none."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Content, ErrorValue, Uncomputed
from workbook_tool.model.regex import regex
from workbook_tool.model.text import unspaced
from workbook_tool.steps.intake.parse.unit_words import ALONE, PERIOD, SCALES, counted_in, in_whole, scaled, unit_in

BLANK_MARKS = frozenset({"", "/", "\\", "-", "--", "—", "——", "–", "无", "N/A", "NA", "n/a"})
NOTHING = frozenset(mark.lower() for mark in BLANK_MARKS) | {
    *(
        "没有",
        "没有发生",
        "未发生",
        "未开展",
        "未收到",
        "不涉及",
        "不适用",
        "无此项",
        "无此类",
        "无数据",
        "暂无",
        "空",
        "空白",
    ),
    *("null", "none", "nil", "_", "...", "......", "―", "─", "━", "ー", "‐", "−"),
}
"""Words and strokes that somebody wrote for nothing in the place of a number, in lower case."""
ZERO = frozenset("零〇")
ANSWERS = (NOTHING | ZERO) - {""}
APPROXIMATE = regex(r"余|约|近|以上|左右|多|[~～]")
NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
PLAIN = regex(rf"(?:['’‘`]|\+)?({NUMBER})[.。]?")
"""A number alone; an apostrophe that was to make it a text, a plus and a full stop behind it can mean nothing."""
MONEY = {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10_000), "亿元": Decimal(10**8)}
"""Units of money, in 元."""
CURRENCY = "¥|人民币|RMB|CNY"
TIME = "年月日号时分秒周季期届"
"""Behind a number these say when, not how many."""
FIGURE = regex(
    rf"['’‘`]?[约近]?(?:{CURRENCY})?[-+]?\d[\d,.]*[余多]?(?:(?![{TIME}])[\u4e00-\u9fff]{{1,4}}?|%)?(?:以上|左右|\(.*\)|。)?"
    r"|#.*[!?/A].*"
)
"""A text that seems to be meant as a number."""
SPACED = regex(r"(?<![\d,.])[\d,.]++(?:\s++[\d,.]*\d)+")
GAP = regex(r"\d(\s++)(?=\d)")
GROUPED = regex(r"[1-9]\d{0,2}(?:\s\d{3})+(?:\.\d+)?")
"""Digits with spaces between them, and those whose spaces only set groups of three apart: the others are several numbers."""
LARGEST = Decimal(10**15)
"""In smallest units: a spreadsheet keeps no more digits."""
SIGNIFICANT_DIGITS = 15
RESIDUE = 1e-9
"""What is left of a difference that should be 0; no number of a form is so small, and spreadsheets show it as 0."""


class Value(Struct, frozen=True):
    """``problem`` is a rule kind (``blank``, ``type``, ``approx``, ``text``, ``formula``, ``shown``, ``struck``) or empty;
    ``why`` says more. ``weighty`` marks a text with a meaning beside the number, which must be explained. ``seen`` is
    what the cell shows where that is not simply what is stored.
    """

    number: Decimal | None = None
    problem: str = ""
    why: str = ""
    weighty: bool = False
    seen: str = ""


def read_value(content: Content | None, item: Item, unit: str = "") -> Value:
    """What a cell says for this item. Booleans, dates, errors, negatives and fractions in counts are no numbers.

    ``unit`` is the unit that the table states, where it does; what is said of it is said for all its numbers together.
    """
    if content is None:
        return Value(problem="blank")
    if isinstance(content, ErrorValue):
        return Value(problem="type", why=f"是错误值 {content.text}")
    if isinstance(content, Uncomputed):
        return Value(problem="formula")
    if isinstance(content, bool):
        return Value(problem="type", why="是逻辑值 TRUE/FALSE，不是数")
    if isinstance(content, (datetime, date, time, timedelta)):
        return Value(problem="type", why="被存成了日期或时间")
    if isinstance(content, (int, float)):
        return read_number(content, takes(item), unit)
    return read_text(str(content), item, unit)


class Taken(Struct, frozen=True):
    """What the place of a number takes: so many decimals of a ``unit``, below 0 too where it is ``negative``. What is
    ``computed`` may have more decimals, and is rounded as it is shown."""

    decimals: int
    unit: str
    negative: bool = False
    computed: bool = False


def takes(item: Item) -> Taken:
    """What the place of this item takes."""
    return taken(item.decimals, item.unit, item.negative, item.adds == "ratio")


taken = lru_cache(1 << 10)(Taken)  # a form has a handful, and hundreds of places


@lru_cache(maxsize=1 << 14)  # most numbers of most filings are the same few
def read_number(stored: int | float, taken: Taken, unit: str) -> Value:
    """A number stored as one: to the digits that a spreadsheet shows, in the unit of its place."""
    number = as_stored(stored)
    read = in_unit(number, taken, unit) if unit and unit != taken.unit else usable(number, taken)
    return read if read.number is None else Value(read.number)


@lru_cache(maxsize=1 << 14, typed=True)
def as_stored(number: int | float) -> Decimal:
    """The number as a spreadsheet shows it: 15 significant digits, so that 0.1 + 0.2 is 0.3."""
    if isinstance(number, float) and not math.isfinite(number):
        return Decimal("NaN")
    if abs(number) < RESIDUE:
        return Decimal(0)
    return Decimal(f"{number:.{SIGNIFICANT_DIGITS}g}") if isinstance(number, float) else Decimal(number)


@lru_cache
def writings(words: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How a number is written with one of these units or an amount of money beside it, and with a remark in brackets."""
    scale = "".join(SCALES)
    units = "|".join(map(re.escape, sorted({*words, *MONEY} - {""}, key=lambda word: (-len(word), word))))
    measure = rf"(?:[{scale}]*(?:{units})|[{scale}]+)(?:{PERIOD})?|%"
    with_unit = re.compile(rf"({CURRENCY})?({NUMBER})(?:({measure})|\(({measure})\))?")
    return with_unit, re.compile(rf"({NUMBER})({measure})?(\(.*\))(?:{measure})?")


def usable(number: Decimal, taken: Taken) -> Value:
    """The number where it may stand in such a place, else why not."""
    if number.is_nan():
        return Value(problem="type", why="不是数")
    if number < 0 and not taken.negative:
        return Value(problem="type", why="是负数")
    if abs(number).scaleb(taken.decimals) >= LARGEST:
        return Value(problem="type", why="太大，不可能是统计数")
    if taken.computed:
        number = number.quantize(Decimal(1).scaleb(-taken.decimals), ROUND_HALF_UP)
    if number != round(number, taken.decimals):
        limit = "应为整数" if not taken.decimals else f"最多 {taken.decimals} 位小数"
        return Value(problem="type", why=f"小数位过多（{limit}）")
    return Value(number)


def weight(value: Value) -> Severity | None:
    """A remark beside a number must be explained; a formula that could be computed is only noted, and what is shown but
    cannot be read must be changed. None where a case weighs what its rule does."""
    if value.weighty:
        return Severity.EXPLAIN
    if value.problem == "shown":
        return Severity.MUST
    return Severity.NOTE if value.problem == "formula" and value.number is not None else None


def stored_otherwise(content: Content | None, number: Decimal) -> str:
    """What a cell holds, where that is another number than the one that counts; empty where it is the same or none."""
    if isinstance(content, str):
        digits = re.search(NUMBER, unspaced(content))
        same = not digits or Decimal(digits[0].replace(",", "")) == number
        return "" if same else content.strip()
    if isinstance(content, bool) or not isinstance(content, (int, float)):
        return ""
    stored = as_stored(content)
    return "" if stored == number else f"{stored.normalize():f}"


def is_figure(content: Content | None) -> bool:
    """Whether a cell seems to hold an answer: a number in any writing, a mark for none, or what became of one."""
    if isinstance(content, str):
        bare = unspaced(content)
        return bare.lower() in ANSWERS or FIGURE.fullmatch(bare) is not None
    return content is not None


def shown(content: Content | None) -> str:
    """The content as a person sees it in the cell."""
    if content is None:
        return ""
    if isinstance(content, Uncomputed):
        return f"={content.text}"
    if isinstance(content, bool):
        return str(content).upper()
    if isinstance(content, float) and content.is_integer():
        return str(int(content))
    return str(getattr(content, "text", content))


def read_text(text: str, item: Item, unit: str = "") -> Value:
    """A number written as text: with a unit or a remark it still counts, but several numbers or an estimate do not."""
    if any(unicodedata.category(letter) == "No" for letter in text):
        return Value(problem="type", why="含有上标、下标或带圈的数字，分不清哪些是数")
    if several(text):
        return Value(problem="type", why="一格里有几个数")
    bare = in_whole(unspaced(text))
    if bare.lower() in NOTHING:
        return Value(problem="blank")
    if bare[:1] in ZERO and bare[1:] in ("", item.unit):
        return Value(Decimal(0), "text")
    if re.search(r"\d", bare.partition("(")[0]) and APPROXIMATE.search(bare.partition("(")[0]):
        return Value(problem="approx")
    if bare[:1] == "-" and bare[1:2].isdigit():
        read = read_text(bare[1:], item, unit)
        if read.number is None or item.negative:
            return replace(read, number=None if read.number is None else -read.number)
        return Value(problem="type", why="是负数")
    if measured := with_unit(bare, item.unit, item.block.counted_in):
        digits, own = measured
        read = as_text(digits, item, own or unit)
        if read.number is not None and GAP.search(text.partition("(")[0].partition("（")[0]):
            return Value(
                read.number, "text", "；".join(filter(None, ("中间有空格，当作一个数", read.why))), weighty=True
            )
        return read if own or read.number is None else Value(read.number, "text")
    if match := writings((item.unit, *item.block.counted_in))[1].fullmatch(bare):
        read = as_text(match[1], item, unit_in(match[2] or "", match[3]) or unit)
        return replace(read, problem="text", weighty=True) if read.number is not None else read
    return Value(problem="type", why="是文字，不是数")


def several(text: str) -> bool:
    """Whether more than one number stands in a text, remarks in brackets aside."""
    # a wide space among narrow digits is a gap between two numbers
    wide = "  " if re.search("[0-9]", text) else " "
    plain = unicodedata.normalize("NFKC", text.replace("\N{IDEOGRAPHIC SPACE}", wide))
    if any(set(gap) & set("\r\n\t") for gap in GAP.findall(plain)):
        return True
    # Possessive, since a cell may hold 32,767 digits, or as many blanks.
    found = SPACED.findall(plain.partition("(")[0])
    return any(sum(map(has_digit, text.split())) > 1 and not GROUPED.fullmatch(text) for text in found)


def has_digit(text: str) -> bool:
    """Whether a digit is in it."""
    return any(letter.isdigit() for letter in text)


def unit_beside(text: str, item: Item) -> str:
    """The unit that a cell says itself, beside its number; empty where it says none."""
    bare, units = in_whole(unspaced(text)), item.block.counted_in
    if measured := with_unit(bare, item.unit, units):
        return measured[1]
    remarked = writings((item.unit, *units))[1].fullmatch(bare)
    return remarked[2] or "" if remarked else ""


def with_unit(bare: str, own: str, others: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """The digits of a text and the unit beside them, empty where there is none; None where it says anything else."""
    for unit in ("", own):
        if bare.endswith(unit) and (plain := PLAIN.fullmatch(bare.removesuffix(unit))):
            return plain[1], unit
    match = writings((own, *others))[0].fullmatch(bare)
    if not match:
        return None
    unit = match[3] or match[4] or ""
    return match[2], unit if not match[1] or unit.endswith("元") else f"{unit}元"


def as_text(digits: str, item: Item, unit: str) -> Value:
    """A number written as text, its unit turned into that of the item (元 into 万元)."""
    number = Decimal(digits.replace(",", ""))
    taken = takes(item)
    read = in_unit(number, taken, unit) if unit else usable(number, taken)
    return read if read.number is None or read.problem else Value(read.number, "text")


def in_unit(number: Decimal, taken: Taken, unit: str) -> Value:
    """A number given in another unit than that of its place: converted where the two differ by their scale only."""
    own = taken.unit
    (factor, base), (own_factor, own_base) = scaled(unit), scaled(own)
    base = base or own_base
    if counted_in(base) != counted_in(own_base) and ALONE & {counted_in(base), counted_in(own_base)}:
        return Value(problem="type", why=f"单位“{unit}”与本格的单位“{own}”不符")
    read = usable(number * factor / own_factor, taken)
    if read.number is None or (factor == own_factor and (base == own_base or "/" not in base)):
        return read
    how = f"按{own}读取" if factor == own_factor else f"已换算为{own}"
    return Value(read.number, "text", f"单位是{unit}，{how}", weighty=True)
