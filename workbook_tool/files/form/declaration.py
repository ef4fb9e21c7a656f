"""Reads a form's declaration (``templates/<form>.toml``) and refuses a wrong one before any file is opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workbook_tool.files.form.rules import LAST, PREV, read_rules
from workbook_tool.files.office.toml import Keys, load, read_as
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import PERIOD_FIELDS, Block, CoverField, Form, Line, Outdated, Table
from workbook_tool.model.form.period import PeriodKind
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

STANDING = Path(__file__).with_name("standing.toml")
"""The rules that no form need declare, in neutral words."""
MOST_DUE = 250
"""No form waits longer than a year of working days."""
TITLE_LIMIT, TITLE_REFUSED = 28, "[]:*?/\\'#"
"""What the name of a sheet, after 透视, and the header of an Excel Table can hold."""


def load_form(templates: Path, form_id: str) -> Form:
    """The form of this id. Raises OfficeError, with the key path, where the declaration is missing or wrong."""
    return read_form(load(declared_at(templates, form_id)))


def period_kind(templates: Path, form_id: str) -> PeriodKind:
    """How often the form of this id is filed, read alone, since the whole form is read later. Raises OfficeError as
    ``load_form`` does."""
    return read_period_kind(load(declared_at(templates, form_id)))


def read_period_kind(keys: Keys) -> PeriodKind:
    """How often a form is filed: every year where it does not say."""
    return PeriodKind(keys.choice("period", list(PeriodKind), PeriodKind.YEAR))


def read_due(keys: Keys) -> int | None:
    """Within how many working days it is due; None where the form leaves that to the office."""
    due = keys.get("due", int)
    if due is not None and not 0 <= due <= MOST_DUE:
        raise keys.fail("due", f"是期满后几个工作日内报，应在 0 到 {MOST_DUE} 之间，现为 {due}")
    return due


def declared_at(templates: Path, form_id: str) -> Path:
    """The file of a form. Raises OfficeError where there is none, with those that there are."""
    path = templates / f"{form_id}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in templates.glob("*.toml"))
        raise OfficeError(f"{templates} 中没有表式 {form_id}.toml；现有：{'、'.join(known) or '无'}。")
    return path


def read_form(keys: Keys) -> Form:
    """The form that a TOML document declares."""
    tables = tuple(read_table(k) for k in keys.tables("table", required=True))
    form = Form(
        id=keys.need("id"),
        title=keys.need("title"),
        version=keys.need("version"),
        legal_basis=keys.text("basis"),
        guide=keys.texts("guide"),
        tables=tables,
        period=read_period_kind(keys),
        due=read_due(keys),
        cover=(),
        rules=(),
    )
    keys.unique("table.id", [t.id for t in tables])
    if any(item.code.startswith((LAST, PREV)) for item in form.items):
        raise keys.fail("table.id", f"不能是 {LAST[:-1]} 或 {PREV[:-1]}，公式里用它们指一年前和上一期的数")
    keys.unique("table.name", [t.name for t in tables])
    keys.unique("table.row/column", [i.code for i in form.items])
    form = replace(
        form,
        cover=tuple(read_cover(k, form) for k in keys.tables("cover")),
        figures=tuple(read_figure(k, form) for k in keys.tables("figure")),
        outdated=tuple(read_as(Outdated, k) for k in keys.tables("outdated")),
    )
    form = replace(form, facets=read_facets(keys, form))
    form = replace(form, pivots=read_pivots(keys, form))
    for kinds in (("agency",), ("code",), PERIOD_FIELDS):
        if sum(f.kind in kinds for f in form.cover) != 1:
            raise keys.fail("cover", f"应有且只有一栏 kind = “{kinds[0]}”")
    declared = keys.tables("rule", required=True)
    form = read_rules([*declared, *standing_rules(declared)], form)
    keys.done()
    return form


def standing_rules(declared: list[Keys]) -> list[Keys]:
    """The rules that every form has, of the kinds that this one does not word itself. Raises OfficeError where a rule of
    its own has the id of one of them."""
    told = {keys.values.get("kind") for keys in declared}
    needed = [keys for keys in load(STANDING).tables("rule") if keys.values["kind"] not in told]
    taken = {keys.values["id"] for keys in needed}
    for keys in declared:
        if keys.values.get("id") in taken:
            raise keys.fail("id", f"“{keys.values['id']}” 是通用规则的编号，请换一个")
    return needed


def read_table(keys: Keys) -> Table:
    """A table with its blocks. Raises OfficeError where two rows of it have one id."""
    blocks = tuple(read_block(k) for k in keys.tables("block", required=True))
    table = read_as(Table, keys, blocks=blocks)
    keys.unique("block.rows.id", [row.id for block in blocks for row in block.rows])
    return table


def read_block(keys: Keys) -> Block:
    """A block: its lines and its decimals. Raises OfficeError where columns share an id or decimals are not 0 to 6."""
    rows, columns = (tuple(map(read_line, keys.tables(name, required=True))) for name in ("rows", "columns"))
    block = read_as(Block, keys, rows=rows, columns=columns)
    if not 0 <= block.decimals <= 6:
        raise keys.fail("decimals", "应在 0 到 6 之间")
    keys.unique("columns.id", [c.id for c in block.columns])
    return block


def read_line(keys: Keys) -> Line:
    """A row or column. Raises OfficeError where its id is no name that a formula could use."""
    line = read_as(Line, keys)
    if not line.id.isidentifier() or not line.id.isascii():
        raise keys.fail("id", f"= “{line.id}” 应由英文字母开头，只含字母、数字和下划线")
    return line


def read_cover(keys: Keys, form: Form) -> CoverField:
    """A question of the cover. Raises OfficeError where it speaks of a table or a row that is not declared."""
    cover = read_as(CoverField, keys)
    if cover.kind == "nil":
        keys.known_name("table", cover.table, [t.id for t in form.tables])
        for row in cover.zero:
            keys.known_name("zero", row, [i.row.id for i in form.by_table[cover.table]])
    return cover


def read_figure(keys: Keys, form: Form) -> KeyFigure:
    """A key figure in the unit of its numbers. Raises OfficeError where one of them is not declared."""
    figure = read_as(KeyFigure, keys, unit="")
    for code in figure.items:
        keys.known_name("items", code, list(form.by_code))
    return replace(figure, unit=form.by_code[figure.items[0]].block.unit)


def read_facets(keys: Keys, form: Form) -> tuple[Facet, ...]:
    """The facets. Raises OfficeError where a label is taken already or cannot head a column of a PivotTable."""
    facets = tuple(read_facet(k, form) for k in keys.tables("facet"))
    labels = [*fact_fields(form.period), NUMBER, VALUES, *(facet.label for facet in facets)]
    keys.unique("facet.label", [label.casefold() for label in labels])
    if wrong := [f.label for f in facets if f.label.startswith(SUMMED) or set(f.label) & set(TITLE_REFUSED)]:
        raise keys.fail("facet.label", f"“{wrong[0]}” 不能用：不能以“{SUMMED}”开头，也不能有 {TITLE_REFUSED}")
    return facets


def read_facet(keys: Keys, form: Form) -> Facet:
    """A facet. Raises OfficeError where a group's label is too long, or a number or label is in two groups."""
    label, table, adds = keys.need("label"), keys.text("table"), keys.get("adds", bool, True)
    groups = []
    for one in keys.tables("groups", required=True):
        groups.append((one.need("label"), leaves(one, form, one.text("table", table))))
        one.done()
        if len(groups[-1][0]) > LONGEST_ITEM:
            raise one.fail("label", f"不能超过 {LONGEST_ITEM} 个字")
    keys.done()
    keys.unique("groups.label", [NO_GROUP, TOTAL, *(name.casefold() for name, _ in groups)])
    keys.unique("groups", [code for _, codes in groups for code in codes])
    return Facet(label, dict(groups), adds)


def leaves(keys: Keys, form: Form, table: str) -> tuple[str, ...]:
    """The codes of the numbers that a group holds: where its rows and columns cross, without totals."""
    keys.known_name("table", table, [t.id for t in form.tables])
    items = form.by_table[table]
    rows, columns = ends(keys, "rows", [i.row.id for i in items]), ends(keys, "columns", [i.column.id for i in items])
    found = tuple(i.code for i in items if i.row.id in rows and i.column.id in columns and not i.total)
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
    pivots = tuple(read_pivot(k, form) for k in keys.tables("pivot"))
    keys.unique("pivot.title", [BY_RULE, *(pivot.title.casefold() for pivot in pivots)])
    return pivots


def read_pivot(keys: Keys, form: Form) -> DeclaredPivot:
    """A declared PivotTable. Raises OfficeError for an unknown field, one used twice, or a title no sheet can bear."""
    fields = [*axes(form.period), *(facet.label for facet in form.facets)]
    down, across = keys.choice("down", fields, ""), keys.choice("across", fields, "")
    pivot = read_as(DeclaredPivot, keys, down=down, across=across)
    if pivot.table:
        keys.known_name("table", pivot.table, [t.id for t in form.tables])
    if down == across or (pivot.table and "表" in (down, across)):
        raise keys.fail("across", f"已经用过：{across}")
    if len(pivot.title) > TITLE_LIMIT or set(pivot.title) & set(TITLE_REFUSED):
        raise keys.fail("title", f"要作工作表名，至多 {TITLE_LIMIT} 个字，不能有 {TITLE_REFUSED}")
    return pivot
