"""Reports as documents, made from a form's own layout: text, the tables of the form, text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from tests.workbooks import PACKAGE, Parts, packed, relations
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.layout import lay_out

WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{WORDS}}}"
MAIN = "word/document.xml"
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
PAGE = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1200" w:bottom="1440" w:left="1200"/></w:sectPr>'
WIDTH = 9500
"""Of a table, in twentieths of a point."""


def paragraph(text: str) -> str:
    return f'<w:p><w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def cell(text: str, span: int = 1, upright: str = "", width: int = 600) -> str:
    merged = f'<w:vMerge w:val="{upright}"/>' if upright else ""
    across = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width * span}" w:type="dxa"/>{across}{merged}</w:tcPr>{paragraph(text)}</w:tc>'


def table(form: Form, declared: Table, contents: Mapping[str, object]) -> str:
    """A table of the form, its merged cells as Word merges them."""
    layout = lay_out(form, declared)
    width = WIDTH // layout.width
    filled = {(h.row, h.column): (h.span, h.text) for h in layout.headings}
    for index, slot in layout.slots.items():
        content = contents.get(form.items[index].code)
        filled[slot.row, slot.column] = (slot.span, "" if content is None else str(content))
    above: dict[tuple[int, int], tuple[int, int]] = {}
    for (row, column), ((down, across), _) in filled.items():
        above |= {(row + n, column): (row, across) for n in range(1, down)}
    rows = []
    for row in range(layout.height):
        cells, column = [], 0
        while column < layout.width:
            if (row, column) in filled:
                (down, across), text = filled[row, column]
                cells.append(cell(text, across, "restart" if down > 1 else "", width))
            elif (row, column) in above:
                across = above[row, column][1]
                cells.append(cell("", across, "continue", width))
            else:
                across = 1
                cells.append(cell("", 1, "", width))
            column += across
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    grid = f'<w:gridCol w:w="{width}"/>' * layout.width
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{width * layout.width}" w:type="dxa"/><w:tblBorders>{BORDERS}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def body(form: Form, contents: Mapping[str, object], before: Iterable[str], after: Iterable[str]) -> str:
    """The report: text, then the tables, each under its title, and text again."""
    parts = [paragraph(text) for text in before]
    for declared in form.tables:
        parts += [paragraph(declared.title), table(form, declared, contents)]
    return "".join([*parts, *(paragraph(text) for text in after)])


def document(markup: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{WORDS}"><w:body>{markup}{PAGE}</w:body></w:document>'


def parts_of(markup: str, main: str = MAIN) -> Parts:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{main}" ContentType="{kind}"/>'
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{types}</Types>'.encode(),
        "_rels/.rels": relations(("officeDocument", main)),
        main: document(markup).encode(),
    }


def docx(markup: str) -> bytes:
    return packed(parts_of(markup))


TITLE = "甲县应急管理局2023年政府信息公开工作年度报告"
BEFORE = (TITLE, "一、总体情况", "2023年，我局认真落实各项要求。")
AFTER = ("五、存在的主要问题及改进情况", "一是解读材料偏少。", "六、其他需要报告的事项", "2023年未收取信息处理费。")


def report(
    form: Form, contents: Mapping[str, object], before: Sequence[str] = BEFORE, after: Sequence[str] = AFTER
) -> bytes:
    return docx(body(form, contents, before, after))
