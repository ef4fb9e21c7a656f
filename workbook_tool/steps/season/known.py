"""What the office knows already of a form's numbers: what was counted from the lists that its agencies filed, and what the
periods of the year come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.periods import FiledOnce, FiledYear, Known

Filed = Mapping[str, FiledOnce]
"""What was filed of a form for a period, by the agencies' codes."""


def known_numbers(form: Form, others: Iterable[tuple[Form, Filed]]) -> dict[str, dict[int, Known]]:
    """By agency and item of the form, what the tallies of other forms say that it should be."""
    found: dict[str, dict[int, Known]] = defaultdict(dict)
    for other, filed in others:
        pairs = [pair for tally in other.tallies if tally.form == form.id for pair in tally.equals]
        for code, once in filed.items():
            for counted, asked in pairs:
                source, item = other.by_code[counted], form.by_code.get(asked)
                number = once.numbers.get(source.index)
                if item and number is not None:
                    found[code][item.index] = Known(f"《{other.title}》统计", as_decimal(number, source))
    return found


def known_sums(form: Form, years: Iterable[FiledYear]) -> dict[str, dict[int, Known]]:
    """By agency and item of the form, what it filed of another form in the periods of the year, added up; nothing while
    one of them is missing."""
    found: dict[str, dict[int, Known]] = defaultdict(dict)
    for year in years:
        source = f"各{year.form.period.this[1:]}《{year.form.title}》合计"
        filed = [year.filed.get(period, {}) for period in year.periods]
        for code in set(filed[0]).intersection(*filed[1:]):
            for one in (one for one in form.year_sums if one.form == year.form.id):
                item = year.form.by_code[one.code]
                parts = [once[code].numbers.get(item.index, 0 if item.optional else None) for once in filed]
                if None not in parts:
                    found[code][one.at] = Known(source, as_decimal(sum(p for p in parts if p is not None), item))
    return found
