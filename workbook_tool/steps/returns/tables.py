"""A marked copy of the tables, for files that cannot be marked themselves: every cell where it stands in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from workbook_tool.model.form.line import PERCENT
from workbook_tool.model.intake.explanation import RETURN_SHEET
from workbook_tool.model.intake.look import PLAIN_FORMATS
from workbook_tool.model.intake.records import shown_in, worth_of
from workbook_tool.model.intake.submission import (
    IDENTITY_SHEET,
    Content,
    ErrorValue,
    Place,
    ReadingState,
    Sheet,
    Uncomputed,
    as_decimal,
)
from workbook_tool.model.regex import regex
from workbook_tool.model.returns.returned import Mark, Marks, Return
from workbook_tool.model.workbook import book
from workbook_tool.model.workbook.book import Book, Value
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.steps.returns.drop_downs import drop_downs_in

NARROWEST, WIDEST, PORTRAIT, SIZE = 8.0, 34.0, 110.0, 10.0
NOT_IN_NAMES, LONGEST_NAME = regex(r"[\[\]:*?/\\]"), 31
"""What Excel allows in the name of a sheet; other programs allow more."""
FILED = "原填 "
"""Before what counted for nothing because of how it looks (struck out, a scaling that rounds): bare, it would count."""
MOST_MERGED = 500
"""A merged cell that takes more places is none of a form."""
MOST_CELLS = 100_000
"""A sheet with more is neither a form nor a list that anybody corrects by hand."""


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
                place: replaced(sheet, place, content, known.get((sheet.name, place)))
                for place, content in sheet.cells.items()
            }
            page = made.sheet(name)
            add_table(page, cells, marks.get(sheet.name, {}), sheet.reaches)
            page.validations += drop_downs_in(given, sheet.name)


def replaced(sheet: Sheet, place: Place, content: Content, read: AsRead | None) -> Content:
    """What a plain cell has to hold to say what was read there: 90 for a 0.9 that is shown as 90% where per cents are asked
    for, 001 for a 1 that is shown so, what a formula comes to."""
    look = sheet.looks.get(place)
    if read is None or isinstance(content, (date, bool)):
        return content
    if isinstance(content, Uncomputed):
        return read.plain
    if sheet.untyped and read.number is None:
        return read.day or read.words  # a code that looks like a number is none
    odd = look is not None and bool(look.runs or look.marks or look.perhaps)
    formatted = look is not None and look.format not in PLAIN_FORMATS
    if not (place in sheet.formulas or odd or formatted) or not isinstance(content, (int, float, str)):
        return content
    if read.number is None:
        return read.words if odd or (formatted and not isinstance(content, str)) else content
    if content == float(read.number) or (look is None and decades_apart(content, read.number)):
        return content
    return read.plain if read.unit in ("", *PERCENT) else f"{read.number:f}{read.unit}"


def decades_apart(content: Content, number: Decimal) -> bool:
    """Whether a cell holds the number in another scale, as where its table is in 万元: it will be read so again."""
    if isinstance(content, str) or not content or not number:
        return False
    return (number / Decimal(f"{content:.15g}")).normalize().as_tuple().digits == (1,)


def add_table(
    page: book.BookSheet, cells: Mapping[Place, Content], marks: Mapping[Place, Mark], reaches: Mapping[Place, Place]
) -> None:
    """One sheet with its marks, cells merged as they were, its columns as wide and its rows as high as its texts need,
    within limits."""
    places = sorted(cells.keys() | marks.keys())
    spans = spans_of(places, reaches)
    values = {place: value_of(content) for place, content in cells.items()}
    texts = {place: text for place, text in values.items() if isinstance(text, str)}
    breadths: dict[int, list[float]] = {column: [] for _, column in places}
    for (row, column), value in values.items():
        if value is not None and (row, column) not in spans:
            breadths[column].append(text_width(str(value), SIZE) + 2)
    for column, wide in breadths.items():
        fitting = [width for width in wide if width <= WIDEST]
        page.widths[column] = max(NARROWEST, *fitting, WIDEST / 2 if len(fitting) < len(wide) else 0.0)
    for place in places:
        mark, value = marks.get(place), values.get(place)
        look = "copy_text" if isinstance(value, str) else "copy_date" if isinstance(value, date) else "copy"
        role = f"copy_{mark.fill}{'_date' if isinstance(value, date) else ''}" if mark else look
        page.put(*place, value, role, note=mark.note if mark else "", span=spans.get(place, (1, 1)))
    for (row, column), text in texts.items():
        down, across = spans.get((row, column), (1, 1))
        breadth = sum(page.widths.get(n, NARROWEST) for n in range(column, column + across))
        height = text_height(text, breadth, SIZE) / down
        page.heights[row] = min(max(page.heights.get(row, 18.0), height), 120.0)
    area = ((0, 0), (last_told(values, marks), max(page.widths, default=0)))
    page.print = book.Print(landscape=sum(page.widths.values()) > PORTRAIT, area=area)


def spans_of(places: Sequence[Place], reaches: Mapping[Place, Place]) -> dict[Place, tuple[int, int]]:
    """How many rows and columns each merged cell takes, as far as the sheet goes and where nothing else stands below it."""
    taken, found = set(places), dict[Place, tuple[int, int]]()
    last_row, last_column = (max((place[way] for place in places), default=0) for way in (0, 1))
    for top, left in sorted(reaches.keys() & taken):
        bottom, right = reaches[top, left]
        bottom, right = min(bottom, last_row), min(right, last_column)
        span = bottom - top + 1, right - left + 1
        if not 1 < span[0] * span[1] <= MOST_MERGED:
            continue
        under = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)} - {(top, left)}
        if not under & taken:
            taken |= under
            found[top, left] = span
    return found


def last_told(values: Mapping[Place, Value], marks: Mapping[Place, Mark]) -> int:
    """The last row that says anything: the numbering of rows that nobody filled, which lists have by hundreds, does not."""
    many = Counter(row for (row, _), value in values.items() if value is not None)
    words = {row for (row, _), value in values.items() if isinstance(value, str)}
    marked = {row for row, _ in marks}
    return max({row for row, count in many.items() if count > 1} | words | marked, default=0)


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


class AsRead(Struct, frozen=True):
    """What was read of a cell: a ``number`` in its place's own ``unit``, a ``day``, or what it was taken for, as ``shown``;
    ``refused`` where that counts for nothing."""

    shown: str
    number: Decimal | None = None
    unit: str = ""
    refused: bool = False
    day: date | None = None

    @property
    def plain(self) -> Content:
        """The number, or what is shown instead of one."""
        return self.shown if self.number is None else float(self.number)

    @property
    def words(self) -> str:
        """The text; of what counted for nothing, one that counts for nothing again."""
        return f"{FILED}{self.shown}" if self.refused else self.shown


def as_read(given: Return) -> list[Sheet]:
    """What was read, in the places it was read from, for a file that is no longer there."""
    cells: dict[str, dict[Place, Content]] = {}
    for (sheet, place), read in readings(given).items():
        cells.setdefault(sheet, {})[place] = read.plain
    return [Sheet(name, own) for name, own in cells.items()]


def readings(given: Return) -> dict[tuple[str, Place], AsRead]:
    """Everything that was read, by sheet and place: numbers, what stands beside them, and the records of lists."""
    submission, found = given.submission.as_filed, dict[tuple[str, Place], AsRead]()
    for item in given.form.cells:
        reading = submission.reading(item)
        if reading.place is not None and (reading.shown or reading.state is ReadingState.NUMBER):
            number = None if reading.number is None or item.kind != "number" else as_decimal(reading.number, item)
            refused = reading.state is ReadingState.UNUSABLE
            found[reading.sheet, reading.place] = AsRead(reading.shown, number, item.unit, refused)
    registers = {register.id: register for register in given.form.registers}
    for one in submission.lists:
        for record in one.records:
            for at, column in enumerate(registers[one.register].columns):
                if (place := record.place(at)) and (shown := shown_in(registers[one.register], record, at)):
                    worth = worth_of(column, record.values[at]) if column.kind == "number" else None
                    number = worth if isinstance(worth, Decimal) else None
                    held = record.values[at]
                    day = date.fromordinal(held) if column.kind == "date" and isinstance(held, int) else None
                    found[record.sheet, place] = AsRead(shown, number, column.unit, at in record.unread, day)
    return found
