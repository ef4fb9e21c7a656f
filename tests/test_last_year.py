"""Last year's values: from a values.csv, a run folder or an older regional workbook; and what they do to a blank one."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests.grids import annual_report, settings_of, year
from tests.offices import CASES, make_office
from tests.tables import fill, put, read_tables
from workbook_tool import batch, checking, commands
from workbook_tool.files.intake.engine import InProcess
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.files.season.last_year import COLUMNS, load_last_year, other_separator
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Limits, Roster
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.publication import issue_templates
from workbook_tool.steps.season.last_year import lay_beside
from workbook_tool.steps.season.reorganised import reorganised

FORM = annual_report()
LEFT_OPEN, FEES = FORM.by_code["T3.r25.c7"].index, FORM.by_code["T2.F.n"].index
AS_OF = date(2024, 2, 5)


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outbox of the year before, with one run of three agencies."""
    config = make_office(tmp_path_factory.mktemp("2022"), CASES / "honest_two_years" / "last_year")
    batch.run(commands.open_office(config, period=year(2022)), date(2023, 2, 5))
    return config.parent / "outbox"


@pytest.fixture
def config(tmp_path: Path, earlier: Path) -> Path:
    """An office of this year with that run in its outbox."""
    config = make_office(tmp_path / "office", CASES / "honest_two_years")
    shutil.copytree(earlier, config.parent / "outbox")
    return config


def run_folder(config: Path) -> Path:
    return config.parent / "outbox" / "2023-02-05-1"


def named(config: Path, source: str) -> LastYear:
    """What is read where the configuration names this source."""
    text = config.read_text(encoding="utf-8").replace("[report]", f'[report]\nlast_year = "{source}"')
    other = config.with_name("other.toml")
    other.write_text(text, encoding="utf-8")
    return load_last_year(settings_of(other), FORM)


def test_every_kind_of_source_gives_the_same_values(config: Path) -> None:
    found = load_last_year(settings_of(config), FORM)
    assert (found.period, found.source, set(found.values)) == (year(2022), "2023-02-05-1", {"020", "021", "022"})
    assert found.values["020"][LEFT_OPEN] == 4 and found.values["020"][FEES] == 12_500_000
    assert named(config, "outbox/2023-02-05-1").values == found.values
    assert named(config, "outbox/2023-02-05-1/values.csv").values == found.values
    (workbook,) = run_folder(config).glob("汇总_*.xlsx")
    assert named(config, f"outbox/2023-02-05-1/{workbook.name}").values == found.values


def test_of_several_runs_the_newest_of_that_year_and_form_counts(config: Path) -> None:
    outbox = config.parent / "outbox"
    for name, changes in {
        "2023-02-05-10": {},
        "2023-02-05-9": {},
        "2024-01-01-1": {"year": 2023, "period": "2023", "as_of": "2024-01-01", "reports": []},
        "2023-03-01-1": {"form": "other", "as_of": "2023-03-01", "reports": []},
        "2023-04-01-1": {"as_of": "2023-01-01"},
    }.items():
        shutil.copytree(run_folder(config), outbox / name)
        manifest = outbox / name / "run.json"
        manifest.write_text(json.dumps(json.loads(manifest.read_text(encoding="utf-8")) | changes), encoding="utf-8")
    (outbox / "2023-05-01-1").mkdir()
    (outbox / "2023-05-01-1" / "run.json").write_text("{", encoding="utf-8")
    assert load_last_year(settings_of(config), FORM).source == "2023-02-05-10"


def spoilt(config: Path, old: str, new: str) -> None:
    path = run_folder(config) / "values.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(old, new, 1), encoding="utf-8-sig")


WRONG = {
    "no such file": ("outbox/2023-02-05-9", "", "", "不存在"),
    "no run": ("inbox", "", "", "里没有可以读取的 run.json"),
    "another year": ("outbox/2023-02-05-1/values.csv", ",2022,表二", ",2021,表二", "是 2021 年的，应为 2022 年的"),
    "another form": ("outbox/2023-02-05-1", "规章", "章程", "不是《政府信息公开工作年度报告》（zfxxgk-2021）的数"),
    "no number": ("outbox/2023-02-05-1", ",12.5,", ",约12,", "第 11 行的“约12”不是数"),
    "below the unit": (
        "outbox/2023-02-05-1",
        ",12.5,",
        ",0.0000001,",
        "“0.0000001”不是表二「行政事业性收费」可以有的数",
    ),
    "no values.csv": ("config.toml", "", "", "没有 agency_code、year、table、row、column、value 列"),
    "no workbook": ("坏.xlsx", "", "", "打不开"),
    "a workbook of one agency": ("inbox/020.xlsx", "", "", "不是汇总工作簿"),
}


@pytest.mark.parametrize(("mark", "called"), [(";", "分号"), ("\t", "制表符"), (",", ""), ("、", "")])
def test_a_csv_saved_with_another_separator_is_told_so(mark: str, called: str) -> None:
    heads = next(csv.reader([mark.join((*COLUMNS, "form"))]))
    assert (f"用{called}隔开，应为逗号" in other_separator(heads)) == bool(called)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_source_in_the_configuration_stops_before_anything_runs(name: str, config: Path) -> None:
    source, old, new, words = WRONG[name]
    (config.parent / "坏.xlsx").write_bytes(b"PK no workbook")
    spoilt(config, old, new)
    with pytest.raises(OfficeError) as caught:
        named(config, source)
    assert words in str(caught.value) and "config.toml [report] last_year" in str(caught.value)


def test_the_same_number_twice_is_refused(config: Path) -> None:
    path = run_folder(config) / "values.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([*lines, lines[1]]), encoding="utf-8-sig")
    with pytest.raises(OfficeError, match="单位 020 的表二「规章」×「本年制发件数」出现了两次"):
        named(config, "outbox/2023-02-05-1")


def test_a_workbook_gives_only_accepted_filings(config: Path) -> None:
    (path,) = run_folder(config).glob("汇总_*.xlsx")
    book = openpyxl.load_workbook(path)
    cell = next(c for row in book["单位明细"].iter_rows() for c in row if c.value == "已汇总")
    cell.value = "退回"
    book.save(path)
    assert set(named(config, f"outbox/2023-02-05-1/{path.name}").values) == {"021", "022"}


def test_a_run_that_cannot_be_read_leaves_last_year_unknown_and_says_so(config: Path) -> None:
    spoilt(config, ",12.5,", ",约12,")
    outcome = batch.run(commands.open_office(config), AS_OF)
    assert not [f for _, f in outcome.result.findings]
    problem = "上年的数没有用上：“2023-02-05-1”第 11 行的“约12”不是数，跨年度的规则未核对。"
    assert problem in outcome.summary
    assert outcome.manifest["inputs"]["last_year"] is None
    assert "Y-CARRY" not in outcome.manifest["counts"]["undecided"]


def test_the_run_says_what_it_took_last_year_from(config: Path) -> None:
    outcome = batch.run(commands.open_office(config), AS_OF)
    assert len(outcome.manifest["inputs"]["last_year"]) == 64
    assert outcome.folder
    book = openpyxl.load_workbook(outcome.folder / outcome.manifest["workbook"])
    told = [[cell.value for cell in row] for row in book["说明"].iter_rows()]
    assert any("上年（2022 年）的数取自“2023-02-05-1”，共 3 家。" in str(row[0]) for row in told)
    rows = {row[0]: row[7:10] for row in told}
    assert rows["Y-CARRY"] == [21, 0, 0] and rows["T2-STK"] == [6, 0, 0] and rows["G-CARRY"] == [7, 0, 0]
    first = outcome.manifest["inputs"]
    again = batch.run(commands.open_office(config), AS_OF, dry_run=True).manifest["inputs"]
    assert first == again


def test_check_knows_last_year_too(config: Path) -> None:
    path = config.parent / "inbox" / "020.xlsx"
    book = openpyxl.load_workbook(path)
    put(book, "T2_L_n", 3260)
    book.save(path)
    text, wrong = checking.check([str(path)], config)
    assert "[需说明 Y-SPIKE]" in text and "上年为 300，多 2960（987%）" in text and not wrong


def issued(config: Path, code: str, last: bool = True) -> Path:
    office = commands.open_office(config)
    (report,) = office.reports
    report = report if last else replace(report, last=LastYear())
    agency, out = office.roster.by_code(code), config.parent / ("with" if last else "without")
    assert agency
    ((path,), _) = issue_templates(report, [agency], out, False)
    return path


def texts(path: Path) -> dict[str, object]:
    sheet = openpyxl.load_workbook(path)["表三"]
    return {c.coordinate: c.value for row in sheet.iter_rows() for c in row if c.value is not None}


def test_the_blank_workbook_shows_what_was_left_open(config: Path) -> None:
    added = texts(issued(config, "020")).items() - texts(issued(config, "020", last=False)).items()
    assert added == {("M10", "供核对：上年「四、结转下年度」：自然人 3、商业企业 1、总计 4")}
    assert texts(issued(config, "027")) == texts(issued(config, "027", last=False)), "nothing known, nothing shown"


def test_what_the_blank_workbook_shows_is_no_number(config: Path) -> None:
    seen = []
    for last in (True, False):
        path = issued(config, "020", last)
        fill(path, FORM, read_tables((CASES / "good.md").read_text(encoding="utf-8")))
        (record,) = checking.check_files([path], commands.open_office(config).terms, engine=InProcess)
        assert isinstance(record, Filing) and not record.checked.findings
        seen.append([reading.number for reading in record.submission.readings])
    assert seen[0] == seen[1]
    assert len(read_sheets(issued_path(config).read_bytes(), Limits())) == 6


def issued_path(config: Path) -> Path:
    return next((config.parent / "with").glob("020*.xlsx"))


def test_a_values_csv_that_other_programs_saved_is_read(config: Path) -> None:
    path = run_folder(config) / "values.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    slim = ["value", "agency_code", "table", "row", "column", "year"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, slim, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    assert load_last_year(settings_of(config), FORM).values["020"][FEES] == 12_500_000


def test_a_values_csv_that_excel_saved_again_is_read(config: Path) -> None:
    """In its own encoding, with the apostrophes that keep texts from being formulas; with an exponent digits are gone."""
    path = run_folder(config) / "values.csv"
    text = path.read_text(encoding="utf-8-sig")
    path.write_bytes(text.replace("示例县教育局", "'=教育局").encode("gb18030"))
    last = load_last_year(settings_of(config), FORM)
    assert last.values["020"][FEES] == 12_500_000 and last.names["020"] == "=教育局"
    path.write_text(text.replace(",12.5,", ",1.25E+01,"), encoding="utf-8-sig")
    with pytest.raises(OfficeError, match=r"第 11 行的“1.25E\+01”被表格软件改写过，位数不全"):
        named(config, "outbox/2023-02-05-1/values.csv")


NAMED = {"1": "东水务局", "2": "东林业局", "7": "撤并局"}


def beside(names: dict[str, str], *agencies: Agency) -> LastYear:
    """Last year's values under these codes and names, laid beside a roster."""
    return lay_beside(LastYear(year(2023), "values.csv", {code: {0: 1} for code in names}, names=names), FORM, agencies)


def test_codes_that_lost_their_zeros_are_matched_by_name() -> None:
    last = beside(NAMED, Agency("001", "东水务局"), Agency("002", "林业局", aliases=("东林业局",)))
    assert set(last.values) == {"001", "002", "7"}
    assert last.doubts == (
        "其中 2 家的代码与名录不符（1→001、2→002），已按名称对上；代码像是被表格软件去掉了开头的 0。",
    )


def test_a_name_that_two_have_matches_nobody() -> None:
    assert beside({"1": "水务局", "2": "水务局"}, Agency("001", "水务局")).values.keys() == {"1", "2"}
    assert beside({"1": "水务局"}, Agency("001", "水务局"), Agency("002", "乙", aliases=("水务局",))).values.keys() == {
        "1"
    }


def test_a_code_that_somebody_has_is_never_taken_from_it() -> None:
    last = beside({"001": "林业局", "1": "水务局"}, Agency("001", "水务局"))
    assert last.values.keys() == {"001", "1"} and not last.doubts


def test_a_source_that_matches_nobody_is_said_loudly() -> None:
    (doubt,) = beside({"1": "甲", "2": "乙"}, Agency("001", "丙")).doubts
    assert doubt.startswith("但上年 2 家中没有一家与名录对得上（如 1 甲、2 乙），跨年度的规则都未核对；")


def test_totals_of_last_year_that_are_no_sums_are_told_once() -> None:
    numbers = {item.index: 0 for item in FORM.items}
    total = FORM.by_code["T3.r1.c7"]
    last = LastYear(year(2023), "x", {"1": numbers | {total.index: 5}, "2": numbers}, names={"1": "甲局"})
    (doubt,) = lay_beside(last, FORM, ()).doubts
    assert doubt.startswith(f"上年的数自身有 1 处总计不等于各项之和（如“甲局”{total.label}为 5，各项之和 0）")
    assert not lay_beside(replace(last, values={"2": numbers}), FORM, ()).doubts


def test_nothing_of_last_year_counts_twice_where_codes_moved() -> None:
    """乙县's 020 went to 甲县 and two agencies became one; 乙县 has given 020 to another since."""
    values = {"C1>001": {0: 1}, "C2>020": {0: 20}, "C2>030": {0: 300}, "C2>031": {0: 3000}}
    here = [
        Agency("C1>001", "甲县·教育局"),
        Agency("C1>002", "甲县·水利局", former=("C2>020",)),
        Agency("C2>020", "乙县·新设局"),
        Agency("C2>030", "乙县·农业农村局", former=("C2>030", "C2>031")),
    ]
    last = LastYear(values=values, claimed=frozenset(code for agency in here for code in agency.former))
    assert [last.year_ago(agency).get(0) for agency in here] == [1, 20, None, 3300]
    below = lay_beside(last, FORM, [Agency("C1", "甲县"), Agency("C2", "乙县")])
    assert not below.doubts, "they are known by their regions"


def reorganised_from(agencies: str, before: str) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """What the codes of last year are that each agency is known by, and what is said of it: lines of code, name, former codes
    and the region above, beside codes and names of last year."""
    rows = [(*row.split(), "", "")[:4] for row in agencies.splitlines()]
    roster = Roster(
        tuple(
            Agency(
                code, name, parent=up.strip("-"), former=tuple(former.strip("-").split("、")) if former != "-" else ()
            )
            for code, name, former, up in rows
        )
    )
    names = dict(line.split() for line in before.splitlines())
    then = LastYear(year(2022), "x", {code: {0: 1} for code in names}, names=names)
    now, last = reorganised(roster, then)
    return {one.code: one.former for one in now.agencies if one.parent}, last.doubts


OLD = "C1>001 甲县·教育局\nC2>001 乙县教育局\nC2>002 乙县·东河镇\n"


def test_the_agencies_of_merged_regions_are_known_by_their_names() -> None:
    called = "N1 新区 C1、C2 -\nN1>001 新区·教育局 - 新区\nN1>002 新区·东河镇 - 新区\nN1>003 新区·新设局 - 新区"
    found, doubts = reorganised_from(called, OLD)
    assert found == {"N1>001": ("C1>001", "C2>001"), "N1>002": ("C2>002",), "N1>003": ()}
    assert not doubts, "all of last year is somebody's, so what is new is new"
    _, doubts = reorganised_from(called, OLD.replace("东河镇", "河东镇"))
    assert doubts == (
        "“新区”由 C1、C2 合并，所属按名称与上年对上 1 家，没有对上 2 家（新区·东河镇、新区·新设局），上年的数未知；"
        "上年的 C2>002 乙县·河东镇没有对应的单位：请它在名录的“原代码”写上（如 C2>002），重新汇总再报。",
    )
    told, _ = reorganised_from(called.replace("东河镇 -", "东河镇 C1>001"), OLD)
    assert told["N1>001"] == ("C2>001",) and told["N1>002"] == ("C1>001",), "what was told is not asked by its name"
    twice, _ = reorganised_from(called, OLD + "C1>009 甲县·东河镇\nC1>010 甲县·东河镇")
    assert twice["N1>002"] == (), "two of one name in one region"


def test_what_two_claim_is_nobody_s_unless_one_is_still_called_so() -> None:
    split = "A 甲县 C1 -\nB 乙县 - -\nA>002 甲县·教育局 C1>002 甲县\nB>005 乙县·东河镇 C1>002 乙县"
    found, doubts = reorganised_from(split, "C1>002 丙县·东河镇")
    assert found == {"A>002": (), "B>005": ("C1>002",)} and not doubts
    found, doubts = reorganised_from(split, "C1>002 丙县·财政局")
    assert found == {"A>002": (), "B>005": ()}
    assert doubts == (
        "上年的 C1>002 是 2 家（甲县·教育局、乙县·东河镇）的原代码：拆分的单位上年的数分不开，这几家的上年数未知。",
    )
