"""A whole and its parts are never added: which of them counts, for every way in which they may have come.

The tables are read line by line: agency, what it filed (``✔`` accepted, ``✘`` returned, ``–`` nothing), and what stands in
the totals. 甲县 is a whole of 教育局 and 卫健局; 乙镇 is below 教育局 where it is there; 市 is a whole of 甲县 and 丙县.
"""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from tests.grids import annual_report, year
from tests.test_compare import compared, filed, said
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.relay import Relay
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.follow_up import Decision, FollowUp, Opinion, Status
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import Checked, Covered, Filing
from workbook_tool.model.season.last_year import NO_LAST_YEAR
from workbook_tool.steps.judging.compare.over_results import compare_results
from workbook_tool.steps.season.levels import choose_levels
from workbook_tool.steps.season.once import count_once

FORM = annual_report()
CITY = Agency("S", "市", scope="全域汇总")
COUNTY, OTHER = (Agency("C", "甲县", parent="市", scope="全域汇总"), Agency("D", "丙县", parent="市"))
SCHOOLS, HEALTH = Agency("C1", "教育局", parent="甲县"), Agency("C2", "卫健局", parent="C")
TOWN, GONE = Agency("T", "乙镇", parent="教育局"), Agency("G", "撤并局", parent="甲县", due_to=2020)
ALL = (CITY, COUNTY, OTHER, SCHOOLS, HEALTH, TOWN, GONE)
WRONG = {"T2.L.n": -1}

STORIES = """
甲县✔ 教育局✔ 卫健局✔ | 教育局 卫健局    | all parts are in: the whole is only compared
甲县✔ 教育局✔ 卫健局– | 甲县             | a part is missing: the whole counts, and the part that came does not
甲县✔ 教育局✔ 卫健局✘ | 甲县             | a part was returned: so does the whole, and in 含退回 too
甲县✘ 教育局✔ 卫健局– | 教育局           | the whole was returned: parts count as they are
甲县✘ 教育局✘ 卫健局– | 教育局✘          | both were returned: 含退回 holds the parts
甲县✘ 教育局– 卫健局– | 甲县✘            | only the whole came, and was returned
甲县– 教育局✔ 卫健局✔ | 教育局 卫健局    | no whole came
甲县✔ 教育局– 卫健局– | 甲县             | no part came
甲县✔ 教育局✔ 卫健局✔ 乙镇– | 甲县       | what is further below is due too
甲县✔ 教育局✔ 卫健局✔ 乙镇✔ | 教育局 卫健局 乙镇 | and it is in
甲县✔ 教育局✔ 卫健局✔ 撤并局– | 教育局 卫健局 | what need not report any more is not waited for
市✔ 甲县✔ 教育局✔ 卫健局✔ 丙县✔ | 教育局 卫健局 丙县 | a whole of wholes: the smallest parts count
市✔ 甲县✔ 教育局✔ 卫健局– 丙县✔ | 甲县 丙县  | one of its parts counts as a whole
市✔ 甲县✔ 教育局✔ 卫健局✔ 丙县– | 市      | one of its parts is missing: nothing below counts
市✔ 甲县✘ 教育局✘ 卫健局✔ 丙县✔ | 市      | one of its parts was returned
"""


def chosen(words: str) -> dict[str, Filing]:
    """The filings of a story by their agency's name."""
    there = {word[:-1]: word[-1] for word in words.split()}
    roster = [agency for agency in ALL if agency.name in there]
    given = {a: (WRONG if there[a.name] == "✘" else {}) for a in roster if there[a.name] != "–"}
    filings = list(compared(given, others=tuple(a for a in roster if a not in given)).values())
    return {f.agency.name: f for f in choose_levels(filings, FORM, Roster(tuple(roster)), year(2023))}


@pytest.mark.parametrize("story", STORIES.strip().splitlines())
def test_no_layer_holds_a_whole_and_its_parts(story: str) -> None:
    filed, counts, _ = story.split("|")
    found = chosen(filed)
    layer = {f"{name}{'✘' if f.state is State.RETURNED else ''}" for name, f in found.items() if f.covered is None}
    assert layer == set(counts.split())
    accepted = (State.COUNTED, State.HELD, State.RETURNED)
    assert all(f.covered or f.state in accepted for f in found.values())
    assert {f.state for f in found.values() if f.covered} <= {State.COMPARED, State.RETURNED}


def test_the_note_says_which_counts() -> None:
    parts, whole = chosen("甲县✔ 教育局✔ 卫健局✔")["甲县"], chosen("甲县✔ 教育局✔ 卫健局–")
    (note,) = said(parts, "G-LEVEL")
    assert note.severity is Severity.NOTE
    assert all(said.endswith("本次所属 2 家的数已计入合计，本表不重复计入。") for said in (note.message, note.brief))
    assert parts.state is State.COMPARED and parts.reason == "所属 2 家的数已计入合计，本表不重复计入"
    (note,) = said(whole["甲县"], "G-LEVEL")
    assert note.message.endswith("本次以本表计入合计，所属单位的报表只比对，不重复计入。")
    assert whole["教育局"].reason == "“甲县”的汇总报表已含本单位并计入合计，本表不重复计入"


def relayed(
    filed: str, form: Form = FORM, decided: Decision | None = None
) -> dict[str, tuple[State, tuple[str, ...] | None]]:
    """The state of each filing, and in whose numbers it is: ``甲县∑`` is the sum of what the county passed on, ``教育局↑``
    an agency out of that, ``卫健局⇡`` one that is still to be explained there."""
    there = {word[:-1]: word[-1] for word in filed.split()}
    roster = Roster(tuple(agency for agency in ALL if agency.name in there))
    filings = []
    for one in compared({agency: {} for agency in roster.agencies}).values():
        mark = there[one.agency.name]
        relay = (
            Relay("甲县", "2024-02-01-1", ("甲县",), held=mark == "⇡", added_up=mark == "∑") if mark in "∑↑⇡" else None
        )
        submission = replace(one.submission, relay=relay)
        checked = Checked(submission, (), {}) if relay else replace(one.checked, submission=submission)
        filings.append(Filing(checked, on_file=decided if mark == "∑" else None))
    chosen = choose_levels(filings, form, roster, year(2023))
    return {f.agency.name: (f.state, f.covered.names if f.covered else None) for f in chosen}


def test_what_a_region_passed_on_counts_and_its_sum_never_does() -> None:
    weekly = replace(FORM, rules=tuple(rule for rule in FORM.rules if not rule.scope))
    for form in (FORM, weekly):  # also where the form knows no scopes
        found = relayed("甲县∑ 教育局↑ 卫健局⇡ 丙县✔", form)
        assert found["甲县"] == (State.COMPARED, ("教育局", "卫健局"))
        assert (found["教育局"], found["卫健局"]) == ((State.COUNTED, None), (State.HELD, None))
        assert relayed("甲县✔ 教育局↑ 卫健局↑", form)["甲县"] == (State.COMPARED, ("教育局", "卫健局"))
        assert relayed("甲县∑ 教育局✔", form)["甲县"] == (State.COMPARED, ("教育局",)), "its agencies filed here too"
    out = relayed("甲县∑ 教育局↑ 丙县✔", decided=Decision("C|2023|", "", Opinion.EXCLUDE))
    assert [out[name][0] for name in ("甲县", "教育局", "丙县")] == [State.EXCLUDED, State.EXCLUDED, State.COUNTED]


@pytest.mark.parametrize(("whole", "parts", "told"), [(5949.09, 5949.088667, False), (5949.08, 5949.088667, True)])
def test_what_rounding_hides_is_no_difference(whole: float, parts: float, told: bool) -> None:
    """5949.09 is 5949.088667, as far as it says; a fee of two consolidated reports that were published so."""
    found = compared({COUNTY: {"T2.F.n": whole}, SCHOOLS: {"T2.F.n": parts}, HEALTH: {}})
    assert bool(said(found["C"], "G-SUM")) is told
    assert bool(said(found["C1"], "G-CHILD")) is told
    larger = compared({COUNTY: {"T2.F.n": parts}, SCHOOLS: {"T2.F.n": whole}, HEALTH: {}})
    assert not said(larger["C1"], "G-CHILD") or told


BUSY = {"T2.L.n": 3, "T2.P.n": 4, "T2.Q.n": 5, "T2.F.n": 1.5, "T2.B.x1": 2, "T2.B.x2": 2}
TWICE = """
C1>002 甲县·东河镇 | C2>003 乙县·东河镇        | 名称都是“东河镇”，表二的数一个不差（6 个不为 0） | C1>002 | one name, and the same numbers
C1>002 甲县·东河镇 | C2>003 乙县·东河镇 T2.L.n=9 | | | of one name, as there are many
C1>002 甲县·东河镇 | C2>003 乙县·西河镇        | | | a copy perhaps, and two agencies
C1>002 甲县教育局 T2.L.n=9 | C2>009 乙县·甲县教育局 | 名称都是“甲县教育局” | C1>002 | the name says where it belongs
C1>002 甲县教育局   | C2>002 乙县教育局         | | | so they are two
C1>123456789 甲县·东河镇 T2.L.n=9 | C2>123456789 乙县·河东镇 | 代码都是 123456789 | C1>123456789 | such a code is given once
C1>002 甲县·东河镇 T2.L.n=9 | C2>003<C1>002 乙县·东河镇 | 名称都是“东河镇”，一家的原代码就是另一家的代码 | C2>003 | it has moved, and both report it
C1>002 甲县·新设局 T2.L.n=9 | C2>003<C1>002 乙县·东河镇 | | | it has moved, and its code is another's now
C1>002 甲县·东河镇 | 901 东河镇               | 名称都是“东河镇”，表二的数一个不差（6 个不为 0） | 901 | what came directly counts
C1>002 甲县·东河镇 T2.L.n=0 T2.P.n=0 T2.Q.n=0 | 901 东河镇 T2.L.n=0 T2.P.n=0 T2.Q.n=0 | 名称都是“东河镇”，各表的数一个不差（3 个不为 0） | 901 | fewer do for what came directly
C1>002 甲县·东河镇 T2.L.n=0 T2.P.n=0 T2.Q.n=0 | C2>003 乙县·东河镇 T2.L.n=0 T2.P.n=0 T2.Q.n=0 | | | and not for what did not
C1>002 甲县·东河镇 T2.L.n=0 T4.d.g1=7 T4.d.g5=7 | C2>003 乙县·东河镇 T2.L.n=0 T4.d.g1=7 T4.d.g5=7 | 名称都是“东河镇”，各表的数一个不差（6 个不为 0） | C1>002 | few in each table, enough in all
C1>002 甲县·东河镇  | 901 东河镇 T2.L.n=9      | | | of one name, as there are many
C1>002 甲县·东河镇 | C1>003 甲县·东河镇        | | | what a region holds twice it sees itself
S1>C1>002 丁市·甲县·东河镇 | S2>C9>002 己市·癸县·东河镇 | 名称都是“东河镇”，表二的数一个不差（6 个不为 0） | S1>C1>002 | two cities
"""
NAMES = {"C1": "甲县", "C2": "乙县", "S1": "丁市", "S2": "己市", "C9": "癸县"}


def reported(told: str) -> Filing:
    """A filing as it came: code, former code, name, and the number that is not that of the others."""
    code, name, *other = told.split()
    code, _, former = code.partition("<")
    way = tuple(NAMES[one] for one in code.split(">")[:-1])
    numbers = BUSY | {key: int(number) for key, number in (one.split("=") for one in other)}
    filing = filed(Agency(code, name, former=(former,) if former else ()), numbers, Policy(), NO_LAST_YEAR)
    relay = Relay(way[0], "2024-02-01-1", way) if way else None
    return replace(filing, checked=replace(filing.checked, submission=replace(filing.submission, relay=relay)))


@pytest.mark.parametrize("line", TWICE.strip().splitlines())
def test_an_agency_that_two_regions_report_counts_once(line: str) -> None:
    one, two, why, counts, _ = (part.strip() for part in line.split("|"))
    pair = [reported(one), reported(two)]
    found = compare_results(pair, frozenset(), Rulebook(FORM), Roster())
    once = {filing.agency.code: filing for filing in count_once(found, FORM)}
    findings = [(code, f.message) for code, filing in once.items() for f in said(filing, "G-TWICE")]
    if not why:
        assert not findings and not any(filing.covered for filing in once.values())
        return
    ((asked, message),) = findings
    (other,) = once.keys() - {counts}
    assert asked == counts and f"（{other}）像是同一家单位：{why}。一家单位只计一次。本次按" in message
    assert (once[counts].state, once[other].state) == (State.HELD, State.COMPARED)
    assert once[other].reason == f"与“{once[counts].agency.name}”像是同一家，那一份已计入合计，本份只比对，不重复计入"
    told = "，有 1 个数不同（表二「行政许可」 " if ("=" in one) != ("=" in two) else "，各数都相同。"
    assert f"“{once[other].source.path}”只比对{told}" in message
    assert "只比对" in said(once[counts], "G-TWICE")[0].brief, "which is what 问题清单 shows"

    # A reviewer knows that they are two, or that the other is the right one.
    head = next(filing for filing in found if filing.agency.code == counts)
    (finding,) = said(head, "G-TWICE")
    answer = FollowUp("", "", Status.WAIVED, date(2024, 2, 1), 0)
    waived = replace(head, checked=replace(head.checked, findings=(replace(finding, follow_up=answer),)))
    both = count_once([waived if f is head else f for f in found], FORM)
    assert [f.covered for f in both] == [None, None]
    left_out = compare_results(pair, frozenset({head.source.path}), Rulebook(FORM), Roster())
    assert not any(f.again for f in left_out)


def test_in_two_wholes_it_is_told_that_it_is_counted_twice() -> None:
    """What a whole holds counts; where each of two holds it, nothing of ours can take it out."""
    pair = compare_results(
        [reported("C1>002 甲县·东河镇"), reported("C2>003 乙县·东河镇")], frozenset(), Rulebook(FORM), Roster()
    )
    within = Covered(False, ("乙县",))
    one, two = count_once([pair[0], replace(pair[1], covered=within)], FORM)
    assert one.covered and one.covered.again and two.covered == within
    assert "本次按“乙县”的结果" in said(one, "G-TWICE")[0].message
    one, two = count_once([replace(one, covered=within) for one in pair], FORM)
    assert said(one, "G-TWICE")[0].message.endswith("合计中算了两次，要由其中一个地区改正后再报。")
