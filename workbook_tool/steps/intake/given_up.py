"""Given up: files that could not be read when an earlier year was reported are of that year; nobody waits for them now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.submission import Submission

Read = Submission | FileRecord


def date_back(read: Sequence[Read], given_up: Mapping[str, int]) -> list[Read]:
    """The same files, each that is still unreadable with the year in which it first was. ``given_up`` has that year by
    sha256."""
    return [
        replace(one, year=year)
        if isinstance(one, FileRecord)
        and one.state is State.UNREADABLE
        and (year := given_up.get(one.source.sha256)) is not None
        else one
        for one in read
    ]
