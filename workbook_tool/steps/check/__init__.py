"""Check: the rules of the form against filings, exactly, with three verdicts, and what follows from blanks.

All linear rules of all filings are one integer matrix product (int64, blanks masked); a float never decides. A
fallback rule speaks only where a stronger rule of the same line is undecided and none has failed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from workbook_tool.model.cells import address, areas
from workbook_tool.model.finding import Finding
from workbook_tool.model.form import Form
from workbook_tool.model.result import Checked
from workbook_tool.model.rules import LINEAR, Constraint, Verdict
from workbook_tool.model.settings import Policy
from workbook_tool.model.submission import Submission, as_decimal
from workbook_tool.steps.check.blanks import blank_findings, nil_findings

PASS, FAIL, UNDECIDED, SILENT = 1, -1, 0, -2
WORD = {PASS: Verdict.PASS, FAIL: Verdict.FAIL, UNDECIDED: Verdict.UNDECIDED}
Verdicts = npt.NDArray[np.int8]


def check(submissions: Sequence[Submission], form: Form, policy: Policy) -> list[Checked]:
    """Every filing with its findings and verdicts, in the order given."""
    verdicts = judge(submissions, form)
    return [check_one(one, row, form, policy) for one, row in zip(submissions, verdicts, strict=True)]


def judge(submissions: Sequence[Submission], form: Form) -> Verdicts:
    """The verdict of each constraint (columns) on each filing (rows)."""
    known = np.array([[r.number is not None for r in s.readings] for s in submissions], dtype=np.int64)
    numbers = np.array([[r.number or 0 for r in s.readings] for s in submissions], dtype=np.int64)
    shape = (len(submissions), len(form.items))
    known, numbers = known.reshape(shape), numbers.reshape(shape)
    factors = np.zeros((len(form.items), len(form.constraints)), dtype=np.int64)
    for column, constraint in enumerate(form.constraints):
        for index, factor in constraint.terms:
            factors[index, column] = factor
    difference = numbers @ factors + np.array([c.constant for c in form.constraints], dtype=np.int64)
    decided = (1 - known) @ (factors != 0).astype(np.int64) == 0
    operators = np.array([c.operator for c in form.constraints], dtype="U2")
    holds = np.where(operators == "==", difference == 0, np.where(operators == "<=", difference <= 0, difference >= 0))
    verdicts = np.where(decided, np.where(holds, PASS, FAIL), UNDECIDED).astype(np.int8)
    silence_fallbacks(verdicts, form.constraints)
    return verdicts


def silence_fallbacks(verdicts: Verdicts, constraints: Sequence[Constraint]) -> None:
    """Fallback rules keep silent unless something stronger is undecided and nothing stronger has failed."""
    columns: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, constraint in enumerate(constraints):
        columns[constraint.rule_id, constraint.line].append(number)
        stronger = [n for rule in constraint.fallback for n in columns.get((rule, constraint.line), [])]
        if constraint.fallback:
            above = verdicts[:, stronger]
            told = (above == FAIL).any(axis=1) | (above == SILENT).any(axis=1) & (above != UNDECIDED).all(axis=1)
            speaks = (above == UNDECIDED).any(axis=1) & ~told
            verdicts[~speaks, number] = SILENT


def check_one(submission: Submission, verdicts: Verdicts, form: Form, policy: Policy) -> Checked:
    findings = list(submission.findings)
    findings += blank_findings(submission, form, policy)
    findings += nil_findings(submission, form, policy)
    counts: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for number, (constraint, verdict) in enumerate(zip(form.constraints, verdicts, strict=True)):
        # What a fallback cannot decide is told by the stronger rules already.
        if verdict != SILENT and not (constraint.fallback and verdict == UNDECIDED):
            counts[constraint.rule_id][WORD[int(verdict)]] += 1
        if verdict == FAIL:
            findings.append(replace(broken(submission, constraint, form, policy), relation=number))
    for rule in form.rules:
        if rule.kind != LINEAR:
            counts[rule.id][Verdict.FAIL] = sum(f.rule == rule.id for f in findings)
    return Checked(submission, tuple(named(f, submission) for f in findings), {k: dict(v) for k, v in counts.items()})


def named(finding: Finding, submission: Submission) -> Finding:
    """The finding with the agency's name before its message."""
    name = submission.identity.name
    return replace(finding, message=f"{name}：{finding.message}") if name else finding


def broken(submission: Submission, constraint: Constraint, form: Form, policy: Policy) -> Finding:
    """The finding for a relation that does not hold."""
    rule, item = form.rule(constraint.rule_id), form.items[constraint.at]
    reading = submission.readings[constraint.at]
    assert reading.place is not None
    filed = submission.number(item) or Decimal(0)
    closing = constraint.closing(submission.numbers())
    exact = closing.denominator == 1
    expected = as_decimal(int(closing), item) if exact else None
    difference = filed - expected if expected is not None else None
    cell = address(*reading.place)
    said = comparison(
        "空白（按 0 计）" if reading.signed_nil else f"填 {filed:f}", filed, expected, constraint.operator
    )
    advice = rule.advice.format(cell=cell, parts=parts_in_file(submission, constraint))
    message = f"{item.label}（工作表「{reading.sheet}」{cell}）{said}。{rule.words}"
    table, row, column = item.table.name, item.row.label, item.column.label
    return Finding(
        rule.id,
        policy.weigh(rule),
        message,
        advice,
        table,
        row,
        column,
        reading.sheet,
        cell,
        item.index,
        filed,
        expected,
        difference,
    )


def comparison(told: str, filed: Decimal, expected: Decimal | None, operator: str) -> str:
    """``填 12，应为 10，多 2``; ``told`` is how the filed number is put."""
    if expected is None:
        return f"{told}，与其他各数对不上"
    difference = filed - expected
    off = f"{'多' if difference > 0 else '少'} {abs(difference):f}"
    if operator == "==" and expected < 0:
        return f"{told}，而按其余各数推算得 {expected:f}，不可能为负，错在其余各数（相差 {abs(difference):f}）"
    if operator == "==":
        return f"{told}，应为 {expected:f}，{off}"
    return f"{told}，{'不应超过' if difference > 0 else '不应少于'} {expected:f}，{off}"


def parts_in_file(submission: Submission, constraint: Constraint) -> str:
    places = [submission.readings[i].place for i in constraint.parts]
    return areas(place for place in places if place is not None)
