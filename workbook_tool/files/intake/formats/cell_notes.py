"""What agencies note on cells: the comments of a worksheet part, and the conversations of newer programs."""

from __future__ import annotations

from contextlib import suppress

from lxml import etree

from workbook_tool.files.intake.formats.package import Package, parse_xml, related
from workbook_tool.model.cells import position
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Place

KINDS = ("comments", "threadedComment")
"""The plain comments, and the conversations that stand in their place where there are any."""
MOST_NOTES, LONGEST = 2000, 500
"""Nobody explains more in one sheet, or in one cell."""


def notes_of(parts: Package, sheet: str) -> dict[Place, str]:
    """What is noted on the cells of a worksheet; nothing where that cannot be read: a filing is no worse for it."""
    told = {kind: [part for k, part in related(parts, sheet).values() if k == kind and part in parts] for kind in KINDS}
    found: dict[Place, str] = {}
    for kind in KINDS:
        own: dict[Place, list[str]] = {}
        for part in told[kind]:
            with suppress(Unreadable, ValueError):
                read(parse_xml(parts[part]), own)
        found |= {place: "\n".join(texts)[:LONGEST] for place, texts in own.items()}
    return dict(list(found.items())[:MOST_NOTES])


def read(root: etree._Element, found: dict[Place, list[str]]) -> None:
    """Add the notes of a part, without the name of who wrote them where a program put it in front."""
    authors = [(node.text or "").strip() for node in root.iter("{*}author")]
    for node in root.iter("{*}comment", "{*}threadedComment"):
        text = "".join(part.text or "" for part in node.iter("{*}t", "{*}text")).strip()
        for name in filter(None, authors):
            text = text.removeprefix(f"{name}:").removeprefix(f"{name}：").strip()
        if text:
            found.setdefault(position(node.get("ref", "").partition(":")[0]), []).append(text)
