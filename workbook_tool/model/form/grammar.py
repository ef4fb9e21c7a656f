"""How formulas are written: their words, and what stands for what."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce

from msgspec import Struct

from workbook_tool.model.form.expression import (
    BOTH,
    COMPARING,
    EACH,
    EITHER,
    FILLED,
    LAST,
    NOT,
    PREV,
    SUM,
    Amount,
    Call,
    Clause,
    Expression,
    ExpressionError,
    Name,
    Operation,
    UnknownNameError,
    Words,
    bare,
    replaced,
)
from workbook_tool.model.regex import regex
from workbook_tool.model.text import visible

SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-", "≤": "<=", "≥": ">=", "≠": "!="})
SIGN = regex(r"==|<=|>=|!=|[-+*/(),:<>=]")
DAY = regex(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)")
FIGURE = regex(r"\d+(?:\.\d+)?")
QUOTED = regex(r"“([^”]*)”|\"([^\"]*)\"|'([^']*)'")
WORD = regex(r"[^-+*/(),:<>=!]+")


@lru_cache(maxsize=1 << 14)  # the same names stand in every formula of a form
def spelt(text: str) -> str:
    """A text as names are compared: one width, no spaces."""
    return "".join(visible(unicodedata.normalize("NFKC", text)).split()).translate(SIGNS)


class Token(Struct, frozen=True):
    """A word of a formula and what it is: ``name``, ``number``, ``text``, ``function`` or ``sign``."""

    kind: str
    text: str


class Vocabulary:
    """The names that a formula may use: by their spellings as they are compared (``spelt``), and in their declared order.
    ``functions`` are those that it may use beside ``sum``, ``each`` and ``filled``, ``words`` the texts that need no
    quotation marks, ``spellings`` the names as people write them, where that is not how they are compared."""

    def __init__(
        self,
        names: Mapping[str, str],
        order: list[str],
        functions: tuple[str, ...] = (),
        words: tuple[str, ...] = (),
        spellings: tuple[str, ...] = (),
    ) -> None:
        self.names, self.spellings = names, spellings or tuple(names)
        self.order = order
        self.functions = (EACH, SUM, FILLED, *functions)
        self.words = {spelt(word): word for word in words}
        self.lengths = sorted({len(spelling) for spelling in (*self.names, *self.words)}, reverse=True)
        self.read: dict[str, list[Clause]] = {}

    def tokens(self, text: str) -> list[Token]:
        """The words and signs of a formula. Raises ExpressionError at the first that is none."""
        left, found = spelt(text), []
        while left:
            token, length = self.next(left)
            found.append(token)
            left = left[length:]
        return found

    def next(self, left: str) -> tuple[Token, int]:
        """The first word or sign of what is left, and how long it is."""
        before = next((mark for mark in (LAST, PREV) if left.startswith(mark)), "")
        if name := self.name(left[len(before) :]):
            if name not in self.names:
                return Token("text", self.words[name]), len(name)
            return Token("name", before + self.names[name]), len(before) + len(name)
        if before:
            raise UnknownNameError(before + self.word(left[len(before) :]))
        for function in self.functions:
            if left.startswith(f"{function}("):
                return Token("function", function), len(function)
        if day := DAY.match(left):
            said = "-".join(part.zfill(2) for part in day.groups())
            raise ExpressionError(f"里的日期 {day[0]} 要加引号：“{said}”")
        if (number := FIGURE.match(left)) and ends(left[number.end() :]):
            return Token("number", number[0]), number.end()
        if quoted := QUOTED.match(left):
            text = next(part for part in quoted.groups() if part is not None)
            return Token("text", self.words.get(text, text)), quoted.end()
        if sign := SIGN.match(left):
            return Token("sign", "==" if sign[0] == "=" else sign[0]), sign.end()
        if left[0] in (BOTH, EITHER, NOT):
            return Token("sign", left[0]), 1
        if left[0] == "%":
            raise ExpressionError("里的百分数按 % 计：50% 写作 50")
        raise UnknownNameError(self.word(left))

    def name(self, left: str) -> str:
        """The longest name or word that this begins with and that ends where one can end; empty where none does."""
        for length in self.lengths:
            one = left[:length]
            if (one in self.names or one in self.words) and ends(left[length:]):
                return one
        return ""

    def word(self, left: str) -> str:
        """What stands where a name should."""
        return found[0] if (found := WORD.match(left)) else left[:1]

    def said(self, name: str) -> str:
        """A name as a formula may write it."""
        mark = name.removesuffix(bare(name))
        return mark + next(one for one in self.spellings if self.names[spelt(one)] == bare(name))

    def span(self, first: str, last: str) -> list[str]:
        """The declared names from ``first`` to ``last``, both of one period. Raises ExpressionError where they are in the
        other order."""
        before = first.removesuffix(bare(first))
        start, end = (self.order.index(bare(name)) if bare(name) in self.order else -1 for name in (first, last))
        if start < 0 or end < start or last.removesuffix(bare(last)) != before:
            raise ExpressionError(f"“{self.said(first)}:{self.said(last)}” 次序颠倒")
        return [before + name for name in self.order[start : end + 1]]


def ends(left: str) -> bool:
    """Whether a name can end before this."""
    return not left or SIGN.match(left) is not None or left[0] in "!%" or left[0] in (BOTH, EITHER)


class FormulaParser:
    """Recursive descent over one formula."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text, self.vocabulary = text, vocabulary
        self.tokens = vocabulary.tokens(text)
        self.place = 0
        self.each: list[str] = []

    def fail(self, wanted: str) -> ExpressionError:
        """The error that says what should stand here instead."""
        got = self.tokens[self.place].text if self.place < len(self.tokens) else "末尾"
        return ExpressionError(f"“{self.text}” 在 {got} 处应为{wanted}")

    def at(self, *signs: str) -> bool:
        """Whether one of these signs stands here."""
        here = self.tokens[self.place] if self.place < len(self.tokens) else None
        return here is not None and here.kind == "sign" and here.text in signs

    def take(self, kind: str, wanted: str, *texts: str) -> str:
        """The word here, taken; it must be of this kind, and one of these texts where any are given."""
        here = self.tokens[self.place] if self.place < len(self.tokens) else None
        if here is None or here.kind != kind or (texts and here.text not in texts):
            raise self.fail(wanted)
        self.place += 1
        return here.text

    def whole(self) -> Expression:
        """The whole formula. Raises ExpressionError where something follows it."""
        found = self.either()
        if self.place != len(self.tokens):
            raise self.fail("末尾")
        return found

    def either(self) -> Expression:
        """Parts joined by 或."""
        return self.joined((EITHER,), self.both)

    def both(self) -> Expression:
        """Parts joined by 且."""
        return self.joined((BOTH,), self.negated)

    def negated(self) -> Expression:
        """A part, or 非 and one."""
        if not self.at(NOT):
            return self.comparison()
        self.take("sign", NOT)
        return Call(NOT, (self.negated(),))

    def comparison(self) -> Expression:
        """Arithmetic alone, or compared: once, or from one to the next (``1 <= 甲 <= 3``)."""
        left, found = self.addition(), list[Expression]()
        while self.at(*COMPARING):
            sign, right = self.take("sign", "比较符号", *COMPARING), self.addition()
            found.append(Operation(sign, left, right))
            left = right
        return put_together(BOTH, found or [left])

    def addition(self) -> Expression:
        """Terms added and subtracted."""
        if self.at("+", "-"):
            sign = self.take("sign", "名称或数字")
            first: Expression = Operation(sign, Amount(Fraction(0)), self.product())
            return self.joined(("+", "-"), self.product, first)
        return self.joined(("+", "-"), self.product)

    def product(self) -> Expression:
        """Factors multiplied and divided."""
        return self.joined(("*", "/"), self.factor)

    def joined(
        self, signs: tuple[str, ...], part: Callable[[], Expression], first: Expression | None = None
    ) -> Expression:
        """Parts with these signs between them, from the left."""
        found = first or part()
        while self.at(*signs):
            found = Operation(self.take("sign", "", *signs), found, part())
        return found

    def factor(self) -> Expression:
        """A number, a name, a text, something in brackets, or a function."""
        if self.at("("):
            self.take("sign", "（")
            inner = self.either()
            self.take("sign", "）", ")")
            return inner
        here = self.tokens[self.place] if self.place < len(self.tokens) else None
        if here is None or here.kind == "sign":
            raise self.fail("名称或数字")
        self.place += 1
        if here.kind == "function":
            return self.call(here.text)
        if here.kind == "number":
            return Amount(Fraction(here.text))
        return Words(here.text) if here.kind == "text" else Name(here.text)

    def call(self, function: str) -> Expression:
        """What stands behind the name of a function."""
        self.take("sign", "（", "(")
        if function in (EACH, SUM):
            names = self.neighbours()
            if function == SUM:
                return put_together("+", [Name(name) for name in names])
            if self.each:
                raise ExpressionError(f"“{self.text}” 里只能有一个 each(…)")
            self.each = names
            return Name(EACH)
        arguments = [self.either()]
        while self.at(","):
            self.take("sign", ",")
            arguments.append(self.either())
        self.take("sign", "）", ")")
        return Call(function, tuple(arguments))

    def neighbours(self) -> list[str]:
        """``a:b`` and the bracket behind it."""
        first = self.take("name", "名称")
        self.take("sign", ":", ":")
        last = self.take("name", "名称")
        self.take("sign", "）", ")")
        return self.vocabulary.span(first, last)


def put_together(sign: str, parts: Sequence[Expression]) -> Expression:
    """These with a sign between them, from the left."""
    return reduce(lambda left, right: Operation(sign, left, right), parts)


def parse(text: str, vocabulary: Vocabulary) -> list[Clause]:
    """What a formula says: once, or once for each member of its ``each``. Raises ExpressionError where it is not in the
    language."""
    parser = FormulaParser(text, vocabulary)
    whole = parser.whole()
    if not parser.each:
        return [Clause(whole)]
    return [Clause(replaced(whole, {EACH: Name(name)}), name) for name in parser.each]


def compared(text: str, vocabulary: Vocabulary) -> list[Clause]:
    """The same of a formula that must say whether something holds, read once for all the lines that it is about. Raises
    ExpressionError where it does not."""
    if text not in vocabulary.read:
        relations = parse(text, vocabulary)
        if not says_whether(relations[0].expression):
            raise ExpressionError(f"“{text}” 在 末尾 处应为比较符号 ==、<=、>=、<、> 或 !=")
        vocabulary.read[text] = relations
    return vocabulary.read[text]


def says_whether(expression: Expression) -> bool:
    """Whether an expression is true or false, and no number."""
    if isinstance(expression, Operation):
        return expression.sign in (*COMPARING, BOTH, EITHER)
    return isinstance(expression, Call) and expression.function in (FILLED, NOT)
