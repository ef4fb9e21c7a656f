"""Check: the rules of the form against filings, exactly, with three verdicts, and what follows from blanks.

All linear rules of all filings, with last year's numbers and with their guards, are one integer matrix product (int64,
unknown numbers masked); a float never decides. A fallback rule speaks only where a stronger rule of the same line is undecided and none has failed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from workbook_tool.model.form.constraints import PREVIOUS, Constraint
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Verdict
from workbook_tool.model.intake.submission import Submission, as_decimal
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.model.season.filing import Checked
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear, Values
from workbook_tool.steps.judging.check.blanks import blank_findings, nil_findings
from workbook_tool.steps.judging.check.evaluate import evaluated
from workbook_tool.steps.judging.check.together import all_together, last_words
from workbook_tool.steps.judging.check.uncounted import uncounted_findings

PASS, FAIL, UNDECIDED, SILENT = 1, -1, 0, -2
WORD = {PASS: Verdict.PASS, FAIL: Verdict.FAIL, UNDECIDED: Verdict.UNDECIDED}
Verdicts = npt.NDArray[np.int8]
SameCounts = dict[tuple[tuple[Verdict, int], ...], dict[Verdict, int]]
TOGETHER = 500
"""So many filings are multiplied at once: their numbers stand in memory several times meanwhile."""


def check(submissions: Sequence[Submission], rulebook: Rulebook, last: LastYear = NO_LAST_YEAR) -> list[Checked]:
    """Every filing with its findings and verdicts, in the order given. Without any last year its rules are not even
    undecided: nothing is said of them."""
    pieces = [submissions[start : start + TOGETHER] for start in range(0, len(submissions), TOGETHER)]
    same: SameCounts = {}
    return [checked for piece in pieces for checked in check_piece(piece, rulebook, last, same)]


def check_piece(
    submissions: Sequence[Submission], rulebook: Rulebook, last: LastYear, same: SameCounts
) -> Iterator[Checked]:
    """As many filings as are multiplied at once. Counts that are the ``same`` are kept once: most rules come out alike
    almost everywhere."""
    form, before = rulebook.form, [last.of(s.identity.agency) for s in submissions]
    verdicts = judge(submissions, form, before)
    if not last.known:
        verdicts[:, [any(index < PREVIOUS for index, _ in c.last_terms) for c in form.constraints]] = SILENT
    for s, row, values in zip(submissions, verdicts, before, strict=True):
        checked = check_one(s, row, rulebook, values, last.doubtful(s.identity.agency))
        counts = {rule: same.setdefault(tuple(each.items()), each) for rule, each in checked.verdicts.items()}
        yield replace(checked, verdicts=counts)


def judge(submissions: Sequence[Submission], form: Form, before: Sequence[Values]) -> Verdicts:
    """The verdict of each constraint (columns) on each filing (rows), given last year's values of its agency."""
    numbers, known = known_numbers(submissions, before, len(form.items))
    guarded = [n for n, c in enumerate(form.constraints) if c.guard]
    relations = [*form.constraints, *(c.guard for c in form.constraints if c.guard)]
    columns, count = column_of(len(form.items)), 3 * len(form.items)
    factors = np.zeros((count, len(relations)), dtype=np.int64)
    for column, relation in enumerate(relations):
        for index, factor in relation.terms:
            factors[index, column] = factor
        for index, factor in relation.last_terms:
            factors[columns[index], column] = factor
    difference = numbers @ factors + np.array([r.constant for r in relations], dtype=np.int64)
    decided = (1 - known) @ (factors != 0).astype(np.int64) == 0
    operators = np.array([r.operator for r in relations], dtype="U2")
    slack = np.array([r.slack for r in relations], dtype=np.int64)
    equal = np.abs(difference) <= slack
    holds = np.where(operators == "==", equal, np.where(operators == "<=", difference <= 0, difference >= 0))
    judged = np.where(decided, np.where(holds, PASS, FAIL), UNDECIDED).astype(np.int8)
    verdicts, guards = judged[:, : len(form.constraints)], judged[:, len(form.constraints) :]
    verdicts[:, guarded] = np.where(guards == PASS, verdicts[:, guarded], SILENT)
    silence_fallbacks(verdicts, form.constraints)
    return verdicts


def column_of(count: int) -> dict[int, int]:
    """The columns of the earlier numbers of so many items: those of a year ago, then those of the period before."""
    indexes = [*range(count), *range(PREVIOUS, PREVIOUS + count)]
    return {index: column for column, index in enumerate(indexes, count)}


def known_numbers(
    submissions: Sequence[Submission], before: Sequence[Values], count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The numbers of now, of a year ago and of the period before, a row for each filing, and which of them are known."""
    earlier = column_of(count)
    rows = [
        [r.number for r in one.readings] + [values.get(index) for index in earlier]
        for one, values in zip(submissions, before, strict=True)
    ]
    numbers = np.array([[number or 0 for number in row] for row in rows], dtype=np.int64)
    known = np.array([[number is not None for number in row] for row in rows], dtype=np.int64)
    return numbers.reshape(len(rows), 3 * count), known.reshape(len(rows), 3 * count)


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


def check_one(submission: Submission, verdicts: Verdicts, rulebook: Rulebook, last: Values, doubtful: bool) -> Checked:
    """A filing with what was found on reading it, its blanks, and every relation that does not hold. ``doubtful``: what
    its agency had filed for the period before was not accepted."""
    form, findings = rulebook.form, list(submission.findings)
    findings += blank_findings(submission, rulebook)
    findings += nil_findings(submission, rulebook)
    findings += uncounted_findings(submission, rulebook)
    counts: dict[str, Counter[Verdict]] = defaultdict(Counter)
    failing = []
    for number, (constraint, mark) in enumerate(zip(form.constraints, verdicts, strict=True)):
        # What a fallback cannot decide is told by the stronger rules already.
        if mark != SILENT and not (constraint.fallback and mark == UNDECIDED):
            counts[constraint.rule_id][WORD[int(mark)]] += 1
        if mark == FAIL:
            failing.append((number, constraint))
    findings += broken_findings(submission, failing, rulebook, last, doubtful)
    for rule_id, verdict, finding in evaluated(submission, rulebook, last):
        counts[rule_id][verdict] += 1
        findings += [finding()] if verdict is Verdict.FAIL else []
    for rule in form.rules:
        if not rule.counted:
            counts[rule.id][Verdict.FAIL] = sum(f.rule == rule.id for f in findings)
    return Checked(submission, tuple(findings), {k: dict(v) for k, v in counts.items()})


def broken_findings(
    submission: Submission, failing: Sequence[tuple[int, Constraint]], rulebook: Rulebook, last: Values, doubtful: bool
) -> list[Finding]:
    """A finding for each relation that does not hold, or one for all those of a rule that stand together."""
    findings, told = [], set()
    for number, constraint in failing:
        rule = rulebook.form.rule(constraint.rule_id)
        if not rule.together:
            findings.append(broken(submission, number, constraint, rulebook, last, doubtful))
        elif rule.id not in told:
            told.add(rule.id)
            group = [c for _, c in failing if c.rule_id == rule.id]
            findings.append(all_together(submission, group, rulebook, last, doubtful))
    return findings


def broken(
    submission: Submission, number: int, constraint: Constraint, rulebook: Rulebook, last: Values, doubtful: bool
) -> Finding:
    """The finding for a relation that does not hold; ``number`` is its place among the form's."""
    form = rulebook.form
    item, reading = form.items[constraint.at], submission.readings[constraint.at]
    where = submission.where([item])
    filed = submission.number(item) or Decimal(0)
    closing = constraint.closing(submission.numbers(), last)
    exact = closing.denominator == 1
    expected = as_decimal(int(closing), item) if exact else None
    told = f"代改为 {filed:f}" if item.index in submission.corrected else f"填 {filed:f}"
    told = f"{reading.told}（按 0 计）" if reading.signed_nil else told
    said = comparison(told, filed, expected, constraint.operator, item.negative)
    return rulebook.finding(
        form.rule(constraint.rule_id),
        f"{item.label}{where.in_file}{said}{last_words(constraint, form, last, doubtful)}。",
        where,
        parts=parts_in_file(submission, constraint),
        filed=filed,
        expected=expected,
        relation=number,
    )


def comparison(told: str, filed: Decimal, expected: Decimal | None, operator: str, negative: bool = False) -> str:
    """``填 12，应为 10，多 2``; ``told`` is how the filed number is put, ``negative`` whether it may be below 0."""
    if expected is None:
        return f"{told}，与其他各数对不上"
    difference = filed - expected
    off = f"{'多' if difference > 0 else '少'} {abs(difference):f}"
    if operator == "==" and expected < 0 and not negative:
        return f"{told}，而按其余各数推算得 {expected:f}，不可能为负，错在其余各数（相差 {abs(difference):f}）"
    if operator == "==":
        return f"{told}，应为 {expected:f}，{off}"
    return f"{told}，{'不应超过' if difference > 0 else '不应少于'} {expected:f}，{off}"


def parts_in_file(submission: Submission, constraint: Constraint) -> str:
    """The cells that a relation adds up, and those of its guard, as an area list of the agency's own file."""
    asked = constraint.guard.coefficients if constraint.guard else {}
    readings = [submission.readings[i] for i in (*constraint.parts, *(i for i in asked if i != constraint.at))]
    return cells_in(readings[0].sheet, (r.place for r in readings if r.place is not None)) if readings else ""
