"""An .xls as its records: which there are before the first sheet, and which are a worksheet's own."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import takewhile

END, BOUND_SHEET, BEGIN = 0x0A, 0x85, 0x809
"""Kinds of records, in BIFF5 and BIFF8: where a part ends, where a sheet lies, where a part begins."""


def stream_of(content: bytes) -> bytes:
    """The records of the workbook, without the container around them."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        stream: bytes = ole.openstream("Workbook" if ole.exists("Workbook") else "Book").read()
    return stream


def book_records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """The records before the first sheet."""
    return takewhile(lambda record: record[0] != END, records(stream, 0))


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def own_records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of the worksheet that begins here, without those of charts within it. Raises ValueError where it does
    not come to its end."""
    depth = 0
    for kind, data in records(stream, at):
        depth += (kind == BEGIN) - (kind == END)
        if depth == 0:
            return
        if depth == 1:
            yield kind, data
    raise ValueError("a sheet without an end")


def sheet_name(data: bytes) -> str:
    """The name that the list of sheets gives to one of them."""
    text = data[8 : 8 + data[6] * (1 + (data[7] & 1))]
    return text.decode("utf-16-le" if data[7] & 1 else "latin-1")
