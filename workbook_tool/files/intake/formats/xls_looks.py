"""How the cells of an .xls are shown, as xlrd tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from workbook_tool.files.intake.formats.looks import (
    BUILT_IN,
    LEAST_FONT,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    Style,
    look_in_pieces,
    look_of,
    lying_under,
    rounded_look,
)
from workbook_tool.model.intake.look import BLACK, GENERAL, WHITE, Look
from workbook_tool.model.intake.submission import Content, Place

NO_FILL, SOLID = 0, 1
SYSTEM_GROUND = 65
TWIPS, WIDTH_UNITS = 20, 256
"""How many of its units make a point of height, and a digit of width."""


def looks_of(book: Any, sheet: Any, cells: Mapping[Place, Content]) -> dict[Place, Look]:
    """The looks of the cells that are not shown plainly."""
    codes = {one.format_key: one.format_str for one in book.format_list}
    styles: dict[int, Style] = {}
    found = {}
    for row, column in cells:
        number = sheet.cell_xf_index(row, column)
        style = styles.get(number) or styles.setdefault(number, style_of(book, book.xf_list[number], codes))
        if runs := sheet.rich_text_runlist_map.get((row, column)):
            look = look_in_pieces(style, pieces(book, style, str(cells[row, column]), runs))
        else:
            look = look_of(style) or rounded_look(style, cells[row, column])
        if look:
            found[row, column] = look
    return found


def style_of(book: Any, xf: Any, codes: Mapping[int, str]) -> Style:
    """A format of a cell."""
    code = codes.get(xf.format_key) or BUILT_IN.get(xf.format_key, GENERAL)
    return in_font(book, Style(code, ground=ground_of(book, xf.background)), xf.font_index)


def in_font(book: Any, style: Style, number: int) -> Style:
    """The style with this font. The fifth font of a workbook is not there, and those behind it count on."""
    font = book.font_list[number]
    colour = colour_of(book, font.colour_index, BLACK)
    tiny = 0 < font.height < LEAST_FONT * TWIPS
    return replace(style, struck=bool(font.struck_out), raised=font.escapement in (1, 2), colour=colour, tiny=tiny)


def ground_of(book: Any, background: Any) -> str:
    """The colour of a fill: white where there is none, empty where it is a pattern."""
    if background.fill_pattern == NO_FILL:
        return WHITE
    return colour_of(book, background.pattern_colour_index, "") if background.fill_pattern == SOLID else ""


def colour_of(book: Any, number: int, other: str) -> str:
    """The colour of this number; the other one where the system has its own."""
    rgb = book.colour_map.get(number)
    if rgb is None:
        return WHITE if number == SYSTEM_GROUND else other
    return "".join(f"{part:02X}" for part in rgb)


def pieces(book: Any, style: Style, text: str, runs: list[tuple[int, int]]) -> list[tuple[str, Style]]:
    """A text cut where its font changes."""
    starts = [*(at for at, _ in runs), len(text)]
    found = [(text[: starts[0]], style)]
    return found + [
        (text[at:end], in_font(book, style, number)) for (at, number), end in zip(runs, starts[1:], strict=True)
    ]


def covered(sheet: Any, cells: Mapping[Place, Content]) -> frozenset[Place]:
    """What lies under merged cells."""
    areas = sheet.merged_cells  # first row and column in, last ones out
    return frozenset(p for t, b, left, r in areas for p in lying_under((t, left), (b - 1, r - 1), cells))


def reaches(sheet: Any, cells: Mapping[Place, Content]) -> dict[Place, Place]:
    """How far the merged cells go that hold something."""
    return {(t, left): (b - 1, r - 1) for t, b, left, r in sheet.merged_cells if (t, left) in cells}


def unseen_rows(sheet: Any, last: int) -> frozenset[int]:
    """The rows, up to the last, that are hidden or too low for a digit."""
    told = {row: info.hidden or info.height < LEAST_HEIGHT * TWIPS for row, info in sheet.rowinfo_map.items()}
    return frozenset(row for row in range(last) if told.get(row, bool(sheet.default_row_hidden)))


def unseen_columns(sheet: Any, last: int) -> frozenset[int]:
    """The columns, up to the last, that are hidden or too narrow for a digit."""
    told = sheet.colinfo_map.items()
    return frozenset(c for c, info in told if c < last and (info.hidden or info.width < LEAST_WIDTH * WIDTH_UNITS))
