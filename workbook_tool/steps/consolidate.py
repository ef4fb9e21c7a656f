"""Consolidate: the totals of the region, exact, in layers; and how often each rule spoke."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.form import CrossTable, Form
from workbook_tool.model.result import (
    AgencyRecord,
    Checked,
    Consolidation,
    Cross,
    FileRecord,
    Layer,
    RuleCount,
    Run,
    State,
)
from workbook_tool.model.rules import Verdict
from workbook_tool.model.settings import Roster, Settings
from workbook_tool.model.submission import Submission, plain_decimal

NO_CATEGORY = "（未分类）"


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
        crosses=tuple((cross(form, one, passed), cross(form, one, filed)) for one in form.crosses),
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


def cross(form: Form, declared: CrossTable, records: Sequence[AgencyRecord]) -> Cross:
    """A summary of leaf cells (no totals, so that nothing counts twice) by agency kind or by column."""
    import pandas as pd

    decimals = max(item.decimals for item in form.by_table[declared.table])
    set_of = {row: one.label for one in declared.sets for row in one.rows}
    leaves = [i for i in form.by_table[declared.table] if i.row.id in set_of and not i.total]
    by_column = declared.down == "column"
    frame = pd.DataFrame(
        [
            (
                item.column.label if by_column else record.agency.category or NO_CATEGORY,
                set_of[item.row.id],
                number * 10 ** (decimals - item.decimals),
            )
            for record in records
            for item in leaves
            if (number := submission_of(record).readings[item.index].number) is not None
        ],
        columns=["down", "across", "number"],
    )
    if by_column:
        rows = list(dict.fromkeys(item.column.label for item in leaves))
    else:
        rows = sorted({record.agency.category or NO_CATEGORY for record in records})
    columns = [one.label for one in declared.sets]
    table = frame.pivot_table(index="down", columns="across", values="number", aggfunc="sum", fill_value=0)
    table = table.reindex(index=rows, columns=columns, fill_value=0)
    cells = tuple(tuple(plain_decimal(int(n), decimals) for n in row) for row in table.to_numpy().tolist())
    return Cross(declared.title, declared.title.partition("×")[0].strip(), tuple(rows), tuple(columns), cells)
