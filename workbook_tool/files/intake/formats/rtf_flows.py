"""The paragraphs of an .rtf, and the cells and tables that they fill: of the document, and of each text box in it."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.files.intake.formats.looks import Style
from workbook_tool.files.intake.formats.rtf_tables import RtfTable
from workbook_tool.files.intake.formats.written import Pieces, Written


class Flow(Struct):
    """A run of paragraphs: of the document, or of a text box in it. ``level`` says in how many tables the paragraph
    stands; ``cell`` holds what the cells that are begun have so far, ``tables`` the tables, the outermost first."""

    line: Pieces = field(default_factory=list)
    level: int = 0
    cells: list[Pieces] = field(default_factory=list)
    tables: list[RtfTable] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


class RtfFlows:
    """What a document says, as it runs: its own paragraphs, and on top those of the text boxes that are open."""

    def __init__(self) -> None:
        self.found = Written()
        self.flows: list[Flow] = [Flow()]

    @property
    def now(self) -> Flow:
        """The one that text goes to."""
        return self.flows[-1]

    def put(self, text: str, style: Style) -> None:
        """A piece of text; in a cell that is shaded nobody knows on what ground."""
        flow = self.now
        shaded = flow.tables and flow.level and any(end.shaded for end in flow.tables[-1].ends)
        flow.line.append((text, replace(style, ground="") if shaded else style))

    def begin_box(self) -> None:
        """A text box begins."""
        self.flows.append(Flow())

    def paragraph(self) -> None:
        """A paragraph ends: in a cell it is a line of it."""
        flow = self.now
        line, flow.line = flow.line, []
        if flow.level:
            self.open(flow.level)
            flow.cells[flow.level - 1] += [*line, ("\n", Style())]
        else:
            self.close_tables(0)
            self.write(joined(line))

    def write(self, text: str) -> None:
        """A paragraph beside the tables, of the document or of a box."""
        if len(self.flows) > 1:
            self.now.texts.append(text)
        else:
            self.found.write(text)

    def open(self, level: int) -> RtfTable:
        """The table of this level; those below it are ended."""
        flow = self.now
        while len(flow.tables) < level:
            flow.tables.append(RtfTable())
            flow.cells.append([])
        return flow.tables[level - 1]

    def cell(self, level: int) -> None:
        """A cell of a table of this level ends."""
        flow = self.now
        table = self.open(level)
        self.close_tables(level)
        table.cells.append(lined([*flow.cells[level - 1], *flow.line]))
        flow.cells[level - 1], flow.line = [], []

    def close_tables(self, level: int) -> None:
        """The tables below this level are whole."""
        flow = self.now
        while len(flow.tables) > level:
            table = flow.tables.pop()
            flow.cells.pop()
            if table.rows:
                inner = level > 0 or len(self.flows) > 1
                self.found.together = self.found.together and not inner
                self.found.take(table.written())
                self.found.together = self.found.together and not inner

    def close_box(self) -> None:
        """A text box ends: in a cell it speaks for it, else it stands by itself."""
        self.paragraph_if_any()
        self.close_tables(0)
        box, flow = self.flows.pop(), self.flows[-1]
        for text in filter(None, map(str.strip, box.texts)):
            if flow.level:
                flow.line += [("\n", Style()), (text, Style())]
            else:
                self.write(text)

    def paragraph_if_any(self) -> None:
        """What stands there without an end."""
        if self.now.line:
            self.paragraph()

    def end(self) -> None:
        """The document is whole."""
        self.paragraph_if_any()
        self.close_tables(0)


def joined(line: Pieces) -> str:
    """The text of pieces, letters that were told in two halves put together."""
    return whole("".join(text for text, _ in line))


def whole(text: str) -> str:
    """The text with letters that were told in two halves put together."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not text.isascii() else text


def lined(pieces: Pieces) -> Pieces:
    """The pieces of a cell, those that follow each other in one style together."""
    made: Pieces = []
    for text, style in pieces:
        if made and made[-1][1] == style:
            made[-1] = (made[-1][0] + text, style)
        else:
            made.append((text, style))
    return [(whole(text), style) for text, style in made]
