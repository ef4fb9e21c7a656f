"""Where a form is declared and how often it is filed, told without reading the rest of it."""

from __future__ import annotations

from pathlib import Path

from workbook_tool.files.office.toml import Keys, load
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.period import PeriodKind


def declared_at(templates: Path, form_id: str) -> Path:
    """The file of a form. Raises OfficeError where there is none, with those that there are."""
    path = templates / f"{form_id}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in templates.glob("*.toml"))
        raise OfficeError(f"{templates} 中没有表式 {form_id}.toml；现有：{'、'.join(known) or '无'}。")
    return path


def period_kind(templates: Path, form_id: str) -> PeriodKind:
    """How often the form of this id is filed, read alone, since the whole form is read later. Raises OfficeError as
    ``load_form`` does."""
    return read_period_kind(load(declared_at(templates, form_id)))


def read_period_kind(keys: Keys) -> PeriodKind:
    """How often a form is filed: every year where it does not say."""
    return PeriodKind(keys.choice("period", list(PeriodKind), PeriodKind.YEAR))
