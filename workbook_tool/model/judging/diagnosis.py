"""What is most likely wrong where relations between numbers do not hold: stories, explanations, changes."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from workbook_tool.model.form.period import PeriodKind


class Certainty(StrEnum):
    """How surely a story is located. Only arithmetic decides this; likelihood never does."""

    UNIQUE = "unique"
    TIED = "tied"
    OPEN = "open"

    @property
    def label(self) -> str:
        """The word that clerks and reviewers know."""
        return {"unique": "唯一", "tied": "并列", "open": "无法定位"}[self.value]


class Doubt(StrEnum):
    """Why the only explanation with one or two cells is not certain."""

    BESIDE = "beside"
    LINES = "lines"
    RECORDS = "records"
    EARLIER = "earlier"

    @property
    def label(self) -> str:
        """The doubt in words."""
        return {
            "beside": "同一行或同一列还有别的不符，可能同出一因",
            "lines": "整行整列的填错也有几种说得通",
            "records": "由清单计出的数也在其中，也可能是清单里填错",
            "earlier": "是和上一期报的数核对的，也可能是上一期报错",
        }[self.value]


class Slip(StrEnum):
    """A slip of the pen that would give the filed number, the most telling first."""

    SWAPPED = "swapped"
    LOST = "lost"
    EXTRA = "extra"
    SIGN = "sign"
    POWER = "power"
    BEFORE = "before"
    LAST_YEAR = "last_year"
    NEIGHBOUR = "neighbour"
    DIGIT = "digit"

    def told(self, kind: PeriodKind) -> str:
        """The slip in words, as a guess, in a form of this period."""
        return SLIP_WORDS[self].format(kind.before if self is Slip.BEFORE else kind.year_ago)

    @property
    def rank(self) -> int:
        """0 for the most telling."""
        return list(Slip).index(self)


SLIP_WORDS = {
    Slip.SWAPPED: "像是两位数字颠倒",
    Slip.LOST: "像是漏打一位数字",
    Slip.EXTRA: "像是多打一位数字",
    Slip.SIGN: "像是正负号填反了",
    Slip.POWER: "像是小数点或零的个数不对",
    Slip.BEFORE: "填的仍是{}的数",
    Slip.LAST_YEAR: "填的是{}的数",
    Slip.NEIGHBOUR: "填的是相邻一格的数",
    Slip.DIGIT: "只差一位数字",
}


class Whole(StrEnum):
    """One mistake that puts many cells wrong at once."""

    SWAPPED_LINES = "swapped_lines"
    PUSHED_LINE = "pushed_line"
    SHIFTED_BLOCK = "shifted_block"
    SCALED = "scaled"
    ONLY_TOTALS = "only_totals"


class Change(Struct, frozen=True):
    """A number as filed and as it should be, exact and in the smallest unit of its item. ``filed`` is None for a
    blank, which only the diagnosis of a whole line ever fills."""

    item: int
    filed: int | None
    due: int
    slip: Slip | None = None

    @property
    def difference(self) -> int:
        """How much too large the filed number is."""
        return (self.filed or 0) - self.due


class Repair(Struct, frozen=True):
    """Changes that together make every decidable relation of a story hold.

    ``exact`` is False where the cells are certain but not their numbers (only bounds speak of them, say); ``moved``
    says that a number stands in the wrong one of two cells; ``following`` are totals that merely follow the change.
    """

    changes: tuple[Change, ...]
    exact: bool = True
    moved: bool = False
    following: tuple[Change, ...] = ()


class WholeFault(Struct, frozen=True):
    """A whole line or block in the wrong place: its cells, first as they are named to people (``lines`` holds the
    items of each line), then every number as it would be. ``rivals`` is how many other such mistakes explain as much;
    ``confirmed`` says that two relations speak for it with every number that it had to make up."""

    kind: Whole
    lines: tuple[tuple[int, ...], ...]
    changes: tuple[Change, ...] = ()
    direction: str = ""
    rivals: int = 0
    confirmed: bool = True


class Story(Struct, frozen=True):
    """One cause and the relations that fail because of it.

    ``broken`` are indexes into the form's constraints. ``explanations`` are the likeliest smallest ones, ``count`` is
    how many there are in all. ``place`` are the cells of them all, or the narrowest set where nothing explains it.
    ``doubt`` is why the only explanation is not certain all the same.
    """

    broken: tuple[int, ...]
    certainty: Certainty
    explanations: tuple[Repair, ...] = ()
    count: int = 0
    whole: WholeFault | None = None
    place: tuple[int, ...] = ()
    doubt: Doubt | None = None
