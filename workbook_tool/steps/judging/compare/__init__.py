"""Compare: filings against last year, against each other and against their wholes.

The rules that need more than sums; each kind (``model/form/comparisons.py``) is one function of this package. What is
asked of one filing alone stands here, what takes others too in the modules, since who checks a file has no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import Checked
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.steps.judging.compare.case import Background, Case, Outcome, with_outcomes
from workbook_tool.steps.judging.compare.over_passages import copied
from workbook_tool.steps.judging.compare.over_years import power, same_period, same_year, spike, unit, zero

OF_LAST_YEAR: dict[str, Callable[[Case], Iterator[Outcome]]] = {
    "spike": spike,
    "zero": zero,
    "same_year": same_year,
    "unit": unit,
}
OF_ONE = {**OF_LAST_YEAR, "power": power, "same_period": same_period}


def compare_years(filings: Sequence[Checked], rulebook: Rulebook, last: LastYear) -> list[Checked]:
    """Every filing with what is to be said of it beside its last year and the roster, in the order given."""
    background = Background(rulebook, last, Roster((), given=False))
    for rule in rulebook.form.rules:
        if rule.kind in OF_ONE and (last.known or rule.kind not in OF_LAST_YEAR):
            judge = OF_ONE[rule.kind]
            filings = [with_outcomes(filing, rule, judge(Case(rule, filing, background))) for filing in filings]
    return [replace(f, findings=(*f.findings, *copied(f, rulebook, last))) if f.submission.said else f for f in filings]
