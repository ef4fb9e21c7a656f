"""Compose: the region's result as a workbook for reviewers.

Every figure is a live formula over 单位明细 that carries its value, so that it can be followed, previewed and
recalculated. ``plan.py`` says where things stand; the other modules each draw one or two sheets.
"""

from __future__ import annotations

from workbook_tool.model.book import Book
from workbook_tool.model.history import RUN_SHEET
from workbook_tool.model.result import Consolidation
from workbook_tool.steps.compose.changes import add_changes
from workbook_tool.steps.compose.crosses import add_crosses
from workbook_tool.steps.compose.detail import add_detail
from workbook_tool.steps.compose.drift import add_drift
from workbook_tool.steps.compose.findings import add_findings
from workbook_tool.steps.compose.lists import add_agencies, add_files, add_rules
from workbook_tool.steps.compose.overview import add_overview
from workbook_tool.steps.compose.plan import Plan
from workbook_tool.steps.compose.totals import add_totals


def compose(result: Consolidation) -> Book:
    """The regional workbook as plain data, its sheets in reading order."""
    plan = Plan(result)
    title = f"{result.region}{result.year}年度{result.form.title}汇总"
    book = Book(title, result.as_of, properties={"workbook-tool": "regional", "run": result.run})
    add_overview(book, plan)
    if result.drift and not (result.drift.same or result.drift.signed.problem):
        add_drift(book, plan)
    if result.changes or result.decided.conflicts or result.decided.warnings:
        add_changes(book, plan)
    add_agencies(book, plan)
    add_findings(book, plan)
    for table in result.form.tables:
        add_totals(book, plan, table)
    add_detail(book, plan)
    add_crosses(book, plan)
    add_files(book, plan)
    add_rules(book, plan)
    add_identity(book, result)
    return book


def add_identity(book: Book, result: Consolidation) -> None:
    """The hidden sheet by which a later run knows this workbook again, under whatever name and format it is saved."""
    sheet = book.sheet(RUN_SHEET, very_hidden=True)
    told = {"form": result.form.id, "region": result.region, "year": str(result.year), "run": result.run}
    for row, (key, value) in enumerate(told.items()):
        sheet.put(row, 0, key)
        sheet.put(row, 1, value)
