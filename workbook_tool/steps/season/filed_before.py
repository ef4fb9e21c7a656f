"""Filed before: what a run itself found filed for a period, for the judging of the next."""

from __future__ import annotations

from workbook_tool.model.season.agency import ACCEPTED
from workbook_tool.model.season.last_year import Previous
from workbook_tool.model.workbook.result import Judged


def filed_in(result: Judged) -> Previous:
    """What the agencies filed for the result's period, by their codes, as it stands in their files; whose filing was not
    accepted is told."""
    return Previous(
        result.period,
        {record.agency.code: record.file.submission.as_filed.numbers() for record in result.filed},
        frozenset(record.agency.code for record in result.filed if record.state not in ACCEPTED),
    )
