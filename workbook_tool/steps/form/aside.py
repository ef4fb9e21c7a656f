"""What is known of a row beside it: last year's numbers, and what other forms say of it. They inform and cannot answer.

They stand outside of the table and its checks, as words in one cell, so that neither a clerk nor a reader takes them
for a number of the form.
"""

from __future__ import annotations

from collections import defaultdict

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.layout import Layout
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.workbook.book import BookSheet
from workbook_tool.model.workbook.measure import text_width
from workbook_tool.steps.form.checks import Strip
from workbook_tool.steps.form.issue import TOP, Issue

SIZE = 9.5


def add_asides(sheet: BookSheet, issue: Issue, layout: Layout, found: list[Strip], foot: int) -> None:
    """Right of the row and its checks; below the closing note where rows stand side by side."""
    right = max([layout.width, *(strip.line for strip in found if strip.upright)]) + 1
    rows: dict[int, list[str]] = defaultdict(list)
    for pairs in carried_rows(issue, layout):
        rows[layout.slots[pairs[0][0].index].row].append(words(pairs, issue))
    for items in known_rows(issue, layout):
        rows[layout.slots[items[0].index].row].append(known_words(items, issue))
    for number, (row, texts) in enumerate(rows.items()):
        text = "；".join(texts)
        place = (TOP + row, right)
        if layout.table.side_by_side:
            place = (foot + 1 + number, 0)
        else:
            sheet.widths[right] = max(sheet.widths.get(right, 0), text_width(text, SIZE) + 2)
        sheet.put(*place, text, "aside")


def known_rows(issue: Issue, layout: Layout) -> list[list[Item]]:
    """The numbers of each row above 0 that the office knows already."""
    rows: dict[str, list[Item]] = defaultdict(list)
    for index in layout.slots:
        if index in issue.known and issue.known[index].number:
            rows[issue.form.items[index].row.id].append(issue.form.items[index])
    return list(rows.values())


def known_words(items: list[Item], issue: Issue) -> str:
    """``供核对：《台账》统计 甲 17、合计 17``."""
    told = "、".join(f"{item.column_name} {issue.known[item.index].number:f}" for item in items)
    return f"供核对：{issue.known[items[0].index].source} {told}"


def carried_rows(issue: Issue, layout: Layout) -> list[list[tuple[Item, int]]]:
    """The numbers of each row that repeat earlier numbers which are known, or are counted on from them, with those: a list
    for each row of a period that they come from."""
    rows: dict[tuple[str, str, str], list[tuple[Item, int]]] = defaultdict(list)
    for constraint in issue.form.constraints:
        if constraint.cumulative and issue.period.opens_year:  # begins at 0 again
            continue
        before = constraint.counted_on
        if before is not None and before in issue.last and constraint.at in layout.slots:
            item, (source, called) = issue.form.items[constraint.at], issue.form.earlier(before)
            rows[item.row.id, called, source.row.id].append((item, before))
    return list(rows.values())


def words(pairs: list[tuple[Item, int]], issue: Issue) -> str:
    """``上年「行」：列甲 3、列乙 4``, the columns as the earlier numbers stood in; those with 0 are left out."""
    first, called = issue.form.earlier(pairs[0][1])
    known = {before: issue.form.earlier(before)[0] for _, before in pairs if issue.last[before]}
    told = [f"{item.column_name} {as_decimal(issue.last[before], item):f}" for before, item in known.items()]
    return f"供核对：{called}「{first.row_name}」{'：' + '、'.join(told) if told else '均为 0'}"
