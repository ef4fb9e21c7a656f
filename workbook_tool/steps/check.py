"""Check: the rules of the form against filings, exactly, with three verdicts, and what follows from blanks.

All linear rules of all filings are one integer matrix product (int64, blanks masked); a float never decides. A
fallback rule speaks only where a stronger rule of the same line is undecided and none has failed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from workbook_tool.model.cells import address, areas
from workbook_tool.model.finding import Finding
from workbook_tool.model.form import CoverField, Form, Item
from workbook_tool.model.result import Checked
from workbook_tool.model.rules import LINEAR, Constraint, Verdict
from workbook_tool.model.settings import Policy
from workbook_tool.model.submission import Submission, as_decimal

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
    for constraint, verdict in zip(form.constraints, verdicts, strict=True):
        if verdict != SILENT:
            counts[constraint.rule_id][WORD[int(verdict)]] += 1
        if verdict == FAIL:
            findings.append(broken(submission, constraint, form, policy))
    for rule in form.rules:
        if rule.kind != LINEAR:
            counts[rule.id][Verdict.FAIL] = sum(f.rule == rule.id for f in findings)
    return Checked(submission, tuple(named(f, submission) for f in findings), {k: dict(v) for k, v in counts.items()})


def named(finding: Finding, submission: Submission) -> Finding:
    """The finding with the agency's name before its message."""
    from dataclasses import replace

    name = submission.identity.name
    return replace(finding, message=f"{name}：{finding.message}") if name else finding


def broken(submission: Submission, constraint: Constraint, form: Form, policy: Policy) -> Finding:
    """The finding for a relation that does not hold."""
    rule, item = form.rule(constraint.rule_id), form.items[constraint.at]
    reading = submission.readings[constraint.at]
    assert reading.place is not None
    filed = submission.number(constraint.at) or Decimal(0)
    closing = constraint.closing(submission.numbers())
    exact = closing.denominator == 1
    expected = as_decimal(int(closing), item) if exact else None
    difference = filed - expected if expected is not None else None
    cell = address(*reading.place)
    said = comparison(filed, expected, constraint.operator, item)
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


def comparison(filed: Decimal, expected: Decimal | None, operator: str, item: Item) -> str:
    """``填 12，应为 10，多 2``."""
    if expected is None:
        return f"填 {filed:f}，与其他各数对不上"
    difference = filed - expected
    off = f"{'多' if difference > 0 else '少'} {abs(difference):f}"
    if operator == "==" and expected < 0:
        return f"填 {filed:f}，而按其余各数推算得 {expected:f}，不可能为负，错在其余各数（相差 {abs(difference):f}）"
    if operator == "==":
        return f"填 {filed:f}，应为 {expected:f}，{off}"
    return f"填 {filed:f}，{'不应超过' if difference > 0 else '不应少于'} {expected:f}，{off}"


def parts_in_file(submission: Submission, constraint: Constraint) -> str:
    places = [submission.readings[i].place for i in constraint.parts]
    return areas(place for place in places if place is not None)


def blank_findings(submission: Submission, form: Form, policy: Policy) -> list[Finding]:
    """Blanks, each block of them once: parts missing under a filled total first, then everything else."""
    findings = []
    for table in form.tables:
        items = form.by_table[table.id]
        blank = {i.index for i in items if submission.readings[i.index].state == "blank"}
        if len(blank) < len(items):
            only = only_total(submission, form, blank)
            findings += only_total_findings(submission, form, policy, table.id, only)
            blank -= set(only)
            groups = neighbours(blank, form)
        else:
            groups = [sorted(blank)] if blank else []
        findings += [blank_finding(submission, form, policy, group, whole=len(group) == len(items)) for group in groups]
    return findings


def only_total(submission: Submission, form: Form, blank: set[int]) -> dict[int, int]:
    """Blank parts of a total that is filled although all its parts are blank: part to total."""
    if not any(rule.kind == "only_total" for rule in form.rules):
        return {}
    found: dict[int, int] = {}
    for constraint in form.sums():
        if submission.readings[constraint.at].number is not None and set(constraint.parts) <= blank:
            for part in constraint.parts:
                found.setdefault(part, constraint.at)
    return found


def only_total_findings(
    submission: Submission, form: Form, policy: Policy, table_id: str, only: dict[int, int]
) -> list[Finding]:
    """One finding for each block of parts that are blank under filled totals."""
    findings = []
    rule = next((r for r in form.rules if r.kind == "only_total" and r.table in ("", table_id)), None)
    if not only or rule is None:
        only.clear()
        return []
    for group in neighbours(set(only), form):
        totals = sorted({only[part] for part in group})
        item = form.items[totals[0]]
        cells, sheet = in_file(submission, totals)
        parts, _ = in_file(submission, group)
        filed = submission.number(totals[0]) if len(totals) == 1 else None
        message = f"{lines_label([form.items[t] for t in totals])}（工作表「{sheet}」{cells}）填了数，{parts} 却全部空白。{rule.words}"
        advice = rule.advice.format(cell=cells, parts=parts)
        row, column = span_labels([form.items[t] for t in totals])
        findings.append(
            Finding(
                rule.id,
                policy.weigh(rule),
                message,
                advice,
                item.table.name,
                row,
                column,
                sheet,
                cells,
                item.index,
                filed,
            )
        )
    return findings


def neighbours(indexes: set[int], form: Form) -> list[list[int]]:
    """The items in groups that touch each other by row or column of their block, in the form's order."""
    left, groups = set(indexes), []
    at = {}
    for index in indexes:
        item = form.items[index]
        at[id(item.block), item.block.rows.index(item.row), item.block.columns.index(item.column)] = index
    where = {index: key for key, index in at.items()}
    for start in sorted(indexes):
        if start not in left:
            continue
        group, queue = [], [start]
        left.discard(start)
        while queue:
            index = queue.pop()
            group.append(index)
            block, row, column = where[index]
            for step in (
                (block, row + 1, column),
                (block, row - 1, column),
                (block, row, column + 1),
                (block, row, column - 1),
            ):
                near = at.get(step)
                if near is not None and near in left:
                    left.discard(near)
                    queue.append(near)
        groups.append(sorted(group))
    return groups


def blank_finding(submission: Submission, form: Form, policy: Policy, group: list[int], whole: bool) -> Finding:
    """One block of blanks, with what its totals should be where the parts say so."""
    rule = form.rule_of_kind("blank")
    items = [form.items[index] for index in group]
    cells, sheet = in_file(submission, group)
    marks = {submission.readings[i].shown for i in group} - {""}
    what = f"填“{'”“'.join(sorted(marks))}”" if marks else "空白"
    due = should_be(submission, form, group)
    row, column = ("", "") if whole else span_labels(items)
    label = f"{items[0].table.name}全部 {len(items)} 格" if whole else lines_label(items)
    if len(items) > 1 and not whole:
        label += f"共 {len(items)} 格"
    words = "、".join(
        f"{form.items[i].label if len(group) > 1 else '此格'}应为 {as_decimal(n, form.items[i]):f}"
        for i, n in due.items()
    )
    hint = f"按已填各格推算，{words}。" if words else ""
    only = next(iter(due.items())) if len(group) == 1 and due else None
    return Finding(
        rule.id,
        policy.weigh(rule),
        f"{label}（工作表「{sheet}」{cells}）{what}。{hint}{rule.words}",
        rule.advice.format(cell=cells, parts=cells),
        items[0].table.name,
        row,
        column,
        sheet,
        cells,
        items[0].index,
        expected=as_decimal(only[1], items[0]) if only else None,
    )


def should_be(submission: Submission, form: Form, group: list[int]) -> dict[int, int]:
    """Blank totals whose parts are all there: what they should be."""
    numbers = submission.numbers()
    return {
        constraint.at: int(constraint.closing(numbers))
        for constraint in form.sums()
        if constraint.at in group and all(part in numbers for part in constraint.parts)
    }


def in_file(submission: Submission, indexes: Iterable[int]) -> tuple[str, str]:
    """The cells of these items in the agency's own file, and the sheet."""
    readings = [submission.readings[index] for index in indexes]
    return areas(r.place for r in readings if r.place is not None), readings[0].sheet


def span_labels(items: Sequence[Item]) -> tuple[str, str]:
    """The rows and columns of several items, each as ``first 至 last``."""
    rows = list(dict.fromkeys(item.row.label for item in items))
    columns = list(dict.fromkeys(i.column.label for i in sorted(items, key=lambda i: i.block.columns.index(i.column))))
    return tuple(names[0] if len(names) == 1 else f"{names[0]} 至 {names[-1]}" for names in (rows, columns))  # type: ignore[return-value]


def lines_label(items: Sequence[Item]) -> str:
    if len(items) == 1:
        return items[0].label
    row, column = span_labels(items)
    return f"{items[0].table.name}「{row}」×「{column}」"


def nil_findings(submission: Submission, form: Form, policy: Policy) -> list[Finding]:
    """A nil answer on the cover beside numbers above 0 in the rows it speaks of."""
    findings = []
    for field in form.cover:
        if field.kind != "nil" or field.table not in submission.identity.nil:
            continue
        contrary = [
            i.index
            for i in form.by_table[field.table]
            if i.row.id in field.zero and submission.readings[i.index].number
        ]
        if contrary:
            findings.append(nil_finding(submission, form, policy, field, contrary))
    return findings


def nil_finding(submission: Submission, form: Form, policy: Policy, field: CoverField, contrary: list[int]) -> Finding:
    rule, items = form.rule_of_kind("nil"), [form.items[i] for i in contrary]
    cells, sheet = in_file(submission, contrary)
    row, column = span_labels(items)
    message = (
        f"封面“{field.label}”选了“是”，{lines_label(items)}（工作表「{sheet}」{cells}）却填了大于 0 的数。{rule.words}"
    )
    advice = rule.advice.format(cell=cells, parts=cells)
    return Finding(
        rule.id, policy.weigh(rule), message, advice, items[0].table.name, row, column, sheet, cells, items[0].index
    )
