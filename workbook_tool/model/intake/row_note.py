"""What is to be said of one cell of a list, before all that is said of its kind and column is put together."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.records import Record


class RowNote(Struct, frozen=True):
    """A remark on a column of a record: the id of the rule or its kind (``rule``), and the words after the cell is named
    (``填“2月”，不是日期``). ``brief`` says it of many cells at once; ``column`` is empty where it is about the whole row.
    ``usually`` is its weight where that is not the rule's."""

    rule: str
    register: str
    column: str
    record: Record
    said: str
    brief: str = ""
    filed: Decimal | None = None
    expected: Decimal | None = None
    usually: Severity | None = None
