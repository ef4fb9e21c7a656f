"""An agency's own .docx with Word comments at the cells and sentences concerned; nothing else in it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from lxml import etree

from workbook_tool.files.intake.formats.docx import DocxStory
from workbook_tool.files.intake.formats.docx_styles import DocxStyles
from workbook_tool.files.opc import OddPackage, Parts, sizes
from workbook_tool.model.errors import Unmarkable
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.locations import TEXT, table_name

AUTHOR, INITIALS = "审核", "审"
COMMENTS = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
MOST_BYTES = 16 << 20
"""Of markup, as for workbooks."""
ODD = "文件内部结构不常见"


def commented(content: bytes, notes: Mapping[tuple[str, Place], str], day: date) -> bytes:
    """The bytes of a .docx with these comments, by table (or the text) and place. Raises Unmarkable where it is none, or
    where a place is not found in it again."""
    try:
        if sum(size for name, size in sizes(content).items() if name.endswith(".xml")) > MOST_BYTES:
            raise Unmarkable("文件太大")
        parts = Parts(content)
        main = parts.one_related("", "officeDocument")
        if not main:
            raise Unmarkable(ODD)
        anchors = anchors_in(parts, main)
        if not notes.keys() <= anchors.keys():
            raise Unmarkable(ODD)
        thread = Thread(parts, main, day)
        for place, text in notes.items():
            thread.add(anchors[place], text)
        return parts.pack()
    except OddPackage as error:
        raise Unmarkable(ODD) from error


def anchors_in(parts: Parts, main: str) -> dict[tuple[str, Place], etree._Element]:
    """The paragraph that stands for each place: that of the text, or the first of a cell."""
    root, named = parts.edit(main), parts.one_related(main, "styles")
    story = DocxStory(DocxStyles(parts.look(named) if named else None))
    story.flow(root)
    found = {(TEXT, (row, 0)): node for row, node in enumerate(story.found.nodes)}
    for number, table in enumerate(story.found.tables, 1):
        for place, cell in table.nodes.items():
            first = next((node for node in cell.iter() if str(node.tag).endswith("}p")), None)
            if first is not None:
                found[table_name(number), place] = first
    return found


class Thread:
    """The comments of a document: its own, and those that are added."""

    def __init__(self, parts: Parts, main: str, day: date) -> None:
        self.day, self.root = day, parts.edit(main)
        self.space = self.root.tag.rpartition("}")[0] + "}"
        name = parts.one_related(main, "comments")
        if not name:
            name = parts.spare("word/comments{}.xml")
            parts.add(name, f'<w:comments xmlns:w="{self.space[1:-1]}"/>'.encode())
            parts.override(name, COMMENTS)
            parts.relate(main, "comments", name)
        self.comments = parts.edit(name)
        taken = [int(told) for node in self.comments if (told := node.get(f"{self.space}id", "")).isdigit()]
        self.next = max(taken, default=-1) + 1

    def add(self, paragraph: etree._Element, text: str) -> None:
        """A comment on a whole paragraph."""
        number, self.next = str(self.next), self.next + 1
        start, end = self.made("commentRangeStart", id=number), self.made("commentRangeEnd", id=number)
        first = 1 if len(paragraph) and str(paragraph[0].tag) == f"{self.space}pPr" else 0
        paragraph.insert(first, start)
        run = self.made("r")
        run.append(self.made("commentReference", id=number))
        paragraph.extend([end, run])
        told = {"id": number, "author": AUTHOR, "initials": INITIALS, "date": f"{self.day.isoformat()}T00:00:00Z"}
        comment = self.made("comment", **told)
        line, words = self.made("p"), self.made("r")
        words.append(self.made("t"))
        words[0].text = text
        line.append(words)
        comment.append(line)
        self.comments.append(comment)

    def made(self, tag: str, **attributes: Any) -> etree._Element:
        """An element of the document's own namespace."""
        node = etree.Element(f"{self.space}{tag}")
        for name, value in attributes.items():
            node.set(f"{self.space}{name}", value)
        return node
