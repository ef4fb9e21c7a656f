"""texts.csv: what the reports of the agencies say beside the tables, written and read again a year later."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.season.last_year import Passages
from workbook_tool.model.text import as_meant

if TYPE_CHECKING:
    from workbook_tool.model.workbook.result import Consolidation

TEXTS = "texts.csv"
TEXT_COLUMNS = ["agency_code", "agency", "form", "period", "kind", "title", "text", "unit", "file"]
"""The ``text`` of a passage, or of a figure its number."""


def text_rows(result: Consolidation) -> Iterator[tuple[str, ...]]:
    """A row for each agency and what is gathered of it."""
    declared = result.form.texts.gathered if result.form.texts else ()
    for record in result.filed:
        said = result.said.get(record.agency.code, {})
        for one in declared:
            if text := said.get(one.id):
                whose = (record.agency.code, record.agency.name, result.form.id, str(result.period))
                yield (*whose, one.id, one.title, text, one.unit, record.file.source.path)


def read_texts(text: str, form: Form, period: Period) -> dict[str, Passages]:
    """By agency's code what was gathered of this form and period; what a hand made of the file and is no such row says
    nothing."""
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        if (row.get("form"), row.get("period")) == (form.id, str(period)) and row.get("text"):
            found.setdefault(row.get("agency_code") or "", {})[row.get("kind") or ""] = as_meant(row["text"])
    return dict(found)
