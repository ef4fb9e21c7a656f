"""Parses files of the old binary format (.xls) in a process of their own.

Nothing in such a file is checked by a checksum, and a damaged one can make any reader ask for all the memory there is,
which no ``except`` survives. So a child with a cap on memory and time does it, and only its file is lost.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection

from workbook_tool.model.errors import Unreadable
from workbook_tool.model.submission import Content

MEMORY, SECONDS = 1 << 30, 20
Rows = Sequence[Sequence[Content]]


def read_caged(content: bytes) -> list[tuple[str, Rows]]:
    """Names and rows of all sheets. Raises Unreadable where the file cannot be parsed within the limits."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=work, args=(sender, content), daemon=True)
    child.start()
    sender.close()
    try:
        if not receiver.poll(SECONDS):
            raise Unreadable(f"读取超过 {SECONDS} 秒，文件可能已损坏；请另存为 .xlsx 后再报")
        outcome = receiver.recv()
    except EOFError:
        raise Unreadable("文件已损坏，读取时占用内存过多；请另存为 .xlsx 后再报") from None
    finally:
        child.kill()
        child.join()
        receiver.close()
    if isinstance(outcome, str):
        raise Unreadable(f"文件已损坏，无法打开（{outcome}）；请用 Excel 或 WPS 另存为 .xlsx 后再报")
    return list(outcome)


def sheet_rows(content: bytes) -> list[tuple[str, Rows]]:
    """Names and rows of the worksheets; charts and macro sheets have none."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    return [(name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names]


def work(sender: Connection, content: bytes) -> None:
    """In the child: send the sheets, or what went wrong as text."""
    cap_memory()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the parser's own traces say nothing to a clerk
    try:
        sender.send(sheet_rows(content))
    except BaseException as error:  # calamine's panics are no Exception; whatever it is, the parent must hear of it
        sender.send(type(error).__name__)


def cap_memory() -> None:
    """Windows has no such limit; there only the time limit holds."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
