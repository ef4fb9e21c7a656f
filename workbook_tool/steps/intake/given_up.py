"""Given up: files that could not be read when an earlier period was reported are of that period; nobody waits for them now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.submission import Submission

Read = Submission | FileRecord


def date_back(read: Sequence[Read], given_up: Mapping[str, Period]) -> list[Read]:
    """The same files, each that is still unreadable with the period in which it first was. ``given_up`` has that period by
    sha256."""
    return [
        replace(one, period=period)
        if isinstance(one, FileRecord)
        and one.state is State.UNREADABLE
        and (period := given_up.get(one.source.sha256)) is not None
        else one
        for one in read
    ]
