"""What the PivotTables are made from: the numbers of all filings in long form, and the findings by agency and rule.

Excel takes texts that differ in case only for one item. So agencies that it could not tell apart get their code, or a
number, behind their name, and kinds or districts spelt in two ways become one.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import chain, count
from operator import itemgetter

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.agency import AgencyRecord, AgencyState
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.headers import CODE, RULE, STATE
from workbook_tool.model.workbook.pivot import (
    AGENCY_FIELDS,
    NO_GROUP,
    NUMBER,
    PARENT,
    PASSED,
    RETURNED,
    SHARED,
    TOTAL,
    Fact,
    Source,
    fact_fields,
)
from workbook_tool.model.workbook.result import Consolidation, Owner

FACTS_TABLE, PROBLEMS_TABLE = "tblFacts", "tblProblems"
NO_CATEGORY, NO_PARENT, NO_CODE, REGION = "（未分类）", "（未填上级）", "（无代码）", "（全地区）"
PROBLEM_FIELDS = (*AGENCY_FIELDS, "程度", RULE)
"""The fields of a row of findings, but for their number."""
Texts = Mapping[str, str]
"""What stands in a row, by field: the fields alone say in which order."""
STATES = (AgencyState.COUNTED, AgencyState.HELD, AgencyState.RETURNED, AgencyState.COMPARED)
MANY_FACTS, MOST_FACTS = 25_000, 1_048_000
"""Of more rows than the first, those of all agencies that are alike become one: they were most of what every program reads
that opens the workbook. Where a PivotTable lists agencies only past the second: so many rows has a sheet of Excel, less its
head."""
LONGEST = 200
"""How much of a text becomes an item, leaving room for what tells two apart."""


def item_text(text: str, without: str = "") -> str:
    """A text as Excel holds it as an item: on one line, not too long, not empty."""
    return " ".join(safe_text(text).split())[:LONGEST] or without


def told_apart(texts: Iterable[tuple[str, str]]) -> list[str]:
    """The texts as items of their own: one that Excel would take for an earlier one, or a reader for the total, gets its
    mark, or else a number."""
    taken = {same_to_excel(TOTAL)}
    found = []
    for text, mark in texts:
        marks = chain([mark] if mark else [], count(2))
        names = chain([text], (f"{text}（{one}）" for one in marks))
        found.append(next(name for name in names if same_to_excel(name) not in taken))
        taken.add(same_to_excel(found[-1]))
    return found


def same_to_excel(text: str) -> str:
    """What two texts share that Excel might take for one item, on the careful side."""
    return unicodedata.normalize("NFKC", text).casefold()


def comparable(kind: PeriodKind) -> list[str]:
    """The items of 可比: known of both periods, of this one only, and of the one a year ago only."""
    return [kind.both, f"只有{kind.this}", f"只有{kind.year_ago}"]


class Facts:
    """The result in long form."""

    def __init__(self, result: Consolidation) -> None:
        self.result, self.form = result, result.form
        agencies = [record.agency for record in result.agencies]
        codes = told_apart((item_text(agency.code, NO_CODE), "") for agency in agencies)
        names = [(item_text(agency.name, code), code) for agency, code in zip(agencies, codes, strict=True)]
        *names_apart, self.region = told_apart([*names, (item_text(result.region.name), REGION)])
        pairs = zip(codes, names_apart, strict=True)
        self.called = dict(zip((agency.code for agency in agencies), pairs, strict=True))
        self.spelling: dict[tuple[str, str], str] = {}

    @property
    def period(self) -> str:
        """The period of the result as an item."""
        return self.result.period.name

    @property
    def year_ago(self) -> str:
        """The period a year ago as an item."""
        return period.name if (period := self.result.run.last_year.period) else ""

    def once(self, field: str, text: str, without: str = "") -> str:
        """The text in the spelling in which it came first in this field."""
        found = item_text(text, without)
        return self.spelling.setdefault((field, found.casefold()), found)

    def of_owner(self, owner: Owner) -> Texts:
        """Who it is about; a finding about the whole region has no agency."""
        agency, one = owner.agency, owner if isinstance(owner, AgencyRecord) else None
        code, name = self.called[agency.code] if one else (REGION, self.region)
        return {
            CODE: code,
            "单位": name,
            "类别": self.once("类别", agency.category, NO_CATEGORY if one else REGION),
            PARENT: self.once(PARENT, agency.parent, NO_PARENT if one else REGION),
            STATE: one.state.label if one else REGION,
        }

    @cached_property
    def leaves(self) -> list[tuple[Item, Texts]]:
        """The finest numbers, with what says which each is."""
        return [(item, self.of_item(item)) for item in self.form.items if self.is_leaf(item)]

    def is_leaf(self, item: Item) -> bool:
        """Whether it is one of the finest numbers: no total, or where nothing but totals was filed, that of a row."""
        return item.added and not (item.row.total if self.only_totals else item.total)

    @cached_property
    def only_totals(self) -> bool:
        """Whether all that was filed beside totals is 0 or blank, as where agencies file only what has come together."""
        finest = [item.index for item in self.form.items if item.added and not item.total]
        filed = (record.file.submission.readings for record in self.result.added)
        ago = (self.result.run.last_year.of(record.agency) for record in self.result.added)
        return not any(one[index].number for one in filed for index in finest) and not any(
            numbers.get(index) for numbers in ago for index in finest
        )

    def of_item(self, item: Item) -> Texts:
        """What says which number it is: its table, row and column, and its group in each facet."""
        words = {"表": item.table.name, "项目": item.row_name, "列": item.column_name}
        words |= {facet.label: facet.by_code.get(item.code, NO_GROUP) for facet in self.form.facets}
        return {field: self.once(field, text) for field, text in words.items()}

    def rows(self) -> Iterator[Fact]:
        """A row for each number of each filing that is not 0, of this year and of last."""
        kind, periods = self.form.period, (self.period, self.year_ago)
        both, now_only, then_only = comparable(kind)
        known, texts_of = self.result.run.last_year.known, itemgetter(*self.fields)
        for record in self.result.added:
            passed = RETURNED if record.state is AgencyState.RETURNED else PASSED
            about = {**self.of_owner(record), "审核结论": passed}
            before = self.result.run.last_year.of(record.agency) if known else {}
            for item, words in self.leaves:
                now, then = record.file.submission.readings[item.index].number, before.get(item.index)
                if not (now or then):
                    continue
                shared = both if None not in (now, then) else now_only if then is None else then_only
                for period, number in zip(periods, (now, then), strict=True):
                    if number:
                        texts = texts_of({**about, **words, kind.label: period, SHARED: shared})
                        yield Fact(texts, as_decimal(number, item))

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields of a row of numbers, but for the number. What would say the same in every row is left out: it tells
        nobody anything, and every program that opens the workbook reads it."""
        told = (*fact_fields(self.form.period), *(facet.label for facet in self.form.facets))
        silent = {
            PARENT: not any(record.agency.parent for record in self.result.added),
            SHARED: not self.result.run.last_year.known,
        }
        return tuple(field for field in told if not silent.get(field))

    def source(self) -> Source | None:
        """All numbers; None where there are none."""
        facets = self.form.facets
        order: dict[str, Sequence[str]] = {
            "审核结论": [PASSED, RETURNED],
            self.form.period.label: sorted((self.period, self.year_ago)),
            SHARED: comparable(self.form.period),
        }
        order |= {facet.label: [self.once(facet.label, group) for group in facet.groups] for facet in facets}
        order |= {field: [words[field] for _, words in self.leaves] for field in ("表", "项目", "列")}
        told = self.sourced(FACTS_TABLE, (*self.fields, NUMBER), self.rows(), order)
        named = any("单位" in (pivot.down, pivot.across) for pivot in self.form.pivots)
        return merged(told) if told and len(told.numbers) > (MOST_FACTS if named else MANY_FACTS) else told

    def problems(self) -> Source | None:
        """How often each rule found something in each filing; None where nothing was found."""
        texts_of, called = itemgetter(*PROBLEM_FIELDS), self.rule_names
        counts = Counter(
            texts_of({**self.of_owner(owner), "程度": finding.severity.label, RULE: called[finding.rule]})
            for owner, finding in self.result.told
        )
        order = {"程度": [s.label for s in Severity], RULE: list(called.values())}
        rows = (Fact(texts, Decimal(number)) for texts, number in counts.items())
        return self.sourced(PROBLEMS_TABLE, (*PROBLEM_FIELDS, "条数"), rows, order)

    @cached_property
    def rule_names(self) -> dict[str, str]:
        """Each rule by its id and what it asks: an id alone means nothing to readers."""
        return {rule.id: self.once(RULE, f"{rule.id} {rule.title}") for rule in self.form.rules}

    def sourced(
        self,
        table: str,
        fields: tuple[str, ...],
        rows: Iterable[Fact],
        order: Mapping[str, Sequence[str]],
    ) -> Source | None:
        """The rows with the items of every field in the order in which they are shown: agencies as in the roster, what
        has an order of its own in that, and anything else sorted, what only says that nothing is known last. Of texts
        and figures that come again, which most do, each is kept once."""
        seen: list[dict[str, int]] = [{} for _ in fields[:-1]]
        columns, figures = [array("I") for _ in seen], dict[Decimal, Decimal]()
        numbers: list[Decimal] = []
        for texts, number in rows:
            for known, column, text in zip(seen, columns, texts, strict=True):
                column.append(known.setdefault(text, len(known)))
            numbers.append(figures.setdefault(number, number))
        if not numbers:
            return None
        order, items = {**order, STATE: [state.label for state in STATES]}, dict[str, tuple[str, ...]]()
        for name, there in zip(fields, seen, strict=False):
            given = dict.fromkeys(text for text in order.get(name, ()) if text in there)
            rest = [text for text in there if text not in given]
            kept = name in (CODE, "单位")
            items[name] = (*given, *(rest if kept else sorted(rest, key=lambda text: (text.startswith("（"), text))))
        for n, (name, there) in enumerate(zip(fields, seen, strict=False)):
            now = {there[text]: place for place, text in enumerate(items[name])}
            columns[n] = array("I", map(now.__getitem__, columns[n]))
        return Source(table, fields, items, tuple(columns), numbers)


def merged(source: Source) -> Source:
    """The same figures, the rows of all agencies that are alike as one, without saying whose."""
    kept = [n for n, name in enumerate(source.fields[:-1]) if name not in (CODE, "单位")]
    sums: dict[tuple[int, ...], Decimal] = {}
    for *places, number in zip(*(source.columns[n] for n in kept), source.numbers, strict=True):
        alike = tuple(places)
        sums[alike] = sums.get(alike, Decimal(0)) + number
    names = [source.fields[n] for n in kept]
    ordered = sorted(sums)
    columns = tuple(array("I", column) for column in zip(*ordered, strict=True))
    items = {name: source.items[name] for name in names}
    return Source(
        source.table, (*names, source.number), items, columns, [sums[alike] for alike in ordered], merged=True
    )
