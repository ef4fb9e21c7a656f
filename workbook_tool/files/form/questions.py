"""Reads the cover of a declaration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from workbook_tool.files.form.outline import id_of
from workbook_tool.files.office.toml import Keys, load_own, read_as
from workbook_tool.model.form.form import PERIOD_FIELDS, CoverField, Form
from workbook_tool.model.form.period import PeriodKind

STANDING = Path(__file__).with_name("standing.toml")
"""The rules and the lines of the cover that no form need declare, in neutral words."""
NEEDED = (("agency",), ("code",), PERIOD_FIELDS)
"""What every cover asks, by the kinds of line that do."""


def read_cover(keys: Keys, form: Form) -> CoverField:
    """A question of the cover. Raises OfficeError where it speaks of a table or a row that is not declared."""
    label = keys.need("label")
    cover = read_as(CoverField, keys, id=keys.text("id") or id_of(label), label=label)
    if cover.kind == "nil":
        keys.known_name("table", cover.table, [t.id for t in form.tables])
        for row in cover.zero:
            keys.known_name("zero", row, [i.row.id for i in form.by_table[cover.table]])
    if cover.choices and cover.kind not in ("scope", "text"):
        keys.wrong("choices", f"用不着：kind = “{cover.kind}” 的一栏没有选项")
    return cover


def usual_cover(declared: Sequence[CoverField], keys: Keys, period: PeriodKind) -> tuple[CoverField, ...]:
    """The cover: as declared, after the lines that every cover needs and that it lacks; where nothing is declared, the
    usual one. Says where it asks one of these twice, or two lines have one label."""
    usual = [read_as(CoverField, one) for one in load_own(STANDING).tables("cover")]
    usual = [replace(f, label=f"报告{period.label}") if f.tells_period else f for f in usual]
    for kinds in NEEDED:
        if sum(field.kind in kinds for field in declared) > 1:
            keys.wrong("cover", f"应有且只有一栏 kind = “{kinds[0]}”")
    needed = [f for f in usual if any(f.kind in kinds and not asks(declared, kinds) for kinds in NEEDED)]
    cover = (*needed, *(declared or [f for f in usual if f not in needed]))
    keys.unique("cover.label", [field.label for field in cover])
    keys.unique("cover.id", [field.id for field in cover])
    return cover


def asks(fields: Sequence[CoverField], kinds: tuple[str, ...]) -> bool:
    """Whether one of these lines is of one of these kinds."""
    return any(field.kind in kinds for field in fields)
