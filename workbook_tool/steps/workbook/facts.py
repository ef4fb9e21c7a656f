"""What the PivotTables are made from: the numbers of all filings in long form, and the findings by agency and rule.

Excel takes texts that differ in case only for one item. So agencies that it could not tell apart get their code, or a
number, behind their name, and kinds or districts spelt in two ways become one.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import chain, count

from workbook_tool.model.form.form import Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.agency import AgencyRecord, AgencyState
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.pivot import (
    AGENCY_FIELDS,
    FACT_FIELDS,
    NO_GROUP,
    NUMBER,
    PASSED,
    RETURNED,
    TOTAL,
    Fact,
    Source,
)
from workbook_tool.model.workbook.result import Consolidation, Owner

FACTS_TABLE, PROBLEMS_TABLE = "tblFacts", "tblProblems"
NO_CATEGORY, NO_PARENT, NO_CODE, REGION = "（未分类）", "（未填上级）", "（无代码）", "（全地区）"
BOTH_YEARS, THIS_YEAR_ONLY, LAST_YEAR_ONLY = "两年都有", "只有本年", "只有上年"
PROBLEM_FIELDS = (*AGENCY_FIELDS, "程度", "规则", "条数")
STATES = (AgencyState.COUNTED, AgencyState.HELD, AgencyState.RETURNED)
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
    def year(self) -> str:
        return f"{self.result.year}年"

    @property
    def last_year(self) -> str:
        return f"{self.result.run.last_year.year}年"

    def once(self, field: str, text: str, without: str = "") -> str:
        """The text in the spelling in which it came first in this field."""
        found = item_text(text, without)
        return self.spelling.setdefault((field, found.casefold()), found)

    def of_owner(self, owner: Owner) -> tuple[str, ...]:
        """Who it is about; a finding about the whole region has no agency."""
        agency, of_one = owner.agency, isinstance(owner, AgencyRecord)
        code, name = self.called[agency.code] if of_one else (REGION, self.region)
        kind, parent = self.once("类别", agency.category, NO_CATEGORY), self.once("上级", agency.parent, NO_PARENT)
        return code, name, kind, parent, owner.state.label if isinstance(owner, AgencyRecord) else REGION

    @cached_property
    def leaves(self) -> list[tuple[Item, tuple[str, ...]]]:
        """Every number that is no total, with what says which it is."""
        return [(item, self.of_item(item)) for item in self.form.items if not item.total]

    def of_item(self, item: Item) -> tuple[str, ...]:
        words = {"表": item.table.name, "项目": item.row.name, "列": item.column.name}
        words |= {facet.label: facet.by_code.get(item.code, NO_GROUP) for facet in self.form.facets}
        return tuple(self.once(field, text) for field, text in words.items())

    def rows(self) -> Iterator[Fact]:
        """A row for each number of each filing that is not 0, of this year and of last."""
        known = self.result.run.last_year.known
        for record in self.result.filed:
            about = (*self.of_owner(record), RETURNED if record.state is AgencyState.RETURNED else PASSED)
            before = self.result.run.last_year.of(record.agency) if known else {}
            for item, words in self.leaves:
                now, then = record.file.submission.readings[item.index].number, before.get(item.index)
                shared = BOTH_YEARS if None not in (now, then) else THIS_YEAR_ONLY if then is None else LAST_YEAR_ONLY
                for year, number in ((self.year, now), (self.last_year, then)):
                    if number:
                        yield Fact((*about, year, shared, *words), as_decimal(number, item))

    def source(self) -> Source | None:
        """All numbers; None where there are none."""
        facets = self.form.facets
        fields = (*FACT_FIELDS, *(facet.label for facet in facets), NUMBER)
        rows = tuple(self.rows())
        order: dict[str, Sequence[str]] = {
            "审核结论": [PASSED, RETURNED],
            "年度": sorted((self.year, self.last_year)),
            "可比": [BOTH_YEARS, THIS_YEAR_ONLY, LAST_YEAR_ONLY],
        }
        order |= {facet.label: [self.once(facet.label, group) for group in facet.groups] for facet in facets}
        order |= dict(zip(("表", "项目", "列"), zip(*(words for _, words in self.leaves), strict=True), strict=False))
        return self.sourced(FACTS_TABLE, fields, rows, order)

    def problems(self) -> Source | None:
        """How often each rule found something in each filing; None where nothing was found."""
        counts = Counter(
            (*self.of_owner(record), finding.severity.label, self.once("规则", finding.rule))
            for record, finding in self.result.findings
        )
        order = {"程度": [s.label for s in Severity], "规则": [self.once("规则", rule.id) for rule in self.form.rules]}
        rows = tuple(Fact(words, Decimal(number)) for words, number in counts.items())
        return self.sourced(PROBLEMS_TABLE, PROBLEM_FIELDS, rows, order)

    def sourced(
        self, table: str, fields: tuple[str, ...], rows: tuple[Fact, ...], order: Mapping[str, Sequence[str]]
    ) -> Source | None:
        """The rows with the items of every field in the order in which they are shown: agencies as in the roster, what
        has an order of its own in that, and anything else sorted, what only says that nothing is known last."""
        if not rows:
            return None
        order = {**order, "状态": [state.label for state in STATES]}
        items = {}
        for name, texts in zip(fields[:-1], zip(*(row.texts for row in rows), strict=True), strict=True):
            there = dict.fromkeys(texts)
            given = dict.fromkeys(text for text in order.get(name, ()) if text in there)
            rest = [text for text in there if text not in given]
            kept = name in ("代码", "单位")
            items[name] = (*given, *(rest if kept else sorted(rest, key=lambda text: (text.startswith("（"), text))))
        return Source(table, fields, rows, items)
