"""Trusted dates: a mail's date that cannot be is not followed. Neither the order of versions nor timeliness rests on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import FileRecord
from workbook_tool.model.intake.submission import Mail, Submission

Read = Submission | FileRecord


def trust_dates(read: Sequence[Read], as_of: date, period: Period) -> list[Read]:
    """The same files, without the dates of mails that would have come after the run or before the period began."""
    return [
        replace(one, source=replace(one.source, mail=trusted(one.source.mail, as_of, period)))
        if one.source.mail
        else one
        for one in read
    ]


def trusted(mail: Mail, as_of: date, period: Period) -> Mail:
    """The mail, its date only claimed where it cannot be."""
    if mail.sent is None or period.first <= mail.sent.date() <= as_of:
        return mail
    return replace(mail, sent=None, claimed=mail.sent)
