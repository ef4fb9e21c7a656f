"""Reads a spreadsheet file into sheets, by its content and not by its name.

python-calamine gives the values. It gives nothing for error cells and for formulas without a stored result, and does
not say what is hidden, so the sheets' own XML is asked for those (``markup.py``).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from workbook_tool.files import markup
from workbook_tool.model.errors import Document, Unreadable
from workbook_tool.model.settings import Limits
from workbook_tool.model.submission import Content, Place, Sheet

Rows = Sequence[Sequence[Content]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
NOT_WORKBOOKS = {
    b"%PDF": "这是 PDF 文件，请发回可编辑的 .xlsx 填报表",
    b"<htm": "这是网页文件（.html），请用 Excel 或 WPS 打开后另存为 .xlsx",
    b"<!DO": "这是网页文件（.html），请用 Excel 或 WPS 打开后另存为 .xlsx",
    b"<?xm": "这是 .xml 文件，请用 Excel 或 WPS 打开后另存为 .xlsx",
    b"\x89PNG": "这是图片，请发回可编辑的 .xlsx 填报表",
    b"\xff\xd8\xff": "这是图片，请发回可编辑的 .xlsx 填报表",
    b"Rar!": "这是压缩包（.rar），请解压后把填报表放入收件夹",
    b"7z\xbc\xaf": "这是压缩包（.7z），请解压后把填报表放入收件夹",
    b"\x78\x9f\x3e\x22": "这是 Outlook 专用格式的附件（winmail.dat），里面的文件取不出来；请来件人改用 HTML 或纯文本格式重新发送",
}
DOCUMENTS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff")
OUTLOOK = "__substg1.0_".encode("utf-16-le")
RATIO, RATIO_FROM = 100, 20 << 20
"""A part of a package that inflates to more than RATIO_FROM bytes may do so at most RATIO to 1."""


def read_sheets(content: bytes, limits: Limits, passwords: Sequence[str] = ()) -> tuple[Sheet, ...]:
    """All sheets of a spreadsheet file. Raises Unreadable, saying why and what to send instead."""
    if content[:2] == b"PK":
        return read_package(content, open_package(content, limits))
    refuse_non_workbook(content)
    try:
        return tuple(Sheet(name, values(rows)) for name, rows in sheet_rows(content))
    except Exception as error:
        raise Unreadable(f"文件已损坏，无法打开（{error}）；请用 Excel 或 WPS 另存为 .xlsx 后再报") from error


def sheet_rows(content: bytes) -> list[tuple[str, Rows]]:
    """Names and rows of the worksheets; charts and macro sheets have none."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    return [(name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names]


def read_package(content: bytes, package: dict[str, bytes]) -> tuple[Sheet, ...]:
    """The sheets of a zip-based workbook, once its markup has shown that they can be read safely."""
    from python_calamine import CalamineError

    scans = markup.scan_sheets(package)
    try:
        found = sheet_rows(content)
    except CalamineError as error:
        raise Unreadable(f"文件已损坏，无法打开（{error}）；请用 Excel 或 WPS 重新保存为 .xlsx 后再报") from error
    return tuple(markup.complete(Sheet(name, values(rows)), scans.get(name)) for name, rows in found)


def values(rows: Sequence[Sequence[Content]]) -> dict[Place, Content]:
    return {(r, c): value for r, row in enumerate(rows) for c, value in enumerate(row) if value != ""}


def read_bytes(location: Path, limits: Limits) -> bytes:
    if not location.is_file() or location.is_symlink():
        raise Unreadable("不是普通文件")
    try:
        size = location.stat().st_size
        if size > limits.file_mib << 20:
            raise Unreadable(f"文件有 {size / (1 << 20):.0f} MiB，超过 {limits.file_mib} MiB 的上限；填报表不应这么大")
        content = location.read_bytes()
    except OSError as error:
        raise Unreadable(f"无法读取：{error.strerror}") from error
    if not content.strip(b"\0"):
        raise Unreadable("空文件（0 个字）；可能没有传完，请重新发送")
    return content


def refuse_non_workbook(content: bytes) -> None:
    """Raises Unreadable where the content is known not to be a workbook that we can open."""
    if content[:8] == OLE:
        if ENCRYPTED in content:
            raise Unreadable("文件有打开密码；请去掉密码后重新保存再报")
        if OUTLOOK in content:
            raise Unreadable("这是 Outlook 邮件（.msg）；请在 Outlook 中把附件另存到收件夹，或把邮件另存为 .eml")
        return
    for magic, reason in NOT_WORKBOOKS.items():
        if content[:64].lstrip(b"\xef\xbb\xbf \r\n\t")[: len(magic)].upper() == magic.upper():
            raise (Document if magic in DOCUMENTS else Unreadable)(reason)
    raise Unreadable("不是表格文件，或已损坏；请发回下发的 .xlsx 填报表")


def open_package(content: bytes, limits: Limits) -> dict[str, bytes]:
    """The parts of a zip-based workbook, each inflated once under the limits and with its checksum verified."""
    parts: dict[str, bytes] = {}
    left = limits.unpacked_mib << 20
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for entry in package.infolist():
                if entry.filename in parts:
                    raise Unreadable("文件内部有重复的部分，可能被篡改；请重新保存后再报")
                with package.open(entry) as part:
                    data = part.read(left + 1)
                left -= len(data)
                if left < 0 or (len(data) > RATIO_FROM and len(data) > RATIO * entry.compress_size):
                    raise Unreadable("文件解压后过大，不是正常的填报表")
                if b"<!DOCTYPE" in data and entry.filename.endswith((".xml", ".rels")):
                    raise Unreadable("文件内含不允许的内容（DOCTYPE）；请用 Excel 或 WPS 重新保存后再报")
                parts[entry.filename] = data
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise Unreadable("文件不完整或已损坏；可能没有传完，请重新发送") from error
    if "word/document.xml" in parts:
        raise Document("这是 Word 文件，请把数字填入下发的 .xlsx 填报表后再报")
    if not any(name.startswith(("xl/", "Contents/")) or name == "content.xml" for name in parts):
        raise Unreadable("这是压缩包而不是表格；请解压后把填报表放入收件夹")
    return parts
