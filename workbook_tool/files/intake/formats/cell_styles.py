"""The styles of an .xlsx: what its cells look like, cell by cell and piece by piece of a rich text."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain, product
from typing import TypeVar

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import asdict, replace

from workbook_tool.files.intake.formats.looks import (
    BUILT_IN,
    LEAST_FONT,
    PALETTE,
    Style,
    look_in_pieces,
    look_of,
    rounded_look,
)
from workbook_tool.files.intake.formats.package import Package, parse_xml
from workbook_tool.model.intake.look import BLACK, GENERAL, PLAIN_FORMATS, WHITE, Look, same_colour
from workbook_tool.model.regex import regex

OFF = ("0", "false")
RICH = (b"strike", b"vertAlign", b"color", b"sz")
"""What a rich text holds, one of them at least, where any of its pieces is not plain."""
SCHEME_ORDER = (1, 0, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11)
"""The colours of a theme are numbered in another order than they stand in: light before dark."""
HEX = regex("[0-9A-F]{6}")
T = TypeVar("T")
Pieces = tuple[tuple[str, "Overlay | None"], ...]


class Colours(Struct, frozen=True):
    """The colours that a workbook names by number: those of its theme and its palette."""

    theme: tuple[str, ...] = ()
    palette: tuple[str, ...] = tuple(PALETTE)

    def named(self, node: etree._Element | None) -> str | None:
        """``RRGGBB``; None where the element names no colour, empty where it names one that we do not know."""
        if node is None or node.get("auto") in ("1", "true"):
            return None
        rgb = node.get("rgb")
        if rgb is not None:
            found = rgb[-6:].upper()
        elif (number := node.get("theme") or node.get("indexed")) and number.isdigit():
            found = self.numbered(int(number), themed=node.get("theme") is not None)
        else:
            return None
        return tinted(found, float(node.get("tint", "0")))

    def numbered(self, number: int, themed: bool) -> str:
        """``RRGGBB`` of a number in the theme or the palette; empty where it stands for none that we know."""
        known = self.theme if themed else (*self.palette, BLACK, WHITE)  # 64 and 65 are those of the system
        return known[number] if number < len(known) else ""


NO_COLOURS = Colours()


class Overlay(Struct, frozen=True):
    """A format that is laid over another one, as that of a conditional format: None where it changes nothing."""

    format: str | None = None
    struck: bool | None = None
    raised: bool | None = None
    colour: str | None = None
    ground: str | None = None
    tiny: bool | None = None

    def over(self, style: Style) -> Style:
        """The style with what this changes of it."""
        return replace(style, **{name: value for name, value in asdict(self).items() if value is not None})

    @property
    def matter(self) -> bool:
        """Whether they change what a number says, and not only how it looks."""
        unseen = same_colour(self.colour or BLACK, self.ground or WHITE)
        return self.format is not None or bool(self.struck or self.raised or self.tiny) or unseen

    def under(self, other: Overlay) -> Overlay:
        """Both, the other one first."""
        return replace(self, **{name: value for name, value in asdict(other).items() if value is not None})


class CellStyles(Struct, frozen=True, eq=False, dict=True):
    """The styles of a workbook by the number that cells name them by; those of equal parts are the same object.

    ``looks`` are those that are not plain, ``rounding`` those that are but for the decimals of a number, ``rich`` the pieces
    of shared texts that are not, ``conditional`` what conditional formats change; ``inline``: pieces stand in the cells of a
    sheet too."""

    cells: tuple[Style, ...] = ()
    looks: Mapping[str, Look] = field(default_factory=dict)
    rich: Mapping[str, Pieces] = field(default_factory=dict)
    conditional: tuple[Overlay, ...] = ()
    colours: Colours = NO_COLOURS
    inline: bool = False
    rounding: Mapping[str, Look] = field(default_factory=dict)

    @cached_property
    def watched(self) -> bool:
        """Whether any conditional format may change what a number says."""
        grounds = {changes.ground for changes in self.conditional if changes.ground}
        if any(changes.matter for changes in self.conditional) or (grounds and self.inline):
            return True
        pieces = chain.from_iterable(self.rich.values())
        inks = {style.colour for style in self.cells} | {own.colour or BLACK for _, own in pieces if own}
        coloured = any("[" in style.format for style in self.cells if style.format not in PLAIN_FORMATS)
        return bool(grounds) and (coloured or any(same_colour(*pair) for pair in product(grounds, inks)))

    def style(self, number: str) -> Style:
        """The style of this number; a plain one where the workbook has none."""
        return self.cells[int(number)] if number.isdigit() and int(number) < len(self.cells) else Style()

    def look(self, number: str, pieces: Pieces | None, changes: Overlay | None = None) -> Look | None:
        """How a cell of this style is shown that holds this rich text, where a conditional format changes this."""
        if not pieces and changes is None:
            return self.looks.get(number)
        style = self.style(number) if changes is None else changes.over(self.style(number))
        if not pieces:
            return look_of(style)
        bare = Style(ground=style.ground)
        return look_in_pieces(style, [(text, style if own is None else own.over(bare)) for text, own in pieces])


PLAIN = CellStyles()


def styles_of(parts: Package, targets: Mapping[str, tuple[str, str]]) -> CellStyles:
    """The styles of a workbook whose relations these are."""
    named = dict(targets.values())
    sheet, theme = (parts.get(named.get(kind, ""), b"") for kind in ("styles", "theme"))
    found = parse_styles(sheet, theme) if sheet else PLAIN
    texts = parts.get(named.get("sharedStrings", ""), b"")
    if b"rPr" in texts and any(mark in texts for mark in RICH):
        found = replace(found, rich=rich_texts(texts, found.colours))
    return found


@lru_cache(maxsize=8)  # the same issued workbook comes back from everybody
def parse_styles(sheet: bytes, theme: bytes) -> CellStyles:
    """What a styles part says."""
    root, palette = parse_xml(sheet), colours(sheet, theme)
    formats = {n.get("numFmtId", ""): n.get("formatCode", "") for n in root.iterfind("{*}numFmts/{*}numFmt")}
    fonts = [changes_of_font(node, palette) for node in root.iterfind("{*}fonts/{*}font")]
    grounds = [ground_of(node, palette) for node in root.iterfind("{*}fills/{*}fill")]
    cells = tuple(
        replace(
            one(fonts, node.get("fontId"), Overlay()).over(Style()),
            format=format_of(formats, node.get("numFmtId", "0")),
            ground=one(grounds, node.get("fillId"), WHITE),
        )
        for node in root.iterfind("{*}cellXfs/{*}xf")
    )
    looks = {str(number): look for number, style in enumerate(cells) if (look := look_of(style))}
    conditional = tuple(changes_of(node, palette) for node in root.iterfind("{*}dxfs/{*}dxf"))
    return CellStyles(cells, looks, {}, conditional, palette, rounding=rounding_looks(cells))


def rounding_looks(cells: Iterable[Style]) -> dict[str, Look]:
    """How numbers with decimals are shown under those of these styles that are plain but for them."""
    told = ((str(number), None if look_of(style) else rounded_look(style, 0.5)) for number, style in enumerate(cells))
    return {number: look for number, look in told if look}


def one(of: Sequence[T], number: str | None, other: T) -> T:
    """What stands in this place of a list, or else the other."""
    return of[int(number)] if number and number.isdigit() and int(number) < len(of) else other


def format_of(formats: Mapping[str, str], number: str) -> str:
    """The format of a number, the workbook's own before those that are built in; General where it is neither."""
    if number in formats:
        return formats[number] or GENERAL
    return BUILT_IN.get(int(number), GENERAL) if number.isdigit() else GENERAL


@lru_cache(maxsize=8)
def colours(sheet: bytes, theme: bytes) -> Colours:
    """The colours of a workbook with these styles and this theme."""
    scheme = []
    if theme:
        for node in parse_xml(theme).iterfind("{*}themeElements/{*}clrScheme/*"):
            named = [child.get("lastClr", child.get("val", "")) for child in node]
            scheme.append(named[0].upper() if named else "")
    ordered = tuple(scheme[n] for n in SCHEME_ORDER if n < len(scheme))
    own = (
        [n.get("rgb", "")[-6:].upper() for n in parse_xml(sheet).iterfind("{*}colors/{*}indexedColors/{*}rgbColor")]
        if sheet
        else []
    )
    return Colours(ordered, (*own, *PALETTE[len(own) :])[: len(PALETTE)])


def tinted(colour: str, tint: float) -> str:
    """The colour made lighter (above 0) or darker, as spreadsheets do; empty where it is none."""
    if not HEX.fullmatch(colour):
        return ""
    if not tint:
        return colour
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, min(max(light, 0), 1), full))


def changes_of(node: etree._Element, palette: Colours) -> Overlay:
    """What a conditional format changes."""
    font, fill, code = (node.find(f"{{*}}{name}") for name in ("font", "fill", "numFmt"))
    changes = Overlay() if font is None else changes_of_font(font, palette)
    pattern = None if fill is None else fill.find("{*}patternFill")
    ground = None
    if pattern is not None and pattern.get("patternType", "solid") == "solid":
        ground = palette.named(pattern.find("{*}bgColor"))
    return replace(changes, ground=ground, format=None if code is None else code.get("formatCode"))


def changes_of_font(node: etree._Element, palette: Colours) -> Overlay:
    """What a font says of its text."""
    said = {part.tag.rpartition("}")[2]: part for part in node.iterchildren(etree.Element, reversed=True)}
    strike, align, size = (said.get(name) for name in ("strike", "vertAlign", "sz"))
    return Overlay(
        struck=None if strike is None else strike.get("val", "1") not in OFF,
        raised=None if align is None else align.get("val") in ("superscript", "subscript"),
        colour=palette.named(said.get("color")),
        tiny=None if size is None else float(size.get("val", "11")) < LEAST_FONT,
    )


def ground_of(node: etree._Element, palette: Colours) -> str:
    """The colour of a fill: white where there is none, empty where it is a pattern."""
    pattern = node.find("{*}patternFill")
    kind = "" if pattern is None else pattern.get("patternType", "none")
    if pattern is None or kind not in ("none", "solid"):
        return ""
    return WHITE if kind == "none" else palette.named(pattern.find("{*}fgColor")) or ""


def rich_texts(texts: bytes, palette: Colours) -> dict[str, Pieces]:
    """The shared texts that are formatted piece by piece, by their number."""
    items = parse_xml(texts).iterchildren("{*}si")
    return {str(number): found for number, item in enumerate(items) if (found := pieces_of(item, palette))}


def pieces_of(item: Iterable[etree._Element], palette: Colours) -> Pieces:
    """The pieces of a text; empty where it is one."""
    runs = [node for node in item if isinstance(node.tag, str) and node.tag.endswith("}r")]
    return tuple((piece_text(node), piece_look(node, palette)) for node in runs)


def piece_text(node: etree._Element) -> str:
    """What a piece of a rich text says."""
    return "".join(part.text or "" for part in node.iterfind("{*}t"))


def piece_look(node: etree._Element, palette: Colours) -> Overlay | None:
    """What a piece changes of its cell's style; None where it is as the cell."""
    look = node.find("{*}rPr")
    return None if look is None else changes_of_font(look, palette)
