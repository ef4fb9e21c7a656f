"""Reads .pdf that holds text: the ruled tables of its pages as one grid, and what stands beside them.

A PDF knows no cells: it draws lines and puts letters somewhere. A letter belongs to the cell in which its middle lies. A
scan holds no letters at all, and is called what it is.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct

from workbook_tool.files.intake.formats.kinds import SEND
from workbook_tool.files.intake.formats.looks import Style
from workbook_tool.files.intake.formats.stored import typed
from workbook_tool.files.intake.formats.written import BETWEEN, Pieces, Written, WrittenTable
from workbook_tool.model.errors import Document, Unreadable
from workbook_tool.model.intake.submission import Sheet

KIND = "PDF 文件（.pdf）"
SCAN = f"这是 PDF 文件，里面是扫描的图片，没有文字；{SEND}"
LOCKED = f"这是 PDF 文件，有打开密码；请去掉密码，或{SEND.removeprefix('请')}"
BROKEN = f"这是 PDF 文件，打不开，可能没有传完或已损坏；请重新发送，或{SEND.removeprefix('请')}"
MOST_PAGES, MOST_LINES, MOST_LETTERS = 200, 6000, 40_000
"""No honest report has more pages, and no page of one more lines or letters."""
NEAR = 2.5
"""In points: edges and lines so close together are one."""
SMALL = 0.75
"""A letter so much smaller than most of its cell is raised: the mark of a note."""
BAND = 0.25
"""A stroke in the middle half of a letter's height strikes it through; below it underlines it."""
FULL = 0.94
"""A line of text that goes so far to the right goes on in the next one."""
Box = tuple[float, float, float, float]


class PageTable(Struct):
    """A table as a page draws it: the boxes of its cells, and the page."""

    page: Any
    number: int
    cells: list[Box]

    @property
    def box(self) -> Box:
        """How far it reaches."""
        return (
            min(c[0] for c in self.cells),
            min(c[1] for c in self.cells),
            max(c[2] for c in self.cells),
            max(c[3] for c in self.cells),
        )


def read_pdf(content: bytes) -> tuple[Sheet, ...]:
    """Tables and text. Raises Document where there is no text to be read, Unreadable where it is too large."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise Unreadable(f"PDF 有 {len(pdf.pages)} 页，不是正常的报告；{SEND}")
            return read_pages(pdf.pages)
    except (Document, Unreadable, MemoryError):
        raise
    except PDFPasswordIncorrect:
        raise Document(LOCKED) from None
    except Exception as error:  # pdfminer ends in any way where a file is damaged, and wraps a password
        locked = isinstance(error.__cause__ or error.__context__, PDFPasswordIncorrect) or "Password" in repr(error)
        raise Document(LOCKED if locked else BROKEN) from error


def read_pages(pages: Sequence[Any]) -> tuple[Sheet, ...]:
    """Page by page. Raises Document for a scan, Unreadable for what no honest report draws."""
    for number, page in enumerate(pages, 1):
        if len(page.edges) > MOST_LINES or len(page.chars) > MOST_LETTERS:
            raise Unreadable(f"PDF 第 {number} 页的线条或文字太多，不是正常的报告；{SEND}")
    if not any(page.chars for page in pages):
        raise Document(SCAN)
    story = PdfStory(running(pages))
    for number, page in enumerate(pages, 1):
        story.page(page, number)
        page.close()
    story.end_table()
    return story.found.sheets(KIND)


class PdfStory:
    """A document while it is read, page by page. ``begun`` is a table that may go on: a piece of it for each page.
    ``running`` are the lines that stand at the head or the foot of every page."""

    def __init__(self, running: Collection[str]) -> None:
        self.found, self.running = Written(), running
        self.begun: list[PageTable] = []

    def page(self, page: Any, number: int) -> None:
        """What stands on a page from top to bottom: its tables, and the text between them."""
        tables = [PageTable(page, number, list(one.cells)) for one in page.find_tables()]
        tables = sorted((one for one in tables if len(one.cells) > 1), key=lambda one: one.box[1])
        top = 0.0
        for table in tables:
            self.text(page, top, table.box[1], tables)
            if self.begun and not aligned(self.begun[-1].box, table.box):
                self.end_table()
            self.begun.append(table)
            top = max(top, table.box[3])
        self.text(page, top, float(page.height), tables)

    def text(self, page: Any, top: float, bottom: float, tables: Sequence[PageTable]) -> None:
        """The text between two heights, beside the tables: a line that is full goes on in the next one."""
        boxes = [table.box for table in tables]
        letters = [c for c in page.chars if top <= middle(c)[1] < bottom and not any(inside(c, box) for box in boxes)]
        lines = [line for line in lined(letters) if key_of(line) not in self.running]
        edge = max((letter["x1"] for letter in page.chars), default=0.0)
        begun = ""
        for line in lines:
            begun += text_of(line)
            if line[-1]["x1"] < FULL * edge:
                self.write(begun)
                begun = ""
        self.write(begun)

    def write(self, text: str) -> None:
        """A paragraph; what is more than the number of a page ends the table before it."""
        if text and BETWEEN.fullmatch(text) is None:
            self.end_table()
            self.found.write(text)

    def end_table(self) -> None:
        """The table that was begun is whole: one grid over all its pages."""
        begun, self.begun = self.begun, []
        across = apart([edge for table in begun for cell in table.cells for edge in (cell[0], cell[2])])
        before: WrittenTable | None = None
        for table in begun:
            piece = laid(table, across)
            if before is not None and halves(before, piece):
                piece = before.mended(piece)
            self.found.take(piece)
            before = piece


def halves(upper: WrittenTable, lower: WrittenTable) -> bool:
    """Whether the last row of a page and the first of the next are one row that the page cut: no column has something
    else in both, and figures stand in one of them at most."""
    last, first = upper.line(upper.height - 1), lower.line(0)
    figures = [{c for c, text in row.items() if is_number(text)} for row in (last, first)]
    if not last or not first or all(figures) or last == first:
        return False
    if figures[0] & first.keys() or figures[1] & last.keys():
        return False
    return first.keys() - figures[1] <= last.keys() or last.keys() - figures[0] <= first.keys()


def is_number(text: str) -> bool:
    """Whether a text is typed as a number."""
    return isinstance(typed(text), float)


def running(pages: Sequence[Any]) -> set[str]:
    """The lines at the head or the foot of pages that stand there on more than one: no part of the text."""
    found: Counter[str] = Counter()
    for page in pages:
        lines = [key_of(line) for line in lined(page.chars)]
        found.update({*lines[:1], *lines[-1:]})
    return {line for line, times in found.items() if times > 1}


def key_of(line: Sequence[dict[str, Any]]) -> str:
    """A line without its digits, which count the pages."""
    return re.sub(r"\d+", "", text_of(line))


def text_of(line: Sequence[dict[str, Any]]) -> str:
    """The letters of a line as text."""
    return "".join(letter["text"] for letter in line).strip()


def aligned(one: Box, other: Box) -> bool:
    """Whether two tables reach equally far to the left and to the right."""
    return abs(one[0] - other[0]) < NEAR and abs(one[2] - other[2]) < NEAR


def laid(drawn: PageTable, across: Sequence[float]) -> WrittenTable:
    """What a page holds of a table, in the columns that all its pages have together. Raises Unreadable where it is drawn
    upon itself."""
    down = apart([edge for cell in drawn.cells for edge in (cell[1], cell[3])])
    table = WrittenTable(edges=tuple(across), pages=(drawn.number, drawn.number), height=len(down) - 1)
    taken: set[tuple[int, int]] = set()
    for cell in sorted(drawn.cells, key=lambda one: (one[1], one[0])):
        first = (nearest(down, cell[1]), nearest(across, cell[0]))
        last = (nearest(down, cell[3]) - 1, nearest(across, cell[2]) - 1)
        if first in taken:
            raise Unreadable(f"PDF 第 {drawn.number} 页的表线重叠，读不准；{SEND}")
        taken.add(first)
        table.write(first, within(drawn.page, cell))
        if last != first and last >= first:
            table.merged[first] = last
    return table


def within(page: Any, cell: Box) -> Pieces:
    """What stands in a cell, line by line."""
    letters = [letter for letter in page.chars if inside(letter, cell)]
    if not letters:
        return []
    usual = max(letter["size"] for letter in letters)
    strokes = [
        e for e in page.edges if e["orientation"] == "h" and cell[1] < e["top"] < cell[3] and within_cell(e, cell)
    ]
    made: Pieces = []
    for line in lined(letters):
        made += [("\n", Style())] if made else []
        for before, letter in zip((None, *line), line, strict=False):
            gap = before is not None and letter["x0"] - before["x1"] > letter["size"] / 2
            style = Style(raised=is_raised(letter, line, usual), struck=is_struck(letter, strokes))
            made.append((" " * gap + letter["text"], style))
    return made


def is_struck(letter: dict[str, Any], strokes: Sequence[dict[str, Any]]) -> bool:
    """Whether one of these strokes goes through the middle of a letter."""
    across, height = middle(letter)[0], letter["bottom"] - letter["top"]
    high, low = letter["top"] + height * BAND, letter["bottom"] - height * BAND
    return any(stroke["x0"] <= across <= stroke["x1"] and high <= stroke["top"] <= low for stroke in strokes)


def within_cell(edge: dict[str, Any], cell: Box) -> bool:
    """Whether a line is drawn within a cell, and is none of its borders."""
    return bool(
        cell[0] - NEAR < edge["x0"]
        and edge["x1"] < cell[2] + NEAR
        and edge["x1"] - edge["x0"] < cell[2] - cell[0] - NEAR
    )


def is_raised(letter: dict[str, Any], line: Sequence[dict[str, Any]], usual: float) -> bool:
    """Whether a letter stands above its line and is smaller: then it is a mark, and no digit."""
    foot = max(other["bottom"] for other in line)
    return bool(letter["size"] < SMALL * usual and foot - letter["bottom"] > usual / 6)


def lined(letters: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Letters in lines from top to bottom, each from left to right. Letters that stand upon each other are one below
    the other."""
    lines: list[list[dict[str, Any]]] = []
    for letter in sorted(letters, key=lambda one: middle(one)[1]):
        if lines and middle(letter)[1] < lines[-1][0]["bottom"]:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return [sorted(line, key=lambda one: one["x0"]) for line in lines]


def inside(letter: dict[str, Any], box: Box) -> bool:
    """Whether the middle of a letter lies in a box."""
    across, down = middle(letter)
    return box[0] <= across < box[2] and box[1] <= down < box[3]


def middle(letter: dict[str, Any]) -> tuple[float, float]:
    """Where the middle of a letter lies."""
    return (letter["x0"] + letter["x1"]) / 2, (letter["top"] + letter["bottom"]) / 2


def apart(edges: Sequence[float]) -> list[float]:
    """The edges from left to right, those that are nearly the same as one."""
    made: list[float] = []
    for edge in sorted(edges):
        if not made or edge - made[-1] > NEAR:
            made.append(edge)
    return made


def nearest(edges: Sequence[float], edge: float) -> int:
    """Which of the edges this is."""
    return min(range(len(edges)), key=lambda n: abs(edges[n] - edge))
