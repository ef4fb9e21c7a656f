"""Reads the tables of a declaration that are grids: rows by columns, in blocks."""

from __future__ import annotations

from workbook_tool.files.office.toml import Keys, read_as
from workbook_tool.model.form.form import Block, Line, Table


def read_table(keys: Keys) -> Table:
    """A table with its blocks. Raises OfficeError where two rows of it have one id."""
    blocks = tuple(read_block(k) for k in keys.tables("block", required=True))
    table = read_as(Table, keys, blocks=blocks)
    keys.unique("block.rows.id", [row.id for block in blocks for row in block.rows])
    return table


def read_block(keys: Keys) -> Block:
    """A block: its lines and its decimals. Raises OfficeError where columns share an id or decimals are not 0 to 6."""
    rows, columns = (tuple(map(read_line, keys.tables(name, required=True))) for name in ("rows", "columns"))
    block = read_as(Block, keys, rows=rows, columns=columns)
    if not 0 <= block.decimals <= 6:
        raise keys.fail("decimals", "应在 0 到 6 之间")
    keys.unique("columns.id", [c.id for c in block.columns])
    return block


def read_line(keys: Keys) -> Line:
    """A row or column. Raises OfficeError where its id is no name that a formula could use."""
    line = read_as(Line, keys)
    if not line.id.isidentifier() or not line.id.isascii():
        raise keys.fail("id", f"= “{line.id}” 应由英文字母开头，只含字母、数字和下划线")
    return line
