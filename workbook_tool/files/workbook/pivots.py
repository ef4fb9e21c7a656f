"""Adds PivotTables to a package that XlsxWriter has written, which writes none.

Excel repairs, that is throws away, a PivotTable whose parts disagree in any count, index or place; LibreOffice and WPS
forgive it. So everything is derived from one noun, and ``tests/pivot_lint.py`` asks what Excel would.
Every item stands in the cache, every row in its records: the tables work before any refresh and refresh on opening.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from operator import getitem
from typing import Any

from lxml import etree

from workbook_tool.files.opc import ID, MAIN, OFFICE, Parts, main, serialized
from workbook_tool.files.workbook.theme import AMOUNT
from workbook_tool.model.cells import area
from workbook_tool.model.regex import regex
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.pivot import TOTAL, VALUES, Pivot, Source

ESCAPE = regex(r"_(?=x[0-9A-Fa-f]{4}_)")
"""Where an office program would read a character's number instead of the text."""
WHOLE_NUMBERS = "3"
"""Excel's number format #,##0."""
TOGETHER = 5_000
"""So many rows of a cache are made at once."""
VERSIONS = {"createdVersion": "5", "minRefreshableVersion": "3"}
SPACES: Any = {None: MAIN}


def with_pivots(package: bytes, book: Book) -> bytes:
    """The package with the PivotTables of the Book's sheets. Same content, same bytes."""
    placed = [(number, pivot) for number, sheet in enumerate(book.sheets, 1) for pivot in sheet.pivots]
    if not placed:
        return package
    parts = Parts(package, passed_on="xl/worksheets/sheet")
    caches = add_caches(parts, [pivot.source for _, pivot in placed])
    amounts = amount_format(parts)
    for number, (sheet, pivot) in enumerate(placed, 1):
        cache = caches[pivot.source.table]
        table = parts.add(f"xl/pivotTables/pivotTable{number}.xml", table_part(pivot, cache, amounts), "pivotTable")
        parts.relate(f"xl/worksheets/sheet{sheet}.xml", "pivotTable", table)
        parts.relate(table, "pivotCacheDefinition", definition_name(cache))
    return parts.pack()


def amount_format(parts: Parts) -> str:
    """The number of the format in which figures with decimals are shown; Excel's own where none is."""
    formats = parts.look("xl/styles.xml").iter(main("numFmt"))
    known = {one.get("formatCode", ""): one.get("numFmtId", "") for one in formats}
    return known.get(str(AMOUNT["num_format"]), WHOLE_NUMBERS)


def definition_name(cache: int) -> str:
    """The part that defines the cache of this number."""
    return f"xl/pivotCache/pivotCacheDefinition{cache}.xml"


def add_caches(parts: Parts, sources: Iterable[Source]) -> dict[str, int]:
    """A cache for each source, whichever PivotTables share it; its number by the name of the source's Table."""
    book = "xl/workbook.xml"
    listed = etree.Element(main("pivotCaches"), nsmap=SPACES | {"r": OFFICE})
    numbers: dict[str, int] = {}
    for source in sources:
        if source.table in numbers:
            continue
        number = numbers[source.table] = len(numbers) + 1
        definition = parts.add(definition_name(number), definition_part(source), "pivotCacheDefinition")
        name = f"xl/pivotCache/pivotCacheRecords{number}.xml"
        records = parts.add_made(name, partial(records_part, source), "pivotCacheRecords")
        parts.relate(definition, "pivotCacheRecords", records)
        related = parts.relate(book, "pivotCacheDefinition", definition)
        etree.SubElement(listed, main("pivotCache"), {"cacheId": str(number), ID: related})
    (before,) = parts.edit(book).findall(main("calcPr"))
    before.addnext(listed)
    return numbers


def element(tag: str, /, *children: etree._Element, **attributes: object) -> etree._Element:
    """An element; what counts its children is told so here."""
    made = etree.Element(main(tag), {k: str(v) for k, v in attributes.items()}, nsmap=SPACES)
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
        recordCount=len(source.numbers),
        **VERSIONS,
    )
    root.set(ID, "rId1")
    return serialized(root)


def text_field(source: Source, name: str) -> etree._Element:
    """A field of words in the cache, with every word that stands in it."""
    items = counted("sharedItems", (element("s", v=escaped(text)) for text in source.items[name]))
    return element("cacheField", items, name=escaped(name), numFmtId=0)


def number_field(source: Source) -> etree._Element:
    """The field of figures in the cache, with its smallest and largest: Excel wants both told."""
    numbers = set(source.numbers)
    kind = {"containsSemiMixedTypes": 0, "containsString": 0, "containsNumber": 1}
    if all(number == number.to_integral_value() for number in numbers):
        kind["containsInteger"] = 1
    limits = {"minValue": f"{min(numbers):f}", "maxValue": f"{max(numbers):f}"}
    return element("cacheField", element("sharedItems", **kind, **limits), name=escaped(source.number), numFmtId=0)


def records_part(source: Source) -> Iterator[bytes]:
    """The rows as indexes of items, piece by piece: of a large region they are 50 MB. They hold nothing but numbers, so they
    are written as they stand."""
    items = [[f'<x v="{n}"/>' for n in range(len(source.items[name]))] for name in source.fields[:-1]]
    rows = (
        f'<r>{"".join(map(getitem, items, places))}<n v="{number:f}"/></r>'
        for *places, number in zip(*source.columns, source.numbers, strict=True)
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    yield f'{head}<pivotCacheRecords xmlns="{MAIN}" count="{len(source.numbers)}">'.encode()
    while piece := "".join(islice(rows, TOGETHER)):
        yield piece.encode()
    yield b"</pivotCacheRecords>"


def table_part(pivot: Pivot, cache: int, amounts: str) -> bytes:
    """The PivotTable: its fields, what stands in which line and column, its filters and its look."""
    fields = pivot.source.fields
    (row, column), pages = pivot.place, pivot.pages
    location = {"ref": area((row, column), pivot.last), "firstHeaderRow": 1, "firstDataRow": 2, "firstDataCol": 1}
    if pages:
        location |= {"rowPageCount": len(pages), "colPageCount": 1}
    form = WHOLE_NUMBERS if pivot.whole else amounts
    data = element("dataField", name=pivot.caption, fld=len(fields) - 1, baseField=0, baseItem=0, numFmtId=form)
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
    return serialized(element("pivotTableDefinition", *children, **settings(pivot, cache)))


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
    """A filter above the PivotTable, set to one item; empty: to all of them."""
    item = {"item": pivot.source.items[name].index(chosen)} if chosen else {}
    return element("pageField", fld=pivot.source.fields.index(name), **item, hier=-1)


def escaped(text: str) -> str:
    """A text as the format stores it: ``_x000D_`` would be read as a character's number."""
    return ESCAPE.sub("_x005F_", text)
