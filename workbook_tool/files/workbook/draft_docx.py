"""Writes a draft as a Word document, laid out as GB/T 9704 has official papers: A4, its margins, its faces and sizes."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workbook_tool.files.opc import Parts
from workbook_tool.files.workbook.draft_table import table_markup
from workbook_tool.model.workbook.paper import Draft, DraftParagraph, DraftTable

PAGE = (210, 297)
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
"""In millimetres."""
FACES = {"title": "方正小标宋简体", "head1": "黑体", "head2": "楷体_GB2312", "body": "仿宋_GB2312"}
SIZES = {"title": 22.0, "table": 9.0}
LINE, LETTERS, BODY = 29, "Times New Roman", 16.0
"""Between lines, in points; the face of letters and digits; the size of everything else."""


def write_draft(draft: Draft, day: date, path: Path) -> None:
    """Write it, made on this day: the same draft gives the same bytes. Raises OSError where it cannot be written."""
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
    about = made.core_properties
    about.title = next((part.text for part in draft if isinstance(part, DraftParagraph)), "")
    about.author = about.comments = about.last_modified_by = ""
    about.created = about.modified = datetime(day.year, day.month, day.day)
    stream = io.BytesIO()
    made.save(stream)
    path.write_bytes(undated(stream.getvalue()))


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
    """A table of the form, as wide as the text."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Mm

    room = round(Mm(PAGE[0] - LEFT - RIGHT).pt * 20)
    markup = table_markup(part, room, FACES["body"], LETTERS, SIZES["table"])
    made.element.body.insert_element_before(parse_xml(f"<w:tbl {nsdecls('w')}>{markup}</w:tbl>"), "w:sectPr")


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


def undated(content: bytes) -> bytes:
    """The package without the time at which it was packed."""
    parts = Parts(content)
    parts.entries.clear()
    return parts.pack()
