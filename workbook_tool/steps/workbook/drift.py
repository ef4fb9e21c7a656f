"""定稿差异: what passed now and is not as signed: by number of the region, and by agency."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from msgspec import Struct

from workbook_tool.model.cells import address
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.season.changes import Drift
from workbook_tool.model.workbook.book import Book, Print
from workbook_tool.steps.workbook.plan import DRIFT, RED, Plan, heading
from workbook_tool.steps.workbook.season_lines import (
    STANDING,
    NumberLine,
    StandingLine,
    figure,
    number_columns,
    standing_line,
)
from workbook_tool.steps.workbook.sections import WIDTH, WIDTHS, Section, SectionColumn, put_section, some


class TotalLine(Struct, frozen=True):
    """A total of the region that is another than signed."""

    place: str
    signed: Decimal
    now: Decimal
    link: str


TOTALS: tuple[SectionColumn[TotalLine], ...] = (
    SectionColumn("位置", 0, lambda line: line.place, leads=True),
    SectionColumn("定稿", 11, lambda line: line.signed),
    SectionColumn("本次", 12, lambda line: line.now),
    SectionColumn("差额", 13, lambda line: line.now - line.signed),
)
AGENCIES = tuple(column for column in STANDING if column.header != "时效")


def add_drift(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    drift = plan.result.weeks.drift
    assert drift is not None
    sheet = book.sheet(DRIFT, tab=RED, widths=dict(enumerate(WIDTHS)))
    signed = drift.signed
    meaning = (
        f"定稿是 {signed.run}（{signed.day} 定稿），只比较已通过的数。定稿不会自动改变；要以新的结果为准，请重新定稿。"
    )
    heading(sheet, DRIFT, meaning, WIDTH)
    row = 3
    for number, section in enumerate(of_drift(plan, drift), 1):
        row = put_section(sheet, row, number, section)
    sheet.freeze = (2, 0)
    sheet.print = Print(landscape=True, wide=1, tall=0)


def of_drift(plan: Plan, drift: Drift) -> Iterator[Section[Any]]:
    """The sections, that of the region's totals even where none differs."""
    totals = list(total_lines(plan, drift))
    yield Section(f"全区合计不同的数（{len(totals)}）", TOTALS, totals, lambda line: line.link)
    new = [agency_line(plan, agency) for agency in drift.new]
    yield from some("定稿以后才通过的单位", AGENCIES, new, lambda line: line.link)
    gone = [gone_line(plan, code, name) for code, name in drift.gone]
    yield from some("定稿里有、现在没有通过的单位", AGENCIES, gone, lambda line: line.link)
    changed = [line for agency, items in drift.changed for line in number_lines(plan, agency, items)]
    yield from some("各单位与定稿不同的数", number_columns("定稿"), changed, lambda line: line.link)


def total_lines(plan: Plan, drift: Drift) -> Iterator[TotalLine]:
    """The totals that differ, each with the way to it."""
    for index, signed, now in drift.items:
        item = plan.form.items[index]
        sheet, row, column = plan.totals_places("passed")[index]
        link = f"{sheet}!{address(row, column)}"
        yield TotalLine(item.label, as_decimal(signed, item), as_decimal(now, item), link)


def number_lines(
    plan: Plan, agency: Agency, items: tuple[tuple[int, int | None, int | None], ...]
) -> Iterator[NumberLine]:
    """An agency's own numbers that differ."""
    own = agency_line(plan, agency)
    for index, signed, now in items:
        item = plan.form.items[index]
        before, after = figure(signed, item), figure(now, item)
        yield NumberLine(agency, own.state, item.label, own.path, before, after, own.link)


def agency_line(plan: Plan, agency: Agency) -> StandingLine:
    """How an agency stands, with the way to its row in 报送情况."""
    return standing_line(plan.by_code[agency.code], plan.agency_link(agency.code))


def gone_line(plan: Plan, code: str, name: str) -> StandingLine:
    """An agency of the signed result as it stands now; it may be in the roster no more."""
    record = plan.by_code.get(code)
    return agency_line(plan, record.agency) if record else StandingLine(code, name, remark="名录中已没有这个代码")
