"""Reads the rules of a declaration, and refuses those that cannot be understood, contradict or say nothing new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.files.form.binding import Bound, Check, bind
from workbook_tool.files.form.derived import ADVICE, MAY_EXPLAIN, Derived
from workbook_tool.files.form.names import Names, cell_code, speaks
from workbook_tool.files.office.toml import Keys, load_own, read_as
from workbook_tool.model.form.comparisons import COMPARISONS, ComparisonKind
from workbook_tool.model.form.conditions import Derivation, Requirement
from workbook_tool.model.form.constraints import Consistency, Constraint
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.rules import KINDS, LINEAR, ORIGINS, Rule, Severity

CHECK_KEYS = ("formula", "at", "when", "over", "within", "fallback")
"""What a rule says of its only check, and each of its ``checks`` for itself."""
USUAL = Path(__file__).with_name("usual.toml")
"""What rules of each kind usually say."""
OVER = ("rows", "columns", "form")


class Found(Struct):
    """What has been read of the rules so far. ``named`` are the ids of all that were there, also of those that could not be
    read: what is told of them is told once."""

    rules: list[Rule]
    constraints: list[Constraint]
    conditions: list[Requirement]
    derivations: list[Derivation]
    consistency: Consistency
    named: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The ids of the rules so far."""
        return [rule.id for rule in self.rules]

    def add(self, rule: Rule, checks: Sequence[Bound]) -> None:
        """Take in a rule with what it comes down to."""
        linear = [check for check in checks if isinstance(check, Constraint)]
        fallback = tuple(dict.fromkeys(name for check in linear for name in check.fallback))
        self.rules.append(replace(rule, fallback=fallback))
        self.constraints += linear
        self.conditions += [check for check in checks if isinstance(check, Requirement)]


def read_rules(
    declared: Sequence[Keys], standing: Sequence[Keys], derived: Mapping[str, Derived], names: Names
) -> Form:
    """The form with its rules and what they come down to: those of its lines that no rule words, the declared ones, and
    those that every form has."""
    found = Found([], [], [], [], Consistency())
    worded = {keys.values.get("id") for keys in declared}
    for own in derived.values():
        if own.rule.id not in worded:
            take_derived(own, own.rule, found)
    for keys in declared:
        with keys.going_on():
            own_id = keys.values.get("id")
            found.named += [own_id] if isinstance(own_id, str) else []
            if isinstance(own_id, str) and own_id in derived and not says_something(keys):
                take_derived(derived[own_id], reworded(keys, derived[own_id].rule), found)
            else:
                take_declared(keys, names, found)
    for keys in standing:
        found.add(read_rule(keys, names)[0], ())
    return replace(
        names.form,
        rules=tuple(found.rules),
        constraints=tuple(found.constraints),
        conditions=tuple(found.conditions),
        derivations=tuple(found.derivations),
    )


def says_something(keys: Keys) -> bool:
    """Whether a declared rule says what must hold, and does not only word what follows from a line."""
    return any(key in keys.values for key in ("formula", "checks", "kind"))


def reworded(keys: Keys, rule: Rule) -> Rule:
    """The rule of a line in the words of the form."""
    usual = {
        "title": rule.title,
        "words": rule.words,
        "advice": rule.advice,
        "severity": rule.severity.value,
        "origin": rule.origin,
        "table": rule.table,
        "example": rule.example,
    }
    return read_words(keys.with_usual(usual), LINEAR)


def take_derived(derived: Derived, rule: Rule, found: Found) -> None:
    """Take in what a line follows from. Nobody is told that it says nothing new: the lines of a table that sums both ways
    always do."""
    linear = [check for check in derived.checks if isinstance(check, Constraint)]
    found.consistency.add(linear)
    found.derivations += derived.derivations
    found.add(rule, derived.checks)


def take_declared(keys: Keys, names: Names, found: Found) -> None:
    """Take in a declared rule. Raises OfficeError where it cannot be understood, contradicts or says nothing new."""
    rule, checks = read_rule(keys, names)
    found.named.append(rule.id)
    if rule.id in found.ids:
        raise keys.fail("id", f"“{rule.id}” 出现了两次")
    new = [one for check in checks for one in read_check(check, rule, names, found.named)]
    problem = found.consistency.add([one for one in new if isinstance(one, Constraint)])
    if problem == "contradictory":
        raise keys.fail("formula", f"规则 {rule.id} 与前面的规则互相矛盾，没有任何数能同时满足")
    if problem == "redundant":
        raise keys.fail("formula", f"规则 {rule.id} 是多余的：它已由前面的规则推出")
    for name in rule.unless:
        keys.known_name("unless", name, found.named)
    found.add(rule, new)


def read_rule(keys: Keys, names: Names) -> tuple[Rule, list[Keys]]:
    """A rule and its checks still to be read. Raises OfficeError where it lacks what its kind needs."""
    keys.expect({*Rule.__struct_fields__, "basis", "checks", *CHECK_KEYS} - {"legal_basis"})
    kind = keys.choice("kind", list(KINDS), LINEAR)
    short = [key for key in CHECK_KEYS if key in keys.values]
    checks = keys.tables("checks", required=kind == LINEAR and not short)
    if short:
        checks = [*checks, keys.part(CHECK_KEYS)]
    keys.known += CHECK_KEYS
    rule = read_words(
        keys.with_usual(
            neutral(checks, keys.values.get("severity", "must") == "must", names.said) if checks else usual_words(kind)
        ),
        kind,
    )
    if rule.table:
        tables = names.form.tables
        keys.known_name("table", rule.table, [t.id for t in tables] + [t.name for t in tables])
        rule = replace(rule, table=next(t.id for t in tables if rule.table in (t.id, t.name)))
    if checks and rule.kind != LINEAR:
        raise keys.fail(short[0] if short else "checks", f"只用于 kind = “{LINEAR}” 的规则")
    check_needs(keys, rule, names.form)
    return replace(rule, items=tuple(cell_code(keys, "items", one, names) for one in rule.items)), checks


@cache
def usual_words(kind: str) -> dict[str, Any]:
    """What a rule of this kind says where its form says nothing; nothing for kinds that each form words itself."""
    usual = load_own(USUAL).tables("rule")
    return next((keys.values for keys in usual if keys.values["kind"] == kind), {})


def read_words(keys: Keys, kind: str) -> Rule:
    """A rule as people meet it."""
    rule = read_as(
        Rule,
        keys,
        kind=kind,
        severity=Severity(keys.choice("severity", [s.value for s in Severity], "must")),
        origin=keys.choice("origin", list(ORIGINS), "P"),
        legal_basis=keys.text("basis"),
        limits=tuple(keys.table("limits").numbers().items()),
        fallback=(),
    )
    try:
        rule.advice.format(cell="", parts="")
    except (KeyError, IndexError, ValueError):
        raise keys.fail("advice", "里只能用 {cell} 和 {parts}") from None
    return rule


def neutral(checks: Iterable[Keys], must: bool, said: Callable[[str], str]) -> dict[str, str]:
    """Words for a rule that declares none: its formulas, as they are ``said``."""
    advice = ADVICE if must else MAY_EXPLAIN
    told = []
    for check in checks:
        formula, when = check.values.get("formula", ""), check.values.get("when", "")
        if isinstance(formula, str) and isinstance(when, str):
            told.append((f"{said(when)} 时，" if when else "") + said(formula))
    text = "；".join(told)
    return {"title": text, "words": f"应有：{text}。", "advice": advice}


def check_needs(keys: Keys, rule: Rule, form: Form) -> None:
    """Raises OfficeError where a rule lacks what its kind needs, or has what it has no use for."""
    needs = COMPARISONS.get(rule.kind, ComparisonKind(""))
    scopes = [choice for field in form.cover if field.kind == "scope" for choice in field.choices]
    for key, given in (("items", bool(rule.items)), ("scope", bool(rule.scope))):
        if given != getattr(needs, key):
            raise keys.fail(key, f"kind = “{rule.kind}” 的规则" + ("必须写明" if getattr(needs, key) else "用不着"))
    if rule.scope:
        keys.known_name("scope", rule.scope, scopes)
    limits = [name for name, _ in rule.limits]
    for name in (*needs.limits, *limits):
        if name not in limits or name not in needs.limits:
            raise keys.fail("limits", f"中的限值应为 {'、'.join(needs.limits) or '无'}")
    if rule.together and rule.kind != LINEAR:
        raise keys.fail("together", f"只用于 kind = “{LINEAR}” 的规则")


def read_check(keys: Keys, rule: Rule, names: Names, earlier: list[str]) -> list[Bound]:
    """What one check comes down to: once for each line that it runs over and each member of its ``each``."""
    keys.expect(CHECK_KEYS)
    over = keys.choice("over", ["", *OVER], "")
    within = keys.number("within") or Decimal(0)
    check = Check(
        keys, rule.id, keys.need("formula"), keys.text("at"), keys.text("when"), keys.texts("fallback"), within
    )
    keys.done()
    for name in check.fallback:
        keys.known_name("fallback", name, earlier)
    tables = [names.form.table(rule.table)] if rule.table else list(names.form.tables)
    if over in ("rows", "columns") and len(tables) > 1:
        raise keys.fail("over", "需要规则写明 table")
    table, over = (tables[0], over) if over else meant(check, tables, names)
    return bind(check, names, table, over)


def meant(check: Check, tables: Sequence[Table], names: Names) -> tuple[Table | None, str]:
    """What a check runs over that does not say so: single cells where it names nothing else, or else the rows of the one
    table whose columns it names, or the columns of the one whose rows it does. Raises OfficeError where several are meant."""
    both = check.formula + check.when
    single = names.vocabulary((), both)
    if speaks(check.formula, single) and (not check.when or speaks(check.when, single)):
        return None, "form"
    found = []
    for over in ("rows", "columns"):
        for table in tables:
            lines = [block.columns if over == "rows" else block.rows for block in table.blocks]
            words = [names.vocabulary(across, both) for across in lines]
            if any(speaks(check.formula, own) and (not check.when or speaks(check.when, own)) for own in words):
                found.append((table, over))
    if len(found) > 1:
        told = "、".join(f"表 {table.name} 的{'列' if over == 'rows' else '行'}" for table, over in found)
        raise check.keys.fail("formula", f"“{check.formula}” 的名称在{told}里都有，请写 table 或 over")
    return found[0] if found else (nearest_scope(check, tables, names))


def nearest_scope(check: Check, tables: Sequence[Table], names: Names) -> tuple[Table | None, str]:
    """Where most of the words of a formula are known, for the error that says which is not."""
    table = tables[0]
    known = names.vocabulary(table.blocks[0].rows, "")
    rows = any(spelling in check.formula for spelling in known.spellings if len(spelling) > 1)
    columns = any(
        spelling in check.formula
        for block in table.blocks
        for line in block.columns
        for spelling in (line.id, line.label)
    )
    if "." in check.formula.replace("last.", "").replace("prev.", ""):
        return None, "form"
    return table, "columns" if rows and not columns else "rows"
