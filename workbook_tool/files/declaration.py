"""Reads a form's declaration (``templates/<form>.toml``) and refuses a wrong one before any file is opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workbook_tool.files.toml import Keys, load
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.expression import ExpressionError, Linear, parse
from workbook_tool.model.form import Block, CoverField, CrossTable, Form, Item, KeyFigure, Line, RowSet, Table
from workbook_tool.model.rules import (
    KINDS,
    LINEAR,
    ORIGINS,
    Constraint,
    Rule,
    Severity,
    common_scale,
    contradiction_or_redundancy,
)
from workbook_tool.model.text import nearest

COVER_KINDS = ["agency", "code", "year", "scope", "nil", "text", "date"]
LARGEST_NUMBER = 10**15
INT64 = 2**63 - 1


def load_form(templates: Path, form_id: str) -> Form:
    """The form of this id. Raises OfficeError, with the key path, where the declaration is missing or wrong."""
    path = templates / f"{form_id}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in templates.glob("*.toml"))
        raise OfficeError(f"{templates} 中没有表式 {form_id}.toml；现有：{'、'.join(known) or '无'}。")
    return read_form(load(path))


def read_form(keys: Keys) -> Form:
    """The form that a TOML document declares."""
    tables = tuple(read_table(k) for k in keys.tables("table", required=True))
    form = Form(
        id=keys.need("id"),
        title=keys.need("title"),
        version=keys.need("version"),
        basis=keys.text("basis"),
        guide=keys.texts("guide"),
        tables=tables,
        cover=(),
        rules=(),
    )
    unique(keys, "table.id", [t.id for t in tables])
    unique(keys, "table.name", [t.name for t in tables])
    unique(keys, "table.row/column", [i.code for i in form.items])
    form = replace(
        form,
        cover=tuple(read_cover(k, form) for k in keys.tables("cover")),
        figures=tuple(read_figure(k, form) for k in keys.tables("figure")),
        crosses=tuple(read_cross(k, form) for k in keys.tables("cross")),
        outdated=tuple(read_outdated(k) for k in keys.tables("outdated")),
    )
    for kind in ("agency", "code", "year"):
        if sum(f.kind == kind for f in form.cover) != 1:
            raise keys.fail("cover", f"应有且只有一栏 kind = “{kind}”")
    form = read_rules(keys.tables("rule", required=True), form)
    keys.done()
    missing = [
        kind for kind in KINDS if kind not in (LINEAR, "only_total") and not any(r.kind == kind for r in form.rules)
    ]
    if missing:
        raise keys.fail("rule", f"缺少 kind = “{missing[0]}” 的规则（{KINDS[missing[0]]}）")
    return form


def unique(keys: Keys, what: str, values: list[str]) -> None:
    twice = next((v for i, v in enumerate(values) if v in values[:i]), None)
    if twice is not None:
        raise keys.fail(what, f"“{twice}” 出现了两次")


def read_table(keys: Keys) -> Table:
    blocks = tuple(read_block(k) for k in keys.tables("block", required=True))
    table = Table(
        id=keys.need("id"),
        name=keys.need("name"),
        title=keys.need("title"),
        blocks=blocks,
        layout=keys.choice("layout", ["rows", "side"], "rows"),
        page=keys.choice("page", ["portrait", "landscape"], "portrait"),
        note=keys.text("note"),
    )
    keys.done()
    unique(keys, "block.rows.id", [row.id for block in blocks for row in block.rows])
    return table


def read_block(keys: Keys) -> Block:
    block = Block(
        rows=tuple(read_line(k) for k in keys.tables("rows", required=True)),
        columns=tuple(read_line(k) for k in keys.tables("columns", required=True)),
        caption=keys.text("caption"),
        corner=keys.text("corner"),
        heading=keys.text("heading"),
        decimals=keys.get("decimals", int, 0),
        unit=keys.text("unit"),
    )
    keys.done()
    if not 0 <= block.decimals <= 6:
        raise keys.fail("decimals", "应在 0 到 6 之间")
    unique(keys, "columns.id", [c.id for c in block.columns])
    return block


def read_line(keys: Keys) -> Line:
    line = Line(
        id=keys.need("id"),
        label=keys.need("label"),
        under=keys.texts("under"),
        also=keys.texts("also"),
        short=keys.text("short"),
        total=keys.get("total", bool, False),
        breaks=keys.text("breaks"),
    )
    keys.done()
    if not line.id.isidentifier() or not line.id.isascii():
        raise keys.fail("id", f"= “{line.id}” 应由英文字母开头，只含字母、数字和下划线")
    return line


def read_cover(keys: Keys, form: Form) -> CoverField:
    cover = CoverField(
        id=keys.need("id"),
        label=keys.need("label"),
        kind=keys.choice("kind", COVER_KINDS, "text"),
        choices=keys.texts("choices"),
        table=keys.text("table"),
        zero=keys.texts("zero"),
        hint=keys.text("hint"),
    )
    keys.done()
    if cover.kind == "nil":
        known_table(keys, "table", cover.table, form)
        for row in cover.zero:
            known(keys, "zero", row, [i.row.id for i in form.by_table[cover.table]])
    return cover


def read_outdated(keys: Keys) -> tuple[str, str]:
    mark, name = keys.need("mark"), keys.need("name")
    keys.done()
    return mark, name


def read_figure(keys: Keys, form: Form) -> KeyFigure:
    figure = KeyFigure(keys.need("label"), keys.texts("items"), "")
    keys.done()
    for code in figure.items:
        known(keys, "items", code, list(form.by_code))
    return replace(figure, unit=form.by_code[figure.items[0]].block.unit)


def read_cross(keys: Keys, form: Form) -> CrossTable:
    table = keys.need("table")
    known_table(keys, "table", table, form)
    rows = list(dict.fromkeys(i.row.id for i in form.by_table[table]))
    sets = []
    for one in keys.tables("sets", required=True):
        first, _, last = one.need("rows").partition(":")
        sets.append(RowSet(one.need("label"), tuple(span(one, "rows", rows, first, last or first))))
        one.done()
    cross = CrossTable(keys.need("title"), table, keys.choice("down", ["agency.category", "column"], ""), tuple(sets))
    keys.done()
    return cross


def known(keys: Keys, key: str, name: str, names: list[str]) -> None:
    if name not in names:
        hint = nearest(name, names)
        raise keys.fail(key, f"中的 {name} 没有声明" + (f"，是否指 {hint}" if hint else ""))


def known_table(keys: Keys, key: str, table: str, form: Form) -> None:
    known(keys, key, table, [t.id for t in form.tables])


def span(keys: Keys, key: str, names: list[str], first: str, last: str) -> list[str]:
    known(keys, key, first, names)
    known(keys, key, last, names)
    found = names[names.index(first) : names.index(last) + 1]
    if not found:
        raise keys.fail(key, f"中 {first}:{last} 次序颠倒")
    return found


def read_rules(all_keys: list[Keys], form: Form) -> Form:
    """The form with its rules and the constraints that they come down to."""
    rules: list[Rule] = []
    constraints: list[Constraint] = []
    for keys in all_keys:
        rule, checks = read_rule(keys, form)
        unique(keys, "id", [*(r.id for r in rules), rule.id])
        new = [c for check in checks for c in read_check(check, rule, form, [r.id for r in rules])]
        problem = contradiction_or_redundancy(constraints, new)
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
        known_table(keys, "table", rule.table, form)
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
        known(keys, "fallback", name, earlier)
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
    import re

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
        relations = parse(formula, lambda first, last: span(keys, "formula", names, first, last))
    except ExpressionError as error:
        raise keys.fail("formula", str(error)) from None
    return [bind_one(keys, rule, linear, at, fallback, here, line) for linear in relations]


def bind_one(
    keys: Keys, rule: Rule, linear: Linear, at: str, fallback: tuple[str, ...], here: dict[str, Item], line: str
) -> Constraint:
    for name, _ in linear.terms:
        known(keys, "formula", name, list(here))
    target = linear.each if at == "each" and linear.each else at
    known(keys, "at", target, [name for name, _ in linear.terms])
    items = [here[name] for name, _ in linear.terms]
    scales = common_scale([item.decimals for item in items])
    terms = tuple(
        sorted((item.index, factor * s) for item, (_, factor), s in zip(items, linear.terms, scales, strict=True))
    )
    if sum(abs(k) for _, k in terms) * LARGEST_NUMBER > INT64:
        raise keys.fail("formula", "的系数太大，无法精确计算")
    unit = scales[0] * 10 ** items[0].decimals
    return Constraint(rule.id, terms, linear.constant * unit, linear.operator, here[target].index, line, fallback)
