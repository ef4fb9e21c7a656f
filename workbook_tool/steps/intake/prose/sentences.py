"""The sentences of a text, each under the heading that says what it is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import Struct

from workbook_tool.model.form.texts import Guards
from workbook_tool.model.judging.finding import Where
from workbook_tool.model.locations import TEXT, cells_in
from workbook_tool.model.regex import regex
from workbook_tool.steps.intake.prose.masks import without_private

HEADING = regex(r"(?:\([一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}、|\(?\d{1,2}[.、)](?!\d))[^。;]{2,24}")
"""How a heading begins; whatever follows its first sentence stands under it."""
STARTS = regex(r"\(?[一二三四五六七八九十]{1,3}[、)]|\(?\d{1,2}[.、)](?!\d)")
ENDS = "。;!?:"
BRACKETED = regex(r"\([^()]*\)")
CLAUSE = regex(r"[,;。:()]")
COMPARED = ("比", "较", "与", "和", "同", "跟")
"""What a time stands behind that is only compared with."""
WRAPPED = 18
"""A line so long that does not end a sentence goes on in the next one: the text was copied from a page."""
LONGEST = 1500
"""What is longer is no sentence."""
SPLIT = regex(r"(?<=[。;!])")
QUOTED = 24
"""So many letters are quoted around what a finding is about."""


class Sentence(Struct, frozen=True):
    """A sentence, evened out. ``line`` is the paragraph it begins in, from 0; ``heading`` stands over it."""

    text: str
    line: int
    heading: str = ""

    @property
    def where(self) -> Where:
        """Its paragraph in the document."""
        return Where(sheet=TEXT, cells=cells_in(TEXT, [(self.line, 0)]))

    def around(self, start: int, end: int) -> str:
        """What stands around a place in it, as a finding quotes it: private numbers are not."""
        before, after = without_private(self.text[:start]), without_private(self.text[end:])
        quoted = f"{before[-QUOTED:]}{without_private(self.text[start:end])}{after[:QUOTED]}"
        return f"{'…' if len(before) > QUOTED else ''}{quoted}{'…' if len(after) > QUOTED else ''}"


def even(text: str) -> str:
    """A text in NFKC, without spaces: what patterns are written for."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def sentences(lines: Sequence[str]) -> list[Sentence]:
    """Every sentence of a text, lines that go on put together."""
    found: list[Sentence] = []
    heading = ""
    for number, text in paragraphs([*map(even, lines)]):
        heading = add(found, text, number, heading)
    return found


def paragraphs(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The paragraphs of a text, lines that go on put together; each with the line that it begins in."""
    begun, first = "", 0
    for number, line in enumerate([*lines, ""]):
        bare = even(begun)
        if bare and (len(bare) < WRAPPED or bare[-1] in ENDS or STARTS.match(even(line)) or number == len(lines)):
            yield first, begun
            begun = ""
        first = first if begun else number
        begun += line.strip()


def add(found: list[Sentence], text: str, line: int, heading: str) -> str:
    """The sentences of a paragraph; returns the heading that stands over what comes next."""
    for part in SPLIT.split(text):
        if match := HEADING.match(part):
            heading = match[0]
        if part and len(part) <= LONGEST:
            found.append(Sentence(part, line, heading))
    return heading


def stray(sentence: Sentence, start: int, end: int, guards: Guards) -> bool:
    """Whether the number that stands here is none of the form's: not exact, of something else, or of another year."""
    before = sentence.text[:start]
    clause = CLAUSE.split(before)[-1]
    about = re.compile(guards.about)
    return bool(
        about.search(before[-1:] + "\0" + sentence.text[end : end + 2])
        or re.compile(guards.elsewhere).search(clause, max(0, len(clause) - guards.reach))
        or re.search(f"(?:{guards.earlier})$", before)
    )


def of_another_time(sentence: Sentence, start: int, guards: Guards, year: int) -> bool:
    """Whether what is said here is of another time than the year: the clause names one, or the last one named before is
    another, other than to be compared with."""
    before = BRACKETED.sub(lambda match: "·" * len(match[0]), sentence.text[:start])
    this, other = (re.compile(in_year(one, year)) for one in (guards.this_time, guards.other_time))
    clause = len(CLAUSE.split(before)[-1])
    ends = [match.end() for match in this.finditer(before)]
    others = [
        match.end()
        for match in other.finditer(before)
        if match.start() >= len(before) - clause or before[match.start() - 1 : match.start()] not in COMPARED
    ]
    return max(others, default=-1) >= max(ends, default=0)


def in_year(pattern: str, year: int) -> str:
    """A pattern for the text of a report of this year."""
    told = {"year": year, "last_year": year - 1, "next_year": year + 1}
    for name, number in told.items():
        pattern = pattern.replace(f"{{{name}}}", str(number))
    return pattern
