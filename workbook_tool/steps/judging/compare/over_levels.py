"""Consolidated reports and their own parts: three scopes that must never be added together (domain, §1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.locations import whole_place
from workbook_tool.steps.judging.compare.case import PASSED, UNDECIDED, Case, Outcome

NAMED_AT_MOST, TOLD_AT_MOST = 3, 9
"""So many agencies, and so many further cells, one sentence names."""
LEAST_DECIMALS = 2


def above(case: Case) -> list[str]:
    """The codes of the agencies above one in the roster, the nearest first."""
    return [agency.code for agency in case.background.roster.above(case.agency)] if case.agency else []


def code(case: Case) -> str:
    """The code of the agency; empty where it is not known."""
    return case.agency.code if case.agency else ""


def is_whole(case: Case) -> bool:
    """Whether the cover, or else the roster, says that this is a consolidated report, which somebody made and sent."""
    if case.submission.relay:
        return False
    scope = case.submission.identity.scope or (case.agency.scope if case.agency else "")
    return bool(scope) and scope == case.rule.scope


def parts_of(whole: Case, cases: Sequence[Case]) -> list[Case]:
    """The filings of the agencies below this one, however deep."""
    return [part for part in cases if code(whole) in above(part)]


def related(one: Case, other: Case) -> bool:
    """Whether one of the two stands above the other."""
    return code(one) in above(other) or code(other) in above(one)


def direct_parts(whole: Case) -> list[Agency]:
    """The agencies right below this one that must report for its year."""
    period = whole.submission.identity.period
    below = whole.background.roster.below.get(code(whole), ())
    return [agency for agency in below if period is None or agency.due(period, whole.form.id)]


def level(cases: Sequence[Case]) -> Iterator[tuple[Case, Outcome]]:
    """G-LEVEL: a consolidated report beside its own parts. Which of them counts is said once that is decided."""
    for case in filter(is_whole, cases):
        parts = parts_of(case, cases)
        names = "、".join(f"“{part.submission.identity.name}”" for part in parts[:NAMED_AT_MOST])
        more = f"等 {len(parts)} 家" if len(parts) > NAMED_AT_MOST else ""
        if parts:
            yield case, case.fails(f"报告口径为“{case.rule.scope}”，它所包含的{names}{more}也单独报送")
        else:
            yield case, PASSED if direct_parts(case) else UNDECIDED


def child(cases: Sequence[Case]) -> Iterator[tuple[Case, Outcome]]:
    """G-CHILD: a part above its whole; one finding for a part, at the first number."""
    for whole in filter(is_whole, cases):
        for part in parts_of(whole, cases):
            yield part, within(part, whole)


def within(part: Case, whole: Case) -> Outcome:
    """A part beside its whole: no number of it may be larger, as far as both are published to the same digit."""
    larger: list[Item] = []
    for item in (item for item in part.form.items if item.added and not item.negative):
        own, all_of_it = (c.submission.readings[item.index].number for c in (part, whole))
        if own is not None and all_of_it is not None and own > all_of_it and not same_published(item, own, all_of_it):
            larger.append(item)
    if not larger:
        return PASSED
    first = larger[0]
    mine, theirs = part.submission.number(first), whole.submission.number(first)
    assert mine is not None
    assert theirs is not None
    more = f"，另有 {len(larger) - 1} 个数也是如此" if len(larger) > 1 else ""
    name = whole.submission.identity.name
    said = f"{part.place(first)}填 {mine:f}，大于包含它的“{name}”的 {theirs:f}，多 {mine - theirs:f}{more}"
    return part.fails(said, [first], theirs)


def same_published(item: Item, one: int, other: int) -> bool:
    """Whether two figures are the same as far as the one with fewer decimals says: 5949.09 and 5949.088667 are.

    Trailing zeros are lost when a figure is typed, so it is never taken to say less than two decimals (or all that its item
    has); counts are exact.
    """
    digits = min(max(LEAST_DECIMALS, decimals(item, number)) for number in (one, other))
    unit = 10 ** max(0, item.decimals - digits)
    return rounded(one, unit) == rounded(other, unit)


def decimals(item: Item, number: int) -> int:
    """How many decimals a figure is written with."""
    exponent = as_decimal(number, item).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def rounded(number: int, unit: int) -> int:
    """The number in whole units, halves up."""
    return (2 * number + unit) // (2 * unit)


def whole(cases: Sequence[Case]) -> Iterator[tuple[Case, Outcome]]:
    """G-SUM: a consolidated report against the sum of its parts, once all that are due have filed."""
    for case in filter(is_whole, cases):
        due = [a.code for a in direct_parts(case)]
        parts = [part for part in cases if code(part) in due]
        yield case, summed(case, parts) if due and len(parts) == len(due) else UNDECIDED


def summed(case: Case, parts: Sequence[Case]) -> Outcome:
    """A whole beside the sum of its parts; undecided where a number is missing and no other is wrong."""
    wrong: list[tuple[Item, int, int]] = []
    unknown = False
    for item in (item for item in case.form.items if item.added):
        own, *theirs = (c.submission.readings[item.index].number for c in (case, *parts))
        known = [number for number in theirs if number is not None]
        if own is None or len(known) < len(theirs):
            unknown = True
        elif not same_published(item, own, sum(known)):
            wrong.append((item, own, sum(known)))
    if not wrong:
        return UNDECIDED if unknown else PASSED
    first, own, due = wrong[0]
    filed, expected = as_decimal(own, first), as_decimal(due, first)
    off = f"{'多' if own > due else '少'} {abs(filed - expected):f}"
    said = f"{case.place(first)}填 {filed:f}，所属 {len(parts)} 家之和为 {expected:f}，{off}{made_of(first, parts)}"
    others = [
        f"{case.place(item)}填 {as_decimal(own, item):f}，之和 {as_decimal(due, item):f}{made_of(item, parts)}"
        for item, own, due in wrong[1 : TOLD_AT_MOST + 1]
    ]
    rest = f"；还有 {len(wrong) - 1 - len(others)} 个数" if len(wrong) - 1 > len(others) else ""
    more = f"，另有 {len(wrong) - 1} 个数也不相符：{'；'.join(others)}{rest}" if others else ""
    return case.fails(f"{said}{more}", [first], expected)


def made_of(item: Item, parts: Sequence[Case]) -> str:
    """``（甲局 表三!D12 8，乙局 表三!D12 9）``: the largest parts of a sum, with the cells of their own files."""
    made = [(n, part) for part in parts if (n := part.submission.readings[item.index].number)]
    largest = sorted(made, key=lambda one: -one[0])[:NAMED_AT_MOST]
    told = [f"{part.submission.identity.name} {at(part, item)} {as_decimal(n, item):f}" for n, part in largest]
    return f"（{'，'.join(told)}{' 等' if len(made) > len(told) else ''}）" if told else ""


def at(part: Case, item: Item) -> str:
    """Where a number stands in the agency's own file."""
    where = part.submission.where([item])
    return whole_place(where.sheet, where.cells)
