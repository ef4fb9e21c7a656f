"""Weeks of a form that is filed every week: what is counted on from week to week, over a missing week, a week that was
not accepted, and the turn of a year. The annual words (年度, 上年) stand nowhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import cast

import openpyxl
import pytest

from tests.grids import ROOT
from tests.tables import put
from tests.weeks import quick
from workbook_tool import batch, commands
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.workbook.render import render
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.rules import Verdict
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.returns.remind import remind
from workbook_tool.steps.tell.outcomes import agency_steps, outcome
from workbook_tool.steps.workbook.plan import Plan
from workbook_tool.steps.workbook.reminders import ReminderLine

__all__ = ["quick"]
CONFIG = """
[region]
name = "示例县"

[report]
form = "zdgk-zb"
{period}
[roster]
file = "roster.csv"
"""


@cache
def weekly() -> Form:
    return load_form(ROOT / "templates", "zdgk-zb")


@pytest.fixture
def office(tmp_path: Path, quick: None) -> Path:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "roster.csv").write_text("代码,名称\n001,县教育局\n002,县财政局\n", encoding="utf-8")
    return configured(tmp_path)


def configured(folder: Path, period: str = "") -> Path:
    config, line = folder / "config.toml", f'period = "{period}"\n' if period else ""
    config.write_text(CONFIG.format(period=line), encoding="utf-8")
    return config


def file(config: Path, code: str, week: str, numbers: Mapping[str, int]) -> None:
    """A filing for this week: ``site.news`` and so on, all in one row beside its totals."""
    agency = load_roster(config.parent / "roster.csv").by_code(code)
    path = config.parent / "inbox" / f"{code}_{week}.xlsx"
    render(blank_book(weekly(), Period.parse(week), date(2024, 1, 1), agency), path)
    book = openpyxl.load_workbook(path)
    for name, number in numbers.items():
        for row in ("site", "total"):
            put(book, f"W_{row}_{name}", number)
    book.save(path)


def run(config: Path, day: str) -> Consolidation:
    outcome = batch.run(commands.open_office(config, date.fromisoformat(day)), date.fromisoformat(day))
    assert outcome.result is not None
    return outcome.result


def stands(result: Consolidation) -> dict[str, str]:
    return {record.agency.code: record.state.value for record in result.agencies}


def said(result: Consolidation, rule: str) -> list[str]:
    return [finding.message for _, finding in result.findings if finding.rule == rule]


def undecided(result: Consolidation) -> int:
    (count,) = [rule for rule in result.rules if rule.rule_id == "W-YEAR"]
    return count.undecided


def test_without_a_period_it_is_the_week_that_is_over(office: Path) -> None:
    assert str(run(office, "2024-02-05").period) == "2024-W05"
    assert str(run(office, "2024-02-11").period) == "2024-W05"
    assert str(run(office, "2024-02-12").period) == "2024-W06"


def test_a_week_is_counted_on_from_the_week_before(office: Path) -> None:
    file(office, "001", "2024-W05", {"news": 5, "notice": 20, "all": 25, "year": 60})
    first = run(office, "2024-02-05")
    assert (stands(first), undecided(first)) == ({"001": "counted", "002": "missing"}, 5 + 1), "nothing is known before"
    file(office, "001", "2024-W06", {"news": 4, "all": 4, "year": 64})
    file(office, "002", "2024-W06", {"news": 1, "all": 1, "year": 9})
    second = run(office, "2024-02-12")
    assert stands(second) == {"001": "counted", "002": "counted"}
    assert second.totals.passed.sums[weekly().by_code["W.total.year"].index] == 73
    (of_002,) = [r for r in second.agencies if r.agency.code == "002"]
    assert of_002.file is not None
    assert of_002.file.checked.verdicts["W-YEAR"] == {Verdict.UNDECIDED: 6}, "its week before is missing"


def test_a_sum_that_does_not_go_on_names_what_was_filed_before(office: Path) -> None:
    file(office, "001", "2024-W05", {"news": 5, "all": 6, "year": 60})
    assert stands(run(office, "2024-02-05"))["001"] == "returned"
    file(office, "001", "2024-W06", {"news": 4, "all": 4, "year": 70})
    result = run(office, "2024-02-12")
    (of_site, of_total) = said(result, "W-YEAR")
    assert "填 70，应为 64，多 6（上周为 60、而上周的报表没有通过）" in of_site and "合计" in of_total


def test_a_sum_that_did_not_move_on_is_looked_for_before_what_was_counted(office: Path) -> None:
    """Two rows: it is likelier that both were left as they were than that one was, and the other's week is 0."""
    for week, site, gov in (("2024-W05", (5, 60), (0, 0)), ("2024-W06", (7, 60), (2, 0))):
        file(office, "001", week, {})
        path = office.parent / "inbox" / f"001_{week}.xlsx"
        book, total = openpyxl.load_workbook(path), (site[0] + gov[0], site[1] + gov[1])
        for row, (news, year) in {"site": site, "gov": gov, "total": total}.items():
            for column, number in {"news": news, "all": news, "year": year}.items():
                put(book, f"W_{row}_{column}", number)
        book.save(path)
        result = run(office, str(Period.parse(week).next.first))
    first = said(result, "W-YEAR")[0].partition("依可能性：")[2].partition("；②")[0]
    assert first == ("① J7 填 60，应为 67（填的仍是上周的数），且 J8 填 0，应为 2（填的仍是上周的数），总计 J12 随之改")


def test_last_weeks_numbers_under_this_weeks_head_are_asked_about(office: Path) -> None:
    six = {"news": 5, "notice": 4, "warn": 3, "case": 1, "policy": 2, "read": 1, "all": 16}
    file(office, "001", "2024-W05", six | {"year": 16})
    assert not said(run(office, "2024-02-05"), "P-SAME"), "nothing is known of the week before"
    file(office, "001", "2024-W06", six | {"year": 32})
    result = run(office, "2024-02-12")
    assert (stands(result)["001"], said(result, "P-SAME")) == (
        "held",
        [
            "6 个不为 0 的数，连同其余各格，与上周（2024 年第 5 周）报的完全相同。各期的数很少全部相同，像是上一期的报表只改了报告期又报来。"
        ],
    )
    file(office, "001", "2024-W06", six | {"read": 0, "all": 15, "year": 31})
    assert not said(run(office, "2024-02-13"), "P-SAME"), "one number is enough"


def test_a_year_begins_at_nothing(office: Path) -> None:
    file(office, "001", "2024-W52", {"news": 5, "all": 5, "year": 400})
    assert stands(run(office, "2024-12-30"))["001"] == "counted"
    file(office, "001", "2025-W01", {"news": 3, "all": 3, "year": 403})
    wrong = run(office, "2025-01-06")
    assert str(wrong.period) == "2025-W01" and "填 403，应为 3，多 400（上周为 0）" in said(wrong, "W-YEAR")[0]
    file(office, "001", "2025-W01", {"news": 3, "all": 3, "year": 3})
    right = run(office, "2025-01-07")
    assert stands(right)["001"] == "counted" and not said(right, "W-YEAR")


def test_two_weeks_never_take_each_others_place(office: Path) -> None:
    file(office, "001", "2024-W05", {"news": 5, "all": 5, "year": 5})
    file(office, "001", "2024-W06", {"news": 7, "all": 7, "year": 12})
    result = run(office, "2024-02-12")
    assert result.totals.passed.sums[weekly().by_code["W.total.news"].index] == 7
    (late,) = result.others
    assert (str(late.period), stands(late)["001"]) == ("2024-W05", "counted")
    assert (stands(result)["001"], said(result, "W-YEAR")) == ("counted", []), (
        "the week before is known from the same inbox"
    )


def test_what_is_left_blank_of_the_optional_is_nothing_to_report(office: Path) -> None:
    file(office, "001", "2024-W05", {"all": 0, "year": 0})
    result = run(office, "2024-02-05")
    assert stands(result)["001"] == "counted" and not [f for _, f in result.findings]


def reminded(config: Path, day: str) -> dict[str, list[str]]:
    """Who is reminded by a run of this day: the subject, and the names of the blank forms that go with it."""
    told = {}
    for path in sorted((config.parent / "outbox" / day / "reminders").glob("*.eml")):
        mail = cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=policy.default))
        told[path.name[:3]] = [str(mail["Subject"]), *(str(part.get_filename()) for part in mail.iter_attachments())]
    return told


def test_who_owes_an_earlier_week_is_reminded_of_every_one_until_it_is_signed(office: Path) -> None:
    whole = {"news": 0, "all": 0, "year": 0}
    file(office, "001", "2024-W04", whole)
    file(office, "001", "2024-W05", whole)
    run(office, "2024-02-05")
    file(office, "001", "2024-W06", whole)
    second = run(office, "2024-02-13")
    of_002 = "《主动公开信息发布周报》（县财政局）"
    weeks = ["002_县财政局_2024-W05.xlsx", "002_县财政局_2024-W06.xlsx"]
    assert reminded(office, "2024-02-13-1") == {"002": [f"催报：2024年第5周、2024年第6周{of_002}", *weeks]}
    (letter,) = remind(second)
    of_second = {record.agency.code: record for record in second.agencies}
    line = ReminderLine(Plan(second), 1, of_second["002"])
    assert (line.state, line.deadline, line.days_late.value) == ("欠前期", date(2024, 2, 5), 8)
    assert (
        "截至 2024 年 2 月 13 日有 2 期没有收到：2024 年第 5 周（应不迟于 2024 年 2 月 5 日报送，已逾期 8 天）；"
        in letter.body
    )
    file(office, "002", "2024-W06", whole)
    third = run(office, "2024-02-14")
    assert reminded(office, "2024-02-14-1") == {"002": [f"催报：2024年第5周{of_002}", weeks[0]]}
    assert "以前各期还没有报的 1 家，请催报：县财政局（第5周）" in "；".join(agency_steps(third, written=True))
    told = commands.status(office, date(2024, 2, 14), period=Period.parse("2024-W06")).splitlines()
    assert told[0].startswith("示例县 2024 年第 6 周  上次运行 2024-02-14-1") and "第 4 周" not in str(told)
    assert told[-1] == (
        "  示例县 2024 年第 5 周：逾期未报 1 家（详见 workbook-tool status --form zdgk-zb --period 2024-W05）"
    ), "an earlier week is a line"
    shown = commands.show(office, "002", Period.parse("2024-W06")).splitlines()
    assert shown[0].startswith("002 县财政局  《主动公开信息发布周报》2024 年第 6 周") and "已汇总" in shown[1]
    assert shown[-2:] == [
        "以前没有定稿的 1 期（看其中一期的全部：workbook-tool show 002 --form zdgk-zb --period 2024-W05）：",
        "  2024 年第 5 周：没有报表计入",
    ]
    assert commands.show(office, "001", Period.parse("2024-W06")).endswith(
        "  2024 年第 5 周、2024 年第 4 周：已汇总，没有还在的问题\n"
    )
    with pytest.raises(OfficeError, match=r"还没有 2024 年第 8 周的.*最新的是 2024 年第 6 周的.*--period 2024-W06"):
        commands.sign(office, None, date(2024, 2, 26))
    commands.sign(office, "2024-02-05-1", date(2024, 2, 14))
    assert "第 5 周" not in commands.status(office, date(2024, 2, 14), period=Period.parse("2024-W06"))
    run(office, "2024-02-15")
    assert reminded(office, "2024-02-15-1") == {}
    file(office, "001", "2024-W07", whole)
    file(office, "001", "2024-W08", whole)
    run(office, "2024-02-27")
    assert reminded(office, "2024-02-27-1")["002"][0].startswith("催报：2024年第7周、2024年第8周"), "never run before"


def test_weeks_that_nobody_filed_and_no_run_knows_are_told_once(office: Path) -> None:
    whole = {"news": 0, "all": 0, "year": 0}
    for week in ("2024-W05", "2024-W08"):
        file(office, "001", week, whole)
    said = "2024 年第 6 周、2024 年第 7 周没有收到任何一家的报表，也没有运行过，不催报；"
    first, back, again = (outcome(run(office, day)) for day in ("2024-02-05", "2024-02-26", "2024-02-27"))
    assert ("没有运行过" in first, said in back, "没有运行过" in again) == (False, True, False), "at the next run alone"
    assert "--period 2024-W06 这样逐期运行一次" in back
    commands.undo(office, lambda _: True)
    assert said in commands.status(office, date(2024, 2, 26)), "until the run after that"
    at = date(2024, 2, 27)
    batch.run(commands.open_office(office, at, Period.parse("2024-W06")), at)
    assert [str(owed.period) for owed in run(office, "2024-02-28").owed["002"]] == ["2024-W05", "2024-W06"], (
        "as is said"
    )
    file(office, "001", "2024-W09", whole)
    assert "没有运行过" not in outcome(run(office, "2024-03-04"))


def test_of_a_week_nothing_speaks_of_years(tmp_path: Path) -> None:
    """The whole office, its workbook, letters and drafts."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "roster.csv").write_text("代码,名称,邮箱\n001,县教育局,a@b.cn\n002,县财政局,c@d.cn\n", encoding="utf-8")
    config = configured(tmp_path, "2024-W05")
    file(config, "001", "2024-W05", {"news": 5, "all": 6, "year": 60})
    text, _ = commands.run_office(config, date(2024, 2, 5))
    folder = tmp_path / "outbox" / "2024-02-05-1"
    words = [text, *(path.name for path in folder.rglob("*"))]
    for path in folder.rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            words += [sheet.title, *(str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None)]
    told = "\n".join(words)
    assert "2024 年第 5 周" in told and "2024-W05" in told
    assert re.findall("年度|上年(?!同期)|本年|两年|今年", told) == []
