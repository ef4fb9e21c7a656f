"""A table of the form as Word writes it, its cells merged as they are printed."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from workbook_tool.model.form.layout import Span
from workbook_tool.model.workbook.paper import DraftTable

CAPTION, LABEL = 794, 2494
"""The columns of captions and of labels (14 and 44 mm): in twentieths of a point, as all that follows."""
SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
Printed = dict[tuple[int, int], tuple[int, int, Span, str]]
"""By each place of the table, the cell that covers it: its corner, how far it goes, and what it says."""


def table_markup(part: DraftTable, room: int, face: str, letters: str, size: float) -> str:
    """The table in ``room``. Its head is repeated where a page ends, and no row breaks over one."""
    layout, printed = part.layout, printed_cells(part)
    stub = [CAPTION] * max(layout.stub - 1, 0) + [LABEL] * min(layout.stub, 1)
    numbers = layout.width - layout.stub
    widths = [*stub, *[(room - sum(stub)) // max(numbers, 1)] * numbers]
    look = (
        f"<w:rPr><w:rFonts w:ascii={quoteattr(letters)} w:hAnsi={quoteattr(letters)} w:eastAsia={quoteattr(face)}/>"
        f'<w:sz w:val="{round(2 * size)}"/></w:rPr>'
    )
    head = '<w:tblHeader w:val="true"/>'
    rows = "".join(
        f"<w:tr><w:trPr><w:cantSplit/>{head if row < layout.first_row else ''}</w:trPr>"
        f"{''.join(row_cells(row, printed, widths, look))}</w:tr>"
        for row in range(layout.height)
    )
    lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in SIDES)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{lines}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}'
    )


def printed_cells(part: DraftTable) -> Printed:
    """What covers each place."""
    layout, found = part.layout, Printed()
    told = [(h.row, h.column, h.span, h.text) for h in layout.headings]
    told += [(slot.row, slot.column, slot.span, part.numbers[index]) for index, slot in layout.slots.items()]
    for cell in told:
        top, left, (down, across), _ = cell
        found |= {(top + n, left + m): cell for n in range(down) for m in range(across)}
    return found


def row_cells(row: int, printed: Printed, widths: list[int], look: str) -> Iterator[str]:
    """The cells of a row: each goes on with the one above it, or begins."""
    column = 0
    while column < len(widths):
        top, _, (down, across), text = printed.get((row, column), (row, column, (1, 1), ""))
        begins = "restart" if row == top else "continue"
        upright = f'<w:vMerge w:val="{begins}"/>' if down > 1 else ""
        shown = f'{look}<w:t xml:space="preserve">{escape(text)}</w:t>'.replace("\n", "</w:t><w:br/><w:t>")
        yield (
            f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths[column : column + across])}" w:type="dxa"/>'
            f'<w:gridSpan w:val="{across}"/>{upright}<w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:spacing w:before="0" w:after="0"/><w:jc w:val="center"/></w:pPr>'
            f"{f'<w:r>{shown}</w:r>' if text and row == top else ''}</w:p></w:tc>"
        )
        column += across
