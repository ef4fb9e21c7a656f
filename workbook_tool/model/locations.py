"""Where something stands in a file, as people say it: an address in a sheet, row and column in a table of a document.

Findings carry the name of a sheet and its cells as text. A document has no sheets: its tables are numbered in their
order and named here, so that a name alone tells how a place in it is said.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbook_tool.model.cells import areas, within
from workbook_tool.model.regex import regex

TEXT = "正文"
"""The name of what stands in a document beside its tables, a paragraph in each row."""
EXPORTED = "文本清单"
"""The name of a list that came as text (.csv, .txt), which has no sheets either."""
IN_DOCUMENT = regex(rf"第 \d+ 个表(?:（第 [\d 至]+ 页）)?|{TEXT}|{EXPORTED}")
LINES = regex(r"第 (\d+)(?: 至 (\d+))? (行|段)(?:第 (\d+)(?: 至 (\d+))? 列)?")


def table_name(number: int, pages: tuple[int, int] | None = None) -> str:
    """The name of a document's table: ``第 2 个表``, with the pages that it stands on where it has any."""
    if pages is None:
        return f"第 {number} 个表"
    return f"第 {number} 个表（第 {spanned(*pages)} 页）"


def in_document(sheet: str) -> bool:
    """Whether a sheet of this name is a document's table, or its text."""
    return IN_DOCUMENT.fullmatch(sheet) is not None


def cells_in(sheet: str, places: Iterable[tuple[int, int]], most: int | None = None) -> str:
    """These cells of a sheet: ``D10:D12``, or ``第 10 至 12 行第 4 列`` of a document's table, ``第 3 段`` of its text; the first
    ``most`` areas of them."""
    told = areas(places).split(",")[:most]
    if told == [""] or not in_document(sheet):
        return ",".join(told)
    return "、".join(map(area_words if sheet != TEXT else paragraphs, told))


def area_words(area: str) -> str:
    """``D10:D12`` as ``第 10 至 12 行第 4 列``."""
    (top, left), (bottom, right) = corners(area)
    return f"第 {spanned(top + 1, bottom + 1)} 行第 {spanned(left + 1, right + 1)} 列"


def paragraphs(area: str) -> str:
    """``A3`` as ``第 3 段``: the first row of a text is its first paragraph."""
    (top, _), (bottom, _) = corners(area)
    return f"第 {spanned(top + 1, bottom + 1)} 段"


def corners(area: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and the last place of an area."""
    first, _, last = area.partition(":")
    return within(first)[0], within(last or first)[0]


def spanned(first: int, last: int) -> str:
    """``3``, or ``3 至 5``."""
    return str(first) if first == last else f"{first} 至 {last}"


def whole_place(sheet: str, cells: str) -> str:
    """Sheet and cells together, as a list shows them: ``表三!D32``, ``第 2 个表第 5 行第 3 列``."""
    if in_document(sheet):
        return f"{sheet}{cells}"
    return f"{sheet}!{cells}" if cells else sheet


def said_place(sheet: str, cells: str) -> str:
    """The same within a sentence: ``工作表「表三」D32``, ``第 2 个表第 5 行第 3 列``."""
    return f"{sheet}{cells}" if in_document(sheet) else f"工作表「{sheet}」{cells}"


def places_of(sheet: str, cells: str) -> list[tuple[int, int]]:
    """The cells that such words mean. Raises ValueError where they mean none."""
    found: list[tuple[int, int]] = []
    for match in map(LINES.fullmatch, cells.split("、") if in_document(sheet) else ()):
        if match is None:
            return within(cells)
        top, left = int(match[1]), int(match[4] or 1)
        bottom, right = int(match[2] or top), int(match[5] or left)
        found += [(row - 1, column - 1) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    return found or within(cells)
