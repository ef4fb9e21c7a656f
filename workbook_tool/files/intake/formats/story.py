"""The story that a document's markup tells, one element below the other: what documents of every kind have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from lxml import etree

from workbook_tool.files.intake.formats.looks import Style
from workbook_tool.files.intake.formats.written import Pieces, Written, WrittenTable


class DocumentStory:
    """The text of a document while it is read. ``boxes`` are text boxes, and tables in cells, that are still to be opened.
    A kind of document says which elements are what, and what they show."""

    def __init__(self) -> None:
        self.found = Written()
        self.boxes: list[etree._Element] = []

    @abstractmethod
    def standing(self, node: etree._Element) -> Iterator[etree._Element]:
        """The children that are shown."""

    @abstractmethod
    def is_paragraph(self, node: etree._Element) -> bool:
        """Whether this is a paragraph."""

    @abstractmethod
    def is_table(self, node: etree._Element) -> bool:
        """Whether this is a table."""

    @abstractmethod
    def shown(self, paragraph: etree._Element, style: Style) -> Iterator[tuple[str, Style]]:
        """What a paragraph shows on a ground of this style, piece by piece."""

    @abstractmethod
    def table(self, node: etree._Element) -> WrittenTable:
        """A table, read whole."""

    def flow(self, node: etree._Element) -> None:
        """Paragraphs and tables, one below the other."""
        for child in self.standing(node):
            if self.is_paragraph(child):
                self.found.write("".join(text for text, _ in self.shown(child, Style())), child)
                self.open_boxes()
            elif self.is_table(child):
                self.found.take(self.table(child))
                self.open_boxes()
            else:
                self.flow(child)

    def open_boxes(self) -> None:
        """What stands in text boxes, and in tables within cells, behind what they hang on."""
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            self.found.together = False
            if self.is_table(box):
                self.found.take(self.table(box))
                self.open_boxes()
            else:
                self.flow(box)
            self.found.together = False

    def within(self, cell: etree._Element, style: Style) -> Pieces:
        """What a cell shows, a line for each of its paragraphs. A text box that lies in it speaks for it."""
        made: Pieces = []
        for paragraph in self.paragraphs(cell):
            made += [("\n", style)] if made else []
            held = len(self.boxes)
            made += self.shown(paragraph, style)
            boxes, self.boxes[held:] = self.boxes[held:], []
            for box in boxes:
                made += [piece for one in self.paragraphs(box) for piece in (("\n", style), *self.shown(one, style))]
        return made

    def paragraphs(self, node: etree._Element) -> Iterator[etree._Element]:
        """The paragraphs of a cell or a text box; tables in it stand for themselves."""
        for child in self.standing(node):
            if self.is_paragraph(child):
                yield child
            elif self.is_table(child):
                self.boxes.append(child)
            else:
                yield from self.paragraphs(child)
