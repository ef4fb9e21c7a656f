"""Compare: filings against last year, against each other and against their wholes.

The rules that need more than sums; each kind (``model/form/comparisons.py``) is one function of this package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.steps.judging.compare.case import Background, Case, Outcome, with_outcomes
from workbook_tool.steps.judging.compare.over_agencies import outlier, same_agency, unit_of_peers
from workbook_tool.steps.judging.compare.over_documents import compare_documents
from workbook_tool.steps.judging.compare.over_forms import OtherFilings, compare_forms
from workbook_tool.steps.judging.compare.over_levels import child, level, whole
from workbook_tool.steps.judging.compare.over_passages import copied
from workbook_tool.steps.judging.compare.over_records import row_others
from workbook_tool.steps.judging.compare.over_region import compare_region
from workbook_tool.steps.judging.compare.over_results import compare_results
from workbook_tool.steps.judging.compare.over_year import compare_year
from workbook_tool.steps.judging.compare.over_years import power, same_year, spike, unit, zero

__all__ = [
    "OtherFilings",
    "compare_agencies",
    "compare_documents",
    "compare_forms",
    "compare_region",
    "compare_results",
    "compare_year",
    "compare_years",
]

OF_LAST_YEAR: dict[str, Callable[[Case], Iterator[Outcome]]] = {
    "spike": spike,
    "zero": zero,
    "same_year": same_year,
    "unit": unit,
}
OF_ONE = {**OF_LAST_YEAR, "power": power}
OF_MANY: dict[str, Callable[[Sequence[Case]], Iterator[tuple[Case, Outcome]]]] = {
    "same_agency": same_agency,
    "row_others": row_others,
    "outlier": outlier,
    "unit": unit_of_peers,
    "level": level,
    "child": child,
    "whole": whole,
}


OF_PARTS = ("level", "whole")
"""What is asked of a whole beside what lower levels passed on, which is nobody's peer here and whose problems are theirs."""


def compare_years(filings: Sequence[Checked], rulebook: Rulebook, last: LastYear) -> list[Checked]:
    """Every filing with what is to be said of it beside its last year and the roster, in the order given."""
    background = Background(rulebook, last, Roster((), given=False))
    for rule in rulebook.form.rules:
        if rule.kind in OF_ONE and (last.known or rule.kind not in OF_LAST_YEAR):
            judge = OF_ONE[rule.kind]
            filings = [with_outcomes(filing, rule, judge(Case(rule, filing, background))) for filing in filings]
    return [replace(f, findings=(*f.findings, *copied(f, rulebook, last))) if f.submission.said else f for f in filings]


def compare_agencies(
    filings: Sequence[Filing], excluded: frozenset[str], rulebook: Rulebook, last: LastYear, roster: Roster
) -> list[Filing]:
    """Every filing with what is to be said of it beside the others that count; ``excluded`` are the paths of those that
    a reviewer does not let count."""
    background = Background(rulebook, last, roster)
    counting = [n for n, f in enumerate(filings) if f.behind is None and f.source.path not in excluded]
    own = {n for n in counting if not filings[n].submission.relay}
    told = {n: filings[n].checked for n in counting}
    for rule in rulebook.form.rules:
        if rule.kind in OF_MANY:
            cases = {
                n: Case(rule, checked, background) for n, checked in told.items() if n in own or rule.kind in OF_PARTS
            }
            found: dict[int, list[Outcome]] = {n: [] for n in told}
            number = {id(case): n for n, case in cases.items()}
            for case, outcome in OF_MANY[rule.kind](list(cases.values())):
                found[number[id(case)]].append(outcome)
            told = {n: with_outcomes(checked, rule, found[n]) for n, checked in told.items()}
    return [replace(filing, checked=told[n]) if n in told else filing for n, filing in enumerate(filings)]
