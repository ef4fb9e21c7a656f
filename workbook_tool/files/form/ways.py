"""How the numbers of derived lines come together, as their formulas and the form's rules say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.form.derived import adds_of, formula_of, siblings
from workbook_tool.files.form.entries import Entry
from workbook_tool.files.form.names import Names
from workbook_tool.model.form.expression import Name, bare, leaves
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import WEIGHTIER, Item, Table
from workbook_tool.model.form.line import Adds, Line


class Way(Struct, frozen=True):
    """How the numbers of a derived line come together, and whether they may go below 0, as what they are made from may."""

    adds: Adds
    negative: bool = False


Ways = Mapping[tuple[str, str, str], Way]
"""By table, axis and id of the line."""


def ways_of(entries: Sequence[Entry], form: Form) -> Ways:
    """The ways of the lines that follow from others; formulas that cannot be understood are told."""
    names, found = Names(form), dict[tuple[str, str, str], Way]()
    for entry in entries:
        with entry.keys.going_on():
            table, parts, adds = form.table(entry.table), list(entry.parts), entry.line.adds
            if entry.formula:
                formula = formula_of(entry, table, names)
                parts = [bare(leaf.text) for leaf in leaves(formula) if isinstance(leaf, Name)]
                adds = adds_of(entry, formula)
            if entry.follows:
                below = any(line.negative for line in siblings(entry, table) if line.id in parts)
                found[entry.table, entry.axis, entry.line.id] = Way(adds, below or adds == "ratio")
    return found


def marked(form: Form, ways: Ways) -> Form:
    """The form with these lines marked as what follows from others, and by how they come together."""

    def one(table: Table, axis: str, line: Line) -> Line:
        if (way := ways.get((table.id, axis, line.id))) is None:
            return line
        adds = max(way.adds, line.adds, key=WEIGHTIER.index)
        return replace(line, total=True, adds=adds, negative=line.negative or way.negative)

    tables = []
    for table in form.tables:
        blocks = [
            replace(
                block,
                rows=tuple(one(table, "rows", row) for row in block.rows),
                columns=tuple(one(table, "columns", column) for column in block.columns),
            )
            for block in table.blocks
        ]
        tables.append(replace(table, blocks=tuple(blocks)))
    return replace(form, tables=tuple(tables))


def found_ways(form: Form) -> Ways:
    """The lines that declared rules make sums or cumulatives of, every number of them: they follow from others whether
    anybody says so or not."""
    sums = {c.at for c in form.constraints if c.operator == "==" and c.is_sum}
    counted = {c.at for c in form.constraints if c.cumulative}
    ways: dict[tuple[str, str, str], Way] = {}
    for table in form.tables:
        for axis in ("rows", "columns"):
            lines: dict[str, list[Item]] = {}
            for item in form.by_table[table.id]:
                lines.setdefault((item.row if axis == "rows" else item.column).id, []).append(item)
            for name, items in lines.items():
                along = {item.index for item in items}
                if along <= counted:
                    ways[table.id, axis, name] = Way("last")
                elif along <= sums and all(crosses(form, item, axis) for item in items):
                    ways[table.id, axis, name] = Way("sum")
    return ways


def crosses(form: Form, item: Item, axis: str) -> bool:
    """Whether the number is a sum of others of its own row, for a column, or of its own column."""
    for check in form.constraints:
        if check.at == item.index and check.is_sum and check.operator == "==":
            parts = [form.items[index] for index in check.parts]
            if all(
                (p.column.id if axis == "rows" else p.row.id) == (item.column.id if axis == "rows" else item.row.id)
                and p.table is item.table
                for p in parts
            ):
                return True
    return False
