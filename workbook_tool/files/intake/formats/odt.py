"""Reads .odt, and the .fodt that is the same in one file, from the markup itself: what is shown, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from workbook_tool.files.intake.formats.looks import Style
from workbook_tool.files.intake.formats.markup import BROKEN
from workbook_tool.files.intake.formats.ods_looks import OFFICE, STYLE, TABLE, TEXT, WORDS, OdsStyles, dressed, points
from workbook_tool.files.intake.formats.package import parse_xml, refuse_doctype
from workbook_tool.files.intake.formats.story import DocumentStory
from workbook_tool.files.intake.formats.written import MOST_ACROSS, WrittenTable, edges_of
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Sheet

KIND = "OpenDocument 文字文件（.odt）"
PARAGRAPHS = (f"{TEXT}p", f"{TEXT}h")
TEXT_BOX = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}text-box"
GONE = {
    *(
        f"{TEXT}{name}"
        for name in ("tracked-changes", "note", "number", "ruby-text", "hidden-text", "index-title-template")
    ),
    *(f"{OFFICE}{name}" for name in ("annotation", "annotation-end", "forms", "binary-data", "event-listeners")),
}
"""What was deleted, notes, and what is there for programs."""
LETTERS = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
CELL, COVERED, ROW, COLUMN = (
    f"{TABLE}{name}" for name in ("table-cell", "covered-table-cell", "table-row", "table-column")
)
MOST_DOWN = 20_000
TOO_LARGE = "文档里有一个表太大，不是正常的报告"


def read_odt(xml: bytes, named: bytes = b"") -> tuple[Sheet, ...]:
    """Tables and text of a content.xml, ``named`` being the part with the styles that have names. Raises Unreadable where
    it is broken or asks for more room than an honest report."""
    for part in (xml, named):
        refuse_doctype(part)
    root = parse_xml(xml)
    body = root.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise Unreadable(BROKEN)
    story = OdtStory(OdsStyles([root, *([parse_xml(named)] if named else [])]))
    try:
        story.flow(body)
    except (ValueError, OverflowError) as error:
        raise Unreadable(BROKEN) from error
    return story.found.sheets(KIND)


class OdtStory(DocumentStory):
    """The text of a document while it is read."""

    def __init__(self, styles: OdsStyles) -> None:
        super().__init__()
        self.styles = styles

    def standing(self, node: etree._Element) -> Iterator[etree._Element]:
        """The children that are shown."""
        return (c for c in node if isinstance(c.tag, str) and c.tag not in GONE and not away(c))

    def is_paragraph(self, node: etree._Element) -> bool:
        """Whether this is a paragraph, or a heading."""
        return node.tag in PARAGRAPHS

    def is_table(self, node: etree._Element) -> bool:
        """Whether this is a table."""
        return node.tag == f"{TABLE}table"

    def shown(self, paragraph: etree._Element, style: Style) -> Iterator[tuple[str, Style]]:
        """What a paragraph shows."""
        return self.pieces(paragraph, style)

    def pieces(self, node: etree._Element, style: Style) -> Iterator[tuple[str, Style]]:
        """The text that is shown within an element, piece by piece."""
        named = [
            *self.styles.heritage("paragraph" if node.tag in PARAGRAPHS else WORDS, node.get(f"{TEXT}style-name", ""))
        ]
        if any(hides(one) for one in named):
            return
        for one in reversed(named):
            style = dressed(style, one)
        yield node.text or "", style
        for child in node:
            if child.tag == f"{TEXT}s":
                yield " " * min(int(child.get(f"{TEXT}c", "1")), MOST_ACROSS), style
            elif child.tag in LETTERS:
                yield LETTERS[child.tag], style
            elif child.tag == TEXT_BOX:
                self.boxes.append(child)
            elif child.tag not in GONE and not away(child):
                yield from self.pieces(child, style)
            yield child.tail or "", style

    def table(self, node: etree._Element) -> WrittenTable:
        """One table. Raises Unreadable where it is too large."""
        widths: list[float] = []
        for column in lines(node, COLUMN):
            widths += [self.width(column)] * repeated(column, "columns", MOST_ACROSS)
        table = WrittenTable(edges=edges_of(widths))
        for line in lines(node, ROW):
            if self.unseen(line):
                table.hidden_rows.append((table.height, table.height + 1))
            self.line(table, line)
            table.height += repeated(line, "rows", MOST_DOWN)
            if table.height > MOST_DOWN:
                raise Unreadable(TOO_LARGE)
        return table

    def line(self, table: WrittenTable, line: etree._Element) -> None:
        """The cells of a row; one that is repeated with something in it is no cell of an honest report."""
        column = 0
        for cell in line.iterchildren(CELL, COVERED):
            times = repeated(cell, "columns", MOST_ACROSS)
            if cell.tag == CELL:
                pieces = self.within(cell, self.ground(cell))
                if "".join(text for text, _ in pieces).strip() and (times > 1 or repeated(line, "rows", 2) > 1):
                    raise Unreadable(TOO_LARGE)
                first = (table.height, column)
                table.write(first, pieces)
                down, across = spanned(cell, "rows", MOST_DOWN), spanned(cell, "columns", MOST_ACROSS)
                if down > 1 or across > 1:
                    table.merged[first] = (table.height + down - 1, column + across - 1)
            column += times
            if column > MOST_ACROSS:
                raise Unreadable(TOO_LARGE)

    def ground(self, cell: etree._Element) -> Style:
        """What text in a cell stands on."""
        own = next(self.styles.heritage("table-cell", cell.get(f"{TABLE}style-name", "")), None)
        return Style() if own is None else Style(ground=dressed(Style(), own).ground)

    def width(self, column: etree._Element) -> float:
        """The width of a column in points; 0 where none is told."""
        for node in self.styles.heritage("table-column", column.get(f"{TABLE}style-name", "")):
            for look in node:
                if told := look.get(f"{STYLE}column-width"):
                    return points(told)
        return 0.0

    def unseen(self, line: etree._Element) -> bool:
        """Whether nobody sees a row."""
        name = line.get(f"{TABLE}style-name", "")
        return line.get(f"{TABLE}visibility", "visible") != "visible" or ("table-row", name) in self.styles.unseen()


def away(node: etree._Element) -> bool:
    """Whether a section or a paragraph is hidden, with or without a condition."""
    if node.tag == f"{TEXT}section":
        return node.get(f"{TEXT}display", "true") != "true"
    return node.tag == f"{TEXT}hidden-paragraph" and node.get(f"{TEXT}is-hidden") != "false"


def hides(style: etree._Element) -> bool:
    """Whether what has this style is not shown."""
    return any(look.get(f"{TEXT}display") == "none" for look in style)


def lines(node: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """The rows or the columns of a table, whatever groups they are in."""
    for child in node:
        if child.tag == wanted:
            yield child
        elif child.tag not in (ROW, COLUMN):
            yield from lines(child, wanted)


def repeated(node: etree._Element, what: str, most: int) -> int:
    """How often an element stands there, up to one more than the most."""
    return min(int(node.get(f"{TABLE}number-{what}-repeated", "1")), most + 1)


def spanned(cell: etree._Element, what: str, most: int) -> int:
    """How many rows or columns a cell takes."""
    return min(int(cell.get(f"{TABLE}number-{what}-spanned", "1")), most)
