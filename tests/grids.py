"""Filings as plain sheets, made from a form's own layout: the test data of everything above the file formats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from msgspec import Struct

from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.form.periods import period_kind
from workbook_tool.files.office.config import load_settings
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.layout import lay_out
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.look import Look
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Content, Identity, Sheet, Submission
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.model.office.settings import Settings
from workbook_tool.steps.intake.parse import parse

ROOT = Path(__file__).parents[1]
DEFAULT = Policy()
NO_LOOKS: Mapping[str, Look] = {}
TOP = 4
"""Rows above a table in these sheets, as a title and so on would take."""


class Stored(Struct, frozen=True):
    """A formula, and the result that some program stored with it."""

    formula: str
    result: Content


@cache
def annual_report() -> Form:
    """The form that the product ships with; read once, for it cannot change and most test modules ask for it."""
    return load_form(ROOT / "templates", "zfxxgk-2021")


def filled(form: Form, contents: Mapping[str, Content], looks: Mapping[str, Look] = NO_LOOKS) -> list[Sheet]:
    """A sheet per table in statutory layout, with these contents by item code, shown like this; codes left out stay
    blank."""
    sheets = []
    for table in form.tables:
        layout = lay_out(form, table)
        cells: dict[tuple[int, int], Content] = {(0, 0): table.title}
        cells |= {(TOP + h.row, h.column): h.text for h in layout.headings}
        places = {form.items[index].code: (TOP + slot.row, slot.column) for index, slot in layout.slots.items()}
        there = {place: contents[code] for code, place in places.items() if contents.get(code) is not None}
        formulas = {place: content.formula for place, content in there.items() if isinstance(content, Stored)}
        results = {p: content.result if isinstance(content, Stored) else content for p, content in there.items()}
        cells |= {place: content for place, content in results.items() if content is not None}
        shown = {place: looks[code] for code, place in places.items() if code in looks}
        sheets.append(Sheet(table.name, cells, formulas=formulas, looks=shown))
    return sheets


def distinct(form: Form) -> dict[str, Content]:
    """A filing with another number in every cell, so that any swap shows."""
    return {item.code: float(1001 + item.index) for item in form.items}


def zeros(form: Form) -> dict[str, Content]:
    return {item.code: 0.0 for item in form.items}


def submission(form: Form, sheets: list[Sheet], policy: Policy = DEFAULT, nil: tuple[str, ...] = ()) -> Submission:
    """These sheets, parsed, as the filing of some agency."""
    parsed = parse(sheets, Rulebook(form, policy), nil)
    source = SourceFile("a.xlsx", Path("a.xlsx"), "0" * 64, 1)
    identity = Identity(form.id, Agency("001", "甲县应急管理局"), "甲县应急管理局", year(2023), nil=nil)
    return Submission(source, identity, parsed.readings, parsed.findings)


def year(number: int) -> Period:
    """A whole year as a period."""
    return Period(PeriodKind.YEAR, number)


def settings_of(config: Path) -> Settings:
    """The settings of an office, as of a day early in 2024."""
    (settings,) = load_settings(config, date(2024, 2, 5), period_kind)
    return settings
