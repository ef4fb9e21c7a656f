"""Rows and columns of an .xlsx that nobody can see, and what lies under merged cells."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from workbook_tool.files.intake.formats.looks import LEAST_HEIGHT, LEAST_WIDTH
from workbook_tool.model.cells import column_number, position
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.regex import regex

TRUE = ("1", "true")
MERGED = regex(rb"""<(?:\w++:)?mergeCell\s[^>]*?\bref\s*=\s*["']([^"']+)""")
place_of = lru_cache(1 << 16)(position)  # the same addresses stand in every file
column_of = lru_cache(1 << 15)(column_number)


@lru_cache(1 << 15)
def place_in(row: str, address: str) -> Place:
    """The place of a cell that stands in the row of this number, as it mostly says itself."""
    letters = address.removesuffix(row)
    return (int(row) - 1, column_of(letters)) if letters.isalpha() and letters.isascii() else place_of(address)


def unseen_columns(root: etree._Element, space: str, last: int) -> set[int]:
    """The columns, up to the last, that are hidden or too narrow for a digit."""
    found, sized = set[int](), set[int]()
    for node in root.iterfind(f"{space}cols/{space}col"):
        span = range(int(node.get("min", "")) - 1, min(int(node.get("max", "")), last))
        sized.update(span)
        if node.get("hidden") in TRUE or below(node.get("width"), LEAST_WIDTH):
            found.update(span)
    usual = root.find(f"{space}sheetFormatPr")
    if usual is not None and below(usual.get("defaultColWidth"), LEAST_WIDTH):
        found.update(set(range(last)) - sized)
    return found


def hides_rows(root: etree._Element, space: str) -> bool:
    """Whether rows cannot be seen of which nothing else is said."""
    usual = root.find(f"{space}sheetFormatPr")
    if usual is None:
        return False
    return usual.get("zeroHeight") in TRUE or below(usual.get("defaultRowHeight"), LEAST_HEIGHT)


def unsized(line: etree._Element) -> bool:
    """Whether nothing is said of how a row looks: programs that show it write where its cells end, at the least."""
    return line.keys() in ([], ["r"])


def too_low(line: etree._Element) -> bool:
    """Whether nobody can see what stands in a row. One whose height somebody set, but which says none, has none: so
    openpyxl writes the height 0."""
    height = line.get("ht")
    return below(height, LEAST_HEIGHT) if height is not None else line.get("customHeight") in TRUE


def below(size: str | None, least: float) -> bool:
    """Whether this is the height or width of something that nobody can see."""
    return size is not None and float(size) < least


def merged_areas(root: etree._Element, rest: bytes, space: str) -> Iterator[tuple[Place, Place]]:
    """The first and last cell of each merged area, ``rest`` being what was cut off behind the cells."""
    told = [node.get("ref", "") for node in root.iterfind(f"{space}mergeCells/{space}mergeCell")]
    for area in (*told, *(found.decode("ascii", "replace") for found in MERGED.findall(rest))):
        first, _, last = area.partition(":")
        yield place_of(first), place_of(last or first)
