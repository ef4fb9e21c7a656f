"""Reads the rules of a declaration, and refuses those that cannot be understood, contradict or say nothing new."""

from __future__ import annotations

import re
from dataclasses import replace

from workbook_tool.files.toml import Keys
from workbook_tool.model.expression import ExpressionError, Linear, parse
from workbook_tool.model.form import Form, Item
from workbook_tool.model.rules import KINDS, LINEAR, ORIGINS, Consistency, Constraint, Rule, Severity, common_scale

LARGEST_NUMBER = 10**15
INT64 = 2**63 - 1


def read_rules(all_keys: list[Keys], form: Form) -> Form:
    """The form with its rules and the constraints that they come down to."""
    rules: list[Rule] = []
    constraints: list[Constraint] = []
    consistency = Consistency()
    for keys in all_keys:
        rule, checks = read_rule(keys, form)
        keys.unique("id", [*(r.id for r in rules), rule.id])
        new = [c for check in checks for c in read_check(check, rule, form, [r.id for r in rules])]
        problem = consistency.add(new)
        if problem == "contradictory":
            raise keys.fail("checks", f"规则 {rule.id} 与前面的规则互相矛盾，没有任何数能同时满足")
        if problem == "redundant":
            raise keys.fail("checks", f"规则 {rule.id} 是多余的：它已由前面的规则推出")
        rules.append(replace(rule, fallback=tuple(dict.fromkeys(f for c in new for f in c.fallback))))
        constraints += new
    return replace(form, rules=tuple(rules), constraints=tuple(constraints))


def read_rule(keys: Keys, form: Form) -> tuple[Rule, list[Keys]]:
    rule = Rule(
        id=keys.need("id"),
        title=keys.need("title"),
        words=keys.need("words"),
        advice=keys.need("advice"),
        severity=Severity(keys.choice("severity", [s.value for s in Severity], "must")),
        origin=keys.choice("origin", list(ORIGINS), ""),
        kind=keys.choice("kind", list(KINDS), LINEAR),
        table=keys.text("table"),
        example=keys.text("example"),
        basis=keys.text("basis"),
    )
    checks = keys.tables("checks", required=rule.kind == LINEAR)
    keys.done()
    if rule.table:
        keys.known_name("table", rule.table, [t.id for t in form.tables])
    if checks and rule.kind != LINEAR:
        raise keys.fail("checks", f"只用于 kind = “{LINEAR}” 的规则")
    try:
        rule.advice.format(cell="", parts="")
    except (KeyError, IndexError, ValueError):
        raise keys.fail("advice", "里只能用 {cell} 和 {parts}") from None
    return rule, checks


def read_check(keys: Keys, rule: Rule, form: Form, earlier: list[str]) -> list[Constraint]:
    """The constraints of one check: one for each line that it runs over and each member of its ``each``."""
    over = keys.choice("over", ["rows", "columns", "form"], "form")
    formula, at = keys.need("formula"), keys.need("at")
    fallback = keys.texts("fallback")
    keys.done()
    for name in fallback:
        keys.known_name("fallback", name, earlier)
    if over == "form":
        names = list(form.by_code)
        return bind(keys, rule, formula, at, fallback, names, {n: form.by_code[n] for n in names}, "")
    if not rule.table:
        raise keys.fail("over", "需要规则写明 table")
    found = []
    for block in form.table(rule.table).blocks:
        lines = block.columns if over == "columns" else block.rows
        items = [i for i in form.by_table[rule.table] if i.block is block]
        for line in lines:
            if over == "columns":
                here = {i.row.id: i for i in items if i.column.id == line.id}
            else:
                here = {i.column.id: i for i in items if i.row.id == line.id}
            if len(form.table(rule.table).blocks) == 1 or mentions(formula, here):
                found += bind(keys, rule, formula, at, fallback, list(here), here, f"{over[0]}:{line.id}")
    if not found:
        raise keys.fail("formula", f"“{formula}” 在表 {rule.table} 中没有对应的行或列")
    return found


def mentions(formula: str, names: dict[str, Item]) -> bool:
    """Whether a formula speaks of this block (a table may have several)."""
    return any(word in names for word in re.findall(r"[A-Za-z_]\w*", formula))


def bind(
    keys: Keys,
    rule: Rule,
    formula: str,
    at: str,
    fallback: tuple[str, ...],
    names: list[str],
    here: dict[str, Item],
    line: str,
) -> list[Constraint]:
    """One formula on one line, its names replaced by the items they stand for."""
    try:
        relations = parse(formula, lambda first, last: keys.span("formula", names, first, last))
    except ExpressionError as error:
        raise keys.fail("formula", str(error)) from None
    return [bind_one(keys, rule, linear, at, fallback, here, line) for linear in relations]


def bind_one(
    keys: Keys, rule: Rule, linear: Linear, at: str, fallback: tuple[str, ...], here: dict[str, Item], line: str
) -> Constraint:
    for name, _ in linear.terms:
        keys.known_name("formula", name, list(here))
    target = linear.each if at == "each" and linear.each else at
    keys.known_name("at", target, [name for name, _ in linear.terms])
    items = [here[name] for name, _ in linear.terms]
    scales = common_scale([item.decimals for item in items])
    terms = tuple(
        sorted((item.index, factor * s) for item, (_, factor), s in zip(items, linear.terms, scales, strict=True))
    )
    if sum(abs(k) for _, k in terms) * LARGEST_NUMBER > INT64:
        raise keys.fail("formula", "的系数太大，无法精确计算")
    unit = scales[0] * 10 ** items[0].decimals
    return Constraint(rule.id, terms, linear.constant * unit, linear.operator, here[target].index, line, fallback)
