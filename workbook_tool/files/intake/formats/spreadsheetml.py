"""Reads the XML of Excel 2003 (SpreadsheetML), which many systems write under the name of an .xls."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

from lxml import etree

from workbook_tool.files.intake.formats.laid_out import LaidOut
from workbook_tool.files.intake.formats.looks import DIGIT, ERROR, LEAST_HEIGHT, LEAST_WIDTH, rounded_look
from workbook_tool.files.intake.formats.markup import BROKEN, MOST_COLUMNS, MOST_ROWS, MOST_SHEETS
from workbook_tool.files.intake.formats.ods import in_a1 as from_openformula
from workbook_tool.files.intake.formats.package import parse_xml, refuse_doctype
from workbook_tool.files.intake.formats.spreadsheetml_looks import SS, NamedStyles
from workbook_tool.files.intake.formats.stored import moment, stored_number
from workbook_tool.model.cells import column_name
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Content, ErrorValue, Place, Sheet, Uncomputed
from workbook_tool.model.regex import regex

EXCEL = "{urn:schemas-microsoft-com:office:excel}"
BEGINNING = regex(r"<(?:\w+:)?workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet", re.IGNORECASE)
NOT_SHOWN = ("SheetHidden", "SheetVeryHidden")
REFERENCE = regex(
    r"""("[^"]*"|'[^']*')"""  # texts and names of sheets stay
    r"""|(?<![\w.\]])R(?:\[(-?\d{1,7})\]|(\d{1,7}))?C(?:\[(-?\d{1,5})\]|(\d{1,5}))?(?![\w(.\[])"""
    r"""|(?<![\w.\]])[RC](?:\[-?\d{1,7}\]|\d{1,7})?(?![\w(.\[!])"""
)
"""A cell as R1C1 writes it, or a whole row or column."""


def is_spreadsheetml(text: str) -> bool:
    """Whether a text begins as such a workbook does."""
    return BEGINNING.search(text) is not None


def read_spreadsheetml(content: bytes) -> tuple[Sheet, ...]:
    """The worksheets. Raises Unreadable where the file is broken or asks for more room than an honest form."""
    content = content.removeprefix(codecs.BOM_UTF8).lstrip()
    refuse_doctype(content)
    root = parse_xml(content)
    tables = root.findall(f"{SS}Worksheet")
    if len(tables) > MOST_SHEETS:
        raise Unreadable(f"有 {len(tables)} 张工作表，不是正常的填报表")
    styles = NamedStyles(root)
    try:
        return tuple(read_worksheet(node, styles) for node in tables)
    except (ValueError, OverflowError) as error:
        raise Unreadable(BROKEN) from error


def read_worksheet(node: etree._Element, styles: NamedStyles) -> Sheet:
    """One sheet. Raises ValueError where its markup is broken."""
    found = LaidOut(node.get(f"{SS}Name", ""))
    table = node.find(f"{SS}Table")
    if table is not None:
        columns, whole = list(read_columns(table, found)), table.get(f"{SS}StyleID", "")
        for row, line in numbered(table.iterchildren(f"{SS}Row"), MOST_ROWS):
            if unseen(line, "Height", LEAST_HEIGHT, table.get(f"{SS}DefaultRowHeight")):
                found.hidden_rows.append((row, row + 1 + count(line, "Span")))
            read_row(found, line, row, lambda at: named(columns, at) or whole, styles)
    shown = node.findtext(f"{EXCEL}WorksheetOptions/{EXCEL}Visible", "")
    return found.sheet(shown in NOT_SHOWN)


def read_columns(table: etree._Element, found: LaidOut) -> Iterator[tuple[int, int, str]]:
    """The first column, the one behind the last, and the style of each group of equal ones; what is hidden is noted."""
    usual = table.get(f"{SS}DefaultColumnWidth")
    for column, node in numbered(table.iterchildren(f"{SS}Column"), MOST_COLUMNS):
        end = column + 1 + count(node, "Span")
        if unseen(node, "Width", LEAST_WIDTH * DIGIT, usual):
            found.hidden_columns.append((column, end))
        yield column, end, node.get(f"{SS}StyleID", "")


def numbered(nodes: Iterator[etree._Element], most: int) -> Iterator[tuple[int, etree._Element]]:
    """Each line with its place from 0: the one that it names, or else behind the line before. Raises ValueError where
    that is off the sheet."""
    at = 0
    for node in nodes:
        at = int(node.get(f"{SS}Index", at + 1)) - 1
        if not 0 <= at < most:
            raise ValueError("off the sheet")
        yield at, node
        at += 1 + count(node, "Span")


def count(node: etree._Element, name: str) -> int:
    """How many more lines or cells this one stands for. Raises ValueError below 0."""
    more = int(node.get(f"{SS}{name}", "0"))
    if more < 0:
        raise ValueError("fewer than none")
    return more


def unseen(node: etree._Element, size: str, least: float, usual: str | None) -> bool:
    """Whether nobody sees a line: it is hidden, or next to nothing high or wide."""
    told = node.get(f"{SS}{size}", usual)
    return node.get(f"{SS}Hidden") == "1" or (told is not None and float(told) < least)


def named(columns: list[tuple[int, int, str]], at: int) -> str:
    """The style of a column."""
    return next((style for first, end, style in columns if first <= at < end), "")


def read_row(found: LaidOut, line: etree._Element, row: int, usual: Callable[[int], str], styles: NamedStyles) -> None:
    """The cells of one row, in the style that they name, or else their row, or else (``usual``) their column."""
    column = 0
    for cell in line.iterchildren(f"{SS}Cell"):
        named = cell.get(f"{SS}Index")
        column = found.free(row, column) if named is None else int(named) - 1
        if not 0 <= column < MOST_COLUMNS:
            raise ValueError("off the sheet")
        place, across, down = (row, column), count(cell, "MergeAcross"), count(cell, "MergeDown")
        formula = cell.get(f"{SS}Formula")
        told = None if formula is None else in_a1(formula, place)
        name, content = cell.get(f"{SS}StyleID") or line.get(f"{SS}StyleID") or usual(column), content_of(cell, told)
        look = styles.look(name, cell) or rounded_look(styles.style(name), content)
        found.put(place, content, look, told)
        if across or down:
            found.merge(place, (row + down, column + across))
        column += 1 + across


def content_of(cell: etree._Element, formula: str | None) -> Content:
    """A cell's content; empty text where there is nothing. Raises ValueError where the stored value is none."""
    data = cell.find(f"{SS}Data")
    if data is None:
        return "" if formula is None else Uncomputed(formula)
    kind, text = data.get(f"{SS}Type", "String"), "".join(map(str, data.itertext()))
    if kind == "Error" or (formula is not None and ERROR.fullmatch(text)):
        return ErrorValue(text or "#ERR")
    if kind == "Number":
        return stored_number(text)
    if kind == "DateTime":
        return moment(text)
    if kind == "Boolean":
        return text.strip() == "1"
    return text


def in_a1(formula: str, place: Place) -> str:
    """A formula of R1C1 as it would be written in A1: ``=SUM(RC[-2]:RC[-1])`` in C1 is ``SUM(A1:B1)``. Empty where it
    speaks of whole rows or columns, or leads off the sheet. LibreOffice writes its own kind of formula even here."""
    if formula.startswith("of:"):
        return from_openformula(formula)

    def one(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        by_row, row, by_column, column = match[2], match[3], match[4], match[5]
        if match[0][0] == "C" or "C" not in match[0]:
            raise IndexError("a whole row or column")
        down = int(row) - 1 if row else place[0] + int(by_row or 0)
        across = int(column) - 1 if column else place[1] + int(by_column or 0)
        if down < 0 or across < 0:
            raise IndexError("off the sheet")
        return f"{'$' if column else ''}{column_name(across)}{'$' if row else ''}{down + 1}"

    try:
        return REFERENCE.sub(one, formula.removeprefix("="))
    except IndexError:
        return ""
