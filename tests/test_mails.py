"""Mails as programs write them: names in any encoding, forwarded, cut short, broken."""

from __future__ import annotations

from base64 import b64encode, encodebytes
from binascii import b2a_uu
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.offices import zipped
from tests.packing import AGENCY, mail, opened, put, terms, workbook
from tests.workbooks import ole
from workbook_tool import reception
from workbook_tool.files.intake import mbox
from workbook_tool.files.intake.eml import read_letter
from workbook_tool.files.intake.engine import InProcess
from workbook_tool.files.intake.letter_heads import is_letter
from workbook_tool.files.intake.smime import SIGNED_DATA, signed_content
from workbook_tool.intake import take_in
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.office.settings import Roster
from workbook_tool.steps.intake.duplicates import mark_duplicates

take_in_all = partial(reception.take_in_all, engine=InProcess)

LETTER = "From: =?gb2312?B?zfXA7w==?= <wang@example.gov.cn>\r\nTo: x@example.gov.cn\r\nSubject: {subject}\r\n"
DATED = LETTER + "Date: Sat, 20 Jan 2024 17:30:00 +0000\r\nMIME-Version: 1.0\r\n"

HEADERS = {
    "rfc 2047": 'attachment; filename="=?UTF-8?B?5bm05oqlLnhsc3g=?="',
    "rfc 2047 in two words": 'attachment; filename="=?gb2312?B?xOqx?=\r\n =?gb2312?B?qC54bHN4?="',
    "rfc 2231": "attachment; filename*=UTF-8''%E5%B9%B4%E6%8A%A5.xlsx",
    "rfc 2231 in parts": "attachment; filename*0*=gb2312''%C4%EA%B1; filename*1*=%A8.xlsx",
    "raw utf-8": 'attachment; filename="年报.xlsx"',
    "inline": "inline; filename*=UTF-8''%E5%B9%B4%E6%8A%A5.xlsx",
}


@pytest.mark.parametrize("name", [*HEADERS, "raw gbk"])
def test_an_attachment_has_its_name_however_it_is_encoded(name: str) -> None:
    header = HEADERS.get(name, HEADERS["raw utf-8"]).encode("gb18030" if name == "raw gbk" else "utf-8")
    content = (
        DATED.format(subject="=?utf-8?Q?=E5=B9=B4=E6=8A=A5?= 2023").encode()
        + b"Content-Type: application/octet-stream\r\nContent-Disposition: "
        + header
        + b"\r\n\r\nhello"
    )
    assert is_letter(content)
    letter = read_letter(content)
    assert [(a.name, a.content) for a in letter.attachments] == [("年报.xlsx", b"hello")]
    assert (letter.mail.sender, letter.mail.name, letter.mail.subject) == (
        "wang@example.gov.cn",
        "王里",
        "年报 2023",
    )
    assert letter.mail.sent is not None
    assert f"{letter.mail.sent:%Y-%m-%d %H:%M}" == "2024-01-21 01:30", "the day as the office counts it"


def test_a_subject_cannot_break_a_line_or_turn_the_text_around() -> None:
    hidden = b64encode("甲\r\n乙\u202e丙\0".encode()).decode()
    assert (
        read_letter(DATED.format(subject=f"=?utf-8?B?{hidden}?=").encode()).mail.subject
        == "甲 乙丙\N{REPLACEMENT CHARACTER}"
    )


def test_a_forwarded_mail_brings_its_own_sender_and_date(tmp_path: Path) -> None:
    inner = mail(("年报.xlsx", b"x"), subject="原件")
    inner["Date"] = "Wed, 10 Jan 2024 08:00:00 +0800"
    outer = mail(("说明.txt", b"y"), subject="转发")
    outer.add_attachment(inner)
    letter = read_letter(outer.as_bytes())
    assert [(a.name, a.mail.subject, a.content) for a in letter.attachments] == [
        ("说明.txt", "转发", b"y"),
        ("年报.xlsx", "原件", b"x"),
    ]


def test_a_mail_with_nothing_or_broken_says_so(tmp_path: Path) -> None:
    (bare,) = take_in_all([put(tmp_path, "a.eml", mail().as_bytes())], terms())
    assert isinstance(bare, FileRecord)
    assert (bare.state, "没有附件" in bare.reason) == (State.CONTAINER, True)
    whole = mail(("年报.xlsx", workbook())).as_bytes()
    cut, inside = take_in_all([put(tmp_path, "cut.eml", whole[: len(whole) // 2])], terms())
    assert isinstance(cut, FileRecord) and isinstance(inside, FileRecord)
    assert "可能没有收全" in cut.reason
    assert (inside.state, inside.source.path) == (State.UNREADABLE, "cut.eml!年报.xlsx")


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--y\r\n",
        b"Content-Type: application/vnd.ms-excel\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: text/plain; charset=nowhere\r\nContent-Disposition: attachment; filename*=nowhere''%ff\r\n\r\nx",
        b"Content-Disposition: attachment; filename==?x?b?!?=\r\n\r\nx",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
        b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"x",
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nRnJvbTogYQ==",
    ],
)
def test_broken_mime_is_never_a_bug_of_ours(body: bytes, tmp_path: Path) -> None:
    source = put(tmp_path, "a.eml", DATED.format(subject="x").encode() + body)
    outcome = take_in(source, terms())
    assert isinstance(outcome, (Opened, FileRecord))


def test_what_outlook_and_others_pack_is_said(tmp_path: Path) -> None:
    said = {
        "winmail.dat": (b"\x78\x9f\x3e\x22rest", "winmail.dat"),
        "a.7z": (b"7z\xbc\xaf\x27\x1c", ".7z"),
        "a.rar": (b"Rar!\x1a\x07", ".rar"),
        "a.msg": (ole("__properties_version1.0"), "Outlook 邮件"),
    }
    source = put(tmp_path, "m.eml", mail(*((name, content) for name, (content, _) in said.items())).as_bytes())
    _, *members = take_in_all([source], terms())
    for member, (_, words) in zip(members, said.values(), strict=True):
        assert isinstance(member, FileRecord)
        assert (member.state, words in member.reason) == (State.UNREADABLE, True), member.reason


def test_a_web_page_saved_as_one_file_is_no_mail() -> None:
    page = b"From: <Saved by Blink>\r\nSubject: x\r\nDate: Sat, 20 Jan 2024 09:30:00 -0000\r\nMIME-Version: 1.0\r\n\r\n"
    assert not is_letter(page)
    assert not is_letter("单位,数量\r\nFrom: x\r\nTo: y".encode())


@pytest.mark.parametrize(
    "header",
    [
        "From: a@x\nSubject: 年报\nDate: Mon, 12 Jan 2026 10:00:00 +0800\n",
        "Date: Mon, 12 Jan 2026 10:00:00 +0800\nFrom: =?utf-8?B?5byg5LiJ?=\n <wang@example.gov.cn>\n",
        "Subject: 年报\nTo: office@example.org\nX-Unsent: 1\nMIME-Version: 1.0\n",
    ],
)
def test_a_draft_or_an_old_export_gives_what_came_with_it(header: str) -> None:
    content = f"{header}Content-Disposition: attachment; filename=a.xlsx\n\nhello".encode()
    assert is_letter(content)
    assert [(a.name, a.content) for a in read_letter(content).attachments] == [("a.xlsx", b"hello")]


PARTED = b"From office@example.org Mon Jan 12 09:00:00 2026\n"


def told(*contents: bytes, folder: Path, name: str = "箱.mbox") -> list[tuple[str, str]]:
    """Path and state of all that came in a file of these contents."""
    read = take_in_all([put(folder, name, b"".join(contents))], terms())
    return [(r.source.path, "" if isinstance(r, Submission) else r.state.value) for r in read]


def test_every_mail_of_a_mailbox_is_opened_and_an_archive_in_it_too(tmp_path: Path) -> None:
    """Only the first of them was read, and nothing said that there were more."""
    first = mail(("年报.xlsx", workbook())).as_bytes()
    second = mail(("材料.zip", zipped({"a.xlsx": workbook(), "b.zip": zipped({"c": b"x"})})), ("图.pdf", b"%PDF-1"))
    third = mail(subject="没有附件").as_bytes()
    box = (PARTED, first, b"\n\n", PARTED, second.as_bytes(), b"\n\n", PARTED, third)
    assert told(*box, folder=tmp_path) == [
        ("箱.mbox", "container"),
        ("箱.mbox!第1封.eml", "container"),
        ("箱.mbox!第1封.eml!年报.xlsx", ""),
        ("箱.mbox!第2封.eml", "container"),
        ("箱.mbox!第2封.eml!材料.zip", "container"),
        ("箱.mbox!第2封.eml!材料.zip!a.xlsx", ""),
        ("箱.mbox!第2封.eml!材料.zip!b.zip", "unreadable"),
        ("箱.mbox!第2封.eml!图.pdf", "attachment"),
        ("箱.mbox!第3封.eml", "container"),
    ]
    assert told(PARTED, first, folder=tmp_path, name="一封.eml") == [
        ("一封.eml", "container"),
        ("一封.eml!年报.xlsx", ""),
    ]


def test_a_document_belongs_to_the_mail_it_came_with_and_not_to_the_whole_mailbox(tmp_path: Path) -> None:
    pdf, sheet = mail(("扫描.pdf", b"%PDF-1")).as_bytes(), mail(("年报.xlsx", workbook())).as_bytes()
    source = put(tmp_path, "a.mbox", PARTED + pdf + b"\n" + PARTED + sheet)
    (document,) = [r for r in mark_duplicates(take_in_all([source], terms())) if r.source.path.endswith(".pdf")]
    assert isinstance(document, FileRecord) and document.state is State.UNREADABLE


BODY = "见下。\n\nFrom the office\nSubject: 不是信头\n\n>From x Mon Jan 12 09:00:00 2026\n请查收"
CUT = mail(("断.xlsx", workbook())).as_bytes()[:-700]


def test_a_mailbox_loses_nothing_where_it_is_cut_or_quotes_such_lines(tmp_path: Path) -> None:
    quoting = mail(("年报.xlsx", workbook()))
    quoting.get_payload()[0].set_content(BODY, cte="8bit")
    dateless = b"From ???@??? somebody\r\n"
    box = (PARTED, quoting.as_bytes(), b"\n\n", dateless, mail(("二.xlsx", workbook())).as_bytes(), b"\n", PARTED, CUT)
    read = take_in_all([put(tmp_path, "a.mbox", b"".join(box))], terms())
    paths = {r.source.path.removeprefix("a.mbox!"): r for r in read}
    assert list(paths) == [
        "a.mbox",
        *(f"第{n}封.eml{more}" for n, name in enumerate(("年报", "二", "断"), 1) for more in ("", f"!{name}.xlsx")),
    ]
    assert "可能没有收全" in str(getattr(paths["第3封.eml"], "reason", "")) and isinstance(
        paths["第2封.eml!二.xlsx"], Submission
    )


def test_what_a_line_of_a_body_parts_is_told(tmp_path: Path) -> None:
    """A program that does not quote such a line in a body: what follows is no mail, and has a line that says so."""
    box = PARTED + mail(("年报.xlsx", workbook())).as_bytes() + b"\n" + PARTED + b"Subject: x\n\nhello"
    *_, last = told(box, folder=tmp_path)
    assert last == ("箱.mbox!第2封.eml", "unreadable")


def test_a_mailbox_of_too_many_mails_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "MOST_MAILS", 2)
    with pytest.raises(Unreadable, match="3 封邮件，超过 2 封的上限；请分几次导出"):
        opened(put(tmp_path, "a.mbox", (PARTED + mail().as_bytes() + b"\n") * 3))


def test_mails_of_apple_are_read(tmp_path: Path) -> None:
    content = mail(("年报.xlsx", workbook())).as_bytes()
    notes = b'<?xml version="1.0"?><plist version="1.0"><dict/></plist>'
    emlx = b"%d  \n" % len(content) + content + notes
    assert told(emlx, folder=tmp_path, name="1.emlx") == [("1.emlx", "container"), ("1.emlx!年报.xlsx", "")]


def test_a_mail_keeps_the_line_that_began_it_in_a_mailbox(tmp_path: Path) -> None:
    for mark in (b"From ", b">From "):
        content = mark + b"x@example.org Mon Jan  1 08:00:00 2024\n" + mail(("年报.xlsx", workbook())).as_bytes()
        assert told(content, folder=tmp_path, name="a.eml") == [("a.eml", "container"), ("a.eml!年报.xlsx", "")]


def uuencoded(name: str, content: bytes, end: bytes = b"`\nend\n") -> bytes:
    lines = (b2a_uu(content[at : at + 45], backtick=True) for at in range(0, len(content), 45))
    return b"begin 644 " + name.encode("gb18030") + b"\n" + b"".join(lines) + end


@pytest.mark.parametrize("end", [b"`\nend\n", b" \r\nend", b""])
def test_what_an_old_program_wrote_into_the_text_is_read(end: bytes) -> None:
    text = b"begin 644 words that are no file\n\n" + uuencoded("年报.xlsx", workbook(), end)
    letter = read_letter(DATED.format(subject="x").encode() + b"Content-Type: text/plain\n\n" + text)
    (only,) = letter.attachments
    assert (only.name, only.content, letter.whole) == ("年报.xlsx", workbook(), bool(end))


def test_base64_within_the_text_is_read_too() -> None:
    text = b"\nbegin-base64 644 a.xlsx\n" + encodebytes(workbook()) + b"====\n"
    (only,) = read_letter(DATED.format(subject="x").encode() + text).attachments
    assert (only.name, only.content, only.whole) == ("a.xlsx", workbook(), True)


def test_a_broken_uuencode_is_an_empty_file_and_said(tmp_path: Path) -> None:
    letter = read_letter(DATED.format(subject="x").encode() + b"\nbegin 644 a.xlsx\nM\xff\xfe\nend\n")
    assert [(one.name, one.content) for one in letter.attachments] == [("a.xlsx", b"")] and not letter.whole


def der(tag: int, *values: bytes, open_ended: bool = False) -> bytes:
    content = b"".join(values)
    if open_ended:
        return bytes([tag, 0x80]) + content + b"\0\0"
    size = len(content).to_bytes(4, "big")
    return bytes([tag, len(content)]) + content if len(content) < 128 else bytes([tag, 0x84]) + size + content


def signed_mail(inside: bytes, open_ended: bool, kind: bytes = SIGNED_DATA) -> bytes:
    """As much of S/MIME as says where the content is, in one piece or as OpenSSL streams it."""
    octets = der(4, inside) if not open_ended else der(0x24, der(4, inside[:99]), der(4, inside[99:]), open_ended=True)
    data = der(
        0x30,
        der(6, bytes.fromhex("2a864886f70d010701")),
        der(0xA0, octets, open_ended=open_ended),
        open_ended=open_ended,
    )
    fields = der(0x30, der(2, b"\1"), der(0x31), data, der(0x31), open_ended=open_ended)
    return der(0x30, der(6, kind), der(0xA0, fields, open_ended=open_ended), open_ended=open_ended)


def wrapped(content: bytes, kind: str = "pkcs7-mime") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.cn", "c@d.cn", "签名"
    message.set_content(content, maintype="application", subtype=kind, filename="smime.p7m")
    return message.as_bytes()


@pytest.mark.parametrize("open_ended", [False, True])
def test_a_mail_that_is_signed_as_a_whole_is_read(open_ended: bool, tmp_path: Path) -> None:
    inside = mail(("年报.xlsx", workbook()), subject="里面").as_bytes()
    letter = read_letter(wrapped(signed_mail(inside, open_ended), "x-pkcs7-mime"))
    assert [(a.name, a.content, a.mail.subject) for a in letter.attachments] == [("年报.xlsx", workbook(), "里面")]
    alone = read_letter(wrapped(signed_mail(workbook(), open_ended)))
    assert [(a.name, a.content) for a in alone.attachments] == [("smime", workbook())]
    cut = read_letter(wrapped(signed_mail(inside, open_ended)[:-900]))
    assert not cut.whole or [a.name for a in cut.attachments] == ["smime.p7m"]


@pytest.mark.parametrize(
    "content",
    [b"", b"0", b"0\x80", b"0\x80\6", b"\xff" * 9, signed_mail(b"x", True)[:40], der(0x30, der(6, SIGNED_DATA))],
)
def test_a_broken_signature_is_no_bug_of_ours(content: bytes) -> None:
    assert signed_content(content) is None


def test_an_encrypted_mail_is_called_by_name(tmp_path: Path) -> None:
    content = wrapped(signed_mail(b"secret", False, bytes.fromhex("2a864886f70d010703")))
    _, inside = take_in_all([put(tmp_path, "a.eml", content)], terms())
    assert isinstance(inside, FileRecord) and "S/MIME" in inside.reason and inside.state is State.UNREADABLE


def test_a_file_of_which_only_a_link_came_is_told_as_one_that_did_not(tmp_path: Path) -> None:
    linked = mail(subject="报送2023年年报")
    linked.set_content("年报见超大附件 http://mail.qq.com/cgi-bin/ftnExs_download?k=1")
    result = take_in(put(tmp_path, "link.eml", linked.as_bytes()), terms())
    assert isinstance(result, Opened) and "只有下载链接" in result.record.reason
    (member,) = result.members
    assert isinstance(member, FileRecord)
    assert (member.source.path, member.state) == ("link.eml!超大附件", State.UNREADABLE)
    assert "文件没有收到，只有下载链接" in member.reason
    office = replace(terms(), roster=Roster((replace(AGENCY, mail="wang@example.gov.cn"),)))
    assert [record.agency for record in take_in_all([put(tmp_path, "link.eml", linked.as_bytes())], office)] == [
        None,
        office.roster.agencies[0],
    ], "whoever sent it is not told that nothing came"
