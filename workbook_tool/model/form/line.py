"""A row or a column of a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import chain, combinations, count, permutations
from typing import Literal

from msgspec import Struct

from workbook_tool.model.text import label_key, label_number, with_unit

Kind = Literal["number", "text", "date", "choice", "yesno", "code", "phone", "mail", "postcode", "id", "credit"]
"""What a line of a table or a column of a list holds. ``code`` and what follows are texts whatever they look like; from
``phone`` on they have a pattern: telephone numbers, addresses of mail, postcodes, numbers of identity cards and of
organisations (统一社会信用代码)."""
Adds = Literal["sum", "last", "ratio", "never"]
"""How numbers of a line come together. ``sum``: added over agencies and periods; ``last``: added over agencies, of periods
the last one counts (a stock, a cumulative); ``ratio``: computed again from totals; ``never``: neither (a price, a rank)."""
PERCENT = {"%": 100, "‰": 1000}
"""Units of a share, and what a ratio is multiplied by for them."""
SEPARATED = "·"
"""Between the captions and the label of a line where one label alone would say several."""


class Line(Struct, frozen=True, dict=True):
    """A row or a column of a block.

    ``under`` are the captions above or left of it, outermost first; ``also`` other spellings that real files use; ``was``
    are its former labels, under which its numbers are known from before. ``breaks`` is the label as printed, with its
    manual line breaks. ``unit`` and ``decimals`` are its own where they are not those of its block.

    ``total`` marks a line that follows from others, as a sum does; ``stock`` one that counts what there is, not what
    happened; ``adds`` how its numbers come together. An ``optional`` one may be left blank, which is nothing to report;
    a ``negative`` one may go below 0; ``min`` and ``max`` are what its numbers must keep to. ``kind`` is what it holds,
    ``choices`` what may be chosen there, ``pattern`` what a text must look like as a whole. ``depends`` is the line, by its id,
    whose choice says which of the choices may follow, ``after`` says it.
    """

    id: str
    label: str
    under: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    short: str = ""
    total: bool = False
    breaks: str = ""
    stock: bool = False
    optional: bool = False
    unit: str = ""
    decimals: int | None = None
    negative: bool = False
    min: Decimal | None = None
    max: Decimal | None = None
    adds: Adds = "sum"
    kind: Kind = "number"
    choices: tuple[str, ...] = ()
    depends: str = ""
    after: tuple[tuple[str, tuple[str, ...]], ...] = ()
    pattern: str = ""
    was: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The label for tight places."""
        return self.short or self.label

    @property
    def printed(self) -> str:
        """The label as it stands on paper, with its manual line breaks and its own unit."""
        return with_unit(self.breaks or self.label, self.unit)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The normalised spellings under which this line is found in a sheet, also with the captions that stand over
        it written into one cell with its label, in any order."""
        spellings = (self.label, *self.also, *self.was)
        return frozenset(key for text in spellings for parts in flattened(text, self.under) for key in joined(parts))

    @cached_property
    def number(self) -> str:
        """The bare numbering of the label: ``七`` of ``（七）总计``."""
        return label_number(self.label)


def labels_apart(lines: Sequence[Line]) -> dict[Line, str]:
    """What each of these lines is called among the others: its label, behind its captions where another has the same, and
    with a number where those are the same too."""
    often, taken, found = Counter(line.label for line in lines), set[str](), dict[Line, str]()
    for line in lines:
        name = SEPARATED.join((*line.under, line.label)) if often[line.label] > 1 else line.label
        numbered = chain([name], (f"{name}（{number}）" for number in count(2)))
        found[line] = next(one for one in numbered if one not in taken)
        taken.add(found[line])
    return found


def flattened(label: str, captions: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The label alone, and with any of its captions in any order."""
    for many in range(len(captions) + 1):
        for chosen in combinations(captions, many):
            yield from permutations((*chosen, label))


def joined(parts: tuple[str, ...]) -> tuple[str, str]:
    """The key of several labels in one cell, with and without their inner numbering."""
    return label_key("".join(parts)), "".join(map(label_key, parts))
