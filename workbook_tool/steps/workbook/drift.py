"""定稿差异: what passed now and is not as signed: by number of the region, and by agency."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_tool.model.cells import address
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.season.changes import Drift
from workbook_tool.model.workbook.book import Book, Print
from workbook_tool.steps.workbook.plan import AGENCIES, DRIFT, RED, Plan, heading
from workbook_tool.steps.workbook.sections import WIDTH, WIDTHS, Line, Section, add_sections, some

AGENCY = ("代码", "单位", "状态", "", "文件", "备注")
FIGURES = ("代码", "单位", "状态", "", "位置", "文件", "定稿", "本次", "差额")
TOTAL = ("位置", "", "", "", "", "", "定稿", "本次", "差额")


def add_drift(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    drift = plan.result.weeks.drift
    assert drift is not None
    sheet = book.sheet(DRIFT, tab=RED, widths=dict(enumerate(WIDTHS)))
    signed = drift.signed
    told = (
        f"定稿是 {signed.run}（{signed.day} 定稿），只比较已通过的数。定稿不会自动改变；要以新的结果为准，请重新定稿。"
    )
    heading(sheet, DRIFT, told, WIDTH)
    add_sections(sheet, 3, of_drift(plan, drift))
    sheet.freeze = (2, 0)
    sheet.print = Print(landscape=True, wide=1, tall=0)


def of_drift(plan: Plan, drift: Drift) -> Iterator[Section]:
    yield Section(f"全区合计不同的数（{len(drift.items)}）", TOTAL, list(total_lines(plan, drift)))
    yield from some("定稿以后才通过的单位", AGENCY, (agency_line(plan, agency) for agency in drift.new))
    gone = [gone_line(plan, code, name) for code, name in drift.gone]
    yield from some("定稿里有、现在没有通过的单位", AGENCY, gone)
    changed = [line for agency, items in drift.changed for line in number_lines(plan, agency, items)]
    yield from some("各单位与定稿不同的数", FIGURES, changed)


def total_lines(plan: Plan, drift: Drift) -> Iterator[Line]:
    for index, signed, now in drift.items:
        item = plan.form.items[index]
        figures = [as_decimal(n, item) for n in (signed, now, now - signed)]
        sheet, row, column = plan.totals_places("passed")[index]
        yield (item.label, "", "", "", "", "", *figures), f"{sheet}!{address(row, column)}"


def number_lines(plan: Plan, agency: Agency, items: tuple[tuple[int, int | None, int | None], ...]) -> Iterator[Line]:
    (told, link) = agency_line(plan, agency)
    for index, *figures in items:
        item = plan.form.items[index]
        signed, now = (None if n is None else as_decimal(n, item) for n in figures)
        off = None if signed is None or now is None else now - signed
        yield (agency.code, agency.name, told[2], "", item.label, told[4], signed, now, off), link


def agency_line(plan: Plan, agency: Agency) -> Line:
    record = next(record for record in plan.result.agencies if record.agency == agency)
    path = record.file.source.path if record.file else ""
    link = f"{AGENCIES}!{address(plan.agency_row[agency.code], 0)}"
    return (agency.code, agency.name, record.state.label, "", path, record.remark), link


def gone_line(plan: Plan, code: str, name: str) -> Line:
    """An agency of the signed result as it stands now; it may be in the roster no more."""
    agency = next((r.agency for r in plan.result.agencies if r.agency.code == code), None)
    return agency_line(plan, agency) if agency else ((code, name, "", "", "", "名录中已没有这个代码"), "")
