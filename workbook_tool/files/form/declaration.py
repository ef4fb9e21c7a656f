"""Reads a form's declaration (``templates/<form>.toml``) and refuses a wrong one before any file is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from workbook_tool.files.form.choices import Elsewhere, Forms
from workbook_tool.files.form.declared import Declared, open_declaration
from workbook_tool.files.form.declared_draft import with_drafting
from workbook_tool.files.form.declared_lists import read_lists, with_row_rules
from workbook_tool.files.form.declared_texts import with_texts
from workbook_tool.files.form.derived import Derived, bounds, derive, rule_id
from workbook_tool.files.form.entries import Entry
from workbook_tool.files.form.figures import read_facets, read_figure, read_pivots
from workbook_tool.files.form.grids import read_table, read_usual
from workbook_tool.files.form.names import Names
from workbook_tool.files.form.periods import declared_at, read_period_kind
from workbook_tool.files.form.questions import read_cover, usual_cover
from workbook_tool.files.form.registers import is_list
from workbook_tool.files.form.rules import read_rules
from workbook_tool.files.form.soundness import check_form
from workbook_tool.files.form.ways import found_ways, marked, ways_of
from workbook_tool.files.form.yearly import apart, with_year_sums
from workbook_tool.files.office.toml import Keys, load, read_as
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.expression import LAST, PREV
from workbook_tool.model.form.form import Form, Outdated
from workbook_tool.model.form.items import Block, Table
from workbook_tool.model.form.period import PeriodKind

FORM_KEYS = (
    *("id", "title", "version", "basis", "guide", "period", "due", "unit", "decimals", "counted_in"),
    *("cover", "table", "rule", "tally", "figure", "facet", "pivot", "outdated"),
)
STANDING_OF_PERIODS = Path(__file__).with_name("standing_periods.toml")
"""The rules that every form has that is filed more than once a year."""
MOST_DUE = 250
"""No form waits longer than a year of working days."""


Known = dict[Path, Form]
"""The forms that were read already, by their declarations: lists may speak of the same one."""


def load_form(
    templates: Path, form_id: str, known: Known | None = None, opened: tuple[str, ...] = (), proven: bool = False
) -> Form:
    """The form of this id. Raises OfficeError, with every mistake and its line, where the declaration is missing or
    wrong. Those that are ``known`` are not read again; ``opened`` are those that are being read and speak of it. Of one
    that is ``proven`` the patterns of texts are not tried out, which takes as long as half of the rest."""
    known, path = {} if known is None else known, declared_at(templates, form_id)
    if path not in known:
        known[path] = form_of(open_declaration(path), templates, form_id, known, opened, proven)
    return known[path]


def form_of(
    keys: Declared,
    templates: Path,
    form_id: str,
    known: Known | None = None,
    opened: tuple[str, ...] = (),
    proven: bool = False,
) -> Form:
    """The form of an open declaration. Raises OfficeError as ``load_form`` does."""
    try:
        form = read_form(keys, OtherForms(templates, {} if known is None else known, (*opened, form_id)))
    except Exception:
        keys.source.tell()  # what follows from a mistake that is told already
        raise
    if form.id != form_id and form.id:
        keys.wrong(
            "id", f"= “{form.id}” 与文件名 {form_id}.toml 不同，两处应一样：改这一行，或把文件改名为 {form.id}.toml"
        )
    keys.source.tell()
    return with_drafting(with_texts(form, templates, proven), templates)


class OtherForms:
    """The other forms of an office, which a declaration may speak of; each is read once. ``opened`` are those that are
    being read: forms that speak of each other would never be read."""

    def __init__(self, templates: Path, known: Known, opened: tuple[str, ...]) -> None:
        self.templates, self.known, self.opened = templates, known, opened

    def __call__(self, form_id: str) -> Form:
        """The form of this id. Raises OfficeError where there is none, or it speaks of the one that asks."""
        if form_id in self.opened:
            raise OfficeError(f"表式 {' → '.join((*self.opened, form_id))} 互相引用，请只在一张表式里引用另一张。")
        return load_form(self.templates, form_id, self.known, self.opened)


def alone(form_id: str) -> Form:
    """Where there are no other forms. Raises OfficeError."""
    raise OfficeError(f"引用了表式 {form_id}，但没有给出表式所在的文件夹。")


def read_due(keys: Keys) -> int | None:
    """Within how many working days it is due; None where the form leaves that to the office."""
    due = keys.get("due", int)
    if due is not None and not 0 <= due <= MOST_DUE:
        keys.wrong("due", f"是期满后几个工作日内报，应在 0 到 {MOST_DUE} 之间，现为 {due}")
    return due


def read_form(keys: Keys, forms: Forms = alone) -> Form:
    """The form that a TOML document declares; ``forms`` are the others that it may speak of."""
    keys.expect(FORM_KEYS)
    title, entries = keys.need("title"), list[Entry]()
    tables, usual = list[Table](), read_usual(keys, Block((), ()))
    for one in keys.tables("table", required=True):
        if not is_list(one):
            with one.going_on():
                tables.append(read_table(one, title, usual, entries))
    lists = read_lists(keys, title, usual, Elsewhere(tuple(tables), forms, read_period_kind(keys)))
    form = Form(
        id=keys.need("id"),
        title=title,
        version=keys.text("version", "1.0"),
        legal_basis=keys.text("basis"),
        guide=keys.texts("guide"),
        tables=(*tables, *lists.tables),
        period=read_period_kind(keys),
        due=read_due(keys),
        cover=(),
        rules=(),
        outdated=tuple(keys.each("outdated", lambda one: read_as(Outdated, one))),
    )
    check_names(keys, form, [register.name for register in lists.registers])
    if not form.tables:  # what else there is speaks of them
        keys.known += FORM_KEYS
        keys.done()
        return lists.with_form(form) if lists.registers else form
    lists, rules = with_row_rules(keys, lists, Names(lists.with_form(form)))
    entries, rules, of_year = apart(entries, rules)
    form = marked(form, ways_of(entries, form))
    form = replace(form, cover=usual_cover(keys.each("cover", lambda one: read_cover(one, form)), keys, form.period))
    names = Names(form)
    standing = [*lists.standing, *([STANDING_OF_PERIODS] if form.period is not PeriodKind.YEAR else ())]
    form = lists.with_form(read_rules(*with_standing(rules, standing), derived_rules(entries, names), names))
    form = with_year_sums(marked(form, found_ways(form)), of_year, forms)
    names = names.of(form)
    form = replace(form, figures=tuple(keys.each("figure", lambda one: read_figure(one, names))))
    form = replace(form, facets=read_facets(keys, form))
    form = replace(form, pivots=read_pivots(keys, form))
    check_form(keys, form)
    keys.done()
    return form


def check_names(keys: Keys, form: Form, lists: Sequence[str]) -> None:
    """Say where two tables, or two numbers, have one name; ``lists`` are the names of the lists."""
    keys.unique("table.id", [t.id for t in form.tables])
    if any(item.code.startswith((LAST, PREV)) for item in form.items):
        keys.wrong("table.id", f"不能是 {LAST[:-1]} 或 {PREV[:-1]}，公式里用它们指一年前和上一期的数")
    keys.unique("table.name", [*(t.name for t in form.tables), *lists])


def derived_rules(entries: Sequence[Entry], names: Names) -> dict[str, Derived]:
    """The rules that the lines of the form make, by id; lines that share one are one rule, but a row and a column that only
    have one name."""
    found, axes = dict[str, Derived](), dict[str, str]()
    for entry in entries:
        if entry.formula or entry.parts:
            if not entry.rule and axes.setdefault(rule_id(entry), entry.axis) != entry.axis:
                entry = replace(entry, rule=f"{rule_id(entry)}-{'行' if entry.axis == 'rows' else '列'}")
            with entry.keys.going_on():
                one = derive(entry, names)
                same = found.get(one.rule.id)
                found[one.rule.id] = same.joined(one) if same else one
    for table in names.form.tables:
        if ranges := bounds(table, names.form):
            found[ranges.rule.id] = ranges
    return found


def with_standing(declared: Sequence[Keys], files: Sequence[Path]) -> tuple[list[Keys], list[Keys]]:
    """The rules of the form's own, and those that every form has: of the kinds that this one does not word itself, in its
    words where it gives some under their ids. Says where a rule of its own has the id of one of them."""
    told = {keys.values.get("kind") for keys in declared}
    every = [k for path in files for k in load(path).tables("rule")]
    standing = {k.values["id"]: k for k in every if k.values["kind"] not in told}
    own = []
    for keys in declared:
        name = keys.values.get("id")
        if name not in standing:
            own.append(keys)
        elif keys.values.keys() & {"kind", "formula", "checks"}:
            keys.wrong("id", f"“{name}” 是通用规则的编号，请换一个")
        else:
            standing[name] = keys.with_usual(standing[name].values)
    return own, list(standing.values())
