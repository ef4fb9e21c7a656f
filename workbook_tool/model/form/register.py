"""A list (台账, 目录): rows of any number, each a record, checked row by row and reduced to numbers of the form.

What is counted from it is an ordinary table of the form, so that totals, comparison, versions and history know nothing of
lists: a tally says how its numbers come about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.form.line import PERCENT, Kind, Line, labels_apart
from workbook_tool.model.form.row_formula import ColumnNames, RowFormula, adds_up
from workbook_tool.model.text import bare_label, label_key

PATTERNED = ("phone", "mail", "postcode", "id", "credit")
HOLDS = {"number": "number", "date": "date", "yesno": "bool"}
"""What a condition takes a column for; all others are texts."""


class Choices(Struct, frozen=True, dict=True):
    """What may be chosen in a column. ``on`` is the id of the column that it depends on, and ``after`` says by a choice
    made there which ones may follow. ``roster`` is the table of the roster that lists them for each agency."""

    lines: tuple[Line, ...] = ()
    on: str = ""
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roster: str = ""

    @cached_property
    def exact(self) -> dict[str, str]:
        """The choice that is meant by each spelling, its numbering with it."""
        return {bare_label(text): line.label for line in self.lines for text in (*line.also, line.short, line.label)}

    @cached_property
    def by_key(self) -> dict[str, str]:
        """The choice that is meant by each spelling without its numbering, where only one can be."""
        meant: dict[str, set[str]] = {}
        for line in self.lines:
            for text in filter(None, (line.label, line.short, *line.also)):
                meant.setdefault(label_key(text), set()).add(line.label)
        return {key: next(iter(labels)) for key, labels in meant.items() if len(labels) == 1}

    def meant(self, text: str) -> str:
        """The choice that a text names; empty where it names none, or nobody can tell which."""
        return self.exact.get(bare_label(text)) or self.by_key.get(label_key(text), "")


class RegisterColumn(Struct, frozen=True):
    """A column of a list: its ``line`` is its head, and ``kind`` what stands in it.

    ``of`` is what follows from other columns of the row (``is``). ``least`` and ``most`` are the bounds of a number, in its
    smallest unit. ``pattern`` is what a text must look like as a whole.
    """

    line: Line
    kind: Kind = "text"
    unit: str = ""
    decimals: int = 0
    negative: bool = False
    least: int | None = None
    most: int | None = None
    optional: bool = False
    choices: Choices = field(default_factory=Choices)
    pattern: str = ""
    of: RowFormula | None = None

    @property
    def id(self) -> str:
        """Its name inside the program."""
        return self.line.id

    @property
    def label(self) -> str:
        """Its head."""
        return self.line.label

    @property
    def holds(self) -> str:
        """What a condition takes it for."""
        return HOLDS.get(self.kind, "text")

    @property
    def is_text(self) -> bool:
        """Whether it is kept as a text."""
        return self.holds == "text"

    @property
    def needed(self) -> bool:
        """Whether every record must have it: what follows from the others need not be typed."""
        return not self.optional and self.of is None


class RowRule(Struct, frozen=True):
    """What every row of a list must keep: the rule that words it, and the column that its findings point to. Where there
    is a ``when``, it is asked only of the rows of which that is known and true."""

    rule: str
    formula: RowFormula
    at: str
    when: RowFormula | None = None


class Register(Struct, frozen=True, dict=True):
    """A list: its columns, and those that together tell its records apart (``key``); without a key a record is known by
    all that stands in it.

    What a blank of it shows beside the records and nobody reads as one: ``serial`` is the head of the column that numbers
    them, ``total`` a live sum of each column of numbers, ``group`` the column by whose choices there are subtotals, ``sign``
    the lines to be signed.
    """

    id: str
    name: str
    title: str
    columns: tuple[RegisterColumn, ...]
    key: tuple[str, ...] = ()
    rules: tuple[RowRule, ...] = ()
    note: str = ""
    serial: str = ""
    total: bool = False
    group: str = ""
    sign: tuple[str, ...] = ()

    def with_options(self, options: Mapping[str, tuple[str, ...]]) -> Register:
        """The list as one agency fills it: its own choices where the roster lists them."""
        columns = [
            replace(column, choices=replace(column.choices, lines=tuple(Line(text, text) for text in options[table])))
            if (table := column.choices.roster) in options
            else column
            for column in self.columns
        ]
        return replace(self, columns=tuple(columns))

    def called(self, name: str) -> str:
        """What a sentence calls a name of its formulas: a column by its label, behind its caption where others have the
        same."""
        return self.labels.get(name, name)

    @property
    def plain_id(self) -> str:
        """Its id in letters that every program takes for a name, and no other list's: what belongs to it is called by
        this where Chinese is not allowed."""
        return "".join(c if c.isascii() and c.isalnum() else f"{ord(c):x}" for c in self.id)

    @cached_property
    def by_id(self) -> dict[str, RegisterColumn]:
        """Every column by its id."""
        return {column.id: column for column in self.columns}

    @cached_property
    def summed(self) -> tuple[RegisterColumn, ...]:
        """The columns that a line of totals adds up: numbers that are typed, but no shares, and sums and differences of
        these."""
        numbers = [column for column in self.columns if column.kind == "number" and column.unit not in PERCENT]
        typed = {column.id for column in numbers if column.of is None}
        return tuple(column for column in numbers if column.of is None or adds_up(column.of.expression, typed))

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of each column by its id, behind its captions where others have the same."""
        return {line.id: label for line, label in labels_apart([column.line for column in self.columns]).items()}

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each column in a record."""
        return {column.id: number for number, column in enumerate(self.columns)}

    @cached_property
    def names(self) -> ColumnNames:
        """What its conditions may speak of."""
        words = dict.fromkeys(line.label for column in self.columns for line in column.choices.lines)
        labels = Counter(column.label for column in self.columns)
        named = {name: column for column in self.columns for name in ways(column.line, labels[column.label] == 1)}
        return ColumnNames({name: (column.id, column.holds) for name, column in named.items()}, tuple(words))


def ways(line: Line, alone: bool) -> list[str]:
    """What a formula may call a column: its label where it is ``alone`` in having it, and that behind its caption."""
    return [*([line.label] if alone else []), *([f"{line.under[-1]}.{line.label}"] if line.under else [])]


def as_column(item: Item) -> RegisterColumn:
    """What a table asks for beside its numbers, as a column of a list: both are read, worded and offered alike."""
    line = item.asked
    before = "" if line is item.row else f"{item.block.rows[0].id}."  # blocks may have columns of one id
    lines = tuple(Line(text, text) for text in line.choices)
    choices = Choices(lines, line.depends and before + line.depends, dict(line.after))
    own = replace(line, id=before + line.id)
    return RegisterColumn(own, line.kind, optional=item.optional, choices=choices, pattern=line.pattern)


def as_register(table: Table, items: Iterable[Item]) -> Register:
    """What a table asks for beside its numbers, as a list with a column for each line that asks."""
    columns = {column.id: column for column in map(as_column, items)}
    return Register(table.id, table.name, table.title, tuple(columns.values()))


class Tally(Struct, frozen=True):
    """A table of the form whose numbers are counted from a list: one number for each choice, or pair of choices, of the
    ``by`` columns.

    ``date`` is the column whose day says whether a record falls into the period, ``where`` what it must keep to count,
    ``sum`` the column that is added up (empty: records are counted). ``equals`` are the numbers of another form, ``form``,
    that should be the same, by the code of our own.
    """

    table: str
    register: str
    by: tuple[str, ...] = ()
    date: str = ""
    where: RowFormula | None = None
    sum: str = ""
    form: str = ""
    equals: tuple[tuple[str, str], ...] = ()
