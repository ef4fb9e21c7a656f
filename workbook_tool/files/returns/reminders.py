"""The reminders of a run (催报), a draft mail with a blank form for each agency."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from workbook_tool.files.returns.draft import write_drafts
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.returns.reminder import REMINDERS
from workbook_tool.model.text import file_name


def write_reminders(
    folder: Path, reminders: Mapping[Letter, str], day: date, form_of: Callable[[Letter], bytes]
) -> dict[Letter, str]:
    """Write ``reminders/<code>_<agency>.eml`` below the run folder, each with the agency's blank form of the report that its
    label names; nothing where nobody is to be chased. Returns the names of the drafts."""

    def attached(letter: Letter) -> list[tuple[str, bytes]]:
        return [] if letter.below else [(called(letter.agency, reminders[letter]), form_of(letter))]

    letters = list(reminders)
    names = write_drafts(folder / REMINDERS, letters, day, "催报", "reminder", attached)
    return dict(zip(letters, names, strict=True))


def called(agency: Agency, label: str) -> str:
    """The name of a blank form, as it was issued."""
    return file_name(f"{agency.code}_{agency.name}", f"_{label}.xlsx")
