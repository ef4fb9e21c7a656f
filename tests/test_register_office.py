"""A list in an office beside the annual form: the register of a county (17 new, 16 answered, 1 carried over) agrees with 表三
or is told to, row by row, and its problems are known again where its rows moved."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from msgspec import Struct
from msgspec.structs import replace

from tests.grids import ROOT
from tests.tables import put
from tests.weeks import named
from workbook_tool import commands, issuing
from workbook_tool.batch import Outcome
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.intake.engine import InProcess
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.workbook.render import render
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.workbook.book import Book
from workbook_tool.steps.form import blank_book, list_sheet
from workbook_tool.steps.workbook.plan import Plan
from workbook_tool.steps.workbook.record_sheet import ABOUT, Rows, add_records

CONFIG = """
[region]
name = "示例县"
[[report]]
form = "zfxxgk-2021"
year = 2023
deadline = 2024-01-31
[[report]]
form = "ysq-tz"
year = 2023
deadline = 2024-01-31
[roster]
file = "roster.csv"
[scorecard]
counted = ["TZ_OVERDUE.sum.n"]
per_counted = 3
"""
FIRST, SECOND = date(2024, 2, 5), date(2024, 2, 12)
Row = list[object]


def row(number: int, **other: object) -> Row:
    """One request, answered in time."""
    day = date(2023, 1, 3) + timedelta(days=20 * number)
    cells = {
        "受理": day,
        "类型": "自然人",
        "方式": "网络",
        "内容": f"房屋征收补偿方案之{number}",
        "答复": "（一）予以公开",
    }
    cells |= {"日": day + timedelta(days=10), "延": "否", "逾": None}
    return list((cells | other).values())


COUNTY = [*(row(n) for n in range(16)), row(16, 答复=None, 日=None)]
BUREAU = [
    row(1),
    row(2, 内容="甲", 类型="自然仁"),
    row(3, 内容="乙", 日=date(2023, 1, 1)),
    row(4, 内容="丙", 日=date(2023, 8, 1)),
]


def issue(form: Form, config: Path, code: str) -> Path:
    agency = load_roster(config.parent / "roster.csv").by_code(code)
    path = config.parent / "inbox" / f"{code}_{form.id}.xlsx"
    render(blank_book(form, Period.parse("2023"), date(2024, 1, 1), agency), path)
    return path


def register(path: Path, rows: list[Row]) -> None:
    book = openpyxl.load_workbook(path)
    for number, cells in enumerate(rows, 7):
        for column, cell in enumerate(cells, 1):
            book["台账"].cell(number, column).value = cell  # type: ignore[union-attr]
    book.save(path)


def annual(path: Path, form: Form, new: int, done: int) -> None:
    book = openpyxl.load_workbook(path)
    numbers = dict.fromkeys(form.by_code, 0)
    for column in ("c1", "c7"):
        numbers |= {
            f"T3.r1.{column}": new,
            f"T3.r3.{column}": done,
            f"T3.r24.{column}": done,
            f"T3.r25.{column}": new - done,
        }
    for code, number in numbers.items():
        put(book, code.replace(".", "_"), number)
    book.save(path)


class Weeks(Struct, frozen=True):
    first: Outcome
    second: Outcome
    issued: Path


def run(config: Path, day: date) -> Outcome:
    told: list[Outcome] = []
    commands.run_office(config, day, told=told.append)
    return told[0]


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weeks]:
    """Two runs, the second without its workbooks; so few rows are prepared as are used."""
    with pytest.MonkeyPatch.context() as patch:
        opened = commands.open_office
        patch.setattr(commands, "open_office", lambda *told, **asked: replace(opened(*told, **asked), engine=InProcess))
        patch.setattr(list_sheet, "PREPARED", 30)
        yield lived(tmp_path_factory.mktemp("office"), patch)


def lived(root: Path, patch: pytest.MonkeyPatch) -> Weeks:
    (root / "inbox").mkdir()
    (root / "roster.csv").write_text("代码,名称\n001,县政府办\n002,县教育局\n003,县财政局\n", encoding="utf-8")
    config = root / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    yearly, listed = (load_form(ROOT / "templates", name) for name in ("zfxxgk-2021", "ysq-tz"))
    for code, rows in (("001", COUNTY), ("002", BUREAU), ("003", COUNTY[5:8])):
        register(issue(listed, config, code), rows)
    annual(issue(yearly, config, "001"), yearly, 17, 16)
    annual(issue(yearly, config, "002"), yearly, 5, 4)
    first = run(config, FIRST)
    assert first.folder
    back = next((first.folder / "returns").glob("002_*台账*.xlsx"), None) or next(
        (first.folder / "returns").glob("002_*.xlsx")
    )
    book = openpyxl.load_workbook(back)
    sheet = book["台账"]
    sheet["B8"] = "自然人"  # type: ignore[index]
    cells = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=7, max_row=10, max_col=8)]  # type: ignore[union-attr]
    for number, line in enumerate([row(9, 内容="补登"), *cells], 7):
        for column, cell in enumerate(line, 1):
            sheet.cell(number, column).value = cell  # type: ignore[union-attr]
    book.save(root / "inbox" / "002_改好的台账.xlsx")
    patch.setattr("workbook_tool.dispatch.returns_of", lambda _: ())
    patch.setattr("workbook_tool.publication.write_workbooks", named)
    second = run(config, SECOND)
    (issued,), _ = issuing.issue(config, ["001"], None, root / "下发", False, "zfxxgk-2021", prefilled=True)
    return Weeks(first, second, issued)


def rows(outcome: Outcome, name: str) -> list[dict[str, str]]:
    assert outcome.folder
    with (outcome.folder / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def told(outcome: Outcome, code: str) -> set[tuple[str, str, str]]:
    found = rows(outcome, "findings.csv")
    return {(f["rule"], f["cell"], f["status"]) for f in found if f["agency_code"] == code and f["form"] == "ysq-tz"}


def test_a_register_that_agrees_with_the_annual_form_passes(weeks: Weeks) -> None:
    found = {one for one in told(weeks.first, "001") if one[0] != "L-OTHERS"}
    assert found == set()
    (result,) = (r for r in weeks.first.results if r.form.id == "ysq-tz")
    numbers = {
        (v["table"], v["row"], v["column"]): v["value"]
        for v in rows(weeks.first, "values.csv")
        if v["agency_code"] == "001"
    }
    assert numbers["受理件数", "合计", "数量"] == "17" and numbers["答复件数", "合计", "合计"] == "16"
    (record,) = (r for r in result.agencies if r.agency.code == "001")
    assert record.file and record.file.checked.verdicts["TZ-NEW"] == {"pass": 7}


def test_the_level_above_has_what_was_counted_and_says_where_the_rows_are(weeks: Weeks, tmp_path: Path) -> None:
    """Rows name people: a county's result passes on what was counted from them."""
    assert weeks.first.folder
    shutil.copytree(weeks.first.folder, tmp_path / "inbox" / "示例县")
    (report,) = weeks.first.folder.glob("上报表_*_ysq-tz_*.xlsx")
    shutil.copy(report, tmp_path / "inbox" / "示例县的上报表.xlsx")
    typed = openpyxl.load_workbook(report)
    assert "台账" not in typed.sheetnames and typed["受理件数"]["C13"].value == 17 + 3  # type: ignore[index]
    (tmp_path / "roster.csv").write_text("代码,名称,报告口径\n1,示例县,全域汇总\n", encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.replace("示例县", "示例市"), encoding="utf-8")
    outcome = run(config, SECOND)
    result = next(one for one in outcome.results if one.form.id == "ysq-tz")
    new = result.form.items[next(i.index for i in result.form.items if i.table.name == "受理件数" and i.row.total)]
    assert [r.agency.code for r in result.accepted] == ["1>001", "1>003"]
    assert result.totals.passed.sums[new.index] == 17 + 3
    (county,) = (r.file for r in result.agencies if r.agency.code == "1")
    assert county and county.checked.submission.number(new) == 17 + 3
    told = {finding.rule for finding in county.checked.findings}
    assert told == {"TZ-NEW", "TZ-DONE"}  # of the annual form other agencies were accepted
    book = Book("", SECOND)
    add_records(book, Plan(result), result.form.registers[0])
    said = " ".join(str(cell.value) for cell in book.sheets[0].cells)
    assert "共 0 行" in said and "下级转来的 2 家只有统计数" in said
    assert rows(outcome, "records.csv") == []


def test_each_row_that_is_wrong_is_told_in_its_place(weeks: Weeks) -> None:
    assert {one for one in told(weeks.first, "002") if one[0] != "L-OTHERS"} == {
        ("L-TYPE", "B8", "new"),
        ("TZ-DATE", "F9", "new"),
        ("TZ-LATE", "H10", "new"),
        ("TZ-NEW", "", "new"),  # the row that cannot be read leaves both comparisons open
        ("TZ-DONE", "", "new"),
    }
    left_open = [f for f in rows(weeks.first, "findings.csv") if f["rule"] in ("TZ-NEW", "TZ-DONE")]
    assert {(f["agency_code"], f["severity"]) for f in left_open} >= {("002", "note")}  # a row of 002 cannot be counted


def test_problems_are_known_again_where_the_rows_moved_and_the_other_form_is_held_against_them(weeks: Weeks) -> None:
    found = told(weeks.second, "002")
    assert ("TZ-DATE", "F10", "still") in found and ("TZ-LATE", "H11", "still") in found
    assert ("L-TYPE", "", "fixed") in found
    differ = [f for f in rows(weeks.second, "findings.csv") if f["rule"] in ("TZ-NEW", "TZ-DONE")]
    assert {f["agency_code"] for f in differ} == {"002", "003"}
    assert all("还没有收到" in f["message"] for f in differ if f["agency_code"] == "003")
    (only,) = (f["message"] for f in differ if f["severity"] == "explain")  # its totals are off by the same: said once
    assert "「（一）予以公开」×「自然人」从清单统计得 5" in only and "填 4，多 1" in only


def test_the_annual_form_is_issued_with_what_the_register_says(weeks: Weeks) -> None:
    book = openpyxl.load_workbook(weeks.issued)
    sheet, reference = next(iter(book.defined_names["T3_r1_c7"].destinations))
    cell = book[sheet][reference.replace("$", "")]
    assert cell.value == 17 and "待确认" in cell.comment.text
    assert any(
        "供核对：《依申请公开台账》统计 自然人 17" in str(c.value) for line in book[sheet].iter_rows() for c in line
    )


def test_overdue_answers_take_points_off(weeks: Weeks) -> None:
    (result,) = (r for r in weeks.first.results if r.form.id == "ysq-tz")
    assert result.scorecard
    scores = {score.code: score for score in result.scorecard.scores}
    assert "逾期答复件数 1" in scores["002"].reasons and scores["002"].counted_in_all == 1
    assert scores["001"].counted == ()


def test_no_letter_quotes_the_record_of_another_agency(weeks: Weeks) -> None:
    shared = [f for f in rows(weeks.first, "findings.csv") if f["rule"] == "L-OTHERS"]
    assert {(f["agency_code"], f["cell"]) for f in shared} >= {("002", "A7"), ("001", "A8"), ("003", "A7")}
    assert weeks.first.folder
    for path in (weeks.first.folder / "returns").glob("002_*.xlsx"):
        book = openpyxl.load_workbook(path)
        texts = [str(c.value) + str(c.comment and c.comment.text) for s in book for line in s.iter_rows() for c in line]
        assert not any("县政府办" in text or "L-OTHERS" in text for text in texts)


def test_a_record_is_as_high_as_its_texts_and_not_as_its_file_s_name() -> None:
    rows = Rows(load_form(ROOT / "templates", "ysq-tz").registers[0], (), {}, (16.0,) * (len(ABOUT) + 2))
    long = "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"
    assert rows.height((*[long] * len(ABOUT), "予以公开", long)) is None
    assert (rows.height((*[""] * len(ABOUT), long, "")) or 0) > 60


def test_all_records_stand_on_one_sheet_and_findings_lead_there(weeks: Weeks) -> None:
    assert weeks.first.folder
    assert len(rows(weeks.first, "records.csv")) == 17 + 3
    path = next(
        p
        for p in weeks.first.folder.glob("汇总*.xlsx")
        if "清单台账" in openpyxl.load_workbook(p, read_only=True).sheetnames
    )
    book = openpyxl.load_workbook(path)
    lines = list(book["清单台账"].iter_rows(min_row=4, values_only=True))
    assert lines[0][:6] == ("代码", "单位", "工作表", "行", "问题", "受理日期") and len(lines) == 1 + 17 + 4 + 3
    heads = [cell.value for cell in book["问题清单"][4]]
    for line in book["问题清单"].iter_rows(min_row=5):
        if line[heads.index("规则")].value == "TZ-DATE":
            target = line[heads.index("定位")].hyperlink.location
            assert target.startswith("'清单台账'!A") and book["清单台账"][int(target.rpartition("A")[2])][3].value == 9
