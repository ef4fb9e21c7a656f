"""Filings as text: the markdown tables from which the tests and the sample office make workbooks.

``## 表三`` names a table of the form; below it stand one or more markdown tables whose first row holds column labels
and whose first column holds row labels. A cell is typed as it stands: ``17`` is a number, ``约17`` and ``'17`` are
texts (as in a spreadsheet, the apostrophe only says so), a blank one stays blank.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.workbook.book import Book, Value

Key = tuple[str, str, str]
BAR = re.compile(r"(?<!\\)\|")
RULER = re.compile(r"[\s|:-]+")


def read_tables(text: str) -> dict[Key, str]:
    """The cells by (table name, row label, column label), blank ones too."""
    cells: dict[Key, str] = {}
    table, columns = "", None
    for line in text.splitlines():
        if not line.startswith("|"):
            table = line.removeprefix("## ").strip() if line.startswith("## ") else table
            columns = None
        elif columns is None:
            columns = split(line)[1:]
        elif not RULER.fullmatch(line) or "-" not in line:
            row, *values = split(line)
            for column, value in zip(columns, values, strict=True):
                if (table, row, column) in cells:
                    raise ValueError(f"twice: {table} {row} {column}")
                cells[table, row, column] = value
    return cells


def split(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in BAR.split(line.strip())[1:-1]]


def typed(text: str) -> int | float | str | None:
    """What a spreadsheet makes of a typed text."""
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    return text.removeprefix("'") or None


def fill(path: Path, form: Form, cells: Mapping[Key, str]) -> None:
    """Type the cells into an issued workbook."""
    book = openpyxl.load_workbook(path)
    type_in(book, form, cells)
    book.save(path)


def fill_lists(path: Path, form: Form, text: str) -> None:
    """Type the records of a form's lists into an issued workbook, below the heads of their columns."""
    book = openpyxl.load_workbook(path)
    for register in form.registers:
        sheet = book[register.name]
        (head,) = [c for line in sheet.iter_rows() for c in line if c.value == register.columns[0].label]
        for down, cells in enumerate(read_records(text, register.name), 1):
            for across, (column, value) in enumerate(zip(register.columns, cells, strict=True)):
                told = date.fromisoformat(value) if value and column.kind == "date" else value or None
                sheet.cell(head.row + down, head.column + across).value = told
    book.save(path)


def read_records(text: str, name: str) -> list[list[str]]:
    """The rows of the one table below a heading."""
    section = next(part for part in text.split("\n## ") if part.startswith(f"{name}\n"))
    return [split(line) for line in section.splitlines() if line.startswith("|")][2:]


def type_in(book: openpyxl.Workbook, form: Form, cells: Mapping[Key, str]) -> None:
    """Type the cells, each into the cell that bears its defined name."""
    for name, value in named(form, cells).items():
        put(book, name, value)


def named(form: Form, cells: Mapping[Key, str]) -> dict[str, int | float | str | None]:
    """What is typed, by the defined name of the cell."""
    names = {(i.table.name, i.row.label, i.column.label): i.cell_name for i in form.items}
    return {names[key]: typed(text) for key, text in cells.items()}


def filled(book: Book, values: Mapping[str, Value]) -> Book:
    """A workbook of ours with these values in the cells of these names, as if it had been typed into before it was
    saved; no formula holds a result. Ten times as quick as openpyxl."""
    left = dict(values)
    for sheet in book.sheets:
        cells = [c._replace(value=None) if c.formula else c for c in sheet.cells]
        sheet.cells[:] = [c._replace(value=left.pop(c.name)) if c.name in left else c for c in cells]
    assert not left, f"no such cells: {sorted(left)}"
    return book


def put(book: openpyxl.Workbook, name: str, value: object) -> None:
    """Type a value into the cell of this defined name."""
    ((sheet, reference),) = book.defined_names[name].destinations
    book[sheet][reference.replace("$", "")].value = value


def content(text: str) -> Content | None:
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else typed(text)


def sheet_of(name: str, rows: list[list[str]]) -> Sheet:
    """A sheet of these rows; ``<`` and ``^`` lie under the merged cell at their left and above."""
    cells: dict[Place, Content] = {}
    reaches: dict[Place, Place] = {}
    home: dict[Place, Place] = {}
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            at = (row, column)
            home[at] = at
            if text in ("<", "^"):
                home[at] = home[(row, column - 1) if text == "<" else (row - 1, column)]
                reaches[home[at]] = at
            elif (told := content(text)) is not None:
                cells[at] = told
    return Sheet(name, cells, reaches=reaches)
