"""Beside: what else of the office's forms stands in a workbook that was read as one of them. It is told, since the workbook
counts for one form alone."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import IDENTITY_SHEET, ReadingState, Sheet
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.steps.intake.parse import Parsed, parse


def other_forms(sheets: Sequence[Sheet], own: Parsed, rulebook: Rulebook, others: Sequence[Rulebook]) -> list[Finding]:
    """A finding for each of the ``others`` that is filled in on sheets from which nothing was read."""
    left = unread(sheets, own)
    if not left:
        return []
    told = []
    for other in others:
        if names := filled_in(left, other.form, parse(left, other)):
            said = f"工作表{names}是《{other.form.title}》的，没有计入：一个文件只按一张表式读取。"
            told.append(rulebook.finding(rulebook.of_kind("beside"), said, Where(sheet=names)))
    return told


def unread(sheets: Sequence[Sheet], own: Parsed) -> list[Sheet]:
    """The sheets that people see, and from which nothing was read though something stands there."""
    read = {reading.sheet for reading in (*own.readings, *own.remarks)} | sheets_of(own)
    return [s for s in sheets if s.cells and not s.hidden and s.name not in read | {IDENTITY_SHEET}]


def filled_in(sheets: Sequence[Sheet], other: Form, parsed: Parsed) -> str:
    """The names of the sheets in which tables of another form are filled in, each with all its rows and columns; empty where
    there is none: a table of some like labels is no form's."""
    found = sheets_of(parsed)
    for items in other.by_table.values():
        readings = [parsed.readings[item.index] for item in items]
        if all(reading.place for reading in readings):
            found |= {reading.sheet for reading in readings if reading.state is ReadingState.NUMBER}
    return "、".join(f"「{sheet.name}」" for sheet in sheets if sheet.name in found)


def sheets_of(parsed: Parsed) -> set[str]:
    """The sheets on which the records of lists stand."""
    return {record.sheet for one in parsed.lists for record in one.records}
