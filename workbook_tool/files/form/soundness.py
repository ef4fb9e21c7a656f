"""What cannot work in a form although every line of it can be read: told before any file is opened."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.constraints import Consistency, Constraint
from workbook_tool.model.form.expression import Exact
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.rules import OPTIONAL
from workbook_tool.model.intake.explanation import EXPLANATIONS_SHEET, RETURN_SHEET
from workbook_tool.model.intake.submission import IDENTITY_SHEET
from workbook_tool.model.text import label_key

NAME_LIMIT, NAME_REFUSED = 29, "[]:*?/\\'"
"""What the name of a sheet can hold, after 汇总."""
TAKEN = ("封面", EXPLANATIONS_SHEET, RETURN_SHEET, IDENTITY_SHEET)
"""Sheets that every workbook has."""
Number = int | Fraction | float
Range = tuple[Number, Number]


def check_form(keys: Keys, form: Form) -> None:
    """Say what cannot work."""
    for table in form.typed:
        check_sheet_name(keys, table)
        for block in table.blocks:
            for axis, lines in (("rows", block.rows), ("columns", block.columns)):
                check_labels(keys, table, axis, lines)
    kinds = [rule.kind for rule in form.rules if rule.kind not in OPTIONAL]
    if twice := next((kind for n, kind in enumerate(kinds) if kind in kinds[:n]), None):
        two = [rule.id for rule in form.rules if rule.kind == twice]
        keys.wrong("rule", f"{'、'.join(two)} 都是 kind = “{twice}” 的规则，只能有一条", f'"{two[-1]}"')
    if keys.flawless:  # what rests on rules that could not be read would only be told twice
        for table in form.typed:
            check_totals(keys, form, table)
        check_rules(keys, form)


def check_sheet_name(keys: Keys, table: Table) -> None:
    """A table is a sheet, and must be named as one can be."""
    if refused := [sign for sign in NAME_REFUSED if sign in table.name]:
        keys.wrong("table.name", f"“{table.name}” 要作工作表名，不能有 {refused[0]}", table.name)
    elif len(table.name) > NAME_LIMIT:
        keys.wrong("table.name", f"“{table.name}” 要作工作表名，至多 {NAME_LIMIT} 个字", table.name)
    elif table.name in TAKEN:
        keys.wrong("table.name", f"“{table.name}” 已用作填报表的另一张工作表，请换一个", table.name)


def check_labels(keys: Keys, table: Table, axis: str, lines: Sequence[Line]) -> None:
    """Two lines under the same captions must not look alike, and none like a group of others."""
    word, seen = {"rows": "行", "columns": "列"}[axis], dict[tuple[str, tuple[str, ...]], Line]()
    groups = {label_key(caption): caption for line in lines for caption in line.under}
    for line in lines:
        for text in (line.label, *line.also, *line.was):
            other = seen.setdefault((label_key(text), line.under), line)
            if other is not line and other.number == line.number:
                said = f"表 {table.name} 有两{word}读表时分不开：“{other.label}”和“{line.label}”"
                said += f"（都可写作“{text}”）" if text not in (other.label, line.label) else ""
                keys.wrong(axis, said, line.label)
                break
        caption = groups.get(label_key(line.label))
        if caption and caption not in line.under:
            said = f"表 {table.name} 的{word}“{line.label}”与分组“{caption}”同名，读表时分不开；"
            keys.wrong(axis, said + f"要写这一组的合计，可用提纲写“{line.label} =”", line.label)


def check_totals(keys: Keys, form: Form, table: Table) -> None:
    """A line that is declared a total, beside others that rules make totals, must be one of something too."""
    equations = [(c.at, c.line) for c in form.constraints if c.operator == "=="]
    equations += [(derived.at, derived.line) for derived in form.derivations]
    for word, along in (("行", "c:"), ("列", "r:")):
        summed = {at for at, line in equations if not line or line.startswith(along)}
        if not any(line.startswith(along) and form.items[at].table is table for at, line in equations):
            continue
        lines: dict[str, list[int]] = {}
        for item in form.by_table[table.id]:
            line = item.row if word == "行" else item.column
            if line.total:
                lines.setdefault(line.label, []).append(item.index)
        for label, items in lines.items():
            if summed.isdisjoint(items):
                said = f"表 {table.name} 的{word}“{label}”写了 total，却没有规则说它是哪些项之和；写作“{label} =”即可"
                keys.wrong("total", said, label)


def check_rules(keys: Keys, form: Form) -> None:
    """Rules that say nothing, that never speak, and that only zeros satisfy."""
    ranges = [range_of(form, index) for index in range(len(form.items))]
    told: set[str] = set()
    for constraint in form.constraints:
        problem = ""
        if constraint.guard and not constraint.guard.last_terms and never(constraint.guard, ranges):
            problem = "的 when 永远不成立，这条规则不起作用"
        elif constraint.guard is None and not constraint.last_terms and always(constraint, ranges):
            problem = "总是成立，不起作用"
        elif constraint.guard is None and not constraint.last_terms and never(constraint, ranges):
            problem = "永远不成立，没有任何数能满足"
        if problem and constraint.rule_id not in told:
            told.add(constraint.rule_id)
            keys.wrong("rule", f"规则 {constraint.rule_id} {problem}", f'"{constraint.rule_id}"')
    for rule_id in [*crossed_bounds(form, ranges), *only_zeros(form, ranges)]:
        if rule_id not in told:
            told.add(rule_id)
            keys.wrong("rule", f"规则 {rule_id} 与别的规则合在一起，没有数、或只有全填 0 才能满足", f'"{rule_id}"')


def range_of(form: Form, index: int) -> Range:
    """What a number may be, in its smallest unit."""
    item = form.items[index]
    least: Number = -math.inf if item.negative else 0
    most: Number = math.inf
    for line in (item.row, item.column):
        least = max(least, Fraction(line.min.scaleb(item.decimals))) if line.min is not None else least
        most = min(most, Fraction(line.max.scaleb(item.decimals))) if line.max is not None else most
    return least, most


def reach(constraint: Constraint, ranges: Sequence[Range]) -> Range:
    """The least and the most that the left side can come to."""
    least: Number = constraint.constant
    most: Number = constraint.constant
    for index, factor in constraint.terms:
        low, high = ranges[index] if factor > 0 else (ranges[index][1], ranges[index][0])
        least, most = least + factor * low, most + factor * high
    return least, most


def never(constraint: Constraint, ranges: Sequence[Range]) -> bool:
    """Whether no numbers at all satisfy it."""
    least, most = reach(constraint, ranges)
    return {"==": least > 0 or most < 0, "<=": least > 0, ">=": most < 0}[constraint.operator]


def always(constraint: Constraint, ranges: Sequence[Range]) -> bool:
    """Whether all numbers do. What keeps to the bounds of a line is what makes them bounds."""
    if constraint.rule_id.endswith("-RANGE"):
        return False
    least, most = reach(constraint, ranges)
    return {"==": False, "<=": most <= 0, ">=": least >= 0}[constraint.operator]


def crossed_bounds(form: Form, ranges: Sequence[Range]) -> Iterable[str]:
    """The rules by which a single number must be at least more than it may be at most."""
    bounds = list(ranges)
    for constraint in form.constraints:
        if constraint.guard or constraint.last_terms or len(constraint.terms) != 1:
            continue
        ((index, factor),) = constraint.terms
        edge, (low, high) = Fraction(-constraint.constant, factor), bounds[index]
        above = constraint.operator == "==" or (constraint.operator == ">=") == (factor > 0)
        below = constraint.operator == "==" or not above
        bounds[index] = (max(low, edge) if above else low, min(high, edge) if below else high)
        if bounds[index][0] > bounds[index][1]:
            yield constraint.rule_id


def only_zeros(form: Form, ranges: Sequence[Range]) -> Iterable[str]:
    """The rules whose equations, taken together, leave nothing but zeros: totals in a circle."""
    together = Consistency()
    for constraint in form.constraints:
        if constraint.operator != "==" or constraint.guard or constraint.last_terms or len(constraint.terms) < 2:
            continue
        row = together.reduce({i: k for i, k in (*constraint.terms, (-1, constraint.constant)) if k})
        together.add_equation(constraint)
        if row and -1 not in row and one_sign(row.values()) and all(ranges[i][0] == 0 for i in row):
            yield constraint.rule_id


def one_sign(factors: Iterable[Exact]) -> bool:
    """Whether all of these are above 0, or all below."""
    return len({factor > 0 for factor in factors}) == 1
