"""What is counted from a list, held against another form that the same agency filed for the same period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.register import Tally
from workbook_tool.model.form.rules import Rule, Verdict
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.model.season.last_year import NO_LAST_YEAR
from workbook_tool.steps.judging.compare.case import PASSED, UNDECIDED, Background, Case, Outcome

FOLLOWS: Outcome = Verdict.FAIL, None
"""A number that is off because others are, of which it is told."""


class OtherFilings(Struct, frozen=True):
    """What the agencies filed of another form, by code; an agency that has not filed it is not there."""

    form: Form
    filed: Mapping[str, Submission]


def compare_forms(filings: Sequence[Filing], rulebook: Rulebook, other: OtherFilings) -> list[Filing]:
    """Every filing that counts with what is to be said of it beside the same agency's filing of another form. While
    one side is missing nothing is decided, and that is said."""
    background = Background(rulebook, NO_LAST_YEAR, Roster((), given=False))
    tallies = [tally for tally in rulebook.form.tallies if tally.form == other.form.id]
    return [
        filing
        if filing.behind or not tallies
        else replace(
            filing, checked=beside(filing.checked, tallies, background, other.form, other.filed.get(filing.agency.code))
        )
        for filing in filings
    ]


def beside(
    checked: Checked, tallies: Sequence[Tally], background: Background, other: Form, theirs: Submission | None
) -> Checked:
    """One filing beside the other."""
    verdicts, findings = dict(checked.verdicts), list(checked.findings)
    rules = {r.table: r for r in background.rulebook.form.rules if r.kind == "equals"}
    if theirs is None:
        verdicts |= {rules[tally.table].id: {Verdict.UNDECIDED: len(tally.equals)} for tally in tallies}
        findings.append(missing(tallies, rules[tallies[0].table], background.rulebook, other))
        return replace(checked, findings=tuple(findings), verdicts=verdicts)
    for tally in tallies:
        rule = rules[tally.table]
        outcomes = list(judged(Case(rule, checked, background), tally, other, theirs))
        findings += [finding for _, finding in outcomes if finding]
        counts = {v: sum(verdict is v for verdict, _ in outcomes) for v in Verdict}
        verdicts[rule.id] = {verdict: number for verdict, number in counts.items() if number}
    return replace(checked, findings=tuple(findings), verdicts=verdicts)


def missing(tallies: Sequence[Tally], rule: Rule, rulebook: Rulebook, other: Form) -> Finding:
    """That the other form is not there yet: once, whatever is to be held against it."""
    names = [rulebook.form.table(tally.table).name for tally in tallies]
    said = f"还没有收到这个单位的《{other.title}》，无法与“{'”“'.join(names)}”核对。"
    return rulebook.note(rule, said, "收到后重新运行，会自动核对。", Where(names[0]))


def judged(case: Case, tally: Tally, other: Form, theirs: Submission) -> Iterator[Outcome]:
    """Every number of a tally against the one that should be the same."""
    form = case.form
    pairs = [(form.by_code[mine], other.by_code[code]) for mine, code in tally.equals]
    off, totals = differences(case.submission, theirs, pairs), other.sums
    for item, their_item in pairs:
        yield FOLLOWS if follows(their_item, off, totals) else compared(case, item, their_item, other, theirs)


def differences(ours: Submission, theirs: Submission, pairs: Sequence[tuple[Item, Item]]) -> dict[int, Decimal]:
    """By the other form's item, by how much ours is more, in the smallest unit of that item; none where one is unknown."""
    return {
        their_item.index: (mine - number).scaleb(their_item.decimals)
        for item, their_item in pairs
        if (mine := ours.number(item)) is not None and (number := theirs.number(their_item)) is not None
    }


def follows(item: Item, off: Mapping[int, Decimal], totals: Sequence[Constraint]) -> bool:
    """Whether a total is off by just what its parts are off, which are told already."""
    return bool(off.get(item.index)) and any(
        total.at == item.index
        and all(index in off for index in total.parts)
        and not sum(factor * off[index] for index, factor in total.terms)
        for total in totals
    )


def compared(case: Case, item: Item, their_item: Item, other: Form, theirs: Submission) -> Outcome:
    """One number against its partner."""
    mine, number = case.submission.number(item), theirs.number(their_item)
    if mine is None or number is None:
        return UNDECIDED
    if mine == number:
        return PASSED
    off = f"{'多' if mine > number else '少'} {abs(mine - number):f}"
    said = f"{item.label}从清单统计得 {mine:f}，《{other.title}》{their_item.label}填 {number:f}，{off}"
    return case.fails(said, [item], expected=number)
