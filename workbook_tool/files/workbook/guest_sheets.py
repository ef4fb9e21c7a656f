"""Sheets of ours as guests in somebody else's workbook: their texts stand in their own cells, and their looks have the
numbers that they have there."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from functools import cache

import xlsxwriter
from lxml import etree
from xlsxwriter.format import Format
from xlsxwriter.utility import _preserve_whitespace
from xlsxwriter.workbook import Workbook

from workbook_tool.files.opc import Parts, main
from workbook_tool.files.workbook.own_sheet import OwnSheet
from workbook_tool.files.workbook.render import OPTIONS, SheetWriter, rendered
from workbook_tool.files.workbook.theme import ROLES
from workbook_tool.model.cells import position
from workbook_tool.model.workbook.book import Book, BookSheet


class GuestSheet(OwnSheet):
    """A worksheet that writes its texts where they stand."""

    def _rest(self, value: str | int | float | None) -> str:
        if not isinstance(value, str):
            return super()._rest(value)
        space = ' xml:space="preserve"' if _preserve_whitespace(value) else ""
        text = self._escape_data(self._escape_control_characters(value))
        return f' t="inlineStr"><is><t{space}>{text}</t></is></c>'

    def markup(self) -> bytes:
        """The whole of it, once it is settled."""
        self._set_xml_writer(io.StringIO())
        self._assemble_xml_file()
        return str(self.fh.getvalue()).encode()


class GuestWriter(SheetWriter):
    """Writes sheets whose looks are there already: ``number_of`` a role."""

    def __init__(self, workbook: Workbook, number_of: Callable[[str], int]) -> None:
        super().__init__(workbook)
        self.number_of = number_of

    def format(self, role: str) -> Format:
        """The look of a role, by its number alone."""
        if role not in self.formats:
            self.formats[role] = Format()
            self.formats[role].xf_index = self.number_of(role)
        return self.formats[role]


def guest_sheets(book: Book, number_of: Callable[[str], int]) -> Iterator[tuple[BookSheet, bytes]]:
    """Each sheet with its markup; those that people see are selected. ``number_of`` tells the number of a role's look. For
    plain sheets, without conditions or what stands in a part of its own (charts, Tables, notes)."""
    workbook = xlsxwriter.Workbook(io.BytesIO(), deepcopy(OPTIONS))
    writer = GuestWriter(workbook, number_of)
    for sheet in book.sheets:
        worksheet = workbook.add_worksheet(sheet.name, GuestSheet)
        if sheet.in_view:
            worksheet.select()
        writer.fill(worksheet, sheet)
        yield sheet, worksheet.markup()


@cache
def own_looks() -> tuple[etree._Element, dict[str, int]]:
    """The style sheet of a workbook that has every role of the theme, and the numbers of their looks there."""
    book = Book("", date(2000, 1, 1))
    sheet = book.sheet("样")
    for row, role in enumerate(ROLES):
        sheet.put(row, 0, None, role)
    parts = Parts(rendered(book))
    cells = parts.look("xl/worksheets/sheet1.xml").iter(main("c"))
    numbers = {position(cell.get("r", ""))[0]: int(cell.get("s", "0")) for cell in cells}
    return parts.look("xl/styles.xml"), {role: numbers[row] for row, role in enumerate(ROLES)}
