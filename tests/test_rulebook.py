"""The one maker of findings: what a finding weighs, says, advises and points to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.grids import annual_report
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.judging.finding import Where
from workbook_tool.model.judging.rulebook import Policy, Rulebook

FORM = annual_report()
MUST, EXPLAIN, NOTE = Severity.MUST, Severity.EXPLAIN, Severity.NOTE
RULE = replace(
    FORM.rule_of_kind("blank"), id="X", words="规则的话。", advice="请补填 {cell}，核对 {parts}。", severity=MUST
)
TRIAL, SETTLED = ("X",), {"X": MUST}


@pytest.mark.parametrize(
    ("policy", "usually", "weighs"),
    [
        pytest.param(Policy(), None, MUST, id="as the form says"),
        pytest.param(Policy(), EXPLAIN, EXPLAIN, id="this case is lighter"),
        pytest.param(Policy(SETTLED), EXPLAIN, MUST, id="the office has settled it"),
        pytest.param(Policy(SETTLED, trial=TRIAL), EXPLAIN, NOTE, id="on trial, whatever else"),
    ],
)
def test_what_a_finding_weighs(policy: Policy, usually: Severity | None, weighs: Severity) -> None:
    book = Rulebook(FORM, policy)
    mark = "（试行）" if policy.trial else ""
    found = book.finding(RULE, "甲空白。", usually=usually)
    plain = book.plain(RULE, "甲空白。", "请看。", usually=usually)
    note = book.note(RULE, "甲空白。", "请看。")
    assert (found.severity, found.message) == (weighs, f"{mark}甲空白。规则的话。")
    assert (plain.severity, plain.message, plain.suggestion) == (weighs, f"{mark}甲空白。", "请看。")
    assert (note.severity, note.message) == (NOTE, f"{mark}甲空白。")


def test_what_a_finding_points_to_and_advises() -> None:
    book, item = Rulebook(FORM), FORM.by_code["T3.r24.c7"]
    where = Where.of([item], "表三", [(31, 9)])
    found = book.finding(RULE, "甲不符。", where, parts="D32:I32", filed=Decimal(5), expected=Decimal(7))
    assert (found.table, found.row, found.column) == (item.table.name, item.row.label, item.column.label)
    assert (found.place, found.item) == ("表三!J32", item.index)
    assert found.suggestion == "请补填 J32，核对 D32:I32。"
    assert (found.filed, found.expected, found.difference) == (5, 7, -2)
    assert where.in_file == "（工作表「表三」J32）"
    of_the_file = book.finding(RULE, "甲不符。", parts="各表")
    assert (of_the_file.place, of_the_file.suggestion) == ("", "请补填 报表，核对 各表。")


def test_several_numbers_are_told_from_the_first_to_the_last() -> None:
    first, last = FORM.by_code["T3.r1.c1"], FORM.by_code["T3.r2.c3"]
    where = Where.of([first, last], "表三", [(8, 3), (9, 5), (8, 4)])
    assert where.row == f"{first.row.label} 至 {last.row.label}"
    assert (where.column, where.cells, where.item) == ("自然人 至 科研机构", "D9:E9,F10", first.index)
