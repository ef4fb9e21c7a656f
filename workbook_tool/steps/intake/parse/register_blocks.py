"""Lists that stand side by side in a sheet: the halves of one that was folded to save paper, or two of the form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from workbook_tool.model.form.register import Register
from workbook_tool.model.text import SERIAL_HEAD, label_key, unspaced
from workbook_tool.steps.intake.parse.register_heads import LEVELS, RegisterHead, Rows, head_of
from workbook_tool.steps.intake.parse.unit_words import said_in, words_of

Claim = tuple[Register, RegisterHead, Rows]
"""A head of a list, and the rows of its sheet that may be its own."""
BEYOND = 1 << 20
TITLED = 2
"""In so many columns from its first one the title of a block begins."""


def side_by_side(claims: Sequence[Claim]) -> list[Claim]:
    """The heads, each with its own columns where several stand beside each other."""
    whole = [block for claim in claims for block in folded(claim)]
    return [narrowed(one, first_of(one), end_of(one, whole)) if beside(one, whole) else one for one in whole]


def folded(claim: Claim) -> Iterator[Claim]:
    """The blocks of a head in which every label comes again further right, each with all that a record needs; the head as
    it is where it is none, or where different titles stand above the blocks."""
    _, head, rows = claim
    starts = [0, *repeats(head)] if head.twice else [0]
    blocks = [narrowed(claim, first, end) for first, end in pairwise([*starts, BEYOND])]
    if len(blocks) == 1 or not all(block.readable for _, block, _ in blocks):
        yield claim
    elif titles := titles_apart(head, rows, starts):
        head.apart = titles
        yield claim
    else:
        yield from blocks


def repeats(head: RegisterHead) -> Iterator[int]:
    """The columns at which a label comes again that stands to the left, since the last of them."""
    seen: set[str] = set()
    for at, path in sorted(head.paths.items()):
        key = label_key(path[-1])
        if key in seen:
            seen = set()
            yield at
        seen.add(key)


def titles_apart(head: RegisterHead, rows: Rows, starts: Sequence[int]) -> list[str]:
    """The titles over the blocks, where those behind the first have their own: they may be of other years."""
    found = []
    for first in starts[1:]:
        for row in range(max(0, head.top - LEVELS), head.top):
            texts = [rows.get(row, {}).get(column) for column in range(first, first + TITLED)]
            left = [content for column, content in rows.get(row, {}).items() if column < first]
            own = [text for text in texts if isinstance(text, str) and not (words_of(text) or said_in(text))]
            found += [unspaced(text) for text in own if text not in left]
    return found


def beside(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Whether another head stands in the same rows, in columns that are all to the left or to the right."""
    others = (head for _, head, _ in claims if head is not claim[1])
    return any(level(claim[1], head) and not overlap(claim[1], head) for head in others)


def level(one: RegisterHead, other: RegisterHead) -> bool:
    """Whether two heads share rows of a sheet."""
    return one.sheet is other.sheet and one.top <= other.bottom and other.top <= one.bottom


def overlap(one: RegisterHead, other: RegisterHead) -> bool:
    """Whether two heads share rows of a sheet, and their columns lie among each other, or nothing parts them: columns that
    an agency added may be called like those of another list."""
    a, b = one.columns.values(), other.columns.values()
    if not level(one, other):
        return False
    return not a or not b or (min(a) <= max(b) and min(b) <= max(a)) or not begins(max(one, other, key=leftmost))


def leftmost(head: RegisterHead) -> int:
    """The first column of a head."""
    return min(head.columns.values())


def begins(head: RegisterHead) -> bool:
    """Whether a block begins with a head: behind a column without one, or with the numbers of its rows."""
    first = leftmost(head)
    return first - 1 not in head.paths or SERIAL_HEAD.fullmatch(label_key(head.paths[first - 1][-1])) is not None


def first_of(claim: Claim) -> int:
    """Where the block of a head begins: with the numbers of its rows, where they stand before it."""
    head = claim[1]
    first = leftmost(head)
    before = head.paths.get(first - 1, ("",))
    return first - 1 if SERIAL_HEAD.fullmatch(label_key(before[-1])) else first


def end_of(claim: Claim, claims: Sequence[Claim]) -> int:
    """Where the next block begins."""
    last = max(claim[1].columns.values())
    return min(
        (at for one in claims if level(claim[1], one[1]) and one[1].columns and (at := first_of(one)) > last),
        default=BEYOND,
    )


def narrowed(claim: Claim, first: int, end: int) -> Claim:
    """A head with the columns from one on, up to another, and the rows below it with what stands there."""
    register, head, rows = claim
    paths = {at: tuple(path) for at, path in head.paths.items() if first <= at < end}
    below = {
        row: {c: content for c, content in cells.items() if first <= c < end}
        for row, cells in rows.items()
        if row > head.bottom
    }
    own = {row: cells for row, cells in {**rows, **below}.items() if cells}
    return register, head_of(register, head.sheet, (head.top, head.bottom), paths), own
