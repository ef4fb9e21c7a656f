"""Compare: filings against last year, against each other and against their wholes.

The rules that need more than sums; each kind (``model/compared.py``) is one function of this package.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from workbook_tool.model.form.rules import Rule, Verdict
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.workbook.result import Checked, FileRecord, State
from workbook_tool.steps.judging.compare.case import Background, Case, Outcome
from workbook_tool.steps.judging.compare.over_agencies import outlier, same_agency, unit_of_peers
from workbook_tool.steps.judging.compare.over_levels import child, level, whole
from workbook_tool.steps.judging.compare.over_region import compare_region
from workbook_tool.steps.judging.compare.over_years import power, same_year, spike, unit, zero

__all__ = ["compare_agencies", "compare_region", "compare_years"]

OF_LAST_YEAR: dict[str, Callable[[Case], Iterator[Outcome]]] = {
    "spike": spike,
    "zero": zero,
    "same_year": same_year,
    "unit": unit,
}
OF_ONE = {**OF_LAST_YEAR, "power": power}
OF_MANY: dict[str, Callable[[Sequence[Case]], Iterator[tuple[Case, Outcome]]]] = {
    "same_agency": same_agency,
    "outlier": outlier,
    "unit": unit_of_peers,
    "level": level,
    "child": child,
    "whole": whole,
}


def compare_years(filings: Sequence[Checked], rulebook: Rulebook, last: LastYear) -> list[Checked]:
    """Every filing with what is to be said of it beside its last year and the roster, in the order given."""
    background = Background(rulebook, last, Roster((), given=False))
    for rule in rulebook.form.rules:
        if rule.kind in OF_ONE and (last.known or rule.kind not in OF_LAST_YEAR):
            judge = OF_ONE[rule.kind]
            filings = [with_outcomes(filing, rule, judge(Case(rule, filing, background))) for filing in filings]
    return list(filings)


def compare_agencies(
    records: Sequence[FileRecord], rulebook: Rulebook, last: LastYear, roster: Roster
) -> list[FileRecord]:
    """Every file with what is to be said of it beside the others that count, and the state that follows from it."""
    background = Background(rulebook, last, roster)
    counting = (State.COUNTED, State.HELD, State.RETURNED)
    filings = {n: r.checked for n, r in enumerate(records) if r.checked and r.state in counting}
    for rule in rulebook.form.rules:
        if rule.kind in OF_MANY:
            cases = {n: Case(rule, filing, background) for n, filing in filings.items()}
            found: dict[int, list[Outcome]] = {n: [] for n in filings}
            number = {id(case): n for n, case in cases.items()}
            for case, outcome in OF_MANY[rule.kind](list(cases.values())):
                found[number[id(case)]].append(outcome)
            filings = {n: with_outcomes(filing, rule, found[n]) for n, filing in filings.items()}
    return [renewed(record, filings[n]) if n in filings else record for n, record in enumerate(records)]


def renewed(record: FileRecord, checked: Checked) -> FileRecord:
    if checked is record.checked:
        return record
    return replace(record, state=checked.state, reason=checked.reason, checked=checked)


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
