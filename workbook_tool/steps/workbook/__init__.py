"""Compose: the region's result as a workbook for reviewers.

Every figure is a live formula over 单位明细 that carries its value, so that it can be followed, previewed and
recalculated. ``plan.py`` says where things stand; the other modules each draw one or two sheets.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from workbook_tool.model.intake.submission import IDENTITY_SHEET, KIND, REGION_WORKBOOK
from workbook_tool.model.workbook.book import Book, FilePath, Value
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.workbook.agencies import add_agencies
from workbook_tool.steps.workbook.changes import add_changes
from workbook_tool.steps.workbook.corrections import add_corrections
from workbook_tool.steps.workbook.detail import add_detail
from workbook_tool.steps.workbook.drift import add_drift
from workbook_tool.steps.workbook.findings import add_findings
from workbook_tool.steps.workbook.gathered_sheet import add_gathered
from workbook_tool.steps.workbook.heatmap import add_heatmap
from workbook_tool.steps.workbook.inbox import add_files
from workbook_tool.steps.workbook.last_detail import add_last_detail
from workbook_tool.steps.workbook.levels_sheet import add_levels
from workbook_tool.steps.workbook.link_limit import leave_out_links
from workbook_tool.steps.workbook.look_up import add_look_up
from workbook_tool.steps.workbook.overview import add_overview, close_overview
from workbook_tool.steps.workbook.pages import add_pages
from workbook_tool.steps.workbook.periods import add_periods
from workbook_tool.steps.workbook.pivot_figures import DATA, PROBLEMS
from workbook_tool.steps.workbook.pivots import LEAST, add_pivots
from workbook_tool.steps.workbook.plan import NO_COPIES, NO_DRAFTS, Plan
from workbook_tool.steps.workbook.record_sheet import add_records
from workbook_tool.steps.workbook.reminders import add_reminders
from workbook_tool.steps.workbook.rules import add_rules
from workbook_tool.steps.workbook.score import add_scores
from workbook_tool.steps.workbook.subtotals import SUBTOTALS, add_subtotals
from workbook_tool.steps.workbook.totals import add_totals
from workbook_tool.steps.workbook.versions import add_versions
from workbook_tool.steps.workbook.years import add_years

IN_VIEW = 20
"""So many sheets people look through, beside the pages of a few agencies. A form of many tables has more: the totals of a
table are what all the rest is for, and stay."""


def compose(
    result: Consolidation, returns: Mapping[str, FilePath] = NO_COPIES, reminders: Mapping[str, str] = NO_DRAFTS
) -> Book:
    """The regional workbook as plain data, its sheets in reading order. ``returns`` are the paths of the return copies,
    ``reminders`` the names of the drafts that remind, by the agency's code."""
    plan = Plan(result, returns, reminders)
    title = f"{result.region.name}{result.period.full}{result.form.title}汇总"
    book = Book(title, result.as_of, properties={"workbook-tool": "regional", "run": result.run.name})
    overview = add_overview(book, plan)
    if result.weeks.drift and not (result.weeks.drift.same or result.weeks.drift.signed.problem):
        add_drift(book, plan)
    if result.weeks.changes or result.weeks.decided.conflicts or result.weeks.decided.warnings:
        add_changes(book, plan)
    add_findings(book, plan)
    add_agencies(book, plan)
    add_levels(book, plan)
    add_reminders(book, plan)
    add_corrections(book, plan)
    add_heatmap(book, plan)
    add_gathered(book, plan)
    for table in result.form.tables:
        add_totals(book, plan, table)
    add_subtotals(book, plan)
    for register in result.form.registers:
        add_records(book, plan, register)
    add_years(book, plan)
    add_periods(book, plan)
    add_scores(book, plan)
    add_look_up(book, plan)
    add_detail(book, plan)
    add_pages(book, plan)
    add_pivots(book, plan)
    add_files(book, plan)
    add_versions(book, plan)
    add_rules(book, plan)
    add_last_detail(book, plan)
    by_kind_only = () if result.totals.by_parent else (SUBTOTALS,)  # the PivotTables show those too
    put_away(book, plan, (DATA, PROBLEMS, plan.last_list.sheet, *by_kind_only))
    close_overview(overview, book, plan)
    add_identity(book, plan)
    leave_out_links(book)
    return book


def put_away(book: Book, plan: Plan, sources: tuple[str, ...]) -> None:
    """What only feeds other sheets stands last and out of view, and so do the last of many PivotTables."""
    for sheet in book.sheets:
        sheet.hidden = sheet.name in sources
        # LibreOffice prints what is hidden and has an area. Those of a page keep it: whoever shows them prints hundreds else.
        if sheet.hidden and sheet.name not in (DATA, PROBLEMS):
            sheet.print = replace(sheet.print, area=None)
    pages = () if plan.pages.stacked else plan.pages.sheets.values()
    seen = [sheet for sheet in book.sheets if not sheet.hidden and sheet.name not in pages]
    spare, surplus = [sheet for sheet in seen if sheet.pivots][LEAST:], max(0, len(seen) - IN_VIEW)
    for sheet in spare[max(0, len(spare) - surplus) :]:
        sheet.hidden = True
    book.sheets.sort(key=lambda sheet: sheet.hidden)


def add_identity(book: Book, plan: Plan) -> None:
    """The hidden sheet that keeps the workbook from being taken for a filing, and by which a later run knows it again,
    under whatever name it is saved."""
    result = plan.result
    sheet = book.sheet(IDENTITY_SHEET, very_hidden=True, protected=True)
    keys: dict[str, Value] = {
        "form": result.form.id,
        KIND: REGION_WORKBOOK,
        "name": result.region.name,
        **result.period.marks,
        "run": result.run.name,
    }
    for row, (key, value) in enumerate(keys.items()):
        sheet.put(row, 0, key)
        sheet.put(row, 1, value)
