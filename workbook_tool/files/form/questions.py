"""Reads the cover of a declaration."""

from __future__ import annotations

from workbook_tool.files.office.toml import Keys, read_as
from workbook_tool.model.form.form import CoverField, Form


def read_cover(keys: Keys, form: Form) -> CoverField:
    """A question of the cover. Raises OfficeError where it speaks of a table or a row that is not declared."""
    cover = read_as(CoverField, keys)
    if cover.kind == "nil":
        keys.known_name("table", cover.table, [t.id for t in form.tables])
        for row in cover.zero:
            keys.known_name("zero", row, [i.row.id for i in form.by_table[cover.table]])
    return cover
