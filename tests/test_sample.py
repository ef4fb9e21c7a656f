"""The sample office: five real reports as published. What the region adds up to is known, and so is each finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories import SAMPLE, Tell
from tests.tables import read_tables
from workbook_tool.batch import Outcome
from workbook_tool.model.workbook.sums import Layer


@pytest.fixture(params=[SAMPLE])
def outcome(request: pytest.FixtureRequest, run_of: Tell) -> Outcome:
    return run_of(request.param).outcome


def test_each_report_ends_where_it_should(outcome: Outcome) -> None:
    assert [(a.agency.name, a.state) for a in outcome.result.agencies] == [
        ("金乡县应急管理局", "returned"),
        ("新乡县应急管理局", "counted"),
        ("金乡县人民政府办公室", "returned"),
        ("延津县应急管理局", "counted"),
        ("中卫市应急管理局", "returned"),
        ("示例县档案馆", "missing"),
    ]


def test_the_findings_are_exactly_these(outcome: Outcome) -> None:
    found = [(a.agency.name, f.rule, f.severity.value, f.table) for a, f in outcome.result.findings]
    assert found == [
        ("金乡县应急管理局", "V-BLANK", "must", "表二"),
        ("金乡县应急管理局", "V-BLANK", "must", "表三"),
        ("金乡县应急管理局", "V-BLANK", "must", "表四"),
        ("金乡县人民政府办公室", "V-BLANK", "must", "表三"),
        ("中卫市应急管理局", "V-BLANK", "must", "表四"),
    ]
    messages = [f.message for _, f in outcome.result.findings]
    assert [
        next(part for part in ("全部 10 格", "全部 175 格", "全部 15 格", "共 168 格") if part in m) for m in messages
    ] == ["全部 10 格", "全部 175 格", "全部 15 格", "共 168 格", "全部 15 格"]


def test_the_region_adds_up(outcome: Outcome) -> None:
    result = outcome.result

    def figures(layer: Layer, *codes: str) -> list[tuple[int, int]]:
        return [(layer.sums[i], layer.missing[i]) for i in (result.form.by_code[code].index for code in codes)]

    licences, penalties, received = "T2.L.n", "T2.P.n", "T3.r1.c7"
    assert figures(result.totals.passed, licences, penalties, received) == [(7, 0), (11, 0), (0, 0)]
    assert figures(result.totals.all_filed, licences, penalties, received) == [(4344, 1), (29, 1), (17, 1)]


def test_what_was_published_over_the_year_stands_in_the_last_week(outcome: Outcome) -> None:
    """The texts of four reports say how much was published in 2023, by channel where they say it."""
    (week,) = [result for result in outcome.results if result.form.id == "zdgk-zb"]
    assert (str(week.period), [a.state for a in week.agencies], week.findings) == ("2023-W52", ["counted"] * 4, ())
    year = {i.row.label: week.totals.passed.sums[i.index] for i in week.form.items if i.column.id == "year"}
    assert year == {
        "部门网站": 43,
        "政府门户网站": 35 + 80,
        "微信公众号": 375,
        "抖音号": 150,
        "其他渠道": 45,
        "合计": 728,
    }


def test_lists_and_a_quarter_stand_beside_them(outcome: Outcome) -> None:
    """The catalogue has the one document that its report tells of, and agrees with it; of the requests 16 are answered and
    one is left; half of the hazards of one trade are still there, and no reason is given."""
    by_form = {result.form.id: result for result in outcome.results}

    def told(form: str) -> list[tuple[str, str]]:
        return [(finding.rule, finding.message) for _, finding in by_form[form].findings]

    def passed(form: str, code: str) -> int:
        return by_form[form].totals.passed.sums[by_form[form].form.by_code[code].index]

    assert told("gfxwj-ml") == [] and passed("gfxwj-ml", "ML_NEW.sum.n") == 1
    ((rule, message),) = told("ysq-tz")
    assert rule == "TZ-NEW" and "还没有收到" in message and "无法与“受理件数”“答复件数”核对" in message
    assert [passed("ysq-tz", f"{code}.sum.{column}") for code, column in
            (("TZ_NEW", "n"), ("TZ_DONE", "sum"), ("TZ_OVERDUE", "n"))] == [17, 16, 0]  # fmt: skip
    assert [(rule, "45" in message) for rule, message in told("aqjc-jb")] == [("AQ-LOW", True)]


def test_the_numbers_are_those_of_the_published_texts(outcome: Outcome) -> None:
    texts = {
        path.stem.partition("_")[0]: path.read_text(encoding="utf-8")
        for path in sorted(Path(__file__).parent.glob("sample/*.md"))
    }
    assert len(texts) == 5
    for record in outcome.result.filed:
        published = read_tables(texts[record.agency.code])
        submission = record.file.submission
        for item in outcome.result.form.items:
            number = submission.number(item)
            shown = "" if number is None else f"{number:f}"
            assert shown == published[item.table.name, item.row.label, item.column.label]
