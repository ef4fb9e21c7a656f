"""A document while it is read: its paragraphs and its tables, in their order, within what honest reports stay in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.files.intake.formats.kinds import SEND
from workbook_tool.files.intake.formats.laid_out import LaidOut
from workbook_tool.files.intake.formats.looks import PLAIN_STYLE, Style, look_of_pieces
from workbook_tool.files.intake.formats.stored import typed, typed_look
from workbook_tool.model.errors import Document, Unreadable
from workbook_tool.model.intake.submission import Place, Sheet
from workbook_tool.model.locations import TEXT, table_name
from workbook_tool.model.regex import regex

MOST_TABLES, MOST_PARAGRAPHS, MOST_ACROSS = 256, 50_000, 1000
"""No honest report has more tables or paragraphs, and none of its cells goes further."""
HEAD_ROWS = 6
"""So many rows at most are the head of a table, which may be repeated where a page breaks."""
BETWEEN = regex(r"[(（]?续(上|前)?表?[一二三四五六七八九十\d]*[)）]?|[-—–·第\s]*\d+[-—–·页\s]*(/\s*\d+)?")
"""A line that does not part a table from what follows of it: a word that it goes on, or the number of a page."""
CLOSE = 0.02
"""Two tables have the same columns where no edge differs by more than this part of their width."""
Pieces = list[tuple[str, Style]]


class WrittenTable(LaidOut):
    """A table of a document. ``edges`` are the right ends of its columns in any unit, none where nothing tells them;
    ``pages`` the first and last it stands on, where there are pages."""

    name: str = ""
    edges: tuple[float, ...] = ()
    pages: tuple[int, int] | None = None
    height: int = 0
    shown: dict[Place, str] = field(default_factory=dict)
    nodes: dict[Place, Any] = field(default_factory=dict)

    def write(self, place: Place, pieces: Pieces, node: Any = None) -> None:
        """What a cell shows, piece by piece; ``node`` is where it stands in the markup. Raises Unreadable where that is too far out."""
        if place[1] > MOST_ACROSS:
            raise Unreadable(f"文档里有一个表宽到第 {place[1]} 列，不是正常的报告")
        text = "".join(text for text, _ in pieces).strip()
        look = look_of_pieces(Style(), pieces)
        self.shown[place] = text
        if node is not None:
            self.nodes[place] = node
        content = text if look and look.runs else typed(text)
        self.put(place, content, look or typed_look(text, content))

    def line(self, row: int) -> dict[int, str]:
        """What stands in a row, by column."""
        return {column: text for (at, column), text in self.shown.items() if at == row and text}

    def cells_across(self, row: int) -> set[tuple[int, int]]:
        """From which to which column its cells go that stand in a row, those from above too that reach into it."""
        reach = ((first, self.merged.get(first, first)) for first in self.shown)
        return {(left, right) for (top, left), (bottom, right) in reach if top <= row <= bottom}

    def continues(self, other: WrittenTable) -> bool:
        """Whether this may be the rest of a table that a page break cut: its columns are the same."""
        if len(self.edges) != len(other.edges) or not self.edges:
            return False
        width = max(self.edges[-1], other.edges[-1], 1)
        return all(abs(a - b) <= CLOSE * width for a, b in zip(self.edges, other.edges, strict=True))

    def mended(self, rest: WrittenTable) -> WrittenTable:
        """The rest of this table without its first row, which is the other half of the last one here: what it says is
        written behind what stands there."""
        last = self.height - 1
        left = replace(rest, cells={}, looks={}, shown={}, merged={}, hidden_rows=[], height=rest.height - 1)
        for (row, column), text in rest.shown.items():
            if row:
                left.shown[row - 1, column] = text
            elif text:
                whole = "\n".join(filter(None, (self.shown.get((last, column), ""), text)))
                self.write((last, column), [(whole, PLAIN_STYLE)])
        for (row, column), content in rest.cells.items():
            if row:
                left.put((row - 1, column), content, rest.looks.get((row, column)))
        left.merged = {(top - 1, c): (bottom - 1, right) for (top, c), (bottom, right) in rest.merged.items() if top}
        return left

    def go_on(self, rest: WrittenTable) -> None:
        """Take in the rest of this table, but for a head that it repeats."""
        skip = 0
        while skip < min(HEAD_ROWS, self.height, rest.height) and rest.line(skip) == self.line(skip):
            skip += 1
        down = self.height - skip
        for place, text in rest.shown.items():
            if place[0] >= skip:
                at = (place[0] + down, place[1])
                self.shown[at] = text
                self.nodes |= {at: rest.nodes[place]} if place in rest.nodes else {}
                if place in rest.cells:
                    self.put(at, rest.cells[place], rest.looks.get(place))
        for (top, left), (bottom, right) in rest.merged.items():
            if top >= skip:
                self.merged[top + down, left] = (bottom + down, right)
        self.hidden_rows += [(first + down, end + down) for first, end in rest.hidden_rows if first >= skip]
        self.height += rest.height - skip
        if self.pages and rest.pages:
            self.pages = (self.pages[0], rest.pages[1])


class Written(Struct):
    """What was found of a document so far. ``together``: nothing but an empty line stands behind the last table."""

    paragraphs: list[str] = field(default_factory=list)
    tables: list[WrittenTable] = field(default_factory=list)
    together: bool = False
    nodes: list[Any] = field(default_factory=list)

    def write(self, text: str, node: Any = None) -> None:
        """A paragraph beside the tables; ``node`` is where it stands in the markup. Raises Unreadable where there are too many."""
        text = text.strip()
        if not text:
            return
        self.paragraphs.append(text)
        self.nodes.append(node)
        self.together = self.together and BETWEEN.fullmatch(text) is not None
        if len(self.paragraphs) > MOST_PARAGRAPHS:
            raise Unreadable(f"文档有超过 {MOST_PARAGRAPHS} 个段落，不是正常的报告")

    def take(self, table: WrittenTable) -> None:
        """A table that was read whole, or the rest of the one before it. Raises Unreadable where there are too many."""
        if self.together and self.tables[-1].continues(table):
            self.tables[-1].go_on(table)
        elif table.shown:
            self.tables.append(table)
            self.together = True
        if len(self.tables) > MOST_TABLES:
            raise Unreadable(f"文档里有超过 {MOST_TABLES} 个表，不是正常的报告")

    def sheets(self, kind: str) -> tuple[Sheet, ...]:
        """The tables, and then the text. Raises Document where there is neither; ``kind`` says what it is to a clerk."""
        lines = {(row, 0): text for row, text in enumerate(self.paragraphs)}
        if not lines and not self.tables:
            raise Document(f"这是{kind}，里面没有文字；{SEND}")
        for number, table in enumerate(self.tables, 1):
            table.name = table_name(number, table.pages)
        read = (*(table.sheet() for table in self.tables), Sheet(TEXT, dict(lines)))
        return tuple(replace(sheet, document=kind, untyped=True) for sheet in read)


def edges_of(widths: Sequence[float]) -> tuple[float, ...]:
    """The right ends of columns of these widths."""
    made, end = [], 0.0
    for width in widths[: MOST_ACROSS + 1]:
        end += width
        made.append(end)
    return tuple(made)
