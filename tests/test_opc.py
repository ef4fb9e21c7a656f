"""Packages: names and relationships are understood however they are written, and only what is touched changes."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile

import pytest
from lxml import etree

from tests.grids import ROOT
from tests.workbooks import packed, unpacked, workbook
from workbook_tool.files.opc import CONTENT_TYPES, ID, OddPackage, Parts, main, relations, relations_part, sizes

SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("part", "target", "meant"),
    [
        ("", "xl/workbook.xml", "xl/workbook.xml"),
        ("xl/workbook.xml", "worksheets/sheet1.xml", SHEET),
        ("xl/workbook.xml", "/xl/worksheets/sheet1.xml", SHEET),
        (SHEET, "../comments1.xml", "xl/comments1.xml"),
        (SHEET, "..\\drawings\\Drawing1.xml", "xl/drawings/Drawing1.xml"),
        (SHEET, "../../../../xl/comments1.xml", "xl/comments1.xml"),
    ],
)
def test_a_target_is_found_from_the_part_that_refers_to_it(part: str, target: str, meant: str) -> None:
    root = etree.fromstring(f'<r><x Id="a" Type="http://x/kind" Target="{target}"/></r>')
    ((one),) = relations(part, root)
    assert (one.id, one.kind, one.target, one.external) == ("a", "kind", meant, False)


def test_names_are_compared_without_regard_to_case() -> None:
    shouted = {
        name.upper() if name.endswith("sheet1.xml") else name: data for name, data in unpacked(workbook()).items()
    }
    parts = Parts(packed(shouted))
    assert parts.find(f"/{SHEET}") == SHEET.upper()
    assert SHEET.upper() in {name for _, name in parts.related("xl/workbook.xml").values()}


def test_what_is_outside_or_not_there_is_no_part() -> None:
    content = unpacked(workbook())
    content[relations_part(SHEET)] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="a" Type="x/hyperlink" Target="http://example.com" TargetMode="External"/>'
        b'<Relationship Id="b" Type="x/drawing" Target="../gone.xml"/></Relationships>'
    )
    assert Parts(packed(content)).related(SHEET) == {"b": ("drawing", "")}


def test_a_new_part_is_referred_to_typed_and_taken_away_again() -> None:
    parts = Parts(workbook())
    before = parts.pack()
    name = parts.add(parts.spare("xl/comments{}.xml"), b"<comments/>", "comments")
    made = parts.relate(SHEET, "comments", name)
    reread = Parts(parts.pack())
    assert reread.related(SHEET)[made] == ("comments", "xl/comments1.xml")
    assert b'Target="../comments1.xml"' in reread.data[relations_part(SHEET)]
    assert b"spreadsheetml.comments+xml" in reread.data[CONTENT_TYPES]
    reread.drop(name)
    reread.drop(relations_part(SHEET))
    assert sizes(reread.pack()).keys() == sizes(before).keys()
    assert b"comments" not in Parts(reread.pack()).data[CONTENT_TYPES]


def test_what_is_passed_on_without_being_read_is_the_same() -> None:
    packages = []
    for parts in (Parts(workbook()), Parts(workbook(), passed_on="xl/worksheets/sheet")):
        parts.relate(SHEET, "comments", parts.add("xl/comments1.xml", b"<comments/>", "comments"))
        packages.append(parts.pack())
    assert packages[0] == packages[1]
    assert parts.unread == {SHEET} and not parts.data[SHEET]


def test_what_is_not_touched_keeps_bytes_date_and_place() -> None:
    content = workbook()
    parts = Parts(content)
    parts.edit(SHEET).append(etree.Element(main("sheetPr")))
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(io.BytesIO(parts.pack())) as new:
        assert [(e.filename, e.date_time, e.compress_type) for e in old.infolist()] == [
            (e.filename, e.date_time, e.compress_type) for e in new.infolist()
        ]
        assert [name for name in old.namelist() if old.read(name) != new.read(name)] == [SHEET]
    assert parts.pack() == parts.pack()


def test_what_is_not_touched_is_not_packed_again() -> None:
    """However an entry was packed: by a program that tells the sizes behind it, or with more said before it."""
    stream = OneWay()
    with zipfile.ZipFile(stream, "w") as package:  # type: ignore[call-overload]
        for number, (name, data) in enumerate(unpacked(workbook()).items()):
            entry = zipfile.ZipInfo(name)
            entry.extra, entry.compress_type = struct.pack("<HH4x", 0xA220, 4), number % 2 * zipfile.ZIP_DEFLATED
            package.writestr(entry, data + b" " * 5000, compresslevel=1)
    content = b"before all" + stream.taken
    parts = Parts(content)
    parts.edit("xl/workbook.xml")
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(io.BytesIO(parts.pack())) as new:
        assert all(entry.flag_bits & 8 for entry in old.infolist()) and new.testzip() is None
        assert not any(entry.flag_bits & 8 for entry in new.infolist())
        assert {e.filename for e in old.infolist() if e.compress_size != new.getinfo(e.filename).compress_size} == {
            "xl/workbook.xml"
        }


class OneWay(io.RawIOBase):
    """Where nothing can be looked up or changed once it is written."""

    taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.taken += bytes(data)
        return len(data)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"text", packed({"a.xml": b"<a/>"}), packed({"/a.xml": b"<a/>"})]
)
def test_what_is_no_package_is_odd(content: bytes) -> None:
    with pytest.raises(OddPackage):
        Parts(content)


def test_broken_markup_is_odd() -> None:
    parts = Parts(packed(unpacked(workbook()) | {SHEET: b"<worksheet>"}))
    with pytest.raises(OddPackage):
        parts.look(SHEET)


def test_the_prefix_of_relations_does_not_depend_on_what_else_was_imported() -> None:
    """openpyxl registers the prefix r; without it a rerun in another process once had other bytes."""
    program = (
        "import sys; from lxml import etree; from workbook_tool.files.opc import ID\n"
        "node = etree.Element('a'); node.set(ID, 'x'); print(etree.tostring(node).decode(), 'openpyxl' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f'<a xmlns:r="{ID[1:].partition("}")[0]}" r:id="x"/> False\n'
