"""What is to be said of units that are not the form's: where they stand, which numbers they are said of, how these were
read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workbook_tool.model.cells import address, areas
from workbook_tool.model.form.form import Form, Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Reading, as_decimal
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.office.settings import Policy
from workbook_tool.model.text import shortened
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.measure import scaled
from workbook_tool.steps.intake.parse.units import Odd


def odd_unit_findings(
    form: Form, policy: Policy, found: FoundTable, odd: Sequence[Odd], readings: Sequence[Reading]
) -> list[Finding]:
    """One finding for each text that states another unit, and for each amount whose unit nothing states."""
    findings = [odd_unit_finding(form, policy, found, one, readings) for one in odd]
    for index in sorted(found.unitless):
        if readings[index].number and not any(form.items[index] in one.items for one in odd):
            findings.append(unstated(form, policy, form.items[index], readings[index]))
    return findings


def odd_unit_finding(form: Form, policy: Policy, found: FoundTable, odd: Odd, readings: Sequence[Reading]) -> Finding:
    rule, unit, own = form.rule_of_kind("text"), odd.statement.unit, odd.own
    places, where = [found.places[item.index] for item in odd.items], address(*odd.statement.place)
    converted = odd.read and scaled(unit)[0] != scaled(own)[0]
    how = f"已换算为{own}" if converted else f"没有换算，按{own}读取"
    example = next((item for item in odd.items if readings[item.index].number), None)
    sheet, cells = found.sheet.name, areas(places)
    if example and len(odd.items) == 1:
        what = f"{example.label}（工作表「{sheet}」{cells}）填“{shortened(readings[example.index].shown)}”"
        message = f"{what}，单位是{unit}，{how}，读作 {number(readings, example)}（单位写在 {where}）。"
    else:
        like = (
            f"，如 {address(*found.places[example.index])} 填“{shortened(readings[example.index].shown)}”读作 {number(readings, example)}"
            if example
            else ""
        )
        message = (
            f"{found.table.name}（工作表「{sheet}」）{where} 写的单位是{unit}，本表以{own}计；{cells} {how}{like}。"
        )
    only = odd.items[0] if len(odd.items) == 1 else None
    trifle = example is None and only is not None and odd.read
    return Finding(
        rule.id,
        policy.severity.get(rule.id, Severity.NOTE if trifle else Severity.EXPLAIN),
        message,
        f"请核对 {where} 的单位和 {cells} 的数；本表应以{own}计，不是的请改正后重新填报，或说明。",
        found.table.name,
        only.row.label if only else "",
        only.column.label if only else "",
        sheet,
        cells,
        only.index if only else None,
        amount(readings, only) if only else None,
    )


def unstated(form: Form, policy: Policy, item: Item, reading: Reading) -> Finding:
    """An amount whose unit nothing in the table states."""
    rule, unit = form.rule_of_kind("text"), item.block.unit
    assert reading.place is not None
    cell = address(*reading.place)
    return Finding(
        rule.id,
        policy.severity.get(rule.id, Severity.EXPLAIN),
        f"{item.label}（工作表「{reading.sheet}」{cell}）填“{shortened(reading.shown)}”，表里没有写明单位，按{unit}读取。",
        f"请确认 {cell} 的单位是{unit}；不是的，请换算后重新填报。",
        item.table.name,
        item.row.label,
        item.column.label,
        reading.sheet,
        cell,
        item.index,
        as_decimal(reading.number or 0, item),
    )


def amount(readings: Sequence[Reading], item: Item) -> Decimal | None:
    exact = readings[item.index].number
    return None if exact is None else as_decimal(exact, item)


def number(readings: Sequence[Reading], item: Item) -> str:
    return f"{amount(readings, item):f}"
