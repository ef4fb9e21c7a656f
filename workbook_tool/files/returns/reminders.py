"""The reminders of a run (催报), a draft mail for each agency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from workbook_tool.files.returns.draft import write_drafts
from workbook_tool.model.returns.letter import Letter

FOLDER = "reminders"


def write_reminders(folder: Path, reminders: Sequence[Letter], day: date) -> None:
    """Write ``reminders/<code>_<agency>.eml`` below the run folder; nothing where nobody is to be chased."""
    write_drafts(folder / FOLDER, reminders, day, "催报", "reminder")
