"""Whom a return copy goes to, and what is in it: nobody is told another agency's numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.grids import annual_report, year
from tests.results import NOTHING_SAID
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Agency, Identity, Reading, ReadingState, SourceFile, Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.returns.returned import Return
from workbook_tool.model.season.agency import FiledAgency, Timeliness
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.steps.returns import has_to_answer
from workbook_tool.steps.returns.letter import letter_of

FORM, AGENCY = annual_report(), Agency("020", "示例县教育局")


def filed(*rules: str) -> FiledAgency:
    """An agency whose file has a point to explain by each of these rules."""
    findings = tuple(Finding(rule, Severity.EXPLAIN, f"{rule}：示例县水利局的数是 7") for rule in rules)
    readings = tuple(Reading(ReadingState.NUMBER, 0) for _ in FORM.items)
    source = SourceFile("a.xlsx", Path("a.xlsx"), "x", 1)
    checked = Checked(
        Submission(source, Identity(FORM.id, AGENCY, AGENCY.name, year(2023)), readings, findings), findings, {}
    )
    return FiledAgency(AGENCY, Timeliness.ON_TIME, Filing(checked), NOTHING_SAID)


@pytest.mark.parametrize("rule", ["G-SAME", "G-CHILD", "G-SUM", "G-LEVEL", "G-OUTLIER"])
def test_what_speaks_of_other_agencies_is_for_the_reviewer_alone(rule: str) -> None:
    assert not has_to_answer(filed(rule), FORM)
    record = filed(rule, "Y-CARRY")
    assert has_to_answer(record, FORM)
    given = Return(record, "示例县", FORM, year(2023), date(2024, 2, 5), None, "")
    assert [point.finding.rule for point in given.points] == ["Y-CARRY"]
    assert rule not in letter_of(given, True).body


def test_nobody_gets_a_file_that_may_be_another_agency_s() -> None:
    assert has_to_answer(filed("Y-CARRY"), FORM)
    assert not has_to_answer(filed("Y-CARRY", "P-AGENCY"), FORM)
