"""What the lines of a form follow from: the rule that says so, in neutral words, and its checks."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.form.binding import ACROSS, Bound, Check, bind, bound
from workbook_tool.files.form.entries import Entry, rule_named
from workbook_tool.files.form.names import Names, crossing, here, understood
from workbook_tool.model.form.conditions import Derivation
from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.expression import (
    LAST,
    PREV,
    Amount,
    Expression,
    Name,
    Operation,
    as_share,
    bare,
    divides,
    leaves,
    value,
    weights,
    written,
)
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.grammar import parse
from workbook_tool.model.form.items import Block, Table
from workbook_tool.model.form.line import PERCENT, Adds, Line
from workbook_tool.model.form.rules import Rule, Severity
from workbook_tool.model.regex import regex

ADVICE = "请核对 {parts}，或改 {cell}。"
MAY_EXPLAIN = "请核对 {parts} 和 {cell}，改正或说明原因。"
"""What to do about a number that does not follow from its parts: where it must, and where it may be explained."""
SAMPLES, OF_RATIO = (12, 8, 5, 3, 2), (8, 10, 4, 2, 1)
"""The numbers of an example, in the order in which a formula speaks of them."""
NAMED = 4
"""A title names so many parts of a sum."""
LISTED = 24
"""Words list so many of them."""
PERIOD = regex(r"[\d一二三四五六七八九十本][季月周旬]|[上下]半年")
"""What a line says that counts a part of a year: 三季度, 10月, 上半年, but not 3个月以下."""
CUMULATIVE = "累计"


class Derived(Struct, frozen=True):
    """A rule that follows from a line, with what it comes down to."""

    rule: Rule
    checks: tuple[Bound, ...] = ()
    derivations: tuple[Derivation, ...] = ()

    def joined(self, other: Derived) -> Derived:
        """Both under the words of the first: two lines that share a rule."""
        return replace(self, checks=self.checks + other.checks, derivations=self.derivations + other.derivations)


def over_of(entry: Entry) -> str:
    """What the rule of a line runs over: a column's over the rows."""
    return "columns" if entry.axis == "rows" else "rows"


def rule_id(entry: Entry) -> str:
    """The id of the rule that says what a line follows from."""
    return entry.rule or rule_named(entry.table, entry.line)


def derive(entry: Entry, names: Names) -> Derived:
    """The rule of one line. Raises OfficeError where its formula cannot be understood."""
    table = names.form.table(entry.table)
    if entry.sign:
        return summed(entry, table, names)
    formula = formula_of(entry, table, names)
    rule = Rule(
        rule_id(entry),
        f"{entry.line.name}＝{said(formula, entry, names)}",
        f"“{entry.line.label}”等于{said(formula, entry, names, quoted=True)}{footing(entry, formula, table)}。",
        ADVICE if entry.severity is Severity.MUST else MAY_EXPLAIN,
        entry.severity,
        "D",
        table=entry.table,
        example=example(formula, entry, names),
    )
    if is_evaluated(entry, formula, table):
        return Derived(rule, derivations=tuple(derivations(entry, formula, table, names)))
    check = Check(entry.keys, rule.id, f"{entry.line.id} == {written(formula)}", entry.line.id, within=entry.within)
    parts = [leaf.text for leaf in leaves(formula) if isinstance(leaf, Name)]
    return Derived(rule, tuple(kept(bind(check, names, table, over_of(entry)), entry, names.form, parts)))


def all_of(labels: Sequence[str]) -> str:
    """The sum of these in words; of very many the first and the last."""
    if len(labels) > LISTED:
        return f"“{labels[0]}”至“{labels[-1]}”各项之和"
    return "、".join(f"“{label}”" for label in labels) + ("之和" if len(labels) > 1 else "")


def summed(entry: Entry, table: Table, names: Names) -> Derived:
    """The rule of a line that sums others, or is at least their sum."""
    labels = [label_of(part, table, entry) for part in entry.parts]
    parts = "＋".join(labels) if len(labels) <= NAMED else f"{labels[0]}＋…＋{labels[-1]}"
    sign, word = ("＝", "等于") if entry.follows else ("≥", "不小于")
    samples = [SAMPLES[min(n, len(SAMPLES) - 1)] for n in range(len(labels))][:NAMED]
    total = "、".join(f"{label} {n}" for label, n in zip(labels, samples, strict=False))
    rest = "，其余为 0" if len(labels) > NAMED else ""
    rule = Rule(
        rule_id(entry),
        f"{entry.line.name}{sign}{parts}",
        f"“{entry.line.label}”{word}{all_of(labels)}。",
        ADVICE if entry.severity is Severity.MUST else MAY_EXPLAIN,
        entry.severity,
        "D",
        table=entry.table,
        example=f"{total}{rest}：{entry.line.name}{'应为' if entry.follows else '不应少于'} {sum(samples)}。",
    )
    operator = "==" if entry.follows else ">="
    formula = f"{entry.line.id} {operator} {' + '.join(entry.parts)}"
    check = Check(entry.keys, rule.id, formula, entry.line.id, within=entry.within)
    return Derived(rule, tuple(kept(bind(check, names, table, over_of(entry)), entry, names.form, entry.parts)))


def kept(checks: Sequence[Bound], entry: Entry, form: Form, parts: Sequence[str]) -> Iterator[Bound]:
    """The checks of a sum or difference on the lines where it holds: not where a ratio or a price crosses it, nor, where it
    adds up periods, a stock, of which there is no sum."""
    periods = add_up_periods(parts, siblings(entry, form.table(entry.table)))
    for check in checks:
        at = form.cells[check.at]
        across = at.row if entry.axis == "columns" else at.column
        stock = across.stock or across.adds == "last"
        if at.kind == "number" and at.added and not (periods and stock):
            yield check


def add_up_periods(parts: Sequence[str], lines: Sequence[Line]) -> bool:
    """Whether what is added up are periods that follow each other (一季度、二季度; 上半年累计、三季度)."""
    by_id = {line.id: line.label for line in lines}
    labels = [by_id.get(part, part) for part in parts]
    dated = [label for label in labels if PERIOD.search(label)]
    return bool(dated) and all(label in dated or CUMULATIVE in label for label in labels)


def formula_of(entry: Entry, table: Table, names: Names) -> Expression:
    """What a line is declared to be, over the names of its axis."""
    lines = siblings(entry, table)
    words = names.vocabulary(lines, entry.formula, entry.line.under)
    with understood(entry.keys, "is", words):
        (relation, *more) = parse(entry.formula, words)
        if more:
            raise entry.keys.fail("is", "里不能用 each(…)")
        as_share(relation.expression, unit_of(entry, table))
    return relation.expression


def siblings(entry: Entry, table: Table) -> tuple[Line, ...]:
    """The lines of the block that a line stands in, along its axis."""
    sets = [block.rows if entry.axis == "rows" else block.columns for block in table.blocks]
    return next(lines for lines in sets if any(line.id == entry.line.id for line in lines))


def is_evaluated(entry: Entry, formula: Expression, table: Table) -> bool:
    """Whether a formula is no sum with factors; and a share is always evaluated, since it is rounded."""
    return weights(formula) is None or unit_of(entry, table) in PERCENT


def adds_of(entry: Entry, formula: Expression) -> Adds:
    """How the numbers of a derived line come together."""
    if divides(formula) or (entry.line.unit in PERCENT):
        return "ratio"
    earlier = {leaf.text for leaf in leaves(formula) if isinstance(leaf, Name) and leaf.text != bare(leaf.text)}
    return "last" if earlier else entry.line.adds


def derivations(entry: Entry, formula: Expression, table: Table, names: Names) -> Iterator[Derivation]:
    """The ratio or product on each line that crosses it."""
    over, own = over_of(entry), entry.line.id
    cells = here((item for item in names.form.cells if item.table is table), over)
    whole = as_share(formula, unit_of(entry, table))
    for _, line, across in crossing(table, over):
        places = ChainMap(cells[id(line)], names.by_code)
        if not any(one.id == own for one in across):
            continue
        at = places[own]
        ratio = at.adds == "ratio"
        if at.kind == "number" and (ratio or not line.total):
            slack = Fraction(entry.within) if entry.within else Fraction(1, 2 * 10**at.decimals)
            yield Derivation(rule_id(entry), bound(whole, places), at.index, slack, f"{ACROSS[over]}:{line.id}")


def label_of(name: str, table: Table, entry: Entry) -> str:
    """A line of the same axis in a sentence; any other name as it is written."""
    return next((line.name for line in siblings(entry, table) if line.id == name), name)


SIGNS = {"+": "＋", "-": "－", "*": "×", "/": "÷"}


def said(formula: Expression, entry: Entry, names: Names, quoted: bool = False) -> str:
    """A formula in a sentence: ``上周累计＋本周合计``."""
    if isinstance(formula, Name):
        own, period = bare(formula.text), names.form.period
        label = label_of(own, names.form.table(entry.table), entry)
        label = names.place(own) if label == own and own in names.by_code else label
        label = f"“{label}”" if quoted else label
        before = {LAST: period.year_ago, PREV: period.before}.get(formula.text.removesuffix(own), "")
        return f"{before}的{label}" if before and quoted else f"{before}{label}"
    if isinstance(formula, Amount):
        return f"{Decimal(formula.number.numerator) / formula.number.denominator:f}"
    if not isinstance(formula, Operation):
        return entry.formula
    left, right = (said(side, entry, names, quoted) for side in (formula.left, formula.right))
    if formula.sign in "*/" and is_sum(formula.left):
        left = f"（{left}）"
    if (formula.sign in "*/-" and is_sum(formula.right)) or (
        formula.sign == "/" and isinstance(formula.right, Operation)
    ):
        right = f"（{right}）"
    return f"{left}{SIGNS[formula.sign]}{right}"


def is_sum(formula: Expression) -> bool:
    """Whether a part of a formula needs brackets beside a factor."""
    return isinstance(formula, Operation) and formula.sign in "+-"


def decimals_of(entry: Entry, table: Table) -> int:
    """How many decimals a line is counted to."""
    if entry.line.decimals is not None:
        return entry.line.decimals
    return block_of(entry, table).decimals


def unit_of(entry: Entry, table: Table) -> str:
    """What the numbers of a line are counted in."""
    return entry.line.unit or block_of(entry, table).unit


def block_of(entry: Entry, table: Table) -> Block:
    """The block that a line stands in."""
    return next(b for b in table.blocks if any(line.id == entry.line.id for line in (*b.rows, *b.columns)))


def footing(entry: Entry, formula: Expression, table: Table) -> str:
    """What else is to be said of how a number comes about."""
    if any(isinstance(leaf, Name) and leaf.text == PREV + entry.line.id for leaf in leaves(formula)):
        return "；每年第一期从 0 算起"
    if (unit := unit_of(entry, table)) in PERCENT and divides(formula):
        return f"，用{unit}表示，保留 {decimals_of(entry, table)} 位小数"
    return ""


def example(formula: Expression, entry: Entry, names: Names) -> str:
    """A case of the rule in numbers; empty where small numbers give none."""
    parts, table = [leaf for leaf in leaves(formula) if isinstance(leaf, Name)], names.form.table(entry.table)
    if not parts or len(parts) > len(SAMPLES):
        return ""
    filed = dict(zip(parts, OF_RATIO if divides(formula) else SAMPLES, strict=False))
    result = value(formula, lambda leaf: Fraction(filed[leaf]) if isinstance(leaf, Name) else None)
    if not isinstance(result, Fraction) or isinstance(result, bool):
        return ""
    result *= PERCENT.get(unit_of(entry, table), 1) if divides(formula) else 1
    digits = decimals_of(entry, table)
    told = "、".join(f"{said(name, entry, names)} {number}" for name, number in filed.items())
    amount = f"{round(Decimal(result.numerator) / result.denominator, digits):f}"
    return f"{told}：{entry.line.name}应为 {amount}。"


def bounds(table: Table, form: Form) -> Derived | None:
    """The rule that numbers keep to the ``min`` and ``max`` of their lines; None where none has any."""
    rule_name, checks, told = f"{table.id}-RANGE", list[Constraint](), dict[str, None]()
    for item in form.by_table[table.id]:
        for line, axis in ((item.row, "r"), (item.column, "c")):
            for bound_, operator, words in ((line.min, ">=", "不小于"), (line.max, "<=", "不大于")):
                if bound_ is not None:
                    number = -int(bound_.scaleb(item.decimals))
                    across = item.column if axis == "r" else item.row
                    where = f"{'c' if axis == 'r' else 'r'}:{across.id}"
                    checks.append(Constraint(rule_name, ((item.index, 1),), number, operator, item.index, where))
                    told[f"“{line.label}”{words} {bound_:f}"] = None
    if not checks:
        return None
    words = "；".join(told)
    rule = Rule(
        rule_name, "超出应有的范围", f"{words}。", "请核对 {cell}，改为正确的数。", Severity.MUST, "D", table=table.id
    )
    return Derived(rule, tuple(checks))
