"""For what the blank cells of an empty workbook are prepared: what helps to begin a declaration from it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class DropDown(Struct, frozen=True):
    """What the drop-down of a column offers: ``options``; or, where it depends on the column ``on``, ``after`` says what
    by a choice made there."""

    options: tuple[str, ...] = ()
    on: int | None = None
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Prepared(Struct, frozen=True):
    """The drop-downs and the number formats of blank cells, each by sheet and column from 0; ``answers`` are the drop-downs
    of single cells, by row and column; ``sources`` are the sheets that hold what drop-downs offer."""

    drop_downs: Mapping[str, Mapping[int, DropDown]] = field(default_factory=dict)
    answers: Mapping[str, Mapping[tuple[int, int], tuple[str, ...]]] = field(default_factory=dict)
    formats: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    sources: frozenset[str] = frozenset()
