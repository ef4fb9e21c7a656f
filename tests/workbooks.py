"""Small workbooks written part by part, so that each test shows the very markup it is about."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Parts = dict[str, bytes]


def relations(*targets: tuple[str, str]) -> bytes:
    """A relations part: the kind and target of each, as rId1, rId2 …"""
    nodes = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">{nodes}</Relationships>'.encode()


def worksheet(rows: str, before: str = "", after: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def parts_of(rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', before: str = "", after: str = "") -> Parts:
    """The parts of a workbook with one sheet, 表."""
    sheets = '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>'
    types = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + override("/xl/workbook.xml", "sheet.main")
        + override(f"/{SHEET}", "worksheet")
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{types}</Types>'.encode(),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{sheets}</workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml")),
        SHEET: worksheet(rows, before, after),
    }


def override(part: str, kind: str) -> str:
    content_type = f"application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"
    return f'<Override PartName="{part}" ContentType="{content_type}"/>'


def packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as one zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return stream.getvalue()


def unpacked(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of its package changed."""
    parts = unpacked(content)
    return packed({**parts, part: change(parts[part])})


def type_into(parts: Parts, name: str, texts: Mapping[str, str]) -> None:
    """Type these texts into cells of a sheet that are there, as a person does who saves the workbook now. Ten times as quick
    as openpyxl."""
    names = [sheet.get("name") for sheet in etree.fromstring(parts["xl/workbook.xml"]).iter("{*}sheet")]
    part = f"xl/worksheets/sheet{names.index(name) + 1}.xml"
    root = etree.fromstring(parts[part])
    cells = {cell.get("r"): cell for cell in root.iter("{*}c")}
    for reference, text in texts.items():
        found = cells[reference]
        found[:] = []
        found.attrib.pop("t", None)
        if text:
            found.set("t", "inlineStr")
            shown = etree.SubElement(etree.SubElement(found, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
            shown.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            shown.text = text
    parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}".encode()
    parts["docProps/core.xml"] = SAVED.sub(rb"\g<1>" + now, parts["docProps/core.xml"])


SAVED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def workbook(rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', before: str = "", after: str = "") -> bytes:
    """An .xlsx with one sheet, 表, whose rows are these."""
    return packed(parts_of(rows, before, after))


def row(*cells: str, number: int = 1) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def cell(reference: str, value: object, more: str = "") -> str:
    return f'<c r="{reference}"{more}><v>{value}</v></c>'


def ole(*names: str) -> bytes:
    """An OLE file with empty streams of these names."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = OLE + bytes(16) + struct.pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0)
    header += struct.pack("<IIIII", 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    entries = [directory_entry("Root Entry", 5, free, 1)]
    for number, name in enumerate(names, 1):
        entries.append(directory_entry(name, 2, number + 1 if number < len(names) else free, free))
    entries += [bytes(128)] * (4 - len(entries))
    return header + struct.pack("<128I", fat, end, *[free] * 126) + b"".join(entries)


def directory_entry(name: str, kind: int, after: int, child: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    place = struct.pack("<64sHBBIII36xIQ", text, len(text), kind, 1, 0xFFFFFFFF, after, child, 0xFFFFFFFE, 0)
    return place
