"""代改: a number that a reviewer corrects in the open, on somebody's word, until the agency files it itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from msgspec import Struct

from workbook_tool.model.form.form import Form

FEW = 3
"""So many corrections that are alike are told one by one, more of them together."""
NO_NUMBER = "没有数"
"""What is said of a place that held none when it was corrected: a blank, or a text that is not kept."""
NONE, APART = "-", " "
"""What stands for a number that is not there, and between two, where a hidden cell keeps those of a whole file."""


class Life(StrEnum):
    """What became of a correction."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    OTHER = "other"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The word that reviewers read."""
        return LIFE_LABELS[self]


LIFE_LABELS = {
    Life.PENDING: "待确认",
    Life.CONFIRMED: "已确认",
    Life.OTHER: "另报",
    Life.LAPSED: "失效",
    Life.WITHDRAWN: "撤回",
}


class TypedNumber(Struct, frozen=True):
    """A number that a reviewer typed under 改为, as it stands there; nothing of it is understood yet.

    ``key`` is that of its row; ``cell`` an item's code, or an address of the agency's own file as typed; empty where the
    row speaks of no single cell. ``number`` is empty where one was cleared, ``was`` what stood there before, ``why`` the
    words beside it (依据). ``filed`` are the numbers of the agency's file of then, ``sha256`` begins that file's digest.
    ``run`` is the run whose workbook it was typed into, ``file`` that workbook, ``place`` where it stands in it. ``item`` is
    the code of the number that an earlier run understood by the cell; the same words mean the same without it.
    """

    key: str
    cell: str
    number: str
    why: str
    was: str
    filed: str
    sha256: str
    run: str
    file: str
    place: str
    item: str = ""

    @property
    def spot(self) -> tuple[str, str, str]:
        """Which cell it is about: that of the file which counted in the run."""
        return self.key, self.cell, self.run

    @property
    def code(self) -> str:
        """The code that the agency had then."""
        return self.key.partition("|")[0]


class PastCorrection(Struct, frozen=True):
    """A correction as an earlier day's run had it: the day of the run that took it first, and how it stood."""

    since: date
    life: Life


class Correction(Struct, frozen=True):
    """A correction, understood: one number (``item``) of one agency, counted in smallest units; None is a blank.

    ``filed`` are all numbers of the file on which it was made, by item: it holds while those around it stay the same.
    ``now`` is what the file at hand holds there, ``changed`` which of the numbers around are others by now.
    """

    typed: TypedNumber
    code: str
    item: int
    number: int | None
    filed: tuple[int | None, ...]
    since: date
    life: Life = Life.PENDING
    now: int | None = None
    changed: tuple[int, ...] = ()

    @property
    def then(self) -> int | None:
        """What the file held there when it was corrected."""
        return self.filed[self.item]

    @property
    def why(self) -> str:
        """Who said so, and when, in the reviewer's words."""
        return self.typed.why


class Corrected(Struct, frozen=True):
    """All that reviewers corrected, the newest word on each number, also what they took back; and what could not be
    followed, in words."""

    corrections: tuple[Correction, ...] = ()
    refused: tuple[str, ...] = ()


NOTHING_CORRECTED = Corrected()


def alike(corrections: Iterable[Correction], form: Form) -> list[list[Correction]]:
    """The corrections that are told together: those of a table to the same number, on the same word, with the same fate;
    few of them one by one."""
    groups: dict[object, list[Correction]] = {}
    for one in corrections:
        table = form.items[one.item].table.id
        groups.setdefault((table, one.number, one.why, one.since, one.life), []).append(one)
    return [part for group in groups.values() for part in ([group] if len(group) > FEW else [[one] for one in group])]


def known_again(key: str, item: str, number: str, run: str) -> str:
    """By what a correction is the same in a later run: whose row, which number of the form, what was typed into which
    run's workbook, or into a copy of that."""
    return "|".join((key.partition("|")[0], item, number, run))


def kept_numbers(numbers: Iterable[int | None]) -> str:
    """The numbers of a file as a hidden cell keeps them."""
    return APART.join(NONE if number is None else str(number) for number in numbers)


def read_numbers(kept: str) -> tuple[int | None, ...]:
    """What such a cell says. Raises ValueError where it makes no sense."""
    return tuple(None if word == NONE else int(word) for word in kept.split())
