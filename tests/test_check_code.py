"""校验码: the same six digits in the workbook and here, another one for whatever was changed, and a word where a file's own
does not fit its numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.grids import annual_report, year
from workbook_tool.model.form.check_code import PRIME, Weighing, patches, sums
from workbook_tool.model.form.layout import lay_out
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Agency, Content, Reading, ReadingState, Sheet
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.steps.form.typed_in import prefilled_book
from workbook_tool.steps.intake.codes import check_code

FORM = annual_report()
WEIGHING = Weighing(FORM)
NUMBERS = {item.index: Decimal(item.index % 9) for item in FORM.items}
PLACES = {
    index: (table.name, slot.row, slot.column)
    for table in FORM.tables
    for index, slot in lay_out(FORM, table).slots.items()
}


def test_every_number_counts_once_and_each_as_often_as_no_other() -> None:
    weights = [weight for _, own in WEIGHING.patches for _, weight in own]
    assert sorted(index for _, own in WEIGHING.patches for index, _ in own) == list(range(len(FORM.items)))
    assert len(set(weights)) == len(weights) and sum(b.size for b in patches(FORM, PLACES)) == len(weights)


@pytest.mark.parametrize(
    "change",
    [{0: Decimal(5)}, {0: NUMBERS[1], 1: NUMBERS[0]}, {3: None}, {len(FORM.items) - 1: Decimal("0.5")}],
    ids=["one", "two changed places", "a blank", "half"],
)
def test_what_is_changed_has_another_code(change: dict[int, Decimal | None]) -> None:
    changed = {index: number for index, number in (NUMBERS | change).items() if number is not None}
    assert WEIGHING.code(changed) != WEIGHING.code(NUMBERS) != ""


def test_formulas_stay_within_what_programs_take() -> None:
    assert all(len(formula) < 8192 for formula in sums(FORM, PLACES))
    assert WEIGHING.code({0: Decimal(10) ** 16}) == "", "no program counts so far"


def test_a_filled_workbook_stores_the_sums_that_its_code_is_made_of() -> None:
    numbers = {index: int(number) for index, number in NUMBERS.items()}
    book, _ = prefilled_book(FORM, year(2023), date(2024, 1, 2), Agency("001", "甲局"), 1, numbers)
    stored = {cell.name: int(str(cell.value)) for cell in book.sheets[-1].cells if cell.formula}
    code = stored.pop("ID_check")
    assert sum(stored.values()) % PRIME == code == int(WEIGHING.code(NUMBERS)) > 0


def told(own: str, contents: dict[int, Content], **more: Any) -> tuple[str, list[str]]:
    """The code of a file with these contents whose own code is this, and what is said."""
    readings = [
        Reading(ReadingState.NUMBER, 1, sheet="表", place=(index, 0), stored=more.get("stored", ""))
        if index not in more.get("missing", ())
        else Reading(ReadingState.MISSING)
        for index in range(len(FORM.items))
    ]
    cells: dict[tuple[int, int], Content] = {(index, 0): content for index, content in contents.items()}
    identity: dict[tuple[int, int], Content] = {(0, 0): "version", (0, 1): FORM.version}
    identity |= {(1, 0): "check", (1, 1): own} if own else {}
    sheets = [Sheet("表", cells), Sheet(IDENTITY_SHEET, identity)]
    code, found = check_code(sheets, readings, Rulebook(FORM), WEIGHING, trusted=more.get("trusted", True))
    return code, [finding.message for finding in found]


FILED: dict[int, Content] = {index: float(number) for index, number in NUMBERS.items()}


def test_a_code_that_does_not_fit_is_told_with_both() -> None:
    code = WEIGHING.code(NUMBERS)
    assert told(code, FILED) == (code, [])
    _, (said,) = told("123456", FILED)
    assert said.startswith(f"文件里的校验码是 123-456，按表中各数算是 {code[:3]}-{code[3:]}。")


def test_nothing_is_said_where_the_code_proves_nothing() -> None:
    assert told("", FILED) == ("", []), "issued by a released version that had no code"
    code = WEIGHING.code(NUMBERS)
    for own in ("", "#VALUE!", "000", "000000"):
        assert told(own, FILED)[1] == []
    assert told("123456", FILED, trusted=False) == (code, []), "rows were inserted: its formulas look elsewhere"
    assert told("123456", FILED, stored="12")[1] == [], "told as a number that counts otherwise than stored"
    text = WEIGHING.code({i: n for i, n in NUMBERS.items() if i}, {0})
    assert told(text, FILED | {0: "24件"}) == (text, []), "a program counts no text"
    assert told("123456", FILED, missing={0}) == ("", []), (
        "a table that is there twice is not read, but its code counts it"
    )
