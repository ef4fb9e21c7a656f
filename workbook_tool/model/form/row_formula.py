"""The language of lists: what must hold in every row, such as ``答复日期 >= 受理日期`` or ``workdays(受理日期, 答复日期) > 20``.

ColumnNames are the labels of the columns as they stand, the longest one first; what may be chosen in a column needs no
quotation marks either. A blank is not 0: what needs it is undecided. Nothing is ever evaluated as code: Python's own
parser gives the tree, and every node that is not known here is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from workbook_tool.model.form.calendar import NATIONAL, Calendar
from workbook_tool.model.text import nearest

Worth = Decimal | date | str | bool | None
"""What a column says in a row; None where that is not known."""
Node = tuple[object, ...]

FIRST_DAY, LAST_DAY = "期初", "期末"
"""The first and the last day of the period that is filed for."""
WORDS = {"是": "True", "否": "False", "且": " and ", "或": " or ", "非": " not "}
SIGNS = str.maketrans("＋－−×÷＝＜＞≤≥≠（），　", "+--*/=<>\0\1\2(), ")
DOUBLE = {"\0": "<=", "\1": ">=", "\2": "!="}
QUOTED = re.compile(r"“([^”]*)”|\"([^\"]*)\"|'([^']*)'")
PLAIN = re.compile(r"(filled|workdays|days|year|month)(?=\s*\()|\d+(?:\.\d+)?|and\b|or\b|not\b|[<>=!]=|[-+*/<>(),]|\s+")
FUNCTIONS = {
    "filled": ("any", "bool"),
    "workdays": ("date", "number"),
    "days": ("date", "number"),
    "year": ("date", "number"),
    "month": ("date", "number"),
}
"""By name: what its arguments are, and what it gives."""
TWO = frozenset({"workdays", "days"})
OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.LtE: "<=",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.Gt: ">",
}


class RowFormulaError(ValueError):
    """A condition cannot be understood; the message says where."""


@dataclass(frozen=True)
class ColumnNames:
    """What a condition may speak of: the columns by label, each with its id and what it holds (``number``, ``date``,
    ``text`` or ``bool``), and the words that may be chosen in them."""

    columns: Mapping[str, tuple[str, str]]
    words: tuple[str, ...] = ()

    @property
    def known(self) -> list[str]:
        """Every name, the longest first, so that 答复日期 is not read as 答复."""
        return sorted({*self.columns, *self.words, FIRST_DAY, LAST_DAY}, key=len, reverse=True)


@dataclass(frozen=True)
class RowFormula:
    """A condition as declared, the tree of what it says, and what it gives: ``bool`` where it holds or does not."""

    text: str
    tree: Node
    kind: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The ids of the columns that it speaks of, in their order of appearance."""
        return tuple(dict.fromkeys(names_in(self.tree)))


def names_in(node: Node) -> list[str]:
    """The columns below a node."""
    if node[0] == "column":
        return [str(node[1])]
    return [name for part in node[1:] if isinstance(part, tuple) for name in names_in(part)]


def read_row_formula(text: str, names: ColumnNames) -> RowFormula:
    """What a text says. Raises RowFormulaError where it is not in the language or compares what cannot be compared."""
    source, slots = spelled(text, names)
    try:
        parsed = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise RowFormulaError(f"“{text}” 读不通：请检查括号、比较符号和运算符号") from None
    tree = tree_of(parsed, slots, text)
    return RowFormula(text, tree, kind_of(tree, dict(names.columns.values()), text))


def spelled(text: str, names: ColumnNames) -> tuple[str, list[Node]]:
    """The text with ``_0``, ``_1`` … in place of columns and words, as Python's parser reads it, and what each stands for."""
    source, slots, place = "", list[Node](), 0
    text = text.translate(SIGNS)
    known = names.known
    while place < len(text):
        rest = text[place:]
        if quoted := QUOTED.match(rest):
            slots.append(("text", next(part for part in quoted.groups() if part is not None)))
            source, place = f"{source} _{len(slots) - 1} ", place + quoted.end()
        elif name := next((name for name in known if rest.startswith(name)), None):
            slots.append(slot_of(name, names))
            source, place = f"{source} _{len(slots) - 1} ", place + len(name)
        elif rest[0] in WORDS:
            source, place = source + WORDS[rest[0]], place + 1
        elif rest[0] in DOUBLE:
            source, place = source + DOUBLE[rest[0]], place + 1
        elif plain := PLAIN.match(rest):
            source, place = source + plain[0], place + plain.end()
        else:
            raise RowFormulaError(unknown(text, rest, known))
    return source, slots


def slot_of(name: str, names: ColumnNames) -> Node:
    """What a name stands for."""
    if name in names.columns:
        return ("column", names.columns[name][0])
    return ("day", name) if name in (FIRST_DAY, LAST_DAY) else ("text", name)


def unknown(text: str, rest: str, known: Sequence[str]) -> str:
    """What to say of a word that is no name."""
    word = re.split(r"[\s+\-*/()<>=!,]", rest)[0] or rest[0]
    if word == "=" or rest[0] == "=":
        return f"“{text}” 里的“=”应写成“==”"
    hint = nearest(word, known)
    return f"“{text}” 里的“{word}”不是列名，也不是选项" + (f"，是否指“{hint}”" if hint else "")


def tree_of(node: ast.AST, slots: Sequence[Node], text: str) -> Node:
    """Our own tree of what Python's parser read. Raises RowFormulaError for what is not in the language."""

    def below(*parts: ast.AST) -> list[Node]:
        return [tree_of(part, slots, text) for part in parts]

    match node:
        case ast.Name(id=name) if name.startswith("_"):
            return slots[int(name[1:])]
        case ast.Constant(value=bool() as value):
            return ("bool", value)
        case ast.Constant(value=int() | float() as value):
            return ("number", str(value))
        case ast.BoolOp(op=ast.And(), values=parts):
            return ("and", *below(*parts))
        case ast.BoolOp(op=ast.Or(), values=parts):
            return ("or", *below(*parts))
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return ("not", *below(part))
        case ast.UnaryOp(op=ast.USub(), operand=part):
            return ("-", ("number", "0"), *below(part))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return (OPERATORS[type(op)], *below(left, right))
        case ast.Compare(left=left, ops=ops, comparators=rights) if all(type(op) in OPERATORS for op in ops):
            sides = below(left, *rights)
            pairs = [(OPERATORS[type(op)], a, b) for op, a, b in zip(ops, sides, sides[1:], strict=False)]
            return pairs[0] if len(pairs) == 1 else ("and", *pairs)
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in FUNCTIONS:
            if len(parts) != 1 + (name in TWO):
                raise RowFormulaError(f"“{text}” 里的 {name} 应有 {1 + (name in TWO)} 个参数")
            return (name, *below(*parts))
    raise RowFormulaError(f"“{text}” 读不通：可用的有 + - * /、== != <= >= < >、且 或 非、{'、'.join(FUNCTIONS)}")


def kind_of(node: Node, kinds: Mapping[str, str], text: str) -> str:
    """What a tree gives: ``number``, ``date``, ``text`` or ``bool``. Raises RowFormulaError where it makes no sense."""
    head = node[0]
    if head == "column":
        return kinds[str(node[1])]
    if head in ("number", "text", "bool", "day"):
        return "date" if head == "day" else str(head)
    parts = [kind_of(part, kinds, text) for part in node[1:] if isinstance(part, tuple)]
    counts = [kind in ("number", "bool") for kind in parts]
    if head in FUNCTIONS:
        wanted, given = FUNCTIONS[str(head)]
        if wanted == "date" and any(part not in ("date", "text") for part in parts):
            raise RowFormulaError(f"“{text}” 里的 {head} 要用日期列")
        return given
    if head in ("and", "or", "not"):
        if any(part != "bool" for part in parts):
            raise RowFormulaError(f"“{text}” 里的 且、或、非 两边都应是条件")
        return "bool"
    if head in ("==", "!=", "<=", ">=", "<", ">"):
        dated = "date" in parts and all(part in ("date", "text") for part in parts)
        ordered = head in ("==", "!=") or "text" not in parts or dated
        if not (all(counts) or dated or len(set(parts)) == 1) or not ordered:
            raise RowFormulaError(f"“{text}” 里的 {head} 两边不是一类，不能比较")
        return "bool"
    if head == "-" and parts == ["date", "date"]:
        return "number"
    if not all(counts):
        raise RowFormulaError(f"“{text}” 里的 {head} 只能用于数（两个日期可以相减）")
    return "number"


@dataclass(frozen=True)
class Given:
    """What a condition is held against beside the row itself: the first and last day of the period, where that is known,
    and the calendar."""

    first: date | None = None
    last: date | None = None
    calendar: Calendar = NATIONAL


Row = Mapping[str, Worth]
"""What the columns say in the row at hand, by id."""
Found = Callable[[Row], Worth]
"""What a tree comes to in a row; None where what it needs is not known."""


def compiled(node: Node, given: Given) -> Found:
    """A tree as a function of the row, made once for all rows of a list."""
    head = node[0]
    if head == "column":
        id = str(node[1])
        return lambda row: row[id]
    if head in ("number", "text", "bool", "day"):
        fixed = constant(node, given)
        return lambda row: fixed
    parts = [compiled(part, given) for part in node[1:] if isinstance(part, tuple)]
    if head == "filled":
        return lambda row: parts[0](row) is not None
    if head in ("and", "or"):
        return lambda row: together(head == "or", [part(row) for part in parts])
    if head == "not":
        return lambda row: None if (value := parts[0](row)) is None else not value
    if len(parts) == 1:
        return lambda row: None if (day := parts[0](row)) is None else Decimal(getattr(day, str(head)))
    left, right = parts

    def both(row: Row) -> Worth:
        one, other = left(row), right(row)
        return None if one is None or other is None else joined(str(head), one, other, given)

    return both


def constant(node: Node, given: Given) -> Worth:
    """What a tree without columns says."""
    if node[0] == "number":
        return Decimal(str(node[1]))
    if node[0] == "day":
        return given.first if node[1] == FIRST_DAY else given.last
    return bool(node[1]) if node[0] == "bool" else str(node[1])


def together(decisive: bool, values: Sequence[Worth]) -> Worth:
    """Several answers as one: a ``decisive`` one settles it (True for or, False for and), and else one not known leaves
    it open."""
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def joined(head: str, left: Worth, right: Worth, given: Given) -> Worth:
    """What a sign or a function of two says of two known values."""
    if isinstance(left, date) or isinstance(right, date):
        left, right = as_day(left), as_day(right)
        if left is None or right is None:
            return None
        if head == "workdays":
            counted = given.calendar.between(left, right)
            return None if counted is None else Decimal(counted)
        if head == "days":
            return Decimal((right - left).days)
        if head == "-":
            return Decimal((left - right) / timedelta(days=1))
        return compared(head, left, right)
    if isinstance(left, str) or isinstance(right, str):
        return compared(head, left, right)
    return arithmetic(head, Decimal(left or 0), Decimal(right or 0))


def as_day(value: Worth) -> date | None:
    """A day, also one that is written as a text of the declaration (``2024-01-31``); None for anything else."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None


def compared(head: str, left: Worth, right: Worth) -> bool:
    """Whether two values of one kind stand to each other as a sign says."""
    if head == "==":
        return left == right
    if head == "!=":
        return left != right
    low, high = (left, right) if head in ("<", "<=") else (right, left)
    return bool(low < high) or (head in ("<=", ">=") and low == high)  # type: ignore[operator]


def arithmetic(head: str, left: Decimal, right: Decimal) -> Worth:
    """What a sign says of two numbers; None for a division by 0."""
    if head == "/":
        return left / right if right else None
    plain = {"+": left + right, "-": left - right, "*": left * right}
    return plain[head] if head in plain else compared(head, left, right)
