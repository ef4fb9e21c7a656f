"""In which unit an amount is, wherever the form says it; and numbers that are no numbers at a second look."""

from __future__ import annotations

from decimal import Decimal

import pytest
import tomli
from msgspec.structs import replace

from tests.grids import annual_report, distinct, filled, submission
from tests.layouts import MUTATIONS, reworded
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.explanation import MARKER
from workbook_tool.model.intake.submission import Content, Sheet, Uncomputed
from workbook_tool.model.judging.finding import Finding
from workbook_tool.steps.form.sheet import unit_line

FORM = annual_report()
AMOUNT = FORM.by_code["T2.F.n"]
HEAD, CELL = (16, 1), (17, 1)


def read(changes: dict[tuple[int, int], Content]) -> tuple[Decimal | None, list[Finding]]:
    """The amount of 表二 after these cells were changed, and what is said of it."""
    two, three, four = filled(FORM, distinct(FORM))
    found = submission(FORM, [Sheet(two.name, two.cells | changes), three, four])
    return found.number(AMOUNT), list(found.findings)


BARE = {HEAD: "本年收费金额", CELL: 123400.0}
STATED = {
    "in the head": {HEAD: "本年收费金额（元）", CELL: 123400.0},
    "in the cell above the head": BARE | {(15, 1): "（单位：元）"},
    "over the table": BARE | {(2, 2): "单位：元"},
    "over the table, with that of the rest": BARE | {(2, 2): "单位：件、元"},
    "in the caption": BARE | {(15, 0): "第二十条第（八）项（单位：元）"},
}


@pytest.mark.parametrize("where", STATED)
def test_yuan_is_converted_and_both_are_shown(where: str) -> None:
    number, (finding,) = read(STATED[where])
    assert number == Decimal("12.34")
    assert (finding.rule, finding.severity.value, finding.place) == ("V-TEXT", "explain", "表二!B18")
    assert "填“123400”，单位是元，已换算为万元，读作 12.34" in finding.message


def test_an_amount_without_any_unit_is_asked_about() -> None:
    number, (finding,) = read(BARE)
    assert number == 123400
    assert "表里没有写明单位，按万元读取" in finding.message
    assert finding.severity.value == "explain"
    assert read(BARE | {CELL: 0.0})[1] == []


BIG = FORM.by_code["T3.r1.c1"]
TOP_ROW, FIRST_COLUMN, BEHIND, LAST_ROW = 7, 3, 10, 31
"""Of the numbers of 表三 in these sheets: the first row and column, the column behind them, the last row."""
AROUND = {
    "万件 above": ({(2, 8): "单位：万件"}, 10_000, "表三!D8:J32"),
    "万件 below": ({(LAST_ROW + 2, 0): "单位：万件"}, 10_000, "表三!D8:J32"),
    "a scale word alone": ({(2, 8): "（单位：万）"}, 10_000, "表三!D8:J32"),
    "百条, by another name": ({(2, 8): "计量单位：百条"}, 100, "表三!D8:J32"),
    "人": ({(2, 8): "单位：人"}, 1, "表三!D8:J32"),
    "人次, with a remark": ({(2, 8): "单位：人次（另有注明的除外）"}, 1, "表三!D8:J32"),
    "money over counts": ({(2, 8): "单位：万元"}, 1, "表三!D8:J32"),
    "beside one row": ({(TOP_ROW, BEHIND): "百件"}, 100, "表三!D8:J8"),
    "in one head": ({(5, 3): "自然人（千件）"}, 1000, "表三!D8:D32"),
}


@pytest.mark.parametrize("where", AROUND)
def test_any_unit_that_is_not_the_forms_is_told(where: str) -> None:
    changes, factor, cells = AROUND[where]
    two, three, four = filled(FORM, distinct(FORM))
    assert (TOP_ROW, FIRST_COLUMN) in three.cells and (LAST_ROW, BEHIND) not in three.cells
    found = submission(FORM, [two, Sheet(three.name, three.cells | changes), four])
    (finding,) = found.findings
    assert (finding.rule, finding.severity.value, finding.place) == ("V-TEXT", "explain", cells)
    assert found.number(BIG) == (1001 + BIG.index) * factor
    reading = found.readings[BIG.index]
    assert reading.stored == ("" if factor == 1 else str(1001 + BIG.index))
    assert ("已换算为件" if factor > 1 else "没有换算，按件读取") in finding.message


def test_a_subtotal_is_in_the_unit_of_its_group() -> None:
    sheets = MUTATIONS["a subtotal row"](filled(FORM, distinct(FORM)))
    changed = [replace(s, cells={**s.cells, (2, 8): "单位：百件"}) if s.name == "表三" else s for s in sheets]
    assert [f.rule for f in submission(FORM, changed).findings] == ["V-TEXT"]


def test_zeros_in_another_unit_are_told_too() -> None:
    two, three, four = filled(FORM, {item.code: 0.0 for item in FORM.items})
    (finding,) = submission(FORM, [two, Sheet(three.name, three.cells | {(2, 8): "单位：万件"}), four]).findings
    assert (finding.rule, finding.severity.value, finding.place) == ("V-TEXT", "explain", "表三!D8:J32")


@pytest.mark.parametrize(
    "text",
    [
        "单位：件",
        "单位：件、万元",
        "（单位：件）",
        "单位：件（另有注明的除外）",
        "填报单位：万元乡",
        "单位：民政局",
        "单位：县府",
        "单位：",
        "单位负责人",
    ],
)
def test_what_is_the_forms_unit_or_none_is_passed_over(text: str) -> None:
    two, three, four = filled(FORM, distinct(FORM))
    both = [Sheet(two.name, two.cells | {(2, 2): text}), Sheet(three.name, three.cells | {(2, 8): text}), four]
    assert submission(FORM, both).findings == ()
    assert submission(FORM, [Sheet(two.name, two.cells | {(2, 2): "单位：万元"}), three, four]).findings == ()


@pytest.mark.parametrize("text", ["元", "（元）", "单位：元"])
@pytest.mark.parametrize("place", [(17, 2), (18, 0)], ids=["beside", "below"])
def test_yuan_beside_or_below_the_table_counts(text: str, place: tuple[int, int]) -> None:
    if place == (18, 0) and text != "单位：元":
        return  # a word alone may be anything there
    number, (finding,) = read(BARE | {place: text})
    assert number == Decimal("12.34")
    assert (finding.severity.value, finding.place) == ("explain", "表二!B18")
    assert "单位是元，已换算为万元，读作 12.34" in finding.message


def test_a_unit_beside_the_number_goes_before_that_of_the_head() -> None:
    number, (finding,) = read({CELL: 125000.0, (17, 2): "元"})
    assert number == Decimal("12.5") and "单位写在 C18" in finding.message


@pytest.mark.parametrize("text", ["元", "（元）", "单位：元"])
@pytest.mark.parametrize(("merged", "column"), [(1, 4), (1, 5), (5, 6), (5, 7)])
def test_a_unit_behind_the_widest_row_of_the_table_counts(text: str, merged: int, column: int) -> None:
    """On the issued form the amount takes three columns, so that what stands beside it is far from where it starts."""
    two, three, four = filled(FORM, distinct(FORM))
    changed = Sheet(two.name, two.cells | {CELL: 123400.0, (17, column): text}, reaches={CELL: (17, merged)})
    found = submission(FORM, [changed, three, four])
    assert found.number(AMOUNT) == Decimal("12.34")
    assert [f.severity.value for f in found.findings] == ["explain"]


@pytest.mark.parametrize(
    "text",
    [
        "注：收费金额单位为元",
        "本表收费金额以元计",
        "注:1.收费按“元”填报；2.其余按件填报",
        "金额单位：人民币元",
        "（收费金额统一以元为单位）",
        "单位 元",
        "元（人民币）",
        "人民币元",
        "单位：RMB元",
        "收费金额为人民币（元）",
        "金额：元",
        "收费以元为计量单位",
        "单位：￥",
        "金额单位：人民币元整",
        "¥",
        "（￥）",
        "填报单位：甲局      单位：元",
        "填报单位：甲局 金额单位：元",
        "填报单位：甲局 单 位：元",
        "2024年度 单位：元",
        "【单位：元】",
        "计价单位：元",
        "单位：圆",
    ],
)
def test_a_unit_told_in_words_counts(text: str) -> None:
    places = [(17, 2)] if text.endswith(("元", "）", "¥")) else [(17, 2), (18, 0), (20, 0), (15, 0), (2, 0)]
    for place in places:
        number, findings = read(BARE | {place: text})
        assert (number, [f.place for f in findings]) == (Decimal("12.34"), ["表二!B18"]), place


@pytest.mark.parametrize("words", ["以元计", "人民币元", "单位：人民币元"])
@pytest.mark.parametrize(("place", "label"), [(HEAD, "本年收费金额"), ((17, 0), "行政事业性收费")])
def test_a_unit_told_in_the_words_of_a_label_counts(words: str, place: tuple[int, int], label: str) -> None:
    number, findings = read(BARE | {place: f"{label}（{words}）"})
    assert (number, [f.rule for f in findings]) == (Decimal("12.34"), ["V-TEXT"])


def test_a_comment_on_the_head_may_contradict_it() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    found = submission(FORM, [replace(two, notes={HEAD: "单位为元"}), three, four])
    assert found.number(AMOUNT) is None and [f.severity.value for f in found.findings] == ["must"]


@pytest.mark.parametrize("text", ["以元计", "张三:\n这里按元填", "单位：元", "元"])
def test_a_unit_in_a_comment_on_the_number_counts(text: str) -> None:
    two, three, four = filled(FORM, distinct(FORM) | {AMOUNT.code: 123400.0})
    for note, number in ((text, Decimal("12.34")), (f"{MARKER}{text}", 123400)):  # the second is ours
        found = submission(FORM, [replace(two, notes={CELL: note}), three, four])
        assert found.number(AMOUNT) == number
        assert ["单位写在 B18 的批注" in f.message for f in found.findings] == [True] * (number != 123400)


@pytest.mark.parametrize(
    "text",
    [
        "注：收费金额以万元计，不以元计",
        "请勿按元填报",
        "原以元计，现已改为万元",
        "单位为元氏县教育局",
        "数以万计",
        "每件按元计价者除外",
        "逾期的按年计，其余按月计",
        "以案件计数，以百分制计分",
        "用人单位为甲公司",
        "填报单位：甲局      单位：商会",
        "主管 单位：元氏县",
    ],
)
def test_what_says_nothing_of_units_is_passed_over(text: str) -> None:
    two, three, four = filled(FORM, distinct(FORM))
    for place in ((2, 0), (18, 0), (20, 0)):
        assert submission(FORM, [Sheet(two.name, two.cells | {place: text}), three, four]).findings == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        *(("单位：元", place) for place in ((18, 0), (16, 2), (16, 4), (15, 0), (2, 0))),
        ("单位：件、元", (2, 2)),
        ("注：收费金额以元计", (19, 0)),
    ],
)
def test_a_unit_that_contradicts_the_head_leaves_no_number(text: str, place: tuple[int, int]) -> None:
    """The head says 万元: one of the two is wrong 10,000 times, and a wrong total is worse than a missing number."""
    number, (finding,) = read({CELL: 12.5, place: text})
    assert number is None
    assert finding.severity.value == "must" and finding.filed is None
    assert "断定不了是哪一个，没有读取" in finding.message
    zero, told = read({CELL: 0.0, place: text})
    assert zero == 0 and "must" not in [one.severity.value for one in told]
    sure, told = read({CELL: "12.5万元", place: text})
    assert sure == Decimal("12.5") and "must" not in [one.severity.value for one in told]


def test_counts_under_two_units_are_left_open_too() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    changes: dict[tuple[int, int], Content] = {(5, 3): "自然人（单位：件）", (2, 8): "单位：万件"}
    found = submission(FORM, [two, Sheet(three.name, three.cells | changes), four])
    assert found.number(BIG) is None and "must" in [one.severity.value for one in found.findings]


def test_the_name_of_a_place_is_no_unit() -> None:
    assert read({(2, 0): "填报单位：元氏县教育局", CELL: 5.0}) == (5, [])


@pytest.mark.parametrize(
    ("content", "number", "rules"),
    [
        (-5.68e-15, 0, []),
        (5.5e-17, 0, []),
        (12.000000000000002, 12, []),
        ("36\t1", None, ["V-TYPE"]),
        ("361项", 361, ["V-TEXT"]),
        ("3（件）", 3, ["V-TEXT"]),
        (Uncomputed('IF(COUNT(B7:D7)<3,"",SUM(B7:D7))'), 1001 + 1002 + 1003, ["V-FORMULA"]),
    ],
)
def test_what_counts_as_a_number(content: Content, number: int | None, rules: list[str]) -> None:
    two, three, four = filled(FORM, distinct(FORM) | {"T2.L.n": content})
    found = submission(FORM, [two, three, four])
    assert found.number(FORM.by_code["T2.L.n"]) == number
    assert [f.rule for f in found.findings] == rules


def test_a_ledger_on_a_sheet_of_its_own_is_looked_through_and_left_alone() -> None:
    """Its columns repeat the form's words thousands of times; this once took a minute."""
    words = [row.label for row in FORM.tables[1].rows]
    rows: dict[tuple[int, int], Content] = {(0, 0): "编号", (0, 1): "申请人类型", (0, 2): "办理结果"}
    for row in range(1, 6000):
        rows |= {(row, 0): float(row), (row, 1): "自然人", (row, 2): words[row * 7 % len(words)]}
    assert not submission(FORM, [*filled(FORM, distinct(FORM)), Sheet("台账", rows)]).findings


OWN_UNITS = """id = "x"
title = "登记表"
[[table]]
name = "工程"
rows = [
  { label = "设计供水规模（m³/d）", unit = "m³/d" },
  { label = "实际供水（日均）", unit = "立方米/d" },
  { label = "水价（元/m³）", unit = "元/m³", adds = "never" },
  { label = "其中：中央补助（万元）", unit = "万元" },
  { label = "收缴率（%）", unit = "%", decimals = 0 },
  { label = "受益人口（人）", unit = "人" },
]
[[table]]
name = "产量"
unit = "吨"
rows = ["煤"]
columns = ["产量", { label = "单产（kg/亩）", unit = "kg/亩" }, { label = "电耗（生产）", unit = "kW·h/t" }, { label = "售价", unit = "元/kg" }]
"""


@pytest.mark.parametrize("twice", [False, True], ids=["as issued", "as issued before"])
def test_a_label_that_tells_its_own_unit_is_read_as_issued(twice: bool) -> None:
    form = read_form(Keys(tomli.loads(OWN_UNITS), "x"))
    sheets = filled(form, distinct(form))
    lines = {line.label: line.unit for table in form.tables for line in (*table.rows, *table.blocks[0].columns)}
    if twice:
        told = {label: f"{label}（单位：{unit}）" for label, unit in lines.items() if unit}
        sheets = [reworded(sheet, lambda text: told.get(text, text)) for sheet in sheets]
    read = submission(form, sheets)
    assert not read.findings
    assert [read.number(item) for item in form.items] == [1001 + item.index for item in form.items]


def funds(unit: str, words: str, cells: dict[tuple[int, int], Content] | None = None) -> tuple[list[str], list[str]]:
    """What is read of one amount of 100 in this unit, under a line with these words, and what is said of it."""
    declared = f'id = "f"\ntitle = "资金表"\n[[table]]\nname = "资金"\nunit = "{unit}"\ndecimals = 2\n'
    form = read_form(Keys(tomli.loads(f'{declared}rows = ["补助", "配套"]\ncolumns = ["预算"]'), "f"))
    grid = {(0, 0): "资金表", (1, 0): words, (2, 1): "预算", (3, 0): "补助", (3, 1): 100.0, (4, 0): "配套", (4, 1): 0.0}
    found = submission(form, [Sheet("资金", grid | (cells or {}))])
    numbers = ["" if number is None else f"{number:.2f}" for number in map(found.number, form.items)]
    return numbers, [finding.message for finding in found.findings]


@pytest.mark.parametrize(
    "words",
    [
        "单位：¥万元",
        "单位：￥ 万元",
        "金额单位：¥（万元）",
        "（¥：万元）",
        "单位：万元（￥）",
        "单位：￥万",
        "单位：万元、￥",
    ],
)
def test_a_sign_beside_a_unit_of_money_says_the_currency_only(words: str) -> None:
    (number, _), (said,) = funds("元", words)
    assert number == "1000000.00"
    assert "单位是万元" in said and "已换算为元" in said
    assert funds("万元", words) == (["100.00", "0.00"], [])


@pytest.mark.parametrize("words", ["单位：¥", "（￥）", "金额单位：人民币（¥）"])
def test_a_sign_alone_is_yuan(words: str) -> None:
    assert funds("元", words) == (["100.00", "0.00"], [])
    assert funds("万元", words)[0][0] == "0.01"


@pytest.mark.parametrize("words", ["¥", "币种：￥", "币种：人民币", "货币名称：人民币"])
def test_a_currency_over_a_table_says_nothing_of_the_scale(words: str) -> None:
    more: dict[tuple[int, int], Content] = {(4, 1): 200.0}
    assert funds("元", words, more) == (["100.00", "200.00"], [])
    numbers, (said,) = funds("万元", words, more)
    assert numbers == ["100.00", "200.00"]
    assert "资金（工作表「资金」） B4:B5 是金额，表里没有写明单位，按万元读取，如 B4 填“100”读作 100。" in said


@pytest.mark.parametrize(
    ("unit", "words", "number", "told"),
    [
        ("元", "单位：元/年", "100.00", ""),
        ("万元", "（单位：万元/年度）", "100.00", ""),
        ("元", "单位：万元/年", "1000000.00", "已换算为元"),
        ("元", "单位：元/月", "100.00", "写的单位是元/月，本表以元计；B4:B5 没有换算"),
        ("万元", "单位：元/月", "0.01", "写的单位是元/月，本表以万元计；B4:B5 已换算为万元"),
        ("元/月", "单位：元/月", "100.00", ""),
        ("件", "单位：件/年", "100.00", ""),
        ("件", "单位：件/月", "100.00", "没有换算，按件读取"),
        ("件", "单位：万件/年", "1000000.00", "已换算为件"),
    ],
)
def test_a_unit_for_each_year_is_the_unit_of_a_yearly_form(unit: str, words: str, number: str, told: str) -> None:
    numbers, said = funds(unit, words, {(4, 1): 200.0})
    assert numbers[0] == number
    assert len(said) == bool(told) and all(told in one for one in said)


@pytest.mark.parametrize("words", ["单位：元/万元", "单位：万元、元", "单位：元或万元"])
def test_two_scales_in_one_text_contradict_each_other(words: str) -> None:
    (number, _), said = funds("万元", words)
    assert number == "" and "又写了别的单位，断定不了是哪一个，没有读取" in said[0]


@pytest.mark.parametrize(
    ("text", "yuan", "wan"),
    [
        ("100元整", "100.00", "0.01"),
        ("¥100.00元整", "100.00", "0.01"),
        ("人民币100万元整", "1000000.00", "100.00"),
        ("￥2000000.00", "2000000.00", "200.00"),
        ("¥300万", "3000000.00", "300.00"),
        ("200 元", "200.00", "0.02"),
        ("300元（叁佰元整）", "300.00", "0.03"),
        ("300元/年", "300.00", "0.03"),
    ],
)
def test_a_cell_that_says_its_unit_is_not_asked_for_it(text: str, yuan: str, wan: str) -> None:
    for unit, number in (("元", yuan), ("万元", wan)):
        numbers, (said,) = funds(unit, "", {(3, 1): text})
        assert numbers[0] == number and "没有写明单位" not in said


@pytest.mark.parametrize("unit", ["次", "万元"])
def test_what_a_table_of_other_units_says_of_the_rest_is_no_contradiction(unit: str) -> None:
    """A block may declare a unit that each of its columns overrides: a blank once printed it over numbers of others."""
    declared = 'id = "f"\ntitle = "表"\n[[table]]\nname = "甲"\nunit = "元"\ndecimals = 4\nrows = ["一", "二"]\n'
    columns = f'columns = [{{ label = "检查", unit = "{unit}" }}, {{ label = "备注", kind = "text", optional = true }}]'
    form = read_form(Keys(tomli.loads(declared + columns), "f"))
    assert unit_line(form.tables[0]) == f"单位：{unit}"
    cells: dict[tuple[int, int], Content] = {(0, 0): "表", (1, 1): "单位：元（另有注明的除外）", (2, 2): "备注"}
    cells |= {(2, 1): f"检查（单位：{unit}）", (3, 0): "一", (3, 1): 5.0, (4, 0): "二", (4, 1): 7.0}
    found = submission(form, [Sheet("甲", cells)])
    assert (found.number(form.items[0]), found.findings) == (5, ())
    bare = submission(form, [Sheet("甲", cells | {(2, 1): "检查"})]).findings
    assert "写的单位是元" in bare[-1].message


@pytest.mark.parametrize("where", ["beside", "in the head", "over the table", "below the table", "in the cell above"])
@pytest.mark.parametrize("words", ["美元", "（万美元）", "USD", "单位：美金", "币种：港币", "HK$", "欧元"])
def test_money_of_another_currency_is_no_number_of_yuan(where: str, words: str) -> None:
    places = {"beside": (17, 2), "over the table": (2, 2), "below the table": (18, 1), "in the cell above": (15, 1)}
    changes = {HEAD: f"本年收费金额（{words.strip('（）')}）"} if where == "in the head" else {places[where]: words}
    number, said = read({CELL: 12.34, **changes})
    must = [one for one in said if one.severity is Severity.MUST]
    assert number is None
    assert "折合多少万元不知道，没有读取" in must[0].message and len(said) == 1


@pytest.mark.parametrize(
    "words",
    [
        "单位：新台币",
        "单位：万元（美元）",
        "（单位：万元(USD)）",
        "单位：美金万元",
        "US$万",
        "金额单位为美元",
        "金额以万港币计",
        "币种：美元 单位：万元",
        "单位：万元  币种：美元",
        "币种：美元，单位：万元",
        "单位：瑞士法郎",
        "单位：新加坡元",
    ],
)
def test_a_currency_is_heard_however_it_is_said(words: str) -> None:
    """Nearly all had been counted as 万元, most without a word."""
    number, (finding,) = read({CELL: 12.34, (2, 2): words})
    assert number is None and finding.severity is Severity.MUST and "折合多少万元不知道" in finding.message


@pytest.mark.parametrize(
    "words",
    [
        "外汇",
        "CAD",
        "增加元",
        "单位：加元宝",
        "币种：人民币/美元",
        "币种：美元□ 人民币☑",
        "币种：人民币 单位：万元",
        "金额单位：万元（外币折合人民币）",
        "以外币计的，折合人民币填列",
        "按汇率折算，原以美元计",
        "以外币计的收费也要填报",
        "注：不以美元计",
    ],
)
def test_words_that_only_speak_of_currencies_change_nothing(words: str) -> None:
    assert read({CELL: 12.34, (2, 2): words}) == (Decimal("12.34"), [])


@pytest.mark.parametrize("text", ["12.34（美元）", "12.34(USD)", "12.34万元（美元）", "12.34（单位：港币）"])
def test_a_currency_in_brackets_behind_a_number_is_no_remark(text: str) -> None:
    """It had been counted as 12.34 万元."""
    number, (finding,) = read({CELL: text})
    assert number is None and finding.severity is Severity.MUST and "与本格的单位“万元”不符" in finding.message
    assert read({CELL: "12.34万元（含外币）"})[0] == read({CELL: "12.34万元（单位：元）"})[0] == Decimal("12.34")


@pytest.mark.parametrize("words", ["单位：万美元", "单位：港元"])
def test_a_currency_makes_no_more_of_what_is_counted(words: str) -> None:
    """万美元 over 件 had made 10,000 of each."""
    numbers, _ = funds("件", words)
    assert numbers[0] == "100.00"


DOLLARS = """
id = "f"
title = "表"
[[table]]
name = "甲"
unit = "{unit}"
decimals = 4
rows = ["一", "二"]
columns = [{columns}]
"""


@pytest.mark.parametrize(
    ("unit", "labels", "head"),
    [
        ("万元", ("人民币", "美元"), "单位：万元"),
        ("万元", ("人民币", "外币"), "单位：万元"),
        ("万美元", ("出口", "进口"), "单位：万美元"),
        ("万美元", ("出口", "进口"), "币种：万美元"),
    ],
)
def test_a_form_may_speak_of_other_currencies_itself(unit: str, labels: tuple[str, str], head: str) -> None:
    columns = ", ".join(f'"{label}"' for label in labels)
    form = read_form(Keys(tomli.loads(DOLLARS.format(unit=unit, columns=columns)), "f"))
    cells: dict[tuple[int, int], Content] = {(0, 0): "表", (1, 1): head, (3, 0): "一", (4, 0): "二"}
    cells |= {(2, n): label for n, label in enumerate(labels, 1)} | {(row, n): 5.0 for row in (3, 4) for n in (1, 2)}
    found = submission(form, [Sheet("甲", cells)])
    assert ([found.number(item) for item in form.items], found.findings) == ([5, 5, 5, 5], ())
    told = submission(form, [Sheet("甲", cells | {(1, 1): "单位：万元" if unit == "万美元" else "单位：万美元"})])
    assert [told.number(item) for item in form.items] == [None] * 4 and "没有读取" in told.findings[0].message
