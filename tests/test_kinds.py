"""What is no workbook is called by its name, with what to send instead; and what has a password is opened or said."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.office_tools import needs_office, saved_as
from tests.workbooks import OLE, cell, ole, packed, parts_of, row, unpacked, workbook
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.errors import Document, Unreadable
from workbook_tool.model.office.settings import Limits

TABLE = "代码,名称,件数\r\n0071,甲县应急管理局,17\r\n" * 400


def tarred() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("年报.xlsx"))
    return stream.getvalue()


XML_2003 = (
    '<?xml version="1.0"?>\r\n<?mso-application progid="Excel.Sheet"?>\r\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
MHT = "MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n"
SAID: dict[str, tuple[bytes, str]] = {
    "csv in UTF-8": (TABLE.encode(), r"纯文本.*\.xlsx"),
    "csv with a mark": (TABLE.encode("utf-8-sig"), r"纯文本.*\.xlsx"),
    "csv in GB18030": (TABLE.encode("gb18030"), r"纯文本.*\.xlsx"),
    "html": ("<html><p>系统超时，请重新登录</p></html>".encode(), r"网页.*没有表格.*\.xlsx"),
    "html in GBK": ("\r\n<!DOCTYPE HTML><title>统计表</title>".encode("gbk"), r"网页.*\.xlsx"),
    "html table only": (b"\xef\xbb\xbf <TABLE border=1>", r"网页.*\.xlsx"),
    "html in UTF-16": ("<html>".encode("utf-16"), r"网页.*\.xlsx"),
    "mht": (MHT.encode(), r"\.mht.*\.xlsx"),
    "mail": (b"Received: from x\r\nContent-Type: multipart/mixed\r\n", "邮件.*附件"),
    "Excel 2003 xml cut off": (XML_2003[:-20].encode(), r"损坏.*\.xlsx"),
    "other xml": (b"<?xml version='1.0'?><a/>", r"\.xml 文件.*\.xlsx"),
    "rar": (b"Rar!\x1a\x07\x01\x00", r"压缩包（\.rar）.*解压"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4", r"压缩包（\.7z）.*解压"),
    "gz": (gzip.compress(b"x"), r"压缩包（\.gz）.*解压"),
    "tar": (tarred(), r"压缩包（\.tar）.*解压"),
    "url": (b"[InternetShortcut]\r\nURL=https://example.org/x\r\n", "快捷方式.*下载"),
    "url of Windows": (
        "\ufeff[{000214A0-0000-0000-C000-000000000046}]\r\nProp3=19,2\r\n[InternetShortcut]\r\nIDList=\r\n".encode(),
        "快捷方式.*下载",
    ),
    "an archive that unpacks itself": (b"MZ\x90\0\3" + random.Random(5).randbytes(9000), r"\.exe.*自解压.*解压后"),
    "a text about MZ": ("MZ项目，件数".encode(), "纯文本"),
    "lnk": (b"L\0\0\0\x01\x14\x02\0" + bytes(60), "快捷方式.*下载"),
    "icloud": (b"bplist00\xd1" + bytes(60), "占位文件.*下载"),
    "webloc": (b'<?xml version="1.0"?><plist version="1.0"><dict><key>URL</key><string>x</string></dict>', "快捷方式"),
    "gsheet": (b'{"":"WARNING! DO NOT EDIT","doc_id":"1AbC","email":"x@example.org"}', "占位文件.*下载"),
    "gdoc": (b'{"url": "https://docs.google.com/open?id=1"}', "占位文件.*下载"),
    "pgp": (b"-----BEGIN PGP MESSAGE-----\n\nhQ\n", r"PGP 加密.*解密.*\.xlsx"),
    "dbf": (b"\x03\x7e\x01\x0f" + bytes(28) + b"NAME\0", r"\.dbf.*另存为 \.xlsx"),
    "values.csv without its run.json": ("\ufeffagency_code,agency,year\r\n".encode(), "下级汇总结果.*整个结果文件夹"),
    "run.json alone": (b'{\n "schema": 2,', "下级汇总结果.*整个结果文件夹"),
    "json": (b'{"a": 1}', r"纯文本.*\.xlsx"),
    "locked by 绿盾": (b"%TSD-Header-###%t\x1d" + random.Random(2).randbytes(9000), r"绿盾.*加密.*解密.*\.xlsx"),
    "locked by 亿赛通": (b"b\x14#e&\0J\0E-SafeNet\0\0\0LOCK" + random.Random(3).randbytes(9000), "亿赛通.*解密"),
    "locked by another": (random.Random(4).randbytes(9000), "像是被加密软件.*加密，或已损坏；请解密"),
    "enveloped": (bytes.fromhex("3080 06092a864886f70d010703") + bytes(99), "S/MIME.*解不开.*另存"),
    "signed": (bytes.fromhex("3082aaaa 06092a864886f70d010702") + bytes(99), r"签名.*\.p7m.*\.xlsx"),
    "Numbers": (
        packed({"Index/Document.iwa": b"x", "Metadata/Properties.plist": b"x"}),
        r"Numbers.*导出为 Excel.*\.xlsx",
    ),
    "Numbers of 2009": (packed({"index.xml": b"<x/>", "buildVersionHistory.plist": b"<x/>"}), "Numbers"),
    "Excel 4": (b"\x09\x04\x06\x00\x00\x00\x10\x00", r"很旧的 Excel.*\.xlsx"),
    "nothing": (b"", "空文件"),
    "zeros": (bytes(10240), "空文件"),
    "noise": (bytes(range(256)) * 20, "不是表格文件"),
    "a package cut off": (workbook()[:400], "不完整或已损坏"),
    "a package with zeros for its end": (workbook()[:400] + bytes(400), "不完整或已损坏"),
    "a package with noise before it": (b"noise" + workbook(), "不是表格文件"),
    "a zip of files": (packed({"a.txt": b"x", "报表.xlsx": workbook()}), "压缩包而不是表格.*解压"),
    "a folder of a workbook": (packed({"a/xl/workbook.xml": b"<workbook/>"}), "压缩包而不是表格.*解压"),
    "an OLE file cut off": (OLE + bytes(100), r"损坏.*\.xlsx"),
}
OFFICE = "application/vnd.openxmlformats-officedocument"
DOCUMENTS: dict[str, bytes] = {
    "PDF": b"%PDF-1.7\n",
    "PGP 签名": b"-----BEGIN PGP SIGNATURE-----\n",
    "名片": b"BEGIN:VCARD\r\nEND:VCARD\r\n",
    "日程": "\ufeffBEGIN:VCALENDAR\r\n".encode(),
    "PDF after a blank line": b"\r\n%PDF-1.4\n",
    "图片": b"\x89PNG\r\n\x1a\n",
    "图片 ": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "图片  ": b"GIF89a",
    "图片   ": b"BM\x36\x10\0\0\0\0\0\0",
    "图片    ": b"II*\0\x08\0",
    "图片     ": b"MM\0*\0\x08",
    "图片      ": b"\0\0\0\x18ftypheic\0\0",
    "图片       ": b"RIFF\x10\0\0\0WEBPVP8 ",
    "RTF": b"{\\rtf1\\ansi",
    "Word 的 .xml": b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>',
    "Word 文件（.docx）": packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}),
    "演示文稿（.pptx）": packed({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<presentation/>"}),
    "OFD": packed({"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b"<x/>"}),
    "思维导图": packed(
        {"content.xml": b'<xmap-content xmlns="urn:xmind:xmap:xmlns:content:2.0"/>', "meta.xml": b"<meta/>"}
    ),
    "思维导图 ": packed({"content.json": b"{}", "metadata.json": b"{}", "META-INF/manifest.json": b"x"}),
    "思维导图  ": packed({"Document.xml": b"<x/>", "xsd/mmarch.xsd": b"<x/>"}),
    "XPS": packed({"FixedDocSeq.fdseq": b"<x/>", "_rels/.rels": b"<x/>"}),
    "OpenDocument": packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
}


@pytest.mark.parametrize("name", SAID)
def test_what_is_no_workbook_is_said_in_words(name: str) -> None:
    content, said = SAID[name]
    with pytest.raises(Unreadable, match=said) as refused:
        read_sheets(content, Limits())
    assert not isinstance(refused.value, Document)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_text_or_a_picture_may_have_come_beside_a_table(name: str) -> None:
    with pytest.raises(Document, match=name.split(" after")[0].strip()):
        read_sheets(DOCUMENTS[name], Limits())


OLE_SAID = [
    (("WordDocument", "1Table"), "Word", True),
    (("PowerPoint Document",), "演示文稿", True),
    (("__properties_version1.0",), "Outlook 邮件.*附件", False),
    (("CONTENTS",), r"不是表格文件.*\.xlsx", False),
    (("Workbook",), r"损坏.*\.xlsx", False),
]


@pytest.mark.parametrize(("names", "said", "document"), OLE_SAID)
def test_the_old_office_formats_are_told_apart(names: tuple[str, ...], said: str, document: bool) -> None:
    with pytest.raises(Unreadable, match=said) as refused:
        read_sheets(ole(*names), Limits())
    assert isinstance(refused.value, Document) == document


@needs_office
def test_a_real_pdf(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook())
    with pytest.raises(Document, match="PDF"):
        read_sheets(saved_as(tmp_path / "a.xlsx", "pdf", tmp_path).read_bytes(), Limits())


NOISE = random.Random(1).randbytes(9000)  # msoffcrypto encrypts less than 4096 bytes wrongly
CONTENT = packed({**parts_of(row(cell("A1", 17), cell("B1", "#REF!", ' t="e"'))), "xl/media/image1.png": NOISE})


def locked(content: bytes, password: str) -> bytes:
    """The workbook encrypted as Excel does it."""
    from msoffcrypto.format.ooxml import OOXMLFile

    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, stream)
    return stream.getvalue()


def test_a_password_of_the_office_opens_a_workbook() -> None:
    plain = read_sheets(CONTENT, Limits())
    assert read_sheets(locked(CONTENT, "县局2023"), Limits(), ["wrong", "县局2023"]) == plain
    assert read_sheets(locked(CONTENT, "VelvetSweatshop"), Limits()) == plain


@pytest.mark.parametrize(("passwords", "said"), [((), "没有配置"), (("a", "b"), "配置的 2 个密码都不对")])
def test_a_workbook_that_stays_locked_says_so(passwords: tuple[str, ...], said: str) -> None:
    with pytest.raises(Unreadable, match=rf"打开密码.*{said}.*去掉密码另存为 \.xlsx"):
        read_sheets(locked(CONTENT, "secret"), Limits(), passwords)


def test_what_was_locked_is_guarded_like_the_rest() -> None:
    with pytest.raises(Unreadable, match="解压后过大"):
        read_sheets(locked(packed({**unpacked(CONTENT), "x.xml": bytes(30 << 20)}), "a"), Limits(), ["a"])


def test_a_locked_ods_says_so() -> None:
    manifest = b'<manifest><file-entry full-path="content.xml"><encryption-data/></file-entry></manifest>'
    parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"\x01\x02"}
    with pytest.raises(Unreadable, match=r"打开密码.*\.xlsx"):
        read_sheets(packed({**parts, "META-INF/manifest.xml": manifest}, zipfile.ZIP_STORED), Limits())
