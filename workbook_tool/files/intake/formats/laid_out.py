"""A sheet while it is read cell by cell, within what honest forms stay in."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from workbook_tool.files.intake.formats.looks import lying_under
from workbook_tool.files.intake.formats.markup import HIDDEN_BEYOND, MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.look import Look
from workbook_tool.model.intake.submission import Content, Place, Sheet


class LaidOut(Struct):
    """What was found of a sheet so far. ``hidden_rows`` and ``hidden_columns`` are spans: the first, and behind the last;
    ``merged`` says how far the area of a merged cell goes; ``reaching`` are those that go down: the first column, the one
    behind the last, and the last row, as far as the row ``reached`` is concerned."""

    name: str
    rows: int = 0
    columns: int = 0
    cells: dict[Place, Content] = field(default_factory=dict)
    looks: dict[Place, Look] = field(default_factory=dict)
    formulas: dict[Place, str] = field(default_factory=dict)
    merged: dict[Place, Place] = field(default_factory=dict)
    covered: set[Place] = field(default_factory=set)
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    reaching: list[tuple[int, int, int]] = field(default_factory=list)
    reached: int = -1
    notes: dict[Place, str] = field(default_factory=dict)

    def put(self, place: Place, content: Content, look: Look | None = None, formula: str | None = None) -> None:
        """What stands in a cell. Raises Unreadable where that is too far out."""
        if content == "" and formula is None:
            return
        self.reach(place[0] + 1, place[1] + 1)
        if content != "":
            self.cells[place] = content
            if look:
                self.looks[place] = look
        if formula is not None:
            self.formulas[place] = formula

    def merge(self, first: Place, last: Place) -> None:
        """Note the area of a merged cell."""
        self.merged[first] = last
        if last[0] > first[0]:
            insort(self.reaching, (first[1], last[1] + 1, last[0]))

    def free(self, row: int, column: int) -> int:
        """The first column from here on into which no merged cell reaches from above."""
        if row > self.reached:
            self.reached, self.reaching = row, [one for one in self.reaching if one[2] >= row]
        for first, behind, _ in self.reaching:  # from left to right
            if first > column:
                break
            column = max(column, behind)
        return column

    def reach(self, rows: int, columns: int) -> None:
        """Raises Unreadable before room is made for more cells than any honest form has."""
        self.rows, self.columns = max(self.rows, rows), max(self.columns, columns)
        if rows > MOST_ROWS or columns > MOST_COLUMNS or self.rows * self.columns > MOST_CELLS:
            far = f"第 {self.rows} 行第 {self.columns} 列"
            raise Unreadable(
                f"工作表「{self.name}」的内容远到{far}，不是正常的填报表；请删去多余的行和列后另存为 .xlsx"
            )

    def sheet(self, hidden: bool = False) -> Sheet:
        """All that was found."""
        under = {p for first, last in self.merged.items() for p in lying_under(first, last, self.cells)}
        return Sheet(
            self.name,
            self.cells,
            hidden,
            expanded(self.hidden_rows, max(self.rows, HIDDEN_BEYOND)),
            expanded(self.hidden_columns, max(self.columns, HIDDEN_BEYOND)),
            self.formulas,
            self.looks,
            frozenset(self.covered | under),
            held(self.merged, self.cells),
            notes=self.notes,
        )


def expanded(spans: Iterable[tuple[int, int]], last: int) -> frozenset[int]:
    """The single lines of these spans, as far as anybody looks."""
    return frozenset(index for first, end in spans for index in range(first, min(end, last)))


def held(merged: Mapping[Place, Place], cells: Mapping[Place, Content]) -> dict[Place, Place]:
    """The merged cells that hold something."""
    return {first: last for first, last in merged.items() if first in cells}
