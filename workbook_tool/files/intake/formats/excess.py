"""Why a workbook is too large: mostly a format that somebody set down to the last row there is, far below what was typed.
Whoever is told so can mend it in a minute."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from msgspec import Struct

from workbook_tool.files.intake.formats.package import parse_xml, related
from workbook_tool.files.opc import key
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.regex import regex

ROW = regex(rb'<row [^>]*?\br="(\d{1,7})"')
FILLED = (b"</v>", b"<is>", b"<f>", b"<f ")
"""What stands in a cell that holds anything."""
BOOK, SMALL, STEP, MOST = "xl/workbook.xml", 1 << 20, 1 << 20, 800 << 20
FAR = 1000
"""So many rows without anything in them are not left between two tables."""


class Reach(Struct):
    """How far down a sheet goes: the last row, and the last with something in it."""

    last: int = 0
    filled: int = 0

    def take(self, chunk: bytes) -> None:
        """Go on with the next part of the markup."""
        end = max(chunk.rfind(mark) for mark in FILLED)
        before = ROW.findall(chunk, 0, max(end, 0))
        if end >= 0:
            self.filled = int(before[-1]) if before else self.last
        after = ROW.findall(chunk, max(end, 0))
        self.last = int(after[-1]) if after else int(before[-1]) if before else self.last


def excess_words(content: bytes) -> str:
    """Which rows to delete so that the file becomes as small as it should be; empty where that is not what is wrong."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name, part in sheet_parts(package):
                reach, left = Reach(), MOST
                for chunk in chunks(package, part):
                    reach.take(chunk)
                    if (left := left - len(chunk)) < 0:
                        return ""
                if reach.last - reach.filled > FAR:
                    return (
                        f"；工作表「{name}」的格式一直设到第 {reach.last} 行，请删除第 {max(reach.filled, 1)} 行以下的空行后"
                        "另存为 .xlsx，再报"
                    )
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, NotImplementedError, RuntimeError):
        pass  # damaged besides: then its size is all that can be said
    except Unreadable:
        pass
    return ""


def sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The worksheets of an .xlsx: name and part, the largest first."""
    entries = {key(entry.filename): entry for entry in package.infolist()}
    wanted = [
        name for name in entries if name == BOOK or (name.startswith("xl/_rels/workbook") and name.endswith(".rels"))
    ]
    parts = {name: package.read(entries[name]) for name in wanted if entries[name].file_size < SMALL}
    names = {}
    for node in parse_xml(parts[BOOK]).iterfind("{*}sheets/{*}sheet"):
        for value in node.attrib.values():
            names[str(value)] = node.get("name", "")
    sheets = [
        (names.get(one, ""), target) for one, (kind, target) in related(parts, BOOK).items() if kind == "worksheet"
    ]
    for name, target in sorted(sheets, key=lambda sheet: -entries[sheet[1]].compress_size):
        yield name, entries[target].filename


def chunks(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part in pieces that end with a row."""
    rest = b""
    with package.open(part) as stream:
        while read := stream.read(STEP):
            whole, row, begun = (rest + read).rpartition(b"<row")  # no space behind it: they may be many
            yield whole
            rest = row + begun
            if len(rest) > 4 * STEP:  # a row that never ends
                rest = b""
    yield rest
