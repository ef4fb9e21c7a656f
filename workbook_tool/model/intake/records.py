"""The records of a list, as they stand in an agency's file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from hashlib import blake2b

from msgspec import Struct

from workbook_tool.model.form.register import Register, RegisterColumn
from workbook_tool.model.form.row_formula import Worth
from workbook_tool.model.judging.finding import RecordSpot
from workbook_tool.model.locations import cells_in
from workbook_tool.model.text import shortened, squash

Held = int | str | bool | None
"""What a column holds in a record: a number counted in its smallest unit, the ordinal of a day, a text, or yes or no; None
for nothing. So it is written down exactly, and read back as what its column says."""
NAMED_BY = 3
"""A record without a key is called by so many of its cells."""
LONGEST_NAME = 36


class Record(Struct, frozen=True):
    """A row of a list: what each column of the list holds, and the column of the sheet that it stands in (-1: none).

    ``refused`` are the numbers of the columns whose cell is not blank and could not be read, with its words: nothing is
    known of it, which is something else than a blank.
    """

    sheet: str
    row: int
    values: tuple[Held, ...]
    columns: tuple[int, ...]
    refused: tuple[tuple[int, str], ...] = ()

    @property
    def unread(self) -> dict[int, str]:
        """The same by the number of the column."""
        return dict(self.refused)

    def place(self, number: int) -> tuple[int, int] | None:
        """The cell of a column, by its number; None where the file does not have it."""
        return (self.row, self.columns[number]) if self.columns[number] >= 0 else None


class RecordList(Struct, frozen=True):
    """All records of one list of the form, in the order of the file. ``found`` is False where the list is not there, or
    nobody can tell how its columns are meant: then its records are not none, but unknown. ``denied`` says that a row tells in
    words that there are none (无)."""

    register: str
    records: tuple[Record, ...] = ()
    found: bool = True
    denied: bool = False


def worth_of(column: RegisterColumn, held: Held) -> Worth:
    """What a column says, as conditions reckon with it."""
    if held is None or isinstance(held, bool | str):
        return held
    return date.fromordinal(held) if column.kind == "date" else Decimal(held).scaleb(-column.decimals)


def words_of(column: RegisterColumn, held: Held) -> str:
    """What a column holds, for people; empty for nothing."""
    if held is None:
        return ""
    if isinstance(held, bool):
        return "是" if held else "否"
    return str(worth_of(column, held))


def out_of_turn(column: RegisterColumn, on: str, chosen: str, value: str) -> str:
    """What to say of a choice that may not follow what is ``chosen`` in what it depends on, which is called ``on``; empty
    where it may, or either is blank."""
    allowed = column.choices.after.get(chosen, ())
    wrong = chosen and value and value not in allowed
    return f"填“{value}”，{on}是“{chosen}”时可选：{'、'.join(allowed) or '无'}" if wrong else ""


def shown_in(register: Register, record: Record, number: int) -> str:
    """What stands in a column of a record, also where it could not be read."""
    return record.unread.get(number) or words_of(register.columns[number], record.values[number])


def spot_of(register: Register, record: Record, number: int | None, said: str) -> RecordSpot:
    """Where a finding about a record points: the cell of a column, or the first of its row."""
    at = min(column for column in record.columns if column >= 0) if number is None else record.columns[number]
    cell = cells_in(record.sheet, [(record.row, at)]) if at >= 0 else ""
    return RecordSpot(key_of(register, record), name_of_record(register, record), record.sheet, record.row, cell, said)


def key_of(register: Register, record: Record) -> str:
    """A fingerprint by which a record is known again wherever it stands: of its key, or of all that it holds where there
    is none, or a part of it is missing."""
    numbers = [register.places[id] for id in register.key]
    if not numbers or any(record.values[n] is None for n in numbers):
        numbers = list(range(len(register.columns)))
    told = "\n".join(squash(shown_in(register, record, n)).casefold() for n in numbers)
    return blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()


def name_of_record(register: Register, record: Record) -> str:
    """What people call a record: by its key, or by the first of its cells that hold anything."""
    numbers = [register.places[id] for id in register.key] or range(len(register.columns))
    told = [shown for n in numbers if (shown := shown_in(register, record, n))]
    name = "／".join(told if register.key else told[:NAMED_BY])
    return name if len(name) <= LONGEST_NAME else f"{shortened(name)[:LONGEST_NAME]}…"
