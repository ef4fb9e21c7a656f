"""Cards: questions with an answer each, in numbers, words and days."""

from __future__ import annotations

import tomli

from tests.tables import sheet_of
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.steps.intake.parse import parse

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
