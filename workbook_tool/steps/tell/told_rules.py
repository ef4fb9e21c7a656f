"""Tell: a rule in full, and all of a form in a line each."""

from __future__ import annotations

from workbook_tool.model.form.comparisons import COMPARISONS, LIMITS
from workbook_tool.model.form.rules import LINEAR, Rule
from workbook_tool.model.judging.rulebook import Rulebook


def rule_text(rule: Rule, rulebook: Rulebook) -> str:
    """A rule in full: what it says, what it weighs, where it comes from, an example."""
    form, policy = rulebook.form, rulebook.policy
    lines = [
        f"{rule.id}  {rule.title}（{policy.weigh(rule).label}{'，试行' if policy.on_trial(rule) else ''}）",
        f"  含义：{rule.words}",
        f"  来源：{rule.source}",
    ]
    if rule.kind == LINEAR:
        count = sum(c.rule_id == rule.id for c in form.constraints)
        where = f"{form.table(rule.table).name}，" if rule.table else ""
        lines.append(f"  范围：{where}共 {count} 处逐一核对；缺数的记为“无法判定”，不算错")
    if rule.kind in COMPARISONS:
        lines += compared_lines(rule, rulebook)
    if rule.fallback:
        lines.append(f"  前提：仅在 {'、'.join(rule.fallback)} 因缺数而无法判定时才核对，同一个错不重复提示")
    advice = rule.advice.format(cell="所指的格", parts="各组成项").replace(" ", "")
    if rule.example:
        lines.append(f"  例子：{rule.example}")
    lines.append(f"  怎么办：{advice}")
    return "\n".join(lines) + "\n"


def topic(rule: Rule, rulebook: Rulebook) -> str:
    """What a rule is about: a table or list of the form, or what the rules that every form has are about."""
    form, kind = rulebook.form, rule.id.partition("-")[0]
    if rule.table:
        names = {table.id: table.name for table in form.tables} | {each.id: each.name for each in form.registers}
        return names.get(rule.table, rule.table)
    if rule.items and kind not in TOPICS:
        return form.by_code[rule.items[0]].table.name
    return TOPICS.get(kind) or (form.tables[0].name if len(form.tables) == 1 else "整张表")


TOPICS = {
    "V": "数怎么填",
    "P": "文件、单位、年度和版本",
    "N": "空白和没有发生",
    "Y": "与上年、上期比",
    "G": "与别的单位、上下级比",
    "L": "清单的各行",
}
"""What the rules that every form has are about, by what their ids begin with."""


def all_rules(rulebook: Rulebook) -> str:
    """Every rule in a line, by topic: first the form's own, table by table."""
    form, policy = rulebook.form, rulebook.policy
    topics: dict[str, list[Rule]] = {}
    for rule in form.rules:
        topics.setdefault(topic(rule, rulebook), []).append(rule)
    lines = [f"《{form.title}》的规则 {len(form.rules)} 条；细看一条：workbook-tool explain 编号"]
    for name, rules in topics.items():
        lines += [name, *(f"  {rule.id}  {rule.title}（{policy.weigh(rule).label}）" for rule in rules)]
    return "\n".join(lines) + "\n"


def compared_lines(rule: Rule, rulebook: Rulebook) -> list[str]:
    """What a rule that compares looks at, and its limits as this office has them."""
    lines = []
    if rule.items:
        lines.append(f"  范围：{'、'.join(rulebook.form.by_code[code].label for code in rule.items)}")
    if rule.limits:
        shown = "、".join(
            f"{name} = {rulebook.policy.limit(rule, name):f}（{LIMITS[name]}）" for name, _ in rule.limits
        )
        lines.append(f"  限值：{shown}；可在 config.toml 的 [rules.limits] 中另定")
    return lines
