"""Numbers that nobody sees: the person who signs does not know them."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.cells import areas
from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import Place, Reading, Sheet
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.office.settings import Policy
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.seen import unseen

MERGED = "被合并的单元格盖住"


def hidden_findings(form: Form, policy: Policy, found: FoundTable, readings: Sequence[Reading]) -> list[Finding]:
    """One finding for all numbers of a table that are hidden, with the reason for each."""
    reasons: dict[str, list[Place]] = {}
    for index, place in found.places.items():
        if readings[index].number and (reason := why_hidden(found.sheet, place)):
            reasons.setdefault(reason, []).append(place)
    if not reasons:
        return []
    rule, sheet = form.rule_of_kind("hidden"), found.sheet
    every = [place for places in reasons.values() for place in places]
    what = "整张工作表被隐藏" if sheet.hidden else "，".join(f"{areas(p)} {reason}" for reason, p in reasons.items())
    message = f"{found.table.name}（工作表「{sheet.name}」）{what}，其中填有 {len(every)} 个大于 0 的数。{rule.words}"
    cells = areas(every)
    advice = rule.advice.format(cell=cells, parts="")
    return [Finding(rule.id, policy.weigh(rule), message, advice, found.table.name, sheet=sheet.name, cell=cells)]


def why_hidden(sheet: Sheet, place: Place) -> str:
    """Why nobody sees what stands at a place; empty where it can be seen."""
    if sheet.hidden or place[0] in sheet.hidden_rows or place[1] in sheet.hidden_columns:
        return "被隐藏"
    if place in sheet.covered:
        return MERGED
    look = sheet.looks.get(place)
    return unseen(sheet.cells.get(place), look) if look else ""
