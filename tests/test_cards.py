"""Cards: questions with an answer each, in numbers, words and days."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli
from msgspec.structs import replace

from tests.tables import sheet_of
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Identity, Submission
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.steps.intake.parse import Parsed, parse
from workbook_tool.steps.intake.parse.remarks import MISSING
from workbook_tool.steps.judging.check.evaluate import evaluated

CARD = """id = "x"
title = "登记表"
[[table]]
name = "登记表"
rows = [
  { label = "法定代表人", kind = "text" },
  { label = "成立日期", kind = "date" },
  { label = "职工总数", unit = "人" },
  { label = "有无党组织", kind = "text" },
  { label = "未建原因", kind = "text", optional = true },
]
"""
FORM = read_form(Keys(tomli.loads(CARD), "x"))


def filed(*answers: str) -> tuple[list[str], list[str]]:
    labels = [
        ["", "填报内容"],
        *([row.label, answer] for row, answer in zip(FORM.tables[0].rows, answers, strict=True)),
    ]
    parsed = parse([sheet_of("登记表", labels)], Rulebook(FORM))
    return [one.shown for one in parsed.remarks], [f"{f.rule} {f.cell}" for f in parsed.findings]


def test_an_answer_in_words_may_be_that_there_is_none() -> None:
    assert filed("张三", "2001-02-03", "20", "无", "") == (["张三", "2001-02-03", "无", ""], [])


def test_a_question_without_an_answer_is_told() -> None:
    assert filed("", "2001-02-03", "20", "/", "") == (["", "2001-02-03", "", ""], ["V-BLANK B2", "V-BLANK B5"])


def test_a_card_is_one_whether_or_not_its_column_is_written_out() -> None:
    """Written out, it had been a table like any other, and the office's own card with two pairs in a line was not read."""
    rows = "rows = ["
    written = read_form(Keys(tomli.loads(CARD.replace(rows, 'columns = ["填报内容"]\n' + rows)), "x"))
    card = [["法定代表人", "张三", "成立日期", "2001-02-03"], ["职工总数", "20", "有无党组织", "无"], ["未建原因", ""]]
    for form in (FORM, written):
        parsed = parse([sheet_of("登记表", card)], Rulebook(form))
        assert [one.shown for one in parsed.remarks] == ["张三", "2001-02-03", "无", ""]


ANSWERS = """id = "x"
title = "登记卡"
[[table]]
name = "登记卡"
id = "K"
rows = [
  { label = "水源类型", choices = ["地表水", "地下水"] },
  { label = "是否收取水费", kind = "yesno" },
  { label = "水价（元）", unit = "元", id = "price", decimals = 2, adds = "never", optional = true },
  { label = "联系电话", kind = "phone" },
  { label = "工程编码", pattern = "[A-Z]{2}[0-9]{3}", kind = "code" },
]
[[rule]]
id = "K-FEE"
title = "收费的要填水价"
formula = "filled(price)"
when = "是否收取水费 = 是"
[[rule]]
id = "K-WELL"
title = "地下水的编码以 DX 开头"
formula = "工程编码 = “DX001”"
when = "水源类型 = 地下水 且 是否收取水费 = 否"
"""
RULES = Rulebook(read_form(Keys(tomli.loads(ANSWERS), "x")))
IN_TURN = """id = "x"
title = "登记卡"
[[table]]
name = "登记卡"
rows = [
  { label = "水源类型", choices = ["地表水", "地下水"] },
  { label = "处理工艺", depends = "水源类型", choices = { "地表水" = ["常规"], "地下水" = ["消毒", "除氟"] } },
  "户数",
]
[[table]]
name = "水源"
rows = ["一号", "二号"]
columns = [
  "水量",
  { label = "停用", kind = "yesno" },
  { label = "原因", depends = "停用", optional = true, choices = { "是" = ["枯竭", "污染"], "否" = ["备用"] } },
]
"""


def judged(*answers: str) -> tuple[list[str], list[str], list[str]]:
    """What is read of a card with these answers, what the reading says, and which conditions fail."""
    rows = RULES.form.tables[0].rows
    lines = [["", "填报内容"], *([row.label, answer] for row, answer in zip(rows, answers, strict=True))]
    parsed = parse([sheet_of("登记卡", lines)], RULES)
    return [one.shown for one in parsed.remarks], [f.message for f in parsed.findings], verdicts(parsed)


def filing(parsed: Parsed) -> Submission:
    """What was read, as a filing."""
    return Submission(SourceFile("a.xlsx", Path("x"), "0", 1), Identity(), parsed.readings, remarks=parsed.remarks)


def verdicts(parsed: Parsed) -> list[str]:
    """What the conditions give whose guard holds."""
    return [f"{rule} {verdict.value}" for rule, verdict, _ in evaluated(filing(parsed), RULES, {})]


def test_answers_are_read_and_told_as_in_a_list() -> None:
    assert judged("（1）地表水", "√", "2.5", "0571-88888888", "AB001") == (
        ["地表水", "是", "0571-88888888", "AB001"],
        [],
        ["K-FEE pass"],
    )
    _, said, failed = judged("地下河", "收", "", "0571-1", "X1")
    assert [one.split("）", 1)[-1] for one in said] == [
        "填“地下河”，不在选项中，是否指“地下水”。",
        "填“收”，只能填“是”或“否”。",
        "填“0571-1”，不是电话号码：位数或写法不对。",
        "填“X1”，不是规定的写法。",
    ]
    assert failed == []


def test_a_condition_asks_for_an_answer() -> None:
    assert judged("地下水", "有", "", "13800138000", "DX001")[2] == ["K-FEE fail"]
    assert judged("地下水", "无", "", "13800138000", "AB001")[2] == ["K-WELL fail"]
    assert judged("地下水", "否", "", "13800138000", "x")[2] == ["K-WELL undecided"]
    assert judged("地表水", "", "", "13800138000", "AB001")[2] == []


def test_a_choice_that_depends_on_what_cannot_be_chosen_is_no_declaration() -> None:
    for right, wrong, said in [
        ('depends = "水源类型"', 'depends = "水源"', "中的 水源 没有声明，是否指 水源类型"),
        ('depends = "水源类型"', 'depends = "户数"', "“户数” 没有写明选项，也不是“是否”"),
        ('"地下水" = [', '"地下" = [', "中的 地下 没有声明，是否指 地下水"),
    ]:
        with pytest.raises(OfficeError, match=said):
            read_form(Keys(tomli.loads(IN_TURN.replace(right, wrong)), "x"))


def test_what_was_not_found_or_cannot_be_read_is_not_called_blank() -> None:
    assert judged("地下水", "是", "约三元", "13800138000", "DX001")[2] == ["K-FEE undecided"]
    labels = (row.label for row in RULES.form.tables[0].rows)
    lines = zip(["", *labels], ["填报内容", "地下水", "是", "", "110", "DX001"], strict=True)
    parsed = parse([sheet_of("登记卡", [list(line) for line in lines])], RULES)
    assert verdicts(parsed) == ["K-FEE fail"]
    ((_, _, finding),) = evaluated(filing(parsed), RULES, {})
    assert "（工作表「登记卡」B4）空白，不符合“收费的要填水价”" in finding().message
    assert verdicts(replace(parsed, readings=(MISSING,))) == ["K-FEE undecided"]


def test_a_choice_may_depend_on_another_row_or_column() -> None:
    rules = Rulebook(read_form(Keys(tomli.loads(IN_TURN), "x")))
    card = sheet_of("登记卡", [["", "填报内容"], ["水源类型", "地表水"], ["处理工艺", "除氟"], ["户数", "2"]])
    table = [["", "水量", "停用", "原因"], ["一号", "3", "是", "枯竭"], ["二号", "4", "否", "污染"]]
    said = [one.message for one in parse([card, sheet_of("水源", table)], rules).findings]
    assert said == [
        "登记卡「处理工艺」（工作表「登记卡」B3）填“除氟”，水源类型是“地表水”时可选：常规。",
        "水源「二号」×「原因」（工作表「水源」D3）填“污染”，停用是“否”时可选：备用。",
    ]
