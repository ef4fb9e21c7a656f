"""Zip archives: members are read into memory by their index; their names are only shown and never lead anywhere."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from datetime import datetime

from workbook_tool.files.intake.formats.kinds import foreign_package
from workbook_tool.files.intake.formats.package import MOST_ENTRIES, RATIO, RATIO_FROM
from workbook_tool.files.intake.unique_names import from_bytes
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.source import BEIJING

PACKAGE_PARTS = {"[content_types].xml", "xl/workbook.xml", "xl/workbook.bin", "content.xml", "mimetype", "ofd.xml"}
"""What a zip that is itself a workbook or document holds."""
AES = 99
DAMAGED = (zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error)
UNPACK = "请解开后把里面的文件放入收件夹"


def is_archive(content: bytes) -> bool:
    """Whether this is a whole zip that is no workbook and no document."""
    if content[:2] != b"PK":
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (*DAMAGED, NotImplementedError):
        return False
    ours = names & PACKAGE_PARTS or any(name.startswith("xl/worksheets/") for name in names)
    return not ours and not foreign_package(names)


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The archive in memory. Raises Unreadable where there is no end of entries."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    if len(archive.infolist()) > MOST_ENTRIES:
        raise Unreadable(f"压缩包里有 {len(archive.infolist())} 项，超过 {MOST_ENTRIES} 项的上限；{UNPACK}")
    return archive


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The name as whoever packed it wrote it: UTF-8 where that is said, else most likely GBK."""
    try:
        raw = entry.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.orig_filename
    if entry.flag_bits & 0x800:
        return entry.orig_filename
    return unicode_path(entry.extra, raw) or from_bytes(raw)


def unicode_path(extra: bytes, raw: bytes) -> str:
    """The name of the extra field 0x7075, where it belongs to this raw name; else nothing."""
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == 0x7075 and field[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return field[5:].decode("utf-8", "replace")
    return ""


def entry_date(entry: zipfile.ZipInfo) -> float:
    """When the packed file was changed. The archive says no time zone; every office here has the same."""
    try:
        return datetime(*entry.date_time, tzinfo=BEIJING).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, passwords: Sequence[str]) -> bytes:
    """The bytes of one member, its checksum verified. Raises Unreadable, saying what to do instead."""
    if entry.compress_type == AES:
        raise Unreadable(f"压缩包设有密码（AES 加密），程序解不开；{UNPACK}")
    if entry.file_size > max(RATIO_FROM, RATIO * entry.compress_size):
        raise Unreadable("解压后过大，不是正常的填报表")
    if not entry.flag_bits & 1:
        try:
            return inflate(archive, entry, None)
        except DAMAGED as error:
            raise Unreadable("压缩包不完整或已损坏，这份文件解不出来；请重新发送") from error
    for key in (word.encode(encoding) for word in passwords for encoding in ("utf-8", "gb18030")):
        try:
            return inflate(archive, entry, key)
        except (RuntimeError, *DAMAGED):  # a wrong key may pass the first check and fail the checksum
            continue
    tried = (
        "config.toml [reading] passwords 中的密码都不对"
        if passwords
        else "config.toml [reading] passwords 没有密码可试"
    )
    raise Unreadable(f"压缩包设有密码，{tried}；请填入密码，或{UNPACK}")


def head_of_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """How a member begins; nothing where it is locked or cannot be read."""
    try:
        with archive.open(entry) as stream:
            return stream.read(8)
    except (RuntimeError, NotImplementedError, *DAMAGED):
        return b""


def inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, key: bytes | None) -> bytes:
    """The bytes of a member. Raises Unreadable for a way of packing that Python does not know."""
    try:
        with archive.open(entry, pwd=key) as stream:
            return stream.read()  # never more than the directory declares
    except NotImplementedError as error:
        raise Unreadable(f"压缩方式不常见，程序解不开；{UNPACK}") from error
