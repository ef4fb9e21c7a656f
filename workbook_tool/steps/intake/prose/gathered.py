"""What is gathered from the reports of all agencies: passages of a part, and figures that stand in no table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbook_tool.model.form.texts import Gathered
from workbook_tool.model.intake.claim import Said
from workbook_tool.model.regex import regex
from workbook_tool.steps.intake.prose.masks import without_private
from workbook_tool.steps.intake.prose.sentences import even, in_year, paragraphs

PART = regex(r"[一二三四五六七八九十]{1,3}、")
"""How the head of a part of the report begins."""
PIECE = regex(r"(?<=[。;；!！?？])")
LONGEST, MORE = 8000, "……（原文过长，其余见报告）"
"""No honest passage is longer."""
LONGEST_HEAD = 30
"""What is no longer and ends no sentence heads what comes next."""


def gather(lines: Sequence[str], declared: Sequence[Gathered], year: int) -> Iterator[Said]:
    """What the text says of each. Passages are cut where another one begins; figures are the first that is stated."""
    for head in dict.fromkeys(one.head for one in declared):
        own = [one for one in declared if one.head == head]
        pieces = list(pieces_of(lines, head))
        yield from passages(pieces, [one for one in own if not one.patterns], year)
        for one in own:
            yield from list(stated(pieces, one, year))[:1]


def pieces_of(lines: Sequence[str], head: str) -> Iterator[tuple[int, str]]:
    """The sentences of a part, each with its line; what stands in the line of its head is a sentence too."""
    starts = [n for n, line in enumerate(lines) if re.match(head, even(line))]
    if not starts:
        return  # the last, since a table of contents names it too
    first = starts[-1]
    end = next((n for n in range(first + 1, len(lines)) if PART.match(even(lines[n]))), len(lines))
    beside = re.sub(f"^(?:{head})", "", even(lines[first])).lstrip(":,")
    for number, text in paragraphs([beside, *lines[first + 1 : end]]):
        for piece in filter(None, map(str.strip, PIECE.split(text))):
            yield first + number, piece


def passages(pieces: Sequence[tuple[int, str]], declared: Sequence[Gathered], year: int) -> Iterator[Said]:
    """The passages of a part, those of a kind put together."""
    begins = [(one, re.compile(in_year(one.begins, year))) for one in declared]
    now = next((one for one in declared if one.opens), None)
    found: dict[str, tuple[int, str]] = {}
    for line, piece in pieces:
        bare = even(piece)
        now = next((one for one, pattern in begins if pattern.match(bare)), now)
        if now and not (len(bare) <= LONGEST_HEAD and not PIECE.search(piece)):
            start, told = found.get(now.id, (line, ""))
            found[now.id] = start, told + piece
    titles = {one.id: (f"{one.title}：", f"{one.title}:") for one in declared}
    for id, (line, told) in found.items():
        told = told.removeprefix(titles[id][0]).removeprefix(titles[id][1])
        yield Said(id, without_private(told if len(told) <= LONGEST else f"{told[:LONGEST]}{MORE}"), line)


def stated(pieces: Sequence[tuple[int, str]], figure: Gathered, year: int) -> Iterator[Said]:
    """The number that a part states, plain; 0 where it says that there is none."""
    for line, piece in pieces:
        bare = even(piece)
        for pattern in figure.patterns:
            if match := re.search(in_year(pattern, year), bare):
                yield Said(figure.id, match.groupdict().get("n", "0").replace(",", ""), line)
