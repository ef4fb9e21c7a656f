"""What a file says of its own age."""

from __future__ import annotations

from datetime import date, datetime

from workbook_tool.model.season.filing import Filing


def round_of(filing: Filing) -> int:
    """Which round of filing its workbook was issued for, from 1; each time it goes back it is one more."""
    return filing.submission.identity.round


def filed_on(filing: Filing) -> date | None:
    """The date on the cover."""
    return filing.submission.identity.filed_on


def sent_at(filing: Filing) -> datetime | None:
    """When the mail was sent that brought the file."""
    return filing.source.mail.sent if filing.source.mail else None


def sent_moment(filing: Filing) -> float | None:
    """The same in seconds, to be compared; None where no mail brought the file, or its date is not to be relied on."""
    sent = sent_at(filing)
    return sent.timestamp() if sent else None


def moment(filing: Filing) -> float:
    """A modification time stands in for a mail's date only where there is none."""
    return sent_moment(filing) or filing.source.modified
