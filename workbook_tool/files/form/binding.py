"""Binds a formula to the cells of a form: once, or once for each row or column that it runs over."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.form.names import Names, crossing, here, speaks, understood
from workbook_tool.files.form.shares import in_percent, meant, rounded
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.conditions import Requirement
from workbook_tool.model.form.constraints import PREVIOUS, Constraint, common_scale
from workbook_tool.model.form.expression import (
    PREV,
    Clause,
    Expression,
    Leaf,
    Linear,
    Name,
    Operation,
    bare,
    leaves,
    linear,
    replaced,
)
from workbook_tool.model.form.grammar import Vocabulary, compared
from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.text import nearest

ACROSS = {"rows": "r", "columns": "c"}
Places = Mapping[str, Item]
"""What the names of a formula stand for on one line."""
Bound = Constraint | Requirement


class Check(Struct, frozen=True):
    """One check as declared, to be bound to each line that it runs over. ``within`` is by how much an equation may be
    off."""

    keys: Keys
    rule_id: str
    formula: str
    at: str = ""
    when: str = ""
    fallback: tuple[str, ...] = ()
    within: Decimal = Decimal(0)


def bind(check: Check, names: Names, table: Table | None, over: str) -> list[Bound]:
    """A check on each line that it runs over (``rows``, ``columns``), or on single cells (``form``). A line that lacks
    what the formula speaks of is passed over, where others have it."""
    if over == "form" or table is None:
        return bind_line(check, names.vocabulary((), check.formula), names.by_code, "")
    own = here((item for item in names.form.cells if item.table is table), over)
    found: list[Bound] = []
    lines = crossing(table, over)
    apart = len(table.blocks) > 1
    for _, line, across in lines:
        words = names.vocabulary(across, check.formula + check.when)
        if not apart or speaks(check.formula, words):
            found += bind_line(check, words, ChainMap(own[id(line)], names.by_code), f"{ACROSS[over]}:{line.id}")
    if not found:
        raise check.keys.fail("formula", f"“{check.formula}” 在表 {table.id} 中没有对应的行或列")
    return found


def bind_line(check: Check, names: Vocabulary, places: Places, line: str) -> list[Bound]:
    """One check on one line, its names replaced by the cells they stand for, now or in an earlier period."""
    with understood(check.keys, "formula", names):
        relations = compared(check.formula, names)
        sums = [linear(relation) for relation in relations]
    guard: Clause | None = None
    if check.when:
        with understood(check.keys, "when", names):
            guard, *more = compared(check.when, names)
        if more:
            raise check.keys.fail("when", "里不能用 each(…)")
    found: list[Bound] = []
    for relation, total in zip(relations, sums, strict=True):
        guarding = None if guard is None else linear(guard)
        at = target(check, relation, places, names)
        if total is None or not all(is_number(name, places) for name, _ in total.terms) or (guard and not guarding):
            found.append(requirement(check, relation.expression, places, at, line, guard))
        else:
            asked = None if guarding is None else constraint(check, "when", guarding, places, -1, line)
            found.append(replace(constraint(check, "formula", total, places, at, line), guard=asked))
    return found


def requirement(
    check: Check, test: Expression, places: Places, at: int, line: str, guard: Clause | None
) -> Requirement:
    """What is no linear relation. An equation with a ratio or a product holds as far as its number is rounded."""
    test, should = in_percent(test, places), None
    if (equation := meant(test, places)) and places[equation[0].text].index == at:
        name, should = equation
        decimals = places[name.text].decimals
        test = rounded(name, should, Fraction(check.within) or Fraction(1, 2 * 10**decimals))
    return Requirement(
        check.rule_id,
        bound(test, places),
        at,
        line,
        bound(guard.expression, places) if guard else None,
        bound(should, places) if should else None,
    )


def is_number(name: str, places: Places) -> bool:
    """Whether a name stands for a number, and not for a text or a date."""
    return places[bare(name)].kind == "number"


def target(check: Check, relation: Clause, places: Places, names: Vocabulary) -> int:
    """The cell that a finding points to: as declared, else the side of the formula that stands alone, else its first."""
    own = [leaf.text for leaf in leaves(relation.expression) if leaf.text == bare(leaf.text)]  # type: ignore[union-attr]
    if not own:
        raise check.keys.fail("formula", f"“{check.formula}” 里没有本期的数")
    if not check.at:
        return places[relation.each or alone(relation.expression) or own[0]].index
    name = relation.each if check.at == "each" and relation.each else ""
    if not name:
        with understood(check.keys, "at", names):
            name = "".join(token.text for token in names.tokens(check.at))
    if name not in own:
        hint = nearest(check.at, [names.said(one) for one in own])
        raise check.keys.fail("at", f"中的 {check.at} 没有声明" + (f"，是否指 {hint}" if hint else "（公式里没有它）"))
    return places[name].index


def alone(expression: Expression) -> str:
    """The name that is one whole side of a comparison, the left one first; empty where none is."""
    if not isinstance(expression, Operation):
        return ""
    sides = (side for side in (expression.left, expression.right) if isinstance(side, Name))
    return next((side.text for side in sides if side.text == bare(side.text)), "")


def bound(expression: Expression, places: Places) -> Expression:
    """The expression with its names replaced by cells."""
    cells: dict[str, Expression] = {}
    for leaf in leaves(expression):
        name = leaf.text  # type: ignore[union-attr]
        shift = PREVIOUS if name.startswith(PREV) else 0
        cells[name] = Leaf(places[bare(name)].index + shift, name != bare(name))
    return replaced(expression, cells)


def constraint(check: Check, key: str, total: Linear, places: Places, at: int, line: str) -> Constraint:
    """One linear relation between items, scaled so that it is exact in integers; a guard points nowhere. In an equation
    the number that it points to counts as positive."""
    items = [places[bare(name)] for name, _ in total.terms]
    scales = common_scale([item.decimals for item in items])
    factors = [(name, item, k * s) for item, (name, k), s in zip(items, total.terms, scales, strict=True)]
    smallest = scales[0] * 10 ** items[0].decimals
    number = total.constant * smallest
    operator, constant_ = strictly(total.operator, number)
    own: dict[int, int] = {}
    earlier: dict[int, int] = {}
    for name, item, factor in factors:
        index = item.index + PREVIOUS * name.startswith(PREV)
        terms = own if name == bare(name) else earlier
        terms[index] = terms.get(index, 0) + factor
    sign = -1 if operator == "==" and own.get(at, 1) < 0 else 1
    return Constraint(
        check.rule_id,
        tuple(sorted((index, sign * factor) for index, factor in own.items())),
        sign * constant_,
        operator,
        at,
        line,
        check.fallback,
        tuple(sorted((index, sign * factor) for index, factor in earlier.items())),
        slack=int(Fraction(check.within) * smallest) if key == "formula" else 0,
    )


def strictly(operator: str, constant: int) -> tuple[str, int]:
    """A comparison of whole numbers without ``<`` and ``>``: less than is at most one less."""
    if operator == "<":
        return "<=", constant + 1
    return (">=", constant - 1) if operator == ">" else (operator, constant)
