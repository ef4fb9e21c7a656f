"""Subtotals that local copies of a form add: checked against their group, never added to anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_tool.model.cells import address
from workbook_tool.model.form.form import Item, Line
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.intake.submission import Place, Reading, as_decimal
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.text import label_key
from workbook_tool.steps.intake.parse.found_table import FoundTable, Grid
from workbook_tool.steps.intake.parse.labels import Label
from workbook_tool.steps.intake.parse.seen import read_cell
from workbook_tool.steps.intake.parse.value import is_figure


@dataclass(frozen=True)
class Extra:
    """A line of subtotals: its label, where its figures stand (by the line across), and the groups of lines that it
    may sum, the likeliest first."""

    label: Label
    places: dict[str, Place]
    groups: tuple[tuple[str, ...], ...]
    across: bool


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
            yield Extra(label, places, groups, across=False)


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
            yield Extra(label, places, groups, across=True)


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


def subtotal_findings(
    rulebook: Rulebook, found: FoundTable, extras: Sequence[Extra], readings: Sequence[Reading]
) -> list[Finding]:
    """A finding for each subtotal that is not the sum of its group; silent where a number is missing."""
    form, findings = rulebook.form, []
    for extra in extras:
        rule = next((r for r in form.rules if r.kind == ("subrow" if extra.across else "subcol")), None)
        items = {(i.row.id, i.column.id): i for i in form.by_table[found.table.id]}
        for name, place in extra.places.items():
            sums = [summed(group, name, extra.across, items, readings) for group in extra.groups]
            first = next((item for (row, column), item in items.items() if name in (row, column)), None)
            filed = (
                None
                if first is None
                else read_cell(found.sheet.cells.get(place), found.sheet.looks.get(place), first).number
            )
            expected = sums[0]
            if rule is None or filed is None or expected is None or None in sums or filed in sums:
                continue
            findings.append(broken(rulebook, rule, found, extra, name, filed, expected))
    return findings


def summed(
    group: Sequence[str], name: str, across: bool, items: dict[tuple[str, str], Item], readings: Sequence[Reading]
) -> Decimal | None:
    """The sum of a group of lines in the line ``name`` across; None where a number is missing."""
    members = [items[(name, line) if across else (line, name)] for line in group]
    numbers = [readings[item.index].number for item in members]
    if None in numbers:
        return None
    return sum((as_decimal(n, item) for n, item in zip(numbers, members, strict=True) if n is not None), Decimal(0))


def broken(
    rulebook: Rulebook, rule: Rule, found: FoundTable, extra: Extra, name: str, filed: Decimal, expected: Decimal
) -> Finding:
    """The finding for one figure of a subtotal."""
    lines = (line for grid in found.grids for line in (*grid.block.rows, *grid.block.columns))
    other = next(line.label for line in lines if line.id == name)
    row, column = (other, extra.label.text) if extra.across else (extra.label.text, other)
    where = Where(found.table.name, row, column, found.sheet.name, address(*extra.places[name]))
    off = f"{'多' if filed > expected else '少'} {abs(filed - expected):f}"
    said = f"{where.table}「{row}」×「{column}」{where.in_file}填 {filed:f}，应为 {expected:f}，{off}。"
    return rulebook.finding(rule, said, where, parts="它上面或旁边的各格", filed=filed, expected=expected)
