"""Consolidate: the totals of the region, exact, in layers; and how often each rule spoke."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Verdict
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.workbook.result import (
    AgencyRecord,
    Checked,
    Consolidation,
    FileRecord,
    Layer,
    RuleCount,
    Run,
    State,
)


def consolidate(
    form: Form,
    settings: Settings,
    roster: Roster,
    run: Run,
    files: Sequence[FileRecord],
    agencies: Sequence[AgencyRecord],
) -> Consolidation:
    """Everything the workbook and the result files are made of."""
    filed = [a for a in agencies if a.file and a.file.checked and a.state != State.EXCLUDED]
    passed = [a for a in filed if a.state in (State.COUNTED, State.HELD)]
    held = [a for a in filed if a.state == State.HELD]
    return Consolidation(
        form=form,
        region=settings.region,
        year=settings.year,
        as_of=run.as_of,
        run=run.name,
        policy=settings.policy,
        roster_given=roster.given,
        files=tuple(files),
        agencies=tuple(agencies),
        passed=layer(form, passed),
        held=layer(form, held),
        all_filed=layer(form, filed),
        rules=rule_counts(form, [a.file.checked for a in filed if a.file and a.file.checked]),
        contact=settings.contact,
        region_code=settings.region_code,
    )


def submission_of(record: AgencyRecord) -> Submission:
    assert record.file is not None
    assert record.file.checked is not None
    return record.file.checked.submission


def layer(form: Form, records: Sequence[AgencyRecord]) -> Layer:
    """Sums over these agencies. Python integers: exact however many there are."""
    numbers = [[r.number for r in submission_of(record).readings] for record in records]
    columns = list(zip(*numbers, strict=True)) if numbers else [()] * len(form.items)
    sums = tuple(sum(n for n in column if n is not None) for column in columns)
    return Layer(len(records), sums, tuple(sum(n is None for n in column) for column in columns))


def rule_counts(form: Form, filings: Sequence[Checked]) -> tuple[RuleCount, ...]:
    return tuple(
        RuleCount(rule.id, *(sum(f.verdicts.get(rule.id, {}).get(v, 0) for f in filings) for v in Verdict))
        for rule in form.rules
    )
