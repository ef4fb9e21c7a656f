"""Reads what may be chosen in a column of a list: its own words, the labels of another form, or what each agency has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from workbook_tool.files.form.dependents import read_dependents
from workbook_tool.files.form.outline import id_of
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.form.register import Choices
from workbook_tool.model.regex import regex

Forms = Callable[[str], Form]
"""Another form of the office, by its id. Raises OfficeError where there is none."""
LABELS = regex(r"(?:([\w-]+):)?([^.:]+)\.(rows|columns)(?:\(([^:()]+)(?::([^:()]+))?\))?")
ROSTER = "roster:"


class Elsewhere(Struct, frozen=True):
    """The tables that a list may speak of: the ``own`` ones of its form, which is filed every ``period``, and those of
    ``forms``, the others of the office."""

    own: tuple[Table, ...]
    forms: Forms
    period: PeriodKind = PeriodKind.YEAR

    def table(self, keys: Keys, key: str, form_id: str | None, name: str) -> Table:
        """A table by its id or name, of another form where one is named. Raises OfficeError where there is none."""
        tables = self.forms(form_id).tables if form_id else self.own
        found = next((table for table in tables if name in (table.id, table.name)), None)
        if found is None:
            keys.known_name(key, name, [word for table in tables for word in (table.id, table.name)])
            raise keys.fail(key, f"中的 {name} 没有声明")
        return found


def id_named(lines: Sequence[Line], name: str) -> str:
    """The id of the line that a name means, by id or label; the name itself where there is none."""
    return next((line.id for line in lines if name in (line.id, line.label, line.short)), name)


def read_choices(keys: Keys, named: Mapping[str, str], elsewhere: Elsewhere) -> Choices:
    """The choices of a column; ``named`` are the ids of all columns of the list. Raises OfficeError where they, or the
    column that they depend on, are not declared."""
    told, depends, after = keys.values["choices"], keys.text("depends"), read_dependents(keys)
    if after:
        keys.known_name("depends", depends, list(named))
        return Choices(own_lines(keys, [text for texts in after.values() for text in texts]), named[depends], after)  # fmt: skip
    if isinstance(told, str) and told.startswith(ROSTER):
        return Choices(roster=told.removeprefix(ROSTER))
    if isinstance(told, str):
        return Choices(labels_of(keys, told, elsewhere))
    keys.unique("choices", list(keys.texts("choices", True)))
    return Choices(own_lines(keys, keys.texts("choices", True)))


def own_lines(keys: Keys, texts: list[str] | tuple[str, ...]) -> tuple[Line, ...]:
    """Words of the column's own, each once."""
    if not all(text.strip() for text in texts):
        raise keys.fail("choices", "的选项不能空白")
    return tuple(Line(id_of(text), text) for text in dict.fromkeys(texts))


def labels_of(keys: Keys, told: str, elsewhere: Elsewhere) -> tuple[Line, ...]:
    """Rows or columns of a table of this form or another (``zfxxgk-2021:T3.columns(c1:c6)``), totals left out. Raises
    OfficeError where there are none of these names, or two have one label."""
    match = LABELS.fullmatch(told)
    if not match:
        raise keys.fail("choices", f"= “{told}” 看不懂：写选项的列表，或 表.rows(首:末)、表式:表.columns(首:末)")
    form_id, name, axis, first, last = match.groups()
    table = elsewhere.table(keys, "choices", form_id, name)
    lines = table.rows if axis == "rows" else tuple(dict.fromkeys(c for block in table.blocks for c in block.columns))
    ids = [line.id for line in lines]
    ends = [id_named(lines, one) for one in (first or ids[0], last or first or ids[-1])]
    names = keys.span("choices", ids, *ends)
    found = tuple(line for line in lines if line.id in names and not line.total)
    keys.unique("choices", [line.label for line in found])
    return found
