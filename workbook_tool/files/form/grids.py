"""Reads the tables of a declaration that are grids: rows by columns, in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from msgspec.structs import replace

from workbook_tool.files.form.entries import Entry, rule_named
from workbook_tool.files.form.outline import id_of, read_outline
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.items import ANSWER, Block, Table
from workbook_tool.model.form.line import Line

TABLE_KEYS = ("id", "name", "title", "layout", "page", "note", "subtotals", "block")
BLOCK_KEYS = ("rows", "columns", "repeat", "caption", "corner", "heading", "decimals", "unit", "counted_in")
BROAD = 8
"""From so many columns on a table lies on its side."""
MOST_DECIMALS = 6


def read_table(keys: Keys, title: str, usual: Block, drafts: list[Entry]) -> Table:
    """A table with its blocks: those that it lists, or the one that its own rows and columns make; ``title`` and ``usual`` are
    what the form says of it. Its lines are put to
    ``drafts`` with what they follow from, to be bound when every table is known."""
    keys.expect((*TABLE_KEYS, *BLOCK_KEYS))
    name = keys.need("name")
    table_id = keys.text("id") or id_of(name)
    usual = read_usual(keys, usual)
    listed = keys.tables("block")
    if listed:
        tell_lines_beside_blocks(keys)
        blocks = [read_block(k, read_usual(k, usual), table_id, drafts) for k in listed]
    else:
        blocks = [read_block(keys, usual, table_id, drafts)]
    broad = max(len(block.columns) for block in blocks) >= BROAD
    table = Table(
        id=table_id,
        name=name,
        title=keys.text("title", title),
        blocks=tuple(blocks),
        layout="side" if keys.choice("layout", ["rows", "side"], "rows") == "side" else "rows",
        page="landscape" if keys.choice("page", ["portrait", "landscape"], PAGES[broad]) == PAGES[True] else "portrait",
        note=keys.text("note"),
        subtotals=keys.texts("subtotals"),
    )
    keys.done()
    if len(listed) > 1:
        keys.unique("block", [row.id for row in table.rows])
    return table


def tell_lines_beside_blocks(keys: Keys) -> None:
    """Say where a table has lines of its own beside those of its blocks."""
    own = [key for key in ("rows", "columns", "repeat") if key in keys.values]
    keys.known += own
    if own:
        said = f"不能与 {'、'.join(own)} 同时写：分块的表，行、列都写在各块里；不分块的去掉 [[table.block]]"
        keys.wrong("block", said)


PAGES = {True: "landscape", False: "portrait"}


def read_usual(keys: Keys, usual: Block) -> Block:
    """What a form says for all of its tables, a table for its blocks, or a block for itself: all but its lines."""
    decimals = keys.get("decimals", int, usual.decimals)
    if not 0 <= decimals <= MOST_DECIMALS:
        keys.wrong("decimals", f"应在 0 到 {MOST_DECIMALS} 之间")
        decimals = usual.decimals
    counted = keys.texts("counted_in") if "counted_in" in keys.values else usual.counted_in
    return Block(
        (),
        (),
        caption=keys.text("caption"),
        corner=keys.text("corner", usual.corner),
        heading=keys.text("heading", usual.heading),
        decimals=decimals,
        unit=keys.text("unit", usual.unit),
        counted_in=counted,
    )


def read_block(keys: Keys, usual: Block, table_id: str, drafts: list[Entry]) -> Block:
    """The lines of a block."""
    lines: dict[str, tuple[Line, ...]] = {"columns": (ANSWER,)}
    for axis in ("columns", "rows"):  # what follows along a row is told before what sums the rows
        if axis == "rows" or axis in keys.values:
            entries = read_outline(keys, axis, usual)
            if axis == "columns":
                entries = repeated(entries, read_groups(keys), table_id)
            drafts += [replace(entry, table=table_id) for entry in entries]
            lines[axis] = tuple(entry.line for entry in entries)
            keys.unique(axis, [line.id for line in lines[axis]])
    if "columns" not in keys.values and "repeat" in keys.values:
        keys.wrong("repeat", "要有 columns：重复的是各列")
    if "block" not in keys.known:
        keys.expect(BLOCK_KEYS)
        keys.done()
    return replace(usual, rows=lines["rows"], columns=lines["columns"])


def read_groups(keys: Keys) -> list[tuple[str, ...]]:
    """The captions under each of which all columns stand again: one level of them, or several that cross."""
    declared = keys.get("repeat", list, [])
    levels = declared if declared and all(isinstance(one, list) for one in declared) else [declared]
    if not all(isinstance(text, str) and text.strip() for level in levels for text in level):
        keys.wrong("repeat", "应为标题的列表，或几层标题的列表")
        return []
    return list(product(*levels)) if declared else []


def repeated(entries: Sequence[Entry], groups: Sequence[tuple[str, ...]], table_id: str) -> list[Entry]:
    """The columns under each caption, each the same rule in all of them."""
    found = []
    for group in groups:
        before = "_".join(map(id_of, group)) + "_"
        for entry in entries:
            line = replace(entry.line, under=(*group, *entry.line.under), id=before + entry.line.id)
            rule = entry.rule or rule_named(table_id, entry.line)
            found.append(replace(entry, line=line, rule=rule, parts=tuple(before + part for part in entry.parts)))
    return found or list(entries)
