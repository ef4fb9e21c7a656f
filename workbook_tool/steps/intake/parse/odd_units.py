"""What is to be said of units that are not the form's: where they stand, which numbers they are said of, how these were
read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Reading, ReadingState, as_decimal
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.model.text import shortened
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.units import Odd
from workbook_tool.steps.intake.parse.value import unit_beside


def odd_unit_findings(
    rulebook: Rulebook, found: FoundTable, odd: Sequence[Odd], readings: Sequence[Reading]
) -> list[Finding]:
    """One finding for each text that states another unit, and for each amount whose unit nothing states."""
    findings = [odd_unit_finding(rulebook, found, one, readings) for one in odd]
    bare: dict[str, list[Item]] = {}
    for item in (rulebook.form.items[index] for index in sorted(found.unitless)):
        if is_open(readings[item.index], item) and not any(item in one.items for one in odd):
            bare.setdefault(item.unit, []).append(item)
    return findings + [unstated(rulebook, found, items, readings) for items in bare.values()]


def odd_unit_finding(rulebook: Rulebook, found: FoundTable, odd: Odd, readings: Sequence[Reading]) -> Finding:
    """What is said of a text that states another unit: how the numbers beside it were read."""
    unit, own = odd.statement.unit, odd.own
    places = [found.places[item.index] for item in odd.items]
    stated = cells_in(found.sheet.name, [odd.statement.place]) + (" 的批注" if odd.statement.noted else "")
    example = next((item for item in odd.items if readings[item.index].number), None)
    only = odd.items[0] if len(odd.items) == 1 else None
    sheet, cells = found.sheet.name, cells_in(found.sheet.name, places)
    where = Where.of([only], sheet, places) if only else Where(found.table.name, sheet=sheet, cells=cells)
    if example and only:
        what = f"{example.label}{where.in_file}填“{shortened(readings[example.index].shown)}”"
        read = "" if odd.contested else f"，读作 {number(readings, example)}"
        said = f"{what}，单位是{unit}，{how_read(odd)}{read}（单位写在 {stated}）。"
    else:
        table = Where(found.table.name, sheet=sheet)
        like = f"，{quoted(found, readings, example)}" if example and not odd.contested else ""
        said = f"{table.table}{table.in_file} {stated} 写的单位是{unit}，本表以{own}计；{cells} {how_read(odd)}{like}。"
    trifle = example is None and only is not None and odd.read
    open_ = odd.contested and any(is_open(readings[item.index], item) for item in odd.items)
    advice = (
        f"请核对 {stated} 的单位和 {cells} 的数；本表应以{own}计，不是的请改正后重新填报{'' if open_ else '，或说明'}。"
    )
    usually = Severity.MUST if open_ else Severity.NOTE if trifle else Severity.EXPLAIN
    finding = rulebook.plain(rulebook.of_kind("text"), said, advice, where, usually=usually)
    return replace(finding, filed=amount(readings, only) if only and not open_ else None)


def how_read(odd: Odd) -> str:
    """What became of the numbers that another unit is said of."""
    if odd.foreign:
        return f"折合多少{odd.own}不知道，没有读取"
    if odd.contested:
        return "表里又写了别的单位，断定不了是哪一个，没有读取"
    if odd.converted:
        return f"已换算为{odd.own}" if odd.read else f"已按{odd.unit}换算为{odd.own}"
    return f"没有换算，按{odd.own}读取"


def leave_open(odd: Sequence[Odd], readings: list[Reading]) -> None:
    """Take back the numbers of which nothing says in which of two units they are: either may be wrong 10,000 times."""
    for item in (item for one in odd if one.contested for item in one.items):
        if is_open(readings[item.index], item):
            readings[item.index] = replace(readings[item.index], state=ReadingState.UNUSABLE, number=None)


def is_open(reading: Reading, item: Item) -> bool:
    """Whether a number would be another one in another unit: it is not 0, and its cell does not say its own."""
    return bool(reading.number) and not unit_beside(reading.shown, item)


def quoted(found: FoundTable, readings: Sequence[Reading], item: Item) -> str:
    """``如 D11 填“12”读作 120000``."""
    cell, shown = cells_in(found.sheet.name, [found.places[item.index]]), shortened(readings[item.index].shown)
    return f"如 {cell} 填“{shown}”读作 {number(readings, item)}"


def unstated(rulebook: Rulebook, found: FoundTable, items: Sequence[Item], readings: Sequence[Reading]) -> Finding:
    """Amounts in one unit of the form's, of which nothing in the table states it."""
    sheet, places, unit = found.sheet.name, [found.places[item.index] for item in items], items[0].unit
    if only := items[0] if len(items) == 1 else None:
        where = Where.of([only], sheet, places)
        said = (
            f"{only.label}{where.in_file}填“{shortened(readings[only.index].shown)}”，表里没有写明单位，按{unit}读取。"
        )
    else:
        where, table = Where(found.table.name, sheet=sheet, cells=cells_in(sheet, places)), Where(sheet=sheet)
        said = f"{where.table}{table.in_file} {where.cells} 是金额，表里没有写明单位，按{unit}读取，{quoted(found, readings, items[0])}。"
    advice = f"请确认 {where.cells} 的单位是{unit}；不是的，请换算后重新填报。"
    told = rulebook.plain(rulebook.of_kind("text"), said, advice, where, usually=Severity.EXPLAIN)
    return replace(told, filed=amount(readings, only) if only else None)


def amount(readings: Sequence[Reading], item: Item) -> Decimal | None:
    """The number as read; None where there is none."""
    exact = readings[item.index].number
    return None if exact is None else as_decimal(exact, item)


def number(readings: Sequence[Reading], item: Item) -> str:
    """The same in digits."""
    return f"{amount(readings, item):f}"
