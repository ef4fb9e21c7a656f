"""Reads .xlsx and its kin (.xlsm, .xltx, Strict): values by python-calamine, or else by openpyxl; markup by ourselves."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from lxml import etree

from workbook_tool.files.intake.formats.cell_notes import notes_of
from workbook_tool.files.intake.formats.cell_styles import styles_of
from workbook_tool.files.intake.formats.markup import BROKEN, MOST_SHEETS, Markup
from workbook_tool.files.intake.formats.moulds import scan_sheet
from workbook_tool.files.intake.formats.package import Package, related
from workbook_tool.files.opc import ID
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.regex import regex

Cells = dict[Place, Content]
IDS = (ID, "{http://purl.oclc.org/ooxml/officeDocument/relationships}id")
NO_WORKSHEETS = ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet", "")
"""Kinds of sheets without cells of their own; the last is one that refers to no part at all."""
SPARE_STRINGS = 1000
STRINGS = regex(rb"<(?:\w+:)?si\b")
ANNOUNCED = regex(rb"""uniqueCount\s*=\s*["'](\d+)""")


def read_xlsx(content: bytes, parts: Package, book: str, root: etree._Element) -> tuple[Sheet, ...]:
    """The worksheets of a package whose guard has passed; ``book`` is its workbook part and ``root`` what stands in it.

    Raises Unreadable where neither reader opens it, or where values and markup disagree.
    """
    markups = scan_sheets(parts, book, root)
    found = calamine_cells(content)
    if found is None or not markups.keys() <= found.keys():
        found = openpyxl_cells(content, markups)
    if any(cells for name, cells in found.items() if name not in markups):  # a sheet must not be lost in silence
        raise Unreadable(BROKEN)
    return tuple(markup.complete(name, found[name]) for name, markup in markups.items())


def scan_sheets(parts: Package, book: str, root: etree._Element) -> dict[str, Markup]:
    """What the markup of each worksheet tells, by sheet name. ``book`` is the workbook part, ``root`` its markup.

    Raises Unreadable where the markup is broken, or asks for more room than any honest form needs.
    """
    targets = related(parts, book)
    texts = {name for kind, name in targets.values() if kind == "sharedStrings"}
    for name, data in parts.items():
        if name in texts or name.endswith("sharedstrings.xml"):  # some readers go by the name
            refuse_string_bomb(data)
    nodes, styles = root.findall("{*}sheets/{*}sheet"), styles_of(parts, targets)
    if len(nodes) > MOST_SHEETS:
        raise Unreadable(f"有 {len(nodes)} 张工作表，不是正常的填报表")
    found: dict[str, Markup] = {}
    for node in nodes:
        kind, target = targets.get(next(filter(None, map(node.get, IDS)), ""), ("", ""))
        if kind in NO_WORKSHEETS:
            continue
        name = node.get("name", "")
        if kind != "worksheet" or name in found or target not in parts:
            raise Unreadable(BROKEN)
        found[name] = scan_sheet(name, parts[target], node.get("state", "visible") != "visible", styles)
        found[name].notes = notes_of(parts, target)
    return found


def refuse_string_bomb(strings: bytes) -> None:
    """The announced number of texts makes readers set room aside; it must be near the true one."""
    announced = max((int(number) for number in ANNOUNCED.findall(strings)), default=0)
    if announced > SPARE_STRINGS and announced > 2 * len(STRINGS.findall(strings)) + SPARE_STRINGS:
        raise Unreadable("文件声明的文字数量与实际不符，可能已损坏；请用 Excel 或 WPS 重新保存为 .xlsx 后再报")


def calamine_cells(content: bytes) -> dict[str, Cells] | None:
    """The values by sheet name; None where calamine does not read the file."""
    try:
        return {name: values(rows) for name, rows in sheet_rows(content)}
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # its panics are no Exception
        return None


def sheet_rows(content: bytes) -> list[tuple[str, Sequence[Sequence[Content]]]]:
    """Names and rows of the worksheets; charts and macro sheets have none."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [
        (sheet.name, workbook.get_sheet_by_index(index).to_python(skip_empty_area=False))
        for index, sheet in enumerate(workbook.sheets_metadata)
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]


def values(rows: Sequence[Sequence[Content]]) -> Cells:
    """The cells that are not empty, by place."""
    return {(r, c): value for r, row in enumerate(rows) for c, value in enumerate(row) if value != ""}


def openpyxl_cells(content: bytes, markups: Mapping[str, Markup]) -> dict[str, Cells]:
    """The values by sheet name, as calamine would give them. Raises Unreadable where openpyxl does not read the file
    either."""
    import openpyxl

    covered = any(markup.covered for markup in markups.values())  # which only streaming gives
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=covered)
            return {name: cells_of(book[name], markup, covered) for name, markup in markups.items()}
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable(BROKEN) from error


def cells_of(sheet: Any, markup: Markup, streamed: bool) -> dict[Place, Content]:
    """What stands in the cells that hold anything. A sheet that says where it ends is not believed."""
    if streamed:
        sheet.reset_dimensions()
        cells = (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)
        found = {(cell.row - 1, cell.column - 1): cell.value for cell in cells}
    else:
        found = {(row, column): sheet.cell(row + 1, column + 1).value for row, column in markup.filled}
    return {place: as_calamine(value) for place, value in found.items() if value not in (None, "")}


def as_calamine(value: object) -> Content:
    """Numbers are floats, a moment at midnight is a day, and anything else that openpyxl knows is a text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value if isinstance(value, str | float | bool | date | time | timedelta) else str(value)
