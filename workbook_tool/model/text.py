"""How labels and names are compared: one reading of a label, whatever brackets, widths or numbering it wears."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from workbook_tool.model.regex import regex

NUMBERING = regex(r"^(?:[(〔\[]([一二三四五六七八九十\d]+)[)〕\]]|([一二三四五六七八九十]+)、|(\d{1,2})[.．、)])")
STEPS = [
    regex(kind)
    for kind in (
        r"[一二三四五六七八九十]+、",
        r"\([一二三四五六七八九十]+\)",
        r"\d{1,2}(?:[.、](?!\d))",
        r"\d{1,2}\)|\(\d{1,2}\)",
        "[①-⑳]",
    )
]
"""How a text is numbered from part to part of a part: 一、（一）1.（1）①."""
HALF_WIDTH = str.maketrans("（）．", "().")
NO_BRACKETS = str.maketrans("", "", "()[]〔〕【】")
CIRCLED = regex(r"^\s*([①-⑳])")
SCALE = "[百千万亿]"
"""What may stand before a unit and multiplies it."""
MONEY = rf"{SCALE}*元"
UNIT = regex(
    rf"\(单位:({SCALE}*[^\W\d_]{{1,3}}|%)\)$"
    rf"|\((?:单位)?({MONEY}|%|(?!百分){SCALE}(?:{SCALE}*[^\W\d_]|{SCALE}*人次)?)\)$"
    rf"|(?<![^\W\d_])单位:\(?({SCALE}*[^\W\d_]{{1,3}}|%)\)?$"
)
"""A unit at the end of a label, in NFKC without spaces: ``(单位:万元)``, ``(元)``, ``(万件)``, ``单位:件``. A word alone in
brackets, such as ``(件)``, may be a unit or a gloss: whether it is, the form says."""
SERIAL_HEAD = regex(r".{0,2}(?:序号|行号|项次)|编号|no", re.IGNORECASE)
"""Heads of columns that only number the rows."""
BRACKETED = regex(r"[(\[〔【]([^()\[\]〔〕【】]*)[)\]〕】]")
SEAL = r"[(\[〔][^()\[\]〔〕]*[章签][^()\[\]〔〕]*[)\]〕]"
"""A place for the seal or a signature behind a label, in NFKC: ``(盖章)``, ``(公章)``, ``(签章)``."""
INVISIBLE = regex(
    "[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202d"
    "\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]+"
)
"""What nobody sees and many a web page or chat program leaves in a text. U+202E is not among it: it turns the digits
behind it round."""
DROPPED = regex(r"[\s\"'“”‘’「」『』《》<>:：;；,，、.。·_—–-]+")
ILLEGAL = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LIKE_A_FORMULA = regex(r"['\s]*[=+\-@＝＋－＠]|'*[\t\r\n]")
"""How a text begins that a spreadsheet program takes for a formula when it opens a CSV."""
FIGURE = regex(r"-?\d+(\.\d+)?")
BIDI = regex(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
EXCEL_CELL_LIMIT = 32_767
LONGEST_NAME = 200
"""In bytes of UTF-8, of which a Chinese character takes three: file systems allow 255, and a twin's number and what
programs put behind a name while they copy it need room too."""
QUOTED = 60
"""How many characters of a filed text a sentence quotes."""
CLOSE_ENOUGH = 0.5
"""The likeness, from 0 to 1, from which a word is worth suggesting for another."""


@lru_cache(maxsize=1 << 14)
def squash(text: str) -> str:
    """The text without spaces and punctuation, in NFKC: what two spellings of one thing have in common."""
    return DROPPED.sub("", visible(unicodedata.normalize("NFKC", text)))


@lru_cache(maxsize=1 << 14)
def visible(text: str) -> str:
    """The text without the characters that nobody sees."""
    return INVISIBLE.sub("", text)


@lru_cache(maxsize=1 << 16)  # the same labels stand in every file
def label_key(text: str) -> str:
    """The key under which a row or column label is looked up.

    Width, spaces, line breaks, quotes, leading numbering (``（七）``, ``三、``, ``1.``), a unit at the end and 它 for 他
    do not count, and neither do brackets, so that ``（一）规 章`` and ``(一)规章`` are the same label.
    """
    bare = UNIT.sub("", NUMBERING.sub("", bare_label(text))).replace("它", "他")
    return squash(bare).translate(NO_BRACKETS)


@lru_cache(maxsize=1 << 14)
def cover_key(text: str) -> str:
    """The key of a label of the cover: as of any label, and the place for the seal does not count either."""
    return label_key(re.sub(SEAL, "", bare_label(text)))


@lru_cache(maxsize=1 << 14)
def bare_label(text: str) -> str:
    """The label in NFKC without any spaces; a circled number counts as ``1.``."""
    marked = CIRCLED.sub(lambda found: f"{unicodedata.normalize('NFKC', found[1])}.", text)
    return unspaced(marked)


def unspaced(text: str) -> str:
    """The text in NFKC without any spaces, and without what nobody sees."""
    return "".join(visible(unicodedata.normalize("NFKC", text)).split())


def label_number(text: str) -> str:
    """The numbering that a label starts with, bare: ``（七）总计`` has ``七``, ``3.其他`` has ``3``."""
    found = NUMBERING.match(bare_label(text))
    return next(filter(None, found.groups()), "") if found else ""


def numbering_step(text: str) -> int:
    """How deep the numbering of a label says that it stands: 1 for ``一、``, 2 for ``（一）``, 3 for ``1.``; 0 for none."""
    bare = "".join(text.split()).translate(HALF_WIDTH)
    return next((step for step, kind in enumerate(STEPS, 1) if kind.match(bare)), 0)


def unglossed(text: str) -> tuple[str, str]:
    """The label without what stands in brackets in it, and what does; its numbering is no such gloss."""
    bare = bare_label(text)
    numbering = NUMBERING.match(bare)
    start = numbering.end() if numbering else 0
    return bare[:start] + BRACKETED.sub("", bare[start:]), "、".join(BRACKETED.findall(bare[start:]))


@lru_cache(maxsize=1 << 14)
def label_unit(text: str) -> str:
    """The unit that a label ends with: ``本年收费金额（单位：万元）`` has ``万元``."""
    found = UNIT.search(bare_label(text))
    return next(filter(None, found.groups()), "") if found else ""


def with_unit(text: str, unit: str) -> str:
    """The label as printed with its unit, which stands there once: ``水价（元/m³）`` says it already."""
    said = unspaced(text).endswith((unspaced(f"（{unit}）"), unit_behind(unit)))
    return text if said or not unit else f"{text}\n（单位：{unit}）"


def without_unit(text: str, units: Iterable[str]) -> str:
    """The label without one of these units, as ``with_unit`` puts it behind, in NFKC without spaces. A unit may be
    spelt in any way, as ``m³/d``, so that only the form knows that it is one."""
    bare = bare_label(text)
    return next((bare.removesuffix(end) for end in map(unit_behind, units) if bare.endswith(end)), bare)


@lru_cache(maxsize=1 << 10)
def unit_behind(unit: str) -> str:
    """How a unit stands behind a label, in NFKC without spaces."""
    return unspaced(f"（单位：{unit}）")


def safe_text(text: str) -> str:
    """The text as any file format of ours can hold it: no control, surrogate or direction-changing characters, and not
    longer than an Excel cell."""
    if text.isprintable():  # as nearly every text is
        return text[:EXCEL_CELL_LIMIT]
    return BIDI.sub("", ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text))[:EXCEL_CELL_LIMIT]


def no_formula(text: str) -> str:
    """The text as it stands in a CSV: with an apostrophe where a spreadsheet program would compute it. Numbers and codes stay as they are."""
    return f"'{text}" if LIKE_A_FORMULA.match(text) and not FIGURE.fullmatch(text) else text


def as_meant(text: str) -> str:
    """The text of a CSV of ours without that apostrophe."""
    return text[1:] if text[:1] == "'" and LIKE_A_FORMULA.match(text) else text


def shortened(text: str) -> str:
    """The text as a sentence quotes it: of what is far too long for a number, the beginning tells enough."""
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"


def pointed(line: str, place: int) -> str:
    """A line of a file, and below it a mark under the character at this place, from 0: wide characters take two columns."""
    start = line[: len(line) - len(line.lstrip())]
    before, shown = line[len(start) : max(place, len(start))], safe_text(line.strip())
    gap = "".join("\u3000" if unicodedata.east_asian_width(letter) in "WF" else " " for letter in before)
    return f"    {shown}\n    {gap}^"


def safe_name(text: str) -> str:
    """The text as a file name on any system."""
    return re.sub(r'[\\/:*?"<>|\n\r\t]', "_", safe_text(text)).strip(" .") or "_"


def file_name(start: str, ending: str) -> str:
    """A name for a file of ours on any system: ``start``, which somebody else chose, gives way where it is too long, and
    the ending stands whole."""
    room = LONGEST_NAME - len(ending.encode())
    return safe_name(safe_name(start).encode()[:room].decode(errors="ignore")) + ending


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like ``word``, or None where nothing is close enough to suggest."""
    from rapidfuzz.distance import Prefix
    from rapidfuzz.distance.DamerauLevenshtein import normalized_similarity

    likeness = {
        other: (normalized_similarity(word, other), -abs(len(word) - len(other)), Prefix.similarity(word, other))
        for other in known
    }
    best = max(likeness, key=lambda other: likeness[other], default=None)
    return best if best is not None and likeness[best][0] >= CLOSE_ENOUGH else None
