"""Reads a form's declaration (``templates/<form>.toml``) and refuses a wrong one before any file is opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workbook_tool.files.form.figures import read_facets, read_figure, read_pivots
from workbook_tool.files.form.grids import read_table
from workbook_tool.files.form.questions import read_cover
from workbook_tool.files.form.rules import LAST, PREV, read_rules
from workbook_tool.files.office.toml import Keys, load, read_as
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import PERIOD_FIELDS, Form, Outdated
from workbook_tool.model.form.period import PeriodKind

STANDING = Path(__file__).with_name("standing.toml")
"""The rules that no form need declare, in neutral words."""


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
