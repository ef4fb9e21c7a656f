"""Reads a list that a system exported as text (.csv, .txt): its cells with commas, tabs or semicolons between them.

Such a text says neither in which encoding it is nor what parts its cells: the one way counts in which the heads of the
list come out. Where anything else does not, its rows are told, and nothing is read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.intake.formats.kinds import CONTROL, LOOKED_AT, MARKS, OF_A_RESULT
from workbook_tool.files.intake.formats.laid_out import LaidOut
from workbook_tool.files.intake.formats.looks import ERROR
from workbook_tool.files.intake.formats.markup import MOST_COLUMNS
from workbook_tool.files.intake.formats.stored import typed, typed_look
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import ErrorValue, Sheet
from workbook_tool.model.locations import EXPORTED
from workbook_tool.model.regex import regex

SEPARATORS = {",": "逗号", "\t": "制表符", ";": "分号"}
TOLD = regex(r'(?i:sep=)([^"\r\n])\r?\n')
"""A first line that tells Excel what parts the cells; it shows none."""
AS_TEXT = regex(r'="([^"]*)"|\'([^\'].*)')
"""How systems keep a spreadsheet from taking a text for a number: ``="00123"``, ``'00123``."""
BREAK = regex(r"\r\n?")
LOST = "\N{REPLACEMENT CHARACTER}"
EARLY = 60
"""So far down the head of a list is looked for."""
NAMED_ROWS = 5
FEWEST_PARTS = 4
"""A line of a note may well have fewer by chance."""
END_OF_FILE = "\x1a"
"""How programs of DOS end a text."""
RESEND = "请在原系统里重新导出（能导出 .xlsx 的，请导出 .xlsx）后再报"


def read_exported(content: bytes, head_of: Callable[[Sheet], range | None]) -> Sheet | None:
    """The list that a text is; None where it is none. ``head_of`` tells which rows of a sheet are the head of a list. Raises
    Unreadable where some of it cannot be trusted."""
    for way in ways_to_read(content):
        if head := head_of(sheet_of(parted(*way, EARLY).rows)):
            one = parted(*way)
            if doubt := one.doubt(head):
                raise Unreadable(f"{doubt}，没有读取；{RESEND}")
            return sheet_of(one.rows)
    return None


class Delimited(Struct, frozen=True):
    """A text parted by one separator, as it reads in one encoding: its rows as spreadsheet programs show them (a line break
    between quotation marks begins none), and the row in which those marks make no sense, 0 for none."""

    encoding: str
    separator: str
    rows: Sequence[Sequence[str]]
    broken: int = 0

    def doubt(self, head: range) -> str:
        """Why what is read may not be what was exported; empty where nothing speaks against it."""
        if self.broken:
            return (
                f"第 {self.broken} 行的引号不成对（或有一格超过 {csv.field_size_limit() // 10_000} 万字），分不清各格"
            )
        if lost := [n for n, row in enumerate(self.rows, 1) if any(LOST in cell for cell in row)]:
            return f"{named(lost)}有认不出的字（乱码，或没有传完）"
        if self.encoding == "gb18030" and (other := [n for n, row in enumerate(self.rows, 1) if is_other(row)]):
            return f"{named(other)}与别的行编码不同（UTF-8 与 GBK 混在一起）"
        width = max(len(self.rows[row]) for row in head)
        if swallowed := [n for n, row in enumerate(self.rows, 1) if any(self.holds_row(cell, width) for cell in row)]:
            return f"{named(swallowed)}有一格里像是另外几行，可能是引号不成对"
        wide = self.wider(head.stop, width)
        words = SEPARATORS.get(self.separator, "分隔符")
        said = f"表头有 {width} 格，{named(wide)}却更多，可能是内容里有{words}而没有加引号"
        return said if wide else ""

    def holds_row(self, cell: str, width: int) -> bool:
        """Whether a line of a cell looks like another row of the list, which a quotation mark that nobody meant took in: as
        many parts, and a day or a number among them."""
        if width < FEWEST_PARTS or self.separator not in cell:
            return False
        lines = (line.split(self.separator) for line in cell.splitlines()[1:])
        return any(len(parts) in (width, width + 1) and any(part[:1].isdigit() for part in parts) for parts in lines)

    def wider(self, start: int, width: int) -> list[int]:
        """The rows of more cells than the head has, since one of theirs may have been parted. A separator behind the last
        cell of every row parts nothing."""
        below = [(n, row) for n, row in enumerate(self.rows[start:], start + 1) if any(row)]
        long = [n for n, row in below if len(row) > width]
        filled = [n for n, row in below if any(cell.strip() for cell in row[width:])]
        return filled or (long if len(long) < len(below) else [])


def ways_to_read(content: bytes) -> Iterator[tuple[str, str, str]]:
    """A text in each encoding, and with each separator; nothing for what is no text, or written in marks."""
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), "") or unmarked(content)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        text = content.decode(encoding, "replace").rstrip(END_OF_FILE)
        if CONTROL.search(text[:LOOKED_AT]) or OF_A_RESULT.match(text) or text.lstrip().startswith("<"):
            return
        told = TOLD.match(text)
        for separator in [told[1]] if told else SEPARATORS:
            yield text[told.end() if told else 0 :], encoding, separator


def unmarked(content: bytes) -> str:
    """UTF-16 without a mark, by the zeros beside plain letters; empty for anything else."""
    head = content[:LOOKED_AT]
    if head.count(0) * 20 < len(head) or len(content) % 2:
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def parted(text: str, encoding: str, separator: str, most: int | None = None) -> Delimited:
    """The first rows or all, down to where quotation marks make no sense."""
    rows = list[list[str]]()
    try:
        rows.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), most))
    except csv.Error:
        return Delimited(encoding, separator, rows, len(rows) + 1)
    return Delimited(encoding, separator, rows)


def is_other(row: Sequence[str]) -> bool:
    """Whether a row that was read in GBK is surely in UTF-8: several characters of three bytes, and no others but ASCII. Of
    two files put together one would be read as other words."""
    try:
        wide = [character for character in "".join(row).encode("gb18030").decode() if not character.isascii()]
    except UnicodeError:
        return False
    return len(wide) > 1 and all("\u3000" <= character <= "\uffef" for character in wide)


def named(rows: Sequence[int]) -> str:
    """``第 3、5 行``; of many the first ones."""
    return f"第 {'、'.join(map(str, rows[:NAMED_ROWS]))} {'等' * (len(rows) > NAMED_ROWS)}行"


def sheet_of(rows: Sequence[Sequence[str]]) -> Sheet:
    """The rows as a sheet: a number where a spreadsheet would make one, all else as it is written."""
    found = LaidOut(EXPORTED)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells[:MOST_COLUMNS]):
            if text := bare(BREAK.sub("\n", cell.strip())):
                content = ErrorValue(text) if ERROR.fullmatch(text) else typed(text)
                found.put((row, column), content, typed_look(text, content))
    return replace(found.sheet(), untyped=True)


def bare(text: str) -> str:
    """A text without what only says that it is one."""
    match = AS_TEXT.fullmatch(text)
    return (match[1] or match[2] or "") if match else text
