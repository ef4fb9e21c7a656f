"""A marked copy of the tables, for files that cannot be marked themselves: every cell where it stands in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from workbook_tool.model import book
from workbook_tool.model.book import Book, Value
from workbook_tool.model.measure import text_height, text_width
from workbook_tool.model.returned import Mark, Marks, Return
from workbook_tool.model.submission import IDENTITY_SHEET, RETURN_SHEET, Content, ErrorValue, Place, Sheet, Uncomputed

NARROWEST, WIDEST, SIZE = 8.0, 34.0, 10.0
NOT_IN_NAMES, LONGEST_NAME = re.compile(r"[\[\]:*?/\\]"), 31
"""What Excel allows in the name of a sheet; other programs allow more."""
MOST_CELLS = 20_000
"""A sheet with more is no form, and nothing in it is worth copying."""


def add_tables(made: Book, sheets: Sequence[Sheet], marks: Marks) -> None:
    """Add a copy of each sheet that an agency sees."""
    taken = {sheet.name.lower() for sheet in made.sheets}
    for sheet in sheets:
        name = NOT_IN_NAMES.sub("_", sheet.name)[:LONGEST_NAME].strip("'")
        wanted = not sheet.hidden and len(sheet.cells) <= MOST_CELLS and name.lower() not in taken
        if wanted and name and sheet.name not in (IDENTITY_SHEET, RETURN_SHEET):
            taken.add(name.lower())
            add_table(made.sheet(name), sheet, marks.get(sheet.name, {}))


def add_table(page: book.Sheet, sheet: Sheet, marks: Mapping[Place, Mark]) -> None:
    places = sorted(sheet.cells.keys() | marks.keys())
    texts = {place: text for place in places if isinstance(text := value_of(sheet.cells.get(place)), str)}
    for _, column in places:
        wide = [text_width(text, SIZE) + 2 for (_, c), text in texts.items() if c == column]
        fitting = [width for width in wide if width <= WIDEST]
        page.widths[column] = max(NARROWEST, *fitting, WIDEST / 2 if len(fitting) < len(wide) else 0.0)
    for place in places:
        mark, value = marks.get(place), value_of(sheet.cells.get(place))
        look = "copy_text" if isinstance(value, str) else "copy_date" if isinstance(value, date) else "copy"
        role = f"copy_{mark.severity.value}" if mark else look
        page.put(*place, value, role, note=mark.note if mark else "")
    for (row, column), text in texts.items():
        height = text_height(text, page.widths[column], SIZE)
        page.heights[row] = min(max(page.heights.get(row, 18.0), height), 120.0)
    page.print = book.Print(landscape=True)


def value_of(content: Content) -> Value:
    """A content as we can write it: what is no value is shown as text."""
    if isinstance(content, bool) or content is None:
        return None if content is None else str(content).upper()
    if isinstance(content, float):
        return int(content) if content.is_integer() and abs(content) < 1e15 else content
    if isinstance(content, (int, str, Decimal)):
        return content
    if isinstance(content, date):
        return date(content.year, content.month, content.day)
    return content.text if isinstance(content, (ErrorValue, Uncomputed)) else str(content)


def as_read(given: Return) -> list[Sheet]:
    """The numbers as they were read, in the places they were read from, for a file that is no longer there."""
    cells: dict[str, dict[Place, Content]] = {}
    for reading in given.submission.readings:
        if reading.place is not None and reading.shown:
            cells.setdefault(reading.sheet, {})[reading.place] = reading.shown
    return [Sheet(name, own) for name, own in cells.items()]
