"""Reads .docx and its kin (.docm, .dotx, Strict) from the markup itself: what Word shows, and nothing else.

Insertions are kept and deletions are gone, hidden text is left out, of a text box that is there twice only what Word
shows counts, and a table that a page break cut is put together again. What cannot be told is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from workbook_tool.files.intake.formats.docx_styles import DocxStyles, Face, ground_of, is_on, own, said, tag
from workbook_tool.files.intake.formats.looks import LEAST_HEIGHT, Style
from workbook_tool.files.intake.formats.package import Package, parse_xml, related
from workbook_tool.files.intake.formats.story import DocumentStory
from workbook_tool.files.intake.formats.written import MOST_ACROSS, WrittenTable, edges_of
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Place, Sheet

KIND = "Word 文件（.docx）"
GONE = {"del", "moveFrom", "delText", "instrText", "delInstrText", "rt", "Fallback"}
"""What is there no longer, or is no text."""
NOTES = {"pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr", "tblPrEx", "rubyPr"}
LETTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "sym": "\N{REPLACEMENT CHARACTER}", "ptab": "\t"}
"""What stands for a letter. A symbol of a font of its own may be any."""
UNSETTLED = {"cellDel", "cellIns", "cellMerge"}
REVISED = "文档里有没有接受的表格修订（插入、删除或合并单元格），读不准；请接受全部修订后再报"
FOREIGN = "文档里嵌有另一份文档，读不出来；请用 Word 或 WPS 打开后另存为 .docx 再报"
TOO_WIDE = "文档里有一个表太宽，不是正常的报告"
TWIPS = 20
"""In a point."""


def read_docx(parts: Package, main: str, root: etree._Element) -> tuple[Sheet, ...]:
    """Tables and text of a package whose guard has passed; ``main`` is its main part and ``root`` what stands in it."""
    styles = next((name for kind, name in related(parts, main).values() if kind == "styles" and name in parts), None)
    story = DocxStory(DocxStyles(parse_xml(parts[styles]) if styles else None))
    story.flow(root)
    return story.found.sheets(KIND)


class DocxStory(DocumentStory):
    """The main text of a document while it is read. ``fields`` are those that are open: True where what comes next is
    what a field does, and not what it shows."""

    def __init__(self, styles: DocxStyles) -> None:
        super().__init__()
        self.styles = styles
        self.fields: list[bool] = []

    def standing(self, node: etree._Element) -> Iterator[etree._Element]:
        """The children that count."""
        return standing(node)

    def is_paragraph(self, node: etree._Element) -> bool:
        """Whether this is a paragraph."""
        return tag(node) == "p"

    def is_table(self, node: etree._Element) -> bool:
        """Whether this is a table."""
        return tag(node) == "tbl"

    def shown(self, paragraph: etree._Element, style: Style) -> Iterator[tuple[str, Style]]:
        """What a paragraph shows."""
        return self.pieces(paragraph, self.styles.of_paragraph(paragraph, style.ground))

    def pieces(self, node: etree._Element, face: Face) -> Iterator[tuple[str, Style]]:
        """The text that is shown within an element, piece by piece."""
        for child in standing(node):
            kind = tag(child)
            if kind == "fldChar":
                self.field(said(child, "fldCharType"))
            elif kind in ("t", *LETTERS):
                if not (face.hidden or any(self.fields)):
                    yield (child.text or "") if kind == "t" else LETTERS[kind], face.style
            elif kind == "txbxContent":
                self.boxes.append(child)
            else:
                yield from self.pieces(child, self.styles.of_run(child, face) if kind == "r" else face)

    def field(self, step: str) -> None:
        """A field begins, shows what it made, or ends."""
        if step == "begin":
            self.fields.append(True)
        elif self.fields and step == "separate":
            self.fields[-1] = False
        elif self.fields and step == "end":
            self.fields.pop()

    def table(self, node: etree._Element) -> WrittenTable:
        """One table. Raises Unreadable where it is too wide, or where nobody can tell which cells there are."""
        grid = own(node, "tblGrid")
        widths = [number(said(column, "w")) for column in grid if tag(column) == "gridCol"] if grid is not None else []
        table = WrittenTable(edges=edges_of(widths))
        down: dict[int, Place] = {}
        for line in inside(node, "tr"):
            properties = own(line, "trPr")
            if properties is not None and own(properties, "del") is not None:
                continue
            if properties is not None and unseen(properties):
                table.hidden_rows.append((table.height, table.height + 1))
            self.line(table, line, number(said(own(properties, "gridBefore"))) if properties is not None else 0, down)
            table.height += 1
        return table

    def line(self, table: WrittenTable, line: etree._Element, column: int, down: dict[int, Place]) -> None:
        """The cells of a row from this column on; ``down`` are the cells that reach down into it, by their column."""
        across: Place | None = None
        reached: dict[int, Place] = {}
        for cell in inside(line, "tc"):
            properties = own(cell, "tcPr")
            span, upright, level = spans(properties)
            end = column + span
            if end > MOST_ACROSS:
                raise Unreadable(TOO_WIDE)
            first: Place = (table.height, column)
            if upright == "continue" and column in down:
                first = reached[column] = down[column]
                table.merged[first] = (table.height, table.merged[first][1])
            elif level == "continue" and across is not None:
                table.merged[across] = (table.merged[across][0], end - 1)
            else:
                table.write(first, self.within(cell, Style(ground=ground_of(properties))), cell)
                across = first
                if upright or level or span > 1:
                    table.merged[first] = (table.height, end - 1)
                if upright:
                    reached[column] = first
            column = end
        down.clear()
        down.update(reached)


def standing(node: etree._Element) -> Iterator[etree._Element]:
    """The children that count, without properties and without what is deleted; of alternatives the first. Raises
    Unreadable for a document within the document."""
    chosen = False
    for child in node:
        kind = tag(child)
        if kind == "altChunk":
            raise Unreadable(FOREIGN)
        if kind in NOTES or (kind in GONE and not (kind == "Fallback" and not chosen)):
            continue
        if kind == "Choice":
            if chosen:
                continue
            chosen = True
        if kind == "sdt" and empty(child):
            continue
        yield child


def empty(control: etree._Element) -> bool:
    """Whether a content control shows only what is to be typed into it, and stands in a table."""
    properties = own(control, "sdtPr")
    hint = properties is not None and is_on(own(properties, "showingPlcHdr"))
    return hint and any(tag(above) == "tc" for above in control.iterancestors())


def inside(node: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, whatever they are wrapped in."""
    for child in standing(node):
        if tag(child) == wanted:
            yield child
        elif tag(child) not in ("p", "tbl", "tc", "tr"):
            yield from inside(child, wanted)


def spans(properties: etree._Element | None) -> tuple[int, str, str]:
    """How many columns a cell takes, and whether it begins or goes on with one that is merged downwards, or across:
    ``restart``, ``continue`` or nothing. Raises Unreadable where a change of the cells is not settled."""
    if properties is None:
        return 1, "", ""
    if any(tag(child) in UNSETTLED for child in properties):
        raise Unreadable(REVISED)
    upright, level = own(properties, "vMerge"), own(properties, "hMerge")
    return (
        max(1, min(number(said(own(properties, "gridSpan"))), MOST_ACROSS + 1)),
        "" if upright is None else said(upright) or "continue",
        "" if level is None else said(level) or "continue",
    )


def unseen(properties: etree._Element) -> bool:
    """Whether nobody sees a row: it is hidden, or too low."""
    height = own(properties, "trHeight")
    low = said(height, "hRule") == "exact" and number(said(height)) < LEAST_HEIGHT * TWIPS
    return is_on(own(properties, "hidden")) or low


def number(text: str) -> int:
    """A whole number as Word writes it; 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
