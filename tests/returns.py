"""What a return copy must have in common with the file it was made from, part by part."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.styles.cell_style import StyleArray
from openxml_audit import OpenXmlValidator

from tests.workbooks import MAIN, RELATIONS, Parts, unpacked
from workbook_tool.files.returns.fills import OURS
from workbook_tool.files.workbook.theme import MARK_FILLS
from workbook_tool.model.cells import position
from workbook_tool.model.intake.explanation import MARKER, RETURN_SHEET
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Place
from workbook_tool.model.returns.returned import Mark

M, R = f"{{{MAIN}}}", f"{{{RELATIONS}}}"
SHAPES = re.compile(
    rb"<v:shape xmlns:v=.*?</v:shape>|<v:shapetype xmlns:v=.*?</v:shapetype>|<o:shapelayout xmlns:v=.*?>", re.DOTALL
)


def differences(before: bytes, after: bytes, marks: Mapping[str, Mapping[Place, Mark]]) -> list[str]:
    """The parts that differ in anything but what a return copy adds: fills, notes, 退改说明 and the round."""
    old, new = unpacked(before), unpacked(after)
    sheets = {part: name for name, part in parts_of_sheets(old).items()}
    found = [f"gone: {name}" for name in old.keys() - new.keys()]
    for name in sorted(old.keys() & new.keys() - {"docProps/app.xml", "docProps/custom.xml"}):
        if old[name] != new[name] and not same(name, old, new, sheets.get(name, ""), marks):
            found.append(f"changed: {name}")
    return found


def parts_of_sheets(parts: Parts) -> dict[str, str]:
    """The parts of worksheets by the name of the sheet."""
    book = next(name for name in parts if name.endswith(".xml") and etree.fromstring(parts[name]).tag == f"{M}workbook")
    folder, _, file = book.rpartition("/")
    rels = etree.fromstring(parts[f"{folder}/_rels/{file}.rels".lstrip("/")])
    target = {node.get("Id"): node.get("Target", "") for node in rels}
    found = {}
    for node in etree.fromstring(parts[book]).iter(f"{M}sheet"):
        path = target.get(node.get(f"{R}id"), "")
        path = path.lstrip("/") if path.startswith("/") else f"{folder}/{path}".lstrip("/")
        found[node.get("name", "")] = path
    return found


def same(name: str, old: Parts, new: Parts, sheet: str, marks: Mapping[str, Mapping[Place, Mark]]) -> bool:
    if name.endswith(".vml"):
        return re.sub(rb',\d+(?=" ?/>)', b"", SHAPES.sub(b"", new[name])) == old[name] or SHAPES.sub(
            b"", new[name]
        ).startswith(old[name][:-6])
    one, other = etree.fromstring(old[name]), etree.fromstring(new[name])
    if sheet:
        return canonical(without_marks(one, marks.get(sheet, {}), sheet)) == canonical(
            without_marks(other, marks.get(sheet, {}), sheet)
        )
    if name.endswith((".rels", "[Content_Types].xml")):
        return {canonical(node) for node in one} <= {canonical(node) for node in other}
    if one.tag == f"{M}workbook":
        known = {node.get("name", "") for node in one.iter(f"{M}sheet")}
        opens = [node.get("activeTab") for node in other.iter(f"{M}workbookView")]
        ours = next(node.get("name") for node in other.iter(f"{M}sheet"))
        if ours != RETURN_SHEET or set(opens) - {"0"}:
            return False
        return canonical(without_sheets(one, known)) == canonical(without_sheets(other, known))
    if one.tag == f"{M}styleSheet":
        return prefixes(one, other)
    if one.tag == f"{M}comments":
        return [canonical(node) for node in one.iter(f"{M}comment")] == [
            canonical(node) for node in other.iter(f"{M}comment") if MARKER not in "".join(node.itertext())
        ] or texts(one) == [
            text.partition(MARKER)[0].rstrip("\n") for text in texts(other) if not text.startswith(MARKER)
        ]
    return False


def texts(comments: etree._Element) -> list[str]:
    return ["".join(node.itertext()) for node in comments.iter(f"{M}comment")]


def canonical(node: etree._Element) -> object:
    """Two pieces of markup with the same meaning are the same."""
    children = tuple(canonical(child) for child in node if isinstance(child.tag, str))
    return str(node.tag), tuple(sorted(node.attrib.items())), (node.text or "").strip(), children


def without_marks(root: etree._Element, marks: Mapping[Place, Mark], sheet: str) -> etree._Element:
    """A sheet without our conditional formats, our link to notes, the looks of marked cells and empty cells for them."""
    for node in root.findall(f"{M}conditionalFormatting"):
        if OURS in "".join(node.itertext()):
            root.remove(node)
    for rule in root.iter():
        if isinstance(rule.tag, str) and rule.tag.endswith("}cfRule") and rule.get("priority"):
            rule.attrib.pop("priority")
    for node in root.findall(f"{M}legacyDrawing"):
        root.remove(node)
    for node in root.iter(f"{M}sheetView"):
        node.attrib.pop("tabSelected", "")
    number = -1
    for row in root.iter(f"{M}row"):
        number, column = int(row.get("r", number + 2)) - 1, -1
        for cell in row.findall(f"{M}c"):
            column = position(cell.get("r", ""))[1] if cell.get("r") else column + 1
            if (number, column) in marks:
                cell.attrib.pop("s", "")
                if not len(cell):
                    row.remove(cell)
            elif sheet == IDENTITY_SHEET and cell.findtext(f"{M}v") in ("1", "2", "3"):
                row.remove(cell)
        row.attrib.pop("spans", "")
    for row in root.findall(f"{M}sheetData/{M}row"):
        if not len(row) and set(row.attrib) <= {"r"}:
            row.getparent().remove(row)  # type: ignore[union-attr]
    return root


def without_sheets(book: etree._Element, known: set[str]) -> etree._Element:
    """A workbook part with the known sheets only, in their order, and without what says which one it opens on. A name that
    belongs to a sheet, such as its print area, tells which one by the sheet's own name instead of its number."""
    tabs = [node.get("name", "") for node in book.iter(f"{M}sheet")]
    for node in list(book.iter(f"{M}sheet")):
        if node.get("name") not in known:
            node.getparent().remove(node)  # type: ignore[union-attr]
    for node in list(book.iter(f"{M}definedName")):
        if node.get("localSheetId"):
            node.set("localSheetId", tabs[int(node.get("localSheetId", ""))])
            if node.get("localSheetId") not in known:
                node.getparent().remove(node)  # type: ignore[union-attr]
    for node in book.findall(f"{M}definedNames"):
        if not len(node):
            book.remove(node)
    for node in book.iter(f"{M}workbookView"):
        for name in ("activeTab", "firstSheet"):
            node.attrib.pop(name, "")
    return book


def prefixes(one: etree._Element, other: etree._Element) -> bool:
    """Whether every list of looks begins as it did."""
    for collection in one:
        there = other.find(str(collection.tag))
        if there is None or len(there) < len(collection):
            return False
        if [canonical(n) for n in collection] != [canonical(n) for n in list(there)[: len(collection)]]:
            return False
    return True


def looks_alike(before: bytes, after: bytes, marks: Mapping[str, Mapping[Place, Mark]]) -> list[str]:
    """The cells that look otherwise in anything but the fill of a mark, and the marked ones without their fill."""
    books = [openpyxl.load_workbook(io.BytesIO(content), keep_links=False) for content in (before, after)]
    wrong, seen = [], dict[tuple[object, ...], list[str]]()
    for sheet in books[0].worksheets:
        twin, own = books[1][sheet.title], marks.get(sheet.title, {})
        for (row, column), cell in sheet._cells.items():
            other, mark = twin.cell(row, column), own.get((row - 1, column - 1))
            key = (*(cell._style or ()), -1, *(other._style or ()))
            if key not in seen:
                one, two = look_of(cell), look_of(other)
                seen[key] = [part for part in one if one[part] != two[part]]
            wrong += [f"{sheet.title}!{cell.coordinate} {part}" for part in seen[key] if not (mark and part == "fill")]
            if mark and other.fill.fgColor.rgb != f"FF{MARK_FILLS[mark.fill].removeprefix('#')}":
                wrong.append(f"{sheet.title}!{cell.coordinate} is not marked")
    return wrong


def look_of(cell: Any) -> dict[str, object]:
    book, style = cell.parent.parent, cell._style or StyleArray()
    return {
        "font": book._fonts[style.fontId],
        "fill": book._fills[style.fillId],
        "border": book._borders[style.borderId],
        "alignment": book._alignments[style.alignmentId],
        "protection": book._protections[style.protectionId],
        "number format": cell.number_format,
    }


def complaints(content: bytes) -> set[str]:
    """What the validator says of a workbook, without the places, and without the advice that Excel will move the texts
    in our cells to its own table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(content)
        said = [error.description for error in OpenXmlValidator().validate(str(path)).errors]
        return {re.sub(r"\S*\d\S*", "", words) for words in said if "inline-string" not in words}


def notes_of(content: bytes, sheet: str) -> dict[str, str]:
    """Our notes by cell, as openpyxl reads them."""
    page = openpyxl.load_workbook(io.BytesIO(content))[sheet]
    cells = [cell for row in page for cell in row if cell.comment is not None]
    return {cell.coordinate: cell.comment.text for cell in cells if MARKER in cell.comment.text}
