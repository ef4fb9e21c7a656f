"""Whose file it is: hidden identity, cover, file name, in that order; disagreements are findings, never guesses."""

from __future__ import annotations

from datetime import date

import pytest

from tests.grids import annual_report
from workbook_tool.model.settings import Policy, Roster
from workbook_tool.model.submission import IDENTITY_SHEET, Agency, Content, Identity, Sheet
from workbook_tool.steps.identify import identify

FORM = annual_report()
EDUCATION = Agency("007", "示例县教育局", ("县教育局", "教体局"))
HEALTH = Agency("0071", "示例县卫生健康局", due_to=2022)
ROSTER = Roster((EDUCATION, HEALTH))


def cover(**given: Content) -> Sheet:
    labels = {
        "agency": "填报单位：",
        "code": "单位代码",
        "year": "报告 年度",
        "nil_t3": "本年无申请",
        "date": "填报日期",
    }
    cells: dict[tuple[int, int], Content] = {}
    for row, (key, label) in enumerate(labels.items(), 3):
        cells[row, 1] = label
        if key in given:
            cells[row, 3] = given[key]
    return Sheet("封面", cells)


def hidden(**given: Content) -> Sheet:
    return Sheet(
        IDENTITY_SHEET, {(r, c): v for r, pair in enumerate(given.items()) for c, v in enumerate(pair)}, hidden=True
    )


def who(*sheets: Sheet, path: str = "a.xlsx", roster: Roster = ROSTER, year: int | None = 2023) -> Identity:
    return identify(sheets, path, FORM, roster, year, Policy())


ISSUED = hidden(tool="workbook-tool", form=FORM.id, agency="007", name="示例县教育局", year="2023", round="2")


def test_the_hidden_identity_decides() -> None:
    found = who(ISSUED, path="x.xlsx")
    assert (found.agency, found.year, found.round, found.source) == (EDUCATION, 2023, 2, "隐藏标识")
    assert not found.findings
    assert not found.foreign


@pytest.mark.parametrize("name", ["示例县教育局", "县 教育局", "教体局"])
def test_the_cover_names_the_agency_by_name_or_alias(name: str) -> None:
    found = who(cover(agency=name, year=2023.0), path="x.xlsx")
    assert (found.agency, found.source, found.foreign) == (EDUCATION, "封面的填报单位", "")


def test_the_longest_name_in_the_file_name_counts() -> None:
    assert who(cover(year=2023), path="报表/示例县教育局年报.xlsx").agency == EDUCATION


def test_codes_are_text() -> None:
    assert who(cover(code="007", year=2023)).agency == EDUCATION
    assert who(cover(code="0071", year=2022), year=2022).agency == HEALTH


def test_places_that_disagree_are_findings() -> None:
    found = who(ISSUED, cover(agency="示例县卫生健康局", code="007", year=2023), path="x.xlsx")
    assert found.agency == EDUCATION
    assert [(f.rule, f.place) for f in found.findings] == [("P-AGENCY", "封面!D4")]
    assert "隐藏标识是“示例县教育局”（007），封面的填报单位却是“示例县卫生健康局”" in found.findings[0].message


def test_an_unknown_agency_is_foreign_and_the_nearest_is_suggested() -> None:
    found = who(cover(agency="示例县教育体育局", year=2023), path="x.xlsx")
    assert found.foreign == "名录中没有“示例县教育体育局”，最接近的是“示例县教育局”；请核对单位名称，或在名录中补登"


def test_nobody_named_is_foreign() -> None:
    assert "没有写明填报单位" in who(cover(year=2023), path="x.xlsx").foreign


def test_another_year_is_foreign_and_so_is_one_in_which_the_agency_is_not_due() -> None:
    assert who(cover(agency="教体局", year="2022年")).foreign == "报告年度为 2022 年，本次汇总 2023 年"
    assert "不应报" in who(cover(code="0071", year=2023)).foreign


def test_a_year_that_is_missing_or_contradicted_is_a_finding() -> None:
    assert [f.rule for f in who(cover(agency="教体局")).findings] == ["P-PERIOD"]
    twice = who(ISSUED, cover(agency="教体局", year=2022))
    assert ([f.rule for f in twice.findings], twice.foreign) == (["P-PERIOD"], "报告年度为 2022 年，本次汇总 2023 年")


def test_another_form_is_foreign() -> None:
    assert "是另一种表（shushe）" in who(hidden(form="shushe", agency="007")).foreign


def test_nil_answers_and_the_date_are_read() -> None:
    found = who(cover(agency="教体局", year=2023, nil_t3="是", date="2024年1月20日"))
    assert (found.nil, found.filed_on) == (("T3",), date(2024, 1, 20))
    assert who(cover(agency="教体局", year=2023, nil_t3="否")).nil == ()


def test_without_a_roster_every_agency_that_names_itself_is_accepted() -> None:
    found = who(cover(agency="某县某局", year=2023), roster=Roster(given=False), year=None)
    assert (found.agency, found.foreign) == (Agency("某县某局", "某县某局"), "")
