"""What a file that is no workbook is, by its content, and what its agency should send instead."""

from __future__ import annotations

import codecs
import re
from typing import NoReturn

from workbook_tool.model.errors import Document, Unreadable

SEND = "请把数字填入下发的 .xlsx 填报表后再报"
SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx 再报"
UNPACK = "请解压后把里面的填报表放入收件夹"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
ARCHIVES = {b"Rar!": ".rar", b"7z\xbc\xaf\x27\x1c": ".7z", b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ": ".xz"}
TNEF = b"\x78\x9f\x3e\x22"
OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x00\x06\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
"""The first record of Excel 2 to 4 files, which had no container yet."""
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
LOOKED_AT = 8192
"""So many bytes tell text from the rest."""


def refuse_non_workbook(content: bytes) -> NoReturn:
    """Raises Document or Unreadable with what the content is. It is neither a zip package nor an OLE file."""
    head = content[:LOOKED_AT]
    if content.startswith(TNEF):
        raise Unreadable(
            "这是 Outlook 专用格式的附件（winmail.dat），里面的文件取不出来；请来件人改用 HTML 或纯文本格式重新发送"
        )
    if b"%PDF-" in head[:1024]:
        raise Document(f"这是 PDF 文件，不是表格；{SEND}")
    if head.startswith(PICTURES) or is_picture(head):
        raise Document(f"这是图片，不是表格；{SEND}")
    for magic, name in ARCHIVES.items():
        if head.startswith(magic):
            raise Unreadable(f"这是压缩包（{name}），不能直接读取；{UNPACK}")
    if head.startswith(OLD_BIFF):
        raise Unreadable(f"这是很旧的 Excel 格式（Excel 4.0 或更早）；{SAVE_AS}")
    text = as_text(head)
    if text is None:
        raise Unreadable(f"不是表格文件，或已损坏；{SEND}")
    refuse_text(text.lstrip().lower())
    raise Unreadable(f"这是纯文本（如 .csv、.txt），不是表格文件；{SAVE_AS}")


def is_picture(head: bytes) -> bool:
    """The formats whose mark does not stand at the very beginning, and BMP, whose mark is only two letters."""
    if head[:2] == b"BM":
        return head[6:10] == bytes(4)
    return (head[4:8] == b"ftyp" and head[8:12] in HEIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def as_text(head: bytes) -> str | None:
    """The beginning of a file as text, in the encodings of our desks; None where it is none."""
    marked = next((name for mark, name in MARKS.items() if head.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        try:
            # a character may be cut at the end of what is looked at
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        if not CONTROL.search(text):
            return text
    return None


def refuse_text(text: str) -> None:
    """Raises what a text in lower case is known to be."""
    if text.startswith("{\\rtf"):
        raise Document(f"这是 RTF 文档，不是表格；{SEND}")
    if re.match(r"(mime-version|from|received|return-path|date|subject|message-id|x-[\w-]+|content-type):", text):
        page = "multipart/related" in text and "text/html" in text
        raise Unreadable(f"这是网页文件（.mht）；{SAVE_AS}" if page else "这是邮件；请把附件里的填报表放入收件夹")
    if text.startswith("<?xml") or "xmlns" in text[:2000]:
        if "word.document" in text or "schemas.microsoft.com/office/word/2003" in text:
            raise Document(f"这是 Word 的 .xml 文档，不是表格；{SEND}")
        if "office:spreadsheet" in text:
            raise Unreadable(f"这是 Excel 2003 的 .xml 表格；{SAVE_AS}")
    if re.match(r"(<!--.*?-->|<\?xml[^>]*>|\s)*<(!doctype\s+html|html|head|body|meta|table|style|div|script)\b", text):
        raise Unreadable(f"这是网页文件（.html）；{SAVE_AS}")
    if text.startswith("<"):
        raise Unreadable(f"这是 .xml 文件，不是填报表；{SAVE_AS}")
