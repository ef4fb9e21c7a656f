"""An agency's own file, marked: its package is edited, and what nobody asked for stays byte by byte as it was."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

from workbook_tool.files.formats.locked import OLE
from workbook_tool.files.reading import read_sheets
from workbook_tool.files.render import render
from workbook_tool.files.returns.cells import Cells, fill, wipe
from workbook_tool.files.returns.notes import Notes
from workbook_tool.files.returns.parts import Parts
from workbook_tool.files.returns.sheets import add_sheets, book_part, worksheets
from workbook_tool.files.returns.styles import Styles
from workbook_tool.model.book import Book
from workbook_tool.model.errors import Unmarkable
from workbook_tool.model.returned import Marks
from workbook_tool.model.settings import Limits
from workbook_tool.model.submission import IDENTITY_SHEET, RETURN_SHEET, Place, Sheet

ROUND = "round"


def marked_copy(content: bytes, marks: Marks, notice: Book, round: int, limits: Limits) -> bytes:
    """The bytes of a workbook with these marks, the sheets of ``notice`` behind its own, and the round in its identity.

    Raises Unmarkable where the file is of another kind, or where the copy would not read as the file does.
    """
    if content[:8] == OLE:
        raise Unmarkable("文件是旧格式（.xls、.et）或有打开密码")
    if content[:2] != b"PK":
        raise Unmarkable("文件是平面 .ods 格式")
    try:
        before = read_sheets(content, limits)
        parts = Parts(content)
    except zipfile.BadZipFile as error:
        raise Unmarkable("文件内部结构不常见") from error
    mark(parts, marks, notice, round_place(before), round)
    copy = parts.pack()
    if not same_filing(before, read_sheets(copy, limits)):
        raise Unmarkable("文件内部结构不常见")
    return copy


def mark(parts: Parts, marks: Marks, notice: Book, place: Place | None, round: int) -> None:
    """All edits of a package. ``place`` is where its identity tells the round."""
    book = book_part(parts)
    styles, sheets = Styles(parts, book), worksheets(parts, book)
    if not marks.keys() <= sheets.keys():
        raise Unmarkable("文件内部结构不常见")
    again = RETURN_SHEET in sheets
    for name, part in sheets.items():
        own = marks.get(name, {})
        if again and name != RETURN_SHEET:
            wipe(parts.edit(part), styles)
            Notes(parts, part).wipe()
        if own:
            fill(parts.edit(part), own, styles)
            Notes(parts, part).add({place: one.note for place, one in own.items()})
        if name == IDENTITY_SHEET and place:
            Cells(parts.edit(part)).set_number(place, round)
    tell_round(parts, round)
    stream = io.BytesIO()
    render(notice if IDENTITY_SHEET not in sheets else without_identity(notice), stream)
    add_sheets(parts, book, styles, Parts(stream.getvalue()))


def without_identity(notice: Book) -> Book:
    return replace(notice, sheets=[sheet for sheet in notice.sheets if sheet.name != IDENTITY_SHEET])


def round_place(sheets: tuple[Sheet, ...]) -> Place | None:
    """Where the hidden identity has its round: None without an identity, or where it tells none."""
    for sheet in sheets:
        if sheet.name == IDENTITY_SHEET:
            rows = [row for (row, column), text in sheet.cells.items() if column == 0 and text == ROUND]
            return (rows[0], 1) if rows else None
    return None


def tell_round(parts: Parts, round: int) -> None:
    """The properties of an issued file repeat its identity."""
    properties = parts.find("docProps/custom.xml")
    if properties is None or b"workbook-tool" not in parts.data[properties]:
        return
    for node in parts.edit(properties):
        if node.get("name") == ROUND and len(node):
            node[0].text = str(round)


def same_filing(before: tuple[Sheet, ...], after: tuple[Sheet, ...]) -> bool:
    """Whether a copy says what the file says, in every cell, formula and hidden part, but for what we add."""
    old, new = by_name(before), by_name(after)
    added = new.keys() - old.keys()
    return added <= {RETURN_SHEET, IDENTITY_SHEET} and all(
        new.get(name) == sheet for name, sheet in old.items() if name != RETURN_SHEET
    )


def by_name(sheets: tuple[Sheet, ...]) -> dict[str, Sheet]:
    """The sheets, the hidden identity without its round."""
    place = round_place(sheets)
    return {s.name: s if s.name != IDENTITY_SHEET else without(s, place) for s in sheets}


def without(sheet: Sheet, place: Place | None) -> Sheet:
    return replace(sheet, cells={p: content for p, content in sheet.cells.items() if p != place})
