"""How a cell is shown, where that bears on what its number means: what the reviewer sees is what counts."""

from __future__ import annotations

from msgspec import Struct

GENERAL = "General"
WHITE, BLACK = "FFFFFF", "000000"
PLAIN_FORMATS = frozenset({"", GENERAL, "0", "0.00", "#,##0", "#,##0.00", "0_ ", "0.00_ ", "0_);[Red]\\(0\\)", "@"})
"""Number formats that show a number as it is, perhaps rounded: most cells have one of these."""
ROUNDING = frozenset({"0", "#,##0", "0_ ", "0_);[Red]\\(0\\)"})
"""Those of them that show no decimals."""
STRUCK, RAISED, UNSEEN, TINY = "带删除线", "是上标或下标", "与底色同色", "小得看不见"
CLOSE = 16
"""Two colours that differ by no more than this in red, green and blue (of 255) are one to the eye."""


class TextRun(Struct, frozen=True):
    """A piece of a cell's text. ``marks`` say what keeps it from being plain text (``STRUCK``, ``RAISED``, ``UNSEEN``,
    ``TINY``)."""

    text: str
    marks: tuple[str, ...] = ()


class Look(Struct, frozen=True):
    """How a cell is shown. ``format`` is its number format, ``marks`` are those of the whole cell, ``ground`` is the colour
    behind it (empty where that is not known) and ``runs`` its text in pieces, empty where all of it looks the same.

    ``perhaps`` is how a conditional format shows it where we cannot tell whether the condition holds.
    """

    format: str = GENERAL
    marks: tuple[str, ...] = ()
    ground: str = WHITE
    runs: tuple[TextRun, ...] = ()
    perhaps: Look | None = None


PLAIN = Look()
"""How nearly every cell is shown."""


def same_colour(one: str, other: str) -> bool:
    """Whether the eye cannot tell two colours (``RRGGBB``) apart; never where one is not known."""
    return bool(one and other) and all(
        abs(int(one[n : n + 2], 16) - int(other[n : n + 2], 16)) <= CLOSE for n in (0, 2, 4)
    )
