"""A number format as its parts: which of its sections a number takes, and what each says (ECMA-376, 18.8.31)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

from msgspec import Struct

from workbook_tool.model.regex import regex

TOKEN = regex(
    r"""
    "(?P<quoted>[^"]*)"? | [\\!](?P<escaped>.?) | _(?P<gap>.?) | \*(?P<fill>.?) | \[(?P<bracket>[^\]]*)\]?
    | (?P<general>General|G/通用格式|通用格式|Standard) | (?P<exponent>E[+-]) | (?P<digit>[0#?]) | (?P<point>\.)
    | (?P<comma>,) | (?P<percent>%) | (?P<slash>/) | (?P<text>@) | (?P<end>;)
    | (?P<date>AM/PM|A/P|上午/下午|[ymdhsebga]) | (?P<bare>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
LITERAL = ("quoted", "escaped", "bare")
CONDITION = regex(r"(<=|>=|<>|=|<|>)\s*(-?\d+(?:\.\d+)?)")
COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}
CURRENCY = regex(r"\$([^-]*)(?:-.*)?", re.DOTALL)
NUMERALS = regex(r"DBNum([123])", re.IGNORECASE)
ELAPSED = regex(r"h+|m+|s+", re.IGNORECASE)
COLOURS = {
    **dict.fromkeys(("black", "黑色", "color1", "颜色1"), "000000"),
    **dict.fromkeys(("white", "白色", "color2", "颜色2"), "FFFFFF"),
    **dict.fromkeys(("red", "红色", "color3", "颜色3"), "FF0000"),
    **dict.fromkeys(("green", "绿色", "color4", "颜色4"), "00FF00"),
    **dict.fromkeys(("blue", "蓝色", "color5", "颜色5"), "0000FF"),
    **dict.fromkeys(("yellow", "黄色", "color6", "颜色6"), "FFFF00"),
    **dict.fromkeys(("magenta", "洋红", "洋红色", "color7", "颜色7"), "FF00FF"),
    **dict.fromkeys(("cyan", "青色", "蓝绿色", "color8", "颜色8"), "00FFFF"),
}
"""The colours that a section can give its number, as Excel names them in English and Chinese."""


class FormatSection(Struct, frozen=True):
    """One section of a number format. ``parts`` are kind and text of what it shows, from left to right; ``holds`` says
    which numbers take it, where it says so itself; ``numerals`` is the kind of Chinese numerals, empty for digits."""

    parts: tuple[tuple[str, str], ...] = ()
    holds: tuple[str, Decimal] | None = None
    colour: str = ""
    numerals: str = ""

    def takes(self, number: Decimal) -> bool:
        """Whether its own condition holds for a number; a section without one takes none by itself."""
        return self.holds is not None and COMPARE[self.holds[0]](number, self.holds[1])

    def has(self, *kinds: str) -> bool:
        """Whether it shows anything of one of these kinds."""
        return any(kind in kinds for kind, _ in self.parts)


GENERAL = FormatSection((("general", ""),))
AS_TYPED = FormatSection((("text", ""),))


@lru_cache(maxsize=1 << 10)  # the same few formats stand in every file
def sections(code: str) -> tuple[FormatSection, ...]:
    """The sections of a format: for numbers above 0, below 0, for 0, and for texts. Those left out are filled in."""
    found, parts = [], list[tuple[str, str]]()
    for match in TOKEN.finditer(code):
        kind = match.lastgroup or "bare"
        if kind == "end":
            found.append(section(parts))
            parts = []
        else:
            parts.append((kind, match[kind]))
    found.append(section(parts))
    with_text = found[-1].has("text")
    numbers = found[:-1] if with_text or len(found) > 3 else found
    text = found[-1] if with_text or len(found) > 3 else AS_TYPED
    match len(numbers):
        case 0:
            numbers = [GENERAL] * 3
        case 1:
            numbers *= 3
        case 2:
            numbers = [*numbers, numbers[0]]
    return (*numbers[:3], text)


def section(parts: list[tuple[str, str]]) -> FormatSection:
    """The tokens of one section, with what its brackets say."""
    shown: list[tuple[str, str]] = []
    holds, colour, numerals = None, "", ""
    for kind, text in parts:
        if kind != "bracket":
            shown.append((kind, text))
        elif match := CONDITION.fullmatch(text.strip()):
            holds = match[1], Decimal(match[2])
        elif match := NUMERALS.match(text):
            numerals = match[1]
        elif match := CURRENCY.fullmatch(text):
            shown.append(("quoted", match[1]))
        elif ELAPSED.fullmatch(text):
            shown.append(("date", text))
        else:
            colour = COLOURS.get(text.replace(" ", "").lower(), colour)
    return FormatSection(tuple(shown), holds, colour, numerals)


def section_for(code: str, number: Decimal) -> tuple[FormatSection, bool]:
    """The section that a number takes, and whether a minus is put before what it shows."""
    above, below, zero, _ = sections(code)
    if above.holds or below.holds:
        taken = next((one for one in (above, below) if one.takes(number)), None)
        other = zero if above.holds and below.holds else below
        return taken or other, number < 0 and (taken or other) is above
    if number < 0:
        return below, below is above
    return (above if number else zero), False
