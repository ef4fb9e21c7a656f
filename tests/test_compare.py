"""Filings against each other, against their wholes and against last year: each rule holds, fails or is undecided."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.grids import annual_report, filled, submission, year, zeros
from tests.results import consolidated, nothing_decided
from workbook_tool.model.form.rules import Severity, Verdict
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.model.workbook.result import Consolidation, Run
from workbook_tool.steps.judging.check import check
from workbook_tool.steps.judging.compare import compare_years
from workbook_tool.steps.judging.compare.over_agencies import Crowd, compare_agencies
from workbook_tool.steps.judging.compare.over_region import compare_region
from workbook_tool.steps.season.levels import choose_levels
from workbook_tool.steps.season.versions import agency_records
from workbook_tool.steps.workbook import compose

FORM = annual_report()
BUSY = {"T2.L.n": 3, "T2.P.n": 4, "T2.Q.n": 5, "T2.F.n": 1.5, "T2.B.x1": 2, "T2.B.x2": 2}
COUNTY = Agency("C", "甲县", scope="全域汇总")
SCHOOLS, HEALTH = Agency("C1", "甲县教育局", parent="甲县"), Agency("C2", "甲县卫健局", parent="C")


def filed(agency: Agency, numbers: dict[str, float], policy: Policy, last: LastYear) -> Filing:
    """A filing of this agency, all 0 but these numbers, judged by itself."""
    one, book = submission(FORM, filled(FORM, zeros(FORM) | numbers), policy), Rulebook(FORM, policy)
    source = SourceFile(f"{agency.code}.xlsx", Path("x"), "0" * 64, 1)
    one = replace(one, source=source, identity=replace(one.identity, agency=agency, name=agency.name))
    (checked,) = compare_years(check([one], book, last), book, last)
    return Filing(checked)


def compared(
    given: dict[Agency, dict[str, float]],
    policy: Policy = Policy(),  # noqa: B008
    last: LastYear = NO_LAST_YEAR,
    others: tuple[Agency, ...] = (),
) -> dict[str, Filing]:
    """The records by the agency's code, after they were compared."""
    records = [filed(agency, numbers, policy, last) for agency, numbers in given.items()]
    found = compare_agencies(records, frozenset(), Rulebook(FORM, policy), last, Roster((*given, *others)))
    return {r.agency.code: r for r in found}


def said(record: Filing, rule: str) -> list[Finding]:
    return [f for f in record.checked.findings if f.rule == rule]


def verdict(record: Filing, rule: str) -> dict[Verdict, int]:
    return record.checked.verdicts.get(rule, {})


def test_copied_reports_name_each_other() -> None:
    one, two, three = Agency("1", "甲局"), Agency("2", "乙局"), Agency("3", "丙局")
    found = compared({one: BUSY, two: BUSY | {"T2.B.x3": 9}, three: BUSY | {"T2.L.n": 9}})
    assert [f.message for f in said(found["1"], "G-SAME")] == [
        "6 个不为 0 的数，连同其余为 0 的数，与“乙局”本年的完全相同。可能有一家照抄了另一家（现行有效件数和各项总计不算在内）。"
    ]
    assert "“甲局”" in said(found["2"], "G-SAME")[0].message
    assert not said(found["3"], "G-SAME")
    assert found["1"].state is State.HELD and found["1"].reason == "需说明 1 条"
    assert found["3"].state is State.COUNTED


def test_few_numbers_are_alike_by_chance_and_blanks_decide_nothing() -> None:
    one, two, three = Agency("1", "甲局"), Agency("2", "乙局"), Agency("3", "丙局")
    small = {code: number for code, number in BUSY.items() if code != "T2.L.n"}
    found = compared({one: small, two: small, three: BUSY | {"T2.Q.n": None}})  # type: ignore[dict-item]
    assert not any(said(record, "G-SAME") for record in found.values())
    assert verdict(found["1"], "G-SAME") == {Verdict.PASS: 1}
    assert verdict(found["3"], "G-SAME") == {Verdict.UNDECIDED: 1}
    policy = Policy(limits={"G-SAME": {"cells": Decimal(5)}})
    assert said(compared({one: small, two: small}, policy)["1"], "G-SAME")


def townships(numbers: list[float], code: str = "T2.P.n") -> dict[Agency, dict[str, float]]:
    return {Agency(f"{n}", f"{n}镇", category="乡镇"): {code: number} for n, number in enumerate(numbers)}


def test_an_outlier_is_far_in_its_kind_and_far_in_number() -> None:
    usual: list[float] = [4, 6, 3, 5, 9, 2, 7]
    found = compared(townships([*usual, 4800]))
    (finding,) = said(found["7"], "G-OUTLIER")
    assert finding.severity is Severity.NOTE and found["7"].state is State.COUNTED
    assert "填 4800，远高于同类（乡镇）8 家的中位数 5.5" in finding.message
    assert not any(said(found[str(n)], "G-OUTLIER") for n in range(7))
    assert not said(compared(townships([*usual, 90]))["7"], "G-OUTLIER")  # not far enough in absolute terms
    fewer = compared(townships([4, 6, 3, 5, 9, 2, 4800]))
    assert not said(fewer["6"], "G-OUTLIER") and verdict(fewer["6"], "G-OUTLIER") == {Verdict.UNDECIDED: 6}


def test_yuan_for_ten_thousand_yuan_shows_beside_peers_where_last_year_is_unknown() -> None:
    numbers: list[float] = [3.5, 12, 25, 8, 1.25, 30, 9, 14, 95000]
    found = compared(townships(numbers, "T2.F.n"))
    (finding,) = said(found["8"], "T2-UNIT")
    assert finding.expected == Decimal("9.5")
    assert "同类 8 家的中位数为 10.5，约为其 10000 倍；单位应为万元，是否应为 9.5" in finding.message
    assert verdict(found["0"], "T2-UNIT") == {Verdict.PASS: 1}
    assert verdict(compared(townships(numbers[-3:], "T2.F.n"))["2"], "T2-UNIT") == {Verdict.UNDECIDED: 1}


def test_a_whole_beside_its_parts_is_said_once_at_the_whole() -> None:
    found = compared({COUNTY: {"T2.L.n": 7}, SCHOOLS: {"T2.L.n": 3}, HEALTH: {"T2.L.n": 4}})
    (finding,) = said(found["C"], "G-LEVEL")
    assert "报告口径为“全域汇总”，它所包含的“甲县教育局”、“甲县卫健局”也单独报送。" in finding.message
    assert not said(found["C1"], "G-LEVEL")
    assert verdict(found["C"], "G-SUM") == {Verdict.PASS: 1} and verdict(found["C1"], "G-CHILD") == {Verdict.PASS: 1}
    alone = compared({COUNTY: {"T2.L.n": 7}}, others=(SCHOOLS,))
    assert verdict(alone["C"], "G-LEVEL") == {Verdict.PASS: 1} and verdict(alone["C"], "G-SUM") == {
        Verdict.UNDECIDED: 1
    }
    assert verdict(compared({COUNTY: {}})["C"], "G-LEVEL") == {Verdict.UNDECIDED: 1}


def test_the_cover_says_the_scope_before_the_roster_does() -> None:
    county = replace(COUNTY, scope="")
    record = filed(county, {}, Policy(), NO_LAST_YEAR)
    one = record.submission
    one = replace(one, identity=replace(one.identity, scope="全域汇总"))
    records = [
        replace(record, checked=replace(record.checked, submission=one)),
        filed(SCHOOLS, {}, Policy(), NO_LAST_YEAR),
    ]
    whole, _ = compare_agencies(records, frozenset(), Rulebook(FORM), NO_LAST_YEAR, Roster((county, SCHOOLS)))
    assert said(whole, "G-LEVEL")


def test_parts_larger_than_the_whole_and_a_whole_that_is_not_their_sum() -> None:
    found = compared({COUNTY: {"T2.L.n": 25}, SCHOOLS: {"T2.L.n": 30, "T2.P.n": 1}, HEALTH: {}})
    (larger,) = said(found["C1"], "G-CHILD")
    assert (larger.filed, larger.expected, larger.difference) == (30, 25, 5)
    assert "大于包含它的“甲县”的 25，多 5，另有 1 个数也是如此" in larger.message
    (sum_,) = said(found["C"], "G-SUM")
    assert (sum_.cell, sum_.filed, sum_.expected) == ("B11", 25, 30)
    assert "所属 2 家之和为 30，少 5（甲县教育局 表二!B11 30），另有 1 个数也不相符：" in sum_.message
    assert "表二「行政处罚」（工作表「表二」B14）填 0，之和 1（甲县教育局 表二!B14 1）。" in sum_.message


def test_a_roster_that_goes_round_in_circles_ends() -> None:
    one, two = Agency("1", "甲", parent="乙", scope="全域汇总"), Agency("2", "乙", parent="甲", scope="全域汇总")
    assert compared({one: {}, two: {}})
    roster = Roster((one, two, Agency("3", "丙", parent="丙")))
    assert [[a.name for a in roster.above(agency)] for agency in roster.agencies] == [["乙"], ["甲"], []]


def test_a_part_that_need_not_report_any_more_is_not_waited_for() -> None:
    gone = Agency("C9", "撤并局", parent="甲县", due_to=2020)
    found = compared({COUNTY: {"T2.L.n": 7}, SCHOOLS: {"T2.L.n": 3}}, others=(gone,))
    assert verdict(found["C"], "G-SUM") == {Verdict.FAIL: 1}


def carried_over(given: dict[Agency, dict[str, float]], last: LastYear, folder: Path) -> Consolidation:
    records = list(compared(given, last=last).values())
    settings = Settings("某市", FORM.id, year(2023), None, folder, folder, folder, folder, None)
    roster, as_of = Roster(tuple(given)), date(2024, 2, 5)
    records = choose_levels(records, FORM, roster, settings.period)
    agencies = agency_records(records, FORM, roster, settings, as_of, nothing_decided)
    region = compare_region(settings.region, agencies, Rulebook(FORM), last, roster)
    return consolidated(Run("x", as_of, settings, FORM, roster, last), agencies, records, region)


def test_the_region_carries_over_what_it_left_open(tmp_path: Path) -> None:
    open_ = {FORM.by_code[code].index: 0 for code in FORM.by_code if ".r25." in code}
    last = LastYear(year(2022), "x", {"1": open_ | {FORM.by_code["T3.r25.c7"].index: 3}, "2": open_})
    over = {"T3.r2.c1": 1.0, "T3.r2.c7": 1.0, "T3.r25.c1": 1.0, "T3.r25.c7": 1.0}
    one, two, new = Agency("1", "甲局"), Agency("2", "乙局"), Agency("3", "新局")
    result = carried_over({one: over, two: {}, new: over}, last, tmp_path)
    ((region, finding),) = [(a, f) for a, f in result.findings if f.rule == "G-CARRY"]
    assert (region.agency.code, region.agency.name, finding.severity) == ("", "某市", Severity.NOTE)
    assert (finding.filed, finding.expected) == (1, 3)
    assert (
        "两年都有数的 2 家合计：自然人 1，上年「四、结转下年度」0，多 1；总计 1，上年「四、结转下年度」3，少 2。差在 甲局 -2。"
        in finding.message
    )
    count = next(c for c in result.rules if c.rule_id == "G-CARRY")
    assert (count.passed, count.failed, count.undecided) == (5, 2, 0)
    sheet = next(s for s in compose(result).sheets if s.name == "问题清单")
    assert [c.link for c in sheet.every_cell if c.value == "看汇总"] == ["汇总表三!J9"]
    assert not carried_over({new: over}, last, tmp_path).region.findings
    unknown = next(c for c in carried_over({new: over}, NO_LAST_YEAR, tmp_path).rules if c.rule_id == "G-CARRY")
    assert unknown.undecided == 0


def test_a_region_that_passes_its_agencies_on_now_is_held_against_what_it_sent_itself(tmp_path: Path) -> None:
    over = {"T3.r2.c1": 1.0, "T3.r2.c7": 1.0, "T3.r25.c1": 1.0, "T3.r25.c7": 1.0}
    open_ = {item.index: 0 for item in FORM.items if ".r25." in item.code} | {FORM.by_code["T3.r25.c7"].index: 3}
    whole = LastYear(year(2022), "x", {"C": open_})
    for last, told in (
        (whole, "差在 甲县 -2。"),
        (replace(whole, values={"C": open_, "C1": open_}), "差在 甲县教育局 -2。"),
    ):
        result = carried_over({COUNTY: over, SCHOOLS: over, HEALTH: {}}, last, tmp_path)
        ((_, finding),) = [(a, f) for a, f in result.findings if f.rule == "G-CARRY"]
        assert told in finding.message


def test_agencies_renamed_and_merged_have_their_last_year() -> None:
    last = LastYear(year(2022), "x", {"1": {0: 5, 1: 1}, "2": {0: 7}, "9": {0: 100}})
    assert last.of(Agency("1", "甲")) == {0: 5, 1: 1}
    assert last.of(Agency("3", "丙", former=("2",))) == {0: 7}
    assert last.of(Agency("1", "甲", former=("1", "2"))) == {0: 12}, "what one of them lacks is unknown"
    assert last.of(Agency("1", "甲", former=("1", "5"))) == {0: 5, 1: 1}, "the merger is older than last year"
    assert last.of(Agency("9", "新", former=("8", "2"))) == {}, "one of the merged is unknown"
    shares = replace(last, apart=frozenset({0}))
    assert shares.of(Agency("9", "新", former=("1", "2"))) == {}, "73 % and 50 % are not 123 %"
    assert shares.of(Agency("9", "新", former=("1",))) == {0: 5, 1: 1}
    assert last.of(Agency("7", "庚")) == {} and last.of(None) == {}


def test_a_rule_on_trial_only_notes() -> None:
    one, two = Agency("1", "甲局"), Agency("2", "乙局")
    found = compared({one: BUSY, two: BUSY}, Policy(trial=("G-SAME",), severity={"G-SAME": Severity.MUST}))
    (finding,) = said(found["1"], "G-SAME")
    assert finding.severity is Severity.NOTE and finding.message.startswith("（试行）6 个")
    assert found["1"].state is State.COUNTED


def test_without_any_last_year_nothing_is_said_of_it() -> None:
    record = compared({Agency("1", "甲局"): BUSY})["1"]
    rules = {"Y-CARRY", "Y-SPIKE", "Y-ZERO", "Y-SAME", "T2-STK", "T2-CAP", "T4-DEP", "T4-NOAPP"}
    assert not rules & record.checked.verdicts.keys()
    assert not record.checked.findings


def test_nobody_is_measured_by_a_file_that_a_reviewer_excluded() -> None:
    one, two = Agency("1", "甲局"), Agency("2", "乙局")
    filings = [filed(agency, BUSY, Policy(), NO_LAST_YEAR) for agency in (one, two)]
    roster = Roster((one, two))
    for excluded, speaks in ((frozenset[str](), [True, True]), (frozenset({"2.xlsx"}), [False, False])):
        found = compare_agencies(filings, excluded, Rulebook(FORM), NO_LAST_YEAR, roster)
        assert [bool(said(filing, "G-SAME")) for filing in found] == speaks


def test_limits_of_the_office_replace_those_of_the_form() -> None:
    index = FORM.by_code["T2.L.n"].index
    last = LastYear(year(2022), "x", {"1": {item.index: 0 for item in FORM.items} | {index: 100}})
    filing = {Agency("1", "甲局"): {"T2.L.n": 140.0, "T3.r1.c7": 0.0}}
    assert not said(compared(filing, last=last)["1"], "Y-SPIKE")
    strict = Policy(limits={"Y-SPIKE": {"share": Decimal("0.4")}})
    (finding,) = said(compared(filing, strict, last)["1"], "Y-SPIKE")
    assert "填 140，上年为 100，多 40（40%）" in finding.message


@given(st.lists(st.integers(1, 10**9).map(Decimal), min_size=2, max_size=30), st.data())
def test_all_but_one_are_told_without_looking_at_each(numbers: list[Decimal], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(numbers))
    others = list(numbers)
    others.remove(one)
    assert Crowd(tuple(sorted(numbers))).others(one) == (median(others), min(others), max(others))
