"""Notes (cell comments) in a package: the comments part of a sheet, and the drawing of their boxes.

The drawings are VML, which older programs wrote with markup that is no XML: they are lengthened as text, never parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import ceil

from lxml import etree

from workbook_tool.files.opc import ID, MAIN, OFFICE, Parts, main
from workbook_tool.files.returns.fills import put_in_order
from workbook_tool.model.cells import address, position
from workbook_tool.model.errors import Unmarkable
from workbook_tool.model.intake.explanation import MARKER
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.regex import regex
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.measure import line_count

AUTHOR = "审核退改"
NAMES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
EMPTY_DRAWING = f"<xml {NAMES}></xml>"
LAYOUT = f'<o:shapelayout {NAMES} v:ext="edit"><o:idmap v:ext="edit" data="{{}}"/></o:shapelayout>'
BOX = (
    f'<v:shapetype {NAMES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
SHAPE = (
    f'<v:shape {NAMES} id="_x0000_s{{number}}" type="#_x0000_t202" style="position:absolute;visibility:hidden;z-index:1" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
BLOCK = regex(r'(<o:idmap\b[^>]*\bdata=")([\d, ]*)(")')
SHAPES = regex(r"<v:shape\s.*?</v:shape>", re.DOTALL)
WIDE, LINE, MARGIN, TALLEST = 300, 17, 14, 480
"""The size of a box in pixels: how wide, how much for each line and around them, and how tall at most."""
SIZE = 9.0


class Notes:
    """The notes of one sheet."""

    def __init__(self, parts: Parts, sheet: str) -> None:
        self.parts, self.sheet = parts, sheet
        self.part = parts.one_related(sheet, "comments")
        self.drawing = next((n for k, n in parts.related(sheet).values() if k == "vmlDrawing" and n == self.own()), "")

    def own(self) -> str:
        """The drawing that the sheet itself names; another may be that of its header."""
        node = self.parts.look(self.sheet).find(main("legacyDrawing"))
        name = node.get(ID, "") if node is not None else ""
        return self.parts.related(self.sheet).get(name, ("", ""))[1]

    def wipe(self) -> None:
        """Take away the notes of an earlier round; what a clerk has written stays."""
        if not self.part or MARKER not in words(self.parts.look(self.part)):
            return
        gone = set()
        for comment in self.parts.edit(self.part).findall(f"{main('commentList')}/{main('comment')}"):
            if MARKER in words(comment):
                cut(comment)
                if not words(comment).strip():
                    comment.getparent().remove(comment)  # type: ignore[union-attr]
                    gone.add(position(comment.get("ref", "").partition(":")[0]))
        if self.drawing:
            self.redraw(lambda text: SHAPES.sub(lambda shape: "" if place_of(shape[0]) in gone else shape[0], text))

    def add(self, notes: Mapping[Place, str]) -> None:
        """Put a note on each of these cells, below what stands there already; a conversation is left alone."""
        held = {place: text for place, text in sorted(notes.items()) if text and place not in self.conversations()}
        if not held:
            return
        listed = self.comments()
        known = {position(node.get("ref", "").partition(":")[0]): node for node in listed}
        author = str(self.author())
        for place, text in held.items():
            if place in known:
                lengthen(known[place], text)
            else:
                made = etree.SubElement(listed, main("comment"), ref=address(*place), authorId=author)
                write(etree.SubElement(made, main("text")), text)
        self.draw({place: text for place, text in held.items() if place not in known})

    def conversations(self) -> set[Place]:
        """The cells with threaded comments, whose plain twin only tells older programs about them."""
        parts = [name for kind, name in self.parts.related(self.sheet).values() if kind == "threadedComment" and name]
        return {position(node.get("ref", "A1")) for name in parts for node in self.parts.look(name)}

    def comments(self) -> etree._Element:
        """The list of comments, made where there is none."""
        if not self.part:
            empty = f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'
            self.part = self.parts.add(self.parts.spare("xl/comments{}.xml"), empty.encode(), "comments")
            self.parts.relate(self.sheet, "comments", self.part)
        root = self.parts.edit(self.part)
        listed = root.find(main("commentList"))
        if listed is None:
            raise Unmarkable("文件里的批注结构不常见")
        return listed

    def author(self) -> int:
        """The index of our own author, entered where it is not. Raises Unmarkable where there is no list of authors."""
        authors = self.parts.edit(self.part).find(main("authors"))
        if authors is None:
            raise Unmarkable("文件里的批注结构不常见")
        names = [node.text for node in authors]
        if AUTHOR not in names:
            etree.SubElement(authors, main("author")).text = AUTHOR
            return len(names)
        return names.index(AUTHOR)

    def draw(self, notes: Mapping[Place, str]) -> None:
        """The boxes of new notes."""
        if not notes:
            return
        root = self.parts.edit(self.sheet)
        if not self.drawing:
            self.drawing = self.parts.add(self.parts.spare("xl/drawings/vmlDrawing{}.vml"), EMPTY_DRAWING.encode())
            self.parts.declare_ending("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
            node = etree.Element(main("legacyDrawing"), nsmap={"r": OFFICE})
            node.set(ID, self.parts.relate(self.sheet, "vmlDrawing", self.drawing))
            put_in_order(root, node)
        block, sizes = self.spare_block(), (heights(root), widths(root))
        shapes = "".join(
            SHAPE.format(number=block * 1024 + number, anchor=anchor(sizes, place, text), row=place[0], column=place[1])
            for number, (place, text) in enumerate(notes.items(), 1)
        )

        def with_shapes(text: str) -> str:
            start, end, rest = text.rpartition("</xml>")
            if not end:
                raise Unmarkable("文件里的批注结构不常见")
            if BLOCK.search(start):
                start = BLOCK.sub(lambda found: f"{found[1]}{found[2]},{block}{found[3]}", start, count=1)
            else:
                start += LAYOUT.format(block)
            return f"{start}{'' if '_x0000_t202' in start else BOX}{shapes}{end}{rest}"

        self.redraw(with_shapes)

    def spare_block(self) -> int:
        """A block of a thousand shape numbers that no drawing of the workbook uses."""
        texts = [self.parts.data[name].decode("latin-1") for name in self.parts.data if name.lower().endswith(".vml")]
        taken = [int(n) for text in texts for found in BLOCK.finditer(text) for n in re.findall(r"\d+", found[2])]
        used = [int(n) // 1024 for text in texts for n in re.findall(r"_x0000_s(\d{1,9})", text)]
        return max([0, *taken, *used]) + 1

    def redraw(self, change: Callable[[str], str]) -> None:
        """Latin-1 stands for the bytes as they are; all that we add is ASCII."""
        text = self.parts.data[self.drawing].decode("latin-1")
        self.parts.data[self.drawing] = change(text).encode("latin-1")


def words(node: etree._Element) -> str:
    """All text in a part of the markup."""
    return "".join(map(str, node.itertext()))


def place_of(shape: str) -> Place | None:
    """The cell whose note a shape is."""
    row, column = (re.search(rf"<x:{name}>\s*(\d+)\s*</x:{name}>", shape) for name in ("Row", "Column"))
    return (int(row[1]), int(column[1])) if row and column and 'ObjectType="Note"' in shape else None


def write(text: etree._Element, said: str) -> None:
    """A run of text."""
    run = etree.SubElement(text, main("r"))
    look = etree.SubElement(run, main("rPr"))
    for tag, value in (("sz", {"val": "9"}), ("color", {"indexed": "81"}), ("rFont", {"val": "宋体"})):
        etree.SubElement(look, main(tag), value)
    node = etree.SubElement(run, main("t"))
    node.text = safe_text(said)
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def lengthen(comment: etree._Element, said: str) -> None:
    """Our words below somebody's own."""
    text = comment.find(main("text"))
    if text is None:
        text = etree.SubElement(comment, main("text"))
    plain = text.find(main("t"))
    if plain is not None:  # runs may not follow plain text everywhere
        run = etree.Element(main("r"))
        text.replace(plain, run)
        run.append(plain)
    write(text, f"\n{said}")


def cut(comment: etree._Element) -> None:
    """Take our words from a comment: all from our mark on."""
    found = False
    for node in list(comment.iter(main("t"))):
        own = node.text or ""
        if not found and MARKER in own:
            found, node.text = True, own.partition(MARKER)[0].rstrip("\n")
        elif found:
            node.text = ""
        parent = node.getparent()
        if found and not node.text and parent is not None and parent.tag == main("r"):
            parent.getparent().remove(parent)  # type: ignore[union-attr]


def anchor(sizes: tuple[Mapping[int, int], Mapping[int, int]], place: Place, text: str) -> str:
    """Where the box stands: right of the cell, as wide as it reads well and as tall as its text; ``sizes`` are those of the
    sheet's rows and columns."""
    lines = line_count(text, WIDE / 7, SIZE)
    row, column = max(place[0] - 1, 0), place[1] + 1
    right, beyond = reach(sizes[1], column, WIDE, 64)
    bottom, below = reach(sizes[0], row, min(lines * LINE + MARGIN, TALLEST), 20)
    return f"{column}, 15, {row}, 4, {right}, {beyond}, {bottom}, {below}"


def reach(sizes: Mapping[int, int], start: int, room: int, usual: int) -> tuple[int, int]:
    """The row or column where this much room from the start of one ends, and how far into it."""
    while room > sizes.get(start, usual):
        room -= sizes.get(start, usual)
        start += 1
    return start, room


def widths(root: etree._Element) -> dict[int, int]:
    """The widths of columns in pixels, near enough."""
    found: dict[int, int] = {}
    for node in root.iterfind(f"{main('cols')}/{main('col')}"):
        first, last = int(node.get("min", "1")), int(node.get("max", "1"))
        pixels = 0 if node.get("hidden") in ("1", "true") else ceil(float(node.get("width", "8.43")) * 7 + 5)
        found |= dict.fromkeys(range(first - 1, min(last, first + 255)), pixels)
    return found


def heights(root: etree._Element) -> dict[int, int]:
    """The heights of rows in pixels, near enough."""
    return {
        int(node.get("r", "0")) - 1: ceil(float(node.get("ht", "15")) * 4 / 3)
        for node in root.iterfind(f"{main('sheetData')}/{main('row')}")
        if node.get("ht") and node.get("r")
    }
