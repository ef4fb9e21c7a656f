"""On which line of a TOML file each key stands, which its reader does not tell. The text is known to be valid."""

from __future__ import annotations

import re

from workbook_tool.files.office.toml import Spot
from workbook_tool.model.regex import regex

KEY = regex(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|[\w-]+')
STRING = regex(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\]|\\.)*"|\'[^\']*\'', re.DOTALL)
BETWEEN = regex(r"(?:\s|,|#[^\n]*)+")
PLAIN = regex(r"[^,\]}\n#]+")


def line_numbers(text: str) -> dict[Spot, int]:
    """The line, from 1, of every key, table and member of a list."""
    return Walk(text).lines


class Walk:
    """One walk over the text; ``spot`` is the table whose keys are being read."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0
        self.lines: dict[Spot, int] = {}
        self.counts: dict[Spot, int] = {}
        spot: Spot = ()
        while self.skip():
            spot = self.header() if self.text[self.place] == "[" else spot
            if self.skip() and self.text[self.place] != "[":
                self.pair(spot)

    def skip(self) -> bool:
        """Pass what stands between; whether anything follows."""
        if found := BETWEEN.match(self.text, self.place):
            self.place = found.end()
        return self.place < len(self.text)

    def mark(self, spot: Spot) -> None:
        """Note that this begins here."""
        self.lines.setdefault(spot, self.text.count("\n", 0, self.place) + 1)

    def header(self) -> Spot:
        """``[a.b]`` or ``[[a.b]]``: the table that the keys below it belong to."""
        many = self.text.startswith("[[", self.place)
        begin, end = self.place + 1 + many, self.text.index("]", self.place)
        *outer, own = KEY.findall(self.text, begin, end)
        spot: Spot = ()
        for name in outer:
            spot = (*spot, bare(name))
            spot = (*spot, self.counts[spot] - 1) if spot in self.counts else spot
        spot = (*spot, bare(own))
        if many:
            self.mark(spot)
            self.counts[spot] = self.counts.get(spot, 0) + 1
            spot = (*spot, self.counts[spot] - 1)
        self.mark(spot)
        self.place = end + 1 + many
        return spot

    def pair(self, table: Spot) -> None:
        """``key = value``."""
        start = self.place
        equals = start
        spot = table
        while found := KEY.match(self.text, equals):
            spot = (*spot, bare(found[0]))
            equals = found.end()
            while self.text[equals] in " \t.":
                equals += 1
        self.mark(spot)
        self.place = equals + 1
        self.value(spot)

    def value(self, spot: Spot) -> None:
        """A text, a list, a table or anything plain."""
        self.skip()
        self.mark(spot)
        opening = self.text[self.place]
        if opening == "[":
            self.members(spot)
        elif opening == "{":
            self.place += 1
            while self.skip() and self.text[self.place] != "}":
                self.pair(spot)
            self.place += 1
        elif found := (STRING if opening in "\"'" else PLAIN).match(self.text, self.place):
            self.place = found.end()

    def members(self, spot: Spot) -> None:
        """A list."""
        self.place += 1
        number = 0
        while self.skip() and self.text[self.place] != "]":
            self.mark((*spot, number))
            self.value((*spot, number))
            number += 1
        self.place += 1


def bare(key: str) -> str:
    """A key without its quotes."""
    return key[1:-1] if key[0] in "\"'" else key
