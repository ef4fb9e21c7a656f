"""A letter that the office sends to an agency."""

from __future__ import annotations

from dataclasses import dataclass

from workbook_tool.model.intake.submission import Agency


@dataclass(frozen=True)
class Letter:
    """Whom it is for, and its words; the address is the agency's own. ``tag`` tells its file from those of other reports.
    ``below``: a region is asked to chase others, and needs no form."""

    agency: Agency
    subject: str
    body: str
    tag: str = ""
    below: bool = False
