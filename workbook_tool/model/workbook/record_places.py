"""Where the records of a list stand in the regional workbook, so that findings can point to them."""

from __future__ import annotations

from workbook_tool.model.form.register import Register
from workbook_tool.model.intake.records import Record
from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.workbook.result import Judged

RECORDS_TOP = 3
"""The header row of the sheet."""
MOST_RECORDS = 50_000
"""So many rows of one list still open in a second; all of them are in records.csv."""
Listed = tuple[FiledAgency, Record]
"""A record and whose it is."""


def records_name(register: Register) -> str:
    """The name of the sheet of a list."""
    return f"清单{register.name}"


def listed(result: Judged, register: Register) -> list[Listed]:
    """Every record of a list that was filed, in the order of the agencies and of their files."""
    return [
        (owner, record)
        for owner in result.filed
        for one in owner.file.submission.lists
        if one.register == register.id
        for record in one.records
    ]


def record_rows(result: Judged) -> dict[tuple[str, str, str, int], tuple[str, int]]:
    """The sheet and row of each record that is shown, by the name of its list, its agency's code, and where it stands in
    the agency's file."""
    return {
        (register.name, owner.agency.code, record.sheet, record.row): (records_name(register), RECORDS_TOP + 1 + number)
        for register in result.form.registers
        for number, (owner, record) in enumerate(listed(result, register)[:MOST_RECORDS])
    }
