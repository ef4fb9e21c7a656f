"""A worksheet of XlsxWriter that knows that all it is given is ours, and writes the same markup in a third of the time.

It uses names that XlsxWriter keeps to itself. ``tests/test_render.py`` holds both against each other, byte for byte, and
fails where a newer XlsxWriter means something else by one of them.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Sequence
from typing import IO, Any, NamedTuple

from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.format import Format
from xlsxwriter.worksheet import CellBlankTuple, CellNumberTuple, CellStringTuple, Worksheet

from workbook_tool.model.cells import address, column_name
from workbook_tool.model.text import safe_text

BAND = 16
"""For so many rows together Excel is told how far they reach."""
PIECE = 1 << 20
ROW, LOOK = "\0", "\1"
RANGES = ("range", "a_range", "autofilter")
"""What XlsxWriter keeps of how far a Table goes."""


class FactCells(NamedTuple):
    """Plain cells beside each other, kept as one where the first of them stands: runs of cells that look alike, and the markup
    of each, in which ROW and LOOK stand for what is told last."""

    runs: tuple[tuple[Format, str], ...]

    def markup(self, row: int) -> str:
        """How they stand in a sheet."""
        told = [markup.replace(LOOK, str(number_of(look))) for look, markup in self.runs]
        return "".join(told).replace(ROW, str(row + 1))


class TableAreas:
    """Where the Tables of a sheet lie. XlsxWriter keeps a dict of all cells in them, a hundred bytes for each."""

    def __init__(self) -> None:
        self.areas: list[tuple[int, int, int, int]] = []

    def __setitem__(self, place: tuple[int, int], area: str) -> None:
        """XlsxWriter tells it cell by cell; we are told the whole."""

    def get(self, place: tuple[int, int]) -> str | None:
        """The area that a cell lies in; None where it lies in none."""
        return self.met((*place, *place))

    def met(self, area: tuple[int, int, int, int]) -> str | None:
        """The first that shares a cell with this one, which is told by its first and last row and column."""
        top, left, bottom, right = area
        for first, start, last, end in self.areas:
            if first <= bottom and top <= last and start <= right and left <= end:
                return f"{address(first, start)}:{address(last, end)}"
        return None


class OwnSheet(Worksheet):  # type: ignore[misc]
    """XlsxWriter looks each formula through for thirty functions that it would rename, and each address for characters
    that it would escape; ours have none. Nothing of what is passed over changes a byte."""

    fh: Any
    dim_rowmin: int | None
    dim_rowmax: int | None
    dim_colmin: int
    dim_colmax: int
    rows: IO[str] | None = None
    """The markup of the rows that were let go."""
    written = 0
    """How many those are."""
    facts: dict[tuple[int, str], str]
    """The markup of texts that stand in many rows of a column."""
    drawn = False
    """Whether charts are drawn from its figures, which stay for that."""

    def __init__(self) -> None:
        super().__init__()
        self.table_cells = TableAreas()
        self.facts = {}

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")

    def write_fact(
        self, row: int, column: int, texts: Sequence[str], number: int | float, looks: tuple[Format, Format]
    ) -> int:
        """Write short texts into neighbouring cells and a number behind them, in these two looks. Returns what XlsxWriter's
        own calls do: below 0 where they do not fit on the sheet."""
        last = column + len(texts)
        if code := self._check_dimensions(row, column) or self._check_dimensions(row, last):
            return int(code)
        told = "".join([self._fact(at, text) for at, text in enumerate(texts, column)])
        figure = f'<c r="{column_name(last)}{ROW}" s="{LOOK}"{self._rest(number)}'
        self.table[row][last] = FactCells(())  # so that the row is known to reach so far
        self.table[row][column] = FactCells(((looks[0], told), (looks[1], figure)))
        return 0

    def _fact(self, column: int, text: str) -> str:
        """The markup of a text that stands in many rows of a column, which is put together once."""
        if told := self.facts.get((column, text)):
            self.str_table.count += 1
            return told
        return self.facts.setdefault(
            (column, text), f'<c r="{column_name(column)}{ROW}" s="{LOOK}"{self._rest(plain_text(text))}'
        )

    def write_plain(self, row: int, column: int, value: str | int | float | None, look: Format) -> int:
        """Write a text, a number or a blank, as XlsxWriter's own calls do: below 0 where it does not fit."""
        known = row == self.dim_rowmax and self.dim_colmin <= column <= self.dim_colmax  # as most cells of a long row
        if not known and (code := self._check_dimensions(row, column)):
            return int(code)
        if isinstance(value, str) and len(value) > self.xls_strmax:
            return -2
        self.table[row][column] = self._cell(value, look) if self.drawn else (look, self._rest(value))
        return 0

    def _rest(self, value: str | int | float | None) -> str:
        """The markup of a cell behind its look."""
        if value is None:
            return "/>"
        if isinstance(value, str):
            return f' t="s"><v>{self.str_table._get_shared_string_index(value)}</v></c>'
        return f"><v>{value:.16G}</v></c>"

    def _cell(self, value: str | int | float | None, look: Format) -> Any:
        if value is None:
            return CellBlankTuple(look)
        if isinstance(value, str):
            return CellStringTuple(self.str_table._get_shared_string_index(value), look)
        return CellNumberTuple(value, look)

    def add_table(self, top: int, left: int, bottom: int, right: int, options: dict[str, Any] | None = None) -> int:
        """XlsxWriter asks of each cell of a Table whether it lies in another area, which a look at the areas tells. So it is
        given the first two rows, and then how far the Table goes."""
        area = (top, left, bottom, right)
        if met := self.table_cells.met(area):
            raise OverlappingRange(f"the Table at {address(top, left)} overlaps {met}")
        if code := self._check_dimensions(bottom, right, True, True):
            return int(code)
        if code := super().add_table(top, left, top + 1, right, options):
            return int(code)
        for name, told in self.tables[-1].items():
            if name in RANGES and told:
                self.tables[-1][name] = f"{address(top, left)}:{address(bottom, right)}"
        self.table_cells.areas.append(area)
        return 0

    def let_go(self, end: int) -> None:
        """Keep of the rows above ``end``, of which nothing will change, the markup alone, in a file. ``end`` is a multiple of
        BAND, or behind the last row."""
        if self.rows is None:
            self.rows = new_file(self.tmpdir)
        whole, self.fh = self.fh, io.StringIO()
        for start in range(self.written, end, BAND):
            self._write_band(range(start, min(start + BAND, end)))
        self.rows.write(self.fh.getvalue())
        self.fh, self.written = whole, end

    def _write_band(self, rows: range) -> None:
        """Rows that are told together how far they reach."""
        band = {row: self.table.pop(row) for row in rows if self.table.get(row)}
        filled = [cells for row in rows for cells in (band.get(row), self.comments.get(row)) if cells]
        reached = [edge(cells) for cells in filled for edge in (min, max)]
        spans = f"{min(reached) + 1}:{max(reached) + 1}" if reached else None
        for row in rows:
            if row in band:
                self._write_row(row, spans, self.row_info.get(row))
                for column, cell in sorted(band[row].items()):
                    if type(cell) is tuple:
                        self.fh.write(plain_markup(row, column, *cell))
                    elif type(cell) is FactCells:
                        self.fh.write(cell.markup(row))
                    else:
                        self._write_cell(row, column, cell)
                self.fh.write("</row>")
            elif row in self.row_info or row in self.comments:
                self._write_empty_row(row, spans, self.row_info.get(row))

    def settled(self) -> None:
        """The sheet is whole: what need not be asked again is let go. Looks are numbered where they are used first, which
        comes to the same as if all sheets were written at the end."""
        if self.drawn:
            for row in sorted(self.table):
                for column in sorted(self.table[row]):
                    if look := self.table[row][column].format:
                        look._get_xf_index()
        elif self.dim_rowmax is not None:
            self.let_go(self.dim_rowmax + 1)

    def _write_rows(self) -> None:
        if self.rows is None:
            super()._write_rows()
            return
        self.rows.seek(0)
        shutil.copyfileobj(self.rows, self.fh, PIECE)
        self.rows.close()


def new_file(folder: str | None) -> IO[str]:
    """A file without a name, which ends with the process; without a ``folder``, one in memory."""
    return tempfile.TemporaryFile("w+", encoding="utf-8", newline="", dir=folder) if folder else io.StringIO()


def plain_text(text: str) -> str:
    """A text as a cell holds it. One from ``<r>`` to ``</r>`` XlsxWriter takes for markup, which would break the workbook."""
    text = safe_text(text)
    return f"＜{text[1:]}" if text.startswith("<r>") and text.endswith("</r>") else text


def plain_markup(row: int, column: int, look: Format, rest: str) -> str:
    """A cell as it stands in a sheet."""
    return f'<c r="{column_name(column)}{row + 1}" s="{number_of(look)}"{rest}'


def number_of(look: Format) -> int:
    """By what a cell refers to its look."""
    return int(look._get_xf_index() if look.xf_index is None else look.xf_index)
