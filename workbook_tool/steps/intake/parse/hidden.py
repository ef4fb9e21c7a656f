"""Numbers that nobody sees: the person who signs does not know them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workbook_tool.model.intake.submission import Place, Reading, Sheet
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.seen import unseen

MERGED = "被合并的单元格盖住"


def hidden_findings(rulebook: Rulebook, found: FoundTable, readings: Sequence[Reading]) -> list[Finding]:
    """One finding for all numbers of a table that are hidden, with the reason for each."""
    reasons: dict[str, list[Place]] = {}
    for index, place in found.places.items():
        if readings[index].number and (reason := why_hidden(found.sheet, place)):
            reasons.setdefault(reason, []).append(place)
    if not reasons:
        return []
    every = [place for places in reasons.values() for place in places]
    parts = "，".join(f"{cells_in(found.sheet.name, places)} {reason}" for reason, places in reasons.items())
    what = "整张工作表被隐藏" if found.sheet.hidden else parts
    table = Where(found.table.name, sheet=found.sheet.name)
    said = f"{table.table}{table.in_file}{what}，其中填有 {len(every)} 个大于 0 的数。"
    return [rulebook.finding(rulebook.of_kind("hidden"), said, replace(table, cells=cells_in(found.sheet.name, every)))]


def why_hidden(sheet: Sheet, place: Place) -> str:
    """Why nobody sees what stands at a place; empty where it can be seen. A merged cell is seen where any part of it is."""
    (top, left), (bottom, right) = place, sheet.reaches.get(place, place)
    rows, columns = range(top, bottom + 1), range(left, right + 1)
    if sheet.hidden or sheet.hidden_rows.issuperset(rows) or sheet.hidden_columns.issuperset(columns):
        return "被隐藏"
    if place in sheet.covered:
        return MERGED
    look = sheet.looks.get(place)
    return unseen(sheet.cells.get(place), look) if look else ""
