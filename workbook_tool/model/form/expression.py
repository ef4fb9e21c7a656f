"""The small language of rules: ``r1 + r2 == r24 + r25``, ``sum(c1:c6) == c7``, ``each(r3:r23) <= r1 + r2``.

Names, whole numbers, ``+ - *`` by a number, ``sum(a:b)`` over declared neighbours and one ``each(a:b)``, which says the
same of every one of them; one comparison ``== <= >=``. ``last.`` before a name means last year's number. Nothing else is accepted, and nothing is ever evaluated as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

TOKEN = re.compile(r"\s*(?:(?P<number>\d+)|(?P<name>[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)|(?P<symbol>==|<=|>=|[-+*():]))")
EACH = "each"


class ExpressionError(ValueError):
    """The formula of a rule cannot be understood; the message says where."""


@dataclass(frozen=True)
class Linear:
    """``sum(terms) + constant <operator> 0`` over names."""

    terms: tuple[tuple[str, int], ...]
    constant: int
    operator: str
    each: str = ""


def tokens(text: str) -> list[str]:
    """The words and signs of a formula. Raises ExpressionError at the first that is none."""
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if not match:
            raise ExpressionError(f"“{text}” 第 {place + 1} 个字符起无法理解：{text[place:]}")
        found.append(match[0].strip())
        place = match.end()
    return found


class FormulaParser:
    """Recursive descent over one formula. ``span(a, b)`` gives the declared names from a to b."""

    def __init__(self, text: str, span: Callable[[str, str], list[str]]) -> None:
        self.text, self.span = text, span
        self.tokens = tokens(text)
        self.place = 0
        self.each: list[str] = []

    def fail(self, wanted: str) -> ExpressionError:
        """The error that says what should stand here instead."""
        got = self.tokens[self.place] if self.place < len(self.tokens) else "末尾"
        return ExpressionError(f"“{self.text}” 在 {got} 处应为{wanted}")

    def peek(self) -> str:
        """The next word, empty at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        """The next word, taken; it must be the wanted one where one is given."""
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise self.fail(wanted or "名称或数字")
        self.place += 1
        return token

    def relation(self) -> list[Linear]:
        """``side (== | <= | >=) side``, one linear form for each name of an ``each``."""
        left = self.side()
        operator = self.peek()
        if operator not in ("==", "<=", ">="):
            raise self.fail("比较符号 ==、<= 或 >=")
        self.take()
        right = self.side()
        if self.place != len(self.tokens):
            raise self.fail("末尾")
        terms = dict(left[0])
        for name, factor in right[0].items():
            terms[name] = terms.get(name, 0) - factor
        constant = left[1] - right[1]
        return [self.linear(terms, constant, operator, name) for name in self.each or [""]]

    def linear(self, terms: dict[str, int], constant: int, operator: str, each: str) -> Linear:
        """One linear form; ``each`` is the name that stands for the placeholder."""
        own = dict(terms)
        if each:
            factor = own.pop(EACH)
            own[each] = own.get(each, 0) + factor
        kept = tuple((name, factor) for name, factor in own.items() if factor)
        if not kept:
            raise ExpressionError(f"“{self.text}” 两边相同，没有内容")
        return Linear(kept, constant, operator, each)

    def side(self) -> tuple[dict[str, int], int]:
        """Terms with their signs: the factor of each name, and the constant."""
        terms: dict[str, int] = {}
        constant, sign = 0, 1
        if self.peek() in ("+", "-"):
            sign = -1 if self.take() == "-" else 1
        while True:
            factor, names = self.term()
            if not names:
                constant += sign * factor
            for name in names:
                terms[name] = terms.get(name, 0) + sign * factor
            if self.peek() not in ("+", "-"):
                return terms, constant
            sign = -1 if self.take() == "-" else 1

    def term(self) -> tuple[int, list[str]]:
        """A number, a name, a number times a name, or the names of a ``sum`` or ``each``, with the factor."""
        token = self.take()
        if token.isdigit():
            if self.peek() != "*":
                return int(token), []
            self.take("*")
            return int(token), self.names(self.take())
        return 1, self.names(token)

    def names(self, token: str) -> list[str]:
        """The names that a word stands for: itself, or those of a span."""
        if not (token[0].isalpha() or token[0] == "_"):
            self.place -= 1
            raise self.fail("名称或数字")
        if token not in ("sum", EACH) or self.peek() != "(":
            return [token]
        self.take("(")
        first = self.take()
        self.take(":")
        last = self.take()
        self.take(")")
        span = self.span(first, last)
        if token == "sum":
            return span
        if self.each:
            raise ExpressionError(f"“{self.text}” 里只能有一个 each(…)")
        self.each = span
        return [EACH]


def parse(text: str, span: Callable[[str, str], list[str]]) -> list[Linear]:
    """The linear relations that ``text`` states: one, or one for each member of its ``each``.

    Raises ExpressionError where the text is not in the language.
    """
    return FormulaParser(text, span).relation()
