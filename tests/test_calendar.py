"""Working days: the national calendar, and above it what an office has written down itself."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from workbook_tool.model.form.calendar import NATIONAL, Calendar

DAYS = st.dates(date(2005, 1, 1), date(2026, 11, 30))


def test_the_national_calendar_knows_shifted_days() -> None:
    assert NATIONAL.works(date(2024, 2, 4)) is True, "a Sunday that was worked before the Spring Festival"
    assert NATIONAL.works(date(2024, 2, 12)) is False, "a Monday of the Spring Festival"
    assert NATIONAL.after(date(2024, 2, 4), 5) == date(2024, 2, 9)
    assert NATIONAL.after(date(2024, 2, 9), 1) == date(2024, 2, 18), "the next day that was worked is a Sunday"


def test_the_office_has_the_last_word() -> None:
    own = Calendar(holidays=(date(2024, 2, 4),), workdays=(date(2024, 2, 12),))
    assert own.works(date(2024, 2, 4)) is False
    assert own.works(date(2024, 2, 12)) is True


def test_a_year_that_nobody_has_announced_is_unknown() -> None:
    assert NATIONAL.works(date(2090, 1, 4)) is None
    assert NATIONAL.after(date(2090, 1, 4), 1) is None
    assert NATIONAL.between(date(2090, 1, 4), date(2090, 1, 6)) is None
    own = Calendar(holidays=(date(2090, 1, 2),), workdays=(date(2090, 1, 7),))
    days = {day: own.works(date(2090, 1, day)) for day in (2, 6, 7, 9)}
    assert days == {2: False, 6: True, 7: True, 9: True}, "the holidays are written down: other days go by the week"


@given(DAYS, st.integers(0, 12))
def test_so_many_days_after_lie_between(day: date, count: int) -> None:
    end = NATIONAL.after(day, count)
    assert end is not None
    assert NATIONAL.between(day, end) == count
    assert NATIONAL.between(end, day) == -count
    assert not count or NATIONAL.works(end)
