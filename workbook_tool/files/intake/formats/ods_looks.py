"""How the cells of an .ods are shown: its styles, each with those that it inherits from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from lxml import etree
from msgspec.structs import replace

from workbook_tool.files.intake.formats.looks import (
    DIGIT,
    LEAST_FONT,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    POINTS,
    Style,
    look_in_pieces,
    look_of,
)
from workbook_tool.files.intake.formats.ods_formats import KINDS, NAMESPACE, NUMBER, format_codes
from workbook_tool.model.intake.look import BLACK, GENERAL, WHITE, Look
from workbook_tool.model.regex import regex

OFFICE, TABLE, TEXT, STYLE = (NAMESPACE % name for name in ("office", "table", "text", "style"))
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
HOMES = ("styles", "automatic-styles")
SIZE = regex(r"(\d+(?:\.\d*)?)(pt|in|cm|mm|pc|px)?")
HEX = regex(r"#([0-9A-Fa-f]{6})")
LEVEL = ("", "0%", "0")
DEEPEST = 20
"""Styles inherit from each other; no honest ones so far."""
CELL, WORDS = "table-cell", "text"


class OdsStyles:
    """The styles of a document, from its content and from the part that holds the named ones."""

    def __init__(self, roots: Iterable[etree._Element]) -> None:
        homes = [home for root in roots for name in HOMES for home in root.iterfind(f"{OFFICE}{name}")]
        self.nodes = {
            (n.get(f"{STYLE}family", ""), n.get(f"{STYLE}name", "")): n for n in nodes(homes, f"{STYLE}style")
        }
        data = [node for kind in KINDS for node in nodes(homes, f"{NUMBER}{kind}")]
        self.formats = format_codes({node.get(f"{STYLE}name", ""): node for node in data})
        self.cell = cache(self.cell)  # type: ignore[method-assign]  # thousands of cells have the same few

    def unseen(self) -> set[tuple[str, str]]:
        """Family and name of the styles under which a sheet, a row or a column cannot be seen."""
        return {key for key, node in self.nodes.items() if any(map(hides, node))}

    def cell(self, name: str) -> Style:
        """The style of a cell."""
        style = Style()
        for node in reversed(list(self.heritage(CELL, name or "Default"))):
            style = dressed(style, node)
            style = replace(style, format=self.formats.get(node.get(f"{STYLE}data-style-name", ""), style.format))
        return style

    def heritage(self, family: str, name: str) -> Iterator[etree._Element]:
        """A style and those that it inherits from, the nearest first."""
        for _ in range(DEEPEST):
            node = self.nodes.get((family, name))
            if node is None:
                return
            yield node
            name = node.get(f"{STYLE}parent-style-name", "")

    def look(self, name: str, cell: etree._Element) -> Look | None:
        """How a cell is shown that has this style."""
        style = self.cell(name)
        if next(cell.iterfind(f"{TEXT}p//{TEXT}span"), None) is None:
            return look_of(style)
        bare = replace(style, format=GENERAL)
        lines = [list(self.pieces(paragraph, bare)) for paragraph in cell.iterchildren(f"{TEXT}p")]
        return look_in_pieces(style, [piece for line in lines for piece in line])

    def pieces(self, node: etree._Element, style: Style) -> Iterator[tuple[str, Style]]:
        """The text within an element, piece by piece."""
        yield node.text or "", style
        for child in node:
            if child.tag == f"{TEXT}s":
                yield " " * min(int(child.get(f"{TEXT}c", "1")), 32_767), style
            elif child.tag != f"{OFFICE}annotation":
                own = style
                for named in reversed(list(self.heritage(WORDS, child.get(f"{TEXT}style-name", "")))):
                    own = dressed(own, named)
                yield from self.pieces(child, own)
            yield child.tail or "", style


def nodes(homes: Iterable[etree._Element], tag: str) -> Iterator[etree._Element]:
    """The elements of this tag in all parts that hold styles."""
    for home in homes:
        yield from home.iterchildren(tag)


def hides(look: etree._Element) -> bool:
    """Whether nobody sees what has these properties: not displayed, too low or too narrow for a digit."""
    low, narrow = look.get(f"{STYLE}row-height"), look.get(f"{STYLE}column-width")
    too_low = points(low) < LEAST_HEIGHT if low else False
    return look.get(f"{TABLE}display") == "false" or too_low or bool(narrow and points(narrow) < LEAST_WIDTH * DIGIT)


def points(size: str) -> float:
    """A length in points; one in a unit that we do not know is long."""
    match = SIZE.fullmatch(size)
    return float(match[1]) * POINTS[match[2] or "pt"] if match else float("inf")


def dressed(style: Style, node: etree._Element) -> Style:
    """The style with what an element of it says."""
    for look in node:
        if look.tag == f"{STYLE}table-cell-properties" and (ground := look.get(f"{FO}background-color")):
            style = replace(style, ground=WHITE if ground == "transparent" else colour(ground))
        elif look.tag == f"{STYLE}text-properties":
            style = in_words(style, look)
    return style


def in_words(style: Style, look: etree._Element) -> Style:
    """The style with what is said of its text."""
    if look.get(f"{STYLE}use-window-font-color") == "true":
        style = replace(style, colour=BLACK)
    elif named := look.get(f"{FO}color"):
        style = replace(style, colour=colour(named))
    if size := look.get(f"{FO}font-size"):
        style = replace(style, tiny=points(size) < LEAST_FONT)
    lines = [look.get(f"{STYLE}text-line-through-{name}") for name in ("style", "type")]
    if any(lines):
        style = replace(style, struck="none" not in lines)
    if position := look.get(f"{STYLE}text-position"):
        style = replace(style, raised=position.split()[0] not in LEVEL)
    return style


def colour(text: str) -> str:
    """``#ffffff`` as ``FFFFFF``; empty where it is no such colour."""
    match = HEX.fullmatch(text)
    return match[1].upper() if match else ""
