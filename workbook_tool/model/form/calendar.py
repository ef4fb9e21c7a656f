"""Which days people work: the week, and the days by which a year differs from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate

SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """The working days of some years: ``off`` are days of the week on which nobody works, ``on`` days of a weekend on
    which people do. Of other years nothing is known: what needs them is undecided, never guessed."""

    years: tuple[int, ...] = ()
    off: tuple[date, ...] = ()
    on: tuple[date, ...] = ()

    @cached_property
    def spans(self) -> tuple[tuple[date, date], ...]:
        """The first and last day of every run of years that are known."""
        known = sorted(set(self.years))
        starts = [year for year in known if year - 1 not in known]
        ends = [year for year in known if year + 1 not in known]
        return tuple((date(a, 1, 1), date(b, 12, 31)) for a, b in zip(starts, ends, strict=True))

    @cached_property
    def worked(self) -> dict[date, list[int]]:
        """By the first day of every run: how many working days there are up to each of its days."""
        return {first: list(accumulate(self.days(first, last))) for first, last in self.spans}

    def days(self, first: date, last: date) -> Iterator[bool]:
        """Whether each day from the first to the last is a working day."""
        off, on = set(self.off), set(self.on)
        for number in range((last - first).days + 1):
            day = first + timedelta(number)
            yield (day.weekday() < SATURDAY and day not in off) or day in on

    def workdays(self, start: date, end: date) -> int | None:
        """How many working days lie behind ``start`` up to ``end`` and with it; below 0 where the end comes first. None
        where a year between them is not known."""
        for first, last in self.spans:
            if first <= min(start, end) and max(start, end) <= last:
                counted = self.worked[first]
                return counted[(end - first).days] - counted[(start - first).days]
        return None


NO_CALENDAR = Calendar()
"""Where nothing is known of any year."""
