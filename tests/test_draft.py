"""The region's own report as a draft: its tables are the numbers that passed, and its text says nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.grids import ROOT, annual_report, submission, year
from workbook_tool.files.form.declared_draft import with_drafting
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.files.workbook.draft_docx import write_draft
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.layout import lay_out
from workbook_tool.model.intake.submission import Agency, Identity
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Limits
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.model.workbook.paper import Draft, DraftParagraph
from workbook_tool.steps.form.own_report import Writing
from workbook_tool.steps.intake.prose import read_prose
from workbook_tool.steps.judging.stated import judge_texts

FORM = annual_report()
DAY = date(2024, 2, 5)
NUMBERS = {item.index: 11_398_889 + item.index for item in FORM.items}
NUMBERS |= {FORM.by_code["T2.F.n"].index: 1_500_000}
BEFORE = {index: number - 1000 for index, number in NUMBERS.items()}


def written(numbers: dict[int, int], before: dict[int, int]) -> Draft:
    """The draft of a region with these numbers."""
    given = {"region": "示例县", "year": "2023", "count": "3", "fee": "0"}
    assert FORM.drafting
    return tuple(Writing(FORM.drafting, FORM, numbers, before, given).parts())


def text_of(draft: Draft) -> str:
    return "\n".join(part.text for part in draft if isinstance(part, DraftParagraph))


def test_the_draft_reads_back_as_the_numbers_it_was_made_of(tmp_path: Path) -> None:
    draft = written(NUMBERS, BEFORE)
    write_draft(draft, DAY, tmp_path / "a.docx")
    sheets = read_sheets((tmp_path / "a.docx").read_bytes(), Limits())
    read = submission(FORM, list(sheets))
    assert read.numbers() == NUMBERS
    for table, sheet in zip(FORM.tables, sheets, strict=False):
        layout = lay_out(FORM, table)
        printed = [*layout.headings, *layout.slots.values()]
        spans = {
            (h.row, h.column): (h.row + h.span[0] - 1, h.column + h.span[1] - 1) for h in printed if h.span != (1, 1)
        }
        assert sheet.reaches == spans, "cells are merged as they are printed"
    identity = Identity(FORM.id, Agency("1", "示例县"), "示例县", year(2023))
    prose = read_prose(sheets, Rulebook(FORM), identity, 2023)
    assert len(prose.claims) > 10, "sentences that our own rules know"
    read = replace(read, claims=prose.claims, identity=identity, document="Word")
    (judged,) = judge_texts([Filing(Checked(read, (), {}))], Rulebook(FORM))
    assert judged.checked.findings == () and {f.rule for f in prose.findings} <= {
        "P-LEFT",
        "N-SEC5",
        "N-SUM",
    }  # these numbers add up to nothing


def test_sentences_follow_the_numbers() -> None:
    text = text_of(written(NUMBERS, BEFORE))
    assert "新收政府信息公开申请11398905件，比上年增加1000件（0.0%）" in text and "e+" not in text
    assert "行政事业性收费1.5万元" in text and "【请补写】" in text
    nothing = text_of(written(dict.fromkeys(NUMBERS, 0), {}))
    assert "未收到政府信息公开申请。" in nothing and "未发生因政府信息公开引起的行政复议。" in nothing
    assert "比上年" not in nothing
    few = {"T3.r1.c7": 8, "T3.r1.c1": 5, "T3.r1.c2": 3, "T3.r13.c7": 4, "T3.r5.c7": 1, "T3.r11.c7": 2}
    some = text_of(written(dict.fromkeys(NUMBERS, 0) | {FORM.by_code[code].index: n for code, n in few.items()}, {}))
    assert "自然人5件（62.5%），法人或其他组织3件（37.5%）。法人或其他组织的申请中，商业企业3件。" in some
    assert (
        "不予公开3件，分别是属于国家秘密1件、属于行政执法案卷2件。无法提供4件，分别是本机关不掌握相关政府信息4件。"
        in some
    )
    same = text_of(written(NUMBERS, NUMBERS))
    assert "与上年持平" in same
    without = {index: number for index, number in NUMBERS.items() if FORM.items[index].code != "T3.r1.c7"}
    assert "新收政府信息公开申请【请补写】件" in text_of(written(without, BEFORE))


def test_what_agencies_say_is_gathered_by_agency_with_what_they_promised() -> None:
    assert FORM.drafting
    said = {
        "甲局": {"problems": "更新不及时。", "improved": "已丰富栏目。", "last_measures": "将丰富栏目。"},
        "乙局": {"last_measures": "将开展培训。"},
    }
    writing = Writing(
        FORM.drafting, FORM, NUMBERS, {}, {"region": "示例县", "year": "2023", "count": "2", "fee": "0"}, said
    )
    lines = text_of(tuple(writing.parts())).splitlines()
    first = lines.index("（一）各单位反映的主要问题")
    assert lines[first + 1 : lines.index("六、其他需要报告的事项")] == [
        "甲局：更新不及时。",
        "（三）上年举措的落实情况",
        "甲局上年提出：将丰富栏目。今年报告：已丰富栏目。",
        "乙局上年提出：将开展培训。落实情况【请补写】",
    ]
    assert "2023年，收取信息处理费0元。" in lines
    assert "（一）各单位反映的主要问题" not in text_of(written(NUMBERS, {}))


def test_a_wrong_declaration_is_told_with_its_key(tmp_path: Path) -> None:
    form = replace(FORM, drafting=None)
    assert with_drafting(form, tmp_path) is form
    (tmp_path / FORM.id).mkdir()
    whole = (ROOT / "templates" / FORM.id / "draft.toml").read_text(encoding="utf-8")
    for old, new, said in (
        ("{l}", "{ll}", "ll"),
        ('"T2.L.n"', '"T2.L.m"', "T2.L.m"),
        ('table = "T4"', 'table = "T5"', "T5"),
        ("{last_measures}", "{last_measure}", "measures"),
        ("{fee}", "{fees}", "fee"),
        ("done / due", "done / dew", "dew"),
    ):
        (tmp_path / FORM.id / "draft.toml").write_text(whole.replace(old, new), encoding="utf-8")
        with pytest.raises(OfficeError, match=said):
            with_drafting(form, tmp_path)
