"""Units as words: what they count, and what the words before them multiply it by."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache

from workbook_tool.model.regex import regex
from workbook_tool.model.text import bare_label

SCALES = {"百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000), "亿": Decimal(10**8)}
"""What the word before a unit multiplies it by; they may follow each other (百万)."""
ORGANISATION = regex(r".[局委办府院厅部校乡镇村县市区站所处室]")
"""What a ``单位：`` of two characters may be besides a unit: whose report it is."""
ALONE = frozenset({"元", "%"})
"""What is never another unit by another name: a number of 件 may be called one of 条, none of 元."""
CURRENCIES = {
    "美元": ("美金", "USD", "US\\$"),
    "港元": ("港币", "HKD", "HK\\$"),
    "欧元": ("EUR", "€"),
    "英镑": ("GBP", "£"),
    "日元": ("日币", "JPY"),
    "韩元": ("韩币", "KRW"),
    "澳元": ("澳大利亚元", "澳币", "AUD"),
    "加元": ("加拿大元",),
    "新元": ("新加坡元", "SGD"),
    "新台币": ("(?<!新)台币", "TWD"),
    "澳门元": ("澳门币", "MOP"),
    "卢布": ("RUB",),
    "瑞郎": ("瑞士法郎", "CHF"),
    "泰铢": ("THB",),
    "外币": (),
}
"""Money that is no 元 and of which nothing here says how many 元 it is, and how else it is written: by nothing that is a
word of its own (CAD, 外汇)."""
FOREIGN = {regex(rf"(?:{'|'.join(names)})(?![A-Za-z\d])"): name for name, names in CURRENCIES.items() if names}
DOLLAR = regex(r"\$(?!\d)")
ANY = "|".join(CURRENCIES)
ABROAD = regex(rf"{ANY}|{'|'.join(name for names in CURRENCIES.values() for name in names)}|\$")
"""Without any of these a text, as nearly every one, has nothing to do with them."""
OF_MONEY = regex(rf"(?:币种|币别|货币(?:种类|名称|单位)?):?\(?([百千万亿]*(?:{ANY}))(?=$|[^\w/、□☐]|.{{0,2}}单位)")
"""``币种：美元`` says a unit as ``单位：美元`` does, whatever stands beside it; a choice that nobody made says none."""
BARE_COMMA = regex(r"^,|,$|(?<=\(),|,(?=[,)])")
SCALED_FIRST = regex(rf"([百千万亿]*)元(\)?)\(({ANY})\)")
"""``万元（美元）`` is 万美元, and so is ``美元万元``."""
SCALED_LAST = regex(rf"({ANY})([百千万亿]+)元?(?![^\W\d_])")
PERIOD = r"/(?:年度?|半年|季度?|月|周|日|天)(?![^\W\d_])"
"""Behind a unit it says for how long that much is counted: 元/年 are 元."""
WORD = rf"(?:[百千万亿]*[^\W\d_]{{0,3}}|%)(?:{PERIOD})?"
STATED = regex(
    r"(?:(?<![^\W\d_])|(?<=计[量数价算])|(?<=金额)|(?<=货币)|(?<=数量))"
    rf"单位:\(?((?:{WORD})(?:[、,/和或](?:{WORD}))*)(?=$|[)(,;。])"
)
"""``单位：件、元``, but not ``填报单位：元氏县``."""
SAID = regex(
    rf"单位(?:均|统一|一律|都|应)*[为是按以用]:?\(?([百千万亿]*(?:{ANY}|[^\W\d_]))(?=$|[)(,;。])"
    r"|金额(?:均|统一|一律|都|应)*为?[:(]*([百千万亿]*元)(?=$|[)(,;。])"
    rf"|[以按用]([百千万亿]*(?:(?:{ANY})(?!计算?的)|[^\W\d_]))(?:为(?:计量|货币|计价)?单位|计(?![价费])|[填报列]|统计|核算|反映)"
)
"""``收费金额单位为元``, ``以元计``."""
EXCHANGED = regex(r"折|换算|汇率|人民币")
"""A sentence that says so tells in which currency amounts were before."""
DENIED = regex(r"(?:[不勿非莫未无曾]|原(?!则))[^,;。:]*$")
"""What comes before a unit that is said not to be the one, or no longer."""
ONLY = regex(rf"\(?(?:单位)?((?:{WORD}))\)?")
CURRENCY = regex(r"\(?(?:人民币|RMB|CNY):?\)?|[“”‘’\"'「」]")
"""What may stand with a unit and changes nothing."""
WHOLE = regex(r"元[整正](?![^\W\d_])")
"""元 otherwise, as at the end of an amount."""
AMOUNT = regex(r"元(?:[计为]|(?![^\W\d_]))")
"""A unit of money in words: a sign beside it says only which currency."""
SIGN = regex(r"¥(?!\d)([百千万亿]*)")
"""Alone it is 元; before digits it belongs to a number."""
BESIDE = regex(r"\(¥\)|¥(?!\d)[:、,/]?")
"""Beside a unit of money it goes."""
NAMED = regex(r"\(?(?:(?:币种|币别|货币(?:种类|名称|单位)?):?)?\(?(?:¥|人民币|RMB|CNY)\)?")
"""Nothing but the name of the currency: of its scale that says nothing."""
BRACKETS = str.maketrans("【〔[】〕]", "((()))")
GAP = regex(r"\s{2,}|[\t\n\u3000]|\s(?=\S{0,2}单\s*位\s*[:：])")
"""What sets apart the things that one cell says: 填报单位：甲局      单位：元."""
NUMERAL = regex(r"[一二三四五六七八九十零〇\d]+")


@lru_cache(1000)
def scaled(unit: str) -> tuple[Decimal, str]:
    """A unit without its scale words, and what they multiply it by: 万元 is 10,000 元."""
    base = unit.lstrip("".join(SCALES))
    factors = (SCALES[word] for word in unit[: len(unit) - len(base)])
    return math.prod(factors, start=Decimal(1)), base


def counted_in(unit: str) -> str:
    """What a unit counts, be it so many of them, and for however long: 万元/年 is money."""
    return re.sub(PERIOD, "", scaled(unit)[1])


def currency_of(unit: str) -> str:
    """The currency in which a unit counts; empty where it counts no money."""
    base = counted_in(unit)
    return base if base == "元" or base in CURRENCIES else ""


def is_measure(word: str, units: Collection[str]) -> bool:
    """Whether a word that stands alone, as in the brackets behind a label, is a unit: one of the form's, money, a share,
    a scale word with anything behind it, or a single character."""
    word = word.removeprefix("单位:").removeprefix("单位")
    factor, base = scaled(word)[0], counted_in(word)
    known = word in units or base in {counted_in(unit) for unit in units} or base in ALONE or currency_of(base)
    if known or (factor != 1 and not base):
        return True
    return len(base) == 1 and not NUMERAL.fullmatch(base)


def is_stated(word: str, units: Collection[str]) -> bool:
    """Whether a word behind ``单位：`` is a unit, and not the name of an agency."""
    base = counted_in(word)
    return is_measure(word, units) or (len(base) == 2 and not ORGANISATION.fullmatch(base))


def is_known(word: str, units: Collection[str]) -> bool:
    """Whether a word is a unit even where nothing says that it is one: money, a share, what the form counts in, and what
    a scale word stands before."""
    factor, base = scaled(word)[0], counted_in(word)
    return (
        base in ALONE
        or bool(currency_of(base))
        or base in {counted_in(unit) for unit in units}
        or (factor != 1 and len(base) == 1)
    )


@lru_cache(maxsize=1 << 13)  # the same texts stand in every file
def words_of(text: str) -> tuple[str, ...]:
    """What a text says behind ``单位：``, be it a unit or not."""
    listed = STATED.findall(without_currency(text))
    return tuple(word for words in listed for word in re.split(rf"[、,和或]|(?!{PERIOD})/", words) if word)


@lru_cache(maxsize=1 << 13)
def said_in(text: str) -> tuple[str, ...]:
    """What a sentence says that numbers are counted in, be it a unit or not."""
    bare = without_currency(text)
    said = [one[1] or one[2] or one[3] for one in SAID.finditer(bare) if not DENIED.search(bare[: one.start()])]
    return tuple(word for word in said if currency_of(word) not in CURRENCIES or not EXCHANGED.search(text))


def only_word(text: str) -> str:
    """The word that a text is, without its brackets; empty where it is more than that."""
    match = ONLY.fullmatch(without_currency(text))
    return match[1] if match else ""


def unit_in(beside: str, remark: str) -> str:
    """The unit that is said beside a number and in brackets behind it: another currency (``12万元（美元）``), else the one
    beside it, else the only one behind ``单位：``; empty where none is said."""
    alone, stated = only_word(f"{beside}{remark}"), words_of(remark)
    if currency_of(alone) in CURRENCIES:
        return alone
    return beside or (stated[0] if len(stated) == 1 else "")


@lru_cache(maxsize=1 << 13)
def is_currency(text: str) -> bool:
    """Whether a text says in which currency amounts are, and not at what scale: ``币种：￥``."""
    return NAMED.fullmatch(bare_label(text)) is not None


def is_unit(text: str, units: Collection[str]) -> bool:
    """Whether a text is a unit and nothing else, of however many letters."""
    return is_known(only_word(text) or text.strip(), units)


@lru_cache(maxsize=1 << 13)
def without_currency(text: str) -> str:
    """A text as units are looked for in it: 人民币元 is 元, and so are “元”, ¥ and 元整; ¥（万元） is 万元."""
    bare = in_whole(CURRENCY.sub("", in_one_word(bare_label(text)))).translate(BRACKETS)
    return BESIDE.sub("", bare) if AMOUNT.search(bare) else SIGN.sub(r"\1元", bare)


def in_one_word(text: str) -> str:
    """A text in which each currency has its one name, and any scale of it stands before it: 美金 and USD are 美元."""
    if not ABROAD.search(text):
        return text
    for pattern, name in FOREIGN.items():
        text = pattern.sub(name, text)
    text = SCALED_LAST.sub(r"\2\1", SCALED_FIRST.sub(r"\1\3\2", DOLLAR.sub("美元", text)))
    return BARE_COMMA.sub("", OF_MONEY.sub(r",单位:\1,", text))


def in_whole(text: str) -> str:
    """A text in which 元整 is 元, and so is 圆."""
    return WHOLE.sub("元", text.replace("圆", "元"))
