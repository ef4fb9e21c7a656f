"""Takes the plain cells of a large .xlsx sheet out of its markup, faster than any parser gives them.

A million cells are more than one worker can take from a tree within its limits, and cells without anything in them, of a
format that was set down to the last row, are as many. What is left is read as every sheet is. Only what is written as
Excel and WPS write it is taken; anything else stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from workbook_tool.files.intake.formats.unseen import column_of
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.regex import regex

LARGE = 4 << 20
"""A sheet of more bytes is worth the trouble."""
PART = 4 << 20
HEAD = rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"(?: s="(\d+)")?(?: t="([ns])")?'
CELL = regex(HEAD + rb"><v>([0-9A-Za-z.+-]{1,40})</v></c>")
BARE = regex(rb'<c r="[A-Z]{1,3}[1-9]\d{0,6}"(?: s="\d+")?(?: t="[ns]")?(?:/>|></c>)')
ROW = regex(
    rb'<row r="\d+"(?: spans="[\d: ]*")?(?: s="\d+")?(?: customFormat="[01]")?'
    rb'(?: ht="[1-9]\d[\d.]*"(?: customHeight="[01]")?)?(?:/>|></row>)'
)
LOW = regex(rb'zeroHeight|defaultRowHeight="[0-9](?:\.|")')
Take = Callable[[Place, str, str], None]
"""Takes note of a cell: its place, its kind (``n`` or ``s``), and what is stored in it."""


def take_plain_cells(xml: bytes, take: Take, special: Iterable[str], rounding: Iterable[str], kinds: str) -> bytes:
    """Gives every plain cell of these kinds to ``take``, but for those of a ``special`` style and those with decimals of a ``rounding`` one, and returns the markup
    without them, without cells that hold nothing, and without the rows that are then empty."""
    if len(xml) <= LARGE or not addressed(xml):
        return xml
    told, rounds = (frozenset(style.encode() for style in styles) for styles in (special, rounding))

    def taken(match: re.Match[bytes]) -> bytes:
        letters, row, style, kind, value = match.groups()
        name = (kind or b"n").decode()
        own = style or b"0"
        if name not in kinds or own in told or (own in rounds and not value.isdigit()):
            return match[0]
        take((int(row) - 1, column_of(letters.decode())), name, value.decode())
        return b""

    low = LOW.search(xml)
    left = (CELL.sub(taken, BARE.sub(b"", part)) for part in by_rows(xml))
    return b"".join(part if low else ROW.sub(b"", part) for part in left)


def by_rows(xml: bytes) -> Iterator[bytes]:
    """The markup in parts that end before a row: a search over all of it would remember millions of places."""
    start = 0
    while start < len(xml):
        end = xml.find(b"<row ", start + PART)
        yield xml[start : end if end > 0 else len(xml)]
        start = end if end > 0 else len(xml)


def addressed(xml: bytes) -> bool:
    """Whether every row and cell says where it stands, so that the others stay where they are, and nothing in between is
    no markup."""
    return b"<!" not in xml and all(
        xml.count(b"<%s " % tag) == xml.count(b'<%s r="' % tag) and b"<%s>" % tag not in xml for tag in (b"c", b"row")
    )
