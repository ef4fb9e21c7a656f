"""A whole and its parts are never added: which of them counts, for every way in which they may have come.

The tables are read line by line: agency, what it filed (``✔`` accepted, ``✘`` returned, ``–`` nothing), and what stands in
the totals. 甲县 is a whole of 教育局 and 卫健局; 乙镇 is below 教育局 where it is there; 市 is a whole of 甲县 and 丙县.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.grids import annual_report, year
from tests.test_compare import compared, said
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.relay import Relay
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.follow_up import Decision, Opinion
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.steps.season.levels import choose_levels

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
    assert note.message.endswith("本次所属 2 家的数已计入合计，本表不重复计入。")
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
