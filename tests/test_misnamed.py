"""Misnamed: a file's name says one period and its head another. No number of one period quietly becomes another's."""

from __future__ import annotations

import re
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from tests.grids import ROOT
from tests.tables import put
from tests.test_weekly import configured, weekly
from tests.weeks import quick
from workbook_tool import batch, checking, commands
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.workbook.render import render
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.stated_period import Stated
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Agency, Sheet
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.intake.identify import identify
from workbook_tool.steps.returns.remind import remind
from workbook_tool.steps.season.misnamed import OtherPeriods, named_for
from workbook_tool.steps.tell.outcomes import agency_steps

__all__ = ["quick"]

OLD_HEAD = """
2024-02-05 周报.xlsx W05 5
2024-02-12 县教育局第6周.xlsx W05 7 12
"""
WEEKS = {
    "last week's workbook filled in anew, under this week's name, does not take last week's place": (
        OLD_HEAD,
        """
        W06 未报 收到“县教育局第6周.xlsx”，里面写的是 2024 年第 5 周，文件名却写 2024 年第 6 周，没有作为 2024 年第 6 周的计入；确是 2024 年第 6 周的，请改正报告周次
        W05 待核 周报.xlsx 5
        P-PERIOD explain 2024-02-12 又收到“县教育局第6周.xlsx”，里面写的是 2024 年第 5 周，文件名却写 2024 年第 6 周，数字与先前的“周报.xlsx”（2024-02-05）不同，没有取代它。
        """,
    ),
    "once this week is filed properly nothing is asked any more": (
        f"{OLD_HEAD}2024-02-13 县教育局第6周（更正）.xlsx W06 7 12",
        """
        W06 已汇总 县教育局第6周（更正）.xlsx 7
        W05 已汇总 周报.xlsx 5
        """,
    ),
    "a week that nobody filed is not made of it in silence": (
        "2024-02-12 县教育局第6周.xlsx W05 7",
        """
        W06 未报 收到“县教育局第6周.xlsx”，里面写的是 2024 年第 5 周，文件名却写 2024 年第 6 周，没有作为 2024 年第 6 周的计入；确是 2024 年第 6 周的，请改正报告周次
        W05 待核 县教育局第6周.xlsx 7
        P-PERIOD explain 里面写的是 2024 年第 5 周，文件名却写 2024 年第 6 周，按里面写的计入。
        """,
    ),
    "neither is this week of what is called last week's": (
        "2024-02-12 县教育局第5周.xlsx W06 7",
        """
        W06 待核 县教育局第5周.xlsx 7
        P-PERIOD explain 里面写的是 2024 年第 6 周，文件名却写 2024 年第 5 周，按里面写的计入。
        """,
    ),
    "but a name that was only left as it was is a note, where last week is there": (
        """
        2024-02-05 周报.xlsx W05 5
        2024-02-12 新/县教育局第5周.xlsx W06 7 12
        """,
        """
        W06 已汇总 新/县教育局第5周.xlsx 7
        P-PERIOD note 里面写的是 2024 年第 6 周，文件名却写 2024 年第 5 周，按里面写的计入。
        W05 已汇总 周报.xlsx 5
        """,
    ),
    "a correction under a name that says nothing is one, and who still owes the next week is asked about it": (
        """
        2024-02-05 周报.xlsx W05 5
        2024-02-12 周报（更正）.xlsx W05 7
        """,
        """
        W06 未报
        W05 待核 周报（更正）.xlsx 7
        P-REVISED explain “周报.xlsx”在 2024-02-05 的汇总中已通过，之后报来的“周报（更正）.xlsx”又改了：周报「部门网站」×「部门动态」由 5 改为 7；周报「部门网站」×「本周合计」由 5 改为 7；周报「部门网站」×「1月以来累计」由 5 改为 7 等 6 处。还没有收到 2024 年第 6 周的，请先看这是不是 2024 年第 6 周的数，没有改报告周次。
        """,
    ),
    "a correction of last week beside this week's filing is nothing but that": (
        """
        2024-02-05 周报.xlsx W05 5
        2024-02-12 第5周（更正）.xlsx W05 7
        2024-02-12 周报六.xlsx W06 1 8
        """,
        """
        W06 已汇总 周报六.xlsx 1
        W05 待核 第5周（更正）.xlsx 7
        P-REVISED explain “周报.xlsx”在 2024-02-05 的汇总中已通过，之后报来的“第5周（更正）.xlsx”又改了：周报「部门网站」×「部门动态」由 5 改为 7；周报「部门网站」×「本周合计」由 5 改为 7；周报「部门网站」×「1月以来累计」由 5 改为 7 等 6 处。
        """,
    ),
    "the subject of a mail tells as a name does": (
        """
        2024-02-05 周报.xlsx W05 5
        2024-02-12 邮件 报送第6周周报：新.xlsx W05 7
        """,
        """
        W06 未报 收到“一.eml!新.xlsx”，里面写的是 2024 年第 5 周，邮件主题却写 2024 年第 6 周，没有作为 2024 年第 6 周的计入；确是 2024 年第 6 周的，请改正报告周次
        W05 待核 周报.xlsx 5
        P-PERIOD explain 2024-02-12 又收到“一.eml!新.xlsx”，里面写的是 2024 年第 5 周，邮件主题却写 2024 年第 6 周，数字与先前的“周报.xlsx”（2024-02-05）不同，没有取代它。
        """,
    ),
    "but not that of the letter it answers, nor of what else it brought": (
        """
        2024-02-12 邮件 回复 催报第5周：周报.xlsx W06 7 8
        2024-02-13 邮件 报送第6周周报：补.xlsx W05 1
        """,
        """
        W06 已汇总 一.eml!周报.xlsx 7
        W05 待核 二.eml!补.xlsx 1
        P-PERIOD explain 里面写的是 2024 年第 5 周，邮件主题却写 2024 年第 6 周，按里面写的计入。
        """,
    ),
    "what came while that week had just begun may be called by when it was filed": (
        "2024-02-05 第6周报送.xlsx W05 7",
        "W05 已汇总 第6周报送.xlsx 7",
    ),
    "so a correction of that time is one": (
        """
        2024-02-05 周报.xlsx W05 5
        2024-02-06 第6周更正.xlsx W05 7
        """,
        """
        W05 待核 第6周更正.xlsx 7
        P-REVISED explain “周报.xlsx”在 2024-02-05 的汇总中已通过，之后报来的“第6周更正.xlsx”又改了：周报「部门网站」×「部门动态」由 5 改为 7；周报「部门网站」×「本周合计」由 5 改为 7；周报「部门网站」×「1月以来累计」由 5 改为 7 等 6 处。
        """,
    ),
}


@pytest.fixture
def office(tmp_path: Path, quick: None) -> Path:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "roster.csv").write_text("代码,名称\n001,县教育局\n", encoding="utf-8")
    return configured(tmp_path)


def lay(config: Path, line: str, form: Form) -> str:
    """A file as it came on a day: ``2024-02-12 [邮件 subject：]name head number [since January]``. Returns the day."""
    before, head, numbers = re.split(r" (W\d\d) ", line)
    (day, _, words), number = before.partition(" "), numbers.split()
    subject, _, name = words.rpartition("：")
    agency, inbox = load_roster(config.parent / "roster.csv").by_code("001"), config.parent / "inbox"
    path = inbox / name
    path.parent.mkdir(exist_ok=True)
    render(blank_book(form, Period.parse(f"2024-{head}"), date(2024, 1, 1), agency), path)
    book = openpyxl.load_workbook(path)
    for row in ("site", "total"):
        for column, typed in (("news", number[0]), ("all", number[0]), ("year", number[-1])):
            put(book, f"W_{row}_{column}", int(typed))
    book.save(path)
    if subject:
        mail, content = EmailMessage(), path.read_bytes()
        mail["From"], mail["Subject"] = "a@b.cn", subject.removeprefix("邮件 ")
        mail["Date"] = f"{date.fromisoformat(day):%a, %d %b %Y} 08:00:00 +0800"
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        path.unlink()
        (inbox / f"{'一二三'[len(list(inbox.glob('*.eml')))]}.eml").write_bytes(bytes(mail))
    return day


def told(result: Consolidation) -> list[str]:
    """Where the agency stands in the reported week and the others, and what is asked of its files."""
    lines, news = [], result.form.by_code["W.total.news"]
    for one in (result, *result.others):
        for record in one.agencies:
            file = record.file
            number = f"{file.submission.number(news)}" if file else ""
            said = [
                f"W{one.period.number:02}",
                record.state.label,
                *((file.source.path, number) if file else record.claims),
            ]
            lines.append(" ".join(said))
            lines += [f"{f.rule} {f.severity.value} {f.message}" for f in record.findings if f.rule != "W-YEAR"]
    return [line.replace("以前的汇总中已经通过的数，后来报来的文件又作了改动。", "") for line in lines]


def weeks(config: Path, came: str) -> Consolidation:
    """What a run after each day comes to at last."""
    result, days = None, [line.strip() for line in came.strip().splitlines()]
    for number, line in enumerate(days):
        day = lay(config, line, weekly())
        if number + 1 == len(days) or not days[number + 1].startswith(day):
            result = batch.run(commands.open_office(config, date.fromisoformat(day)), date.fromisoformat(day)).result
    assert result is not None
    return result


@pytest.mark.parametrize("case", WEEKS)
def test_no_week_quietly_becomes_another(office: Path, case: str) -> None:
    came, expected = WEEKS[case]
    assert told(weeks(office, came)) == [line.strip() for line in expected.strip().splitlines()]


@pytest.mark.parametrize(("run_between", "week"), [(True, "已汇总"), (False, "待核")])
def test_what_is_filed_properly_on_the_same_day_settles_it_too(office: Path, run_between: bool, week: str) -> None:
    """Where both came before any run, nobody knows which was sent last: the other may correct this week under an old head."""
    if run_between:
        weeks(office, OLD_HEAD)
    again = "2024-02-12 县教育局第6周（更正）.xlsx W06 8 13"
    stands = told(weeks(office, again if run_between else f"{OLD_HEAD}{again}"))
    assert (stands[0], stands[1]) == ("W06 已汇总 县教育局第6周（更正）.xlsx 8", f"W05 {week} 周报.xlsx 5")
    assert any("P-PERIOD" in line for line in stands) != run_between


def test_who_is_reminded_is_told_what_came_for_a_week_that_is_signed(office: Path) -> None:
    """The letter had said nothing of it: the file stood in the list as one of a signed week, and nowhere else."""
    first, second = OLD_HEAD.strip().splitlines()
    weeks(office, first)
    commands.sign(office, None, date(2024, 2, 6))
    result = weeks(office, second)
    said = (
        "收到“县教育局第6周.xlsx”，里面写的是 2024 年第 5 周，文件名却写 2024 年第 6 周，没有作为 2024 年第 6 周的计入"
    )
    assert told(result) == [f"W06 未报 {said}；确是 2024 年第 6 周的，请改正报告周次"]
    assert said in remind(result)[0].body


def test_who_is_reminded_is_told_what_came(office: Path) -> None:
    result = weeks(office, OLD_HEAD)
    assert "来过文件、没有计入的 1 家，催报以前请先看“报送情况”里的原因：县教育局" in agency_steps(
        result, written=False
    )
    (letter,) = remind(result)
    assert "此前收到过贵单位的文件，但没有能计入：收到“县教育局第6周.xlsx”，里面写的是 2024 年第 5 周" in letter.body


def test_a_correction_under_a_wrong_name_is_not_lost_by_explaining_it(office: Path) -> None:
    """It had been said that explaining it is enough: then nothing was asked any more, and the old number stayed."""
    (record,) = weeks(office, OLD_HEAD).others[0].agencies
    (asked,) = (f for f in record.findings if f.rule == "P-PERIOD")
    assert asked.suggestion.endswith(
        "确是 2024 年第 5 周的，请改正名称后重新报送，只作说明的不会计入；两者都不是的，说明即可。"
    )
    inbox = office.parent / "inbox"
    (inbox / "县教育局第6周.xlsx").rename(inbox / "县教育局第5周更正.xlsx")
    day = date(2024, 2, 13)
    result = batch.run(commands.open_office(office, day), day).result
    assert result and "W05 待核 县教育局第5周更正.xlsx 7" in told(result)


@pytest.mark.parametrize(
    ("sheets", "path", "period", "asked"),
    [
        (
            ["第5周", "第6周"],
            "县教育局.xlsx",
            "2024-W06",
            "工作表名写了 2024 年第 5 周、2024 年第 6 周，按 2024 年第 6 周计入。",
        ),
        (["表一", "第7周计划"], "县教育局第6周.xlsx", "2024-W06", ""),
        (["第6周计划完成情况"], "县教育局.xlsx", "2024-W06", ""),
        (["第6周", "说明"], "县教育局.xlsx", "2024-W06", ""),
        (
            ["第4周", "第5周"],
            "县教育局第6周.xlsx",
            "2024-W04",
            "工作表名写了 2024 年第 4 周、2024 年第 5 周，按 2024 年第 4 周计入。",
        ),
    ],
)
def test_sheets_of_several_weeks_are_asked_about(sheets: list[str], path: str, period: str, asked: str) -> None:
    """The first had been taken, this week or not: the file then stood with last week's, and this week was missing."""
    read, roster = [Sheet(name, {(0, 0): "渠道"}) for name in sheets], Roster((Agency("001", "县教育局"),))
    found = identify(read, path, Rulebook(weekly()), roster, Period.parse("2024-W06"))
    assert (str(found.period), "".join(f.message for f in found.findings), found.misnamed[1:]) == (period, asked, ())


def test_whoever_checks_a_file_before_it_is_sent_hears_of_its_name(office: Path) -> None:
    lay(office, "2024-02-12 县教育局第6周.xlsx W05 7", weekly())
    said, wrong = checking.check([str(office.parent / "inbox" / "县教育局第6周.xlsx")], office)
    assert not wrong
    assert "里面写的是 2024 年第 5 周，文件名却写 2024 年第 6 周，按里面写的计入。" in said


@pytest.mark.parametrize(("day", "told"), [("2024-02-05", 1), ("2023-02-05", 0)])
def test_last_years_report_under_this_years_name_is_told_to_who_owes_this_years(day: str, told: int) -> None:
    """Unless it came when that year had just begun: many are named by the year in which they are filed."""
    source = SourceFile("县教育局2023.xlsx", Path(), "0" * 64, 1)
    before, now, agency = Period.parse("2022"), Period.parse("2023"), Agency("001", "县教育局")
    record = FileRecord(source, State.FOREIGN, "", agency, before, "a", misnamed=(Stated(now, "文件名"),))
    found = named_for(now, OtherPeriods([record], date.fromisoformat(day)))
    said = "收到“县教育局2023.xlsx”，里面写的是 2022 年，文件名却写 2023 年，没有作为 2023 年的计入；确是 2023 年的，请改正报告年度"
    assert found == ({"001": (said,)} if told else {})


@pytest.mark.parametrize(("title", "severity"), [("W06", "note"), ("W05", "explain"), ("", "explain")])
def test_last_weeks_workbook_with_this_weeks_head_is_only_noted_where_all_that_is_seen_says_so(
    title: str, severity: str
) -> None:
    week = {name: Period.parse(f"2024-{name}") for name in ("W05", "W06")}
    cover = Sheet("封面", {(1, 0): "填报单位", (1, 1): "县教育局", (2, 0): "报告周次", (2, 1): week["W06"].full})
    table = Sheet("周报", {(0, 0): "信息发布情况", (1, 0): f"（{week[title].days}）" if title else "渠道"})
    hidden = Sheet(IDENTITY_SHEET, {(0, 0): "period", (0, 1): "2024-W05"}, hidden=True)
    roster = Roster((Agency("001", "县教育局"),))
    found = identify([cover, table, hidden], "a.xlsx", Rulebook(weekly()), roster, week["W06"])
    (asked,) = found.findings
    assert (found.period, asked.severity.value) == (week["W06"], severity)


@pytest.mark.parametrize(
    ("cells", "period", "asked"),
    [
        (["报告季度", "2024年第一季度", "填报时间：2024年二季度"], "2024-Q1", False),
        (["报告季度", "2024年第一季度", "填报时间", "2024年二季度"], "2024-Q1", False),
        (["报告季度", "2024年第一季度", "填报单位：四季青街道办事处"], "2024-Q1", False),
        (["渠道", "", "制表日期：2024年第二季度"], "None", True),
        (["报告季度", "2024年第一季度", "2024年第二季度 填报时间：4月"], "2024-Q1", True),
    ],
)
def test_when_it_was_filed_is_not_what_it_is_about(cells: list[str], period: str, asked: bool) -> None:
    """The month of 填报时间 was asked about as another title, and taken for the period where nothing else said one."""
    form = load_form(ROOT / "templates", "aqjc-jb")
    head = {(0, 0): "填报单位", (0, 1): "县教育局", **{(1, column): text for column, text in enumerate(cells)}}
    roster, now = Roster((Agency("001", "县教育局"),)), Period.parse("2024-Q1")
    found = identify([Sheet("封面", head)], "a.xlsx", Rulebook(form), roster, now)
    assert (str(found.period), bool(found.findings)) == (period, asked)
