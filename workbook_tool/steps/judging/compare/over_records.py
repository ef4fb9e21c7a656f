"""Records that stand in the lists of several agencies: for the reviewer alone, who asks which of them the case is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from workbook_tool.model.form.register import Register
from workbook_tool.model.form.rules import Verdict
from workbook_tool.model.intake.records import Record, key_of, spot_of
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.steps.judging.compare.case import PASSED, Case, Outcome

ONE_BY_ONE, NAMED_AT_MOST = 6, 5

Shared = dict[str, list[tuple[Case, Record]]]
"""By the fingerprint of a record, in whose list and where it stands."""


def row_others(cases: Sequence[Case]) -> Iterator[tuple[Case, Outcome]]:
    """L-OTHERS: a record with the key of one in another agency's list. Of a list without key nothing is said."""
    for register in cases[0].form.registers if cases else ():
        if not register.key:
            continue
        there: Shared = defaultdict(list)
        for case in cases:
            for record in records_of(case, register):
                there[key_of(register, record)].append((case, record))
        yield from of_register(cases, register, there)


def records_of(case: Case, register: Register) -> Iterator[Record]:
    """The records of a list whose key is known."""
    places = [register.places[id] for id in register.key]
    for one in case.submission.lists:
        if one.register == register.id:
            yield from (r for r in one.records if all(r.values[n] is not None for n in places))


def of_register(cases: Sequence[Case], register: Register, there: Shared) -> Iterator[tuple[Case, Outcome]]:
    """What is to be said of one list, agency by agency."""
    twins: dict[int, list[tuple[Record, list[Case]]]] = defaultdict(list)
    for group in there.values():
        owners = list({id(case): case for case, _ in group}.values())
        for case, record in group if len(owners) > 1 else ():
            twins[id(case)].append((record, [other for other in owners if other is not case]))
    for case in cases:
        found = twins.get(id(case), [])
        groups = [[one] for one in found] if len(found) <= ONE_BY_ONE else [found]
        yield from ((case, (Verdict.FAIL, shared(case, register, group))) for group in groups)
        if not found:
            yield case, PASSED


def shared(case: Case, register: Register, group: Sequence[tuple[Record, list[Case]]]) -> Finding:
    """The finding for one record, or for many of them."""
    spots = tuple(spot_of(register, record, None, f"{names(others)}也登记了这一件") for record, others in group)
    row = spots[0].name if len(group) == 1 else f"{len(group)} 行"
    where = Where(
        register.name,
        row,
        "",
        spots[0].sheet,
        ",".join(s.cell for s in spots[:ONE_BY_ONE] if s.sheet == spots[0].sheet),
    )
    every = names([other for _, others in group for other in others])
    said = spots[0].said if len(group) == 1 else f"{len(group)} 行在{every}的清单里也有"
    book = case.background.rulebook
    return replace(book.finding(case.rule, f"{register.name}{where.in_file}{said}。", where), records=spots)


def names(cases: Sequence[Case]) -> str:
    """The agencies in a sentence; of many the first ones."""
    told = list(dict.fromkeys(f"“{case.submission.identity.name}”" for case in cases))
    return "、".join(told[:NAMED_AT_MOST]) + (f"等 {len(told)} 家" if len(told) > NAMED_AT_MOST else "")
