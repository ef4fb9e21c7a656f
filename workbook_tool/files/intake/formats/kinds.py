"""What a file that is no workbook is, by its content, and what its agency should send instead."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Collection
from fnmatch import fnmatchcase
from math import log2
from typing import NoReturn

from workbook_tool.model.errors import Document, Unreadable
from workbook_tool.model.regex import regex

SEND = "请把数字填入下发的 .xlsx 填报表后再报"
SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx 再报"
UNPACK = "请解压后把里面的填报表放入收件夹"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
ARCHIVES = {
    **{b"Rar!": ".rar", b"7z\xbc\xaf\x27\x1c": ".7z", b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ": ".xz"},
    **{b"\x28\xb5\x2f\xfd": ".zst", b"MSCF": ".cab"},
}
TAR = slice(257, 262), b"ustar"
POINTER = (
    "这只是快捷方式或云盘占位文件（.url、.lnk、.webloc、.icloud、.gsheet 一类），不是文件本身；"
    "请打开它，把填报表下载或另存为 .xlsx 再报"
)
SHORTCUTS = (b"L\0\0\0\x01\x14\x02\0", b"bplist00")
"""Of Windows (.lnk), and the property lists that macOS leaves for what lies in iCloud or on the web."""
ON_THE_WEB = regex(
    r"(\[\{[\w-]+\}\][^\[]*)?\[internetshortcut|\[desktop entry\]|\{.*(\"doc_id\"|\"resource_id\"|//docs\.google\.com/)"
    r"|<\?xml.*<plist.*<key>url</key>",
    re.DOTALL,
)
LOCKERS = {
    b"%TSD-Header-###%": "绿盾一类",
    **dict.fromkeys((b"E-SafeNet", b"ESafeNet"), "亿赛通一类"),
    b"IPGUARD": "IP-guard 一类",
}
"""What programs that encrypt all files of an office leave among the first bytes."""
LOCKED = "文件被加密软件（{}）加密，程序打不开；请解密（或按本单位规定外发）后另存为 .xlsx 再报"
SURPRISE = 7.5
"""Bits in a byte: from here on bytes look like noise, as encrypted ones do; workbooks of other kinds stay below."""
SIGNED, ENVELOPED = (bytes.fromhex(f"06092a864886f70d0107{number}") for number in ("02", "03"))
"""How S/MIME says that something is signed, or encrypted."""
NUMBERS = "这是苹果的文件（Numbers、Pages 或 Keynote），程序打不开；是表格（.numbers）的，请在 Numbers 中“导出为 Excel”，把 .xlsx 发来"
MIND_MAP = f"这是思维导图（.xmind、.mmap），不是表格；{SEND}"
PACKAGES = {
    **dict.fromkeys((("index/*.iwa",), ("index.zip", "metadata/*"), ("buildversionhistory.plist",)), NUMBERS),
    ("content.json", "metadata.json"): MIND_MAP,
    ("document.xml", "*/mmarch.xsd"): MIND_MAP,
    ("*.fdseq",): f"这是 XPS 版式文件，不是表格；{SEND}",
}
"""Zip packages that are neither workbooks nor archives, by what they hold: all of these names."""
NAMED_TEXTS = {
    ("-----begin pgp signature", "-----begin pgp public"): f"这是 PGP 签名或公钥（.asc、.sig），不是表格；{SEND}",
    ("begin:vcard",): f"这是名片（.vcf），不是表格；{SEND}",
    ("begin:vcalendar",): f"这是日程（.ics），不是表格；{SEND}",
}
"""Texts of other programs, by how they begin in lower case."""
DBASE = b"\x03\x30\x31\x43\x83\x8b\xf5"
"""The first byte of a table of dBASE or FoxPro."""
TNEF = b"\x78\x9f\x3e\x22"
OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x00\x06\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
"""The first record of Excel 2 to 4 files, which had no container yet."""
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
HEADER = regex(r"(mime-version|from|received|return-path|date|subject|message-id|x-[\w-]+|content-type):")
PAGE = regex(
    r"(<!--.*?-->|<\?xml[^>]*>|\s)*<(!doctype\s+html|html|head|body|meta|table|style|div|script|center|p|font)\b",
    re.DOTALL,
)
CONTROL = regex(r"[\x00-\x08\x0b\x0e-\x1f]")
LOOKED_AT = 8192
"""So many bytes tell text from the rest."""


def refuse_non_workbook(content: bytes) -> NoReturn:
    """Raises Document or Unreadable with what the content is. It is neither a zip package nor an OLE file."""
    head = content[:LOOKED_AT]
    if content.startswith(TNEF):
        raise Unreadable(
            "这是 Outlook 专用格式的附件（winmail.dat），里面的文件取不出来；请来件人改用 HTML 或纯文本格式重新发送"
        )
    if head.startswith(PICTURES) or is_picture(head):
        raise Document(f"这是图片，不是表格；{SEND}")
    if head.startswith(SHORTCUTS):
        raise Unreadable(POINTER)
    for mark, name in LOCKERS.items():
        if mark in head[:64]:
            raise Unreadable(LOCKED.format(name))
    refuse_signed(head)
    for magic, name in ARCHIVES.items():
        if head.startswith(magic):
            raise Unreadable(f"这是压缩包（{name}），不能直接读取；{UNPACK}")
    if is_tar(head):
        raise Unreadable(f"这是压缩包（.tar），不能直接读取；{UNPACK}")
    if head.startswith(OLD_BIFF):
        raise Unreadable(f"这是很旧的 Excel 格式（Excel 4.0 或更早）；{SAVE_AS}")
    if is_dbase(head):
        raise Unreadable(f"这是 dBASE、FoxPro 的数据表（.dbf），程序不读；{SAVE_AS}")
    text = as_text(head)
    if text is None and head.startswith(b"MZ"):
        raise Unreadable(f"这是程序（.exe），可能是自解压的压缩包，没有运行；{UNPACK}")
    if text is None and surprise(head) > SURPRISE:
        raise Unreadable(
            "不是表格文件，像是被加密软件（亿赛通、绿盾、IP-guard 一类）加密，或已损坏；请解密后另存为 .xlsx 再报"
        )
    if text is None:
        raise Unreadable(f"不是表格文件，或已损坏；{SEND}")
    refuse_text(text.lstrip().lower())
    raise Unreadable(f"这是纯文本（如 .csv、.txt），不是表格文件；{SAVE_AS}")


def refuse_signed(head: bytes) -> None:
    """Raises Unreadable for a file that is signed or encrypted as S/MIME does it."""
    if head[:1] == b"0" and ENVELOPED in head[:32]:
        raise Unreadable("这是加密的邮件（S/MIME），程序解不开；请在收件人的邮件程序中打开，把附件另存后放入收件夹")
    if head[:1] == b"0" and SIGNED in head[:32]:
        raise Unreadable("这是带数字签名的文件（.p7m），程序不能直接读取；请发来签名前的 .xlsx 填报表")


def is_tar(head: bytes) -> bool:
    """Whether this begins as a .tar does, which always ends in zeros."""
    where, mark = TAR
    return head[where] == mark


def is_dbase(head: bytes) -> bool:
    """Whether this begins as a .dbf does: its kind, the month and day of its last change, and room that stays empty."""
    if len(head) < 32 or head[0] not in DBASE or head[16:28].strip(b"\0"):
        return False
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31


def surprise(head: bytes) -> float:
    """How much the next byte tells when those before are known: 8 bits for noise, less for anything with a structure."""
    shares = [count / len(head) for count in Counter(head).values()]
    return -sum(share * log2(share) for share in shares)


def foreign_package(names: Collection[str]) -> str:
    """What a zip is that holds parts of these names in lower case; empty where it is no known package of another program."""
    for marks, reason in PACKAGES.items():
        if all(any(fnmatchcase(name, mark) for name in names) for mark in marks):
            return reason
    return ""


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


def is_page(text: str) -> bool:
    """Whether a text begins as a web page does."""
    return PAGE.match(text.lower()) is not None


def is_saved_page(text: str) -> bool:
    """Whether a text begins as a web page does that was saved in one file with what belongs to it (.mht)."""
    text = text.lstrip().lower()
    return HEADER.match(text) is not None and "multipart/related" in text and "text/html" in text


def refuse_text(text: str) -> None:
    """Raises what a text in lower case is known to be."""
    if ON_THE_WEB.match(text[:LOOKED_AT]):
        raise Unreadable(POINTER)
    if text.startswith("-----begin pgp message"):
        raise Unreadable("这是 PGP 加密的文件或邮件（.asc），程序解不开；请解密后把里面的 .xlsx 填报表放入收件夹")
    for starts, reason in NAMED_TEXTS.items():
        if text.startswith(starts):
            raise Document(reason)
    if HEADER.match(text):
        raise Unreadable("这是邮件；请把附件里的填报表放入收件夹")
    if '<?mso-application progid="word.document' in text or "schemas.microsoft.com/office/word/2003" in text:
        raise Document(f"这是 Word 的 .xml 文档，不是表格；{SEND}")
    if text.startswith("<"):
        raise Unreadable(f"这是 .xml 文件，不是填报表；{SAVE_AS}")
