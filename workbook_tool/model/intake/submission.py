"""A filing: what stands in an agency's file, first as sheets, then as the numbers of a form."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache

from msgspec import Struct, field

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.claim import Claim, Said
from workbook_tool.model.intake.explanation import Explanation
from workbook_tool.model.intake.look import Look
from workbook_tool.model.intake.records import RecordList
from workbook_tool.model.intake.relay import Relay
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.stated_period import Stated
from workbook_tool.model.judging.correction import Correction, Life
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.text import shortened


class ErrorValue(Struct, frozen=True):
    """A cell that shows an error, such as ``#REF!``."""

    text: str


class Uncomputed(Struct, frozen=True):
    """A formula that was saved without its result. ``text`` is the formula without ``=``, empty where not stored."""

    text: str


IDENTITY_SHEET = "_identity"
"""The hidden sheet of an issued workbook that says what it is, as key and value."""
KIND, REGION_REPORT, REGION_WORKBOOK = "kind", "region report", "region workbook"
"""The key by which the hidden sheet tells that a whole region's run made the workbook, and its two values: the region's
own report to the level above, and the workbook for reviewers."""

Content = str | int | float | bool | date | time | timedelta | ErrorValue | Uncomputed
"""What stands in a cell, as every format gives it; a ``date`` may be a ``datetime``."""
Place = tuple[int, int]


class Sheet(Struct, frozen=True, dict=True):
    """A sheet as read: only cells with something in them, by (row, column) from 0.

    ``formulas`` are the places whose content a formula made, each with its text without ``=`` in A1 notation (empty
    where it cannot be told). ``looks`` tell how cells are shown that are not shown as plain numbers and texts are;
    ``covered`` places lie under a merged cell, where nobody sees what they hold; ``reaches`` tell of merged cells that hold
    something how far they go. ``document`` is what kind of document it was read from, empty for a workbook; ``notes`` are
    the comments on cells. ``untyped``: nothing but texts stands in the file, so that a day or a code is none less for it.
    """

    name: str
    cells: dict[Place, Content]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: Mapping[Place, str] = field(default_factory=dict)
    looks: dict[Place, Look] = field(default_factory=dict)
    covered: frozenset[Place] = frozenset()
    reaches: Mapping[Place, Place] = field(default_factory=dict)
    document: str = ""
    notes: Mapping[Place, str] = field(default_factory=dict)
    untyped: bool = False

    @cached_property
    def texts(self) -> dict[Place, str]:
        """The cells that hold texts, which every step of reading goes through."""
        return {place: content for place, content in self.cells.items() if isinstance(content, str)}

    @cached_property
    def computed(self) -> Set[Place]:
        """The places where a formula stands."""
        unknown = {place for place, content in self.cells.items() if isinstance(content, Uncomputed)}
        return self.formulas.keys() | unknown


class Agency(Struct, frozen=True):
    """A reporting agency of the roster (``code`` is text; ``0071`` is not 71). ``former`` are its codes of last year where
    it had others; ``empowered`` says whether it may make rules of its own (规章制定权), None where that is not known;
    ``forms`` are those that it files, all where there are none; ``options`` what it may choose from in lists, by the name
    of the roster's table."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    category: str = ""
    parent: str = ""
    scope: str = ""
    deadline: date | None = None
    due_from: int | None = None
    due_to: int | None = None
    mail: str = ""
    former: tuple[str, ...] = ()
    empowered: bool | None = None
    contact: str = ""
    phone: str = ""
    forms: tuple[str, ...] = ()
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def due(self, period: Period, form: str = "") -> bool:
        """Whether the agency must report for this period's year (应报起, 应报止), and files this form at all."""
        year = period.year
        files = not (self.forms and form) or form in self.forms
        return (
            files and (self.due_from is None or year >= self.due_from) and (self.due_to is None or year <= self.due_to)
        )


class Identity(Struct, frozen=True):
    """Who a file says it is from and for which period, and what said so (``隐藏标识``, ``封面``, ``文件名`` …).

    ``nil`` lists the tables of which the cover says that there is nothing to report. ``foreign`` is the reason why the
    file is not one of this form, period or roster; empty where it is. ``also`` are other agencies that it names as its own. ``signed`` are the steps of the review (ids of the cover) that somebody put his
    name to. ``issued``: a hidden mark says for which period the workbook was issued. ``misnamed``: names of the file, its
    sheets, its archive or its mail that say another period.
    """

    form: str = ""
    agency: Agency | None = None
    name: str = ""
    period: Period | None = None
    round: int = 1
    source: str = ""
    filed_on: date | None = None
    nil: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    foreign: str = ""
    scope: str = ""
    also: tuple[Agency, ...] = ()
    signed: tuple[str, ...] = ()
    issued: bool = False
    misnamed: tuple[Stated, ...] = ()


class ReadingState(StrEnum):
    """What was found where something should stand; ``text`` where that is a text or a date, ``missing`` where not even its
    place was found."""

    NUMBER = "number"
    TEXT = "text"
    BLANK = "blank"
    UNUSABLE = "unusable"
    MISSING = "missing"

    __hash__ = str.__hash__  # an enumeration's own is slow, and a filing has hundreds of readings


class Reading(Struct, frozen=True, array_like=True):
    """What stands at one place of the form in a file; kept without the names of its fields, since a filing has hundreds.

    ``number`` is exact and counted in the smallest unit of its item (of a date, its ordinal), None where there is none. ``shown`` is the
    content as a person sees it. ``signed_nil`` marks a 0 that stems from a nil answer or the blanks policy. ``stored`` is
    what is stored in the cell where another number counts, else empty.
    """

    state: ReadingState
    number: int | None = None
    shown: str = ""
    sheet: str = ""
    place: Place | None = None
    signed_nil: bool = False
    stored: str = ""

    @property
    def assumed(self) -> bool:
        """Whether it counts as a number although nothing stands there."""
        return self.signed_nil and not self.shown

    @property
    def told(self) -> str:
        """What stands there, for a sentence: ``填“/”``, or ``空白``."""
        return f"填“{shortened(self.shown)}”" if self.shown else "空白"


class Submission(Struct, frozen=True, dict=True):
    """One file read as one form. ``readings`` holds one entry for every item of the form, in its order, ``remarks`` one for
    each text or date beside them, ``lists`` one for every list.

    ``document`` is what kind of document it is, empty for a workbook, and ``claims`` what
    its text says of the numbers, ``said`` what else is gathered from it. ``corrections`` are the reviewers' that speak of it, with what became of each on these numbers; where any is followed,
    ``before`` is the submission as it was filed. ``code`` is the check code over the numbers in the file, where it prints one.
    ``relay`` is there where a lower level collected and judged it.
    """

    source: SourceFile
    identity: Identity
    readings: tuple[Reading, ...]
    findings: tuple[Finding, ...] = field(default=())
    explanations: tuple[Explanation, ...] = ()
    lists: tuple[RecordList, ...] = ()
    corrections: tuple[Correction, ...] = ()
    before: Submission | None = None
    remarks: tuple[Reading, ...] = ()
    document: str = ""
    claims: tuple[Claim, ...] = ()
    said: tuple[Said, ...] = ()
    code: str = ""
    relay: Relay | None = None

    def reading(self, item: Item) -> Reading:
        """What stands at a place, be it a number or a text."""
        return self.readings[item.index] if item.index < len(self.readings) else self.remark(item)

    def remark(self, item: Item) -> Reading:
        """What stands at the place of a text or date."""
        number = item.index - len(self.readings)
        return self.remarks[number] if number < len(self.remarks) else Reading(ReadingState.MISSING)

    @property
    def from_below(self) -> bool:
        """Whether it was filed with a lower level, which judged it, and with which lies what is to be done about it."""
        return self.relay is not None and not self.relay.added_up

    @property
    def added_up(self) -> bool:
        """Whether it is the sum of what a region passed on, and nobody's own figures."""
        return self.relay is not None and self.relay.added_up

    @property
    def as_filed(self) -> Submission:
        """The submission with the numbers that stand in the agency's file."""
        return self.before or self

    @cached_property
    def corrected(self) -> dict[int, Correction]:
        """By item, the corrections that are followed: the number that counts is not the one in the file."""
        return {one.item: one for one in self.corrections if one.life is Life.PENDING}

    @property
    def agency(self) -> Agency:
        """Whose it is. Raises ValueError where that is not known: intake makes no submission of such a file."""
        if self.identity.agency is None:
            raise ValueError(f"{self.source.path} is nobody's")
        return self.identity.agency

    def number(self, item: Item) -> Decimal | None:
        """The number as written, in the item's own unit."""
        exact = self.readings[item.index].number
        return None if exact is None else as_decimal(exact, item)

    def filed(self, item: Item) -> str:
        """What stands there in the agency's file, for people: its number, a text that is none, or ``空白``."""
        reading = self.as_filed.readings[item.index]
        number = "" if reading.number is None else f"{as_decimal(reading.number, item):f}"
        return number or (f"“{shortened(reading.shown)}”" if reading.shown else "空白")

    def where(self, items: Sequence[Item]) -> Where:
        """Where these numbers stand, on the form and in the file."""
        readings = [self.reading(item) for item in items]
        return Where.of(items, readings[0].sheet, (r.place for r in readings if r.place is not None))

    def explaining(self, rule: str, item: int | None) -> list[Explanation]:
        """What the agency says about the problem that this rule has with this number, or with several (None)."""
        return [
            e
            for e in self.explanations
            if (not e.record and (e.rule == rule and (e.item == item or None in (e.item, item))))
            or (not e.record and not e.rule and e.item is not None and e.item == item)
        ]

    def explained(self, rule: str, item: int | None) -> str:
        """The same in words."""
        return "；".join(dict.fromkeys(e.text for e in self.explaining(rule, item)))

    def explained_rows(self, rule: str, records: Collection[str]) -> str:
        """What the agency says about the problem that this rule has with these records of a list: of the rule as a whole, or
        of each of them; empty while it says nothing of one."""
        whole = self.explained(rule, None)
        told = {e.record: e.text for e in self.explanations if e.record and e.rule in ("", rule)}
        if whole or not told.keys() >= set(records):
            return whole
        return "；".join(dict.fromkeys(told[record] for record in records))

    def numbers(self) -> dict[int, int]:
        """The numbers that are there, exact and by item; what is blank or unusable is left out."""
        return {i: r.number for i, r in enumerate(self.readings) if r.number is not None}


def as_decimal(exact: int, item: Item) -> Decimal:
    """An exact count of smallest units as a plain decimal number: ``1500000`` with 6 decimals is ``1.5``."""
    return plain_decimal(exact, item.decimals)


@lru_cache(1 << 14)  # most are small, and stand in many filings
def plain_decimal(exact: int, decimals: int) -> Decimal:
    """A count of units of 10 to the minus ``decimals`` as a decimal number without trailing zeros."""
    if not decimals:
        return Decimal(exact)
    number = Decimal(exact).scaleb(-decimals)
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
