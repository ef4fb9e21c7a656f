"""The filings of a region against each other.

Copied reports (雷同) count in the yearly assessment (L); outliers and other units are practice (P). Only the outlier
test computes with floats: it needs logarithms, and its result is a note that decides nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from math import log
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.items import Item
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.steps.judging.compare.case import (
    PASSED,
    UNDECIDED,
    Background,
    Case,
    Outcome,
    flows,
    with_outcomes,
)
from workbook_tool.steps.judging.compare.over_levels import child, level, related, whole
from workbook_tool.steps.judging.compare.over_records import row_others
from workbook_tool.steps.judging.compare.over_years import off_by, other_unit

NORMAL = 1.4826
"""The deviation of a normal distribution in units of its median absolute deviation."""
NARROWEST = log(2) / 2
"""Kinds whose numbers hardly differ: less than this factor is never far."""
BEYOND = 10
"""A number in another unit stands at least so many times outside all others."""
NAMED_AT_MOST = 5

Peers = dict[tuple[str, str], list[Case]]


class Crowd(Struct, frozen=True, dict=True):
    """All numbers above 0 that the agencies of a kind have in one place, sorted. What is the same for each of them is
    worked out once: there may be thousands."""

    numbers: tuple[Decimal, ...]

    @cached_property
    def usual(self) -> Decimal:
        """The number in the middle."""
        return median(self.numbers)

    @cached_property
    def middle(self) -> float:
        """The logarithm in the middle."""
        return median(map(log, self.numbers))

    @cached_property
    def spread(self) -> float:
        """How far the logarithms usually lie from that, never next to nothing."""
        return max(NORMAL * median(abs(log(one) - self.middle) for one in self.numbers), NARROWEST)

    def others(self, one: Decimal) -> tuple[Decimal, Decimal, Decimal]:
        """The number in the middle of all but one, the smallest and the largest of these."""
        at, last = bisect_left(self.numbers, one), len(self.numbers) - 2

        def other(number: int) -> Decimal:
            return self.numbers[number if number < at else number + 1]

        return (other(last // 2) + other((last + 1) // 2)) / 2, other(0), other(last)


def same_agency(cases: Sequence[Case]) -> Iterator[tuple[Case, Outcome]]:
    """G-SAME: every number that could differ is another agency's of this year."""
    alike: dict[tuple[int | None, ...], list[Case]] = defaultdict(list)
    for case in cases:
        alike[tuple(case.submission.readings[i.index].number for i in flows(case))].append(case)
    for numbers, group in alike.items():
        count = sum(bool(number) for number in numbers)
        for case in group:
            if None in numbers:
                yield case, UNDECIDED
            elif count < case.limit("cells"):
                yield case, PASSED
            elif twins := [other for other in group if other is not case and not related(case, other)]:
                names = "、".join(f"“{other.submission.identity.name}”" for other in twins[:NAMED_AT_MOST])
                more = f"等 {len(twins)} 家" if len(twins) > NAMED_AT_MOST else ""
                yield (
                    case,
                    case.fails(
                        f"{count} 个不为 0 的数，连同其余为 0 的数，与{names}{more}{case.background.last.kind.this}的完全相同"
                    ),
                )
            else:
                yield case, PASSED


def of_their_kind(cases: Sequence[Case]) -> Peers:
    """The cases by the kind and the scope of their agency; a kind that the roster does not name is no kind."""
    kinds: Peers = defaultdict(list)
    for case in cases:
        if case.agency and case.agency.category:
            kinds[case.agency.category, case.submission.identity.scope or case.agency.scope].append(case)
    return kinds


def each_number(
    cases: Sequence[Case], judge: Callable[[Case, Item, Decimal, Crowd], Outcome]
) -> Iterator[tuple[Case, Outcome]]:
    """Every number that the rule names against those above 0 of the agency's kind, where there are enough."""
    for group in of_their_kind(cases).values():
        numbers: dict[int, list[Decimal]] = defaultdict(list)
        for case in group:
            for item, now, _ in case.items():
                numbers[item.index] += [now] if now else []
        crowds = {index: Crowd(tuple(sorted(found))) for index, found in numbers.items()}
        for case in group:
            for item, now, _ in case.items():
                if now is None or len(crowds[item.index].numbers) < case.limit("peers"):
                    yield case, UNDECIDED
                else:
                    yield case, judge(case, item, now, crowds[item.index]) if now else PASSED


def outlier(cases: Sequence[Case]) -> Iterator[tuple[Case, Outcome]]:
    """G-OUTLIER: many robust deviations from the median of its kind on a logarithmic scale, and far in absolute
    terms."""
    return each_number(cases, outlying)


def outlying(case: Case, item: Item, now: Decimal, crowd: Crowd) -> Outcome:
    """One number among those of its kind, its own included."""
    usual, far = crowd.usual, float(case.limit("deviations")) * crowd.spread
    if abs(log(now) - crowd.middle) < far or abs(now - usual) < case.limit("least"):
        return PASSED
    kind = case.agency.category if case.agency else ""
    where = "远高于" if now > usual else "远低于"
    said = f"{case.place(item)}填 {now:f}，{where}同类（{kind}）{len(crowd.numbers)} 家的中位数 {usual.normalize():f}"
    return case.fails(said, [item])


def unit_of_peers(cases: Sequence[Case]) -> Iterator[tuple[Case, Outcome]]:
    """T2-UNIT where last year is unknown: outside all others of its kind, and among them in the other unit."""
    return each_number([case for case in cases if not case.before], among_peers)


def among_peers(case: Case, item: Item, now: Decimal, crowd: Crowd) -> Outcome:
    """One number among those of its kind: far outside them as filed, and among them in the other unit."""
    usual, low, high = crowd.others(now)
    meant = other_unit(now, usual, case.limit("factor"), case.limit("near"))
    if meant is None or not low <= meant <= high or low / BEYOND <= now <= high * BEYOND:
        return PASSED
    return off_by(case, item, now, meant, f"同类 {len(crowd.numbers) - 1} 家的中位数为 {usual.normalize():f}")


OF_MANY: dict[str, Callable[[Sequence[Case]], Iterator[tuple[Case, Outcome]]]] = {
    "same_agency": same_agency,
    "row_others": row_others,
    "outlier": outlier,
    "unit": unit_of_peers,
    "level": level,
    "child": child,
    "whole": whole,
}
OF_PARTS = ("level", "whole")
"""What is asked of a whole beside what lower levels passed on, which is nobody's peer here and whose problems are theirs."""


def compare_agencies(
    filings: Sequence[Filing], excluded: frozenset[str], rulebook: Rulebook, last: LastYear, roster: Roster
) -> list[Filing]:
    """Every filing with what is to be said of it beside the others that count; ``excluded`` are the paths of those that
    a reviewer does not let count."""
    background = Background(rulebook, last, roster)
    counting = [n for n, f in enumerate(filings) if f.behind is None and f.source.path not in excluded]
    own = {n for n in counting if not filings[n].submission.relay}
    told = {n: filings[n].checked for n in counting}
    for rule in rulebook.form.rules:
        if rule.kind in OF_MANY:
            cases = {
                n: Case(rule, checked, background) for n, checked in told.items() if n in own or rule.kind in OF_PARTS
            }
            found: dict[int, list[Outcome]] = {n: [] for n in told}
            number = {id(case): n for n, case in cases.items()}
            for case, outcome in OF_MANY[rule.kind](list(cases.values())):
                found[number[id(case)]].append(outcome)
            told = {n: with_outcomes(checked, rule, found[n]) for n, checked in told.items()}
    return [replace(filing, checked=told[n]) if n in told else filing for n, filing in enumerate(filings)]
