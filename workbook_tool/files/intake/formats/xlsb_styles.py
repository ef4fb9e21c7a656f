"""The styles of an .xlsb, from its records ([MS-XLSB] 2.4), in the words of an .xlsx."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from workbook_tool.files.intake.formats.cell_styles import (
    CellStyles,
    Colours,
    Overlay,
    Pieces,
    colours,
    rounding_looks,
    tinted,
)
from workbook_tool.files.intake.formats.looks import BUILT_IN, LEAST_FONT, Style, look_of
from workbook_tool.files.intake.formats.package import Package
from workbook_tool.model.intake.look import BLACK, GENERAL, WHITE

TEXT, FONT, FORMAT, FILL, CELL_STYLE, CELLS, END_OF_CELLS, COLOUR = 19, 43, 44, 45, 47, 617, 618, 475
STRIKE, RAISED_OR_LOWERED = 0x08, (1, 2)
AUTOMATIC, INDEXED, RGB, THEME = range(4)
NO_FILL, SOLID = 0, 1
TINT, TWIPS = 32767, 20
RICH = 0x01


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record. Raises IndexError where the last one is cut off."""
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        size = 0
        for shift in (0, 7, 14, 21):
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if at + size > len(data):
            raise IndexError("a record is cut off")
        yield kind, data[at : at + size]
        at += size


def wide_text(data: bytes, at: int) -> tuple[str, int]:
    """A counted UTF-16 text and where it ends; a count of all ones is no text."""
    count = struct.unpack_from("<I", data, at)[0]
    if count == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * count
    if end > len(data):
        raise IndexError("a text is cut off")
    return data[at + 4 : end].decode("utf-16-le"), end


def styles_of(parts: Package, targets: Mapping[str, tuple[str, str]]) -> tuple[CellStyles, list[Overlay]]:
    """The styles of a workbook whose relations these are, and its fonts, which rich texts name."""
    named = dict(targets.values())
    sheet, theme, texts = (parts.get(named.get(kind, ""), b"") for kind in ("styles", "theme", "sharedStrings"))
    palette = own_colours(sheet, colours(b"", theme))
    formats: dict[int, str] = {}
    fonts, grounds, cells = list[Overlay](), list[str](), list[Style]()
    of_cells = False
    for kind, data in records(sheet):
        if kind == FORMAT:
            formats[struct.unpack_from("<H", data)[0]] = wide_text(data, 2)[0] or GENERAL
        elif kind == FONT:
            fonts.append(font_of(data, palette))
        elif kind == FILL:
            grounds.append(ground_of(data, palette))
        elif kind in (CELLS, END_OF_CELLS):
            of_cells = kind == CELLS
        elif kind == CELL_STYLE and of_cells:
            code, font, fill = struct.unpack_from("<HHH", data, 2)
            style = Style(
                formats.get(code, BUILT_IN.get(code, GENERAL)), ground=grounds[fill] if fill < len(grounds) else WHITE
            )
            cells.append(fonts[font].over(style) if font < len(fonts) else style)
    looks = {str(number): look for number, style in enumerate(cells) if (look := look_of(style))}
    found = CellStyles(tuple(cells), looks, {}, (), palette, rounding=rounding_looks(cells))
    return replace(found, rich=rich_texts(texts, fonts)), fonts


def own_colours(sheet: bytes, palette: Colours) -> Colours:
    """The colours, with the palette that a workbook brings itself."""
    own = [data[:3].hex().upper() for kind, data in records(sheet) if kind == COLOUR]
    return replace(palette, palette=(*own, *palette.palette[len(own) :]))


def font_of(data: bytes, palette: Colours) -> Overlay:
    """A font: height, flags, weight, height above the line, underline, family, charset, colour."""
    height, flags, _, script = struct.unpack_from("<HHHH", data)
    return Overlay(
        struck=bool(flags & STRIKE),
        raised=script in RAISED_OR_LOWERED,
        colour=colour_of(data, 12, palette, BLACK),
        tiny=0 < height < LEAST_FONT * TWIPS,
    )


def ground_of(data: bytes, palette: Colours) -> str:
    """The colour of a fill: white where there is none, empty where it is a pattern."""
    pattern = struct.unpack_from("<I", data)[0]
    if pattern == NO_FILL:
        return WHITE
    return colour_of(data, 4, palette, "") if pattern == SOLID else ""


def colour_of(data: bytes, at: int, palette: Colours, automatic: str) -> str:
    """A colour: how it is named, its number, its tint, red, green and blue."""
    kind, number, tint = struct.unpack_from("<BBh", data, at)
    kind >>= 1
    if kind == AUTOMATIC:
        return automatic
    found = data[at + 4 : at + 7].hex().upper() if kind == RGB else palette.numbered(number, themed=kind == THEME)
    return tinted(found, tint / TINT)


def rich_texts(texts: bytes, fonts: list[Overlay]) -> dict[str, Pieces]:
    """The shared texts that are formatted piece by piece, by their number."""
    items = (data for kind, data in records(texts) if kind == TEXT)
    return {str(number): found for number, data in enumerate(items) if (found := pieces_of(data, fonts))}


def pieces_of(data: bytes, fonts: list[Overlay], at: int = 0) -> Pieces:
    """The pieces of a text; empty where it is one."""
    if not data[at] & RICH:
        return ()
    text, end = wide_text(data, at + 1)
    letters = text.encode("utf-16-le")
    runs = struct.iter_unpack("<HH", data[end + 4 : end + 4 + 4 * struct.unpack_from("<I", data, end)[0]])
    marks = [(0, None), *((start, fonts[font] if font < len(fonts) else None) for start, font in runs)]
    ends = [*(start for start, _ in marks[1:]), len(text)]
    cut = (
        (letters[2 * start : 2 * end].decode("utf-16-le", "replace"), font)
        for (start, font), end in zip(marks, ends, strict=True)
    )
    return tuple((piece, font) for piece, font in cut if piece)
