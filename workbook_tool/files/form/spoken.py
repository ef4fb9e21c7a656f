"""A formula of a declaration in the words of people: labels for names, signs for functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbook_tool.model.form.expression import (
    BOTH,
    EACH,
    EITHER,
    FILLED,
    NOT,
    SUM,
    ExpressionError,
)
from workbook_tool.model.form.grammar import Token, Vocabulary

SIGNS = {"+": "＋", "-": "－", "*": "×", "/": "÷", "==": " ＝ ", "<=": " ≤ ", ">=": " ≥ ", "<": " ＜ ", ">": " ＞ "}
SIGNS |= {"!=": " ≠ ", "(": "（", ")": "）", ",": "、", BOTH: " 且 ", EITHER: " 或 "}
CALLS = {
    SUM: "{}至{}之和",
    EACH: "{}至{}各项",
    FILLED: "{} 已填",
    "workdays": "{}到{}的工作日数",
    "days": "{}到{}的天数",
    "year": "{}的年份",
    "month": "{}的月份",
}
"""What functions are to people, with what stands in their brackets."""
UNFILLED = "{} 未填"


def spoken(formula: str, vocabulary: Vocabulary, called: Callable[[str], str]) -> str:
    """A formula in words; ``called`` says what a name is called. As it is written where it is not in the language: that is
    told elsewhere."""
    try:
        return in_words(vocabulary.tokens(formula), called)
    except ExpressionError:
        return formula


def in_words(tokens: Sequence[Token], called: Callable[[str], str]) -> str:
    """These words and signs, one behind the other."""
    found, place = "", 0
    while place < len(tokens):
        token = tokens[place]
        unfilled = token.text == NOT and tokens[place + 1 : place + 2] == [Token("function", FILLED)]
        start = place + unfilled + 1
        if end := closing(tokens, start) if unfilled or token.kind == "function" else 0:
            parts = [in_words(part, called) for part in arguments(tokens[start + 1 : end])]
            found += (UNFILLED if unfilled else CALLS[token.text]).format(*parts, "")
            place = end
        elif token.kind == "name":
            found += called(token.text)
        else:
            found += SIGNS.get(token.text, token.text) if token.kind == "sign" else token.text
        place += 1
    return found.strip()


def closing(tokens: Sequence[Token], start: int) -> int:
    """Where the bracket closes that opens here; 0 where it does not."""
    depth = 0
    for place in range(start, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[place].text, 0)
        if not depth:
            return place if place > start else 0
    return 0


def arguments(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """What stands between the brackets of a function, parted by its commas, or the colon between neighbours."""
    ends = [n for n, token in enumerate(tokens) if token.text in (",", ":") and not open_before(tokens, n)]
    return [tokens[start + 1 : end] for start, end in zip([-1, *ends], [*ends, len(tokens)], strict=True)]


def open_before(tokens: Sequence[Token], place: int) -> bool:
    """Whether a bracket is open here."""
    signs = [token.text for token in tokens[:place]]
    return signs.count("(") > signs.count(")")
