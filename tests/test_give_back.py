"""Whom a return copy goes to, and what is in it: nobody is told another agency's numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.grids import annual_report, year
from tests.results import NOTHING_SAID, consolidated
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Identity, Reading, ReadingState, Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.returns.returned import Return, has_to_answer
from workbook_tool.model.season.agency import FiledAgency, Timeliness
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.model.season.last_year import NO_LAST_YEAR
from workbook_tool.model.workbook.result import Run
from workbook_tool.steps.returns.letter import letter_of
from workbook_tool.steps.tell import outcomes as tell

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


def test_copies_are_spoken_of_only_where_there_are_any() -> None:
    places = dict.fromkeys(("root", "inbox", "outbox", "templates"), Path("office"))
    settings = Settings("某乡", FORM.id, year(2023), None, **places, roster=None)
    run = Run("2024-02-05-1", date(2024, 2, 5), settings, FORM, Roster(), NO_LAST_YEAR)
    told = {rule: tell.outcome(consolidated(run, [filed(rule)])) for rule in ("Y-CARRY", "G-SAME")}
    assert "请核实 1 家" in told["Y-CARRY"] and "结果文件夹的 returns 里" in told["Y-CARRY"]
    assert "请核实 1 家" in told["G-SAME"] and "returns" not in told["G-SAME"]
