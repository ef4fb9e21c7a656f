"""Where each agency's page stands: on a sheet of its own, below each other on one sheet where there are many, or nowhere
where there are so many that nobody leafs through them: then 单位查询 shows the one that is asked for."""

from __future__ import annotations

from msgspec import Struct

from workbook_tool.model.form.items import Table
from workbook_tool.model.form.layout import Layout
from workbook_tool.model.regex import regex
from workbook_tool.model.season.agency import AgencyRecord
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.result import Consolidation

STACKED = "单位页"
MOST_SHEETS, MOST_PAGES = 5, 100
"""With more filings than this, tabs of their own crowd out all others, and pages are no help any more."""
NAME_LIMIT = 31
FORBIDDEN = regex(r"[\[\]:*?/\\'!]")
HEAD_ROWS, INDEX_TOP = 4, 3
"""Rows of a page above its findings; header row of the index of a stacked sheet."""
LEAST_LABEL, LEAST_WIDTH = 7, 15
"""Columns of the grid that a table's labels need at least, and the head of a page."""


class Pages(Struct, frozen=True):
    """``sheets`` and ``tops`` by agency code: the sheet and the first row of its page. ``tables`` are the rows from
    there to each table's frame, after the agency's ``findings``. ``edges`` are the grid columns at which a table's own
    columns start and end, so that all tables share one grid of ``width`` columns."""

    stacked: bool
    sheets: dict[str, str]
    tops: dict[str, int]
    findings: dict[str, int]
    tables: dict[str, int]
    edges: dict[str, tuple[int, ...]]
    layouts: dict[str, Layout]
    width: int
    slots: dict[int, tuple[str, int, int]]

    def frame_top(self, code: str, table: Table) -> int:
        """The first row of a table's frame."""
        return self.tops[code] + HEAD_ROWS + max(1, self.findings[code]) + self.tables[table.id]

    def place(self, code: str, index: int | None = None) -> tuple[str, int, int]:
        """Sheet, row and column of an agency's page, or of one number on it."""
        if index is None:
            return self.sheets[code], self.tops[code], 0
        table, row, column = self.slots[index]
        return self.sheets[code], self.frame_top(code, self.layouts[table].table) + row, column


def place_pages(result: Consolidation, layouts: dict[str, Layout]) -> Pages:
    """Decide where every page stands before anything is drawn."""
    needed = (x.width - x.stub + (max(LEAST_LABEL, x.stub + 5) if x.stub else 0) for x in layouts.values())
    width = max(LEAST_WIDTH, *needed)
    edges = {table: grid_edges(layout, width) for table, layout in layouts.items()}
    tables, below = {}, 1
    for table, layout in layouts.items():
        tables[table] = below + 1
        below += layout.height + 2
    filed = result.filed if len(result.filed) <= MOST_PAGES else ()
    stacked = len(filed) > MOST_SHEETS
    findings = {record.agency.code: len(record.told) for record in filed}
    tops, row = {}, INDEX_TOP + len(filed) + 2
    for record in filed:
        tops[record.agency.code] = row if stacked else 0
        row += HEAD_ROWS + max(1, findings[record.agency.code]) + below
    sheets = dict.fromkeys(tops, STACKED) if stacked else sheet_names(filed)
    slots = {
        index: (table, slot.row, edges[table][slot.column])
        for table, layout in layouts.items()
        for index, slot in (layout.slots | layout.remarks).items()
    }
    return Pages(stacked, sheets, tops, findings, tables, edges, layouts, width, slots)


def grid_edges(layout: Layout, width: int) -> tuple[int, ...]:
    """The grid column at which each column of a table starts, and the end: numbers alike, labels what is left."""
    breadth, stub = layout.width - layout.stub, layout.stub
    if not stub:
        return tuple(round(number * width / breadth) for number in range(breadth + 1))
    each = max(1, int(width * 0.55) // breadth)
    labels = width - each * breadth
    caption = max(1, labels // 8)
    starts = [caption * level for level in range(stub)]
    return (*starts, *(labels + each * number for number in range(breadth + 1)))


def sheet_names(filed: tuple[AgencyRecord, ...]) -> dict[str, str]:
    """A sheet name for each agency: its code and name, without what Excel forbids, unique whatever the case."""
    names: dict[str, str] = {}
    taken = set[str]()
    for record in filed:
        text = FORBIDDEN.sub("_", safe_text(f"{record.agency.code} {record.agency.name}"))
        name, number = text[:NAME_LIMIT].rstrip(), 1
        while name.lower() in taken:
            number += 1
            name = f"{text[: NAME_LIMIT - 4].rstrip()}~{number}"
        taken.add(name.lower())
        names[record.agency.code] = name
    return names
