"""What is said of a correction: to the reviewer, and to the agency where its file goes back anyway."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.intake.submission import Submission, as_decimal
from workbook_tool.model.judging.correction import NO_NUMBER, Correction, Life, alike
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook

NAMED = 3
"""So many of the numbers that changed are named."""


def findings_of(lived: Sequence[Correction], submission: Submission, rulebook: Rulebook) -> list[Finding]:
    """The findings that tell of the corrections of a file; none of those that have come to their end, nor where the form
    has no rule for it."""
    rule = next((rule for rule in rulebook.form.rules if rule.kind == "corrected"), None)
    told = [one for one in lived if one.life is not Life.CONFIRMED]
    groups = alike(told, rulebook.form) if rule else []
    return [finding_of(group, submission, rulebook, rule) for group in groups if rule]


def finding_of(group: Sequence[Correction], submission: Submission, rulebook: Rulebook, rule: Rule) -> Finding:
    """What is to be said of one correction, or of several that are alike."""
    form, one = rulebook.form, group[0]
    items = [form.items[other.item] for other in group]
    item, where, alone = items[0], submission.where(items), len(group) == 1
    said = item.label if alone else f"{item.table.name}共 {len(group)} 格"
    said += where.in_file
    word = f"代改为 {amount(one.number, item)}（依据：{one.why}；{one.since} 起）"
    filed = as_decimal(one.now, item) if alone and one.now is not None else None
    if one.life is Life.PENDING:
        said += f"{submission.readings[one.item].told if alone else ''}，{word}，按代改的数计，等单位报来确认。"
        advice = f"请单位核对：属实的，改成 {amount(one.number, item)} 后报来；不对的，请回复说明。"
        expected = None if one.number is None else as_decimal(one.number, item)
        noted = rulebook.note(rule, f"{said}{rule.words}", advice, where)
        gap = None if filed is None or expected is None else filed - expected
        return replace(noted, filed=filed, expected=expected, difference=gap)
    said += f"{f'原填 {NO_NUMBER if one.then is None else amount(one.then, item)}，' if alone else ''}曾{word}；"
    now = f"（{submission.filed(item)}）" if alone else ""
    if one.life is Life.OTHER:
        said += f"单位后来报的是别的数{now}，按单位报的计。"
    else:
        said += f"这里没有改，而周围的数变了{changes(one, submission, form)}，代改不再有效，按所填的{now}计。"
    return rulebook.finding(rule, said, where, filed=filed)


def changes(one: Correction, submission: Submission, form: Form) -> str:
    """Which numbers around it changed, the first of them by name."""
    named = [
        f"{form.items[index].label}由 {amount(one.filed[index], form.items[index])} 改为"
        f" {amount(submission.readings[index].number, form.items[index])}"
        for index in one.changed[:NAMED]
    ]
    more = f" 等 {len(one.changed)} 处" if len(one.changed) > NAMED else ""
    return f"（{'；'.join(named)}{more}）" if named else ""


def amount(exact: int | None, item: Item) -> str:
    """A number as a sentence says it."""
    return "空白" if exact is None else f"{as_decimal(exact, item):f}"
