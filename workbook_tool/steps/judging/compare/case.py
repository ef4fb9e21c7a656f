"""One rule asked of one filing, and the finding it may come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import Rule, Verdict
from workbook_tool.model.intake.submission import Agency, Submission, as_decimal
from workbook_tool.model.judging.finding import NOWHERE, Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import Checked
from workbook_tool.model.season.last_year import LastYear, Values

Outcome = tuple[Verdict, Finding | None]
PASSED: Outcome = (Verdict.PASS, None)
UNDECIDED: Outcome = (Verdict.UNDECIDED, None)


class Background(Struct, frozen=True):
    """What all filings are compared by."""

    rulebook: Rulebook
    last: LastYear
    roster: Roster


class Case(Struct, frozen=True, dict=True):
    """One rule and one filing, with last year's values of its agency."""

    rule: Rule
    filing: Checked
    background: Background

    @property
    def submission(self) -> Submission:
        """The filing as it was read."""
        return self.filing.submission

    @property
    def form(self) -> Form:
        """The form that all filings fill in."""
        return self.background.rulebook.form

    @property
    def agency(self) -> Agency | None:
        """Whose filing it is; None where nothing told."""
        return self.submission.identity.agency

    @cached_property
    def before(self) -> Values:
        """Last year's accepted numbers of the agency; empty where there are none."""
        return self.background.last.of(self.agency)

    def items(self) -> Iterator[tuple[Item, Decimal | None, Decimal | None]]:
        """The items that the rule names, with this year's number and last year's, where a rule of ``unless`` has not
        spoken of them."""
        before = self.before
        spoken = {f.item for f in self.filing.findings if f.rule in self.rule.unless}
        for item in map(self.form.by_code.__getitem__, self.rule.items):
            if item.index not in spoken:
                last = before.get(item.index)
                yield item, self.submission.number(item), None if last is None else as_decimal(last, item)

    def limit(self, name: str) -> Decimal:
        """A limit of the rule, as this office has set it."""
        return self.background.rulebook.policy.limit(self.rule, name)

    def place(self, item: Item) -> str:
        """``表二「行」（工作表「表二」B12）``."""
        return f"{item.label}{self.submission.where([item]).in_file}"

    def fails(self, said: str, items: Sequence[Item] = (), expected: Decimal | None = None) -> Outcome:
        """The rule does not hold: ``said`` and the rule's own words, at the first of these items."""
        where, filed = NOWHERE, None
        if items:
            cells = self.submission.where(items).cells
            where = replace(self.submission.where(items[:1]), cells=cells)
            filed = self.submission.number(items[0]) if len(items) == 1 else None
        book = self.background.rulebook
        return Verdict.FAIL, book.finding(
            self.rule, f"{said}。", where, parts=where.cells, filed=filed, expected=expected
        )


def with_outcomes(filing: Checked, rule: Rule, outcomes: Iterable[Outcome]) -> Checked:
    """The filing with these outcomes of a rule. What was undecided before (for want of a last year) and is judged again
    counts once."""
    told = list(outcomes)
    if not told:
        return filing
    verdicts = Counter(verdict for verdict, _ in told)
    before = Counter(filing.verdicts.get(rule.id, {}))
    if before[Verdict.UNDECIDED]:
        del before[Verdict.UNDECIDED]
    findings = tuple(finding for _, finding in told if finding)
    counted = {**filing.verdicts, rule.id: dict(before + verdicts)}
    return replace(filing, findings=(*filing.findings, *findings), verdicts=counted)


def flows(case: Case) -> list[Item]:
    """The numbers that a copy cannot share by chance: what happened in the year, sums left out, which only repeat."""
    return [item for item in case.form.items if item.flow]
