"""Subtotals that local copies of a form add: checked against their group, never added to anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product

from msgspec import Struct

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Block, Item
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.intake.submission import Place, Reading, as_decimal
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.model.text import label_key
from workbook_tool.steps.intake.parse.arithmetic import Arithmetic
from workbook_tool.steps.intake.parse.found_table import FoundTable, Grid
from workbook_tool.steps.intake.parse.labels import Label
from workbook_tool.steps.intake.parse.seen import read_cell
from workbook_tool.steps.intake.parse.value import is_figure


class Extra(Struct, frozen=True):
    """A line of subtotals: its label, where its figures stand (by the line across), and the groups of lines that it
    may sum, the likeliest first."""

    label: Label
    places: dict[str, Place]
    groups: tuple[tuple[str, ...], ...]
    across: bool
    block: Block


def subtotals(found: FoundTable, labels: Sequence[Label]) -> list[Extra]:
    """Every line among those of the table that bears the name of a subtotal or of a caption, and holds figures."""
    return [
        extra
        for grid in found.grids
        if grid.rows and "" not in grid.rows
        for extra in (*extra_rows(found, grid, labels), *extra_columns(found, grid, labels))
    ]


def extra_rows(found: FoundTable, grid: Grid, labels: Sequence[Label]) -> Iterator[Extra]:
    """Rows of subtotals between those of the block, known by a label left of its figures."""
    taken, rows = set(grid.rows.values()), grid.rows
    edge = min(grid.columns.values(), default=0)
    for label in labels:
        inside = rows and min(rows.values()) - 1 <= label.row <= max(rows.values())
        if label.row in taken or label.column >= edge or not inside:
            continue
        places = {name: (label.row, column) for name, column in grid.columns.items()}
        groups = groups_of(label, grid.block.rows, rows, label.row, found)
        if groups and any(is_figure(found.sheet.cells.get(place)) for place in places.values()):
            taken.add(label.row)
            yield Extra(label, places, groups, False, grid.block)


def extra_columns(found: FoundTable, grid: Grid, labels: Sequence[Label]) -> Iterator[Extra]:
    """Columns of subtotals between those of the block, known by a label above its figures."""
    taken, columns = set(grid.columns.values()), grid.columns
    first = min(grid.rows.values(), default=0)
    for label in labels:
        inside = columns and min(columns.values()) - 1 <= label.column <= max(columns.values())
        if label.column in taken or label.row >= first or not inside:
            continue
        places = {name: (row, label.column) for name, row in grid.rows.items()}
        groups = groups_of(label, grid.block.columns, columns, label.column, found)
        if groups and any(is_figure(found.sheet.cells.get(place)) for place in places.values()):
            taken.add(label.column)
            yield Extra(label, places, groups, True, grid.block)


def groups_of(
    label: Label, lines: Sequence[Line], at: dict[str, int], spot: int, found: FoundTable
) -> tuple[tuple[str, ...], ...]:
    """The lines that a subtotal may sum: those under the caption it names, else those of the group that ends before
    it, or starts after it."""
    leaves = [line for line in lines if not line.total and line.id in at]
    words = {label_key(word) for word in found.table.subtotals}
    for caption in dict.fromkeys(caption for line in leaves for caption in line.under):
        if label.key in {label_key(caption), *(label_key(caption) + word for word in words)}:
            return (tuple(line.id for line in leaves if caption in line.under),)
    if label.key not in words:
        return ()
    before = [line for line in leaves if at[line.id] < spot]
    after = [line for line in leaves if at[line.id] > spot]
    beside = ([before[-1]] if before else []) + ([after[0]] if after else [])
    return tuple(dict.fromkeys(tuple(x.id for x in leaves if x.under == line.under) for line in beside if line.under))


class Subtotal(Struct, frozen=True):
    """One figure of a line of subtotals: its place, the labels that meet there, the kind of rule it is held to, and the
    numbers that it may sum, the likeliest first."""

    place: Place
    row: str
    column: str
    kind: str
    groups: tuple[tuple[Item, ...], ...]


def figures_of(form: Form, found: FoundTable, extras: Sequence[Extra]) -> Iterator[Subtotal]:
    """Every figure of the lines of subtotals, those where a row of them meets a column of them too."""
    if not extras:
        return
    items = {(i.row.id, i.column.id): i for i in form.by_table[found.table.id]}
    labels = {line.id: line.label for grid in found.grids for line in (*grid.block.rows, *grid.block.columns)}
    for extra in extras:
        own = extra.label.text
        for name, place in extra.places.items():
            if extra.across:
                groups = tuple(tuple(items[name, line] for line in group) for group in extra.groups)
                yield Subtotal(place, labels[name], own, "subrow", groups)
            else:
                groups = tuple(tuple(items[line, name] for line in group) for group in extra.groups)
                yield Subtotal(place, own, labels[name], "subcol", groups)
    for row, column in crossing(extras):
        groups = tuple(
            tuple(items[pair] for pair in product(down, across)) for down, across in product(row.groups, column.groups)
        )
        yield Subtotal(meeting(row, column), row.label.text, column.label.text, "subcol", groups)


def crossing(extras: Sequence[Extra]) -> list[tuple[Extra, Extra]]:
    """A row and a column of subtotals of one block, every such pair."""
    rows, columns = [e for e in extras if not e.across], [e for e in extras if e.across]
    return [(row, column) for row, column in product(rows, columns) if row.block == column.block]


def meeting(row: Extra, column: Extra) -> Place:
    """The cell in which a row and a column of subtotals meet."""
    return row.label.row, column.label.column


def taken_by(extras: Sequence[Extra]) -> set[Place]:
    """Every cell of the lines of subtotals: what stands there is checked, and is no stray number."""
    return {place for extra in extras for place in extra.places.values()} | {
        meeting(*pair) for pair in crossing(extras)
    }


def subtotal_findings(
    rulebook: Rulebook,
    found: FoundTable,
    extras: Sequence[Extra],
    readings: Sequence[Reading],
    arithmetic: Arithmetic,
) -> list[Finding]:
    """A finding for each subtotal that is not the sum of its group; silent where a number is missing."""
    findings = []
    for one in figures_of(rulebook.form, found, extras):
        rule = next((r for r in rulebook.form.rules if r.kind == one.kind), None)
        sums = [summed(group, readings) for group in one.groups]
        filed = filed_at(found, one.place, one.groups[0][0], arithmetic)
        expected = sums[0]
        if rule is not None and filed is not None and expected is not None and None not in sums and filed not in sums:
            findings.append(broken(rulebook, rule, found, one, filed, expected))
    return findings


def filed_at(found: FoundTable, place: Place, like: Item, arithmetic: Arithmetic) -> Decimal | None:
    """The number of a subtotal, written as those of its group are, and in their unit."""
    sheet = found.sheet
    computed = arithmetic.replacing(sheet, place)
    content = sheet.cells.get(place) if computed is None else float(computed)
    return read_cell(content, sheet.looks.get(place), like, found.units.get(like.index, "")).number


def summed(members: Sequence[Item], readings: Sequence[Reading]) -> Decimal | None:
    """The sum of these numbers; None where one is missing."""
    numbers = [readings[item.index].number for item in members]
    if None in numbers:
        return None
    return sum((as_decimal(n, item) for n, item in zip(numbers, members, strict=True) if n is not None), Decimal(0))


def broken(
    rulebook: Rulebook, rule: Rule, found: FoundTable, one: Subtotal, filed: Decimal, expected: Decimal
) -> Finding:
    """The finding for one figure of a subtotal."""
    where = Where(found.table.name, one.row, one.column, found.sheet.name, cells_in(found.sheet.name, [one.place]))
    off = f"{'多' if filed > expected else '少'} {abs(filed - expected):f}"
    said = f"{where.table}「{one.row}」×「{one.column}」{where.in_file}填 {filed:f}，应为 {expected:f}，{off}。"
    return rulebook.finding(rule, said, where, parts="它上面或旁边的各格", filed=filed, expected=expected)
