"""Blank: the empty workbook that an agency fills in, wholly derived from the form's declaration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from msgspec.structs import replace

from workbook_tool.model.form.check_code import CODE, NOTHING_FILLED, SUM, code_formula
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.skeleton import Row, skeleton_rows
from workbook_tool.model.intake.submission import IDENTITY_SHEET, KIND, Agency
from workbook_tool.model.season.last_year import Values
from workbook_tool.model.season.periods import Known
from workbook_tool.model.workbook.book import Book
from workbook_tool.steps.form.cover import add_cover
from workbook_tool.steps.form.explain import add_explanations
from workbook_tool.steps.form.frame import frame_of
from workbook_tool.steps.form.issue import Issue
from workbook_tool.steps.form.list_sheet import add_register
from workbook_tool.steps.form.offers import add_offers, answers_of
from workbook_tool.steps.form.sheet import add_table
from workbook_tool.steps.form.tally_sheet import add_tally

TOOL = "workbook-tool"


def blank_book(
    form: Form,
    period: Period,
    made: date,
    agency: Agency | None = None,
    round: int = 1,
    total_formulas: bool = False,
    last: Values | None = None,
    kind: str = "",
    known: Mapping[int, Known] = MappingProxyType({}),
    prefilled: bool = False,
) -> Book:
    """The workbook issued for one period, to one agency or to whoever fills in its name.

    ``round`` counts how often this agency was sent a workbook. With ``total_formulas`` totals are computed and locked;
    without, they are typed beside live checks, which finds more mistakes. ``last`` are the agency's values of last year.
    ``kind`` marks what is no blank for an agency. ``known`` is what the office knows already: it stands beside its place, and
    in it where it is ``prefilled``.
    """
    if agency and agency.options:
        form = replace(form, registers=tuple(one.with_options(dict(agency.options)) for one in form.registers))
    issue = Issue(form, period, agency, total_formulas, last or {}, known, prefilled)
    keys: dict[str, str | int] = {
        "tool": TOOL,
        "form": form.id,
        "version": form.version,
        "agency": agency.code if agency else "",
        "name": agency.name if agency else "",
        **period.marks,
        "round": round,
        **({KIND: kind} if kind else {}),
    }
    properties = {key: str(value) for key, value in keys.items() if value != ""}
    book = Book(f"{period.name}{form.title}", made, properties=properties)
    add_cover(book, issue)
    for register in form.registers:
        add_register(book, issue, register)
    for table in form.tables:
        (add_tally if table.id in form.counted else add_table)(book, issue, table)
    skeleton = skeleton_rows(frame_of(sheet, issue) for sheet in book.sheets)
    add_explanations(book, issue)
    for register in (*form.registers, *(answers_of(form, table) for table in form.typed)):
        add_offers(book, register)
    add_identity(book, keys, issue, skeleton)
    return book


def add_identity(book: Book, keys: dict[str, str | int], issue: Issue, skeleton: list[Row]) -> None:
    """The hidden sheet that says what this file is, whatever it is renamed to, the code over its numbers, and what it
    looked like."""
    sheet = book.sheet(IDENTITY_SHEET, very_hidden=True, protected=True)
    sums = {SUM.format(n): formula for n, formula in enumerate(issue.sums, 1)}
    formulas = sums | ({CODE: code_formula([f"ID_{key}" for key in sums])} if sums else {})
    values: dict[str, str | int] = {**keys, **dict.fromkeys(sums, 0), **({CODE: NOTHING_FILLED} if sums else {})}
    for row, (key, value) in enumerate(values.items()):
        sheet.put(row, 0, key)
        sheet.put(row, 1, value, formula=formulas.get(key, ""), name=f"ID_{key}")
    for row, texts in enumerate(skeleton, len(values)):
        for column, text in enumerate(texts):
            sheet.put(row, column, text)
