"""How the text of a Word document looks: what its styles and its runs say of it, as far as that bears on a number."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.intake.formats.looks import LEAST_FONT, PLAIN_STYLE, Style
from workbook_tool.model.intake.look import BLACK, WHITE
from workbook_tool.model.regex import regex

OFF = ("0", "false", "off", "none")
HEX = regex("[0-9A-Fa-f]{6}")
DEEPEST = 20
"""Styles are based on each other; no honest ones so far."""


class Face(Struct, frozen=True):
    """How a piece of text looks. ``hidden``: it is not shown at all."""

    style: Style = PLAIN_STYLE
    hidden: bool = False


def tag(node: etree._Element) -> str:
    """The name of an element without its namespace, of which Word has two; that of what is no element is empty."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def own(node: etree._Element, name: str) -> etree._Element | None:
    """The child of this name."""
    return next((child for child in node if tag(child) == name), None)


def said(node: etree._Element | None, name: str = "val") -> str:
    """What an element says under this name, in whichever namespace; empty where nothing."""
    if node is None:
        return ""
    return next((str(value) for key, value in node.attrib.items() if str(key).rpartition("}")[2] == name), "")


def is_on(node: etree._Element | None) -> bool:
    """Whether a property that is either there or not is there."""
    return node is not None and said(node).lower() not in OFF


class DocxStyles:
    """The named styles of a document."""

    def __init__(self, root: etree._Element | None) -> None:
        nodes = [] if root is None else [node for node in root if tag(node) == "style"]
        self.nodes = {said(node, "styleId"): node for node in nodes}
        defaults = None if root is None else own(root, "docDefaults")
        common = own(defaults, "rPrDefault") if defaults is not None else None
        self.usual = faced(Face(), own(common, "rPr") if common is not None else None)
        self.named = lru_cache(1 << 10)(self.named)  # type: ignore[method-assign]

    def named(self, name: str, face: Face) -> Face:
        """The face under a named style, over what holds already."""
        line: list[etree._Element] = []
        while name in self.nodes and len(line) < DEEPEST:
            line.append(self.nodes[name])
            name = said(own(line[-1], "basedOn"))
        for node in reversed(line):
            face = faced(face, own(node, "rPr"))
        return face

    def of_paragraph(self, node: etree._Element, ground: str) -> Face:
        """The face that the runs of a paragraph start from, on this ground."""
        face = replace(self.usual, style=replace(self.usual.style, ground=ground))
        properties = own(node, "pPr")
        return face if properties is None else self.named(said(own(properties, "pStyle")), face)

    def of_run(self, node: etree._Element, face: Face) -> Face:
        """The face of a run in a paragraph of this face."""
        properties = own(node, "rPr")
        if properties is None:
            return face
        return faced(self.named(said(own(properties, "rStyle")), face), properties)


def faced(face: Face, properties: Iterable[etree._Element] | None) -> Face:
    """The face with what these properties change of it."""
    style, hidden = face.style, face.hidden
    for node in properties if properties is not None else ():
        match tag(node):
            case "vanish":
                hidden = is_on(node)
            case "sz" if said(node).isdigit():
                style = replace(style, tiny=int(said(node)) < 2 * LEAST_FONT)
            case "strike" | "dstrike":
                style = replace(style, struck=is_on(node))
            case "vertAlign":
                style = replace(style, raised=said(node) in ("superscript", "subscript"))
            case "color":
                style = replace(style, colour=colour(said(node), BLACK))
            case "shd":
                style = replace(style, ground=colour(said(node, "fill"), style.ground))
            case "highlight" if said(node) not in ("none", "white"):
                style = replace(style, ground="")
    return Face(style, hidden)


def ground_of(properties: etree._Element | None) -> str:
    """The colour behind a cell."""
    shade = own(properties, "shd") if properties is not None else None
    return WHITE if shade is None else colour(said(shade, "fill"), WHITE)


def colour(text: str, usual: str) -> str:
    """``ff0000`` as ``FF0000``, ``usual`` where it is left to the program, empty where it is none that we know."""
    if text in ("auto", ""):
        return usual
    return text.upper() if HEX.fullmatch(text) else ""
