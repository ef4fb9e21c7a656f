"""Reorganised: what last year holds of agencies whose regions were merged, or whose code of then two agencies claim.

Where a region has several former codes, nobody knows by a code whose agency it was: its agencies are known by their names,
several of one name added up. Last year's number of an agency that was split cannot be told apart, so it is nobody's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.intake.relay import JOINT, own_name
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.intake.turnout import first_of
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.text import squash

NAMED_AT_MOST = 3


def reorganised(roster: Roster, last: LastYear) -> tuple[Roster, LastYear]:
    """The roster with the codes of last year that its agencies are to be known by, and last year with what is to be said of
    that and the codes that are somebody's."""
    claimed = frozenset(code for agency in roster.agencies for code in agency.former)
    if not last.known:
        return roster, replace(last, claimed=claimed)
    now = {agency.code: agency for agency in roster.agencies}
    merged = [Merged(region, roster, last) for region in roster.agencies if len(region.former) > 1]
    for one in merged:
        now |= one.found(claimed)
    split = list(unclaimed(now, last))
    words = [*filter(None, (one.words(now) for one in merged)), *split]
    claimed = claimed.union(*(agency.former for agency in now.values()))
    agencies = tuple(now[agency.code] for agency in roster.agencies)
    return replace(roster, agencies=agencies), replace(last, claimed=claimed, doubts=(*last.doubts, *words))


class Merged(Struct, frozen=True, dict=True):
    """A region that was several, with its agencies of this year and what last year holds below its former codes."""

    region: Agency
    roster: Roster
    last: LastYear

    @cached_property
    def agencies(self) -> list[Agency]:
        """Those that it passed on."""
        below = self.roster.below.get(self.region.code, ())
        return [one for one in below if one.code.startswith(self.under(self.region.code))]

    @cached_property
    def olds(self) -> dict[str, str]:
        """The codes of last year below its former ones, each with the name of then."""
        before = tuple(map(self.under, self.region.former))
        return {code: self.last.names.get(code, "") for code in self.last.values if code.startswith(before)}

    def under(self, code: str) -> str:
        """What the codes of a region's agencies begin with."""
        above = (one.code or one.name for one in self.roster.above(self.region)[::-1])
        return JOINT.join([*above, code, ""])

    def bare(self, name: str) -> str:
        """An agency's name without that of its region, of now or of then."""
        then = {name.partition("·")[0] for name in self.olds.values() if "·" in name}
        regions = frozenset({self.region.name, *self.region.aliases, *then})
        alone = own_name(name, regions)
        return squash(next((alone.removeprefix(r) for r in regions if alone.startswith(r) and alone != r), alone))

    def found(self, claimed: frozenset[str]) -> dict[str, Agency]:
        """The agencies that nobody told of, with the codes of those that were called so, one in each former region."""
        called: dict[str, list[str]] = {}
        for code, name in self.olds.items():
            if code not in claimed:
                called.setdefault(self.bare(name), []).append(code)
        names = Counter(self.bare(one.name) for one in self.agencies)
        found = {}
        for agency in self.agencies:
            codes = called.get(name := self.bare(agency.name), [])
            regions = {code.rpartition(JOINT)[0] for code in codes}
            if not agency.former and names[name] == 1 and len(regions) == len(codes) > 0:
                found[agency.code] = replace(agency, former=tuple(codes))
        return found

    def words(self, now: Mapping[str, Agency]) -> str:
        """What was not found, where last year holds somebody that it may have been; empty where all is well."""
        known = {code for agency in now.values() for code in agency.former}
        left = [f"{code} {name}".strip() for code, name in self.olds.items() if code not in known]
        lost = [one for one in self.agencies if not now[one.code].former]
        if not left or not lost:
            return ""
        return (
            f"“{self.region.name}”由 {'、'.join(self.region.former)} 合并，所属按名称与上年对上 {len(self.agencies) - len(lost)} 家，"
            f"没有对上 {len(lost)} 家（{first_of(tuple(one.name for one in lost), NAMED_AT_MOST)}），上年的数未知；上年的 {first_of(tuple(left), NAMED_AT_MOST)}没有对应的单位："
            f"请它在名录的“原代码”写上（如 {left[0].partition(' ')[0]}），重新汇总再报。"
        )


def unclaimed(now: dict[str, Agency], last: LastYear) -> Iterator[str]:
    """Takes away what several claim, but for the only one that is still called so; says whose it is not."""
    claimants: dict[str, list[Agency]] = {}
    for agency in now.values():
        for code in agency.former:
            claimants.setdefault(code, []).append(agency)
    for code, several in claimants.items():
        if len(several) > 1 and code in last.values:
            then = own_part(last.names.get(code, ""))
            called = [one for one in several if own_part(one.name) == then]
            keeps = called[0].code if len(called) == 1 else ""
            now |= {one.code: replace(one, former=()) for one in several if one.code != keeps}
            if not keeps:
                names = first_of(tuple(one.name for one in several), NAMED_AT_MOST)
                yield f"上年的 {code} 是 {len(several)} 家（{names}）的原代码：拆分的单位上年的数分不开，这几家的上年数未知。"


def own_part(name: str) -> str:
    """A name without what was put in front of it."""
    return squash(name.rpartition("·")[2])
