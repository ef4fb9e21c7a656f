"""What the values alone do not tell of an .xlsx: error cells, formulas without a stored result, hidden parts."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
from xml.parsers import expat

from workbook_tool.model.cells import position
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.submission import ErrorValue, Place, Sheet, Uncomputed

TRUE = ("1", "true")
MOST_SHEETS, MOST_CELLS, SPARE_STRINGS = 256, 5_000_000, 1000
"""What honest files stay within; MOST_CELLS is the area from A1 to the last cell with content."""
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def scan_sheets(parts: dict[str, bytes]) -> dict[str, Scan]:
    """What the markup of each sheet of an .xlsx tells, by sheet name; nothing for other formats.

    Raises Unreadable where the markup is broken, or asks for more room than any honest form needs.
    """
    if "xl/workbook.xml" not in parts:
        return {}
    refuse_string_bomb(parts.get("xl/sharedStrings.xml", b""))
    try:
        places = sheet_parts(parts)
        if len(places) > MOST_SHEETS:
            raise Unreadable(f"有 {len(places)} 张工作表，不是正常的填报表")
        return {name: Scan(name, *place) for name, place in places.items()}
    except (ET.ParseError, expat.ExpatError, KeyError, ValueError) as error:
        raise Unreadable("文件内部结构已损坏；请用 Excel 或 WPS 重新保存后再报") from error


def refuse_string_bomb(strings: bytes) -> None:
    """The announced number of texts makes readers set room aside; it must be near the true one."""
    announced = re.search(rb'uniqueCount="(\d+)"', strings[:4096])
    if announced and int(announced[1]) > 2 * strings.count(b"<si") + SPARE_STRINGS:
        raise Unreadable("文件声明的文字数量与实际不符，可能已损坏；请用 Excel 或 WPS 重新保存后再报")


def complete(sheet: Sheet, scan: Scan | None) -> Sheet:
    """The sheet with error cells, uncomputed formulas and hidden parts put in."""
    if scan is None:
        return sheet
    cells = {**sheet.cells, **scan.special}
    return Sheet(sheet.name, cells, scan.hidden, frozenset(scan.hidden_rows), frozenset(scan.hidden_columns))


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


class Scan:
    """One pass over a sheet's XML."""

    def __init__(self, name: str, xml: bytes, hidden: bool) -> None:
        self.name, self.hidden = name, hidden
        self.rows = self.columns = 0
        self.special: dict[Place, ErrorValue | Uncomputed] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.cell: Place | None = None
        self.kind = ""
        self.formula: str | None = None
        self.value: str | None = None
        self.text: list[str] | None = None
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.Parse(xml, True)
        if self.rows * self.columns > MOST_CELLS:
            raise Unreadable(f"工作表「{name}」的内容远到第 {self.rows} 行第 {self.columns} 列，不是正常的填报表")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            self.cell = position(attributes["r"]) if "r" in attributes else None
            self.kind, self.formula, self.value = attributes.get("t", ""), None, None
        elif name in ("f", "v", "is"):
            self.text = []
            if self.cell:
                self.rows, self.columns = max(self.rows, self.cell[0] + 1), max(self.columns, self.cell[1] + 1)
        elif name == "row" and "r" in attributes and (attributes.get("hidden") in TRUE or attributes.get("ht") == "0"):
            self.hidden_rows.add(int(attributes["r"]) - 1)
        elif name == "col" and (attributes.get("hidden") in TRUE or attributes.get("width") == "0"):
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
            elif self.formula is not None and not self.value and self.kind != "str":
                self.special[self.cell] = Uncomputed(self.formula)
