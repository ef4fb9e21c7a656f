"""Working days: the national calendar, whose holidays and shifted working days the State Council announces each autumn
for the year to come, and above it what an office has written down itself."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property

from msgspec import Struct


class Calendar(Struct, frozen=True, dict=True):
    """Which days are worked. ``holidays`` and ``workdays`` are the office's own word; what it does not say is taken from
    the chinesecalendar package, which knows the years that have been announced."""

    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()

    @cached_property
    def asked(self) -> dict[date, bool | None]:
        """The days that were asked for: a list asks for the same ones again and again."""
        return {}

    def works(self, day: date) -> bool | None:
        """Whether this day is worked; None in a year that neither the office nor the package knows."""
        if day not in self.asked:
            self.asked[day] = self.looked_up(day)
        return self.asked[day]

    def looked_up(self, day: date) -> bool | None:
        """The same, from the office's own word or else from the package."""
        if day in self.holidays or day in self.workdays:
            return day in self.workdays
        from chinese_calendar import is_workday

        try:
            return bool(is_workday(day))
        except NotImplementedError:
            return self.weekly(day)

    def weekly(self, day: date) -> bool | None:
        """Monday to Friday, in a year of which the office has written down the holidays; else nobody knows."""
        told = any(known.year == day.year for known in self.holidays)
        return day.weekday() < 5 if told else None

    def after(self, day: date, count: int) -> date | None:
        """The last of so many working days after a day; None where one of the days between is unknown."""
        while count:
            day += timedelta(days=1)
            works = self.works(day)
            if works is None:
                return None
            count -= works
        return day

    def between(self, first: date, last: date) -> int | None:
        """How many working days lie after the first day, up to and with the last; below 0 where it lies before. None where
        one of them is unknown."""
        if last < first:
            back = self.between(last, first)
            return None if back is None else -back
        worked = 0
        for n in range(1, (last - first).days + 1):
            works = self.works(first + timedelta(days=n))
            if works is None:
                return None
            worked += works
        return worked


NATIONAL = Calendar()
"""The calendar of an office that has written down nothing itself."""
