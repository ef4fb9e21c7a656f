"""Lists: their rows are read as they are meant, or refused; judged one by one; and counted into numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import tomli
from msgspec import Struct, field
from msgspec.structs import replace

from tests.tables import sheet_of, split
from workbook_tool.files.form.declaration import load_form, read_form
from workbook_tool.files.intake.formats.looks import Style
from workbook_tool.files.intake.formats.written import Written, WrittenTable
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.cells import address
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.calendar import Calendar
from workbook_tool.model.form.expression import ExpressionError
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.register import Choices, RegisterColumn
from workbook_tool.model.form.row_formula import ColumnNames, Given, compiled, read_row_formula
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.look import GENERAL, Look, TextRun
from workbook_tool.model.intake.records import key_of, words_of
from workbook_tool.model.intake.submission import (
    Content,
    ErrorValue,
    Identity,
    Sheet,
    SourceFile,
    Submission,
    as_decimal,
)
from workbook_tool.model.judging.diagnosis import Certainty, Doubt
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.steps.intake.parse import Parsed, parse
from workbook_tool.steps.intake.parse.register_cells import read_row_cell
from workbook_tool.steps.judging.check import check
from workbook_tool.steps.judging.locate import Locator
from workbook_tool.steps.judging.rows import judge_rows
from workbook_tool.steps.judging.tally import count
from workbook_tool.steps.tell.told_form import told_form

TEMPLATES = Path(__file__).parents[1] / "templates"
YEAR = Period.parse("2024")
FORM = """
id = "tz"
title = "台账"
[[table]]
name = "台账"
list = true
key = ["受理日期", "申请人类型", "申请内容"]
columns = [
  { label = "受理日期", kind = "date" },
  { label = "申请人类型", choices = ["自然人", "企业"] },
  "申请内容",
  { label = "金额", unit = "万元", decimals = 2 },
  { label = "答复日期", kind = "date", optional = true },
  { label = "是否延期", kind = "yesno" },
]
[[rule]]
id = "R-DATE"
title = "答复不早于受理"
formula = "答复日期 >= 受理日期"
[[rule]]
id = "R-PERIOD"
title = "受理在本期"
formula = "期初 <= 受理日期 且 受理日期 <= 期末"
[[tally]]
id = "N"
title = "件数"
by = ["申请人类型"]
date = "受理日期"
[[tally]]
id = "S"
title = "金额合计"
by = ["申请人类型"]
sum = "金额"
"""


def declared(text: str = FORM) -> Form:
    return read_form(Keys(tomli.loads(text), "tz.toml"))


class Case(Struct):
    name: str
    sheets: dict[str, list[list[str]]] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    counts: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    form: str = ""

    @property
    def declared(self) -> Form:
        return declared((LISTS / f"{self.form}.toml").read_text(encoding="utf-8") if self.form else FORM)


LISTS = Path(__file__).parent / "cases" / "lists"


def cases() -> Iterator[Case]:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(LISTS.glob("*.md")))
    for section in text.split("\n## ")[1:]:
        name, *lines = section.splitlines()
        case = Case(name)
        for line in lines:
            mark, _, rest = line.partition(" ")
            if mark == "###":
                case.sheets[rest] = []
            elif line.startswith("|"):
                case.sheets[list(case.sheets)[-1]].append(split(line))
            elif mark == "行":
                case.rows += [int(number) - 1 for number in rest.split()]
            elif mark == "表式":
                case.form = rest
            elif mark == "=":
                code, number = rest.split()
                case.counts[code] = number
            elif mark == ">":
                case.told.append(rest)
        yield case


def judged(
    form: Form, sheets: list[Sheet], period: Period = YEAR
) -> tuple[Parsed, list[Finding], dict[str, Decimal | None]]:
    book = Rulebook(form)
    parsed = parse(sheets, book)
    lists, told = judge_rows(parsed.lists, parsed.notes, book, Given(period.first, period.last, Calendar()))
    readings = count(lists, form, period, parsed.readings)
    numbers = {i.code: r.number for i, r in zip(form.items, readings, strict=True)}
    parsed = Parsed(readings, (), parsed.findings, parsed.tables, lists)
    decimals = {i.code: None if (n := numbers[i.code]) is None else as_decimal(n, i) for i in form.items}
    return parsed, [*parsed.findings, *told], decimals


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_rows_of_a_list_are_read_as_they_are_meant(case: Case) -> None:
    form = case.declared
    parsed, findings, numbers = judged(form, [sheet_of(*one) for one in case.sheets.items()])
    assert [record.row for one in parsed.lists for record in one.records] == case.rows
    states = {i.code: r.state.value for i, r in zip(form.items, parsed.readings, strict=True)}
    for code, wanted in case.counts.items():
        if wanted in ("?", "没有"):
            assert (numbers[code], states[code]) == (None, {"?": "unusable", "没有": "missing"}[wanted])
        else:
            assert numbers[code] == Decimal(wanted)
    assert sorted(f"{f.rule} {f.cell}".strip() for f in findings) == sorted(case.told)


def test_a_merged_cell_whose_formula_comes_to_nothing_says_nothing() -> None:
    """Its area is told, and nothing stands in it: the file once was lost."""
    case = next(case for case in cases() if case.name == "照着下发的填")
    sheet = sheet_of("台账", case.sheets["台账"])
    empty = {at: content for at, content in sheet.cells.items() if at not in ((1, 2), (2, 2))}
    _, findings, _ = judged(declared(), [replace(sheet, cells=empty, reaches={(1, 2): (2, 2)})])
    assert [(one.rule, one.cell) for one in findings] == [("L-BLANK", "C2"), ("L-BLANK", "C3")]


def test_a_unit_that_contradicts_the_head_of_a_list_must_be_cleared() -> None:
    """One of the two is wrong 10,000 times; where only one is written it is converted and told."""
    case = next(case for case in cases() if case.name == "表头和上方写的单位不一致")
    (name, grid), *_ = case.sheets.items()
    for head, weight in (("金额（万元）", "must"), ("金额", "explain")):
        rows = [[{"金额（万元）": head, "1.5": "15000"}.get(cell, cell) for cell in row] for row in grid]
        assert [f.severity.value for f in judged(declared(), [sheet_of(name, rows)])[1]] == [weight]


@pytest.mark.parametrize("head", ["金额（美元）", "金额（万美元）", "金额(USD)"])
def test_amounts_of_a_list_in_another_currency_must_be_converted_by_who_knows_how(head: str) -> None:
    case = next(case for case in cases() if case.name == "表头和上方写的单位不一致")
    (name, grid), *_ = case.sheets.items()
    rows = [[{"金额（万元）": head, "单位：元": ""}.get(cell, cell) for cell in row] for row in grid]
    (found,) = (one for one in judged(declared(), [sheet_of(name, rows)])[1] if one.severity.value == "must")
    assert "「金额」应以万元计，折合多少万元不知道，没有换算" in found.message


@pytest.mark.parametrize(
    ("currencies", "told"),
    [
        (("人民币", "美元"), ["D3）填“2”，同一行写的币种是美元，折合多少万元不知道，没有换算"]),
        (("USD", "港币"), ["D2）填“1.5”，同一行写的币种是美元", "D3）填“2”，同一行写的币种是港元"]),
        (("人民币", "元"), []),
    ],
)
def test_an_amount_whose_row_says_another_currency_must_be_converted(
    currencies: tuple[str, str], told: list[str]
) -> None:
    """In a column that the agency added: the amount was counted as 万元, and only the column was noted."""
    case = next(case for case in cases() if case.name == "照着下发的填")
    (name, grid), *_ = case.sheets.items()
    rows = [[*row, *[""] * (6 - len(row)), word] for row, word in zip(grid, ("币种", *currencies), strict=True)]
    found = judged(declared(), [sheet_of(name, rows)])[1]
    must = [one.message for one in found if one.severity.value == "must"]
    assert len(must) == len(told) and all(map(str.__contains__, must, told))


@pytest.mark.parametrize(
    ("content", "code", "formula", "number", "told"),
    [
        (12.6, "0", "", "12.6", "V-SHOWN explain 显示为“13”，存的是 12.6，显示时舍入了，读作 12.6"),
        (25100.0, '0"."0000"万元"', "", "2.51", "V-SHOWN explain 显示为“2.5100万元”，存的是 25100，读作 2.51"),
        (0.5, "0%", "", None, "V-SHOWN must 显示为“50%”，存的是 0.5，单位“%”与本格的单位“万元”不符"),
        ("350（预估）", GENERAL, "", "350", "L-TEXT explain 填“350（预估）”，是文字，读作 350"),
        (5.0, GENERAL, "1+1", "2", "V-STALE explain 填“5”，是公式（=1+1）存的结果，按所引各格应为 2，已按 2 审核"),
        (2.0, GENERAL, "1+1", "2", ""),
    ],
)
def test_a_number_of_a_list_is_told_as_one_of_any_table(
    content: Content, code: str, formula: str, number: str | None, told: str
) -> None:
    case = next(case for case in cases() if case.name == "照着下发的填")
    (name, grid), *_ = case.sheets.items()
    sheet, place = sheet_of(name, grid[:2]), (1, 3)
    looks, formulas = {place: Look(code)}, {place: formula} if formula else {}
    changed = replace(sheet, cells={**sheet.cells, place: content}, looks=looks, formulas=formulas)
    _, findings, numbers = judged(declared(), [changed])
    assert numbers["S.自然人.n"] == (None if number is None else Decimal(number))
    said = [f"{one.rule} {one.severity.value} {one.message.partition('D2）')[2]}" for one in findings]
    assert len(said) == bool(told) and all(one.startswith(told) for one in said)


def column(kind: str, **more: object) -> RegisterColumn:
    return RegisterColumn(Line("c", "列"), kind, **more)  # type: ignore[arg-type]


CHOICES = Choices((Line("a", "（一）予以公开"), Line("b", "1.其他"), Line("c", "2.其他")))


@pytest.mark.parametrize(
    ("kind", "told", "held", "problem"),
    [
        ("date", date(2024, 1, 5), "2024-01-05", ""),
        ("date", "2024/1/5", "2024-01-05", "row_text"),
        ("date", "2024年1月5日 00:00:00", "2024-01-05", "row_text"),
        ("date", 20240105, "2024-01-05", "row_text"),
        ("date", "2024-1-1 10:30", "2024-01-01", "row_text"),
        ("date", "2024-1-2 3", "", "row_type"),
        ("date", "2024—1—5（星期五）", "2024-01-05", "row_text"),
        ("date", "2024、1、5 号。", "", "row_type"),
        ("date", "２０２４．１． ５．", "2024-01-05", "row_text"),
        ("date", 45296, "", "row_type"),
        ("date", "2024-01-05 星期五", "2024-01-05", "row_text"),
        ("date", "2024年1月5日周五", "2024-01-05", "row_text"),
        ("date", "二〇二四年一月五日", "2024-01-05", "row_text"),
        ("date", "二○二四年十二月三十一日", "2024-12-31", "row_text"),
        ("date", "二零二四年十月二十日", "2024-10-20", "row_text"),
        ("date", "二〇二四年十三月一日", "", "row_type"),
        ("date", "24-1-5", "", "row_type"),
        ("date", "1月5日", "", "row_type"),
        ("date", "2024-02-30", "", "row_type"),
        ("date", "/", "", ""),
        ("yesno", "√", "是", ""),
        ("yesno", "无", "否", ""),
        ("yesno", 1, "", "row_type"),
        ("choice", "予以公开", "（一）予以公开", ""),
        ("choice", "2.其他", "2.其他", ""),
        ("choice", "其他", "", "row_type"),
        ("choice", "予以公幵", "", "row_type"),
        ("code", "0071", "0071", ""),
        ("code", 71, "71", "row_text"),
        ("code", 1.2345678901234567e17, "", "row_type"),
        ("code", "1.23E+17", "", "row_type"),
        ("phone", "0537-2234567、13800001234", "0537-2234567、13800001234", ""),
        ("phone", "（0571）88888888转801", "(0571)88888888转801", ""),
        ("phone", "138-0013-8000", "138-0013-8000", ""),
        ("phone", "+86-571-88888888", "+86-571-88888888", ""),
        ("phone", "400-800-1234", "400-800-1234", ""),
        ("phone", "12345678901", "", "row_type"),
        ("phone", "010-8888888", "", "row_type"),
        ("phone", "571-8888888", "", "row_type"),
        ("phone", "12345", "", "row_type"),
        ("phone", "13800001234、95588", "", "row_type"),
        ("mail", "a.b@example.gov.cn", "a.b@example.gov.cn", ""),
        ("mail", "a.b@", "", "row_type"),
        ("postcode", "012345", "012345", ""),
        ("id", "11010519491231002X", "11010519491231002X", ""),
        ("id", "110105194912310021", "", "row_type"),
        ("id", "11010519491331002X", "", "row_type"),
        ("credit", "91350100M000100Y43", "91350100M000100Y43", ""),
        ("credit", "91350100M000100Y44", "", "row_type"),
        ("text", "  无 ", "无", ""),
        ("text", 12.0, "12", ""),
        ("text", ErrorValue("#REF!"), "", "row_type"),
        ("number", -3, "", "row_type"),
        ("number", "约30", "", "row_type"),
        ("number", "17件", "17", "row_text"),
    ],
)
def test_a_cell_holds_what_its_column_takes_or_nothing(kind: str, told: Content, held: str, problem: str) -> None:
    own = column(kind, choices=CHOICES if kind == "choice" else Choices(), unit="件" if kind == "number" else "")
    found = read_row_cell(told, None, own)
    assert (words_of(own, found.held), found.problem) == (held, problem)


def test_what_a_cell_shows_counts() -> None:
    assert read_row_cell(71, Look("00000"), column("code")).held == "00071"
    struck = Look(runs=(TextRun("作废", ("带删除线",)), TextRun("甲")))
    assert read_row_cell("作废甲", struck, column("text")).problem == "struck"


def test_a_number_keeps_to_its_bounds_and_may_go_below_0() -> None:
    below = column("number", decimals=2, negative=True, least=-500, most=500)
    assert read_row_cell(-3.5, None, below).held == -350
    assert read_row_cell("-3.5", None, below).held == -350
    assert read_row_cell(6, None, below).problem == "row_type"


NAMES = ColumnNames({"受理": ("a", "date"), "受理日期": ("b", "date"), "延期": ("c", "bool"), "类": ("d", "text"), "数": ("e", "number")}, ("自然人",))  # fmt: skip
ROW = {"a": None, "b": date(2024, 2, 9), "c": True, "d": "自然人", "e": Decimal(3)}


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("受理日期 ≥ “2024-02-09”", True),
        ("受理 > 受理日期", None),
        ("filled(受理) 或 类 == 自然人", True),
        ("非 延期 且 受理 > 受理日期", False),
        ("数 × （2 ＋ 延期） == 9", True),
        ("数 / 0 > 1", None),
        ("延期 = 是 且 数 = 3", True),
        ("延期 != 否 且 “自然人” = 类", True),
        ("期末 - 受理日期", Decimal(326)),
        ("workdays(受理日期, 期末) > 1000", False),
        ("workdays(受理日期, “2099-01-01”)", None),
        ("year(受理日期) == 2024 且 1 <= 数 <= 3", True),
    ],
)
def test_a_row_formula_comes_to(text: str, worth: object) -> None:
    formula = read_row_formula(text, NAMES)
    assert compiled(formula.expression, Given(YEAR.first, YEAR.last))(ROW) == worth


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("受里日期 > 3", "“受里日期” 没有声明"),
        ("类 > 数", "不是一类"),
        ("受理日期 >= 2024-1-1", "日期 2024-1-1 要加引号：“2024-01-01”"),
        ("受理日期 >= 2024年12月31日", "日期 2024年12月31日 要加引号：“2024-12-31”"),
        ("受理日期 >= “2024-1-1”", "“2024-1-1” 不是日期"),
        ("workdays(受理日期, “今天”) > 1", "“今天” 不是日期"),
        ("延期 == 自然人", "不是一类"),
        ("数 > 1 且 数", "两边都应是条件"),
        ("非 数", "后面应是条件"),
        ("workdays(受理日期)", "应有 2 个参数"),
        ("数 > prev.数", "没有上一期"),
        ("workdays(数, 受理日期)", "要用日期列"),
        ("数 +", "末尾 处应为名称或数字"),
        ("().__class__", "“.__class__” 没有声明"),
        ("[数 for 数 in 数]", "没有声明"),
    ],
)
def test_a_row_formula_that_makes_no_sense_is_refused(text: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(said)):
        read_row_formula(text, NAMES)


def test_a_row_that_breaks_a_rule_is_told_which_and_why_it_was_asked() -> None:
    """问题清单 had only said that the row breaks a rule; whom a reason is enough of was told to file again."""
    asked = 'when = "是否延期 = 是"\nseverity = "explain"\nformula = "答复日期 >= 受理日期"'
    form = declared(FORM.replace('formula = "答复日期 >= 受理日期"', asked))
    heads = [column.label for column in form.registers[0].columns]
    row = ["2024-02-05", "企业", "甲", "1", "2024-02-01", "是"]
    _, findings, _ = judged(form, [sheet_of("台账", [heads, row])])
    (found,) = [f for f in findings if f.rule == "R-DATE"]
    told = "E2）不符合“答复不早于受理”：是否延期 是、答复日期 2024-02-01、受理日期 2024-02-05。"
    assert found.message.endswith(told) and found.brief == found.message, "in the list of problems as in findings.csv"
    assert found.suggestion == "请核对 E2 和同一行的有关各格，改正或说明原因。"


def test_a_rule_waits_for_what_must_be_corrected_first() -> None:
    """One mistake was told twice: 是否延期 should have been 否, and why it is 是 was to be explained."""
    asked = 'when = "是否延期 = 是"\nseverity = "explain"\nformula = "金额 > 5"'
    derived = FORM.replace(
        '"是否延期", kind = "yesno"', '"是否延期", kind = "yesno", is = "days(受理日期, 答复日期) > 20"'
    )
    heads = [column.label.replace("金额", "金额（万元）") for column in declared().registers[0].columns]
    for late, told in (("是", {"L-DERIVED"}), ("否", set())):
        rows = [heads, ["2024-02-05", "企业", "甲", "1", "2024-02-07", late]]
        form = declared(derived.replace('formula = "答复日期 >= 受理日期"', asked))
        assert {f.rule for f in judged(form, [sheet_of("台账", rows)])[1]} == told


def test_the_rules_of_rows_are_rules_of_the_form() -> None:
    assert "没有另写规则" not in told_form(declared())
    none = FORM[: FORM.index("[[rule]]")] + FORM[FORM.index("[[tally]]") :]
    assert "没有另写规则" in told_form(declared(none))


def test_every_row_of_a_card_says_how_it_comes_together() -> None:
    rows = '[{ label = "编制人数", stock = true }, "受理", { label = "面积", stock = true }]'
    card = f'id = "x"\ntitle = "站所"\nperiod = "quarter"\n[[table]]\nname = "情况"\nrows = {rows}'
    assert "几期之间取最后一期：编制人数、面积" in told_form(declared(card))


def test_a_difference_that_may_not_be_below_0_is_told_before_it_is_a_false_alarm() -> None:
    """增减额 was declared by its formula alone: every agency with less than last year was to correct it."""
    lines = (
        '["上年", "本年", { label = "增减", is = "本年 - 上年" }, { label = "增减率", unit = "%", is = "增减 / 上年" }]'
    )
    text = f'id = "x"\ntitle = "收支"\n[[table]]\nname = "收支"\nrows = ["收", "支", "合计 ="]\ncolumns = {lines}'
    assert "算得的差不能为负（会为负的写 negative = true）：增减\n" in told_form(declared(text))
    assert "不能为负" not in told_form(declared(text.replace('本年 - 上年" }', '本年 - 上年", negative = true }')))


CAPTIONED = """id = "tz"
title = "油费"
[[table]]
name = "油费"
list = true
columns = ["车", { label = "里程", under = ["本月"], kind = "number" }, { label = "里程", under = ["累计"], kind = "number" }]
[[rule]]
id = "R"
title = "累计不少于本月"
formula = "累计.里程 >= 本月.里程"
[[tally]]
id = "N"
title = "油费"
sum = "本月.里程"
"""


def test_columns_of_one_label_go_by_their_captions_and_a_tally_called_like_its_list_has_another_sheet() -> None:
    form = declared(CAPTIONED)
    (rule,) = form.registers[0].rules
    assert rule.formula.columns == ("累计里程", "本月里程") and rule.at == "累计里程"
    assert form.tallies[0].sum == "本月里程" and form.tables[0].name == "油费统计"
    with pytest.raises(OfficeError, match="里程 没有声明"):
        declared(CAPTIONED.replace("累计.里程 >=", "里程 >="))


SHARES = """id = "x"
title = "项目"
[[table]]
name = "项目"
list = true
columns = [
  "名称",
  { label = "累计完成", unit = "万元" },
  { label = "总投资", unit = "万元" },
  { label = "完成率", unit = "%", is = "累计完成 / 总投资" },
]
"""
ONCE = "请去掉 * 100：单位是 % 的比率已自动乘 100"


def test_a_share_in_a_list_is_counted_in_percent() -> None:
    rows = [
        ["名称", "累计完成（万元）", "总投资（万元）", "完成率"],
        ["桥", "28", "100", "28"],
        ["路", "1", "3", "33.33"],
        ["渠", "1", "8", ""],
    ]
    parsed, findings, _ = judged(declared(SHARES), [sheet_of("项目", [*rows, ["塘", "1", "4", "0.25"]])])
    assert [(one.cell, one.message.partition("填")[2]) for one in findings] == [
        ("D5", "“0.25”，按“累计完成÷总投资”应为“25.00”。这一列由同一行的其他列得出。")
    ]
    assert parsed.lists[0].records[2].values[3] == 1250


@pytest.mark.parametrize(
    "formula", ["累计完成 * 100 / 总投资", "100 × 累计完成 ÷ 总投资", "累计完成 / 总投资 * 100 - 100"]
)
def test_who_multiplies_a_share_by_100_is_told_that_this_is_done(formula: str) -> None:
    twice = SHARES.replace("累计完成 / 总投资", formula)
    grid = twice.replace("list = true", 'rows = ["桥"]').replace('  "名称",\n', "")
    of_table = grid.replace('unit = "%", ', "").replace("rows", 'unit = "%"\nrows')
    for text in (twice, grid, of_table):
        with pytest.raises(OfficeError, match=re.escape(ONCE)):
            declared(text)


def test_shares_of_rows_are_not_added_up() -> None:
    with pytest.raises(OfficeError, match="“完成率” 的单位是 %，不能相加"):
        declared(f'{SHARES}[[tally]]\nid = "N"\ntitle = "率"\nsum = "完成率"\n')


def test_many_problems_of_one_kind_are_one_line_and_live_by_their_records() -> None:
    head = ["受理日期", "申请人类型", "申请内容", "金额（万元）", "答复日期", "是否延期"]
    rows = [[f"'{n}月", "自然人", f"甲{n}", "1", "", "否"] for n in range(1, 9)]
    parsed, findings, _ = judged(declared(), [sheet_of("台账", [head, *rows])])
    (finding,) = findings
    assert finding.cell == "A2:A9" and "共 8 行不是日期" in finding.message and "第 2、3、4" in finding.message
    moved, _, _ = judged(declared(), [sheet_of("台账", [["标题"], head, *reversed(rows)])])
    keys = {key_of(declared().registers[0], record) for record in parsed.lists[0].records}
    assert {record.key for record in finding.records} == keys
    assert {key_of(declared().registers[0], record) for record in moved.lists[0].records} == keys


def test_a_tally_of_our_own_form_is_one_relation_more() -> None:
    grid = '[[table]]\nname = "汇总表"\nunit = "条"\nrows = ["自然人", "企业"]\ncolumns = ["件数"]\n'
    form = declared(FORM.replace("[[table]]", f"{grid}[[table]]", 1).replace('date = "受理日期"\n', 'date = "受理日期"\nequals = "汇总表.件数"\n', 1).replace("formula", 'table = "台账"\nformula'))  # fmt: skip
    relations = [c for c in form.constraints if c.rule_id == "N"]
    told = [(form.items[c.at].code, [form.items[i].code for i, _ in c.terms]) for c in relations]
    assert told == [
        ("汇总表.自然人.件数", ["汇总表.自然人.件数", "N.自然人.n"]),
        ("汇总表.企业.件数", ["汇总表.企业.件数", "N.企业.n"]),
    ]


def test_a_row_that_cannot_be_read_is_told_where_it_leaves_a_comparison_open() -> None:
    grid = '[[table]]\nname = "汇总表"\nunit = "条"\nrows = ["自然人", "企业"]\ncolumns = ["件数"]\n'
    form = declared(FORM.replace("[[table]]", f"{grid}[[table]]", 1).replace('date = "受理日期"\n', 'date = "受理日期"\nequals = "汇总表.件数"\n', 1).replace("formula", 'table = "台账"\nformula'))  # fmt: skip

    def notes(kind: str) -> list[str]:
        rows = [
            ["受理日期", "申请人类型", "申请内容", "金额（万元）", "答复日期", "是否延期"],
            ["2024-01-05", kind, "甲", "1", "", "否"],
        ]
        sheets = [sheet_of("汇总表", [["", "件数"], ["自然人", "1"], ["企业", "0"]]), sheet_of("台账", rows)]
        parsed, rulebook = parse(sheets, Rulebook(form)), Rulebook(form)
        readings = count(parsed.lists, form, YEAR, parsed.readings)
        filed = Submission(SourceFile("a.xlsx", Path("x"), "0", 1), Identity(), readings)
        return [f"{f.rule} {f.severity.value} {f.message}" for f in check([filed], rulebook)[0].findings]

    assert notes("自然人") == []
    assert notes("个人") == ["N note 清单“台账”有认不出的行，件数「自然人」等 2 格没有统计出来，没有核对。"]


def test_a_subtotal_that_is_off_is_told_what_its_own_group_comes_to() -> None:
    head = ["受理日期", "申请人类型", "申请内容", "金额（万元）", "答复日期", "是否延期"]
    row = ["2024-01-05", "自然人", "甲", "1.5", "", "否"]
    end = ["小计", "", "", "1.5", "", ""]
    again = [["2024-01-06", *row[1:]], ["小计", "", "", "2", "", ""]]
    form = declared()
    (found,) = parse([sheet_of("台账", [head, row, end, *again])], Rulebook(form)).findings
    assert (found.rule, found.filed, found.expected) == ("L-SUM", Decimal(2), Decimal("1.5"))
    assert "本组各行之和是 1.5" in found.message


def test_a_tally_in_another_unit_than_what_it_should_equal_is_refused() -> None:
    grid = '[[table]]\nname = "汇总表"\nunit = "{}"\nrows = ["自然人", "企业", "合计 ="]\ncolumns = ["件数", "罚没"]\n'
    text = FORM.replace("[[table]]", f"{grid}[[table]]", 1).replace("formula", 'table = "台账"\nformula')
    text = text.replace('sum = "金额"', 'sum = "金额"\nequals = "汇总表.罚没"')
    assert declared(text.replace("{}", "万元", 1)).tallies[1].equals
    with pytest.raises(OfficeError, match="的单位是元，这里是万元，不能逐格核对"):
        declared(text.replace("{}", "元", 1))


def test_what_rests_on_a_list_alone_is_never_located_for_certain() -> None:
    """A typed cell explains what fails; but a record of the list may be wrong, and nobody tried that."""
    grid = '[[table]]\nname = "汇总表"\nunit = "条"\nrows = ["自然人", "企业", "合计 ="]\ncolumns = ["甲", "乙", "件数 ="]\n'
    form = declared(FORM.replace("[[table]]", f"{grid}[[table]]", 1).replace('date = "受理日期"\n', 'date = "受理日期"\nequals = "汇总表.件数"\n', 1).replace("formula", 'table = "台账"\nformula'))  # fmt: skip
    right = {"自然人.甲": 4, "自然人.乙": 2, "自然人.件数": 6, "企业.甲": 1, "企业.乙": 2, "企业.件数": 3}
    right |= {"合计.甲": 5, "合计.乙": 4, "合计.件数": 9}
    filed = {f"汇总表.{cell}": number for cell, number in right.items()} | {
        "N.自然人.n": 6,
        "N.企业.n": 3,
        "N.sum.n": 9,
    }

    def located(**wrong: int) -> tuple[Certainty, Doubt | None]:
        numbers = filed | {code.replace("_", "."): number for code, number in wrong.items()}
        locator = Locator(form, lambda _: Severity.MUST)
        (story,) = locator.stories({form.by_code[code].index: number for code, number in numbers.items()})
        return story.certainty, story.doubt

    assert located(汇总表_自然人_件数=7) == (Certainty.UNIQUE, None), "its row and its column say so too"
    assert located(汇总表_自然人_件数=7, 汇总表_自然人_甲=5) == (Certainty.TIED, Doubt.RECORDS)


def test_the_shipped_lists_count_what_the_annual_form_asks() -> None:
    register, annual = load_form(TEMPLATES, "ysq-tz"), load_form(TEMPLATES, "zfxxgk-2021")
    pairs = [pair for tally in register.tallies for pair in tally.equals]
    assert len(pairs) == 7 + 22 * 7
    assert not any("\n" in row.breaks for table in register.tables for row in table.rows), "broken for narrow columns"
    assert ("TZ_DONE.r3.c1", "T3.r3.c1") in pairs and ("TZ_DONE.sum.sum", "T3.r24.c7") in pairs
    assert {code for _, code in pairs} <= annual.by_code.keys()
    files = load_form(TEMPLATES, "gfxwj-ml")
    assert [pair for tally in files.tallies for pair in tally.equals][-1] == ("ML_VALID.B.n", "T2.B.x3")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "yesno"', 'kind = "yesnot"', "是否指"),
        ('key = ["受理日期"', 'key = ["受里日期"', "是否指 受理日期"),
        ("答复日期 >= 受理日期", "答复日期 >= 受理日其", "是否指 受理日期"),
        ("答复日期 >= 受理日期", "答复日期", "不是条件"),
        ('by = ["申请人类型"]', 'by = ["申请内容"]', "没有写明选项"),
        ('sum = "金额"', 'sum = "申请内容"', "不是数的列"),
        ('unit = "万元", decimals = 2', 'unit = "万元", decimals = 2, min = 3, max = 1', "比 max 大"),
        ('title = "件数"', 'title = "件数"\nequals = "没有:T3"', "没有给出表式所在的文件夹"),
        ('choices = ["自然人", "企业"]', 'choices = ["自然人", "自然人"]', "出现了两次"),
        ('"申请内容",\n', '"申请内容", "申请内容",\n', "出现了两次"),
        ('unit = "万元", decimals = 2 },', 'kind = "date" },\n]\nunit = "元"\nx = [', "unit 用不到：清单里没有数的列"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(OfficeError, match=re.escape(said)):
        declared(FORM.replace(old, new, 1))


def test_each_agency_has_its_own_choices(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (["代码", "名称"], ["001", "甲局"], ["002", "乙局"]):
        book.active.append(line)  # type: ignore[union-attr]
    for line in (["代码", "选项"], ["001", "一科、二科"], ["002", "三科"]):
        (book["科室"] if "科室" in book.sheetnames else book.create_sheet("科室")).append(line)
    book.save(tmp_path / "名录.xlsx")
    roster = load_roster(tmp_path / "名录.xlsx")
    assert roster.tables == ("科室",) and dict(roster.agencies[0].options) == {"科室": ("一科", "二科")}
    form = declared('id = "x"\ntitle = "登记"\n[[table]]\nname = "登记"\nlist = true\ncolumns = [{ label = "科室", choices = "roster:科室" }, "事项"]\n')  # fmt: skip
    parsed = parse([sheet_of("登记", [["科室", "事项"], ["一科", "甲"], ["三科", "乙"]])], Rulebook(form))
    told = [
        [f.cell for f in judge_rows(parsed.lists, parsed.notes, Rulebook(form), Given(), dict(agency.options))[1]]
        for agency in roster.agencies
    ]
    assert told == [["A3"], ["A2"]]


def test_the_list_of_the_handbook_is_read() -> None:
    book = (TEMPLATES.parent / "docs" / "手册.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(id = \"ht-tz\".*?)```", book, re.DOTALL)
    form = declared(block)
    assert [column.kind for column in form.registers[0].columns][-2:] == ["yesno", "text"]
    assert form.tallies[0].by == ("状态",)


@pytest.mark.parametrize("where", ["", '[[table]]\nname = "甲"\nrows = ["一"]\n'])
def test_the_numbers_of_a_list_are_counted_as_the_form_or_the_list_says(where: str) -> None:
    columns = '{ label = "金额", kind = "number" }, { label = "份数", unit = "份" }, "内容"'
    own = f'[[table]]\nname = "乙"\nlist = true\ncolumns = [{columns}]\n'
    told = read_form(Keys(tomli.loads(f'id = "x"\ntitle = "表"\nunit = "万元"\ndecimals = 2\n{where}{own}'), "x"))
    assert [(c.unit, c.decimals) for c in told.registers[0].columns] == [("万元", 2), ("份", 0), ("", 0)]
    closer = own.replace("columns", 'unit = "元"\ndecimals = 1\ncolumns')
    told = read_form(Keys(tomli.loads(f'id = "x"\ntitle = "表"\nunit = "万元"\ndecimals = 2\n{where}{closer}'), "x"))
    assert [(c.unit, c.decimals) for c in told.registers[0].columns] == [("元", 1), ("份", 0), ("", 0)]


def test_what_a_list_declares_to_be_signed_is_no_record() -> None:
    form = declared(FORM.replace("list = true", 'list = true\nsign = ["分管县长"]'))
    head = ["序号", "受理日期", "申请人类型", "申请内容", "金额（万元）", "答复日期", "是否延期"]
    row = ["1", "2024-01-02", "企业", "甲", "1", "2024-01-05", "否"]
    parsed, findings, _ = judged(form, [sheet_of("台账", [head, row, ["", "", "", "分管县长：张三", "", "", ""]])])
    assert [record.row for record in parsed.lists[0].records] == [1] and findings == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("list = true", 'list = true\ngroup = "申请内容"', "没有写明选项，不能按它小计"),
        ("columns = [", 'columns = [\n  "序号",', ""),
        ('  "申请内容",', '  "申请内容", "序号",', "应是第一列"),
        ('{ label = "金额", unit = "万元", decimals = 2 },\n', '"金额",\n]\ntotal = true\nx = [', "没有可以相加的列"),
    ],
)
def test_what_a_blank_list_shows_beside_its_records(old: str, new: str, said: str) -> None:
    if not said:
        assert declared(FORM.replace(old, new, 1)).registers[0].serial == "序号"
        return
    with pytest.raises(OfficeError, match=said):
        declared(FORM.replace(old, new, 1))


def test_two_lists_on_one_sheet_are_told_apart() -> None:
    second = '[[table]]\nname = "来信"\nlist = true\ncolumns = ["来信日期", "来信人", "事项"]\n'
    form = declared(FORM.replace("[[rule]]", f"{second}[[rule]]", 1).replace("formula", 'table = "台账"\nformula').replace("by =", 'table = "台账"\nby ='))  # fmt: skip
    head = [column.label.replace("金额", "金额（万元）") for column in form.registers[0].columns]
    rows = [
        head,
        ["2024-01-05", "自然人", "甲", "1", "", "否"],
        [],
        ["来信日期", "来信人", "事项"],
        ["'一月", "张三", "路灯"],
    ]
    parsed, findings, _ = judged(form, [sheet_of("全部", rows)])
    assert [[record.row for record in one.records] for one in parsed.lists] == [[1], [4]] and findings == []


def test_cells_are_named_in_the_agency_file() -> None:
    _, findings, _ = judged(
        declared(), [sheet_of("台账", next(c for c in cases() if c.name == "合计不对").sheets["台账"])]
    )
    assert findings[0].cell == address(2, 3)


def test_the_agency_that_signs_below_a_list_is_no_record() -> None:
    """Its name alone as the last row; where nobody knows that it is the agency's, the row is a record that is not complete."""
    form = declared((LISTS / "xm-mc.toml").read_text(encoding="utf-8"))
    rows = [["项目名称", "实施单位", "金额（万元）"], ["甲", "水利局", "1.5"], ["示例县水利局", "", ""]]
    for names, count_of in (((), 2), (("示例县水利局", "水利局"), 1)):
        (found,) = parse([sheet_of("项目", rows)], Rulebook(form), names=names).lists
        assert len(found.records) == count_of


@pytest.mark.parametrize(("dropped", "there"), [(1, 1), (2, 0)])
def test_a_list_of_which_one_head_is_amiss_is_still_that_list(dropped: int, there: int) -> None:
    """The file was nobody's, its agency was reminded that nothing had come, and nobody learned which head is missing."""
    rows = [["受理日期", "申请人", "申请内容", "金额（万元）", "答复日期", "是否延期"][dropped - 1 :]]
    parsed = parse([sheet_of("台账", [*rows, ["甲"] * 6])], Rulebook(declared()))
    assert (parsed.tables, [one.found for one in parsed.lists]) == (there, [False])
    assert [f.rule for f in parsed.findings] == ["P-LABEL"]


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        ({"hidden_rows": {1}}, "有 1 行被隐藏（也可能是筛选后没有恢复），"),
        ({"hidden_columns": {0}}, "有 2 格被隐藏，"),
        ({"hidden": True}, "有 11 格所在的工作表被隐藏，"),
    ],
)
def test_what_nobody_sees_of_a_list_is_told_as_what_it_is(hidden: dict[str, Any], said: str) -> None:
    case = next(case for case in cases() if case.name == "照着下发的填")
    (found,) = parse([replace(sheet_of("台账", case.sheets["台账"]), **hidden)], Rulebook(declared())).findings
    assert said in found.message


def test_a_list_in_a_document_is_read_as_it_is_written() -> None:
    """Everything in it is a text: 0.50 is no 0.5, a code has lost nothing, and the unit stands in a paragraph."""
    form, table = (
        declared(FORM.replace('"申请内容",', '{ label = "申请内容", kind = "code" },')),
        WrittenTable(height=2),
    )
    head = ["受理日期", "申请人类型", "申请内容", "金额", "答复日期", "是否延期"]
    for row, texts in enumerate([head, ["2024年1月5日", "企业", "5.10", "25,000.00", "", "否"]]):
        for column, text in enumerate(texts):
            table.write((row, column), [(text, Style())])
    for unit, amount in (("元", "2.50"), ("万元", "25000.00")):
        written = Written()
        written.write(f"填报单位：水利局   单位：{unit}")
        written.take(table)
        parsed = parse(written.sheets("文档"), Rulebook(form))
        (record,) = parsed.lists[0].records
        shown = [words_of(column, held) for column, held in zip(form.registers[0].columns, record.values, strict=True)]
        assert shown[2:4] == ["5.10", amount] and parsed.notes == ()
        assert [f.cell for f in parsed.findings] == (["第 1 段"] if unit == "元" else [])
