"""Last year's values as rows of a sheet: those of this year's agencies, under their codes of today, then the rest."""

from __future__ import annotations

from msgspec import Struct

from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.season.agency import AgencyRecord
from workbook_tool.model.season.last_year import Values
from workbook_tool.model.workbook.result import Consolidation


class LastRow(Struct, frozen=True):
    """An agency's numbers of last year; ``record`` is None where nobody of this year stands for it."""

    agency: Agency
    values: Values
    record: AgencyRecord | None = None


def last_rows(result: Consolidation) -> list[LastRow]:
    """A row for each agency of last year, in the order of this year's."""
    last = result.run.last_year
    rows = [LastRow(r.agency, values, r) for r in result.agencies if (values := last.year_ago(r.agency))]
    used = {code for row in rows for code in (row.agency.code, *row.agency.former)}
    gone = sorted(code for code in last.values if code not in used)
    return [
        *rows,
        *(LastRow(Agency(code, f"（{result.form.period.this}没有对应的单位）"), last.values[code]) for code in gone),
    ]
