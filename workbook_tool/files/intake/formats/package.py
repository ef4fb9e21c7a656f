"""Opens a zip-based workbook: every part inflated once, under limits, with its checksum verified.

Python's ``zipfile`` reads the directory; the parts are inflated here, since a guard must be able to stop in the middle
of one, and this takes a third of the time. Entry names are keys and never paths.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

from lxml import etree

from workbook_tool.files.opc import key, relations, relations_part
from workbook_tool.model.errors import Oversized, Unreadable
from workbook_tool.model.office.settings import Limits

MOST_ENTRIES = 2000
RATIO, RATIO_FROM = 100, 20 << 20
"""A part that inflates to more than RATIO_FROM bytes may do so at most RATIO to 1."""
STEP = 1 << 20
SMALL, REMEMBERED = 1 << 14, 64
"""In bytes; and what so many parts refer to is remembered."""
KEPT = (".xml", ".rels", ".bin", "mimetype")
LOCAL_HEADER = b"PK\x03\x04"
DOCTYPES = (b"<!DOCTYPE", b"<\0!\0D\0O\0C\0T\0Y\0P\0E")
"""In UTF-8 and its like, and in UTF-16 of either byte order."""
TOO_BIG = "文件解压后过大，不是正常的填报表"
INCOMPLETE = "文件不完整或已损坏；可能没有传完，请重新发送"

STERNLY: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "recover": False,
    "collect_ids": False,
    "remove_comments": True,  # a comment inside <v> would cut the number in two
    "remove_pis": True,
}
STERN = etree.XMLParser(**STERNLY)
Package = dict[str, bytes]
"""Parts by the key of their name (``opc.key``); only those that can hold cells."""


def open_package(content: bytes, limits: Limits) -> Package:
    """The parts of a zip-based workbook that can hold cells. Raises Unreadable where it is damaged or not honest."""
    try:
        if content.count(b"PK\x01\x02") > MOST_ENTRIES:
            raise Unreadable(f"文件内部有超过 {MOST_ENTRIES} 个部分，不是正常的填报表")
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return inflate_all(content, package.infolist(), limits.unpacked_mib << 20)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError, zlib.error) as error:
        raise Unreadable(INCOMPLETE) from error


def inflate_all(content: bytes, entries: list[zipfile.ZipInfo], left: int) -> Package:
    """All parts checked, at most ``left`` bytes together, of which nothing is inflated where the directory declares more."""
    if sum(entry.file_size for entry in entries) > left:
        raise Oversized(TOO_BIG)
    parts: Package = {}
    seen: set[str] = set()
    for entry in entries:
        name = key(entry.filename)
        if name in seen:
            raise Unreadable("文件内部有重复的部分，可能被篡改；请用 Excel 或 WPS 重新保存为 .xlsx 后再报")
        seen.add(name)
        kept, checksum, chunks = name.endswith(KEPT), 0, []
        for chunk in inflate(packed(content, entry), entry.compress_type, left):
            left -= len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            if kept:
                chunks.append(chunk)
        if checksum != entry.CRC:
            raise Unreadable(INCOMPLETE)
        if kept:
            parts[name] = chunks[0] if len(chunks) == 1 else b"".join(chunks)
            refuse_doctype(parts[name])
    return parts


def packed(content: bytes, entry: zipfile.ZipInfo) -> bytes:
    """The compressed bytes of an entry. Its own header must tell the same name as the directory."""
    if entry.flag_bits & 1:
        raise Unreadable("压缩包设有密码；请去掉密码，直接发送 .xlsx 填报表")
    header = content[entry.header_offset : entry.header_offset + 30]
    name = entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")
    start = entry.header_offset + 30
    if len(header) < 30 or header[:4] != LOCAL_HEADER or content[start : start + len(name)] != name:
        raise Unreadable(INCOMPLETE)
    start += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    data = content[start : start + entry.compress_size]
    if len(data) != entry.compress_size:
        raise Unreadable(INCOMPLETE)
    return data


def inflate(data: bytes, method: int, left: int) -> Iterator[bytes]:
    """The bytes of a part, in steps; stops with Unreadable at the first byte too many."""
    most = min(left, max(RATIO_FROM, RATIO * len(data)))
    if method == zipfile.ZIP_STORED:
        if len(data) > left:
            raise Oversized(TOO_BIG)
        yield data
        return
    if method != zipfile.ZIP_DEFLATED:
        raise Unreadable("文件的压缩方式不常见，不能读取；请用 Excel 或 WPS 重新保存为 .xlsx 后再报")
    stream, made = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while not stream.eof:
        chunk = stream.decompress(data, STEP)
        made += len(chunk)
        if made > most:
            raise Oversized(TOO_BIG)
        if not chunk and not stream.eof:
            raise Unreadable(INCOMPLETE)
        yield chunk
        data = stream.unconsumed_tail


def refuse_doctype(data: bytes) -> None:
    """No part that is markup may define entities; honest programs never do."""
    start = data[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \r\n\t")
    if start[:1] == b"<" and any(mark in data for mark in DOCTYPES):
        raise Unreadable("文件内含不允许的内容（DOCTYPE）；请用 Excel 或 WPS 重新保存为 .xlsx 后再报")


def parse_xml(data: bytes) -> etree._Element:
    """The root of a part. Nothing outside it is ever opened. Raises Unreadable where the markup is broken, MemoryError
    where there is not enough room for it."""
    with well_formed():
        return without_dtd(etree.fromstring(data, STERN))


@lru_cache(REMEMBERED)
def known_xml(data: bytes) -> etree._Element:
    """The same of a part that everybody sends back; nobody changes it any more."""
    return parse_xml(data)


def stream_xml(data: bytes, tag: str) -> Iterator[etree._Element]:
    """The elements of this tag, each once it is whole and then forgotten again: what a tree of the whole part has no room
    for. The last one given is the root, with all that else is in it. Raises as ``parse_xml`` does."""
    with well_formed():
        parser = etree.XMLPullParser(("end",), tag=tag, **STERNLY)
        for start in range(0, len(data), STEP):
            parser.feed(data[start : start + STEP])
            for _, element in cast(Iterator[tuple[str, etree._Element]], parser.read_events()):
                yield element
                element.clear()
                while element.getprevious() is not None and (parent := element.getparent()) is not None:
                    del parent[0]
        yield without_dtd(parser.close())


@contextmanager
def well_formed() -> Iterator[None]:
    """Raises Unreadable where the markup is broken, MemoryError where there is not enough room for it."""
    try:
        yield
    except (etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:  # the file is too big, and not broken
            raise MemoryError from error
        raise Unreadable("文件内部结构已损坏；请用 Excel 或 WPS 重新保存为 .xlsx 后再报") from error


def without_dtd(root: etree._Element) -> etree._Element:
    """The root itself. Raises Unreadable where entities are defined in an encoding that ``refuse_doctype`` does not know."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("文件内含不允许的内容（DOCTYPE）；请用 Excel 或 WPS 重新保存为 .xlsx 后再报")
    return root


def related(parts: Package, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: by relation id, the kind of relation and the name of the part meant."""
    source = parts.get(relations_part(part))
    if source is None:
        return {}
    told = relations_told if len(source) <= SMALL else relations_told.__wrapped__
    return dict(told(part, source))


@lru_cache(REMEMBERED)  # everybody sends the same ones back
def relations_told(part: str, source: bytes) -> tuple[tuple[str, tuple[str, str]], ...]:
    """The same of a part whose relations these are."""
    return tuple((one.id, (one.kind, key(one.target))) for one in relations(part, parse_xml(source)))


def main_part(parts: Package) -> str:
    """The name of the part that the package says it is about; empty where it says nothing."""
    found = [name for kind, name in related(parts, "").values() if kind == "officeDocument"]
    return next((name for name in found if name in parts), "")
