"""Headings among the rows of a list that hold the sum of the rows below them: counted like those, they would count twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct, field

from workbook_tool.model.form.register import Register
from workbook_tool.model.regex import regex
from workbook_tool.model.text import numbering_step, unspaced
from workbook_tool.steps.intake.parse.register_cells import as_words
from workbook_tool.steps.intake.parse.register_heads import RegisterHead
from workbook_tool.steps.intake.parse.register_rows import BodyRow, texts_in, typed_in
from workbook_tool.steps.intake.parse.value import BLANK_MARKS

CHINESE = regex(r"[一二三四五六七八九十]+")
"""A number of a heading where the others are counted 1, 2, 3."""
LOWEST = 9
"""The level of a heading without a number."""
Amounts = Mapping[int, Decimal]
"""The numbers of a row, by the number of their column."""


class Headings(Struct):
    """The rows that are headings with the sum of what is below them (``sure``), and those that look like one and hold
    another number: the sums by column and, in ``numbered``, whether their numbering says so."""

    sure: set[int] = field(default_factory=set)
    doubtful: dict[int, Amounts] = field(default_factory=dict)
    numbered: set[int] = field(default_factory=set)


def find_headings(
    lines: Sequence[BodyRow],
    kinds: Sequence[str],
    register: Register,
    head: RegisterHead,
    amounts: Callable[[BodyRow], Amounts],
) -> Headings:
    """Tell headings from records by their level: what stands below one, down to the next of its level, are its rows."""
    found = Headings()
    with_serial = sum(k == "record" and has_serial(one, head) for one, k in zip(lines, kinds, strict=True))
    serials = 2 * with_serial >= kinds.count("record") > 0 and with_serial > 0
    levels = [level_of(one, kind, register, head, serials) for one, kind in zip(lines, kinds, strict=True)]
    for at in reversed([n for n, level in enumerate(levels) if level and kinds[n] == "record"]):
        own = amounts(lines[at])
        below = rows_below(at, levels, kinds, found.sure)
        if not own or not below:
            continue
        told = [amounts(lines[n]) for n in below]
        sums = {number: sum((one.get(number, Decimal(0)) for one in told), Decimal(0)) for number in own}
        if sums == own:
            found.sure.add(at)
        else:
            found.doubtful[at] = sums
            found.numbered |= {at} if has_serial(lines[at], head) or not serials else set()
    return found


def rows_below(at: int, levels: Sequence[int], kinds: Sequence[str], sure: set[int]) -> list[int]:
    """The records below a heading, down to the next of its level or above, or a line of totals."""
    below = []
    for n in range(at + 1, len(levels)):
        if kinds[n] == "total" or (levels[n] and levels[n] <= levels[at]):
            break
        if kinds[n] == "record" and n not in sure:
            below.append(n)
    return below


def has_serial(line: BodyRow, head: RegisterHead) -> bool:
    """Whether the row is numbered in a column of its own."""
    return any(c in head.serial for c in line.other)


def level_of(line: BodyRow, kind: str, register: Register, head: RegisterHead, serials: bool) -> int:
    """How high a row stands if it is a heading: 1 for ``一、``, more for what is below; 0 for a row that is none."""
    if kind not in ("record", "group"):
        return 0
    plainly = (
        sum(
            isinstance(c, str) and c not in BLANK_MARKS and register.columns[n].kind != "number"
            for n, c in line.own.items()
        )
        > 1
    )
    if kind == "record" and (plainly or texts_in(line, register) != 1 or typed_in(line, register)):
        return 0  # the first of these, as it is quick: so is nearly every row
    numbers = [as_words(line.other[c]) for c in head.serial if c in line.other]
    words = [content for _, content in sorted(line.own.items()) if isinstance(content, str)]
    for text in (*numbers, *words[:1]):
        if step := numbering_step(text) or int(CHINESE.fullmatch(unspaced(text)) is not None and text in numbers):
            return step
    if kind == "group":
        return 1 if serials else LOWEST
    return 1 if serials and not numbers else 0
