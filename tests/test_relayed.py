"""Levels: agencies → counties → a city → a province. What a lower level passes on is added up once, leads to the cell of
the agency's own file, is never judged again, and is believed no further than it can be checked."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from signal import ITIMER_PROF, getitimer, setitimer

import pytest
from msgspec.structs import replace

from tests.grids import annual_report, year
from tests.offices import mailed, zipped
from tests.regions import file, new_region, passed_on, report_of, run, send
from tests.weeks import quick
from workbook_tool import commands
from workbook_tool.batch import Outcome
from workbook_tool.files.intake import lower_results
from workbook_tool.files.intake.caps import begin_anew, set_clocks, stop_clocks
from workbook_tool.files.intake.containers import content_of, open_container
from workbook_tool.files.intake.ignored import is_ignored
from workbook_tool.files.intake.lower_results import VALUES, lower_result, parts_of_results
from workbook_tool.files.season.run_folders import read_manifest
from workbook_tool.files.season.signing import sign
from workbook_tool.intake import Terms, take_in
from workbook_tool.model.errors import OfficeError, Unreadable
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Submission
from workbook_tool.model.office.settings import Limits, Roster
from workbook_tool.model.season.agency import AgencyRecord
from workbook_tool.model.season.periods import Owed
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.manifest import Published
from workbook_tool.steps.form.region_report import coverage
from workbook_tool.steps.intake.duplicates import mark_duplicates
from workbook_tool.steps.intake.newest_results import newest_results
from workbook_tool.steps.returns.remind import REGIONS, remind
from workbook_tool.steps.workbook.levels_sheet import LEVEL_LIST, add_levels
from workbook_tool.steps.workbook.plan import Plan

__all__ = ["quick"]
COUNTY = "001,教育局,县级部门,本单位\n002,东河镇,乡镇,本单位"
CITY = "C1,甲县,县区,全域汇总\nC2,乙县,县区,全域汇总\nC3,丙县,县区,全域汇总\n901,市水利局,市级部门,本单位"
PROVINCE = "S1,丁市,市,全域汇总\nS2,己市,市,全域汇总\n801,省林业局,省级部门,本单位"


def total(outcome: Outcome, code: str) -> int | None:
    assert outcome.result
    return outcome.result.totals.passed.sums[outcome.result.form.by_code[code].index]


def record(outcome: Outcome, code: str) -> AgencyRecord:
    assert outcome.result
    return next(one for one in outcome.result.agencies if one.agency.code == code)


def values(outcome: Outcome) -> list[dict[str, str]]:
    assert outcome.folder
    with (outcome.folder / VALUES).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def chased(outcome: Outcome) -> list[str]:
    assert outcome.folder
    return sorted(path.name for path in (outcome.folder / "reminders").glob("*.eml"))


def who_filed(outcome: Outcome) -> str:
    """A line for each level and region."""
    assert outcome.result
    lines = (
        f"{one.level} {one.name} 应报 {one.due} 通过 {one.passed} 迟报 {one.late} 未报 {'、'.join(one.missing)}".rstrip()
        for one in outcome.result.turnouts
    )
    return "".join(f"\n        {line}" for line in lines) + "\n    "


def test_agencies_counties_city_province(tmp_path: Path, quick: None) -> None:
    """Three cells by hand: 行政许可, 行政处罚 and the fee are in no equation, so they may be anything."""
    one, two, three = (new_region(tmp_path / f"{n}县", f"C{i}", COUNTY) for i, n in enumerate("甲乙丙", 1))
    city, province = new_region(tmp_path / "丁市", "S1", CITY), new_region(tmp_path / "戊省", "P1", PROVINCE)
    file(one, "001", T2_L_n=100)
    file(one, "002", T2_L_n=20)
    file(two, "001", T2_L_n=3)
    file(three, "001", T2_L_n=4000)
    file(city, "901", T2_L_n=7)
    file(province, "801", T2_L_n=50000)

    # 丙县 is late, in 乙县 one agency is missing: it is told with 乙县, and nobody here writes to it.
    first = run(one, "2024-02-01")
    send(first.folder, city, "甲县.zip")
    shutil.copytree(run(two, "2024-02-01").folder or two, city / "inbox" / "乙县")
    early = run(city, "2024-02-02")
    assert total(early, "T2.L.n") == 100 + 20 + 3 + 7 and total(early, "T2.P.n") == 4 * 48
    assert total(early, "T3.r1.c1") == 4 * 42
    assert chased(early) == ["C2_乙县_催报.eml", "C3_丙县_催报.eml"] and record(early, "C3").state == "missing"
    assert early.result and [REGIONS in letter.body for letter in remind(early.result)] == [True, False]
    assert record(early, "C2").remark == "所属 2 家：通过 1 家，未报 1 家（东河镇）（2024-02-01-1 的汇总结果）"
    *_, below = remind(early.result)
    assert (
        "汇总结果（2024-02-01-1）中，还有 1 家没有报，应不迟于 2024 年 1 月 31 日报送，已逾期 2 天：东河镇。"
        in below.body
    )
    standing = commands.status(city / "config.toml", date(2024, 2, 2))
    assert "已不在收件夹" not in standing, "a result that lies there as a folder"
    assert "下级地区还有未报的单位，请催下级 1 处：\n  · 乙县：未报 1 家（东河镇）\n" in standing
    shown = commands.show(city / "config.toml", "C2>001")
    assert shown.startswith("C2>001  《政府信息公开工作年度报告》2023 年度\n上次运行 2024-02-02-1：已汇总")
    owed = {"C2": (Owed(year(2022), date(2023, 1, 31)),)}
    (both,) = [one for one in remind(replace(early.result, owed=owed)) if one.agency.code == "C2"]
    assert "2022 年度" in both.body and "另外，贵地区报来的 2023 年度" in both.body, "one letter tells of all"
    assert (record(early, "C1").state, record(early, "C1>001").state) == ("compared", "counted")
    assert record(early, "C1").file.reason == "所属 2 家的数已计入合计，本表不重复计入"  # type: ignore[union-attr]
    assert not early.result.findings  # type: ignore[union-attr]

    # It came, and the city signs. Then 乙县's agency corrects a number, and the county passes its result on again.
    send(run(three, "2024-02-03").folder, city, "丙县.zip")
    whole = run(city, "2024-02-04")
    assert total(whole, "T2.L.n") == 4130 and chased(whole) == ["C2_乙县_催报.eml", "C3_丙县_催报.eml"]
    assert whole.folder
    sign(whole.folder, read_manifest(whole.folder) or Published(), date(2024, 2, 4))
    file(two, "001", T2_L_n=5)
    shutil.copytree(run(two, "2024-02-05").folder or two, city / "inbox" / "乙县更正")
    again = run(city, "2024-02-06")
    assert total(again, "T2.L.n") == 4132
    assert again.result and again.result.weeks.drift
    ((agency, differences),) = again.result.weeks.drift.changed
    assert agency.name == "乙县·教育局" and [(d[1], d[2]) for d in differences] == [(3, 5)]
    older = [f for f in again.result.files if f.state is State.SUPERSEDED]
    assert [f.source.path for f in older] == ["乙县!乙县（合计）", "乙县!001_教育局.xlsx"]
    assert "以新的为准" in older[0].reason
    assert not again.result.findings and record(again, "C2>001").state == "held", "乙县 itself waits for an explanation"

    # 甲县 sends its own 上报表 too, in which one number is not what its agencies filed.
    report_of(city, "C1", first, T2_L_n=121)
    both = run(city, "2024-02-07")
    assert total(both, "T2.L.n") == 4132
    found = {finding.rule: finding.message for _, finding in both.result.findings}  # type: ignore[union-attr]
    assert "填 121，所属 2 家之和为 120，多 1（甲县·教育局 表二!B12 100，甲县·东河镇 表二!B12 20）" in found["G-SUM"]
    assert found["G-LEVEL"].endswith("本次所属 2 家的数已计入合计，本表不重复计入。")
    assert {owner.agency.code for owner, _ in both.result.findings} == {"C1"}  # type: ignore[union-attr]

    # And the province: every number leads through city and county to a cell.
    send(both.folder, province, "丁市.zip")
    top = run(province, "2024-02-08")
    assert total(top, "T2.L.n") == 54132 and total(top, "T2.P.n") == 6 * 48 and total(top, "T3.r1.c1") == 6 * 42
    rows = [row for row in values(top) if row["row"] == "行政许可"]
    assert [(row["level"], row["region"], row["agency_code"], row["value"], row["file"]) for row in rows] == [
        ("2", "丁市>甲县", "S1>C1>001", "100", "丁市.zip!甲县.zip!001_教育局.xlsx"),
        ("2", "丁市>甲县", "S1>C1>002", "20", "丁市.zip!甲县.zip!002_东河镇.xlsx"),
        ("2", "丁市>乙县", "S1>C2>001", "5", "丁市.zip!乙县更正!001_教育局.xlsx"),
        ("2", "丁市>丙县", "S1>C3>001", "4000", "丁市.zip!丙县.zip!001_教育局.xlsx"),
        ("1", "丁市", "S1>901", "7", "丁市.zip!901_市水利局.xlsx"),
        ("0", "", "801", "50000", "801_省林业局.xlsx"),
    ]
    assert {(row["sheet"], row["cell"]) for row in rows} == {("表二", "B12")}
    assert chased(top) == ["S1_丁市_催报.eml", "S2_己市_催报.eml"]
    assert (
        who_filed(top)
        == """
        0 戊省 应报 3 通过 2 迟报 0 未报 己市
        1 丁市 应报 4 通过 4 迟报 1 未报
        2 丁市·甲县 应报 2 通过 2 迟报 0 未报
        2 丁市·乙县 应报 2 通过 1 迟报 0 未报 东河镇
        2 丁市·丙县 应报 2 通过 1 迟报 0 未报 东河镇
    """
    )
    assert "各级应报 9，已汇总 5，待核 1，退回 0，未报 3" in top.summary, (
        "each agency once: no region, whose own are counted"
    )
    assert top.result and "还有 2 家没有报" in (asked := remind(top.result)[-1].body)
    assert "：乙县·东河镇、丙县·东河镇。请催报" in asked
    assert [(one.must, one.explain) for one in top.result.turnouts if one.code == "S1>C2"] == [(0, 1)]
    assert "应报 9 家中已通过 6 家，其中待核 1 家；未报 3 家，未计入" in coverage(top.result)
    add_levels(book := Book("", top.result.as_of), Plan(top.result))
    shown = {cell.value: cell for cell in book.sheets[0].every_cell if cell.column == LEVEL_LIST.at("地区")}
    assert shown["丁市"].link.startswith("分组小计!") and not shown["丁市·丙县"].link
    assert "下 2 级 3 个地区：应报 6，已报 4，未报 2。" in " ".join(str(cell.value) for cell in book.sheets[0].cells)

    # In a province whose roster names counties too, what a city holds is what stands below it and below its counties.
    (province / "roster.csv").write_text(
        f"代码,名称,类别,报告口径,上级\n{PROVINCE}\nC1,甲县,县区,,丁市", encoding="utf-8"
    )
    deep = run(province, "2024-02-09")
    assert deep.result and total(deep, "T2.L.n") == 54132
    assert [(one.code, one.level, one.due) for one in deep.result.turnouts] == [
        *(("P1", 0, 3), ("S1", 1, 4), ("C1", 2, 2), ("S1>C2", 2, 2), ("S1>C3", 2, 2))
    ]
    assert (record(deep, "C1").state, record(deep, "C1").remark) == ("compared", "经“丁市”转来 2 家的数")
    assert record(deep, "S1>C1>001").agency.parent == "甲县"
    at = deep.result.form.by_code["T2.L.n"].index
    by_parent = {one.name: (one.layer.sums[at], one.parts) for one in deep.result.totals.by_parent}
    assert by_parent == {"丁市": (4132, ("甲县",)), "甲县": (120, ()), "": (50000, ())}
    by_kind = {one.name: one.layer.sums[at] for one in deep.result.totals.by_category}
    assert by_kind == {"县级部门": 4105, "乡镇": 20, "市级部门": 7, "省级部门": 50000}

    # 丙县 took 东河镇 over from 甲县, and both report it.
    (three / "roster.csv").write_text(
        f"代码,名称,类别,报告口径,原代码\n{COUNTY.splitlines()[0]},\n002,东河镇,乡镇,本单位,C1>002", encoding="utf-8"
    )
    file(three, "002", T2_L_n=22)
    send(run(three, "2024-02-10").folder, city, "丙县又报.zip")
    once = run(city, "2024-02-11")
    assert total(once, "T2.L.n") == 4132 - 20 + 22, "it counts where it is now"
    assert (record(once, "C3>002").state, record(once, "C1>002").state) == ("held", "compared")
    assert "各级应报 6，" in once.summary and "不止一处报来的 1 家，只计了一次，请核实" in once.summary
    assert once.result and once.result.states.total() == once.result.due == 6
    told = next(f.message for owner, f in once.result.findings if f.rule == "G-TWICE")
    assert (
        "本次按“丙县”的结果“丙县又报.zip!002_东河镇.xlsx”计一次；“甲县”的结果“甲县.zip!002_东河镇.xlsx”只比对" in told
    )
    assert "甲县·东河镇" in commands.status(city / "config.toml", date(2024, 2, 11))
    send(once.folder, province, "丁市又报.zip")
    above = run(province, "2024-02-12")
    assert above.result and (above.result.due, total(above, "T2.L.n")) == (8, 54134), "and once in all levels above"
    assert State.EXCLUDED.label not in above.summary


Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The two files that are read of a result, as one of ours wrote them."""
    with pytest.MonkeyPatch.context() as patch:
        quick.__wrapped__(patch)  # type: ignore[attr-defined]
        county = new_region(tmp_path_factory.mktemp("levels") / "甲县", "C1", "001,教育局,县级部门,本单位")
        file(county, "001", T2_L_n=100)
        folder = run(county, "2024-02-01").folder
    assert folder
    return {name: (folder / name).read_bytes() for name in ("run.json", VALUES)}


def taken(
    folder: Path, files: dict[str, bytes], roster: Roster | None = None, own: str = "丁市", path: str = "甲县/run.json"
) -> object:
    """What becomes of a run folder that holds these files."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    manifest = folder / "run.json"
    source = SourceFile(path, manifest, hashlib.sha256(files["run.json"]).hexdigest(), 1)
    roster = roster or Roster((Agency("C1", "甲县", scope="全域汇总"),))
    return take_in(source, Terms(annual_report(), roster, year(2023), region=Agency("", own)))


def retold(files: dict[str, bytes], old: str, new: str, resealed: bool = True) -> dict[str, bytes]:
    """The result with its values changed, and the digest in run.json with them."""
    changed = files[VALUES].replace(old.encode(), new.encode())
    assert changed != files[VALUES]
    told = json.loads(files["run.json"])
    if resealed:
        told["values_sha256"] = hashlib.sha256(changed).hexdigest()
    return {"run.json": json.dumps(told).encode(), VALUES: changed}


L = "表二,行政许可,本年处理决定数量,100"
WRONG = {
    "a number was typed over": (L, L.replace("100", "1000"), False, "与 run.json 记的校验不符"),
    "no number": (L, L.replace("100", "约百"), True, "第 8 行：“约百”不是数"),
    "a fraction of a count": (L, L.replace("100", "1.5"), True, "不是表二「行政许可」可以有的数"),
    "below nothing": (L, L.replace("100", "-1"), True, "可以有的数"),
    "too large for any arithmetic": (L, L.replace("100", "1" + "0" * 16), True, "可以有的数"),
    "twice": ("表二,行政处罚,", "表二,行政许可,", True, "同一个数出现了两次"),
    "no such row of the form": ("行政许可", "行政许河", True, "不是《政府信息公开工作年度报告》的数"),
    "whom the manifest does not know": ("001,教育局", "009,教育局", True, "run.json 里没有“009”已通过"),
    "no cell": ("B12", "第三行", True, "不是一个单元格"),
    "a level that its region does not tell": (",0,\r\n", ",2,甲>乙\r\n", True, "层级与地区、代码对不上"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_changed_result_is_told_and_counts_for_nothing(wrong: str, tmp_path: Path, result: dict[str, bytes]) -> None:
    old, new, resealed, said = WRONG[wrong]
    outcome = taken(tmp_path, retold(result, old, new, resealed))
    assert isinstance(outcome, FileRecord) and outcome.state is State.UNREADABLE
    assert said in outcome.reason and ("没有计入" in outcome.reason)


def test_a_result_that_was_refused_is_read_once_it_is_whole(tmp_path: Path, quick: None) -> None:
    """The run.json is the same before and after: that it had been refused once was remembered for good."""
    county, city = new_region(tmp_path / "甲县", "C1", "001,教育局,,"), new_region(tmp_path / "某市", "", "C1,甲县,,")
    file(county, "001", T2_L_n=100)
    passed = run(county, "2024-02-01").folder
    shutil.copytree(passed or county, city / "inbox" / "甲县")
    values = city / "inbox" / "甲县" / VALUES
    whole = values.read_bytes()
    for day, content in (
        ("2024-02-02", None),
        ("2024-02-03", whole.replace(b",100,", b",101,")),
        ("2024-02-04", whole),
    ):
        values.unlink() if content is None else values.write_bytes(content)
        outcome = run(city, day)
        told = {f.source.path: f.reason for f in outcome.result.files}["甲县/run.json"]  # type: ignore[union-attr]
        if content is None:
            assert "请下级把整个结果文件夹打包后再报" in told
        elif content != whole:
            assert "校验不符" in told
    assert told == "“甲县”的汇总结果（2024-02-01-1），转来 1 家的数" and total(outcome, "T2.L.n") == 100
    with pytest.raises(OfficeError, match="没有“001”这个代码或名称，是否指 C1>001。"):
        commands.show(city / "config.toml", "001")


def test_whose_result_it_is(tmp_path: Path, result: dict[str, bytes]) -> None:
    read = taken(tmp_path, result)
    assert isinstance(read, Opened) and read.record.reason == "“甲县”的汇总结果（2024-02-01-1），转来 1 家的数"
    region, agency = read.members
    assert isinstance(agency, Submission) and isinstance(region, Submission)
    assert (region.agency.code, region.added_up, agency.agency) == (
        "C1",
        True,
        Agency("C1>001", "甲县·教育局", category="县级部门", parent="甲县"),
    )
    renamed = taken(tmp_path, result, Roster((Agency("N1", "新区", former=("C1",)),)))
    assert isinstance(renamed, Opened) and renamed.members[1].agency.code == "N1>001"  # type: ignore[union-attr]
    listed = Roster((Agency("C1", "甲县"), Agency("77", "县教育局", aliases=("教育局",), parent="甲县")))
    known = taken(tmp_path, result, listed)
    assert isinstance(known, Opened) and known.members[1].agency == listed.agencies[1]  # type: ignore[union-attr]
    city = Agency("S1", "丁市")
    below = taken(tmp_path, result, Roster((city, Agency("C1", "甲县", parent="丁市"))))
    assert isinstance(below, Opened) and [m.agency.code for m in below.members] == ["C1", "S1>C1>001"]  # type: ignore[union-attr]
    for roster, own, said in (
        (Roster((Agency("X", "别县"),)), "丁市", "名录中没有这个地区"),
        (None, "甲县", "就是本地区自己的"),
    ):
        foreign = taken(tmp_path, result, roster, own)
        assert isinstance(foreign, FileRecord) and foreign.state is State.FOREIGN and said in foreign.reason


REORGANISED = """
C1,甲县,,          | 009       | C1>009        | renamed
C1,甲县,,          | 008、009  | C1>008 C1>009 | two became one
C1,甲县,, C2,乙县,, | C2>009    | C2>009        | it came from another county
N1,新区,C1,        |           | C1>001        | the county has a new code
N1,新区,C1,        | 009       | C1>009        | and so has the agency
N1,新区,C1、C2,    |           |               | of two counties that became one nobody knows whose 001 it was
N1,新区,C1、C2,    | C1>001、C2>003 | C1>001 C2>003 | unless it is told
C1,甲县,,S1 S1,丁市,, | C9>009  | S1>C1>C9>009  | a region that does not stand beside it
"""


@pytest.mark.parametrize("line", REORGANISED.strip().splitlines())
def test_an_agency_is_known_under_its_codes_of_last_year(line: str, tmp_path: Path, result: dict[str, bytes]) -> None:
    regions, former, expected, _ = (part.strip() for part in line.split("|"))
    rows = [(*row.split(","), "")[:4] for row in regions.split()]
    roster = Roster(
        tuple(Agency(c, name, former=tuple(f.split("、")) if f else (), parent=up) for c, name, f, up in rows)
    )
    told = json.loads(result["run.json"])
    told["agencies"][0] |= {"former": former.split("、")} if former else {}
    told["region"] = rows[0][1]
    read = taken(tmp_path, {**result, "run.json": json.dumps(told).encode()}, roster, own="己市")
    assert isinstance(read, Opened)
    agency = read.members[-1].agency
    assert agency and agency.former == tuple(expected.split())


def test_an_agency_that_stayed_the_same_counts_when_its_region_sends_again(
    tmp_path: Path, result: dict[str, bytes]
) -> None:
    """It stands in the older result with the same bytes, and that is the first by its path."""
    told = json.loads(result["run.json"])
    again = {**result, "run.json": json.dumps(told | {"run": "2024-02-01-10"}).encode()}
    older, newer = taken(tmp_path, result, path="a/run.json"), taken(tmp_path, again, path="b/run.json")
    assert isinstance(older, Opened) and isinstance(newer, Opened)
    read = mark_duplicates(
        newest_results([m for m in (*older.members, *newer.members) if not isinstance(m, SourceFile)])
    )
    assert [(one.source.path, isinstance(one, Submission) or one.state) for one in read] == [
        ("a!甲县（合计）", State.SUPERSEDED),
        ("a!001_教育局.xlsx", State.SUPERSEDED),
        ("b!甲县（合计）", True),
        ("b!001_教育局.xlsx", True),
    ]


def test_a_large_result_has_time_for_each_piece_of_it(
    tmp_path: Path, result: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """10,000 agencies are more than 20 seconds of reading, and none of it hangs."""
    pieces: list[int] = []
    monkeypatch.setattr(lower_results, "PIECE", len(result[VALUES]) // 4)
    monkeypatch.setattr(lower_results, "begin_anew", lambda: pieces.append(1))
    assert isinstance(taken(tmp_path, result), Opened) and len(pieces) in (3, 4)
    begin_anew()
    assert getitimer(ITIMER_PROF)[0] == 0, "no clock runs in this process"
    set_clocks(900, 900)
    try:
        setitimer(ITIMER_PROF, 5)
        begin_anew()
        assert getitimer(ITIMER_PROF)[0] > 800
    finally:
        stop_clocks()


def test_only_the_manifest_and_the_values_of_a_folder_are_read() -> None:
    inside = {f"甲县/{name}" for name in ("values.csv", "findings.csv", "汇总_甲县_2023_1.xlsx", "returns/001.xlsx")}
    paths = {*inside, "甲县/run.json", "甲县/别的局.xlsx", "乙县/run.json", "乙县/returns/1.xlsx"}
    assert parts_of_results(paths) == inside
    beside = {"丙县/2024-02-05-1/values.csv", "丙县/定稿_2023.json"}  # its whole outbox
    paths = {*beside, "丙县/2024-02-05-1/run.json", "丙县/001_教育局.xlsx", "定稿_2023.json"}
    assert parts_of_results(paths) == beside
    left = ("丙县/.undone/2024-02-06-1/run.json", "丙县/.partial-2024-02-07-1/run.json", "丙县/.lock")
    assert all(map(is_ignored, left)), "what was withdrawn is not its newest result"


def test_what_was_packed_beside_a_result_is_named(tmp_path: Path, result: dict[str, bytes]) -> None:
    for name, content in {**result, "汇总_甲县.xlsx": b"never opened"}.items():
        (tmp_path / name).write_bytes(content)
    path = tmp_path.parent / "甲县.zip"
    path.write_bytes(passed_on(tmp_path))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("002_财政局.xlsx", b"a filing")
    source = SourceFile("甲县.zip", path, "", 1)
    mail = tmp_path.parent / "a.eml"
    mail.write_bytes(mailed({"甲县.zip": path.read_bytes()}, {"发件人": "x <x@example.gov.cn>", "主题": "汇总"}))
    opened = open_container(SourceFile("a.eml", mail, "", 1), mail.read_bytes(), ())
    assert opened and isinstance(opened.members[0], SourceFile) and opened.members[0].path == "a.eml!甲县.zip"
    assert content_of(opened.members[0], Limits(), ()) == path.read_bytes()
    outer = tmp_path.parent / "两层.zip"
    outer.write_bytes(zipped({"甲县.zip": path.read_bytes(), "假的.zip": zipped({"run.json": b"{}", VALUES: b""})}))
    opened = open_container(SourceFile("两层.zip", outer, "", 1), outer.read_bytes(), ())
    real, false = (m for m in opened.members if isinstance(m, SourceFile)) if opened else ()
    assert lower_result(real, content_of(real, Limits(), ()))
    read = take_in(false, Terms(annual_report(), Roster(), year(2023)))
    assert isinstance(read, FileRecord) and "不是本程序写出的汇总结果" in read.reason, "it never opens deeper"
    found = lower_result(source, path.read_bytes())
    assert found and [one.source.path for one in found.beside] == ["甲县.zip!002_财政局.xlsx"]
    assert len(list(found.rows)) == 200
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("乙县/run.json", b"{}")
        archive.writestr("乙县/values.csv", b"")
    with pytest.raises(Unreadable, match="2 份汇总结果"):
        lower_result(source, path.read_bytes())
