"""Consolidate: the totals of the region, exact, in layers; and how often each rule spoke."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.ratios import again, parts_of
from workbook_tool.model.form.rules import Verdict
from workbook_tool.model.season.agency import AgencyState, FiledAgency
from workbook_tool.model.season.filing import Checked
from workbook_tool.model.workbook.result import Judged
from workbook_tool.model.workbook.sums import GroupTotal, Layer, RuleCount, Totals


def consolidate(judged: Judged) -> Totals:
    """What was judged, added up."""
    form, added, passed = judged.form, judged.added, judged.accepted
    held = [record for record in passed if record.state is AgencyState.HELD]
    rules = rule_counts(form, [record.file.checked for record in judged.filed])
    parents, kinds = by_parent(judged), by_category(judged)
    return Totals(layer(form, passed), layer(form, held), layer(form, added), rules, parents, kinds)


def by_parent(judged: Judged) -> tuple[GroupTotal, ...]:
    """What passed below each agency that others stand below, in roster order, then without any; nothing where the roster
    has one level only."""
    roster, form, found = judged.run.roster, judged.form, dict[str, list[FiledAgency]]()
    within: dict[str, str] = {}
    for record in judged.accepted:
        way = [agency.name for agency in roster.above(record.agency)]
        for name in way or [""]:
            found.setdefault(name, []).append(record)
        within |= dict(pairwise(way))
    order = [agency.name for agency in roster.agencies if agency.name in found]
    named = [
        GroupTotal(name, layer(form, found[name]), tuple(one for one in order if within.get(one) == name))
        for name in order
    ]
    rest = [GroupTotal("", layer(form, found[""]))] if "" in found else []
    return (*named, *rest) if named else ()


def by_category(judged: Judged) -> tuple[GroupTotal, ...]:
    """What passed of each kind of agency, in roster order, those of no kind last; nothing where there is only one."""
    found: dict[str, list[FiledAgency]] = {}
    for record in sorted(judged.accepted, key=lambda record: not record.agency.category):
        found.setdefault(record.agency.category, []).append(record)
    told = tuple(GroupTotal(name, layer(judged.form, records)) for name, records in found.items())
    return told if len(told) > 1 else ()


def layer(form: Form, records: Sequence[FiledAgency]) -> Layer:
    """Sums over these agencies. Python integers: exact however many there are. What a ratio lacks is what its parts do."""
    numbers = [[r.number for r in record.file.submission.readings] for record in records]
    columns = list(zip(*numbers, strict=True)) if numbers else [()] * len(form.items)
    sums = [
        sum(n for n in column if n is not None) if i.added else None
        for i, column in zip(form.items, columns, strict=True)
    ]
    missing = [sum(n is None for n in column) if i.added else 0 for i, column in zip(form.items, columns, strict=True)]
    for index, derived in form.ratios.items():
        missing[index] = max((missing[part] for part in parts_of(derived)), default=0)
        sums[index] = again(derived, form, sums.__getitem__) if records else None
    return Layer(len(records), tuple(sums), tuple(missing))


def rule_counts(form: Form, filings: Sequence[Checked]) -> tuple[RuleCount, ...]:
    """How often each rule passed, failed and stayed undecided over all filings."""
    return tuple(
        RuleCount(rule.id, *(sum(f.verdicts.get(rule.id, {}).get(v, 0) for f in filings) for v in Verdict))
        for rule in form.rules
    )
