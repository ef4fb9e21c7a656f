"""The tables of an .rtf, which tells no columns: only how far to the right each cell of a row ends."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from workbook_tool.files.intake.formats.written import Pieces, WrittenTable
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Place

NEAR = 45
"""Ends that differ by so little (in twentieths of a point) are one."""
MOST_CELLS = 200
ODD = "文档里有一个表，它的行和格对不上，读不准；请用 Word 或 WPS 打开后另存为 .docx 再报"


class CellEnd(Struct, frozen=True):
    """Where a cell ends, and whether it begins or goes on with one that is merged downwards or across."""

    right: int
    down: str = ""
    across: str = ""
    shaded: bool = False


class RtfRow(Struct):
    """A row: what its cells show, where they end, and where the first begins."""

    cells: list[Pieces]
    ends: list[CellEnd]
    left: int = 0


class RtfTable(Struct):
    """The rows of a table so far; ``cells`` are those of the row that is not yet ended, ``ends`` and ``left`` what is said of
    it, ``next`` what is said of the next cell."""

    rows: list[RtfRow] = field(default_factory=list)
    cells: list[Pieces] = field(default_factory=list)
    ends: list[CellEnd] = field(default_factory=list)
    left: int = 0
    next: dict[str, str | bool] = field(default_factory=dict)

    def begin(self) -> None:
        """What is said of a row begins anew."""
        self.ends, self.left, self.next = [], 0, {}

    def end_cell(self, right: int) -> None:
        """The end of the next cell."""
        down, across = str(self.next.get("down", "")), str(self.next.get("across", ""))
        self.ends.append(CellEnd(right, down, across, bool(self.next.get("shaded"))))
        self.next = {}

    def end_row(self) -> None:
        """A row is whole. Raises Unreadable where its cells and what is said of them do not agree."""
        if len(self.cells) != len(self.ends) or len(self.cells) > MOST_CELLS:
            raise Unreadable(ODD)
        self.rows.append(RtfRow(self.cells, list(self.ends), self.left))
        self.cells = []

    def written(self) -> WrittenTable:
        """The table in a grid. Raises Unreadable where a cell has no width."""
        edges = apart([edge for row in self.rows for edge in (row.left, *(end.right for end in row.ends))])
        table = WrittenTable(edges=tuple(float(edge - edges[0]) for edge in edges[1:]))
        down: dict[int, Place] = {}
        for row in self.rows:
            down = lay(table, row, edges, down)
            table.height += 1
        return table


def lay(table: WrittenTable, row: RtfRow, edges: Sequence[int], down: dict[int, Place]) -> dict[int, Place]:
    """The cells of a row in the grid; returns those that may reach on downwards, by their column."""
    reached: dict[int, Place] = {}
    left, across = row.left, None
    for pieces, end in zip(row.cells, row.ends, strict=True):
        first, last = column_of(left, edges), column_of(end.right, edges)
        if last <= first:
            raise Unreadable(ODD)
        left, place = end.right, (table.height, first)
        if end.across == "continue" and across is not None:
            table.merged[across] = (table.merged.get(across, across)[0], last - 1)
            continue
        if end.down == "continue" and first in down:
            place = reached[first] = down[first]
            table.merged[place] = (table.height, last - 1)
            continue
        table.write(place, pieces)
        across = place
        if last > first + 1 or end.down:
            table.merged[place] = (table.height, last - 1)
        if end.down:
            reached[first] = place
    return reached


def apart(found: Sequence[int]) -> list[int]:
    """The edges, those that are nearly the same as one."""
    made: list[int] = []
    for edge in sorted(set(found)):
        if not made or edge - made[-1] > NEAR:
            made.append(edge)
    return made


def column_of(edge: int, edges: Sequence[int]) -> int:
    """Which of the edges this is."""
    return min(range(len(edges)), key=lambda n: abs(edges[n] - edge))
