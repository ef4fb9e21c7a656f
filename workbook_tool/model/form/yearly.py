"""Numbers of a yearly form that are the sum of another form's periods over the year: ``year(zdgk-zb:合计.本周合计)``."""

from __future__ import annotations

from msgspec import Struct

from workbook_tool.model.regex import regex

YEAR = regex(r"\s*year\s*[(（]\s*([\w-]+)\s*[:：]\s*(.+?)\s*[)）]\s*")
"""The other form, and the name in it."""
RELATION = regex(r"\s*(.+?)\s*(?:==|=|＝)(\s*year\s*[(（].+)")
"""The number of this form, and what it is."""
YEARLY = "yearly"
"""The kind of a rule that says so."""


class YearSum(Struct, frozen=True):
    """A number, the item ``at``, and what it is the sum of: the number of this ``code`` of another ``form``, over all
    periods of the year. ``rule`` is the id of the rule that says so."""

    rule: str
    at: int
    form: str
    code: str


def speaks_of_year(text: object) -> bool:
    """Whether a formula is about the periods of a year."""
    return isinstance(text, str) and bool(YEAR.fullmatch(text) or RELATION.fullmatch(text))
