"""A workbook's package being edited: every part that is not touched keeps its bytes, its date and its place."""

from __future__ import annotations

import io
import posixpath
import zipfile

from lxml import etree

from workbook_tool.model.errors import Unmarkable

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CONTENT_TYPES = "[Content_Types].xml"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
MOST_BYTES = 16 << 20
"""Of markup. A form has a hundredth of it; more would take this process more memory than it should."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
CAREFUL = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)


def main(tag: str) -> str:
    """The name of an element of SpreadsheetML."""
    return f"{{{MAIN}}}{tag}"


def parse(data: bytes) -> etree._Element:
    try:
        return etree.fromstring(data, CAREFUL)
    except etree.XMLSyntaxError as error:
        raise Unmarkable("文件内部结构不常见") from error


class Parts:
    """Parts by name. Names are compared as packages compare them: without regard to case."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            if sum(entry.file_size for entry in entries if entry.filename.lower().endswith(".xml")) > MOST_BYTES:
                raise Unmarkable("文件太大")
            self.data = {entry.filename: package.read(entry) for entry in entries}
        self.entries = {entry.filename: entry for entry in entries}
        self.edited: dict[str, etree._Element] = {}
        self.seen: dict[str, etree._Element] = {}
        self.names = {name.lower(): name for name in self.data}
        if self.find("content.xml"):
            raise Unmarkable("文件是 .ods 格式")
        self.types = self.find(CONTENT_TYPES) or ""
        if not self.types or any("\\" in name or name.startswith("/") for name in self.data):
            raise Unmarkable("文件内部结构不常见")

    def find(self, name: str) -> str | None:
        """The name as the package has it; None where there is no such part."""
        return self.names.get(name.lstrip("/").lower())

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

    def add(self, name: str, data: bytes) -> str:
        """A new part, or new bytes for one that is there."""
        known = self.find(name) or name
        self.forget(known)
        self.data[known] = data
        self.names[known.lower()] = known
        return known

    def drop(self, name: str) -> None:
        self.data.pop(name)
        self.forget(name)
        self.names.pop(name.lower())
        for node in self.edit(self.types).findall(f"{{{TYPES}}}Override"):
            if node.get("PartName", "").lstrip("/").lower() == name.lower():
                node.getparent().remove(node)  # type: ignore[union-attr]

    def forget(self, name: str) -> None:
        """The part is no longer what it was."""
        self.edited.pop(name, None)
        self.seen.pop(name, None)

    def spare(self, pattern: str) -> str:
        """The first name of a pattern such as ``xl/comments{}.xml`` that is not taken."""
        number = 1
        while self.find(pattern.format(number)):
            number += 1
        return pattern.format(number)

    def declare(self, name: str, content_type: str) -> None:
        """The content type of a new part."""
        types = self.edit(self.types)
        etree.SubElement(types, f"{{{TYPES}}}Override", PartName=f"/{name}", ContentType=content_type)

    def declare_ending(self, ending: str, content_type: str) -> None:
        """The content type of all parts with an ending, unless that is declared."""
        types = self.edit(self.types)
        known = {node.get("Extension", "").lower() for node in types.findall(f"{{{TYPES}}}Default")}
        if ending not in known:
            types.insert(0, etree.Element(f"{{{TYPES}}}Default", Extension=ending, ContentType=content_type))

    def relations_part(self, part: str) -> str:
        folder, _, file = part.rpartition("/")
        return f"{folder}/_rels/{file}.rels".lstrip("/")

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to inside the package: by relation id, the kind of relation and the name of the part."""
        own = self.find(self.relations_part(part))
        found = {}
        for node in self.look(own) if own else ():
            target = node.get("Target", "").replace("\\", "/")
            name = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target))
            if node.get("TargetMode") != "External":
                found[node.get("Id", "")] = (node.get("Type", "").rpartition("/")[2], self.find(name) or "")
        return found

    def one_related(self, part: str, kind: str) -> str:
        """The name of the part of this kind; empty where there is none."""
        return next((name for k, name in self.related(part).values() if k == kind and name), "")

    def relate(self, part: str, kind: str, target: str) -> str:
        """The id of a new relation to a part of this package."""
        name = self.relations_part(part)
        own = self.find(name) or self.add(name, f'<Relationships xmlns="{RELATIONS}"/>'.encode())
        root = self.edit(own)
        taken = {node.get("Id") for node in root}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        more = {"Id": f"rId{number}", "Type": f"{OFFICE}/{kind}", "Target": f"/{target}"}
        etree.SubElement(root, f"{{{RELATIONS}}}Relationship", more)
        return f"rId{number}"

    def pack(self) -> bytes:
        """The package; the same edits give the same bytes."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
            for name in self.data:
                package.writestr(self.entry(name), self.written(name))
        return stream.getvalue()

    def written(self, name: str) -> bytes:
        """A part as it is written."""
        if name not in self.edited:
            return self.data[name]
        return etree.tostring(self.edited[name], xml_declaration=True, encoding="UTF-8", standalone=True)

    def entry(self, name: str) -> zipfile.ZipInfo:
        """The entry as it was, or one that tells no time."""
        old = self.entries.get(name)
        made = zipfile.ZipInfo(name, old.date_time if old else LONG_AGO)
        made.compress_type = old.compress_type if old else zipfile.ZIP_DEFLATED
        made.external_attr = old.external_attr if old else 0
        return made
