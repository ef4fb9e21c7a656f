"""Draws a declared list: one look for all lists that can be filtered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import ceil
from typing import TypeVar

from workbook_tool.model.workbook.book import Book, BookSheet, Cell, Lines, ListTable, MadeRow, Print, Validation, Value
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.model.workbook.measure import points_wide, text_height, text_width
from workbook_tool.steps.workbook.number_roles import state_role
from workbook_tool.steps.workbook.plan import heading

R = TypeVar("R")
HEAD_HEIGHT, HEAD_SIZE, HIGHEST = 24.0, 10.0, 400.0
PORTRAIT, ACROSS = 126, 1250.0
"""How broad a list may be to print upright without getting too small to read; how many points go beside each other on A4
laid across."""


def add_list(
    book: Book, listing: Listing[R], rows: Sequence[R], subtitle: str, *, tab: str, breadth: int = 0
) -> BookSheet:
    """Add the sheet of a list: its title, what it shows (over the first ``breadth`` columns; 0: over all that are
    printed), its rows, and where it freezes and prints."""
    widths = {number: fitted(column, rows) for number, column in enumerate(listing.columns)}
    hidden = {number for number, column in enumerate(listing.columns) if column.hidden or is_spare(column, rows)}
    folded = {number for number, column in enumerate(listing.columns) if column.folded}
    sheet = book.sheet(listing.sheet, tab=tab, widths=widths, hidden_columns=hidden, folded_columns=folded)
    heading(sheet, listing.sheet, subtitle, breadth or listing.edge + 1)
    put_head(sheet, listing)
    put_rows(sheet, listing, rows)
    for number in range(0 if rows else len(listing.columns)):  # a list has a row even where there is nothing to list
        sheet.put(listing.row(0), number, None, "cell")
    finish(sheet, listing, len(rows))
    return sheet


def is_spare(column: Column[R], rows: Iterable[R]) -> bool:
    """Whether nothing stands in a column that may do without."""
    return column.optional and all(entry_of(column, row).value in (None, "") for row in rows)


def entry_of(column: Column[R], row: R) -> ListCell:
    """What a column says of a row, as a cell."""
    entry = column.value(row)
    return entry if isinstance(entry, ListCell) else ListCell(entry)


def fitted(column: Column[R], rows: Iterable[R]) -> float:
    """The width that shows the longest text of a column on one line, within its limits."""
    least, most = column.limits
    if least == most:
        return round(least, 1)
    values = (entry_of(column, row).value for row in rows)
    longest = max((text_width(str(value)) for value in values if value is not None), default=0)
    return round(min(max(least, longest + 3.5), most), 1)


def put_head(sheet: BookSheet, listing: Listing[R]) -> None:
    """The header row."""
    for number, header in enumerate(listing.headers):
        sheet.put(listing.top, number, header, "list_head")
    shown = [
        (number, column.header) for number, column in enumerate(listing.columns) if not (column.hidden or column.folded)
    ]
    heights = [text_height(header, sheet.widths[number], HEAD_SIZE) for number, header in shown]
    sheet.heights |= {listing.top - 1: 6, listing.top: min(max(HEAD_HEIGHT, *heights), HIGHEST)}


def put_rows(sheet: BookSheet, listing: Listing[R], rows: Sequence[R]) -> None:
    """The rows, each as high as its longest text needs; their cells are made when they are written."""
    links = sum(column.leads for column in listing.columns)
    made = partial(lines_of, listing, rows, dict(sheet.widths))
    sheet.lines.append(Lines(listing.row(0), len(rows), links, made))


def lines_of(listing: Listing[R], rows: Iterable[R], widths: Mapping[int, float]) -> Iterator[MadeRow]:
    """The rows of a list with their cells."""
    wraps = [(at, widths[at]) for at, column in enumerate(listing.columns) if column.wraps and not column.folded]
    for number, row in enumerate(rows, listing.row(0)):
        cells = tuple([cell_of(column.value(row), column, number, at) for at, column in enumerate(listing.columns)])
        heights = [
            text_height(said, width, listing.size) for at, width in wraps if isinstance(said := cells[at].value, str)
        ]
        yield MadeRow(min(max([listing.lowest, *heights]), HIGHEST), cells)


def cell_of(entry: Value | ListCell, column: Column[R], row: int, number: int) -> Cell:
    """One cell, in its own role or in that of its column."""
    if not isinstance(entry, ListCell):
        return Cell(row, number, entry, role_in(column, entry))
    value, role, formula, link, file, note = entry
    if not column.leads and (link or file):
        raise ValueError(f"{column.header} was said to lead nowhere")
    return Cell(row, number, value, role or role_in(column, value), formula, link=link, file=file, note=note)


def role_in(column: Column[R], value: Value) -> str:
    """The role of a value that has none of its own."""
    return state_role(str(value)) if column.role == "state" else column.role


def finish(sheet: BookSheet, listing: Listing[R], count: int) -> None:
    """What holds for the whole list of so many rows: the filter, the drop-downs, what stays in sight, and the paper."""
    last = add_table(sheet, listing, count)
    sheet.freeze = (listing.row(0), listing.at(listing.frozen) + 1)
    for number, column in enumerate(listing.columns):
        if (offer := column.offer) and count:
            area = (listing.row(0), number), (last, number)
            sheet.validations.append(
                Validation(
                    *area,
                    "list",
                    offer.choices,
                    prompt_title=offer.prompt_title,
                    prompt=offer.prompt,
                    error_title=offer.error_title,
                    error=offer.error,
                )
            )
    edge, unseen = listing.edge, sheet.hidden_columns | sheet.folded_columns
    sheet.print = Print(
        landscape=is_broad(width for column, width in sheet.widths.items() if column <= edge and column not in unseen),
        area=((0, 0), (last, edge)) if listing.paper else None,
        repeat_rows=(listing.top, listing.top),
    )


def pages_across(widths: Sequence[float], repeated: int) -> int:
    """Over how many pages of A4, laid across, columns so broad go if they are to be read; on each are the first ones again."""
    names, others = (sum(map(points_wide, part)) for part in (widths[:repeated], widths[repeated:]))
    return max(1, ceil(others / (ACROSS - names)))


def is_broad(widths: Iterable[float]) -> bool:
    """Whether columns so broad are printed across the paper."""
    return sum(widths) > PORTRAIT


def add_table(sheet: BookSheet, listing: Listing[R], count: int) -> int:
    """The filter over a list of so many rows; returns its last row."""
    last = listing.last_row(count)
    sheet.lists.append(ListTable((listing.top, 0), (last, listing.last_column), listing.table, listing.headers))
    return last
