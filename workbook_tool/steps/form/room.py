"""The room on the page: column widths and row heights of a table, so that one A4 page is well filled."""

from __future__ import annotations

from workbook_tool.model.form.layout import Heading, Layout
from workbook_tool.model.regex import regex
from workbook_tool.model.workbook.book import BookSheet
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.steps.form.issue import TOP

TOP_HEIGHTS = (38.0, 19.0, 21.0, 32.0, 6.0)
PAGE_WIDTH = {"portrait": 98.0, "landscape": 146.0}
BODY_HEIGHT = {"portrait": 690.0, "landscape": 240.0}
NUMBER_WIDTHS, LABEL_WIDTHS = (7.6, 25.0), (16.0, 42.0)
ROW_HEIGHTS, HEAD_HEIGHT = (20.0, 36.0), 22.0
AGENCY_WIDTH = 36.0
"""For the name of the agency above the labels, where the unit takes the only other column."""
UPRIGHT_WIDTH = 4.6
UNBROKEN = regex("(?<!\n)（")
"""A bracket that does not begin a line already, as that of a unit does."""


def set_room(sheet: BookSheet, layout: Layout) -> None:
    """Set the widths and heights of a table's sheet."""
    for row, height in enumerate(TOP_HEIGHTS):
        sheet.heights[row] = height
    for level in range(layout.stub):
        sheet.widths[level] = label_width(layout, level)
    count = layout.width - layout.stub
    if count == 1:
        sheet.widths[layout.stub - 1] = max(sheet.widths[layout.stub - 1], AGENCY_WIDTH)
    left = PAGE_WIDTH[layout.table.page] - sum(sheet.widths.values())
    for column in range(layout.stub, layout.width):
        sheet.widths[column] = within(left / count, NUMBER_WIDTHS)
    body = {slot.row for slot in layout.slots.values()}
    row_height = within(BODY_HEIGHT[layout.table.page] / layout.height, ROW_HEIGHTS)
    for row in range(layout.height):
        sheet.heights[TOP + row] = row_height if row in body else max(HEAD_HEIGHT, row_height * 0.85)
    for heading in sorted(layout.headings, key=lambda h: h.span[0]):
        stretch(sheet, heading, broken(heading, layout))


def within(value: float, limits: tuple[float, float]) -> float:
    """A size held between its limits."""
    return round(min(max(value, limits[0]), limits[1]), 1)


def label_width(layout: Layout, level: int) -> float:
    """Narrow where captions stand upright, a line's worth where they lie, and at most two lines for rows' labels."""
    texts = [h for h in layout.headings if h.column == level and h.part in ("group", "stub") and h.span[1] == 1]
    if level == layout.stub - 1:
        return within(max(text_width(h.text) for h in texts) / 2 + 9, LABEL_WIDTHS) if texts else LABEL_WIDTHS[0]
    if all(stands_upright(h) for h in texts):
        return UPRIGHT_WIDTH
    return within(max(text_width(line) for h in texts for line in broken(h, layout).split("\n")) + 1.5, (7.0, 16.0))


def stands_upright(heading: Heading) -> bool:
    """Whether a caption of many rows has room for one character a line."""
    return heading.part == "group" and heading.span[1] == 1 and heading.span[0] >= len(heading.text)


def broken(heading: Heading, layout: Layout) -> str:
    """The text with line breaks where a narrow caption needs them; breaks do not change how labels are read."""
    text = heading.text
    if heading.part == "corner" and text_width(text, 9.5) > 40:
        return halved(text)
    if heading.part == "stub" and "（" in text[3:]:
        return text[:3] + UNBROKEN.sub("\n（", text[3:], count=1)
    if "\n" in text or heading.part != "group" or heading.span[1] > 1 or heading.column == layout.stub - 1:
        return text
    level = [h for h in layout.headings if h.column == heading.column and h.part == "group" and h.span[1] == 1]
    if all(stands_upright(h) for h in level):
        return "\n".join(text).replace("\n、", "、")
    return text.replace("）", "）\n", 1)


def halved(text: str) -> str:
    """A long text on two lines, broken after the comma that is nearest to its middle."""
    commas = [i + 1 for i, letter in enumerate(text[:-1]) if letter in "，；,;"]
    middle = min(commas, key=lambda i: abs(i - len(text) / 2), default=0)
    return f"{text[:middle]}\n{text[middle:]}" if middle else text


def stretch(sheet: BookSheet, heading: Heading, text: str) -> None:
    """Make the rows of a heading tall enough for its text."""
    rows = range(TOP + heading.row, TOP + heading.row + heading.span[0])
    width = sum(sheet.widths[c] for c in range(heading.column, heading.column + heading.span[1]))
    lacking = text_height(text, width) - sum(sheet.heights[row] for row in rows)
    for row in rows:
        sheet.heights[row] = round(sheet.heights[row] + max(0.0, lacking) / len(rows), 1)
