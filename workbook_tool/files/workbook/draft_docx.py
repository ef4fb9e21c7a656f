"""Writes a draft as a Word document, laid out as GB/T 9704 has official papers: A4, its margins, its faces and sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbook_tool.model.workbook.paper import Draft, DraftParagraph, DraftTable

PAGE = (210, 297)
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
"""In millimetres."""
FACES = {"title": "方正小标宋简体", "head1": "黑体", "head2": "楷体_GB2312", "body": "仿宋_GB2312"}
SIZES = {"title": 22.0, "table": 9.0}
CAPTION, LABEL = 14, 44
"""The columns of captions and of labels, in millimetres."""
LINE, LETTERS, BODY = 29, "Times New Roman", 16.0
"""Between lines, in points; the face of letters and digits; the size of everything else."""


def write_draft(draft: Draft, path: Path) -> None:
    """Write it. Raises OSError where it cannot be written."""
    import docx
    from docx.shared import Mm

    made = docx.Document()
    page = made.sections[0]
    page.page_width, page.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = map(Mm, (TOP, BOTTOM, LEFT, RIGHT))
    number_pages(page.footer.paragraphs[0])
    for part in draft:
        if isinstance(part, DraftParagraph):
            put_paragraph(made, part)
        else:
            put_table(made, part)
    made.save(str(path))


def put_paragraph(made: Any, part: DraftParagraph) -> None:
    """A paragraph, its first line two letters in; the title in the middle."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Pt

    paragraph = made.add_paragraph()
    put_text(paragraph, part.text, FACES[part.role], SIZES.get(part.role, BODY))
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    shape.space_before = shape.space_after = Pt(0)
    if part.role == "title":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        shape.first_line_indent = Pt(2 * BODY)


def put_text(paragraph: Any, text: str, face: str, size: float) -> None:
    """A run in a Chinese face; letters and digits in their own."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), LETTERS
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)


def put_table(made: Any, part: DraftTable) -> None:
    """A table of the form, its cells merged as they are printed; no row breaks over a page."""
    from docx.oxml import OxmlElement

    layout = part.layout
    table = made.add_table(rows=layout.height, cols=layout.width, style="Table Grid")
    cells = [list(row.cells) for row in table.rows]
    table.autofit = False
    for column, width in enumerate(widths(layout.width, layout.stub)):
        table.columns[column].width = width
        for row in cells:
            row[column].width = width
    for heading in layout.headings:
        put_cell(cells, (heading.row, heading.column), heading.span, heading.text)
    for index, slot in layout.slots.items():
        put_cell(cells, (slot.row, slot.column), slot.span, part.numbers[index])
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def widths(columns: int, stub: int) -> list[Any]:
    """How wide the columns of a table are: captions are narrow, the labels of rows wide, numbers share the rest."""
    from docx.shared import Mm

    room = PAGE[0] - LEFT - RIGHT
    captions = [CAPTION] * max(stub - 1, 0) + [LABEL] * min(stub, 1)
    number = (room - sum(captions)) / max(columns - stub, 1)
    return [Mm(width) for width in (*captions, *[number] * (columns - stub))]


def put_cell(cells: list[list[Any]], place: tuple[int, int], span: tuple[int, int], text: str) -> None:
    """What stands in a cell, in the middle."""
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    (row, column), (down, across) = place, span
    cell = cells[row][column]
    if span != (1, 1):
        cell = cell.merge(cells[row + down - 1][column + across - 1])
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    for spare in cell.paragraphs[1:]:
        spare._element.getparent().remove(spare._element)
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(0)
    put_text(paragraph, text, FACES["body"], SIZES["table"])


def number_pages(footer: Any) -> None:
    """``— 1 —`` at the foot of every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    footer._element.append(field)
    footer.add_run(" —")
