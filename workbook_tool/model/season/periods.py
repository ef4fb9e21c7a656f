"""The periods of a year, as agencies filed for them: what a run knows of those that are not its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workbook_tool.model.form.period import Period
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.last_year import Values


@dataclass(frozen=True)
class FiledOnce:
    """What an agency filed for a period, as it counted last: its state, the day of its first filing (None: unknown) and
    its numbers."""

    state: AgencyState
    filed_on: date | None
    numbers: Values


@dataclass(frozen=True)
class PastPeriod:
    """A ``period`` with the day by which all were due (None: unknown) and what was ``filed``, by the agencies' codes."""

    period: Period
    deadline: date | None = None
    filed: Mapping[str, FiledOnce] = field(default_factory=dict)
