"""What a declaration comes to, for whoever wrote it: what is asked, what follows from what, and how it adds up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from workbook_tool.model.form.comparisons import COMPARISONS
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Block, Item, Table
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.text import label_unit
from workbook_tool.steps.tell.told_lists import KINDS, told_register

WAYS = {
    "sum": "各单位相加",
    "last": "各单位相加，几期之间取最后一期",
    "ratio": "不相加，按合计重新计算",
    "never": "不相加",
}
"""How numbers come together, as people say it."""
LEFT_OUT = "＋…＋"
"""What stands in the title of a sum for the parts that it does not name."""


def told_form(form: Form) -> str:
    """A form in words, line by line."""
    asked = f"{len(form.items)} 个数" + (f"、{len(form.remarks)} 格文字或日期" if form.remarks else "")
    lines = [
        f"《{form.title}》（{form.id}，{form.period.report}）：{len(form.registers) + len(form.typed)} 张表，{asked}。"
    ]
    for register in form.registers:
        lines += ["", *told_register(form, register)]
    for table in form.typed:
        lines += ["", *told_table(form, table)]
    own = [rule for rule in form.rules if rule.counted and not is_line(form, rule) and not is_usual(rule)]
    of_rows = sum(len(register.rules) for register in form.registers)
    lines += ["", *(told_rules(form, own) or ([] if of_rows else ["没有另写规则。"]))]
    usual = len(form.rules) - len(own) - len(lines_of(form)) - of_rows
    lines.append(f"另有各表通用的规则 {usual} 条（空白、错字、隐藏等）。")
    return "\n".join(lines)


def is_usual(rule: Rule) -> bool:
    """Whether every form has a rule that is counted: it is no rule of its own."""
    return rule.kind in COMPARISONS and COMPARISONS[rule.kind].usual


def lines_of(form: Form) -> list[Rule]:
    """The rules that say what a line follows from."""
    return [rule for rule in form.rules if is_line(form, rule)]


def is_line(form: Form, rule: Rule) -> bool:
    """Whether a rule says what a row or column of its table follows from."""
    derived = {one.rule_id for one in form.derivations}
    equal = any(c.rule_id == rule.id and c.operator == "==" and c.line for c in form.constraints)
    return bool(rule.table) and (rule.id in derived or equal)


def told_table(form: Form, table: Table) -> Iterator[str]:
    """A table: its lines, each with what is special about it."""
    yield f"表 {table.name}「{table.title}」"
    for block in table.blocks:
        if block.caption:
            yield f"  {block.caption}"
        yield f"  行：{told_lines(block.rows, block)}"
        yield f"  列：{told_lines(block.columns, block)}"
    for rule in lines_of(form):
        if rule.table == table.id:
            yield f"  {in_full(form, rule)}（{rule.id}，{rule.severity.label}）"
    if above_0 := list(dict.fromkeys(differences(form, table))):
        yield f"  算得的差不能为负（会为负的写 negative = true）：{'、'.join(above_0)}"
    for way, items in by_way(form, table).items():
        if way != "sum":
            yield f"  {WAYS[way]}：{'、'.join(items)}"


def differences(form: Form, table: Table) -> Iterator[str]:
    """The lines that follow as differences of numbers beside them and may not be below 0: somebody must have thought of it."""
    for one in form.constraints:
        item, follows = form.items[one.at], one.operator == "==" and one.this_year and not one.is_sum
        if item.table is table and follows and one.line and not item.negative:
            yield item.column_name if one.line.startswith("r:") else item.row_name


def told_lines(lines: Sequence[Line], block: Block, depth: int = 0) -> str:
    """Rows or columns, those under a caption behind it: ``办结〔同意、不同意〕``."""
    told = []
    for caption, group in groupby(lines, lambda line: line.under[depth : depth + 1]):
        inside = list(group)
        told += (
            [f"{caption[0]}〔{told_lines(inside, block, depth + 1)}〕"]
            if caption
            else [told_line(line, block) for line in inside]
        )
    return "、".join(told)


def told_line(line: Line, block: Block) -> str:
    """A row or column in a few words."""
    marks = [] if line.kind == "number" else [KINDS[line.kind]]
    marks += [line.unit] if line.unit and label_unit(line.name) != line.unit else []
    marks += ["可不填"] if line.optional else []
    marks += ["可为负"] if line.negative and line.adds != "ratio" else []
    return line.name + (f"（{'，'.join(marks)}）" if marks else "")


def by_way(form: Form, table: Table) -> dict[str, list[str]]:
    """The columns, or else the rows, of a table whose numbers all come together in one way."""
    found: dict[str, list[str]] = {}
    for block in table.blocks:
        inside = [item for item in form.by_table[table.id] if item.block is block]
        for line in block.columns if len(block.columns) > 1 else block.rows:
            items = [item for item in inside if line in (item.column, item.row)]
            ways = {item.adds for item in items}
            if len(ways) == 1:
                found.setdefault(ways.pop(), []).append(name_of(items[0]))
    return found


def name_of(item: Item) -> str:
    """What a column is called; the row where there is only one column."""
    return item.column_name if len(item.block.columns) > 1 else item.row_name


def told_rules(form: Form, rules: list[Rule]) -> list[str]:
    """The form's own rules."""
    return [f"规则 {rule.id}（{rule.severity.label}）：{in_full(form, rule)}" for rule in rules]


def in_full(form: Form, rule: Rule) -> str:
    """The title of a rule; that of a sum that names only its first and last part, with all of them: whoever checks a
    declaration must see what is added, and what twice."""
    sums = [one for one in form.constraints if one.rule_id == rule.id and one.line]
    if LEFT_OUT not in rule.title or not sums:
        return rule.title
    longest = max(sums, key=lambda one: len(one.terms))
    items = [form.items[index] for index in longest.parts]
    parts = [item.row.name if longest.line.startswith("c:") else item.column.name for item in items]
    before = rule.title[: rule.title.index(parts[0] + LEFT_OUT)] if parts[0] + LEFT_OUT in rule.title else ""
    return before + "＋".join(parts) if before else rule.title


def meaning_changes(before: Form, after: Form) -> list[str]:
    """In what two declarations of a form differ, but for the words of their rules; empty where they mean the same."""

    def relations(form: Form) -> list[str]:
        bound = [*form.constraints, *form.conditions, *form.derivations]
        return sorted(str(one) for one in bound)

    def rules(form: Form) -> list[tuple[object, ...]]:
        return sorted((r.id, r.kind, r.severity, r.items, r.limits, r.unless, r.table, r.together) for r in form.rules)

    compared = {
        "表、行、列": (before.tables, after.tables),
        "封面": (before.cover, after.cover),
        "规则": (rules(before), rules(after)),
        "勾稽关系": (relations(before), relations(after)),
        "主要数字": (before.figures, after.figures),
        "分组和透视表": ((before.facets, before.pivots), (after.facets, after.pivots)),
        "报告期": ((before.period, before.due), (after.period, after.due)),
    }
    return [name for name, (one, other) in compared.items() if one != other]


def word_changes(before: Form, after: Form) -> list[str]:
    """The rules that are worded otherwise, with what they say now."""
    old = {rule.id: rule for rule in before.rules}
    fields = ("title", "words", "advice", "example")
    said = []
    for rule in after.rules:
        then = old.get(rule.id)
        changed = [name for name in fields if then and getattr(then, name) != getattr(rule, name)]
        said += [f"规则 {rule.id} 的 {name}：{getattr(rule, name)}" for name in changed]
    return said
