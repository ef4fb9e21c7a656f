"""One rule asked of one filing, and the finding it may come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from workbook_tool.model.cells import areas
from workbook_tool.model.form.form import Form, Item
from workbook_tool.model.form.rules import Rule, Verdict
from workbook_tool.model.intake.submission import Agency, Submission, as_decimal
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.office.settings import Policy, Roster
from workbook_tool.model.season.filing import Checked
from workbook_tool.model.season.last_year import LastYear, Values

Outcome = tuple[Verdict, Finding | None]
PASSED: Outcome = (Verdict.PASS, None)
UNDECIDED: Outcome = (Verdict.UNDECIDED, None)


@dataclass(frozen=True)
class Background:
    """What all filings are compared by."""

    form: Form
    policy: Policy
    last: LastYear
    roster: Roster


@dataclass(frozen=True)
class Case:
    """One rule and one filing, with last year's values of its agency."""

    rule: Rule
    filing: Checked
    background: Background

    @property
    def submission(self) -> Submission:
        return self.filing.submission

    @property
    def agency(self) -> Agency | None:
        return self.submission.identity.agency

    @cached_property
    def before(self) -> Values:
        return self.background.last.of(self.agency)

    def items(self) -> Iterator[tuple[Item, Decimal | None, Decimal | None]]:
        """The items that the rule names, with this year's number and last year's, where a rule of ``unless`` has not
        spoken of them."""
        before = self.before
        spoken = {f.item for f in self.filing.findings if f.rule in self.rule.unless}
        for item in map(self.background.form.by_code.__getitem__, self.rule.items):
            if item.index not in spoken:
                last = before.get(item.index)
                yield item, self.submission.number(item), None if last is None else as_decimal(last, item)

    def limit(self, name: str) -> Decimal:
        return self.background.policy.limit(self.rule, name)

    def place(self, item: Item) -> str:
        """``表二「行」（工作表「表二」B12）``."""
        reading = self.submission.readings[item.index]
        return f"{item.label}（工作表「{reading.sheet}」{self.cells([item])}）"

    def cells(self, items: Sequence[Item]) -> str:
        places = (self.submission.readings[item.index].place for item in items)
        return areas(place for place in places if place is not None)

    def fails(self, said: str, items: Sequence[Item] = (), expected: Decimal | None = None) -> Outcome:
        """The rule does not hold: ``said`` and the rule's own words, at the first of these items."""
        rule, policy, cells = self.rule, self.background.policy, self.cells(items)
        advice = rule.advice.format(cell=cells or "报表", parts=cells)
        finding = Finding(rule.id, policy.weigh(rule), f"{said}。{rule.words}", advice)
        if items:
            item, filed = items[0], self.submission.number(items[0]) if len(items) == 1 else None
            difference = filed - expected if filed is not None and expected is not None else None
            where = (item.table.name, item.row.label, item.column.label, self.submission.readings[item.index].sheet)
            numbers = (filed, expected, difference)
            finding = Finding(rule.id, finding.severity, finding.message, advice, *where, cells, item.index, *numbers)
        return Verdict.FAIL, policy.told(finding, rule)


def flows(case: Case) -> list[Item]:
    """The numbers that a copy cannot share by chance: what happened in the year, sums left out, which only repeat."""
    return [item for item in case.background.form.items if item.flow]
