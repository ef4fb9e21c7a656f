"""What formulas say of the rows of a list, such as ``答复日期 >= 受理日期`` or ``workdays(受理日期, 答复日期) > 20``.

The grammar is that of all formulas (``grammar.py``); here the names are columns, what may be chosen in them needs no
quotation marks, and days can be reckoned with. A blank is not 0: what needs it is undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, reduce

from msgspec import Struct

from workbook_tool.model.form.calendar import NATIONAL, Calendar
from workbook_tool.model.form.expression import (
    BOTH,
    COMPARING,
    EITHER,
    FILLED,
    NOT,
    Amount,
    Call,
    Expression,
    ExpressionError,
    Name,
    Operation,
    Words,
    leaves,
)
from workbook_tool.model.form.grammar import Vocabulary, parse, spelt

Worth = Decimal | date | str | bool | None
"""What a column says in a row; None where that is not known."""

FIRST_DAY, LAST_DAY = "期初", "期末"
"""The first and the last day of the period that is filed for."""
YES_NO = {"是": True, "否": False}
OF_DAYS = {"workdays": 2, "days": 2, "year": 1, "month": 1}
"""Functions of days, each with how many; they give a number."""


class ColumnNames(Struct, frozen=True, dict=True):
    """What a formula may speak of: the columns by every name they go by, each with its id and what it holds (``number``,
    ``date``, ``text`` or ``bool``), and the words that may be chosen in them."""

    columns: Mapping[str, tuple[str, str]]
    words: tuple[str, ...] = ()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The same as the grammar takes it."""
        names = {FIRST_DAY: FIRST_DAY, LAST_DAY: LAST_DAY, **{name: id for name, (id, _) in self.columns.items()}}
        order = list(dict.fromkeys(id for id, _ in self.columns.values()))
        known = {spelt(spelling): name for spelling, name in names.items()}
        return Vocabulary(known, order, tuple(OF_DAYS), (*self.words, *YES_NO), tuple(names))

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each column holds, by its id."""
        return {FIRST_DAY: "date", LAST_DAY: "date", **dict(self.columns.values())}


class RowFormula(Struct, frozen=True, dict=True):
    """A formula as declared, what it says, and what it gives: ``bool`` where it holds or does not. ``said`` is the same in
    the words of people."""

    text: str
    expression: Expression
    kind: str
    said: str = ""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The ids of the columns that it speaks of, in their order of appearance."""
        named = (leaf.text for leaf in leaves(self.expression) if isinstance(leaf, Name))
        return tuple(name for name in named if name not in (FIRST_DAY, LAST_DAY))


def adds_up(expression: Expression, typed: Collection[str]) -> bool:
    """Whether a formula is a sum or difference of these columns: then its sum over rows is that of their sums."""
    match expression:
        case Name(id):
            return id in typed
        case Operation("+" | "-", left, right):
            return adds_up(left, typed) and adds_up(right, typed)
    return False


def read_row_formula(text: str, names: ColumnNames) -> RowFormula:
    """What a text says. Raises ExpressionError where it is not in the language or compares what cannot be compared."""
    said = reduce(lambda one, other: Operation(BOTH, one, other), (c.expression for c in parse(text, names.vocabulary)))
    return RowFormula(text, said, kind_of(said, names.kinds, text))


def kind_of(expression: Expression, kinds: Mapping[str, str], text: str) -> str:
    """What an expression gives: ``number``, ``date``, ``text`` or ``bool``. Raises ExpressionError where it makes no
    sense."""
    if isinstance(expression, Amount):
        return "number"
    if isinstance(expression, Words):
        return "text"
    if isinstance(expression, Call):
        return kind_of_call(expression, kinds, text)
    if isinstance(expression, Operation):
        sides = [kind_of(side, kinds, text) for side in (expression.left, expression.right)]
        if expression.sign in COMPARING:
            compare_kinds(expression, sides, text)
        elif expression.sign in (BOTH, EITHER):
            refuse_unless(sides == ["bool", "bool"], f"“{text}” 里的 {expression.sign} 两边都应是条件")
        elif (expression.sign, sides) != ("-", ["date", "date"]):
            plain = all(side in ("number", "bool") for side in sides)
            refuse_unless(plain, f"“{text}” 里的 {expression.sign} 只能用于数（两个日期可以相减）")
            return "number"
        return "number" if expression.sign == "-" else "bool"
    assert isinstance(expression, Name)
    refuse_unless(expression.text in kinds, f"“{text}” 里不能用 last.、prev.：清单的各行没有上一期")
    return kinds[expression.text]


def kind_of_call(call: Call, kinds: Mapping[str, str], text: str) -> str:
    """What a function gives."""
    parts, many = [kind_of(part, kinds, text) for part in call.arguments], OF_DAYS.get(call.function, 1)
    refuse_unless(len(parts) == many, f"“{text}” 里的 {call.function} 应有 {many} 个参数")
    if call.function == NOT:
        refuse_unless(parts == ["bool"], f"“{text}” 里的 {NOT} 后面应是条件")
    if call.function in OF_DAYS:
        refuse_unless({*parts} <= {"date", "text"}, f"“{text}” 里的 {call.function} 要用日期列")
        refuse_no_days(call.arguments)
        return "number"
    return "bool"


def compare_kinds(comparison: Operation, sides: Sequence[str], text: str) -> None:
    """Refuse a comparison of what is not of one kind. A text may be a day, 是 and 否 an answer."""
    kinds = {*sides}
    equal = comparison.sign in ("==", "!=")
    answered = kinds == {"bool", "text"} and any(as_answer(side) is not None for side in (comparison.left, comparison.right))  # fmt: skip
    alike = kinds in ({"text"}, {"bool"}) or answered if equal else False
    fine = alike or "date" in kinds <= {"date", "text"} or kinds <= {"number", "bool"}
    refuse_unless(fine, f"“{text}” 里的 {comparison.sign} 两边不是一类，不能比较")
    if "date" in kinds:
        refuse_no_days((comparison.left, comparison.right))


def refuse_no_days(parts: Sequence[Expression]) -> None:
    """Refuse a text that stands for a day and is none: what is held against it would never be decided."""
    for part in parts:
        if isinstance(part, Words):
            refuse_unless(as_day(part.text) is not None, f"“{part.text}” 不是日期，要写作 “2024-01-31” 这样")


def refuse_unless(fine: bool, words: str) -> None:
    """Raise ExpressionError with these words where something is not fine."""
    if not fine:
        raise ExpressionError(words)


def as_answer(expression: Expression) -> bool | None:
    """What 是 or 否 says; None of anything else."""
    return YES_NO.get(expression.text) if isinstance(expression, Words) else None


class Given(Struct, frozen=True):
    """What a formula is held against beside the row itself: the first and last day of the period, where that is known,
    and the calendar."""

    first: date | None = None
    last: date | None = None
    calendar: Calendar = NATIONAL


Row = Mapping[str, Worth]
"""What the columns say in the row at hand, by id."""
Found = Callable[[Row], Worth]
"""What an expression comes to in a row; None where what it needs is not known."""


def compiled(expression: Expression, given: Given) -> Found:
    """An expression as a function of the row, made once for all rows of a list."""
    if isinstance(expression, Name) and expression.text not in (FIRST_DAY, LAST_DAY):
        id = expression.text
        return lambda row: row[id]
    if isinstance(expression, Amount | Words | Name):
        fixed = constant(expression, given)
        return lambda row: fixed
    if isinstance(expression, Call):
        return compiled_call(expression, given)
    assert isinstance(expression, Operation)
    sign, left, right = expression.sign, compiled(expression.left, given), compiled(expression.right, given)
    if sign in (BOTH, EITHER):
        return lambda row: together(sign == EITHER, left(row), right(row))

    def both(row: Row) -> Worth:
        one, other = left(row), right(row)
        return None if one is None or other is None else joined(sign, one, other)

    return both


def compiled_call(call: Call, given: Given) -> Found:
    """A function of one or two expressions, as a function of the row."""
    name, first, second = call.function, compiled(call.arguments[0], given), compiled(call.arguments[-1], given)
    if name == FILLED:
        return lambda row: first(row) is not None
    if name == NOT:
        return lambda row: None if (value := first(row)) is None else not value

    def of_days(row: Row) -> Worth:
        start, end = as_day(first(row)), as_day(second(row))
        if start is None or end is None:
            return None
        if name == "workdays":
            counted = given.calendar.between(start, end)
            return None if counted is None else Decimal(counted)
        return Decimal((end - start).days if name == "days" else getattr(start, name))

    return of_days


def constant(expression: Amount | Words | Name, given: Given) -> Worth:
    """What an expression without columns says."""
    if isinstance(expression, Amount):
        return Decimal(expression.number.numerator) / Decimal(expression.number.denominator)
    if isinstance(expression, Words):
        return expression.text
    return given.first if expression.text == FIRST_DAY else given.last


def together(decisive: bool, left: Worth, right: Worth) -> Worth:
    """Two answers as one: a ``decisive`` one settles it (True for 或, False for 且), and else one not known leaves it
    open."""
    if decisive in (left, right):
        return decisive
    return None if left is None or right is None else not decisive


def joined(sign: str, left: Worth, right: Worth) -> Worth:
    """What a sign says of two known values."""
    if isinstance(left, date) or isinstance(right, date):
        start, end = as_day(left), as_day(right)
        if start is None or end is None:
            return None
        return Decimal((start - end) / timedelta(days=1)) if sign == "-" else compared(sign, start, end)
    if isinstance(left, bool) != isinstance(right, bool) and (isinstance(left, str) or isinstance(right, str)):
        left, right = (YES_NO.get(side, side) if isinstance(side, str) else side for side in (left, right))
    if isinstance(left, str) or isinstance(right, str):
        return compared(sign, left, right)
    return arithmetic(sign, Decimal(left or 0), Decimal(right or 0))


def as_day(value: Worth) -> date | None:
    """A day, also one that is written as a text of the declaration (``2024-01-31``); None for anything else."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None


def compared(sign: str, left: Worth, right: Worth) -> bool:
    """Whether two values of one kind stand to each other as a sign says."""
    if sign == "==":
        return left == right
    if sign == "!=":
        return left != right
    low, high = (left, right) if sign in ("<", "<=") else (right, left)
    return bool(low < high) or (sign in ("<=", ">=") and low == high)  # type: ignore[operator]


def arithmetic(sign: str, left: Decimal, right: Decimal) -> Worth:
    """What a sign says of two numbers; None for a division by 0."""
    if sign == "/":
        return left / right if right else None
    plain = {"+": left + right, "-": left - right, "*": left * right}
    return plain[sign] if sign in plain else compared(sign, left, right)
