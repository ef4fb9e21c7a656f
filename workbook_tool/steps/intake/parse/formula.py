"""The formulas that our own arithmetic knows: ``+``, ``-``, ``*`` and ``/`` by numbers, parentheses, ``SUM``, ``SUBTOTAL``
and ``ROUND``, over cells of any sheet of the workbook. Any other one is nobody's to recompute here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.cells import column_number
from workbook_tool.model.regex import regex

LAST_ROW, LAST_COLUMN = (1 << 20) - 1, (1 << 14) - 1
DEEPEST = 32
"""So deep parentheses may be nested; no form's are deeper."""
MOST_PLACES = 15
"""Spreadsheets reckon with no more digits."""
LONGEST = 8192
"""No spreadsheet program lets a formula have more characters."""
TOKEN = regex(
    r"""\s*(?:
    (?P<sum>SUM\s*\(|(?P<subtotal>SUBTOTAL)\s*\(\s*(?:10)?9\s*,)
  | (?P<round>ROUND\s*\()
  | (?P<area>
      (?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<sheet>[^\W\d][\w.]*))!)?
      (?:\$?(?P<left>[A-Z]{1,3})\$?(?P<top>\d{1,7})(?::\$?(?P<right>[A-Z]{1,3})\$?(?P<bottom>\d{1,7}))?
        |\$?(?P<first>[A-Z]{1,3}):\$?(?P<last>[A-Z]{1,3})
        |\$?(?P<from>\d{1,7}):\$?(?P<to>\d{1,7}))
      (?![\w.(!\[]))
  | (?P<number>\d+(?:\.\d*)?|\.\d+)(?![\w.])
  | (?P<mark>[-+*/(),])
  )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
WHEN_FILLED = regex(r'IF\(COUNT\([^()]*\)<\d+,"",(.*)\)', re.IGNORECASE)
"""How the issued workbook computes a total once its parts are filled in."""
ELSEWHERE = regex(r"\[[^\[\]]+\][^\[\]'!]*'?!|'file:", re.IGNORECASE)
"""A reference into another workbook: ``[1]Sheet1!A1``, ``'C:\\[a.xlsx]Sheet1'!A1``."""
VOLATILE = regex(r"(?<![\w.])(NOW|TODAY|RAND|RANDBETWEEN|RANDARRAY|OFFSET|INDIRECT|CELL|INFO)\s*\(", re.IGNORECASE)


class Area(Struct, frozen=True):
    """The cells from one corner to the other, on a sheet by its name in lower case (empty: the formula's own)."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> int:
        """How many cells it has."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


class Term(Struct, frozen=True):
    """A number, the cells of an area, or what is ``rounded`` to so many ``places``, ``factor`` times. An area that is
    ``summed`` may hold texts, which SUM passes over; a cell that is added by ``+`` may not. A ``subtotal`` leaves out
    other subtotals and hidden rows."""

    factor: Decimal
    number: Decimal = Decimal(0)
    area: Area | None = None
    summed: bool = False
    subtotal: bool = False
    rounded: tuple[Term, ...] = ()
    places: int = 0

    @property
    def areas(self) -> Iterator[Area]:
        """All areas that it takes its numbers from."""
        yield from (self.area,) if self.area else ()
        for term in self.rounded:
            yield from term.areas


class Sum(Struct, frozen=True):
    """What a formula adds up. ``guarded``: it shows nothing as long as one of its cells is blank."""

    terms: tuple[Term, ...]
    guarded: bool = False

    @property
    def areas(self) -> Iterator[Area]:
        """All areas that it takes its numbers from."""
        for term in self.terms:
            yield from term.areas


class Unknown(Exception):
    """The formula holds something that our arithmetic does not know."""


@lru_cache(maxsize=1 << 12)  # the formulas of an issued workbook are the same in every copy
def read_formula(text: str) -> Sum | None:
    """What the formula adds up; None where it does anything else."""
    bare = text.strip().removeprefix("=")
    if len(bare) > LONGEST:
        return None
    if guarded := WHEN_FILLED.fullmatch(re.sub(r"\s+", "", bare)):
        inner = read_formula(guarded[1])
        return None if inner is None else replace(inner, guarded=True)
    try:
        tokens = tokens_of(bare)
        terms = expression(tokens, ONE, 0)
        return None if tokens or not terms else Sum(tuple(terms))
    except Unknown:
        return None


def is_linked(text: str) -> bool:
    """Whether a formula takes something from another workbook."""
    return ELSEWHERE.search(text) is not None


def volatile_in(text: str) -> tuple[str, ...]:
    """The functions of a formula that give another result at every opening, or read cells that it does not name."""
    return tuple(dict.fromkeys(name.upper() for name in VOLATILE.findall(text)))


ONE = Decimal(1)
Tokens = list[re.Match[str]]
"""What is left to be read, the next one last."""


def tokens_of(text: str) -> Tokens:
    """The tokens of a formula, the first one last. Raises Unknown at anything else than a sum."""
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise Unknown
        found.append(match)
        at = match.end()
    return found[::-1]


def expression(tokens: Tokens, factor: Decimal, depth: int) -> list[Term]:
    """Operands with ``+`` and ``-`` between them, and any number of signs before them."""
    if depth > DEEPEST:
        raise Unknown
    terms, first = [], True
    while first or (tokens and tokens[-1]["mark"] in ("+", "-")):
        own, signs = factor, 0
        while tokens and tokens[-1]["mark"] in ("+", "-"):
            own, signs = own * (-1 if tokens.pop()["mark"] == "-" else 1), signs + 1
        if not first and not signs:
            raise Unknown
        terms += product(tokens, own, depth)
        first = False
    return terms


def product(tokens: Tokens, factor: Decimal, depth: int) -> list[Term]:
    """Operands with ``*`` and ``/`` between them, all but one of them numbers. Raises Unknown for anything else."""
    terms = operand(tokens, factor, depth)
    while tokens and tokens[-1]["mark"] in ("*", "/"):
        divided = tokens.pop()["mark"] == "/"
        other = operand(tokens, ONE, depth)
        if not divided and constant(other) is None:
            terms, other = other, terms
        by = constant(other)
        if by is None or (divided and not by):
            raise Unknown
        terms = [replace(term, factor=term.factor / by if divided else term.factor * by) for term in terms]
    return terms


def constant(terms: list[Term]) -> Decimal | None:
    """The number that these terms come to whatever stands in any cell."""
    plain = all(term.area is None and not term.rounded for term in terms)
    return sum((term.factor * term.number for term in terms), Decimal(0)) if plain else None


def operand(tokens: Tokens, factor: Decimal, depth: int) -> list[Term]:
    """A number, a cell, an area within SUM, or what stands in parentheses. Raises Unknown for anything else."""
    token = tokens.pop() if tokens else None
    if token is None:
        raise Unknown
    if token["number"]:
        return [Term(factor, Decimal(token["number"]))]
    if token["area"]:
        area = area_of(token)
        if area.size > 1:
            raise Unknown
        return [Term(factor, area=area)]
    if token["sum"]:
        return arguments(tokens, factor, depth, bool(token["subtotal"]))
    if token["round"]:
        return [rounding(tokens, factor, depth)]
    if token["mark"] == "(":
        inner = expression(tokens, factor, depth + 1)
        close(tokens)
        return inner
    raise Unknown


def arguments(tokens: Tokens, factor: Decimal, depth: int, subtotal: bool) -> list[Term]:
    """What stands between the parentheses of a SUM: areas, and sums of their own; of a SUBTOTAL: areas."""
    terms: list[Term] = []
    while True:
        alone = len(tokens) > 1 and tokens[-1]["area"] and tokens[-2]["mark"] in (",", ")")
        if alone:
            terms.append(Term(factor, area=area_of(tokens.pop()), summed=True, subtotal=subtotal))
        elif subtotal:
            raise Unknown
        else:
            terms += expression(tokens, factor, depth + 1)
        if not tokens or tokens[-1]["mark"] != ",":
            close(tokens)
            return terms
        tokens.pop()


def rounding(tokens: Tokens, factor: Decimal, depth: int) -> Term:
    """What stands between the parentheses of a ROUND: an expression, and a whole number of places."""
    inner = expression(tokens, ONE, depth + 1)
    if not tokens or tokens.pop()["mark"] != ",":
        raise Unknown
    places = constant(expression(tokens, ONE, depth + 1))
    close(tokens)
    if places is None or places != int(places) or abs(places) > MOST_PLACES:
        raise Unknown
    return Term(factor, rounded=tuple(inner), places=int(places))


def close(tokens: Tokens) -> None:
    """Take the closing parenthesis. Raises Unknown where there is none."""
    if not tokens or tokens.pop()["mark"] != ")":
        raise Unknown


def area_of(token: re.Match[str]) -> Area:
    """The cells that a reference names: an area, whole columns or whole rows."""
    sheet = (token["quoted"] or token["sheet"] or "").replace("''", "'").casefold()
    if token["left"]:
        rows = int(token["top"]) - 1, int(token["bottom"] or token["top"]) - 1
        columns = column_number(token["left"]), column_number(token["right"] or token["left"])
    elif token["first"]:
        rows, columns = (0, LAST_ROW), (column_number(token["first"]), column_number(token["last"]))
    else:
        rows, columns = (int(token["from"]) - 1, int(token["to"]) - 1), (0, LAST_COLUMN)
    if not (0 <= min(rows) <= max(rows) <= LAST_ROW and max(columns) <= LAST_COLUMN):
        raise Unknown
    return Area(sheet, min(rows), min(columns), max(rows), max(columns))
