"""An agency's own file, marked: its package is edited, and what nobody asked for stays byte by byte as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree
from msgspec.structs import replace

from workbook_tool.files.intake.formats.locked import OLE
from workbook_tool.files.opc import OddPackage, Parts, serialized, sizes
from workbook_tool.files.returns.comments import Notes
from workbook_tool.files.returns.fills import Cells, fill, wipe
from workbook_tool.files.returns.proof import only_marked
from workbook_tool.files.returns.sheets import add_sheets, book_part, worksheets
from workbook_tool.files.returns.styles import MarkStyles
from workbook_tool.model.errors import Unmarkable
from workbook_tool.model.intake.explanation import MARKER, RETURN_SHEET
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Place
from workbook_tool.model.returns.returned import Marks
from workbook_tool.model.workbook.book import Book

ROUND = "round"
ODD = "文件内部结构不常见"
FAST = 1
"""How hard edited parts are packed: a copy is sent once, and grows by a twentieth."""
MOST_BYTES = 16 << 20
"""Of markup. A form has a hundredth of it; more would take this process more memory than it should."""
ENDINGS = {b"template.macroEnabled.main": "xltm", b"sheet.macroEnabled.main": "xlsm", b"template.main": "xltx"}


def marked_copy(content: bytes, marks: Marks, notice: Book, round: int) -> tuple[bytes, str]:
    """The bytes of a workbook with these marks, the sheets of ``notice`` beside its own, and the round in its identity; and
    the ending of its name.

    Raises Unmarkable where the file is of another kind, or where the copy would not read as the file does.
    """
    if content[:8] == OLE:
        raise Unmarkable("文件是旧格式（.xls、.et）或有打开密码")
    if content[:2] != b"PK":
        raise Unmarkable("文件是文本（.csv、.txt）、网页、XML 或平面 .ods 格式")
    try:
        return edited(content, marks, notice, round)
    except OddPackage as error:
        raise Unmarkable(ODD) from error


def edited(content: bytes, marks: Marks, notice: Book, round: int) -> tuple[bytes, str]:
    """The same for what is a package."""
    told = sizes(content)
    if sum(size for name, size in told.items() if name.endswith(".xml")) > MOST_BYTES:
        raise Unmarkable("文件太大")
    if "content.xml" in told:
        raise Unmarkable("文件是 .ods 格式")
    parts = Parts(content)
    book = book_part(parts)
    sheets = worksheets(parts, book)
    place = round_place(parts, book, sheets)
    styles = MarkStyles(parts, book)
    mark_sheets(parts, styles, sheets, marks, place, round)
    tell_round(parts, round)
    add_sheets(parts, book, styles, notice if IDENTITY_SHEET not in sheets else without_identity(notice))
    return parts.pack(FAST), ending_of(parts)


def ending_of(parts: Parts) -> str:
    """The ending that programs expect of a workbook, by what it says of itself; its own name may have been wrong."""
    types = parts.found[parts.types]
    return next((ending for kind, ending in ENDINGS.items() if kind in types), "xlsx")


def mark_sheets(
    parts: Parts, styles: MarkStyles, sheets: Mapping[str, str], marks: Marks, place: Place | None, round: int
) -> None:
    """All edits of the sheets that are there. ``place`` is where the identity tells the round."""
    if not marks.keys() <= sheets.keys():
        raise Unmarkable(ODD)
    again = RETURN_SHEET in sheets or any(MARKER.encode() in data for data in parts.data.values())
    for name, part in sheets.items():
        own, told = marks.get(name, {}), place if name == IDENTITY_SHEET else None
        if name == RETURN_SHEET or not (again or own or told):
            continue
        before = serialized(parts.look(part))
        if again:
            wipe(parts.edit(part), styles)
            Notes(parts, part).wipe()
        if own:
            fill(parts.edit(part), own, styles)
            Notes(parts, part).add({place: one.note for place, one in own.items()})
        if told:
            Cells(parts.edit(part)).set_number(told, round)
        if not only_marked(before, parts.settle(part), told):
            raise Unmarkable(ODD)


def without_identity(notice: Book) -> Book:
    """The notice without its hidden identity, for a file that brings its own."""
    return replace(notice, sheets=[sheet for sheet in notice.sheets if sheet.name != IDENTITY_SHEET])


def round_place(parts: Parts, book: str, sheets: Mapping[str, str]) -> Place | None:
    """Where the hidden identity tells its round; None without an identity, or where it tells none."""
    if IDENTITY_SHEET not in sheets:
        return None
    shared = parts.one_related(book, "sharedStrings")
    texts = parts.look(shared) if shared else ()
    cells = Cells(parts.look(sheets[IDENTITY_SHEET]))
    labels = ((row, cells.of_row(row).get(0)) for row in cells.rows)
    return next(((row, 1) for row, cell in labels if cell is not None and text_of(cell, texts) == ROUND), None)


def text_of(cell: etree._Element, texts: Sequence[etree._Element] | etree._Element) -> str:
    """What a cell says, its own text or one of the workbook's."""
    said = "".join(map(str, cell.itertext()))
    return "".join(map(str, texts[int(said)].itertext())) if cell.get("t") == "s" and said.isdigit() else said


def tell_round(parts: Parts, round: int) -> None:
    """The properties of an issued file repeat its identity."""
    properties = parts.find("docProps/custom.xml")
    if properties is None or b"workbook-tool" not in parts.data[properties]:
        return
    for node in parts.edit(properties):
        if node.get("name") == ROUND and len(node):
            node[0].text = str(round)
