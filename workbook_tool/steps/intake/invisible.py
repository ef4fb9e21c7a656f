"""The texts of a workbook as people see them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.text import visible


def as_seen(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """The sheets without the characters that nobody sees: a name, a code or a number that was copied from a web page
    reads as it looks."""
    return tuple(map(cleaned, sheets))


def cleaned(sheet: Sheet) -> Sheet:
    """A sheet whose texts hold only what can be seen; the same sheet where nothing else was there."""
    texts = {at: seen for at, text in sheet.texts.items() if (seen := visible(text)) != text}
    if not texts:
        return sheet
    return replace(sheet, cells={at: text for at, text in {**sheet.cells, **texts}.items() if text != ""})
