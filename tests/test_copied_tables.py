"""A copy of tables in a workbook of ours says what was read of the file, whatever the file looked like."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import tomli
from msgspec.structs import replace

from tests.grids import year
from tests.results import NOTHING_SAID
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.look import STRUCK, Look, TextRun
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Content, Identity, Sheet, Submission, Uncomputed
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.returns.returned import Mark, Return
from workbook_tool.model.season.agency import FiledAgency, Timeliness
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.model.workbook.book import Book, BookSheet
from workbook_tool.steps.intake.parse import Parsed, parse
from workbook_tool.steps.returns.tables import add_table, add_tables, spans_of

FORM = read_form(
    Keys(
        tomli.loads("""
id = "x"
title = "季报"
[[table]]
name = "登记卡"
rows = [
  { label = "办结率", unit = "%", decimals = 1 },
  { label = "职工总数", unit = "人" },
  { label = "经费", unit = "元", decimals = 2 },
  { label = "机构代码", kind = "code" },
  { label = "成立日期", kind = "date" },
  { label = "负责人", kind = "text" },
  { label = "是否独立", kind = "yesno" },
  { label = "类型", choices = ["甲类", "乙类"] },
]
[[table]]
name = "台账"
list = true
columns = [
  { label = "编号", kind = "code" },
  { label = "占比", unit = "%", decimals = 1 },
  { label = "金额", unit = "元", decimals = 2 },
  { label = "日期", kind = "date" },
  { label = "状态", choices = ["在办", "办结"] },
]
"""),
        "x",
    )
)
RULES = Rulebook(FORM)
AGENCY = Agency("020", "示例县教育局")

CARDS: dict[str, tuple[int, Content, Look | None, str]] = {
    "90%": (0, 0.9, Look("0%"), ""),
    "91.2% of a formula": (0, 0.9123, Look("0.0%"), "=B2/B3"),
    "per cent as a number": (0, 90.0, None, ""),
    "per cent as a text": (0, "90%", None, ""),
    "a count in words": (1, 150.0, Look('0"人"'), ""),
    "a count struck out": (1, 150.0, Look(marks=(STRUCK,)), ""),
    "a text half struck out": (1, "12 13", Look(runs=(TextRun("12 "), TextRun("13", (STRUCK,)))), ""),
    "what may be shown otherwise": (1, 150.0, Look(perhaps=Look('0"万"')), ""),
    "thousands": (1, 12000.0, Look("0,"), ""),
    "an amount shown in 万元": (2, 12.0, Look('0.00"万元"'), ""),
    "an amount shown rounded": (2, 12345.0, Look("0.0,"), ""),
    "a code by its format": (3, 7.0, Look("000"), ""),
    "a code": (3, "007", None, ""),
    "a day": (4, date(2020, 5, 1), Look("yyyy-mm-dd"), ""),
    "a day in words": (4, "2020年5月1日", None, ""),
    "an uncomputed sum": (1, Uncomputed("1+2"), None, "=1+2"),
}


def read(sheet: Sheet) -> Parsed:
    return parse([sheet], RULES)


def meant(parsed: Parsed) -> list[object]:
    """What counts of a reading."""
    words = [(one.state, one.shown if one.number is None else one.number) for one in parsed.remarks]
    records = [record.values for one in parsed.lists for record in one.records]
    return [*(one.number for one in parsed.readings), *words, *records]


def copied(sheet: Sheet) -> tuple[Sheet, dict[int, float]]:
    """The copy of a sheet, as it is read when it comes back, and how broad its columns are."""
    page = copy_of(sheet)
    cells: dict[tuple[int, int], Content] = {}
    for cell in page.cells:
        if isinstance(cell.value, (str, date, float, int)):
            cells[cell.row, cell.column] = float(cell.value) if isinstance(cell.value, int) else cell.value
    return Sheet(page.name, cells), page.widths


def copy_of(sheet: Sheet) -> BookSheet:
    """The copy of a sheet."""
    parsed = read(sheet)
    source = SourceFile("a.ods", Path("a.ods"), "x", 1)
    submission = Submission(
        source,
        Identity(FORM.id, AGENCY, AGENCY.name, year(2023)),
        parsed.readings,
        lists=parsed.lists,
        remarks=parsed.remarks,
    )
    record = FiledAgency(AGENCY, Timeliness.ON_TIME, Filing(Checked(submission, (), {})), NOTHING_SAID)
    made = Book("x", date(2024, 2, 5))
    add_tables(made, Return(record, "示例县", FORM, year(2023), date(2024, 2, 5), None, ""), [sheet], {})
    return made.sheets[0]


def card(row: int, content: Content, look: Look | None, formula: str, caption: str = "") -> Sheet:
    cells: dict[tuple[int, int], Content] = {(1, 1): "填报内容"}
    cells |= {(2 + n, 0): line.printed for n, line in enumerate(FORM.tables[0].rows)}
    cells |= {(0, 1): caption} if caption else {}
    at = (2 + row, 1)
    cells[at] = content
    return Sheet(
        "登记卡", cells, looks={at: look} if look else {}, formulas={at: formula.removeprefix("=")} if formula else {}
    )


@pytest.mark.parametrize("caption", ["", "单位：万元"])
@pytest.mark.parametrize("name", CARDS)
def test_a_card_that_comes_back_as_it_is_says_what_was_read(name: str, caption: str) -> None:
    sheet = card(*CARDS[name], caption)
    back, _ = copied(sheet)
    assert meant(read(back)) == meant(read(sheet))


def test_a_copy_offers_what_may_be_chosen() -> None:
    """Who sent an .ods typed words that the form does not know."""
    offered = [(one.first, one.choices) for one in copy_of(card(*CARDS["90%"])).validations]
    assert offered == [((8, 1), ("是", "否")), ((9, 1), ("甲类", "乙类"))]


def test_per_cents_stand_in_the_unit_of_the_form() -> None:
    back, _ = copied(card(*CARDS["90%"]))
    assert back.cells[2, 1] == 90


def test_a_list_that_comes_back_as_it_is_says_what_was_read_and_shows_its_days() -> None:
    heads = ["编号", "占比（%）", "金额（元）", "日期", "状态"]
    rows: list[list[tuple[Content, Look | None]]] = [
        [
            (7.0, Look("000")),
            (0.9, Look("0%")),
            (12.0, Look('0.00"万元"')),
            (datetime(2023, 10, 1), None),
            ("在办", None),
        ],
        [("008", None), (88.5, None), (12.5, None), (date(2023, 12, 31), Look("yyyy-mm-dd")), ("", None)],
    ]
    cells: dict[tuple[int, int], Content] = {(0, n): head for n, head in enumerate(heads)}
    cells |= {(1 + r, c): one for r, row in enumerate(rows) for c, (one, _) in enumerate(row)}
    looks = {(1 + r, c): look for r, row in enumerate(rows) for c, (_, look) in enumerate(row) if look}
    sheet = Sheet("台账", cells, looks=looks)
    back, widths = copied(sheet)
    assert len(read(sheet).lists[0].records) == 2
    offered = [(one.first, one.last, one.choices) for one in copy_of(sheet).validations]
    assert offered == [((1, 4), (2, 4), ("在办", "办结"))], "down the records, blank cells too"
    assert meant(read(back)) == meant(read(sheet))
    assert back.cells[1, 0] == "007" and widths[3] >= 12
    assert meant(read(replace(sheet, looks={}))) != meant(read(sheet))


def test_the_numbering_of_blank_rows_is_not_printed() -> None:
    """A list of four cases took twenty pages."""
    cells: dict[tuple[int, int], Content] = {(0, 0): "序号", (0, 1): "编号", (1, 0): 1, (1, 1): "A1"}
    cells |= {(row, 0): row for row in range(2, 500)}
    for marks, last in (({}, 1), ({(3, 1): Mark(Severity.MUST, "空白")}, 3)):
        page = BookSheet("台账")
        add_table(page, cells, marks, {})
        assert page.print.area == ((0, 0), (last, 1)) and len(page.cells) >= len(cells)


def test_merged_cells_stay_merged_where_nothing_stands_below_them() -> None:
    """The copy of an .xls had its title broken over six lines of a narrow column."""
    cells: dict[tuple[int, int], Content] = {(0, 0): "政府信息公开工作年度报告", (1, 0): "甲", (1, 2): 1, (3, 3): 2}
    reaches = {(0, 0): (0, 5), (1, 0): (2, 1), (1, 2): (3, 3), (3, 3): (9999, 9999)}
    assert spans_of(sorted(cells), reaches) == {(0, 0): (1, 4), (1, 0): (2, 2)}
    page = BookSheet("表一")
    add_table(page, cells, {}, reaches)
    assert page.widths[0] < 12 and page.heights[0] < 40
