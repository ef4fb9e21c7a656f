"""What Excel would object to in the PivotTables of a package: counts, indexes, places, texts and relations.

Excel answers any of it with a repair that throws the PivotTable away; LibreOffice opens it as if nothing were wrong.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from lxml import etree
from python_calamine import CalamineWorkbook

from workbook_tool.model.cells import position

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml."
KINDS = {
    r"xl/pivotCache/pivotCacheDefinition\d+\.xml": f"{CONTENT}pivotCacheDefinition+xml",
    r"xl/pivotCache/pivotCacheRecords\d+\.xml": f"{CONTENT}pivotCacheRecords+xml",
    r"xl/pivotTables/pivotTable\d+\.xml": f"{CONTENT}pivotTable+xml",
}


class Package:
    """The parts of a workbook, its relations resolved."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as stored:
            self.listed = stored.namelist()
            self.parts = {name: stored.read(name) for name in self.listed}
        self.roots = {
            name: etree.fromstring(data) for name, data in self.parts.items() if name.endswith((".xml", ".rels"))
        }
        self.relations: dict[str, dict[str, str]] = {}
        for name, root in self.roots.items():
            if name.endswith(".rels"):
                folder = posixpath.dirname(posixpath.dirname(name))
                owner = posixpath.join(folder, posixpath.basename(name).removesuffix(".rels"))
                inner = [r for r in root if r.get("TargetMode") != "External" and not r.get("Target").startswith("#")]
                self.relations[owner] = {
                    r.get("Id"): posixpath.normpath(posixpath.join("/", folder, r.get("Target")))[1:] for r in inner
                }

    def named(self, pattern: str) -> list[str]:
        return sorted(name for name in self.roots if re.fullmatch(pattern, name))


def pivot_problems(content: bytes) -> list[str]:
    """Every objection, in words; none means that Excel has no reason to repair."""
    package = Package(content)
    return [*of_package(package), *of_counts(package), *of_caches(package), *of_tables(package)]


def of_package(package: Package) -> Iterator[str]:
    """Content types, relations, and members that are there twice."""
    yield from (f"{name} is in the package twice" for name, times in Counter(package.listed).items() if times > 1)
    types = package.roots["[Content_Types].xml"]
    overrides = [e for e in types if e.tag.endswith("Override")]
    declared = {e.get("PartName").lstrip("/"): e.get("ContentType") for e in overrides}
    defaults = {e.get("Extension") for e in types if e.tag.endswith("Default")}
    if len(declared) < len(overrides):
        yield "a content type is declared twice"
    yield from (f"content type of {name}, which is not there" for name in declared if name not in package.parts)
    for name in package.listed:
        if name not in declared and name.rpartition(".")[2] not in defaults:
            yield f"{name} has no content type"
        for pattern, kind in KINDS.items():
            if re.fullmatch(pattern, name) and declared.get(name) != kind:
                yield f"{name} is declared as {declared.get(name)}"
    for owner, targets in package.relations.items():
        yield from (
            f"{owner} leads to {target}, which is not there"
            for target in targets.values()
            if target not in package.parts
        )
        if owner and owner not in package.parts:
            yield f"relations of {owner}, which is not there"
    related = Counter(target for targets in package.relations.values() for target in targets.values())
    for name in package.named("|".join(KINDS)):
        if not related[name]:
            yield f"nothing leads to {name}"


def of_counts(package: Package) -> Iterator[str]:
    for name in package.named("|".join(KINDS)):
        for node in package.roots[name].iter():
            if node.get("count") and int(node.get("count")) != len(node):
                yield f"{name}: {etree.QName(node).localname} tells of {node.get('count')} and holds {len(node)}"


def texts(cache: etree._Element) -> dict[str, list[str]]:
    """The shared items of every field, in order."""
    return {
        f.get("name"): [item.get("v") for item in f.find(f"{MAIN}sharedItems")] for f in cache.iter(f"{MAIN}cacheField")
    }


def of_caches(package: Package) -> Iterator[str]:
    tables = [package.roots[name] for name in package.named(r"xl/tables/table\d+\.xml")]
    columns = {t.get("name"): [c.get("name") for c in t.iter(f"{MAIN}tableColumn")] for t in tables}
    areas = {t.get("name"): t.get("ref") for t in tables}
    for name in package.named(r"xl/pivotCache/pivotCacheDefinition\d+\.xml"):
        cache = package.roots[name]
        fields = [f.get("name") for f in cache.iter(f"{MAIN}cacheField")]
        source = next(cache.iter(f"{MAIN}worksheetSource")).get("name")
        if cache.get("refreshOnLoad") != "1":
            yield f"{name} does not follow its source on opening"
        if columns.get(source) != fields:
            yield f"{name}: fields differ from the columns of {source}"
        for what, listed in (("fields", fields), *texts(cache).items()):
            if len({text.casefold() for text in listed}) < len(listed):
                yield f"{name}: two of {what} are the same but for case"
            if any(not 0 < len(text) <= 255 for text in listed):
                yield f"{name}: a text of {what} is empty or longer than 255 characters"
        records = package.roots[package.relations[name][cache.get(RELATION)]]
        first, last = (position(cell)[0] for cell in areas.get(source, "A1:A1").split(":"))
        if not len(records) == int(cache.get("recordCount")) == last - first:
            yield f"{name}: records, recordCount and rows of {source} differ"
        held = [len(items) for items in texts(cache).values()]
        for record in records:
            if len(record) != len(fields):
                yield f"{name}: a record has {len(record)} values for {len(fields)} fields"
            elif any(v.tag == f"{MAIN}x" and int(v.get("v")) >= k for v, k in zip(record, held, strict=True)):
                yield f"{name}: a record points to an item that is not there"


def of_tables(package: Package) -> Iterator[str]:
    owners = package.relations["xl/workbook.xml"]
    listed = list(package.roots["xl/workbook.xml"].iter(f"{MAIN}pivotCache"))
    caches = {c.get("cacheId"): owners.get(c.get(RELATION), "") for c in listed}
    if len(caches) < len(listed):
        yield "two caches have one id"
    order = [etree.QName(node).localname for node in package.roots["xl/workbook.xml"]]
    if listed and order.index("pivotCaches") != order.index("calcPr") + 1:
        yield "pivotCaches does not follow calcPr"
    names = []
    for sheet in package.named(r"xl/worksheets/sheet\d+\.xml"):
        here = [t for t in package.relations.get(sheet, {}).values() if t.startswith("xl/pivotTables/")]
        if here and package.roots[sheet].find(f"{MAIN}sheetProtection") is not None:
            yield f"{sheet} is protected and has a PivotTable"
        for one, other in combinations(here, 2):
            if overlap(*(corners(package.roots[t].find(f"{MAIN}location").get("ref")) for t in (one, other))):
                yield f"{one} and {other} overlap"
        for name in here:
            table, cache = package.roots[name], caches.get(package.roots[name].get("cacheId"), "")
            names.append(table.get("name"))
            if cache not in package.roots or cache not in package.relations[name].values():
                yield f"{name}: its cacheId leads to no cache, or not to the one that it is related to"
            else:
                yield from (f"{name}: {problem}" for problem in of_table(table, texts(package.roots[cache])))
    if len(set(names)) < len(names):
        yield "two PivotTables have one name"


def of_table(table: etree._Element, cache: dict[str, list[str]]) -> Iterator[str]:
    """One PivotTable against its cache: fields, items, what is shown where."""
    fields, names = table.findall(f"{MAIN}pivotFields/{MAIN}pivotField"), list(cache)
    if len(fields) != len(names):
        yield f"{len(fields)} fields for {len(names)} of the cache"
        return
    for field, name in zip(fields, names, strict=True):
        shown = [i.get("x") for i in field.iter(f"{MAIN}item") if i.get("t") != "default"]
        if field.get("axis") and sorted(map(int, shown)) != list(range(len(cache[name]))):
            yield f"the items of {name} are not those of the cache"
    for caption in (d.get("name") for d in table.iter(f"{MAIN}dataField")):
        if caption.casefold() in {name.casefold() for name in names}:
            yield f"the caption {caption} is a field's name"
    for axis, listed, tag in (("axisRow", "rowItems", "rowFields"), ("axisCol", "colItems", "colFields")):
        (number,) = [int(f.get("x")) for f in table.find(f"{MAIN}{tag}")]
        items = list(fields[number].iter(f"{MAIN}item"))
        if fields[number].get("axis") != axis:
            yield f"{tag} names a field that is not on its axis"
        for node in (i for i in table.find(f"{MAIN}{listed}") if i.get("t") != "grand"):
            place = int(node.find(f"{MAIN}x").get("v", 0))
            if place >= len(items) - 1 or items[place].get("h") == "1":
                yield f"{listed} shows an item that is not there or is hidden"
    for page in table.iter(f"{MAIN}pageField"):
        number = int(page.get("fld"))
        if fields[number].get("axis") != "axisPage" or int(page.get("item", 0)) >= len(cache[names[number]]):
            yield "a filter names a field that is not on the page, or an item that is not there"
    yield from of_place(table)


def of_place(table: etree._Element) -> Iterator[str]:
    """The area against the lines and columns shown, and the totals against what is said of them."""
    place = table.find(f"{MAIN}location")
    rows, columns = (list(table.find(f"{MAIN}{tag}")) for tag in ("rowItems", "colItems"))
    (top, left), (bottom, right) = corners(place.get("ref"))
    wanted = (len(rows) + int(place.get("firstDataRow")), len(columns) + int(place.get("firstDataCol")))
    if (bottom - top + 1, right - left + 1) != wanted:
        yield f"its area is not the {wanted[0]} rows and {wanted[1]} columns that it shows"
    if int(place.get("rowPageCount", 0)) != len(list(table.iter(f"{MAIN}pageField"))):
        yield "rowPageCount is not the number of filters"
    if top < int(place.get("rowPageCount", 0)) + 1:
        yield "there is no room for the filters above"
    for nodes, attribute in ((rows, "rowGrandTotals"), (columns, "colGrandTotals")):
        if (table.get(attribute) != "0") != any(node.get("t") == "grand" for node in nodes):
            yield f"{attribute} differs from the totals shown"


def corners(area: str) -> tuple[tuple[int, int], tuple[int, int]]:
    first, _, last = area.partition(":")
    return position(first), position(last or first)


def overlap(one: tuple[tuple[int, int], tuple[int, int]], other: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    return all(one[0][n] <= other[1][n] and other[0][n] <= one[1][n] for n in (0, 1))


def shown(path: Path, title: str) -> dict[tuple[str, str], Decimal]:
    """The figures of a PivotTable as a reader sees them that knows nothing of PivotTables; none where there is none."""
    book = CalamineWorkbook.from_path(str(path))
    if f"透视 {title}" not in book.sheet_names:
        return {}
    rows = book.get_sheet_by_name(f"透视 {title}").to_python(skip_empty_area=False)
    top = next(n for n, row in enumerate(rows) if n > 4 and str(row[0]).startswith(("合计", "问题条数")))
    heads = [str(text) for text in rows[top + 1][1:] if text != ""]
    return {
        (str(row[0]), head): Decimal(str(value))
        for row in rows[top + 2 :]
        for head, value in zip(heads, row[1:], strict=False)
        if value != ""
    }
