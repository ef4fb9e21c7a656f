"""The scorecard (考核): what an office weighs, and what each agency's points are made of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from workbook_tool.model.season.agency import AgencyState

NOT_DUE = "未到期"
"""How it stands with an agency that has not filed and need not have yet."""
UNASSESSED = {
    AgencyState.UNKNOWN: "收件夹里有打不开的文件夹或文件，是否已报无法确定，暂不计分",
    AgencyState.EXCLUDED: "审核人决定不计入，不参加考核",
}
"""Where an agency gets neither points nor a rank though something may be due, and why."""


class Weights(Struct, frozen=True):
    """The points to be had for each part, and what is taken off; declared in ``[scorecard]``. ``counted`` are codes of
    numbers each unit of which takes off ``per_counted``, such as the overdue answers that were counted from a list."""

    timely: Decimal = Decimal(30)
    complete: Decimal = Decimal(20)
    accurate: Decimal = Decimal(40)
    explained: Decimal = Decimal(10)
    late_per_day: Decimal = Decimal(2)
    per_must: Decimal = Decimal(5)
    per_return: Decimal = Decimal(5)
    counted: tuple[str, ...] = ()
    per_counted: Decimal = Decimal(0)

    @property
    def full(self) -> Decimal:
        """The points of an agency without fault."""
        return self.timely + self.complete + self.accurate + self.explained


class Score(Struct, frozen=True):
    """An agency's points and the facts behind them. ``state`` is where its filing stands; ``not_due``: there is none, and
    need not be yet.

    ``filed_on``, ``blanks`` and ``musts`` are those of its first filing of the year; ``returned`` counts how often a
    filing of it went back; ``explains`` and ``explained`` are the points to explain in the one that counts. Points
    are None, and ``rank`` too, where nothing is due yet or the agency is not assessed. ``reasons`` say in words what was taken off. ``counted`` are the
    numbers above 0 that take points off, with their labels.
    """

    code: str
    name: str
    state: AgencyState
    not_due: bool
    deadline: date | None
    filed_on: date | None
    days_late: int | None
    blanks: int | None
    musts: int | None
    returned: int
    explains: int
    explained: int
    timely: Decimal | None = None
    complete: Decimal | None = None
    accurate: Decimal | None = None
    explain: Decimal | None = None
    rank: int | None = None
    reasons: str = ""
    counted: tuple[tuple[str, Decimal], ...] = ()

    @property
    def stands(self) -> str:
        """Where its filing stands, in words."""
        return NOT_DUE if self.not_due else self.state.label

    @property
    def counted_in_all(self) -> Decimal:
        """What these come to."""
        return sum((number for _, number in self.counted), Decimal(0))

    @property
    def total(self) -> Decimal | None:
        """The points in all; None where there are none to give."""
        parts = (self.timely, self.complete, self.accurate, self.explain)
        return None if None in parts else sum((part for part in parts if part is not None), Decimal(0))


class Scorecard(Struct, frozen=True):
    """The assessment of all agencies, the best first, and what it was weighed by. ``cells`` is how many numbers a
    filing has."""

    weights: Weights
    cells: int
    scores: tuple[Score, ...]
