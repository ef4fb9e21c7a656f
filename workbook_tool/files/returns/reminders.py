"""The reminders of a run (催报), a draft mail with a blank form of each period that is owed, for each agency."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from workbook_tool.files.returns.draft import write_drafts
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.returns.reminder import REMINDERS


def write_reminders(
    folder: Path,
    letters: Sequence[Letter],
    day: date,
    enclosed: Callable[[Letter], Sequence[tuple[str, bytes]]],
) -> dict[Letter, str]:
    """Write ``reminders/<code>_<agency>.eml`` below the run folder, each with what is ``enclosed``: names and contents;
    nothing where nobody is to be chased. Returns the names of the drafts."""
    names = write_drafts(folder / REMINDERS, letters, day, "催报", "reminder", enclosed)
    return dict(zip(letters, names, strict=True))
