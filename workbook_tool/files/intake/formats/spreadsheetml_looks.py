"""How the cells of SpreadsheetML are shown: its styles, and the text that is formatted piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from lxml import etree
from msgspec.structs import replace

from workbook_tool.files.intake.formats.looks import (
    LEAST_FONT,
    NAMED_FORMATS,
    Style,
    hex_colour,
    look_in_pieces,
    look_of,
)
from workbook_tool.model.intake.look import BLACK, GENERAL, WHITE, Look

SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
PAGE = "{http://www.w3.org/TR/REC-html40}"
DEEPEST = 20
"""Styles inherit from each other; no honest ones so far."""


class NamedStyles:
    """The styles of a workbook by their id; each may begin as another one does."""

    def __init__(self, root: etree._Element) -> None:
        self.nodes = {node.get(f"{SS}ID", ""): node for node in root.iterfind(f"{SS}Styles/{SS}Style")}
        self.style = cache(self.style)  # type: ignore[method-assign]  # thousands of cells have the same few

    def style(self, name: str, deep: int = DEEPEST) -> Style:
        """The style of this id; that of the workbook where there is none."""
        node = self.nodes.get(name, self.nodes.get("Default"))
        if node is None or not deep:
            return Style()
        parent = node.get(f"{SS}Parent")
        style = self.style(parent, deep - 1) if parent else Style()
        for part in node:
            if part.tag == f"{SS}NumberFormat":
                code = part.get(f"{SS}Format", GENERAL)
                style = replace(style, format=NAMED_FORMATS.get(code, code))
            elif part.tag == f"{SS}Interior":
                style = replace(style, ground=ground_of(part))
            elif part.tag == f"{SS}Font":
                raised = part.get(f"{SS}VerticalAlign", "None") in ("Superscript", "Subscript")
                colour = hex_colour(part.get(f"{SS}Color", "Automatic"), BLACK)
                struck, tiny = part.get(f"{SS}StrikeThrough") == "1", is_tiny(part.get(f"{SS}Size"))
                style = replace(style, struck=struck, raised=raised, colour=colour, tiny=tiny)
        return style

    def look(self, name: str, cell: etree._Element) -> Look | None:
        """How a cell of this style is shown."""
        style, data = self.style(name), cell.find(f"{SS}Data")
        if data is None or not len(data):
            return look_of(style)
        return look_in_pieces(style, list(pieces(data, replace(style, format=GENERAL))))


def is_tiny(size: str | None) -> bool:
    """Whether nobody can read letters of this size in points; without any it is the usual one."""
    return size is not None and float(size) < LEAST_FONT


def ground_of(interior: etree._Element) -> str:
    """The colour of a fill: white where there is none, empty where it is a pattern."""
    pattern = interior.get(f"{SS}Pattern", "None")
    if pattern == "None":
        return WHITE
    return hex_colour(interior.get(f"{SS}Color", ""), "") if pattern == "Solid" else ""


def pieces(node: etree._Element, style: Style) -> Iterator[tuple[str, Style]]:
    """The text within an element, piece by piece."""
    yield node.text or "", style
    for child in node:
        own = style
        if child.tag in (f"{PAGE}S", f"{PAGE}Del"):
            own = replace(style, struck=True)
        elif child.tag in (f"{PAGE}Sup", f"{PAGE}Sub"):
            own = replace(style, raised=True)
        if colour := child.get(f"{PAGE}Color"):
            own = replace(own, colour=hex_colour(colour, ""))
        if size := child.get(f"{PAGE}Size"):
            own = replace(own, tiny=is_tiny(size))
        yield from pieces(child, own)
        yield child.tail or "", style
