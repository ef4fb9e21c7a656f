"""Numbers of a yearly form that are the sum of another form's periods over the year: ``year(zdgk-zb:合计.本周合计)``."""

from __future__ import annotations

from dataclasses import dataclass

YEARLY = "yearly"
"""The kind of a rule that says so."""


@dataclass(frozen=True)
class YearSum:
    """A number, the item ``at``, and what it is the sum of: the number of this ``code`` of another ``form``, over all
    periods of the year. ``rule`` is the id of the rule that says so."""

    rule: str
    at: int
    form: str
    code: str
