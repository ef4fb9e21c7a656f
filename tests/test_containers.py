"""Archives and mails as they come, and as no honest agency packs them: every member has its line, nothing gets out."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.offices import OldEntry, zipped
from tests.packing import AGENCY, encrypted, mail, opened, packed, put, terms, workbook
from workbook_tool.files.intake.archive import PACKAGE_PARTS, entry_name
from workbook_tool.files.intake.containers import open_container
from workbook_tool.files.intake.inbox import list_inbox
from workbook_tool.files.intake.unique_names import UniqueNames, from_bytes, harmless
from workbook_tool.intake import take_in
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.text import safe_text
from workbook_tool.reception import take_in_all
from workbook_tool.steps.intake.duplicates import mark_duplicates


def test_files_in_an_archive_in_a_mail_are_read_and_nothing_deeper(tmp_path: Path) -> None:
    inner = zipped({"目录/年报.xlsx": workbook(), "深.zip": packed(["a.xlsx"]), "转发.eml": mail().as_bytes()})
    source = put(tmp_path, "m.eml", mail(("材料.zip", inner), ("附.eml", mail().as_bytes())).as_bytes())
    read = take_in_all([source], terms())
    assert [(r.source.path, "" if isinstance(r, Submission) else r.state.value) for r in read] == [
        ("m.eml", "container"),
        ("m.eml!材料.zip", "container"),
        ("m.eml!材料.zip!目录/年报.xlsx", ""),
        ("m.eml!材料.zip!深.zip", "unreadable"),
        ("m.eml!材料.zip!转发.eml", "unreadable"),
        ("m.eml!附.eml", "unreadable"),
    ]
    reasons = [r.reason for r in read if isinstance(r, FileRecord)]
    assert "压缩包里还有压缩包，请解开后分别放入收件夹" in reasons
    assert "邮件里还附有邮件，请另存后分别放入收件夹" in reasons
    inside = read[2]
    assert isinstance(inside, Submission)
    assert inside.identity.agency == AGENCY
    assert inside.source.size == len(workbook())
    assert inside.source.mail is not None
    assert inside.source.mail.subject == "报表"


@pytest.mark.parametrize(("name", "state"), [("a.zip", State.CONTAINER), ("001.xlsx", State.UNREADABLE)])
def test_an_empty_archive_is_called_by_what_it_was_meant_to_be(name: str, state: State, tmp_path: Path) -> None:
    (record,) = take_in_all([put(tmp_path, name, packed([]))], terms())
    assert isinstance(record, FileRecord)
    assert record.state is state and ("重新打包" if name == "a.zip" else "空文件（里面没有一张表）") in record.reason


NAMES = {
    "..\\..\\evil.xlsx": "evil.xlsx",
    "../../../tmp/evil.xlsx": "tmp/evil.xlsx",
    "/etc/evil.xlsx": "etc/evil.xlsx",
    "C:\\Windows\\evil.xlsx": "Windows/evil.xlsx",
    "\\\\server\\share\\evil.xlsx": "server/share/evil.xlsx",
    "CON.xlsx": "CON.xlsx",
    "x.xlsx:ads": "x.xlsx:ads",
    "a\nb.xlsx": "a b.xlsx",
    "\u202exslx.exe": "xslx.exe",
    "..": "无名",
    "=1+1.xlsx": "=1+1.xlsx",
}
"""Names in archives, and how they are shown."""


def test_a_name_in_an_archive_leads_nowhere(tmp_path: Path) -> None:
    archives = [put(tmp_path, f"{n:02}.zip", packed([name], workbook())) for n, name in enumerate(NAMES)]
    before = sorted(path for path in tmp_path.parent.rglob("*"))
    read = {r.source.path: r for r in take_in_all(archives, terms())}
    members = [f"{n:02}.zip!{shown}" for n, shown in enumerate(NAMES.values())]
    assert read.keys() == {archive.path for archive in archives} | set(members)
    assert all(isinstance(read[member], Submission) for member in members)
    assert sorted(path for path in tmp_path.parent.rglob("*")) == before
    assert not Path("/tmp/evil.xlsx").exists() and not Path("evil.xlsx").exists()


def test_twins_folders_and_what_a_mac_adds(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        for name in ("目录/", "目录/a.xlsx", "目录/a.xlsx", "__MACOSX/目录/._a.xlsx", "目录/.DS_Store", "b", "b"):
            archive.writestr(name, name)
        archive.writestr("~$c.xlsx", b"PK\3\4 and what a workbook holds")
        archive.writestr("~$d.xlsx", b"\5Zhang")
    assert opened(put(tmp_path, "a.zip", packed.getvalue())) == [
        ("a.zip!目录", "文件夹"),
        ("a.zip!目录/a.xlsx", ""),
        ("a.zip!目录/a (2).xlsx", ""),
        ("a.zip!__MACOSX/目录/._a.xlsx", "临时文件或系统文件"),
        ("a.zip!目录/.DS_Store", "临时文件或系统文件"),
        ("a.zip!b", ""),
        ("a.zip!b (2)", ""),
        ("a.zip!~$c.xlsx", ""),
        ("a.zip!~$d.xlsx", "临时文件或系统文件"),
    ]


def test_a_file_of_the_inbox_may_be_called_like_a_member(tmp_path: Path) -> None:
    put(tmp_path, "a.zip", packed(["x.xlsx"], workbook()))
    put(tmp_path, "a.zip!x.xlsx", b"not a workbook")
    paths = [r.source.path for r in take_in_all(list_inbox(tmp_path), terms())]
    assert paths == ["a.zip", "a.zip!x (2).xlsx", "a.zip!x.xlsx"]


def test_an_archive_of_the_inbox_may_be_called_like_one_in_a_mail(tmp_path: Path) -> None:
    put(tmp_path, "m.eml", mail(("b.zip", packed(["x.xlsx"], b"in the mail"))).as_bytes())
    put(tmp_path, "m.eml!b.zip", packed(["x.xlsx"], b"by itself"))
    read = take_in_all(list_inbox(tmp_path), terms())
    assert len({r.source.path for r in read}) == len(read) == 5
    assert {r.source.size for r in read if "x" in r.source.path} == {len(b"in the mail"), len(b"by itself")}


def test_too_many_or_too_much_is_refused_as_a_whole(tmp_path: Path) -> None:
    assert len(opened(put(tmp_path, "a.zip", packed([f"{n}.xlsx" for n in range(200)])))) == 200
    with pytest.raises(Unreadable, match="超过 200 份"):
        opened(put(tmp_path, "b.zip", packed([f"{n}.xlsx" for n in range(201)])))
    with pytest.raises(Unreadable, match="超过 100 MiB"):
        opened(put(tmp_path, "c.zip", packed([f"{n}.xlsx" for n in range(6)], bytes(18 << 20))))
    with pytest.raises(Unreadable, match="超过 200 份"):
        opened(put(tmp_path, "d.eml", mail(*((f"{n}.xlsx", b"x") for n in range(201))).as_bytes()))
    read = take_in_all([put(tmp_path, "b.zip", packed([f"{n}.xlsx" for n in range(201)]))], terms())
    assert [(r.source.path, r.state) for r in read if isinstance(r, FileRecord)] == [("b.zip", State.UNREADABLE)]


def test_a_mail_keeps_its_other_files_when_one_archive_is_refused(tmp_path: Path) -> None:
    source = put(
        tmp_path, "m.eml", mail(("多.zip", packed([f"{n}.xlsx" for n in range(201)])), ("a.xlsx", b"x")).as_bytes()
    )
    assert [(path, bool(reason)) for path, reason in opened(source)] == [
        ("m.eml!多.zip", True),
        ("m.eml!a.xlsx", False),
    ]


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    source = put(tmp_path, "a.zip", packed(["b.xlsx"], bytes(60 << 20)))
    assert opened(source) == [("a.zip!b.xlsx", "解压后过大，不是正常的填报表")]
    content = packed(["b.xlsx"], bytes(60 << 20))  # one that says it is small
    lying = content.replace(struct.pack("<I", 60 << 20), struct.pack("<I", 1 << 20))
    assert "已损坏" in opened(put(tmp_path, "lying.zip", lying))[0][1]


def test_a_flipped_bit_or_a_cut_loses_only_what_it_hit(tmp_path: Path) -> None:
    content = packed(["a.xlsx", "b.xlsx"], bytes(range(256)) * 4)
    place = content.index(b"a.xlsx") + 40
    flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    (first, said), second = opened(put(tmp_path, "a.zip", flipped))
    assert (first, second) == ("a.zip!a.xlsx", ("a.zip!b.xlsx", ""))
    assert "已损坏" in said
    (cut,) = take_in_all([put(tmp_path, "cut.zip", content[:-30])], terms())
    assert isinstance(cut, FileRecord)
    assert (cut.state, cut.reason) == (State.UNREADABLE, "文件不完整或已损坏；可能没有传完，请重新发送")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_an_encrypted_archive_is_tried_with_the_passwords_of_the_office(encoding: str, tmp_path: Path) -> None:
    source = put(tmp_path, "a.zip", encrypted("密码1".encode(encoding), workbook()))
    assert "passwords 没有密码可试" in opened(source)[0][1]
    assert "passwords 中的密码都不对" in opened(source, "123")[0][1]
    assert opened(source, "123", "密码1") == [("a.zip!a.xls", "")]
    read = take_in_all([source], terms("123", "密码1"))
    assert isinstance(read[1], Submission)
    assert "AES" in opened(put(tmp_path, "b.zip", encrypted(b"1", b"x", 99)), "1")[0][1]


def test_names_are_read_in_whatever_encoding_they_were_written() -> None:
    gbk = "统计报表.xlsx".encode("gb18030").decode("cp437")
    raw = gbk.encode("cp437")
    path = "年报.xlsx".encode()
    said = struct.pack("<HHBI", 0x7075, 5 + len(path), 1, zlib.crc32(raw)) + path
    stale = struct.pack("<HHBI", 0x7075, 5 + len(path), 1, 0) + path
    for extra, name in (
        (b"", "统计报表.xlsx"),
        (said, "年报.xlsx"),
        (stale, "统计报表.xlsx"),
        (b"\x75\x70\xff", "统计报表.xlsx"),
    ):
        entry = OldEntry(gbk)
        entry.extra = extra
        assert entry_name(entry) == name
    mac = OldEntry("年报.xlsx".encode().decode("cp437"))
    assert entry_name(mac) == "年报.xlsx"
    flagged = zipfile.ZipInfo("é.xlsx")
    flagged.flag_bits |= 0x800
    assert entry_name(flagged) == "é.xlsx"


PDF = b"%PDF-1.7"


def test_a_document_needs_a_workbook_beside_it(tmp_path: Path) -> None:
    put(tmp_path, "a.zip", zipped({"年报.xlsx": workbook(), "扫描.pdf": PDF, "示例县教育局.pdf": PDF + b"1"}))
    put(tmp_path, "b.zip", zipped({"扫描.pdf": PDF + b"2"}))
    put(tmp_path, "扫描.pdf", PDF)
    put(tmp_path, "示例县教育局 盖章.pdf", PDF + b"3")
    states = {
        r.source.path: r.state.value
        for r in mark_duplicates(take_in_all(list_inbox(tmp_path), terms()))
        if isinstance(r, FileRecord)
    }
    assert states == {
        "a.zip": "container",
        "a.zip!扫描.pdf": "attachment",
        "a.zip!示例县教育局.pdf": "attachment",
        "b.zip": "container",
        "b.zip!扫描.pdf": "unreadable",
        "扫描.pdf": "duplicate",
        "示例县教育局 盖章.pdf": "attachment",
    }


def test_the_copy_that_is_kept_keeps_the_earliest_mail(tmp_path: Path) -> None:
    early, late = mail(("年报.xlsx", workbook())), mail(("年报.xlsx", workbook()), subject="再发")
    early["Date"], late["Date"] = "Wed, 10 Jan 2024 08:00:00 +0800", "Thu, 25 Jan 2024 08:00:00 +0800"
    put(tmp_path, "年报.xlsx", workbook())
    put(tmp_path, "早.eml", early.as_bytes())
    put(tmp_path, "晚.eml", late.as_bytes())
    read = mark_duplicates(take_in_all(list_inbox(tmp_path), terms()))
    (kept,) = [r for r in read if isinstance(r, Submission)]
    assert kept.source.path == "年报.xlsx"
    assert kept.source.mail is not None
    assert kept.source.mail.subject == "报表"


def test_a_container_that_changes_between_the_rounds_is_arriving(tmp_path: Path) -> None:
    source = put(tmp_path, "a.zip", packed(["x.xlsx"], workbook()))
    opened = take_in(source, terms())
    assert isinstance(opened, Opened)
    put(tmp_path, "a.zip", packed(["x.xlsx"], b"other"))
    member = opened.members[0]
    assert isinstance(member, SourceFile)
    record = take_in(member, terms())
    assert isinstance(record, FileRecord)
    assert record.state is State.ARRIVING


ODD = st.text(min_size=1, max_size=40) | st.sampled_from(["..", "/", "\\", "C:", "a.xlsx", "A.xlsx", "é", "e\u0301"])


@given(st.lists(ODD, max_size=12))
def test_any_names_are_shown_safely_and_once(names: list[str]) -> None:
    given = UniqueNames()
    shown = [given.once(harmless(name)) for name in names]
    assert len(set(shown)) == len(names)
    for path in shown:
        assert path == safe_text(path) and path.splitlines() == [path]
        assert not path.startswith(("/", "\\")) and "\\" not in path and ".." not in path.split("/")


@given(st.binary(max_size=60))
def test_any_bytes_are_a_name(name: bytes) -> None:
    assert safe_text(from_bytes(name)) is not None


@example(["XL/"])
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30), max_size=6, unique=True
    )
)
def test_every_entry_of_an_archive_has_its_line(names: list[str]) -> None:
    assume(not PACKAGE_PARTS & {name.lower() for name in names})
    source = SourceFile("a.zip", Path("a.zip"), "", 0)
    result = open_container(source, packed(names), ())
    assert isinstance(result, Opened)
    paths = [m.path if isinstance(m, SourceFile) else m.source.path for m in result.members]
    assert len(set(paths)) == len(names)
    assert all(path.startswith("a.zip!") for path in paths)
