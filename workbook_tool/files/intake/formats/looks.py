"""How cells are shown, in the words of every format: fonts, grounds, number formats, and what is too small to see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.intake.look import (
    BLACK,
    GENERAL,
    PLAIN_FORMATS,
    RAISED,
    ROUNDING,
    STRUCK,
    TINY,
    UNSEEN,
    WHITE,
    Look,
    TextRun,
    same_colour,
)
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.regex import regex

LEAST_HEIGHT, LEAST_WIDTH = 4.0, 0.9
"""A row lower than this (in points) or a column narrower (in digits) shows no digit."""
LEAST_FONT = 3.0
"""Letters smaller than this (in points) are specks."""
POINTS = {"pt": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pc": 12.0, "px": 0.75}
DIGIT = 5.25
"""The width of a digit of the usual font, in points."""
PALETTE = [
    "000000",
    "FFFFFF",
    "FF0000",
    "00FF00",
    "0000FF",
    "FFFF00",
    "FF00FF",
    "00FFFF",
    "000000",
    "FFFFFF",
    "FF0000",
    "00FF00",
    "0000FF",
    "FFFF00",
    "FF00FF",
    "00FFFF",
    "800000",
    "008000",
    "000080",
    "808000",
    "800080",
    "008080",
    "C0C0C0",
    "808080",
    "9999FF",
    "993366",
    "FFFFCC",
    "CCFFFF",
    "660066",
    "FF8080",
    "0066CC",
    "CCCCFF",
    "000080",
    "FF00FF",
    "FFFF00",
    "00FFFF",
    "800080",
    "800000",
    "008080",
    "0000FF",
    "00CCFF",
    "CCFFFF",
    "CCFFCC",
    "FFFF99",
    "99CCFF",
    "FF99CC",
    "CC99FF",
    "FFCC99",
    "3366FF",
    "33CCCC",
    "99CC00",
    "FFCC00",
    "FF9900",
    "FF6600",
    "666699",
    "969696",
    "003366",
    "339966",
    "003300",
    "333300",
    "993300",
    "993366",
    "333399",
    "333333",
]
"""The colours that a workbook names by number, where it brings none of its own."""
DATE = "yyyy-mm-dd"
BUILT_IN = {
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), DATE),
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??"},
    **dict.fromkeys((37, 38, 41, 42), '#,##0_);(#,##0);"-"_)'),
    **dict.fromkeys((39, 40, 43, 44), '#,##0.00_);(#,##0.00);"-"??_)'),
    **dict.fromkeys((5, 6), '"¥"#,##0'),
    **dict.fromkeys((7, 8), '"¥"#,##0.00'),
    48: "##0.0E+0",
    49: "@",
}
"""Number formats that a workbook names by number only, as a Chinese Excel shows them; 27 to 36 and 50 to 58 are dates
there. The currency sign of 42 and 44 is left out: it is written out wherever somebody chose it."""

ERROR = regex(r"#(REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!)|Err:\d{3}")
"""How an error is shown that is stored as a text."""
NAMED_FORMATS = {
    **{
        "General Number": GENERAL,
        "Fixed": "0.00",
        "Standard": "#,##0.00",
        "Percent": "0.00%",
        "Scientific": "0.00E+00",
    },
    **dict.fromkeys(("Currency", "Euro Currency"), BUILT_IN[7]),
    **{"Yes/No": '"Yes";"Yes";"No"', "True/False": '"True";"True";"False"', "On/Off": '"On";"On";"Off"', "Text": "@"},
    **{f"{size} {what}": DATE for size in ("General", "Long", "Medium", "Short") for what in ("Date", "Time")},
}
"""The names under which SpreadsheetML and Excel's web pages know formats."""
HEX = regex("#[0-9A-Fa-f]{6}")
COLOUR_NAMES = {"white": WHITE, "black": BLACK, "red": "FF0000", "blue": "0000FF", "windowtext": BLACK, "window": WHITE}


def hex_colour(text: str, unknown: str) -> str:
    """``#ffffff`` or ``white`` as ``FFFFFF``; ``unknown`` where it is no colour that we know."""
    name = text.strip().lower()
    return name[1:].upper() if HEX.fullmatch(name) else COLOUR_NAMES.get(name, unknown)


class Style(Struct, frozen=True):
    """How a cell is formatted. ``colour`` is that of its text, ``ground`` what is behind it: ``RRGGBB``, empty where we do
    not know; ``tiny``: it is too small to see."""

    format: str = GENERAL
    struck: bool = False
    raised: bool = False
    colour: str = BLACK
    ground: str = WHITE
    tiny: bool = False

    @property
    def marks(self) -> tuple[str, ...]:
        """What keeps its text from being plain text."""
        unseen = same_colour(self.colour, self.ground)
        told = {STRUCK: self.struck, RAISED: self.raised, UNSEEN: unseen, TINY: self.tiny}
        return tuple(mark for mark, holds in told.items() if holds)


PLAIN_STYLE = Style()
"""Of nearly every piece of text."""


@lru_cache(maxsize=1 << 12)
def look_of(style: Style) -> Look | None:
    """How a cell of this style is shown; None where that is nothing to speak of."""
    marks, plain = style.marks, style.format in PLAIN_FORMATS
    return None if plain and not marks else Look(style.format, marks, style.ground)


def rounded_look(style: Style, content: object) -> Look | None:
    """How a cell of this plain style is shown that holds this, where some of it is rounded off perhaps."""
    rounds = isinstance(content, float) and not content.is_integer() and style.format in ROUNDING
    return Look(style.format, (), style.ground) if rounds else None


def look_in_pieces(style: Style, pieces: Sequence[tuple[str, Style]]) -> Look | None:
    """How a cell of this style is shown whose text is formatted piece by piece."""
    runs = tuple(TextRun(text, piece.marks) for text, piece in pieces if text)
    if not any(run.marks for run in runs):
        return look_of(Style(style.format, ground=style.ground))
    return Look(style.format, (), style.ground, runs)


def look_of_pieces(style: Style, pieces: Sequence[tuple[str, Style]]) -> Look | None:
    """How a cell of this style is shown that holds these pieces of text, which mostly all look the same."""
    kinds = {piece.marks for text, piece in pieces if text.strip()}
    if len(kinds) > 1:
        return look_in_pieces(style, [(text, replace(piece, format=GENERAL)) for text, piece in pieces])
    told = next((piece for text, piece in pieces if text.strip()), style)
    return look_of(replace(told, format=style.format))


def lying_under(first: Place, last: Place, filled: Collection[Place]) -> list[Place]:
    """The filled places of a merged area that nobody sees: all but its first cell."""
    (top, left), (bottom, right) = first, last
    if (bottom - top + 1) * (right - left + 1) > len(filled):
        under = [p for p in filled if top <= p[0] <= bottom and left <= p[1] <= right]
    else:
        within = ((r, c) for r in range(top, bottom + 1) for c in range(left, right + 1))
        under = [place for place in within if place in filled]
    return [place for place in under if place != first]
