"""Reads the rules of a declaration, and refuses those that cannot be understood, contradict or say nothing new."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from workbook_tool.files.office.toml import Keys, read_as
from workbook_tool.model.form.comparisons import COMPARISONS, ComparisonKind
from workbook_tool.model.form.expression import ExpressionError, Linear, parse
from workbook_tool.model.form.form import Form, Item
from workbook_tool.model.form.rules import (
    KINDS,
    LINEAR,
    ORIGINS,
    PREVIOUS,
    Consistency,
    Constraint,
    Rule,
    Severity,
    common_scale,
)

LAST, PREV = "last.", "prev."
"""Before a name: the number of a year ago, and that of the period directly before."""
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
        for name in rule.unless:
            keys.known_name("unless", name, [r.id for r in rules])
        rules.append(replace(rule, fallback=tuple(dict.fromkeys(f for c in new for f in c.fallback))))
        constraints += new
    return replace(form, rules=tuple(rules), constraints=tuple(constraints))


def read_rule(keys: Keys, form: Form) -> tuple[Rule, list[Keys]]:
    """A rule and its checks still to be read. Raises OfficeError where it lacks what its kind needs."""
    kind = keys.choice("kind", list(KINDS), LINEAR)
    checks = keys.tables("checks", required=kind == LINEAR)
    rule = read_as(
        Rule,
        keys,
        kind=kind,
        severity=Severity(keys.choice("severity", [s.value for s in Severity], "must")),
        origin=keys.choice("origin", list(ORIGINS), ""),
        legal_basis=keys.text("basis"),
        limits=tuple(keys.table("limits").numbers().items()),
        fallback=(),
    )
    if rule.table:
        keys.known_name("table", rule.table, [t.id for t in form.tables])
    if checks and rule.kind != LINEAR:
        raise keys.fail("checks", f"只用于 kind = “{LINEAR}” 的规则")
    check_needs(keys, rule, form)
    try:
        rule.advice.format(cell="", parts="")
    except (KeyError, IndexError, ValueError):
        raise keys.fail("advice", "里只能用 {cell} 和 {parts}") from None
    return rule, checks


def check_needs(keys: Keys, rule: Rule, form: Form) -> None:
    """Raises OfficeError where a rule lacks what its kind needs, or has what it has no use for."""
    needs = COMPARISONS.get(rule.kind, ComparisonKind(""))
    scopes = [choice for field in form.cover if field.kind == "scope" for choice in field.choices]
    for key, named, known in (("items", rule.items, list(form.by_code)), ("scope", (rule.scope,), scopes)):
        if bool(any(named)) != getattr(needs, key):
            raise keys.fail(key, f"kind = “{rule.kind}” 的规则" + ("必须写明" if getattr(needs, key) else "用不着"))
        for name in filter(None, named):
            keys.known_name(key, name, known)
    limits = [name for name, _ in rule.limits]
    for name in (*needs.limits, *limits):
        if name not in limits or name not in needs.limits:
            raise keys.fail("limits", f"中的限值应为 {'、'.join(needs.limits) or '无'}")
    if rule.together and rule.kind != LINEAR:
        raise keys.fail("together", f"只用于 kind = “{LINEAR}” 的规则")


def read_check(keys: Keys, rule: Rule, form: Form, earlier: list[str]) -> list[Constraint]:
    """The constraints of one check: one for each line that it runs over and each member of its ``each``."""
    over = keys.choice("over", ["rows", "columns", "form"], "form")
    formula, at = keys.need("formula"), keys.need("at")
    fallback, when = keys.texts("fallback"), keys.text("when")
    keys.done()
    check = Check(keys, rule, formula, at, when, fallback)
    for name in fallback:
        keys.known_name("fallback", name, earlier)
    if over == "form":
        return bind(check, form.by_code, "")
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
                found += bind(check, here, f"{over[0]}:{line.id}")
    if not found:
        raise keys.fail("formula", f"“{formula}” 在表 {rule.table} 中没有对应的行或列")
    return found


def mentions(formula: str, names: dict[str, Item]) -> bool:
    """Whether a formula speaks of this block (a table may have several)."""
    return any(word in names for word in re.findall(r"[A-Za-z_]\w*", formula))


@dataclass(frozen=True)
class Check:
    """One check as declared, to be bound to each line that it runs over."""

    keys: Keys
    rule: Rule
    formula: str
    at: str
    when: str
    fallback: tuple[str, ...]

    def relations(self, key: str, text: str, names: list[str]) -> list[Linear]:
        """What the formula under this key says. Raises OfficeError where it cannot be understood."""
        try:
            return parse(text, lambda first, last: self.keys.span(key, names, first, last))
        except ExpressionError as error:
            raise self.keys.fail(key, str(error)) from None


def bind(check: Check, here: dict[str, Item], line: str) -> list[Constraint]:
    """One check on one line, its names replaced by the items they stand for, now or in an earlier period."""
    names = [*here, *(LAST + name for name in here), *(PREV + name for name in here)]
    relations = check.relations("formula", check.formula, names)
    guard = None
    if check.when:
        (relation, *more) = check.relations("when", check.when, names)
        if more:
            raise check.keys.fail("when", "里不能用 each(…)")
        guard = bind_one(check, "when", relation, here, line)
    return [replace(bind_one(check, "formula", linear, here, line), guard=guard) for linear in relations]


def bare(name: str) -> str:
    """A name without what says that an earlier number is meant."""
    return name.removeprefix(LAST).removeprefix(PREV)


def bind_one(check: Check, key: str, linear: Linear, here: dict[str, Item], line: str) -> Constraint:
    """One relation between items, scaled so that it is exact in integers; it points to ``at``, a guard nowhere."""
    keys = check.keys
    for name, _ in linear.terms:
        keys.known_name(key, bare(name), list(here))
    own = [name for name, _ in linear.terms if bare(name) == name]
    at = -1
    if key == "formula":
        target = linear.each if check.at == "each" and linear.each else check.at
        keys.known_name("at", target, own)
        at = here[target].index
    items = [here[bare(name)] for name, _ in linear.terms]
    scales = common_scale([item.decimals for item in items])
    factors = [(name, item, k * s) for item, (name, k), s in zip(items, linear.terms, scales, strict=True)]
    if sum(abs(k) for _, _, k in factors) * LARGEST_NUMBER > INT64:
        raise keys.fail(key, "的系数太大，无法精确计算")
    this = tuple(sorted((item.index, k) for name, item, k in factors if bare(name) == name))
    last = tuple(
        sorted((item.index + PREVIOUS * name.startswith(PREV), k) for name, item, k in factors if bare(name) != name)
    )
    constant = linear.constant * scales[0] * 10 ** items[0].decimals
    return Constraint(check.rule.id, this, constant, linear.operator, at, line, check.fallback, last)
