"""What was judged, added up, and how often each rule spoke in it."""

from __future__ import annotations

from msgspec import Struct


class RuleCount(Struct, frozen=True):
    """How often a rule passed, failed and could not be decided, over all filings that count or were returned."""

    rule_id: str
    passed: int
    failed: int
    undecided: int


class Layer(Struct, frozen=True):
    """Totals over some filings: per item the exact sum and how many of these agencies lack the number. A ratio is computed
    again from the sums; what can neither be added nor computed has none."""

    agencies: int
    sums: tuple[int | None, ...]
    missing: tuple[int, ...]


class GroupTotal(Struct, frozen=True):
    """What passed of a part of the agencies: of all below the one of this ``name``, however deep, or of one kind; without a
    name, of those of which the roster says nothing. ``parts`` are the names of the subtotals right within it."""

    name: str
    layer: Layer
    parts: tuple[str, ...] = ()


class Totals(Struct, frozen=True):
    """What was judged, added up: ``passed`` is counted plus held, ``held`` its part still to be explained,
    ``all_filed`` adds the returned filings; and how often each rule spoke in these. What passed also stands by the agencies
    above (上级) and by kind (类别), where there are several."""

    passed: Layer
    held: Layer
    all_filed: Layer
    rules: tuple[RuleCount, ...]
    by_parent: tuple[GroupTotal, ...] = ()
    by_category: tuple[GroupTotal, ...] = ()
