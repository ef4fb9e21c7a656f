"""Ratios of totals: what is never added up, but computed again from the sums of its parts."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from workbook_tool.model.form.conditions import Derivation, half_up
from workbook_tool.model.form.expression import Leaf, Name, leaves, value
from workbook_tool.model.form.form import Form


def parts_of(derived: Derivation) -> set[int]:
    """The numbers of the same period that a ratio is computed from."""
    return {leaf.index for leaf in leaves(derived.value) if isinstance(leaf, Leaf) and not leaf.earlier}


def again(derived: Derivation, form: Form, total: Callable[[int], int | None]) -> int | None:
    """A ratio of these totals; None where it has none, and where it looks back at earlier periods, which are not added up."""

    def known(leaf: Name | Leaf) -> Fraction | None:
        if isinstance(leaf, Name) or leaf.earlier or (exact := total(leaf.index)) is None:
            return None
        return Fraction(exact, 10 ** form.items[leaf.index].decimals)

    found = value(derived.value, known)
    return half_up(found, form.items[derived.at].decimals) if isinstance(found, Fraction) else None
