"""What numbers must keep that no sum says: ratios, products and conditions. Evaluated, never solved."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from workbook_tool.model.form.expression import Expression


@dataclass(frozen=True)
class Condition:
    """Something that must hold of the cells that ``test`` speaks of, where ``guard`` holds; told at the cell ``at``.
    ``line`` is the row or column that the rule runs over (``r:r1``)."""

    rule_id: str
    test: Expression
    at: int
    line: str = ""
    guard: Expression | None = None


@dataclass(frozen=True)
class Derivation:
    """What the number ``at`` comes to, in its own unit: no sum of others but a ratio or a product. What is filed may
    differ by ``slack``, since ratios are rounded."""

    rule_id: str
    value: Expression
    at: int
    slack: Fraction
    line: str = ""
