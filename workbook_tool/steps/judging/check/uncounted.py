"""What could not be counted from a list, and so was held against nothing: else nobody would know."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.register import Tally
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.intake.submission import ReadingState, Submission
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook

ADVICE = "清单里认不出的行改好后重报，会自动核对。"


def uncounted_findings(submission: Submission, rulebook: Rulebook) -> Iterator[Finding]:
    """A note for each tally that should equal other numbers, where a row of which nobody can tell where it belongs leaves
    some of them open: what compares these is undecided."""
    form = rulebook.form
    for tally in form.tallies:
        items = [form.by_code[mine] for mine, _ in tally.equals]
        left = [item for item in items if submission.readings[item.index].state is ReadingState.UNUSABLE]
        if left:
            table = left[0].table.name
            register = next(one.name for one in form.registers if one.id == tally.register)
            named = f"「{left[0].row_label}」等" if len(left) > 1 else f"「{left[0].row_label}」"
            said = f"清单“{register}”有认不出的行，{table}{named} {len(left)} 格没有统计出来，没有核对。"
            yield rulebook.note(compared_by(form, tally), said, ADVICE, Where(table))


def compared_by(form: Form, tally: Tally) -> Rule:
    """The rule that holds a tally against other numbers."""
    if tally.form:
        return next(rule for rule in form.rules if rule.kind == "equals" and rule.table == tally.table)
    counted, typed = (form.by_code[code].index for code in tally.equals[0])
    pair = {counted, typed}
    return form.rule(next(c.rule_id for c in form.constraints if {index for index, _ in c.terms} == pair))
