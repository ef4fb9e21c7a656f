"""Reads .ods, and the .fods that is the same in one file, from the markup itself.

python-calamine refuses most of them, and tells neither errors nor what is hidden, so nothing here depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from lxml import etree
from msgspec import field

from workbook_tool.files.intake.formats.cell_notes import LONGEST
from workbook_tool.files.intake.formats.kinds import MIND_MAP, SEND
from workbook_tool.files.intake.formats.laid_out import LaidOut
from workbook_tool.files.intake.formats.looks import ERROR, rounded_look
from workbook_tool.files.intake.formats.markup import BROKEN, MOST_SHEETS
from workbook_tool.files.intake.formats.ods_looks import OFFICE, TABLE, TEXT, OdsStyles
from workbook_tool.files.intake.formats.package import parse_xml, refuse_doctype
from workbook_tool.files.intake.formats.stored import moment, stored_number
from workbook_tool.model.cells import moved
from workbook_tool.model.errors import Document, Unreadable
from workbook_tool.model.intake.submission import Content, ErrorValue, Place, Sheet, Uncomputed
from workbook_tool.model.regex import regex

CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
ROW_GROUPS = {f"{TABLE}{name}" for name in ("table-row-group", "table-header-rows", "table-rows")}
COLUMN_GROUPS = {f"{TABLE}{name}" for name in ("table-column-group", "table-header-columns", "table-columns")}
COVERED = f"{TABLE}covered-table-cell"
CELLS = {f"{TABLE}table-cell", COVERED}
NUMBERS = ("float", "percentage", "currency")
DURATION = regex(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?")
SPACES = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
IN_FORMULA = regex(r"""\"(?:[^"]|"")*\"|\[((?:'(?:[^']|'')*'|[^\]'])*)\]|;""")
REFERENCE = regex(
    r"""(?:(?P<book>'(?:[^']|'')*')\#)?  (?:\$?(?P<sheet>'(?:[^']|'')+'|[^.'\#:\]]+))?  \.(?P<first>[$A-Z0-9]+)
    (?: :(?:\$?(?P<other>'(?:[^']|'')+'|[^.'\#:\]]+))?  \.(?P<last>[$A-Z0-9]+) )?""",
    re.VERBOSE,
)
"""What stands between the brackets of a reference: ``.A1``, ``$'表 三'.A1:.B2``, ``'file:///a.ods'#$甲.A1``."""


class OdsSheet(LaidOut):
    """A sheet while it is read. ``columns_in`` says up to which column which style holds, where a cell names none."""

    columns_in: list[tuple[int, str]] = field(default_factory=list)


def read_ods(xml: bytes, named: bytes = b"") -> tuple[Sheet, ...]:
    """The sheets of a content.xml, ``named`` being the part with the styles that have names. Raises Unreadable where it is broken or asks for more room than an honest form."""
    refuse_doctype(xml)
    root = parse_xml(xml)
    spreadsheet = root.find(f"{OFFICE}body/{OFFICE}spreadsheet")
    if spreadsheet is None:
        other = "xmap-content" in str(root.tag)
        raise Document(MIND_MAP if other else f"这是 OpenDocument 文字或演示文稿，不是表格；{SEND}")
    if named:
        refuse_doctype(named)
    styles = OdsStyles([root, *([parse_xml(named)] if named else [])])
    unseen = styles.unseen()
    tables = spreadsheet.findall(f"{TABLE}table")
    if len(tables) > MOST_SHEETS:
        raise Unreadable(f"有 {len(tables)} 张工作表，不是正常的填报表")
    try:
        return tuple(read_table(table, unseen, styles) for table in tables)
    except (ValueError, OverflowError) as error:
        raise Unreadable(BROKEN) from error


def read_table(table: etree._Element, unseen: set[tuple[str, str]], styles: OdsStyles) -> Sheet:
    """One sheet. Raises ValueError where its markup is broken, Unreadable where its content lies too far out."""
    name = table.get(f"{TABLE}name", "")
    found = OdsSheet(name)
    column = 0
    for node, hidden in lines(table, f"{TABLE}table-column", COLUMN_GROUPS, "table-column", unseen):
        count = repeated(node, "columns")
        if hidden:
            found.hidden_columns.append((column, column + count))
        column += count
        found.columns_in.append((column, node.get(f"{TABLE}default-cell-style-name", "")))
    row = 0
    for node, hidden in lines(table, f"{TABLE}table-row", ROW_GROUPS, "table-row", unseen):
        count = repeated(node, "rows")
        if hidden:
            found.hidden_rows.append((row, row + count))
        read_row(found, node, row, count, styles)
        row += count
    unlit = ("table", table.get(f"{TABLE}style-name", "")) in unseen or table.get(f"{TABLE}display") == "false"
    return found.sheet(unlit)


def lines(
    parent: etree._Element, tag: str, groups: set[str], family: str, unseen: set[tuple[str, str]], hidden: bool = False
) -> Iterator[tuple[etree._Element, bool]]:
    """Rows or columns in order, each with whether it is hidden; groups may hold them, and be folded."""
    for node in parent:
        if node.tag == tag:
            unlit = node.get(f"{TABLE}visibility", "visible") != "visible"
            yield node, hidden or unlit or (family, node.get(f"{TABLE}style-name", "")) in unseen
        elif node.tag in groups:
            yield from lines(node, tag, groups, family, unseen, hidden or node.get(f"{TABLE}display") == "false")


def repeated(node: etree._Element, what: str) -> int:
    """How many equal rows, columns or cells an element stands for. Raises ValueError below 1."""
    count = int(node.get(f"{TABLE}number-{what}-repeated", "1"))
    if count < 1:
        raise ValueError("a cell that is there less than once")
    return count


def read_row(found: OdsSheet, node: etree._Element, row: int, count: int, styles: OdsStyles) -> None:
    """The cells of one row, which stands in the file once for ``count`` equal ones."""
    column = 0
    for cell in node:
        if cell.tag not in CELLS:
            continue
        width = repeated(cell, "columns")
        formula = cell.get(f"{TABLE}formula")
        content = content_of(cell, formula)
        if (said := cell.find(f"{OFFICE}annotation")) is not None and (text := text_of(said).strip()):
            found.notes[row, column] = text[:LONGEST]
        if content != "" or formula is not None:
            found.reach(row + count, column + width)
            places = [(r, c) for r in range(row, row + count) for c in range(column, column + width)]
            if content != "":
                found.cells.update(dict.fromkeys(places, content))
                take_look(found, places, cell, node, styles, content)
            if formula is not None:
                told = in_a1(formula)
                found.formulas.update({p: moved(told, p[0] - row, p[1] - column) for p in places})
        column += width


def take_look(
    found: OdsSheet,
    places: list[Place],
    cell: etree._Element,
    line: etree._Element,
    styles: OdsStyles,
    content: Content,
) -> None:
    """How these equal cells are shown: in the style that they name, else their row, else their column."""
    if cell.tag == COVERED:
        found.covered.update(places)
    down, across = (int(cell.get(f"{TABLE}number-{what}-spanned", "1")) - 1 for what in ("rows", "columns"))
    if down > 0 or across > 0:
        found.merged.update({(row, column): (row + down, column + across) for row, column in places})
    named = cell.get(f"{TABLE}style-name") or line.get(f"{TABLE}default-cell-style-name")
    if named is None:
        named = next((name for end, name in found.columns_in if places[0][1] < end), "")
    if look := styles.look(named, cell) or rounded_look(styles.cell(named), content):
        found.looks.update(dict.fromkeys(places, look))


def content_of(cell: etree._Element, formula: str | None) -> Content:
    """A cell's content; empty text where there is nothing. Raises ValueError where the stored value is none."""
    kind = cell.get(f"{OFFICE}value-type", "")
    text = text_of(cell)
    if cell.get(f"{CALCEXT}value-type") == "error" or (formula is not None and ERROR.fullmatch(text)):
        return ErrorValue(text or "#ERR")
    if kind in NUMBERS:
        return number_of(cell, formula)
    if kind == "date":
        return moment(cell.get(f"{OFFICE}date-value", ""))
    if kind == "time":
        return duration(cell.get(f"{OFFICE}time-value", ""))
    if kind == "boolean":
        return truth(cell.get(f"{OFFICE}boolean-value", ""))
    if formula is not None and not kind and cell.find(f"{TEXT}p") is None:  # an empty result has an empty paragraph
        return Uncomputed(in_a1(formula))
    return text or cell.get(f"{OFFICE}string-value", "")


def number_of(cell: etree._Element, formula: str | None) -> Content:
    """A stored number, or a formula without its result. Raises ValueError for what is no finite number."""
    stored = cell.get(f"{OFFICE}value")
    if stored is None and formula is not None:
        return Uncomputed(in_a1(formula))
    return stored_number(stored or "")


def in_a1(formula: str) -> str:
    """An OpenFormula as Excel would write it: ``of:=SUM([.D5:.I5];[$'表 三'.A1])`` is ``SUM(D5:I5,'表 三'!A1)``."""

    def one(match: re.Match[str]) -> str:
        if match[0] == ";":
            return ","
        part = REFERENCE.fullmatch(match[1] or "")
        if part is None:
            return match[0]
        book, sheet, first, other, last = (part[name] or "" for name in ("book", "sheet", "first", "other", "last"))
        sheets = f"{sheet}:{other}" if other and other != sheet else sheet
        cells = f"{first}:{last}" if last else first
        return f"{'[1]' if book else ''}{sheets}{'!' if sheets or book else ''}{cells}"

    return IN_FORMULA.sub(one, re.sub(r"^\w+:=|^=", "", formula))


def truth(stored: str) -> bool:
    """A stored truth value. Raises ValueError for anything else."""
    if stored not in ("true", "false", "1", "0"):  # XML knows both ways
        raise ValueError("neither true nor false")
    return stored in ("true", "1")


def duration(stored: str) -> time | timedelta:
    """A time of day, or a duration where it is longer than one or negative."""
    match = DURATION.fullmatch(stored)
    if not match or not any(match.groups()[1:]):
        raise ValueError("not a duration")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:5])
    micros = int((match[6] or "0")[:6].ljust(6, "0"))
    length = timedelta(days, seconds, micros, minutes=minutes, hours=hours)
    if match[1] or length >= timedelta(1):
        return -length if match[1] else length
    return (datetime.min + length).time()


def text_of(cell: etree._Element) -> str:
    """The paragraphs of a cell as lines; what is noted beside it does not belong to it."""
    return "\n".join("".join(pieces(paragraph)) for paragraph in cell.iterchildren(f"{TEXT}p", f"{TEXT}h"))


def pieces(node: etree._Element) -> Iterator[str]:
    """The text of a paragraph from left to right, spaces and tabs as such, without what is noted beside it."""
    yield node.text or ""
    for child in node:
        if child.tag == f"{TEXT}s":
            yield " " * min(int(child.get(f"{TEXT}c", "1")), 32_767)
        elif child.tag in SPACES:
            yield SPACES[child.tag]
        elif child.tag != f"{OFFICE}annotation":
            yield from pieces(child)
        yield child.tail or ""
