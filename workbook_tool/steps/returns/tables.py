"""A marked copy of the tables, for files that cannot be marked themselves: every cell where it stands in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from workbook_tool.model.intake.records import shown_in
from workbook_tool.model.intake.submission import (
    IDENTITY_SHEET,
    RETURN_SHEET,
    Content,
    ErrorValue,
    Place,
    ReadingState,
    Sheet,
    Uncomputed,
)
from workbook_tool.model.returns.returned import Mark, Marks, Return
from workbook_tool.model.workbook import book
from workbook_tool.model.workbook.book import Book, Value
from workbook_tool.model.workbook.measure import text_height, text_width

NARROWEST, WIDEST, PORTRAIT, SIZE = 8.0, 34.0, 110.0, 10.0
NOT_IN_NAMES, LONGEST_NAME = re.compile(r"[\[\]:*?/\\]"), 31
"""What Excel allows in the name of a sheet; other programs allow more."""
MOST_CELLS = 20_000
"""A sheet with more is no form, and nothing in it is worth copying."""


def add_tables(made: Book, given: Return, sheets: Sequence[Sheet], marks: Marks) -> None:
    """Add a copy of each sheet that an agency sees; formulas as what they came to."""
    known = readings(given)
    taken = {sheet.name.lower() for sheet in made.sheets}
    for sheet in sheets:
        name = NOT_IN_NAMES.sub("_", sheet.name)[:LONGEST_NAME].strip("'")
        wanted = not sheet.hidden and len(sheet.cells) <= MOST_CELLS and name.lower() not in taken
        if wanted and name and sheet.name not in (IDENTITY_SHEET, RETURN_SHEET):
            taken.add(name.lower())
            cells = {
                p: known.get((sheet.name, p), c) if isinstance(c, Uncomputed) else c for p, c in sheet.cells.items()
            }
            add_table(made.sheet(name), cells, marks.get(sheet.name, {}))


def add_table(page: book.BookSheet, cells: Mapping[Place, Content], marks: Mapping[Place, Mark]) -> None:
    """One sheet with its marks, its columns as wide and its rows as high as its texts need, within limits."""
    places = sorted(cells.keys() | marks.keys())
    texts = {place: text for place in places if isinstance(text := value_of(cells.get(place)), str)}
    for _, column in places:
        wide = [text_width(text, SIZE) + 2 for (_, c), text in texts.items() if c == column]
        fitting = [width for width in wide if width <= WIDEST]
        page.widths[column] = max(NARROWEST, *fitting, WIDEST / 2 if len(fitting) < len(wide) else 0.0)
    for place in places:
        mark, value = marks.get(place), value_of(cells.get(place))
        look = "copy_text" if isinstance(value, str) else "copy_date" if isinstance(value, date) else "copy"
        role = f"copy_{mark.fill}{'_date' if isinstance(value, date) else ''}" if mark else look
        page.put(*place, value, role, note=mark.note if mark else "")
    for (row, column), text in texts.items():
        height = text_height(text, page.widths[column], SIZE)
        page.heights[row] = min(max(page.heights.get(row, 18.0), height), 120.0)
    page.print = book.Print(landscape=sum(page.widths.values()) > PORTRAIT)


def value_of(content: Content | None) -> Value:
    """A content as we can write it: what is no value is shown as text."""
    if isinstance(content, bool) or content is None:
        return None if content is None else str(content).upper()
    if isinstance(content, float):
        return int(content) if content.is_integer() and abs(content) < 1e15 else content
    if isinstance(content, (int, str)):
        return content
    if isinstance(content, date):
        return date(content.year, content.month, content.day)
    if isinstance(content, Uncomputed):
        return None
    return content.text if isinstance(content, ErrorValue) else str(content)


def as_read(given: Return) -> list[Sheet]:
    """What was read, in the places it was read from, for a file that is no longer there."""
    cells: dict[str, dict[Place, Content]] = {}
    for (sheet, place), content in readings(given).items():
        cells.setdefault(sheet, {})[place] = content
    return [Sheet(name, own) for name, own in cells.items()]


def readings(given: Return) -> dict[tuple[str, Place], Content]:
    """Every number that was read, and what stands in the place of one, by sheet and place; and the records of lists."""
    submission, found = given.submission.as_filed, dict[tuple[str, Place], Content]()
    for item, reading in zip(given.form.items, submission.readings, strict=True):
        if reading.place is not None and (reading.shown or reading.state is ReadingState.NUMBER):
            number = submission.number(item)
            found[reading.sheet, reading.place] = reading.shown if number is None else float(number)
    registers = {register.id: register for register in given.form.registers}
    for one in submission.lists:
        for record in one.records:
            for at in range(len(record.values)):
                if (place := record.place(at)) and (shown := shown_in(registers[one.register], record, at)):
                    found[record.sheet, place] = shown
    return found
