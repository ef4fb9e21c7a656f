"""Check: the rules of the form against filings, exactly, with three verdicts, and what follows from blanks.

A fallback rule speaks only where a stronger rule of the same line is undecided and none has failed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec.structs import replace

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

Marks = list[Verdict | None]
"""The verdict of each constraint on a filing; None where it says nothing."""
FAIL, UNDECIDED = Verdict.FAIL, Verdict.UNDECIDED
TOLD = {True: Verdict.PASS, False: FAIL, None: UNDECIDED}
"""The verdict by whether a relation holds. Python looks a member of an enum up by a call, which is a third of what a
relation takes."""
SameCounts = dict[tuple[tuple[Verdict, int], ...], dict[Verdict, int]]


def check(submissions: Sequence[Submission], rulebook: Rulebook, last: LastYear = NO_LAST_YEAR) -> list[Checked]:
    """Every filing with its findings and verdicts, in the order given. Without any last year its rules are not even
    undecided: nothing is said of them. Counts that are the same are kept once: most rules come out alike almost
    everywhere."""
    form, same, found = rulebook.form, SameCounts(), []
    of_last_year = [n for n, c in enumerate(form.constraints) if any(index < PREVIOUS for index, _ in c.last_terms)]
    fallbacks = list(stronger_rules(form.constraints))
    for submission in submissions:
        before = last.of(submission.identity.agency)
        marks = judge(submission, form, before, fallbacks)
        for number in () if last.known else of_last_year:
            marks[number] = None
        checked = check_one(submission, marks, rulebook, before, last.doubtful(submission.identity.agency))
        counts = {rule: same.setdefault(tuple(each.items()), each) for rule, each in checked.verdicts.items()}
        found.append(replace(checked, verdicts=counts))
    return found


def judge(submission: Submission, form: Form, before: Values, fallbacks: Sequence[tuple[int, Sequence[int]]]) -> Marks:
    """What each constraint says of a filing, given earlier values of its agency; nothing where its guard does not hold.
    ``fallbacks`` keep silent unless something stronger is undecided and nothing stronger has failed."""
    numbers = [reading.number for reading in submission.readings]
    marks = [
        None
        if (guard := constraint.guard) and not guard.holds(numbers, before)
        else TOLD[constraint.holds(numbers, before)]
        for constraint in form.constraints
    ]
    undecided = {number for number, verdict in enumerate(marks) if verdict is UNDECIDED}
    for number, stronger in fallbacks:
        if undecided.isdisjoint(stronger) or any(marks[other] is FAIL for other in stronger):
            marks[number] = None
            undecided.discard(number)
    return marks


def stronger_rules(constraints: Sequence[Constraint]) -> Iterator[tuple[int, list[int]]]:
    """The number of each fallback, with those of the stronger rules of the same line."""
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, constraint in enumerate(constraints):
        numbers[constraint.rule_id, constraint.line].append(number)
        if constraint.fallback:
            yield number, [n for rule in constraint.fallback for n in numbers.get((rule, constraint.line), [])]


def check_one(submission: Submission, marks: Marks, rulebook: Rulebook, last: Values, doubtful: bool) -> Checked:
    """A filing with what was found on reading it, its blanks, and every relation that does not hold. ``doubtful``: what
    its agency had filed for the period before was not accepted."""
    form, findings = rulebook.form, list(submission.findings)
    findings += blank_findings(submission, rulebook)
    findings += nil_findings(submission, rulebook)
    findings += uncounted_findings(submission, rulebook)
    counts: dict[str, dict[Verdict, int]] = defaultdict(lambda: defaultdict(int))
    failing = []
    for number, (constraint, verdict) in enumerate(zip(form.constraints, marks, strict=True)):
        # What a fallback cannot decide is told by the stronger rules already.
        if verdict and not (constraint.fallback and verdict is UNDECIDED):
            counts[constraint.rule_id][verdict] += 1
        if verdict is FAIL:
            failing.append((number, constraint))
    findings += broken_findings(submission, failing, rulebook, last, doubtful)
    for rule_id, verdict, finding in evaluated(submission, rulebook, last):
        counts[rule_id][verdict] += 1
        findings += [finding()] if verdict is FAIL else []
    told = Counter(finding.rule for finding in findings)
    for rule in form.rules:
        if not rule.counted:
            counts[rule.id][FAIL] = told[rule.id]
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
