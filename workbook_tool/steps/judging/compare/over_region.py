"""The region against its own last year (G-CARRY, from practice): a note about no single agency."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workbook_tool.model.form.constraints import PREVIOUS
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.agency import ACCEPTED, AgencyRecord, FiledAgency
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.workbook.result import Region
from workbook_tool.model.workbook.sums import RuleCount

NAMED_AT_MOST = 5


class Carry(Struct, frozen=True):
    """What the agencies with numbers of both years carried over into one item, and what they had left open."""

    item: Item
    source: Item
    pairs: tuple[tuple[str, int, int], ...]

    @property
    def now(self) -> int:
        """What they carried over this year, in the smallest unit."""
        return sum(now for _, now, _ in self.pairs)

    @property
    def before(self) -> int:
        """What they had left open last year, in the smallest unit."""
        return sum(before for _, _, before in self.pairs)


def compare_region(
    name: str, agencies: Sequence[AgencyRecord], rulebook: Rulebook, last: LastYear, roster: Roster
) -> Region:
    """The region of this name beside its last year."""
    accepted = with_last_year(agencies, last, roster)
    form, findings = rulebook.form, list[Finding]()
    counts: dict[str, RuleCount] = {}
    for rule in form.rules:
        carries = carried(form, accepted, last) if rule.kind == "region_carry" else []
        decided = [carry for carry in carries if carry.pairs]
        off = [carry for carry in decided if carry.now != carry.before]
        if off:
            findings.append(region_finding(off, rule, rulebook))
        if carries and last.known:
            counts[rule.id] = RuleCount(rule.id, len(decided) - len(off), len(off), len(carries) - len(decided))
    return Region(name, tuple(findings), counts)


def with_last_year(agencies: Sequence[AgencyRecord], last: LastYear, roster: Roster) -> list[FiledAgency]:
    """Those whose numbers were accepted; and each whole whose parts were, where last year knows it and none of them: a region
    that sent one form then, and passes its agencies on now."""
    filed = [record for record in agencies if isinstance(record, FiledAgency)]
    accepted = [record for record in filed if record.state in ACCEPTED]
    known = {above.name for one in accepted if last.of(one.agency) for above in roster.above(one.agency)}
    wholes = [one for one in filed if one.file.covered and one.file.covered.by_parts and one.agency.name not in known]
    return [*accepted, *(one for one in wholes if last.of(one.agency))]


def carried(form: Form, records: Sequence[FiledAgency], last: LastYear) -> list[Carry]:
    """Every item that repeats one of last year, over the agencies that have both."""
    found = []
    for constraint in form.constraints:
        if constraint.carried is None or constraint.carried >= PREVIOUS:
            continue
        pairs = []
        for record in records:
            now = record.file.submission.readings[constraint.at].number
            before = last.of(record.agency).get(constraint.carried)
            if now is not None and before is not None:
                pairs.append((record.agency.name, now, before))
        found.append(Carry(form.items[constraint.at], form.items[constraint.carried], tuple(pairs)))
    return found


def region_finding(off: Sequence[Carry], rule: Rule, rulebook: Rulebook) -> Finding:
    """One finding for all columns, with the agencies that make the difference; the figures are those of the last."""
    carry = off[-1]
    told = "；".join(carry_words(one, rulebook.form.period.year_ago) for one in off)
    item, place = carry.item, f"{carry.item.table.name}「{carry.item.row_label}」"
    gaps = [(name, now - before) for name, now, before in carry.pairs if now != before]
    names = "、".join(f"{name} {as_decimal(gap, item):+f}" for name, gap in gaps[:NAMED_AT_MOST])
    more = f" 等 {len(gaps)} 家" if len(gaps) > NAMED_AT_MOST else ""
    said = f"{place}，{rulebook.form.period.both}数的 {len(carry.pairs)} 家合计：{told}。差在 {names}{more}。"
    filed, expected = as_decimal(carry.now, item), as_decimal(carry.before, item)
    columns = "、".join(one.item.column_label for one in off)
    where = Where(item.table.name, item.row_label, columns, item=item.index)
    return rulebook.finding(rule, said, where, filed=filed, expected=expected)


def carry_words(carry: Carry, year_ago: str) -> str:
    """``列甲 12，上年「行」15，少 3``."""
    now, before = as_decimal(carry.now, carry.item), as_decimal(carry.before, carry.source)
    off = f"{'多' if now > before else '少'} {abs(now - before):f}"
    return f"{carry.item.column_name} {now:f}，{year_ago}「{carry.source.row_name}」{before:f}，{off}"
