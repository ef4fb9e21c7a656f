"""The formulas that our own arithmetic knows: ``+``, ``-``, parentheses and ``SUM``, over cells of any sheet of the
workbook. Any other one is nobody's to recompute here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from workbook_tool.model.cells import column_number

LAST_ROW, LAST_COLUMN = (1 << 20) - 1, (1 << 14) - 1
DEEPEST = 32
"""So deep parentheses may be nested; no form's are deeper."""
LONGEST = 8192
"""No spreadsheet program lets a formula have more characters."""
TOKEN = re.compile(
    r"""\s*(?:
    (?P<sum>SUM\s*\()
  | (?P<area>
      (?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<sheet>[^\W\d][\w.]*))!)?
      (?:\$?(?P<left>[A-Z]{1,3})\$?(?P<top>\d{1,7})(?::\$?(?P<right>[A-Z]{1,3})\$?(?P<bottom>\d{1,7}))?
        |\$?(?P<first>[A-Z]{1,3}):\$?(?P<last>[A-Z]{1,3})
        |\$?(?P<from>\d{1,7}):\$?(?P<to>\d{1,7}))
      (?![\w.(!\[]))
  | (?P<number>\d+(?:\.\d*)?|\.\d+)(?![\w.])
  | (?P<mark>[-+(),])
  )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
WHEN_FILLED = re.compile(r'IF\(COUNT\([^()]*\)<\d+,"",(.*)\)', re.IGNORECASE)
"""How the issued workbook computes a total once its parts are filled in."""
ELSEWHERE = re.compile(r"\[[^\[\]]+\][^\[\]'!]*'?!|'file:", re.IGNORECASE)
"""A reference into another workbook: ``[1]Sheet1!A1``, ``'C:\\[a.xlsx]Sheet1'!A1``."""
VOLATILE = re.compile(r"(?<![\w.])(NOW|TODAY|RAND|RANDBETWEEN|RANDARRAY|OFFSET|INDIRECT|CELL|INFO)\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class Area:
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


@dataclass(frozen=True)
class Term:
    """A number, or the cells of an area, added or (``sign`` -1) taken away. An area that is ``summed`` may hold texts,
    which SUM passes over; a cell that is added by ``+`` may not."""

    sign: int
    number: Decimal = Decimal(0)
    area: Area | None = None
    summed: bool = False


@dataclass(frozen=True)
class Sum:
    """What a formula adds up. ``guarded``: it shows nothing as long as one of its cells is blank."""

    terms: tuple[Term, ...]
    guarded: bool = False


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
        terms = expression(tokens, 1, 0)
        return None if tokens or not terms else Sum(tuple(terms))
    except Unknown:
        return None


def is_linked(text: str) -> bool:
    """Whether a formula takes something from another workbook."""
    return ELSEWHERE.search(text) is not None


def volatile_in(text: str) -> tuple[str, ...]:
    """The functions of a formula that give another result at every opening, or read cells that it does not name."""
    return tuple(dict.fromkeys(name.upper() for name in VOLATILE.findall(text)))


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


def expression(tokens: Tokens, sign: int, depth: int) -> list[Term]:
    """Operands with ``+`` and ``-`` between them, and any number of signs before them."""
    if depth > DEEPEST:
        raise Unknown
    terms, first = [], True
    while first or (tokens and tokens[-1]["mark"] in ("+", "-")):
        own, signs = sign, 0
        while tokens and tokens[-1]["mark"] in ("+", "-"):
            own, signs = own * (-1 if tokens.pop()["mark"] == "-" else 1), signs + 1
        if not first and not signs:
            raise Unknown
        terms += operand(tokens, own, depth)
        first = False
    return terms


def operand(tokens: Tokens, sign: int, depth: int) -> list[Term]:
    """A number, a cell, an area within SUM, or what stands in parentheses. Raises Unknown for anything else."""
    token = tokens.pop() if tokens else None
    if token is None:
        raise Unknown
    if token["number"]:
        return [Term(sign, Decimal(token["number"]))]
    if token["area"]:
        area = area_of(token)
        if area.size > 1:
            raise Unknown
        return [Term(sign, area=area)]
    if token["sum"]:
        return arguments(tokens, sign, depth)
    if token["mark"] == "(":
        inner = expression(tokens, sign, depth + 1)
        close(tokens)
        return inner
    raise Unknown


def arguments(tokens: Tokens, sign: int, depth: int) -> list[Term]:
    """What stands between the parentheses of a SUM: areas, and sums of their own."""
    terms: list[Term] = []
    while True:
        alone = len(tokens) > 1 and tokens[-1]["area"] and tokens[-2]["mark"] in (",", ")")
        terms += [Term(sign, area=area_of(tokens.pop()), summed=True)] if alone else expression(tokens, sign, depth + 1)
        if not tokens or tokens[-1]["mark"] != ",":
            close(tokens)
            return terms
        tokens.pop()


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
