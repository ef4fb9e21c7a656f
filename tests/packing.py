"""Archives and mails for the tests, packed in memory as people and programs pack them."""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from functools import cache
from pathlib import Path

from tests.grids import annual_report, year
from tests.offices import zipped
from workbook_tool.files.intake.containers import content_of, open_container
from workbook_tool.files.intake.inbox import list_files
from workbook_tool.files.workbook.render import render
from workbook_tool.intake import Terms
from workbook_tool.model.intake.inbox import Opened
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Limits, Roster
from workbook_tool.steps.form import blank_book

AGENCY = Agency("020", "示例县教育局")


@cache
def workbook() -> bytes:
    """A blank form of one agency."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        render(blank_book(annual_report(), year(2023), date(2024, 1, 1), AGENCY), path)
        return path.read_bytes()


def terms(*passwords: str) -> Terms:
    return Terms(annual_report(), Roster((AGENCY,)), year(2023), limits=Limits(workers=1), passwords=passwords)


def put(folder: Path, name: str, content: bytes) -> SourceFile:
    (folder / name).write_bytes(content)
    return list_files([folder / name])[0]


def opened(source: SourceFile, *passwords: str) -> list[tuple[str, str]]:
    """Path and reason of each member, files to be read without a reason."""
    result = open_container(source, content_of(source, Limits(), passwords), passwords)
    assert isinstance(result, Opened)
    return [(m.path, "") if isinstance(m, SourceFile) else (m.source.path, m.reason) for m in result.members]


def mail(*attachments: tuple[str, bytes], subject: str = "报表") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "王丽 <wang@example.gov.cn>", "x@example.gov.cn", subject
    message.set_content("请查收")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def packed(names: Sequence[str], content: bytes = b"x") -> bytes:
    return zipped(dict.fromkeys(names, content))


def zip_crypto(password: bytes, data: bytes, check: int) -> bytes:
    """Data under the old encryption of zip, which Python reads but does not write."""
    table = [crc_step(n) for n in range(256)]
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = (keys[0] >> 8) ^ table[(keys[0] ^ byte) & 0xFF]
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = (keys[2] >> 8) ^ table[(keys[2] ^ (keys[1] >> 24)) & 0xFF]

    for byte in password:
        update(byte)
    made = bytearray()
    for byte in bytes(11) + bytes([check]) + data:
        word = keys[2] | 2
        made.append(byte ^ ((word * (word ^ 1)) >> 8) & 0xFF)
        update(byte)
    return bytes(made)


def crc_step(number: int) -> int:
    for _ in range(8):
        number = (number >> 1) ^ (0xEDB88320 if number & 1 else 0)
    return number


def encrypted(password: bytes, data: bytes, method: int = 0) -> bytes:
    """An archive with one stored member under a password."""
    crc = zlib.crc32(data)
    body = zip_crypto(password, data, crc >> 24)
    fields = struct.pack("<HHHHHIIIHH", 20, 1, method, 0, 0x5821, crc, len(body), len(data), 5, 0)
    local = b"PK\x03\x04" + fields + b"a.xls" + body
    central = b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.xls"
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
