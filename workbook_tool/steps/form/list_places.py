"""Where everything stands in the sheet of a blank list: sums, heads, records, and each column of them."""

from __future__ import annotations

from workbook_tool.model.cells import column_name
from workbook_tool.model.form.live import on_sheet
from workbook_tool.model.form.register import Register, RegisterColumn
from workbook_tool.steps.form.issue import TOP

PREPARED = 500
"""So many rows are prepared; a list may have more."""
COUNTED = 20_000
"""So many rows the live counts look at."""

RECKONED = 2_000
"""So many rows are looked at where a count reckons with every row: more would be slow."""


def levels(register: Register) -> int:
    """How many rows the heads of a list take."""
    return 1 + max(len(column.line.under) for column in register.columns)


def sum_lines(register: Register) -> list[tuple[str, str]]:
    """The lines of sums above the heads: what each is called, and the choice whose records it sums (empty: all)."""
    choices = register.by_id[register.group].choices.lines if register.group else ()
    parts = [(f"{line.label}小计", line.label) for line in choices]
    return [*parts, ("合计", "")] if register.total else []


def sums_row(register: Register) -> int:
    """The first line of sums: below what is said of the list and what is to be signed."""
    return TOP + bool(register.note) + bool(register.sign)


def heads_row(register: Register) -> int:
    """The first row of heads: below all that no count of the rows below must meet."""
    return sums_row(register) + len(sum_lines(register))


def first_row(register: Register) -> int:
    """The first row of records in the sheet of a list."""
    return heads_row(register) + levels(register)


def column_at(register: Register, id: str) -> int:
    """The place of a column in the sheet: behind the one that numbers the rows."""
    return register.places[id] + bool(register.serial)


def columns_in(register: Register) -> list[tuple[int, RegisterColumn]]:
    """The columns with their places in the sheet."""
    return [(column_at(register, column.id), column) for column in register.columns]


def column_of(register: Register, id: str, rows: int = COUNTED) -> str:
    """The cells of a column of a list, for formulas on any sheet."""
    name, first = column_name(column_at(register, id)), first_row(register) + 1
    return f"{on_sheet(register.name)}${name}${first}:${name}${first + rows - 1}"


def literal(text: str) -> str:
    """A text that a count takes as it stands: ``*`` and ``?`` stand for themselves, and a sign at its start for none."""
    escaped = "".join(f"~{c}" if c in "*?~" else c for c in text)
    return f"={escaped}" if escaped[:1] in "=<>" else escaped
