"""Turnout: who has filed with a region, as the region itself tells it to the levels above."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

NAMED_AT_MOST, NAMED_IN_LISTS = 5, 20
"""So many names a sentence gives, and so many a list of regions."""


class Turnout(Struct, frozen=True):
    """Who has filed with a region, of those that owe it a filing themselves for one form and period. A region below it is one
    of them, and has a turnout of its own; so that nobody is counted twice.

    ``code``, ``level`` and ``region`` (the names of the regions above it) lead there as they do in values.csv; ``run`` is
    the result that tells it, ``sender`` the code of the region that sent it here. ``missing`` and ``returned`` are names;
    ``must``, ``explain`` and ``note`` count what was still open. What was wrong itself stays where it can be mended. So many
    agencies below are there ``again``: two regions count each of them, and it is added up once.
    """

    code: str = ""
    name: str = ""
    form: str = ""
    period: str = ""
    level: int = 0
    region: str = ""
    run: str = ""
    due: int = 0
    passed: int = 0
    late: int = 0
    returned: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    must: int = 0
    explain: int = 0
    note: int = 0
    again: int = 0
    sender: str = ""

    @property
    def counts(self) -> tuple[int, ...]:
        """Every count that another program wrote."""
        return (self.level, self.due, self.passed, self.late, self.must, self.explain, self.note, self.again)

    @property
    def excluded(self) -> int:
        """Those whose filing a reviewer took out of every total."""
        return self.due - self.passed - len(self.returned) - len(self.missing)

    @property
    def words(self) -> str:
        """``所属 5 家：通过 3 家，退回 1 家（甲局），未报 1 家（乙局）；未了结：必须改 2 条``."""
        counted = ((self.passed, "通过", ()), (len(self.returned), "退回", self.returned))
        more = ((self.excluded, "不计入", ()), (len(self.missing), "未报", self.missing))
        stands = [
            f"{word} {count} 家{f'（{first_of(who)}）' if who else ''}"
            for count, word, who in (*counted, *more)
            if count
        ]
        levels = ((self.must, "必须改"), (self.explain, "需说明"))
        still = "、".join(f"{word} {count} 条" for count, word in levels if count)
        return f"所属 {self.due} 家：{'，'.join(stands) or '都没有'}{f'；未了结：{still}' if still else ''}"


def of_all_levels(turnouts: Sequence[Turnout]) -> Turnout:
    """Those of all levels together, each agency once: a region that sent a result is no agency, and its own are counted in
    its own turnout."""
    more = counted_again(turnouts)
    return Turnout(
        due=sum(one.due for one in turnouts) - more,
        passed=sum(one.passed for one in turnouts) - more,
        returned=tuple(name for one in turnouts for name in one.returned),
        missing=tuple(name for one in turnouts for name in one.missing),
    )


def counted_again(turnouts: Sequence[Turnout]) -> int:
    """How many are counted in another turnout too."""
    return sum(bool(one.sender) + one.again for one in turnouts)


def first_of(names: tuple[str, ...], most: int = NAMED_AT_MOST) -> str:
    """The first of these names, and whether there are more."""
    return "、".join(names[:most]) + ("等" if len(names) > most else "")
