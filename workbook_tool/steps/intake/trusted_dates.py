"""Trusted dates: a mail's date that cannot be is not followed. Neither the order of versions nor timeliness rests on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import FileRecord
from workbook_tool.model.intake.source import Mail
from workbook_tool.model.intake.submission import Submission

Read = Submission | FileRecord


def trust_dates(read: Sequence[Read], as_of: date, periods: Sequence[Period]) -> list[Read]:
    """The same files, without the dates of mails that would have come after the run or before the period began: their own,
    or the first of these ``periods``, which are reported now."""
    begun = min(period.first for period in periods)
    return [
        replace(one, source=replace(one.source, mail=trusted(one.source.mail, as_of, begin_of(one, begun))))
        if one.source.mail
        else one
        for one in read
    ]


def begin_of(one: Read, begun: date) -> date:
    """The first day of the period that a file is about; of the reported ones where it says none."""
    period = one.identity.period if isinstance(one, Submission) else one.period
    return period.first if period else begun


def trusted(mail: Mail, as_of: date, begun: date) -> Mail:
    """The mail, its date only claimed where it cannot be."""
    if mail.sent is None or begun <= mail.sent.date() <= as_of:
        return mail
    return replace(mail, sent=None, claimed=mail.sent)
