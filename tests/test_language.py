"""The language of declarations: every word of it with an example that is read, and every mistake told at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.worksheet.datavalidation import DataValidation

from tests.grids import ROOT
from workbook_tool.declaring import begin_declaration, check_declaration, update_declaration
from workbook_tool.files.form import declaration, grids, outline, registers, rules, tallies
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.form.language import FORMULAS, LANGUAGE, chapter
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import CoverField, Form, Outdated
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.form.summaries import DeclaredPivot
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.steps.form.first_draft import draft_form
from workbook_tool.steps.intake.parse import parse

BOOK = ROOT / "docs" / "手册.md"
HEADING = "### 每个词"
TOP = 'id = "x"\ntitle = "月报"\nperiod = "month"\n'
TABLE = '[[table]]\nname = "月报"\nrows = ["网站", "公众号", "合计 ="]\ncolumns = ["甲", "乙"]\n'
LIST = """[[table]]
name = "台账"
list = true
columns = ["内容", { label = "日期", kind = "date" }, { label = "类别", choices = ["甲类", "乙类"] }, { label = "金额", unit = "元" }]
"""
COUNT = '[[tally]]\nid = "N"\ntitle = "件数"\n'
BEFORE = '[[rule]]\nid = "X-0"\nformula = "网站.甲 <= 1000"\n'


def read(text: str, folder: Path) -> Form:
    (folder / "x.toml").write_text(text, encoding="utf-8")
    return load_form(folder, "x")


def told(text: str, folder: Path) -> str:
    with pytest.raises(OfficeError) as caught:
        read(text, folder)
    return str(caught.value)


def test_the_words_are_the_keys_that_are_read() -> None:
    line = set(outline.LINE_KEYS) | set(outline.BESIDE)
    rule = ({*Rule.__struct_fields__} - {"fallback", "legal_basis"}) | {"basis", "checks"}
    assert {place: {word.key for word in words} for place, (_, words) in LANGUAGE.items()} == {
        "": set(declaration.FORM_KEYS),
        "table": {*grids.TABLE_KEYS, *grids.BLOCK_KEYS},
        "block": set(grids.BLOCK_KEYS),
        "columns": line,
        "rule": rule | set(rules.CHECK_KEYS),
        "checks": set(rules.CHECK_KEYS),
        "list": set(registers.REGISTER_KEYS),
        "list columns": set(registers.COLUMN_KEYS),
        "tally": set(tallies.TALLY_KEYS),
        "cover": {*CoverField.__struct_fields__},
        "figure": {"label", "item", "items"},
        "facet": {"label", "table", "by", "groups", "adds"},
        "groups": {"label", "table", "rows", "columns"},
        "pivot": {*DeclaredPivot.__struct_fields__},
        "outdated": {*Outdated.__struct_fields__},
    }


KINDS = {
    "kind": 'items = ["合计.甲"]\n',
    "items": 'kind = "zero"\n',
    "limits": 'kind = "spike"\nitems = ["合计.甲"]\n',
    "scope": 'kind = "level"\n',
    "unless": 'kind = "zero"\nitems = ["合计.甲"]\n',
}
"""What a rule needs beside these keys, which are no good beside a formula."""


def with_example(place: str, key: str, example: str) -> str:
    """A declaration in which the example stands in its place."""
    scope = '{ label = "口径", kind = "scope", choices = ["本单位", "全域汇总"] }'
    if place == "":
        top = "".join(line for line in TOP.splitlines(True) if not line.startswith(f"{key} = ")).replace("x", "cz-yb")
        return f"{top}{TABLE}{example}" if example.startswith("[[") else f"{top}{example}\n{TABLE}"
    if place in ("table", "block"):
        own = "".join(line for line in TABLE.splitlines(True) if not line.startswith(f"{key} = "))
        if key == "block":
            return f'{TOP}[[table]]\nname = "月报"\n{example}\n'
        if place == "block":
            head, _, rest = own.partition('name = "月报"\n')
            return f'{TOP}{head}name = "月报"\n[[table.block]]\n{rest}{example}\n'
        return f"{TOP}{own}{example}\n"
    if place == "columns" and key == "depends":
        example = f'{{ label = "水源", choices = ["地表水", "地下水"] }}, {example}'
    if place == "columns":
        return TOP + TABLE.replace('"甲", "乙"', f'"甲", "乙", {example}')
    if place == "rule":
        own = "" if example.startswith("id") else 'id = "X-1"\n'
        own += KINDS.get(key, "" if key in ("formula", "checks") else 'formula = "甲 <= 乙"\n')
        return f"{TOP}cover = [{scope}]\n{TABLE}{BEFORE}[[rule]]\n{own}{example}\n"
    if place == "checks":
        own = example if key == "formula" else f'formula = "甲 <= 乙", {example}'
        return f'{TOP}{TABLE}{BEFORE}[[rule]]\nid = "X-1"\nchecks = [{{ {own} }}]\n'
    if place == "list":
        own = "".join(line for line in LIST.splitlines(True) if not line.startswith(f"{key} = "))
        return f"{TOP}{own}{example}\n"
    if place == "list columns":
        return TOP + LIST.replace('"内容"', f'"内容", {example}')
    if place == "tally":
        own = "".join(line for line in COUNT.splitlines(True) if not line.startswith(f"{key} = "))
        said = (
            'equals = "月报.网站.甲"\n' if key in ("severity", "words", "advice", "origin", "basis", "example") else ""
        )
        return f"{TOP}{TABLE}{LIST}{own}{said}{example}\n"
    if place == "groups":
        return f'{TOP}facet = [{{ label = "渠道", table = "月报", groups = [{example}] }}]\n{TABLE}'
    return f"{TOP}{place} = [{example}]\n{TABLE}"


EXAMPLES = [(place, word.key, word.example) for place, (_, words) in LANGUAGE.items() for word in words]


def test_every_example_is_read(tmp_path: Path) -> None:
    for place, key, example in EXAMPLES:
        text = with_example(place, key, example)
        name = "cz-yb" if place == "" else "x"
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        try:
            load_form(tmp_path, name)
        except OfficeError as error:
            pytest.fail(f"{place} {key}: {error}\n{text}")


@pytest.mark.parametrize("formula", [word.example for word in FORMULAS])
def test_every_formula_is_read(formula: str, tmp_path: Path) -> None:
    names = formula.replace("已整改", "甲").replace("发现隐患", "乙")
    if "/" in names:
        table = TABLE.replace('"乙"]', f'"乙", {{ label = "率", unit = "%", is = "{names}" }}]')
        assert len(read(TOP + table, tmp_path).derivations) == 3
    else:
        form = read(f'{TOP}{TABLE}[[rule]]\nid = "X-1"\nformula = "{names}"\n', tmp_path)
        assert "X-1" in {*(one.rule_id for one in form.constraints), *(one.rule_id for one in form.conditions)}


def test_the_handbook_lists_every_word(accept: bool) -> None:
    text = BOOK.read_text(encoding="utf-8")
    head, _, rest = text.partition(f"{HEADING}\n")
    listed, mark, after = rest.partition("\n## ")
    if accept:
        BOOK.write_text(f"{head}{HEADING}\n\n{chapter()}\n{mark}{after}", encoding="utf-8")
        return
    assert listed.strip() == chapter()


def test_the_form_of_the_handbook_is_told_line_by_line(tmp_path: Path) -> None:
    chapter_text = BOOK.read_text(encoding="utf-8").partition("一张月报，从头到尾")[2]
    example = chapter_text.partition("```toml\n")[2].partition("```")[0]
    path = tmp_path / "cz-yb.toml"
    path.write_text(example, encoding="utf-8")
    words = check_declaration(path, None)
    assert "执行率＝累计支出÷全年预算数（月报-执行率，必须改）" in words
    assert "不相加，按合计重新计算：执行率" in words
    assert "规则 CZ-OVER（需说明）：累计支出不超过全年预算" in words


@pytest.mark.parametrize("line", ['{ label = "率", unit = "%", is = "甲 / 乙" }', "  { label = '率' },", '"网站",'])
def test_a_line_of_a_list_is_no_line_of_an_outline(line: str, tmp_path: Path) -> None:
    text = f'{TOP}[[table]]\nname = "月报"\nrows = """\n甲\n乙\n{line}\n"""\n'
    assert "第 9 行 rows 的提纲里不能写 { } 和引号，一行只写一个名称；要另外说明的请改用列表" in told(text, tmp_path)


def test_what_speaks_of_a_list_that_cannot_be_read_is_not_told_beside_it(tmp_path: Path) -> None:
    broken = TOP + LIST.replace("list = true", 'list = true\nkey = ["编号"]')
    said = told(broken + COUNT + BEFORE.replace("网站.甲 <= 1000", "金额 > 1"), tmp_path)
    assert "key 中的 编号 没有声明" in said and "哪一张清单" not in said and "应写明" not in said


GROUPED = """id = "fz"
title = "分组表"
[[table]]
name = "表"
rows = ["一", "二", "合计 ="]
columns = ["新收", "办结", "  同意", "  其他", "不予", "  其他", "其他", "未结"]
[[rule]]
id = "FZ-1"
title = "收支相抵"
formula = "新收 == 办结.同意 + 未结"
"""


def test_what_stands_under_captions_is_told_so_and_so_is_an_equation_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "fz.toml").write_text(GROUPED, encoding="utf-8")
    words = check_declaration(tmp_path / "fz.toml", None)
    assert "列：新收、办结〔同意、其他〕、不予〔其他〕、其他、未结" in words
    assert "规则 FZ-1（必须改）：收支相抵" in words


FOUND = """[[table]]
name = "统计"
corner = "渠道"
unit = "万元"
decimals = 2
rows = [
  "线上",
  "  网站",
  "  公众号",
  "合计 =",
]
columns = [
  "本月",
  "  收入",
  "  支出",
  { label = "人数", unit = "人", decimals = 0 },
]
"""


def test_a_first_declaration_is_made_out_in_an_empty_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("统计", 0)
    rows = [
        ["某某情况表"],
        ["填报单位：", None, None, None, "单位：万元"],
        ["渠道", None, "本月", None, "人数（单位：人）"],
    ]
    rows += [
        [None, None, "收入", "支出"],
        ["线上", "网站"],
        [None, "公众号"],
        ["合计", None, "=SUM(C5:C6)", "=SUM(D5:D6)"],
    ]
    for row in rows:
        sheet.append(row)
    for area in ("A3:B4", "C3:D3", "E3:E4", "A5:A6", "A7:B7"):
        sheet.merge_cells(area)
    book.save(tmp_path / "旧表.xlsx")
    words = begin_declaration(tmp_path / "旧表.xlsx", None)
    assert FOUND in words and 'title = "某某情况表"' in words
    with pytest.raises(OfficeError, match="已经有了"):
        begin_declaration(tmp_path / "旧表.xlsx", None)


LISTED = """[[table]]
name = "台账"
title = "某某台账"
list = true  # 行数不定
total = true
sign = ["填表人", "审核人"]
note = "注：金额含税。"
columns = [
  "序号",
  { label = "项目编号", kind = "code" },
  "名称",
  { label = "姓名", under = ["经办人"] },
  { label = "电话", under = ["经办人"], kind = "phone", optional = true },
  { label = "日期", kind = "date" },
  { label = "金额", unit = "万元", decimals = 2 },
  { label = "件数", kind = "number" },
  { label = "方式", choices = ["当面", "网络"] },
  { label = "公开", kind = "yesno" },
  "备注 ?",
]
"""
MATRIX = """[[table]]
name = "统计表"
corner = "项目"
note = "说明：不含转办。"
rows = [
  "一类",
  "二类",
  "合计 =",
]
columns = [
  "结转",
  "办结",
  "  总计 =",
  "  同意",
  "  不同意",
]
"""


def test_lists_are_made_out_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("台账", 0)
    day = date(2024, 3, 1)
    rows: list[list[object]] = [
        ["某某台账"],
        ["填报单位：", None, None, "填报日期：", None, "2024年"],
        ["序号", "项目编号", "名称", "经办人", None, "日期", "金额（万元）", "件数", "方式", "公开", "备注"],
        [None, None, None, "姓名", "电话"],
        [1, "0071", "甲项", "张三", "02345", day, 1.5, 3, "当面", "是", None],
        [2, "0072", "乙项", "李四", None, day, 2, 4, "网络", "否", "补办"],
        [3, "0073", "丙项", "王五", "02346", day, 2, 4, "网络", "否", None],
        ["合计", None, None, None, None, None, 5.5, 11],
        ["注：金额含税。"],
        ["填表人：", None, "审核人："],
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("D3:E3")
    drop = DataValidation("list", formula1='"当面,网络"')
    drop.add("I5:I9")
    sheet.add_data_validation(drop)
    matrix = book.create_sheet("统计表", 1)
    heads = [["序号", "项目", "结转", "办结"], [None, None, None, "总计", "同意", "不同意"], [None, "甲", 1, 2, 3, 4]]
    for line in [*heads, [1, "一类"], [2, "二类"], [3, "合计"], ["说明：不含转办。"]]:
        matrix.append(line)
    for area in ("A1:A2", "B1:B2", "C1:C2", "D1:F1"):
        matrix.merge_cells(area)
    book.save(tmp_path / "旧表.xlsx")
    words = begin_declaration(tmp_path / "旧表.xlsx", None)
    assert LISTED in words
    assert MATRIX in words


def drawn(form: Form, left: int = 3, top: int = 7) -> Sheet:
    """The one table of a form as its office draws it: captions merged over their columns, heads down to the last level,
    labels over two columns with what was there before still under them, and a column and a row that only number."""
    (block,) = form.tables[0].blocks
    cells: dict[Place, Content] = {(0, 0): form.title, (1, 0): "2024年 1月 至 2024年 12月", (top - 1, 0): "填表单位："}
    reaches: dict[Place, Place] = {(top, 0): (top + 2, left - 1)}
    cells[top, 0] = block.corner
    for at, column in enumerate(block.columns, left):
        cells[top + 3, at] = float(at - left + 1)
        for level, text in enumerate((*column.under, column.label)):
            path = (*column.under, column.label)[: level + 1]
            alike = [n for n, c in enumerate(block.columns, left) if (*c.under, c.label)[: level + 1] == path]
            deep = top + 2 if level == len(column.under) else top + level
            unit = f"({column.unit})" if column.unit and level == len(column.under) else ""
            cells[top + level, alike[0]], reaches[top + level, alike[0]] = text + unit, (deep, alike[-1])
    for down, row in enumerate(block.rows, top + 4):
        cells |= {(down, 0): row.label, (down, 1): "旧名", (down, 2): float(down - top - 3)}
        reaches[down, 0] = (down, 1)
    return Sheet(
        "统计表", cells, covered=frozenset((down, 1) for down, _ in reaches if down > top + 3), reaches=reaches
    )


def test_a_table_of_47_by_45_under_three_levels_of_heads_is_drafted_and_read(tmp_path: Path) -> None:
    form = load_form(ROOT / "tests" / "cases" / "lists", "xzfy-tj")
    assert len(form.items) == 47 * 45
    sheet = drawn(form)
    (tmp_path / "xzfy-tj.toml").write_text(draft_form("表", [sheet]).replace("表式编号", "xzfy-tj"), encoding="utf-8")
    drafted = load_form(tmp_path, "xzfy-tj")
    lines = [[(line.under, line.label, line.total) for line in (*one.tables[0].blocks[0].rows, *one.tables[0].blocks[0].columns)] for one in (form, drafted)]  # fmt: skip
    assert lines[0] == lines[1]
    numbers = {(11 + n // 45, 3 + n % 45): n for n in range(47 * 45)}
    parsed = parse([replace(sheet, cells={**sheet.cells, **numbers})], Rulebook(form))
    assert [reading.number for reading in parsed.readings] == list(numbers.values()) and not parsed.findings


@pytest.mark.parametrize("name", ["zfxxgk-2021", "zdgk-zb"])
def test_an_early_declaration_is_written_anew(name: str, tmp_path: Path) -> None:
    words = update_declaration(ROOT / "tests" / "released" / f"{name}.toml", tmp_path)
    assert "表、行、列、编号、规则、汇总都没有变" in words
    (tmp_path / f"{name}.新.toml").rename(tmp_path / f"{name}.toml")
    text = (tmp_path / f"{name}.toml").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 450
    assert load_form(tmp_path, name).items == load_form(ROOT / "tests" / "released", name).items
