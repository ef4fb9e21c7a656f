"""A changed layout gives the same numbers with their true cells, or a refusal; never other numbers."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.grids import annual_report, distinct, filled, submission
from tests.layouts import APART, MUTATIONS, REFUSED
from workbook_tool.model.cells import address
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Content, Sheet, Submission
from workbook_tool.steps.intake.parse.value import read_value

FORM = annual_report()
NUMBERS = {code: int(float(str(content))) for code, content in distinct(FORM).items()}


def changed(*names: str) -> list[Sheet]:
    sheets = filled(FORM, distinct(FORM))
    for name in names:
        sheets = MUTATIONS[name](sheets)
    return sheets


def read_in_full(sheets: list[Sheet]) -> bool:
    """Whether every number was read; that each one is the filed one, from the cell it names, and that a filing with
    anything unread goes back, is demanded here."""
    read = submission(FORM, sheets)
    by_name = {sheet.name: sheet for sheet in sheets}
    for item, reading in zip(FORM.items, read.readings, strict=True):
        if reading.number is not None:
            assert reading.number == NUMBERS[item.code] * 10**item.decimals, f"another number: {item.code}"
            assert reading.place is not None
            assert stands_there(by_name[reading.sheet].cells[reading.place], reading.number, item.index)
    unread = [item.code for item, reading in zip(FORM.items, read.readings, strict=True) if reading.number is None]
    if unread:
        assert goes_back(read), f"silently unread: {unread}"
    return not goes_back(read)


def stands_there(content: Content, number: int, index: int) -> bool:
    """Whether the named cell holds this number, be it in 元."""
    item = FORM.items[index]
    found = read_value(content, item).number
    return found is not None and int(found.scaleb(item.decimals)) in (number, number * 10_000)


def goes_back(read: Submission) -> bool:
    blank = any(reading.state == "blank" for reading in read.readings)
    return blank or any(finding.severity is Severity.MUST for finding in read.findings)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_change_alone(name: str) -> None:
    assert read_in_full(changed(name)) == (name not in REFUSED)


@example(["a label split over cells", "a row pushed left", "rows counted"])
@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(sorted(MUTATIONS.keys() - APART)), min_size=2, max_size=3, unique=True))
def test_changes_together(names: list[str]) -> None:
    try:
        sheets = changed(*names)
    except (KeyError, StopIteration, ValueError, IndexError):
        return  # the second change needs what the first took away
    read_in_full(sheets)


SAID = {
    "a blank copy": "note P-TABLE 表三",
    "a sheet twice": "note P-TABLE 表三",
    "another copy": "must P-TABLE 表三",
    "two forms": "must P-TABLE |must P-TABLE |must P-TABLE ",
    "a row pushed left": "note P-ORDER 表三",
    "two columns swapped": "note P-ORDER 表三",
    "a slip in some labels": "note P-WORDING 表二|note P-WORDING 表三",
    "an unknown row": "must P-LABEL 表三!D16,J16",
    "a number on a row of its own": "must P-LABEL 表三!D16",
    "another line of numbers": "must P-TABLE 表四!A8:A9",
    "元 for 万元": "explain V-TEXT 表二!B18",
    "numbers as text": "note V-TEXT 表二!B7:D8,B11,B14:B15,B18|note V-TEXT 表三!D8:J32|note V-TEXT 表四!A8:O8",
    "a sheet of remarks": "",
    "a subtotal row": "",
    "a named subtotal row": "",
    "a caption with sums": "",
    "a subtotal column": "",
    "subtotals that cross": "",
    "a label split over rows": "",
    "heads split": "",
    "rows counted": "",
    "columns counted": "",
    "a row per kind": "",
    "other numbering": "",
}
"""What is said of a change, in order: severity, rule and place; nothing where nothing needs to be said."""


@pytest.mark.parametrize("name", SAID)
def test_what_is_said_of_it(name: str) -> None:
    findings = submission(FORM, changed(name)).findings
    assert "|".join(f"{f.severity.value} {f.rule} {f.place}" for f in findings) == SAID[name]


def test_a_wrong_subtotal_is_told_with_what_it_should_be() -> None:
    for name, cell, rule in (
        ("a subtotal row", (19, 4), "T3-SUBCOL"),
        ("a subtotal column", (9, 9), "T3-SUBROW"),
        ("subtotals that cross", (19, 9), "T3-SUBCOL"),
    ):
        two, three, four = changed(name)
        wrong = Sheet(three.name, three.cells | {cell: float(str(three.cells[cell])) + 2})
        (finding,) = submission(FORM, [two, wrong, four]).findings
        assert (finding.rule, finding.severity, finding.difference) == (rule, Severity.MUST, 2)
        assert finding.place == f"表三!{address(*cell)}"
        assert "「小计」" in finding.message


def test_a_subtotal_over_a_missing_number_is_undecided() -> None:
    two, three, four = changed("a subtotal row")
    blank = Sheet(three.name, {at: c for at, c in three.cells.items() if at != (12, 4)})
    assert not submission(FORM, [two, blank, four]).findings


def test_a_misspelling_of_two_labels_is_neither() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    sheet = Sheet(two.name, two.cells | {(5, 1): "本年制止件数"})  # one slip from 制发 and from 废止
    (finding,) = submission(FORM, [sheet, three, four]).findings
    assert (finding.rule, finding.severity) == ("P-LABEL", Severity.MUST)
    assert "「本年制发件数」" in finding.message
