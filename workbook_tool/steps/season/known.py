"""What the office knows already of a form's numbers: what was counted from the lists that its agencies filed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.periods import FiledOnce, Known

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
                    found[code][item.index] = Known(other.title, as_decimal(number, source))
    return found
