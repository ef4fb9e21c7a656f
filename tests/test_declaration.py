"""The form's declaration: complete as the regulation has it, and refused with its key path where it is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.grids import ROOT, annual_report
from workbook_tool.files.form.declaration import load_form
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.texts import NEVER
from workbook_tool.steps.form import status_line
from workbook_tool.steps.form.checks import strips
from workbook_tool.steps.form.issue import Issue
from workbook_tool.steps.form.status_line import status_formula
from workbook_tool.steps.tell.told_form import told_form

RELEASED = ROOT / "tests" / "released"
"""The declarations as they were released: offices have copies of them."""
SHIPPED = (RELEASED / "zfxxgk-2021.toml").read_text(encoding="utf-8")


def test_the_form_has_the_two_hundred_numbers_of_the_regulation() -> None:
    form = annual_report()
    assert {table.name: len(form.by_table[table.id]) for table in form.tables} == {"表二": 10, "表三": 175, "表四": 15}
    assert form.items[0].label == "表二「规章」×「本年制发件数」"
    assert form.items[-1].label == "表四「复议后起诉」×「总计」"


def test_the_big_table_is_a_two_dimensional_code_of_39_equations() -> None:
    equations = [c for c in annual_report().constraints if c.operator == "=="]
    assert {rule: sum(c.rule_id == rule for c in equations) for rule in ("T3-ID", "T3-COL", "T3-ROW", "T4-SUM")} == {
        "T3-ID": 7,
        "T3-COL": 7,
        "T3-ROW": 25,
        "T4-SUM": 3,
    }


def meant(form: Form) -> list[object]:
    """What a form asks and demands: its numbers by code, how they follow from each other, and what is made of them."""
    numbers = [(item.code, item.total, item.adds, item.unit, item.decimals, item.row.under) for item in form.items]
    told = [(c.rule_id, c.terms, c.constant, c.operator, c.at, c.line, c.last_terms, c.guard) for c in form.constraints]
    return [numbers, sorted(told, key=str), form.facets, form.figures, sorted(field.id for field in form.cover)]


@pytest.mark.parametrize("name", ["zfxxgk-2021", "zdgk-zb"])
def test_a_released_declaration_is_read_as_the_shipped_one(name: str) -> None:
    assert meant(load_form(RELEASED, name)) == meant(load_form(ROOT / "templates", name))


def test_a_released_declaration_of_texts_is_read() -> None:
    form = load_form(RELEASED, "zfxxgk-2021")
    assert form.texts and form.drafting and form.texts.guards.this_time == NEVER
    assert {one.rule for one in form.texts.sayings} <= {rule.id for rule in form.rules}


WRONG = {
    "unknown cell": (
        'formula = "r1 + r2 == r24 + r25"',
        'formula = "r1 + r2 == r24 + r26"',
        "formula 中的 r26 没有声明，是否指 r2",
    ),
    "at not in the formula": ('at = "r25" }]', 'at = "r3" }]', "at 中的 r3 没有声明，是否指 r1"),
    "wrong key": ('unit = "万元"', 'units = "万元"', "units 不是可用的键，是否指 unit"),
    "wrong type": ("decimals = 6", 'decimals = "6"', "decimals 应为整数"),
    "wrong choice": ('layout = "side"', 'layout = "sides"', "layout = “sides” 无效，可用：rows、side；是否指 “side”"),
    "no comparison": ('formula = "sum(c1:c6) == c7"', 'formula = "sum(c1:c6)"', "在 末尾 处应为比较符号"),
    "code, not a formula": (
        'formula = "sum(c1:c6) == c7"',
        'formula = "__import__(c1) == c7"',
        "formula 中的 __import__ 没有声明",
    ),
    "span backwards": ('formula = "sum(c1:c6) == c7"', 'formula = "sum(c6:c1) == c7"', "“c6:c1” 次序颠倒"),
    "contradiction": (
        '[[rule]]\nid = "T3-NEG"',
        '[[rule]]\nid = "X"\ntable = "T3"\ntitle = "x"\norigin = "P"\nwords = "x"\nadvice = "x"\n'
        'checks = [{ over = "rows", formula = "sum(c1:c6) == c7 + 1", at = "c7" }]\n[[rule]]\nid = "T3-NEG"',
        "规则 X 与前面的规则互相矛盾",
    ),
    "redundancy": (
        '[[rule]]\nid = "T3-NEG"',
        '[[rule]]\nid = "X"\ntable = "T3"\ntitle = "x"\norigin = "P"\nwords = "x"\nadvice = "x"\n'
        'checks = [{ over = "columns", formula = "r1 + r2 - r25 == sum(r3:r23)", at = "r25" }]\n[[rule]]\nid = "T3-NEG"',
        "规则 X 是多余的",
    ),
    "rule twice": ('id = "T4-SUM"', 'id = "T3-ID"', "id “T3-ID” 出现了两次"),
    "unknown fallback": (
        'fallback = ["T3-ROW"]',
        'fallback = ["T3-RWO"]',
        "fallback 中的 T3-RWO 没有声明，是否指 T3-ROW",
    ),
    "unknown slot in advice": (
        'advice = "请把 {cell} 改为准确数。"',
        'advice = "请把 {cel} 改。"',
        "advice 里只能用 {cell} 和 {parts}",
    ),
    "last year's unknown cell": (
        'formula = "r2 == last.r25"',
        'formula = "r2 == last.r26"',
        "formula 中的 r26 没有声明",
    ),
    "at in last year": (
        'last.r25", at = "r2" }',
        'last.r25", at = "last.r25" }',
        "at 中的 last.r25 没有声明",
    ),
    "a guard that is no relation": (
        'last.T3.r2.c7 == 0" }',
        'last.T3.r2.c7" }',
        "when “T3.r1.c7 + T3.r2.c7 + last.T3.r1.c7 + last.T3.r2.c7” 在 末尾 处应为比较符号",
    ),
    "redundant over two years": (
        'formula = "r2 == last.r25", at = "r2"',
        'formula = "r24 + r25 - r1 == r2", at = "r2"',
        "规则 Y-CARRY 是多余的",
    ),
    "a limit too few": ("{ least = 10, share = 0.5 }", "{ least = 10 }", "limits 中的限值应为 least、share"),
    "a limit that is no number": ("share = 0.5", 'share = "一半"', "share 应为不小于 0 的数"),
    "no items": ('items = ["T2.F.n"]', "items = []", "items kind = “unit” 的规则必须写明"),
    "items of no use": (
        'kind = "same_year"',
        'kind = "same_year"\nitems = ["T2.F.n"]',
        "items kind = “same_year” 的规则用不着",
    ),
    "unknown scope": ('scope = "全域汇总"', 'scope = "全域"', "scope 中的 全域 没有声明"),
    "unless a later rule": ('unless = ["T2-UNIT"]', 'unless = ["Y-ZERO"]', "unless 中的 Y-ZERO 没有声明"),
    "a figure of nothing": ("[[table]]", '[[figure]]\nlabel = "x"\nitems = []\n[[table]]', "items 不能为空"),
    "a figure without items": ("[[table]]", '[[figure]]\nlabel = "x"\n[[table]]', "items 缺少，必须填写"),
    "what a noun has and a declaration does not": (
        'scope = "全域汇总"',
        'scope = "全域汇总"\nline = "x"',
        "line 不是可用的键",
    ),
    "row twice": ('id = "B", label', 'id = "A", label', "“A” 出现了两次"),
    "one id for two kinds": ('kind = "approx"', 'kind = "text"', "id “V-APPROX” 是通用规则的编号"),
    "a number in two groups": ('rows = "r5:r12" }', 'rows = "r4:r12" }', "groups “T3.r4.c1” 出现了两次"),
    "a group of totals": ('rows = "r5:r12" }', 'rows = "r24" }', "rows 所指的都是总计"),
    "an unknown field": ('across = "办理结果"', 'across = "办理"', "across = “办理” 无效，可用：单位、类别、上级"),
    "the same field twice": ('down = "类别"', 'down = "办理结果"', "across 已经用过：办理结果"),
    "a facet named as a field": ('label = "申请人"', 'label = "单位"', "facet.label “单位” 出现了两次"),
    "a title that names no sheet": ('title = "本年与上年"', 'title = "本年/上年"', "title 要作工作表名"),
    "broken TOML": ('id = "T2"', "id = T2", "不是正确的 TOML 文件"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_reported_with_its_place(name: str, tmp_path: Path) -> None:
    old, new, said = WRONG[name]
    assert old in SHIPPED
    (tmp_path / "zfxxgk-2021.toml").write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(OfficeError) as caught:
        load_form(tmp_path, "zfxxgk-2021")
    assert said in str(caught.value)
    assert "zfxxgk-2021.toml" in str(caught.value)


def test_a_missing_form_names_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "abc.toml").write_text("", encoding="utf-8")
    with pytest.raises(OfficeError, match=r"没有表式 xyz\.toml；现有：abc"):
        load_form(tmp_path, "xyz")


def test_what_a_form_does_not_word_itself_stands_in_neutral_words(tmp_path: Path) -> None:
    """Also in an office whose copy of a form is older than the program."""
    rules = SHIPPED.split("[[rule]]")
    kept = [rule for rule in rules if not any(f'kind = "{kind}"' in rule for kind in ("stale", "shown", "struck"))]
    assert len(kept) == len(rules) - 3
    (tmp_path / "zfxxgk-2021.toml").write_text("[[rule]]".join(kept), encoding="utf-8")
    form = load_form(tmp_path, "zfxxgk-2021")
    assert [form.rule_of_kind(kind).id for kind in ("stale", "shown", "struck")] == ["V-STALE", "V-SHOWN", "V-STRUCK"]
    assert "万元" in form.rule_of_kind("type").words, "its own words stay"


GROUPS = """
农业类
{first}  甲
  乙
{last}
社保类
{first}  丙
  丁
{last}
"""
HEADS = """
农业类 {sign}
  甲
  乙
  农业小计 =
社保类 {sign}
  丙
  丁
  社保小计 =
合计 =
"""
TWO_LEVELS = """
农业类
  种植
    甲
    乙
    种植小计 =
  养殖
    丙
    养殖小计 =
  农业小计 =
社保类 =
  丁
  戊
合计 =
"""
LEAVES = "甲＋乙＋丙＋丁"


def grouped(first: str = "", last: str = "  小计 =", before: str = "", after: str = "合计 =") -> str:
    outline = GROUPS.format(first=first and f"  {first}\n", last=last)
    return "\n".join(line for line in f"\n{before}{outline}{after}".splitlines() if line.strip())


@pytest.mark.parametrize(
    ("outline", "sums"),
    [
        (grouped(), {"合计": LEAVES}),
        (grouped(before="合计 =", after=""), {"合计": LEAVES}),
        (grouped(first="小计 =", last=""), {"合计": LEAVES, "小计": "甲＋乙", "社保类_小计": "丙＋丁"}),
        (grouped(first="小计 =", last="", before="合计 =", after=""), {"合计": LEAVES}),
        (HEADS.format(sign="="), {"合计": "农业类＋社保类", "农业类": "甲＋乙", "农业小计": "甲＋乙"}),
        (HEADS.format(sign="≥"), {"合计": "农业类＋社保类", "农业小计": "甲＋乙"}),
        ("\n甲\n乙\n农业小计 =\n丙\n丁\n社保小计 =\n合计 =", {"合计": LEAVES}),
        ("\n合计 =\n甲\n乙\n小计一 =\n丙\n丁\n小计二 =", {"合计": LEAVES, "小计一": "甲＋乙", "小计二": "丙＋丁"}),
        ("\n甲\n乙\n小计 =\n丙\n合计 =", {"小计": "甲＋乙", "合计": "甲＋乙＋丙"}),
        ("\n甲\n小计 =\n乙\n丙\n小计二 =\n丁\n总计 =", {"小计": "甲", "小计二": "乙＋丙", "总计": LEAVES}),
        ("\n甲\n乙\n合计 =\n丙\n总计 =", {"合计": "甲＋乙", "总计": "甲＋乙＋丙"}),
        ("\n甲\n乙\n农业合计 =\n丙\n社保合计 =\n丁\n合计 =", {"农业合计": "甲＋乙", "社保合计": "丙", "合计": LEAVES}),
        ("\n小计 =\n甲\n乙\n小计二 =\n丙\n合计 =", {"小计": "甲＋乙", "小计二": "丙", "合计": "甲＋乙＋丙"}),
        ("\n甲\n乙\n城区 =\n丙\n丁\n乡镇 =\n全县 =", {"城区": "甲＋乙", "乡镇": "丙＋丁", "全县": LEAVES}),
        ("\n一、甲 =\n  （一）乙\n  （二）丙\n二、丁\n合计 =", {"甲": "（一）乙＋（二）丙", "合计": "一、甲＋二、丁"}),
        ("\n甲 ≥\n  其中：乙\n丁\n合计 =", {"合计": "甲＋丁"}),
        (TWO_LEVELS, {"农业小计": "甲＋乙＋丙", "种植小计": "甲＋乙", "养殖小计": "丙", "合计": "甲＋乙＋丙＋社保类"}),
    ],
)
@pytest.mark.parametrize("axis", ["rows", "columns"])
def test_a_sum_counts_nothing_twice(axis: str, outline: str, sums: dict[str, str], tmp_path: Path) -> None:
    assert {name: sums_of(f'{axis} = """{outline}"""', axis, tmp_path).get(name) for name in sums} == sums


@pytest.mark.parametrize(
    ("outline", "said"),
    [
        ("甲\n乙\n城区 =\n丙\n全县 =", "看不出“全县 =”加到哪里为止：同级另有“城区 =”"),
        ("城区 =\n甲\n乙\n乡镇 =\n丙", "看不出“城区 =”加到哪里为止：同级另有“乡镇 =”"),
        ("一、甲\n（一）乙\n（二）丙\n二、丁\n合计 =", "“合计 =”会把“（一）乙”和“一、甲”相加"),
        ("一、甲\n乙\n二、丁\n合计 =", "“合计 =”会把“乙”和“一、甲”相加"),
        ("甲\n其中：乙\n丁\n合计 =", "“合计 =”会把“其中：乙”和“甲”相加"),
    ],
)
def test_a_sum_that_may_be_meant_otherwise_is_refused(outline: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(OfficeError, match=said):
        sums_of(f'rows = """\n{outline}\n"""', "rows", tmp_path)


@pytest.mark.parametrize("axis", ["rows", "columns"])
def test_a_sum_under_a_declared_caption_is_that_of_its_group(axis: str, tmp_path: Path) -> None:
    def line(label: str, group: str) -> str:
        return f'{{ label = "{label}", under = ["{group}"] }}'

    groups = [line(label, group) for group, two in (("农", "甲乙"), ("社", "丙丁")) for label in ("小计 =", *two)]
    lines = f'{axis} = [{", ".join(groups)}, "戊", "合计 ="]'
    said = sums_of(lines, axis, tmp_path)
    assert said == {"小计": "甲＋乙", "社_小计": "丙＋丁", "合计": f"{LEAVES}＋戊"}


def test_a_head_that_is_a_formula_counts_as_itself(tmp_path: Path) -> None:
    lines = 'rows = [{ label = "净额", is = "收入 - 退回" }, "  收入", "  退回", "其他", "合计 ="]'
    assert sums_of(lines, "rows", tmp_path)["合计"] == "净额＋其他"


def test_a_row_and_a_column_of_one_name_have_a_rule_each(tmp_path: Path) -> None:
    lines = 'rows = ["甲", "乙", "小计 ="]\ncolumns = ["丙", "丁", "小计 ="]'
    text = f'id = "x"\ntitle = "表"\n[[table]]\nname = "表"\n{lines}\n'
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    told = dict(re.findall(r"小计＝(\S+)（(表-小计[-行列]*)，必须改）", told_form(load_form(tmp_path, "x"))))
    assert told.keys() == {"甲＋乙", "丙＋丁"} and len({*told.values()}) == 2


def test_the_status_line_of_a_broad_table_counts_what_it_cannot_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = 'rows = ["甲", "乙", "合计 ="]\ncolumns = ["丙", "丁"]'
    (tmp_path / "x.toml").write_text(f'id = "x"\ntitle = "表"\n[[table]]\nname = "表"\n{lines}\n', encoding="utf-8")
    issue = Issue(load_form(tmp_path, "x"), Period.parse("2024"))
    (table,) = issue.form.tables
    named = status_formula(issue, table, strips(issue, table))
    monkeypatch.setattr(status_line, "LONGEST", len(named) - 1)
    brief = status_formula(issue, table, strips(issue, table))
    assert "、丙" in named and "、丙" not in brief and "不平：" in brief and len(brief) < len(named)


def sums_of(lines: str, axis: str, folder: Path) -> dict[str, str]:
    """What each line of a table sums, as its declaration is told."""
    other = {"rows": "columns", "columns": "rows"}[axis]
    text = f'id = "x"\ntitle = "表"\n[[table]]\nname = "表"\n{lines}\n{other} = ["数"]\n'
    (folder / "x.toml").write_text(text, encoding="utf-8")
    told = told_form(load_form(folder, "x"))
    return {id: parts for parts, id in re.findall(r"＝(\S+)（表-(\w+)，必须改）", told)}
