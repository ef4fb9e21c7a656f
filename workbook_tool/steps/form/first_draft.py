"""A first declaration from an existing empty workbook: its labels, heads and groups, what its formulas sum, its lists."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from workbook_tool.model.intake.submission import Sheet
from workbook_tool.steps.form.columns_made_out import type_columns
from workbook_tool.steps.form.made_out import Drafted, DraftLine, make_out

OWN_UNIT = re.compile(r"\s*[（(]\s*(?:单位\s*[:：]\s*)?[^（()）]*[)）]\s*$")
"""The unit of one column, behind its head."""
Offered = Mapping[str, Mapping[int, tuple[str, ...]]]
"""What drop-downs offer, by sheet and column."""


def draft_form(name: str, sheets: Sequence[Sheet], offered: Offered) -> str:
    """The text of a declaration; empty where no sheet holds anything like a table."""
    tables: list[Drafted] = []
    for sheet in sheets:
        if not sheet.hidden and (table := make_out(sheet)):
            if not table.rows:
                type_columns(sheet, table, offered.get(sheet.name, {}))
            if table.rows or all(is_other_list(table, before) for before in tables):
                tables.append(table)
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


def is_other_list(table: Drafted, before: Drafted) -> bool:
    """Whether a list has other columns than an earlier one: a list may go on in the next sheet."""
    return bool(before.rows) or [column.path for column in table.columns] != [column.path for column in before.columns]


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def told_table(table: Drafted) -> list[str]:
    """One table of the declaration."""
    lines = ["[[table]]", f"name = {quoted(table.name)}"]
    if not table.rows:
        title = [f"title = {quoted(table.title)}"] if table.title else []
        unit = f"；表上写着单位是{table.unit}，请写在各列" if table.unit else ""
        return [*lines, *title, f"list = true  # 行数不定{unit}", *listed_columns(table)]
    lines += [f"corner = {quoted(table.corner)}"] if table.corner else []
    lines += [f"unit = {quoted(table.unit)}"] if table.unit else []
    return [*lines, *listed("rows", table.rows, table.unit), *listed("columns", table.columns, table.unit)]


def listed(key: str, heads: Sequence[DraftLine], unit: str) -> list[str]:
    """Rows or columns as an outline."""
    lines, above = [f"{key} = ["], tuple[str, ...]()
    for head in heads:
        *captions, label = head.path
        label = OWN_UNIT.sub("", label) if head.unit else label
        for depth, caption in enumerate(captions):
            if above[: depth + 1] != tuple(captions[: depth + 1]):
                lines.append(f"  {quoted('  ' * depth + caption)},")
        above = head.path
        text = quoted("  " * len(captions) + label + (" =" if head.total else ""))
        more = [f"unit = {quoted(head.unit)}"] if head.unit and head.unit != unit else []
        more += [f"kind = {quoted(head.kind)}"] if head.kind else []
        lines.append(f"  {{ label = {text}, {', '.join(more)} }}," if more else f"  {text},")
    return [*lines, "]"]


def listed_columns(table: Drafted) -> list[str]:
    """The columns of a list, each with what stands in it."""
    lines = ["columns = ["]
    for column in table.columns:
        *captions, label = column.path
        label = OWN_UNIT.sub("", label) if column.unit else label
        more = [f"under = {json.dumps(captions, ensure_ascii=False)}"] if captions else []
        more += [f"kind = {quoted(column.kind)}"] if column.kind else []
        more += [f"choices = {json.dumps(column.choices, ensure_ascii=False)}"] if column.choices else []
        more += [f"unit = {quoted(column.unit)}"] if column.unit else []
        more += [f"decimals = {column.decimals}"] if column.decimals else []
        more += ["optional = true"] if column.optional and more else []
        bare = quoted(label + (" ?" if column.optional else ""))
        lines.append(f"  {{ label = {quoted(label)}, {', '.join(more)} }}," if more else f"  {bare},")
    return [*lines, "]"]
