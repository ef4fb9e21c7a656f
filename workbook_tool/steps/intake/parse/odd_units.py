"""What is to be said of units that are not the form's: where they stand, which numbers they are said of, how these were
read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Reading, as_decimal
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.model.text import shortened
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.unit_words import scaled
from workbook_tool.steps.intake.parse.units import Odd


def odd_unit_findings(
    rulebook: Rulebook, found: FoundTable, odd: Sequence[Odd], readings: Sequence[Reading]
) -> list[Finding]:
    """One finding for each text that states another unit, and for each amount whose unit nothing states."""
    findings = [odd_unit_finding(rulebook, found, one, readings) for one in odd]
    for index in sorted(found.unitless):
        item = rulebook.form.items[index]
        if readings[index].number and not any(item in one.items for one in odd):
            findings.append(unstated(rulebook, item, readings[index]))
    return findings


def odd_unit_finding(rulebook: Rulebook, found: FoundTable, odd: Odd, readings: Sequence[Reading]) -> Finding:
    """What is said of a text that states another unit: how the numbers beside it were read."""
    unit, own = odd.statement.unit, odd.own
    places = [found.places[item.index] for item in odd.items]
    stated = cells_in(found.sheet.name, [odd.statement.place]) + (" 的批注" if odd.statement.noted else "")
    converted = odd.read and scaled(unit)[0] != scaled(own)[0]
    how = f"已换算为{own}" if converted else f"没有换算，按{own}读取"
    example = next((item for item in odd.items if readings[item.index].number), None)
    only = odd.items[0] if len(odd.items) == 1 else None
    sheet, cells = found.sheet.name, cells_in(found.sheet.name, places)
    where = Where.of([only], sheet, places) if only else Where(found.table.name, sheet=sheet, cells=cells)
    if example and only:
        what = f"{example.label}{where.in_file}填“{shortened(readings[example.index].shown)}”"
        said = f"{what}，单位是{unit}，{how}，读作 {number(readings, example)}（单位写在 {stated}）。"
    else:
        table = Where(found.table.name, sheet=sheet)
        like = f"，{quoted(found, readings, example)}" if example else ""
        said = f"{table.table}{table.in_file} {stated} 写的单位是{unit}，本表以{own}计；{cells} {how}{like}。"
    trifle = example is None and only is not None and odd.read
    advice = f"请核对 {stated} 的单位和 {cells} 的数；本表应以{own}计，不是的请改正后重新填报，或说明。"
    usually = Severity.NOTE if trifle else Severity.EXPLAIN
    finding = rulebook.plain(rulebook.of_kind("text"), said, advice, where, usually=usually)
    return replace(finding, filed=amount(readings, only) if only else None)


def quoted(found: FoundTable, readings: Sequence[Reading], item: Item) -> str:
    """``如 D11 填“12”读作 120000``."""
    cell, shown = cells_in(found.sheet.name, [found.places[item.index]]), shortened(readings[item.index].shown)
    return f"如 {cell} 填“{shown}”读作 {number(readings, item)}"


def unstated(rulebook: Rulebook, item: Item, reading: Reading) -> Finding:
    """An amount whose unit nothing in the table states."""
    where, unit = Where.of([item], reading.sheet, [reading.place] if reading.place else []), item.unit
    said = f"{item.label}{where.in_file}填“{shortened(reading.shown)}”，表里没有写明单位，按{unit}读取。"
    advice = f"请确认 {where.cells} 的单位是{unit}；不是的，请换算后重新填报。"
    found = rulebook.plain(rulebook.of_kind("text"), said, advice, where, usually=Severity.EXPLAIN)
    return replace(found, filed=as_decimal(reading.number or 0, item))


def amount(readings: Sequence[Reading], item: Item) -> Decimal | None:
    """The number as read; None where there is none."""
    exact = readings[item.index].number
    return None if exact is None else as_decimal(exact, item)


def number(readings: Sequence[Reading], item: Item) -> str:
    """The same in digits."""
    return f"{amount(readings, item):f}"
