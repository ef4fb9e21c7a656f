"""In which unit an amount is, wherever the form says it; and numbers that are no numbers at a second look."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.grids import annual_report, distinct, filled, submission
from workbook_tool.model.intake.submission import Content, Sheet, Uncomputed
from workbook_tool.model.judging.finding import Finding

FORM = annual_report()
AMOUNT = FORM.by_code["T2.F.n"]
HEAD, CELL = (16, 1), (17, 1)


def read(changes: dict[tuple[int, int], Content]) -> tuple[Decimal | None, list[Finding]]:
    """The amount of 表二 after these cells were changed, and what is said of it."""
    two, three, four = filled(FORM, distinct(FORM))
    found = submission(FORM, [Sheet(two.name, two.cells | changes), three, four])
    return found.number(AMOUNT), list(found.findings)


BARE = {HEAD: "本年收费金额", CELL: 123400.0}
STATED = {
    "in the head": {HEAD: "本年收费金额（元）", CELL: 123400.0},
    "in the cell above the head": BARE | {(15, 1): "（单位：元）"},
    "over the table": BARE | {(2, 2): "单位：元"},
    "over the table, with that of the rest": BARE | {(2, 2): "单位：件、元"},
    "in the caption": BARE | {(15, 0): "第二十条第（八）项（单位：元）"},
}


@pytest.mark.parametrize("where", STATED)
def test_yuan_is_converted_and_both_are_shown(where: str) -> None:
    number, (finding,) = read(STATED[where])
    assert number == Decimal("12.34")
    assert (finding.rule, finding.severity.value, finding.place) == ("V-TEXT", "explain", "表二!B18")
    assert "填“123400”，单位是元，已换算为万元，读作 12.34" in finding.message


def test_an_amount_without_any_unit_is_asked_about() -> None:
    number, (finding,) = read(BARE)
    assert number == 123400
    assert "表里没有写明单位，按万元读取" in finding.message
    assert finding.severity.value == "explain"
    assert read(BARE | {CELL: 0.0})[1] == []


def test_the_name_of_a_place_is_no_unit() -> None:
    assert read({(2, 0): "填报单位：元氏县教育局", CELL: 5.0}) == (5, [])


@pytest.mark.parametrize(
    ("content", "number", "rules"),
    [
        (-5.68e-15, 0, []),
        (5.5e-17, 0, []),
        (12.000000000000002, 12, []),
        ("36\t1", None, ["V-TYPE"]),
        ("361项", 361, ["V-TEXT"]),
        ("3（件）", 3, ["V-TEXT"]),
        (Uncomputed('IF(COUNT(B7:D7)<3,"",SUM(B7:D7))'), 1001 + 1002 + 1003, ["V-FORMULA"]),
    ],
)
def test_what_counts_as_a_number(content: Content, number: int | None, rules: list[str]) -> None:
    two, three, four = filled(FORM, distinct(FORM) | {"T2.L.n": content})
    found = submission(FORM, [two, three, four])
    assert found.number(FORM.by_code["T2.L.n"]) == number
    assert [f.rule for f in found.findings] == rules


def test_a_ledger_on_a_sheet_of_its_own_is_looked_through_and_left_alone() -> None:
    """Its columns repeat the form's words thousands of times; this once took a minute."""
    words = [row.label for row in FORM.tables[1].rows]
    rows: dict[tuple[int, int], Content] = {(0, 0): "编号", (0, 1): "申请人类型", (0, 2): "办理结果"}
    for row in range(1, 6000):
        rows |= {(row, 0): float(row), (row, 1): "自然人", (row, 2): words[row * 7 % len(words)]}
    assert not submission(FORM, [*filled(FORM, distinct(FORM)), Sheet("台账", rows)]).findings
