"""What a cell shows for a number under its number format, as Excel and WPS show it."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from workbook_tool.model.regex import regex
from workbook_tool.model.text import unspaced
from workbook_tool.steps.intake.parse.number_format import LITERAL, FormatSection, section_for, sections

DIGITS = {"1": "〇一二三四五六七八九", "2": "零壹贰叁肆伍陆柒捌玖", "3": "０１２３４５６７８９"}
TENS = {"1": "十百千", "2": "拾佰仟"}
MYRIADS = ("", "万", "亿", "万亿")
BARE = regex(r"(-?)(\()?(\d[\d,]*\.?\d*|\.\d+)(E[+-]?\d+)?(\))?")
"""Nothing but a number, negative ones with a minus or in brackets."""
LONGEST_FRACTION = 4
"""So many digits of a denominator are worked out; spreadsheets know three."""


class Shown(Struct, frozen=True):
    """What a cell shows. ``text`` has digits also where the cell shows Chinese numerals (``seen``).

    ``exact`` says that nothing of the number was rounded off, ``faithful`` that it reads as the number stored, or that
    number rounded; ``colour`` is the colour that the format gives it, empty for the cell's own.
    """

    text: str
    seen: str
    exact: bool
    faithful: bool
    colour: str = ""


@lru_cache(maxsize=1 << 14)  # most numbers of most filings are the same few
def show(code: str, number: Decimal) -> Shown | None:
    """What this format shows for a number; None where it shows a date or a time."""
    section, minus = section_for(code, number)
    if section.has("date"):
        return None
    text, exact, value = written(section, abs(number))
    text = "-" + text if minus else text
    bare = unspaced(text)
    if any(kind == "fill" and word.isdigit() for kind, word in section.parts):  # as many as the column is wide
        return Shown(text.strip(), text.strip(), exact=False, faithful=False, colour=section.colour)
    faithful = reads_as(bare, number) if value is None else value == abs(number) and not literals(section)
    seen = chinese(text, section) if section.numerals else text
    return Shown(text.strip(), seen.strip(), exact, faithful, section.colour)


def show_text(code: str, text: str) -> str:
    """What this format shows for a text."""
    section = sections(code)[3]
    return "".join(text if kind == "text" else said for kind, said in section.parts if kind in (*LITERAL, "text"))


def literals(section: FormatSection) -> str:
    """The words of a section."""
    return "".join(text for kind, text in section.parts if kind in LITERAL).strip()


def reads_as(bare: str, number: Decimal) -> bool:
    """Whether a text is nothing but this number, or this number rounded to the places that the text has."""
    match = BARE.fullmatch(bare)
    if not match:
        return False
    value = Decimal(match[3].replace(",", "") + (match[4] or ""))
    value = -value if match[1] or (match[2] and number < 0) else value
    if bool(match[2]) != bool(match[5]) or (match[2] and number >= 0):
        return False
    return value == number or value == rounded(number, int(value.as_tuple().exponent))


def rounded(number: Decimal, exponent: int) -> Decimal:
    """The number rounded to a power of ten, halves away from 0, as spreadsheets do."""
    if number.adjusted() - exponent > 25:  # finer than the number: nothing is rounded off
        return number
    return number.quantize(Decimal(1).scaleb(exponent), ROUND_HALF_UP)


def written(section: FormatSection, number: Decimal) -> tuple[str, bool, Decimal | None]:
    """What a section writes for a number that is not negative, whether nothing of it was rounded off, and the number
    that stands there where that is not what the digits say (a fraction)."""
    if section.has("general", "text"):
        return "".join(piece(kind, text, f"{number:f}") for kind, text in section.parts), True, None
    kinds = [kind for kind, _ in section.parts]
    if "digit" not in kinds:
        return "".join(piece(*part) for part in section.parts), number == 0, None
    if "exponent" in kinds:
        return scientific(section, number)
    if "slash" in kinds and "digit" in kinds[: kinds.index("slash")]:
        return fraction(section, number)
    text, exact = positional(section.parts, number)
    return text, exact, None


def piece(kind: str, text: str, general: str = "") -> str:
    """What one part writes, where it is no digit of the number."""
    if kind in ("general", "text"):
        return general
    if kind in LITERAL:
        return text
    return {"gap": " ", "percent": "%", "point": ".", "slash": "/"}.get(kind, "")


def positional(parts: tuple[tuple[str, str], ...], number: Decimal) -> tuple[str, bool]:
    """A number digit by digit: scaled, rounded and grouped as the format says, its words between them."""
    kinds = [kind for kind, _ in parts]
    point = kinds.index("point") if "point" in kinds else len(kinds)
    whole = [n for n, kind in enumerate(kinds[:point]) if kind == "digit"]
    after = [n for n, kind in enumerate(kinds) if n > point and kind == "digit"]
    commas = [n for n, kind in enumerate(kinds) if kind == "comma"]
    grouped = bool(whole) and any(whole[0] < n < whole[-1] for n in commas)
    thousands = sum(n > (after or whole)[-1] or (bool(whole) and whole[-1] < n < point) for n in commas)
    scaled = number * Decimal(100) ** kinds.count("percent") / Decimal(1000) ** thousands
    value = rounded(scaled, -len(after))
    digits, _, decimals = f"{value:f}".partition(".")
    integer = spread([parts[n][1] for n in whole], digits.lstrip("0"), grouped)
    decimals = decimals.ljust(len(after), "0")[: len(after)]
    shown = dict(zip(whole, integer, strict=True)) | dict(zip(after, trimmed(parts, after, decimals), strict=True))
    pieces = [shown.get(n, "") if kind == "digit" else piece(kind, text) for n, (kind, text) in enumerate(parts)]
    if not whole and point < len(pieces):
        pieces[point] = digits.lstrip("0") + "."
    for n, kind in enumerate(kinds):
        if kind == "point" and n > point:
            pieces[n] = parts[n][1]
    return "".join(pieces), value == scaled


def spread(places: list[str], digits: str, grouped: bool) -> list[str]:
    """The digits of a whole number over the places of a format, the first of which takes all that are too many."""
    if not places:
        return []
    padded = digits.rjust(len(places))
    cut = len(padded) - len(places) + 1
    filled = [padded[:cut], *padded[cut:]]
    out = [
        "".join({"0": "0", "?": " "}.get(place, "") if d == " " else d for d in text)
        for place, text in zip(places, filled, strict=True)
    ]
    if not grouped:
        return out
    left, held = sum(text.strip() != "" and len(text) for text in out), []
    for text in out:
        marked = ""
        for letter in text:
            marked += letter
            left -= letter != " "
            marked += "," if left and left % 3 == 0 and letter != " " else ""
        held.append(marked)
    return held


def trimmed(parts: tuple[tuple[str, str], ...], places: list[int], decimals: str) -> list[str]:
    """The decimals in their places; 0 at the end is not shown where the format asks for no digit."""
    out = list(decimals)
    for n in reversed(range(len(out))):
        place = parts[places[n]][1]
        if out[n] != "0" or place == "0":
            break
        out[n] = " " if place == "?" else ""
    return out


def scientific(section: FormatSection, number: Decimal) -> tuple[str, bool, Decimal | None]:
    """A number as a mantissa with a power of ten."""
    kinds = [kind for kind, _ in section.parts]
    at = kinds.index("exponent")
    step = max(kinds[: kinds.index("point") if "point" in kinds[:at] else at].count("digit"), 1)
    mantissa = tuple(section.parts[:at])
    power = (number.adjusted() // step) * step if number else 0
    text, exact = positional(mantissa, number.scaleb(-power))
    width = sum(kind == "digit" for kind in kinds[at:])
    rest = "".join(piece(*part) for part in section.parts[at + 1 :] if part[0] != "digit")
    sign = "-" if power < 0 else "+" if section.parts[at][1].endswith("+") else ""
    return f"{text.strip()}E{sign}{str(abs(power)).rjust(width, '0')}{rest}", exact, None


def fraction(section: FormatSection, number: Decimal) -> tuple[str, bool, Decimal | None]:
    """A number as a whole one and a fraction."""
    kinds = [kind for kind, _ in section.parts]
    slash = kinds.index("slash")
    below = "".join(text for kind, text in section.parts[slash:] if kind in ("digit", "bare"))
    fixed = re.fullmatch(r"[1-9]\d*", below.strip())
    before = re.split(
        r"\s+", "".join(text if kind in ("digit", "bare") else " " for kind, text in section.parts[:slash]).strip()
    )
    whole = int(number) if len(before) > 1 else 0
    part = Fraction(number) - whole
    if fixed:
        near = Fraction(round(part * int(below)), int(below))
        over, under = round(part * int(below)), int(below)
    else:
        near = part.limit_denominator(10 ** min(len(below.strip()), LONGEST_FRACTION) - 1)
        over, under = near.numerator, near.denominator
    said = f"{over}/{under}" if over or (not whole and len(before) == 1) else ""
    head = str(whole) if whole or not said else ""
    words = literals(FormatSection(tuple(p for p in section.parts if p[0] in ("quoted", "escaped"))))
    value = Decimal(whole) + Decimal(near.numerator) / Decimal(near.denominator)
    return " ".join(filter(None, (head, said, words))), near == part, value if near == part else None


def chinese(text: str, section: FormatSection) -> str:
    """The text with its digits as the Chinese numerals that the section asks for: by place where it leaves the places
    to the program, else digit by digit."""
    digits = DIGITS[section.numerals]
    if section.numerals in TENS and section.has("general"):
        return re.sub(r"\d+(\.\d+)?", lambda found: in_words(found[0], section.numerals), text)
    return "".join(digits[int(letter)] if letter.isascii() and letter.isdigit() else letter for letter in text)


def in_words(number: str, numerals: str) -> str:
    """``1203`` as 一千二百〇三."""
    digits, tens = DIGITS[numerals], TENS[numerals]
    whole, _, decimals = number.partition(".")
    groups = [whole[max(end - 4, 0) : end] for end in range(len(whole), 0, -4)]
    said = ""
    for rank, group in reversed(list(enumerate(groups[: len(MYRIADS)]))):
        for n, digit in enumerate(group):
            place = len(group) - n - 1
            if digit != "0":
                said += digits[int(digit)] + (tens[place - 1] if place else "")
            elif said and not said.endswith(digits[0]):
                said += digits[0]
        said = said.removesuffix(digits[0]) + MYRIADS[rank] if group.strip("0") else said
    said = said.removesuffix(digits[0]) or digits[0]
    return said + ("点" + "".join(digits[int(d)] for d in decimals) if decimals else "")
