"""Resubmit: the versions that each agency sent, what changed between them, and what changed after it had been passed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.judging.correction import Correction, Life
from workbook_tool.model.judging.finding import Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.season.history import History, PastVersion
from workbook_tool.model.season.versions import Chain, ChangedNumber, Version

SHOWN = 3
"""So many changed numbers are named; how many there are is always said."""
Numbers = Mapping[int, int]


def resubmit(
    filings: Sequence[Filing], present: frozenset[str], rulebook: Rulebook, as_of: date, history: History
) -> tuple[list[Filing], tuple[Chain, ...]]:
    """The filings, those that changed what had been passed with a finding that says so before all others; and the
    versions of every agency that has more than one. ``present`` are the bytes that are in the inbox."""
    by_agency: dict[str, list[Filing]] = defaultdict(list)
    for filing in filings:
        by_agency[filing.agency.name].append(filing)
    told, chains = {f.source.path: f for f in filings}, []
    for files in by_agency.values():
        counting = next((f for f in files if f.behind is None), None)
        if counting is None:
            continue
        versions = Versions(rulebook.form, as_of, history, counting.agency, present)
        if chain := versions.told(counting, [f for f in files if f.is_older]):
            told[counting.source.path] = settled = marked(counting, chain, rulebook)
            *earlier, last = chain.versions
            chains.append(replace(chain, versions=(*earlier, replace(last, state=settled.state))))
    return list(told.values()), tuple(sorted(chains, key=lambda chain: (not chain.revised, chain.agency.code)))


class Sent(Struct, frozen=True):
    """One version with what there is to compare: its numbers by item, and the spots of its must-problems."""

    version: Version
    numbers: Numbers
    musts: frozenset[str]
    order: tuple[object, ...]


class Versions(Struct, frozen=True):
    """The versions of an agency, to be put in a row. ``present`` are the bytes that are in the inbox."""

    form: Form
    as_of: date
    history: History
    agency: Agency
    present: frozenset[str]

    def told(self, counting: Filing, older: Sequence[Filing]) -> Chain | None:
        """The versions in their order; None where there is only one."""
        past = self.history.versions.get(self.agency.code, ())
        gone = [self.gone(version) for version in past if version.sha256 not in self.present]
        earlier = sorted((*gone, *map(self.filed, older)), key=lambda sent: sent.order)
        if not earlier:
            return None
        row = [*earlier, self.filed(counting)]
        versions = (row[0].version, *(compared(one, other) for one, other in pairwise(row)))
        approved = last_approved(past)
        if approved is None or approved.sha256 == counting.source.sha256:
            return Chain(self.agency, versions)
        told = {one.item for one in counting.submission.corrections if of_itself(one)}
        revised = changes(self.by_item(approved), counting.submission.as_filed.numbers())
        revised = tuple(change for change in revised if change.item not in told)
        if not revised:
            return Chain(self.agency, versions)
        return Chain(self.agency, versions, approved.path, approved.passed, revised)

    def filed(self, filing: Filing) -> Sent:
        """A version that is in the inbox, in the state that is its own."""
        checked, source = filing.checked, filing.source
        seen = self.history.sighting(source.sha256, self.as_of)
        counts, reason = filing.behind is None, filing.behind.words if filing.behind else ""
        version = Version(source.path, source.sha256, checked.state, seen.day, counts, True, reason)
        musts = self.told_spots(f.spot for f in checked.findings if f.severity is Severity.MUST)
        sent = source.mail.sent.timestamp() if source.mail and source.mail.sent else source.modified
        order = (*seen.order, checked.submission.identity.round, sent, source.path)
        return Sent(version, checked.submission.as_filed.numbers(), musts, order)

    def gone(self, past: PastVersion) -> Sent:
        """A version that only the ledger still has."""
        version = Version(past.path, past.sha256, past.state, past.day, False, False, "已不在收件夹")
        order = (*self.history.sighting(past.sha256, past.day).order, 0, 0.0, past.path)
        return Sent(version, self.by_item(past), self.told_spots(past.musts), order)

    def told_spots(self, spots: Iterable[str]) -> frozenset[str]:
        """Where problems are as people are told them: the blanks of a table are one, so that to fill some of them neither
        mends nor breaks it."""
        blank = self.form.rule_of_kind("blank").id
        parts = ((spot, spot.split("|")) for spot in spots)
        return frozenset("|".join((*own[:2], "", "")) if own[0] == blank else spot for spot, own in parts)

    def by_item(self, past: PastVersion) -> Numbers:
        """Its numbers; those of items that the form no longer has are left out."""
        known = self.form.by_code
        return {known[code].index: number for code, number in past.numbers.items() if code in known}


def of_itself(one: Correction) -> bool:
    """Whether a correction tells by itself why the number is another: it was filed as asked, or otherwise than asked."""
    return one.life in (Life.OTHER, Life.LAPSED) or one.now == one.number


def last_approved(past: Iterable[PastVersion]) -> PastVersion | None:
    """The version that was passed last; one that a reviewer excluded since was passed by mistake."""
    approved = (version for version in past if version.state is not State.EXCLUDED)
    passed = [(version.passed, version.day, version.path, version) for version in approved if version.passed]
    return max(passed, key=lambda one: one[:3])[-1] if passed else None


def compared(before: Sent, sent: Sent) -> Version:
    """A version beside the one before it."""
    differ = changes(before.numbers, sent.numbers)
    fixed, broken = sorted(before.musts - sent.musts), sorted(sent.musts - before.musts)
    again = before.version.state is State.RETURNED and not (differ or fixed or broken)
    return replace(sent.version, changes=differ, unaltered=again, fixed=tuple(fixed), broken=tuple(broken))


def changes(before: Numbers, after: Numbers) -> tuple[ChangedNumber, ...]:
    """The numbers that differ between two versions, in the form's order; None on a side where there is no number."""
    return tuple(
        ChangedNumber(item, before.get(item), after.get(item))
        for item in sorted({*before, *after})
        if before.get(item) != after.get(item)
    )


def marked(filing: Filing, chain: Chain, rulebook: Rulebook) -> Filing:
    """The file with what it changed of the numbers that had been passed, before everything else."""
    form = rulebook.form
    rule = next((rule for rule in form.rules if rule.kind == "revised"), None)
    if not chain.revised or rule is None or filing.submission.relay:  # it is asked where it was filed
        return filing
    submission, revised = filing.submission, chain.revised
    items = [form.items[change.item] for change in revised]
    named = "；".join(change_words(item, change) for item, change in zip(items[:SHOWN], revised, strict=False))
    more = f" 等 {len(revised)} 处" if len(revised) > SHOWN else ""
    sheet = submission.readings[items[0].index].sheet
    here = [reading for item in items if (reading := submission.readings[item.index]).sheet == sheet]
    cells = cells_in(sheet, (reading.place for reading in here if reading.place))
    said = (
        f"“{chain.approved}”在 {chain.approved_on} 的汇总中已通过，之后报来的“{filing.source.path}”"
        f"又改了：{named}{more}。"
    )
    finding = rulebook.finding(rule, said, Where(sheet=sheet, cells=cells))
    return replace(filing, checked=replace(filing.checked, findings=(finding, *filing.checked.findings)))


def change_words(item: Item, change: ChangedNumber) -> str:
    """``甲「红」×「大」由 12 改为 15``."""
    before, after = (
        "空白" if number is None else f"{as_decimal(number, item):f}" for number in (change.before, change.after)
    )
    return f"{item.label}由 {before} 改为 {after}"
