"""Consolidate: the totals of the region, exact, in layers; and how often each rule spoke."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Verdict
from workbook_tool.model.season.agency import AgencyState, FiledAgency
from workbook_tool.model.season.filing import Checked
from workbook_tool.model.workbook.result import Judged, Layer, RuleCount, Totals


def consolidate(judged: Judged) -> Totals:
    """What was judged, added up."""
    form, added, passed = judged.form, judged.added, judged.accepted
    held = [record for record in passed if record.state is AgencyState.HELD]
    rules = rule_counts(form, [record.file.checked for record in judged.filed])
    return Totals(layer(form, passed), layer(form, held), layer(form, added), rules)


def layer(form: Form, records: Sequence[FiledAgency]) -> Layer:
    """Sums over these agencies. Python integers: exact however many there are."""
    numbers = [[r.number for r in record.file.submission.readings] for record in records]
    columns = list(zip(*numbers, strict=True)) if numbers else [()] * len(form.items)
    sums = tuple(sum(n for n in column if n is not None) for column in columns)
    return Layer(len(records), sums, tuple(sum(n is None for n in column) for column in columns))


def rule_counts(form: Form, filings: Sequence[Checked]) -> tuple[RuleCount, ...]:
    """How often each rule passed, failed and stayed undecided over all filings."""
    return tuple(
        RuleCount(rule.id, *(sum(f.verdicts.get(rule.id, {}).get(v, 0) for f in filings) for v in Verdict))
        for rule in form.rules
    )
