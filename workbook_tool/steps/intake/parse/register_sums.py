"""What the rows of a list add up to, as far as they were read: what its lines of totals are held against."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct


class Sums(Struct, dict=True):
    """What the numbers of a list add up to so far: in all, since the last line of totals, and since the last heading or
    subtotal. ``typed`` is in how many records each column holds a number."""

    columns: int

    def __post_init__(self) -> None:
        self.all, self.section, self.part = ([Decimal(0)] * self.columns for _ in range(3))
        self.count = [0, 0, 0]
        self.typed = [0] * self.columns

    def as_they_are(self) -> Sums:
        """The same, which stay while these go on."""
        kept = Sums(self.columns)
        kept.all, kept.section, kept.part = list(self.all), list(self.section), list(self.part)
        kept.count, kept.typed = list(self.count), list(self.typed)
        return kept

    def add(self, numbers: Mapping[int, Decimal]) -> None:
        """Take in a record."""
        self.count = [n + 1 for n in self.count]
        for number, amount in numbers.items():
            self.typed[number] += 1
            for sums in (self.all, self.section, self.part):
                sums[number] += amount

    def may_be(self, number: int) -> list[Decimal]:
        """What a line of totals may say of a column."""
        return [self.all[number], self.section[number], self.part[number]]

    def named_by(self, amounts: Mapping[int, Decimal]) -> str:
        """``total`` or ``part`` for a row of numbers alone that are all what several rows add up to; empty for any
        other."""
        if any(amounts.values()):
            for kind, sums, count in zip(
                ("total", "total", "part"), (self.all, self.section, self.part), self.count, strict=True
            ):
                if count > 1 and all(sums[number] == amount for number, amount in amounts.items()):
                    return kind
        return ""

    def meant(self, part: bool) -> tuple[int, str]:
        """Which of these sums a line of totals is for, and which rows those are: a subtotal (``part``) is for its own."""
        number = next((n for n in (2, 1) if self.count[n]), 0) if part else 0
        return number, "本组各行" if self.count[number] < self.count[0] else "上面各行"

    def close(self, whole: bool) -> None:
        """Begin anew behind a line of totals, or behind a subtotal or a heading."""
        self.part, self.count[2] = [Decimal(0)] * self.columns, 0
        if whole:
            self.section, self.count[1] = [Decimal(0)] * self.columns, 0
