"""A problem in an agency's file, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.judging.diagnosis import Certainty
from workbook_tool.model.judging.follow_up import FollowUp, Status
from workbook_tool.model.locations import cells_in, said_place, whole_place


class Where(Struct, frozen=True):
    """Where a finding points: the form's labels, the cells in the agency's own file, and the number (its item's index)."""

    table: str = ""
    row: str = ""
    column: str = ""
    sheet: str = ""
    cells: str = ""
    item: int | None = None

    @classmethod
    def of(cls, items: Sequence[Item], sheet: str = "", places: Iterable[tuple[int, int]] = ()) -> Where:
        """Where these numbers stand, from the first row and column to the last."""
        row, column = span_labels(items)
        return cls(items[0].table.name, row, column, sheet, cells_in(sheet, places), items[0].index)

    @property
    def in_file(self) -> str:
        """For a sentence: ``（工作表「表三」D32）``."""
        return f"（{said_place(self.sheet, self.cells)}）"


DISAGREES = "不符的是："
"""What stands in a message between the cell that is surely wrong and what does not agree because of it."""
NOWHERE = Where()
"""Of a finding about the file as a whole."""


def span_labels(items: Sequence[Item]) -> tuple[str, str]:
    """The rows and columns of several items, each as ``first 至 last``."""
    rows = list(dict.fromkeys(item.row_label for item in items))
    columns = list(dict.fromkeys(i.column_label for i in sorted(items, key=lambda i: i.block.columns.index(i.column))))
    return span(rows), span(columns)


def span(labels: Sequence[str]) -> str:
    """Labels that follow each other, as ``first 至 last``; a single one stands alone."""
    return labels[0] if len(labels) == 1 else f"{labels[0]} 至 {labels[-1]}"


class Blank(Struct, frozen=True):
    """What a finding about blank cells speaks of: the numbers that are not there (``items``), what stands in their places
    (``shown``), what some of them should be (``due``), and the words that follow. With these the findings of one table can
    be told in one line, since one answer holds for all of them."""

    items: tuple[int, ...]
    shown: tuple[str, ...]
    due: tuple[tuple[int, Decimal], ...]
    words: str
    advice: str


class RecordSpot(Struct, frozen=True):
    """A record of a list that a finding speaks of: its fingerprint, by which it is known again in another row, what people
    call it, its cell, and what is said of it."""

    key: str
    name: str
    sheet: str
    row: int
    cell: str
    said: str


class Finding(Struct, frozen=True):
    """One objection, with all that a clerk needs to act on it.

    ``message`` says what is wrong and what the rule says; ``brief`` is the same without the rule's own words, for who reads
    a hundred of them and knows the rules (empty: there are none).
    ``table``, ``row`` and ``column`` carry the form's labels; ``sheet`` and ``cell`` are in the agency's own file
    (``cell`` may be ``B5:P5,D7``, and is said in words in a document: ``model/locations.py``). ``item`` is the index of the number it points to, or None. ``filed``, ``expected``
    and ``difference`` (filed minus expected) are None where there is no such number. ``relation`` is the index of the
    form's relation that does not hold. Findings of one filing with the same ``story`` have one cause; ``certainty`` is
    how surely it is located, None where nothing was to be located. ``likely`` are the numbers
    (items) that it is most likely caused by, told with the first finding of a story; ``located`` those that are surely wrong,
    with every finding of it. ``follow_up`` is what became of it over
    the weeks, None until that is known. ``corrected``: it is in the agency's file, and not in what counts, since a reviewer
    corrected a number (代改). ``records`` are those of a list that it is about, mostly one. ``blank`` is there where it is
    about blank cells; ``rest_of`` is the same block of blanks as it was filed, where a reviewer corrected some of it.
    ``parts`` are the findings that it tells of in one line, where it was made for people out of several; no judgement holds
    such a one.
    """

    rule: str
    severity: Severity
    message: str
    suggestion: str = ""
    table: str = ""
    row: str = ""
    column: str = ""
    sheet: str = ""
    cell: str = ""
    item: int | None = None
    filed: Decimal | None = None
    expected: Decimal | None = None
    difference: Decimal | None = None
    relation: int | None = None
    certainty: Certainty | None = None
    story: int | None = None
    likely: tuple[int, ...] = ()
    located: tuple[int, ...] = ()
    follow_up: FollowUp | None = None
    corrected: bool = False
    records: tuple[RecordSpot, ...] = ()
    brief: str = ""
    blank: Blank | None = None
    rest_of: Finding | None = None
    parts: tuple[Finding, ...] = ()

    def going_on(self, said: str) -> Finding:
        """The same, which goes on with what was decided after it was found: at length and in brief."""
        return replace(self, message=f"{self.message}{said}", brief=self.brief and f"{self.brief}{said}")

    @property
    def members(self) -> tuple[Finding, ...]:
        """The findings that this line tells of: mostly it alone."""
        return self.parts or (self,)

    @property
    def spot(self) -> str:
        """Rule and place on the form: the same problem in another file of the agency has the same."""
        return "|".join((self.rule, self.table, self.row, self.column))

    @property
    def place(self) -> str:
        """``表三!D32``, or empty where the finding has no cell."""
        return whole_place(self.sheet, self.cell)

    @property
    def waived(self) -> bool:
        """Whether a reviewer accepted the explanation: it no longer holds the file."""
        return self.follow_up is not None and self.follow_up.status is Status.WAIVED

    @property
    def holds(self) -> bool:
        """Whether it weighs on the state of its file: nobody has accepted it, and no correction settles it."""
        return not (self.waived or self.corrected)
