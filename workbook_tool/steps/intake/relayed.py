"""Relayed: the result of a lower level becomes filings: one for each agency whose numbers it passed on, and its own sum.

They enter where filings do, each leading to region, agency, file, sheet and cell; what the lower level judged is not judged
again. Nothing is believed that does not fit the form, the roster and the result's own manifest.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.model.errors import Unreadable
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.period import Period, as_period
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.model.intake.relay import JOINT, Relay
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Identity, Reading, ReadingState, Submission
from workbook_tool.model.intake.turnout import Turnout
from workbook_tool.model.locations import places_of
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.regex import regex
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.last_year import LARGEST
from workbook_tool.model.text import squash
from workbook_tool.model.workbook.manifest import Published, PublishedAgency

Row = Mapping[str, str]
"""A row of values.csv by its headings."""
FIGURE = regex(r"-?\d{1,18}(\.\d{1,9})?")
BLANK = Reading(ReadingState.BLANK)
DAMAGED = "不是程序写出的样子，没有计入；请在下级重新汇总后再报"
SOURCE = "下级汇总结果"
MOST_COUNTED = 10**6
"""More agencies, levels or problems than any region has."""


class Passed(Struct):
    """The numbers of one agency for one form and period, as a lower level passes them on."""

    agency: str
    regions: tuple[str, ...]
    file: str
    readings: dict[int, Reading] = field(default_factory=dict)


class LowerLevel(Struct, frozen=True, dict=True):
    """A lower level's result that is being taken in: the file that holds it, what its manifest tells, whose it is, and the
    forms with the periods (None: any) that are wanted here."""

    source: SourceFile
    told: Published
    region: Agency
    roster: Roster
    wanted: Sequence[tuple[Form, Period | None]]

    @cached_property
    def forms(self) -> dict[str, Form]:
        """The forms that are wanted, by id."""
        return {form.id: form for form, _ in self.wanted}

    @cached_property
    def items(self) -> dict[tuple[str, str, str, str], Item]:
        """Every number of these forms by the form and by its labels, the former ones too."""
        return {(form.id, *labels): item for form in self.forms.values() for labels, item in form.by_labels.items()}

    @cached_property
    def standing(self) -> dict[tuple[str, str, str], PublishedAgency]:
        """Where each agency stood, by form, period and code."""
        return {(one.form, one.period, one.code): one for one in self.told.agencies}

    def opened(self, rows: Iterable[Row], beside: tuple[FileRecord, ...]) -> Opened | FileRecord:
        """The container with the filings that came in it. Raises Unreadable where it is not what our program writes."""
        passed, aside = self.gathered(rows)
        if not passed:
            periods = "、".join(dict.fromkeys(f"{form} {period}" for form, period in aside))
            nothing = f"里面只有别的表或别的时间的数（{periods}）" if periods else "里面没有一个已通过的数"
            reason = f"是“{self.region.name}”的汇总结果（{self.told.run}），{nothing}，没有计入"
            return FileRecord(self.source, State.FOREIGN, reason, self.region)
        members: list[Submission | FileRecord] = []
        for form, period in dict.fromkeys((form, period) for form, period, _ in passed):
            own = {code: one for (*about, code), one in passed.items() if (form, period) == tuple(about)}
            members += self.filings(form, period, own)
        more = f"；另有别的表或别的时间的 {sum(aside.values())} 个数，没有用" if aside else ""
        said = f"“{self.region.name}”的汇总结果（{self.told.run}），转来 {len(passed)} 家的数{more}"
        record = FileRecord(self.source, State.CONTAINER, said, self.region)
        return Opened(record, (*members, *beside))

    def gathered(self, rows: Iterable[Row]) -> tuple[dict[tuple[str, str, str], Passed], Counter[tuple[str, str]]]:
        """The numbers by form, period and agency's code, and how many there are of forms and periods that are not wanted."""
        passed: dict[tuple[str, str, str], Passed] = {}
        aside: Counter[tuple[str, str]] = Counter()
        wants = cache(self.wants)
        for number, row in enumerate(rows, 2):
            if "form" not in row:
                raise damaged(number, "由旧版程序写出，没有 form 一列")
            form, period, code = row["form"], row.get("period", ""), row.get("agency_code", "")
            if not wants(form, period):
                aside[form, period] += 1
                continue
            item = self.items.get((form, row.get("table", ""), row.get("row", ""), row.get("column", "")))
            if item is None:
                raise Unreadable(f"values.csv 第 {number} 行不是《{self.forms[form].title}》的数，{DAMAGED}")
            one = passed.get((form, period, code))
            if one is None:
                one = passed[form, period, code] = self.whose(row, number)
            if item.index in one.readings:
                raise damaged(number, "同一个数出现了两次")
            one.readings[item.index] = self.reading(row, item, number)
        return passed, aside

    def wants(self, form: str, period: str) -> bool:
        """Whether numbers of this form and period are judged here: of a yearly form only those of the reported year."""
        found = next((reported for one, reported in self.wanted if one.id == form), None)
        if form not in self.forms or (told := as_period(period)) is None:
            return False
        kind = self.forms[form].period
        return told.kind is kind and (found is None or told == found or kind is not kind.YEAR)

    def whose(self, row: Row, number: int) -> Passed:
        """The agency that a row is about, and its way to the region."""
        code = row.get("agency_code", "")
        if (row["form"], row.get("period", ""), code) not in self.standing:
            raise damaged(number, f"run.json 里没有“{code}”已通过")
        names, level = row.get("region", ""), row.get("level", "0") or "0"
        regions = tuple(names.split(JOINT)) if names else ()
        if level != str(len(regions)) or code.count(JOINT) < len(regions) or not all(regions):
            raise damaged(number, "层级与地区、代码对不上")
        return Passed(row.get("agency", ""), regions, row.get("file", ""))

    def reading(self, row: Row, item: Item, number: int) -> Reading:
        """The number of a row, where it stands in the agency's own file. Most agencies have the same blank cells and zeros
        at the same places: each of them is made once."""
        facts = row.get("value", ""), row.get("sheet", ""), row.get("cell", ""), row.get("stored", "")
        if (known := self.made.get((row["form"], item.index, facts))) is None:
            try:
                known = self.made[row["form"], item.index, facts] = reading_of(item, *facts)
            except ValueError as error:
                raise damaged(number, str(error)) from error
        return known

    @cached_property
    def made(self) -> dict[tuple[str, int, tuple[str, str, str, str]], Reading]:
        """The readings by form, item, and what stands in their row."""
        return {}

    def filings(self, form: str, period: str, passed: Mapping[str, Passed]) -> list[Submission]:
        """What the agencies filed, behind the sums of this region and of each of the roster below it; what is above it has
        sent nothing."""
        filings: list[Submission] = []
        below: dict[Agency, list[Submission]] = {}
        for code, one in passed.items():
            told = self.standing[form, period, code]
            agency, way, regions = self.placed(code, one, told.category)
            if regions:
                agency = replace(agency, former=self.formerly(told))
            held = told.state == AgencyState.HELD.value
            relay = Relay(self.region.name, self.told.run, regions, told.timeliness, held)
            readings = tuple(one.readings.get(item.index, BLANK) for item in self.forms[form].items)
            filings.append(self.filing(form, period, agency, readings, relay, one.file or code))
            for region in way[way.index(self.region) :]:
                below.setdefault(region, []).append(filings[-1])
        return [*(self.added_up(form, period, region, parts) for region, parts in below.items()), *filings]

    def filing(
        self, form: str, period: str, agency: Agency, readings: tuple[Reading, ...], relay: Relay, file: str
    ) -> Submission:
        """A filing of this result. Its bytes are what it says: so the same one that came twice is known."""
        facts = [agency.code, form, period, *(f"{r.sheet}!{r.place}={r.number}" for r in readings)]
        content = "\n".join(facts).encode("utf-8", "replace")
        path, digest = f"{self.source.path.removesuffix('/run.json')}!{file}", hashlib.sha256(content).hexdigest()
        source = replace(self.source, path=path, sha256=digest, size=len(content))
        scope = self.forms[form].whole_scope if relay.added_up else ""
        identity = Identity(form, agency, agency.name, Period.parse(period), source=SOURCE, scope=scope)
        return Submission(source, identity, readings, relay=relay)

    def added_up(self, form: str, period: str, region: Agency, parts: Sequence[Submission]) -> Submission:
        """The figures of a region: what was passed on of it, in one sum; a number that no part has is blank."""
        readings = []
        for item in self.forms[form].items:
            known = [n for one in parts if (n := one.readings[item.index].number) is not None]
            there = known and item.added
            readings.append(Reading(ReadingState.NUMBER, sum(known), sheet="values.csv") if there else BLANK)
        own = region == self.region
        turnouts = self.turnouts(form, period) if own else ()
        told = f"经“{self.region.name}”转来 {len(parts)} 家的数"
        if turnouts:
            told = f"{turnouts[0].words}（{self.told.run} 的汇总结果）"
        relay = Relay(self.region.name, self.told.run, added_up=True, told=told, turnouts=turnouts)
        return self.filing(form, period, region, tuple(readings), relay, f"{region.name}（合计）")

    def placed(self, code: str, passed: Passed, category: str) -> tuple[Agency, list[Agency], tuple[str, ...]]:
        """The agency at this level: one of the roster itself, where it stands there below the region, else one below the
        nearest region that does; the regions of the roster above it, the highest first; and the names of all above it,
        where it is none of the roster."""
        codes = code.split(JOINT, len(passed.regions))
        rest = list(zip(codes, (*passed.regions, passed.agency), strict=True))
        way = [*self.roster.above(self.region)[::-1], self.region]
        while rest and (known := self.known(way[-1], *rest[0])):
            way.append(known)
            rest.pop(0)
        if not rest:
            return way.pop(), way, ()
        own, name = JOINT.join([*(one.code or one.name for one in way), *(code for code, _ in rest)]), rest[-1][1]
        regions = (*(region.name for region in way), *(name for _, name in rest[:-1]))
        for region in regions[len(way) - 1 :][::-1]:
            name = name if self.tells(name, region) else f"{region}·{name}"
        return Agency(own, name, category=category, parent=way[-1].name), way, regions

    def formerly(self, told: PublishedAgency) -> tuple[str, ...]:
        """Under which codes last year's results have an agency that is none of the roster, where those are others: as the
        region tells, and because the region itself had another code."""
        if told.former:
            return tuple(self.then(code) for code in told.former)
        return (self.then(told.code),) if len(self.region.former) == 1 else ()

    def then(self, code: str) -> str:
        """A former code that the region tells, as it led to the agency here: below the region, or where it begins with one
        that stands here, from there."""
        upper, first = self.roster.above(self.region), code.partition(JOINT)[0]
        above = [one.code or one.name for one in upper[::-1]]
        beside = (one for one in self.roster.agencies if first in (one.code, *one.former))
        if JOINT in code and any(self.roster.above(one) == upper for one in beside):
            return JOINT.join([*above, code])
        (region,) = self.region.former if len(self.region.former) == 1 else (self.region.code or self.region.name,)
        return JOINT.join([*above, region, code])

    def known(self, above: Agency, code: str, name: str) -> Agency | None:
        """The agency of the roster right below another that a code or name of the lower level means, by its present or
        its former code."""
        below = self.roster.below.get(above.code, ())
        fits = (one for one in below if code and code in (one.code, *one.former))
        named = (one for one in below if squash(name) in map(squash, (one.name, *one.aliases)))
        return next(fits, None) or next(named, None)

    def tells(self, name: str, region: str) -> bool:
        """Whether a name says by itself in which region the agency is, and cannot mean another."""
        others = (one.name for one in self.roster.agencies if one.name != region)
        return name.startswith(region) and not any(other.startswith(region) for other in others)

    def turnouts(self, form: str, period: str) -> tuple[Turnout, ...]:
        """Who filed with the region and with those below it, as it tells that, each at its place here. Raises Unreadable
        where that cannot be what our program counted."""
        there = [one for one in self.told.regions if (one.form, one.period) == (form, period)]
        fits = all(0 <= count <= MOST_COUNTED for one in there for count in one.counts)
        fits = fits and all(bool(one.level) == (one != there[0]) and one.excluded >= 0 for one in there)
        if not fits or any(one.code.count(JOINT) < one.region.count(JOINT) for one in there):
            raise Unreadable(f"run.json 里各地区的报送情况{DAMAGED}")
        return tuple(self.turnout_here(one) for one in there)

    def turnout_here(self, one: Turnout) -> Turnout:
        """The turnout of the region itself, or of one that it tells of, under the code and the name that it has here."""
        agency, regions = self.region, tuple[str, ...]()
        if one.level:
            way = tuple(one.region.split(JOINT)) if one.region else ()
            agency, _, regions = self.placed(one.code, Passed(one.name, way, ""), "")
        level = len(self.roster.above(self.region)) + 1 + one.level
        here = {"code": agency.code or agency.name, "name": agency.name, "region": JOINT.join(regions)}
        return replace(one, **here, level=level, sender=self.region.code or self.region.name)


def reading_of(item: Item, text: str, sheet: str, cell: str, stored: str) -> Reading:
    """A number as values.csv tells it. Raises ValueError where it is none of this item."""
    if not FIGURE.fullmatch(text):
        raise ValueError(f"“{text[:20]}”不是数")
    scaled = Decimal(text).scaleb(item.decimals)
    if scaled != int(scaled) or abs(scaled) >= LARGEST or (scaled < 0 and not item.negative):
        raise ValueError(f"“{text}”不是{item.label}可以有的数")
    try:
        (place,) = places_of(sheet, cell) if cell else [None]
    except ValueError:
        raise ValueError(f"“{cell[:20]}”不是一个单元格") from None
    return Reading(ReadingState.NUMBER, int(scaled), text, sheet, place, stored=stored)


def damaged(number: int, said: str) -> Unreadable:
    """What is raised for a row that is not as our program writes it."""
    return Unreadable(f"values.csv 第 {number} 行：{said}，{DAMAGED}")


def region_of(told: Published, own: Agency | None, roster: Roster) -> tuple[Agency | None, str]:
    """The region of the roster whose result this is; else None, and why it is nobody's here."""
    name, code = told.region, told.region_code
    said = f"是“{name}”的汇总结果（{told.run}）"
    if own and squash(own.name) == squash(name) and (not code or not own.code or code == own.code):
        return None, f"{said}，就是本地区自己的，不是下级的，没有计入"
    if not roster.given:
        return Agency(code or name, name), ""
    known = [one for one in roster.agencies if code and code in (one.code, *one.former)]
    known = known or [one for one in roster.agencies if squash(name) in map(squash, (one.name, *one.aliases))]
    if not known:
        return None, f"{said}，名录中没有这个地区，没有计入；请核对名称和代码，或在名录中补登"
    return known[0], ""
