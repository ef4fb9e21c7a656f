"""Reads a spreadsheet file into sheets, by its content and never by its name.

Each format has one module that tells values, error cells, uncomputed formulas and hidden parts; a format that cannot
tell all of them is refused in words. Whoever calls this does so in a process with a cap on memory and time.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from workbook_tool.files.intake.formats.kinds import (
    LOOKED_AT,
    NUMBERS,
    SAVE_AS,
    SEND,
    UNPACK,
    as_text,
    foreign_package,
    is_page,
    is_saved_page,
    refuse_non_workbook,
)
from workbook_tool.files.intake.formats.locked import OLE, ole_kind, unlock
from workbook_tool.files.intake.formats.markup import BROKEN
from workbook_tool.files.intake.formats.package import Package, known_xml, main_part, open_package, parse_xml
from workbook_tool.files.intake.opening import NotRegularError, open_regular
from workbook_tool.model.errors import Document, Oversized, Unreadable, why
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.office.settings import Limits

EMPTY = "空文件（0 个字）；可能没有传完，请重新发送"
NOT_REGULAR = "不是普通文件（而是链接、管道或设备），没有读；请把文件本身复制到收件夹"
MAIN_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "word/document.xml")
"""Where the main part mostly is, for packages that do not say it."""
KNOWN = 1 << 16
"""In bytes: a larger part is not kept to be known again."""
DOCUMENTS = {
    "ppt/": "这是演示文稿（.pptx），不是表格；" + SEND,
    "ofd.xml": "这是 OFD 版式文件，不是表格；" + SEND,
}


BROUGHT: dict[Path, bytes] = {}
"""On another machine, the files that came along with the work, since they do not lie there."""


def read_bytes(location: Path, limits: Limits) -> bytes:
    """The content of a regular file. Raises Unreadable for links, pipes and folders, and for what is too large."""
    most = limits.file_mib << 20
    if location in BROUGHT:
        return BROUGHT[location]
    try:
        with open_regular(location) as stream:
            size = os.fstat(stream.fileno()).st_size
            content = stream.read(most + 1) if size <= most else b""
            size = max(size, len(content))
    except NotRegularError as error:
        raise Unreadable(NOT_REGULAR) from error
    except OSError as error:
        raise Unreadable(f"无法读取：{why(error)}") from error
    if size > most:
        raise too_large(size, limits)
    return content


def too_large(size: int, limits: Limits) -> Oversized:
    """The error for a file above the limit; ``size`` is in bytes."""
    return Oversized(f"文件有 {size / (1 << 20):.0f} MiB，超过 {limits.file_mib} MiB 的上限；填报表不应这么大")


def read_sheets(content: bytes, limits: Limits, passwords: Sequence[str] = ()) -> tuple[Sheet, ...]:
    """All worksheets of a spreadsheet file. Raises Unreadable, saying why and what to send instead; Document where the
    file is a text or a picture that may have come beside one."""
    if content[:8] == OLE:
        from workbook_tool.files.intake.formats.converted import KIND as CONVERTED
        from workbook_tool.files.intake.formats.converted import as_docx
        from workbook_tool.files.intake.formats.xls import is_locked, read_xls

        kind = ole_kind(content)
        if kind == "document":
            content = as_docx(content)
            with document(CONVERTED):
                return as_kind(read_package(content, open_package(content, limits)), CONVERTED)
        if kind == "workbook" and not is_locked(content):
            return read_xls(content)
        content = unlock(content, passwords)
        if content[:8] == OLE:
            return read_xls(content)
    if content[:2] == b"PK":
        try:
            return read_package(content, open_package(content, limits))
        except MemoryError as error:
            raise Oversized("读取时占用内存过多，不是正常的填报表") from error
    if not content.strip(b"\0"):
        raise Unreadable(EMPTY)
    if kind := flat_kind(content[:4096]):
        return read_flat(content, kind)
    if b"%PDF-" in content[:1024]:
        from workbook_tool.files.intake.formats.pdf import KIND as PDF
        from workbook_tool.files.intake.formats.pdf import read_pdf

        with document(PDF):
            return read_pdf(content)
    if content.lstrip()[:5].lower() == b"{\\rtf":
        from workbook_tool.files.intake.formats.rtf import KIND, read_rtf

        with document(KIND):
            return read_rtf(content)
    return read_text(content)


@contextmanager
def document(kind: str) -> Iterator[None]:
    """Raises Document for a document that cannot be read: beside a workbook it is only what came with it."""
    try:
        yield
    except (Document, Oversized):
        raise
    except Unreadable as error:
        raise Document(f"这是{kind}，读不准：{error}") from error


def as_kind(sheets: Sequence[Sheet], kind: str) -> tuple[Sheet, ...]:
    """The sheets of a document that was something else before it was read."""
    return tuple(replace(sheet, document=kind) for sheet in sheets)


def read_flat(content: bytes, kind: str) -> tuple[Sheet, ...]:
    """The sheets of an OpenDocument file in one piece of XML."""
    if kind == "text":
        from workbook_tool.files.intake.formats.odt import KIND, read_odt

        with document(KIND):
            return read_odt(content)
    from workbook_tool.files.intake.formats.ods import read_ods

    return read_ods(content)


def read_text(content: bytes) -> tuple[Sheet, ...]:
    """The sheets of what is written in plain text: XML of Excel 2003 and web pages, mostly under the name of an .xls."""
    from workbook_tool.files.intake.formats.html import read_html, read_saved_page
    from workbook_tool.files.intake.formats.plain_text import read_plain_text
    from workbook_tool.files.intake.formats.spreadsheetml import is_spreadsheetml, read_spreadsheetml

    text = as_text(content[:LOOKED_AT]) or ""
    if is_spreadsheetml(text):
        return read_spreadsheetml(content)
    if is_page(text):
        return read_html(content)
    if is_saved_page(text):
        return read_saved_page(content)
    if text and (typed := read_plain_text(content)):
        return typed
    refuse_non_workbook(content)


def flat_kind(head: bytes) -> str:
    """Whether a file that is no package begins as a ``spreadsheet`` or a ``text`` of OpenDocument in one piece of XML."""
    kinds = ("spreadsheet", "text") if b"<office:document" in head else ()
    return next((kind for kind in kinds if f"oasis.opendocument.{kind}".encode() in head), "")


def read_package(content: bytes, parts: Package) -> tuple[Sheet, ...]:
    """The sheets of a zip package whose guard has passed."""
    if "content.xml" in parts or b"opendocument" in parts.get("mimetype", b""):
        return read_opendocument(parts)
    book = main_part(parts) or next((name for name in MAIN_PARTS if name in parts), "")
    if book.endswith(".bin"):
        from workbook_tool.files.intake.formats.xlsb import read_xlsb

        return read_xlsb(content, parts, book)
    small = book in parts and book.startswith("xl/") and len(parts[book]) <= KNOWN
    if book and (root := (known_xml if small else parse_xml)(parts[book])).tag.endswith("}workbook"):
        from workbook_tool.files.intake.formats.xlsx import read_xlsx

        return read_xlsx(content, parts, book, root)
    if book and root.tag.rpartition("}")[2] == "document":
        from workbook_tool.files.intake.formats.docx import KIND, read_docx

        with document(KIND):
            return read_docx(parts, book, root)
    for start, reason in DOCUMENTS.items():
        if any(name.startswith(start) for name in parts):
            raise Document(reason)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        foreign = foreign_package([name.lower() for name in package.namelist()])
    if foreign and foreign != NUMBERS:
        raise Document(foreign)
    raise Unreadable(foreign or f"这是压缩包而不是表格；{UNPACK}")


def read_opendocument(parts: Package) -> tuple[Sheet, ...]:
    """The sheets of an .ods."""
    if b"encryption-data" in parts.get("meta-inf/manifest.xml", b""):
        raise Unreadable(f"文件有打开密码，.ods 的密码不能代为打开；请去掉密码，{SAVE_AS.removeprefix('请')}")
    kind = parts.get("mimetype", b"opendocument.spreadsheet")
    if b"opendocument.text" in kind and "content.xml" in parts:
        from workbook_tool.files.intake.formats.odt import KIND, read_odt

        with document(KIND):
            return read_odt(parts["content.xml"], parts.get("styles.xml", b""))
    if b"opendocument.spreadsheet" not in kind:
        raise Document(f"这是 OpenDocument 文字或演示文稿，不是表格；{SEND}")
    from workbook_tool.files.intake.formats.ods import read_ods

    if "content.xml" not in parts:
        raise Unreadable(BROKEN)
    return read_ods(parts["content.xml"], parts.get("styles.xml", b""))
