"""The language of rules, and of whatever follows from other numbers: ``新收 + 结转 == 办结 + 未结``, ``已整改 / 发现隐患``.

Names are labels or ids: the longest that is declared counts, whatever its width or spaces, and no other word is. Numbers,
``+ - * /``, brackets, ``sum(a:b)`` over declared neighbours and one ``each(a:b)``, which says the same of every one of
them; comparisons (``1 <= 甲 <= 3``), 且, 或 and 非, ``filled(x)``; ``last.`` before a name means the number of a year ago, ``prev.`` that of the
period before. Full-width signs are the half-width ones. Nothing else is accepted, and nothing is evaluated as code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import lcm

from msgspec import Struct

from workbook_tool.model.form.line import PERCENT

LAST, PREV = "last.", "prev."
"""Before a name: the number of a year ago, and that of the period directly before."""
COMPARING = ("==", "<=", ">=", "!=", "<", ">")
BOTH, EITHER, NOT = "且", "或", "非"
EACH, SUM, FILLED = "each", "sum", "filled"


class ExpressionError(ValueError):
    """The formula of a rule cannot be understood; the message says where."""


class UnknownNameError(ExpressionError):
    """A word of a formula is no declared name; ``word`` is that word."""

    def __init__(self, word: str) -> None:
        super().__init__(f"“{word}” 没有声明")
        self.word = word


class Amount(Struct, frozen=True):
    """A number that stands in a formula."""

    number: Fraction


class Words(Struct, frozen=True):
    """A text that stands in a formula, in quotes."""

    text: str


class Name(Struct, frozen=True):
    """What a formula speaks of, by its declared name, ``last.`` or ``prev.`` before it."""

    text: str


class Leaf(Struct, frozen=True):
    """A number of the form, in place of its name. ``earlier``: that of an earlier period, under its index there."""

    index: int
    earlier: bool = False


class Operation(Struct, frozen=True):
    """Two sides and what is between them: a sign of arithmetic or comparison, 且 or 或."""

    sign: str
    left: Expression
    right: Expression


class Call(Struct, frozen=True):
    """A function of something: ``filled(备注)``."""

    function: str
    arguments: tuple[Expression, ...]


Expression = Amount | Words | Name | Leaf | Operation | Call
Result = Fraction | str | bool | None
"""What an expression comes to; None where a number of it is not known: undecided, never 0."""


class Clause(Struct, frozen=True):
    """What a formula says once: its expression and, of an ``each``, the name that it says it of."""

    expression: Expression
    each: str = ""


class Linear(Struct, frozen=True):
    """``sum(terms) + constant <operator> 0`` over names, with whole factors."""

    terms: tuple[tuple[str, int], ...]
    constant: int
    operator: str
    each: str = ""


def bare(name: str) -> str:
    """A name without what says that an earlier number is meant."""
    return name.removeprefix(LAST).removeprefix(PREV)


def replaced(expression: Expression, by: Mapping[str, Expression]) -> Expression:
    """The expression with these names replaced."""
    if isinstance(expression, Name):
        return by.get(expression.text, expression)
    if isinstance(expression, Operation):
        return Operation(expression.sign, replaced(expression.left, by), replaced(expression.right, by))
    if isinstance(expression, Call):
        return Call(expression.function, tuple(replaced(part, by) for part in expression.arguments))
    return expression


def written(expression: Expression) -> str:
    """The expression as a formula over the names themselves."""
    if isinstance(expression, Name):
        return expression.text
    if isinstance(expression, Amount):
        return f"({expression.number.numerator} / {expression.number.denominator})"
    if isinstance(expression, Words):
        return f"“{expression.text}”"
    if isinstance(expression, Operation):
        return f"({written(expression.left)} {expression.sign} {written(expression.right)})"
    if isinstance(expression, Call):
        return f"{expression.function}({', '.join(map(written, expression.arguments))})"
    raise ValueError(f"bound already: {expression}")


def leaves(expression: Expression) -> list[Name | Leaf]:
    """The names and numbers that an expression speaks of, from the left, each once."""
    if isinstance(expression, Name | Leaf):
        return [expression]
    if isinstance(expression, Operation):
        return list(dict.fromkeys([*leaves(expression.left), *leaves(expression.right)]))
    if isinstance(expression, Call):
        return list(dict.fromkeys(one for part in expression.arguments for one in leaves(part)))
    return []


def linear(relation: Clause) -> Linear | None:
    """A comparison of sums as one linear form; None where it is anything else (a ratio, a product, 且, ``filled``).

    Raises ExpressionError where nothing is left of it.
    """
    whole = relation.expression
    if not isinstance(whole, Operation) or whole.sign not in COMPARING or whole.sign == "!=":
        return None
    left, right = weights(whole.left), weights(whole.right)
    if left is None or right is None:
        return None
    factors = {name: left.get(name, 0) - right.get(name, 0) for name in {**left, **right}}
    constant = factors.pop("", 0)
    kept = {name: factor for name, factor in factors.items() if factor}
    if not kept:
        raise ExpressionError("两边相同，没有内容")
    scale = lcm(constant.denominator, *(factor.denominator for factor in kept.values()))
    terms = tuple((name, int(factor * scale)) for name, factor in kept.items())
    return Linear(terms, int(constant * scale), whole.sign, relation.each)


Exact = int | Fraction
"""A whole number stays one as long as it can: fractions are slow."""


def weights(expression: Expression) -> dict[str, Exact] | None:
    """The factor of each name in an expression, the constant's under the empty name; None where it is not linear."""
    if isinstance(expression, Amount):
        return {"": expression.number}
    if isinstance(expression, Name):
        return {expression.text: 1}
    if not isinstance(expression, Operation):
        return None
    left, right = weights(expression.left), weights(expression.right)
    if left is None or right is None or expression.sign not in "+-*/":
        return None
    if expression.sign in "+-":
        sign = 1 if expression.sign == "+" else -1
        return {name: left.get(name, 0) + sign * right.get(name, 0) for name in {**left, **right}}
    if expression.sign == "*" and not left.keys() - {""}:
        left, right = right, left
    if right.keys() - {""}:
        return None
    number = right.get("", 0)
    if expression.sign == "/" and not number:
        return None
    times = expression.sign == "*"
    return {name: factor * number if times else Fraction(factor) / number for name, factor in left.items()}


def divides(expression: Expression) -> bool:
    """Whether a formula divides by what is filed: a ratio, which cannot be added."""
    if not isinstance(expression, Operation):
        return False
    own = expression.sign == "/" and bool(leaves(expression.right))
    return own or divides(expression.left) or divides(expression.right)


def as_share(expression: Expression, unit: str) -> Expression:
    """A formula as it is counted in a unit: a ratio in percent is multiplied by 100. Raises ExpressionError where the
    formula does that itself: nobody should find it multiplied twice."""
    times = PERCENT.get(unit, 1)
    if times == 1 or not divides(expression):
        return expression
    if multiplies(expression, times):
        raise ExpressionError(f"里请去掉 * {times}：单位是 {unit} 的比率已自动乘 {times}")
    return Operation("*", expression, Amount(Fraction(times)))


def multiplies(expression: Expression, times: int) -> bool:
    """Whether a formula multiplies by this number, or divides by its inverse, other than in what it divides by."""
    if not isinstance(expression, Operation):
        return False
    left, right = expression.left, expression.right
    if expression.sign == "/":
        return right == Amount(Fraction(1, times)) or multiplies(left, times)
    own = expression.sign == "*" and Amount(Fraction(times)) in (left, right)
    return own or multiplies(left, times) or multiplies(right, times)


Known = Callable[[Name | Leaf], Fraction | str | None]
"""What is known of a leaf of an expression; None where nothing is."""


def value(expression: Expression, known: Known, typed: Callable[[Leaf], bool | None] | None = None) -> Result:
    """What an expression comes to. What is not known leaves it undecided, unless the rest decides it alone. ``typed`` says
    what ``filled`` asks of a cell, where that is not whether it is known: a blank may be known as a 0."""
    if isinstance(expression, Amount):
        return expression.number
    if isinstance(expression, Words):
        return expression.text
    if isinstance(expression, Name | Leaf):
        return known(expression)
    if isinstance(expression, Call):
        if expression.function == FILLED:
            part = expression.arguments[0]
            return typed(part) if typed and isinstance(part, Leaf) else value(part, known) is not None
        found = value(expression.arguments[0], known, typed)
        return None if found is None else not found
    left, right = value(expression.left, known, typed), value(expression.right, known, typed)
    if expression.sign in (BOTH, EITHER):
        decides = expression.sign == EITHER
        if decides in (left, right):
            return decides
        return None if left is None or right is None else not decides
    return None if left is None or right is None else reckoned(expression.sign, left, right)


def reckoned(sign: str, left: Fraction | str | bool, right: Fraction | str | bool) -> Result:
    """Two known sides put together; None for a division by 0 and where a text is no number."""
    if sign in ("==", "!="):
        return (left == right) is (sign == "==")
    if isinstance(left, str) or isinstance(right, str):
        return None
    a, b = Fraction(left), Fraction(right)
    if sign == "/":
        return a / b if b else None
    results: dict[str, Result] = {"+": a + b, "-": a - b, "*": a * b}
    return results[sign] if sign in results else {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]
