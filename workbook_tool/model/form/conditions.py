"""What numbers must keep that no sum says: ratios, products and conditions. Evaluated, never solved."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from workbook_tool.model.form.expression import Expression


class Requirement(Struct, frozen=True):
    """Something that must hold of the cells that ``test`` speaks of, where ``guard`` holds; told at the cell ``at``.
    ``line`` is the row or column that the rule runs over (``r:r1``). ``meant`` is what the number there comes to, where the
    rule is an equation that says it."""

    rule_id: str
    test: Expression
    at: int
    line: str = ""
    guard: Expression | None = None
    meant: Expression | None = None


class Derivation(Struct, frozen=True):
    """What the number ``at`` comes to, in its own unit: no sum of others but a ratio or a product. What is filed may
    differ by ``slack``, since ratios are rounded."""

    rule_id: str
    value: Expression
    at: int
    slack: Fraction
    line: str = ""


def half_up(number: Fraction, decimals: int) -> int:
    """The number in units of 10 to the minus ``decimals``, halves away from 0, as spreadsheets round."""
    scaled = abs(number) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return -int(whole) if number < 0 else int(whole)
