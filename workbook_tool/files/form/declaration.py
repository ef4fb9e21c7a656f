"""Reads a form's declaration (``templates/<form>.toml``) and refuses a wrong one before any file is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbook_tool.files.form.choices import Forms
from workbook_tool.files.form.figures import read_facets, read_figure, read_pivots
from workbook_tool.files.form.grids import read_table
from workbook_tool.files.form.lists import read_lists, standing_of
from workbook_tool.files.form.questions import read_cover
from workbook_tool.files.form.rules import LAST, PREV, read_rules
from workbook_tool.files.office.toml import Keys, load, read_as
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import PERIOD_FIELDS, Form, Outdated
from workbook_tool.model.form.period import PeriodKind

STANDING = Path(__file__).with_name("standing.toml")
"""The rules that no form need declare, in neutral words."""
MOST_DUE = 250
"""No form waits longer than a year of working days."""


def load_form(templates: Path, form_id: str) -> Form:
    """The form of this id. Raises OfficeError, with the key path, where the declaration is missing or wrong."""
    return read_form(load(declared_at(templates, form_id)), OtherForms(templates, (form_id,)))


class OtherForms:
    """The other forms of an office, which a declaration may speak of; each is read once. ``opened`` are those that are
    being read: forms that speak of each other would never be read."""

    def __init__(self, templates: Path, opened: tuple[str, ...]) -> None:
        self.templates, self.opened = templates, opened
        self.known: dict[str, Form] = {}

    def __call__(self, form_id: str) -> Form:
        """The form of this id. Raises OfficeError where there is none, or it speaks of the one that asks."""
        if form_id in self.opened:
            raise OfficeError(f"表式 {' → '.join((*self.opened, form_id))} 互相引用，请只在一张表式里引用另一张。")
        if form_id not in self.known:
            keys = load(declared_at(self.templates, form_id))
            self.known[form_id] = read_form(keys, OtherForms(self.templates, (*self.opened, form_id)))
        return self.known[form_id]


def alone(form_id: str) -> Form:
    """Where there are no other forms. Raises OfficeError."""
    raise OfficeError(f"引用了表式 {form_id}，但没有给出表式所在的文件夹。")


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


def read_form(keys: Keys, forms: Forms = alone) -> Form:
    """The form that a TOML document declares; ``forms`` are the others that it may speak of."""
    lists, grids, rules = read_lists(keys, forms)
    tables = (*(read_table(k) for k in grids), *lists.tables)
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
    keys.unique("table.name", [*(t.name for t in tables), *(r.name for r in lists.registers)])
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
    declared = keys.tables("rule")
    form = read_rules([*rules, *standing_rules(declared, standing_of(lists.registers))], form)
    keys.done()
    return lists.with_form(form)


def standing_rules(declared: list[Keys], more: Sequence[Path] = ()) -> list[Keys]:
    """The rules that every form has, of the kinds that this one does not word itself. Raises OfficeError where a rule of
    its own has the id of one of them."""
    told = {keys.values.get("kind") for keys in declared}
    standing = [keys for path in (STANDING, *more) for keys in load(path).tables("rule")]
    needed = [keys for keys in standing if keys.values["kind"] not in told]
    taken = {keys.values["id"] for keys in needed}
    for keys in declared:
        if keys.values.get("id") in taken:
            raise keys.fail("id", f"“{keys.values['id']}” 是通用规则的编号，请换一个")
    return needed
