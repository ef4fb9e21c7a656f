"""The working days of the years that the State Council has settled, from the package that keeps them."""

from __future__ import annotations

from functools import lru_cache

from workbook_tool.model.form.calendar import Calendar


@lru_cache
def settled_calendar() -> Calendar:
    """All years that the installed package knows: it gets a new one each autumn, when the holidays are announced."""
    from chinese_calendar.constants import holidays, workdays

    years = sorted({day.year for day in holidays})
    return Calendar(tuple(years), tuple(sorted(holidays)), tuple(sorted(workdays)))
