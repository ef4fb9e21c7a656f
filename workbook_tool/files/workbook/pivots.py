"""Adds PivotTables to a package that XlsxWriter has written, which writes none.

Excel repairs, that is throws away, a PivotTable whose parts disagree in any count, index or place; LibreOffice and WPS
forgive it. So everything is derived from one noun, and ``tests/pivot_lint.py`` asks what Excel would.
Every item stands in the cache, every row in its records: the tables work before any refresh and refresh on opening.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from workbook_tool.model.cells import area
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.pivot import TOTAL, VALUES, Pivot, Source

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
NO_RELATIONS = f'<Relationships xmlns="{PACKAGE}/relationships"/>'.encode()
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""Where an office program would read a character's number instead of the text."""
WHOLE_NUMBERS = "3"
"""Excel's number format #,##0; without one figures are shown as they are."""
VERSIONS = {"createdVersion": "5", "minRefreshableVersion": "3"}
SPACES: Any = {None: MAIN}
Parts = dict[str, bytes]


def with_pivots(package: bytes, book: Book) -> bytes:
    """The package with the PivotTables of the Book's sheets. Same content, same bytes."""
    placed = [(number, pivot) for number, sheet in enumerate(book.sheets, 1) for pivot in sheet.pivots]
    if not placed:
        return package
    with zipfile.ZipFile(io.BytesIO(package)) as stored:
        parts = {name: stored.read(name) for name in stored.namelist()}
    caches = add_caches(parts, [pivot.source for _, pivot in placed])
    for number, (sheet, pivot) in enumerate(placed, 1):
        cache = caches[pivot.source.table]
        add_part(parts, f"xl/pivotTables/pivotTable{number}.xml", table_part(pivot, cache), "pivotTable")
        relate(parts, f"xl/worksheets/sheet{sheet}.xml", "pivotTable", f"../pivotTables/pivotTable{number}.xml")
        definition = f"../pivotCache/pivotCacheDefinition{cache}.xml"
        relate(parts, f"xl/pivotTables/pivotTable{number}.xml", "pivotCacheDefinition", definition)
    return packed(parts)


def packed(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            package.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def add_caches(parts: Parts, sources: Iterable[Source]) -> dict[str, int]:
    """A cache for each source, whichever PivotTables share it; its number by the name of the source's Table."""
    workbook = etree.fromstring(parts["xl/workbook.xml"])
    listed = etree.Element(f"{{{MAIN}}}pivotCaches", nsmap=SPACES | {"r": RELATIONS})
    numbers: dict[str, int] = {}
    for source in sources:
        if source.table in numbers:
            continue
        number = numbers[source.table] = len(numbers) + 1
        definition = f"pivotCache/pivotCacheDefinition{number}.xml"
        records = f"pivotCacheRecords{number}.xml"
        add_part(parts, f"xl/{definition}", definition_part(source), "pivotCacheDefinition")
        add_part(parts, f"xl/pivotCache/{records}", records_part(source), "pivotCacheRecords")
        relate(parts, f"xl/{definition}", "pivotCacheRecords", records)
        related = relate(parts, "xl/workbook.xml", "pivotCacheDefinition", definition)
        etree.SubElement(listed, f"{{{MAIN}}}pivotCache", {"cacheId": str(number), f"{{{RELATIONS}}}id": related})
    (before,) = workbook.findall(f"{{{MAIN}}}calcPr")
    before.addnext(listed)
    parts["xl/workbook.xml"] = written(workbook)
    return numbers


def add_part(parts: Parts, name: str, content: bytes, kind: str) -> None:
    """A part and its content type."""
    parts[name] = content
    types = etree.fromstring(parts["[Content_Types].xml"])
    override = {"PartName": f"/{name}", "ContentType": f"{CONTENT}.{kind}+xml"}
    etree.SubElement(types, f"{{{PACKAGE}/content-types}}Override", override)
    parts["[Content_Types].xml"] = written(types)


def relate(parts: Parts, owner: str, kind: str, target: str) -> str:
    """A relation of a part to another; returns its id."""
    folder, _, name = owner.rpartition("/")
    place = f"{folder}/_rels/{name}.rels"
    relations = etree.fromstring(parts.get(place, NO_RELATIONS))
    taken = {relation.get("Id") for relation in relations}
    made = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
    attributes = {"Id": made, "Type": f"{RELATIONS}/{kind}", "Target": target}
    etree.SubElement(relations, f"{{{PACKAGE}/relationships}}Relationship", attributes)
    parts[place] = written(relations)
    return made


def written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def element(tag: str, /, *children: etree._Element, **attributes: object) -> etree._Element:
    """An element; what counts its children is told so here."""
    made = etree.Element(f"{{{MAIN}}}{tag}", {k: str(v) for k, v in attributes.items()}, nsmap=SPACES)
    made.extend(children)
    return made


def counted(tag: str, children: Iterable[etree._Element]) -> etree._Element:
    """A list that tells how many it holds."""
    listed = list(children)
    return element(tag, *listed, count=len(listed))


def definition_part(source: Source) -> bytes:
    """The cache: every field with the items that stand in it."""
    fields = [text_field(source, name) for name in source.fields[:-1]] + [number_field(source)]
    root = element(
        "pivotCacheDefinition",
        element("cacheSource", element("worksheetSource", name=source.table), type="worksheet"),
        counted("cacheFields", fields),
        refreshOnLoad=1,
        refreshedBy="workbook-tool",
        refreshedVersion=5,
        recordCount=len(source.facts),
        **VERSIONS,
    )
    root.set(f"{{{RELATIONS}}}id", "rId1")
    return written(root)


def text_field(source: Source, name: str) -> etree._Element:
    items = counted("sharedItems", (element("s", v=escaped(text)) for text in source.items[name]))
    return element("cacheField", items, name=escaped(name), numFmtId=0)


def number_field(source: Source) -> etree._Element:
    numbers = [fact.number for fact in source.facts]
    kind = {"containsSemiMixedTypes": 0, "containsString": 0, "containsNumber": 1}
    if all(number == number.to_integral_value() for number in numbers):
        kind["containsInteger"] = 1
    limits = {"minValue": f"{min(numbers):f}", "maxValue": f"{max(numbers):f}"}
    return element("cacheField", element("sharedItems", **kind, **limits), name=escaped(source.number), numFmtId=0)


def records_part(source: Source) -> bytes:
    """The rows as indexes of items. They hold nothing but numbers and are many, so they are written as they stand."""
    index = [{text: f'<x v="{n}"/>' for n, text in enumerate(source.items[name])} for name in source.fields[:-1]]
    rows = (
        "".join(items[text] for items, text in zip(index, texts, strict=True)) + f'<n v="{number:f}"/>'
        for texts, number in source.facts
    )
    body = "".join(f"<r>{row}</r>" for row in rows)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<pivotCacheRecords xmlns="{MAIN}" count="{len(source.facts)}">{body}</pivotCacheRecords>'.encode()


def table_part(pivot: Pivot, cache: int) -> bytes:
    """The PivotTable: its fields, what stands in which line and column, its filters and its look."""
    fields = pivot.source.fields
    (row, column), pages = pivot.place, pivot.pages
    location = {"ref": area((row, column), pivot.last), "firstHeaderRow": 1, "firstDataRow": 2, "firstDataCol": 1}
    if pages:
        location |= {"rowPageCount": len(pages), "colPageCount": 1}
    figures = {"numFmtId": WHOLE_NUMBERS} if pivot.whole else {}
    data = element("dataField", name=pivot.caption, fld=len(fields) - 1, baseField=0, baseItem=0, **figures)
    look = {"showRowHeaders": 1, "showColHeaders": 1, "showRowStripes": 0, "showColStripes": 0, "showLastColumn": 1}
    children = [
        element("location", **location),
        counted("pivotFields", (pivot_field(pivot, name) for name in fields)),
        counted("rowFields", [element("field", x=fields.index(pivot.down))]),
        counted("rowItems", places(pivot, pivot.down, pivot.lines, pivot.total_row)),
        counted("colFields", [element("field", x=fields.index(pivot.across))]),
        counted("colItems", places(pivot, pivot.across, pivot.heads, pivot.total_column)),
        *([counted("pageFields", (page_field(pivot, *page) for page in pages))] if pages else []),
        counted("dataFields", [data]),
        element("pivotTableStyleInfo", name=pivot.style, **look),
    ]
    return written(element("pivotTableDefinition", *children, **settings(pivot, cache)))


def settings(pivot: Pivot, cache: int) -> dict[str, object]:
    """What holds for the whole PivotTable; the widths of its columns stay as they are when it is refreshed."""
    formats = ("Number", "Border", "Font", "Pattern", "Alignment", "WidthHeight")
    totals = {"rowGrandTotals": pivot.total_row, "colGrandTotals": pivot.total_column}
    return {
        "name": pivot.name,
        "cacheId": cache,
        **{f"apply{kind}Formats": 0 for kind in formats},
        "dataCaption": VALUES,
        "grandTotalCaption": TOTAL,
        "rowHeaderCaption": escaped(pivot.down),
        "colHeaderCaption": escaped(pivot.across),
        "updatedVersion": 5,
        "itemPrintTitles": 1,
        "indent": 0,
        "outline": 1,
        "outlineData": 1,
        "multipleFieldFilters": 0,
        **{name: 0 for name, shown in totals.items() if not shown},
        **VERSIONS,
    }


def pivot_field(pivot: Pivot, name: str) -> etree._Element:
    """A field of the source as this PivotTable uses it."""
    if name == pivot.source.number:
        return element("pivotField", dataField=1, showAll=0)
    axes = {pivot.down: "axisRow", pivot.across: "axisCol", **{page: "axisPage" for page, _ in pivot.pages}}
    if name not in axes:
        return element("pivotField", showAll=0)
    hidden = pivot.hidden if name in (pivot.down, pivot.across) else ()
    items = [
        element("item", **({"h": 1} if text in hidden else {}), x=number)
        for number, text in enumerate(pivot.source.items[name])
    ]
    return element("pivotField", counted("items", [*items, element("item", t="default")]), axis=axes[name], showAll=0)


def places(pivot: Pivot, name: str, shown: Iterable[str], total: bool) -> Iterator[etree._Element]:
    """The lines or columns that are shown, each by the index of its item, and the total."""
    for text in shown:
        number = pivot.source.items[name].index(text)
        yield element("i", element("x", **({"v": number} if number else {})))
    if total:
        yield element("i", element("x"), t="grand")


def page_field(pivot: Pivot, name: str, chosen: str) -> etree._Element:
    item = {"item": pivot.source.items[name].index(chosen)} if chosen else {}
    return element("pageField", fld=pivot.source.fields.index(name), **item, hier=-1)


def escaped(text: str) -> str:
    """A text as the format stores it: ``_x000D_`` would be read as a character's number."""
    return ESCAPE.sub("_x005F_", text)
