"""The texts, dates and choices of a table that are still to be filled in, as its status line counts them beside its numbers:
those that a check will ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from workbook_tool.model.cells import area
from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.form.live import rectangles
from workbook_tool.model.intake.submission import Place
from workbook_tool.steps.form.issue import TOP, Issue


def asked_beside(issue: Issue, table: Table) -> list[tuple[Item, list[Item]]]:
    """Everything but numbers that may not be left blank, each with the numbers of its row: where there are some, it is
    asked for as soon as one of them is filled in."""
    asked = [issue.form.cells[index] for index in issue.layouts[table.id].remarks]
    numbers = issue.inputs(table)
    return [
        (item, [one for one in numbers if one.block is item.block and one.row is item.row])
        for item in asked
        if not item.optional
    ]


def unanswered(issue: Issue, table: Table, numbers: Collection[int]) -> int:
    """How many of them are to be filled in where these numbers are there, and no answer is."""
    rows = asked_beside(issue, table)
    return sum(not row or any(one.index in numbers for one in row) for _, row in rows)


def unanswered_live(issue: Issue, table: Table) -> list[str]:
    """Formulas that together count the same in the workbook."""
    slots, groups = issue.layouts[table.id].remarks, defaultdict[tuple[int, ...], list[Place]](list)
    for item, row in asked_beside(issue, table):
        slot = slots[item.index]
        groups[tuple(issue.places[one.index][2] for one in row)].append((TOP + slot.row, slot.column))
    found = []
    for columns, places in groups.items():
        for first, last in rectangles(places):
            blank = area(first, last)
            beside = "+".join(f'({area((first[0], column), (last[0], column))}<>"")' for column in columns)
            found.append(f'SUMPRODUCT(({blank}="")*({beside}>0))' if beside else f"COUNTBLANK({blank})")
    return found
