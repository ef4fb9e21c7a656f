"""The styles of a workbook being marked: looks are added, and none is changed."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from workbook_tool.files.opc import MAIN, Parts, main
from workbook_tool.files.workbook.theme import MARK_FILLS

ORDER = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
]
MINIMAL = f"""<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>"""
FIRST_OWN_FORMAT = 164
RESERVED_FILLS = ("none", "gray125")
"""The first two of every workbook in Excel's eyes, so that none of ours may be one of them; what other programs write may
have fewer."""
COLORS = {name: f"FF{fill.removeprefix('#')}" for name, fill in MARK_FILLS.items()}
NO_COLOR = {"indexed": "64"}
NEAREST = frozenset({"FFFF99CC", "FFFFFF99", "FF99CCFF"})
"""What LibreOffice writes under the colours of our marks: the nearest of an old palette."""


class MarkStyles:
    """Looks by index, as cells name them."""

    def __init__(self, parts: Parts, book: str) -> None:
        name = parts.one_related(book, "styles")
        if not name:
            name = parts.add(parts.spare("xl/styles{}.xml"), MINIMAL.encode(), "styles")
            parts.relate(book, "styles", name)
        self.root = parts.edit(name)
        self.made: dict[tuple[object, ...], int] = {}
        for missing in RESERVED_FILLS[len(self.all("fills")) :]:
            fill = etree.Element(main("fill"))
            etree.SubElement(fill, main("patternFill"), patternType=missing)
            self.append("fills", fill)

    def all(self, name: str) -> etree._Element:
        """A collection of the style sheet, made in its place where there is none."""
        found = self.root.find(main(name))
        if found is None:
            later = {main(tag) for tag in ORDER[ORDER.index(name) + 1 :]}
            index = next((n for n, child in enumerate(self.root) if child.tag in later), len(self.root))
            found = etree.Element(main(name))
            self.root.insert(index, found)
        return found

    def append(self, name: str, element: etree._Element) -> int:
        """The index of a new member of a collection."""
        collection = self.all(name)
        collection.append(element)
        collection.set("count", str(len(collection)))
        return len(collection) - 1

    def look(self, style: int) -> etree._Element:
        """The look of an index; the first one where the workbook has none of this index."""
        looks = self.all("cellXfs")
        if not len(looks):
            self.append("cellXfs", etree.Element(main("xf"), numFmtId="0", fontId="0", fillId="0", borderId="0"))
        return looks[style] if 0 <= style < len(looks) else looks[0]

    def filled(self, style: int, mark: str) -> int:
        """The look with the fill of a mark, all else kept: the colour that was there lies under it, where nobody sees it
        and the next round finds it."""
        return self.with_fill(style, self.fill_of({"rgb": COLORS[mark]}, self.color(style, "fgColor")))

    def without_mark(self, style: int) -> int:
        """The look as it was before it was marked in an earlier round; the look itself where it was not. What LibreOffice
        put under a mark is none of the agency's."""
        if not self.is_mark(style):
            return style
        own = self.color(style, "bgColor")
        colored = own != NO_COLOR and own.get("rgb") not in NEAREST
        return self.with_fill(style, self.fill_of(own, NO_COLOR) if colored else 0)

    def is_mark(self, style: int) -> bool:
        """Whether a look has the fill of one of our marks, put there in an earlier round."""
        return self.color(style, "fgColor").get("rgb", "").upper() in COLORS.values()

    def color(self, style: int, of: str) -> dict[str, str]:
        """A colour of the solid fill of a look, by its attributes; that of no colour where there is none."""
        fills = self.all("fills")
        index = int(self.look(style).get("fillId", "0"))
        solid = fills[index].find(f"{main('patternFill')}[@patternType='solid']") if index < len(fills) else None
        found = solid.find(main(of)) if solid is not None else None
        return NO_COLOR if found is None else {str(name): str(value) for name, value in found.attrib.items()}

    def with_fill(self, style: int, fill: int) -> int:
        """The index of a look that is as this one but for its fill; the same one whenever it is asked for."""
        if ("look", style, fill) not in self.made:
            look = deepcopy(self.look(style))
            look.set("fillId", str(fill))
            look.set("applyFill", "1")
            self.made["look", style, fill] = self.append("cellXfs", look)
        return self.made["look", style, fill]

    def fill_of(self, color: Mapping[str, str], under: Mapping[str, str]) -> int:
        """The index of a solid fill of a colour with another under it, made on first use."""
        key = ("fill", *sorted(color.items()), "", *sorted(under.items()))
        if key not in self.made:
            fill = etree.Element(main("fill"))
            pattern = etree.SubElement(fill, main("patternFill"), patternType="solid")
            etree.SubElement(pattern, main("fgColor"), dict(color))
            etree.SubElement(pattern, main("bgColor"), dict(under))
            self.made[key] = self.append("fills", fill)
        return self.made[key]

    def condition(self, mark: str) -> int:
        """The look of a conditional format that gives the fill of a mark."""
        if ("condition", mark) not in self.made:
            look = etree.Element(main("dxf"))
            pattern = etree.SubElement(etree.SubElement(look, main("fill")), main("patternFill"))
            etree.SubElement(pattern, main("bgColor"), rgb=COLORS[mark])
            self.made["condition", mark] = self.append("dxfs", look)
        return self.made["condition", mark]

    def graft(self, other: etree._Element, style: int) -> int:
        """A look of another style sheet, with all that it is made of."""
        if ("graft", style) not in self.made:
            look = deepcopy(other.find(main("cellXfs"))[style])  # type: ignore[index]
            for attribute, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
                look.set(attribute, str(self.piece(other, name, int(look.get(attribute, "0")))))
            look.set("numFmtId", str(self.number_format(other, int(look.get("numFmtId", "0")))))
            look.set("xfId", "0")
            self.made["graft", style] = self.append("cellXfs", look)
        return self.made["graft", style]

    def piece(self, other: etree._Element, name: str, index: int) -> int:
        """The index here of a font, fill or border of another style sheet, copied on first use."""
        if name == "fills" and index == 0:  # no fill: the first one everywhere
            return index
        if (name, index) not in self.made:
            self.made[name, index] = self.append(name, deepcopy(other.find(main(name))[index]))  # type: ignore[index]
        return self.made[name, index]

    def number_format(self, other: etree._Element, number: int) -> int:
        """The number of a format in this workbook; the built-in ones are the same everywhere."""
        if number < FIRST_OWN_FORMAT:
            return number
        codes = {node.get("numFmtId"): node.get("formatCode", "") for node in other.iterfind(f"{main('numFmts')}/*")}
        own = self.all("numFmts")
        for node in own:
            if node.get("formatCode") == codes[str(number)]:
                return int(node.get("numFmtId", "0"))
        new = max([FIRST_OWN_FORMAT - 1, *(int(node.get("numFmtId", "0")) for node in own)]) + 1
        self.append("numFmts", etree.Element(main("numFmt"), numFmtId=str(new), formatCode=codes[str(number)]))
        return new
