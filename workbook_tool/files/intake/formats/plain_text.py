"""Reads plain text in which tables are typed: their cells with tabs between them, or with bars, as copies of web pages and
of documents have them."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_tool.files.intake.formats.kinds import MARKS
from workbook_tool.files.intake.formats.looks import Style
from workbook_tool.files.intake.formats.written import Written, WrittenTable
from workbook_tool.model.intake.submission import Sheet

KIND = "纯文本（.txt）"
BAR, TAB = "|", "\t"
LEAST_ROWS = 3
"""What has fewer lines with cells is no table of a form."""


def read_plain_text(content: bytes) -> tuple[Sheet, ...] | None:
    """Tables and text; None where no table is typed in it."""
    text = decoded(content)
    if text is None:
        return None
    found, rows = Written(), list[list[str]]()
    for line in text.splitlines():
        cells = cells_of(line, inside=bool(rows))
        if cells is not None:
            rows.append(cells)
        elif line.strip():
            take(found, rows)
            found.write(line)
            rows = []
    take(found, rows)
    return found.sheets(KIND) if found.tables else None


def decoded(content: bytes) -> str | None:
    """The text, in the encodings of our desks; None where it is none."""
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def cells_of(line: str, inside: bool) -> list[str] | None:
    """The cells of a line; None where it is none of a table. In a table a line may begin or end with blank cells."""
    if line.count(BAR) > 1:
        return line.strip().removeprefix(BAR).removesuffix(BAR).split(BAR)
    if TAB in (line if inside and line.strip() else line.strip()):
        return line.split(TAB)
    return None


def take(found: Written, rows: list[list[str]]) -> None:
    """The lines of a table that has ended, or lines of text that only looked like one."""
    if len(rows) < LEAST_ROWS:
        for row in rows:
            found.write(" ".join(row))
        return
    table = WrittenTable(height=len(rows))
    for number, row in enumerate(ruled(rows)):
        for column, text in enumerate(row):
            table.write((number, column), [(text.strip(), Style())])
    found.take(table)


def ruled(rows: list[list[str]]) -> Iterator[list[str]]:
    """The rows without those that only rule a line under the head."""
    for row in rows:
        yield [] if all(set(cell.strip()) <= set("-:") for cell in row) and any(map(str.strip, row)) else row
