"""Seeded damage to the bytes of a filing: what disks, cables, virus scanners and half-clever programs do to a file.

``BYTES`` and ``PARTS`` change no number on purpose: whoever still reads such a file must read the same numbers.
``MARKUP`` changes what the file says, so that other numbers may be right; who says so is another reader.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from random import Random

from lxml import etree

Mutation = Callable[[bytes, Random], bytes]
ROWS = ("row", "table-row")
CELLS = ("c", "table-cell", "covered-table-cell")


def one_bit(content: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << dice.randrange(8)]) + content[at + 1 :]


def one_digit(content: bytes, dice: Random) -> bytes:
    """One bit of a number that stands in the file as it is."""
    at = dice.choice([found.start(1) for found in re.finditer(rb"<v>\d*?(\d)(?=\d*</v>)", content)])
    return content[:at] + bytes([content[at] ^ dice.choice((1, 2, 4, 8))]) + content[at + 1 :]


def byte_run(content: bytes, dice: Random) -> bytes:
    """Some bytes overwritten with others."""
    at, length = dice.randrange(len(content)), dice.choice((1, 2, 4, 16, 64, 512))
    noise = bytes(length) if dice.random() < 0.3 else dice.randbytes(length)
    return (content[:at] + noise + content[at + length :])[: len(content)]


def bytes_moved(content: bytes, dice: Random) -> bytes:
    """A block written in a wrong place."""
    length = dice.choice((8, 64, 512, 4096))
    source, target = dice.randrange(len(content)), dice.randrange(len(content))
    block = content[source : source + length]
    return content[:target] + block + content[target + len(block) :]


def bytes_lost(content: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(content))
    return content[:at] + content[at + dice.choice((1, 2, 16, 512)) :]


def cut_off(content: bytes, dice: Random) -> bytes:
    return content[: dice.randrange(len(content))]


def zero_tail(content: bytes, dice: Random) -> bytes:
    """The right length, but the end never arrived."""
    at = dice.randrange(len(content))
    return content[:at] + bytes(len(content) - at)


def something_after(content: bytes, dice: Random) -> bytes:
    return content + (bytes(dice.randrange(1, 5000)) if dice.random() < 0.5 else dice.randbytes(dice.randrange(1, 99)))


Parts = list[tuple[str, bytes]]


def repacked(content: bytes, change: Callable[[Parts], Parts]) -> bytes:
    """The package with its parts changed, every checksum right again."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in change(parts):
            entry = zipfile.ZipInfo(name)  # twice the same name is meant, and no cause for a warning
            package.NameToInfo.pop(name, None)
            package.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def parts_swapped(content: bytes, dice: Random) -> bytes:
    def change(parts: Parts) -> Parts:
        (a, first), (b, second) = dice.sample(parts, 2)
        return [(name, {a: second, b: first}.get(name, data)) for name, data in parts]

    return repacked(content, change)


def part_dropped(content: bytes, dice: Random) -> bytes:
    return repacked(content, lambda parts: dice.sample(parts, len(parts) - 1))


def part_doubled(content: bytes, dice: Random) -> bytes:
    """One part there a second time, with the bytes of another."""

    def change(parts: Parts) -> Parts:
        name, other = dice.choice(parts)[0], dice.choice(parts)[1]
        return dice.sample(
            [*parts, (dice.choice((name, name.upper(), name.replace("/", "\\"))), other)], len(parts) + 1
        )

    return repacked(content, change)


def part_emptied(content: bytes, dice: Random) -> bytes:
    def change(parts: Parts) -> Parts:
        at = dice.randrange(len(parts))
        name, data = parts[at]
        return [*parts[:at], (name, data[: dice.randrange(len(data) + 1)] * (dice.random() < 0.7)), *parts[at + 1 :]]

    return repacked(content, change)


def in_sheet(change: Callable[[etree._Element, Random], None]) -> Mutation:
    """A change to the markup of one part that holds cells."""

    def mutation(content: bytes, dice: Random) -> bytes:
        def on_parts(parts: Parts) -> Parts:
            wanted = dice.choice([name for name, _ in parts if "worksheets/sheet" in name or name == "content.xml"])
            return [(name, changed(data, dice) if name == wanted else data) for name, data in parts]

        return repacked(content, on_parts)

    def changed(data: bytes, dice: Random) -> bytes:
        root = etree.fromstring(data)
        change(root, dice)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    return mutation


def elements(root: etree._Element, names: tuple[str, ...]) -> list[etree._Element]:
    return [node for node in root.iter() if isinstance(node.tag, str) and etree.QName(node).localname in names]


def one(root: etree._Element, dice: Random) -> etree._Element:
    """A row or a cell, mostly a cell that holds something."""
    if dice.random() < 0.3:
        return dice.choice(elements(root, ROWS))
    return dice.choice([cell for cell in elements(root, CELLS) if len(cell)] or elements(root, CELLS))


def deleted(root: etree._Element, dice: Random) -> None:
    node = one(root, dice)
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)


def doubled(root: etree._Element, dice: Random) -> None:
    node = one(root, dice)
    node.addnext(etree.fromstring(etree.tostring(node, with_tail=False)))


def swapped(root: etree._Element, dice: Random) -> None:
    """Two rows or two cells in each other's place."""
    a = one(root, dice)
    b = dice.choice([node for node in elements(root, (etree.QName(a).localname,)) if node is not a] or [a])
    here, there = etree.Element("here"), etree.Element("there")
    a.addprevious(here)
    b.addprevious(there)
    there.getparent().replace(there, a)  # type: ignore[union-attr]
    here.getparent().replace(here, b)  # type: ignore[union-attr]


def attribute_deleted(root: etree._Element, dice: Random) -> None:
    node = dice.choice([node for node in elements(root, (*ROWS, *CELLS)) if node.attrib])
    del node.attrib[dice.choice(list(node.attrib))]


def attribute_changed(root: etree._Element, dice: Random) -> None:
    """The attribute of one element on another, or spoilt."""
    nodes = [node for node in elements(root, (*ROWS, *CELLS)) if node.attrib]
    node = dice.choice(nodes)
    name = dice.choice(list(node.attrib))
    others = [other.get(name) for other in nodes if other.get(name) not in (None, node.get(name))]
    node.set(name, dice.choice([*others[:400], "", "0", "-1", "99999999", "NaN", "x", "1e3", " 7 "]) or "")


def attribute_added(root: etree._Element, dice: Random) -> None:
    nodes = elements(root, (*ROWS, *CELLS))
    name, value = dice.choice([pair for node in nodes for pair in node.attrib.items()])
    dice.choice(nodes).set(name, value)


def value_changed(root: etree._Element, dice: Random) -> None:
    """Another text in an element, as no spreadsheet program would write it."""
    node = dice.choice([n for cell in elements(root, CELLS) for n in cell.iter() if n.text and n.text.strip()])
    odd = ("", " ", "NaN", "INF", "1e999", "0x1F", "１７", "1,234", "1_000", "-", "#REF!", "1 2", "+5", ".5", "1e2")
    node.text = dice.choice((*odd, f" {node.text} ", f"\t{node.text}\n", f"{node.text}0", f"-{node.text}"))


BYTES: dict[str, Mutation] = {
    f.__name__: f for f in (one_bit, byte_run, bytes_moved, bytes_lost, cut_off, zero_tail, something_after)
}
PARTS: dict[str, Mutation] = {f.__name__: f for f in (parts_swapped, part_dropped, part_doubled, part_emptied)}
MARKUP: dict[str, Mutation] = {
    f.__name__: in_sheet(f)
    for f in (deleted, doubled, swapped, attribute_deleted, attribute_changed, attribute_added, value_changed)
}
