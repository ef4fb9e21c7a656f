"""Several forms in one office, and several periods in one inbox: every file finds its form and its period, one run makes a
workbook for each report, and what came early or late is judged for its own."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from tests.grids import ROOT
from tests.tables import put
from tests.weeks import quick
from workbook_tool import commands
from workbook_tool.batch import Outcome
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.files.workbook.parquet import write_parquet
from workbook_tool.files.workbook.render import render
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.submission import IDENTITY_SHEET
from workbook_tool.model.season.work import Work
from workbook_tool.status import told_once
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.workbook import compose

__all__ = ["quick"]
CONFIG = """
[region]
name = "示例县"

[[report]]
form = "zfxxgk-2021"
year = 2023
deadline = 2024-01-31

[[report]]
form = "zdgk-zb"

[roster]
file = "roster.csv"
"""
ANNUAL, WEEKLY = "zfxxgk-2021", "zdgk-zb"
MONDAY = date(2024, 2, 5)


@cache
def form_of(name: str) -> Form:
    return load_form(ROOT / "templates", name)


@pytest.fixture
def office(tmp_path: Path, quick: None) -> Path:
    (tmp_path / "inbox").mkdir()
    roster = "代码,名称,表式\n001,县教育局,\n002,县财政局,\n003,县统计局,zdgk-zb\n"
    (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path / "config.toml"


def file(config: Path, form: str, code: str, period: str, numbers: Mapping[str, int], name: str = "") -> None:
    """A filing with these numbers by their codes; of the annual form, everything else is 0."""
    agency = load_roster(config.parent / "roster.csv").by_code(code)
    path = config.parent / "inbox" / (name or f"{code}_{form}_{period}.xlsx")
    render(blank_book(form_of(form), Period.parse(period), date(2024, 1, 1), agency), path)
    book = openpyxl.load_workbook(path)
    whole = dict.fromkeys(form_of(form).by_code, 0) if form == ANNUAL else {}
    for item, number in {**whole, **numbers}.items():
        put(book, item.replace(".", "_"), number)
    book.save(path)


def week(config: Path, code: str, period: str, count: int, year: int) -> None:
    """A week with news on one channel."""
    numbers = {"news": count, "all": count, "year": year}
    file(
        config, WEEKLY, code, period, {f"W.{row}.{name}": n for row in ("site", "total") for name, n in numbers.items()}
    )


def run(config: Path, day: date = MONDAY, **asked: object) -> Outcome:
    told: list[Outcome] = []
    commands.run_office(config, day, told=told.append, **asked)  # type: ignore[arg-type]
    return told[0]


def stands(outcome: Outcome) -> dict[tuple[str, str], dict[str, str]]:
    """By form and period, the state of every agency."""
    return {
        (r.form.id, str(r.period)): {record.agency.code: record.state.value for record in r.agencies}
        for r in outcome.results
    }


def test_the_tables_are_there_as_parquet_too(office: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="without pyarrow there is no Parquet: NOT CHECKED")
    office.write_text(f"{CONFIG}\n[run]\nparquet = true\n", encoding="utf-8")
    week(office, "001", "2024-W05", 3, 30)
    outcome = run(office)
    assert outcome.folder
    told = parquet.read_table(outcome.folder / "values.parquet")
    assert [str(told.schema.field(name).type) for name in ("value", "year", "cell")] == [
        "decimal128(38, 9)",
        "int32",
        "string",
    ]
    typed = [{**row, "value": f"{row['value']:f}".split(".")[0], "year": f"{row['year']}"} for row in told.to_pylist()]
    assert typed == rows(outcome, "values.csv")


def test_a_list_may_have_columns_called_as_those_of_values(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="without pyarrow there is no Parquet: NOT CHECKED")
    path = tmp_path / "records.parquet"
    write_parquet(path, ["year", "value"], [("2024年", "约三件"), ("", "")], figures=False)
    assert parquet.read_table(path).to_pylist() == [{"year": "2024年", "value": "约三件"}, {"year": "", "value": ""}]


def rows(outcome: Outcome, name: str) -> list[dict[str, str]]:
    assert outcome.folder
    with (outcome.folder / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_file_finds_its_form_and_one_run_handles_all(office: Path) -> None:
    file(office, ANNUAL, "001", "2023", {}, name="一.xlsx")
    week(office, "001", "2024-W05", 3, 30)
    week(office, "003", "2024-W05", 2, 8)
    outcome = run(office)
    assert stands(outcome) == {
        (ANNUAL, "2023"): {"001": "counted", "002": "missing"},
        (WEEKLY, "2024-W05"): {"001": "counted", "002": "missing", "003": "counted"},
    }, "003 files the weekly form only"
    assert {(row["form"], row["period"]) for row in rows(outcome, "values.csv")} == set(stands(outcome))
    told = outcome.manifest
    assert (told["schema"], told["form"], told["period"]) == (2, ANNUAL, "2023")
    assert [(r["form"], r["period"], r["counts"]["files"]) for r in told["reports"]] == [
        (ANNUAL, "2023", {"counted": 1}),
        (WEEKLY, "2024-W05", {"counted": 2}),
    ]
    assert [(f["path"], f["form"], f["period"]) for f in told["files"]] == [
        ("001_zdgk-zb_2024-W05.xlsx", WEEKLY, "2024-W05"),
        ("003_zdgk-zb_2024-W05.xlsx", WEEKLY, "2024-W05"),
        ("一.xlsx", ANNUAL, "2023"),
    ]
    assert "未报 1\n" in outcome.summary and outcome.summary.count("《") == 2
    assert commands.run_office(office, MONDAY)[0].startswith("与 2024-02-05-1 运行时相比什么都没有变")
    next_week = commands.status(office, MONDAY + timedelta(weeks=1))
    assert "第 6 周《主动公开信息发布周报》  还没有运行过\n" in next_week
    (stood,) = (part for part in next_week.split("示例县 ") if part.startswith("2024 年第 5 周"))
    assert "上次运行 2024-02-05-1：3 家" in stood and "未报 1" in stood, "what a week asked is not over with it"
    assert "2024 年第 5 周" in commands.show(office, "001")


def test_a_file_without_our_mark_is_known_by_its_numbers(office: Path) -> None:
    file(office, ANNUAL, "001", "2023", {}, name="001_2023.xlsx")
    week(office, "002", "2024-W05", 3, 30)
    for path in (office.parent / "inbox").iterdir():
        book = openpyxl.load_workbook(path)
        del book[IDENTITY_SHEET]
        book.save(path)
    assert stands(run(office))[ANNUAL, "2023"]["001"] == "counted"
    assert stands(run(office, again=True))[WEEKLY, "2024-W05"]["002"] == "counted"


def test_a_workbook_that_holds_two_forms_says_so(office: Path) -> None:
    file(office, ANNUAL, "001", "2023", {}, name="一.xlsx")
    week(office, "002", "2024-W05", 3, 30)
    inbox = office.parent / "inbox"
    (source,) = inbox.glob("002*")
    weekly, annual = openpyxl.load_workbook(source).worksheets[1], openpyxl.load_workbook(inbox / "一.xlsx")
    added = annual.create_sheet("本周")
    for row in weekly.iter_rows(values_only=True):
        added.append(row)
    annual.save(inbox / "一.xlsx")
    both, alone = run(office).results
    (told,) = [finding for _, finding in both.findings if finding.rule == "P-BESIDE"]
    assert told.message.startswith("工作表「本周」是《主动公开信息发布周报》的，没有计入：一个文件只按一张表式读取。")
    assert told.severity.value == "explain" and not [f for _, f in alone.findings if f.rule == "P-BESIDE"]


def test_early_and_late_weeks_are_judged_for_their_own(office: Path) -> None:
    week(office, "001", "2024-W04", 3, 27)
    week(office, "001", "2024-W05", 3, 30)
    week(office, "002", "2024-W06", 1, 9)
    outcome = run(office)
    assert stands(outcome)[WEEKLY, "2024-W05"] == {"001": "counted", "002": "missing", "003": "missing"}
    assert [str(other.period) for other in outcome.results[1].others] == ["2024-W04", "2024-W06"]
    assert {row["period"] for row in rows(outcome, "values.csv")} == {"2024-W04", "2024-W05", "2024-W06"}
    states = {f["path"]: f["state"] for f in outcome.manifest["files"]}
    assert set(states.values()) == {"counted"}, "none of them is foreign"
    assert "其他周次的报表 2 家次（2024 年第 4 周、2024 年第 6 周），各按其期审核，不计入本期" in outcome.summary
    assert [a["period"] for a in outcome.manifest["agencies"] if a["code"] == "003"] == ["2024-W05"], (
        "not missing in others"
    )


def test_a_week_goes_on_from_the_week_before_in_the_same_inbox(office: Path) -> None:
    week(office, "001", "2024-W05", 3, 31)
    week(office, "001", "2024-W04", 3, 27)
    (of_w05,) = [r for r in run(office).results if str(r.period) == "2024-W05"]
    said = [f.message for _, f in of_w05.findings if f.rule == "W-YEAR"]
    assert len(said) == 2 and "填 31，应为 30，多 1（上周为 27）" in said[0]


def test_a_week_that_was_moved_away_is_still_known(office: Path) -> None:
    week(office, "001", "2024-W04", 3, 27)
    week(office, "002", "2024-W04", 1, 5)
    run(office, date(2024, 1, 29))
    for path in (office.parent / "inbox").iterdir():
        path.unlink()
    week(office, "002", "2024-W04", 2, 6)  # late, and corrected
    run(office)
    week(office, "001", "2024-W05", 3, 31)
    week(office, "002", "2024-W05", 1, 7)
    outcome = run(office, date(2024, 2, 6))
    assert stands(outcome)[WEEKLY, "2024-W05"] == {"001": "returned", "002": "counted", "003": "missing"}


def test_a_signed_week_is_one_line(office: Path) -> None:
    week(office, "001", "2024-W04", 3, 27)
    run(office, date(2024, 1, 29))
    with pytest.raises(
        OfficeError, match="--form zfxxgk-2021（《政府信息公开工作年度报告》2023 年度）；--form zdgk-zb"
    ):
        commands.sign(office, None, date(2024, 1, 29))
    text = commands.sign(office, None, date(2024, 1, 29), pick=lambda asked, forms: 1)
    assert "已定稿：示例县 2024 年第 4 周，2024-01-29-1" in text
    assert (office.parent / "outbox" / "定稿_zdgk-zb_2024-W04.json").is_file()
    week(office, "002", "2024-W04", 1, 5)
    outcome = run(office)
    (late, signed) = sorted(outcome.manifest["files"], key=lambda f: f["path"], reverse=True)
    assert (late["state"], signed["state"]) == ("foreign", "foreign")
    way = "要改的，加 --period 2024-W04 运行，再定稿"
    assert signed["reason"] == f"报告周次为 2024 年第 4 周，那一期已经定稿，没有重新审核；{way}"
    assert late["reason"] == f"报告周次为 2024 年第 4 周，那一期已经定稿，这一份是定稿以后才收到的，没有审核；{way}"
    assert f"2024 年第 4 周定稿以后又收到 1 份，没有审核：{late['path']}；" in outcome.summary, "it had gone under"
    assert "没有计入的文件，原因见“收件清单” 1 份" in commands.status(office, MONDAY)
    assert "定稿以后又收到" in run(office, again=True).summary, "as long as it is so"
    assert (WEEKLY, "2024-W04") not in stands(outcome)
    again = run(office, form=WEEKLY, period=Period.parse("2024-W04"))
    assert stands(again) == {(WEEKLY, "2024-W04"): {"001": "counted", "002": "counted", "003": "missing"}}
    assert again.results[0].weeks.drift, "it differs from what was signed"


def test_a_week_whose_newest_run_was_of_another_is_signed_with_words(office: Path) -> None:
    week(office, "001", "2024-W04", 3, 27)
    run(office, date(2024, 1, 29))
    week(office, "001", "2024-W05", 3, 30)
    run(office)
    with pytest.raises(
        OfficeError, match=r"2024-02-05-1 也审核了 2024 年第 4 周的报表，.*--form zdgk-zb --period 2024-W04"
    ):
        commands.sign(office, None, MONDAY, form=WEEKLY, period=Period.parse("2024-W04"))


def test_another_period_and_one_form_alone(office: Path) -> None:
    file(office, ANNUAL, "001", "2023", {})
    week(office, "001", "2024-W04", 3, 27)
    outcome = run(office, period=Period.parse("2024-W04"))
    assert list(stands(outcome)) == [(ANNUAL, "2023"), (WEEKLY, "2024-W04")]
    book = openpyxl.Workbook()
    book.active["A1"] = "2023年政府信息公开工作年度报告（原表）"
    book.save(office.parent / "inbox" / "原表.xlsx")
    alone = run(office, form=WEEKLY, again=True)
    own, annual = sorted(
        (f for f in alone.manifest["files"] if f["form"] == ANNUAL), key=lambda f: f["path"][0] != "原"
    )
    assert own["reason"].startswith("没有找到")
    assert "另有本单位其他表的文件 2 份，这次没有汇总；不用处理" in alone.summary
    assert "请查看" not in alone.summary and "其他年度" not in alone.summary
    assert annual["reason"] == "是《政府信息公开工作年度报告》的，这次没有汇总这张表（--form 只选了别的）"
    assert {r["form"] for r in alone.manifest["reports"]} == {WEEKLY}
    with pytest.raises(OfficeError, match="没有表式 zdgk；现有：zfxxgk-2021、zdgk-zb"):
        run(office, form="zdgk")
    with pytest.raises(OfficeError, match="2024 年 3 月不是年度"):
        run(office, period=Period.parse("2024-03"))


def test_what_nobody_files_is_told_once(office: Path) -> None:
    openpyxl.Workbook().save(office.parent / "inbox" / "别的.xlsx")
    outcome = run(office)
    (line,) = outcome.manifest["files"]
    assert (line["state"], line["form"]) == ("foreign", "")
    assert line["reason"].startswith("没有找到《政府信息公开工作年度报告》《主动公开信息发布周报》的任何一张表")
    assert outcome.summary.count("请查看 1 份未能计入的文件") == 1 and "收件夹是空的" not in outcome.summary


def test_what_an_agency_owes_is_told_for_each_form() -> None:
    """The second form of an agency that was sent back for both had nothing waiting."""
    back, files = Work("returned", "退回后未重报", "家", ("城关镇",)), Work("new", "有新文件", "份", ("a.xlsx",))
    assert told_once([back, files], [back, files]) == (back,)


def test_a_form_says_when_it_is_due(office: Path) -> None:
    week(office, "001", "2024-W06", 3, 27)
    (result,) = run(office, date(2024, 2, 19), form=WEEKLY).results[:1]
    assert {str(r.deadline) for r in result.agencies} == {"2024-02-19"}
    (result,) = [
        r for r in run(office, date(2024, 2, 20), period=Period.parse("2024-W06")).results if r.form.id == WEEKLY
    ]
    assert {str(r.deadline) for r in result.agencies} == {"2024-02-18"}, (
        "the first working day after the Spring Festival"
    )
    said: list[str] = []
    run(office, date(2090, 1, 10), form=WEEKLY, say=said.append)
    assert "截止日期算不出：还不知道 2090 年的放假和调休安排。请在 config.toml 的 [calendar] 写明" in "".join(said)
    stands = commands.status(office, date(2090, 1, 10), form=WEEKLY)
    assert "等人处理：期满未报，截止日期算不出，是否逾期无法确定（按今天 2090-01-10），请催报 3 家" in stands
    assert "请催报" not in commands.status(office, date(2090, 1, 8), period=Period.parse("2090-W02"), form=WEEKLY)


def test_an_office_may_take_up_a_form_but_not_change_into_another(office: Path) -> None:
    two, one = CONFIG, CONFIG.replace("[[report]]", "[report]", 1).replace('[[report]]\nform = "zdgk-zb"\n', "")
    office.write_text(one, encoding="utf-8")
    file(office, ANNUAL, "001", "2023", {})
    run(office)
    commands.sign(office, None, MONDAY)
    office.write_text(two, encoding="utf-8")
    run(office)
    mark = office.parent / "outbox" / "定稿_2023.json"
    commands.sign(office, None, MONDAY, form=ANNUAL)
    assert json.loads(mark.read_text(encoding="utf-8"))["run"] == "2024-02-05-2", "the mark of before is renewed"
    only_weekly = one.replace(ANNUAL, WEEKLY).replace("year = 2023\ndeadline = 2024-01-31\n", "")
    office.write_text(only_weekly, encoding="utf-8")
    run(office)
    office.write_text(one, encoding="utf-8")
    with pytest.raises(OfficeError, match="表式是“zdgk-zb”，本次是“zfxxgk-2021”"):
        run(office)


def test_opinions_and_history_are_of_their_form(office: Path) -> None:
    """Two forms have problems of one rule, in one run: each is followed in its own."""
    file(office, ANNUAL, "001", "2023", {"T2.L.n": 7})
    week(office, "001", "2024-W05", 3, 30)
    run(office)
    outcome = run(office, date(2024, 2, 12), period=Period.parse("2024-W05"))
    with open_ledger(office.parent / "ledger.sqlite") as ledger:
        assert ledger.names == ["2024-02-05-1", "2024-02-12-1"]
        assert [(form, str(period)) for form, period in ledger.judged("2024-02-12-1")] == list(stands(outcome))
        history = ledger.history(WEEKLY, Period.parse("2024-W05"), date.max)
        assert len(history.runs) == 2 and set(history.versions) == {"001"}
    assert all(result.weeks.changes and not result.weeks.changes.fixed for result in outcome.results)


WRONG = {
    'form = "zdgk-zb"': ('form = "zfxxgk-2021"\nyear = 2023', "[[report]] form “zfxxgk-2021” 出现了两次"),
    "year = 2023": ("yeer = 2023", "report[1]：yeer 不是可用的键，是否指 year"),
    "deadline = 2024-01-31": ("deadline = 1", "deadline 应为日期"),
    "[[report]]\nform = \"zdgk-zb\"": ("[[reports]]\nform = \"zdgk-zb\"", "reports 不是可用的键，是否指 report"),
}  # fmt: skip


@pytest.mark.parametrize("right", WRONG)
def test_a_mistake_in_the_reports_is_told(office: Path, right: str) -> None:
    wrong, words = WRONG[right]
    office.write_text(CONFIG.replace(right, wrong), encoding="utf-8")
    with pytest.raises(OfficeError) as caught:
        commands.open_office(office)
    assert words in str(caught.value)


def test_a_form_may_have_rules_of_its_own(office: Path) -> None:
    office.write_text(
        f"{CONFIG}\n[rules]\nblank_is_zero = false\n".replace(
            'form = "zdgk-zb"', 'form = "zdgk-zb"\n[report.rules]\nblank_is_zero = true'
        ),
        encoding="utf-8",
    )
    file(office, ANNUAL, "001", "2023", {})
    week(office, "001", "2024-W05", 3, 30)
    for name in ("001_zfxxgk-2021_2023.xlsx", "001_zdgk-zb_2024-W05.xlsx"):
        path = office.parent / "inbox" / name
        book = openpyxl.load_workbook(path)
        put(book, "T2_L_n" if ANNUAL in name else "W_site_news", None)
        book.save(path)
    annual, weekly = run(office).results
    assert [{f.severity.value for _, f in r.findings if f.rule == "V-BLANK"} for r in (annual, weekly)] == [
        {"must"},
        set(),
    ]
    office.write_text(CONFIG + "\n[report.rules]\nblank_is_zreo = true\n", encoding="utf-8")
    with pytest.raises(OfficeError, match="blank_is_zreo 不是可用的键，是否指 blank_is_zero"):
        commands.open_office(office)


def test_a_roster_names_only_forms_that_are_collected(office: Path) -> None:
    (office.parent / "roster.csv").write_text("代码,名称,表式\n001,县教育局,zdgk-zc\n", encoding="utf-8")
    with pytest.raises(OfficeError, match="001 县教育局 的表式“zdgk-zc”没有这个编号，是否指 zdgk-zb"):
        commands.open_office(office)


def sheet(outcome: Outcome, number: int, name: str) -> list[list[object]]:
    """The rows of a sheet of this report, as composed."""
    found = next(s for s in compose(outcome.results[number]).sheets if s.name == name)
    cells = {(c.row, c.column): c.value for c in found.cells}
    last = max(column for _, column in cells)
    return [[cells.get((row, column)) for column in range(last + 1)] for row in sorted({row for row, _ in cells})]


def test_the_periods_stand_side_by_side(office: Path) -> None:
    week(office, "001", "2024-W03", 4, 14)
    week(office, "002", "2024-W03", 1, 5)
    run(office, date(2024, 1, 22))
    week(office, "001", "2024-W05", 3, 20)  # nobody filed for W04
    week(office, "003", "2024-W05", 2, 8)
    rows = sheet(run(office), 1, "各期")
    table = {row[0]: row[2:] for row in rows if row[0]}
    assert table["指标"][:3] == ["本周（0 家）", "上周", "增减"], "the last head: no week before to compare with"
    assert [str(n) for n in table["本周发布（条）"][:3]] == ["—", "—", "—"]
    heads = [row[2:6] for row in rows if row[0] == "指标"]
    assert heads[0] == ["第3周", "第4周", "第5周", "累计"]
    (first,) = [row[2:6] for row in rows if row[0] == "本周发布（条）" and row[5] is not None and row[2] != "—"]
    assert [str(n) for n in first] == ["5", "None", "5", "10"], "nobody filed for week 4: that is no 0"
    (year,) = [row[2:6] for row in rows if row[0] == "1月以来累计（条）" and row[2] != "—"]
    assert [str(n) for n in year] == ["19", "None", "28", "28"], "what is counted on stands in the last period"
    stands = {row[0]: row[2:8] for row in rows if row[0] in ("001", "002", "003")}
    assert stands == {
        "001": ["已汇总", "未报", "已汇总", 2, 0, 1],
        "002": ["已汇总", "未报", "—", 1, 0, 1],
        "003": ["未报", "未报", "已汇总", 1, 0, 2],
    }, "in time, late, missing; who has not filed for this week is not late yet"


def test_like_is_laid_beside_like(office: Path) -> None:
    week(office, "001", "2024-W04", 4, 14)
    week(office, "002", "2024-W04", 1, 5)
    week(office, "001", "2024-W05", 3, 17)
    week(office, "003", "2024-W05", 2, 8)
    rows = sheet(run(office), 1, "各期")
    assert ["指标", None, "本周（1 家）", "上周", "增减", "增减率"] in [row[:6] for row in rows]
    compared = [row[2:6] for row in rows if row[0] == "本周发布（条）"][-1]
    assert [str(n) for n in compared] == ["3", "4", "-1", "-0.25"], "001 alone has filed for both"
