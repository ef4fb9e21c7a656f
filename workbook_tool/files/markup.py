"""What the values alone do not tell of an .xlsx: error cells, formulas without a stored result, hidden parts."""

from __future__ import annotations

import posixpath
import xml.etree.ElementTree as ET
from xml.parsers import expat

from workbook_tool.model.cells import position
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.submission import ErrorValue, Place, Sheet, Uncomputed

TRUE = ("1", "true")
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def complete(sheets: list[Sheet], parts: dict[str, bytes]) -> tuple[Sheet, ...]:
    """The sheets with error cells, uncomputed formulas and hidden parts put in. Other formats pass unchanged."""
    if "xl/workbook.xml" not in parts:
        return tuple(sheets)
    try:
        places = sheet_parts(parts)
        return tuple(complete_sheet(sheet, *places[sheet.name]) if sheet.name in places else sheet for sheet in sheets)
    except (ET.ParseError, expat.ExpatError, KeyError) as error:
        raise Unreadable("文件内部结构已损坏；请用 Excel 或 WPS 重新保存后再报") from error


def sheet_parts(parts: dict[str, bytes]) -> dict[str, tuple[bytes, bool]]:
    """By sheet name: its XML and whether the sheet is hidden."""
    relations = {
        node.get("Id"): posixpath.normpath(posixpath.join("/xl", node.get("Target", ""))).lstrip("/")
        for node in ET.fromstring(parts["xl/_rels/workbook.xml.rels"])
    }
    found = {}
    for node in ET.fromstring(parts["xl/workbook.xml"]).iter():
        if node.tag.endswith("}sheet"):
            target = relations.get(node.get(RELATION) or node.get(STRICT_RELATION), "")
            if target in parts:
                found[node.get("name", "")] = (parts[target], node.get("state", "visible") != "visible")
    return found


def complete_sheet(sheet: Sheet, xml: bytes, hidden: bool) -> Sheet:
    scan = Scan()
    scan.feed(xml)
    cells = {**sheet.cells, **scan.special}
    return Sheet(sheet.name, cells, hidden, frozenset(scan.hidden_rows), frozenset(scan.hidden_columns))


class Scan:
    """One pass over a sheet's XML."""

    def __init__(self) -> None:
        self.special: dict[Place, ErrorValue | Uncomputed] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.cell: Place | None = None
        self.kind = ""
        self.formula: str | None = None
        self.value: str | None = None
        self.text: list[str] | None = None

    def feed(self, xml: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.Parse(xml, True)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            self.cell = position(attributes["r"]) if "r" in attributes else None
            self.kind, self.formula, self.value = attributes.get("t", ""), None, None
        elif name in ("f", "v"):
            self.text = []
        elif name == "row" and attributes.get("hidden") in TRUE and "r" in attributes:
            self.hidden_rows.add(int(attributes["r"]) - 1)
        elif name == "col" and attributes.get("hidden") in TRUE:
            first, last = int(attributes["min"]), int(attributes["max"])
            self.hidden_columns.update(range(first - 1, min(last, first + 1023)))

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name in ("f", "v") and self.text is not None:
            text = "".join(self.text)
            self.formula, self.value = (text, self.value) if name == "f" else (self.formula, text)
            self.text = None
        elif name == "c" and self.cell is not None:
            if self.kind == "e":
                self.special[self.cell] = ErrorValue(self.value or "#ERR")
            elif self.formula is not None and self.value is None:
                self.special[self.cell] = Uncomputed(self.formula)
