"""What the columns of a list hold, as far as its rows, its number formats and its drop-downs tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.text import label_key
from workbook_tool.steps.form.made_out import LONG, TOTAL, Drafted

ANSWERS = ({"是", "否"}, {"有", "无"})
ENOUGH = 3
"""From so many rows on, a column that is blank in one of them may be left blank."""
DAY = re.compile(r"(?:19|20)\d\d[年./-]\d{1,2}[月./-]\d{1,2}日?")
GLOSS = re.compile(r".+[（(]([^（()）\d]{1,5})[)）]")
"""The head of a column of numbers with its unit behind it, whatever that is: ``里程（公里）``."""


def type_columns(sheet: Sheet, table: Drafted, offered: Mapping[int, tuple[str, ...]]) -> None:
    """Say of each column of a list what stands in it; ``offered`` are the drop-downs by column."""
    records = rows_of_records(sheet, table)
    merged = merged_below(sheet)
    for column in table.columns:
        cells = [sheet.cells[row, column.at] for row in records if (row, column.at) in sheet.cells]
        told = [cell for cell in cells if str(cell).strip()]
        under = sum((row, column.at) in merged for row in records)
        column.optional = len(records) >= ENOUGH and len(told) + under < len(records)
        column.choices = offered.get(column.at, ())
        if set(column.choices) == ANSWERS[0]:
            column.kind, column.choices = "yesno", ()
        elif not column.choices and not column.kind:
            kind, column.decimals = kind_of(told)
            if kind == "number" and not column.unit and (gloss := GLOSS.fullmatch(column.path[-1])):
                column.unit = gloss[1]
            column.kind = "" if column.unit else kind


def merged_below(sheet: Sheet) -> set[Place]:
    """The cells that a merged one covers, but for its first: they say what that says."""
    return {
        (row, column)
        for (top, left), (bottom, right) in sheet.reaches.items()
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }


def rows_of_records(sheet: Sheet, table: Drafted) -> list[int]:
    """The rows of a list that hold records: neither sums nor captions or notes, which fill one cell."""
    columns = [column.at for column in table.columns]
    by_row: dict[int, dict[int, Content]] = {}
    for (row, column), content in sheet.cells.items():
        if column in columns and (row, column) not in sheet.covered:
            by_row.setdefault(row, {})[column] = content
    heads = {place[0] for place, text in sheet.cells.items() if is_head(place, text, table)}
    return [
        row
        for row, cells in sorted(by_row.items())
        if row > min(heads, default=-1)
        and row not in heads
        and 2 * len(cells) > len(columns)
        and not any(isinstance(cell, str) and TOTAL.fullmatch(label_key(cell)) for cell in cells.values())
    ]


def is_head(place: Place, content: Content, table: Drafted) -> bool:
    """Whether a cell holds the head of its column."""
    heads = {column.at: column.path for column in table.columns}
    return isinstance(content, str) and " ".join(content.split()) in heads.get(place[1], ())


def kind_of(cells: Sequence[Content]) -> tuple[str, int]:
    """What cells hold, and with how many decimals: empty for texts, and where nothing stands there."""
    if not cells:
        return "", 0
    if all(isinstance(cell, date) or (isinstance(cell, str) and DAY.fullmatch(cell.strip())) for cell in cells):
        return "date", 0
    if all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells):
        return "number", max(decimals_of(cell) for cell in cells)
    texts = [str(cell).strip() for cell in cells]
    if {*texts} <= ANSWERS[0]:
        return "yesno", 0
    if all(isinstance(cell, str) and cell.strip().isdigit() for cell in cells):
        long = all(text.startswith("0") or len(text) >= LONG for text in texts)
        return ("code" if long else ""), 0
    return "", 0


def decimals_of(number: Content) -> int:
    """How many decimals a number has, two where it has more: nobody types them."""
    return min(len(f"{number}".rstrip("0").partition(".")[2]), 2)
