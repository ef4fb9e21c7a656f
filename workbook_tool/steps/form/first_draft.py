"""A first declaration from an existing empty workbook: its labels, heads and groups, and what its formulas sum."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workbook_tool.model.cells import within
from workbook_tool.model.intake.submission import Place, Sheet
from workbook_tool.model.text import label_key, label_unit

SUMMING = re.compile(r"^\s*SUM\(\s*\$?[A-Z]{1,3}\$?\d+\s*:\s*\$?[A-Z]{1,3}\$?\d+\s*\)\s*$", re.IGNORECASE)
UNIT = re.compile(r"单位\s*[:：]\s*([^\s（(]{1,4})(?:（.*）)?\s*$")
OWN_UNIT = re.compile(r"\s*[（(]\s*(?:单位\s*[:：]\s*)?[^（()）]*[)）]\s*$")
"""The unit of one column, behind its head."""
TOTAL = re.compile(r".*[合总共小累]计$")
"""What totals are called in any form."""
SERIAL = re.compile(r"\d+|[一二三四五六七八九十]+")


@dataclass
class DraftLine:
    """A row or column as it stands there: its place along the sheet, its captions and its label."""

    at: int
    path: tuple[str, ...]
    total: bool = False
    unit: str = ""
    kind: str = ""


@dataclass
class Drafted:
    """A table as it was made out in a sheet. ``rows`` is empty where it is a list."""

    name: str
    title: str
    unit: str = ""
    corner: str = ""
    rows: list[DraftLine] = field(default_factory=list)
    columns: list[DraftLine] = field(default_factory=list)


def draft_form(name: str, sheets: Sequence[Sheet]) -> str:
    """The text of a declaration; empty where no sheet holds anything like a table."""
    tables = [table for sheet in sheets if not sheet.hidden and (table := draft_table(sheet))]
    if not tables:
        return ""
    lines = [
        f"# 由“{name}”起草，请逐行核对：行、列、单位、合计，再用 workbook-tool form check 检查。",
        "",
        f"id = {quoted('表式编号')}  # 改成英文字母的编号，文件名也用它",
        f"title = {quoted(tables[0].title or name)}",
        'period = "year"  # week 周、month 月、quarter 季、half 半年、year 年',
    ]
    for table in tables:
        lines += ["", *told_table(table)]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def told_table(table: Drafted) -> list[str]:
    """One table of the declaration."""
    lines = ["[[table]]", f"name = {quoted(table.name)}"]
    lines += [f"corner = {quoted(table.corner)}"] if table.corner else []
    lines += [f"unit = {quoted(table.unit)}"] if table.unit else []
    if table.rows:
        lines += listed("rows", table.rows, table.unit)
    else:
        lines.append("list = true  # 行数不定")
    return lines + listed("columns", table.columns, table.unit)


def listed(key: str, heads: Sequence[DraftLine], unit: str) -> list[str]:
    """Rows or columns as an outline."""
    lines, above = [f"{key} = ["], tuple[str, ...]()
    for head in heads:
        *captions, label = head.path
        label = OWN_UNIT.sub("", label) if head.unit else label
        for depth, caption in enumerate(captions):
            if above[: depth + 1] != tuple(captions[: depth + 1]):
                lines.append(f"  {quoted('  ' * depth + caption)},")
        above = tuple(captions)
        text = quoted("  " * len(captions) + label + (" =" if head.total else ""))
        more = [f"unit = {quoted(head.unit)}"] if head.unit and head.unit != unit else []
        more += [f"kind = {quoted(head.kind)}"] if head.kind else []
        lines.append(f"  {{ label = {text}, {', '.join(more)} }}," if more else f"  {text},")
    return [*lines, "]"]


def draft_table(sheet: Sheet) -> Drafted | None:
    """The table of a sheet: the widest row of heads, what stands above it, and the labels below it."""
    texts = {
        place: " ".join(text.split())
        for place, text in sheet.cells.items()
        if isinstance(text, str) and is_label(sheet, place, text)
    }
    by_row: dict[int, list[int]] = {}
    for row, column in texts:
        by_row.setdefault(row, []).append(column)
    wide = [row for row, columns in sorted(by_row.items()) if len(columns) > 1]
    if not wide:
        return None
    top = wide[0]
    while UNIT.search(texts[top, max(by_row[top])]) and len(by_row[top]) <= 2 and len(wide) > 1:
        wide.pop(0)
        top = wide[0]
    first = body_of(sheet, by_row, top)
    stub = stub_of(sheet, texts, top, first)
    left = [text for (row, _), text in sorted(texts.items()) if row < top]
    unit = next((stated[1] for text in left if (stated := UNIT.search(text))), "")
    title = next((text for text in left if not UNIT.search(text)), "")
    heads = range(top, first)
    spread = max((column for row in heads for column in reach(sheet, by_row.get(row, []), row)), default=0)
    columns = [head_of(sheet, texts, heads, column) for column in range(stub, spread + 1)]
    rows = [row_head(sheet, texts, row, stub) for row in range(first, max(by_row) + 1)]
    kept = [row for row in rows if row.path and not any((row.at, c) in texts for c in range(stub, spread + 1))]
    kept = kept[: next((n for n, row in enumerate(kept) if n and row.at > kept[n - 1].at + 1), len(kept))]
    corner = texts.get((top, 0), "") if stub else ""
    found = Drafted(sheet.name, title, unit, corner, kept, [column for column in columns if column.path])
    mark_sums(sheet, found)
    return found if found.columns else None


def is_label(sheet: Sheet, place: Place, text: str) -> bool:
    """Whether a cell holds words of the form itself: no number, and nothing that a formula shows."""
    return bool(text.strip()) and place not in sheet.formulas and not is_figure(text)


def is_figure(text: str) -> bool:
    """Whether a text is only a number, or a mark for none."""
    return re.fullmatch(r"[-+\d.,%/—\s]*", text) is not None


def reach(sheet: Sheet, columns: Iterable[int], row: int) -> list[int]:
    """The last columns of the cells of a row, merged ones whole."""
    return [sheet.reaches.get((row, column), (row, column))[1] for column in columns]


def body_of(sheet: Sheet, by_row: dict[int, list[int]], top: int) -> int:
    """The first row below the heads: they go on where merged ones reach down, and where a row has several texts besides
    the label of a row."""
    bottom, row = top, top
    while row <= bottom or len([column for column in by_row.get(row, []) if column > min(by_row[top])]) > 1:
        bottom = max([bottom, *(sheet.reaches.get((row, c), (row, c))[0] for c in by_row.get(row, []))])
        row += 1
    return row


def stub_of(sheet: Sheet, texts: dict[Place, str], top: int, first: int) -> int:
    """How many columns hold the labels of rows: those with texts in most of the rows below the heads."""
    below = sorted({row for row, _ in texts if row >= first})
    stub = 0
    while below and 2 * sum(label_at(sheet, texts, row, stub) != "" for row in below) > len(below):
        stub += 1
    return stub


def label_at(sheet: Sheet, texts: dict[Place, str], row: int, column: int) -> str:
    """The text of a cell, or of the merged one that covers it."""
    if (row, column) in texts:
        return texts[row, column]
    for (top, left), (bottom, right) in sheet.reaches.items():
        if top <= row <= bottom and left <= column <= right and (top, left) in texts:
            return texts[top, left]
    return ""


def path_of(labels: Iterable[str]) -> tuple[str, ...]:
    """Captions and a label, each once."""
    return tuple(dict.fromkeys(label for label in labels if label))


def head_of(sheet: Sheet, texts: dict[Place, str], heads: Iterable[int], column: int) -> DraftLine:
    """The column under its heads."""
    path = path_of(label_at(sheet, texts, row, column) for row in heads)
    look = next((sheet.looks[place].format for place in sorted(sheet.looks) if place[1] == column), "")
    kind = "date" if re.search("[yY]", look) else ""
    unit = label_unit(path[-1]) if path else ""
    return DraftLine(column, path, unit="%" if "%" in look and not kind else unit, kind=kind)


def row_head(sheet: Sheet, texts: dict[Place, str], row: int, stub: int) -> DraftLine:
    """The row behind its labels; its number in the order is none."""
    labels = [label_at(sheet, texts, row, column) for column in range(stub)]
    named = [label for label in labels if not SERIAL.fullmatch(label)]
    return DraftLine(row, path_of(named or labels))


def mark_sums(sheet: Sheet, table: Drafted) -> None:
    """Which lines are sums: those whose cells hold one, and the last ones where they are called so."""
    for lines, axis in ((table.rows, 0), (table.columns, 1)):
        for number, line in enumerate(lines):
            cells = [text for place, text in sheet.formulas.items() if place[axis] == line.at and SUMMING.match(text)]
            along = [text for text in cells if runs(text) != axis]
            called = bool(TOTAL.fullmatch(label_key(line.path[-1]))) and len(line.path) == 1 and number > 0
            line.total = bool(along) or called


def runs(formula: str) -> int:
    """Along which axis a sum runs: 0 along a row, 1 down a column."""
    places = within(re.sub(r"[$\s]|SUM\(|\)", "", formula.upper()))
    return 0 if len({row for row, _ in places}) == 1 else 1
