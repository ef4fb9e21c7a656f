"""records.csv: every record of every list of the files that are counted or held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.records import key_of, shown_in
from workbook_tool.model.workbook.result import Consolidation

RECORDS = "records.csv"
ABOUT_RECORDS = ["agency_code", "agency", "form", "period", "list", "record", "file", "sheet", "row"]
"""The columns before those of the lists; ``record`` is the fingerprint by which a record is known again."""


def record_heads(forms: Sequence[Form]) -> list[str]:
    """The heads of the columns of all lists, each once; none where no form has a list."""
    return list(
        dict.fromkeys(column.id for form in forms for register in form.registers for column in register.columns)
    )


def record_lines(result: Consolidation, heads: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """A row per record; a cell that could not be read as its words."""
    registers = {register.id: register for register in result.form.registers}
    for owner in result.accepted:
        for one in owner.file.submission.lists:
            register = registers[one.register]
            places = [register.places.get(head) for head in heads]
            for record in one.records:
                told = (key_of(register, record), owner.file.source.path, record.sheet, str(record.row + 1))
                cells = ("" if n is None else shown_in(register, record, n) for n in places)
                whose = (owner.agency.code, owner.agency.name, result.form.id, str(result.period), register.name)
                yield (*whose, *told, *cells)
