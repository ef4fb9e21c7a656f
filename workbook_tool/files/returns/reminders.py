"""The reminders of a run (催报), a draft mail with a blank form for each agency."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from workbook_tool.files.returns.draft import write_drafts
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.returns.reminder import REMINDERS
from workbook_tool.model.text import file_name


def write_reminders(
    folder: Path, reminders: Sequence[Letter], day: date, period: Period, form_of: Callable[[Agency], bytes]
) -> dict[str, str]:
    """Write ``reminders/<code>_<agency>.eml`` below the run folder, each with the agency's blank form; nothing where nobody
    is to be chased. Returns the names of the drafts by the agency's code."""

    def attached(agency: Agency) -> list[tuple[str, bytes]]:
        return [(file_name(f"{agency.code}_{agency.name}", f"_{period}.xlsx"), form_of(agency))]

    return write_drafts(folder / REMINDERS, reminders, day, "催报", "reminder", attached)
