"""Fills on the cells of a worksheet part, and the number in one."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from workbook_tool.files.opc import main
from workbook_tool.files.returns.styles import MarkStyles
from workbook_tool.files.workbook.theme import MARK_FILLS
from workbook_tool.model.cells import address, areas, position
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.returns.returned import Mark

ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
]
"""The children of a worksheet up to the last that we ever put in; all others follow."""
OURS = '"退改"'
TRUE = f'OR(TRUE,{OURS}="")'
"""A condition that always holds, and by which our own conditional formats are known in the next round."""
EXTENDED = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"


def put_in_order(root: etree._Element, element: etree._Element) -> None:
    """Put a child of a worksheet where it belongs, before others of its kind."""
    own = ORDER.index(etree.QName(element).localname)
    earlier = {main(tag) for tag in ORDER[:own]}
    index = max((n for n, child in enumerate(root, 1) if child.tag in earlier), default=0)
    root.insert(index, element)


class Cells:
    """The cells of a worksheet part by place; those without an address follow the one before. Those of a row are looked
    through when one of them is asked for."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        data = root.find(main("sheetData"))
        if data is None:
            data = etree.Element(main("sheetData"))
            put_in_order(root, data)
        self.data = data
        self.rows: dict[int, list[etree._Element]] = {}
        self.cells: dict[int, dict[int, etree._Element]] = {}
        row = -1
        for line in data.iterchildren(main("row")):
            told = line.get("r")
            row = int(told) - 1 if told else row + 1
            self.rows.setdefault(row, []).append(line)

    def of_row(self, row: int) -> dict[int, etree._Element]:
        """The cells of a row (from 0) by column."""
        if row not in self.cells:
            cells = self.cells[row] = {}
            for line in self.rows.get(row, ()):
                column = -1
                for node in line.iterchildren(main("c")):
                    told = node.get("r")
                    column = position(told)[1] if told else column + 1
                    cells.setdefault(column, node)
        return self.cells[row]

    def cell(self, place: Place) -> etree._Element:
        """The cell of a place, made with the look of its row or column where there is none."""
        cells = self.of_row(place[0])
        if place[1] not in cells:
            row = self.row(place[0])
            style = row.get("s") if row.get("customFormat") in ("1", "true") else self.column_style(place[1])
            made = etree.Element(main("c"), r=address(*place))
            if style:
                made.set("s", style)
            after = [node for column, node in cells.items() if column > place[1]]
            behind = max((number for number, node in enumerate(row, 1) if node.tag == main("c")), default=0)
            row.insert(next((number for number, node in enumerate(row) if node in after), behind), made)
            row.attrib.pop("spans", "")  # only a hint, and no longer true
            cells[place[1]] = made
        return cells[place[1]]

    def row(self, number: int) -> etree._Element:
        """The row of this number (from 0), made in its place where there is none."""
        if number not in self.rows:
            made = etree.Element(main("row"), r=str(number + 1))
            later = [lines[0] for row, lines in self.rows.items() if row > number]
            index = min((self.data.index(node) for node in later), default=len(self.data))
            self.data.insert(index, made)
            self.rows[number] = [made]
        return self.rows[number][0]

    def column_style(self, column: int) -> str | None:
        """The index of a column's look (columns from 0); None where it has none of its own."""
        for node in self.root.iterfind(f"{main('cols')}/{main('col')}"):
            if int(node.get("min", "0")) <= column + 1 <= int(node.get("max", "0")):
                return node.get("style")
        return None

    def set_number(self, place: Place, number: int) -> None:
        """The only content that is ever changed: the round."""
        cell = self.cell(place)
        cell.attrib.pop("t", "")
        for child in list(cell):
            cell.remove(child)
        etree.SubElement(cell, main("v")).text = str(number)


def fill(root: etree._Element, marks: Mapping[Place, Mark], styles: MarkStyles) -> None:
    """Give every marked cell its fill; where conditional formats could hide it, as the first of them too."""
    cells = Cells(root)
    for place, mark in sorted(marks.items()):
        cell = cells.cell(place)
        cell.set("s", str(styles.filled(int(cell.get("s") or 0), mark.fill)))
    rules = conditions(root)
    if not rules:
        return
    for rule in rules:
        rule.set("priority", str(int(rule.get("priority", "0")) + len(MARK_FILLS)))
    for number, name in reversed(list(enumerate(MARK_FILLS, 1))):
        places = [place for place, mark in marks.items() if mark.fill == name]
        if places:
            put_in_order(root, condition(places, number, styles.condition(name)))


def conditions(root: etree._Element) -> list[etree._Element]:
    """All rules of conditional formats, those of newer programs too, which count their priorities together."""
    return [*root.iter(main("cfRule")), *(r for r in root.iter(f"{EXTENDED}cfRule") if r.get("priority"))]


def condition(places: list[Place], priority: int, look: int) -> etree._Element:
    """A conditional format that always holds and gives these cells a look; priority 1 is asked first."""
    made = etree.Element(main("conditionalFormatting"), sqref=areas(places).replace(",", " "))
    more = {"type": "expression", "dxfId": str(look), "priority": str(priority)}
    rule = etree.SubElement(made, main("cfRule"), more)
    etree.SubElement(rule, main("formula")).text = TRUE
    return made


def wipe(root: etree._Element, styles: MarkStyles) -> None:
    """Take away the fills of an earlier round."""
    for node in root.findall(main("conditionalFormatting")):
        if any(OURS in (formula.text or "") for formula in node.iter(main("formula"))):
            root.remove(node)
    for cell in root.iterfind(f"{main('sheetData')}/{main('row')}/{main('c')}"):
        style = int(cell.get("s") or 0)
        if styles.is_mark(style):
            cell.set("s", str(styles.without_mark(style)))
