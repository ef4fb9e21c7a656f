"""Parse: sheets to the numbers of a form, each with the cell it came from and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.records import RecordList
from workbook_tool.model.intake.row_note import RowNote
from workbook_tool.model.intake.submission import (
    IDENTITY_SHEET,
    Content,
    Place,
    Reading,
    ReadingState,
    Sheet,
    Uncomputed,
    as_decimal,
)
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.model.text import shortened, unspaced
from workbook_tool.steps.intake.parse.alike import locate
from workbook_tool.steps.intake.parse.arithmetic import Arithmetic
from workbook_tool.steps.intake.parse.copies import choose, filled, own_places
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.hidden import hidden_findings
from workbook_tool.steps.intake.parse.odd_units import leave_open, odd_unit_findings
from workbook_tool.steps.intake.parse.registers import read_registers
from workbook_tool.steps.intake.parse.remarks import MISSING, read_remarks
from workbook_tool.steps.intake.parse.seen import read_cell
from workbook_tool.steps.intake.parse.side import counts_columns
from workbook_tool.steps.intake.parse.stale import formula_findings
from workbook_tool.steps.intake.parse.subtotal import Extra, subtotal_findings, taken_by
from workbook_tool.steps.intake.parse.value import (
    Taken,
    Value,
    is_figure,
    read_number,
    shown,
    stored_otherwise,
    takes,
    weight,
)

MOST_TEXTS = 6
"""Up to so many numbers written as text are told one by one; more of them in one line for the table."""


class Parsed(Struct, frozen=True):
    """What was read: one reading for each item of the form and for each text beside them, findings on the way, and how many
    tables and lists were there; and the lists, with what is to be said of their rows."""

    readings: tuple[Reading, ...]
    remarks: tuple[Reading, ...]
    findings: tuple[Finding, ...]
    tables: int
    lists: tuple[RecordList, ...] = ()
    notes: tuple[RowNote, ...] = ()


def parse(sheets: Sequence[Sheet], rulebook: Rulebook, nil: Sequence[str] = ()) -> Parsed:
    """Find every table of the form by its labels and read its numbers. ``nil`` lists the tables whose blanks the
    cover signs as 0."""
    form = rulebook.form
    readings = [MISSING] * len(form.items)
    remarks: dict[int, Reading] = {}
    findings: list[Finding] = []
    arithmetic = Arithmetic.of(sheets)
    read = read_registers(sheets, rulebook, arithmetic)
    aside = {IDENTITY_SHEET, *(table.name for table in form.tables if table.id in form.counted)}
    grids = [read.without_records(sheet) for sheet in sheets if form.typed and sheet.name not in aside]
    located = locate(form, grids)
    places = {table.id: own_places(form, table, [one.found for one in located[table.id]]) for table in form.typed}
    several = all(len(filled(found)) > 1 for found in places.values())
    for table in form.typed:
        chosen, told = choose(rulebook, table, places[table.id], sheets, table.id in nil, several)
        findings += told
        if chosen is None:
            continue
        odd, extras = next((one.odd, one.extras) for one in located[table.id] if one.found is chosen)
        findings += read_table(rulebook, chosen, readings, table.id in nil, arithmetic)
        findings += read_remarks(rulebook, chosen, remarks)
        findings += odd_unit_findings(rulebook, chosen, odd, readings)
        leave_open(odd, readings)
        findings += structure_findings(rulebook, chosen)
        findings += stray_findings(rulebook, chosen, extras)
        findings += subtotal_findings(rulebook, chosen, extras, readings, arithmetic)
        findings += formula_findings(rulebook, chosen, extras, arithmetic)
        findings += hidden_findings(rulebook, chosen, readings)
    beside = tuple(remarks.get(item.index, MISSING) for item in form.remarks)
    there = sum(map(bool, places.values())) + sum(one.found for one in read.lists)
    said = (*findings, *read.findings)
    return Parsed(tuple(readings), beside, said, there, tuple(read.lists), tuple(read.notes))


def read_table(
    rulebook: Rulebook, found: FoundTable, readings: list[Reading], nil: bool, arithmetic: Arithmetic
) -> list[Finding]:
    """Put the readings of a table in their places; what is to be said of its cells, mere texts together."""
    findings: list[Finding] = []
    texts: list[tuple[Item, Finding]] = []
    rule, spare, sheet, formulas = (
        rulebook.of_kind("text"),
        left_blank(rulebook.form, found),
        found.sheet,
        found.sheet.computed,
    )
    for index, place in found.places.items():
        item = rulebook.form.items[index]
        computed, unit = arithmetic.replacing(sheet, place) if place in formulas else None, found.units.get(index, "")
        readings[index], told = read_item(sheet, place, item, rulebook, nil or index in spare, unit, computed)
        for finding in told:
            plain_text = finding.rule == rule.id and finding.severity is Severity.NOTE
            texts += [(item, finding)] if plain_text else []
            findings += [] if plain_text else [finding]
    if len(texts) <= MOST_TEXTS:
        return findings + [finding for _, finding in texts]
    cells = cells_in(found.sheet.name, (found.places[item.index] for item, _ in texts))
    said = f"{place_of(found)}{cells} 共 {len(texts)} 格的数都是文字。"
    return [*findings, rulebook.finding(rule, said, within(found, cells), usually=Severity.NOTE)]


def left_blank(form: Form, found: FoundTable) -> set[int]:
    """The numbers of optional rows and columns in which nothing stands at all: there is nothing to report. A ratio of
    nothing is none."""
    lines: dict[tuple[str, str], list[int]] = {}
    for item in (form.items[index] for index in found.places):
        for axis, line in (("row", item.row), ("column", item.column)):
            if line.optional:
                lines.setdefault((axis, line.id), []).append(item.index)
    empty = (
        line for line in lines.values() if not any(is_figure(found.sheet.cells.get(found.places[i])) for i in line)
    )
    return {index for line in empty for index in line if not form.items[index].spare}


def place_of(found: FoundTable) -> str:
    """For a sentence: ``甲（工作表「一」）``."""
    return f"{found.table.name}{within(found).in_file}"


def within(found: FoundTable, cells: str = "") -> Where:
    """Somewhere in a table."""
    return Where(found.table.name, sheet=found.sheet.name, cells=cells)


def structure_findings(rulebook: Rulebook, found: FoundTable) -> list[Finding]:
    """Lines that are missing, stand elsewhere than declared, or are spelt differently."""
    findings = []
    labels = {
        ("label", "没有找到唯一的"): names_of(found.missing),
        ("order", "位置变动："): names_of(found.moved),
        ("order", "整行错开了列，已按次序读取："): names_of(found.shifted),
        ("wording", ""): "、".join(f"「{' '.join(lab.text.split())}」读作「{lab.meant}」" for lab in found.respelt),
    }
    for (kind, said), names in labels.items():
        if names:
            told = f"{place_of(found)}{said}{names}。"
            findings.append(rulebook.finding(rulebook.of_kind(kind), told, within(found)))
    return findings


def names_of(lines: Sequence[Line]) -> str:
    """The labels of lines as a list in a sentence, each once."""
    return "、".join(f"「{line.label}」" for line in dict.fromkeys(lines))


def stray_findings(rulebook: Rulebook, found: FoundTable, extras: Sequence[Extra]) -> list[Finding]:
    """Figures among those of the table that belong to none of its places, such as one typed beside its cell, or in a
    row that the form does not have."""
    known = {*found.places.values(), *found.remarks.values(), *taken_by(extras)}
    stray = set(found.stray) | pushed_out(found) | over_the_first(found)
    for grid in found.tables:
        across = range(min(grid.columns.values()), max(column for _, column in known) + 1)
        for row in range(min(grid.rows.values()), max(grid.rows.values()) + 1):
            figures = [(row, c) for c in across if is_figure(found.sheet.cells.get((row, c)))]
            beside = set(figures) - known
            if beside and not counts_columns([found.sheet.cells[place] for place in figures]):
                stray |= beside
    if not stray or (found.missing and not found.stray):  # what stands where lines are missing is told already
        return []
    cells = cells_in(found.sheet.name, stray)
    said = f"{place_of(found)}{cells} 有数，却不在表的任何一格里，没有读取。"
    return [rulebook.finding(rulebook.of_kind("label"), said, within(found, cells))]


def pushed_out(found: FoundTable) -> set[Place]:
    """Numbers right behind the last column, under no heading: a cell was put in to the left of them."""
    out: set[Place] = set()
    for grid in found.tables:
        top, beyond = min(grid.rows.values()), max(grid.columns.values()) + 1
        if not any(isinstance(found.sheet.cells.get((row, beyond)), str) for row in range(top)):
            numbers = {(row, beyond) for row in grid.rows.values() if is_plain(found.sheet.cells.get((row, beyond)))}
            out |= numbers - found.sheet.formulas.keys() - {*found.places.values(), *found.remarks.values()}
    return out


def over_the_first(found: FoundTable) -> set[Place]:
    """Numbers right above the first row, in most of its columns and under their heads: one row too many, or all labels
    slipped down by one."""
    over: set[Place] = set()
    for grid in found.tables:
        row = min(grid.rows.values()) - 1
        line = {(row, column): found.sheet.cells.get((row, column)) for column in grid.columns.values()}
        numbers = {place for place, content in line.items() if is_plain(content)}
        texts = any(isinstance(content, str) and not is_figure(content) for content in line.values())
        if (
            2 * len(numbers) > len(line)
            and not texts
            and not counts_columns([c for c in line.values() if c is not None])
        ):
            over |= numbers - {*found.places.values(), *found.remarks.values()}
    return over


def is_plain(content: Content | None) -> bool:
    """Whether a cell holds a number that was typed as one; TRUE and FALSE are none."""
    return isinstance(content, (int, float)) and not isinstance(content, bool)


def read_item(
    sheet: Sheet,
    place: Place,
    item: Item,
    rulebook: Rulebook,
    nil: bool,
    unit: str = "",
    computed: Decimal | None = None,
) -> tuple[Reading, list[Finding]]:
    """The number at a place, and what is to be said of it. Blanks are told later, when it is known how many.
    ``computed`` is what the formula there comes to, where another result is stored or none."""
    policy, content, look = rulebook.policy, sheet.cells.get(place), sheet.looks.get(place)
    if type(content) is float and look is None and computed is None:  # as nearly everywhere
        reading, value = plain_reading(content, takes(item), unit, sheet.name, place)
        return reading, [value_finding(rulebook, item, reading, value)] if value.problem else []
    value = read_cell(content if computed is None else float(computed), look, item, unit)
    if computed is None and (
        is_zero_mark(content, policy) or (value.problem == "blank" and (nil or policy.blank_is_zero))
    ):
        reading = Reading(ReadingState.NUMBER, 0, shown(content), sheet.name, place, signed_nil=True)
        return reading, []
    found = ReadingState.UNUSABLE if value.number is None else ReadingState.NUMBER
    state = ReadingState.BLANK if value.problem == "blank" else found
    number = None if value.number is None else int(value.number.scaleb(item.decimals))
    stored = "" if value.number is None else stored_otherwise(content, value.number)
    reading = Reading(state, number, value.seen or shown(content), sheet.name, place, stored=stored)
    if isinstance(content, Uncomputed) and value.number is not None and not value.seen:
        value = Value(value.number, "formula", f"按公式算得 {plain(value.number)}")
    elif computed is not None and value.number is None:
        value = replace(value, why=f"按公式算得 {plain(computed)}，{value.why}")
    if not value.problem or value.problem == "blank":
        return reading, []
    return reading, [value_finding(rulebook, item, reading, value)]


@lru_cache(1 << 14)  # most numbers of most filings are the same few, and weigh nothing when they travel once
def plain_reading(content: float, taken: Taken, unit: str, sheet: str, place: Place) -> tuple[Reading, Value]:
    """The reading of a number that is shown as it is stored, and what its cell says."""
    value = read_number(content, taken, unit)
    if value.number is None:
        return Reading(ReadingState.UNUSABLE, None, shown(content), sheet, place), value
    number, stored = int(value.number.scaleb(taken.decimals)), stored_otherwise(content, value.number)
    return Reading(ReadingState.NUMBER, number, shown(content), sheet, place, stored=stored), value


def is_zero_mark(content: Content | None, policy: Policy) -> bool:
    """Whether the office counts this mark as 0, in whatever width it is written."""
    return isinstance(content, str) and unspaced(content) in map(unspaced, policy.zero_marks)


def plain(number: Decimal) -> str:
    """A number without exponent or trailing zeros."""
    return f"{number.normalize():f}"


def value_finding(rulebook: Rulebook, item: Item, reading: Reading, value: Value) -> Finding:
    """What is wrong with the content of one cell, in words."""
    rule, where = rulebook.of_kind(value.problem), where_is(item, reading)
    read = f"，读作 {plain(value.number)}" if value.number is not None and value.problem in ("text", "shown") else ""
    why = f"，{value.why}" if value.why else ""
    verb = "显示为" if value.seen else "填"
    said = f"{item.label}{where.in_file}{verb}“{shortened(reading.shown)}”{why}{read}。"
    filed = None if reading.number is None else as_decimal(reading.number, item)
    return rulebook.finding(rule, said, where, usually=weight(value), filed=filed)


def where_is(item: Item, reading: Reading) -> Where:
    """Where one number stands."""
    return Where.of([item], reading.sheet, [reading.place] if reading.place else [])
