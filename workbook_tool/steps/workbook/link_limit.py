"""Excel takes so many links on a sheet and no more: it repairs, that is empties, a workbook with one too many."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from workbook_tool.model.workbook.book import Book, BookSheet, Cell, Lines, MadeRow

MOST_LINKS = 65_530


def leave_out_links(book: Book) -> None:
    """Keep the links of each sheet's first rows, as many as Excel takes; the rest is told under the sheet's title."""
    for sheet in book.sheets:
        if len(sheet.cells) + sum(lines.count * lines.links for lines in sheet.lines) <= MOST_LINKS:
            continue  # nor need the cells of its lines be made for that
        linked = sorted((c.row, c.column) for c in sheet.every_cell if c.link or c.file)
        if len(linked) > MOST_LINKS:
            cut(sheet, linked[MOST_LINKS][0])


def cut(sheet: BookSheet, row: int) -> None:
    """Leave out the links from this row on, and say so."""
    words = f"Excel 一张表最多容 {MOST_LINKS:,} 个链接，所以第 {row + 1} 行起没有链接。"
    sheet.cells[:] = [unlinked(cell) if cell.row >= row else cell for cell in sheet.cells]
    sheet.lines[:] = [replace(lines, made=partial(unlinked_lines, lines, row)) for lines in sheet.lines]
    subtitle = next(n for n, cell in enumerate(sheet.cells) if (cell.row, cell.column) == (1, 0))
    sheet.cells[subtitle] = sheet.cells[subtitle]._replace(value=f"{sheet.cells[subtitle].value}{words}")
    sheet.heights.pop(1, None)


def unlinked_lines(lines: Lines, row: int) -> Iterator[MadeRow]:
    """The lines, those from this row on without links."""
    for number, line in enumerate(lines.made(), lines.row):
        yield line._replace(cells=tuple(map(unlinked, line.cells))) if number >= row else line


def unlinked(cell: Cell) -> Cell:
    """The cell without its link, in the look of a text."""
    if not (cell.link or cell.file):
        return cell
    role = cell.role.replace("_link_left", "_wrap").replace("_link", "")
    return cell._replace(link="", file="", role=role)
