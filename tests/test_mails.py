"""Mails as programs write them: names in any encoding, forwarded, cut short, broken."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from tests.packing import mail, put, terms, workbook
from tests.workbooks import ole
from workbook_tool.files.intake.eml import is_letter, read_letter
from workbook_tool.intake import take_in
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.reception import take_in_all

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
