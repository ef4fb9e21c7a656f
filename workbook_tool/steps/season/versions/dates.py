"""What a file says of its own age."""

from __future__ import annotations

from datetime import date, datetime

from workbook_tool.model.workbook.result import FileRecord


def round_of(record: FileRecord) -> int:
    assert record.checked is not None
    return record.checked.submission.identity.round


def filed_on(record: FileRecord) -> date | None:
    """The date on the cover."""
    assert record.checked is not None
    return record.checked.submission.identity.filed_on


def sent_at(record: FileRecord) -> datetime | None:
    """When the mail was sent that brought the file."""
    return record.source.mail.sent if record.source.mail else None


def sent_moment(record: FileRecord) -> float | None:
    sent = sent_at(record)
    return sent.timestamp() if sent else None


def moment(record: FileRecord) -> float:
    """A modification time stands in for a mail's date only where there is none."""
    return sent_moment(record) or record.source.modified
