"""Rules over two years: last year's numbers in words, and one finding for all lines of a rule that fail together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.submission import Submission, as_decimal
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.last_year import Values


def last_words(constraint: Constraint, form: Form, last: Values, doubtful: bool = False) -> str:
    """``（上年「行」为 5）``, naming of earlier places only what differs from the place itself. ``doubtful``: what was filed
    for the period before was not accepted, which is said too."""
    told: dict[str, list[str]] = {}
    for index, _ in constraint.last_terms:
        item, called = form.earlier(index)
        words = f"{other(item, form.items[constraint.at])}为 {as_decimal(last[index], item):f}"
        told.setdefault(called, []).append(words)
    if doubtful and form.period.before in told:
        told[form.period.before].append(f"而{form.period.before}的报表没有通过")
    return f"（{'，'.join(called + '、'.join(words) for called, words in told.items())}）" if told else ""


def other(item: Item, at: Item) -> str:
    """A place as far as it differs from ``at``; empty where it is the same one."""
    if item is at:
        return ""
    if item.table is not at.table or (item.row is not at.row and item.column is not at.column):
        return item.label
    return f"「{item.row_name if item.column is at.column else item.column_name}」"


def all_together(
    submission: Submission, failing: Sequence[Constraint], rulebook: Rulebook, last: Values, doubtful: bool = False
) -> Finding:
    """One finding for the lines of a rule that do not hold: they have one cause."""
    form = rulebook.form
    items = [form.items[c.at] for c in failing]
    told = "；".join(line_words(submission, c, form, last, doubtful) for c in failing)
    rows = "、".join(dict.fromkeys(item.row_label for item in items))
    columns = "、".join(dict.fromkeys(item.column_label for item in items))
    where = replace(submission.where(items), row=rows, column=columns, item=items[-1].index)
    filed = expected = None
    if len(failing) == 1:
        filed, expected = submission.number(items[0]), closing(submission, failing[0], form, last)
    said = f"{where.table}「{rows}」{where.in_file}：{told}。"
    return rulebook.finding(form.rule(failing[0].rule_id), said, where, filed=filed, expected=expected)


def line_words(submission: Submission, constraint: Constraint, form: Form, last: Values, doubtful: bool = False) -> str:
    """``列甲填 3，应为 5，少 2（上年「行」为 5）``."""
    item, expected = form.items[constraint.at], closing(submission, constraint, form, last)
    filed, own = submission.number(item), item.column_name if constraint.line.startswith("c:") else item.row_name
    blank = submission.readings[item.index].signed_nil
    told = f"{own}{submission.readings[item.index].told}（按 0 计）" if blank else f"{own}填 {filed:f}"
    if expected is not None and filed is not None and (expected >= 0 or item.negative):
        bound = {"==": "应为", "<=": "不应超过", ">=": "不应少于"}[sense(constraint)]
        told += f"，{bound} {expected:f}，{'多' if filed > expected else '少'} {abs(filed - expected):f}"
    return told + last_words(constraint, form, last, doubtful)


def sense(constraint: Constraint) -> str:
    """The operator as seen from ``at``."""
    flipped = {"==": "==", "<=": ">=", ">=": "<="}
    return constraint.operator if constraint.coefficients[constraint.at] > 0 else flipped[constraint.operator]


def closing(submission: Submission, constraint: Constraint, form: Form, last: Values) -> Decimal | None:
    """What ``at`` should be, where that is a number that it can hold."""
    value = constraint.closing(submission.numbers(), last)
    return as_decimal(int(value), form.items[constraint.at]) if value.denominator == 1 else None
