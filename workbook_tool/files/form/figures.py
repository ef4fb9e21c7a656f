"""Reads what a declaration sums up for readers: key figures, facets and PivotTables."""

from __future__ import annotations

from workbook_tool.files.form.names import Names, cell_code
from workbook_tool.files.office.toml import Keys, read_as
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.summaries import DeclaredPivot, Facet, KeyFigure
from workbook_tool.model.workbook.pivot import (
    BY_RULE,
    LONGEST_ITEM,
    NO_GROUP,
    NUMBER,
    SUMMED,
    TOTAL,
    VALUES,
    axes,
    fact_fields,
)

TITLE_LIMIT, TITLE_REFUSED = 28, "[]:*?/\\'#"
"""What the name of a sheet, after 透视, and the header of an Excel Table can hold."""


def read_figure(keys: Keys, names: Names) -> KeyFigure:
    """A key figure in the unit of its numbers. Raises OfficeError where one of them is not declared, where there is none,
    and where several are added of which one cannot be."""
    keys.expect(("label", "item", "items"))
    given = [keys.need("item")] if "item" in keys.values else list(keys.texts("items", required=True))
    label = keys.need("label")
    keys.done()
    codes = [cell_code(keys, "item" if "item" in keys.values else "items", one, names) for one in given]
    items = [names.form.by_code[code] for code in codes]
    if len(items) > 1 and not all(item.added for item in items):
        raise keys.fail("items", "里有不能相加的数（比率、单价等），请分开列")
    return KeyFigure(label, tuple(codes), items[0].unit if items else "")


def read_facets(keys: Keys, form: Form) -> tuple[Facet, ...]:
    """The facets. Raises OfficeError where a label is taken already or cannot head a column of a PivotTable."""
    facets = tuple(keys.each("facet", lambda one: read_facet(one, form)))
    labels = [*fact_fields(form.period), NUMBER, VALUES, *(facet.label for facet in facets)]
    keys.unique("facet.label", [label.casefold() for label in labels])
    if wrong := [f.label for f in facets if f.label.startswith(SUMMED) or set(f.label) & set(TITLE_REFUSED)]:
        raise keys.fail("facet.label", f"“{wrong[0]}” 不能用：不能以“{SUMMED}”开头，也不能有 {TITLE_REFUSED}")
    return facets


def read_facet(keys: Keys, form: Form) -> Facet:
    """A facet: its groups, or ``by`` which lines it groups, each for itself. Raises OfficeError where a group's label is too
    long, or a number or label is in two groups."""
    keys.expect(("label", "table", "adds", "groups", "by"))
    label, table, adds = keys.need("label"), keys.text("table"), keys.get("adds", bool, True)
    by = keys.choice("by", ["", "rows", "columns"], "")
    groups = by_line(keys, form, table, by) if by else listed_groups(keys, form, table)
    keys.done()
    keys.unique("groups.label", [NO_GROUP, TOTAL, *(name.casefold() for name, _ in groups)])
    keys.unique("groups", [code for _, codes in groups for code in codes])
    return Facet(label, dict(groups), adds)


def listed_groups(keys: Keys, form: Form, table: str) -> list[tuple[str, tuple[str, ...]]]:
    """The groups as they are listed."""
    groups = []
    for one in keys.tables("groups", required=True):
        groups.append((one.need("label"), leaves(one, form, one.text("table", table))))
        one.done()
        if len(groups[-1][0]) > LONGEST_ITEM:
            raise one.fail("label", f"不能超过 {LONGEST_ITEM} 个字")
    return groups


def by_line(keys: Keys, form: Form, table: str, by: str) -> list[tuple[str, tuple[str, ...]]]:
    """A group for each row or column of a table that is no total, by its name."""
    keys.known_name("table", table, [t.id for t in form.tables])
    groups: dict[str, list[str]] = {}
    for item in form.by_table[table]:
        if item.added and not item.total:
            groups.setdefault((item.row if by == "rows" else item.column).name[:LONGEST_ITEM], []).append(item.code)
    return [(name, tuple(codes)) for name, codes in groups.items()]


def leaves(keys: Keys, form: Form, table: str) -> tuple[str, ...]:
    """The codes of the numbers that a group holds: where its rows and columns cross, without totals."""
    keys.known_name("table", table, [t.id for t in form.tables])
    items = form.by_table[table]
    rows, columns = ends(keys, "rows", [i.row.id for i in items]), ends(keys, "columns", [i.column.id for i in items])
    found = tuple(i.code for i in items if i.row.id in rows and i.column.id in columns and i.added and not i.total)
    if not found:
        raise keys.fail("rows", "所指的都是总计，没有可以相加的数")
    return found


def ends(keys: Keys, key: str, names: list[str]) -> list[str]:
    """The names that a key spans (``r5:r12``); all where it is not there."""
    known = list(dict.fromkeys(names))
    first, _, last = keys.text(key, f"{known[0]}:{known[-1]}").partition(":")
    return keys.span(key, known, first, last or first)


def read_pivots(keys: Keys, form: Form) -> tuple[DeclaredPivot, ...]:
    """The declared PivotTables. Raises OfficeError where two have one title."""
    # A facet that could not be read is told already.
    labels = [label for one in keys.tables("facet") if isinstance(label := one.values.get("label"), str)]
    fields = [*axes(form.period), *labels]
    pivots = tuple(keys.each("pivot", lambda one: read_pivot(one, form, fields)))
    keys.unique("pivot.title", [BY_RULE, *(pivot.title.casefold() for pivot in pivots)])
    return pivots


def read_pivot(keys: Keys, form: Form, fields: list[str]) -> DeclaredPivot:
    """A declared PivotTable. Raises OfficeError for an unknown field, one used twice, or a title no sheet can bear."""
    down, across = keys.choice("down", fields, ""), keys.choice("across", fields, "")
    pivot = read_as(DeclaredPivot, keys, down=down, across=across)
    if pivot.table:
        keys.known_name("table", pivot.table, [t.id for t in form.tables])
    if down == across or (pivot.table and "表" in (down, across)):
        raise keys.fail("across", f"已经用过：{across}")
    if len(pivot.title) > TITLE_LIMIT or set(pivot.title) & set(TITLE_REFUSED):
        raise keys.fail("title", f"要作工作表名，至多 {TITLE_LIMIT} 个字，不能有 {TITLE_REFUSED}")
    return pivot
