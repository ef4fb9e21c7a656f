"""How many decimals a number shows: those that the form counts it to, so that figures below each other stand in line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

WRITTEN_OUT = 3
"""Up to so many decimals are the way a number is written (1.70 万元); more are only the most it may have."""


class Counted(Protocol):
    """What is counted to so many decimals: a number of a form, a column of a list."""

    @property
    def decimals(self) -> int:
        """0 where it is whole."""


def most_decimals(numbers: Iterable[Counted]) -> int:
    """Those of numbers that are shown as one."""
    return max((number.decimals for number in numbers), default=0)


def figure_role(decimals: int, whole: str, amount: str) -> str:
    """The role of a number of so many decimals: ``whole`` where it has none, else ``amount``, with them where all are
    written."""
    if not decimals:
        return whole
    return f"{amount}_{decimals}" if decimals <= WRITTEN_OUT else amount
