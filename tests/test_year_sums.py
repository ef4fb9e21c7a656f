"""A quarter form through a year, and the yearly form whose numbers are the sums of its quarters."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.tables import filled
from tests.weeks import quick
from workbook_tool import commands, issuing
from workbook_tool.batch import Outcome
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.workbook.render import render
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.periods import FiledOnce, FiledYear, PastPeriod
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.judging.compare.over_year import weeks_words
from workbook_tool.steps.season.known import known_sums

__all__ = ["quick"]
QUARTER = """
id = "jc-jb"
title = "检查季报"
period = "quarter"
due = 5

[[table]]
id = "J"
name = "季报"
corner = "行业"
unit = "次"
rows = ["煤矿", "化工", "合计 ="]
columns = ["检查", { id = "so_far", label = "累计", is = "prev.累计 + 检查" }]
"""
YEAR = """
id = "jc-nb"
title = "检查年报"
period = "year"

[[table]]
id = "N"
name = "年报"
corner = "行业"
unit = "次"
rows = ["煤矿", "化工", "合计 ="]
columns = [{ id = "year", label = "全年检查", is = "year(jc-jb:检查)", severity = "explain" }]
"""
CONFIG = """
[region]
name = "示例县"
[[report]]
form = "jc-jb"
[[report]]
form = "jc-nb"
[roster]
file = "roster.csv"
"""


@pytest.fixture
def office(tmp_path: Path, quick: None) -> Path:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "jc-jb.toml").write_text(QUARTER, encoding="utf-8")
    (tmp_path / "templates" / "jc-nb.toml").write_text(YEAR, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("代码,名称\n001,县一局\n002,县二局\n", encoding="utf-8")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path / "config.toml"


def file(config: Path, code: str, period: str, mine: int, works: int, so_far: tuple[int, int] = (0, 0)) -> None:
    """A filing: of a quarter with what is counted on, of a year without."""
    told, templates = Period.parse(period), config.parent / "templates"
    form = load_form(templates, "jc-nb" if told.kind is PeriodKind.YEAR else "jc-jb")
    book = blank_book(form, told, date(2024, 1, 1), load_roster(config.parent / "roster.csv").by_code(code))
    columns = {0: (mine, works, mine + works), 1: (*so_far, sum(so_far))}
    numbers = {item.cell_name: columns[n % 2 if len(form.items) == 6 else 0][n // 2 if len(form.items) == 6 else n] for n, item in enumerate(form.items)}  # fmt: skip
    render(filled(book, numbers), config.parent / "inbox" / f"{code}_{period}.xlsx")


def run(config: Path, day: str) -> Outcome:
    told: list[Outcome] = []
    commands.run_office(config, date.fromisoformat(day), told=told.append)
    return told[0]


def found(outcome: Outcome, form: str) -> list[tuple[str, str, str]]:
    return [
        (record.agency.code, finding.severity.value, finding.message)
        for result in outcome.results
        if result.form.id == form
        for record, finding in result.findings
    ]


QUARTERS = {"2024-Q1": (3, 1), "2024-Q2": (4, 0), "2024-Q3": (0, 2), "2024-Q4": (5, 1)}


def test_a_year_is_the_sum_of_its_quarters(office: Path) -> None:
    so_far = (0, 0)
    for number, (quarter, (mine, works)) in enumerate(QUARTERS.items()):
        so_far = (so_far[0] + mine, so_far[1] + works)
        file(office, "001", quarter, mine, works, so_far)
        outcome = run(office, str(Period.parse(quarter).next.first))
        assert not found(outcome, "jc-jb"), f"each goes on from the one before: {quarter}"
        (result,) = [r for r in outcome.results if r.form.id == "jc-jb" and not r.aside]
        assert str(result.period) == quarter and len(result.others) == number
    (issued,), _ = issuing.issue(office, ["001"], Period.parse("2024"), office.parent / "下发", False, "jc-nb", True)
    cells = [cell for line in openpyxl.load_workbook(issued)["年报"].iter_rows() for cell in line]
    assert [c.value for c in cells if c.comment and "由各季度《检查季报》合计得" in c.comment.text] == [12, 4, 16]
    assert any("供核对：各季度《检查季报》合计 全年检查 12" in str(c.value) for c in cells)
    file(office, "001", "2024", 12, 4)
    file(office, "002", "2024", 7, 7)
    assert found(run(office, "2025-01-06"), "jc-nb") == [], "12 + 4 over the year; 002 does not file the quarters"
    file(office, "001", "2024", 12, 5)
    changed = [one for one in found(run(office, "2025-01-07"), "jc-nb") if "之和" in one[2]]
    ((_, severity, said), (_, _, total)) = changed
    assert severity == "explain"
    assert said.startswith("年报「化工」填 5，2024 年各季度《检查季报》季报「化工」×「检查」之和为 4，多 1。")
    assert total.startswith("年报「合计」填 17，2024 年各季度《检查季报》季报「合计」×「检查」之和为 16，多 1。")


def test_while_a_quarter_is_missing_nothing_is_decided_and_that_is_said(office: Path) -> None:
    file(office, "001", "2024-Q1", 3, 1, (3, 1))
    file(office, "001", "2024-Q3", 0, 2, (7, 3))
    file(office, "001", "2024", 99, 1)
    ((_, severity, said),) = found(run(office, "2025-01-06"), "jc-nb")
    assert (severity, said) == ("note", "2024 年的《检查季报》还缺第2季度、第4季度，暂不能与全年的数核对。")


def test_what_goes_on_from_the_period_before_is_shown_and_typed_in(office: Path) -> None:
    """What was left open in the third quarter is what the fourth begins with: the blank form had been silent about it."""
    declared = QUARTER.replace(
        'label = "累计", is = "prev.累计 + 检查"', 'label = "期初", stock = true, is = "prev.检查"'
    )
    (office.parent / "templates" / "jc-jb.toml").write_text(declared, encoding="utf-8")
    file(office, "001", "2024-Q3", 7, 2)
    run(office, "2024-10-08")
    for period, prefilled, typed in (("2024-Q4", True, [7, 2, 9]), ("2024-Q4", False, [])):
        out = office.parent / f"下发{prefilled}"
        (issued,), _ = issuing.issue(office, ["001"], Period.parse(period), out, False, "jc-jb", prefilled)
        cells = [cell for line in openpyxl.load_workbook(issued)["季报"].iter_rows() for cell in line]
        assert [c.value for c in cells if c.comment and "待确认：由上季度" in c.comment.text] == typed
        assert any("供核对：上季度「煤矿」：检查 7" in str(c.value) for c in cells)


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (2024, "（按周加的不含 12 月 30 日至 31 日）"),
        (2020, "（按周加的多含上年 12 月 30 日至 31 日，多含下年 1 月 1 日至 3 日）"),
        (2023, "（按周加的不含 1 月 1 日）"),
    ],
)
def test_a_year_of_weeks_leaves_days_out_or_adds_some(year: int, words: str, tmp_path: Path) -> None:
    (tmp_path / "jc-jb.toml").write_text(QUARTER.replace('"quarter"', '"week"'), encoding="utf-8")
    assert weeks_words(FiledYear(load_form(tmp_path, "jc-jb"), year)) == words


REGISTER = """
id = "jc-tz"
title = "检查台账"
period = "quarter"
[[table]]
name = "台账"
list = true
columns = [{ label = "日期", kind = "date" }, { label = "行业", choices = ["煤矿", "化工"] }]
[[tally]]
id = "N"
title = "检查次数"
by = ["行业"]
unit = "次"
"""


def test_a_year_grows_out_of_the_quarters_of_a_list(office: Path) -> None:
    (office.parent / "templates" / "jc-tz.toml").write_text(REGISTER, encoding="utf-8")
    yearly = YEAR.replace("year(jc-jb:检查)", "year(jc-tz:数量)")
    (office.parent / "templates" / "jc-nb.toml").write_text(yearly, encoding="utf-8")
    form, other = (load_form(office.parent / "templates", id) for id in ("jc-nb", "jc-tz"))
    item = {i.row.label: i.index for i in other.items}
    once = [FiledOnce(AgencyState.COUNTED, None, {item["煤矿"]: n, item["化工"]: 1, item["合计"]: n + 1}) for n in (3, 4, 0, 5)]  # fmt: skip
    year = FiledYear(other, 2024)
    for period, one in zip(year.periods, once, strict=True):
        year = year.with_period(PastPeriod(period, None, {"001": one, **({"002": one} if period.number < 4 else {})}))
    known = known_sums(form, [year])
    assert known.keys() == {"001"}, "002 has not filed the last quarter"
    assert [(known["001"][i.index].source, int(known["001"][i.index].number)) for i in form.items] == [
        ("各季度《检查台账》合计", number) for number in (12, 4, 16)
    ]


def test_a_list_of_quarters_cannot_equal_a_year_cell_by_cell(office: Path) -> None:
    wrong = REGISTER + 'equals = "jc-nb:年报"\n'
    (office.parent / "templates" / "jc-tz.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(OfficeError, match="jc-nb 是年报，这张表是季报，不能逐期核对；在那张表里写 is = “year"):
        load_form(office.parent / "templates", "jc-tz")


WRONG = {
    'is = "year(jc-jb:检查)"': ('is = "year(jc-jb:巡查)"', "没有唯一的与“煤矿”对应的“巡查”"),
    'period = "year"': ('period = "half"', "只能写在按年报的表里"),
    "jc-jb:": ("jc-xx:", "没有表式 jc-xx.toml"),
}


@pytest.mark.parametrize("right", WRONG)
def test_what_cannot_be_meant_is_told(office: Path, right: str) -> None:
    wrong, words = WRONG[right]
    (office.parent / "templates" / "jc-nb.toml").write_text(YEAR.replace(right, wrong), encoding="utf-8")
    with pytest.raises(OfficeError, match=words):
        commands.open_office(office)


def test_a_rule_may_be_about_one_cell(office: Path) -> None:
    rule = '[[rule]]\nid = "NB-ALL"\nformula = "合计.全年检查 == year(jc-jb:合计.检查)"\n'
    plain = YEAR.replace('is = "year(jc-jb:检查)", severity = "explain" ', "")
    (office.parent / "templates" / "jc-nb.toml").write_text(f"{plain}\n{rule}", encoding="utf-8")
    form = load_form(office.parent / "templates", "jc-nb")
    (told,) = form.year_sums
    assert (form.items[told.at].code.rpartition(".")[2], told.code) == ("year", "J.r3.c1") or told.code.startswith("J.")
    assert form.rule("NB-ALL").severity.value == "explain"
