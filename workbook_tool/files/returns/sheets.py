"""The sheets of a workbook being marked: which part each one is, and sheets of ours put behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from workbook_tool.files.opc import ID, Parts, main, relations_part
from workbook_tool.files.returns.styles import MarkStyles
from workbook_tool.files.workbook.guest_sheets import guest_sheets, own_looks
from workbook_tool.model.errors import Unmarkable
from workbook_tool.model.form.live import on_sheet
from workbook_tool.model.regex import regex
from workbook_tool.model.workbook.book import Book, BookSheet

BOOK_ORDER = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
]
TYPES = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}"
TITLES = "_xlnm.Print_Titles"
SELECTED = regex(rb""" tabSelected=(?:"(?:1|true)"|'(?:1|true)')(?=[^<]*>)""")
SHEET_MARKUP = "worksheet"


def book_part(parts: Parts) -> str:
    """The name of the workbook part. Raises Unmarkable where it is none that may be edited."""
    book = parts.one_related("", "officeDocument")
    if not book or book.lower().endswith(".bin"):
        raise Unmarkable("文件是二进制格式（.xlsb）" if book else "文件内部结构不常见")
    if parts.look(book).tag != main("workbook"):
        raise Unmarkable("文件是 Strict Open XML 格式")
    if any("_xmlsignatures/" in name.lower() for name in parts.data):
        raise Unmarkable("文件有数字签名，改动会使签名失效")
    return book


def sheet_nodes(parts: Parts, book: str) -> list[etree._Element]:
    """The sheets as the workbook part lists them, in the order of their tabs."""
    return parts.look(book).findall(f"{main('sheets')}/{main('sheet')}")


def worksheets(parts: Parts, book: str) -> dict[str, str]:
    """The part of every worksheet by the sheet's name."""
    related = parts.related(book)
    found = {node.get("name", ""): related.get(node.get(ID, ""), ("", "")) for node in sheet_nodes(parts, book)}
    return {name: part for name, (kind, part) in found.items() if kind == SHEET_MARKUP and part}


def add_sheets(parts: Parts, book: str, styles: MarkStyles, notice: Book) -> None:
    """Put sheets of ours into another workbook: the first one, which people see, before all that are there, so that it is
    what they see first; hidden ones behind them. One of the same name is replaced."""
    looks, numbers = own_looks()
    for sheet, data in guest_sheets(notice, lambda role: styles.graft(looks, numbers[role])):
        index = place_sheet(parts, book, sheet, data)
        if sheet.in_view:
            lead(parts, book, index)
            index = 0
        if rows := sheet.print.repeat_rows:
            set_titles(parts.edit(book), index, f"{on_sheet(sheet.name)}${rows[0] + 1}:${rows[1] + 1}")


def lead(parts: Parts, book: str, index: int) -> None:
    """Move a sheet before all others and open the workbook on it. Names that belong to a sheet, such as its print area,
    tell it by its number among the tabs, and keep it."""
    root = parts.edit(book)
    sheets = root.find(main("sheets"))
    assert sheets is not None
    sheets.insert(0, sheets[index])
    for name in root.iter(main("definedName")):
        own = int(name.get("localSheetId", "-1"))
        if 0 <= own <= index:
            name.set("localSheetId", str((own + 1) % (index + 1)))
    for view in root.iterfind(f"{main('bookViews')}/{main('workbookView')}"):
        view.attrib.pop("firstSheet", "")
        view.set("activeTab", "0")
    related = parts.related(book)
    for node in list(sheets)[1:]:
        if part := related.get(node.get(ID, ""), ("", ""))[1]:
            parts.data[part] = SELECTED.sub(b"", parts.data[part])
    move_title(parts, index)


def place_sheet(parts: Parts, book: str, sheet: BookSheet, data: bytes) -> int:
    """Put a sheet in and return its index. One of the same name keeps its index, so that no name points elsewhere."""
    name = sheet.name
    for index, known in enumerate(sheet_nodes(parts, book)):
        if known.get("name") == name:
            if name not in worksheets(parts, book):
                raise Unmarkable(f"文件里已有一张叫“{name}”的图表页")
            old = worksheets(parts, book)[name]
            drop_related(parts, old)
            parts.add(old, data)
            return index
    part = parts.add(parts.spare("xl/worksheets/sheet{}.xml"), data, "worksheet")
    sheets = parts.edit(book).find(main("sheets"))
    assert sheets is not None
    more = {"name": name, "sheetId": str(max(int(s.get("sheetId", "0")) for s in sheets) + 1)}
    if not sheet.in_view:
        more["state"] = "veryHidden" if sheet.very_hidden else "hidden"
    etree.SubElement(sheets, main("sheet"), more).set(ID, parts.relate(book, "worksheet", part))
    tell_title(parts, name, len(sheets))
    return len(sheets) - 1


def drop_related(parts: Parts, sheet: str) -> None:
    """Take away what an old sheet of ours refers to and nothing else does, such as its printer settings."""
    relations = parts.find(relations_part(sheet))
    if relations is None:
        return
    own = {name for _, name in parts.related(sheet).values() if name}
    parts.drop(relations)
    for name in sorted(own - set(all_related(parts))):
        parts.drop(name)


def all_related(parts: Parts) -> Iterator[str]:
    """The names of all parts that some other part refers to; one may come more than once."""
    for name in list(parts.data):
        if name.endswith(".rels"):
            part = re.sub(r"_rels/([^/]*)\.rels$", r"\1", name)
            yield from (target for _, target in parts.related(part).values())


def set_titles(book: etree._Element, index: int, rows: str) -> None:
    """The rows of a sheet that are printed on every page."""
    names = book.find(main("definedNames"))
    if names is None:
        earlier = {main(tag) for tag in BOOK_ORDER}
        names = etree.Element(main("definedNames"))
        book.insert(max(n for n, child in enumerate(book, 1) if child.tag in earlier), names)
    for node in names.findall(main("definedName")):
        if node.get("localSheetId") == str(index):
            names.remove(node)
    etree.SubElement(names, main("definedName"), name=TITLES, localSheetId=str(index)).text = rows


def move_title(parts: Parts, index: int) -> None:
    """The same in the titles that the properties of the file list, where they list the sheets first."""
    properties = parts.find("docProps/app.xml")
    if properties is None:
        return
    root = parts.edit(properties)
    titles = next((node for node in root.iter(f"{TYPES}vector") if node.get("baseType") == "lpstr"), None)
    counts = root.findall(f".//{TYPES}i4")
    if titles is not None and counts and index < int(counts[0].text or 0) <= len(titles):
        titles.insert(0, titles[index])


def tell_title(parts: Parts, name: str, sheets: int) -> None:
    """Add a sheet to the titles that the properties of the file list, where they list them as Excel does."""
    properties = parts.find("docProps/app.xml")
    if properties is None:
        return
    root = parts.look(properties)
    counts = root.findall(f".//{TYPES}i4")
    titles = next((node for node in root.iter(f"{TYPES}vector") if node.get("baseType") == "lpstr"), None)
    if not counts or titles is None or counts[0].text != str(sheets - 1) or len(titles) < sheets - 1:
        return
    root = parts.edit(properties)
    counts = root.findall(f".//{TYPES}i4")
    titles = next(node for node in root.iter(f"{TYPES}vector") if node.get("baseType") == "lpstr")
    counts[0].text = str(sheets)
    title = etree.Element(f"{TYPES}lpstr")
    title.text = name
    titles.insert(sheets - 1, title)
    titles.set("size", str(len(titles)))
