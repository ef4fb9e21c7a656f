"""Rules that hold a number against a ratio: in the unit of that number, and as exactly as it is rounded."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from workbook_tool.model.form.expression import (
    BOTH,
    COMPARING,
    Amount,
    Expression,
    Name,
    Operation,
    bare,
    divides,
    leaves,
    multiplies,
    weights,
)
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.line import PERCENT

Places = Mapping[str, Item]


def in_percent(test: Expression, places: Places) -> Expression:
    """A condition in which every ratio that a number in percent is compared with is multiplied by 100, as it is behind
    ``is``; not where the rule does that itself, or the ratio is one of percents already."""
    if not isinstance(test, Operation):
        return test
    if test.sign not in COMPARING:
        return Operation(test.sign, in_percent(test.left, places), in_percent(test.right, places))
    left, right = test.left, test.right
    return Operation(test.sign, multiplied(left, right, places), multiplied(right, left, places))


def multiplied(side: Expression, other: Expression, places: Places) -> Expression:
    """One side of a comparison as it is counted in the unit of the other."""
    times = PERCENT.get(places[bare(other.text)].unit, 1) if isinstance(other, Name) else 1
    if times == 1 or not divides(side) or multiplies(side, times) or percents(side, places):
        return side
    return Operation("*", side, Amount(Fraction(times)))


def percents(expression: Expression, places: Places) -> int:
    """How often percent is multiplied into an expression: a mean of percents is one, their ratio is none."""
    if isinstance(expression, Name):
        return int(places[bare(expression.text)].unit in PERCENT)
    if not isinstance(expression, Operation):
        return 0
    left, right = percents(expression.left, places), percents(expression.right, places)
    return left + right if expression.sign == "*" else left - right if expression.sign == "/" else max(left, right)


def meant(test: Expression, places: Places) -> tuple[Name, Expression] | None:
    """The number that an equation says, and the ratio or product that it must be; None where it says no such thing."""
    if not isinstance(test, Operation) or test.sign != "==":
        return None
    for name, other in ((test.left, test.right), (test.right, test.left)):
        if (
            isinstance(name, Name)
            and name.text == bare(name.text)
            and isinstance(other, Operation)
            and weights(other) is None
            and all(places[bare(leaf.text)].kind == "number" for leaf in leaves(test))  # type: ignore[union-attr]
        ):
            return name, other
    return None


def rounded(name: Name, other: Expression, within: Fraction) -> Expression:
    """That a number is what something comes to, give or take what rounding does."""
    slack = Amount(within)
    above, below = (Operation("<=", Operation("-", a, b), slack) for a, b in ((name, other), (other, name)))
    return Operation(BOTH, above, below)
