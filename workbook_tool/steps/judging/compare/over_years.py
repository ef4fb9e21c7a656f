"""A filing against its own agency's last year, and against what the roster says that the agency may do.

All from practice (P): true, or explained. Numbers are compared exactly, as fractions.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from workbook_tool.model.form.constraints import PREVIOUS
from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.steps.judging.compare.case import PASSED, UNDECIDED, Case, Outcome, flows


def spike(case: Case) -> Iterator[Outcome]:
    """Y-SPIKE: further from last year's value than both an absolute and a relative limit."""
    least, share = case.limit("least"), case.limit("share")
    for item, now, before in case.items():
        if now is None or before is None:
            yield UNDECIDED
        elif abs(Fraction(now) - Fraction(before)) < max(Fraction(least), Fraction(share) * Fraction(before)):
            yield PASSED
        else:
            off = "多" if now > before else "少"
            size = f"（{abs(now - before) / before:.0%}）" if before and now else ""
            yield case.fails(
                f"{case.place(item)}填 {now:f}，{case.background.last.word}为 {before:f}，{off} {abs(now - before):f}{size}",
                [item],
            )


def zero(case: Case) -> Iterator[Outcome]:
    """Y-ZERO: something became nothing, or the reverse."""
    least = case.limit("least")
    for item, now, before in case.items():
        if now is None or before is None:
            yield UNDECIDED
        elif (now == 0 and before >= least) or (before == 0 and now >= least):
            yield case.fails(f"{case.place(item)}填 {now:f}，{case.background.last.word}为 {before:f}", [item])
        else:
            yield PASSED


def same_year(case: Case) -> Iterator[Outcome]:
    """Y-SAME: every number that could differ is last year's."""
    pairs = [(case.submission.readings[i.index].number, case.before.get(i.index)) for i in flows(case)]
    if any(now is not None and before is not None and now != before for now, before in pairs):
        yield PASSED
    elif any(now is None or before is None for now, before in pairs):
        yield UNDECIDED
    elif (count := sum(bool(now) for now, _ in pairs)) < case.limit("cells"):
        yield PASSED
    else:
        yield case.fails(f"{count} 个不为 0 的数，连同其余为 0 的数，与{case.background.last.called}完全相同")


def same_period(case: Case) -> Iterator[Outcome]:
    """P-SAME: everything that is filed, and what is left blank, is that of the period before."""
    previous = case.background.last.previous
    before = {i.index: case.before.get(PREVIOUS + i.index) for i in flows(case)}
    now = {index: case.submission.readings[index].number for index in before}
    if previous is None or not any(before.values()):
        yield UNDECIDED
    elif now != before or (count := sum(map(bool, now.values()))) < case.limit("cells"):
        yield PASSED
    else:
        said = f"{count} 个不为 0 的数，连同其余各格，与{previous.period.kind.before}（{previous.period.spaced}）报的完全相同"
        yield case.fails(said)


def unit(case: Case) -> Iterator[Outcome]:
    """T2-UNIT: last year's value times or through the factor, nearly. Peers judge where last year is unknown."""
    factor, near = case.limit("factor"), case.limit("near")
    for item, now, before in case.items():
        if now is None or before is None:
            yield UNDECIDED
        elif meant := other_unit(now, before, factor, near):
            yield off_by(case, item, now, meant, f"{case.background.last.word}为 {before:f}")
        else:
            yield PASSED


def other_unit(now: Decimal, usual: Decimal, factor: Decimal, near: Decimal) -> Decimal | None:
    """What was meant, where a number is about ``factor`` times the usual one, or a ``factor``-th of it."""
    if not now or not usual:
        return None
    ratio, bound = (
        Fraction(now) / Fraction(usual),
        (Fraction(factor) / Fraction(near), Fraction(factor) * Fraction(near)),
    )
    if bound[0] <= ratio <= bound[1]:
        return now / factor
    return now * factor if bound[0] <= 1 / ratio <= bound[1] else None


def off_by(case: Case, item: Item, now: Decimal, meant: Decimal, usual: str) -> Outcome:
    """The finding for a number in another unit."""
    exact = meant == round(meant, item.decimals)
    shown = as_decimal(int(meant.scaleb(item.decimals)), item) if exact else None
    times = f"{case.limit('factor'):f}"
    said = f"约为其 {times} 倍" if meant < now else f"约为其 {times} 分之一"
    unit = item.block.unit
    hint = f"；单位应为{unit}" + (f"，是否应为 {shown:f}" if shown is not None else "")
    return case.fails(f"{case.place(item)}填 {now:f}，{usual}，{said}{hint}", [item], shown)


def power(case: Case) -> Iterator[Outcome]:
    """T2-POW: what only an agency with the power to can have done (the roster says who has it; blank is unknown)."""
    items = [(item, now) for item, now, _ in case.items()]
    if case.agency is None or case.agency.empowered is None:
        yield UNDECIDED
    elif filed := [] if case.agency.empowered else [item for item, now in items if now]:
        numbers = "、".join(f"{item.column_name} {case.submission.number(item):f}" for item in filed)
        first = filed[0]
        place = f"{first.table.name}「{first.row_label}」{case.submission.where(filed).in_file}"
        yield case.fails(f"{place}填了{numbers}，名录写明没有制定权", filed, Decimal(0) if len(filed) == 1 else None)
    elif not case.agency.empowered and any(now is None for _, now in items):
        yield UNDECIDED
    else:
        yield PASSED
