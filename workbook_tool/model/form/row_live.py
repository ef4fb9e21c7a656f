"""What formulas say of the rows of a list, as a spreadsheet says it of whole columns at once: for live counts.

Every text is an array with a value for each row: 1 and 0 for what is known to be true, or known to be false, which are
not each other's opposite, since a blank is neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from msgspec import Struct

from workbook_tool.model.form.expression import (
    BOTH,
    COMPARING,
    EITHER,
    FILLED,
    NOT,
    Amount,
    Call,
    Expression,
    Name,
    Operation,
    Words,
    divides,
)
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.live import SIGNS, UNDECIDED, quote
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.register import Register, Tally
from workbook_tool.model.form.row_formula import FIRST_DAY, LAST_DAY, as_answer, as_day

ANSWERS = {True: "是", False: "否"}


class NotLiveError(ValueError):
    """A formula that a spreadsheet cannot say of a whole column."""


class LiveRows(Struct, frozen=True):
    """The rows of a list in a workbook: ``cells`` says where the column of an id stands. Working days are not
    said, since no spreadsheet knows the national calendar, nor what a function makes of each row: Gnumeric asks it once."""

    register: Register
    period: Period
    cells: Callable[[str], str]

    def counted(self, item: Item, tally: Tally) -> str:
        """The live count of one number of a tally; undecided where a cell holds what its column does not take. Raises
        NotLiveError where nothing can say it."""
        lines = zip(tally.by, (item.row, item.column), strict=False)
        factors = [self.chosen(id, line.label) for id, line in lines]
        if tally.date:
            day = self.worth(Name(tally.date))
            first, last = dated(self.period.first), dated(self.period.last)
            factors.append(f"{self.given(tally.date)}*({day}>={first})*({day}<={last})")
        factors += [self.holds(tally.where.expression)] if tally.where else []
        if all(self.register.by_id[id].of for id in (*tally.by, tally.date) if id):  # else a blank row counts nowhere
            filled = "+".join(f'({self.cells(column.id)}<>"")' for column in self.register.columns)
            factors.append(f"(({filled})>0)")
        factors += [self.given(tally.sum), self.worth(Name(tally.sum))] if tally.sum else []
        return f"IFERROR(SUMPRODUCT(1*{'*'.join(factors)}),{quote(UNDECIDED)})"

    def added(self, id: str, choices: Mapping[str, str]) -> str:
        """The live sum of a column over the rows that hold these choices, by column; undecided where a cell holds what its
        column does not take. Raises NotLiveError where nothing can say it."""
        factors = [*(self.chosen(by, label) for by, label in choices.items()), self.given(id), self.worth(Name(id))]
        return f"=IFERROR(SUMPRODUCT(1*{'*'.join(factors)}),{quote(UNDECIDED)})"

    def chosen(self, id: str, label: str) -> str:
        """In which rows a column has this choice."""
        if self.register.by_id[id].kind == "yesno":
            return self.holds(Name(id), label == ANSWERS[True])
        return f"({self.column(id)}={quote(label)})"

    def holds(self, expression: Expression, answer: bool = True) -> str:
        """In which rows a condition is known to be true, or, for the ``answer`` False, known to be false."""
        match expression:
            case Name(id):
                return self.answered(id, answer)
            case Call(function, (Name(id),)) if function == FILLED:
                return self.given(id) if answer else f"(1-{self.given(id)})"
            case Call(function, (part,)) if function == NOT:
                return self.holds(part, not answer)
            case Operation(sign, left, right) if sign in (BOTH, EITHER):
                one, other = self.holds(left, answer), self.holds(right, answer)
                return f"({one}*{other})" if (sign == BOTH) is answer else f"(({one}+{other})>0)"
            case Operation(sign, left, right) if sign in COMPARING:
                return self.compared(sign, left, right, answer)
        raise NotLiveError(str(expression))

    def answered(self, id: str, answer: bool) -> str:
        """In which rows a column says yes, or no; where it is blank, what it follows from says so."""
        column, typed = self.register.by_id[id], f"({self.cells(id)}={quote(ANSWERS[answer])})"
        if column.kind != "yesno":
            raise NotLiveError(id)
        return f'({typed}+({self.cells(id)}="")*{self.holds(column.of.expression, answer)})' if column.of else typed

    def compared(self, sign: str, left: Expression, right: Expression, answer: bool) -> str:
        """In which rows a comparison is known to hold, or not to."""
        for one, other in ((left, right), (right, left)):
            said = as_answer(other)
            if said is not None and self.is_answer(one):
                return self.holds(one, answer is ((sign == "==") is said))
        inner = f"({self.worth(left)}{SIGNS.get(sign, sign)}{self.worth(right)})"
        known = "*".join(dict.fromkeys([*self.known(left), *self.known(right)]))
        inner = inner if answer else f"(1-{inner})"
        return f"({known}*{inner})" if known else inner

    def is_answer(self, expression: Expression) -> bool:
        """Whether an expression says yes or no."""
        match expression:
            case Name(id):
                return id in self.register.by_id and self.register.by_id[id].kind == "yesno"
            case Operation(sign):
                return sign in (*COMPARING, BOTH, EITHER)
            case Call(function):
                return function in (FILLED, NOT)
        return False

    def worth(self, expression: Expression) -> str:
        """What an expression comes to in each row where it is known."""
        match expression:
            case Amount(number):
                return amount(number)
            case Words(text):
                day = as_day(text)
                return dated(day) if isinstance(day, date) else quote(text)
            case Name(id) if id in (FIRST_DAY, LAST_DAY):
                return dated(self.period.first if id == FIRST_DAY else self.period.last)
            case Name(id):
                return self.column(id)
            case Call("days", (start, end)):
                return f"({self.worth(end)}-{self.worth(start)})"
            case Operation(sign, left, right) if sign in "+-*":
                return f"({self.worth(left)}{sign}{self.worth(right)})"
            case Operation("/", left, right):
                below = self.worth(right)
                return f"({self.worth(left)}/({below}+({below}=0)))"
        return self.holds(expression) if self.is_answer(expression) else unsaid(expression)

    def column(self, id: str) -> str:
        """What a column says in each row, where it is blank what it follows from."""
        column, cells = self.register.by_id[id], self.cells(id)
        if column.kind == "yesno":
            return self.holds(Name(id))
        if column.of is None:
            return cells
        if column.is_text or divides(column.of.expression):
            raise NotLiveError(id)
        return f'({cells}+({cells}="")*{self.worth(column.of.expression)})'

    def known(self, expression: Expression) -> list[str]:
        """Where everything is known that an expression needs."""
        match expression:
            case Name(id) if id in self.register.by_id:
                return [self.given(id)]
            case Operation("/", left, right):
                return [*self.known(left), *self.known(right), f"({self.worth(right)}<>0)"]
            case Operation(_, left, right):
                return [*self.known(left), *self.known(right)]
            case Call(function, parts) if function != FILLED:
                return [one for part in parts for one in self.known(part)]
        return []

    def given(self, id: str) -> str:
        """Where a column says something."""
        typed, of = f'({self.cells(id)}<>"")', self.register.by_id[id].of
        meant = of and ("*".join(dict.fromkeys(self.known(of.expression))) or "1")
        return f"(({typed}+{meant})>0)" if meant else typed


def unsaid(expression: Expression) -> str:
    """Nothing. Raises NotLiveError."""
    raise NotLiveError(str(expression))


def amount(number: Fraction) -> str:
    """A number as a formula writes it."""
    return str(number.numerator) if number.denominator == 1 else f"({number.numerator}/{number.denominator})"


def dated(day: date) -> str:
    """A day as a formula writes it."""
    return f"DATE({day.year},{day.month},{day.day})"
