"""Sheets that differ by their values alone: what the markup around them tells is worked out once.

An issued workbook comes back from everybody with the same markup around other numbers. A sheet without its values, and
without what nobody here looks at, is its mould: it is scanned with a token in the place of each value, which says where the
values of the next sheet belong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.intake.formats.cell_styles import CellStyles
from workbook_tool.files.intake.formats.markup import END_OF_CELLS, END_OF_SHEET, Markup, as_number, scan
from workbook_tool.files.intake.formats.unseen import MERGED
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import ErrorValue, Place
from workbook_tool.model.regex import regex

CELLS = b"<sheetData"
VALUE = regex(rb"<v>([0-9A-Za-z.+-]{1,40})</v>")
PLAIN_HEAD = regex(rb'(?:<\?xml version="1\.0"(?: encoding="UTF-8")?(?: standalone="(?:yes|no)")?\?>\s*)?<\w')
WHERE = regex(rb' (xr:uid|topLeftCell|activeCell|sqref)="[\w:{} -]*"', re.ASCII)
"""Above the cells: where somebody was when he saved the file."""
LARGEST, KEPT = 1 << 16, 64
"""In bytes; and so many moulds are kept: the sheets of ten layouts."""
TOKEN = f"v{uuid4().hex[:16]}-"
"""Begins what stands for a value: no number, and no file can know it."""


class Mould(Struct, frozen=True):
    """What the markup tells around the values: of each value the place and the kind of its cell, and what cells hold by
    themselves (``fixed``)."""

    told: Markup
    cells: tuple[tuple[Place, str], ...]
    fixed: dict[Place, tuple[str, str | None]]

    def filled_with(self, values: Sequence[str], hidden: bool) -> Markup:
        """What a sheet with these values tells. Raises Unreadable as ``scan`` does."""
        filled, numbers, special = dict(self.fixed), dict[Place, float](), dict(self.told.special)
        for (place, kind), value in zip(self.cells, values, strict=True):
            filled[place] = kind, value
            if kind == "n" and (number := as_number(value)) is not None:
                numbers[place] = number
            elif kind == "e":
                special[place] = ErrorValue(value)
        return replace(self.told, hidden=hidden, filled=filled, numbers=numbers, special=special)


def scan_sheet(name: str, xml: bytes, hidden: bool, styles: CellStyles) -> Markup:
    """As ``scan``, without a second look at a markup that was there before."""
    if len(xml) <= LARGEST and not (styles.watched or styles.rich or b"rPr" in xml) and is_plain(xml):
        pieces = VALUE.split(told_of(xml))
        if mould := mould_of(b"\0".join(pieces[::2]), styles):
            with suppress(Unreadable):  # then it is said in the order of the file
                return mould.filled_with([value.decode() for value in pieces[1::2]], hidden)
    return scan(name, xml, hidden, styles)


def is_plain(xml: bytes) -> bool:
    """Whether the bytes of a sheet are what they seem: nothing in them but elements and texts, in UTF-8."""
    return bool(PLAIN_HEAD.match(xml)) and b"<!" not in xml and b"\0" not in xml and xml.rfind(b"<?") <= 0


def told_of(xml: bytes) -> bytes:
    """The markup of a sheet of which ``scan`` tells the same, without all that it does not look at."""
    start, end = xml.find(CELLS), xml.rfind(END_OF_CELLS) + len(END_OF_CELLS)
    if not 0 < start < end or not xml.endswith(END_OF_SHEET):
        return xml
    merged = b"".join(b'<mergeCell ref="%s"/>' % area for area in MERGED.findall(xml, end))
    return WHERE.sub(rb' \1=""', xml[:start]) + xml[start:end] + merged + END_OF_SHEET


@lru_cache(KEPT)
def mould_of(around: bytes, styles: CellStyles) -> Mould | None:
    """The mould of a sheet whose markup this is, with a null for each value; None where it is none of a readable sheet, or
    where any value is not that of a cell."""
    first, *rest = around.split(b"\0")
    told = first + b"".join(b"<v>%s%d</v>%s" % (TOKEN.encode(), number, part) for number, part in enumerate(rest))
    try:
        markup = scan("", told, False, styles)
    except Unreadable:
        return None
    told_by = {at: held(value) for at, (_, value) in markup.filled.items()}
    cells = sorted((which, at) for at, which in told_by.items() if isinstance(which, int))
    if [which for which, _ in cells] != list(range(len(rest))):
        return None
    fixed = {at: told for at, told in markup.filled.items() if not isinstance(told_by[at], int)}
    return Mould(markup, tuple((at, markup.filled[at][0]) for _, at in cells), fixed)


def held(value: str | None) -> int | str | None:
    """Which of the values a token stands for; anything else is what it is."""
    return int(value.removeprefix(TOKEN)) if value is not None and value.startswith(TOKEN) else value
