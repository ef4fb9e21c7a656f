"""A letter that the office sends to an agency."""

from __future__ import annotations

from msgspec import Struct

from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.submission import Agency


class Letter(Struct, frozen=True):
    """Whom it is for, and its words; the address is the agency's own. ``tag`` tells its file from those of other reports;
    the blank forms of ``periods`` go with it: none where a region is asked to chase others."""

    agency: Agency
    subject: str
    body: str
    tag: str = ""
    periods: tuple[Period, ...] = ()
