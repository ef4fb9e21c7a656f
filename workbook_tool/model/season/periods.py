"""The periods of a year, as agencies filed for them: what a run knows of those that are not its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from workbook_tool.model.form.form import Form
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
class Known:
    """A number that the office knows before it is filed, in the unit of its place, and what told it: ``《台账》统计``."""

    source: str
    number: Decimal


@dataclass(frozen=True)
class FiledYear:
    """What agencies filed of another form in a ``year``: by period and by agency's code."""

    form: Form
    year: int
    filed: Mapping[Period, Mapping[str, FiledOnce]] = field(default_factory=dict)

    @property
    def periods(self) -> list[Period]:
        """All periods of the year."""
        return Period(self.form.period, self.year).of_year()

    def with_period(self, one: PastPeriod) -> FiledYear:
        """The same with a period as it is now."""
        now = {**self.filed.get(one.period, {}), **one.filed}
        return replace(self, filed={**self.filed, one.period: now}) if one.period in self.periods else self


@dataclass(frozen=True)
class Owed:
    """A ``period`` of which an agency has filed nothing, and the ``deadline`` by which it should (None: unknown)."""

    period: Period
    deadline: date | None

    def words(self, today: date) -> str:
        """``已逾期 5 天``; empty where the deadline is unknown."""
        if self.deadline is None:
            return ""
        left = (self.deadline - today).days
        return f"还有 {left} 天" if left > 0 else "今天到期" if left == 0 else f"已逾期 {-left} 天"


@dataclass(frozen=True)
class PastPeriod:
    """A ``period`` with the day by which all were due (None: unknown) and what was ``filed``, by the agencies' codes."""

    period: Period
    deadline: date | None = None
    filed: Mapping[str, FiledOnce] = field(default_factory=dict)
