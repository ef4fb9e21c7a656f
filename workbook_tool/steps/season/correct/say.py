"""What is said of a correction: to the reviewer, and to the agency where its file goes back anyway."""

from __future__ import annotations

from dataclasses import replace

from workbook_tool.model.form.form import Form, Item
from workbook_tool.model.intake.submission import Submission, as_decimal
from workbook_tool.model.judging.correction import Correction, Life
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook

NAMED = 3
"""So many of the numbers that changed are named."""


def finding_of(one: Correction, submission: Submission, rulebook: Rulebook) -> Finding | None:
    """The finding that tells of a correction; None where it has come to its end, or the form has no rule for it."""
    rule = next((rule for rule in rulebook.form.rules if rule.kind == "corrected"), None)
    if rule is None or one.life in (Life.CONFIRMED, Life.WITHDRAWN):
        return None
    form, item = rulebook.form, rulebook.form.items[one.item]
    where = submission.where([item])
    then, number, now = (amount(exact, item) for exact in (one.then, one.number, one.now))
    filed = None if one.now is None else as_decimal(one.now, item)
    said = f"{item.label}{where.in_file}"
    if one.life is Life.PENDING:
        told = submission.readings[one.item].told
        said += f"{told}，代改为 {number}（依据：{one.why}；{one.since} 起），按 {number} 计，等单位报来确认。"
        advice = f"请单位核对：属实的，把这一格改成 {number} 后报来；不对的，请回复说明。"
        expected = None if one.number is None else as_decimal(one.number, item)
        noted = rulebook.note(rule, f"{said}{rule.words}", advice, where)
        gap = None if filed is None or expected is None else filed - expected
        return replace(noted, filed=filed, expected=expected, difference=gap)
    said += f"原填 {then}，曾代改为 {number}（依据：{one.why}；{one.since} 起）；"
    if one.life is Life.OTHER:
        said += f"单位后来报的是 {now}，按单位报的计。"
    else:
        said += f"这一格没有改，而周围的数变了{changes(one, submission, form)}，代改不再有效，按所填的 {now} 计。"
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
