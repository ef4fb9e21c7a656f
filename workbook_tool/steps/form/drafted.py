"""A table as it was made out in an empty workbook, on its way to a declaration."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from workbook_tool.model.intake.submission import Place
from workbook_tool.model.regex import regex

OWN_UNIT = regex(r"\s*[（(]\s*(?:单位\s*[:：]\s*)?[^（()）]*[)）]\s*$")
"""The unit of one column, behind its head."""


class DraftLine(Struct):
    """A row or column as it stands there: its place along the sheet, its captions and its label; of the column of a list
    what may be told from its cells, where there are any (``typed``), of the question of a card where its ``answer`` is typed;
    ``computed`` is the formula that gives it, in the labels of others."""

    at: int
    path: tuple[str, ...]
    total: bool = False
    unit: str = ""
    kind: str = ""
    decimals: int = 0
    choices: tuple[str, ...] = ()
    depends: str = ""
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: bool = False
    depth: int = 0
    typed: bool = False
    answer: Place = (-1, -1)
    sign: str = ""
    adds: str = ""
    computed: str = ""

    @property
    def label(self) -> str:
        """The label without the unit of its own, which is declared beside it."""
        return OWN_UNIT.sub("", self.path[-1]) if self.unit else self.path[-1]

    @property
    def follows(self) -> bool:
        """Whether it is computed from others."""
        return bool(self.total or self.sign == "=" or self.computed)


class Drafted(Struct):
    """A table as it was made out in a sheet. ``rows`` is empty where it is a list; ``units`` are those that are told over it,
    ``unit`` that of most of its numbers; ``over`` is all that stands above its heads, which are between its
    ``top`` and ``bottom``; ``signs`` are those who put their names to it."""

    name: str
    title: str
    units: tuple[str, ...] = ()
    unit: str = ""
    corner: str = ""
    rows: list[DraftLine] = field(default_factory=list)
    columns: list[DraftLine] = field(default_factory=list)
    serial: str = ""
    summed: bool = False
    top: int = 0
    bottom: int = 0
    over: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
