"""The periods of a year, as agencies filed for them: what a run knows of those that are not its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.last_year import Values

NAMED = 3
"""So many periods are named one by one."""


class FiledOnce(Struct, frozen=True):
    """What an agency filed for a period, as it counted last: its state, the day of its first filing (None: unknown) and
    its numbers."""

    state: AgencyState
    filed_on: date | None
    numbers: Values


class Known(Struct, frozen=True):
    """A number that the office knows before it is filed, in the unit of its place, and what told it: ``《台账》统计``."""

    source: str
    number: Decimal


class FiledYear(Struct, frozen=True):
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


class Owed(Struct, frozen=True):
    """A ``period`` of which an agency has filed nothing, and the ``deadline`` by which it should (None: unknown)."""

    period: Period
    deadline: date | None

    def words(self, today: date) -> str:
        """``已逾期 5 天``; empty where the deadline is unknown."""
        if self.deadline is None:
            return ""
        left = (self.deadline - today).days
        return f"还有 {left} 天" if left > 0 else "今天到期" if left == 0 else f"已逾期 {-left} 天"


class PastPeriod(Struct, frozen=True):
    """A ``period`` with the day by which all were due (None: unknown) and what was ``filed``, by the agencies' codes."""

    period: Period
    deadline: date | None = None
    filed: Mapping[str, FiledOnce] = field(default_factory=dict)


class OpenPeriods(Struct, frozen=True):
    """The periods before the reported one for which agencies are still asked to file: ``since`` the first that was ever
    reported (None: none was), those that are not signed, as earlier runs knew them. ``skipped`` are those since the last one
    that no run knows of."""

    since: Period | None = None
    periods: tuple[PastPeriod, ...] = ()
    skipped: tuple[Period, ...] = ()


NONE_OPEN = OpenPeriods()


def skipped_words(skipped: Sequence[Period], form: str) -> str:
    """Which periods nobody filed for and no run was made of, and what to do."""
    first, named = skipped[0], [one.spaced for one in skipped]
    which = "、".join(named) if len(named) <= NAMED else f"{named[0]}至{named[-1]}（{len(named)} 期）"
    return (
        f"{which}没有收到任何一家的报表，也没有运行过，不催报；本来不收的（如放假）不用管，"
        f"要收的加 --form {form} --period {first} {'这样逐期' if len(named) > 1 else ''}运行一次，以后就会催报"
    )
