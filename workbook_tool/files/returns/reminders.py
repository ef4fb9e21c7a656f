"""The reminders of a run (催报), a draft mail for each agency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from workbook_tool.files.intake.unique_names import UniqueNames
from workbook_tool.files.returns.draft import draft_mail
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.text import file_name

FOLDER = "reminders"


def write_reminders(folder: Path, reminders: Sequence[Letter], day: date) -> None:
    """Write ``reminders/<code>_<agency>.eml`` below the run folder; nothing where nobody is to be chased."""
    if not reminders:
        return
    (folder / FOLDER).mkdir()
    names = UniqueNames()
    for one in reminders:
        name = names.once(file_name(f"{one.agency.code}_{one.agency.name}", "_催报.eml"))
        content = draft_mail(one, day, f"reminder/{one.agency.code}")
        (folder / FOLDER / name).write_bytes(content)
