"""Ratios, cumulatives, texts and percent beside numbers: a budget by the month from its declaration alone, through two
months of an office, and what never is added."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import tomli

from tests.grids import ROOT, filled, submission
from tests.tables import put, sheet_of
from tests.weeks import quick
from workbook_tool import batch, commands
from workbook_tool.files.form.declaration import load_form, read_form
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.office.toml import Keys
from workbook_tool.files.workbook.render import render
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.look import Look
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.intake.parse.seen import read_cell
from workbook_tool.steps.judging.check import check
from workbook_tool.steps.workbook import compose
from workbook_tool.steps.workbook.causes import head_of
from workbook_tool.steps.workbook.year_figures import YearFigure, figures_of

__all__ = ["quick"]
CONFIG = '[region]\nname = "示例县"\n\n[report]\nform = "cz-yb"\nperiod = "{}"\n\n[roster]\nfile = "roster.csv"\n'
LEAVES = ("_2040501行政运行", "_2040502一般行政管理事务", "_2240101行政运行", "_2240106安全监管", "_2240201行政运行")
ABOVE = {
    "_20405法院": LEAVES[:2],
    "_204公共安全支出": LEAVES[:2],
    "_22401应急管理事务": LEAVES[2:4],
    "_22402消防救援事务": LEAVES[4:],
    "_224灾害防治及应急管理支出": LEAVES[2:],
    "合计": LEAVES,
}


@cache
def budget() -> Form:
    return load_form(ROOT / "tests" / "forms", "cz-yb")


@cache
def inspections() -> Form:
    return load_form(ROOT / "templates", "aqjc-jb")


@pytest.fixture
def office(tmp_path: Path, quick: None) -> Path:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "cz-yb.toml").write_bytes((ROOT / "tests" / "forms" / "cz-yb.toml").read_bytes())
    (tmp_path / "roster.csv").write_text("代码,名称\n001,县公安局\n002,县应急管理局\n", encoding="utf-8")
    return tmp_path


def file(office: Path, code: str, month: str, each: tuple[str, str, str], **wrong: float) -> None:
    """A filing in which every line has this budget, spent so much this month and so much since January."""
    agency = load_roster(office / "roster.csv").by_code(code)
    path = office / "inbox" / f"{code}_{month}.xlsx"
    render(blank_book(budget(), Period.parse(month), date(2024, 1, 1), agency), path)
    book = openpyxl.load_workbook(path)
    for row in (*LEAVES, *ABOVE):
        plan, spent, so_far = (Decimal(text) * len(ABOVE.get(row, "1")) for text in each)
        numbers = {"全年预算数": plan, "本月支出": spent, "累计支出": so_far, "上年同期累计": 0}
        for column, number in {**numbers, "执行率": round(so_far / plan * 100, 2)}.items():
            put(book, f"月报_{row}_{column}", wrong.get(f"{row}.{column}", float(str(number))))
    book.save(path)


def run(office: Path, month: str, day: str) -> Consolidation:
    (office / "config.toml").write_text(CONFIG.format(month), encoding="utf-8")
    as_of = date.fromisoformat(day)
    result = batch.run(commands.open_office(office / "config.toml", as_of), as_of).result
    assert result is not None
    return result


def total(result: Consolidation, code: str) -> int | None:
    return result.totals.all_filed.sums[result.form.by_code[f"月报.{code}"].index]


def said(result: Consolidation) -> list[str]:
    return [f"{f.severity.label} {f.rule} {f.place} {f.filed} {f.expected}" for _, f in result.findings]


def test_what_sums_its_row_up_is_called_by_the_row_and_a_difference_with_its_column() -> None:
    """Under 汇总隐患 a column of 未整改 was called 煤矿."""
    form, weekly = inspections(), load_form(ROOT / "templates", "zdgk-zb")
    assert head_of(form, form.by_code["隐患.煤矿.未整改"]) == "煤矿 未整改"
    assert head_of(weekly, weekly.by_code["W.site.all"]) == "部门网站"


def test_a_budget_from_month_to_month(office: Path) -> None:
    file(office, "001", "2024-01", ("100", "10", "10"))
    file(office, "002", "2024-01", ("300", "-6", "-6"))
    first = run(office, "2024-01", "2024-02-05")
    assert said(first) == []
    assert [total(first, f"合计.{column}") for column in ("全年预算数", "累计支出", "执行率")] == [200_000, 2000, 100]
    assert total(first, "合计.同比") is None, "nothing was spent a year ago"
    file(office, "001", "2024-02", ("100", "5", "15"), **{"合计.执行率": 20})
    file(office, "002", "2024-02", ("300", "9", "9"))
    second = run(office, "2024-02", "2024-03-05")
    assert said(second) == [
        "必须改 月报-执行率 月报!E17 20 15",
        *(
            f"必须改 月报-累计支出 月报!D{line} {parts * 9} {parts * 3}"
            for line, parts in zip(range(7, 18), (2, 2, 1, 1, 3, 2, 1, 1, 1, 1, 5), strict=True)
        ),
    ], "a ratio, and an agency that forgot its first month"
    assert "累计支出 75、全年预算数 500" in second.findings[0][1].message
    (sheet,) = (one for one in compose(second).sheets if one.name == "各期")
    shown = [
        [str(c.value) for c in sheet.cells if c.row == row.row and c.column > 1]
        for row in sheet.cells
        if row.value == "月报「合计」×「执行率」"
    ]
    assert shown == [["1", "None", "1"], ["—"] * 4], (
        "of both agencies together, never 10 % and -2 % added; nobody passed in month 2"
    )
    dashes = {(c.row, c.column) for c in sheet.cells if c.value == "—"}
    assert not [line for line in sheet.charts[0].series if dashes & {*line.values}], "a dash is not drawn as 0"


def test_a_ratio_over_agencies_and_periods_is_that_of_its_parts(tmp_path: Path) -> None:
    """Of a stock the last period counts, of what happened all of them."""
    (tmp_path / "x.toml").write_text(FLOWS, encoding="utf-8")
    for form, code, filed, each, year in (
        (budget(), "月报.合计.执行率", {"累计支出": (10, 20), "全年预算数": (100, 100)}, [1000, 2000], 2000),
        (load_form(tmp_path, "x"), "T.甲.率", {"已办": (1, 6), "应办": (10, 10)}, [1000, 6000], 3500),
    ):
        item = form.by_code[code]
        figure = YearFigure(form, "率", (item,))
        parts = {form.by_code[code.rpartition(".")[0] + f".{name}"].index: numbers for name, numbers in filed.items()}
        periods = [{i: numbers[n] for i, numbers in parts.items()} | {item.index: 1} for n in (0, 1)]
        sums = [figure.sums([period, period]) for period in periods]
        assert [figure.total(one) for one in sums] == each, "of two agencies alike it is that of each"
        assert figure.total(figure.so_far(sums)) == year
        assert figure.total(figure.sums([])) is None
    alone = YearFigure(budget(), "同比", (budget().by_code["月报.合计.同比"],))
    assert alone.total(alone.sums(periods)) is None, "what looks back is not computed again"


def test_how_a_line_adds_up_follows_from_what_it_is() -> None:
    row = {item.column.id: item for item in budget().by_table["月报"] if item.row.id == "合计"}
    assert {name: item.adds for name, item in row.items()} == {
        "全年预算数": "last",
        "本月支出": "sum",
        "累计支出": "last",
        "执行率": "ratio",
        "上年同期累计": "last",
        "同比": "ratio",
    }
    assert [item.column.id for item in budget().items if item.row.id == LEAVES[0] and not item.total] == [
        "全年预算数",
        "本月支出",
    ], "what PivotTables add"
    assert budget().cumulatives == {item.index for item in budget().items if item.column.id == "累计支出"}


FLOWS = """
id = "x"
title = "月报"
period = "month"

[[table]]
id = "T"
name = "月报"
rows = ["甲"]
columns = ["应办", "已办", { label = "率", unit = "%", decimals = 2, is = "已办 / 应办" }]
"""
REPEATED = """
id = "x"
title = "季报"

[[table]]
name = "季报"
rows = ["站点", "合计 ="]
repeat = [["2023年", "2024年"], ["上半年", "下半年"]]
columns = ["应办", "已办", { label = "未办", is = "应办 - 已办" }, { label = "率", unit = "%", is = "已办 / 应办" }]
"""


def test_columns_are_repeated_under_years_and_halves(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(REPEATED, encoding="utf-8")
    form = load_form(tmp_path, "x")
    (block,) = form.tables[0].blocks
    assert [column.under for column in block.columns[::4]] == [
        (year, half) for year in ("2023年", "2024年") for half in ("上半年", "下半年")
    ]
    rest = [constraint for constraint in form.constraints if constraint.rule_id == "季报-未办"]
    assert len(rest) == 2 * 4
    for constraint in rest:
        assert len({form.items[index].column.under for index, _ in constraint.terms}) == 1, "each in its own half year"
    assert len({derived.at for derived in form.derivations}) == 2 * 4


def test_texts_and_dates_are_no_numbers() -> None:
    form = inspections()
    assert (len(form.items), [item.kind for item in form.remarks[:2]]) == (42, ["date", "text"])
    low = [condition for condition in form.conditions if condition.rule_id == "AQ-LOW"]
    assert {form.cells[condition.at].column.label for condition in low} == {"备注"}


@pytest.mark.parametrize(
    ("content", "code", "read"),
    [(0.1488, "0.00%", "14.88"), (14.88, "General", "14.88"), (2 / 3, "0%", "66.67"), ("14.88%", "@", "14.88")],
)
def test_a_percent_cell_is_read_as_it_is_shown(content: float | str, code: str, read: str) -> None:
    item = budget().by_code["月报.合计.执行率"]
    value = read_cell(content, Look(code), item)
    assert (value.number, value.weighty) == (Decimal(read), False)


SHARES = """id = "x"
title = "同比表"
[[table]]
name = "同比"
unit = "吨"
decimals = 2
rows = ["营业收入"]
columns = [
  "本年", "上年",
  { label = "增减额", negative = true },
  { label = "增减率（%）", unit = "%", negative = true },
  { label = "毛利率（%）", unit = "%" },
  { label = "两年平均（%）", unit = "%" },
]
[[rule]]
id = "RATE"
formula = "增减率（%） = 增减额 / 上年"
[[rule]]
id = "LEAST"
formula = "增减率（%） >= 增减额 / 上年 * 100 - 1"
[[rule]]
id = "WITHIN"
formula = "增减额 / 上年 = 增减率（%）"
within = 0.5
when = "上年 > 0"
[[rule]]
id = "MEAN"
formula = "两年平均（%） = (增减率（%） * 上年 + 毛利率（%） * 本年) / (上年 + 本年)"
"""
RATES = {
    "-6.32": [],
    "-6.40": ["RATE"],
    "-0.06": ["RATE", "WITHIN"],
    "-7.50": ["LEAST", "RATE", "WITHIN"],
}


@pytest.mark.parametrize("rate", RATES)
def test_a_ratio_in_a_rule_is_counted_in_percent_and_rounded(rate: str) -> None:
    form = read_form(Keys(tomli.loads(SHARES), "x"))
    mean = (Decimal(rate) * Decimal("3761.15") + 20 * Decimal("3523.37")) / Decimal("7284.52")
    typed = [3523.37, 3761.15, -237.78, float(rate), 20.0, float(round(mean, 2))]
    read = submission(form, filled(form, dict(zip((item.code for item in form.items), typed, strict=True))))
    (checked,) = check([read], Rulebook(form))
    found = checked.findings
    assert sorted(f.rule for f in found) == RATES[rate]
    assert {f.expected for f in found if f.rule in ("RATE", "WITHIN")} <= {Decimal("-6.32")}
    assert ("没有乘以 100" in "".join(f.message for f in found)) == (rate == "-0.06")


STOCKS = """id = "x"
title = "财务表"
[[table]]
name = "用工"
unit = "人"
rows = [{ label = "新招" }, { label = "用工人数", stock = true }]
columns = [
  "一季度", "二季度",
  { label = "上半年累计", is = "一季度 + 二季度" },
  "三季度",
  { label = "累计", is = "上半年累计 + 三季度" },
  "男", "女", { label = "合计", is = "男 + 女" },
]
"""


def test_a_stock_is_not_added_up_over_the_periods_of_a_table() -> None:
    form = read_form(Keys(tomli.loads(STOCKS), "x"))
    summed = [form.items[one.at] for one in form.constraints]
    assert [(item.row_label, item.column_label) for item in summed] == [
        ("新招", "上半年累计"),
        ("新招", "累计"),
        ("新招", "合计"),
        ("用工人数", "合计"),
    ]


LOW = """id = "x"
title = "整改"
[[table]]
name = "整改"
rows = ["煤矿"]
columns = ["隐患", "已改", { label = "整改率", unit = "%", is = "已改 / 隐患" }]
[[rule]]
id = "X-LOW"
title = "不到一半的要说明"
severity = "explain"
when = "整改率 < 50"
formula = "隐患 * 已改 > 1000"
"""


@pytest.mark.parametrize(
    ("done", "share", "told"), [("9", "9", {"整改-整改率"}), ("4", "40", {"X-LOW"}), ("9", "90", set())]
)
def test_a_rule_waits_for_the_share_that_must_be_corrected_first(done: str, share: str, told: set[str]) -> None:
    """9 % for 90 was told twice: as a wrong share, and as one that needs a reason."""
    form = read_form(Keys(tomli.loads(LOW), "x.toml"))
    sheet = sheet_of("整改", [["行业", "隐患", "已改", "整改率"], ["煤矿", "10", done, share]])
    (checked,) = check([submission(form, [sheet])], Rulebook(form))
    assert {finding.rule for finding in checked.findings} == told


QUARTERLY = """
id = "x"
title = "季报"
period = "quarter"
[[table]]
name = "所"
rows = [{ label = "编制", stock = true }, "在岗"]
[[table]]
name = "业务"
rows = ["许可", "处罚", "合计 ="]
columns = ["上季结转", "受理", "办结", { label = "未结", stock = true, is = "上季结转 + 受理 - 办结" }]
"""


def test_without_a_figure_of_its_own_a_form_is_followed_by_its_total_row(tmp_path: Path) -> None:
    """Only what is computed in both ways had been followed: 未结, and neither 受理 nor 办结."""
    for more, followed in (("", 4), (QUARTERLY.split('"quarter"')[1].replace("所", "室").replace("业务", "评议"), 6)):
        (tmp_path / "x.toml").write_text(QUARTERLY + more, encoding="utf-8")
        figures = figures_of(load_form(tmp_path, "x"))
        assert [one.items[0].row.label for one in figures] == ["合计"] * followed


@pytest.mark.parametrize(
    ("lines", "ways"),
    [
        (
            '{ label = "上年", stock = true }, { label = "本年", stock = true }, { label = "增减", is = "本年 - 上年" }',
            "lll",
        ),
        ('"收", "支", { label = "净", is = "收 - 支" }', "sss"),
        ('{ label = "计划", stock = true }, "支", { label = "余", is = "计划 - 支" }', "lss"),
        (
            '{ label = "甲", stock = true }, { label = "乙", stock = true }, "合计 =", { label = "多", is = "合计 - 乙" }',
            "llll",
        ),
    ],
)
@pytest.mark.parametrize("axis", ["rows", "columns"])
def test_what_is_made_of_stocks_alone_is_not_added_up_over_periods(axis: str, lines: str, ways: str) -> None:
    """增减额 of two cumulatives was added month by month, and 增减率 of it was that of nothing."""
    other = {"rows": "columns", "columns": "rows"}[axis]
    table = f'id = "x"\ntitle = "月报"\nperiod = "month"\n[[table]]\nname = "月报"\n{other} = ["某", "某某"]\n{axis} = [{lines}]'
    form = read_form(Keys(tomli.loads(table), "x"))
    step = len(ways) if axis == "columns" else 2
    assert (
        "".join(item.adds[0] for item in (form.items[: len(ways)] if axis == "columns" else form.items[::step])) == ways
    )
