"""Office packages: the parts of a file, what each refers to and what kind each is.

Everything that looks into or edits a package goes through here, so that names, relationships and content types are
understood once. A part that is not touched keeps its bytes, packed as they are, its date and its place, and the same
edits give the same bytes. Files of unknown origin have passed the guard (``intake/formats/package.py``) before they are
edited.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator

from lxml import etree
from msgspec import Struct

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CONTENT_TYPES = "[Content_Types].xml"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"
"""The content type of a part of a workbook."""
LOCAL = struct.Struct("<26xHH")
"""What stands before an entry of a zip: 26 bytes that its directory repeats, how long its name is, and what more is told."""
ID = f"{{{OFFICE}}}id"
"""The attribute by which markup names a relation of its part."""
etree.register_namespace("r", OFFICE)  # else the prefix depends on whether openpyxl happens to be there
LONG_AGO = (1980, 1, 1, 0, 0, 0)
PACKED = 5
"""How hard markup is packed, from 1 to 9. zlib's own 6 takes twice as long and saves 2 %."""
CAREFUL = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)


class OddPackage(Exception):
    """What is no Office package, or one whose markup is broken."""


class Relation(Struct, frozen=True):
    """That a part refers to something: the last word of the relation's type, and the name of the part meant."""

    id: str
    kind: str
    target: str
    external: bool


def key(name: str) -> str:
    """A part's name as packages compare names."""
    return name.replace("\\", "/").lstrip("/").lower()


def main(tag: str) -> str:
    """The name of an element of SpreadsheetML."""
    return f"{{{MAIN}}}{tag}"


def relations_part(part: str) -> str:
    """The name of the part that tells what a part refers to; that of the package itself is empty."""
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels".lstrip("/")


def relations(part: str, root: Iterable[etree._Element]) -> Iterator[Relation]:
    """What a part refers to, as the root of its relations part tells."""
    for node in root:
        target = posixpath.join("/", posixpath.dirname(part), node.get("Target", "").replace("\\", "/"))
        yield Relation(
            node.get("Id", ""),
            node.get("Type", "").rpartition("/")[2],
            posixpath.normpath(target).lstrip("/"),
            node.get("TargetMode") == "External",
        )


def parse(data: bytes) -> etree._Element:
    """The root of a part. Raises OddPackage where the markup is broken."""
    try:
        return etree.fromstring(data, CAREFUL)
    except etree.XMLSyntaxError as error:
        raise OddPackage(str(error)) from error


def serialized(root: etree._Element) -> bytes:
    """A part as the format wants it written."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def sizes(content: bytes) -> dict[str, int]:
    """The bytes of every part by the key of its name, as the directory tells. Raises OddPackage where there is none."""
    with opened(content) as package:
        return {key(entry.filename): entry.file_size for entry in package.infolist()}


def opened(content: bytes) -> zipfile.ZipFile:
    """The package, to be read. Raises OddPackage where it is no zip."""
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise OddPackage(str(error)) from error


class Parts:
    """The parts of a package being edited, by name.

    Raises OddPackage where it is none, or where parts have names that no program gives them. Parts whose names begin with
    ``passed_on`` are not looked at, since they may be larger than memory.
    """

    def __init__(self, content: bytes, passed_on: str = "") -> None:
        self.content = content
        try:
            with opened(content) as package:
                self.entries = {entry.filename: entry for entry in package.infolist()}
                self.unread = {name for name in self.entries if passed_on and name.startswith(passed_on)}
                self.found = {n: b"" if n in self.unread else package.read(entry) for n, entry in self.entries.items()}
        except zipfile.BadZipFile as error:
            raise OddPackage(str(error)) from error
        self.data = dict(self.found)
        self.made: dict[str, Callable[[], Iterable[bytes]]] = {}
        self.edited: dict[str, etree._Element] = {}
        self.seen: dict[str, etree._Element] = {}
        self.names = {key(name): name for name in self.data}
        self.types = self.find(CONTENT_TYPES) or ""
        if not self.types or any("\\" in name or name.startswith("/") for name in self.data):
            raise OddPackage("no package as office programs write them")

    def find(self, name: str) -> str | None:
        """The name as the package has it; None where there is no such part."""
        return self.names.get(key(name))

    def look(self, name: str) -> etree._Element:
        """The root of a part, only to be looked at."""
        if name not in self.edited and name not in self.seen:
            self.seen[name] = parse(self.data[name])
        return self.edited[name] if name in self.edited else self.seen[name]

    def edit(self, name: str) -> etree._Element:
        """The root of a part; what is changed below it is written."""
        if name not in self.edited:
            self.edited[name] = self.look(name)
            self.seen.pop(name)
        return self.edited[name]

    def add(self, name: str, data: bytes, kind: str = "") -> str:
        """A new part, or new bytes for one that is there; returns its name. The ``kind`` of a workbook's part tells its
        content type."""
        known = self.find(name) or name
        self.forget(known)
        self.data[known] = data
        self.names[key(known)] = known
        if kind:
            self.override(known, SPREADSHEET.format(kind))
        return known

    def add_made(self, name: str, made: Callable[[], Iterable[bytes]], kind: str) -> str:
        """A new part that is made piece by piece when all is packed, since it may be as large as all others together."""
        known = self.add(name, b"", kind)
        self.made[known] = made
        return known

    def override(self, name: str, content_type: str) -> None:
        """The content type of one part."""
        etree.SubElement(self.edit(self.types), f"{{{TYPES}}}Override", PartName=f"/{name}", ContentType=content_type)

    def drop(self, name: str) -> None:
        """Take a part away, with what is said of its content."""
        self.data.pop(name)
        self.forget(name)
        self.names.pop(key(name))
        for node in self.edit(self.types).findall(f"{{{TYPES}}}Override"):
            if key(node.get("PartName", "")) == key(name):
                node.getparent().remove(node)  # type: ignore[union-attr]

    def forget(self, name: str) -> None:
        """The part is no longer what it was."""
        self.made.pop(name, None)
        self.edited.pop(name, None)
        self.seen.pop(name, None)

    def spare(self, pattern: str) -> str:
        """The first name of a pattern such as ``xl/comments{}.xml`` that is not taken."""
        number = 1
        while self.find(pattern.format(number)):
            number += 1
        return pattern.format(number)

    def declare_ending(self, ending: str, content_type: str) -> None:
        """The content type of all parts with an ending, unless that is declared."""
        types = self.edit(self.types)
        known = {node.get("Extension", "").lower() for node in types.findall(f"{{{TYPES}}}Default")}
        if ending not in known:
            types.insert(0, etree.Element(f"{{{TYPES}}}Default", Extension=ending, ContentType=content_type))

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to inside the package: by relation id, the kind of relation and the name of the part,
        empty where there is no such part."""
        own = self.find(relations_part(part))
        found = relations(part, self.look(own)) if own else ()
        return {one.id: (one.kind, self.find(one.target) or "") for one in found if not one.external}

    def one_related(self, part: str, kind: str) -> str:
        """The name of the part of this kind; empty where there is none."""
        return next((name for k, name in self.related(part).values() if k == kind and name), "")

    def relate(self, part: str, kind: str, target: str) -> str:
        """The id of a new relation to a part of this package."""
        name = relations_part(part)
        own = self.find(name) or self.add(name, f'<Relationships xmlns="{RELATIONS}"/>'.encode())
        root = self.edit(own)
        taken = {node.get("Id") for node in root}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        way = posixpath.relpath(f"/{target}", f"/{posixpath.dirname(part)}")
        more = {"Id": f"rId{number}", "Type": f"{OFFICE}/{kind}", "Target": way}
        etree.SubElement(root, f"{{{RELATIONS}}}Relationship", more)
        return f"rId{number}"

    def pack(self, level: int = PACKED) -> bytes:
        """The package; the same edits give the same bytes. ``level`` tells how hard the parts that are not as they were are
        packed, from 1 to 9."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
            for name in self.data:
                if name in self.entries and name not in self.edited and self.data[name] == self.found[name]:
                    self.pass_on(name, package)
                elif name in self.made:
                    with package.open(self.entry(name), "w") as part:
                        part.writelines(self.made[name]())
                else:
                    package.writestr(self.entry(name), self.written(name), compresslevel=level)
        return stream.getvalue()

    def pass_on(self, name: str, package: zipfile.ZipFile) -> None:
        """A part from the old package into the new one, packed as it is; zipfile has no call for that."""
        made, old = self.entry(name), self.entries[name]
        made.CRC, made.file_size, made.compress_size = old.CRC, old.file_size, old.compress_size
        start = old.header_offset + LOCAL.size + sum(LOCAL.unpack_from(self.content, old.header_offset))
        assert package.fp is not None
        made.header_offset = package.fp.tell()
        package.fp.write(made.FileHeader() + self.content[start : start + made.compress_size])
        package.start_dir = package.fp.tell()
        package.filelist.append(made)
        package.NameToInfo[name] = made

    def written(self, name: str) -> bytes:
        """A part as it is written."""
        return serialized(self.edited[name]) if name in self.edited else self.data[name]

    def settle(self, name: str) -> bytes:
        """An edited part as it is written, which is not made a second time unless it is edited again."""
        return self.data[self.add(name, self.written(name))]

    def entry(self, name: str) -> zipfile.ZipInfo:
        """The entry as it was, or one that tells no time."""
        old = self.entries.get(name)
        made = zipfile.ZipInfo(name, old.date_time if old else LONG_AGO)
        made.compress_type = old.compress_type if old else zipfile.ZIP_DEFLATED
        made.external_attr = old.external_attr if old else 0
        return made
