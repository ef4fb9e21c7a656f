"""Turns a Book into .xlsx. The only place that writes workbooks; ``theme.py`` says how roles look.

Text is always written as text: never a formula, a link or a number, whatever it looks like. The same Book gives the
same bytes.
"""

from __future__ import annotations

import io
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import xlsxwriter.workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from workbook_tool.files.opc import PACKED
from workbook_tool.files.workbook.arranged import arrange, arrange_print, done
from workbook_tool.files.workbook.drawing import insert_chart, note_box
from workbook_tool.files.workbook.own_sheet import BAND, OwnSheet, plain_text
from workbook_tool.files.workbook.pivots import with_pivots
from workbook_tool.files.workbook.theme import CONDITIONS, fitting, look
from workbook_tool.model.cells import absolute
from workbook_tool.model.errors import unwritten
from workbook_tool.model.form.live import on_sheet
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.book import Book, BookSheet, Cell, FilePath, ListTable, Validation, Value
from workbook_tool.model.workbook.pivot import Source

xlsxwriter.workbook.ZipFile = partial(zipfile.ZipFile, compresslevel=PACKED)  # XlsxWriter has no option for it
PLAIN_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Column widths count in digits of the default font. Those of Arial 10 are 7 pixels wide everywhere: Liberation Sans,
# which stands in for it on Linux, has the same metrics, so that a page breaks alike in Excel, WPS and LibreOffice.
DEFAULT_FONT = {"font_name": "Arial", "font_size": 10}
OPTIONS = {**PLAIN_TEXT, "default_format_properties": DEFAULT_FONT}
PROPERTY_LIMIT, FORMULA_LIMIT = 255, 8192


LARGEST = 10**15
"""No number of a form is larger, nor so far below 0."""


def render(book: Book, path: Path) -> None:
    """Write the Book to ``path``. Raises OutboxError where that cannot be written, and KeyError for an unknown role."""
    try:
        if any(sheet.lines for sheet in book.sheets):
            # Beside it and not where the system keeps such files: what a killed run leaves in its folder is taken away.
            with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as room:
                package = rendered(book, room)
        else:
            package = rendered(book)
        path.write_bytes(package)
    except (OSError, FileCreateError) as error:  # the second is XlsxWriter's word for the first
        raise unwritten(path, error) from error


def rendered(book: Book, room: str | None = None) -> bytes:
    """The Book as the bytes of an .xlsx file; one with long lists needs the ``room`` of a folder for its sheets meanwhile.
    Raises KeyError for an unknown role."""
    package = io.BytesIO()
    options = OPTIONS | {"in_memory": room is None, "tmpdir": room}
    workbook = xlsxwriter.Workbook(package, deepcopy(options))  # it writes into what it is given
    with warnings.catch_warnings():
        # XlsxWriter only warns about what it leaves out, such as a prompt that is too long.
        warnings.simplefilter("error", UserWarning)
        page = SheetWriter(workbook)
        describe(workbook, book)
        sheets = [(workbook.add_worksheet(sheet.name, OwnSheet), sheet) for sheet in book.sheets]
        drawn = {series.sheet for sheet in book.sheets for chart in sheet.charts for series in chart.series}
        for worksheet, sheet in sheets:
            worksheet.drawn = sheet.name in drawn
            page.fill(worksheet, sheet)
        next(w for w, sheet in sheets if sheet.in_view).activate()
        workbook.close()
    return with_pivots(package.getvalue(), book)


def describe(workbook: Workbook, book: Book) -> None:
    """The properties of the file; its date is that of the run, so that the same run gives the same bytes."""
    made = datetime.combine(book.made, time())
    workbook.set_properties({"title": safe_text(book.title), "created": made})
    for key, value in book.properties.items():
        workbook.set_custom_property(key, safe_text(value)[:PROPERTY_LIMIT], "text")


def plain(number: int | float | Decimal) -> int | float:
    """A number as Excel stores it: whole where it is whole."""
    if isinstance(number, Decimal):
        return int(number) if number == number.to_integral_value() else float(number)
    return number


def stored(value: Value) -> str | int | float:
    """The result that is stored with a formula."""
    if value is None:
        return ""
    if isinstance(value, date):
        raise TypeError("a formula stores no date")
    return safe_text(value) if isinstance(value, str) else plain(value)


def quoted(link: str) -> str:
    """A place in the workbook as a link's address: ``甲!D8`` gives ``internal:'甲'!D8``."""
    sheet, _, cell = link.rpartition("!")
    return f"internal:{on_sheet(sheet.strip(chr(39)))}{cell}"


class Beside(Url):  # type: ignore[misc]
    """A link to a file below the workbook's folder, relative so that the run folder can be moved. XlsxWriter asks for its
    target when all else is written, and would part it by ``\\``, which only Windows follows."""

    def __init__(self, file: FilePath, text: str) -> None:
        super().__init__("external:file")
        self.file, self.text = file, text

    def _target(self) -> str:
        return target_of(self.file() if callable(self.file) else self.file)


def target_of(file: str) -> str:
    """A path as a link's target. Raises ValueError for one that leads anywhere but below the workbook's folder."""
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or "\\" in file or ":" in file:
        raise ValueError(f"{file!r} is no file below the workbook's folder")
    return "".join(c if not c.isascii() or c.isalnum() or c in "/_-." else quote(c) for c in file)


class SheetWriter:
    """Puts sheets into one workbook and keeps its formats."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.formats: dict[str, Format] = {}
        self.conditions: dict[str, Format] = {}

    def format(self, role: str) -> Format:
        """The look of a role, made on first use. Raises KeyError for a role that the theme does not know."""
        if role not in self.formats:
            self.formats[role] = self.workbook.add_format(look(role))
        return self.formats[role]

    def condition(self, role: str) -> Format:
        """The look that a role has as a conditional format, made on first use."""
        if role not in self.conditions:
            self.conditions[role] = self.workbook.add_format(look(role, CONDITIONS))
        return self.conditions[role]

    def fill(self, worksheet: OwnSheet, sheet: BookSheet) -> None:
        """Put all that a sheet declares on its worksheet, tables before the cells that they frame."""
        arrange(worksheet, sheet)
        arrange_print(worksheet, sheet.print)
        if sheet.print.filled:
            done(self.workbook.define_name(f"{on_sheet(sheet.name)}_xlnm.Print_Area", f"={sheet.print.filled}"))
        for table in sheet.lists:
            add_list(worksheet, sheet, table)
        for cell in sheet.cells:
            self.put(worksheet, sheet, cell)
        for row in self.many(worksheet, sheet):
            if (row + 1) % BAND == 0 and not worksheet.drawn:
                worksheet.let_go(row + 1)
        for rule in sheet.conditions:
            options = {
                "type": "formula",
                "criteria": rule.formula,
                "format": self.condition(rule.role),
                "stop_if_true": rule.stop,
            }
            done(worksheet.conditional_format(*rule.first, *rule.last, options))
        for validation in sheet.validations:
            done(worksheet.data_validation(*validation.first, *validation.last, validation_options(validation)))
        for chart in sheet.charts:
            insert_chart(self.workbook, worksheet, chart)
        worksheet.settled()

    def many(self, worksheet: OwnSheet, sheet: BookSheet) -> Iterator[int]:
        """The rows that are many, put one after the other, each told as soon as it is whole."""
        for table in sheet.lists:
            if table.source:
                yield from self.put_facts(worksheet, table.first, table.source)
        for lines in sorted(sheet.lines, key=lambda lines: lines.row):
            for row, line in enumerate(lines.made(), lines.row):
                if line.height is not None:
                    done(worksheet.set_row(row, line.height))
                for cell in line.cells:
                    self.put(worksheet, sheet, cell)
                yield row

    def put_facts(self, worksheet: OwnSheet, head: tuple[int, int], source: Source) -> Iterator[int]:
        """The rows that PivotTables are made from below their header, texts first and the figure in the last column."""
        row, column = head
        looks = self.format("fact"), self.format("fact_number")
        for below, fact in enumerate(source.facts, 1):
            if code := worksheet.write_fact(row + below, column, fact.texts, plain(fact.number), looks):
                done(code)
            yield row + below

    def put(self, worksheet: OwnSheet, sheet: BookSheet, cell: Cell) -> None:
        """A cell with its span, link, name and note."""
        row, column, value, role, formula, span, link, name, note, file = cell
        look_of = self.format(fitting(role, value))
        if span != (1, 1):
            done(worksheet.merge_range(row, column, row + span[0] - 1, column + span[1] - 1, "", look_of))
        if link or file:
            # The link stays with the cell when its content is then written as what it is.
            words = plain_text(str(value))
            done(worksheet.write_url(row, column, quoted(link) if link else Beside(file, words), look_of, string=words))
        if formula:
            if len(formula) > FORMULA_LIMIT:
                raise ValueError(f"the formula at row {row + 1} has more than {FORMULA_LIMIT} characters")
            done(worksheet.write_formula(row, column, formula, look_of, stored(value)))
        elif code := write_value(worksheet, row, column, value, look_of):  # seldom, and it is asked a million times
            done(code)
        if name:
            done(self.workbook.define_name(name, f"={on_sheet(sheet.name)}{absolute(row, column)}"))
        if note:
            words = safe_text(note)
            done(worksheet.write_comment(row, column, words, note_box(words)))


def write_value(worksheet: OwnSheet, row: int, column: int, value: Value, look_of: Format) -> object:
    """Write a value as what it is."""
    if isinstance(value, date):
        return worksheet.write_datetime(row, column, datetime.combine(value, time()), look_of)
    if isinstance(value, str):
        return worksheet.write_plain(row, column, plain_text(value) or None, look_of)
    return worksheet.write_plain(row, column, None if value is None else plain(value), look_of)


def add_list(worksheet: Worksheet, sheet: BookSheet, table: ListTable) -> None:
    """An Excel Table over cells that are written afterwards, so that they keep their own looks.

    Excel repairs a file whose header cells differ from the headers of its Table, and one whose Table has no rows.
    """
    row, column = table.first
    texts = {cell.column: cell.value for cell in sheet.cells if cell.row == row}
    if [texts.get(column + i) for i in range(len(table.headers))] != list(table.headers):
        raise ValueError(f"the header row of {table.name} differs from its headers")
    columns = [{"header": safe_text(header)} for header in table.headers]
    options = {"name": table.name, "columns": columns, "style": table.style}
    done(worksheet.add_table(row, column, max(table.last[0], row + 1), table.last[1], options))


def validation_options(validation: Validation) -> dict[str, Any]:
    """What may be typed into a cell, as XlsxWriter wants it told."""
    options: dict[str, Any] = {
        "input_title": validation.prompt_title,
        "input_message": validation.prompt,
        "error_title": validation.error_title,
        "error_message": validation.error,
    }
    if validation.kind == "list":
        return {**options, "validate": "list", "source": validation.source or list(validation.choices)}
    if validation.kind == "date":
        return {
            **options,
            "validate": "date",
            "criteria": "between",
            "minimum": validation.minimum,
            "maximum": validation.maximum,
        }
    kinds = {"whole": "integer", "decimal": "decimal", "any": "any"}
    least = -LARGEST if validation.negative else 0
    return {**options, "validate": kinds[validation.kind], "criteria": ">=", "value": least}
