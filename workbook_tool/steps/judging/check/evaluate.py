"""Ratios, products and conditions of a filing: evaluated one by one, exactly, undecided where something is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

from workbook_tool.model.cells import areas
from workbook_tool.model.form.conditions import Derivation, Requirement, half_up
from workbook_tool.model.form.constraints import PREVIOUS
from workbook_tool.model.form.expression import Expression, Known, Leaf, Name, leaves, value
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.line import PERCENT
from workbook_tool.model.form.rules import Severity, Verdict
from workbook_tool.model.intake.submission import ReadingState, Submission, plain_decimal
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.last_year import Values

Told = tuple[str, Verdict, Callable[[], Finding]]
"""The rule, what it gives, and the finding where it fails."""


def evaluated(submission: Submission, rulebook: Rulebook, last: Values) -> Iterator[Told]:
    """What each ratio, product and condition of the form gives; one whose guard is not known to hold says nothing."""
    form = rulebook.form
    known = known_of(submission, form, last)
    typed = typed_of(submission, form, known)
    wrong = set[int]()
    for derived in form.derivations:
        verdict = derives(derived, submission, form, known)
        must = verdict is Verdict.FAIL and rulebook.policy.weigh(form.rule(derived.rule_id)) is Severity.MUST
        wrong |= {derived.at} if must else set()
        yield derived.rule_id, verdict, lambda one=derived: off(one, submission, rulebook, known)  # type: ignore[misc]
    for condition in form.conditions:
        if condition.guard is not None and value(condition.guard, known, typed) is not True:
            continue
        holds = value(condition.test, known, typed)
        verdict = Verdict.UNDECIDED if holds is None else Verdict.PASS if holds else Verdict.FAIL
        if verdict is Verdict.FAIL and not wrong.isdisjoint(spoken_of(condition, form)):
            verdict = Verdict.UNDECIDED  # what must be corrected first may have been the whole mistake
        yield condition.rule_id, verdict, lambda one=condition: unmet(one, submission, rulebook, known)  # type: ignore[misc]


def known_of(submission: Submission, form: Form, last: Values) -> Known:
    """What is known of each cell: a number in its own unit, the text that stands there, a date as its ordinal."""

    def known(cell: Name | Leaf) -> Fraction | str | None:
        if isinstance(cell, Name):
            return None
        item = form.cells[cell.index % PREVIOUS]
        if cell.earlier:
            number = last.get(cell.index)
        else:
            reading = submission.reading(item)
            if item.kind not in ("number", "date"):
                return reading.shown.strip() or None if reading.state is ReadingState.TEXT else None
            number = reading.number
        return None if number is None else Fraction(number, 10**item.decimals)

    return known


def typed_of(submission: Submission, form: Form, known: Known) -> Callable[[Leaf], bool | None]:
    """Whether something stands in a cell: the blank of an optional line counts as 0, but nobody filled it. None where that
    cannot be read, or was not found, which is told already."""

    def typed(cell: Leaf) -> bool | None:
        reading = None if cell.earlier else submission.reading(form.cells[cell.index])
        if reading and reading.state in (ReadingState.UNUSABLE, ReadingState.MISSING):
            return None
        return not (reading and reading.assumed) and known(cell) is not None

    return typed


def derives(derived: Derivation, submission: Submission, form: Form, known: Known) -> Verdict:
    """Whether a number is what its formula gives. Where that gives nothing, as a division by 0 does, none is asked for; one
    that is left blank although it could be computed is wrong."""
    filed = submission.readings[derived.at]
    parts = [known(leaf) for leaf in leaves(derived.value)]
    expected = value(derived.value, known)
    if None in parts or (filed.number is None and filed.shown):
        return Verdict.UNDECIDED
    if not isinstance(expected, Fraction):
        return Verdict.PASS
    if filed.number is None:
        return Verdict.FAIL
    difference = Fraction(filed.number, 10 ** form.items[derived.at].decimals) - expected
    return Verdict.PASS if abs(difference) <= derived.slack else Verdict.FAIL


def off(derived: Derivation, submission: Submission, rulebook: Rulebook, known: Known) -> Finding:
    """The finding for a ratio or product that is not what its parts give."""
    form = rulebook.form
    item = form.items[derived.at]
    where, filed = submission.where([item]), submission.number(item)
    exact = value(derived.value, known)
    assert isinstance(exact, Fraction)
    expected = plain_decimal(half_up(exact, item.decimals), item.decimals)
    told = submission.readings[derived.at].told if filed is None else f"填 {filed:f}"
    gap = "" if filed is None else f"，{'多' if filed > expected else '少'} {abs(filed - expected):f}"
    parts = parts_of(derived.value, form)
    said = f"{item.label}{where.in_file}{told}，应为 {expected:f}{gap}（{named(derived.value, item, form, known)}）。"
    said += missed(filed, expected, item)
    return rulebook.finding(
        form.rule(derived.rule_id),
        said,
        where,
        parts=cells_of(parts, submission),
        filed=filed,
        expected=expected,
    )


def missed(filed: Decimal | None, expected: Decimal, item: Item) -> str:
    """That a share seems to be written as a part of 1; empty where it does not."""
    times = PERCENT.get(item.unit)
    if not filed or not times or abs(filed * times - expected) > Decimal(times).scaleb(-item.decimals) / 2:
        return ""
    return f"看起来没有乘以 {times}：{item.unit} 为单位的，{expected:f}{item.unit} 应填 {expected:f}。"


def unmet(condition: Requirement, submission: Submission, rulebook: Rulebook, known: Known) -> Finding:
    """The finding for a condition that does not hold."""
    form = rulebook.form
    item, rule = form.cells[condition.at], form.rule(condition.rule_id)
    where = submission.where([item])
    where = where if item.kind == "number" else replace(where, item=None)
    assumed = submission.reading(item).assumed
    filed = submission.number(item) if item.kind == "number" and not assumed else None
    told = f"填 {filed:f}" if filed is not None else submission.reading(item).told
    parts = [one for one in parts_of(condition.test, form) if one.index != item.index]
    if condition.guard is not None:
        parts += [one for one in parts_of(condition.guard, form) if one not in parts and one.index != item.index]
    beside = "、".join(f"{apart(one, item)} {filled(submission, one)}" for one in parts)
    exact = value(condition.meant, known) if condition.meant is not None else None
    expected = plain_decimal(half_up(exact, item.decimals), item.decimals) if isinstance(exact, Fraction) else None
    should = "" if expected is None else f"应为 {expected:f}，"
    said = f"{item.label}{where.in_file}{told}，{should}不符合“{rule.title}”{f'（{beside}）' if beside else ''}。"
    if filed is not None and expected is not None:
        said += missed(filed, expected, item)
    return rulebook.finding(rule, said, where, parts=cells_of(parts, submission), filed=filed, expected=expected)


def spoken_of(condition: Requirement, form: Form) -> set[int]:
    """The cells of this filing that a condition and its guard speak of."""
    said = [condition.test] if condition.guard is None else [condition.test, condition.guard]
    return {item.index for expression in said for item in parts_of(expression, form)}


def parts_of(expression: Expression, form: Form) -> list[Item]:
    """The cells of this filing that an expression speaks of."""
    return [form.cells[leaf.index] for leaf in leaves(expression) if isinstance(leaf, Leaf) and not leaf.earlier]


def cells_of(items: list[Item], submission: Submission) -> str:
    """Where these stand in the agency's own file."""
    places = [submission.reading(item).place for item in items]
    return areas(place for place in places if place is not None)


def apart(item: Item, at: Item) -> str:
    """What an item is called beside another: only what differs."""
    if item.row is at.row:
        return item.column_name
    return item.row_name if item.column is at.column else item.label


def filled(submission: Submission, item: Item) -> str:
    """What stands at an item, for a sentence."""
    return submission.filed(item) if item.kind == "number" else submission.reading(item).shown or "空白"


def named(expression: Expression, at: Item, form: Form, known: Known) -> str:
    """The numbers of a formula by their names: ``已整改 8、发现隐患 10``."""
    told = []
    for leaf in leaves(expression):
        if isinstance(leaf, Leaf):
            item, number = form.cells[leaf.index % PREVIOUS], known(leaf)
            before = "" if not leaf.earlier else form.period.before if leaf.index >= PREVIOUS else form.period.year_ago
            shown = (
                plain_decimal(half_up(number, item.decimals), item.decimals)
                if isinstance(number, Fraction)
                else Decimal(0)
            )
            told.append(f"{before}{apart(item, at)} {shown:f}")
    return "、".join(told)
