"""How a web page shows its cells: as much of CSS as spreadsheets write, and the tags that do the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from lxml import etree
from msgspec.structs import replace

from workbook_tool.files.intake.formats.looks import (
    DIGIT,
    LEAST_FONT,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    NAMED_FORMATS,
    POINTS,
    Style,
    hex_colour,
)
from workbook_tool.model.intake.look import WHITE
from workbook_tool.model.regex import regex

RULE = regex(r"([^{}]+)\{([^{}]*)\}")
DECLARATION = regex(r"""\s*([\w-]+)\s*:\s*((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^;"'\\])*)(?:;|$)""", re.DOTALL)
SELECTOR = regex(r"(\w+)|(?:\w+)?\.([\w-]+)")
ESCAPE = regex(r"\\([0-9a-fA-F]{4})|\\(.)", re.DOTALL)
SIZE = regex(r"(\d+(?:\.\d*)?)\s*(pt|px|in|cm|mm|pc)?")
STRUCK_TAGS, RAISED_TAGS = ("s", "strike", "del"), ("sup", "sub")
LINES, WIDE = ("tr", "td", "th"), ("col", "colgroup")
Declarations = dict[str, str]


class Css:
    """What the style sheets of a page say of tags and of classes; more is not asked."""

    def __init__(self, sheets: Iterable[str]) -> None:
        self.rules: dict[str, Declarations] = {}
        for sheet in sheets:
            bare = re.sub(r"/\*.*?\*/|<!--|-->", "", sheet, flags=re.DOTALL)
            for selectors, body in RULE.findall(bare):
                said = declarations(body)
                for selector in selectors.split(","):
                    if match := SELECTOR.fullmatch(selector.strip()):
                        key = match[1].lower() if match[1] else f".{match[2].lower()}"
                        self.rules.setdefault(key, {}).update(said)

    def of(self, node: etree._Element) -> Declarations:
        """What holds for an element: its tag, its classes, then what it says itself."""
        said = dict(self.rules.get(str(node.tag), {}))
        for name in node.get("class", "").lower().split():
            said.update(self.rules.get(f".{name}", {}))
        return {**said, **declarations(node.get("style", ""))} if node.get("style") else said


@cache
def declarations(text: str) -> Declarations:
    """The properties of a rule, in lower case but for number formats."""
    return {
        name.lower(): value.strip() if name.lower() == "mso-number-format" else value.strip().lower()
        for name, value in DECLARATION.findall(text)
    }


def hides(node: etree._Element, said: Declarations) -> bool:
    """Whether nobody sees an element; a row or column also where it is next to nothing high or wide."""
    if said.get("display") == "none" or said.get("mso-hide") == "all" or node.get("hidden") is not None:
        return True
    if said.get("visibility") in ("hidden", "collapse") or points(said.get("font-size")) == 0:
        return True
    low = node.tag == "tr" and points(said.get("height") or node.get("height")) < LEAST_HEIGHT
    return low or (node.tag in WIDE and points(said.get("width") or node.get("width")) < LEAST_WIDTH * DIGIT)


def points(size: str | None) -> float:
    """A length in points, a bare number being pixels; what is no length is long."""
    match = SIZE.fullmatch((size or "").strip())
    return float(match[1]) * POINTS[match[2] or "px"] if match else float("inf")


def styled(node: etree._Element, said: Declarations, style: Style) -> Style:
    """The style within an element that stands in one of this style."""
    if colour := said.get("color") or (node.get("color") if node.tag == "font" else None):
        style = replace(style, colour=hex_colour(colour, ""))
    if ground := said.get("background-color") or said.get("background") or node.get("bgcolor"):
        style = replace(style, ground=style.ground if ground in ("none", "transparent") else ground_of(ground))
    if (line := said.get("text-decoration")) is not None:
        style = replace(style, struck="line-through" in line)
    if said.get("vertical-align") in ("super", "sub") or node.tag in RAISED_TAGS:
        style = replace(style, raised=True)
    if node.tag in STRUCK_TAGS:
        style = replace(style, struck=True)
    if size := said.get("font-size"):
        style = replace(style, tiny=points(size) < LEAST_FONT)
    if code := said.get("mso-number-format"):
        style = replace(style, format=format_of(code))
    elif noted := node.get("sdnum"):
        style = replace(style, format=noted.split(";", 2)[-1] or style.format)
    return style


def ground_of(text: str) -> str:
    """The colour behind a cell; empty where it is none that we know. Excel puts the kind of pattern behind it."""
    return WHITE if text.startswith("auto") else hex_colour(text.split()[0], "")


def format_of(code: str) -> str:
    r"""A number format as Excel writes it for a page: ``"\#\,\#\#0\.00"`` is ``#,##0.00``."""
    bare = code[1:-1] if code[:1] in "\"'" and len(code) > 1 else code
    told = ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], bare)
    return NAMED_FORMATS.get(told, told)
