"""A worksheet of XlsxWriter that knows that all it is given is ours, and writes the same markup in a third of the time.

It uses names that XlsxWriter keeps to itself. ``tests/test_render.py`` holds both against each other, byte for byte, and
fails where a newer XlsxWriter means something else by one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import CellBlankTuple, CellNumberTuple, CellStringTuple, Worksheet

from workbook_tool.model.cells import address


class FactCells(NamedTuple):
    """Plain cells beside each other, kept as one where the first of them stands."""

    cells: tuple[Any, ...]


class OwnSheet(Worksheet):  # type: ignore[misc]
    """XlsxWriter looks each formula through for thirty functions that it would rename, and each address for characters
    that it would escape; ours have none. Nothing of what is passed over changes a byte."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")

    def write_beside(self, row: int, column: int, values: Sequence[str | int | float], looks: Sequence[Format]) -> int:
        """Write short texts and numbers of neighbouring cells at once. Returns what XlsxWriter's own calls do: below 0
        where they do not fit on the sheet."""
        last = column + len(values) - 1
        if code := self._check_dimensions(row, column) or self._check_dimensions(row, last):
            return int(code)
        self.table[row][last] = FactCells(())  # so that the row is known to reach so far
        self.table[row][column] = FactCells(tuple(map(self._cell, values, looks)))
        return 0

    def _cell(self, value: str | int | float, look: Format) -> Any:
        if isinstance(value, str):
            return CellStringTuple(self.str_table._get_shared_string_index(value), look)
        return CellNumberTuple(value, look)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if isinstance(cell, FactCells):
            self.fh.write("".join(plain_markup(row, column, one) for column, one in enumerate(cell.cells, col)))
        elif markup := plain_markup(row, col, cell):
            self.fh.write(markup)
        else:
            super()._write_cell(row, col, cell)


def plain_markup(row: int, column: int, cell: Any) -> str:
    """A text, a number or a blank as it stands in a sheet; empty where XlsxWriter had better write the cell itself."""
    if not cell.format:
        return ""
    start, kind = f'<c r="{address(row, column)}" s="{cell.format._get_xf_index()}"', type(cell)
    if kind is CellStringTuple:
        return f'{start} t="s"><v>{cell.string}</v></c>'
    if kind is CellNumberTuple:
        return f"{start}><v>{cell.number:.16G}</v></c>"
    return f"{start}/>" if kind is CellBlankTuple else ""
